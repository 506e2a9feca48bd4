/*
 * More like one thing: the term that it adds to every score as the newest of a history, alone. No
 * intercept, so that what many take is not first whatever was named; nothing of the person's
 * history, so that the answer is about the thing. What the person never wants stays out all the
 * same: it is a promise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "taste/pairs.h"

#define DEFAULT_COUNT 10

/* The one entry that stands for the thing, and the name that it is shown by. */
static int entry_make(const struct pack *pack, uint32_t item, const char *line,
		      uint32_t row[PACK_WORD_ROWS], struct fold_entry *out, char label[256],
		      struct error *error)
{
	char title[LIMIT_TITLE_BYTES + 1];
	const char *creator;

	*out = (struct fold_entry){ .item = item, .strength = FIXED_ONE };
	if (item != FOLD_NO_ITEM) {
		answer_name(pack_title(pack, item), pack->item[item].year, label, 256);
		return 0;
	}
	creator = answer_split(line, title);
	out->word = row;
	out->word_count = pack_word_rows(pack, title, creator, "", 0, row);
	answer_name(title, 0, label, 256);
	if (out->word_count == 0)
		return error_set(error, TACIT_E_NOT_FOUND, "the pack \"%.63s\" (%.31s) has "
				 "nothing called \"%.200s\" and knows no word of it; write the "
				 "title as the catalogue does, with its year: \"Alien (1979)\"",
				 pack->header->name, pack->header->domain, title);
	return 0;
}

static int fill(const struct subject *subject, const struct fold_entry *entry, const char *label,
		const struct scan_hit *hit, uint32_t count, struct tacit_answer *out,
		struct error *error)
{
	uint32_t i;

	out->suggestion = calloc((size_t)count + 1, sizeof(*out->suggestion));
	if (out->suggestion == NULL)
		return error_memory(error);
	for (i = 0; i < count; i++) {
		struct tacit_suggestion *suggestion = &out->suggestion[i];

		out->count = i + 1;
		suggestion->cause = calloc(1, sizeof(*suggestion->cause));
		if (suggestion->cause == NULL)
			return error_memory(error);
		answer_describe(subject->pack, hit[i].item, suggestion);
		suggestion->score = fixed_narrow(hit[i].score);
		suggestion->probability = -1;	/* it says nothing about the person */
		suggestion->rank = i + 1;
		suggestion->cause_count = 1;
		suggestion->cause[0].contribution = suggestion->score;
		snprintf(suggestion->cause[0].reason, sizeof(suggestion->cause[0].reason), "%s",
			 entry->item == FOLD_NO_ITEM ? "words" : "follow");
		snprintf(suggestion->cause[0].label, sizeof(suggestion->cause[0].label), "%s",
			 label);
	}
	return 0;
}

static int list(const struct subject *subject, struct profile *nobody,
		const struct fold_entry *entry, const char *label, uint32_t count,
		struct tacit_answer *out, struct error *error)
{
	const struct pack *pack = subject->pack;
	int64_t *h = calloc(pack->dim, sizeof(*h));
	struct scan_hit *hit = malloc(sizeof(*hit) * ((size_t)count + 1));
	int64_t *sum = malloc(sizeof(*sum) * pack->items);
	int32_t *bonus = malloc(sizeof(*bonus) * pack->items);
	uint32_t got, i;
	int result;

	if (h == NULL || hit == NULL || sum == NULL || bonus == NULL) {
		result = error_memory(error);
	} else {
		if (entry->item != FOLD_NO_ITEM)
			nobody->excluded[entry->item / 64] |= 1ULL << (entry->item % 64);
		for (i = 0; i < pack->items; i++)
			out->candidates += !profile_bit(nobody->excluded, i);
		fold_add(pack, nobody->decay, entry, 0, h);
		pairs_state(pack, nobody->decay, entry, 1, UINT32_MAX, NULL, sum, bonus);
		scan_pass(subject->scan, h, FOLD_NO_BUCKET, nobody->excluded, bonus);
		got = scan_top(subject->scan, count, hit, NULL);
		result = fill(subject, entry, label, hit, got, out, error);
	}
	free(h);
	free(hit);
	free(sum);
	free(bonus);
	return result;
}

int answer_like(const struct subject *subject, uint32_t item, const char *title, uint32_t count,
		struct tacit_answer *out, struct error *error)
{
	const struct profile_filter nothing = { NULL, 0, NULL };	/* but what was told */
	uint32_t row[PACK_WORD_ROWS];
	struct fold_entry entry;
	struct profile nobody;
	char label[256];
	int result = entry_make(subject->pack, item, title, row, &entry, label, error);

	count = count == 0 ? DEFAULT_COUNT : count;
	if (result == 0)
		result = profile_make(subject->history, subject->links, subject->pack,
				      subject->facts, subject->fact_count, &nothing, &nobody,
				      error);
	if (result != 0)
		return result;
	snprintf(out->domain, sizeof(out->domain), "%.31s", subject->pack->header->domain);
	snprintf(out->pack, sizeof(out->pack), "%.63s", subject->pack->header->name);
	result = list(subject, &nobody, &entry, label, count, out, error);
	profile_free(&nobody);
	return result;
}
