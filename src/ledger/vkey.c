/* Keys of signed notes, and the only file of the log that signs and verifies. */
#include "vkey.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "base/text.h"
#include "ledger/digest.h"
#include "tacit.h"

_Static_assert(crypto_sign_PUBLICKEYBYTES == VKEY_PUBLIC_BYTES, "Ed25519");
_Static_assert(crypto_sign_SECRETKEYBYTES == VKEY_SECRET_BYTES, "Ed25519");
_Static_assert(crypto_sign_SEEDBYTES == VKEY_SEED_BYTES, "Ed25519");
_Static_assert(crypto_sign_BYTES == VKEY_SIGNATURE_BYTES, "Ed25519");

/* The property White_Space of Unicode. */
static bool is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

bool vkey_name_valid(const char *name, size_t size)
{
	uint32_t character;
	size_t used;

	if (size == 0 || size > LIMIT_KEY_NAME_BYTES)
		return false;
	for (; size > 0; name += used, size -= used) {
		used = text_decode(name, size, &character);
		if (used == 0 || is_space(character) || character == '+' || character < 0x20)
			return false;
	}
	return true;
}

/* The first four bytes of SHA-256(name || newline || type || public key), as a number. */
static uint32_t key_id(const struct vkey *key)
{
	uint8_t text[LIMIT_KEY_NAME_BYTES + 2 + VKEY_PUBLIC_BYTES];
	size_t size = strlen(key->name);
	struct digest digest;

	memcpy(text, key->name, size);
	text[size++] = '\n';
	text[size++] = key->type;
	memcpy(text + size, key->public_key, VKEY_PUBLIC_BYTES);
	digest_of(text, size + VKEY_PUBLIC_BYTES, &digest);
	return (uint32_t)digest.byte[0] << 24 | (uint32_t)digest.byte[1] << 16 |
	       (uint32_t)digest.byte[2] << 8 | digest.byte[3];
}

static bool make(struct vkey *out, const char *name, size_t size, uint8_t type,
		 const uint8_t public_key[VKEY_PUBLIC_BYTES])
{
	struct vkey key;

	if (!vkey_name_valid(name, size) || memchr(name, 0, size) != NULL ||
	    (type != VKEY_ED25519 && type != VKEY_COSIGNATURE))
		return false;
	memset(&key, 0, sizeof(key));
	memcpy(key.name, name, size);
	key.type = type;
	memcpy(key.public_key, public_key, VKEY_PUBLIC_BYTES);
	key.id = key_id(&key);
	*out = key;
	return true;
}

bool vkey_make(struct vkey *out, const char *name, uint8_t type,
	       const uint8_t public_key[VKEY_PUBLIC_BYTES])
{
	return make(out, name, strlen(name), type, public_key);
}

bool vkey_make_pair(struct vkey *out, const char *name, uint8_t type,
		    const uint8_t seed[VKEY_SEED_BYTES], uint8_t secret[VKEY_SECRET_BYTES])
{
	uint8_t public_key[VKEY_PUBLIC_BYTES];

	return crypto_sign_seed_keypair(public_key, secret, seed) == 0 &&
	       vkey_make(out, name, type, public_key);
}

bool vkey_take(const char *text, size_t size, struct vkey *out)
{
	uint8_t material[1 + VKEY_PUBLIC_BYTES];
	const char *id, *base64;
	struct vkey key;
	char expected[9];
	size_t used;

	/* Base64 has pluses too, so it is the first two that part the three. */
	id = memchr(text, '+', size);
	if (id == NULL || size - (size_t)(id - text) < 1 + 8 + 1 || id[9] != '+')
		return false;
	base64 = id + 10;
	if (!digest_take_base64(base64, size - (size_t)(base64 - text), material,
				sizeof(material), &used) ||
	    used != sizeof(material) ||
	    !make(&key, text, (size_t)(id - text), material[0], material + 1))
		return false;
	snprintf(expected, sizeof(expected), "%08x", key.id);
	if (memcmp(expected, id + 1, 8) != 0)
		return false;
	*out = key;
	return true;
}

int vkey_put(struct bytes *out, const struct vkey *key)
{
	uint8_t material[1 + VKEY_PUBLIC_BYTES];
	char id[16];

	assert(key->id == key_id(key));
	material[0] = key->type;
	memcpy(material + 1, key->public_key, VKEY_PUBLIC_BYTES);
	snprintf(id, sizeof(id), "+%08x+", key->id);
	if (bytes_append_text(out, key->name) != 0 || bytes_append_text(out, id) != 0)
		return TACIT_E_MEMORY;
	return digest_put_base64(out, material, sizeof(material));
}

bool vkey_same(const struct vkey *a, const struct vkey *b)
{
	return memcmp(a->public_key, b->public_key, VKEY_PUBLIC_BYTES) == 0;
}

void vkey_sign(const uint8_t secret[VKEY_SECRET_BYTES], const void *message, size_t size,
	       uint8_t signature[VKEY_SIGNATURE_BYTES])
{
	int result = crypto_sign_detached(signature, NULL, message, size, secret);

	assert(result == 0);
	(void)result;
}

bool vkey_verify(const struct vkey *key, const void *message, size_t size,
		 const uint8_t signature[VKEY_SIGNATURE_BYTES])
{
	return crypto_sign_verify_detached(signature, message, size, key->public_key) == 0;
}
