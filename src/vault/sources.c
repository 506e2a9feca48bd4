/* Sources: one row for each import, with what was read and what became of it. */
#include "vault/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

int vault_source_begin(struct vault *vault, const char *file, const char *kind,
		       uint32_t *source, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int result = vault_need_writing(vault, error);

	if (result != 0)
		return result;
	if (sqlite3_prepare_v2(vault->db, "INSERT INTO sources(time, file, kind, digest, read,"
			       " kept, duplicate, skipped)"
			       " VALUES(?1, ?2, ?3, zeroblob(32), 0, 0, 0, '{}')", -1, &statement,
			       NULL) != SQLITE_OK)
		return vault_failed(vault, error, "add a source");
	sqlite3_bind_int64(statement, 1, clock_now());
	sqlite3_bind_text(statement, 2, file, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, kind, -1, SQLITE_STATIC);
	result = vault_step(vault, statement, error, "add a source");
	sqlite3_finalize(statement);
	if (result == 0)
		*source = (uint32_t)sqlite3_last_insert_rowid(vault->db);
	return result;
}

int vault_source_end(struct vault *vault, uint32_t source, const uint8_t digest[32],
		     uint64_t read, const char *skipped_json, struct error *error)
{
	static const uint8_t none[32];
	sqlite3_stmt *statement = NULL;
	int result = vault_need_writing(vault, error);

	if (result == 0)
		result = vault_tally_flush(vault, error);
	if (result != 0)
		return result;
	if (sqlite3_prepare_v2(vault->db, "UPDATE sources SET digest = ?2, read = ?3, skipped = ?4"
			       " WHERE id = ?1", -1, &statement, NULL) != SQLITE_OK)
		return vault_failed(vault, error, "write a source");
	sqlite3_bind_int64(statement, 1, source);
	sqlite3_bind_blob(statement, 2, digest == NULL ? none : digest, 32, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)read);
	sqlite3_bind_text(statement, 4, skipped_json == NULL ? "{}" : skipped_json, -1,
			  SQLITE_STATIC);
	result = vault_step(vault, statement, error, "write a source");
	sqlite3_finalize(statement);
	if (result == 0 && sqlite3_changes(vault->db) != 1)
		return error_set(error, TACIT_E_ARGUMENT, "the vault has no source %u", source);
	return result;
}

static void text_column(sqlite3_stmt *row, int column, char *out, size_t max)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	snprintf(out, max, "%s", text == NULL ? "" : (const char *)text);
}

static void source_row(sqlite3_stmt *row, struct vault_source *out)
{
	const void *digest = sqlite3_column_blob(row, 4);

	memset(out, 0, sizeof(*out));
	out->id = (uint32_t)sqlite3_column_int64(row, 0);
	out->time = sqlite3_column_int64(row, 1);
	text_column(row, 2, out->file, sizeof(out->file));
	text_column(row, 3, out->kind, sizeof(out->kind));
	if (digest != NULL && sqlite3_column_bytes(row, 4) == (int)sizeof(out->digest))
		memcpy(out->digest, digest, sizeof(out->digest));
	out->read = (uint64_t)sqlite3_column_int64(row, 5);
	out->kept = (uint64_t)sqlite3_column_int64(row, 6);
	out->duplicate = (uint64_t)sqlite3_column_int64(row, 7);
	text_column(row, 8, out->skipped, sizeof(out->skipped));
}

int vault_sources(struct vault *vault, struct vault_source **out, size_t *count,
		  struct error *error)
{
	struct vault_source *list = NULL, *grown;
	size_t used = 0, capacity = 0;
	sqlite3_stmt *row = NULL;
	int result = vault->writing ? vault_tally_flush(vault, error) : 0, rc;

	if (result != 0)
		return result;
	rc = sqlite3_prepare_v2(vault->db, "SELECT id, time, file, kind, digest, read, kept,"
				" duplicate, skipped FROM sources ORDER BY id", -1, &row, NULL);
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		if (used == capacity) {
			capacity = capacity == 0 ? 16 : capacity * 2;
			grown = realloc(list, capacity * sizeof(*list));
			if (grown == NULL) {
				result = error_memory(error);
				break;
			}
			list = grown;
		}
		source_row(row, &list[used++]);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the sources");
	sqlite3_finalize(row);
	if (result != 0) {
		free(list);
		return result;
	}
	*out = list;
	*count = used;
	return 0;
}
