/* See secrets.h; the only file of the room that knows the library. */
#include "secrets.h"

#include <sodium.h>
#include <string.h>

#include "base/bytes.h"

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

uint8_t *secrets_new(size_t size)
{
	return sodium_init() < 0 ? NULL : sodium_malloc(size);
}

void secrets_free(uint8_t *secret)
{
	sodium_free(secret);
}

void secrets_random(void *out, size_t size)
{
	randombytes_buf(out, size);
}

int secrets_draw(void *context, void *out, size_t size)
{
	(void)context;
	randombytes_buf(out, size);
	return 0;
}

void secrets_wipe(void *data, size_t size)
{
	sodium_memzero(data, size);
}

void secrets_derive(const uint8_t secret[SECRETS_BYTES], const char *label, const void *text,
		    size_t size, uint8_t out[32])
{
	crypto_generichash_state state;
	uint8_t sizes[16];

	bytes_store64(sizes, strlen(label));
	bytes_store64(sizes + 8, size);
	crypto_generichash_init(&state, secret, SECRETS_BYTES, 32);
	crypto_generichash_update(&state, sizes, sizeof(sizes));
	crypto_generichash_update(&state, (const uint8_t *)label, strlen(label));
	crypto_generichash_update(&state, text, size);
	crypto_generichash_final(&state, out, 32);
	sodium_memzero(&state, sizeof(state));
}

void secrets_person(const uint8_t secret[SECRETS_BYTES], const char *service,
		    uint8_t out[SECRETS_PERSON_BYTES])
{
	uint8_t whole[32];

	secrets_derive(secret, "person", service, strlen(service), whole);
	memcpy(out, whole, SECRETS_PERSON_BYTES);
}

void secrets_person_text(const uint8_t person[SECRETS_PERSON_BYTES],
			 char out[SECRETS_PERSON_TEXT])
{
	sodium_bin2base64(out, SECRETS_PERSON_TEXT, person, SECRETS_PERSON_BYTES, VARIANT);
}

void secrets_token(char token[65], uint8_t hash[32])
{
	uint8_t raw[32];

	randombytes_buf(raw, sizeof(raw));
	bytes_hex(token, raw, sizeof(raw));
	crypto_generichash(hash, 32, raw, sizeof(raw), NULL, 0);
	sodium_memzero(raw, sizeof(raw));
}

bool secrets_token_hash(const char *token, uint8_t hash[32])
{
	uint8_t raw[32];
	bool right = bytes_unhex(raw, sizeof(raw), token);

	if (right)
		crypto_generichash(hash, 32, raw, sizeof(raw), NULL, 0);
	sodium_memzero(raw, sizeof(raw));
	return right;
}

bool secrets_equal(const uint8_t a[32], const uint8_t b[32])
{
	return sodium_memcmp(a, b, 32) == 0;
}

void secrets_text64(const uint8_t raw[64], char out[87])
{
	sodium_bin2base64(out, 87, raw, 64, VARIANT);
}
