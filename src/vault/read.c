/* Whole acts, with all their texts: one by number, or all in order. */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* A text in `keep` is an offset until nothing more is appended, for appending may move it. */
struct placed {
	struct act_text *text;
	size_t at;
};

enum { COLUMN_DETAIL = 5, COLUMN_ID = 11, PLACED = 7 };

static int place(struct bytes *keep, sqlite3_stmt *row, int column, struct act_text *text,
		 struct placed *placed)
{
	const void *data = sqlite3_column_blob(row, column);
	int size = sqlite3_column_bytes(row, column);

	placed->text = text;
	placed->at = keep->size;
	text->size = (uint32_t)size;
	return bytes_append(keep, data, (size_t)size);
}

/* A column that has the text itself, or the number of its string. */
static int place_shared(struct vault *vault, struct bytes *keep, sqlite3_stmt *row, int column,
			struct act_text *text, struct placed *placed, struct error *error)
{
	sqlite3_stmt *string;
	int result, rc;

	if (sqlite3_column_type(row, column) != SQLITE_INTEGER)
		return place(keep, row, column, text, placed) == 0 ? 0 : error_memory(error);
	result = vault_statement(vault, SQL_STRING_GET, &string, error);
	if (result != 0)
		return result;
	sqlite3_bind_int64(string, 1, sqlite3_column_int64(row, column));
	rc = sqlite3_step(string);
	if (rc == SQLITE_ROW)
		result = place(keep, string, 0, text, placed) == 0 ? 0 : error_memory(error);
	else if (rc == SQLITE_DONE)
		result = error_set(error, TACIT_E_DAMAGED, "an act's text is missing in the vault");
	else
		result = vault_failed(vault, error, "read an act");
	sqlite3_reset(string);
	return result;
}

static int place_item(struct vault *vault, struct bytes *keep, uint32_t item, struct act *act,
		      struct placed *placed, bool own_words, struct error *error)
{
	sqlite3_stmt *row;
	int rc, result = vault_statement(vault, SQL_ITEM_GET, &row, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, item);
	rc = sqlite3_step(row);
	if (rc == SQLITE_ROW) {
		act->year = sqlite3_column_int(row, 0);
		if (place(keep, row, 1, &act->domain, &placed[0]) != 0 ||
		    place(keep, row, 2, &act->title, &placed[1]) != 0 ||
		    place(keep, row, 3, &act->creator, &placed[2]) != 0 ||
		    (!own_words && place(keep, row, 4, &act->words, &placed[3]) != 0))
			result = error_memory(error);
	} else if (rc == SQLITE_DONE) {
		result = error_set(error, TACIT_E_DAMAGED, "an act's item is missing in the vault");
	} else {
		result = vault_failed(vault, error, "read an act");
	}
	sqlite3_reset(row);
	return result;
}

static int64_t number_or(sqlite3_stmt *row, int column, int64_t none)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL ? none :
		sqlite3_column_int64(row, column);
}

static int load_row(struct vault *vault, sqlite3_stmt *row, struct act *act, uint32_t *item,
		    struct bytes *keep, struct placed *placed, struct error *error)
{
	bool own_words = sqlite3_column_type(row, COLUMN_DETAIL + 2) != SQLITE_NULL;
	int result;

	*item = (uint32_t)sqlite3_column_int64(row, 0);
	act->verb = (uint8_t)sqlite3_column_int(row, 2);
	act->value = number_or(row, 3, ACT_NONE);
	act->duration = number_or(row, 4, ACT_NONE);
	act->flags = (uint8_t)sqlite3_column_int(row, COLUMN_DETAIL);
	act->zone = (int16_t)number_or(row, COLUMN_DETAIL + 1, ACT_ZONE_UNKNOWN);
	result = place_item(vault, keep, *item, act, placed, own_words, error);
	if (result == 0 && own_words)
		result = place_shared(vault, keep, row, COLUMN_DETAIL + 2, &act->words, &placed[3],
				      error);
	if (result == 0)
		result = place_shared(vault, keep, row, COLUMN_DETAIL + 3, &act->place, &placed[4],
				      error);
	if (result == 0)
		result = place_shared(vault, keep, row, COLUMN_DETAIL + 4, &act->text, &placed[5],
				      error);
	if (result == 0)
		result = place_shared(vault, keep, row, COLUMN_DETAIL + 5, &act->rest, &placed[6],
				      error);
	return result;
}

/* The act of the row where a statement with the columns of SQL_EVENT_GET stands. */
static int take_row(struct vault *vault, sqlite3_stmt *row, uint64_t event, struct act *act,
		    uint32_t *source, uint32_t *item, struct bytes *keep, struct error *error)
{
	struct placed placed[PLACED];
	struct act made;
	int i, result;

	memset(&made, 0, sizeof(made));
	memset(placed, 0, sizeof(placed));
	made.time = vault_event_time(event);
	*source = (uint32_t)sqlite3_column_int64(row, 1);
	result = load_row(vault, row, &made, item, keep, placed, error);
	for (i = 0; result == 0 && i < PLACED; i++)
		if (placed[i].text != NULL)
			placed[i].text->data = placed[i].text->size == 0 ? NULL :
				(const char *)keep->data + placed[i].at;
	if (result == 0)
		*act = made;
	return result;
}

static int load(struct vault *vault, sqlite3_stmt *row, uint64_t event, struct act *act,
		uint32_t *source, uint32_t *item, struct bytes *keep, struct error *error)
{
	int rc = sqlite3_step(row), result;

	if (rc == SQLITE_ROW)
		result = take_row(vault, row, event, act, source, item, keep, error);
	else if (rc == SQLITE_DONE)
		result = error_set(error, TACIT_E_NOT_FOUND, "the vault has no act %llu",
				   (unsigned long long)event);
	else
		result = vault_failed(vault, error, "read an act");
	sqlite3_reset(row);
	return result;
}

int vault_act_load(struct vault *vault, uint64_t event, struct act *act, uint32_t *source,
		   uint32_t *item, struct bytes *keep, struct error *error)
{
	sqlite3_stmt *row;
	int result = vault_statement(vault, SQL_EVENT_GET, &row, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)event);
	return load(vault, row, event, act, source, item, keep, error);
}

int vault_witness_load(struct vault *vault, uint64_t event, uint32_t source, struct act *act,
		       struct bytes *keep, struct error *error)
{
	sqlite3_stmt *row;
	uint32_t item, same;
	int result = vault_statement(vault, SQL_WITNESS_GET, &row, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)event);
	sqlite3_bind_int64(row, 2, source);
	return load(vault, row, event, act, &same, &item, keep, error);
}

int vault_event(struct vault *vault, uint64_t event, struct act *act, uint32_t *source,
		struct bytes *keep, struct error *error)
{
	uint32_t owner;
	int result = vault_act_settled(vault, event, act, &owner, keep, error);

	if (result == 0 && source != NULL)
		*source = owner;
	return result;
}

int vault_walk(struct vault *vault, vault_act_walk *walk, void *context, struct error *error)
{
	struct bytes keep = BYTES_INIT;
	struct vault_history history;
	struct act act;
	uint64_t *contests = NULL;
	uint32_t source, item;
	size_t count = 0, i;
	int result = vault_history_all(vault, NULL, &history, error);

	if (result != 0)
		return result;
	result = vault_contests(vault, &contests, &count, error);
	for (i = 0; i < history.event_count && result == 0; i++) {
		bytes_clear(&keep);
		result = vault_contested(contests, count, history.event[i]) ?
			 vault_act_settled(vault, history.event[i], &act, &source, &keep, error) :
			 vault_act_load(vault, history.event[i], &act, &source, &item, &keep,
					error);
		if (result == 0)
			result = walk(context, history.event[i], source, &act);
	}
	free(contests);
	bytes_free(&keep);
	vault_history_free(&history);
	return result;
}

/* ---- those of some verbs --------------------------------------------------------------- */

struct walking {
	struct vault *vault;
	uint64_t *contests;
	size_t contest_count;
	struct bytes keep;
	vault_act_walk *walk;
	void *context;
};

static int walk_row(struct walking *walking, sqlite3_stmt *row, struct error *error)
{
	uint64_t event = (uint64_t)sqlite3_column_int64(row, COLUMN_ID);
	uint32_t source, item;
	struct act act;
	int result;

	bytes_clear(&walking->keep);
	if (vault_contested(walking->contests, walking->contest_count, event))
		result = vault_act_settled(walking->vault, event, &act, &source, &walking->keep,
					   error);
	else
		result = take_row(walking->vault, row, event, &act, &source, &item,
				  &walking->keep, error);
	return result != 0 ? result : walking->walk(walking->context, event, source, &act);
}

int vault_walk_verbs(struct vault *vault, uint32_t verbs, int64_t from, int64_t until,
		     vault_act_walk *walk, void *context, struct error *error)
{
	struct walking walking = { vault, NULL, 0, BYTES_INIT, walk, context };
	sqlite3_stmt *row = NULL;
	int rc, result = vault_contests(vault, &walking.contests, &walking.contest_count, error);

	if (result != 0)
		return result;
	rc = sqlite3_prepare_v2(vault->db, "SELECT item, source, verb, value, duration, flags,"
				" zone, words, place, text, rest, id FROM events WHERE id >= ?1 AND"
				" id < ?2 AND (?3 >> verb) & 1 ORDER BY id", -1, &row, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(row, 1, vault_event_first(from));
		sqlite3_bind_int64(row, 2, vault_event_first(until));
		sqlite3_bind_int64(row, 3, verbs);
	}
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		result = walk_row(&walking, row, error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read acts");
	sqlite3_finalize(row);
	free(walking.contests);
	bytes_free(&walking.keep);
	return result;
}
