/*
 * Writing JSON: a small writer into a buffer. It keeps track of commas and nesting; the caller of
 * the program sees compact JSON with keys in the order written. Numbers are integers only.
 */
#ifndef TACIT_BASE_JSON_H
#define TACIT_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct json {
	struct bytes out;
	bool failed;		/* out of memory; told once at the end by json_finish */
	bool need_comma;
	int depth;
};

#define JSON_INIT { BYTES_INIT, false, false, 0 }

void json_object(struct json *json);		/* { */
void json_object_end(struct json *json);
void json_array(struct json *json);		/* [ */
void json_array_end(struct json *json);
void json_key(struct json *json, const char *key);
/* Bad UTF-8 becomes U+FFFD. */
void json_text(struct json *json, const char *text, size_t size);
void json_string(struct json *json, const char *text);
void json_int(struct json *json, int64_t value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);
/* A decimal number with `places` digits after the point, of value * 10^-places. */
void json_decimal(struct json *json, int64_t value, int places);
/* JSON made elsewhere, put in as it is. */
void json_raw(struct json *json, const char *text, size_t size);

/* key and value in one */
void json_put_string(struct json *json, const char *key, const char *text);
void json_put_int(struct json *json, const char *key, int64_t value);

#endif
