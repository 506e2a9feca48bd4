/* Days and weeks at work; see home.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "places/home_runs.h"

#define WORK_LEAST_MS (4 * HOME_HOUR_MS)
#define WORK_MOST_MS (14 * HOME_HOUR_MS)
#define DAYS_LEAST 3			/* of a week */
#define NEAR_MINUTES 75.0
#define DAY_MINUTES 1440.0

static const struct home_rule work_rule = { 1 / 156.0, 0.015, 0.82, 0.05, 1 };

static bool at_work(const struct home_session *session)
{
	return session->ms >= WORK_LEAST_MS && session->ms <= WORK_MOST_MS;
}

/* Places that are no home, as far as anything is known of it. */
static void mark_possible(const struct place *place, size_t places, const struct homes *homes,
			  bool *possible)
{
	size_t i;

	for (i = 0; i < places; i++)
		possible[i] = (place[i].rejected >> PLACE_WORK & 1) == 0 &&
			      (!place[i].told || place[i].kind == PLACE_WORK);
	for (i = 0; i < homes->count; i++)
		if (homes->list[i].kind == PLACE_HOME && homes->list[i].confidence >= FIXED_ONE / 2)
			possible[homes->list[i].place] = false;
}

static void vote(const struct home_table *table, const bool *possible, int64_t *spent,
		 struct home_votes *votes)
{
	uint32_t *most = calloc(table->weeks + 1, sizeof(*most));
	size_t i, k;

	memset(votes->routine, 0, table->weeks * sizeof(*votes->routine));
	for (i = 0; i < table->days; i++) {
		votes->day[i] = VISIT_NOWHERE;
		spent[i] = 0;
	}
	for (i = 0; i < table->weeks; i++)
		votes->week[i] = table->known[i] * 2 < VISIT_WEEK_MS ? VISIT_NOWHERE : HOME_NONE;
	for (i = 0; most != NULL && i < table->sessions; i = k) {
		uint32_t place = table->session[i].place, week = UINT32_MAX, day = UINT32_MAX;
		uint32_t days = 0;

		for (k = i; k < table->sessions && table->session[k].place == place; k++) {
			const struct home_session *one = &table->session[k];

			if (!possible[place] || !at_work(one) || one->day >= table->days)
				continue;
			if (one->ms > spent[one->day]) {
				spent[one->day] = one->ms;
				votes->day[one->day] = place;
			}
			if (one->day / 7 != week)
				days = 0;
			week = one->day / 7;
			days += one->day != day;
			day = one->day;
			if (days >= DAYS_LEAST && days > most[week]) {
				most[week] = days;
				votes->week[week] = place;
			}
		}
	}
	free(most);
}

/* Middle of the times of day of the sessions on work days within the claim. */
static double mean_minute(const struct home_table *table, const struct home_claim *claim)
{
	double x = 0, y = 0, angle;
	size_t i;

	for (i = 0; i < table->sessions; i++) {
		const struct home_session *one = &table->session[i];

		if (one->place != claim->place || !at_work(one) || one->start < claim->from ||
		    one->start > claim->until)
			continue;
		angle = one->minute / DAY_MINUTES * 2 * M_PI;
		x += cos(angle);
		y += sin(angle);
	}
	angle = atan2(y, x) / (2 * M_PI) * DAY_MINUTES;
	return angle < 0 ? angle + DAY_MINUTES : angle;
}

static void weigh(const struct home_table *table, struct home_claim *claim)
{
	double middle = mean_minute(table, claim), regular = 0, days = 0, rests = 0, chance;
	size_t i;

	for (i = 0; i < table->sessions; i++) {
		const struct home_session *one = &table->session[i];
		double away = fabs(one->minute - middle);
		/* a night shift is in the noon-day of its date; a morning's, in that before */
		size_t day = one->minute < 720 && one->day > 0 ? one->day - 1 : one->day;

		if (one->place != claim->place || !at_work(one) || one->start < claim->from ||
		    one->start > claim->until)
			continue;
		days++;
		away = away > DAY_MINUTES / 2 ? DAY_MINUTES - away : away;
		regular += away <= NEAR_MINUTES;
		rests += day < table->days && table->winner[day] == claim->place;
	}
	chance = home_beta(regular, days - regular, 0.5) *
		 (1 - home_beta(rests, days - rests, 1 / 3.0));
	claim->confidence = (int32_t)(claim->confidence * chance);
}

int home_work(const struct home_table *table, const struct place *place, struct home_votes *votes,
	      const struct visit *visit, size_t visits, struct homes *out)
{
	bool *possible = malloc(table->places + 1);
	int64_t *spent = malloc((table->days + 1) * sizeof(*spent));
	size_t before = out->count, i, kept;
	int result = TACIT_E_MEMORY;

	if (possible == NULL || spent == NULL)
		goto out;
	mark_possible(place, table->places, out, possible);
	votes->kind = PLACE_WORK;
	votes->rule = &work_rule;
	vote(table, possible, spent, votes);
	result = home_runs(table, votes, visit, visits, out);
	for (i = kept = before; i < out->count; i++) {
		weigh(table, &out->list[i]);
		if (out->list[i].confidence >= FIXED_ONE / 2)
			out->list[kept++] = out->list[i];
	}
	out->count = kept;
out:
	free(possible);
	free(spent);
	return result;
}
