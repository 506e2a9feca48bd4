/* The vault at large: transactions, closing, errors from SQLite, washing, totals. */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLES_KEPT 65536	/* interning tables above this are dropped at a commit */

int vault_failed_code(int rc, const char *why, struct error *error, const char *doing)
{
	switch (rc) {
	case SQLITE_IOERR_DATA:
	case SQLITE_IOERR_CORRUPTFS:
		return error_set(error, TACIT_E_DAMAGED,
				 "cannot %s: the vault is damaged (a page is not what was "
				 "written): restore a backup", doing);
	case SQLITE_IOERR_NOMEM:
		return error_memory(error);
	default:
		break;
	}
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return error_memory(error);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_set(error, TACIT_E_DAMAGED,
				 "cannot %s: the vault is damaged (%s): restore a backup", doing,
				 why);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(error, TACIT_E_BUSY, "cannot %s: another process has the vault",
				 doing);
	case SQLITE_FULL:
		return error_set(error, TACIT_E_IO, "cannot %s: the disk is full", doing);
	case SQLITE_TOOBIG:
		return error_set(error, TACIT_E_LIMIT, "cannot %s: %s", doing, why);
	default:
		return error_set(error, TACIT_E_IO, "cannot %s: %s (SQLite %d)", doing, why, rc);
	}
}

int vault_failed(struct vault *vault, struct error *error, const char *doing)
{
	if (vault->db == NULL)
		return error_memory(error);
	return vault_failed_code(sqlite3_extended_errcode(vault->db), sqlite3_errmsg(vault->db),
				 error, doing);
}

int vault_run(struct vault *vault, const char *sql, struct error *error, const char *doing)
{
	if (sqlite3_exec(vault->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	vault->broken = true;
	return vault_failed(vault, error, doing);
}

int vault_number(struct vault *vault, const char *sql, int64_t otherwise, int64_t *out,
		 struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int result = 0, rc = sqlite3_prepare_v2(vault->db, sql, -1, &statement, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	else if (rc == SQLITE_DONE)
		*out = otherwise;
	else
		result = vault_failed(vault, error, "read the vault");
	sqlite3_finalize(statement);
	return result;
}

int vault_numbers(struct vault *vault, const char *sql, int64_t argument, uint64_t **out,
		  size_t *count, struct error *error)
{
	sqlite3_stmt *row = NULL;
	uint64_t *list = NULL, *grown;
	size_t used = 0, capacity = 0;
	int result = 0, rc = sqlite3_prepare_v2(vault->db, sql, -1, &row, NULL);

	if (rc == SQLITE_OK && sqlite3_bind_parameter_count(row) > 0)
		sqlite3_bind_int64(row, 1, argument);
	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		if (used == capacity) {
			capacity = capacity == 0 ? 64 : capacity * 2;
			grown = realloc(list, capacity * sizeof(*list));
			if (grown == NULL) {
				result = error_memory(error);
				break;
			}
			list = grown;
		}
		list[used++] = (uint64_t)sqlite3_column_int64(row, 0);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the vault");
	sqlite3_finalize(row);
	if (result != 0) {
		free(list);
		return result;
	}
	*out = list;
	*count = used;
	return 0;
}

/* ---- transactions ---------------------------------------------------------------------- */

void vault_drop_tables(struct vault *vault)
{
	intern_drop(&vault->items);
	intern_drop(&vault->strings);
	memo_drop(&vault->string_memo);
	vault_tombs_drop(&vault->tombs);
	memset(&vault->tally, 0, sizeof(vault->tally));
	memset(vault->seen, 0, VAULT_SEEN * sizeof(*vault->seen));
}

int vault_need_writing(struct vault *vault, struct error *error)
{
	if (!vault->writing)
		return error_set(error, TACIT_E_ARGUMENT, "nothing was begun in the vault");
	/* SQLite gives up a transaction by itself when the disk is full or memory runs out. */
	if (vault->broken || sqlite3_get_autocommit(vault->db))
		return error_set(error, TACIT_E_IO, "an earlier write to the vault failed");
	return 0;
}

int vault_begin(struct vault *vault, struct error *error)
{
	int result;

	if (vault->db == NULL)
		return error_set(error, TACIT_E_IO, "the vault could not be opened again");
	if (vault->writing)
		return error_set(error, TACIT_E_ARGUMENT, "the vault is being written already");
	vault->broken = false;
	vault->grew = false;
	vault->wash = false;
	result = vault_run(vault, "BEGIN IMMEDIATE", error, "begin writing the vault");
	vault->writing = result == 0;
	vault->changes_before = sqlite3_total_changes64(vault->db);
	vault->record_changes = 0;
	return result;
}

void vault_rollback(struct vault *vault)
{
	if (!vault->writing)
		return;
	if (!sqlite3_get_autocommit(vault->db))
		sqlite3_exec(vault->db, "ROLLBACK", NULL, NULL, NULL);
	vault->writing = false;
	vault->broken = false;
	vault->wash = false;
	vault_drop_tables(vault);
}

int vault_commit(struct vault *vault, struct error *error)
{
	int result = vault_need_writing(vault, error);

	if (result == 0)
		result = vault_tally_flush(vault, error);
	if (result == 0 && vault->grew)
		result = vault_run(vault, "DELETE FROM meta WHERE key = 'indexed'", error,
				   "write the vault");
	if (result == 0 && sqlite3_total_changes64(vault->db) - vault->changes_before >
	    vault->record_changes)
		result = vault_run(vault, "INSERT INTO meta VALUES('generation', 1)"
				   " ON CONFLICT(key) DO UPDATE SET value = value + 1", error,
				   "write the vault");
	if (result == 0 && vault->wash)
		result = vault_run(vault, "INSERT OR REPLACE INTO meta VALUES('wash', 1)", error,
				   "write the vault");
	if (result == 0)
		result = vault_run(vault, "COMMIT", error, "write the vault");
	if (result != 0) {
		vault_rollback(vault);
		return result;
	}
	vault->writing = false;
	if (vault->items.count + vault->strings.count > TABLES_KEPT || vault->wash)
		vault_drop_tables(vault);
	return vault->wash ? vault_wash(vault, error) : 0;
}

int vault_join(struct vault *vault, bool *own, struct error *error)
{
	*own = !vault->writing;
	return *own ? vault_begin(vault, error) : vault_need_writing(vault, error);
}

int vault_leave(struct vault *vault, bool own, int result, struct error *error)
{
	if (!own) {
		if (result != 0)
			vault->broken = true;
		return result;
	}
	if (result == 0)
		return vault_commit(vault, error);
	vault_rollback(vault);
	return result;
}

/* VACUUM writes every page anew from the rows that are left: SQLite's secure_delete wipes the cells
 * that it deletes, but copies of a cell that was once moved between pages can stay in gaps. Then
 * the log, which has the old pages, is emptied. */
int vault_wash(struct vault *vault, struct error *error)
{
	static const char *const steps[] = {
		"VACUUM",
		"DELETE FROM meta WHERE key = 'wash'",
		"PRAGMA wal_checkpoint(TRUNCATE)",
	};
	size_t i;

	vault_statements_close(vault);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (sqlite3_exec(vault->db, steps[i], NULL, NULL, NULL) != SQLITE_OK) {
			int code = vault_failed(vault, error, "wipe what was forgotten");

			if (code == TACIT_E_IO)
				error_set(error, code,
					  "it is forgotten, but its bytes could not be "
					  "wiped from the disk yet (%s): free space and open the "
					  "vault again", sqlite3_errmsg(vault->db));
			return code;
		}
	}
	vault->wash = false;
	return 0;
}

void vault_close(struct vault *vault)
{
	if (vault == NULL)
		return;
	if (vault->db != NULL)
		vault_rollback(vault);
	vault_detach(vault);
	if (vault->seen != NULL)
		vault_drop_tables(vault);
	keys_free(vault->keys);
	if (vault->lock >= 0)
		close(vault->lock);
	free(vault->seen);
	free(vault->folder);
	free(vault->path);
	free(vault);
}

int vault_totals(struct vault *vault, struct vault_totals *out, struct error *error)
{
	struct vault_totals totals = { 0 };
	struct stat status;
	const struct {
		const char *sql;
		uint64_t *out;
	} counts[] = {
		{ "SELECT count(*) FROM events", &totals.events },
		{ "SELECT count(*) FROM items", &totals.items },
		{ "SELECT count(*) FROM (SELECT DISTINCT key, value, mark FROM facts)",
		  &totals.facts },
		{ "SELECT count(*) FROM sources", &totals.sources },
		{ "SELECT count(*) FROM tombstones", &totals.tombstones },
	};
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		int64_t count = 0;
		int result = vault_number(vault, counts[i].sql, 0, &count, error);

		if (result != 0)
			return result;
		*counts[i].out = (uint64_t)count;
	}
	if (stat(vault->path, &status) == 0)
		totals.file_bytes = (uint64_t)status.st_size;
	*out = totals;
	return 0;
}
