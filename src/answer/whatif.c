/* The first k before and after a change, merged. Nothing is written anywhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

struct side {
	struct scan_hit *hit;		/* [count] */
	uint32_t count;
	struct profile profile;
	int64_t *h;
};

static int side_make(const struct subject *subject, const struct profile_filter *filter,
		     uint32_t count, struct side *side, struct error *error)
{
	uint32_t bucket;
	int result = profile_make(subject->history, subject->links, subject->pack,
				  subject->facts, subject->fact_count, filter, &side->profile,
				  error);

	if (result != 0)
		return result;
	side->hit = malloc(sizeof(*side->hit) * ((size_t)count + 1));
	side->h = malloc(sizeof(*side->h) * subject->pack->dim);
	if (side->hit == NULL || side->h == NULL)
		return error_memory(error);
	bucket = profile_state(&side->profile, UINT32_MAX, side->h);
	scan_pass(subject->scan, side->h, bucket, side->profile.excluded, side->profile.bonus);
	side->count = scan_top(subject->scan, count, side->hit, NULL);
	return 0;
}

/* The score that a side gives to an item, wherever it ranks. */
static int64_t side_score(const struct subject *subject, const struct side *side, uint32_t item)
{
	fixed_wide score = fold_dot(subject->pack, side->h, item) +
			   fold_length(subject->pack, fold_bucket(subject->pack,
								  side->profile.count), item);

	if (side->profile.bonus != NULL)
		score += (fixed_wide)side->profile.bonus[item] *
			 ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
	return fixed_narrow(score);
}

static uint32_t place(const struct side *side, uint32_t item)
{
	uint32_t i;

	for (i = 0; i < side->count; i++)
		if (side->hit[i].item == item)
			return i + 1;
	return 0;
}

static void add_line(const struct subject *subject, const struct side *before,
		     const struct side *after, uint32_t item, struct tacit_whatif *out)
{
	struct tacit_change *line = &out->line[out->count++];

	memset(line, 0, sizeof(*line));
	answer_name(pack_title(subject->pack, item), subject->pack->item[item].year, line->title,
		    sizeof(line->title));
	line->before = place(before, item);
	line->after = place(after, item);
	line->score_before = side_score(subject, before, item);
	line->score_after = side_score(subject, after, item);
}

static void side_free(struct side *side)
{
	free(side->hit);
	free(side->h);
	if (side->profile.decay != NULL)
		profile_free(&side->profile);
}

int answer_whatif(const struct subject *before, const struct profile_filter *before_filter,
		  const struct subject *after, const struct profile_filter *after_filter,
		  uint32_t count, struct tacit_whatif *out, struct error *error)
{
	struct side one, two;
	uint32_t i;
	int result;

	memset(&one, 0, sizeof(one));
	memset(&two, 0, sizeof(two));
	result = side_make(before, before_filter, count, &one, error);
	if (result == 0)
		result = side_make(after, after_filter, count, &two, error);
	if (result == 0) {
		out->line = calloc((size_t)count * 2 + 1, sizeof(*out->line));
		if (out->line == NULL)
			result = error_memory(error);
	}
	for (i = 0; result == 0 && i < two.count; i++)
		add_line(before, &one, &two, two.hit[i].item, out);
	for (i = 0; result == 0 && i < one.count; i++)
		if (place(&two, one.hit[i].item) == 0)
			add_line(before, &one, &two, one.hit[i].item, out);
	side_free(&one);
	side_free(&two);
	return result;
}
