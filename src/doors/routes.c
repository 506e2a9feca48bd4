#include "routes.h"

#include <string.h>

#include "doors.h"

#define BOTH (DOORS_UNIX | DOORS_HTTP)

const struct route routes_table[] = {
	{ "POST", "/v1/pair", NULL, ACT_PAIR, RIGHT_CODE, BOTH, false, true, true,
	  DOORS_BODY_BYTES },
	{ "POST", "/v1/ask", NULL, ACT_ASK, RIGHT_TOKEN, BOTH, false, true, true,
	  DOORS_ASK_BYTES },
	{ "GET", "/v1/asks/", "uid", ACT_STATE, RIGHT_TOKEN, BOTH, false, true, false, 0 },
	{ "POST", "/v1/outcomes", NULL, ACT_OUTCOME, RIGHT_TOKEN, BOTH, false, true, true,
	  DOORS_BODY_BYTES },
	{ "GET", "/v1/receipts/", "uid", ACT_RECEIPT, RIGHT_TOKEN, BOTH, false, true, false, 0 },
	{ "GET", "/openapi.json", NULL, ACT_OPENAPI, RIGHT_TOKEN, BOTH, false, false, false, 0 },
	{ "GET", "/frame/", "key", ACT_FRAME, RIGHT_HANDLE, DOORS_HTTP, false, false, false,
	  0 },
	{ "POST", "/frame/", "key", ACT_CHOOSE, RIGHT_CHOOSER, DOORS_HTTP, false, false, true,
	  DOORS_BODY_BYTES },
	{ "POST", "/add-checkpoint", NULL, ACT_CHECKPOINT, RIGHT_NONE, BOTH, true, false, false,
	  DOORS_NOTE_BYTES },
};
const size_t routes_count = sizeof(routes_table) / sizeof(routes_table[0]);

/* A last part is never empty and has nothing that would need escaping anywhere. */
static bool segment_good(const char *text)
{
	size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789.:_-");

	return size > 0 && text[size] == 0 && size < DOORS_SEGMENT_BYTES;
}

const struct route *routes_find(const char *method, const char *path, unsigned door, bool witness,
				const char **segment)
{
	size_t i;

	for (i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		size_t size = strlen(route->path);

		if (strcmp(route->method, method) != 0 || (route->doors & door) == 0 ||
		    route->witness != witness)
			continue;
		if (route->name == NULL && strcmp(route->path, path) == 0) {
			*segment = NULL;
			return route;
		}
		if (route->name != NULL && strncmp(route->path, path, size) == 0 &&
		    segment_good(path + size)) {
			*segment = path + size;
			return route;
		}
	}
	return NULL;
}
