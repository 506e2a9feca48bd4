/* Weeks that vote; see presence.h. */
#include "presence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"

#define SLOT_MS 900000LL
#define SLOTS_AROUND 6			/* three deviations */
#define DEVIATION_MS 1800000.0
#define BUMP_SLOTS 5.0			/* sum of the bump over slots: 2 sqrt(2 pi) = 5.01 */
#define FADE_DAYS 60.0
#define PRIOR 2.0
#define OTHER_DAY 0.5
#define LEAST_SHARE (FIXED_ONE / 1024)
#define WITHIN_MS (3 * 3600000LL)
#define LEAST_MOVES 5
#define HOUR_MS 3600000LL
#define LONGEST_MS (400 * VISIT_DAY_MS)	/* above, it is no visit */

struct sums {
	size_t places;
	double *weight, *time;		/* by place; the last: nowhere */
	uint32_t *held;
	double all, known;
	uint32_t weeks;
};

static double likeness(int a, int b)
{
	if (a == b)
		return 1;
	return (a >= 5) == (b >= 5) ? OTHER_DAY : 0;
}

/* One day's slots about the time of day, as far as the visit covers them. */
static void add_day(struct sums *sums, uint32_t place, int64_t start, int64_t end, int64_t midnight,
		    int64_t of_week, double fade)
{
	int weekday = (int)(visit_of_week(midnight) / VISIT_DAY_MS), slot;
	int64_t middle = midnight + of_week % VISIT_DAY_MS;

	/* the slots of the middle's own day of the week, though they may begin before midnight */
	for (slot = -SLOTS_AROUND; slot <= SLOTS_AROUND; slot++) {
		int64_t at = middle + slot * SLOT_MS;
		double away = (double)(slot * SLOT_MS) / DEVIATION_MS, weight;

		if (at < start || at >= end)
			continue;
		weight = fade * exp(-away * away / 2) / BUMP_SLOTS *
			 likeness(weekday, (int)(of_week / VISIT_DAY_MS));
		sums->weight[place] += weight;
		sums->all += weight;
		if (slot == 0 && weekday == (int)(of_week / VISIT_DAY_MS)) {
			sums->weeks++;
			sums->held[place]++;
		}
	}
}

static void add_visit(struct sums *sums, const struct visit *visit, int64_t from, int64_t now,
		      int64_t of_week)
{
	int64_t leave = visit->leave < now ? visit->leave : now;
	int64_t start = visit_local(from, visit->zone), end = visit_local(leave, visit->zone);
	int64_t day, last = visit_day(end + SLOTS_AROUND * SLOT_MS);
	uint32_t place = visit->place < sums->places ? visit->place : (uint32_t)sums->places;
	double fade;

	if (end <= start || end - start > LONGEST_MS)
		return;
	fade = exp(-(double)(now - leave) / (double)VISIT_DAY_MS / FADE_DAYS);
	sums->time[place] += (double)(end - start) * fade;
	sums->known += (double)(end - start) * fade;
	for (day = visit_day(start - SLOTS_AROUND * SLOT_MS); day <= last; day++)
		add_day(sums, place, start, end, day * VISIT_DAY_MS, of_week, fade);
}

static int by_share(const void *x, const void *y)
{
	const struct presence_share *a = x, *b = y;

	if (a->share != b->share)
		return a->share < b->share ? 1 : -1;
	return (a->place > b->place) - (a->place < b->place);
}

static size_t read_shares(const struct sums *sums, struct presence_share *list)
{
	size_t count = 0, p;

	for (p = 0; p < sums->places && sums->known > 0; p++) {
		double prior = sums->time[p] / sums->known;
		double share = (sums->weight[p] + PRIOR * prior) / (sums->all + PRIOR);
		struct presence_share one = { (uint32_t)p, (int32_t)lround(share * FIXED_ONE),
					      sums->weeks, sums->held[p] };

		if (one.held > 0 || one.share > LEAST_SHARE)
			list[count++] = one;
	}
	if (count > 0)
		qsort(list, count, sizeof(*list), by_share);
	return count;
}

int presence_at(const struct visit *visit, size_t visits, int64_t now, int64_t of_week,
		struct presence_share *out, size_t most, size_t *count, struct error *error)
{
	struct sums sums = { 0 };
	struct presence_share *list = NULL;
	int64_t end = INT64_MIN;
	int result = TACIT_E_MEMORY;
	size_t i, found;

	for (i = 0; i < visits; i++)
		if (visit[i].place != VISIT_NOWHERE && visit[i].place >= sums.places)
			sums.places = visit[i].place + (size_t)1;
	sums.weight = calloc(sums.places + 1, sizeof(*sums.weight));
	sums.time = calloc(sums.places + 1, sizeof(*sums.time));
	sums.held = calloc(sums.places + 1, sizeof(*sums.held));
	list = malloc((sums.places + 1) * sizeof(*list));
	if (sums.weight == NULL || sums.time == NULL || sums.held == NULL || list == NULL) {
		error_memory(error);
		goto out;
	}
	for (i = 0; i < visits && visit[i].arrive < now; i++) {
		int64_t from = visit[i].arrive > end ? visit[i].arrive : end;

		add_visit(&sums, &visit[i], from, now, of_week);
		end = visit[i].leave > end ? visit[i].leave : end;
	}
	found = read_shares(&sums, list);
	*count = found < most ? found : most;
	if (*count > 0)
		memcpy(out, list, *count * sizeof(*out));
	result = 0;
out:
	free(sums.weight);
	free(sums.time);
	free(sums.held);
	free(list);
	return result;
}

struct leaving {
	int64_t local;
	bool there;			/* to the place that is asked for */
};

/* All leavings of the place; those that go on to `to` are marked. */
static size_t list_leavings(const struct visit *visit, size_t visits,
			    const struct presence_move *move, struct leaving *list)
{
	size_t count = 0, i;

	for (i = 0; i + 1 < visits; i++) {
		const struct visit *next = &visit[i + 1];
		bool soon = next->arrive - visit[i].leave <= WITHIN_MS;

		if (visit[i].place != move->from || visit[i].leave < move->since ||
		    visit[i].leave >= move->now || next->arrive >= move->now ||
		    next->place == move->from || !soon)
			continue;
		list[count++] = (struct leaving){ visit_local(visit[i].leave, visit[i].zone),
			move->to == VISIT_NOWHERE || next->place == move->to };
	}
	return count;
}

/* The first of the hours of the day about which the fewest of these moves begin. */
static int64_t quiet_hour(const struct leaving *list, size_t count)
{
	uint32_t hour[24] = { 0 };
	size_t i;
	int h, best = 0;
	uint32_t least = UINT32_MAX;

	for (i = 0; i < count; i++)
		if (list[i].there)
			hour[visit_of_week(list[i].local) % VISIT_DAY_MS / HOUR_MS]++;
	/* by the hours before and after too; equal ones: the one nearest to 4 in the morning */
	for (h = 0; h < 24; h++) {
		int at = (h + 4) % 24;
		uint32_t near = 2 * hour[at] + hour[(at + 1) % 24] + hour[(at + 23) % 24];

		if (near < least) {
			least = near;
			best = at;
		}
	}
	return best * HOUR_MS;
}

static int by_time(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static int64_t quantile(const int64_t *sorted, size_t count, size_t percent)
{
	return count < LEAST_MOVES ? -1 : sorted[(count * percent + 99) / 100 - 1];
}

int presence_departure(const struct visit *visit, size_t visits, const struct presence_move *move,
		       struct presence_departure *out, struct error *error)
{
	struct leaving *list = malloc((visits + 1) * sizeof(*list));
	int64_t *times = malloc((visits + 1) * sizeof(*times)), quiet, last = INT64_MIN;
	int64_t moved = INT64_MIN;
	size_t count, i, n = 0;

	if (list == NULL || times == NULL) {
		free(list);
		free(times);
		return error_memory(error);
	}
	count = list_leavings(visit, visits, move, list);
	quiet = quiet_hour(list, count);
	*out = (struct presence_departure){ 0 };
	for (i = 0; i < count; i++) {
		int64_t day = visit_day(list[i].local - quiet);

		if ((move->days >> (visit_of_week(day * VISIT_DAY_MS) / VISIT_DAY_MS) & 1) == 0)
			continue;
		out->days += day != last;
		last = day;
		if (list[i].there && day != moved) {
			times[n++] = list[i].local - day * VISIT_DAY_MS;
			moved = day;
		}
	}
	qsort(times, n, sizeof(*times), by_time);
	out->moves = (uint32_t)n;
	out->q10 = quantile(times, n, 10);
	out->q50 = quantile(times, n, 50);
	out->q90 = quantile(times, n, 90);
	free(list);
	free(times);
	return 0;
}
