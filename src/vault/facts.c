/*
 * Facts. The same (key, value, mark) is one fact, whoever says it; each source that says it has a
 * row of its own, so that undoing one source leaves the fact to the others. The row of the lowest
 * source (the person is 0) is the one that is shown.
 */
#include "vault/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

static bool closed(const char *text, size_t size)
{
	return memchr(text, 0, size) != NULL;
}

static int check(const struct vault_fact *fact, struct error *error)
{
	if (!closed(fact->key, sizeof(fact->key)) || !closed(fact->value, sizeof(fact->value)) ||
	    !closed(fact->unit, sizeof(fact->unit)) ||
	    !closed(fact->evidence, sizeof(fact->evidence)))
		return error_set(error, TACIT_E_LIMIT, "a text of a fact is too long");
	if (fact->key[0] == 0)
		return error_set(error, TACIT_E_ARGUMENT, "a fact needs a key");
	if (fact->mark < VAULT_TOLD || fact->mark > VAULT_SAID)
		return error_set(error, TACIT_E_ARGUMENT, "a fact has the mark %d, which is none",
				 fact->mark);
	if (fact->confidence < 0 || fact->confidence > 1 << 20)
		return error_set(error, TACIT_E_ARGUMENT, "a fact's confidence is outside 0 to 1");
	return 0;
}

static void bind(sqlite3_stmt *statement, const struct vault_fact *fact)
{
	if (fact->id != 0)
		sqlite3_bind_int64(statement, 1, (sqlite3_int64)fact->id);
	sqlite3_bind_text(statement, 2, fact->key, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, fact->value, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, fact->unit, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 5, fact->mark);
	sqlite3_bind_int64(statement, 6, fact->source);
	sqlite3_bind_int64(statement, 7, fact->time);
	sqlite3_bind_int(statement, 8, fact->confidence);
	sqlite3_bind_text(statement, 9, fact->evidence, -1, SQLITE_STATIC);
}

/* Runs `sql`, whose parameters are those of bind; a number that it gives goes to *out. */
static int run(struct vault *vault, const char *sql, const struct vault_fact *fact, uint64_t *out,
	       struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int rc, result = 0;

	if (sqlite3_prepare_v2(vault->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return vault_failed(vault, error, "write a fact");
	bind(statement, fact);
	rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW && out != NULL)
		*out = (uint64_t)sqlite3_column_int64(statement, 0);
	else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "write a fact");
	sqlite3_finalize(statement);
	return result;
}

/* A changed fact takes the place of the old one, whoever else said that. */
static int replace(struct vault *vault, const struct vault_fact *fact, struct error *error)
{
	uint64_t there = 0;
	int result = run(vault, "SELECT id FROM facts WHERE id = ?1", fact, &there, error);

	if (result == 0 && there == 0)
		return error_set(error, TACIT_E_NOT_FOUND, "the vault has no fact %llu",
				 (unsigned long long)fact->id);
	if (result == 0)
		result = run(vault, "DELETE FROM facts WHERE id IN (SELECT o.id FROM facts f"
			     " JOIN facts o USING(key, value, mark) WHERE f.id = ?1"
			     " AND NOT (f.key = ?2 AND f.value = ?3 AND f.mark = ?5"
			     " AND o.id <> ?1))", fact, NULL, error);
	return result;
}

static int count_check(struct vault *vault, struct error *error)
{
	int64_t count = 0;
	int result = vault_number(vault, "SELECT count(*) FROM facts", 0, &count, error);

	if (result == 0 && count >= LIMIT_FACTS)
		return error_set(error, TACIT_E_LIMIT,
				 "the vault has %d facts, and no room for more",
				 LIMIT_FACTS);
	return result;
}

/* What the person says now outranks having had it forgotten; from anyone else it stays out. */
static int buried(struct vault *vault, const struct vault_fact *fact, bool *out,
		  struct error *error)
{
	uint64_t tomb = vault_tomb_of_fact(vault, fact->key, fact->value, fact->mark);
	int result = vault_tombs_find(vault, tomb, out, error);

	if (result == 0 && *out && fact->mark == VAULT_TOLD) {
		*out = false;
		result = vault_tombs_lift(vault, tomb, error);
	}
	return result;
}

int vault_fact_put(struct vault *vault, const struct vault_fact *fact, uint64_t *id,
		   struct error *error)
{
	uint64_t shown = 0;
	bool forgotten = false;
	int result = check(fact, error);

	if (result == 0)
		result = vault_need_writing(vault, error);
	if (result == 0)
		result = count_check(vault, error);
	if (result == 0)
		result = buried(vault, fact, &forgotten, error);
	if (result == 0 && forgotten) {
		if (id != NULL)
			*id = 0;
		return 0;
	}
	if (result == 0 && fact->id != 0) {
		result = replace(vault, fact, error);
		if (result == TACIT_E_NOT_FOUND)
			return result;		/* nothing was touched */
	}
	if (result == 0)
		result = run(vault, "INSERT INTO facts(id, key, value, unit, mark, source, time,"
			     " confidence, evidence) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
			     " ON CONFLICT(key, value, mark, source) DO UPDATE SET"
			     " unit = excluded.unit, time = excluded.time,"
			     " confidence = excluded.confidence, evidence = excluded.evidence",
			     fact,
			     NULL, error);
	if (result == 0)
		result = run(vault,
			     "SELECT id FROM facts WHERE key = ?2 AND value = ?3 AND mark = ?5"
			     " ORDER BY source LIMIT 1", fact, &shown, error);
	if (result != 0) {
		vault->broken = vault->writing;
		return result;
	}
	if (id != NULL)
		*id = shown;
	return 0;
}

int vault_put_said(struct vault *vault, uint32_t source, const char *key, const char *value,
		   enum vault_put *put, struct error *error)
{
	struct vault_fact fact = { .mark = VAULT_SAID, .source = source, .confidence = 1 << 20 };
	uint64_t there = 0, id = 0;
	int result;

	snprintf(fact.key, sizeof(fact.key), "%s", key);
	snprintf(fact.value, sizeof(fact.value), "%s", value);
	result = vault_need_writing(vault, error);
	if (result == 0)
		result = vault_tally_for(vault, source, error);
	if (result == 0)
		result = run(vault, "SELECT count(*) FROM facts"
			     " WHERE key = ?2 AND value = ?3 AND mark = ?5", &fact, &there, error);
	if (result == 0)
		result = vault_fact_put(vault, &fact, &id, error);
	if (result != 0)
		return result;
	*put = id == 0 ? VAULT_FORGOTTEN : there == 0 ? VAULT_KEPT : VAULT_DUPLICATE;
	vault->tally.kept += *put == VAULT_KEPT;
	vault->tally.duplicate += *put == VAULT_DUPLICATE;
	return 0;
}

static void text_column(sqlite3_stmt *row, int column, char *out, size_t max)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	snprintf(out, max, "%s", text == NULL ? "" : (const char *)text);
}

static void fact_row(sqlite3_stmt *row, struct vault_fact *out)
{
	memset(out, 0, sizeof(*out));
	out->id = (uint64_t)sqlite3_column_int64(row, 0);
	text_column(row, 1, out->key, sizeof(out->key));
	text_column(row, 2, out->value, sizeof(out->value));
	text_column(row, 3, out->unit, sizeof(out->unit));
	out->mark = sqlite3_column_int(row, 4);
	out->source = (uint32_t)sqlite3_column_int64(row, 5);
	out->time = sqlite3_column_int64(row, 6);
	out->confidence = sqlite3_column_int(row, 7);
	text_column(row, 8, out->evidence, sizeof(out->evidence));
}

int vault_facts(struct vault *vault, struct vault_fact **out, size_t *count,
		struct error *error)
{
	struct vault_fact *list = NULL, *grown;
	size_t used = 0, capacity = 0;
	sqlite3_stmt *row = NULL;
	int result = 0, rc;

	/* With min() SQLite takes the other columns from the row that has the least. */
	rc = sqlite3_prepare_v2(vault->db, "SELECT id, key, value, unit, mark, min(source), time,"
				" confidence, evidence FROM facts GROUP BY key, value, mark"
				" ORDER BY key, value, mark", -1, &row, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		if (used == capacity) {
			capacity = capacity == 0 ? 16 : capacity * 2;
			grown = realloc(list, capacity * sizeof(*list));
			if (grown == NULL) {
				result = error_memory(error);
				break;
			}
			list = grown;
		}
		fact_row(row, &list[used++]);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the facts");
	sqlite3_finalize(row);
	if (result != 0) {
		free(list);
		return result;
	}
	*out = list;
	*count = used;
	return 0;
}
