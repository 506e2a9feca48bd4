/* The three uses of the cipher, each with its own key and its own associated data. */
#include "vault/page.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/bytes.h"

#define NONCE_BYTES 24
#define TAG_BYTES 16
#define PLACE_BYTES 32		/* file id 16, log salts 8 (zeros for the database), place 8 */

_Static_assert(NONCE_BYTES + TAG_BYTES == PAGE_RESERVE, "nonce and tag fill the reserve");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == TAG_BYTES, "tag size");

static void place_of(uint8_t out[PLACE_BYTES], const struct keys *keys, const uint8_t *salts,
		     uint64_t number)
{
	memcpy(out, keys->id, 16);
	if (salts != NULL)
		memcpy(out + 16, salts, 8);
	else
		memset(out + 16, 0, 8);
	bytes_store64(out + 24, number);
}

/* `body` bytes, then the nonce, then the tag. */
static void seal(const uint8_t *key, const uint8_t place[PLACE_BYTES], const uint8_t *in,
		 size_t body, uint8_t *out)
{
	unsigned long long tag_size;

	randombytes_buf(out + body, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out, out + body + NONCE_BYTES,
							    &tag_size,
							    in, body, place, PLACE_BYTES, NULL,
							    out + body, key);
	assert(tag_size == TAG_BYTES);
}

static bool unseal(const uint8_t *key, const uint8_t place[PLACE_BYTES], const uint8_t *in,
		   size_t body, uint8_t *out)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(out, NULL, in, body,
								   in + body + NONCE_BYTES, place,
								   PLACE_BYTES, in + body,
								   key) == 0;
}

void page_seal(const struct keys *keys, uint64_t number, const uint8_t *in, uint8_t *out)
{
	uint8_t place[PLACE_BYTES];

	assert(number > 0);
	place_of(place, keys, NULL, number);
	seal(keys->page, place, in, PAGE_BODY, out);
}

bool page_open(const struct keys *keys, uint64_t number, const uint8_t *in, uint8_t *out)
{
	uint8_t place[PLACE_BYTES];

	assert(number > 0);
	place_of(place, keys, NULL, number);
	if (!unseal(keys->page, place, in, PAGE_BODY, out))
		return false;
	memset(out + PAGE_BODY, 0, PAGE_RESERVE);
	return true;
}

void page_log_seal(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		   const uint8_t *in, uint8_t *out)
{
	uint8_t place[PLACE_BYTES];

	place_of(place, keys, salts, index);
	seal(keys->log_page, place, in, PAGE_BODY, out);
}

bool page_log_open(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		   const uint8_t *in, uint8_t *out)
{
	uint8_t place[PLACE_BYTES];

	place_of(place, keys, salts, index);
	if (!unseal(keys->log_page, place, in, PAGE_BODY, out))
		return false;
	memset(out + PAGE_BODY, 0, PAGE_RESERVE);
	return true;
}

void page_head_seal(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		    const uint8_t *in, uint8_t *out)
{
	uint8_t place[PLACE_BYTES];

	place_of(place, keys, salts, index);
	seal(keys->log_head, place, in, PAGE_FRAME_HEAD, out);
}

bool page_head_open(const struct keys *keys, const uint8_t salts[8], uint64_t index,
		    const uint8_t *in, uint8_t *out)
{
	uint8_t place[PLACE_BYTES];

	place_of(place, keys, salts, index);
	return unseal(keys->log_head, place, in, PAGE_FRAME_HEAD, out);
}
