/*
 * The terms of a score. Each is exact in units of 2^-62; what is shown is in 2^-20. Terms are shown
 * as differences of rounded running sums, so that what is shown sums to the shown score exactly
 * and each shown term is within one unit of its exact value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/text.h"
#include "pack/moment.h"
#include "taste/pairs.h"

struct column {
	fixed_wide sum;			/* exact running sum */
	int64_t shown;			/* its rounding */
};

static void copy_text(char *out, size_t max, const char *text)
{
	snprintf(out, max, "%.*s", (int)text_cut(text, strlen(text), max - 1), text);
}

void answer_name(const char *title, int32_t year, char *out, size_t max)
{
	char end[16];

	snprintf(end, sizeof(end), " (%d)", year);
	copy_text(out, max, title);
	if (year != 0 && strstr(title, end) == NULL && strlen(out) + strlen(end) < max)
		memcpy(out + strlen(out), end, strlen(end) + 1);
}

const char *answer_split(const char *line, char title[LIMIT_TITLE_BYTES + 1])
{
	const char *tab = strchr(line, '\t');
	size_t size = tab == NULL ? strlen(line) : (size_t)(tab - line);

	snprintf(title, LIMIT_TITLE_BYTES + 1, "%.*s",
		 (int)text_cut(line, size, LIMIT_TITLE_BYTES), line);
	return tab == NULL ? "" : tab + 1;
}

void answer_describe(const struct pack *pack, uint32_t item, struct tacit_suggestion *out)
{
	out->item = item;
	copy_text(out->id, sizeof(out->id), pack_id(pack, item));
	copy_text(out->title, sizeof(out->title), pack_title(pack, item));
	copy_text(out->creator, sizeof(out->creator), pack_creator(pack, item));
	copy_text(out->words, sizeof(out->words), pack_words(pack, item));
	out->year = pack->item[item].year;
}

int32_t answer_probability(const struct pack *pack, int32_t log_share)
{
	const struct pack_calibration_point *point = pack->calibration;
	size_t n = pack->calibration_points, i;

	if (n == 0)
		return (int32_t)(fixed_exp2(log_share) >> 10);
	if (log_share <= point[0].x)
		return point[0].probability;
	for (i = 1; i < n; i++)
		if (log_share <= point[i].x) {
			int64_t run = (int64_t)point[i].x - point[i - 1].x;
			int64_t rise = (int64_t)point[i].probability - point[i - 1].probability;

			return (int32_t)(point[i - 1].probability +
					 rise * (log_share - point[i - 1].x) / run);
		}
	return point[n - 1].probability;
}

int32_t answer_chance(const struct subject *subject, int32_t log_share)
{
	return subject->head != NULL && subject->head->view != 0 ? -1 :
	       answer_probability(subject->pack, log_share);
}

/* Adds a term to a suggestion; the array has room for every possible cause. */
static struct tacit_cause *add_cause(struct tacit_suggestion *suggestion, struct column *column,
				     fixed_wide term, const char *reason)
{
	struct tacit_cause *cause = &suggestion->cause[suggestion->cause_count++];
	int64_t shown;

	memset(cause, 0, sizeof(*cause));
	copy_text(cause->reason, sizeof(cause->reason), reason);
	column->sum += term;
	shown = fixed_narrow(column->sum);
	cause->contribution = shown - column->shown;
	column->shown = shown;
	return cause;
}

/* What many take; of a title outside the catalogue nobody knows, so it is the least. */
static void add_popular(const struct profile *profile, uint32_t bucket, uint32_t item,
			fixed_wide least, struct tacit_suggestion *suggestion,
			struct column *column)
{
	bool has = item != FOLD_NO_ITEM;
	struct tacit_cause *cause = add_cause(suggestion, column, has ?
					      profile_length(profile, bucket, item) : least,
					      "popular");

	copy_text(cause->label, sizeof(cause->label), has ? "how many take it" :
		  "not in the catalogue: as what the fewest take");
}

static void add_told(const struct profile *profile, uint32_t item, const struct outside *outside,
		     struct tacit_suggestion *suggestion, struct column *column)
{
	const struct pack *pack = profile->pack;
	bool has = item != FOLD_NO_ITEM;
	const char *title = has ? pack_title(pack, item) : outside->title;
	const char *creator = has ? pack_creator(pack, item) : outside->creator;
	const char *words = has ? pack_words(pack, item) : "";
	uint32_t r;

	for (r = 0; r < profile->told.count; r++) {
		const struct told_rule *rule = &profile->told.rule[r];
		struct tacit_cause *cause;

		if (rule->bonus == 0 || !told_matches(rule, title, creator, words))
			continue;
		cause = add_cause(suggestion, column, (fixed_wide)rule->bonus *
				  ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS)), "told");
		cause->fact = rule->fact;
		copy_text(cause->label, sizeof(cause->label), rule->label);
	}
}

/* The place in the moment of the first value of a feature of time; profile->moments without. */
static uint32_t place_of(const struct profile *profile, uint32_t feature)
{
	const char *name = moment_time_feature(feature);
	uint32_t m;

	for (m = 0; m < profile->moments; m++) {
		const char *key = moment_key(profile->pack, profile->moment[m]);

		if (strncmp(key, name, strlen(name)) == 0 && key[strlen(name)] == '=')
			break;
	}
	return m;
}

/* What the mth value of the moment adds to the state, into h, and its label; false where it goes
 * with another. Day and part of the day are one cause, "Saturday evening". */
static bool moment_state(const struct profile *profile, uint32_t m, int64_t *h, char *label,
			 size_t max)
{
	const struct pack *pack = profile->pack;
	uint32_t day = place_of(profile, 0), part = place_of(profile, 1);
	const char *more = NULL;

	if (m == part && day < profile->moments)
		return false;
	memset(h, 0, sizeof(*h) * pack->dim);
	fold_moment(pack, profile->moment[m], h);
	if (m == day && part < profile->moments) {
		fold_moment(pack, profile->moment[part], h);
		more = moment_key(pack, profile->moment[part]);
	}
	moment_label(moment_key(pack, profile->moment[m]), more, label, max);
	return true;
}

/* What entry and moment add by the state h to an item of the catalogue, or to one outside. */
static fixed_wide state_term(const struct profile *profile, const int64_t *h, uint32_t item,
			     const struct outside *outside)
{
	return item != FOLD_NO_ITEM ? fold_dot(profile->pack, h, item) :
	       fold_dot_words(profile->pack, h, outside->row, outside->count);
}

static void add_moments(const struct profile *profile, const uint32_t *item,
			const struct outside *outside, uint32_t count,
			struct tacit_suggestion *out, struct column *column, int64_t *h)
{
	uint32_t m, i;
	char label[256];

	for (m = 0; m < profile->moments; m++) {
		if (!moment_state(profile, m, h, label, sizeof(label)))
			continue;
		for (i = 0; i < count; i++) {
			fixed_wide term = state_term(profile, h, item[i],
						     outside == NULL ? NULL : &outside[i]);

			if (term != 0)
				copy_text(add_cause(&out[i], &column[i], term, "moment")->label,
					  sizeof(out[i].cause->label), label);
		}
	}
}

static void add_entry(const struct profile *profile, uint32_t e, fixed_wide term,
		      struct tacit_suggestion *suggestion, struct column *column)
{
	const struct profile_entry *entry = &profile->entry[e];
	const struct fold_entry *fold = &profile->fold[e];
	struct tacit_cause *cause = add_cause(suggestion, column, term,
					      fold->item == FOLD_NO_ITEM ? "words" : "follow");

	cause->event = profile->history->event[entry->newest];
	cause->time = profile->history->time[entry->newest];
	cause->events = entry->events;
	if (fold->item == FOLD_NO_ITEM)
		answer_name(profile->history->items[entry->vault_item].title,
			    profile->history->items[entry->vault_item].year, cause->label,
			    sizeof(cause->label));
	else
		answer_name(pack_title(profile->pack, fold->item),
			    profile->pack->item[fold->item].year, cause->label,
			    sizeof(cause->label));
}

/* What an entry adds to an item: by its rows (h is its share of the state) and its pairs. */
static fixed_wide entry_term(const struct profile *profile, const int64_t *h, uint32_t e,
			     uint32_t item)
{
	return fold_dot(profile->pack, h, item) +
	       (fixed_wide)pairs_term(profile->pack, profile->decay, &profile->fold[e], e, item) *
	       ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
}

int causes_make(const struct profile *profile, uint32_t bucket, const uint32_t *item,
		const struct outside *outside, uint32_t count, struct tacit_suggestion *out,
		struct error *error)
{
	const struct pack *pack = profile->pack;
	uint32_t live = profile->count < profile->decay->faded ? profile->count
							       : profile->decay->faded;
	struct column *column = calloc(count + 1, sizeof(*column));
	int64_t *h = malloc(sizeof(*h) * pack->dim);
	fixed_wide least = outside == NULL ? 0 : fold_least_length(pack, bucket);
	uint32_t i, e;
	int result = column == NULL || h == NULL ? error_memory(error) : 0;

	for (i = 0; result == 0 && i < count; i++) {
		/* popular; what variety costs */
		size_t room = live + TOLD_RULES_MAX + 2 + profile->moments;

		out[i].cause = malloc(sizeof(*out[i].cause) * room);
		if (out[i].cause == NULL) {
			result = error_memory(error);
			break;
		}
		add_popular(profile, bucket, item[i], least, &out[i], &column[i]);
		add_told(profile, item[i], outside == NULL ? NULL : &outside[i], &out[i],
			 &column[i]);
	}
	if (result == 0)
		add_moments(profile, item, outside, count, out, column, h);
	for (e = 0; result == 0 && e < live; e++) {
		memset(h, 0, sizeof(*h) * pack->dim);
		fold_add(pack, profile->decay, &profile->fold[e], e, h);
		for (i = 0; i < count; i++) {
			fixed_wide term = item[i] != FOLD_NO_ITEM ?
				entry_term(profile, h, e, item[i]) :
				fold_dot_words(pack, h, outside[i].row, outside[i].count);

			if (term != 0)
				add_entry(profile, e, term, &out[i], &column[i]);
		}
	}
	for (i = 0; result == 0 && i < count; i++)
		out[i].score = column[i].shown;
	free(column);
	free(h);
	return result;
}

static int by_contribution(const void *a, const void *b)
{
	const struct tacit_cause *x = a, *y = b;

	if (x->contribution != y->contribution)
		return x->contribution > y->contribution ? -1 : 1;
	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	if (x->fact != y->fact)
		return x->fact < y->fact ? -1 : 1;
	return strcmp(x->label, y->label);
}

void causes_sort(struct tacit_suggestion *suggestion, size_t most)
{
	if (suggestion->cause_count > 1)	/* a title that nobody knows has none at all */
		qsort(suggestion->cause, suggestion->cause_count, sizeof(*suggestion->cause),
		      by_contribution);
	if (most > 0 && suggestion->cause_count > most)
		suggestion->cause_count = most;
}
