/*
 * Adding an act. The identity of an act is its time, verb, item, value and duration; an export of
 * the same history in another year differs in the rest, and is the same act all the same.
 *
 * The row number is made of the time and 20 bits of a hash of the identity, so that one insertion
 * keeps the order, finds the duplicate and needs no other index. Two different acts of one
 * millisecond with the same 20 bits: the later one takes the next free number of that millisecond.
 */
#include "vault/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/limits.h"

#define PROBES 4096		/* acts of one millisecond with the same hash */
#define INLINE_BYTES 8		/* a shorter text is never worth a row of its own */
#define STRING_MEMO 1024

/* domain, title and creator with their sizes, and the year */
#define ITEM_BYTES (LIMIT_DOMAIN_BYTES + LIMIT_TITLE_BYTES + LIMIT_CREATOR_BYTES + 16)

/* Columns of SQL_EVENT_GET. */
enum { GET_ITEM, GET_SOURCE, GET_VERB, GET_VALUE, GET_DURATION, GET_DETAIL };
/* The detail columns, from their first on. */
enum { DETAIL_FLAGS, DETAIL_ZONE, DETAIL_WORDS, DETAIL_PLACE, DETAIL_TEXT, DETAIL_REST };

void vault_digest(const struct vault *vault, const void *data, size_t size, struct digest *out)
{
	uint8_t hash[16];

	keys_digest(vault->keys, data, size, hash);
	out->low = bytes_load64(hash);
	out->high = bytes_load64(hash + 8);
}

static size_t item_put(uint8_t *out, size_t at, const struct act_text *text)
{
	bytes_store32(out + at, text->size);
	if (text->size > 0)
		memcpy(out + at + 4, text->data, text->size);
	return at + 4 + text->size;
}

void vault_item_digest(const struct vault *vault, const struct act *act, struct digest *digest,
		       uint64_t *place)
{
	uint8_t content[ITEM_BYTES];
	size_t size = 0;

	assert(act->title.size <= LIMIT_TITLE_BYTES && act->creator.size <= LIMIT_CREATOR_BYTES);
	bytes_store32(content, (uint32_t)act->year);
	size = item_put(content, 4, &act->domain);
	size = item_put(content, size, &act->title);
	size = item_put(content, size, &act->creator);
	assert(size <= sizeof(content));
	vault_digest(vault, content, size, digest);
	if (place != NULL)
		*place = hash_bytes(content, size, 0);
}

uint64_t vault_event_hash(uint64_t place, const struct act *act)
{
	uint64_t hash = hash_mix(place + act->verb);

	hash = hash_mix(hash ^ (uint64_t)act->value);
	return hash_mix(hash + (uint64_t)act->duration);
}

uint64_t vault_event_id(int64_t time, uint64_t hash)
{
	return (uint64_t)(time + VAULT_TIME_BIAS) << VAULT_EVENT_BITS | (hash & VAULT_EVENT_MASK);
}

int64_t vault_event_time(uint64_t id)
{
	return (int64_t)(id >> VAULT_EVENT_BITS) - VAULT_TIME_BIAS;
}

int64_t vault_event_first(int64_t time)
{
	if (time <= -VAULT_TIME_BIAS)
		return 0;
	if (time >= VAULT_TIME_BIAS)
		return INT64_MAX;
	return (int64_t)vault_event_id(time, 0);
}

/* ---- the tables of what is there ------------------------------------------------------- */

static struct act_text column_text(sqlite3_stmt *row, int column)
{
	const void *data = sqlite3_column_blob(row, column);

	return (struct act_text){ data, data == NULL ? 0 :
		(uint32_t)sqlite3_column_bytes(row, column) };
}

static uint64_t words_digest(const struct vault *vault, struct act_text words)
{
	struct digest digest;

	if (words.size == 0)
		return 0;
	vault_digest(vault, words.data, words.size, &digest);
	return digest.low == 0 ? 1 : digest.low;
}

static int load_items(struct vault *vault, struct error *error)
{
	sqlite3_stmt *row = NULL;
	int result = 0, rc = sqlite3_prepare_v2(vault->db,
						"SELECT id, year, domain, title, creator,"
						" words FROM items", -1, &row, NULL);

	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		struct intern_entry entry = { .id = (uint32_t)sqlite3_column_int64(row, 0) };
		struct act act = {
			.year = sqlite3_column_int(row, 1), .domain = column_text(row, 2),
			.title = column_text(row, 3), .creator = column_text(row, 4),
		};

		vault_item_digest(vault, &act, &entry.digest, &entry.place);
		entry.words = words_digest(vault, column_text(row, 5));
		if (entry.id == 0 || intern_add(&vault->items, &entry) != 0)
			result = error_memory(error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the items");
	sqlite3_finalize(row);
	if (result != 0)
		intern_drop(&vault->items);
	else
		vault->items.loaded = true;
	return result;
}

static int load_strings(struct vault *vault, struct error *error)
{
	sqlite3_stmt *row = NULL;
	int result = 0, rc = sqlite3_prepare_v2(vault->db, "SELECT id, text FROM strings", -1, &row,
						NULL);

	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		struct intern_entry entry = { .id = (uint32_t)sqlite3_column_int64(row, 0) };
		struct act_text text = column_text(row, 1);

		vault_digest(vault, text.data, text.size, &entry.digest);
		if (entry.id == 0 || intern_add(&vault->strings, &entry) != 0)
			result = error_memory(error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the strings");
	sqlite3_finalize(row);
	if (result != 0)
		intern_drop(&vault->strings);
	else
		vault->strings.loaded = true;
	return result;
}

static void bind_text(sqlite3_stmt *statement, int column, struct act_text text)
{
	sqlite3_bind_text(statement, column, text.size == 0 ? "" : text.data, (int)text.size,
			  SQLITE_STATIC);
}

static int add_item(struct vault *vault, const struct act *act, struct intern_entry *out,
		    struct error *error)
{
	sqlite3_stmt *statement;
	int result;

	if (vault->items.count >= LIMIT_ITEMS)
		return error_set(error, TACIT_E_LIMIT, "the vault has too many items");
	vault_item_digest(vault, act, &out->digest, &out->place);
	out->words = words_digest(vault, act->words);
	result = vault_statement(vault, SQL_ITEM_ADD, &statement, error);
	if (result != 0)
		return result;
	sqlite3_bind_int(statement, 1, act->year);
	bind_text(statement, 2, act->domain);
	bind_text(statement, 3, act->title);
	bind_text(statement, 4, act->creator);
	bind_text(statement, 5, act->words);
	result = vault_step(vault, statement, error, "add an item");
	if (result != 0)
		return result;
	out->id = (uint32_t)sqlite3_last_insert_rowid(vault->db);
	return intern_add(&vault->items, out) == 0 ? 0 : error_memory(error);
}

/* An item as an act names it: its row, and whether the act's words are the row's. */
struct named {
	struct intern_entry entry;
	bool own_words;
};

/* Most columns of most acts are NULL and stay so from act to act: for the statement that adds acts,
 * what is bound already is remembered, and only changes are told to SQLite. */
static void bind_null(struct vault *vault, sqlite3_stmt *statement, int column)
{
	if (statement == vault->statements[SQL_EVENT_ADD]) {
		if ((vault->bound & 1u << column) == 0)
			return;
		vault->bound &= ~(1u << column);
		vault->numbers &= ~(1u << column);
	}
	sqlite3_bind_null(statement, column);
}

static void bind_number(struct vault *vault, sqlite3_stmt *statement, int column, int64_t value)
{
	if (statement == vault->statements[SQL_EVENT_ADD]) {
		/* Source, verb, flags and often the rest are those of the act before. */
		if ((vault->numbers & 1u << column) != 0 && vault->number[column] == value)
			return;
		vault->bound |= 1u << column;
		vault->numbers |= 1u << column;
		vault->number[column] = value;
	}
	sqlite3_bind_int64(statement, column, value);
}

static void bind_own_text(struct vault *vault, sqlite3_stmt *statement, int column,
			  struct act_text text)
{
	if (statement == vault->statements[SQL_EVENT_ADD]) {
		vault->bound |= 1u << column;
		vault->numbers &= ~(1u << column);
	}
	bind_text(statement, column, text);
}

/* Finds or makes the row of the act's item. */
static int item_of(struct vault *vault, const struct act *act, struct named *out,
		   struct error *error)
{
	const struct intern_entry *found;
	int result = vault->items.loaded ? 0 : load_items(vault, error);

	if (result != 0)
		return result;
	vault_item_digest(vault, act, &out->entry.digest, NULL);
	found = intern_find(&vault->items, &out->entry.digest);
	if (found != NULL)
		out->entry = *found;
	else
		result = add_item(vault, act, &out->entry, error);
	if (result != 0)
		return result;
	out->own_words = words_digest(vault, act->words) != out->entry.words;
	return 0;
}

/* ---- texts of an act ------------------------------------------------------------------- */

/* Binds a text: the number of its row where it is known, the text itself the first time. A text
 * that comes a second time gets a row. */
static int bind_shared(struct vault *vault, sqlite3_stmt *statement, int column,
		       struct act_text text, struct error *error)
{
	const struct intern_entry *found;
	const struct memo_slot *memo;
	struct intern_entry entry = { .id = 0 };
	sqlite3_stmt *add;
	uint64_t *seen;
	int result;

	if (text.size == 0) {
		bind_null(vault, statement, column);
		return 0;
	}
	if (text.size <= INLINE_BYTES) {
		bind_own_text(vault, statement, column, text);
		return 0;
	}
	memo = memo_find(&vault->string_memo, text.data, text.size);
	if (memo != NULL) {
		bind_number(vault, statement, column, memo->id);
		return 0;
	}
	result = vault->strings.loaded ? 0 : load_strings(vault, error);
	if (result != 0)
		return result;
	vault_digest(vault, text.data, text.size, &entry.digest);
	found = intern_find(&vault->strings, &entry.digest);
	if (found != NULL) {
		memo_put(&vault->string_memo, STRING_MEMO, text.data, text.size, found->id);
		bind_number(vault, statement, column, found->id);
		return 0;
	}
	seen = &vault->seen[entry.digest.high % VAULT_SEEN];
	if (*seen != entry.digest.low || vault->strings.count >= UINT32_MAX - 1) {
		*seen = entry.digest.low;
		bind_own_text(vault, statement, column, text);
		return 0;
	}
	result = vault_statement(vault, SQL_STRING_ADD, &add, error);
	if (result != 0)
		return result;
	bind_text(add, 1, text);
	result = vault_step(vault, add, error, "add a text");
	if (result != 0)
		return result;
	entry.id = (uint32_t)sqlite3_last_insert_rowid(vault->db);
	if (intern_add(&vault->strings, &entry) != 0)
		return error_memory(error);
	bind_number(vault, statement, column, entry.id);
	return 0;
}

/* Binds flags, zone, words, place, text, rest from column `first` on. Words are NULL where they are
 * those of the item's row, except for a witness, whose details must stand alone. */
static int bind_details(struct vault *vault, sqlite3_stmt *statement, int first,
			const struct act *act, bool own_words, struct error *error)
{
	int result = 0;

	bind_number(vault, statement, first + DETAIL_FLAGS, act->flags);
	if (act->zone == ACT_ZONE_UNKNOWN)
		bind_null(vault, statement, first + DETAIL_ZONE);
	else
		bind_number(vault, statement, first + DETAIL_ZONE, act->zone);
	if (!own_words)
		bind_null(vault, statement, first + DETAIL_WORDS);
	else if (act->words.size == 0)
		bind_own_text(vault, statement, first + DETAIL_WORDS, act->words);
	else
		result = bind_shared(vault, statement, first + DETAIL_WORDS, act->words, error);
	if (result == 0)
		result = bind_shared(vault, statement, first + DETAIL_PLACE, act->place, error);
	if (result == 0)
		result = bind_shared(vault, statement, first + DETAIL_TEXT, act->text, error);
	if (result == 0)
		result = bind_shared(vault, statement, first + DETAIL_REST, act->rest, error);
	return result;
}

/* ---- duplicates ------------------------------------------------------------------------ */

static bool text_same(struct act_text a, struct act_text b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Whether the details of event `id` are those of `act`. */
static int details_same(struct vault *vault, uint64_t id, const struct act *act, bool *out,
			struct error *error)
{
	struct bytes keep = BYTES_INIT;
	struct act there;
	uint32_t source, item;
	int result = vault_act_load(vault, id, &there, &source, &item, &keep, error);

	if (result == 0)
		*out = there.flags == act->flags && there.zone == act->zone &&
			text_same(there.words, act->words) && text_same(there.place, act->place) &&
			text_same(there.text, act->text) && text_same(there.rest, act->rest);
	bytes_free(&keep);
	return result;
}

/* Remembers that `source` reported event `id` too, so that undoing the first keeps the act. */
static int witness(struct vault *vault, uint64_t id, uint32_t source, const struct act *act,
		   struct error *error)
{
	sqlite3_stmt *statement;
	bool same = false;
	int column, result = details_same(vault, id, act, &same, error);

	if (result == 0)
		result = vault_statement(vault, SQL_WITNESS_ADD, &statement, error);
	if (result != 0)
		return result;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)id);
	sqlite3_bind_int64(statement, 2, source);
	sqlite3_bind_int(statement, 3, same);
	if (same)
		for (column = 4; column < 4 + VAULT_DETAIL_COLUMNS; column++)
			sqlite3_bind_null(statement, column);
	else
		result = bind_details(vault, statement, 4, act, true, error);
	if (result != 0)
		return result;
	return vault_step(vault, statement, error, "add an act");
}

static int64_t column_or_none(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL ? ACT_NONE :
		sqlite3_column_int64(row, column);
}

/* Whether row `id` is the same act, and who owns it. */
static int same_act(struct vault *vault, uint64_t id, uint32_t item, const struct act *act,
		    bool *same, uint32_t *owner, struct error *error)
{
	sqlite3_stmt *row;
	int result = vault_statement(vault, SQL_EVENT_GET, &row, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, (sqlite3_int64)id);
	if (sqlite3_step(row) == SQLITE_ROW) {
		*same = sqlite3_column_int64(row, GET_ITEM) == item &&
			sqlite3_column_int(row, GET_VERB) == act->verb &&
			column_or_none(row, GET_VALUE) == act->value &&
			column_or_none(row, GET_DURATION) == act->duration;
		*owner = (uint32_t)sqlite3_column_int64(row, GET_SOURCE);
	} else {
		vault->broken = true;
		result = vault_failed(vault, error, "add an act");
	}
	sqlite3_reset(row);
	return result;
}

/* ---- the source's counts --------------------------------------------------------------- */

int vault_tally_flush(struct vault *vault, struct error *error)
{
	sqlite3_stmt *statement;
	int result;

	if (vault->tally.source == 0 || (vault->tally.kept == 0 && vault->tally.duplicate == 0))
		return 0;
	result = vault_statement(vault, SQL_SOURCE_TALLY, &statement, error);
	if (result != 0)
		return result;
	sqlite3_bind_int64(statement, 1, vault->tally.source);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)vault->tally.kept);
	sqlite3_bind_int64(statement, 3, (sqlite3_int64)vault->tally.duplicate);
	vault->tally.kept = 0;
	vault->tally.duplicate = 0;
	return vault_step(vault, statement, error, "write a source");
}

int vault_tally_for(struct vault *vault, uint32_t source, struct error *error)
{
	sqlite3_stmt *row;
	int rc, result;

	if (vault->tally.source == source)
		return 0;
	result = vault_tally_flush(vault, error);
	if (result == 0)
		result = vault_statement(vault, SQL_SOURCE_GET, &row, error);
	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, source);
	rc = sqlite3_step(row);
	sqlite3_reset(row);
	if (rc == SQLITE_DONE)
		return error_set(error, TACIT_E_ARGUMENT, "the vault has no source %u", source);
	if (rc != SQLITE_ROW)
		return vault_failed(vault, error, "add an act");
	vault->tally.source = source;
	return 0;
}

/* ---- putting --------------------------------------------------------------------------- */

static int check_act(const struct act *act, struct error *error)
{
	if (act->verb == 0 || act->verb >= ACT_VERB_COUNT)
		return error_set(error, TACIT_E_ARGUMENT, "an act has the verb %u, which is none",
				 act->verb);
	if (act->time < -VAULT_TIME_BIAS || act->time >= VAULT_TIME_BIAS)
		return error_set(error, TACIT_E_LIMIT,
				 "an act's time is outside the years 1831 to 2109");
	if (act->domain.size == 0 || act->domain.size > LIMIT_DOMAIN_BYTES ||
	    act->title.size > LIMIT_TITLE_BYTES || act->creator.size > LIMIT_CREATOR_BYTES ||
	    act->place.size > LIMIT_PLACE_BYTES || act->text.size > LIMIT_TEXT_BYTES ||
	    act->words.size > LIMIT_TEXT_BYTES || act->rest.size > LIMIT_REST_BYTES)
		return error_set(error, TACIT_E_LIMIT, "a text of an act is too long");
	return 0;
}

static int buried(struct vault *vault, const struct act *act, bool lift, bool *out,
		  struct error *error)
{
	struct digest item;
	uint64_t tomb;
	int result = 0;

	*out = false;
	if (vault->tombs.loaded && vault->tombs.count == 0)
		return 0;
	vault_item_digest(vault, act, &item, NULL);
	tomb = vault_tomb_of_act(vault, &item, act);
	result = vault_tombs_find(vault, tomb, out, error);
	if (result == 0 && *out && lift) {
		*out = false;
		result = vault_tombs_lift(vault, tomb, error);
	}
	return result;
}

static void bind_or_null(struct vault *vault, sqlite3_stmt *statement, int column, int64_t value)
{
	if (value == ACT_NONE)
		bind_null(vault, statement, column);
	else
		bind_number(vault, statement, column, value);
}

/* Inserts at the first free number from `hash` on, or finds the same act. */
static int insert(struct vault *vault, uint32_t source, const struct act *act,
		  const struct named *item, bool *kept, uint32_t *owner, uint64_t *event,
		  struct error *error)
{
	uint64_t hash = vault_event_hash(item->entry.place, act), id;
	sqlite3_stmt *statement;
	bool same = false;
	int probe, result = vault_statement(vault, SQL_EVENT_ADD, &statement, error);

	if (result == 0)
		result = bind_details(vault, statement, 7, act, item->own_words, error);
	if (result != 0)
		return result;
	bind_number(vault, statement, 2, item->entry.id);
	bind_number(vault, statement, 3, source);
	bind_number(vault, statement, 4, act->verb);
	bind_or_null(vault, statement, 5, act->value);
	bind_or_null(vault, statement, 6, act->duration);
	for (probe = 0; probe < PROBES; probe++) {
		id = vault_event_id(act->time, hash + (uint64_t)probe);
		sqlite3_bind_int64(statement, 1, (sqlite3_int64)id);
		result = vault_step(vault, statement, error, "add an act");
		if (result != 0)
			return result;
		*event = id;
		*kept = sqlite3_changes(vault->db) == 1;
		if (*kept)
			return 0;
		result = same_act(vault, id, item->entry.id, act, &same, owner, error);
		if (result != 0 || same)
			return result;
	}
	return error_set(error, TACIT_E_LIMIT, "too many acts in the same millisecond");
}

int vault_put(struct vault *vault, uint32_t source, const struct act *act, bool lift,
	      enum vault_put *put, uint64_t *event, struct error *error)
{
	struct named item = { .own_words = false };
	uint64_t id = 0;
	uint32_t owner = 0;
	bool forgotten = false, kept = false;
	int result = check_act(act, error);

	if (result == 0)
		result = vault_need_writing(vault, error);
	if (result == 0)
		result = vault_tally_for(vault, source, error);
	if (result != 0)
		return result;		/* nothing was touched: the caller may go on */
	/* From here on a failure may leave half an act behind: only a rollback is possible. */
	result = buried(vault, act, lift, &forgotten, error);
	if (result == 0 && forgotten) {
		*put = VAULT_FORGOTTEN;
		if (event != NULL)
			*event = 0;
		return 0;
	}
	if (result == 0)
		result = item_of(vault, act, &item, error);
	if (result == 0)
		result = insert(vault, source, act, &item, &kept, &owner, &id, error);
	if (result == 0 && !kept && owner != source)
		result = witness(vault, id, source, act, error);
	if (result != 0) {
		vault->broken = true;
		return result;
	}
	vault->grew |= kept;
	vault->tally.kept += kept;
	vault->tally.duplicate += !kept;
	*put = kept ? VAULT_KEPT : VAULT_DUPLICATE;
	if (event != NULL)
		*event = id;
	return 0;
}
