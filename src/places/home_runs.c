/* Posterior of each week, runs of weeks, and where exactly a run begins and ends. */
#include "home_runs.h"

#include <stdlib.h>
#include <string.h>

#define LEAST 0.5
#define SURE 0.8

struct run {
	size_t symbol, first, last;	/* weeks */
	size_t from, until;		/* days: [from, until) */
	double mean;
};

struct symbols {
	size_t count;			/* with that of none */
	uint32_t place[HOME_SYMBOLS];
};

struct tally {
	uint32_t place, weeks;
};

static int by_weeks(const void *x, const void *y)
{
	const struct tally *a = x, *b = y;

	if (a->weeks != b->weeks)
		return a->weeks < b->weeks ? 1 : -1;
	return (a->place > b->place) - (a->place < b->place);
}

/* The places that most weeks show, and one symbol for all else. */
static int choose_symbols(const struct home_table *table, const struct home_votes *votes,
			  struct symbols *out)
{
	struct tally *tally = calloc(table->places + 1, sizeof(*tally));
	size_t i;

	if (tally == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < table->places; i++)
		tally[i].place = (uint32_t)i;
	for (i = 0; i < table->weeks; i++)
		if (votes->week[i] < table->places)
			tally[votes->week[i]].weeks++;
	qsort(tally, table->places, sizeof(*tally), by_weeks);
	out->count = 0;
	for (i = 0; i < table->places && i + 1 < HOME_SYMBOLS && tally[i].weeks > 0; i++)
		out->place[out->count++] = tally[i].place;
	out->place[out->count++] = HOME_NONE;
	free(tally);
	return 0;
}

static void read_weeks(const struct home_table *table, const struct home_votes *votes,
		       const struct symbols *symbols, struct home_week *week)
{
	size_t i, k;

	for (i = 0; i < table->weeks; i++) {
		week[i] = (struct home_week){ -1, votes->routine[i] };
		for (k = 0; k < symbols->count && votes->week[i] != VISIT_NOWHERE; k++)
			if (symbols->place[k] == votes->week[i] || k + 1 == symbols->count) {
				week[i].shown = (int32_t)k;
				break;
			}
	}
}

/* Runs of weeks at LEAST or above, cut to those at SURE or above where there are any. */
static size_t find_runs(const double *posterior, size_t weeks, size_t symbols, struct run *run)
{
	size_t count = 0, t, k, end, i;

	for (t = 0; t < weeks; t = end) {
		const double *at = posterior + t * HOME_SYMBOLS;
		struct run one = { .first = weeks };
		double sum = 0;

		end = t + 1;
		for (k = 0; k < symbols && at[k] < LEAST; k++)
			;
		if (k == symbols)
			continue;
		while (end < weeks && posterior[end * HOME_SYMBOLS + k] >= LEAST)
			end++;
		for (i = t; i < end; i++)
			if (posterior[i * HOME_SYMBOLS + k] >= SURE) {
				one.first = one.first < i ? one.first : i;
				one.last = i;
			}
		if (one.first == weeks) {
			one.first = t;
			one.last = end - 1;
		}
		for (i = one.first; i <= one.last; i++)
			sum += posterior[i * HOME_SYMBOLS + k];
		one.symbol = k;
		one.mean = sum / (double)(one.last - one.first + 1);
		run[count++] = one;
	}
	return count;
}

/* The day from which on `later` fits better than `earlier`: the first of the best. */
static size_t cut(const struct home_votes *votes, uint32_t earlier, uint32_t later, size_t from,
		  size_t until)
{
	int64_t fit = 0, best = 0;
	size_t day, at = from;

	for (day = from; day < until; day++) {
		fit += (votes->day[day] == earlier) - (votes->day[day] == later);
		if (fit > best) {
			best = fit;
			at = day + 1;
		}
	}
	return at;
}

static void set_days(const struct home_table *table, const struct home_votes *votes,
		     const struct symbols *symbols, struct run *run, size_t runs)
{
	size_t i;

	for (i = 0; i < runs; i++) {
		run[i].from = run[i].first == 0 ? 0 : run[i].first * 7;
		run[i].until = (run[i].last + 1) * 7;
		if (run[i].until > table->days)
			run[i].until = table->days;
	}
	for (i = 1; i < runs; i++)
		run[i].from = run[i - 1].until = cut(votes, symbols->place[run[i - 1].symbol],
			symbols->place[run[i].symbol], run[i - 1].from, run[i].until);
}

static int claim_run(const struct home_table *table, const struct home_votes *votes,
		     const struct run *run, uint32_t place, const struct visit *visit,
		     size_t visits, struct homes *out)
{
	struct home_claim claim = { .place = place, .kind = votes->kind,
				    .confidence = (int32_t)(run->mean * FIXED_ONE) };
	size_t last_known = 0, i;
	bool any = false;

	for (i = 0; i < table->weeks; i++)
		if (votes->week[i] != VISIT_NOWHERE)
			last_known = i;
	for (i = 0; i < visits; i++) {
		int64_t day = home_day(table, visit[i].arrive, visit[i].zone);

		if (visit[i].place != place || day < (int64_t)run->from ||
		    day >= (int64_t)run->until)
			continue;
		if (!any || visit[i].arrive < claim.from)
			claim.from = visit[i].arrive;
		if (!any || visit[i].leave > claim.until)
			claim.until = visit[i].leave;
		any = true;
	}
	if (!any)
		return 0;
	for (i = run->first; i <= run->last; i++) {
		claim.weeks += votes->week[i] != VISIT_NOWHERE;
		claim.held += votes->week[i] == place;
	}
	claim.open = run->last >= last_known;
	if (claim.confidence >= FIXED_ONE)
		claim.confidence = FIXED_ONE - 1;
	return home_add(out, &claim);
}

int home_add(struct homes *homes, const struct home_claim *claim)
{
	struct home_claim *grown = realloc(homes->list, (homes->count + 1) * sizeof(*grown));

	if (grown == NULL)
		return TACIT_E_MEMORY;
	grown[homes->count] = *claim;
	homes->list = grown;
	homes->count++;
	return 0;
}

int home_runs(const struct home_table *table, const struct home_votes *votes,
	      const struct visit *visit, size_t visits, struct homes *out)
{
	struct symbols symbols;
	struct home_week *week = malloc((table->weeks + 1) * sizeof(*week));
	double *posterior = calloc((table->weeks + 1) * HOME_SYMBOLS, sizeof(*posterior));
	struct run *run = malloc((table->weeks + 1) * sizeof(*run));
	int result = TACIT_E_MEMORY;
	size_t runs, i;

	if (week == NULL || posterior == NULL || run == NULL ||
	    choose_symbols(table, votes, &symbols) != 0)
		goto out;
	read_weeks(table, votes, &symbols, week);
	if (home_chain(week, table->weeks, symbols.count, votes->rule, posterior) != 0)
		goto out;
	runs = find_runs(posterior, table->weeks, symbols.count, run);
	set_days(table, votes, &symbols, run, runs);
	result = 0;
	for (i = 0; i < runs && result == 0; i++)
		if (run[i].symbol + 1 < symbols.count)
			result = claim_run(table, votes, &run[i], symbols.place[run[i].symbol],
					   visit, visits, out);
out:
	free(week);
	free(posterior);
	free(run);
	return result;
}
