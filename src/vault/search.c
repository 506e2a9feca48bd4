/*
 * Full-text search. The index of the items is a pure function of the acts: it is built when first
 * asked for and dropped when acts are added or removed, so that it can hold nothing that the vault
 * does not. Facts are few and are indexed anew, in memory, for each search.
 */
#include "vault/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"

#define TOKENS "tokenize='unicode61 remove_diacritics 2'"

struct hits {
	struct vault_hit *list;
	size_t count, limit;
};

/* ---- the query ------------------------------------------------------------------------- */

static bool is_word(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

/* "the wire" -> "\"the\"* \"wire\"*": each word a prefix, all of them needed, no operators. */
static int make_query(const char *query, struct bytes *out, struct error *error)
{
	size_t size = strlen(query), i = 0, start;
	int failed = 0;

	if (size > LIMIT_QUERY_BYTES)
		return error_set(error, TACIT_E_LIMIT, "the query is longer than %d bytes",
				 LIMIT_QUERY_BYTES);
	while (i < size) {
		while (i < size && !is_word((unsigned char)query[i]))
			i++;
		start = i;
		while (i < size && is_word((unsigned char)query[i]))
			i++;
		if (i == start)
			break;
		failed |= bytes_append_text(out, "\"");
		failed |= bytes_append(out, query + start, i - start);
		failed |= bytes_append_text(out, "\"* ");
	}
	if (failed)
		return error_memory(error);
	return out->size > 0 ? 0 : error_set(error, TACIT_E_ARGUMENT,
					     "there is no word in the query");
}

/* ---- the index ------------------------------------------------------------------------- */

static int fill_index(struct vault *vault, const struct vault_history *history,
		      struct error *error)
{
	sqlite3_stmt *statement = NULL;
	size_t i;
	int result = 0;

	if (sqlite3_prepare_v2(vault->db, "INSERT INTO search(rowid, title, creator, words)"
			       " VALUES(?1, ?2, ?3, ?4)", -1, &statement, NULL) != SQLITE_OK)
		return vault_failed(vault, error, "index the items");
	for (i = 0; i < history->item_count && result == 0; i++) {
		const struct vault_item *item = &history->items[i];

		sqlite3_bind_int64(statement, 1, item->id);
		sqlite3_bind_text(statement, 2, item->title, -1, SQLITE_STATIC);
		sqlite3_bind_text(statement, 3, item->creator, -1, SQLITE_STATIC);
		sqlite3_bind_text(statement, 4, item->words, -1, SQLITE_STATIC);
		result = vault_step(vault, statement, error, "index the items");
	}
	sqlite3_finalize(statement);
	return result;
}

static int build_index(struct vault *vault, struct error *error)
{
	struct vault_history history;
	int result = vault_history_load(vault, NULL, &history, error);

	if (result != 0)
		return result;
	result = vault_run(vault, "DROP TABLE IF EXISTS search; CREATE VIRTUAL TABLE search USING"
			   " fts5(title, creator, words, content='', " TOKENS ")", error,
			   "index the items");
	if (result == 0)
		result = fill_index(vault, &history, error);
	if (result == 0)
		result = vault_run(vault, "INSERT OR REPLACE INTO meta VALUES('indexed', 1)", error,
				   "index the items");
	vault_history_free(&history);
	return result;
}

static int need_index(struct vault *vault, struct error *error)
{
	int64_t indexed = 0;
	bool own;
	int result = vault_number(vault, "SELECT value FROM meta WHERE key = 'indexed'", 0,
				  &indexed,
				  error);

	if (result != 0 || (indexed != 0 && !vault->grew))
		return result;
	result = vault_join(vault, &own, error);
	if (result == 0)
		result = vault_leave(vault, own, build_index(vault, error), error);
	return result;
}

/* ---- hits ------------------------------------------------------------------------------ */

/* Cuts at a character boundary. */
static void copy_text(char *out, size_t max, const char *text)
{
	size_t size = strlen(text);

	if (size >= max) {
		size = max - 1;
		while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
			size--;
	}
	memcpy(out, text, size);
	out[size] = 0;
}

/* Rows of kind, id, text; `query` is ?1 and the room that is left ?2. */
static int collect(struct vault *vault, const char *sql, char kind, const char *query,
		   struct hits *hits, struct error *error)
{
	sqlite3_stmt *row = NULL;
	int result = 0, rc = sqlite3_prepare_v2(vault->db, sql, -1, &row, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_text(row, 1, query, -1, SQLITE_STATIC);
		sqlite3_bind_int64(row, 2, (sqlite3_int64)(hits->limit - hits->count));
	}
	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		struct vault_hit *hit = &hits->list[hits->count];
		const unsigned char *text = sqlite3_column_text(row, 1);

		memset(hit, 0, sizeof(*hit));
		hit->kind = kind;
		hit->id = (uint64_t)sqlite3_column_int64(row, 0);
		copy_text(hit->text, sizeof(hit->text), text == NULL ? "" : (const char *)text);
		hits->count++;
		rc = hits->count == hits->limit ? SQLITE_DONE : SQLITE_OK;
		if (rc == SQLITE_DONE)
			break;
	}
	if (rc != SQLITE_DONE)
		result = vault_failed(vault, error, "search");
	sqlite3_finalize(row);
	return result;
}

static int search_facts(struct vault *vault, const char *query, struct hits *hits,
			struct error *error)
{
	int result = vault_run(vault, "DROP TABLE IF EXISTS temp.search_facts;"
			       "CREATE VIRTUAL TABLE temp.search_facts USING fts5(key, value, "
			       TOKENS "); INSERT INTO temp.search_facts(rowid, key, value)"
			       " SELECT min(id), key, value FROM facts GROUP BY key, value, mark",
			       error, "search");

	if (result == 0)
		result = collect(vault,
				 "SELECT s.rowid, s.key || ' ' || s.value FROM search_facts s"
				 " WHERE search_facts MATCH ?1"
				 " ORDER BY bm25(search_facts), s.key, s.value LIMIT ?2", 'f',
				 query,
				 hits, error);
	sqlite3_exec(vault->db, "DROP TABLE IF EXISTS temp.search_facts", NULL, NULL, NULL);
	return result;
}

static int search_items(struct vault *vault, const char *query, struct hits *hits,
			struct error *error)
{
	if (hits->count == hits->limit)
		return 0;
	return collect(vault, "SELECT i.id, i.title || iif(i.creator = '', '', ' - ' || i.creator)"
		       " || iif(i.year = 0, '', ' (' || i.year || ')')"
		       " FROM search s JOIN items i ON i.id = s.rowid WHERE search MATCH ?1"
		       " ORDER BY bm25(search, 8.0, 4.0, 1.0), i.domain, i.title, i.creator, i.year"
		       " LIMIT ?2", 'i', query, hits, error);
}

/* There is no index by item: one pass over the acts is enough for a search. */
static int count_events(struct vault *vault, struct hits *hits, struct error *error)
{
	uint32_t *counts;
	int64_t top = 0;
	size_t i;
	sqlite3_stmt *row = NULL;
	int rc, result = vault_number(vault, "SELECT max(id) FROM items", 0, &top, error);

	if (result != 0)
		return result;
	counts = calloc((size_t)top + 1, sizeof(*counts));
	if (counts == NULL)
		return error_memory(error);
	rc = sqlite3_prepare_v2(vault->db, "SELECT item FROM events", -1, &row, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		int64_t item = sqlite3_column_int64(row, 0);

		if (item > 0 && item <= top)
			counts[item]++;
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_DONE)
		result = vault_failed(vault, error, "search");
	sqlite3_finalize(row);
	for (i = 0; i < hits->count; i++)
		if (hits->list[i].kind == 'i')
			hits->list[i].events = counts[hits->list[i].id];
	free(counts);
	return result;
}

int vault_search(struct vault *vault, const char *query, size_t limit, struct vault_hit **out,
		 size_t *count, struct error *error)
{
	struct hits hits = { NULL, 0, limit < LIMIT_LIST ? limit : LIMIT_LIST };
	struct bytes match = BYTES_INIT;
	int result = make_query(query, &match, error);

	if (result == 0 && hits.limit == 0)
		result = error_set(error, TACIT_E_ARGUMENT, "a search for no hits");
	if (result == 0)
		result = need_index(vault, error);
	if (result == 0) {
		hits.list = malloc(hits.limit * sizeof(*hits.list));
		if (hits.list == NULL)
			result = error_memory(error);
	}
	if (result == 0)
		result = search_facts(vault, (const char *)match.data, &hits, error);
	if (result == 0)
		result = search_items(vault, (const char *)match.data, &hits, error);
	if (result == 0)
		result = count_events(vault, &hits, error);
	bytes_free(&match);
	if (result != 0) {
		free(hits.list);
		return result;
	}
	*out = hits.list;
	*count = hits.count;
	return 0;
}
