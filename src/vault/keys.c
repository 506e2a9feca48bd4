/* Header slots, Argon2id, and the master key wrapped under a passphrase or a key file. */
#include "vault/keys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/limits.h"

#define DEFAULT_MEMORY (256ULL << 20)
#define DEFAULT_PASSES 3u
#define KEY_FILE_LEAST 32
#define KEY_FILE_MOST 4096

/* Offsets in a slot. The associated data of the wrapped key is everything before it. */
enum {
	AT_MAGIC = 0,
	AT_VERSION = 8,
	AT_KIND = 12,
	AT_SEQUENCE = 16,
	AT_MEMORY = 24,
	AT_PASSES = 32,
	AT_SALT = 40,
	AT_ID = 56,
	AT_PROOF = 72,
	AT_NONCE = 88,
	AT_WRAPPED = 112,
	AT_END = 160,
	AT_CHECKSUM = KEYS_SLOT_BYTES - 32
};

static const uint8_t magic[8] = { 't', 'a', 'c', 'i', 't', 0x1a, 0xf5, '\n' };

/* Subkey numbers of crypto_kdf; never reused for another purpose. */
enum { SUBKEY_PAGE = 1, SUBKEY_LOG_HEAD, SUBKEY_LOG_PAGE, SUBKEY_PROOF };
enum { INNER_IDENTITY = 1, INNER_RECEIPT };

_Static_assert(AT_SALT + 16 == AT_ID && AT_ID + 16 == AT_PROOF && AT_PROOF + 16 == AT_NONCE &&
	       AT_NONCE + 24 == AT_WRAPPED && AT_WRAPPED + 48 == AT_END, "slot layout");
_Static_assert(crypto_kdf_KEYBYTES == KEYS_BYTES, "master key size");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24, "nonce size");

static void checksum(const uint8_t *slot, uint8_t out[32])
{
	crypto_generichash(out, 32, slot, AT_CHECKSUM, NULL, 0);
}

void keys_print(const struct keys_header *header, uint8_t slot[KEYS_SLOT_BYTES])
{
	memset(slot, 0, KEYS_SLOT_BYTES);
	memcpy(slot + AT_MAGIC, magic, sizeof(magic));
	bytes_store32(slot + AT_VERSION, header->version);
	bytes_store32(slot + AT_KIND, header->kind);
	bytes_store64(slot + AT_SEQUENCE, header->sequence);
	bytes_store64(slot + AT_MEMORY, header->memory_bytes);
	bytes_store32(slot + AT_PASSES, header->passes);
	memcpy(slot + AT_SALT, header->salt, 16);
	memcpy(slot + AT_ID, header->id, 16);
	memcpy(slot + AT_PROOF, header->proof, 16);
	memcpy(slot + AT_NONCE, header->nonce, 24);
	memcpy(slot + AT_WRAPPED, header->wrapped, 48);
	checksum(slot, slot + AT_CHECKSUM);
}

/* Whether the slot's bytes are as written; every version keeps magic, version and checksum here. */
static bool slot_whole(const uint8_t *slot)
{
	uint8_t sum[32];

	if (memcmp(slot, magic, sizeof(magic)) != 0)
		return false;
	checksum(slot, sum);
	return memcmp(sum, slot + AT_CHECKSUM, 32) == 0;
}

static void slot_read(const uint8_t *slot, struct keys_header *out)
{
	out->version = bytes_load32(slot + AT_VERSION);
	out->kind = bytes_load32(slot + AT_KIND);
	out->sequence = bytes_load64(slot + AT_SEQUENCE);
	out->memory_bytes = bytes_load64(slot + AT_MEMORY);
	out->passes = bytes_load32(slot + AT_PASSES);
	memcpy(out->salt, slot + AT_SALT, 16);
	memcpy(out->id, slot + AT_ID, 16);
	memcpy(out->proof, slot + AT_PROOF, 16);
	memcpy(out->nonce, slot + AT_NONCE, 24);
	memcpy(out->wrapped, slot + AT_WRAPPED, 48);
}

static int header_check(const struct keys_header *header, struct error *error)
{
	if (header->version == 0)
		return error_set(error, TACIT_E_FORMAT, "the vault's header names no version");
	if (header->kind == KEYS_FILE)
		return 0;
	if (header->kind != KEYS_PASSPHRASE)
		return error_set(error, TACIT_E_FORMAT,
				 "the vault opens with a kind of key (%u) that tacit does not know",
				 header->kind);
	if (header->memory_bytes > LIMIT_ARGON_MEMORY ||
	    header->memory_bytes < crypto_pwhash_argon2id_MEMLIMIT_MIN ||
	    header->passes > LIMIT_ARGON_PASSES ||
	    header->passes < crypto_pwhash_argon2id_OPSLIMIT_MIN)
		return error_set(error, TACIT_E_LIMIT,
				 "the vault's header asks for %llu bytes and %u passes to try a "
				 "passphrase, beyond what tacit allows",
				 (unsigned long long)header->memory_bytes, header->passes);
	return 0;
}

int keys_parse(const uint8_t page[KEYS_HEADER_BYTES], struct keys_header *out,
	       struct error *error)
{
	struct keys_header found[2];
	bool whole[2];
	int i, best = -1, result;

	memset(found, 0, sizeof(found));
	for (i = 0; i < 2; i++) {
		whole[i] = slot_whole(page + i * KEYS_SLOT_BYTES);
		if (!whole[i])
			continue;
		slot_read(page + i * KEYS_SLOT_BYTES, &found[i]);
		if (found[i].version > KEYS_VERSION)
			return error_set(error, TACIT_E_NEWER,
					 "the vault is of format %u and this tacit knows %u: "
					 "use the tacit that wrote it, or a later one",
					 found[i].version, KEYS_VERSION);
		if (best < 0 || found[i].sequence > found[best].sequence)
			best = i;
	}
	if (best < 0)
		return error_set(error, TACIT_E_DAMAGED,
				 "the vault's header is damaged: restore a backup");
	result = header_check(&found[best], error);
	if (result != 0)
		return result;
	*out = found[best];
	out->slot = best;
	out->whole = whole[0] && whole[1] &&
		memcmp(page, page + KEYS_SLOT_BYTES, KEYS_SLOT_BYTES) == 0;
	return 0;
}

int keys_read(const char *path, struct keys_header *out, struct error *error)
{
	uint8_t page[KEYS_HEADER_BYTES];
	size_t have = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(error, TACIT_E_NOT_FOUND,
				 "there is no vault at %s: run tacit init",
				 path);
	if (fd < 0)
		return error_errno(error, TACIT_E_IO, "cannot open %s", path);
	while (have < sizeof(page)) {
		ssize_t got = pread(fd, page + have, sizeof(page) - have, (off_t)have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error_errno(error, TACIT_E_IO, "cannot read %s", path);
			close(fd);
			return TACIT_E_IO;
		}
		if (got == 0)
			break;
		have += (size_t)got;
	}
	close(fd);
	if (have < sizeof(page))
		return error_set(error, TACIT_E_DAMAGED,
				 "%s is too short to be a vault: restore a backup", path);
	return keys_parse(page, out, error);
}

static int slot_write(int file, const uint8_t *slot, int which)
{
	size_t done = 0;

	while (done < KEYS_SLOT_BYTES) {
		ssize_t put = pwrite(file, slot + done, KEYS_SLOT_BYTES - done,
				     which * KEYS_SLOT_BYTES + (off_t)done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		done += (size_t)put;
	}
	return fsync(file);
}

int keys_write(int file, const struct keys_header *header, struct error *error)
{
	uint8_t slot[KEYS_SLOT_BYTES];

	assert(header->slot == 0 || header->slot == 1);
	keys_print(header, slot);
	if (slot_write(file, slot, 1 - header->slot) != 0 ||
	    slot_write(file, slot, header->slot) != 0)
		return error_errno(error, TACIT_E_IO, "cannot write the vault's header");
	return 0;
}

struct keys *keys_new(void)
{
	struct keys *keys = sodium_malloc(sizeof(*keys));

	if (keys != NULL)
		sodium_memzero(keys, sizeof(*keys));
	return keys;
}

void keys_free(struct keys *keys)
{
	sodium_free(keys);	/* wipes; NULL is fine */
}

void keys_draw(struct keys *keys)
{
	crypto_kdf_keygen(keys->master);
	randombytes_buf(keys->id, sizeof(keys->id));
	keys_derive(keys);
}

void keys_derive(struct keys *keys)
{
	crypto_kdf_derive_from_key(keys->page, KEYS_BYTES, SUBKEY_PAGE, "tacitvlt", keys->master);
	crypto_kdf_derive_from_key(keys->log_head, KEYS_BYTES, SUBKEY_LOG_HEAD, "tacitvlt",
				   keys->master);
	crypto_kdf_derive_from_key(keys->log_page, KEYS_BYTES, SUBKEY_LOG_PAGE, "tacitvlt",
				   keys->master);
}

void keys_derive_inner(struct keys *keys, const uint8_t secret[32])
{
	crypto_kdf_derive_from_key(keys->identity, sizeof(keys->identity), INNER_IDENTITY,
				   "tacitids", secret);
	crypto_kdf_derive_from_key(keys->receipt, KEYS_BYTES, INNER_RECEIPT, "tacitids", secret);
}

/* Something that only the master key's holder can compute, so that a key which came from the
 * agent, without an unwrapping that could fail, is still known to be the right one. */
static void proof_of(const uint8_t *master, const uint8_t id[16], uint8_t out[16])
{
	uint8_t subkey[KEYS_BYTES];

	crypto_kdf_derive_from_key(subkey, sizeof(subkey), SUBKEY_PROOF, "tacitvlt", master);
	crypto_generichash(out, 16, id, 16, subkey, sizeof(subkey));
	sodium_memzero(subkey, sizeof(subkey));
}

static int wrapping_of_file(const struct keys_header *header, const char *path, uint8_t *out,
			    struct error *error)
{
	struct bytes content = BYTES_INIT;
	int result = file_read(path, KEY_FILE_MOST, &content, error);

	if (result == 0 && content.size < KEY_FILE_LEAST)
		result = error_set(error, TACIT_E_SECRET,
				   "the key file %s has %zu bytes; it needs %d to %d random ones",
				   path,
				   content.size, KEY_FILE_LEAST, KEY_FILE_MOST);
	if (result == 0)
		crypto_generichash(out, KEYS_BYTES, content.data, content.size, header->salt,
				   sizeof(header->salt));
	if (content.data != NULL)
		sodium_memzero(content.data, content.capacity);
	bytes_free(&content);
	return result;
}

static int wrapping_of_passphrase(const struct keys_header *header, const char *passphrase,
				  uint8_t *out, struct error *error)
{
	size_t size = strlen(passphrase);

	if (size == 0)
		return error_set(error, TACIT_E_SECRET, "the passphrase is empty");
	if (size > LIMIT_PASSPHRASE_BYTES)
		return error_set(error, TACIT_E_LIMIT, "the passphrase is longer than %d bytes",
				 LIMIT_PASSPHRASE_BYTES);
	if (crypto_pwhash(out, KEYS_BYTES, passphrase, size, header->salt, header->passes,
			  (size_t)header->memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_set(error, TACIT_E_MEMORY,
				 "trying the passphrase takes %llu MiB of memory; they are not "
				 "there",
				 (unsigned long long)(header->memory_bytes >> 20));
	return 0;
}

/* The key that wraps the master key, into `out` (32 bytes). */
static int wrapping_key(const struct keys_header *header, const struct vault_secret *secret,
			uint8_t *out, struct error *error)
{
	if (header->kind == KEYS_FILE) {
		if (secret->key_file == NULL)
			return error_set(error, TACIT_E_SECRET,
					 "this vault opens with a key file, not with a passphrase");
		return wrapping_of_file(header, secret->key_file, out, error);
	}
	if (secret->passphrase == NULL)
		return error_set(error, TACIT_E_SECRET,
				 "this vault opens with a passphrase, not with a key file");
	return wrapping_of_passphrase(header, secret->passphrase, out, error);
}

_Static_assert(AT_NONCE == 88, "everything before the nonce is associated data");

int keys_wrap(struct keys_header *header, const struct keys *keys,
	      const struct vault_secret *secret, const struct vault_hardness *hardness,
	      struct error *error)
{
	struct keys_header next = *header;
	uint8_t slot[KEYS_SLOT_BYTES];
	uint8_t *wrapping;
	int result;

	if ((secret->passphrase == NULL) == (secret->key_file == NULL))
		return error_set(error, TACIT_E_ARGUMENT,
				 "give either a passphrase or a key file for the vault");
	next.kind = secret->key_file != NULL ? KEYS_FILE : KEYS_PASSPHRASE;
	next.memory_bytes = 0;
	next.passes = 0;
	if (next.kind == KEYS_PASSPHRASE) {
		next.memory_bytes = hardness != NULL && hardness->memory_bytes != 0 ?
			hardness->memory_bytes : DEFAULT_MEMORY;
		next.passes = hardness != NULL && hardness->passes != 0 ? hardness->passes :
			DEFAULT_PASSES;
	}
	result = header_check(&next, error);
	if (result != 0)
		return result;
	randombytes_buf(next.salt, sizeof(next.salt));
	randombytes_buf(next.nonce, sizeof(next.nonce));
	memcpy(next.id, keys->id, sizeof(next.id));
	proof_of(keys->master, keys->id, next.proof);
	wrapping = sodium_malloc(KEYS_BYTES);
	if (wrapping == NULL)
		return error_memory(error);
	result = wrapping_key(&next, secret, wrapping, error);
	if (result == 0) {
		keys_print(&next, slot);
		crypto_aead_xchacha20poly1305_ietf_encrypt(next.wrapped, NULL, keys->master,
							   KEYS_BYTES, slot, AT_NONCE, NULL,
							   next.nonce, wrapping);
		*header = next;
	}
	sodium_free(wrapping);
	return result;
}

int keys_unwrap(const struct keys_header *header, const struct vault_secret *secret,
		struct keys *keys, struct error *error)
{
	uint8_t slot[KEYS_SLOT_BYTES], proof[16];
	uint8_t *wrapping;
	int result = 0;

	if (secret->master != NULL) {
		memcpy(keys->master, secret->master, KEYS_BYTES);
	} else {
		wrapping = sodium_malloc(KEYS_BYTES);
		if (wrapping == NULL)
			return error_memory(error);
		result = wrapping_key(header, secret, wrapping, error);
		keys_print(header, slot);
		if (result == 0 &&
		    crypto_aead_xchacha20poly1305_ietf_decrypt(keys->master, NULL, NULL,
							       header->wrapped, 48, slot, AT_NONCE,
							       header->nonce, wrapping) != 0)
			result = error_set(error, TACIT_E_SECRET, "%s does not open this vault; "
					   "try again, or another",
					   header->kind == KEYS_FILE ? "this key file" :
					   "this passphrase");
		sodium_free(wrapping);
	}
	if (result != 0)
		return result;
	proof_of(keys->master, header->id, proof);
	if (sodium_memcmp(proof, header->proof, sizeof(proof)) != 0)
		return error_set(error, TACIT_E_SECRET, "this key does not open this vault");
	memcpy(keys->id, header->id, sizeof(keys->id));
	keys_derive(keys);
	return 0;
}

/* ---- what the other files need of libsodium -------------------------------------------- */

int keys_start(struct error *error)
{
	if (sodium_init() < 0)
		return error_set(error, TACIT_E_IO, "the system gives no random bytes");
	return 0;
}

void keys_wipe(void *data, size_t size)
{
	sodium_memzero(data, size);
}

void keys_lock(void *data, size_t size)
{
	sodium_mlock(data, size);
}

void keys_random(void *out, size_t size)
{
	randombytes_buf(out, size);
}

_Static_assert(crypto_shorthash_siphashx24_BYTES == 16 && crypto_shorthash_BYTES == 8 &&
	       crypto_shorthash_KEYBYTES == 16, "SipHash sizes");

void keys_digest(const struct keys *keys, const void *data, size_t size, uint8_t out[16])
{
	crypto_shorthash_siphashx24(out, data, size, keys->identity);
}

void keys_tomb(const struct keys *keys, const void *data, size_t size, uint8_t out[8])
{
	crypto_shorthash(out, data, size, keys->identity);
}

void keys_chain(const struct keys *keys, uint8_t state[32], const void *data, size_t size)
{
	crypto_generichash_state hash;

	crypto_generichash_init(&hash, keys->receipt, KEYS_BYTES, 32);
	crypto_generichash_update(&hash, state, 32);
	crypto_generichash_update(&hash, data, size);
	crypto_generichash_final(&hash, state, 32);
}
