/*
 * How good `again` is on real histories: each person's last 40 events one after the other, what was
 * there before ranked by the sum that answers (answer/again.c), beside the formula before it, the
 * most frequent and the last taken. People are halved by a hash of their number: parameters were
 * chosen on the first half.
 *
 *	build/bench/again CHECKINS FIRST ZONE
 *
 * CHECKINS has "person thing minute" on each line; FIRST is minute 0 in ms, ZONE minutes east of
 * UTC.
 *	foursquare-nyc: 1333476000000 -240 (minute 0 is 2012-04-03 18:00 UTC)
 *
 * NDCG@10 and HR@10 are over all events tested: a thing never taken before counts as missed.
 */
#include <math.h>

#include "answer/again.c"
#include "base/hash.h"

#define TESTED 40
#define LEAST 5		/* events before the first test */

enum method { AGAIN, BEFORE, FREQUENT, LAST, METHODS };
static const char *const title[METHODS] = { "again", "before", "frequent", "last" };

struct row {
	uint32_t person, thing;
	int64_t time;
};
struct figures {
	double ndcg, hits, squares;
	uint64_t events;
};

static int by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->thing < y->thing ? -1 : x->thing > y->thing;
}

/* As it was: half as much again within two hours of the time of day, no rates. */
static int64_t value_before(const struct vault_history *history, uint32_t e, int64_t now)
{
	int64_t age = (now - history->time[e]) / 60000;
	int64_t value = fixed_power_law((uint64_t)age, 1440);
	int64_t then = (history->time[e] / 60000 + history->zone[e]) / 60 % 24;
	int apart = abs((int)then - (int)((now / 60000 + history->zone[e]) / 60 % 24));

	return apart <= 2 || apart >= 22 ? value + value / 2 : value;
}

static void score_by(struct again *again, enum method method)
{
	uint32_t e;

	score_all(again);
	if (method == AGAIN)
		return;
	memset(again->score, 0, sizeof(int64_t) * again->history->item_count);
	for (e = again->from; e < again->until; e++) {
		int64_t *score = &again->score[again->history->item[e]];

		if (method == BEFORE)
			*score += value_before(again->history, e, again->now);
		else if (method == FREQUENT)
			*score += FIXED_ONE + (int64_t)e;	/* of equal ones the later */
		else
			*score = (int64_t)e + 1;
	}
}

static void test_person(const struct vault_history *history, struct figures figures[METHODS])
{
	uint32_t n = (uint32_t)history->event_count, t, k, list[10];
	struct error error = { 0, "" };
	struct again again;
	int method;

	if (again_begin(&again, history, NULL, 0, "places", 0, &error) != 0)
		exit(1);
	for (t = n > TESTED + LEAST ? n - TESTED : LEAST; t < n; t++)
		for (method = 0; method < METHODS; method++) {
			struct figures *f = &figures[method];
			uint32_t got;
			double gain = 0;

			again.until = t;
			again.now = history->time[t];
			score_by(&again, (enum method)method);
			got = best(&again, 10, list);
			for (k = 0; k < got; k++)
				if (list[k] == history->item[t])
					gain = 1.0 / log2(k + 2.0);
			f->ndcg += gain;
			f->squares += gain * gain;
			f->hits += gain > 0;
			f->events++;
		}
	again_end(&again);
}

/* The things of one person get numbers of their own. */
static void make_history(const struct row *row, size_t count, int zone, struct vault_history *out)
{
	static char empty[1];
	uint32_t *thing = malloc(sizeof(*thing) * count);
	size_t i, k;

	memset(out, 0, sizeof(*out));
	out->items = calloc(count, sizeof(*out->items));
	out->event = calloc(count, sizeof(*out->event));
	out->time = calloc(count, sizeof(*out->time));
	out->item = calloc(count, sizeof(*out->item));
	out->value = calloc(count, sizeof(*out->value));
	out->duration = calloc(count, sizeof(*out->duration));
	out->zone = calloc(count, sizeof(*out->zone));
	out->verb = calloc(count, 1);
	out->flags = calloc(count, 1);
	for (i = 0; i < count; i++) {
		for (k = 0; k < out->item_count && thing[k] != row[i].thing; k++)
			;
		if (k == out->item_count) {
			thing[k] = row[i].thing;
			out->items[k].domain = out->items[k].title = empty;
			out->items[k].creator = out->items[k].words = empty;
			out->item_count++;
		}
		out->time[i] = row[i].time;
		out->item[i] = (uint32_t)k;
		out->value[i] = out->duration[i] = ACT_NONE;
		out->zone[i] = (int16_t)zone;
		out->verb[i] = ACT_ARRIVE;
	}
	out->event_count = count;
	free(thing);
}

static void free_history(struct vault_history *history)
{
	free(history->items);
	free(history->event);
	free(history->time);
	free(history->item);
	free(history->value);
	free(history->duration);
	free(history->zone);
	free(history->verb);
	free(history->flags);
}

static struct row *read_rows(const char *path, int64_t first, size_t *count)
{
	FILE *file = fopen(path, "re");
	struct row *row = NULL;
	char *line = NULL;
	size_t room = 0, capacity = 0;

	while (file != NULL && getline(&line, &room, file) > 0) {
		char *end;

		if (*count == capacity) {
			capacity = capacity * 2 + 4096;
			row = realloc(row, sizeof(*row) * capacity);
			if (row == NULL)
				exit(1);
		}
		row[*count].person = (uint32_t)strtoul(line, &end, 10);
		row[*count].thing = (uint32_t)strtoul(end, &end, 10);
		row[*count].time = first + strtoll(end, &end, 10) * 60000;
		++*count;
	}
	if (file != NULL)
		fclose(file);
	free(line);
	return row;
}

int main(int argc, char **argv)
{
	static struct figures figures[2][METHODS];
	size_t count = 0, i, end;
	struct row *row = argc == 4 ? read_rows(argv[1], strtoll(argv[2], NULL, 10), &count) : NULL;
	int half, m;

	if (count == 0) {
		fprintf(stderr, "again CHECKINS FIRST ZONE\n");
		return 2;
	}
	qsort(row, count, sizeof(*row), by_time);
	for (i = 0; i < count; i = end) {
		struct vault_history history;

		for (end = i; end < count && row[end].person == row[i].person; end++)
			;
		make_history(row + i, end - i, (int)strtol(argv[3], NULL, 10), &history);
		test_person(&history, figures[hash_mix(row[i].person + 1) & 1]);
		free_history(&history);
	}
	for (half = 0; half < 2; half++)
		for (m = 0; m < METHODS; m++) {
			const struct figures *f = &figures[half][m];
			double n = (double)f->events, mean = f->ndcg / n;

			printf("%-7s %-9s events %llu  NDCG@10 %.4f +- %.4f  HR@10 %.4f\n",
			       half == 0 ? "chosen" : "tested", title[m],
			       (unsigned long long)f->events, mean,
			       sqrt((f->squares / n - mean * mean) / n), f->hits / n);
		}
	free(row);
	return 0;
}
