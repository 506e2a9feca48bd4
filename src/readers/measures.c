/* Counts without what was counted twice, and samples by the hour; see measures.h. */
#include "measures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "formats/rest.h"

#define QUARTER_MS (15 * 60 * 1000)
#define SUM_MOST (INT64_C(1) << 50)	/* of a quarter; what is above is no count of anybody */
#define SOURCES 64	/* of one overlap; further ones are not kept in it */

void measures_init(struct measures *measures, struct emit *emit)
{
	memset(measures, 0, sizeof(*measures));
	measures->emit = emit;
}

void measures_free(struct measures *measures)
{
	free(measures->counts);
	free(measures->samples);
	free(measures->minutes);
	bytes_free(&measures->rest);
}

static int by_title(const struct measure *a, const struct measure *b)
{
	int order = strcmp(a->title, b->title);

	return order != 0 ? order : strcmp(a->unit, b->unit);
}

/* By title, start, end, source, value: every order of the rows gives one and the same. */
static int compare(const void *left, const void *right)
{
	const struct measure *a = left, *b = right;
	int order = by_title(a, b);

	if (order != 0)
		return order;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->value < b->value ? -1 : a->value > b->value;
}

static int add(struct measures *measures, struct measure **list, size_t *count, size_t *room,
	       const struct measure *measure)
{
	if (*count == *room) {
		size_t more = *room == 0 ? 1024 : 2 * *room;
		struct measure *grown = realloc(*list, more * sizeof(*grown));

		if (grown == NULL)
			return error_memory(measures->emit->error);
		*list = grown;
		*room = more;
	}
	(*list)[(*count)++] = *measure;
	return 0;
}

/* ---- counts ---- */

static int emit_count(struct measures *measures, const struct measure *measure)
{
	struct act act;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	act.time = measure->start;
	act.zone = measure->zone;
	act.duration = measure->end - measure->start;
	act.value = measure->value;
	act.title = emit_text(measure->title);
	rest_begin(&measures->rest);
	rest_put(&measures->rest, "unit", emit_text(measure->unit));
	act.rest = rest_end(&measures->rest);
	return emit_act(measures->emit, &act);
}

/* The source with the largest sum among measures that hang together by overlapping. */
static uint32_t best_source(const struct measure *list, size_t count)
{
	uint32_t source[SOURCES] = { 0 };
	int64_t sum[SOURCES] = { 0 };
	size_t sources = 0, best = 0, i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < sources && source[j] != list[i].source; j++)
			;
		if (j == SOURCES)
			continue;
		if (j == sources)
			source[sources++] = list[i].source;
		if (sum[j] < INT64_MAX / 2)
			sum[j] += list[i].value;
	}
	for (j = 1; j < sources; j++)
		if (sum[j] > sum[best] || (sum[j] == sum[best] && source[j] < source[best]))
			best = j;
	return source[best];
}

static int emit_counts(struct measures *measures)
{
	struct measure *list = measures->counts;
	size_t count = measures->count_count, from, to;
	uint64_t aside = 0;
	int failed = 0;

	measures->count_count = 0;
	if (count > 0)
		qsort(list, count, sizeof(*list), compare);
	for (from = 0; from < count && failed == 0; from = to) {
		int64_t end = list[from].end;
		uint32_t best;

		for (to = from + 1; to < count && by_title(&list[from], &list[to]) == 0 &&
		     (list[to].start < end || list[to].start == list[from].start); to++)
			if (list[to].end > end)
				end = list[to].end;
		best = best_source(list + from, to - from);
		for (; from < to && failed == 0; from++) {
			if (list[from].source == best)
				failed = emit_count(measures, &list[from]);
			else
				aside++;
		}
	}
	if (aside > 0)
		emit_note(measures->emit, "set aside because another device counted more at the "
			  "same time: %" PRIu64, aside);
	return failed != 0 ? failed :
	       emit_skip_many(measures->emit, "counted by another device", aside);
}

int measures_count(struct measures *measures, const struct measure *measure)
{
	int failed = 0;

	if (measures->count_count == MEASURES_MAX)
		failed = emit_counts(measures);
	return failed != 0 ? failed : add(measures, &measures->counts, &measures->count_count,
					  &measures->count_room, measure);
}

/* ---- samples ---- */

static int64_t hour_of(int64_t time)
{
	return (time >= 0 ? time : time - (CLOCK_HOUR_MS - 1)) / CLOCK_HOUR_MS;
}

static void put_fixed(struct bytes *rest, const char *key, int64_t value)
{
	int64_t thousandths = ((llabs(value) % (1 << 20)) * 1000 + (1 << 19)) >> 20;
	int64_t whole = llabs(value) / (1 << 20) + thousandths / 1000;
	char text[48];

	snprintf(text, sizeof(text), "%s%" PRId64 ".%03" PRId64, value < 0 ? "-" : "", whole,
		 thousandths % 1000);
	rest_put(rest, key, emit_text(text));
}

/* The samples of one hour as one act; its other rows are skipped. */
static int emit_hour(struct measures *measures, const struct measure *list, size_t count)
{
	int64_t least = list[0].value, most = list[0].value, sum = 0, rest = 0;
	char number[24];
	struct act act;
	size_t i;
	int failed;

	for (i = 0; i < count; i++) {
		least = list[i].value < least ? list[i].value : least;
		most = list[i].value > most ? list[i].value : most;
		/* Shared before they are summed: no sum can run over. */
		sum += list[i].value / (int64_t)count;
		rest += list[i].value % (int64_t)count;
	}
	emit_blank_act(&act, ACT_EXERCISE, "health");
	act.time = hour_of(list[0].start) * CLOCK_HOUR_MS;
	act.zone = list[0].zone;
	act.duration = CLOCK_HOUR_MS;
	act.value = sum + rest / (int64_t)count;
	act.title = emit_text(list[0].title);
	rest_begin(&measures->rest);
	rest_put(&measures->rest, "unit", emit_text(list[0].unit));
	put_fixed(&measures->rest, "min", least);
	put_fixed(&measures->rest, "max", most);
	snprintf(number, sizeof(number), "%zu", count);
	rest_put(&measures->rest, "n", emit_text(number));
	act.rest = rest_end(&measures->rest);
	failed = emit_act(measures->emit, &act);
	return failed != 0 ? failed :
	       emit_skip_many(measures->emit, "one more sample of an hour (in its mean)",
			      count - 1);
}

static int emit_samples(struct measures *measures)
{
	struct measure *list = measures->samples;
	size_t count = measures->sample_count, from, to;
	int failed = 0;

	measures->sample_count = 0;
	if (count > 0)
		qsort(list, count, sizeof(*list), compare);
	for (from = 0; from < count && failed == 0; from = to) {
		for (to = from + 1; to < count && by_title(&list[from], &list[to]) == 0 &&
		     hour_of(list[to].start) == hour_of(list[from].start); to++)
			;
		failed = emit_hour(measures, list + from, to - from);
	}
	return failed;
}

int measures_sample(struct measures *measures, const struct measure *measure)
{
	int failed = 0;

	if (measures->sample_count == MEASURES_MAX)
		failed = emit_samples(measures);
	return failed != 0 ? failed : add(measures, &measures->samples, &measures->sample_count,
					  &measures->sample_room, measure);
}

/* ---- minutes ---- */

/* What waits are sums: the start of a quarter, and in `end` how many rows are in it. */
static int compare_minutes(const void *left, const void *right)
{
	const struct measure *a = left, *b = right;
	int order = by_title(a, b);

	if (order != 0)
		return order;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->source < b->source ? -1 : a->source > b->source;
}

/* The sums of one quarter: the source that counted most is kept. */
static int emit_quarter(struct measures *measures, const struct measure *list, size_t count)
{
	struct measure sum, best = list[0];
	uint64_t aside = 0;
	size_t from, to;
	int failed;

	best.value = best.end = 0;
	for (from = 0; from < count; from = to) {
		sum = list[from];
		for (to = from + 1; to < count && list[to].source == sum.source; to++) {
			sum.value += list[to].value < SUM_MOST - sum.value ? list[to].value :
				     SUM_MOST - sum.value;
			sum.end += list[to].end;
		}
		if (sum.value > best.value || best.end == 0) {
			aside += (uint64_t)best.end;
			best = sum;
		} else {
			aside += (uint64_t)sum.end;
		}
	}
	sum = best;
	sum.end = sum.start + QUARTER_MS;
	failed = emit_count(measures, &sum);
	if (failed == 0)
		failed = emit_skip_many(measures->emit, "one more minute of a quarter of an hour "
					"(in its sum)", (uint64_t)best.end - 1);
	return failed != 0 ? failed :
	       emit_skip_many(measures->emit, "counted by another device", aside);
}

static int emit_minutes(struct measures *measures)
{
	struct measure *list = measures->minutes;
	size_t count = measures->minute_count, from, to;
	int failed = 0;

	measures->minute_count = 0;
	if (count > 0)
		qsort(list, count, sizeof(*list), compare_minutes);
	for (from = 0; from < count && failed == 0; from = to) {
		for (to = from + 1; to < count && by_title(&list[from], &list[to]) == 0 &&
		     list[to].start == list[from].start; to++)
			;
		failed = emit_quarter(measures, list + from, to - from);
	}
	return failed;
}

int measures_minute(struct measures *measures, const struct measure *measure)
{
	struct measure sum = *measure, *last = measures->minute_count == 0 ? NULL :
			     &measures->minutes[measures->minute_count - 1];
	int64_t within = sum.start % QUARTER_MS;
	int failed = 0;

	sum.start -= within < 0 ? within + QUARTER_MS : within;
	sum.end = 1;
	if (last != NULL && last->start == sum.start && last->source == sum.source &&
	    by_title(last, &sum) == 0 && last->value < SUM_MOST / 2) {
		last->value += sum.value;
		last->end++;
		return 0;
	}
	if (measures->minute_count == MEASURES_MAX)
		failed = emit_minutes(measures);
	return failed != 0 ? failed : add(measures, &measures->minutes, &measures->minute_count,
					  &measures->minute_room, &sum);
}

int measures_end(struct measures *measures)
{
	int failed = emit_counts(measures);

	if (failed == 0)
		failed = emit_samples(measures);
	return failed != 0 ? failed : emit_minutes(measures);
}
