/* Forward and backward over (base, shown); see home_chain.h. */
#include "home_chain.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"

#define STATES (HOME_SYMBOLS * HOME_SYMBOLS)
#define BACK 0.5			/* of journeys that go on no more: home, not farther */
#define BASE_NONE 0.5			/* before anything is seen: no base at all */
#define NONE_LEAVE 0.2			/* a week: who has no base is soon somewhere */
#define STEPS 512

struct chain {
	size_t symbols, states;
	const struct home_rule *rule;
	double step[STATES][STATES];
};

static double step_of(const struct chain *chain, size_t from, size_t to)
{
	size_t n = chain->symbols, base = from / n, shown = from % n;
	size_t to_base = to / n, to_shown = to % n;
	double others = n > 1 ? (double)(n - 1) : 1, further = n > 2 ? (double)(n - 2) : 0;
	const struct home_rule *rule = chain->rule;
	double leave = base + 1 == n ? NONE_LEAVE : rule->leave;
	double end = 1 - rule->remain, back = further > 0 ? BACK : 1;

	if (to_base != base)		/* to a new base one goes at once */
		return to_shown == to_base ? rule->move / others : 0;
	if (shown == base)
		return (1 - rule->move) *
		       (to_shown == base ? 1 - leave : leave / others);
	if (to_shown == shown)
		return (1 - rule->move) * rule->remain;
	if (to_shown == base)
		return (1 - rule->move) * end * back;
	return (1 - rule->move) * end * (1 - back) / further;
}

static double likely(const struct chain *chain, const struct home_week *week, size_t state)
{
	size_t n = chain->symbols;
	bool at_base = state / n == state % n;
	double chance = 1;

	if (week->shown >= 0)
		chance = (size_t)week->shown == state % n ? 1 - chain->rule->slip :
			 chain->rule->slip / (n > 1 ? (double)(n - 1) : 1);
	return week->routine && at_base ? chance * chain->rule->routine : chance;
}

static void scale(double *value, size_t count)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += value[i];
	for (i = 0; i < count && sum > 0; i++)
		value[i] /= sum;
}

static void forward(const struct chain *chain, const struct home_week *week, size_t weeks,
		    double *alpha)
{
	size_t s = chain->states, n = chain->symbols, t, i, k;

	for (i = 0; i < s; i++) {
		bool none = i / n + 1 == n;

		alpha[i] = (i / n == i % n || n == 1 ? 0.5 : 0.5 / (double)(n - 1)) *
			   (none ? BASE_NONE : (1 - BASE_NONE) / (double)(n - 1)) *
			   likely(chain, &week[0], i);
	}
	scale(alpha, s);
	for (t = 1; t < weeks; t++) {
		for (k = 0; k < s; k++) {
			double sum = 0;

			for (i = 0; i < s; i++)
				sum += alpha[(t - 1) * s + i] * chain->step[i][k];
			alpha[t * s + k] = sum * likely(chain, &week[t], k);
		}
		scale(alpha + t * s, s);
	}
}

/* Goes back in time and leaves the posterior of each base. */
static void backward(const struct chain *chain, const struct home_week *week, size_t weeks,
		     const double *alpha, double *posterior)
{
	size_t s = chain->states, n = chain->symbols, t, i, k;
	double beta[STATES], before[STATES];

	for (i = 0; i < s; i++)
		beta[i] = 1;
	for (t = weeks; t-- > 0;) {
		double sum = 0, *at = posterior + t * HOME_SYMBOLS;

		for (i = 0; i < HOME_SYMBOLS; i++)
			at[i] = 0;
		for (i = 0; i < s; i++) {
			at[i / n] += alpha[t * s + i] * beta[i];
			sum += alpha[t * s + i] * beta[i];
		}
		for (i = 0; i < n && sum > 0; i++)
			at[i] /= sum;
		for (i = 0; i < s; i++) {
			before[i] = 0;
			for (k = 0; k < s; k++)
				before[i] += chain->step[i][k] * likely(chain, &week[t], k) *
					     beta[k];
		}
		scale(before, s);
		for (i = 0; i < s; i++)
			beta[i] = before[i];
	}
}

int home_chain(const struct home_week *week, size_t weeks, size_t symbols,
	       const struct home_rule *rule, double *posterior)
{
	struct chain *chain = malloc(sizeof(*chain));
	double *alpha = malloc((weeks * symbols * symbols + 1) * sizeof(*alpha));
	size_t i, k;

	assert(symbols >= 1 && symbols <= HOME_SYMBOLS);
	if (chain == NULL || alpha == NULL) {
		free(chain);
		free(alpha);
		return TACIT_E_MEMORY;
	}
	chain->symbols = symbols;
	chain->states = symbols * symbols;
	chain->rule = rule;
	for (i = 0; i < chain->states; i++)
		for (k = 0; k < chain->states; k++)
			chain->step[i][k] = step_of(chain, i, k);
	if (weeks > 0) {
		forward(chain, week, weeks, alpha);
		backward(chain, week, weeks, alpha, posterior);
	}
	free(chain);
	free(alpha);
	return 0;
}

double home_beta(double good, double bad, double bound)
{
	double above = 0, all = 0, mode = good + bad > 0 ? good / (good + bad) : 0.5;
	double top = (good > 0 ? good * log(mode) : 0) + (bad > 0 ? bad * log(1 - mode) : 0);
	int side, i;

	/* both sides of the bound apart, so that it lies on a knot */
	for (side = 0; side < 2; side++) {
		double from = side == 0 ? 0 : bound, to = side == 0 ? bound : 1, sum = 0;

		for (i = 0; i <= STEPS; i++) {
			double x = from + (to - from) * i / STEPS;
			double a = good > 0 ? good * log(x) : 0;
			double b = bad > 0 ? bad * log(1 - x) : 0;

			sum += exp(a + b - top) * (i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2);
		}
		sum *= to - from;
		all += sum;
		above += side == 1 ? sum : 0;
	}
	return all > 0 ? above / all : 0;
}
