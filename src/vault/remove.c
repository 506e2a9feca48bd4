/*
 * Removing acts: what undo and forget share.
 *
 * An act that several sources reported stays when one of them goes: it moves to the lowest source
 * that is left, with that source's own details, as if the one that goes had never been there.
 */
#include "vault/inside.h"

#include <stdlib.h>

#include "base/bytes.h"

int vault_choose_begin(struct vault *vault, struct error *error)
{
	return vault_run(vault, "CREATE TEMP TABLE IF NOT EXISTS chosen(event INTEGER PRIMARY KEY);"
			 "CREATE TEMP TABLE IF NOT EXISTS chosen_facts(fact INTEGER PRIMARY KEY);"
			 "DELETE FROM temp.chosen; DELETE FROM temp.chosen_facts", error,
			 "choose acts");
}

void vault_choose_end(struct vault *vault)
{
	if (vault->db != NULL)
		sqlite3_exec(vault->db, "DROP TABLE IF EXISTS temp.chosen;"
			     "DROP TABLE IF EXISTS temp.chosen_facts", NULL, NULL, NULL);
}

int vault_choose(struct vault *vault, const char *sql, int64_t first, int64_t second,
		 struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int result;

	if (sqlite3_prepare_v2(vault->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return vault_failed(vault, error, "choose acts");
	if (sqlite3_bind_parameter_count(statement) > 0)
		sqlite3_bind_int64(statement, 1, first);
	if (sqlite3_bind_parameter_count(statement) > 1)
		sqlite3_bind_int64(statement, 2, second);
	result = vault_step(vault, statement, error, "choose acts");
	sqlite3_finalize(statement);
	return result;
}

int vault_choose_sole(struct vault *vault, uint32_t source, struct error *error)
{
	return vault_choose(vault, "INSERT OR IGNORE INTO chosen SELECT id FROM events e"
			    " WHERE source = ?1 AND NOT EXISTS"
			    " (SELECT 1 FROM witnesses w WHERE w.event = e.id)", source, 0, error);
}

/* ---- gaps ------------------------------------------------------------------------------ */

static int step_two(struct vault *vault, enum vault_statement which, uint64_t first,
		    uint64_t second, struct error *error)
{
	sqlite3_stmt *statement;
	int result = vault_statement(vault, which, &statement, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)first);
	if (sqlite3_bind_parameter_count(statement) > 1)
		sqlite3_bind_int64(statement, 2, (sqlite3_int64)second);
	return vault_step(vault, statement, error, "remove acts");
}

static int is_there(struct vault *vault, uint64_t id, bool *out, struct error *error)
{
	sqlite3_stmt *row;
	int rc, result = vault_statement(vault, SQL_EVENT_GET, &row, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)id);
	rc = sqlite3_step(row);
	sqlite3_reset(row);
	*out = rc == SQLITE_ROW;
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 :
		vault_failed(vault, error, "remove acts");
}

static uint64_t next_number(uint64_t id)
{
	return (id & ~VAULT_EVENT_MASK) | ((id + 1) & VAULT_EVENT_MASK);
}

/* Moves the act `id` to the first free number from its own on. */
static int settle(struct vault *vault, uint64_t id, struct error *error)
{
	struct bytes keep = BYTES_INIT;
	struct digest digest;
	struct act act;
	uint64_t place, at;
	uint32_t source, item;
	bool taken = true;
	int result = vault_act_load(vault, id, &act, &source, &item, &keep, error);

	if (result == 0) {
		vault_item_digest(vault, &act, &digest, &place);
		at = vault_event_id(act.time, vault_event_hash(place, &act));
		while (result == 0 && at != id) {
			result = is_there(vault, at, &taken, error);
			if (result != 0 || !taken)
				break;
			at = next_number(at);
		}
		if (result == 0 && at != id)
			result = step_two(vault, SQL_EVENT_MOVE, id, at, error);
		if (result == 0 && at != id)
			result = step_two(vault, SQL_WITNESS_MOVE, id, at, error);
	}
	bytes_free(&keep);
	return result;
}

/* An act that found its number taken lies behind it; with the other gone it would not be found
 * again. So whatever follows a gap without another gap is put anew (Knuth 6.4, algorithm R). */
static int close_gap(struct vault *vault, uint64_t gap, struct error *error)
{
	uint64_t id = next_number(gap);
	bool there = false;
	int result = is_there(vault, id, &there, error);

	while (result == 0 && there) {
		result = settle(vault, id, error);
		id = next_number(id);
		if (result == 0)
			result = is_there(vault, id, &there, error);
	}
	return result;
}

int vault_remove_chosen(struct vault *vault, struct error *error)
{
	uint64_t *gaps;
	size_t count, i;
	int result = vault_numbers(vault, "SELECT event FROM temp.chosen ORDER BY event", 0, &gaps,
				   &count, error);

	if (result != 0)
		return result;
	result = vault_run(vault, "DELETE FROM witnesses WHERE event IN (SELECT event FROM chosen);"
			   "DELETE FROM events WHERE id IN (SELECT event FROM chosen)", error,
			   "remove acts");
	for (i = 0; i < count && result == 0; i++)
		result = close_gap(vault, gaps[i], error);
	free(gaps);
	return result;
}

/* ---- sources --------------------------------------------------------------------------- */

static int tally(struct vault *vault, uint32_t source, int64_t kept, int64_t duplicate,
		 struct error *error)
{
	sqlite3_stmt *statement;
	int result = vault_statement(vault, SQL_SOURCE_TALLY, &statement, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(statement, 1, source);
	sqlite3_bind_int64(statement, 2, kept);
	sqlite3_bind_int64(statement, 3, duplicate);
	return vault_step(vault, statement, error, "write a source");
}

/* Gives the act to the lowest of the other sources that reported it. */
static int hand_over(struct vault *vault, uint64_t event, struct error *error)
{
	sqlite3_stmt *row;
	uint32_t heir = 0;
	bool same = false;
	int rc, result = vault_statement(vault, SQL_WITNESS_FIRST, &row, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)event);
	rc = sqlite3_step(row);
	if (rc == SQLITE_ROW) {
		heir = (uint32_t)sqlite3_column_int64(row, 0);
		same = sqlite3_column_int(row, 1) != 0;
	} else {
		result = vault_failed(vault, error, "remove a source");
	}
	sqlite3_reset(row);
	if (result == 0 && !same)
		result = step_two(vault, SQL_WITNESS_SPREAD, event, 0, error);
	if (result == 0 && !same)
		result = step_two(vault, SQL_WITNESS_TAKE, event, heir, error);
	if (result == 0)
		result = step_two(vault, SQL_EVENT_OWNER, event, heir, error);
	if (result == 0)
		result = step_two(vault, SQL_WITNESS_DROP, event, heir, error);
	if (result == 0)
		result = tally(vault, heir, 1, -1, error);
	return result;
}

int vault_remove_source(struct vault *vault, uint32_t source, struct error *error)
{
	uint64_t *shared;
	size_t count, i;
	int result;

	result = vault_choose(vault, "DELETE FROM witnesses WHERE source = ?1", source, 0, error);
	if (result == 0)
		result = vault_numbers(vault, "SELECT id FROM events WHERE source = ?1", source,
				       &shared, &count, error);
	if (result != 0)
		return result;
	for (i = 0; i < count && result == 0; i++)
		result = hand_over(vault, shared[i], error);
	free(shared);
	if (result == 0)
		result = vault_choose(vault, "DELETE FROM facts WHERE source = ?1", source, 0,
				      error);
	if (result == 0)
		result = vault_choose(vault, "DELETE FROM sources WHERE id = ?1", source, 0, error);
	return result;
}

/* ---- undo ------------------------------------------------------------------------------ */

static int undo_inside(struct vault *vault, uint32_t source, struct vault_counts *counts,
		       struct error *error)
{
	char facts[256];
	int64_t events = 0, gone = 0;
	int result;

	sqlite3_snprintf(sizeof(facts), facts, "SELECT count(*) FROM facts f WHERE source = %u AND"
			 " NOT EXISTS (SELECT 1 FROM facts o WHERE o.key = f.key AND"
			 " o.value = f.value AND o.mark = f.mark AND o.source <> %u)", source,
			 source);
	result = vault_choose_begin(vault, error);
	if (result == 0)
		result = vault_choose_sole(vault, source, error);
	if (result == 0)
		result = vault_number(vault, "SELECT count(*) FROM chosen", 0, &events, error);
	if (result == 0)
		result = vault_number(vault, facts, 0, &gone, error);
	if (result == 0)
		result = vault_remove_chosen(vault, error);
	if (result == 0)
		result = vault_remove_source(vault, source, error);
	if (result == 0)
		result = vault_sweep(vault, error);
	if (result == 0 && counts != NULL) {
		counts->events = (uint64_t)events;
		counts->facts = (uint64_t)gone;
	}
	return result;
}

int vault_undo(struct vault *vault, uint32_t source, struct vault_counts *counts,
	       struct error *error)
{
	char sql[64];
	int64_t there = 0;
	bool own;
	int result = vault_join(vault, &own, error);

	if (result != 0)
		return result;
	sqlite3_snprintf(sizeof(sql), sql, "SELECT count(*) FROM sources WHERE id = %u", source);
	result = vault_number(vault, sql, 0, &there, error);
	if (result == 0 && there == 0) {
		if (own)
			vault_rollback(vault);
		return error_set(error, TACIT_E_NOT_FOUND, "the vault has no source %u; see "
				 "what was added with: tacit log", source);
	}
	if (result == 0)
		result = vault_tally_flush(vault, error);
	if (result == 0)
		result = undo_inside(vault, source, counts, error);
	vault_choose_end(vault);
	return vault_leave(vault, own, result, error);
}
