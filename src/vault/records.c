/* Records: small values under a kind and a key, for what the gate remembers. */
#include "vault/inside.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "vault/keys.h"

#define VAULT_TAG_BYTES 1000
#define DOING "keep a record"

static int prepare(struct vault *vault, enum vault_statement which, unsigned kind, const void *key,
		   size_t size, sqlite3_stmt **out, struct error *error)
{
	int result = vault_statement(vault, which, out, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(*out, 1, kind);
	sqlite3_bind_blob(*out, 2, size > 0 ? key : "", (int)size, SQLITE_STATIC);
	return 0;
}

static int finish(struct vault *vault, sqlite3_stmt *statement, struct error *error)
{
	int result = vault_step(vault, statement, error, DOING);

	sqlite3_clear_bindings(statement);
	if (result == 0)
		vault->record_changes += sqlite3_changes64(vault->db);
	return result;
}

int vault_record_put(struct vault *vault, unsigned kind, const void *key, size_t key_size,
		     const void *value, size_t size, struct error *error)
{
	sqlite3_stmt *statement;
	int result = vault_need_writing(vault, error);

	if (result == 0)
		result = prepare(vault, SQL_RECORD_PUT, kind, key, key_size, &statement, error);
	if (result != 0)
		return result;
	sqlite3_bind_blob64(statement, 3, size > 0 ? value : "", size, SQLITE_STATIC);
	return finish(vault, statement, error);
}

int vault_record_drop(struct vault *vault, unsigned kind, const void *key, size_t size,
		      struct error *error)
{
	sqlite3_stmt *statement;
	int result = vault_need_writing(vault, error);

	if (result == 0)
		result = prepare(vault, SQL_RECORD_DROP, kind, key, size, &statement, error);
	return result != 0 ? result : finish(vault, statement, error);
}

int vault_record_get(struct vault *vault, unsigned kind, const void *key, size_t size,
		     struct bytes *out, struct error *error)
{
	sqlite3_stmt *statement;
	int rc, result = prepare(vault, SQL_RECORD_GET, kind, key, size, &statement, error);

	if (result != 0)
		return result;
	rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW) {
		const void *value = sqlite3_column_blob(statement, 0);

		result = bytes_append(out, value, (size_t)sqlite3_column_bytes(statement, 0));
		if (result != 0)
			error_memory(error);
	} else {
		result = rc != SQLITE_DONE ? vault_failed(vault, error, "read a record") :
			error_set(error, TACIT_E_NOT_FOUND, "the vault has no such record");
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return result;
}

int vault_records(struct vault *vault, unsigned kind, const void *prefix, size_t size,
		  vault_record_walk *walk, void *context, struct error *error)
{
	sqlite3_stmt *row = NULL;
	int rc, result = prepare(vault, SQL_RECORD_WALK, kind, prefix, size, &row, error);

	while (result == 0 && (rc = sqlite3_step(row)) != SQLITE_DONE) {
		struct vault_record record;

		if (rc != SQLITE_ROW) {
			result = vault_failed(vault, error, "read the records");
			break;
		}
		record.key = sqlite3_column_blob(row, 0);
		record.key_size = (size_t)sqlite3_column_bytes(row, 0);
		record.value = sqlite3_column_blob(row, 1);
		record.size = (size_t)sqlite3_column_bytes(row, 1);
		if (record.key_size < size ||
		    (size > 0 && memcmp(record.key, prefix, size) != 0))
			break;
		result = walk(context, &record);
	}
	if (row != NULL) {
		sqlite3_reset(row);
		sqlite3_clear_bindings(row);
	}
	return result;
}

int vault_generation(struct vault *vault, uint64_t *out, struct error *error)
{
	sqlite3_stmt *row;
	int rc, result = vault_statement(vault, SQL_GENERATION, &row, error);

	if (result != 0)
		return result;
	rc = sqlite3_step(row);
	*out = rc == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(row, 0) : 0;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the vault");
	sqlite3_reset(row);
	return result;
}

/* ---- carrying them to another vault ---- */

int vault_records_take(struct vault *vault, struct bytes *out, struct error *error)
{
	sqlite3_stmt *row = NULL;
	int rc, result = 0;

	rc = sqlite3_prepare_v2(vault->db, "SELECT kind, key, value FROM records WHERE kind >= ?1",
				-1, &row, NULL);
	if (rc == SQLITE_OK)
		sqlite3_bind_int(row, 1, VAULT_RECORD_KEPT);
	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW && result == 0) {
		int i;

		result = bytes_append_u64(out, (uint64_t)sqlite3_column_int64(row, 0));
		for (i = 1; i <= 2 && result == 0; i++) {
			const void *data = sqlite3_column_blob(row, i);
			size_t size = (size_t)sqlite3_column_bytes(row, i);

			result = bytes_append_u64(out, size);
			if (result == 0 && size > 0)
				result = bytes_append(out, data, size);
		}
		rc = SQLITE_OK;
	}
	if (result != 0)
		error_memory(error);
	else if (rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the records");
	sqlite3_finalize(row);
	return result;
}

int vault_records_give(struct vault *vault, const struct bytes *records, uint64_t generation,
		       struct error *error)
{
	char sql[160];
	size_t at = 0;
	int result = vault_begin(vault, error);

	if (result != 0)
		return result;
	sqlite3_snprintf(sizeof(sql), sql, "DELETE FROM records; INSERT INTO meta"
			 " VALUES('generation', %llu) ON CONFLICT(key) DO UPDATE SET"
			 " value = max(value, excluded.value)", (unsigned long long)generation);
	result = vault_run(vault, sql, error, "restore the vault");
	while (result == 0 && at < records->size) {	/* as vault_records_take wrote it */
		const uint8_t *key = records->data + at + 16, *value;
		size_t key_size = (size_t)bytes_load64(records->data + at + 8), size;

		size = (size_t)bytes_load64(key + key_size);
		value = key + key_size + 8;
		result = vault_record_put(vault, (unsigned)bytes_load64(records->data + at), key,
					  key_size, value, size, error);
		at += 24 + key_size + size;
	}
	return vault_leave(vault, true, result, error);
}

uint64_t vault_tag(const struct vault *vault, const void *data, size_t size)
{
	uint8_t input[1 + VAULT_TAG_BYTES] = { 'p' }, hash[8];

	assert(size <= VAULT_TAG_BYTES);
	memcpy(input + 1, data, size);
	keys_tomb(vault->keys, input, 1 + size, hash);
	return bytes_load64(hash);
}
