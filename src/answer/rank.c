/*
 * Ranking a list that is given. What a list costs is its own length times the history, for the
 * causes; the catalogue is passed over once for each profile, for the chances.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "taste/dot.h"

struct ranked {
	uint32_t item, order;		/* item FOLD_NO_ITEM: not in the pack */
	fixed_wide score;
	bool known;			/* in the pack, or words of it are */
	char *title;			/* owned: of what is not in the pack */
	struct outside outside;
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->known != y->known)
		return x->known ? -1 : 1;
	if (x->known && x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* "Title<TAB>Creator" */
static int link_line(const struct subject *subject, const char *line, struct ranked *out,
		     struct error *error)
{
	char title[LIMIT_TITLE_BYTES + 1];
	struct pack_query query = { title, answer_split(line, title), 0 };
	struct pack_match match;

	out->known = pack_link(subject->pack, &query, &match);
	out->item = out->known ? match.item : FOLD_NO_ITEM;
	if (out->known)
		return 0;
	out->title = strdup(title);
	if (out->title == NULL)
		return error_memory(error);
	out->known = outside_make(subject->pack, out->title, query.creator, 0, &out->outside);
	return 0;
}

static void fill_one(const struct subject *subject, struct answer_ready *ready,
		     const struct ranked *ranked, const char *line,
		     struct tacit_suggestion *suggestion)
{
	if (ranked->item != FOLD_NO_ITEM) {
		answer_describe(subject->pack, ranked->item, suggestion);
		suggestion->probability = answer_probability(subject->pack,
			given_log_share(ready->given, subject->scan, ranked->score));
	} else {
		/* chances were measured on things of the catalogue: here there is none to tell */
		suggestion->probability = -1;
		snprintf(suggestion->title, sizeof(suggestion->title), "%.200s",
			 ranked->known ? ranked->outside.title : line);
		if (ranked->known)
			snprintf(suggestion->creator, sizeof(suggestion->creator), "%.200s",
				 ranked->outside.creator);
	}
	causes_sort(suggestion, 0);
}

static int fill_ranked(const struct subject *subject, struct answer_ready *ready,
		       const struct ranked *ranked, const char *const *titles, size_t count,
		       struct tacit_answer *out, struct error *error)
{
	uint32_t *item = malloc(sizeof(*item) * (count + 1)), known = 0;
	struct outside *outside = calloc(count + 1, sizeof(*outside));
	size_t i;
	int result = 0;

	out->suggestion = calloc(count + 1, sizeof(*out->suggestion));
	if (item == NULL || outside == NULL || out->suggestion == NULL) {
		result = error_memory(error);
	} else {
		out->count = count;
		for (; known < count && ranked[known].known; known++) {
			item[known] = ranked[known].item;
			outside[known] = ranked[known].outside;
		}
		result = causes_make(&ready->profile, ready->bucket, item, outside, known,
				     out->suggestion, error);
	}
	for (i = 0; result == 0 && i < count; i++) {
		out->suggestion[i].rank = (uint32_t)i + 1;
		fill_one(subject, ready, &ranked[i], titles[ranked[i].order],
			 &out->suggestion[i]);
	}
	free(item);
	free(outside);
	return result;
}

/* The scores of those that the pack has, a block at a time, and of the others. */
static void score_ranked(struct answer_ready *ready, struct ranked *ranked, size_t count)
{
	uint32_t item[DOT_BLOCK], some = 0, k;
	size_t at[DOT_BLOCK], i;
	fixed_wide score[DOT_BLOCK];

	for (i = 0; i <= count; i++) {
		if (some == DOT_BLOCK || (i == count && some > 0)) {
			given_scores(ready->given, item, some, score);
			for (k = 0; k < some; k++)
				ranked[at[k]].score = score[k];
			some = 0;
		}
		if (i < count && ranked[i].item != FOLD_NO_ITEM) {
			item[some] = ranked[i].item;
			at[some++] = i;
		} else if (i < count && ranked[i].known) {
			ranked[i].score = outside_score(&ready->profile, &ranked[i].outside,
							ready->h, ready->least);
		}
	}
}

int answer_ready_make(const struct subject *subject, struct answer_ready *out, struct error *error)
{
	const struct profile_filter all = PROFILE_ALL;
	int result;

	memset(out, 0, sizeof(*out));
	result = profile_make(subject->history, subject->links, subject->pack, subject->facts,
			      subject->fact_count, &all, &out->profile, error);
	if (result != 0)
		return result;
	out->h = malloc(sizeof(*out->h) * subject->pack->dim);
	if (out->h != NULL) {
		out->bucket = profile_state(&out->profile, UINT32_MAX, out->h);
		out->least = fold_least_length(subject->pack, out->bucket);
		out->given = given_new(subject->pack, out->h, out->bucket, out->profile.bonus);
	}
	if (out->given != NULL)
		return 0;
	answer_ready_free(out);
	return error_memory(error);
}

void answer_ready_free(struct answer_ready *ready)
{
	given_free(ready->given);
	free(ready->h);
	profile_free(&ready->profile);
	memset(ready, 0, sizeof(*ready));
}

/* A given list may hold what was had already: nothing is left out. */
int answer_ready_rank(const struct subject *subject, struct answer_ready *ready,
		      const char *const *titles, size_t count, struct tacit_answer *out,
		      struct error *error)
{
	struct ranked *ranked = calloc(count + 1, sizeof(*ranked));
	int result = ranked == NULL ? error_memory(error) : 0;
	size_t i;

	if (result == 0)
		answer_describe_all(subject, &ready->profile, out);
	for (i = 0; result == 0 && i < count; i++) {
		ranked[i].order = (uint32_t)i;
		result = link_line(subject, titles[i], &ranked[i], error);
	}
	if (result == 0) {
		score_ranked(ready, ranked, count);
		qsort(ranked, count, sizeof(*ranked), by_rank);
		result = fill_ranked(subject, ready, ranked, titles, count, out, error);
	}
	for (i = 0; ranked != NULL && i < count; i++)
		free(ranked[i].title);
	free(ranked);
	return result;
}

int answer_rank(const struct subject *subject, const char *const *titles, size_t count,
		struct tacit_answer *out, struct error *error)
{
	struct answer_ready ready;
	int result = answer_ready_make(subject, &ready, error);

	if (result != 0)
		return result;
	result = answer_ready_rank(subject, &ready, titles, count, out, error);
	answer_ready_free(&ready);
	return result;
}
