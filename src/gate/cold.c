/* Each person's history is folded once, and all unseen items are scored exactly. */
#include "cold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "taste/fold.h"
#include "taste/pairs.h"

struct asking {
	const struct pack *pack;
	const struct train_data *data;
	const struct cold *cold;
	struct fold_decay *decay;
	struct fold_entry *entry;	/* [LIMIT_HISTORY] */
	int64_t *h, *sum;		/* [dim], [items] */
	int32_t *bonus;			/* [items] */
	fixed_wide *exact;		/* [candidates] */
	double *score;			/* [candidates] */
	uint32_t *rank;			/* [candidates] */
};

int cold_hold_out(struct train_data *data, struct cold *out, struct error *error)
{
	int result = cold_find(data, data->start, data->start + 1, COLD_TEST, out, error);

	if (result != 0)
		return result;
	if (out->candidates <= COLD_FIRST) {
		cold_free(out);
		return error_set(error, TACIT_E_FORMAT, "too few items have words: of a tenth of "
				 "them, more than %d are needed (--items FILE says what they are)",
				 COLD_FIRST);
	}
	cold_remove(out, data);
	return 0;
}

static int asking_new(struct asking *asking, struct error *error)
{
	size_t candidates = (size_t)asking->cold->candidates + 1;

	asking->decay = malloc(sizeof(*asking->decay));
	asking->entry = malloc(sizeof(*asking->entry) * LIMIT_HISTORY);
	asking->h = malloc(sizeof(*asking->h) * asking->pack->dim);
	asking->sum = malloc(sizeof(*asking->sum) * asking->pack->items);
	asking->bonus = malloc(sizeof(*asking->bonus) * asking->pack->items);
	asking->exact = malloc(sizeof(*asking->exact) * candidates);
	asking->score = malloc(sizeof(*asking->score) * candidates);
	asking->rank = malloc(sizeof(*asking->rank) * candidates);
	if (asking->decay == NULL || asking->entry == NULL || asking->h == NULL ||
	    asking->sum == NULL || asking->bonus == NULL || asking->exact == NULL ||
	    asking->score == NULL || asking->rank == NULL)
		return error_memory(error);
	fold_decay_make(asking->pack, asking->decay);
	return 0;
}

static void asking_free(struct asking *asking)
{
	free(asking->decay);
	free(asking->entry);
	free(asking->h);
	free(asking->sum);
	free(asking->bonus);
	free(asking->exact);
	free(asking->score);
	free(asking->rank);
}

/* How many candidates have a better score than each that the person took; among equal ones a
 * taken item counts as in the middle. */
static uint32_t rank_taken(struct asking *asking, uint32_t user)
{
	const struct cold *cold = asking->cold;
	uint32_t held = 0, c;
	uint64_t k;

	for (k = cold->start[user]; k < cold->start[user + 1]; k++) {
		fixed_wide own = asking->exact[cold->taken[k]];
		uint32_t above = 0, equal = 0;

		for (c = 0; c < cold->candidates; c++) {
			above += asking->exact[c] > own;
			equal += asking->exact[c] == own;
		}
		asking->rank[held++] = above + (equal - 1) / 2;
	}
	return held;
}

static void score_all(struct asking *asking, uint32_t user)
{
	const struct train_data *data = asking->data;
	const struct pack *pack = asking->pack;
	uint64_t first = data->start[user], e;
	uint32_t count = 0, c;

	for (e = data->start[user + 1]; e-- > first && count < LIMIT_HISTORY;)
		asking->entry[count++] = (struct fold_entry){ data->item[e], FIXED_ONE, 0, NULL };
	fold_state(pack, asking->decay, asking->entry, count, UINT32_MAX, asking->h);
	if (pack->pairs != NULL)
		pairs_state(pack, asking->decay, asking->entry, count, UINT32_MAX, NULL,
			    asking->sum, asking->bonus);
	fold_scores(pack, asking->h, fold_bucket(pack, data->start[user + 1] - first),
		    pack->pairs != NULL ? asking->bonus : NULL, asking->cold->candidate,
		    asking->cold->candidates, asking->exact);
	for (c = 0; c < asking->cold->candidates; c++)
		asking->score[c] = (double)asking->exact[c];
}

static int measure_tfidf(const struct train_data *data, const struct cold *cold,
			 struct cold_figures *out, struct error *error)
{
	struct cold_mean mean = { 0, 0.0, 0.0 };
	struct tfidf tfidf;
	int result = tfidf_choose(data, &out->tfidf, error);

	if (result == 0)
		result = tfidf_new(data, out->tfidf.least, &tfidf, error);
	if (result != 0)
		return result;
	result = tfidf_measure(&tfidf, &out->tfidf, data, cold, &mean, error);
	tfidf_free(&tfidf);
	out->tfidf_recall = cold_mean(&mean);
	out->tfidf_error = split_standard_error(mean.sum, mean.squares, mean.people);
	return result;
}

int cold_measure(const struct pack *pack, const struct train_data *data, const struct cold *cold,
		 struct cold_figures *out, struct error *error)
{
	struct asking asking = { .pack = pack, .data = data, .cold = cold };
	struct cold_mean mean = { 0, 0.0, 0.0 };
	uint32_t u;
	int result;

	memset(out, 0, sizeof(*out));
	out->chance = cold_chance(cold);
	out->dim = pack->dim;
	result = asking_new(&asking, error);
	for (u = 0; result == 0 && u < data->users; u++) {
		if (!cold_has_both(cold, data, u))
			continue;
		score_all(&asking, u);
		cold_mean_add(&mean, cold_recall(cold, u, asking.score));
		split_metrics_add(&out->evaluation.metrics, asking.rank, rank_taken(&asking, u));
	}
	asking_free(&asking);
	out->recall = cold_mean(&mean);
	out->recall_error = split_standard_error(mean.sum, mean.squares, mean.people);
	if (result == 0)
		result = measure_tfidf(data, cold, out, error);
	return result;
}

void cold_describe(const struct cold *cold, const struct cold_figures *figures, char *out,
		   size_t size)
{
	snprintf(out, size, "%u unseen items, %llu people: Recall@20 %.4f +- %.4f (dim %u), tf-idf "
		 "%.4f +- %.4f (rho %.2f, power %.1f, least %u), chance %.4f", cold->candidates,
		 (unsigned long long)figures->evaluation.metrics.users, figures->recall,
		 figures->recall_error, figures->dim, figures->tfidf_recall, figures->tfidf_error,
		 (double)figures->tfidf.rho, (double)figures->tfidf.power, figures->tfidf.least,
		 figures->chance);
}
