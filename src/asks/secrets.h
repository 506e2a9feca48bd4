/*
 * Secrets of the gate: what makes a person another one to each service, keys of logs and grants,
 * tokens. Everything is derived from one secret of the vault, so that nothing more is stored.
 */
#ifndef TACIT_ASKS_SECRETS_H
#define TACIT_ASKS_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/vkey.h"

#define SECRETS_BYTES 32
#define SECRETS_PERSON_BYTES 16
#define SECRETS_PERSON_TEXT 23		/* base64url of it, with a NUL */

/* Guarded memory; secrets_free wipes it. NULL without memory. */
uint8_t *secrets_new(size_t size);
void secrets_free(uint8_t *secret);
void secrets_random(void *out, size_t size);
int secrets_draw(void *context, void *out, size_t size);	/* as subset_random */
void secrets_wipe(void *data, size_t size);

/* BLAKE2b-256 under `secret` of a label and a text, each with its size. */
void secrets_derive(const uint8_t secret[SECRETS_BYTES], const char *label, const void *text,
		    size_t size, uint8_t out[32]);
/* The pairwise id, and its text. */
void secrets_person(const uint8_t secret[SECRETS_BYTES], const char *service,
		    uint8_t out[SECRETS_PERSON_BYTES]);
void secrets_person_text(const uint8_t person[SECRETS_PERSON_BYTES],
			 char out[SECRETS_PERSON_TEXT]);

/* A token or code: 64 hex of random bytes, and the hash that is kept of it. */
void secrets_token(char token[65], uint8_t hash[32]);
/* False where it is not 64 hex digits. */
bool secrets_token_hash(const char *token, uint8_t hash[32]);
bool secrets_equal(const uint8_t a[32], const uint8_t b[32]);	/* constant time */
/* base64url without padding, for signatures. */
void secrets_text64(const uint8_t raw[64], char out[87]);

#endif
