/*
 * For the test and the benchmark of onward.h: a file of check-ins ("user TAB venue TAB minute"), the
 * plain order-1 chain beside which it is measured, and the protocol: of each person the first 80 %
 * of the check-ins teach, the rest are tested in order.
 */
#ifndef TESTS_ONWARD_KIT_H
#define TESTS_ONWARD_KIT_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "places/onward.h"

/* Minute 0 of the Foursquare file is the first check-in of New York, 2012-04-03 18:00 UTC; four
 * hours behind (the clocks of November are not turned). */
#define KIT_START 1333476000000LL
#define KIT_ZONE (-240)
#define KIT_BINS 10

struct kit_row {
	uint32_t user, venue;
	int64_t minute;
};

struct kit_score {
	size_t tests, fresh, first, five, ten;	/* places only */
	size_t with_fresh, with_fresh5;		/* somewhere new as one of the answers */
	size_t plain, plain_ties;		/* order 1; ties to the more frequent place */
	double said[KIT_BINS], fresh_said, loss;
	size_t bin[KIT_BINS], right[KIT_BINS];
	double top_said[KIT_BINS];		/* of the likeliest answer, new or not */
	size_t top_bin[KIT_BINS], top_right[KIT_BINS];
};

static int kit_by_user(const void *x, const void *y)
{
	const struct kit_row *a = x, *b = y;

	if (a->user != b->user)
		return a->user < b->user ? -1 : 1;
	if (a->minute != b->minute)
		return a->minute < b->minute ? -1 : 1;
	return (a->venue > b->venue) - (a->venue < b->venue);
}

/* Rows by user, then time; NULL where there is no file. */
static inline struct kit_row *kit_read(const char *path, size_t *count)
{
	FILE *file = fopen(path, "r");
	struct kit_row *row = NULL, one;
	size_t capacity = 0;
	long long minute;

	*count = 0;
	if (file == NULL)
		return NULL;
	while (fscanf(file, "%u %u %lld", &one.user, &one.venue, &minute) == 3) {
		one.minute = minute;
		if (*count == capacity)
			row = realloc(row, (capacity = capacity * 2 + 4096) * sizeof(*row));
		row[(*count)++] = one;
	}
	fclose(file);
	if (row != NULL)
		qsort(row, *count, sizeof(*row), kit_by_user);
	return row;
}

static inline struct visit kit_visit(const struct kit_row *row)
{
	int64_t time = KIT_START + row->minute * 60000;

	return (struct visit){ time, time, row->venue, KIT_ZONE, true };
}

/* The most frequent successor among rows before `end`, else the most frequent place; of equals the
 * one seen first, or (ties) the more frequent one. */
static inline uint32_t kit_plain(const struct kit_row *row, size_t end, uint32_t here, bool ties)
{
	uint32_t best = VISIT_NOWHERE;
	size_t i, k, most = 0;

	for (i = 0; i < end; i++) {
		size_t next = 0, all = 0, score;

		for (k = 0; k < i && row[k].venue != row[i].venue; k++)
			;
		if (k < i)
			continue;
		for (k = i; k < end; k++)
			if (row[k].venue == row[i].venue) {
				all++;
				next += k > 0 && row[k - 1].venue == here;
			}
		score = next > 0 ? (next << 40) + (ties ? all : 0) : all;
		if (score > most) {
			most = score;
			best = row[i].venue;
		}
	}
	return best;
}

static inline void kit_bin(double *said, size_t *bin, size_t *right, int32_t chance, bool good)
{
	int at = (int)((int64_t)chance * KIT_BINS / FIXED_ONE);

	at = at == KIT_BINS ? KIT_BINS - 1 : at;
	said[at] += (double)chance / FIXED_ONE;
	bin[at]++;
	right[at] += good;
}

static inline void kit_judge(const struct onward_answer *answer, uint32_t venue, bool fresh,
			     struct kit_score *score)
{
	size_t i, rank = ONWARD_GUESSES, fresh_rank = 0;
	int32_t chance = answer->count > 0 ? answer->list[0].chance : 0;
	double truth = fresh ? answer->fresh : 1;
	bool new_first = answer->fresh > chance;

	for (i = 0; i < answer->count; i++) {
		if (!fresh && answer->list[i].place == venue) {
			rank = i;
			truth = answer->list[i].chance;
		}
		fresh_rank += answer->list[i].chance >= answer->fresh;
	}
	score->tests++;
	score->fresh += fresh;
	score->fresh_said += (double)answer->fresh / FIXED_ONE;
	score->loss -= log((truth + 100) / (FIXED_ONE + 1600.0));
	score->first += rank == 0;
	score->five += rank < 5;
	score->ten += rank < 10;
	score->with_fresh += new_first ? fresh : rank == 0;
	score->with_fresh5 += fresh ? fresh_rank < 5 : rank + (fresh_rank <= rank) < 5;
	kit_bin(score->said, score->bin, score->right, chance, rank == 0);
	kit_bin(score->top_said, score->top_bin, score->top_right,
		new_first ? answer->fresh : chance, new_first ? fresh : rank == 0);
}

/* One person's rows. */
static inline void kit_person(const struct kit_row *row, size_t count, enum onward_ask ask,
			      bool frozen, struct kit_score *score)
{
	size_t from = count * 4 / 5, i, k, known;
	struct visit *visit = malloc((count + 1) * sizeof(*visit));
	struct onward *onward;

	for (i = 0; i < count; i++)
		visit[i] = kit_visit(&row[i]);
	if (from == 0 || onward_learn(visit, from, &onward, NULL) != 0) {
		free(visit);
		return;
	}
	if (frozen)
		onward_freeze(onward);
	for (i = from; i < count; i++) {
		const struct visit *when = ask == ONWARD_LEAVING ? &visit[i - 1] : &visit[i];
		struct onward_answer answer;

		known = frozen ? from : i;
		for (k = 0; k < known && row[k].venue != row[i].venue; k++)
			;
		if (onward_next(onward, ask, when->leave, when->zone, &answer, NULL) != 0)
			abort();
		kit_judge(&answer, row[i].venue, k == known, score);
		score->plain += kit_plain(row, known, row[i - 1].venue, false) == row[i].venue;
		score->plain_ties += kit_plain(row, known, row[i - 1].venue, true) == row[i].venue;
		if (onward_add(onward, &visit[i], NULL) != 0)
			abort();
	}
	onward_free(onward);
	free(visit);
}

static inline double kit_error(const double *said, const size_t *right, size_t tests)
{
	double error = 0;
	int i;

	for (i = 0; i < KIT_BINS; i++)
		error += fabs(said[i] - (double)right[i]);
	return tests > 0 ? error / (double)tests : 0;
}

/* Persons `from` .. `to`, each `step`th. */
static inline struct kit_score kit_run(const struct kit_row *row, size_t rows, uint32_t from,
				       uint32_t to, uint32_t step, enum onward_ask ask,
				       bool frozen)
{
	struct kit_score score;
	size_t i, end;

	memset(&score, 0, sizeof(score));
	for (i = 0; i < rows; i = end) {
		for (end = i + 1; end < rows && row[end].user == row[i].user;)
			end++;
		if (row[i].user >= from && row[i].user <= to && row[i].user % step == 0)
			kit_person(row + i, end - i, ask, frozen, &score);
	}
	return score;
}

#endif
