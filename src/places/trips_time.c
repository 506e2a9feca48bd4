/* How long the next trip takes; see trips.h. */
#include "trips.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "places/quantile.h"

#define HOUR 3600000
#define NEAR HOUR		/* of the same time of the week: full weight, none at twice that */
#define TIME_ENOUGH 9		/* trips' weight near the time */
#define PAIR_ENOUGH 9		/* trips */
#define RECENT 9		/* trips of a median */
#define RUN_WEIGHT 8		/* what all trips of a pair weigh at most among other pairs' */
#define PRIOR_WEIGHT 4
#define OUTCOMES 150		/* of the last trips it is known how they were covered */
#define HALVES 12		/* after which a trip says nothing */
#define GRID 39
#define RANK_HALF (10 * VISIT_DAY_MS)
#define EVEN_WEIGHT 16
#define PRIOR 39		/* invented ratios: quantiles 1/40 .. 39/40 */
#define RATIO_MOST (64 * FIXED_ONE)

/* What a ratio is to: the median of the last 1, 2, 3, 5 to 9 trips of the pair, of the last trips
 * the other way, or the line time. */
enum kind { OF_ONE, OF_TWO, OF_THREE, OF_MANY, OF_BACK, OF_LINE, KINDS };
/* of the logarithms of invented ratios */
static const double spread[KINDS] = { .3, .27, .25, .22, .5, .7 };

struct trips_known {
	size_t count;
	struct trip *trip;		/* by departure */
	uint32_t *order;		/* of trips by (from, to), then departure */
	int32_t (*ratio)[KINDS];	/* 2^-20; 0: not known then */
	uint32_t *rising[KINDS];	/* of trips by their ratio of that kind */
	struct outcome {
		int32_t rank;		/* the share at which the trip was covered, 2^-20 */
		enum trips_level level;
	} *outcome;			/* of the last trips, from first_outcome on */
	size_t first_outcome;
};

int64_t trips_line(uint32_t metres)
{
	int64_t foot = metres * 1000LL, first = metres < 10000 ? metres : 10000;
	int64_t second = metres < 50000 ? metres - first : 40000;
	int64_t ride = 480000 + first * 1000 / 7 + second * 1000 / 14 +
		       (metres - first - second) * 40;

	return foot < ride ? foot < 1000 ? 1000 : foot : ride;
}

static int by_departure(const void *a, const void *b)
{
	const struct trip *x = a, *y = b;

	if (x->depart != y->depart)
		return x->depart < y->depart ? -1 : 1;
	if (x->arrive != y->arrive)
		return x->arrive < y->arrive ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static int by_pair(const void *a, const void *b, void *context)
{
	const struct trip *trip = context;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (trip[i].from != trip[j].from)
		return trip[i].from < trip[j].from ? -1 : 1;
	if (trip[i].to != trip[j].to)
		return trip[i].to < trip[j].to ? -1 : 1;
	return (i > j) - (i < j);
}

/* The first place in order with a trip of the pair (or behind it) that departed at `time` or
 * later. */
static size_t place_in_order(const struct trips_known *known, uint32_t from, uint32_t to,
			     int64_t time)
{
	size_t low = 0, high = known->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct trip *t = &known->trip[known->order[middle]];

		if (t->from < from || (t->from == from && (t->to < to || (t->to == to &&
									 t->depart < time))))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The trips of a pair that had ended by `now`, newest first, at most `most`. */
static size_t latest(const struct trips_known *known, uint32_t from, uint32_t to, int64_t now,
		     enum trips_mode mode, uint32_t *out, size_t most)
{
	size_t place = place_in_order(known, from, to, now), count = 0;

	while (place > 0 && count < most) {
		const struct trip *t = &known->trip[known->order[--place]];

		if (t->from != from || t->to != to)
			break;
		if (t->arrive <= now && (mode == TRIPS_ANY || t->mode == mode))
			out[count++] = known->order[place];
	}
	return count;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median(const struct trips_known *known, const uint32_t *index, size_t count)
{
	int64_t time[RECENT];
	size_t i;

	assert(count > 0 && count <= RECENT);
	for (i = 0; i < count; i++)
		time[i] = known->trip[index[i]].arrive - known->trip[index[i]].depart;
	qsort(time, count, sizeof(*time), by_number);
	return (time[(count - 1) / 2] + time[count / 2]) / 2;
}

static int32_t ratio_of(int64_t time, int64_t base)
{
	__int128 ratio = ((__int128)time << FIXED_BITS) / (base > 0 ? base : 1);

	return ratio < 1 ? 1 : ratio > RATIO_MOST ? RATIO_MOST : (int32_t)ratio;
}

/* The ratios of trip i to what was known when it began. */
static void learn_ratios(struct trips_known *known, size_t i)
{
	const struct trip *t = &known->trip[i];
	int64_t time = t->arrive - t->depart;
	uint32_t own[RECENT];
	size_t count = latest(known, t->from, t->to, t->depart, TRIPS_ANY, own, RECENT), k;

	for (k = OF_ONE; k <= OF_THREE; k++)
		if (count > k)
			known->ratio[i][k] = ratio_of(time, median(known, own, k + 1));
	if (count >= 5)
		known->ratio[i][OF_MANY] = ratio_of(time, median(known, own, count));
	count = latest(known, t->to, t->from, t->depart, TRIPS_ANY, own, 3);
	if (count > 0)
		known->ratio[i][OF_BACK] = ratio_of(time, median(known, own, count));
	known->ratio[i][OF_LINE] = ratio_of(time, trips_line(t->metres));
}

/* What the answer is put together from. */
struct work {
	const struct trips_known *known;
	const struct trips_query *query;
	struct quantile_value *value;
	size_t count;
	uint64_t weight[TRIPS_ANY];	/* of modes */
	uint32_t *share;		/* [trips] what each weighs among the ratios */
};

static void add(struct work *work, int64_t value, uint32_t weight, enum trips_mode mode)
{
	if (weight == 0)
		return;
	work->value[work->count++] = (struct quantile_value){ value, weight };
	work->weight[mode] += weight;
}

/* How near two times of the week are, 2^-20: within hours of the day, weekdays apart from
 * Saturdays and Sundays. */
static uint32_t nearness(int32_t a, int32_t b)
{
	int32_t apart = abs(a % (int32_t)VISIT_DAY_MS - b % (int32_t)VISIT_DAY_MS);
	bool weekend_a = a >= 5 * VISIT_DAY_MS, weekend_b = b >= 5 * VISIT_DAY_MS;

	if (apart > VISIT_DAY_MS / 2)
		apart = (int32_t)VISIT_DAY_MS - apart;
	if (weekend_a != weekend_b || apart >= 2 * NEAR)
		return 0;
	return apart <= NEAR ? FIXED_ONE :
	       (uint32_t)((int64_t)(2 * NEAR - apart) * FIXED_ONE / NEAR);
}

/* Own trips of the pair, near the time of the week or at any. */
static uint64_t own_times(struct work *work, bool near)
{
	const struct trips_query *query = work->query;
	const struct trips_known *known = work->known;
	size_t place = place_in_order(known, query->from, query->to, query->now);
	uint64_t total = 0;

	work->count = 0;
	memset(work->weight, 0, sizeof(work->weight));
	while (place > 0) {
		const struct trip *t = &known->trip[known->order[--place]];
		int32_t week = query->arriving ? t->arrive_week : t->depart_week;
		uint32_t weight;

		if (t->from != query->from || t->to != query->to)
			break;
		if (t->arrive > query->now || (query->mode != TRIPS_ANY && t->mode != query->mode))
			continue;
		weight = quantile_fade(query->now - t->arrive, TRIPS_HALF);
		if (near)
			weight = (uint32_t)fixed_multiply(weight, nearness(week, query->of_week));
		add(work, t->arrive - t->depart, weight, t->mode);
		total += weight;
	}
	quantile_sort(work->value, work->count);
	return total;
}

/* Trips of about that length weigh more; those of quite another one still say something. */
static double alike(uint32_t a, uint32_t b, double width)
{
	double apart = log2((a + 100.0) / (b + 100.0)) / width;

	return exp(-.5 * apart * apart) + .02;
}

static bool usable(const struct work *work, enum kind kind, uint32_t i)
{
	const struct trip *t = &work->known->trip[i];

	return t->arrive <= work->query->now && work->known->ratio[i][kind] > 0 &&
	       (work->query->mode == TRIPS_ANY || t->mode == work->query->mode);
}

/* What the ratios of the pair whose trips are order[first .. end) weigh. */
static void weigh_pair(struct work *work, enum kind kind, size_t first, size_t end)
{
	const struct trips_known *known = work->known;
	const struct trips_query *query = work->query;
	const struct trip *pair = &known->trip[known->order[first]];
	bool own = pair->from == query->from && pair->to == query->to;
	size_t i, count = 0;
	double share;

	for (i = first; i < end; i++)
		count += usable(work, kind, known->order[i]);
	share = count > RUN_WEIGHT && !own ? (double)RUN_WEIGHT / (double)count : 1;
	if (count > 0)
		share *= alike(pair->metres, query->metres, kind == OF_LINE ? .75 : 1.5);
	for (i = first; i < end; i++) {
		uint32_t index = known->order[i];
		double fade = quantile_fade(query->now - known->trip[index].arrive, TRIPS_HALF);

		work->share[index] = usable(work, kind, index) ? (uint32_t)(fade * share) : 0;
	}
}

/* All ratios of a kind that were known by now, and the invented ones, in their order. */
static void ratios(struct work *work, enum kind kind)
{
	static const double z[PRIOR / 2 + 1] = {	/* normal quantiles 20/40 .. 39/40 */
		0, .0627, .1257, .1891, .2533, .3186, .3853, .4538, .5244, .5978, .6745,
		.7554, .8416, .9346, 1.0364, 1.1503, 1.2816, 1.4395, 1.6449, 1.96,
	};
	const struct trips_known *known = work->known;
	size_t first, end, i = 0;
	int k;

	work->count = 0;
	memset(work->weight, 0, sizeof(work->weight));
	for (first = 0; first < known->count; first = end) {
		const struct trip *a = &known->trip[known->order[first]];

		for (end = first + 1; end < known->count; end++) {
			const struct trip *b = &known->trip[known->order[end]];

			if (a->from != b->from || a->to != b->to)
				break;
		}
		weigh_pair(work, kind, first, end);
	}
	for (k = -(PRIOR / 2); k <= PRIOR / 2 + 1; k++) {
		int64_t invented = k > PRIOR / 2 ? INT64_MAX :
				   llround(FIXED_ONE * exp(spread[kind] * (k < 0 ? -z[-k] : z[k])));

		for (; i < known->count; i++) {
			uint32_t index = known->rising[kind][i];

			if (known->ratio[index][kind] > invented)
				break;
			add(work, known->ratio[index][kind], work->share[index],
			    known->trip[index].mode);
		}
		if (k <= PRIOR / 2)
			work->value[work->count++] = (struct quantile_value){
				invented, PRIOR_WEIGHT * FIXED_ONE / PRIOR };
	}
}

/* The shares that are still unknown (times[i] < 0), by base and ratios; then none falls. */
static void by_ratio(struct work *work, int64_t base, enum kind kind, const int32_t *shares,
		     size_t count, int64_t *times)
{
	bool all = true;
	int64_t ratio;
	size_t i;

	for (i = 0; i < count; i++)
		all &= times[i] >= 0;
	if (!all)
		ratios(work, kind);
	for (i = 0; i < count; i++) {
		if (times[i] < 0) {
			bool known = quantile_of(work->value, work->count, 0, shares[i], &ratio);

			assert(known);
			(void)known;
			times[i] = fixed_multiply(base, ratio);
		}
		if (i > 0 && times[i] < times[i - 1])
			times[i] = times[i - 1];
	}
}

static enum trips_mode most_frequent(const uint64_t *weight)
{
	enum trips_mode best = TRIPS_WALK, mode;

	for (mode = TRIPS_WALK; mode < TRIPS_ANY; mode++)
		if (weight[mode] > weight[best])
			best = mode;
	return weight[best] > 0 ? best : TRIPS_ANY;
}

/* From order statistics of what work holds; what they do not know from their median and ratios. */
static void direct(struct work *work, enum trips_level level, const int32_t *shares, size_t count,
		   int64_t *times, struct trips_answer *answer)
{
	uint32_t next = 0;		/* the next trip weighs like the newest of these */
	int64_t base = 0;
	size_t i;

	for (i = 0; i < work->count; i++)
		next = work->value[i].weight > next ? work->value[i].weight : next;
	*answer = (struct trips_answer){ level, (uint32_t)work->count,
					 most_frequent(work->weight), 0, 0 };
	quantile_of(work->value, work->count, 0, FIXED_ONE / 2, &base);
	for (i = 0; i < count; i++)
		if (!quantile_of(work->value, work->count, next, shares[i], &times[i]))
			times[i] = -1;
	by_ratio(work, base, OF_MANY, shares, count, times);
}

static void scaled(struct work *work, const int32_t *shares, size_t count, int64_t *times,
		   struct trips_answer *answer)
{
	const struct trips_query *query = work->query;
	const struct trips_known *known = work->known;
	uint32_t own[RECENT];
	size_t trips = latest(known, query->from, query->to, query->now, query->mode, own, RECENT);
	enum trips_level level = TRIPS_FEW;
	enum kind kind = trips >= 5 ? OF_MANY : trips >= 3 ? OF_THREE : trips == 2 ? OF_TWO :
			 OF_ONE;
	int64_t base;
	size_t i;

	if (trips == 0) {
		trips = latest(known, query->to, query->from, query->now, query->mode, own, 3);
		level = TRIPS_BACK;
		kind = OF_BACK;
	}
	if (trips > 0) {
		base = median(known, own, kind == OF_THREE ? 3 : trips);
		memset(work->weight, 0, sizeof(work->weight));
		for (i = 0; i < trips; i++)
			work->weight[known->trip[own[i]].mode]++;
	} else {
		kind = OF_LINE;
		base = trips_line(query->metres);
		ratios(work, kind);
		trips = work->count - PRIOR;
		level = trips > 0 ? TRIPS_PACE : TRIPS_LINE;
	}
	*answer = (struct trips_answer){ level, (uint32_t)trips, most_frequent(work->weight),
					 base, 0 };
	for (i = 0; i < count; i++)
		times[i] = -1;
	by_ratio(work, base, kind, shares, count, times);
}

/* Times as the levels have them, without regard to how well they did so far. */
static int plain_times(const struct trips_known *known, const struct trips_query *query,
		       const int32_t *shares, size_t count, int64_t *times,
		       struct trips_answer *answer, struct error *error)
{
	struct work work = { .known = known, .query = query };

	work.value = malloc((known->count + PRIOR) * sizeof(*work.value));
	work.share = malloc((known->count + 1) * sizeof(*work.share));
	if (work.value == NULL || work.share == NULL) {
		free(work.value);
		free(work.share);
		return error_memory(error);
	}
	if (query->of_week >= 0 && own_times(&work, true) >= (uint64_t)TIME_ENOUGH * FIXED_ONE)
		direct(&work, TRIPS_TIME, shares, count, times, answer);
	else if (own_times(&work, false) > 0 && work.count >= PAIR_ENOUGH)
		direct(&work, TRIPS_PAIR, shares, count, times, answer);
	else
		scaled(&work, shares, count, times, answer);
	free(work.value);
	free(work.share);
	return 0;
}

/* At which share trip i was covered by what was known when it began. */
static int learn_outcome(struct trips_known *known, size_t i, struct error *error)
{
	const struct trip *t = &known->trip[i];
	struct trips_query query = { t->from, t->to, t->metres, t->depart_week, false, TRIPS_ANY,
				     t->depart };
	int32_t shares[GRID], low = 0, step = FIXED_ONE / (GRID + 1);
	int64_t times[GRID], time = t->arrive - t->depart;
	struct trips_answer answer = { 0 };
	size_t k;

	for (k = 0; k < GRID; k++)
		shares[k] = step * (int32_t)(k + 1);
	if (plain_times(known, &query, shares, GRID, times, &answer, error) != 0)
		return TACIT_E_MEMORY;
	for (k = 0; k < GRID && times[k] < time; k++)
		low = shares[k];
	if (k == 0 || k == GRID)
		low += step / 2;
	else if (times[k] > times[k - 1])
		low += (int32_t)(step * (time - times[k - 1]) / (times[k] - times[k - 1]));
	known->outcome[i] = (struct outcome){ low, answer.level };
	return 0;
}

/* Levels whose outcomes are judged together. */
static int group(enum trips_level level)
{
	return level <= TRIPS_PAIR ? 0 : level <= TRIPS_BACK ? 1 : 2;
}

/* Fills list with the ranks of past trips of the group, and as many invented even ones. */
static size_t ranks(const struct trips_known *known, int64_t now, enum trips_level level,
		    struct quantile_value *list)
{
	size_t count = 0, i, k;

	for (i = known->count; i-- > known->first_outcome && count < OUTCOMES;)
		if (known->trip[i].arrive <= now && group(known->outcome[i].level) == group(level))
			list[count++] = (struct quantile_value){ known->outcome[i].rank,
				quantile_fade(now - known->trip[i].arrive, RANK_HALF) };
	for (k = 0; k < GRID; k++)
		list[count++] = (struct quantile_value){ FIXED_ONE / (GRID + 1) * (int64_t)(k + 1),
							 EVEN_WEIGHT * FIXED_ONE / GRID };
	quantile_sort(list, count);
	return count;
}

int trips_times(const struct trips_known *known, const struct trips_query *query,
		const int32_t *shares, size_t count, int64_t *times, struct trips_answer *answer,
		struct error *error)
{
	struct quantile_value *list = malloc((OUTCOMES + GRID) * sizeof(*list));
	int32_t used[TRIPS_SHARES];
	int64_t rank = 0;
	size_t ranked, i;
	int status;

	assert(count <= TRIPS_SHARES);
	if (list == NULL)
		return error_memory(error);
	status = plain_times(known, query, shares, count, times, answer, error);
	if (status != 0)
		goto out;
	ranked = ranks(known, query->now, answer->level, list);
	for (i = 0; i < count; i++) {
		quantile_of(list, ranked, 0, shares[i], &rank);
		used[i] = (int32_t)rank;
	}
	quantile_of(list, ranked, 0, TRIPS_Q80, &rank);
	status = plain_times(known, query, used, count, times, answer, error);
	answer->used = (int32_t)rank;
out:
	free(list);
	return status;
}

void trips_free(struct trips_known *known)
{
	int kind;

	if (known == NULL)
		return;
	for (kind = 0; kind < KINDS; kind++)
		free(known->rising[kind]);
	free(known->trip);
	free(known->order);
	free(known->ratio);
	free(known->outcome);
	free(known);
}

static int make_room(struct trips_known *known, size_t count)
{
	int kind;

	known->trip = malloc((count + 1) * sizeof(*known->trip));
	known->order = malloc((count + 1) * sizeof(*known->order));
	known->ratio = calloc(count + 1, sizeof(*known->ratio));
	known->outcome = calloc(count + 1, sizeof(*known->outcome));
	for (kind = 0; kind < KINDS; kind++)
		known->rising[kind] = malloc((count + 1) * sizeof(*known->rising[kind]));
	for (kind = 0; kind < KINDS; kind++)
		if (known->rising[kind] == NULL)
			return TACIT_E_MEMORY;
	return known->trip == NULL || known->order == NULL || known->ratio == NULL ||
	       known->outcome == NULL ? TACIT_E_MEMORY : 0;
}

/* The trips that still say something, by departure. */
static void take_trips(struct trips_known *known, const struct trip *trips, size_t count,
		       int64_t from)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (trips[i].arrive > trips[i].depart && trips[i].from != trips[i].to &&
		    trips[i].depart >= from - HALVES * TRIPS_HALF)
			known->trip[known->count++] = trips[i];
	if (known->count > 1)
		qsort(known->trip, known->count, sizeof(*known->trip), by_departure);
}

struct by_ratio {
	const struct trips_known *known;
	int kind;
};

static int rising(const void *a, const void *b, void *context)
{
	const struct by_ratio *by = context;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int32_t x = by->known->ratio[i][by->kind], y = by->known->ratio[j][by->kind];

	return x != y ? (x > y) - (x < y) : (i > j) - (i < j);
}

static void put_in_order(struct trips_known *known)
{
	struct by_ratio by = { known, 0 };
	size_t i;

	for (i = 0; i < known->count; i++)
		known->order[i] = (uint32_t)i;
	if (known->count > 1)
		qsort_r(known->order, known->count, sizeof(*known->order), by_pair, known->trip);
	for (i = 0; i < known->count; i++)
		learn_ratios(known, i);
	for (by.kind = 0; by.kind < KINDS; by.kind++) {
		for (i = 0; i < known->count; i++)
			known->rising[by.kind][i] = (uint32_t)i;
		if (known->count > 1)
			qsort_r(known->rising[by.kind], known->count, sizeof(uint32_t), rising,
				&by);
	}
}

int trips_learn(const struct trip *trips, size_t count, int64_t from, struct trips_known **out,
		struct error *error)
{
	struct trips_known *known = calloc(1, sizeof(*known));
	size_t i;

	if (known == NULL || make_room(known, count) != 0) {
		trips_free(known);
		return error_memory(error);
	}
	take_trips(known, trips, count, from);
	put_in_order(known);
	for (i = 0; i < known->count && known->trip[i].depart < from; i++)
		;
	known->first_outcome = i > OUTCOMES ? i - OUTCOMES : 0;
	for (i = known->first_outcome; i < known->count; i++)
		if (learn_outcome(known, i, error) != 0) {
			trips_free(known);
			return TACIT_E_MEMORY;
		}
	*out = known;
	return 0;
}
