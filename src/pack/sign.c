/*
 * Signing packs with Ed25519. The signature covers a prefix of its own and the digest, so that a
 * key used elsewhere cannot be tricked into signing a pack. Seeds stay in guarded memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "pack/inside.h"

#define KEY_PREFIX "tacit pack key 1\n"
#define KEY_HEX (2 * crypto_sign_SEEDBYTES)

struct secret {
	uint8_t seed[crypto_sign_SEEDBYTES];
	uint8_t key[crypto_sign_SECRETKEYBYTES];
	char text[sizeof(KEY_PREFIX) - 1 + KEY_HEX + 2];	/* the file: a newline may end it */
};

static struct secret *secret_new(struct error *error)
{
	struct secret *secret = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*secret));

	if (secret == NULL)
		error_memory(error);
	else
		sodium_memzero(secret, sizeof(*secret));
	return secret;
}

int pack_key_make(const char *path, uint8_t public_key[32], struct error *error)
{
	struct secret *secret = secret_new(error);
	size_t size = sizeof(KEY_PREFIX) - 1 + KEY_HEX + 1;
	int fd, result = 0;

	if (secret == NULL)
		return TACIT_E_MEMORY;
	randombytes_buf(secret->seed, sizeof(secret->seed));
	memcpy(secret->text, KEY_PREFIX, sizeof(KEY_PREFIX) - 1);
	bytes_hex(secret->text + sizeof(KEY_PREFIX) - 1, secret->seed, sizeof(secret->seed));
	secret->text[size - 1] = '\n';
	/* O_EXCL: a key that signed packs must not be lost to a second "make". */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		result = error_set(error, TACIT_E_EXISTS,
				   "%s is there already; choose another name for the new key",
				   path);
	else if (fd < 0)
		result = error_errno(error, TACIT_E_IO, "cannot create key file %s", path);
	else if (write(fd, secret->text, size) != (ssize_t)size || fsync(fd) != 0)
		result = error_errno(error, TACIT_E_IO, "cannot write key file %s", path);
	if (fd >= 0) {
		close(fd);
		if (result != 0)
			unlink(path);
		else
			result = file_sync_folder(path, error);
	}
	if (result == 0)
		crypto_sign_seed_keypair(public_key, secret->key, secret->seed);
	sodium_free(secret);
	return result;
}

/* Reads the key file into secret->text, its size into *size. */
static int key_read(struct secret *secret, const char *path, size_t *size, struct error *error)
{
	struct stat status;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				   "cannot open key file %s", path);
	if (fstat(fd, &status) != 0 || (status.st_mode & 077) != 0) {
		close(fd);
		return error_set(error, TACIT_E_SECRET,
				 "others can read key file %s: chmod 600 it, or make a new key",
				 path);
	}
	got = read(fd, secret->text, sizeof(secret->text));
	close(fd);
	if (got < 0)
		return error_errno(error, TACIT_E_IO, "cannot read key file %s", path);
	*size = (size_t)got;
	return 0;
}

static int key_load(struct secret *secret, const char *path, uint8_t public_key[32],
		    struct error *error)
{
	const size_t prefix = sizeof(KEY_PREFIX) - 1;
	size_t size = 0;
	int result = key_read(secret, path, &size, error);

	if (result != 0)
		return result;
	if (size == prefix + KEY_HEX + 1 && secret->text[size - 1] == '\n')
		size--;
	secret->text[sizeof(secret->text) - 1] = 0;
	if (size == prefix + KEY_HEX) {
		secret->text[size] = 0;
		if (memcmp(secret->text, KEY_PREFIX, prefix) == 0 &&
		    bytes_unhex(secret->seed, sizeof(secret->seed), secret->text + prefix)) {
			crypto_sign_seed_keypair(public_key, secret->key, secret->seed);
			return 0;
		}
	}
	return error_set(error, TACIT_E_FORMAT,
			 "%s is no pack key: it should hold \"tacit pack key 1\" and 64 hex "
			 "digits; make one with tacit pack sign --new-key", path);
}

/* Writes the pack anew with the header changed: a private mapping of the file, so that only the
 * header's page is copied, and the file appears signed or stays as it was. */
static int rewrite(const struct pack *pack, const char *path, const struct secret *secret,
		   const uint8_t public_key[32], struct error *error)
{
	uint8_t message[sizeof(PACK_SIGNED_PREFIX) - 1 + PACK_DIGEST_BYTES];
	struct pack_header *header;
	int fd = open(path, O_RDONLY | O_CLOEXEC), result;

	if (fd < 0)
		return error_errno(error, TACIT_E_IO, "cannot open pack %s", path);
	header = mmap(NULL, pack->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (header == MAP_FAILED)
		return error_errno(error, TACIT_E_IO, "cannot map pack %s", path);
	memcpy(message, PACK_SIGNED_PREFIX, sizeof(PACK_SIGNED_PREFIX) - 1);
	memcpy(message + sizeof(PACK_SIGNED_PREFIX) - 1, pack->header->content_digest,
	       PACK_DIGEST_BYTES);
	memcpy(header->signer, public_key, sizeof(header->signer));
	crypto_sign_detached(header->signature, NULL, message, sizeof(message), secret->key);
	result = file_write(path, header, pack->size, 0644, error);
	munmap(header, pack->size);
	return result;
}

int pack_sign(const char *pack_path, const char *key_path, struct error *error)
{
	struct secret *secret = secret_new(error);
	uint8_t public_key[32];
	struct pack *pack = NULL;
	int result;

	if (secret == NULL)
		return TACIT_E_MEMORY;
	result = key_load(secret, key_path, public_key, error);
	if (result == 0)
		result = pack_open(pack_path, &pack, error);
	if (result == 0)
		result = rewrite(pack, pack_path, secret, public_key, error);
	pack_close(pack);
	sodium_free(secret);
	return result;
}
