/* Prepared statements: their texts in one table, made when first used. */
#include "vault/inside.h"

#include <assert.h>

static const char *const texts[SQL_COUNT] = {
	[SQL_EVENT_ADD] = "INSERT OR IGNORE INTO events(id, item, source, verb, value, duration,"
		" flags, zone, words, place, text, rest)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	[SQL_EVENT_GET] = "SELECT item, source, verb, value, duration,"
		" flags, zone, words, place, text, rest FROM events WHERE id = ?1",
	[SQL_EVENT_MOVE] = "UPDATE events SET id = ?2 WHERE id = ?1",
	[SQL_EVENT_OWNER] = "UPDATE events SET source = ?2 WHERE id = ?1",
	[SQL_ITEM_ADD] = "INSERT INTO items(year, domain, title, creator, words)"
		" VALUES(?1, ?2, ?3, ?4, ?5)",
	[SQL_ITEM_GET] = "SELECT year, domain, title, creator, words FROM items WHERE id = ?1",
	[SQL_STRING_ADD] = "INSERT INTO strings(text) VALUES(?1)",
	[SQL_STRING_GET] = "SELECT text FROM strings WHERE id = ?1",
	[SQL_WITNESS_ADD] = "INSERT OR IGNORE INTO witnesses(event, source, same,"
		" flags, zone, words, place, text, rest)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_WITNESS_FIRST] = "SELECT source, same FROM witnesses WHERE event = ?1"
		" ORDER BY source LIMIT 1",
	/* The act as that source tells it; columns as those of SQL_EVENT_GET. */
	[SQL_WITNESS_GET] = "SELECT e.item, w.source, e.verb, e.value, e.duration,"
		" w.flags, w.zone, w.words, w.place, w.text, w.rest FROM witnesses w"
		" JOIN events e ON e.id = w.event WHERE w.event = ?1 AND w.source = ?2",
	/* Before the owner's details change: who reported the same details gets them in words. */
	[SQL_WITNESS_SPREAD] = "UPDATE witnesses SET same = 0, flags = e.flags, zone = e.zone,"
		" words = coalesce(e.words, i.words), place = e.place, text = e.text,"
		" rest = e.rest FROM events e JOIN items i ON i.id = e.item"
		" WHERE e.id = ?1 AND witnesses.event = ?1 AND witnesses.same",
	[SQL_WITNESS_TAKE] = "UPDATE events SET flags = w.flags, zone = w.zone, words = w.words,"
		" place = w.place, text = w.text, rest = w.rest FROM witnesses w"
		" WHERE events.id = ?1 AND w.event = ?1 AND w.source = ?2",
	[SQL_WITNESS_DROP] = "DELETE FROM witnesses WHERE event = ?1 AND source = ?2",
	[SQL_WITNESS_MOVE] = "UPDATE witnesses SET event = ?2 WHERE event = ?1",
	[SQL_SOURCE_GET] = "SELECT 1 FROM sources WHERE id = ?1",
	[SQL_SOURCE_TALLY] = "UPDATE sources SET kept = kept + ?2, duplicate = duplicate + ?3,"
		" read = max(read, kept + duplicate + ?2 + ?3) WHERE id = ?1",
	/* What an import of the same file would say now. ?2 kept, ?3 duplicate, ?4 both. */
	[SQL_SOURCE_FORGOT] = "UPDATE sources SET kept = kept - ?2, duplicate = duplicate - ?3,"
		" skipped = CASE WHEN json_valid(skipped) THEN json_set(skipped, '$.forgotten',"
		" coalesce(json_extract(skipped, '$.forgotten'), 0) + ?4)"
		" ELSE json_object('forgotten', ?4) END WHERE id = ?1",
	[SQL_TOMBSTONE_ADD] = "INSERT OR IGNORE INTO tombstones(hash) VALUES(?1)",
	[SQL_TOMBSTONE_DROP] = "DELETE FROM tombstones WHERE hash = ?1",
	[SQL_RECORD_PUT] = "INSERT INTO records(kind, key, value) VALUES(?1, ?2, ?3)"
		" ON CONFLICT(kind, key) DO UPDATE SET value = excluded.value",
	[SQL_RECORD_GET] = "SELECT value FROM records WHERE kind = ?1 AND key = ?2",
	[SQL_RECORD_DROP] = "DELETE FROM records WHERE kind = ?1 AND key = ?2",
	[SQL_RECORD_WALK] = "SELECT key, value FROM records WHERE kind = ?1 AND key >= ?2"
		" ORDER BY key",
	[SQL_GENERATION] = "SELECT value FROM meta WHERE key = 'generation'",
};

int vault_statement(struct vault *vault, enum vault_statement which, sqlite3_stmt **out,
		    struct error *error)
{
	assert(which < SQL_COUNT && texts[which] != NULL);
	if (vault->statements[which] == NULL &&
	    sqlite3_prepare_v3(vault->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
			       &vault->statements[which], NULL) != SQLITE_OK)
		return vault_failed(vault, error, "prepare a statement");
	*out = vault->statements[which];
	return 0;
}

int vault_step(struct vault *vault, sqlite3_stmt *statement, struct error *error,
	       const char *doing)
{
	int rc = sqlite3_step(statement);
	int result = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : vault_failed(vault, error, doing);

	sqlite3_reset(statement);
	if (result != 0)
		vault->broken = true;
	return result;
}

void vault_statements_close(struct vault *vault)
{
	int i;

	for (i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(vault->statements[i]);
		vault->statements[i] = NULL;
	}
	vault->bound = 0;
	vault->numbers = 0;
}
