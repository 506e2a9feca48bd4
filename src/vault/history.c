/* The acts as arrays: what taste is computed from. Order by content, never by row. */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define ABSENT UINT32_MAX

/* An item while the arrays are made: where its texts begin in `texts`. */
struct item_row {
	uint32_t id;
	int32_t year;
	size_t domain, title, creator, words;	/* offsets; each text is closed by a NUL */
	bool has_words;
};

struct loading {
	struct vault *vault;
	struct bytes texts;
	struct item_row *items;
	size_t item_count, item_capacity;
	uint32_t *by_id;		/* [id_count] index into items, or ABSENT */
	size_t id_count;
	size_t event_capacity;
	uint64_t *contests;		/* [contest_count] contest.c */
	size_t contest_count;
	struct vault_history *out;
};

static int append_text(struct loading *loading, sqlite3_stmt *row, int column, size_t *at)
{
	const void *data = sqlite3_column_blob(row, column);
	size_t size = (size_t)sqlite3_column_bytes(row, column);

	*at = loading->texts.size;
	if (bytes_append(&loading->texts, data, size) != 0)
		return TACIT_E_MEMORY;
	return bytes_append_byte(&loading->texts, 0);
}

static int append_item(struct loading *loading, sqlite3_stmt *row)
{
	struct item_row *item;

	if (loading->item_count == loading->item_capacity) {
		size_t capacity = loading->item_capacity == 0 ? 256 : loading->item_capacity * 2;
		struct item_row *grown = realloc(loading->items, capacity * sizeof(*grown));

		if (grown == NULL)
			return TACIT_E_MEMORY;
		loading->items = grown;
		loading->item_capacity = capacity;
	}
	item = &loading->items[loading->item_count];
	item->id = (uint32_t)sqlite3_column_int64(row, 0);
	item->year = sqlite3_column_int(row, 1);
	item->has_words = false;
	if (append_text(loading, row, 2, &item->domain) != 0 ||
	    append_text(loading, row, 3, &item->title) != 0 ||
	    append_text(loading, row, 4, &item->creator) != 0 ||
	    append_text(loading, row, 5, &item->words) != 0)
		return TACIT_E_MEMORY;
	loading->item_count++;
	return 0;
}

static int compare_items(const void *a, const void *b, void *context)
{
	const struct item_row *left = a, *right = b;
	const char *texts = context;
	int order = strcmp(texts + left->domain, texts + right->domain);

	if (order == 0)
		order = strcmp(texts + left->title, texts + right->title);
	if (order == 0)
		order = strcmp(texts + left->creator, texts + right->creator);
	if (order == 0)
		order = (left->year > right->year) - (left->year < right->year);
	return order;
}

static int load_items(struct vault *vault, struct loading *loading, const char *domain,
		      struct error *error)
{
	sqlite3_stmt *row = NULL;
	int64_t top = 0;
	size_t i;
	int rc, result = vault_number(vault, "SELECT max(id) FROM items", 0, &top, error);

	if (result != 0)
		return result;
	rc = sqlite3_prepare_v2(vault->db, "SELECT id, year, domain, title, creator, words"
				" FROM items WHERE ?1 IS NULL OR domain = ?1", -1, &row, NULL);
	if (rc == SQLITE_OK && domain != NULL)
		sqlite3_bind_text(row, 1, domain, -1, SQLITE_STATIC);
	while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		if (append_item(loading, row) != 0)
			result = error_memory(error);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read the items");
	sqlite3_finalize(row);
	if (result != 0)
		return result;
	if (loading->item_count > 0)
		qsort_r(loading->items, loading->item_count, sizeof(*loading->items), compare_items,
			loading->texts.data);
	loading->id_count = (size_t)top + 1;
	loading->by_id = malloc(loading->id_count * sizeof(*loading->by_id));
	if (loading->by_id == NULL)
		return error_memory(error);
	memset(loading->by_id, 0xff, loading->id_count * sizeof(*loading->by_id));
	for (i = 0; i < loading->item_count; i++)
		loading->by_id[loading->items[i].id] = (uint32_t)i;
	return 0;
}

/* ---- events ---------------------------------------------------------------------------- */

static int grow_column(void *column, size_t capacity, size_t width)
{
	void **at = column;
	void *grown = realloc(*at, capacity * width);

	if (grown == NULL)
		return TACIT_E_MEMORY;
	*at = grown;
	return 0;
}

static int grow_events(struct loading *loading, size_t capacity)
{
	struct vault_history *h = loading->out;

	if (grow_column(&h->event, capacity, sizeof(*h->event)) != 0 ||
	    grow_column(&h->time, capacity, sizeof(*h->time)) != 0 ||
	    grow_column(&h->item, capacity, sizeof(*h->item)) != 0 ||
	    grow_column(&h->source, capacity, sizeof(*h->source)) != 0 ||
	    grow_column(&h->value, capacity, sizeof(*h->value)) != 0 ||
	    grow_column(&h->duration, capacity, sizeof(*h->duration)) != 0 ||
	    grow_column(&h->zone, capacity, sizeof(*h->zone)) != 0 ||
	    grow_column(&h->verb, capacity, sizeof(*h->verb)) != 0 ||
	    grow_column(&h->flags, capacity, sizeof(*h->flags)) != 0)
		return TACIT_E_MEMORY;
	loading->event_capacity = capacity;
	return 0;
}

static int64_t number_or(sqlite3_value *value, int64_t none)
{
	return sqlite3_value_type(value) == SQLITE_NULL ? none : sqlite3_value_int64(value);
}

static int append_words(struct loading *loading, struct item_row *item, const void *data, int size)
{
	if (size <= 0)
		return 0;
	item->words = loading->texts.size;
	item->has_words = true;
	if (bytes_append(&loading->texts, data, (size_t)size) != 0)
		return TACIT_E_MEMORY;
	return bytes_append_byte(&loading->texts, 0);
}

/* The words of an item are those of its earliest act that has any, whoever reported it. */
static int take_words(struct loading *loading, struct item_row *item, sqlite3_value *words)
{
	sqlite3_stmt *row;
	int result, type = sqlite3_value_type(words);

	if (type == SQLITE_NULL) {
		item->has_words = loading->texts.data[item->words] != 0;
		return 0;
	}
	if (type != SQLITE_INTEGER)
		return append_words(loading, item, sqlite3_value_blob(words),
				    sqlite3_value_bytes(words));
	result = vault_statement(loading->vault, SQL_STRING_GET, &row, NULL);
	if (result != 0)
		return result;
	sqlite3_bind_int64(row, 1, sqlite3_value_int64(words));
	if (sqlite3_step(row) == SQLITE_ROW)
		result = append_words(loading, item, sqlite3_column_blob(row, 0),
				      sqlite3_column_bytes(row, 0));
	else
		result = vault_failed(loading->vault, NULL, "read the acts");
	sqlite3_reset(row);
	return result;
}

/* What sources tell differently of event n, as all readers of the vault see it. */
static int settle(struct loading *loading, struct item_row *item, uint64_t event, size_t n)
{
	struct bytes keep = BYTES_INIT;
	uint32_t source;
	struct act act;
	int result = vault_act_settled(loading->vault, event, &act, &source, &keep, NULL);

	if (result == 0) {
		loading->out->flags[n] = act.flags;
		loading->out->zone[n] = act.zone;
		if (!item->has_words)
			result = append_words(loading, item, act.words.data, (int)act.words.size);
	}
	bytes_free(&keep);
	return result;
}

/* Called by SQLite for each event: cheaper than a step and ten column calls for each. */
static void take_event(sqlite3_context *context, int count, sqlite3_value **v)
{
	struct loading *loading = sqlite3_user_data(context);
	struct vault_history *h = loading->out;
	int64_t id = sqlite3_value_int64(v[0]);
	size_t item = (size_t)sqlite3_value_int64(v[1]), n = h->event_count;
	uint32_t index;
	bool contested;

	(void)count;
	index = item < loading->id_count ? loading->by_id[item] : ABSENT;
	if (index == ABSENT)
		return;
	if (n == loading->event_capacity &&
	    grow_events(loading, n == 0 ? 1024 : n * 2) != 0) {
		sqlite3_result_error_nomem(context);
		return;
	}
	contested = vault_contested(loading->contests, loading->contest_count, (uint64_t)id);
	if (!contested && !loading->items[index].has_words &&
	    take_words(loading, &loading->items[index], v[8]) != 0) {
		sqlite3_result_error(context, "the words of an item cannot be read", -1);
		return;
	}
	h->event[n] = (uint64_t)id;
	h->time[n] = vault_event_time((uint64_t)id);
	h->item[n] = index;
	h->source[n] = (uint32_t)sqlite3_value_int64(v[2]);
	h->verb[n] = (uint8_t)sqlite3_value_int(v[3]);
	h->value[n] = number_or(v[4], ACT_NONE);
	h->duration[n] = number_or(v[5], ACT_NONE);
	h->flags[n] = (uint8_t)sqlite3_value_int(v[6]);
	h->zone[n] = (int16_t)number_or(v[7], ACT_ZONE_UNKNOWN);
	if (contested && settle(loading, &loading->items[index], (uint64_t)id, n) != 0) {
		sqlite3_result_error(context, "an act cannot be read", -1);
		return;
	}
	h->event_count = n + 1;
}

static void take_done(sqlite3_context *context)
{
	sqlite3_result_int(context, 1);
}

static int load_events(struct vault *vault, struct loading *loading, struct error *error)
{
	/* The order of an aggregate's rows is that of the inner query: a scan of the primary
	 * key. */
	static const char sql[] =
		"SELECT take_event(e.id, e.item, e.source, e.verb, e.value, e.duration, e.flags,"
		" e.zone, e.words) FROM events e";
	int64_t count = 0;
	int result;

	if (sqlite3_create_function_v2(vault->db, "take_event", 9, SQLITE_UTF8, loading, NULL,
				       take_event, take_done, NULL) != SQLITE_OK)
		return vault_failed(vault, error, "read the acts");
	result = vault_number(vault, sql, 0, &count, error);
	sqlite3_create_function_v2(vault->db, "take_event", 9, SQLITE_UTF8, NULL, NULL, NULL, NULL,
				   NULL);
	return result;
}

/* ---- acts of the same millisecond ------------------------------------------------------ */

static int compare_events(const void *a, const void *b, void *context)
{
	const struct vault_history *h = context;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	if (h->item[x] != h->item[y])
		return h->item[x] < h->item[y] ? -1 : 1;
	if (h->verb[x] != h->verb[y])
		return h->verb[x] < h->verb[y] ? -1 : 1;
	if (h->value[x] != h->value[y])
		return h->value[x] < h->value[y] ? -1 : 1;
	return (h->duration[x] > h->duration[y]) - (h->duration[x] < h->duration[y]);
}

#define PERMUTE(column) do { \
	for (k = 0; k < count; k++) \
		memcpy(room + k * sizeof(*(column)), &(column)[order[k]], sizeof(*(column))); \
	memcpy(&(column)[first], room, count * sizeof(*(column))); \
} while (0)

static int sort_run(struct vault_history *h, size_t first, size_t count)
{
	size_t *order = malloc(count * sizeof(*order)), k;
	uint8_t *room = malloc(count * sizeof(uint64_t));

	if (order == NULL || room == NULL) {
		free(order);
		free(room);
		return TACIT_E_MEMORY;
	}
	for (k = 0; k < count; k++)
		order[k] = first + k;
	qsort_r(order, count, sizeof(*order), compare_events, h);
	PERMUTE(h->event);
	PERMUTE(h->item);
	PERMUTE(h->source);
	PERMUTE(h->value);
	PERMUTE(h->duration);
	PERMUTE(h->zone);
	PERMUTE(h->verb);
	PERMUTE(h->flags);
	free(order);
	free(room);
	return 0;
}

static int sort_events(struct vault_history *h, struct error *error)
{
	size_t first = 0, next;

	for (; first < h->event_count; first = next) {
		for (next = first + 1; next < h->event_count; next++)
			if (h->time[next] != h->time[first])
				break;
		if (next - first > 1 && sort_run(h, first, next - first) != 0)
			return error_memory(error);
	}
	return 0;
}

static int finish_items(struct loading *loading, struct error *error)
{
	struct vault_history *h = loading->out;
	char *texts;
	size_t i;

	if (loading->item_count == 0)
		return 0;
	h->items = malloc(loading->item_count * sizeof(*h->items));
	if (h->items == NULL)
		return error_memory(error);
	texts = (char *)loading->texts.data;
	for (i = 0; i < loading->item_count; i++) {
		const struct item_row *row = &loading->items[i];

		h->items[i] = (struct vault_item){
			.id = row->id, .year = row->year, .domain = texts + row->domain,
			.title = texts + row->title, .creator = texts + row->creator,
			/* an item's default words do not count where its own acts have none */
			.words = row->has_words ? texts + row->words : texts + row->words +
				strlen(texts + row->words),
		};
	}
	h->item_count = loading->item_count;
	h->memory = texts;
	loading->texts = (struct bytes)BYTES_INIT;
	return 0;
}

int vault_history_all(struct vault *vault, const char *domain, struct vault_history *out,
		      struct error *error)
{
	struct vault_history history = { 0 };
	struct loading loading = { .vault = vault, .out = &history };
	int result = load_items(vault, &loading, domain, error);

	if (result == 0)
		result = vault_contests(vault, &loading.contests, &loading.contest_count, error);
	if (result == 0 && loading.item_count > 0)
		result = load_events(vault, &loading, error);
	if (result == 0)
		result = sort_events(&history, error);
	if (result == 0)
		result = finish_items(&loading, error);
	bytes_free(&loading.texts);
	free(loading.contests);
	free(loading.items);
	free(loading.by_id);
	if (result != 0) {
		vault_history_free(&history);
		return result;
	}
	*out = history;
	return 0;
}

int vault_history_load(struct vault *vault, const char *domain, struct vault_history *out,
		       struct error *error)
{
	int result = vault_history_all(vault, domain, out, error);

	if (result != 0)
		return result;
	result = vault_fold(out, error);
	if (result != 0)
		vault_history_free(out);
	return result;
}

void vault_history_free(struct vault_history *history)
{
	if (history == NULL)
		return;
	free(history->items);
	free(history->event);
	free(history->time);
	free(history->item);
	free(history->source);
	free(history->value);
	free(history->duration);
	free(history->zone);
	free(history->verb);
	free(history->flags);
	free(history->folded);
	free(history->memory);
	memset(history, 0, sizeof(*history));
}
