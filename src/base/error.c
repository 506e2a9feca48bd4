/* Error sentences. Nothing here allocates, so an error can always be told. */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *error, int code, const char *format, ...)
{
	va_list arguments;

	if (error != NULL) {
		error->code = code;
		va_start(arguments, format);
		vsnprintf(error->message, sizeof(error->message), format, arguments);
		va_end(arguments);
	}
	return code;
}

int error_errno(struct error *error, int code, const char *format, ...)
{
	int saved = errno;
	va_list arguments;
	size_t used;

	if (error != NULL) {
		error->code = code;
		va_start(arguments, format);
		vsnprintf(error->message, sizeof(error->message), format, arguments);
		va_end(arguments);
		used = strlen(error->message);
		snprintf(error->message + used, sizeof(error->message) - used, ": %s",
			 strerror(saved));
	}
	return code;
}

int error_memory(struct error *error)
{
	return error_set(error, TACIT_E_MEMORY, "out of memory");
}
