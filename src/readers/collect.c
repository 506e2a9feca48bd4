/* Rows that wait for the end of their file; see collect.h. */
#include "collect.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"

#define BLOCK_BYTES ((size_t)1 << 20)

struct collect_block {
	struct collect_block *next;
	size_t used, size;
	char data[];
};

void collect_init(struct collect *collect, struct error *error)
{
	memset(collect, 0, sizeof(*collect));
	collect->error = error;
}

void collect_free(struct collect *collect)
{
	while (collect->blocks != NULL) {
		struct collect_block *next = collect->blocks->next;

		free(collect->blocks);
		collect->blocks = next;
	}
	free(collect->rows);
	memset(collect, 0, sizeof(*collect));
}

char *collect_room(struct collect *collect, size_t size)
{
	struct collect_block *block = collect->blocks;

	if (block == NULL || block->size - block->used < size) {
		size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;

		block = malloc(sizeof(*block) + room);
		if (block == NULL)
			return NULL;
		block->next = collect->blocks;
		block->used = 0;
		block->size = room;
		collect->blocks = block;
	}
	block->used += size;
	return block->data + block->used - size;
}

int collect_add(struct collect *collect, const struct act *act, const struct dates_raw *date)
{
	struct collect_row *row;
	struct act_text *texts;
	int i;

	if (collect->count == collect->capacity) {
		size_t capacity = collect->capacity == 0 ? 1024 : collect->capacity * 2;
		struct collect_row *rows = realloc(collect->rows, capacity * sizeof(*rows));

		if (rows == NULL)
			return error_memory(collect->error);
		collect->rows = rows;
		collect->capacity = capacity;
	}
	row = &collect->rows[collect->count];
	memset(row, 0, sizeof(*row));
	row->act = *act;
	row->timed = date == NULL;
	if (date != NULL)
		row->date = *date;
	texts = &row->act.domain;
	for (i = 1; i < 7; i++) {	/* the domain is a constant */
		char *copy;

		if (texts[i].size == 0)
			continue;
		copy = collect_room(collect, texts[i].size);
		if (copy == NULL)
			return error_memory(collect->error);
		memcpy(copy, texts[i].data, texts[i].size);
		texts[i].data = copy;
	}
	collect->count++;
	return 0;
}

/* How many rows of each day were emitted: an open table, at most half full. */
struct days {
	int64_t *day;
	uint32_t *rows;
	size_t mask;
};

static int days_init(struct days *days, size_t count)
{
	size_t size = 64;

	while (size < 2 * count)
		size *= 2;
	days->day = malloc(size * sizeof(*days->day));
	days->rows = calloc(size, sizeof(*days->rows));
	days->mask = size - 1;
	return days->day == NULL || days->rows == NULL ? TACIT_E_MEMORY : 0;
}

/* The number of rows before this one on that day. */
static uint32_t days_count(struct days *days, int64_t day)
{
	size_t at = hash_mix((uint64_t)day) & days->mask;

	while (days->rows[at] != 0 && days->day[at] != day)
		at = (at + 1) & days->mask;
	days->day[at] = day;
	return days->rows[at]++;
}

/* Votes on the order of the dates, then sees in which direction the file runs in that order. */
static enum dates_order decide(struct collect *collect, struct emit *emit,
			       const struct collect_how *how, bool *newest_first)
{
	struct dates_vote vote;
	int64_t now = clock_now() / CLOCK_DAY_MS, day, last = 0;
	uint64_t up = 0, down = 0;
	enum dates_order order;
	bool any = false;
	char note[200];
	size_t i;

	memset(&vote, 0, sizeof(vote));
	for (i = 0; i < collect->count; i++)
		if (!collect->rows[i].timed)
			dates_vote(&vote, &collect->rows[i].date, now);
	order = dates_decide(&vote, how->usual, how->because, note, sizeof(note));
	if (note[0] != 0)
		emit_note(emit, "%s", note);
	for (i = 0; i < collect->count; i++) {
		if (collect->rows[i].timed)
			day = collect->rows[i].act.time;
		else if (!dates_day(&collect->rows[i].date, order, &day))
			continue;
		else
			day *= CLOCK_DAY_MS;
		up += any && day > last;
		down += any && day < last;
		last = day;
		any = true;
	}
	*newest_first = up == down ? how->newest_first : down > up;
	return order;
}

static int finish_row(struct collect_row *row, struct emit *emit, enum dates_order order,
		      struct days *days)
{
	int64_t day;

	if (row->dropped)
		return 0;
	if (!row->timed) {
		if (!dates_day(&row->date, order, &day))
			return emit_skip(emit, "no such date");
		row->act.time = day * CLOCK_DAY_MS + row->date.within;
		if (row->date.has_time) {
			row->act.zone = row->date.zone;
		} else {
			row->act.flags |= ACT_DATE_ONLY;
			row->act.time += CLOCK_DAY_MS / 2 + days_count(days, day);
		}
	}
	return emit_act(emit, &row->act);
}

int collect_finish(struct collect *collect, struct emit *emit, const struct collect_how *how)
{
	struct days days = { NULL, NULL, 0 };
	bool newest_first;
	enum dates_order order = decide(collect, emit, how, &newest_first);
	int result = days_init(&days, collect->count);
	size_t i;

	if (result != 0)
		error_memory(collect->error);
	for (i = 0; i < collect->count && result == 0; i++)
		result = finish_row(&collect->rows[newest_first ? collect->count - 1 - i : i], emit,
				    order, &days);
	free(days.day);
	free(days.rows);
	return result;
}
