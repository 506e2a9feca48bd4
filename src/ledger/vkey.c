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
_Static_assert(VKEY_SEED_BYTES == VKEY_PUBLIC_BYTES, "both halves in text");
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

/* Parts NAME+ID+BASE64 of a type and 32 bytes more. Base64 has pluses too, so it is the first two
 * that part the three. */
static bool take_parts(const char *text, size_t size, size_t *name_size,
		       uint8_t material[1 + VKEY_PUBLIC_BYTES])
{
	const char *id, *base64;
	size_t used;

	id = memchr(text, '+', size);
	if (id == NULL || size - (size_t)(id - text) < 1 + 8 + 1 || id[9] != '+')
		return false;
	base64 = id + 10;
	*name_size = (size_t)(id - text);
	return digest_take_base64(base64, size - (size_t)(base64 - text), material,
				  1 + VKEY_PUBLIC_BYTES, &used) &&
	       used == 1 + VKEY_PUBLIC_BYTES;
}

/* Whether the ID behind the name is the key's. */
static bool has_id(const struct vkey *key, const char *text)
{
	char expected[9];

	snprintf(expected, sizeof(expected), "%08x", key->id);
	return memcmp(expected, text + strlen(key->name) + 1, 8) == 0;
}

bool vkey_take(const char *text, size_t size, struct vkey *out)
{
	uint8_t material[1 + VKEY_PUBLIC_BYTES];
	struct vkey key;
	size_t name_size;

	if (!take_parts(text, size, &name_size, material) ||
	    !make(&key, text, name_size, material[0], material + 1) || !has_id(&key, text))
		return false;
	*out = key;
	return true;
}

static int put_parts(struct bytes *out, const struct vkey *key, const uint8_t *half)
{
	uint8_t material[1 + VKEY_PUBLIC_BYTES];
	char id[16];
	int result;

	assert(key->id == key_id(key));
	material[0] = key->type;
	memcpy(material + 1, half, VKEY_PUBLIC_BYTES);
	snprintf(id, sizeof(id), "+%08x+", key->id);
	if (bytes_append_text(out, key->name) != 0 || bytes_append_text(out, id) != 0)
		result = TACIT_E_MEMORY;
	else
		result = digest_put_base64(out, material, sizeof(material));
	sodium_memzero(material, sizeof(material));
	return result;
}

int vkey_put(struct bytes *out, const struct vkey *key)
{
	return put_parts(out, key, key->public_key);
}

#define PRIVATE "PRIVATE+KEY+"

int vkey_put_seed(struct bytes *out, const struct vkey *key, const uint8_t seed[VKEY_SEED_BYTES])
{
	if (bytes_append_text(out, PRIVATE) != 0)
		return TACIT_E_MEMORY;
	return put_parts(out, key, seed);
}

bool vkey_take_seed(const char *text, size_t size, struct vkey *out,
		    uint8_t secret[VKEY_SECRET_BYTES])
{
	uint8_t material[1 + VKEY_SEED_BYTES];
	char name[LIMIT_KEY_NAME_BYTES + 1];
	struct vkey key;
	size_t name_size;
	bool good = false;

	if (size < strlen(PRIVATE) || memcmp(text, PRIVATE, strlen(PRIVATE)) != 0)
		return false;
	text += strlen(PRIVATE);
	size -= strlen(PRIVATE);
	if (take_parts(text, size, &name_size, material) && name_size <= LIMIT_KEY_NAME_BYTES) {
		memcpy(name, text, name_size);
		name[name_size] = 0;
		good = strlen(name) == name_size &&
		       vkey_make_pair(&key, name, material[0], material + 1, secret) &&
		       has_id(&key, text);
	}
	sodium_memzero(material, sizeof(material));
	if (good)
		*out = key;
	return good;
}

uint8_t *vkey_secret_new(void)
{
	uint8_t *secret = sodium_init() < 0 ? NULL : sodium_malloc(VKEY_SECRET_BYTES);

	if (secret != NULL)
		memset(secret, 0, VKEY_SECRET_BYTES);
	return secret;
}

void vkey_secret_free(uint8_t *secret)
{
	sodium_free(secret);
}

void vkey_random_seed(uint8_t seed[VKEY_SEED_BYTES])
{
	randombytes_buf(seed, VKEY_SEED_BYTES);
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
