/*
 * After acts were removed: delete the items and strings that nothing refers to any more, empty the
 * words of items that no act left has, and drop the search index. One pass over the acts.
 */
#include "vault/inside.h"

#include <stdlib.h>

struct marks {
	uint8_t *items;		/* [item_count]: USED, DEFAULT */
	uint8_t *strings;	/* [string_count] */
	size_t item_count, string_count;
};

enum { USED = 1, DEFAULT = 2 };

static void mark_string(struct marks *marks, sqlite3_stmt *row, int column)
{
	int64_t id;

	if (sqlite3_column_type(row, column) != SQLITE_INTEGER)
		return;
	id = sqlite3_column_int64(row, column);
	if (id > 0 && (size_t)id < marks->string_count)
		marks->strings[id] = USED;
}

/* `sql` gives item (or NULL), words, place, text, rest. */
static int mark(struct vault *vault, const char *sql, struct marks *marks, struct error *error)
{
	sqlite3_stmt *row = NULL;
	int column, result = 0, rc = sqlite3_prepare_v2(vault->db, sql, -1, &row, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		int64_t item = sqlite3_column_int64(row, 0);

		if (item > 0 && (size_t)item < marks->item_count) {
			marks->items[item] |= USED;
			if (sqlite3_column_type(row, 1) == SQLITE_NULL)
				marks->items[item] |= DEFAULT;
		}
		for (column = 1; column < 5; column++)
			mark_string(marks, row, column);
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_DONE)
		result = vault_failed(vault, error, "sweep the vault");
	sqlite3_finalize(row);
	return result;
}

/* Runs `sql` for each number whose mark, under `mask`, is `value`. */
static int each(struct vault *vault, const char *sql, const uint8_t *marks, size_t count,
		uint8_t mask, uint8_t value, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	size_t id;
	int result = 0;

	if (sqlite3_prepare_v2(vault->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return vault_failed(vault, error, "sweep the vault");
	for (id = 1; id < count && result == 0; id++) {
		if ((marks[id] & mask) != value)
			continue;
		sqlite3_bind_int64(statement, 1, (sqlite3_int64)id);
		result = vault_step(vault, statement, error, "sweep the vault");
	}
	sqlite3_finalize(statement);
	return result;
}

static int sweep(struct vault *vault, struct marks *marks, struct error *error)
{
	int result = mark(vault, "SELECT item, words, place, text, rest FROM events", marks, error);

	if (result == 0)
		result = mark(vault, "SELECT NULL, words, place, text, rest FROM witnesses", marks,
			      error);
	if (result == 0)
		result = each(vault, "DELETE FROM items WHERE id = ?1", marks->items,
			      marks->item_count, USED, 0, error);
	if (result == 0)
		result = each(vault, "UPDATE items SET words = '' WHERE id = ?1 AND words <> ''",
			      marks->items, marks->item_count, USED | DEFAULT, USED, error);
	if (result == 0)
		result = each(vault, "DELETE FROM strings WHERE id = ?1", marks->strings,
			      marks->string_count, USED, 0, error);
	return result;
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define RECORD_KEPT TEXT(VAULT_RECORD_KEPT)

int vault_sweep(struct vault *vault, struct error *error)
{
	struct marks marks = { NULL, NULL, 0, 0 };
	int64_t items = 0, strings = 0;
	int result = vault_number(vault, "SELECT max(id) FROM items", 0, &items, error);

	if (result == 0)
		result = vault_number(vault, "SELECT max(id) FROM strings", 0, &strings, error);
	if (result != 0)
		return result;
	marks.item_count = (size_t)items + 1;
	marks.string_count = (size_t)strings + 1;
	marks.items = calloc(marks.item_count, 1);
	marks.strings = calloc(marks.string_count, 1);
	result = marks.items == NULL || marks.strings == NULL ? error_memory(error) :
		sweep(vault, &marks, error);
	free(marks.items);
	free(marks.strings);
	/* The tables in memory may name rows that are gone. */
	vault_drop_tables(vault);
	if (result == 0)
		result = vault_run(vault, "DROP TABLE IF EXISTS search;"
				   "DELETE FROM meta WHERE key = 'indexed';"
				   "DELETE FROM records WHERE kind < " RECORD_KEPT, error,
				   "sweep the vault");
	vault->wash = true;
	return result;
}
