/*
 * Changing what opens the vault. A rewrap writes the header only. A re-encryption writes a whole
 * new file under a new master key beside the old one and renames it into place.
 */
#include "vault/inside.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "vault/agent.h"
#include "vault/copy.h"

static int rewrap(struct vault *vault, const struct vault_secret *secret,
		  const struct vault_hardness *hardness, struct error *error)
{
	struct keys_header header = { .sequence = 0 };
	int fd, result = keys_read(vault->path, &header, error);

	header.sequence++;
	if (result == 0)
		result = keys_wrap(&header, vault->keys, secret, hardness, error);
	if (result != 0)
		return result;
	fd = open(vault->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_errno(error, TACIT_E_IO, "cannot open %s", vault->path);
	result = keys_write(fd, &header, error);
	close(fd);
	return result;
}

/* Everything that can fail happens beside the old file; the rename is the moment of change. */
static int rewrite(struct vault *vault, const struct keys *next, const char *made,
		   const struct vault_secret *secret, const struct vault_hardness *hardness,
		   struct error *error)
{
	struct keys_header header = { .version = KEYS_VERSION, .sequence = 1 };
	int result = keys_wrap(&header, next, secret, hardness, error);

	if (result != 0)
		return result;
	unlink(made);
	result = copy_vault(vault->path, made, &header, vault->keys, next, error);
	if (result == 0 && rename(made, vault->path) != 0) {
		result = error_errno(error, TACIT_E_IO, "cannot put %s in place", vault->path);
		unlink(made);
	}
	return result;
}

static int reencrypt_with(struct vault *vault, struct keys *next,
			  const struct vault_secret *secret,
			  const struct vault_hardness *hardness, struct error *error)
{
	char made[VAULT_PATH_BYTES];
	struct keys *before = vault->keys;
	int result = vault_file_path(vault->folder, VAULT_FILE_NEW, made, error), again;

	if (result == 0)
		result = vault_run(vault, "PRAGMA wal_checkpoint(TRUNCATE)", error,
				   "re-encrypt the vault");
	if (result != 0)
		return result;
	/* Closing removes the log: a log of the old file beside the new one would be a disaster. */
	vault_detach(vault);
	result = rewrite(vault, next, made, secret, hardness, error);
	if (result == 0)
		vault->keys = next;
	again = vault_attach(vault, vault->path, result == 0 ? error : NULL);
	if (result != 0)
		return result;
	keys_free(before);
	if (again != 0)
		return again;
	(void)agent_stop(vault->folder, NULL);	/* what it holds opens nothing any more */
	return file_sync_folder(vault->path, error);
}

int vault_rekey(struct vault *vault, const struct vault_secret *secret,
		const struct vault_hardness *hardness, bool reencrypt, struct error *error)
{
	struct keys *next;
	int result;

	if (vault->db == NULL || vault->writing)
		return error_set(error, TACIT_E_ARGUMENT,
				 "the key cannot be changed while the vault is being written");
	if (!reencrypt)
		return rewrap(vault, secret, hardness, error);
	next = keys_new();
	if (next == NULL)
		return error_memory(error);
	vault_drop_tables(vault);
	keys_draw(next);
	result = reencrypt_with(vault, next, secret, hardness, error);
	if (vault->keys != next)
		keys_free(next);
	return result;
}
