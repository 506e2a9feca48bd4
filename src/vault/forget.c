/*
 * Forgetting: what is selected goes, a keyed hash of each act and fact stays so that it cannot
 * come back with the next import, and nothing else does.
 */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"

/* ---- choosing -------------------------------------------------------------------------- */

static int choose_domain(struct vault *vault, const char *domain, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int result;

	if (domain == NULL)
		return error_set(error, TACIT_E_ARGUMENT, "no domain was named");
	if (sqlite3_prepare_v2(vault->db, "INSERT OR IGNORE INTO chosen SELECT id FROM events"
			       " WHERE item IN (SELECT id FROM items WHERE domain = ?1)", -1,
			       &statement, NULL) != SQLITE_OK)
		return vault_failed(vault, error, "choose acts");
	sqlite3_bind_text(statement, 1, domain, -1, SQLITE_STATIC);
	result = vault_step(vault, statement, error, "choose acts");
	sqlite3_finalize(statement);
	return result;
}

static int choose_source(struct vault *vault, uint32_t source, struct error *error)
{
	int result = vault_choose_sole(vault, source, error);

	if (result != 0)
		return result;
	return vault_choose(vault, "INSERT OR IGNORE INTO chosen_facts SELECT id FROM facts f"
			    " WHERE source = ?1 AND NOT EXISTS (SELECT 1 FROM facts o"
			    " WHERE o.key = f.key AND o.value = f.value AND o.mark = f.mark"
			    " AND o.source <> ?1)", source, 0, error);
}

static int choose_one(struct vault *vault, const struct vault_selection *s, struct error *error)
{
	int64_t id = (int64_t)s->id;

	switch (s->kind) {
	case VAULT_SELECT_EVENT:
		return vault_choose(vault, "INSERT OR IGNORE INTO chosen SELECT id FROM events"
				    " WHERE id = ?1", id, 0, error);
	case VAULT_SELECT_ITEM:
		return vault_choose(vault, "INSERT OR IGNORE INTO chosen SELECT id FROM events"
				    " WHERE item = ?1", id, 0, error);
	case VAULT_SELECT_SOURCE:
		return choose_source(vault, (uint32_t)s->id, error);
	case VAULT_SELECT_SPAN:
		return vault_choose(vault, "INSERT OR IGNORE INTO chosen SELECT id FROM events"
				    " WHERE id >= ?1 AND id < ?2", vault_event_first(s->from),
				    vault_event_first(s->until), error);
	case VAULT_SELECT_DOMAIN:
		return choose_domain(vault, s->text, error);
	case VAULT_SELECT_FACT:
		return vault_choose(vault, "INSERT OR IGNORE INTO chosen_facts SELECT o.id"
				    " FROM facts f JOIN facts o USING(key, value, mark)"
				    " WHERE f.id = ?1", id, 0, error);
	case VAULT_SELECT_ALL:
		return vault_run(vault, "INSERT OR IGNORE INTO chosen SELECT id FROM events;"
				 "INSERT OR IGNORE INTO chosen_facts SELECT id FROM facts", error,
				 "choose acts");
	}
	return error_set(error, TACIT_E_ARGUMENT, "an unknown kind of selection (%d)",
			 (int)s->kind);
}

static int count_chosen(struct vault *vault, struct vault_counts *counts, struct error *error)
{
	int64_t events = 0, facts = 0;
	int result = vault_number(vault, "SELECT count(*) FROM chosen", 0, &events, error);

	if (result == 0)
		result = vault_number(vault,
				      "SELECT count(*) FROM (SELECT DISTINCT key, value, mark"
				      " FROM facts WHERE id IN (SELECT fact FROM chosen_facts))", 0,
				      &facts, error);
	counts->events = (uint64_t)events;
	counts->facts = (uint64_t)facts;
	return result;
}

static int choose(struct vault *vault, const struct vault_selection *selections, size_t count,
		  struct vault_counts *counts, struct error *error)
{
	size_t i;
	int result = vault_choose_begin(vault, error);

	for (i = 0; i < count && result == 0; i++)
		result = choose_one(vault, &selections[i], error);
	return result != 0 ? result : count_chosen(vault, counts, error);
}

int vault_select_count(struct vault *vault, const struct vault_selection *selections,
		       size_t count, struct vault_counts *counts, struct error *error)
{
	int result = choose(vault, selections, count, counts, error);

	vault_choose_end(vault);
	return result;
}

/* ---- tombstones ------------------------------------------------------------------------ */

/* The digest of each item by its number, so that a tombstone costs one hash and no look-up. */
static int item_digests(struct vault *vault, struct digest **out, size_t *count,
			struct error *error)
{
	struct digest *digests;
	sqlite3_stmt *row = NULL;
	int64_t top = 0;
	int rc, result = vault_number(vault, "SELECT max(id) FROM items", 0, &top, error);

	if (result != 0)
		return result;
	digests = calloc((size_t)top + 1, sizeof(*digests));
	if (digests == NULL)
		return error_memory(error);
	rc = sqlite3_prepare_v2(vault->db, "SELECT id, year, domain, title, creator FROM items", -1,
				&row, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		struct act_text texts[3];
		struct act act = { .year = sqlite3_column_int(row, 1) };
		int i;

		for (i = 0; i < 3; i++) {
			texts[i].data = sqlite3_column_blob(row, 2 + i);
			texts[i].size = (uint32_t)sqlite3_column_bytes(row, 2 + i);
		}
		act.domain = texts[0];
		act.title = texts[1];
		act.creator = texts[2];
		vault_item_digest(vault, &act, &digests[sqlite3_column_int64(row, 0)], NULL);
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the items");
	sqlite3_finalize(row);
	if (result != 0) {
		free(digests);
		return result;
	}
	*out = digests;
	*count = (size_t)top + 1;
	return 0;
}

static int64_t number_or_none(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL ? ACT_NONE :
		sqlite3_column_int64(row, column);
}

/* Buries the chosen acts; the hash of all tombstones goes into the receipt. */
static int bury_acts(struct vault *vault, uint8_t receipt[32], struct error *error)
{
	struct digest *digests = NULL;
	sqlite3_stmt *row = NULL;
	size_t count = 0;
	int rc, result = item_digests(vault, &digests, &count, error);

	if (result != 0)
		return result;
	rc = sqlite3_prepare_v2(vault->db, "SELECT e.id, e.item, e.verb, e.value, e.duration"
				" FROM chosen c JOIN events e ON e.id = c.event ORDER BY e.id", -1,
				&row, NULL);
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		struct act act = {
			.time = vault_event_time((uint64_t)sqlite3_column_int64(row, 0)),
			.verb = (uint8_t)sqlite3_column_int(row, 2),
			.value = number_or_none(row, 3), .duration = number_or_none(row, 4),
		};
		size_t item = (size_t)sqlite3_column_int64(row, 1);
		uint8_t stored[8];
		uint64_t tomb;

		if (item >= count) {
			result = error_set(error, TACIT_E_DAMAGED, "an act's item is missing");
			break;
		}
		tomb = vault_tomb_of_act(vault, &digests[item], &act);
		bytes_store64(stored, tomb);
		keys_chain(vault->keys, receipt, stored, sizeof(stored));
		result = vault_tomb_add(vault, tomb, error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "forget");
	sqlite3_finalize(row);
	free(digests);
	return result;
}

static int bury_facts(struct vault *vault, uint8_t receipt[32], struct error *error)
{
	sqlite3_stmt *row = NULL;
	int result = 0, rc;

	rc = sqlite3_prepare_v2(vault->db, "SELECT DISTINCT key, value, mark FROM facts WHERE id IN"
				" (SELECT fact FROM chosen_facts) ORDER BY key, value, mark", -1,
				&row, NULL);
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		uint64_t tomb = vault_tomb_of_fact(vault,
			(const char *)sqlite3_column_text(row, 0),
			(const char *)sqlite3_column_text(row, 1), sqlite3_column_int(row, 2));
		uint8_t stored[8];

		bytes_store64(stored, tomb);
		keys_chain(vault->keys, receipt, stored, sizeof(stored));
		result = vault_tomb_add(vault, tomb, error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "forget");
	sqlite3_finalize(row);
	return result;
}

/* The counts of the sources become what an import of the same file would say now. */
static int recount(struct vault *vault, const char *sql, bool kept, struct error *error)
{
	sqlite3_stmt *row = NULL, *update;
	int result = vault_statement(vault, SQL_SOURCE_FORGOT, &update, error), rc;

	if (result != 0)
		return result;
	rc = sqlite3_prepare_v2(vault->db, sql, -1, &row, NULL);
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		int64_t count = sqlite3_column_int64(row, 1);

		sqlite3_bind_int64(update, 1, sqlite3_column_int64(row, 0));
		sqlite3_bind_int64(update, 2, kept ? count : 0);
		sqlite3_bind_int64(update, 3, kept ? 0 : count);
		sqlite3_bind_int64(update, 4, count);
		result = vault_step(vault, update, error, "write a source");
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "forget");
	sqlite3_finalize(row);
	return result;
}

/* Removes what is chosen, once its tombstones are there. */
static int remove_chosen(struct vault *vault, struct vault_counts *counts, struct error *error)
{
	int result = count_chosen(vault, counts, error);

	if (result == 0)
		result = recount(vault, "SELECT source, count(*) FROM events WHERE id IN"
				 " (SELECT event FROM chosen) GROUP BY source", true, error);
	if (result == 0)
		result = recount(vault, "SELECT source, count(*) FROM witnesses WHERE event IN"
				 " (SELECT event FROM chosen) GROUP BY source", false, error);
	if (result == 0)
		result = vault_remove_chosen(vault, error);
	if (result == 0)
		result = vault_run(vault, "DELETE FROM facts WHERE id IN (SELECT fact FROM"
				   " chosen_facts)", error, "forget");
	return result;
}

/* ---- tombstones from elsewhere --------------------------------------------------------- */

/* Chooses the acts and facts whose tombstones are in the table. */
static int choose_buried(struct vault *vault, struct error *error)
{
	struct digest *digests = NULL;
	sqlite3_stmt *row = NULL;
	size_t count = 0;
	bool found = false;
	int rc, result = item_digests(vault, &digests, &count, error);

	if (result != 0)
		return result;
	rc = sqlite3_prepare_v2(vault->db, "SELECT id, item, verb, value, duration FROM events", -1,
				&row, NULL);
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(row, 0);
		size_t item = (size_t)sqlite3_column_int64(row, 1);
		struct act act = {
			.time = vault_event_time((uint64_t)id),
			.verb = (uint8_t)sqlite3_column_int(row, 2),
			.value = number_or_none(row, 3), .duration = number_or_none(row, 4),
		};

		if (item < count)
			result = vault_tombs_find(vault, vault_tomb_of_act(vault, &digests[item],
									   &act), &found, error);
		if (result == 0 && found)
			result = vault_choose(vault, "INSERT OR IGNORE INTO chosen VALUES(?1)", id,
					      0, error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "restore the vault");
	sqlite3_finalize(row);
	free(digests);
	return result;
}

static int choose_buried_facts(struct vault *vault, struct error *error)
{
	sqlite3_stmt *row = NULL;
	bool found = false;
	int rc, result = 0;

	rc = sqlite3_prepare_v2(vault->db, "SELECT id, key, value, mark FROM facts", -1, &row,
				NULL);
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		uint64_t tomb = vault_tomb_of_fact(vault,
			(const char *)sqlite3_column_text(row, 1),
			(const char *)sqlite3_column_text(row, 2), sqlite3_column_int(row, 3));

		result = vault_tombs_find(vault, tomb, &found, error);
		if (result == 0 && found)
			result = vault_choose(vault,
					      "INSERT OR IGNORE INTO chosen_facts VALUES(?1)",
					      sqlite3_column_int64(row, 0), 0, error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "restore the vault");
	sqlite3_finalize(row);
	return result;
}

static int bury_inside(struct vault *vault, const uint64_t *tombs, size_t count,
		       struct vault_counts *counts, struct error *error)
{
	size_t i;
	int result = vault_choose_begin(vault, error);

	for (i = 0; i < count && result == 0; i++)
		result = vault_tomb_add(vault, tombs[i], error);
	if (result == 0)
		result = choose_buried(vault, error);
	if (result == 0)
		result = choose_buried_facts(vault, error);
	if (result == 0)
		result = remove_chosen(vault, counts, error);
	if (result == 0)
		result = vault_sweep(vault, error);
	return result;
}

int vault_bury(struct vault *vault, const uint64_t *tombs, size_t count,
	       struct vault_counts *counts, struct error *error)
{
	int result = vault_begin(vault, error);

	if (result != 0)
		return result;
	result = bury_inside(vault, tombs, count, counts, error);
	vault_choose_end(vault);
	return vault_leave(vault, true, result, error);
}

/* ---- forgetting ------------------------------------------------------------------------ */

static int forget_inside(struct vault *vault, const struct vault_selection *selections,
			 size_t count, struct vault_counts *counts, uint8_t receipt[32],
			 struct error *error)
{
	uint8_t head[24];
	size_t i;
	int result = choose(vault, selections, count, counts, error);

	bytes_store64(head, (uint64_t)clock_now());
	bytes_store64(head + 8, counts->events);
	bytes_store64(head + 16, counts->facts);
	memset(receipt, 0, 32);
	keys_chain(vault->keys, receipt, head, sizeof(head));
	if (result == 0)
		result = bury_acts(vault, receipt, error);
	if (result == 0)
		result = bury_facts(vault, receipt, error);
	if (result == 0)
		result = remove_chosen(vault, counts, error);
	for (i = 0; i < count && result == 0; i++) {
		if (selections[i].kind == VAULT_SELECT_SOURCE)
			result = vault_remove_source(vault, (uint32_t)selections[i].id, error);
		else if (selections[i].kind == VAULT_SELECT_ALL)
			result = vault_run(vault, "DELETE FROM sources; DELETE FROM records", error,
					   "forget");
	}
	if (result == 0)
		result = vault_sweep(vault, error);
	return result;
}

int vault_forget(struct vault *vault, const struct vault_selection *selections, size_t count,
		 struct vault_counts *counts, char receipt[65], struct error *error)
{
	struct vault_counts found = { 0, 0 };
	uint8_t commitment[32];
	int result = vault_begin(vault, error);

	if (result != 0)
		return result;
	result = forget_inside(vault, selections, count, &found, commitment, error);
	vault_choose_end(vault);
	result = vault_leave(vault, true, result, error);
	if (result != 0)
		return result;
	if (counts != NULL)
		*counts = found;
	if (receipt != NULL)
		bytes_hex(receipt, commitment, sizeof(commitment));
	return 0;
}
