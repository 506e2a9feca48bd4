/*
 * Item-to-item weights in closed form: how much each thing in a history speaks for each item.
 *
 *   score(i) = length[bucket(n)][i] + sum over entries e, banks b of d_b(r(e)) weight_b[x_e][i]
 *   d_b(r)   = rho_b^r (1 + r)^-power_b             r = 0 for the newest
 *
 * ridge: X has the decayed history before each event, banks side by side, and a one-hot of its
 * length, Y the one-hot event: W = (X'X + diag(relative diag X'X + lambda))^-1 X'Y (ridge
 * regression, Hoerl, Kennard 1970). alike: EASE (Steck 2019), P = (S'S + lambda)^-1 of the people's
 * sets, W[j][i] = -P[j][i] / P[i][i] and 0 where i = j. again: the same item, weight 1. recent:
 * what is taken lately, log of counts that halve with their age. rules: what came up to `window`
 * places behind an item, 1 / d at distance d, over all that came behind it and `lambda` (sequential
 * rules, Ludewig, Jannach 2018). near: what was within `window` places of it either way, over the
 * root of both counts and `lambda` (shrunk cosine, Sarwar et al. 2001). Both are sparse and of any
 * number of items.
 *
 * Of each row only the `support` largest weights stay, so that what is judged is what a pack keeps.
 *
 * Costs: one pass over pairs of events within 200 positions (ridge), over all pairs of the newest
 * 1000 (alike); then (banks core)^3 / 3 + 2 (banks core)^2 core flops, or core^3, where core is how
 * many items, those with most events, take part. Memory: 4 (banks core)^2 + 8 banks core^2 bytes.
 * rules and near: events * window, support * items * 8 bytes.
 */
#ifndef TACIT_TRAIN_CLOSED_H
#define TACIT_TRAIN_CLOSED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"
#include "train/data.h"

enum closed_kind {
	CLOSED_RULES, CLOSED_NEAR, CLOSED_RIDGE, CLOSED_ALIKE, CLOSED_AGAIN, CLOSED_RECENT,
	CLOSED_KINDS,
};

struct closed_bank {
	float rho, power;
};

struct closed_config {
	enum closed_kind kind;
	uint32_t banks;
	struct closed_bank bank[LIMIT_PAIR_BANKS];	/* of ridge: power is 0 */
	float lambda, relative;
	uint32_t window;			/* rules, near */
	float half_life;			/* recent: as a share of the span of the times */
	uint32_t core;				/* at most so many items */
	uint32_t support;			/* weights kept of each item, the largest */
	uint32_t buckets;
	uint32_t bucket_from[LIMIT_BUCKETS];
	uint32_t threads;
};

struct closed_model {
	struct closed_config config;
	uint32_t items, core;
	uint32_t *item;			/* [core]: ascending */
	uint32_t *place;		/* [items]: in item[], UINT32_MAX outside */
	float *weight;			/* [banks][core][core], from, to; ridge, alike */
	uint64_t *start;		/* [items + 1]: rows of rules, near */
	uint32_t *to;			/* [start[items]]: ascending in a row */
	float *value;			/* [start[items]] */
	float *length;			/* [buckets][items] (recent: one bucket), or NULL */
};

/* Learns from events start[u] .. end[u] - 1 of each user. TACIT_E_MEMORY, or no OpenBLAS. The same
 * input and threads give the same bits. */
int closed_fit(const struct closed_config *config, const struct train_data *data,
	       const uint64_t *start, const uint64_t *end, struct closed_model **out,
	       struct error *error);
void closed_free(struct closed_model *model);

/* score[items] += factor times the score behind a history (oldest first). row[core] is scratch. */
void closed_score(const struct closed_model *model, const uint32_t *item, uint64_t count,
		  float factor, float *row, float *score);

/* d(r) of a bank. */
float closed_decay(const struct closed_bank *bank, uint64_t r);
/* Bytes that closed_fit takes at its height. */
double closed_bytes(const struct closed_config *config);
/* Floating point operations of its products and factors. */
double closed_flops(const struct closed_config *config);

#endif
