/* See home_table.h. */
#include "home_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "places/places_sort.h"

#define NOON_MS (12 * HOME_HOUR_MS)
#define FILL_MS (10 * HOME_HOUR_MS)
#define LONG_UNSURE_MS (36 * HOME_HOUR_MS)
#define BREAK_MS (2 * HOME_HOUR_MS)
#define WINNER_MS (4 * HOME_HOUR_MS)
#define LAST_TIME 7258118400000LL	/* 2200 */

struct span {
	int64_t start, end;
	uint32_t place;
	int16_t zone;
};

struct spans {
	struct span *list;
	size_t count;
};

int64_t home_day(const struct home_table *table, int64_t time, int16_t zone)
{
	return visit_day(visit_local(time, zone) - NOON_MS) - table->first_day;
}

static bool usable(const struct visit *visit)
{
	return visit->arrive >= 0 && visit->leave <= LAST_TIME && visit->leave > visit->arrive;
}

/* At most three spans of a visit: the gap before it, and it in one piece or two. */
static void make_spans(const struct visit *visit, size_t visits, size_t places,
		       struct spans *out)
{
	int64_t end = 0;
	size_t i;

	for (i = 0; i < visits; i++) {
		struct span span = { visit[i].arrive, visit[i].leave, (uint32_t)places,
				     visit[i].zone };
		const struct span *last = out->count > 0 ? &out->list[out->count - 1] : NULL;

		if (!usable(&visit[i]))
			continue;
		if (visit[i].place < places)
			span.place = visit[i].place;
		span.start = span.start > end ? span.start : end;
		if (span.end <= span.start)
			continue;
		if (last != NULL && last->place == span.place && span.place < places &&
		    span.start > end && span.start - end <= FILL_MS)
			out->list[out->count++] = (struct span){ end, span.start, span.place,
								 span.zone };
		end = span.end;
		if (!visit[i].sure && span.end - span.start > LONG_UNSURE_MS) {
			struct span early = span;

			early.end = span.start + FILL_MS;
			out->list[out->count++] = early;
			span.start = span.end - FILL_MS;
		}
		out->list[out->count++] = span;
	}
}

/* Cells of all days that the spans touch. */
static size_t make_cells(const struct home_table *table, const struct spans *spans,
			 struct home_cell *cell)
{
	size_t count = 0, i;

	for (i = 0; i < spans->count; i++) {
		const struct span *span = &spans->list[i];
		int64_t start = span->start;

		while (start < span->end) {
			int64_t day = home_day(table, start, span->zone);
			int64_t next = (day + table->first_day + 1) * VISIT_DAY_MS + NOON_MS -
				       span->zone * 60000LL;
			int64_t end = next < span->end ? next : span->end;

			if (cell != NULL)
				cell[count] = (struct home_cell){ (uint32_t)day, span->place,
								  end - start };
			count++;
			start = end;
		}
	}
	return count;
}

/* Adds up cells of the same period and place; the list comes back sorted. */
static int add_up(struct home_cell *cell, size_t *count)
{
	struct places_keyed *keyed = malloc((*count + 1) * sizeof(*keyed));
	struct places_keyed *spare = malloc((*count + 1) * sizeof(*spare)), *sorted;
	struct home_cell *out = malloc((*count + 1) * sizeof(*out));
	size_t i, kept = 0;

	if (keyed == NULL || spare == NULL || out == NULL) {
		free(keyed);
		free(spare);
		free(out);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < *count; i++) {
		keyed[i].key = (uint64_t)cell[i].period << 32 | cell[i].place;
		keyed[i].id = (uint32_t)i;
	}
	sorted = places_sort(keyed, spare, *count);
	for (i = 0; i < *count; i++) {
		const struct home_cell *from = &cell[sorted[i].id];

		if (kept > 0 && out[kept - 1].period == from->period &&
		    out[kept - 1].place == from->place)
			out[kept - 1].ms += from->ms;
		else
			out[kept++] = *from;
	}
	memcpy(cell, out, kept * sizeof(*cell));
	*count = kept;
	free(keyed);
	free(spare);
	free(out);
	return 0;
}

static void read_days(struct home_table *table, const struct home_cell *cell, size_t count)
{
	size_t i, k;

	for (i = 0; i < table->days; i++)
		table->winner[i] = VISIT_NOWHERE;
	for (i = 0; i < count; i = k) {
		uint32_t day = cell[i].period;
		int64_t most = WINNER_MS - 1;

		for (k = i; k < count && cell[k].period == day; k++) {
			table->known_day[day] += cell[k].ms;
			table->known[day / 7] += cell[k].ms;
			if (cell[k].place < table->places && cell[k].ms > most) {
				most = cell[k].ms;
				table->winner[day] = cell[k].place;
			}
		}
	}
}

static int by_place(const void *x, const void *y)
{
	const struct home_session *a = x, *b = y;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return (a->start > b->start) - (a->start < b->start);
}

static int make_sessions(const struct visit *visit, size_t visits, struct home_table *table)
{
	size_t *open = calloc(table->places + 1, sizeof(*open));	/* 1 + session */
	size_t i;

	if (open == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < visits; i++) {
		uint32_t place = visit[i].place;
		struct home_session *last;
		int64_t local;

		if (!usable(&visit[i]) || place >= table->places)
			continue;
		last = open[place] > 0 ? &table->session[open[place] - 1] : NULL;
		if (last != NULL && visit[i].arrive - last->end <= BREAK_MS) {
			int64_t from = visit[i].arrive > last->end ? visit[i].arrive : last->end;

			last->ms += visit[i].leave > from ? visit[i].leave - from : 0;
			last->end = visit[i].leave > last->end ? visit[i].leave : last->end;
			continue;
		}
		local = visit_local(visit[i].arrive, visit[i].zone);
		table->session[table->sessions] = (struct home_session){ place,
			(uint32_t)(visit_day(local) - table->first_day),
			(uint32_t)(visit_of_week(local) % VISIT_DAY_MS / 60000), visit[i].arrive,
			visit[i].leave, visit[i].leave - visit[i].arrive };
		open[place] = ++table->sessions;
	}
	free(open);
	qsort(table->session, table->sessions, sizeof(*table->session), by_place);
	return 0;
}

static void set_range(struct home_table *table, const struct spans *spans)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t i;

	for (i = 0; i < spans->count; i++) {
		const struct span *span = &spans->list[i];
		int64_t from = visit_day(visit_local(span->start, span->zone) - NOON_MS);
		int64_t to = visit_day(visit_local(span->end, span->zone) - NOON_MS);

		first = from < first ? from : first;
		last = to > last ? to : last;
	}
	table->first_day = spans->count > 0 ? first : 0;
	/* one more: a session's date may be the day after the noon-day of the last span */
	table->days = spans->count > 0 ? (size_t)(last - first + 2) : 0;
	table->weeks = (table->days + 6) / 7;
}

int home_table_make(const struct visit *visit, size_t visits, size_t places,
		    struct home_table *out)
{
	struct home_table table = { .places = places };
	struct spans spans = { malloc((3 * visits + 1) * sizeof(struct span)), 0 };
	struct home_cell *cell = NULL;
	size_t cells, i;

	if (spans.list == NULL)
		return TACIT_E_MEMORY;
	make_spans(visit, visits, places, &spans);
	set_range(&table, &spans);
	cells = make_cells(&table, &spans, NULL);
	cell = malloc((cells + 1) * sizeof(*cell));
	table.week = malloc((cells + 1) * sizeof(*table.week));
	table.known = calloc(table.weeks + 1, sizeof(*table.known));
	table.known_day = calloc(table.days + 1, sizeof(*table.known_day));
	table.winner = malloc((table.days + 1) * sizeof(*table.winner));
	table.session = malloc((visits + 1) * sizeof(*table.session));
	if (cell == NULL || table.week == NULL || table.known == NULL ||
	    table.known_day == NULL || table.winner == NULL || table.session == NULL)
		goto fail;
	make_cells(&table, &spans, cell);
	if (add_up(cell, &cells) != 0)
		goto fail;
	read_days(&table, cell, cells);
	for (i = 0; i < cells; i++) {
		table.week[i] = cell[i];
		table.week[i].period /= 7;
	}
	table.week_cells = cells;
	if (add_up(table.week, &table.week_cells) != 0 ||
	    make_sessions(visit, visits, &table) != 0)
		goto fail;
	free(spans.list);
	free(cell);
	*out = table;
	return 0;
fail:
	free(spans.list);
	free(cell);
	home_table_free(&table);
	return TACIT_E_MEMORY;
}

void home_table_free(struct home_table *table)
{
	free(table->week);
	free(table->known);
	free(table->known_day);
	free(table->winner);
	free(table->session);
	*table = (struct home_table){ .days = 0 };
}
