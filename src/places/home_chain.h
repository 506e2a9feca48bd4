/*
 * A hidden Markov chain over weeks for home.h: what is it that a week shows (a place, or the last
 * symbol for none of them), when the person is based somewhere and may be away for a while?
 *
 * A state is (base, shown). Away weeks show one other symbol for a while, so that a journey of a
 * month is one departure and not four. Weekly chances:
 *
 *	base changes to any other		move / (symbols - 1) each
 *	at base -> away at some x		leave / (symbols - 1) each; 0.2 where
 *					the base is none
 *	away at x -> away at x			remain
 *	away at x -> at base			(1 - remain) / 2; as often on to elsewhere
 *	the week shows what the state says	1 - slip; another symbol: slip / (symbols - 1) each
 *	a week of routine			`routine` times as likely at base as away
 *	first week				1/2 at base, 1/2 away; none for a base
 *					1/2, the others alike
 *
 * The posterior is by forward and backward sums (Rabiner 1989, "A tutorial on hidden Markov
 * models"), scaled each week. Cost: weeks * symbols^4 at most, symbols <= HOME_SYMBOLS.
 */
#ifndef TACIT_PLACES_HOME_CHAIN_H
#define TACIT_PLACES_HOME_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOME_SYMBOLS 9

struct home_rule {
	double move, leave, remain, slip, routine;
};

struct home_week {
	int32_t shown;			/* a symbol, or -1: nothing is known */
	bool routine;
};

/* posterior[week * HOME_SYMBOLS + base]. Returns 0 or TACIT_E_MEMORY. */
int home_chain(const struct home_week *week, size_t weeks, size_t symbols,
	       const struct home_rule *rule, double *posterior);

/* P(share > bound) for the Beta(1 + good, 1 + bad) that a uniform prior leaves: by Simpson's rule
 * in 512 steps, error below 1e-6 for counts up to some hundreds. */
double home_beta(double good, double bad, double bound);

#endif
