/*
 * Backups are vault files like any other: the sealed pages as they are, behind the same header, so
 * that the passphrase of that day opens them. Restoring one must not bring back what was forgotten
 * since, so the tombstones of the vault that it replaces are applied to it first. What services
 * were granted and told is not undone by a restore either: the records of the vault that is
 * replaced take the place of those in the backup.
 */
#include "vault/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "vault/agent.h"
#include "vault/copy.h"

int vault_backup(struct vault *vault, const char *path, struct error *error)
{
	struct keys_header header;
	int result;

	if (vault->db == NULL || vault->writing)
		return error_set(error, TACIT_E_ARGUMENT,
				 "a backup cannot be made while the vault is being written");
	if (file_exists(path))
		return error_set(error, TACIT_E_EXISTS, "%s is there already", path);
	result = vault_run(vault, "PRAGMA wal_checkpoint(TRUNCATE)", error, "make a backup");
	if (result == 0)
		result = keys_read(vault->path, &header, error);
	if (result == 0)
		result = copy_vault(vault->path, path, &header, vault->keys, NULL, error);
	return result;
}

/* ---- restoring ------------------------------------------------------------------------- */

/* What goes on from the vault that is replaced. */
struct tombs {
	uint64_t *list;
	size_t count;
	bool there;		/* such a vault was there and opened */
	struct bytes records;
	uint64_t generation;
};

static int read_tombs(struct vault *vault, struct tombs *out, struct error *error)
{
	sqlite3_stmt *row = NULL;
	int64_t count = 0;
	int rc, result = vault_number(vault, "SELECT count(*) FROM tombstones", 0, &count, error);

	if (result != 0)
		return result;
	out->list = malloc(((size_t)count + 1) * sizeof(*out->list));
	if (out->list == NULL)
		return error_memory(error);
	rc = sqlite3_prepare_v2(vault->db, "SELECT hash FROM tombstones ORDER BY hash", -1, &row,
				NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW &&
	       out->count < (size_t)count) {
		out->list[out->count++] = (uint64_t)sqlite3_column_int64(row, 0);
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the tombstones");
	sqlite3_finalize(row);
	return result;
}

/* Copies the backup beside the vault's place, every page checked. */
static int bring(const char *path, const char *made, const struct vault_secret *secret,
		 struct error *error)
{
	struct keys_header header;
	struct keys *keys = keys_new();
	int result = keys == NULL ? error_memory(error) : keys_read(path, &header, error);

	if (result == 0)
		result = keys_unwrap(&header, secret, keys, error);
	if (result == 0) {
		vault_unlink(made);
		result = copy_vault(path, made, &header, keys, NULL, error);
	}
	keys_free(keys);
	return result;
}

/* Reads the tombstones of the vault that is there. Closing it empties its log. */
static int take_tombs(const char *dir, const struct vault_secret *secret, struct tombs *out,
		      struct error *error)
{
	struct vault *now;
	int result = vault_open_locked(dir, VAULT_FILE, -1, secret, &now, error);

	if (result != 0)
		return result;
	result = read_tombs(now, out, error);
	if (result == 0)
		result = vault_records_take(now, &out->records, error);
	if (result == 0)
		result = vault_generation(now, &out->generation, error);
	out->there = result == 0;
	vault_close(now);
	return result;
}

static int apply_tombs(const char *dir, const struct vault_secret *secret,
		       const struct tombs *tombs, struct vault_counts *refused,
		       struct error *error)
{
	struct vault *vault;
	int result = vault_open_locked(dir, VAULT_FILE_NEW, -1, secret, &vault, error);

	if (result != 0)
		return result;
	if (tombs->count > 0)
		result = vault_bury(vault, tombs->list, tombs->count, refused, error);
	if (result == 0 && tombs->there)
		result = vault_records_give(vault, &tombs->records, tombs->generation, error);
	if (result == 0)
		result = vault_run(vault, "PRAGMA wal_checkpoint(TRUNCATE)", error,
				   "restore the vault");
	vault_close(vault);
	return result;
}

/* The old file keeps a second name until the new one is in its place for good. */
static int put_in_place(const char *dir, const char *made, bool keep_before, struct error *error)
{
	char path[VAULT_PATH_BYTES], before[VAULT_PATH_BYTES];
	char log[VAULT_PATH_BYTES + 8], before_log[VAULT_PATH_BYTES + 8];
	bool there = vault_exists(dir);
	int result = vault_file_path(dir, VAULT_FILE, path, error);

	if (result == 0)
		result = vault_file_path(dir, VAULT_FILE_BEFORE, before, error);
	if (result != 0)
		return result;
	if (there) {
		vault_unlink(before);
		if (link(path, before) != 0)
			return error_errno(error, TACIT_E_IO, "cannot keep the old vault as %s",
					   before);
		/* A log that was never recovered belongs to the old file; SQLite must not find it
		 * beside the new one. */
		snprintf(log, sizeof(log), "%s-wal", path);
		snprintf(before_log, sizeof(before_log), "%s-wal", before);
		if (rename(log, before_log) != 0 && errno != ENOENT)
			return error_errno(error, TACIT_E_IO, "cannot move %s", log);
	}
	if (rename(made, path) != 0)
		return error_errno(error, TACIT_E_IO, "cannot put %s in place", path);
	result = file_sync_folder(path, error);
	if (result == 0 && there && !keep_before)
		vault_unlink(before);
	return result;
}

static int restore_locked(const char *dir, const char *path, const struct vault_secret *secret,
			  const struct vault_secret *secret_now, struct vault_counts *refused,
			  struct error *error)
{
	struct tombs tombs = { .list = NULL };
	char made[VAULT_PATH_BYTES];
	bool there = vault_exists(dir);
	int result = vault_file_path(dir, VAULT_FILE_NEW, made, error);

	if (result == 0)
		result = bring(path, made, secret, error);
	if (result == 0 && there && secret_now != NULL)
		result = take_tombs(dir, secret_now, &tombs, error);
	if (result == 0)
		result = apply_tombs(dir, secret, &tombs, refused, error);
	/* A vault whose tombstones could not be read is kept: the person may find its key yet. */
	if (result == 0)
		result = put_in_place(dir, made, secret_now == NULL, error);
	if (result != 0)
		vault_unlink(made);
	free(tombs.list);
	bytes_free(&tombs.records);
	return result;
}

int vault_restore(const char *dir, const char *path, const struct vault_secret *secret,
		  const struct vault_secret *secret_now, struct vault_counts *refused,
		  struct error *error)
{
	struct vault_counts counts = { 0, 0 };
	int lock = -1, result;

	if (!file_exists(path))
		return error_set(error, TACIT_E_NOT_FOUND, "there is no backup at %s", path);
	result = keys_start(error);
	if (result == 0)
		result = file_make_folder(dir, 0700, error);
	if (result == 0)
		result = vault_lock_folder(dir, &lock, error);
	if (result != 0)
		return result;
	result = restore_locked(dir, path, secret, secret_now, &counts, error);
	if (result == 0)
		(void)agent_stop(dir, NULL);
	close(lock);
	if (result == 0 && refused != NULL)
		*refused = counts;
	return result;
}
