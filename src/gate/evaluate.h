/* Measuring a pack with the integers that answer: ranks, times, and pairs for calibration. */
#ifndef TACIT_GATE_EVALUATE_H
#define TACIT_GATE_EVALUATE_H

#include <stdbool.h>

#include "pack/pack.h"
#include "taste/head.h"
#include "train/build.h"
#include "train/data.h"
#include "train/moments.h"
#include "train/popular.h"
#include "train/split.h"

#define EVALUATE_TOP 10

struct evaluation {
	struct split_metrics metrics;
	struct split_metrics popular;	/* of the popularity baseline, for the same events */
	double coverage;		/* share of the catalogue in anybody's first ten */
	double novelty;			/* mean of popular_novelty over all first tens */
	double popularity_bias;		/* mean count of suggested items over that of taken ones */
	struct build_pair *pairs;	/* [pair_count]: log share of each of the first ten, hit? */
	int32_t *shown;			/* [pair_count]: the probability shown for it */
	size_t pair_count;
	double p50_us, p99_us;		/* fold-in and exact top ten of one history */
};

/* For each user: the history before from[u], all items ranked, events from[u] .. to[u] - 1
 * found; with `each`, every one of them by all that is before it (of very many in a very large
 * catalogue a part, spread evenly). A single event is found in its moment (`moments` as the pack
 * was made with; NULL: without). `popular` counts what the pack was learned from, `head` is what
 * the pack's sums are for (NULL: what comes next). */
int evaluate_pack(const struct pack *pack, const struct popular *popular,
		  const struct train_data *data, const uint64_t *from, const uint64_t *to,
		  const struct head *head, bool each, const struct moments *moments,
		  struct evaluation *out, struct error *error);
void evaluate_free(struct evaluation *evaluation);

/* Expected calibration error of the shown probabilities, in fifteen bins of equal count
 * (Naeini, Cooper, Hauskrecht 2015, with equal-mass bins). */
double evaluate_calibration_error(const struct evaluation *evaluation, struct error *error);
/* What is left when the suggestions with the smallest chances are not shown, for each share kept
 * (0 < kept <= 1). chance: the least one left; taken: the share of those left that was taken. */
struct evaluate_sure {
	double kept, chance, taken;
};
int evaluate_sure(const struct evaluation *evaluation, struct evaluate_sure *point, size_t points,
		  struct error *error);

#endif
