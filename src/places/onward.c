/* Votes of the moves that were; see onward.h. */
#include "onward.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"

#define NOBODY UINT32_MAX		/* no place, like nothing */
#define DAY_MINUTES 1440
#define RECENT 4			/* places that are compared */
#define SHORT_MOST 64			/* moves that the short memory reaches */
#define FIT_MOVES 128
#define MAP_WIDTH 0.1			/* of chances that are alike */
#define MAP_PRIOR 8.0			/* moves */
#define POWERS 9
#define QUANTILES 4
#define HOUR_MINUTES 60
#define FLOOR 0.01			/* of likelihoods in the fit */
#define POWER_KEEP 20.0			/* strength of the usual power, in nats */

/* What differs between the two questions. */
struct kernel {
	double wide, wide_weight, wide_class, wide_weekday, near, near_weight;
	double order1, order2, before, here_before, same;
	double power;
	double since[8];		/* g: below 3, 8, 15, 28, 52, 180, 800 hours, more */
};

static const struct kernel kernels[2] = {
	{ 300, 2, 0.7, 1.4, 48, 1.6, 2, 0.5, 0.39, 1, 0.6, 1.1,
	  { 0.64, 0.64, 0.8, 1.25, 1, 1.25, 1, 1 } },
	{ 150, 6, 0.4, 2, 48, 0.8, 3.1, 2.5, 0.5, 1, 0.6, 1.05,
	  { 0.5, 0.5, 0.8, 1.25, 1, 1.25, 1, 1 } },
};

static const double class_near = 0.3, decay_days = 125, decay_moves = 256, short_weight = 0.2;
static const double short_moves = 4, middle_moves = 16;
static const double prior_moves = 6, prior_new = 0.125, new_moves = 32;
static const double seldom[6] = { 1, 0.5, 0.7, 0.9, 0.9, 0.9 };	/* f by visits */

struct step {
	int64_t arrive;			/* ms */
	int32_t minute[2];		/* of the week, local: left the one before; arrived */
	uint32_t place;			/* dense, or NOBODY */
	int32_t took;			/* minutes from leaving to arriving */
	bool fresh;
};

struct onward {
	size_t steps, capacity;		/* of the list */
	size_t first;			/* of those that are used */
	size_t frozen;			/* steps from here on do not vote */
	struct step *list;
	size_t places, place_capacity;
	uint32_t *place;		/* of the caller, by dense number: in order of appearance */
	int64_t leave;			/* of the last visit */
	int16_t zone;
	double fit;			/* factor of the power */
	/* what was said of the first place at the latest moves, and whether it came so */
	size_t said_count;
	double said[FIT_MOVES];
	bool came[FIT_MOVES];
	float wide[2][DAY_MINUTES / 2 + 1], near[2][DAY_MINUTES / 2 + 1];
	double fade[SHORT_MOST];
};

/* Someone at a moment, before step `at`. */
struct moment {
	size_t at;
	int64_t time;			/* ms */
	int32_t minute;			/* of the week */
	uint32_t recent[RECENT];	/* newest first */
};

struct votes {
	double *sum;			/* by place */
	int64_t *last;
	uint32_t *visits;
	double fresh;			/* the chance */
};

static int32_t minute_of_week(int64_t time, int16_t zone)
{
	return (int32_t)(visit_of_week(visit_local(time, zone)) / 60000);
}

static bool weekend(int32_t minute)
{
	return minute >= 5 * DAY_MINUTES;
}

static int32_t apart(int32_t a, int32_t b)
{
	int32_t away = abs(a % DAY_MINUTES - b % DAY_MINUTES);

	return away > DAY_MINUTES / 2 ? DAY_MINUTES - away : away;
}

static uint32_t dense(struct onward *onward, uint32_t place)
{
	size_t i;

	/* the newest first: most visits are to a few places, seen not long ago */
	for (i = onward->places; i-- > 0;)
		if (onward->place[i] == place)
			return (uint32_t)i;
	return NOBODY;
}

static struct moment moment_before(const struct onward *onward, size_t at, int64_t time,
				   int32_t minute)
{
	struct moment moment = { .at = at, .time = time, .minute = minute };
	size_t i;

	for (i = 0; i < RECENT; i++)
		moment.recent[i] = at > i ? onward->list[at - 1 - i].place : NOBODY;
	return moment;
}

/* Pairs of equal places among the last four of both. */
static int likeness(const struct onward *onward, size_t j, const struct moment *moment)
{
	size_t z, y;
	int same = 0;

	for (z = 1; z <= RECENT && z <= j; z++)
		for (y = 0; y < RECENT; y++)
			same += onward->list[j - z].place == moment->recent[y] &&
				moment->recent[y] != NOBODY;
	return same;
}

static double order_of(const struct onward *onward, const struct kernel *kernel, size_t j,
		       const struct moment *moment, double scarce)
{
	uint32_t here = moment->recent[0], earlier = moment->recent[1];
	bool one = onward->list[j - 1].place == here && here != NOBODY;
	bool two = j > 1 && onward->list[j - 2].place == earlier && earlier != NOBODY;
	double order = 1;

	if (one)
		return (1 + kernel->order1 * scarce) * (two ? 1 + kernel->order2 : 1);
	if (j > 1 && onward->list[j - 2].place == here && here != NOBODY)
		order *= 1 + kernel->here_before;
	return two ? order * (1 + kernel->before) : order;
}

static double bumps(const struct onward *onward, enum onward_ask ask, int32_t then, int32_t now)
{
	const struct kernel *kernel = &kernels[ask];
	int32_t away = apart(then, now);
	bool same_class = weekend(then) == weekend(now);
	bool same_day = then / DAY_MINUTES == now / DAY_MINUTES;
	double near = onward->near[ask][away] * (same_class ? 1 : class_near);
	double wide = onward->wide[ask][away] * (same_class ? 1 : kernel->wide_class) *
		      (same_day ? kernel->wide_weekday : 1);

	return (1 + kernel->near_weight * near) * (1 + kernel->wide_weight * wide);
}

static void vote(const struct onward *onward, enum onward_ask ask, const struct moment *moment,
		 struct votes *votes)
{
	const struct kernel *kernel = &kernels[ask];
	double all = prior_moves, fresh = prior_moves * prior_new, keep = exp(-1 / new_moves);
	double remembered = 1, here = 0, scarce;
	size_t j, at = moment->at, end = at < onward->frozen ? at : onward->frozen;

	memset(votes->sum, 0, onward->places * sizeof(*votes->sum));
	memset(votes->visits, 0, onward->places * sizeof(*votes->visits));
	for (j = onward->first; j < end; j++)
		here += onward->list[j].place == moment->recent[0] && moment->recent[0] != NOBODY;
	scarce = sqrt(sqrt(((double)(end - onward->first) + 5) / (here + 1)));
	for (j = end; j-- > onward->first && j > 0;) {
		const struct step *step = &onward->list[j];
		double days = (double)(moment->time - step->arrive) / (double)VISIT_DAY_MS;
		double moves = (double)(at - j), age, likely;

		likely = bumps(onward, ask, step->minute[ask], moment->minute) *
			 order_of(onward, kernel, j, moment, scarce) *
			 (1 + kernel->same * likeness(onward, j, moment) / 4);
		age = exp(-(days > 0 ? days : 0) / decay_days) / (1 + moves / decay_moves);
		if (at - j < SHORT_MOST)
			age += onward->fade[at - j];
		remembered *= keep;
		all += remembered * sqrt(likely);
		fresh += step->fresh ? remembered * sqrt(likely) : 0;
		if (step->place == NOBODY)
			continue;
		votes->sum[step->place] += likely * age;
		if (votes->visits[step->place]++ == 0)
			votes->last[step->place] = step->arrive;
	}
	/* the first visit is no move, but its place is known */
	if (onward->first == 0 && end > 0 && onward->list[0].place != NOBODY &&
	    votes->visits[onward->list[0].place]++ == 0)
		votes->last[onward->list[0].place] = onward->list[0].arrive;
	votes->fresh = fresh / all;
}

/* Who never is at one place twice in a row (visits, not check-ins) is not going to be. */
static double lingering(const struct onward *onward, const struct votes *votes, size_t at)
{
	double twice = 0, expected = 0, all = 0, ratio;
	size_t j;

	for (j = onward->first + 1; j < at; j++)
		twice += onward->list[j].place == onward->list[j - 1].place &&
			 onward->list[j].place != NOBODY;
	for (j = 0; j < onward->places; j++) {
		expected += (double)votes->visits[j] * votes->visits[j];
		all += votes->visits[j];
	}
	ratio = (twice + 1) / (all > 0 ? expected / all + 1 : 1);
	return ratio < 1 ? ratio : 1;
}

/* Votes to weights before the power: f and g. */
static void weigh(const struct onward *onward, enum onward_ask ask, const struct moment *moment,
		  struct votes *votes)
{
	static const double hours[7] = { 3, 8, 15, 28, 52, 180, 800 };
	double linger = lingering(onward, votes, moment->at);
	size_t i, k;

	for (i = 0; i < onward->places; i++) {
		double since = (double)(moment->time - votes->last[i]) / 3600000.0;

		if (votes->visits[i] == 0)
			continue;
		for (k = 0; k < 7 && since >= hours[k]; k++)
			;
		votes->sum[i] *= kernels[ask].since[k] *
				 seldom[votes->visits[i] < 6 ? votes->visits[i] : 0];
		if (i == moment->recent[0])
			votes->sum[i] *= linger;
	}
}

/* share[i] += part * sum^power / sum of all; whether there was anything. */
static bool add_shares(const double *sum, size_t places, double power, double part, double *share)
{
	double most = 0, all = 0;
	size_t i;

	for (i = 0; i < places; i++)
		most = sum[i] > most ? sum[i] : most;
	if (most <= 0)
		return false;
	for (i = 0; i < places; i++)
		all += sum[i] > 0 ? pow(sum[i] / most, power) : 0;
	for (i = 0; i < places; i++)
		share[i] += sum[i] > 0 ? part * pow(sum[i] / most, power) / all : 0;
	return true;
}

static int votes_init(struct votes *votes, size_t places)
{
	*votes = (struct votes){ malloc((places + 1) * sizeof(double)),
				 calloc(places + 1, sizeof(int64_t)),
				 malloc((places + 1) * sizeof(uint32_t)), 0 };
	return votes->sum != NULL && votes->last != NULL && votes->visits != NULL ? 0 :
	       TACIT_E_MEMORY;
}

static void votes_free(struct votes *votes)
{
	free(votes->sum);
	free(votes->last);
	free(votes->visits);
}

static size_t fit_from(const struct onward *onward)
{
	size_t from = onward->steps > FIT_MOVES ? onward->steps - FIT_MOVES : 0;

	return from < onward->first + 2 ? onward->first + 2 : from;
}

/* Adds the log-likelihoods of the latest moves under each power. */
static void try_powers(const struct onward *onward, struct votes *votes, double *share,
		       const double *factor, double *likely)
{
	size_t i, k;

	for (i = fit_from(onward); i < onward->steps; i++) {
		const struct step *step = &onward->list[i];
		struct moment moment = moment_before(onward, i, onward->list[i - 1].arrive,
						     step->minute[ONWARD_LEAVING]);

		if (step->fresh || step->place == NOBODY)
			continue;
		vote(onward, ONWARD_LEAVING, &moment, votes);
		weigh(onward, ONWARD_LEAVING, &moment, votes);
		for (k = 0; k < POWERS; k++) {
			memset(share, 0, onward->places * sizeof(*share));
			add_shares(votes->sum, onward->places,
				   kernels[ONWARD_LEAVING].power * factor[k], 1, share);
			likely[k] += log((1 - FLOOR) * share[step->place] + FLOOR);
		}
	}
}

/* What would have been said of the latest moves. */
static void look_back(struct onward *onward, struct votes *votes, double *share)
{
	size_t i, k, best;

	onward->said_count = 0;
	for (i = fit_from(onward); i < onward->steps; i++) {
		const struct step *step = &onward->list[i];
		struct moment moment = moment_before(onward, i, onward->list[i - 1].arrive,
						     step->minute[ONWARD_LEAVING]);

		vote(onward, ONWARD_LEAVING, &moment, votes);
		weigh(onward, ONWARD_LEAVING, &moment, votes);
		memset(share, 0, onward->places * sizeof(*share));
		if (!add_shares(votes->sum, onward->places, kernels[ONWARD_LEAVING].power *
				onward->fit, 1, share))
			continue;
		for (k = 1, best = 0; k < onward->places; k++)
			best = share[k] > share[best] ? k : best;
		onward->said[onward->said_count] = (1 - votes->fresh) * share[best];
		onward->came[onward->said_count++] = !step->fresh && step->place == best;
	}
}

/* The chance of the likeliest place by how often such a chance came true. */
static double mapped(const struct onward *onward, double chance)
{
	double all = MAP_PRIOR, came = MAP_PRIOR * chance;
	size_t i;

	for (i = 0; i < onward->said_count; i++) {
		double away = (onward->said[i] - chance) / MAP_WIDTH;
		double weight = exp(-away * away / 2);

		all += weight;
		came += onward->came[i] ? weight : 0;
	}
	return came / all;
}

/* The factor of the power under which the person's latest moves were likeliest. */
static int fit(struct onward *onward)
{
	static const double factor[POWERS] = { 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.8 };
	double *share = malloc((onward->places + 1) * sizeof(*share)), likely[POWERS];
	struct votes votes;
	int result = votes_init(&votes, onward->places), k, best = 0;

	for (k = 0; k < POWERS; k++)
		likely[k] = -POWER_KEEP * log(factor[k]) * log(factor[k]);
	result = share == NULL ? TACIT_E_MEMORY : result;
	if (result == 0)
		try_powers(onward, &votes, share, factor, likely);
	for (k = 1; k < POWERS; k++)
		best = likely[k] > likely[best] ? k : best;
	onward->fit = factor[best];
	if (result == 0)
		look_back(onward, &votes, share);
	votes_free(&votes);
	free(share);
	return result;
}

struct taken {
	int32_t minutes;
	double weight;
};

static int by_minutes(const void *x, const void *y)
{
	const struct taken *a = x, *b = y;

	return a->minutes != b->minutes ? (a->minutes > b->minutes) - (a->minutes < b->minutes) :
	       (a->weight > b->weight) - (a->weight < b->weight);
}

/* Quantiles of how long moves that began like this one took; returns how many. */
static size_t times_taken(const struct onward *onward, const struct moment *moment, int32_t *out)
{
	struct taken *taken = malloc((onward->steps + 1) * sizeof(*taken));
	size_t count = 0, j, k = 0, q;
	double all = 0, sum = 0;

	if (taken == NULL)
		return 0;
	for (j = onward->first + 1; j < moment->at; j++) {
		const struct step *step = &onward->list[j];
		double hours = apart(step->minute[ONWARD_LEAVING], moment->minute) / 60.0;
		double weight = (0.05 + exp(-hours * hours / 8)) *
				exp(-(double)(moment->at - j) / 150);

		weight *= onward->list[j - 1].place == moment->recent[0] ? 2 : 1;
		taken[count++] = (struct taken){ step->took, weight };
		all += weight;
	}
	qsort(taken, count, sizeof(*taken), by_minutes);
	for (q = 0; count > 0 && q < QUANTILES; q++) {
		while (k + 1 < count && sum + taken[k].weight < all * ((double)q + 0.5) / QUANTILES)
			sum += taken[k++].weight;
		out[q] = taken[k].minutes;
	}
	free(taken);
	return count > 0 ? QUANTILES : 0;
}

/* The first place gets what its chance meant so far; all others share the rest as before. */
static void correct(const struct onward *onward, double *share, double *fresh)
{
	size_t i, best = 0, next = SIZE_MAX;
	double first, rest;

	for (i = 1; i < onward->places; i++)
		best = share[i] > share[best] ? i : best;
	if (onward->places == 0 || share[best] <= 0 || share[best] >= 1)
		return;
	for (i = 0; i < onward->places; i++)
		if (i != best && (next == SIZE_MAX || share[i] > share[next]))
			next = i;
	first = mapped(onward, share[best]);
	rest = (1 - first) / (1 - share[best]);
	/* it stays the first */
	if (next != SIZE_MAX && share[next] * rest > first) {
		first = share[next] / (1 - share[best] + share[next]) * (1 + 1e-6);
		rest = (1 - first) / (1 - share[best]);
	}
	for (i = 0; i < onward->places; i++)
		share[i] *= rest;
	share[best] = first;
	*fresh *= rest;
}

/* Chances of the places, and the chance of somewhere new. */
static void share_out(const struct onward *onward, enum onward_ask ask, const struct moment *moment,
		     struct votes *votes, double *share, double *fresh)
{
	double power = kernels[ask].power * onward->fit;
	int32_t took[QUANTILES];
	size_t times = 0, q, i;

	memset(share, 0, onward->places * sizeof(*share));
	if (ask == ONWARD_LEAVING)
		times = times_taken(onward, moment, took);
	*fresh = 0;
	for (q = 0; q < times; q++) {
		struct moment then = *moment;

		then.time += took[q] * 60000LL;
		then.minute = (moment->minute + took[q]) % (7 * DAY_MINUTES);
		vote(onward, ONWARD_ARRIVING, &then, votes);
		weigh(onward, ONWARD_ARRIVING, &then, votes);
		add_shares(votes->sum, onward->places, kernels[ONWARD_ARRIVING].power *
			   onward->fit, 0.5 / (double)times, share);
		*fresh += votes->fresh * 0.5 / (double)times;
	}
	vote(onward, ask, moment, votes);
	weigh(onward, ask, moment, votes);
	*fresh += votes->fresh * (times > 0 ? 0.5 : 1);
	if (!add_shares(votes->sum, onward->places, power, times > 0 ? 0.5 : 1, share))
		*fresh = 1;
	for (i = 0; i < onward->places; i++)
		share[i] *= 1 - *fresh;
	correct(onward, share, fresh);
}

static void count_reasons(const struct onward *onward, enum onward_ask ask,
			  const struct moment *moment, uint32_t place, struct onward_guess *guess)
{
	size_t j;

	for (j = onward->first; j < moment->at; j++) {
		const struct step *step = &onward->list[j];
		bool one;

		if (step->place != place)
			continue;
		guess->visits++;
		guess->last = step->arrive;
		if (j == 0)
			continue;
		one = onward->list[j - 1].place == moment->recent[0] &&
		      moment->recent[0] != NOBODY;
		guess->order1 += one;
		guess->order2 += one && j > 1 && moment->recent[1] != NOBODY &&
				 onward->list[j - 2].place == moment->recent[1];
		guess->hour += apart(step->minute[ask], moment->minute) <= HOUR_MINUTES &&
			       weekend(step->minute[ask]) == weekend(moment->minute);
	}
}

/* The likeliest places as guesses; what is left over goes to `others` to the unit. */
static void list_guesses(const struct onward *onward, enum onward_ask ask,
			 const struct moment *moment, double *share, const struct votes *votes,
			 double fresh, struct onward_answer *out)
{
	int32_t left;
	size_t i;

	*out = (struct onward_answer){ .fresh = (int32_t)lround(fresh * FIXED_ONE) };
	left = FIXED_ONE - out->fresh;
	while (out->count < ONWARD_GUESSES) {
		struct onward_guess *guess = &out->list[out->count];
		size_t best = onward->places;

		for (i = 0; i < onward->places; i++)
			if (share[i] > 0 && (best == onward->places || share[i] > share[best] ||
			    (share[i] == share[best] && votes->last[i] > votes->last[best])))
				best = i;
		if (best == onward->places)
			break;
		guess->place = onward->place[best];
		guess->chance = (int32_t)(share[best] * FIXED_ONE);
		guess->chance = guess->chance > left ? left : guess->chance;
		left -= guess->chance;
		count_reasons(onward, ask, moment, (uint32_t)best, guess);
		share[best] = 0;
		out->count++;
	}
	out->others = left;
	for (i = onward->first + 1; i < moment->at; i++) {
		out->moves++;
		out->new_moves += onward->list[i].fresh;
	}
}

int onward_next(const struct onward *onward, enum onward_ask ask, int64_t when, int16_t zone,
		struct onward_answer *out, struct error *error)
{
	struct moment moment = moment_before(onward, onward->steps, when,
					     minute_of_week(when, zone));
	double *share = malloc((onward->places + 1) * sizeof(*share)), fresh;
	struct votes votes;
	int result = votes_init(&votes, onward->places);

	if (share == NULL || result != 0) {
		result = error_memory(error);
	} else {
		share_out(onward, ask, &moment, &votes, share, &fresh);
		list_guesses(onward, ask, &moment, share, &votes, fresh, out);
	}
	votes_free(&votes);
	free(share);
	return result;
}

static int grow(struct onward *onward)
{
	if (onward->steps == onward->capacity) {
		size_t wanted = onward->capacity * 2 + 256;
		struct step *grown = realloc(onward->list, wanted * sizeof(*grown));

		if (grown == NULL)
			return TACIT_E_MEMORY;
		onward->list = grown;
		onward->capacity = wanted;
	}
	if (onward->places == onward->place_capacity) {
		size_t wanted = onward->place_capacity * 2 + 64;
		uint32_t *grown = realloc(onward->place, wanted * sizeof(*grown));

		if (grown == NULL)
			return TACIT_E_MEMORY;
		onward->place = grown;
		onward->place_capacity = wanted;
	}
	return 0;
}

int onward_add(struct onward *onward, const struct visit *visit, struct error *error)
{
	struct step step = { .arrive = visit->arrive, .place = NOBODY, .fresh = true };
	int64_t left = onward->steps > 0 ? onward->leave : visit->arrive;
	int64_t took = (visit->arrive - left) / 60000;

	if (grow(onward) != 0)
		return error_memory(error);
	if (visit->place != VISIT_NOWHERE) {
		step.place = dense(onward, visit->place);
		step.fresh = step.place == NOBODY;
		if (step.fresh) {
			step.place = (uint32_t)onward->places;
			onward->place[onward->places++] = visit->place;
		}
	}
	step.minute[ONWARD_LEAVING] = minute_of_week(left, onward->steps > 0 ? onward->zone :
						     visit->zone);
	step.minute[ONWARD_ARRIVING] = minute_of_week(visit->arrive, visit->zone);
	step.took = (int32_t)(took < 0 ? 0 : took > 60 * DAY_MINUTES ? 60 * DAY_MINUTES : took);
	onward->list[onward->steps++] = step;
	onward->first = onward->steps > ONWARD_MOST ? onward->steps - ONWARD_MOST : 0;
	onward->leave = visit->leave;
	onward->zone = visit->zone;
	return 0;
}

void onward_freeze(struct onward *onward)
{
	onward->frozen = onward->steps;
}

static void make_tables(struct onward *onward)
{
	int ask, i;

	for (ask = 0; ask < 2; ask++)
		for (i = 0; i <= DAY_MINUTES / 2; i++) {
			double wide = i / kernels[ask].wide, near = i / kernels[ask].near;

			onward->wide[ask][i] = (float)exp(-wide * wide / 2);
			onward->near[ask][i] = (float)exp(-near * near / 2);
		}
	for (i = 0; i < SHORT_MOST; i++)
		onward->fade[i] = short_weight * (exp(-i / short_moves) +
						  exp(-i / middle_moves));
}

int onward_learn(const struct visit *visit, size_t visits, struct onward **out,
		 struct error *error)
{
	struct onward *onward = calloc(1, sizeof(*onward));
	size_t i;
	int result = 0;

	if (onward == NULL)
		return error_memory(error);
	make_tables(onward);
	onward->frozen = SIZE_MAX;
	for (i = 0; i < visits && result == 0; i++)
		result = onward_add(onward, &visit[i], error);
	if (result == 0 && fit(onward) != 0)
		result = error_memory(error);
	if (result != 0) {
		onward_free(onward);
		return result;
	}
	*out = onward;
	return 0;
}

void onward_free(struct onward *onward)
{
	if (onward == NULL)
		return;
	free(onward->list);
	free(onward->place);
	free(onward);
}
