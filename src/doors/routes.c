#include "routes.h"

#include <string.h>
#include <strings.h>

#include "doors.h"

#define BOTH (DOORS_UNIX | DOORS_HTTP)

const struct route routes_table[] = {
	{ "POST", "/v1/pair", NULL, ACT_PAIR, RIGHT_CODE, BOTH, false, true, false, 0 },
	{ "POST", "/v1/ask", NULL, ACT_ASK, RIGHT_TOKEN, BOTH, false, true, true,
	  DOORS_ASK_BYTES },
	{ "GET", "/v1/asks/", "uid", ACT_STATE, RIGHT_TOKEN, BOTH, false, true, false, 0 },
	{ "POST", "/v1/outcomes", NULL, ACT_OUTCOME, RIGHT_TOKEN, BOTH, false, true, true,
	  DOORS_BODY_BYTES },
	{ "GET", "/v1/receipts/", "uid", ACT_RECEIPT, RIGHT_TOKEN, BOTH, false, true, false, 0 },
	{ "GET", "/openapi.json", NULL, ACT_OPENAPI, RIGHT_TOKEN, BOTH, false, false, false, 0 },
	{ "GET", "/frame/", "key", ACT_FRAME, RIGHT_HANDLE, DOORS_HTTP, false, false, false,
	  0 },
	{ "POST", "/frame/", "key", ACT_CHOOSE, RIGHT_CHOOSER, DOORS_HTTP, false, true, true,
	  DOORS_BODY_BYTES },
	{ "POST", "/add-checkpoint", NULL, ACT_CHECKPOINT, RIGHT_NONE, BOTH, true, false, false,
	  DOORS_NOTE_BYTES },
};
const size_t routes_count = sizeof(routes_table) / sizeof(routes_table[0]);

/* The last part of a path: never empty, and of characters that need no escaping anywhere. Browsers
 * escape the colon of a uid nonetheless; that is the only escape there is. */
static bool take_segment(const char *text, char out[DOORS_SEGMENT_BYTES])
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789.:_-";
	size_t size = 0;

	for (; *text != 0 && size < DOORS_SEGMENT_BYTES - 1; size++) {
		bool colon = strncasecmp(text, "%3a", 3) == 0;

		if (!colon && strchr(good, *text) == NULL)
			return false;
		out[size] = colon ? ':' : *text;
		text += colon ? 3 : 1;
	}
	out[size] = 0;
	return size > 0 && *text == 0;
}

const struct route *routes_find(const char *method, const char *path, unsigned door, bool witness,
				char segment[DOORS_SEGMENT_BYTES])
{
	size_t i;

	for (i = 0; i < routes_count; i++) {
		const struct route *route = &routes_table[i];
		size_t size = strlen(route->path);

		if (strcmp(route->method, method) != 0 || (route->doors & door) == 0 ||
		    route->witness != witness)
			continue;
		if (route->name == NULL && strcmp(route->path, path) == 0) {
			segment[0] = 0;
			return route;
		}
		if (route->name != NULL && strncmp(route->path, path, size) == 0 &&
		    take_segment(path + size, segment))
			return route;
	}
	return NULL;
}
