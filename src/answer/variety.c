/* One greedy loop for catalogues and for a history's own things. */
#include "variety.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_word(const char *words, const char *word, size_t size)
{
	while (*words != 0) {
		size_t length = strcspn(words, "|");

		if (length == size && memcmp(words, word, size) == 0)
			return true;
		words += length + (words[length] == '|');
	}
	return false;
}

int32_t variety_words(const char *a, const char *b)
{
	uint32_t both = 0, either = 0;
	const char *at;
	size_t size;

	for (at = a; *at != 0; at += size + (at[size] == '|')) {
		size = strcspn(at, "|");
		either++;
		both += has_word(b, at, size);
	}
	for (at = b; *at != 0; at += size + (at[size] == '|')) {
		size = strcspn(at, "|");
		either += !has_word(a, at, size);
	}
	return both == 0 ? 0 : (int32_t)(((int64_t)both << FIXED_BITS) / either);
}

struct greedy {
	const int64_t *score;
	int64_t *cost;			/* [n] of the most alike of those picked but the last */
	uint32_t *like;			/* [n] */
	uint8_t *picked;		/* [n] */
};

static void take(struct greedy *greedy, uint32_t i, int64_t cost, uint32_t like,
		 struct variety_pick *out)
{
	greedy->picked[i] = 1;
	out->item = i;
	out->cost = cost;
	out->like = cost > 0 ? like : FOLD_NO_ITEM;
}

/* The cost of i behind the pick `last`; what stays of it for later picks goes into greedy. */
static int64_t cost_behind(struct greedy *greedy, uint32_t i, uint32_t last, variety_alike *alike,
			   const void *context, int32_t variety, uint32_t *like)
{
	int64_t lasting = fixed_multiply(alike(context, last, i, false),
					 (int64_t)variety * VARIETY_COST);
	int64_t now = fixed_multiply(alike(context, last, i, true),
				     (int64_t)variety * VARIETY_COST);

	if (lasting > greedy->cost[i]) {
		greedy->cost[i] = lasting;
		greedy->like[i] = last;
	}
	*like = now > greedy->cost[i] ? last : greedy->like[i];
	return now > greedy->cost[i] ? now : greedy->cost[i];
}

int variety_order(const int64_t *score, uint32_t n, variety_alike *alike, const void *context,
		  int32_t variety, uint32_t count, struct variety_pick *out, uint32_t *got,
		  struct error *error)
{
	struct greedy greedy = { score, calloc((size_t)n + 1, sizeof(int64_t)),
				 calloc((size_t)n + 1, sizeof(uint32_t)),
				 calloc((size_t)n + 1, 1) };
	uint32_t k, i;
	int result = 0;

	*got = 0;
	if (greedy.cost == NULL || greedy.like == NULL || greedy.picked == NULL)
		result = error_memory(error);
	for (k = 0; result == 0 && k < count && k < n; k++) {
		uint32_t best = UINT32_MAX, best_like = 0;
		int64_t best_cost = 0;

		for (i = 0; i < n; i++) {
			uint32_t like = 0;
			int64_t cost = 0;

			if (greedy.picked[i])
				continue;
			if (k > 0)
				cost = cost_behind(&greedy, i, out[k - 1].item, alike, context,
						   variety, &like);
			/* of equal ones the first, which was the better one */
			if (best != UINT32_MAX &&
			    score[i] - cost <= score[best] - best_cost)
				continue;
			best = i;
			best_cost = cost;
			best_like = like;
		}
		take(&greedy, best, best_cost, best_like, &out[k]);
		*got = k + 1;
	}
	free(greedy.cost);
	free(greedy.like);
	free(greedy.picked);
	return result;
}

/* ---- of a catalogue ---- */

struct catalogue {
	const struct pack *pack;
	const struct scan_hit *hit;
	const uint64_t *norm;		/* [hits] squared length of the row of Q */
};

static uint64_t dot_rows(const struct pack *pack, uint32_t a, uint32_t b)
{
	const int8_t *x = pack->q + (size_t)a * pack->dim, *y = pack->q + (size_t)b * pack->dim;
	int32_t sum = 0;
	uint32_t j;

	for (j = 0; j < pack->dim; j++)
		sum += x[j] * y[j];
	return sum < 0 ? 0 : (uint64_t)sum;
}

static int32_t alike_items(const void *context, uint32_t a, uint32_t b, bool next)
{
	const struct catalogue *catalogue = context;
	const struct pack *pack = catalogue->pack;
	uint32_t i = catalogue->hit[a].item, j = catalogue->hit[b].item;
	uint64_t root;

	if (next && pack_creator(pack, i)[0] != 0 &&
	    strcmp(pack_creator(pack, i), pack_creator(pack, j)) == 0)
		return FIXED_ONE;
	if (catalogue->norm[a] == 0 || catalogue->norm[b] == 0)
		return variety_words(pack_words(pack, i), pack_words(pack, j));
	root = fixed_root(catalogue->norm[a] * catalogue->norm[b]);	/* rounded down ... */
	root = (dot_rows(pack, i, j) << FIXED_BITS) / root;
	return root > FIXED_ONE ? FIXED_ONE : (int32_t)root;		/* ... so cut at 1 */
}

/* All that may be picked: hits down to VARIETY_COST * variety below the count-th. */
static int reach(struct scan *scan, uint32_t items, int32_t variety, uint32_t count,
		 struct scan_hit **out, uint32_t *n, struct error *error)
{
	/* rounding to 2^-20 moves a score by half a unit at most: one more unit is enough */
	fixed_wide most = ((fixed_wide)variety * VARIETY_COST + 1) *
			  ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
	uint32_t wanted = count, kept;

	for (;;) {
		struct scan_hit *hit;

		wanted = wanted < items / 4 ? wanted * 4 : items;
		hit = malloc(sizeof(*hit) * ((size_t)wanted + 1));
		if (hit == NULL)
			return error_memory(error);
		*n = scan_top(scan, wanted, hit, NULL);
		*out = hit;
		if (*n <= count)
			return 0;
		for (kept = count; kept < *n && hit[kept].score + most >= hit[count - 1].score;
		     kept++)
			;
		if (kept < *n || *n < wanted || wanted == items) {
			*n = kept;
			return 0;
		}
		free(hit);
	}
}

int variety_pick(struct scan *scan, const struct pack *pack, int32_t variety, uint32_t count,
		 struct variety_pick *out, uint32_t *got, struct error *error)
{
	struct scan_hit *hit = NULL;
	struct catalogue catalogue = { pack, NULL, NULL };
	uint64_t *norm = NULL;
	int64_t *score = NULL;
	uint32_t n = 0, i;
	int result = reach(scan, pack->items, variety, count, &hit, &n, error);

	*got = 0;
	if (result == 0) {
		norm = calloc((size_t)n + 1, sizeof(*norm));
		score = calloc((size_t)n + 1, sizeof(*score));
		if (norm == NULL || score == NULL)
			result = error_memory(error);
	}
	for (i = 0; result == 0 && i < n; i++) {
		norm[i] = dot_rows(pack, hit[i].item, hit[i].item);
		score[i] = fixed_narrow(hit[i].score);
	}
	catalogue.hit = hit;
	catalogue.norm = norm;
	if (result == 0)
		result = variety_order(score, n, alike_items, &catalogue, variety, count, out,
				       got, error);
	for (i = 0; result == 0 && i < *got; i++) {
		out[i].item = hit[out[i].item].item;
		if (out[i].like != FOLD_NO_ITEM)
			out[i].like = hit[out[i].like].item;
	}
	free(hit);
	free(norm);
	free(score);
	return result;
}

void variety_charge(struct tacit_suggestion *suggestion, int64_t cost, const char *like)
{
	struct tacit_cause *cause = &suggestion->cause[suggestion->cause_count++];

	memset(cause, 0, sizeof(*cause));
	snprintf(cause->reason, sizeof(cause->reason), "variety");
	snprintf(cause->label, sizeof(cause->label), "for variety: like %.200s", like);
	cause->contribution = -cost;
	suggestion->score -= cost;
}
