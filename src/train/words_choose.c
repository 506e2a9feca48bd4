/*
 * Choosing how words speak for unseen items: a tenth of the items with events is drawn, both maps
 * are fitted without it, and people who had one of the drawn items rank all of them by the rest of
 * what they had. The best Recall@20 wins; more columns, and kin, only where they raise it enough.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cold.h"
#include "gemm.h"
#include "kin.h"
#include "words.h"
#include "words_map.h"

#define MOST_PEOPLE 2000
#define MOST_SCORES 2000000
#define LEAST_PEOPLE 50		/* fewer tell nothing: the ridge alone */
#define MOST_COLUMNS 256
#define WORTH 1.02		/* what more columns, or any, have to multiply recall by */

/* Scores are [people][candidates]. */
struct trial {
	const struct train_data *data;
	const struct words_table *table;
	const struct follow_model *model;
	struct cold cold;
	bool *learned;
	uint32_t people, *person;
	float *profile;			/* [people][words]: what they had, faded */
	float rho;
	double size;			/* the spread that scores are brought to */
	float *wanted;			/* [candidates][words] */
	float *m, *product;		/* [words][words], [candidates][words] */
	float *ridge, *diagonal, *map, *sum, *best;
	double *row;			/* [candidates] */
};

static void trial_free(struct trial *trial)
{
	cold_free(&trial->cold);
	free(trial->learned);
	free(trial->person);
	free(trial->profile);
	free(trial->wanted);
	free(trial->m);
	free(trial->product);
	free(trial->ridge);
	free(trial->diagonal);
	free(trial->map);
	free(trial->sum);
	free(trial->best);
	free(trial->row);
}

static void draw_people(struct trial *trial)
{
	uint32_t users = trial->data->users, fit = 0, u, most, every, seen = 0;

	for (u = 0; u < users; u++)
		fit += cold_has_both(&trial->cold, trial->data, u);
	most = MOST_SCORES / (trial->cold.candidates + 1);
	most = most < LEAST_PEOPLE ? LEAST_PEOPLE : most < MOST_PEOPLE ? most : MOST_PEOPLE;
	every = fit / most + 1;
	for (u = 0; u < users; u++)
		if (cold_has_both(&trial->cold, trial->data, u) && seen++ % every == 0)
			trial->person[trial->people++] = u;
}

static int trial_new(const uint32_t *count, struct trial *trial)
{
	size_t items = trial->data->items, words = trial->table->words, scores, i;
	size_t candidates = trial->cold.candidates;

	trial->learned = malloc(items + 1);
	trial->person = malloc(sizeof(uint32_t) * ((size_t)trial->data->users + 1));
	if (trial->learned == NULL || trial->person == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < items; i++)
		trial->learned[i] = count[i] > 0 && trial->cold.place[i] == UINT32_MAX;
	draw_people(trial);
	scores = trial->people * candidates + 1;
	trial->profile = calloc(trial->people * words + 1, sizeof(float));
	trial->wanted = calloc(candidates * words + 1, sizeof(float));
	trial->m = malloc(sizeof(float) * words * words);
	trial->product = malloc(sizeof(float) * (candidates * words + 1));
	trial->ridge = malloc(sizeof(float) * scores);
	trial->diagonal = malloc(sizeof(float) * scores);
	trial->map = malloc(sizeof(float) * scores);
	trial->sum = malloc(sizeof(float) * scores);
	trial->best = malloc(sizeof(float) * scores);
	trial->row = malloc(sizeof(double) * (candidates + 1));
	return trial->profile == NULL || trial->wanted == NULL || trial->m == NULL ||
	       trial->product == NULL || trial->ridge == NULL || trial->diagonal == NULL ||
	       trial->map == NULL || trial->sum == NULL || trial->best == NULL ||
	       trial->row == NULL ?
	       TACIT_E_MEMORY : 0;
}

/* The state of the model by what a person had but candidates. */
static void fold(struct trial *trial, uint32_t at, uint32_t *history, float *state)
{
	const struct cold *cold = &trial->cold;
	uint32_t u = trial->person[at];
	uint64_t count = 0, e;

	for (e = cold->first[u]; e < cold->end[u]; e++)
		if (cold->place[trial->data->item[e]] == UINT32_MAX)
			history[count++] = trial->data->item[e];
	follow_state(trial->model, true, history, count, state);
}

/* The profiles of all people for a decay. */
static void profiles(struct trial *trial, float rho)
{
	const struct cold *cold = &trial->cold;
	size_t words = trial->table->words, i;
	uint64_t e;

	memset(trial->profile, 0, sizeof(float) * trial->people * words);
	for (i = 0; i < trial->people; i++) {
		uint32_t u = trial->person[i];
		float weight = 1.0f;

		for (e = cold->end[u]; e-- > cold->first[u];) {
			uint32_t item = trial->data->item[e];

			if (cold->place[item] != UINT32_MAX)
				continue;
			words_add(trial->table, item, weight, trial->profile + i * words);
			weight *= rho;
		}
	}
	trial->rho = rho;
}

/* The scores of the ridge, and the vectors of the candidates. */
static int fold_all(struct trial *trial, const uint32_t *count, struct error *error)
{
	size_t dim = trial->model->dim, sets = trial->model->banks + 1, words, candidates, w, i;
	float *row, *rows, *q, *state;
	uint32_t *history = malloc(sizeof(*history) * (trial->data->events + 1));
	int result;

	words = trial->table->words;
	candidates = trial->cold.candidates;
	row = malloc(sizeof(float) * words * sets * dim);
	rows = malloc(sizeof(float) * words * dim);
	q = malloc(sizeof(float) * candidates * dim);
	state = malloc(sizeof(float) * trial->people * dim);
	if (history == NULL || row == NULL || rows == NULL || q == NULL || state == NULL)
		result = error_memory(error);
	else
		result = words_ridge(trial->table, count, trial->learned, trial->model, row,
				     error);
	if (result == 0) {
		for (i = 0; i < candidates; i++)
			words_add(trial->table, trial->cold.candidate[i], 1.0f,
				  trial->wanted + i * words);
		for (i = 0; i < trial->people; i++)
			fold(trial, (uint32_t)i, history, state + i * dim);
		for (w = 0; w < words; w++)
			memcpy(rows + w * dim, row + (w * sets + sets - 1) * dim,
			       sizeof(float) * dim);
		gemm_nn((int)candidates, (int)dim, (int)words, trial->wanted, rows, q);
		gemm_nt((int)trial->people, (int)candidates, (int)dim, state, q, trial->ridge);
	}
	free(history);
	free(row);
	free(rows);
	free(q);
	free(state);
	return result;
}

/* The spread of scores over people and candidates, about each person's mean. */
static double spread(const struct trial *trial, const float *score)
{
	uint32_t n = trial->cold.candidates, i, c;
	double squares = 0.0;

	for (i = 0; i < trial->people; i++) {
		double sum = 0.0, square = 0.0;

		for (c = 0; c < n; c++) {
			double value = (double)score[(size_t)i * n + c];

			sum += value;
			square += value * value;
		}
		squares += square - sum * sum / n;
	}
	return sqrt(squares > 0.0 ? squares / ((double)n * trial->people) : 0.0);
}

/* A model whose rows say nothing (closed forms alone) leaves the size of scores open: 1. */
static void set_size(struct trial *trial)
{
	trial->size = spread(trial, trial->ridge);
	if (trial->size <= 0.0)
		trial->size = 1.0;
}

static double recall(struct trial *trial, const float *score)
{
	uint32_t n = trial->cold.candidates, i, c;
	double sum = 0.0;

	for (i = 0; i < trial->people; i++) {
		for (c = 0; c < n; c++)
			trial->row[c] = (double)score[(size_t)i * n + c];
		sum += cold_recall(&trial->cold, trial->person[i], trial->row);
	}
	return sum / trial->people;
}

/* trial->map becomes profiles x m x wanted'. */
static void score_map(struct trial *trial, const float *m)
{
	int words = (int)trial->table->words, n = (int)trial->cold.candidates;

	gemm_nt(n, words, words, trial->wanted, m, trial->product);
	gemm_nt((int)trial->people, n, words, trial->profile, trial->product, trial->map);
}

static void score_diagonal(struct trial *trial, const float *idf)
{
	size_t words = trial->table->words, n = trial->cold.candidates, i;

	for (i = 0; i < n * words; i++)
		trial->product[i] = trial->wanted[i] * idf[i % words];
	gemm_nt((int)trial->people, (int)n, (int)words, trial->profile, trial->product,
		trial->diagonal);
}

/* trial->sum = ridge * of the ridge + map * of (map + diagonal * idf) for choice->share of
 * the ridge beside one of the map; the factors are such that the sum spreads as the ridge alone. */
static double weigh(struct trial *trial, float diagonal, struct words_choice *choice)
{
	size_t scores = (size_t)trial->people * trial->cold.candidates, i;
	double alone = trial->size, other, both;
	float by, share = choice->share;

	for (i = 0; i < scores; i++)
		trial->sum[i] = trial->map[i] + diagonal * trial->diagonal[i];
	other = spread(trial, trial->sum);
	by = other > 0.0 ? (float)(alone / other) : 0.0f;
	for (i = 0; i < scores; i++)
		trial->sum[i] = share * trial->ridge[i] + by * trial->sum[i];
	both = spread(trial, trial->sum);
	choice->ridge = both > 0.0 ? share * (float)(alone / both) : 0.0f;
	choice->map = both > 0.0 ? by * (float)(alone / both) : 0.0f;
	return recall(trial, trial->sum);
}

/* The best shares of the maps for an M that is scored. */
static void search_shares(struct trial *trial, const float ridge[2], float size,
			  struct words_choice *best, double *quality)
{
	static const float diagonal[] = { 0.0f, 0.3f, 1.0f, 3.0f }, share[] = { 0.0f, 0.3f, 1.0f };
	size_t d, s;

	for (d = 0; d < sizeof(diagonal) / sizeof(diagonal[0]); d++)
		for (s = 0; s < sizeof(share) / sizeof(share[0]); s++) {
			struct words_choice choice = { trial->rho, ridge[0], ridge[1], diagonal[d],
						       share[s], 0.0f, 0.0f, 0, 0.0f, 0.0f, 0.0f };
			double found = weigh(trial, diagonal[d] * size, &choice);

			if (found > *quality) {
				*quality = found;
				*best = choice;
			}
		}
}

/* The best of the grid, of any rank. */
static int search(struct trial *trial, const struct words_map *map, struct words_choice *best,
		  struct error *error)
{
	static const float ridge[][2] = { { 0.03f, 0.2f }, { 0.03f, 1.0f }, { 0.03f, 10.0f },
					  { 0.3f, 1.0f }, { 0.3f, 10.0f } };
	static const float rho[] = { 1.0f, 0.98f };
	double quality = -1.0;
	size_t r, d;
	int result;

	for (r = 0; r < sizeof(ridge) / sizeof(ridge[0]); r++) {
		result = words_map_solve(map, ridge[r][0], ridge[r][1], trial->m, error);
		if (result != 0)
			return result;
		for (d = 0; d < sizeof(rho) / sizeof(rho[0]); d++) {
			profiles(trial, rho[d]);
			score_diagonal(trial, map->idf);
			score_map(trial, trial->m);
			search_shares(trial, ridge[r], words_map_size(map, trial->m), best,
				      &quality);
		}
	}
	profiles(trial, best->rho);
	return 0;
}

/* m becomes left' right. */
static void product(const float *left, const float *right, uint32_t words, uint32_t rank,
		    float *m)
{
	memset(m, 0, sizeof(*m) * words * words);
	gemm_tn_add((int)words, (int)words, (int)rank, left, right, m);
}

/* How many columns: the fewest that the next do not beat by enough. `alone`: the ridge's recall.
 * The scores of the choice are left in trial->best. */
static int choose_rank(struct trial *trial, const struct words_map *map, double alone,
		       struct words_choice *choice, struct error *error)
{
	static const uint32_t rank[] = { 32, 64, 128, MOST_COLUMNS };
	uint32_t words = map->words, i, w;
	float *left = malloc(sizeof(float) * words * MOST_COLUMNS);
	float *right = malloc(sizeof(float) * words * MOST_COLUMNS);
	float *m = malloc(sizeof(float) * words * words), size;
	struct words_choice best = { .ridge = 1.0f };
	size_t scores = sizeof(float) * trial->people * trial->cold.candidates;
	int result = left == NULL || right == NULL || m == NULL ? error_memory(error) : 0;

	if (result == 0)
		result = words_map_solve(map, choice->first, choice->second, trial->m, error);
	memcpy(trial->best, trial->ridge, scores);
	size = result == 0 ? choice->diagonal * words_map_size(map, trial->m) : 0.0f;
	for (w = 0; result == 0 && w < words; w++)
		trial->m[(size_t)w * words + w] += size * map->idf[w];
	for (i = 0; result == 0 && i < sizeof(rank) / sizeof(rank[0]); i++) {
		struct words_choice tried = *choice;
		double found;

		if (trial->model->banks == LIMIT_BANKS ||
		    trial->model->dim + rank[i] > LIMIT_DIM || (i > 0 && rank[i - 1] >= words))
			break;
		result = words_map_factor(map, choice->first, choice->second, trial->m, rank[i],
					  left, right, error);
		if (result != 0)
			break;
		product(left, right, words, rank[i], m);
		score_map(trial, m);
		found = weigh(trial, 0.0f, &tried);
		if (found > WORTH * alone) {
			alone = found;
			best = tried;
			best.extra = rank[i];
			memcpy(trial->best, trial->sum, scores);
		}
	}
	free(left);
	free(right);
	free(m);
	if (result == 0)
		*choice = best;
	return result;
}

/* trial->map becomes the scores of kin for a bank. `weights`: [items] zeros, and again after. */
static void score_kin(struct trial *trial, const struct kin *kin, const struct closed_bank *bank,
		      float *weights)
{
	const struct cold *cold = &trial->cold;
	const uint32_t *item = trial->data->item;
	uint32_t n = cold->candidates, i, c;
	uint64_t e, r;

	for (i = 0; i < trial->people; i++) {
		uint32_t u = trial->person[i];

		for (e = cold->end[u], r = 0; e-- > cold->first[u];)
			if (cold->place[item[e]] == UINT32_MAX)
				weights[item[e]] += closed_decay(bank, r++);
		for (c = 0; c < n; c++)
			trial->map[(size_t)i * n + c] = kin_score(kin, weights,
								  cold->candidate[c]);
		for (e = cold->first[u]; e < cold->end[u]; e++)
			weights[item[e]] = 0.0f;
	}
}

/* What kin add to what was chosen, at the best of some factors; the sum spreads as before. */
static void weigh_kin(struct trial *trial, const struct closed_bank *bank, double *least,
		      const struct words_choice *choice, struct words_choice *best)
{
	static const float share[] = { 0.3f, 1.0f, 3.0f, 10.0f };
	size_t scores = (size_t)trial->people * trial->cold.candidates, s, i;
	double other = spread(trial, trial->map), both, found;

	for (s = 0; other > 0.0 && s < sizeof(share) / sizeof(share[0]); s++) {
		float by = share[s] * (float)(trial->size / other), size;

		for (i = 0; i < scores; i++)
			trial->sum[i] = trial->best[i] + by * trial->map[i];
		found = recall(trial, trial->sum);
		if (found <= *least)
			continue;
		both = spread(trial, trial->sum);
		size = both > 0.0 ? (float)(trial->size / both) : 1.0f;
		*least = found;
		*best = *choice;
		best->ridge *= size;
		best->map *= size;
		best->kin = by * size;
		best->kin_rho = bank->rho;
		best->kin_power = bank->power;
	}
}

static int choose_kin(struct trial *trial, struct words_choice *choice, struct error *error)
{
	static const struct closed_bank bank[] = { { 1.0f, 0.0f }, { 1.0f, 0.5f }, { 0.98f, 0.0f },
						   { 0.9f, 0.0f } };
	size_t items = trial->data->items, i;
	bool *wanted = malloc(items + 1);
	float *weights = calloc(items + 1, sizeof(*weights));
	double least = WORTH * recall(trial, trial->best);
	struct words_choice best = *choice;
	struct kin kin;
	int result = wanted == NULL || weights == NULL ? error_memory(error) : 0;

	for (i = 0; result == 0 && i < items; i++)
		wanted[i] = trial->cold.place[i] != UINT32_MAX;
	if (result == 0)
		result = kin_make(trial->data, trial->learned, wanted, &kin, error);
	if (result == 0) {
		for (i = 0; i < sizeof(bank) / sizeof(bank[0]); i++) {
			score_kin(trial, &kin, &bank[i], weights);
			weigh_kin(trial, &bank[i], &least, choice, &best);
		}
		kin_free(&kin);
		*choice = best;
	}
	free(wanted);
	free(weights);
	return result;
}

int words_choose(const struct train_data *data, const uint64_t *start, const uint64_t *end,
		 const uint32_t *count, const struct follow_model *model,
		 const struct words_table *table, struct words_choice *out, struct error *error)
{
	struct trial trial = { .data = data, .table = table, .model = model };
	struct words_choice best = { .ridge = 1.0f };
	struct words_map map;
	int result = cold_find(data, start, end, COLD_VALIDATE, &trial.cold, error);

	memset(&map, 0, sizeof(map));
	if (result == 0 && trial_new(count, &trial) != 0)
		result = error_memory(error);
	if (result == 0 && trial.people >= LEAST_PEOPLE && trial.cold.candidates > COLD_FIRST) {
		result = fold_all(&trial, count, error);
		set_size(&trial);
		if (result == 0)
			result = words_map_new(data, start, end, table, trial.learned, &map,
					       error);
		if (result == 0)
			result = search(&trial, &map, &best, error);
		if (result == 0)
			result = choose_rank(&trial, &map, recall(&trial, trial.ridge), &best,
					     error);
		if (result == 0)
			result = choose_kin(&trial, &best, error);
	}
	words_map_free(&map);
	trial_free(&trial);
	if (result == 0)
		*out = best;
	return result;
}
