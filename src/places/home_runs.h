/* From what weeks show to claims of where somebody was based; see home.h. */
#ifndef TACIT_PLACES_HOME_RUNS_H
#define TACIT_PLACES_HOME_RUNS_H

#include "places/home.h"
#include "places/home_chain.h"
#include "places/home_table.h"

#define HOME_NONE (UINT32_MAX - 1)	/* a week that shows none of the places */

struct home_votes {
	enum place_kind kind;
	const struct home_rule *rule;
	uint32_t *week;			/* place, HOME_NONE, or VISIT_NOWHERE: not known */
	bool *routine;			/* of each week */
	uint32_t *day;			/* place of each day, or VISIT_NOWHERE */
};

/* Adds a copy of a claim. 0 or TACIT_E_MEMORY. */
int home_add(struct homes *homes, const struct home_claim *claim);

/* Claims, sure or not, of the places that weeks show. 0 or TACIT_E_MEMORY. */
int home_runs(const struct home_table *table, const struct home_votes *votes,
	      const struct visit *visit, size_t visits, struct homes *out);

/* Adds the claims of work, given those of homes (home_work.c); `votes` is scratch. */
int home_work(const struct home_table *table, const struct place *place, struct home_votes *votes,
	      const struct visit *visit, size_t visits, struct homes *out);

#endif
