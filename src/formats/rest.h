/*
 * `rest`: what an export says and the act has no field for, as one flat JSON object of texts.
 * Readers build it, and the parent checks that what came through the pipe really is JSON, because
 * it is later written into other JSON as it stands.
 */
#ifndef TACIT_FORMATS_REST_H
#define TACIT_FORMATS_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/act.h"
#include "base/bytes.h"

/* Starts an empty object in `out`; keys follow with rest_put, which leaves out empty texts and
 * texts that are not UTF-8. Memory and size (LIMIT_REST_BYTES) failures leave the key out too:
 * rest is what may be lost, an act is not. */
void rest_begin(struct bytes *out);
void rest_put(struct bytes *out, const char *key, struct act_text value);
void rest_put_key(struct bytes *out, struct act_text key, struct act_text value);
/* Closes the object; an object without keys becomes an empty text. Points into `out`. */
struct act_text rest_end(struct bytes *out);

/* Whether the bytes are one JSON object, nested at most LIMIT_JSON_DEPTH deep. The text must be
 * known to be UTF-8 already. */
bool rest_valid(const char *text, size_t size);

#endif
