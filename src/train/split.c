/* Splits in time order, and the metrics of full ranking. */
#include "split.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATE_EVENTS 6000
#define VALIDATE_MOST 5
#define SET_PEOPLE 400		/* on whose last fifth the long view is chosen */
#define SET_SHARE 4		/* at most one person in so many */
#define SET_EVENTS 10		/* who have at least so many */

/* How many of n events are held out at the end. */
static uint64_t held_out(uint64_t n, enum split_protocol protocol)
{
	if (n < 2)
		return 0;
	if (protocol == SPLIT_LAST_FIFTH)
		return n - n * 4 / 5;
	return 1;
}

/* Of the n events of one of `users` people that are left, how many validate: one is enough of many
 * people; of few, up to five, so that a choice rests on some thousand events. */
static uint64_t validating(uint64_t n, uint32_t users, enum split_protocol protocol)
{
	uint64_t wanted = users == 0 ? 1 : VALIDATE_EVENTS / users;

	if (protocol == SPLIT_LAST_FIFTH || n < 2)
		return held_out(n, protocol);
	wanted = wanted < 1 ? 1 : wanted > VALIDATE_MOST ? VALIDATE_MOST : wanted;
	return wanted <= n / 4 ? wanted : n / 4 > 0 ? n / 4 : 1;
}

/* The people of the long view, spread evenly: their last fifth, with what validates. */
static void hold_sets(const struct train_data *data, struct split *out)
{
	uint64_t able = 0, most, at = 0;
	uint32_t u;

	for (u = 0; u < data->users; u++)
		able += out->fit_end[u] - out->start[u] >= SET_EVENTS;
	most = able / SET_SHARE < SET_PEOPLE ? able / SET_SHARE : SET_PEOPLE;
	for (u = 0; u < data->users; u++) {
		uint64_t n = out->fit_end[u] - out->start[u];

		if (n < SET_EVENTS)
			continue;
		if ((at + 1) * most / able != at * most / able) {
			out->fit_end[u] = out->start[u] + n * 4 / 5;
			out->set_from[u] = out->fit_end[u];
			out->set_to[u] = out->valid_to[u];
		}
		at++;
	}
}

/* The last events of each person are held out. */
static void hold_last(const struct train_data *data, enum split_protocol protocol,
		      struct split *out)
{
	uint32_t u;

	for (u = 0; u < data->users; u++) {
		uint64_t n = data->start[u + 1] - data->start[u];

		out->test_to[u] = data->start[u + 1];
		if (protocol != SPLIT_VALIDATE_ONLY && protocol != SPLIT_COLD_ITEMS)
			n -= held_out(n, protocol);
		out->test_from[u] = out->refit_end[u] = out->valid_to[u] = data->start[u] + n;
		out->fit_end[u] = data->start[u] + n - validating(n, data->users, protocol);
		out->valid_from[u] = out->fit_end[u];
	}
	if (protocol != SPLIT_LAST_FIFTH)
		hold_sets(data, out);
}

/* ---- later people ---------------------------------------------------------------------- */

struct arrival {
	int64_t time;
	uint32_t user;
};

static int by_arrival(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->user < y->user ? -1 : x->user > y->user;
}

static int later_people(const struct train_data *data, struct split *out)
{
	struct arrival *arrival = malloc(sizeof(*arrival) * ((size_t)data->users + 1));
	uint64_t fitting = (uint64_t)data->users * 85 / 100;
	uint64_t learning = (uint64_t)data->users * 90 / 100;
	uint32_t i;

	if (arrival == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < data->users; i++)	/* nobody is without events but in made-up data */
		arrival[i] = (struct arrival){ data->start[i + 1] > data->start[i] ?
					       data->time[data->start[i]] : INT64_MIN, i };
	qsort(arrival, data->users, sizeof(*arrival), by_arrival);
	for (i = 0; i < data->users; i++) {
		uint32_t u = arrival[i].user;
		uint64_t first = data->start[u], last = data->start[u + 1];
		uint64_t from = last - held_out(last - first, SPLIT_LAST_FIFTH);

		out->fit_end[u] = i < fitting ? last : first;
		out->valid_from[u] = i >= fitting && i < learning ? from : last;
		out->valid_to[u] = last;
		out->refit_end[u] = i < learning ? last : first;
		out->test_from[u] = i >= learning ? from : last;
		out->test_to[u] = last;
	}
	free(arrival);
	return 0;
}

/* ---- a split in time ------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* learned_end[u]: the first event of the user from the date on; marks the items before it. */
static void cut_at(const struct train_data *data, int64_t date, uint64_t *learned_end,
		   unsigned char *known)
{
	uint32_t u;
	uint64_t e;

	memset(known, 0, data->items);
	for (u = 0; u < data->users; u++) {
		for (e = data->start[u]; e < data->start[u + 1] && data->time[e] < date; e++)
			known[data->item[e]] = 1;
		learned_end[u] = e;
	}
}

/* The first event of learned_end[u] .. end[u] - 1 that has a history and a known item. */
static void hold_first(const struct train_data *data, const uint64_t *learned_end,
		       const uint64_t *end, const unsigned char *known, uint64_t *from,
		       uint64_t *to)
{
	uint32_t u;

	for (u = 0; u < data->users; u++) {
		uint64_t e = learned_end[u];

		while (e < end[u] && (e == data->start[u] || !known[data->item[e]]))
			e++;
		from[u] = e;
		to[u] = e < end[u] ? e + 1 : e;
	}
}

static int in_time(const struct train_data *data, struct split *out)
{
	int64_t *time = malloc(sizeof(*time) * (data->events + 1)), date, earlier;
	unsigned char *known = malloc((size_t)data->items + 1);
	uint64_t learned;

	if (time == NULL || known == NULL) {
		free(time);
		free(known);
		return TACIT_E_MEMORY;
	}
	memcpy(time, data->time, sizeof(*time) * data->events);
	qsort(time, data->events, sizeof(*time), by_time);
	learned = data->events * 9 / 10;
	date = time[learned];
	while (learned > 0 && time[learned - 1] == date)
		learned--;
	earlier = time[learned * 9 / 10];
	cut_at(data, date, out->refit_end, known);
	hold_first(data, out->refit_end, data->start + 1, known, out->test_from, out->test_to);
	cut_at(data, earlier, out->fit_end, known);
	hold_first(data, out->fit_end, out->refit_end, known, out->valid_from, out->valid_to);
	free(time);
	free(known);
	return 0;
}

/* ---- all ------------------------------------------------------------------------------- */

/* Whether there is something to fit, something that validates and something that tests. */
static bool is_whole(const struct split *split)
{
	bool fits = false, validates = false, tests = false;
	uint32_t u;

	for (u = 0; u < split->users; u++) {
		assert(split->fit_end[u] <= split->valid_from[u] &&
		       split->refit_end[u] <= split->test_from[u]);
		fits = fits || split->fit_end[u] > split->start[u] + 1;
		validates = validates || split->valid_to[u] > split->valid_from[u];
		tests = tests || split->test_to[u] > split->test_from[u];
	}
	return fits && validates && tests;
}

static int split_new(const struct train_data *data, struct split *out)
{
	size_t bytes = sizeof(uint64_t) * ((size_t)data->users + 1);

	memset(out, 0, sizeof(*out));
	out->users = data->users;
	out->start = malloc(bytes);
	out->fit_end = malloc(bytes);
	out->valid_from = malloc(bytes);
	out->valid_to = malloc(bytes);
	out->refit_end = malloc(bytes);
	out->test_from = malloc(bytes);
	out->test_to = malloc(bytes);
	out->set_from = calloc(1, bytes);
	out->set_to = calloc(1, bytes);
	if (out->start == NULL || out->fit_end == NULL || out->valid_from == NULL ||
	    out->valid_to == NULL || out->refit_end == NULL || out->test_from == NULL ||
	    out->test_to == NULL || out->set_from == NULL || out->set_to == NULL)
		return TACIT_E_MEMORY;
	memcpy(out->start, data->start, sizeof(uint64_t) * data->users);
	return 0;
}

int split_make(const struct train_data *data, enum split_protocol protocol, struct split *out,
	       struct error *error)
{
	bool strict = protocol == SPLIT_LATER_PEOPLE || protocol == SPLIT_TIME;
	int result = split_new(data, out);

	if (result == 0 && protocol == SPLIT_LATER_PEOPLE)
		result = later_people(data, out);
	else if (result == 0 && protocol == SPLIT_TIME)
		result = in_time(data, out);
	else if (result == 0)
		hold_last(data, protocol, out);
	if (result == 0 && (strict || protocol == SPLIT_LAST_FIFTH)) {
		uint32_t u;

		/* what validates is long enough; in a split in time, all between both dates */
		for (u = 0; u < data->users; u++) {
			out->set_from[u] = protocol == SPLIT_TIME ? out->fit_end[u]
								  : out->valid_from[u];
			out->set_to[u] = protocol == SPLIT_TIME ? out->refit_end[u]
								: out->valid_to[u];
		}
	}
	if (result != 0)
		result = error_memory(error);
	else if (strict && !is_whole(out))
		result = error_set(error, TACIT_E_FORMAT, "too few people or dates to hold out %s: "
				   "measure with --protocol leave-one-out",
				   protocol == SPLIT_TIME ? "the last tenth of the time"
							  : "the people who came last");
	if (result != 0)
		split_free(out);
	return result;
}

void split_free(struct split *split)
{
	free(split->start);
	free(split->fit_end);
	free(split->valid_from);
	free(split->valid_to);
	free(split->refit_end);
	free(split->test_from);
	free(split->test_to);
	free(split->set_from);
	free(split->set_to);
	memset(split, 0, sizeof(*split));
}

void split_at_length(const struct split *split, const struct train_data *data, uint64_t length,
		     uint64_t *from, uint64_t *to)
{
	uint32_t u;

	for (u = 0; u < split->users; u++) {
		uint64_t first = data->start[u], end = data->start[u + 1];
		bool has = split->test_to[u] > split->test_from[u] && end - first > length &&
			   split->refit_end[u] <= first + length;

		from[u] = has ? first + length : end;
		to[u] = has ? first + length + 1 : end;
	}
}

/* ---- metrics --------------------------------------------------------------------------- */

static uint32_t among_first(const uint32_t *rank, uint32_t count, uint32_t k)
{
	uint32_t i, found = 0;

	for (i = 0; i < count; i++)
		found += rank[i] < k;
	return found;
}

static double ndcg(const uint32_t *rank, uint32_t count, uint32_t k)
{
	double gain = 0.0, ideal = 0.0;
	uint32_t i;

	for (i = 0; i < count; i++)
		if (rank[i] < k)
			gain += 1.0 / log2((double)rank[i] + 2.0);
	for (i = 0; i < count && i < k; i++)
		ideal += 1.0 / log2((double)i + 2.0);
	return gain / ideal;
}

static double recall(const uint32_t *rank, uint32_t count, uint32_t k)
{
	return (double)among_first(rank, count, k) / (double)(count < k ? count : k);
}

double split_standard_error(double sum, double squares, uint64_t n)
{
	double spread = n > 1 ? (squares - sum * sum / (double)n) / (double)(n - 1) : 0.0;

	return spread > 0.0 ? sqrt(spread / (double)n) : 0.0;
}

void split_metrics_add(struct split_metrics *metrics, const uint32_t *rank, uint32_t count)
{
	uint32_t best = UINT32_MAX, i;
	double gain, reciprocal;

	if (count == 0)
		return;
	for (i = 0; i < count; i++)
		best = rank[i] < best ? rank[i] : best;
	gain = ndcg(rank, count, 10);
	reciprocal = best == UINT32_MAX ? 0.0 : 1.0 / ((double)best + 1.0);
	metrics->users++;
	metrics->events += count;
	metrics->hr5 += best < 5;
	metrics->hr10 += best < 10;
	metrics->hr20 += best < 20;
	metrics->ndcg10 += gain;
	metrics->ndcg10_squares += gain * gain;
	metrics->mrr += reciprocal;
	metrics->mrr_squares += reciprocal * reciprocal;
	metrics->recall20 += recall(rank, count, 20);
	metrics->recall50 += recall(rank, count, 50);
	metrics->ndcg100 += ndcg(rank, count, 100);
}
