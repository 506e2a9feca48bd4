/*
 * Candidates outside the catalogue. A pack has candidate rows for words (WROW's last of each word),
 * fitted so that their sum is the row that an item of these words has: with them a new title is
 * scored like an item that nobody had, by the same exact sum.
 */
#include "answer.h"

bool outside_make(const struct pack *pack, const char *title, const char *creator, int32_t year,
		  struct outside *out)
{
	out->title = title;
	out->creator = creator;
	out->count = pack_word_rows(pack, title, creator, "", year, out->row);
	return out->count > 0;
}

fixed_wide outside_score(const struct profile *profile, const struct outside *outside,
			 const int64_t *h, fixed_wide least)
{
	fixed_wide score = least + fold_dot_words(profile->pack, h, outside->row, outside->count);
	uint32_t r;

	for (r = 0; r < profile->told.count; r++)
		if (told_matches(&profile->told.rule[r], outside->title, outside->creator, ""))
			score += (fixed_wide)profile->told.rule[r].bonus *
				 ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS));
	return score;
}

bool outside_never(const struct profile *profile, const struct outside *outside)
{
	uint32_t r;

	for (r = 0; r < profile->told.count; r++)
		if (profile->told.rule[r].never &&
		    told_matches(&profile->told.rule[r], outside->title, outside->creator, ""))
			return true;
	return false;
}
