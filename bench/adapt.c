/*
 * Whether a person's own factors help: of each of many people the last event is found twice, by the
 * pack's head and by factors fitted to that person's own latest events before it.
 *
 *	build/bench/adapt PACK INTERACTIONS.tsv [PEOPLE]
 *
 * The pack must not have learned from the last events (tacit train on all but these). A person's
 * factors: four groups (recent banks of `follow`, middle ones, slow ones, pairs) and a temperature,
 * each from a small grid by coordinate search, by the log-likelihood of up to 100 events before the
 * last, each with only what came before it, among it and 200 other candidates. A factor moves from
 * 1 by n / (n + n0) of the way to what the search found, n its events; n0 is given in the table.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "pack/pack.h"
#include "taste/fold.h"
#include "taste/pairs.h"
#include "train/data.h"

#define GROUPS 5	/* recent, middle, slow, pairs; the temperature of them all */
#define OTHERS 200
#define OWN 100
#define ONE_BEHIND 0x1p-62

static const double n0s[] = { 1e300, 0.0, 50.0, 200.0, 800.0 };	/* the first: the pack's own */
#define KINDS (sizeof(n0s) / sizeof(n0s[0]))

struct bench {
	struct pack *pack;
	struct train_data *data;
	uint32_t *link;				/* [data items] */
	struct fold_decay *decay[GROUPS - 1];
	struct fold_entry *entry;
	int64_t *h[GROUPS - 1], *sum;
	int32_t *bonus;
	uint64_t *seen;
	double *table;				/* [OWN][OTHERS + 1][GROUPS]: first the taken one */
	double *last;				/* [items][GROUPS] */
};

struct outcome {
	double hits, likelihood, ndcg, moved;
};

static uint32_t group_of(const struct pack *pack, uint32_t bank)
{
	double rho = pack->config->rho[bank] / 1073741824.0;

	return rho < 0.5 ? 0 : rho < 0.9 ? 1 : 2;
}

static void make_groups(struct bench *bench)
{
	uint32_t g, b;

	for (g = 0; g < GROUPS - 1; g++) {
		struct head head;

		head_of(bench->pack, 0, &head);
		for (b = 0; b < LIMIT_BANKS; b++)
			if (b >= bench->pack->banks || group_of(bench->pack, b) != g)
				head.theta[b] = 0;
		if (g != 3)
			memset(head.pair_theta, 0, sizeof(head.pair_theta));
		bench->decay[g] = malloc(sizeof(struct fold_decay));
		fold_decay_of(bench->pack, &head, bench->decay[g]);
		bench->h[g] = malloc(sizeof(int64_t) * bench->pack->dim);
	}
}

/* The history before event e, newest first: its length. Marks what was had. */
static uint32_t load(struct bench *bench, uint64_t first, uint64_t e)
{
	uint32_t count = 0, g;

	memset(bench->seen, 0, sizeof(uint64_t) * (bench->pack->items / 64 + 1));
	while (e-- > first && count < LIMIT_HISTORY) {
		uint32_t item = bench->link[bench->data->item[e]];

		if (item == FOLD_NO_ITEM)
			continue;
		bench->seen[item / 64] |= 1ULL << (item % 64);
		bench->entry[count++] = (struct fold_entry){ item, FIXED_ONE, 0, NULL };
	}
	for (g = 0; g < GROUPS - 1; g++)
		fold_state(bench->pack, bench->decay[g], bench->entry, count, UINT32_MAX,
			   bench->h[g]);
	pairs_state(bench->pack, bench->decay[3], bench->entry, count, UINT32_MAX, NULL,
		    bench->sum, bench->bonus);
	return count;
}

/* The last column is the intercept. */
static void parts_of(struct bench *bench, uint32_t bucket, uint32_t item, double *out)
{
	uint32_t g;

	for (g = 0; g < 3; g++)
		out[g] = (double)fold_dot(bench->pack, bench->h[g], item) * ONE_BEHIND;
	out[3] = bench->bonus[item] / 1048576.0;
	out[4] = (double)fold_length(bench->pack, bucket, item) * ONE_BEHIND;
}

static double score_of(const double *part, const double *factor)
{
	double sum = part[4];
	uint32_t g;

	for (g = 0; g < 4; g++)
		sum += factor[g] * part[g];
	return factor[4] * sum;
}

/* One own event: the taken item and others, drawn by a hash of the event. */
static void load_own(struct bench *bench, uint64_t first, uint64_t e, double *table)
{
	uint32_t bucket = fold_bucket(bench->pack, load(bench, first, e)), k;
	uint32_t taken = bench->link[bench->data->item[e]];
	uint64_t seed = hash_mix(e + 1);

	parts_of(bench, bucket, taken, table);
	for (k = 1; k <= OTHERS; k++) {
		uint32_t item;

		do {
			seed = hash_mix(seed + k);
			item = (uint32_t)(seed % bench->pack->items);
		} while (item == taken || (bench->seen[item / 64] >> (item % 64) & 1) != 0);
		parts_of(bench, bucket, item, table + k * GROUPS);
	}
}

static double likelihood(const double *table, uint32_t own, uint32_t items, const double *factor)
{
	double total = 0.0, weight = (double)items / OTHERS;
	uint32_t e, k;

	for (e = 0; e < own; e++) {
		const double *row = table + (size_t)e * (OTHERS + 1) * GROUPS;
		double mine = score_of(row, factor), sum = 1.0;

		for (k = 1; k <= OTHERS; k++)
			sum += weight * exp(score_of(row + k * GROUPS, factor) - mine);
		total -= log(sum);
	}
	return total;
}

static void search(const double *table, uint32_t own, uint32_t items, double *factor)
{
	static const double grid[] = { 0.5, 0.7, 0.85, 1.0, 1.2, 1.45, 2.0 };
	double most;
	uint32_t round, g, i;

	for (g = 0; g < GROUPS; g++)
		factor[g] = 1.0;
	most = likelihood(table, own, items, factor);
	for (round = 0; round < 2; round++)
		for (g = 0; g < GROUPS; g++) {
			double best = factor[g];

			for (i = 0; i < sizeof(grid) / sizeof(grid[0]); i++) {
				double value;

				factor[g] = grid[i];
				value = likelihood(table, own, items, factor);
				if (value > most) {
					most = value;
					best = grid[i];
				}
			}
			factor[g] = best;
		}
}

static void judge(struct bench *bench, uint32_t taken, const double *factor, struct outcome *out)
{
	double mine = score_of(bench->last + (size_t)taken * GROUPS, factor), sum = 0.0;
	uint32_t rank = 0, i;

	for (i = 0; i < bench->pack->items; i++) {
		double score;

		if ((bench->seen[i / 64] >> (i % 64) & 1) != 0)
			continue;
		score = score_of(bench->last + (size_t)i * GROUPS, factor);
		sum += exp(score - mine);
		rank += score > mine;
	}
	out->hits += rank < 10;
	out->ndcg += rank < 10 ? 1.0 / log2(rank + 2.0) : 0.0;
	out->likelihood -= log(sum);
}

/* Whether the person has a last event that can be found. */
static int person(struct bench *bench, uint32_t u, struct outcome *out, double *seconds)
{
	uint64_t first = bench->data->start[u], last = bench->data->start[u + 1] - 1, e;
	uint32_t taken = bench->link[bench->data->item[last]], own = 0, i, k, g, bucket;
	double found[GROUPS], factor[GROUPS], began = clock_seconds();

	if (last <= first + 1 || taken == FOLD_NO_ITEM)
		return 0;
	for (e = last; e-- > first + 1 && own < OWN;)
		if (bench->link[bench->data->item[e]] != FOLD_NO_ITEM)
			load_own(bench, first, e, bench->table + (size_t)own++ *
				 (OTHERS + 1) * GROUPS);
	search(bench->table, own, bench->pack->items, found);
	*seconds += clock_seconds() - began;
	bucket = fold_bucket(bench->pack, load(bench, first, last));
	if ((bench->seen[taken / 64] >> (taken % 64) & 1) != 0)
		return 0;
	for (i = 0; i < bench->pack->items; i++)
		parts_of(bench, bucket, i, bench->last + (size_t)i * GROUPS);
	for (k = 0; k < KINDS; k++) {
		double share = own / (own + n0s[k]);

		for (g = 0; g < GROUPS; g++) {
			factor[g] = 1.0 + share * (found[g] - 1.0);
			out[k].moved += fabs(factor[g] - 1.0) / GROUPS;
		}
		judge(bench, taken, factor, &out[k]);
	}
	return 1;
}

static int open_all(struct bench *bench, const char *pack, const char *table, struct error *error)
{
	int result = pack_open(pack, &bench->pack, error);
	uint32_t i, j;

	if (result == 0)
		result = train_data_read(table, NULL, &bench->data, error);
	if (result != 0)
		return result;
	bench->link = malloc(sizeof(uint32_t) * bench->data->items);
	for (i = 0; i < bench->data->items; i++) {
		bench->link[i] = FOLD_NO_ITEM;
		for (j = 0; j < bench->pack->items; j++)
			if (strcmp(bench->data->catalogue[i].id, pack_id(bench->pack, j)) == 0)
				bench->link[i] = j;
	}
	bench->entry = malloc(sizeof(*bench->entry) * LIMIT_HISTORY);
	bench->sum = malloc(sizeof(int64_t) * bench->pack->items);
	bench->bonus = malloc(sizeof(int32_t) * bench->pack->items);
	bench->seen = malloc(sizeof(uint64_t) * (bench->pack->items / 64 + 1));
	bench->table = malloc(sizeof(double) * OWN * (OTHERS + 1) * GROUPS);
	bench->last = malloc(sizeof(double) * bench->pack->items * GROUPS);
	make_groups(bench);
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { NULL };
	struct outcome out[KINDS] = { { 0.0, 0.0, 0.0, 0.0 } };
	struct error error;
	uint32_t most, u, people = 0;
	double seconds = 0.0;
	size_t k;

	if (argc < 3) {
		fprintf(stderr, "usage: adapt PACK INTERACTIONS.tsv [PEOPLE]\n");
		return 2;
	}
	if (open_all(&bench, argv[1], argv[2], &error) != 0) {
		fprintf(stderr, "adapt: %s\n", error.message);
		return 1;
	}
	most = argc > 3 ? (uint32_t)atof(argv[3]) : 1000;
	for (u = 0; u < bench.data->users && people < most; u++)
		people += (uint32_t)person(&bench, u, out, &seconds);
	printf("%u people, %.1f ms each to fit\n\n"
	       "      n0  moved by  HR@10   NDCG@10  log-likelihood\n",
	       people, 1e3 * seconds / people);
	for (k = 0; k < KINDS; k++)
		printf("%8.0f  %7.3f  %.4f   %.4f   %.4f%s\n", k == 0 ? 0.0 : n0s[k],
		       out[k].moved / people, out[k].hits / people, out[k].ndcg / people,
		       out[k].likelihood / people, k == 0 ? "  (the pack's own)" : "");
	return 0;
}
