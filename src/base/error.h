/*
 * How a function of the library says what went wrong: an int result (0 or a negative TACIT_E_*)
 * and, in the caller's `struct error`, one sentence that names the matter and the next step.
 */
#ifndef TACIT_BASE_ERROR_H
#define TACIT_BASE_ERROR_H

#include "tacit.h"

struct error {
	int code;
	char message[512];
};

/* Writes the sentence and returns `code`, so that `return error_set(...)` reads as it should. */
int error_set(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the text of the current errno behind the sentence. */
int error_errno(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "out of memory" for `error`; returns TACIT_E_MEMORY. */
int error_memory(struct error *error);

#endif
