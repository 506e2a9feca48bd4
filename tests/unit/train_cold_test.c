/* Unseen items: nothing is learned from them; tf-idf and the map between words against slow sums;
 * the protocol from a file to its figures where words decide. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pack/pack.h"
#include "base/random.h"
#include "tacit.h"
#include "train/cold.h"
#include "train/data.h"
#include "train/gemm.h"
#include "train/kin.h"
#include "train/tfidf.h"
#include "train/words_map.h"

#define ITEMS 300

/* People with 2 to 21 events of 300 items; every fifth item has no words. */
static struct train_data *crowd(uint64_t seed, uint32_t people)
{
	struct random random = { seed };
	struct train_collector *collector = train_collector_new();
	struct train_data *data;
	char user[16], name[16], words[64];
	uint32_t u, i;

	for (i = 0; i < ITEMS; i++) {
		struct train_item item = { NULL, name, (char *)"", words, 0 };

		snprintf(name, sizeof(name), "i%u", i);
		snprintf(words, sizeof(words), "w%u|w%u|v%u", (unsigned)(random_u64(&random) % 10),
			 (unsigned)(random_u64(&random) % 10), (unsigned)(random_u64(&random) % 4));
		if (i % 5 == 0)
			words[0] = 0;
		assert_int_equal(train_collector_describe(collector, name, strlen(name), &item,
							  NULL), 0);
	}
	for (u = 0; u < people; u++) {
		uint32_t n = 2 + (uint32_t)(random_u64(&random) % 20);

		snprintf(user, sizeof(user), "u%u", u);
		for (i = 0; i < n; i++) {
			snprintf(name, sizeof(name), "i%u", (unsigned)(random_u64(&random) % ITEMS));
			assert_int_equal(train_collector_add(collector, user, strlen(user), name,
							     strlen(name), i, NULL), 0);
		}
	}
	assert_int_equal(train_collector_finish(collector, &data, NULL), 0);
	return data;
}

static void nothing_is_learned_from_unseen_items(void **state)
{
	struct train_data *data = crowd(7, 200), *whole = crowd(7, 200);
	uint64_t e, kept = 0, taken = 0;
	struct cold cold;
	uint32_t u, i;

	(void)state;
	assert_int_equal(cold_find(data, data->start, data->start + 1, COLD_TEST, &cold, NULL), 0);
	cold_remove(&cold, data);
	assert_in_range(cold.candidates, 8, 45);	/* a tenth of 240, give or take 4 sd */
	for (i = 0; i < data->items; i++)
		if (cold.place[i] != UINT32_MAX)
			assert_string_not_equal(data->catalogue[i].words, "");
	for (u = 0; u < data->users; u++) {
		uint32_t held = 0;
		uint64_t at = data->start[u], k;

		for (e = whole->start[u]; e < whole->start[u + 1]; e++) {
			uint32_t place = cold.place[whole->item[e]];
			bool earlier = false;

			if (place == UINT32_MAX) {	/* stays, in its order, with its time */
				assert_int_equal(data->item[at], whole->item[e]);
				assert_int_equal(data->time[at++], whole->time[e]);
				continue;
			}
			for (k = whole->start[u]; k < e; k++)
				earlier = earlier || whole->item[k] == whole->item[e];
			if (!earlier)
				assert_int_equal(cold.taken[cold.start[u] + held++], place);
		}
		assert_int_equal(at, data->start[u + 1]);
		assert_int_equal(cold.start[u + 1] - cold.start[u], held);
		kept += at - data->start[u];
		taken += held;
	}
	assert_int_equal(kept, data->events);
	assert_true(kept < whole->events && taken > 0);
	cold_free(&cold);
	train_data_free(data);
	train_data_free(whole);
}

static void recall_by_hand(void **state)
{
	uint32_t candidate[30], taken[3] = { 0, 5, 29 }, i;
	uint64_t start[2] = { 0, 3 };
	struct cold cold = { .users = 1, .items = 30, .candidates = 30, .candidate = candidate,
			     .start = start, .taken = taken };
	double score[30];

	(void)state;
	for (i = 0; i < 30; i++) {
		candidate[i] = i;
		score[i] = -(double)i;
	}
	/* places 0 and 5 are among the first twenty, 29 is not */
	assert_true(fabs(cold_recall(&cold, 0, score) - 2.0 / 3.0) < 1e-12);
	assert_true(fabs(cold_chance(&cold) - 20.0 / 30.0) < 1e-12);
}

/* log(items / items with the word) of word k of an item, counted anew. */
static double slow_idf(const struct train_data *data, uint64_t word)
{
	uint64_t hash[64];
	uint32_t have = 0, i;
	size_t n, k;

	for (i = 0; i < data->items; i++) {
		const struct train_item *item = &data->catalogue[i];

		n = pack_word_hashes(item->title, item->creator, item->words, item->year, hash, 64);
		for (k = 0; k < n; k++)
			have += hash[k] == word;
	}
	return log((double)data->items / have);
}

/* The dot product of two items' vectors over their norms. */
static double slow_cosine(const struct train_data *data, uint32_t a, uint32_t b)
{
	const struct train_item *x = &data->catalogue[a], *y = &data->catalogue[b];
	double both = 0.0, left = 0.0, right = 0.0;
	uint64_t hash[64], other[64];
	size_t n = pack_word_hashes(x->title, x->creator, x->words, x->year, hash, 64), i;
	size_t m = pack_word_hashes(y->title, y->creator, y->words, y->year, other, 64), j;

	for (i = 0; i < n; i++) {
		double idf = slow_idf(data, hash[i]);

		left += idf * idf;
		for (j = 0; j < m; j++)
			both += hash[i] == other[j] ? idf * idf : 0.0;
	}
	for (j = 0; j < m; j++)
		right += pow(slow_idf(data, other[j]), 2.0);
	return both / sqrt(left * right);
}

static void tfidf_is_the_slow_sum(void **state)
{
	struct train_data *data = crowd(11, 30);
	struct tfidf_config config = { 0.9f, 0.5f, 1 };
	struct tfidf tfidf;
	struct cold cold;
	double *score;
	uint32_t u, c;

	(void)state;
	assert_int_equal(cold_find(data, data->start, data->start + 1, COLD_TEST, &cold, NULL), 0);
	assert_int_equal(tfidf_new(data, 1, &tfidf, NULL), 0);
	score = malloc(sizeof(*score) * (cold.candidates + 1));
	for (u = 0; u < 3; u++) {
		tfidf_score(&tfidf, &config, data, &cold, u, score);
		for (c = 0; c < cold.candidates; c += 5) {
			double sum = 0.0, position = 0.0;
			uint64_t e;

			for (e = data->start[u + 1]; e-- > data->start[u];) {
				if (cold.place[data->item[e]] != UINT32_MAX)
					continue;
				sum += pow(0.9, position) / sqrt(1.0 + position) *
				       slow_cosine(data, data->item[e], cold.candidate[c]);
				position += 1.0;
			}
			assert_true(fabs(sum - score[c]) < 1e-4);
		}
	}
	free(score);
	tfidf_free(&tfidf);
	cold_free(&cold);
	train_data_free(data);
}

/* Items and words of the map's test: item i has the words i % 5 and 5 + i % 3. */
static void table_of_eight(struct words_table *table, uint32_t items)
{
	uint32_t i;

	table->items = items;
	table->words = 8;
	table->known = calloc((size_t)items * WORDS_OF_ITEM, sizeof(*table->known));
	table->n = calloc(items, 1);
	for (i = 0; i < items; i++) {
		table->known[(size_t)i * WORDS_OF_ITEM] = i % 5;
		table->known[(size_t)i * WORDS_OF_ITEM + 1] = 5 + i % 3;
		table->n[i] = 2;
	}
}

static float vector(const struct words_table *table, uint32_t item, uint32_t word)
{
	const uint32_t *known = table->known + (size_t)item * WORDS_OF_ITEM;

	return known[0] == word || known[1] == word ? sqrtf(0.5f) : 0.0f;
}

/* sum over people of 1 / things * sum over different things j, k of f_j f_k'; with `same`, also
 * of each with itself. */
static double slow_other(const struct train_data *data, const struct words_table *table,
			 uint32_t v, uint32_t w, bool same)
{
	double sum = 0.0;
	uint32_t u, i, j;

	for (u = 0; u < data->users; u++) {
		bool had[ITEMS] = { false };
		double things = 0.0, mine = 0.0;
		uint64_t e;

		for (e = data->start[u]; e < data->start[u + 1]; e++) {
			things += !had[data->item[e]];
			had[data->item[e]] = true;
		}
		for (i = 0; i < data->items; i++)
			for (j = 0; had[i] && j < data->items; j++)
				if (had[j] && (same || i != j))
					mine += (double)vector(table, i, v) *
						(double)vector(table, j, w);
		sum += things > 1.0 ? mine / things : 0.0;
	}
	return sum;
}

static void map_is_the_slow_solution(void **state)
{
	struct train_data *data = crowd(13, 40);
	bool learned[ITEMS];
	float m[64], left[64], right[64], back[64] = { 0.0f };
	struct words_table table;
	struct words_map map;
	uint32_t v, w, i, j;

	(void)state;
	assert_int_equal(gemm_load(NULL), 0);
	table_of_eight(&table, data->items);
	memset(learned, 1, sizeof(learned));
	assert_int_equal(words_map_new(data, data->start, data->start + 1, &table, learned, &map,
				       NULL), 0);
	for (v = 0; v < 8; v += 3)
		for (w = 0; w < 8; w += 2) {
			assert_true(fabs((double)map.had[v * 8 + w] -
					 slow_other(data, &table, v, w, true)) < 1e-3);
			assert_true(fabs((double)map.other[v * 8 + w] -
					 slow_other(data, &table, v, w, false)) < 1e-3);
		}
	/* (X'X + a I) M (G'G + b I) is X'X - D again */
	assert_int_equal(words_map_solve(&map, 0.5f, 2.0f, m, NULL), 0);
	for (v = 0; v < 8; v++)
		for (w = 0; w < 8; w++) {
			double sum = 0.0;

			for (i = 0; i < 8; i++)
				for (j = 0; j < 8; j++)
					sum += ((double)map.had[v * 8 + i] +
						(v == i ? 0.5 * map.scale : 0.0)) *
					       (double)m[i * 8 + j] *
					       ((double)map.all[j * 8 + w] + (j == w ? 2.0 : 0.0));
			assert_true(fabs(sum - (double)map.other[v * 8 + w]) < 1e-2);
		}
	/* of the full rank the factors are the whole of it */
	assert_int_equal(words_map_factor(&map, 0.5f, 2.0f, m, 8, left, right, NULL), 0);
	gemm_tn_add(8, 8, 8, left, right, back);
	for (i = 0; i < 64; i++)
		assert_true(fabsf(back[i] - m[i]) < 1e-3f);
	words_map_free(&map);
	free(table.known);
	free(table.n);
	train_data_free(data);
}

#define GENRES 8
#define NOISE 60	/* words that say nothing, each of about as many items as a genre */

/* People of one of eight tastes: taste g takes items of genre g and of its companion g ^ 1, which
 * shares no word with it. Two rarer words of each item say nothing. */
static void write_world(const char *items_path, const char *events_path)
{
	FILE *items = fopen(items_path, "w"), *events = fopen(events_path, "w");
	struct random random = { 3 };
	uint32_t i, u, k;

	assert_non_null(items);
	assert_non_null(events);
	fputs("item\ttitle\twords\n", items);
	fputs("user\titem\ttime\n", events);
	for (i = 0; i < 800; i++)
		fprintf(items, "%u\t\tg%u|n%u|n%u\n", i, i % GENRES,
			(unsigned)(random_u64(&random) % NOISE), (unsigned)(random_u64(&random) % NOISE));
	for (u = 0; u < 400; u++)
		for (k = 0; k < 30; k++) {
			uint32_t genre = k % 4 == 0 ? u % GENRES : (u % GENRES) ^ 1;
			uint32_t item = (uint32_t)(random_u64(&random) % 100) * GENRES + genre;

			fprintf(events, "%u\t%u\t%u\n", u, item, k);
		}
	assert_int_equal(fclose(items), 0);
	assert_int_equal(fclose(events), 0);
}

static void words_decide_end_to_end(void **state)
{
	struct tacit_train_options options = TACIT_TRAIN_OPTIONS_INIT;
	struct tacit_options open = TACIT_OPTIONS_INIT;
	char folder[] = "/tmp/tacit-cold-XXXXXX", items[64], events[64];
	struct tacit_figures figures;
	struct tacit *t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(items, sizeof(items), "%s/items.tsv", folder);
	snprintf(events, sizeof(events), "%s/events.tsv", folder);
	write_world(items, events);
	open.home = folder;
	assert_int_equal(tacit_open(&open, &t), 0);
	options.interactions = events;
	options.items = items;
	options.dim = 32;
	options.epochs = 2;
	options.dropout = 30;
	options.threads = 1;
	assert_int_equal(tacit_eval(t, &options, TACIT_COLD_ITEMS, &figures), 0);
	/* of some 80 unseen items about 20 are of a person's two genres: chance finds a quarter */
	assert_true(figures.cold_recall20 > 0.75);
	assert_true(figures.cold_recall20 > 1.1 * figures.cold_tfidf_recall20);
	assert_true(figures.cold_tfidf_recall20 > 0.3);
	assert_true(figures.users > 300);
	options.items = NULL;		/* without words nothing can be ranked */
	assert_int_equal(tacit_eval(t, &options, TACIT_COLD_ITEMS, &figures), TACIT_E_FORMAT);
	tacit_close(t);
	unlink(items);
	unlink(events);
	rmdir(folder);
}

static float cosine(const struct tfidf *tfidf, uint32_t a, uint32_t b)
{
	float sum = 0.0f;
	uint64_t k, l;

	for (k = tfidf->start[a]; k < tfidf->start[a + 1]; k++)
		for (l = tfidf->start[b]; l < tfidf->start[b + 1]; l++)
			if (tfidf->word[k] == tfidf->word[l])
				sum += tfidf->value[k] * tfidf->value[l];
	return sum;
}

/* Every seventh item is one that nobody had. */
static void kin_of(const struct train_data *data, bool *learned, bool *wanted, struct kin *out)
{
	uint32_t i;

	for (i = 0; i < data->items; i++) {
		wanted[i] = i % 7 == 0;
		learned[i] = !wanted[i];
	}
	assert_int_equal(kin_make(data, learned, wanted, out, NULL), 0);
}

static void kin_are_the_most_alike(void **state)
{
	struct train_data *data = crowd(11, 100);
	bool learned[ITEMS], wanted[ITEMS];
	struct tfidf tfidf;
	struct kin kin;
	uint32_t i, j, full = 0;
	uint64_t k;

	(void)state;
	kin_of(data, learned, wanted, &kin);
	assert_int_equal(tfidf_new(data, 1, &tfidf, NULL), 0);
	for (i = 0; i < data->items; i++) {
		uint64_t count = kin.start[i + 1] - kin.start[i];
		float least = INFINITY;

		assert_true(count <= KIN_MOST && (wanted[i] || count == 0));
		full += count == KIN_MOST;
		for (k = kin.start[i]; k < kin.start[i + 1]; k++) {
			assert_true(learned[kin.from[k]]);
			assert_true(k == kin.start[i] || kin.from[k] > kin.from[k - 1]);
			assert_float_equal(kin.value[k], cosine(&tfidf, i, kin.from[k]), 1e-5);
			least = fminf(least, kin.value[k]);
		}
		/* whoever was left out is less alike, or there was room and nothing in common */
		for (j = 0, k = kin.start[i]; wanted[i] && j < data->items; j++) {
			if (k < kin.start[i + 1] && kin.from[k] == j) {
				k++;
				continue;
			}
			if (learned[j])
				assert_true(cosine(&tfidf, i, j) <=
					    (count == KIN_MOST ? least + 1e-5f : 1e-5f));
		}
	}
	assert_true(full > 0);
	tfidf_free(&tfidf);
	kin_free(&kin);
	train_data_free(data);
}

/* Other models' pairs stay as they are, in their banks; a pair of both is one. */
static void kin_stand_in_a_bank_of_their_own(void **state)
{
	struct train_data *data = crowd(12, 50);
	const struct closed_bank bank = { 0.9f, 0.5f };
	bool learned[ITEMS], wanted[ITEMS];
	uint64_t start[ITEMS + 1], k, l;
	uint32_t item[ITEMS], from, i, found = 0;
	float value[2 * ITEMS], sum = 0.0f, all = 0.0f;
	struct pairs other = { ITEMS, 2, { { 1.0f, 0.0f }, { 0.5f, 0.0f } }, start, item, value };
	struct pairs *pairs;
	struct kin kin;

	(void)state;
	assert_int_equal(data->items, ITEMS);
	kin_of(data, learned, wanted, &kin);
	for (i = 0; i < ITEMS; i++) {		/* one pair each, some to what nobody had */
		start[i] = i;
		item[i] = (i * 31 + 7) % ITEMS;
		value[2 * i] = (float)i;
		value[2 * i + 1] = -1.0f;
	}
	start[ITEMS] = ITEMS;
	assert_int_equal(kin_pairs(&kin, &bank, 2.0f, &other, &pairs, NULL), 0);
	assert_int_equal(pairs->banks, 3);
	assert_float_equal(pairs->bank[2].rho, 0.9f, 0.0);
	for (from = 0; from < ITEMS; from++)
		for (k = pairs->start[from]; k < pairs->start[from + 1]; k++) {
			const float *row = pairs->value + 3 * k;

			assert_true(k == pairs->start[from] || pairs->item[k] > pairs->item[k - 1]);
			if (pairs->item[k] == item[from]) {
				assert_float_equal(row[0], (float)from, 0.0);
				assert_float_equal(row[1], -1.0f, 0.0);
				found++;
			} else {
				assert_float_equal(row[0], 0.0f, 0.0);
			}
			for (l = kin.start[pairs->item[k]]; l < kin.start[pairs->item[k] + 1]; l++)
				if (kin.from[l] == from)
					assert_float_equal(row[2], 2.0f * kin.value[l], 1e-6);
			sum += row[2];
		}
	for (k = 0; k < kin.start[ITEMS]; k++)
		all += 2.0f * kin.value[k];
	assert_int_equal(found, ITEMS);
	assert_float_equal(sum, all, 1e-2);
	pairs_free(pairs);
	kin_free(&kin);
	train_data_free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kin_are_the_most_alike),
		cmocka_unit_test(kin_stand_in_a_bank_of_their_own),
		cmocka_unit_test(nothing_is_learned_from_unseen_items),
		cmocka_unit_test(recall_by_hand),
		cmocka_unit_test(tfidf_is_the_slow_sum),
		cmocka_unit_test(map_is_the_slow_solution),
		cmocka_unit_test(words_decide_end_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
