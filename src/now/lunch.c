/* Lists of places for lunch under what was told; see lunch.h. */
#include "lunch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "lunch_inside.h"
#include "places/quantile.h"

#define QUARTER_HOUR (15 * 60000LL)
#define USUAL_MEALS 5
#define WORDS_MOST 32

const char *lunch_term_name(enum lunch_term term)
{
	static const char *const names[LUNCH_TERMS] = {
		"visits", "time of week", "weather", "rest", "alike", "walk",
	};

	return names[term];
}

static char low(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool part_of_word(char c)
{
	return (low(c) >= 'a' && low(c) <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

/* The word at *at, and *at behind it; 0 bytes at the end. */
static size_t next_word(const char **at, const char **word)
{
	const char *p = *at;

	while (*p != '\0' && !part_of_word(*p))
		p++;
	*word = p;
	while (part_of_word(*p))
		p++;
	*at = p;
	return (size_t)(p - *word);
}

static bool same_word(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t i;

	for (i = 0; i < a_size && a_size == b_size; i++)
		if (low(a[i]) != low(b[i]))
			return false;
	return a_size == b_size;
}

/* Whether the words of `wanted` stand in a row in text, from its first word on. */
static bool begins_with(const char *text, const char *wanted)
{
	const char *a, *b;
	size_t size;

	while ((size = next_word(&wanted, &b)) > 0) {
		size_t other = next_word(&text, &a);

		if (!same_word(a, other, b, size))
			return false;
	}
	return true;
}

static bool has(const char *text, const char *wanted)
{
	const char *word, *probe = wanted;

	if (text == NULL || next_word(&probe, &word) == 0)
		return false;
	while (next_word(&text, &word) > 0)
		if (begins_with(word, wanted))
			return true;
	return false;
}

static bool place_has(const struct lunch_place *place, const char *wanted)
{
	return has(place->name, wanted) || has(place->words, wanted) || has(place->tags, wanted);
}

static bool allowed(const struct lunch_place *place, const struct lunch_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->never_count; i++)
		if (place_has(place, rules->never[i]))
			return false;
	for (i = 0; i < rules->must_count; i++)
		if (!place_has(place, rules->must[i]))
			return false;
	return (rules->budget < 0 || place->price <= rules->budget) &&
	       (rules->metres < 0 || place->metres <= rules->metres);
}

/* Words in common over words of both, 2^-20. */
static int64_t likeness(const char *a, const char *b)
{
	const char *x, *y, *rest;
	size_t size, other, common = 0, all = 0;

	if (a == NULL || b == NULL)
		return 0;
	for (rest = b; next_word(&rest, &y) > 0;)
		all++;
	while ((size = next_word(&a, &x)) > 0) {
		bool found = false;

		for (rest = b; !found && (other = next_word(&rest, &y)) > 0;)
			found = same_word(x, size, y, other);
		common += found;
		all += !found;
	}
	return all > 0 ? (int64_t)common * FIXED_ONE / (int64_t)all : 0;
}

bool lunch_novel_day(int64_t day, int32_t novelty)
{
	int64_t of_week = visit_of_week(day * VISIT_DAY_MS) / VISIT_DAY_MS;
	/* 2^32 over the golden ratio, 2^32 / 7 */
	uint32_t place = (uint32_t)((uint64_t)((day + 3 - of_week) / 7) * 2654435769U +
				    (uint64_t)of_week * 613566757U);

	return (int64_t)place < ((int64_t)novelty << (32 - FIXED_BITS));
}

static void score(const struct lunch_known *known, const struct lunch_sum *sums, uint32_t place,
		  struct lunch_pick *out)
{
	const struct lunch_place *p = &known->place[place];
	const struct lunch_sum *sum = &sums[place];
	int64_t alike = 0;
	size_t k;

	*out = (struct lunch_pick){ .place = place, .meals = sum->meals, .novel = sum->meals == 0 };
	out->term[LUNCH_VISITS] = sum->visits;
	out->term[LUNCH_WEEK] = sum->week;
	out->term[LUNCH_WEATHER] = sum->weather;
	out->term[LUNCH_REST] = sum->rest;
	for (k = 0; out->novel && k < known->place_count; k++)
		if (k != place && sums[k].visits > 0)
			alike += fixed_multiply(sums[k].visits,
						likeness(p->words, known->place[k].words));
	out->term[LUNCH_ALIKE] = alike / 4;
	out->term[LUNCH_WALK] = p->metres > 0 ? -(int64_t)(p->metres / 100) * (FIXED_ONE / 64) : 0;
	for (k = 0; k < LUNCH_TERMS; k++)
		out->score += out->term[k];
}

static bool before(const struct lunch_pick *a, const struct lunch_pick *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	return a->meals != b->meals ? a->meals > b->meals : a->place < b->place;
}

/* Puts a pick into a list of the best, of at most `most`. */
static size_t insert(struct lunch_pick *list, size_t count, size_t most,
		     const struct lunch_pick *pick)
{
	size_t i = count < most ? count++ : most;

	while (i > 0 && before(pick, &list[i - 1])) {
		if (i < most)
			list[i] = list[i - 1];
		i--;
	}
	if (i < most)
		list[i] = *pick;
	return count;
}

static int64_t local_day(const struct lunch_moment *moment)
{
	return visit_day(visit_local(moment->now, moment->zone));
}

size_t lunch_list(const struct lunch_known *known, const struct lunch_rules *rules,
		  const struct lunch_moment *moment, size_t most, struct lunch_pick *out)
{
	bool novel = lunch_novel_day(local_day(moment), rules->novelty), any = false;
	struct lunch_sum *sums = malloc((known->place_count + 1) * sizeof(*sums));
	struct lunch_pick first = { .place = 0 };
	size_t count = 0, i;

	if (sums == NULL || most == 0) {
		free(sums);
		return 0;
	}
	if (most > LUNCH_PICKS)
		most = LUNCH_PICKS;
	lunch_sums(known, lunch_until(known, moment->now), moment->now,
		   (int32_t)visit_of_week(visit_local(moment->now, moment->zone)),
		   moment->weather, sums);
	for (i = 0; i < known->place_count; i++) {
		struct lunch_pick pick;

		if (!allowed(&known->place[i], rules))
			continue;
		score(known, sums, (uint32_t)i, &pick);
		count = insert(out, count, most, &pick);
		if (pick.novel == novel && (!any || before(&pick, &first))) {
			first = pick;
			any = true;
		}
	}
	free(sums);
	for (i = 0; any && i < count && out[i].place != first.place; i++)
		;
	if (any) {
		i = i < count ? i : count - 1;
		memmove(out + 1, out, i * sizeof(*out));
		out[0] = first;
	}
	return count;
}

int32_t lunch_chance(const struct lunch_known *known, const struct lunch_moment *moment,
		     const struct lunch_pick *first)
{
	struct lunch_sum *sums;
	int64_t all = 0, total, p;
	uint32_t asked = 0, taken = 0;
	size_t i;
	int bin;

	if (first->novel)
		return (int32_t)((int64_t)(known->fresh + 1) * FIXED_ONE / (known->meals + 10));
	sums = malloc((known->place_count + 1) * sizeof(*sums));
	if (sums == NULL)
		return -1;
	lunch_sums(known, lunch_until(known, moment->now), moment->now,
		   (int32_t)visit_of_week(visit_local(moment->now, moment->zone)),
		   moment->weather, sums);
	for (i = 0; i < known->place_count; i++)
		all += lunch_total(&sums[i]);
	total = lunch_total(&sums[first->place]);
	free(sums);
	if (all <= 0)
		return -1;
	bin = lunch_bin((int64_t)((__int128)total * FIXED_ONE / all));
	for (i = 0; i < LUNCH_BINS; i++) {
		asked += known->asked[i];
		taken += known->taken[i];
	}
	p = (int64_t)(taken + 1) * FIXED_ONE / (asked + 4);
	return (int32_t)((known->taken[bin] * (int64_t)FIXED_ONE + 4 * p) /
			 (known->asked[bin] + 4));
}

/* Q20 of own meals by the clock on the wall, ms since midnight. */
static int64_t usual_time(const struct lunch_known *known)
{
	struct quantile_value list[100];
	size_t count = 0, i;
	int64_t time = 12 * 3600000LL;

	for (i = known->count; i-- > 0 && count < 100;)
		if (known->event[i].meal)
			list[count++] = (struct quantile_value){
				known->event[i].of_week % VISIT_DAY_MS, FIXED_ONE };
	quantile_sort(list, count);
	if (count >= USUAL_MEALS)
		quantile_of(list, count, 0, FIXED_ONE / 5, &time);
	return time;
}

static void say(const struct lunch_known *known, const struct lunch_pick *first, struct prompt *out)
{
	const char *name = known->place[first->place].name;
	int k;

	reason_add(&out->why, "score", name, REASON_SCORE, first->score);
	for (k = 0; k < LUNCH_TERMS; k++)
		if (first->term[k] != 0)
			reason_add(&out->why, lunch_term_name((enum lunch_term)k), NULL,
				    REASON_SCORE, first->term[k]);
	reason_add(&out->why, "meals", "here at noon", REASON_COUNT, first->meals);
	reason_add(&out->why, "all meals", "the latest", REASON_COUNT, known->meals);
	reason_add(&out->why, "chance", NULL, REASON_SHARE, out->chance);
	if (first->novel)
		reason_add(&out->why, "novelty", "a day for a new place", REASON_COUNT, 1);
	snprintf(out->words, sizeof(out->words), first->novel ? "Something new for lunch: %.120s." :
		 "Lunch at %.120s?", name);
}

bool lunch_prompt(const struct lunch_known *known, const struct lunch_rules *rules,
		  const struct lunch_moment *moment, struct prompt *out)
{
	int64_t day = local_day(moment), midnight = day * VISIT_DAY_MS - moment->zone * 60000LL;
	struct prompt prompt = { .kind = PROMPT_LUNCH, .until = midnight + LUNCH_UNTIL };
	struct lunch_pick first;
	size_t i;

	prompt.from = midnight + usual_time(known) - QUARTER_HOUR;
	for (i = lunch_until(known, moment->now); i-- > 0 && known->event[i].day >= day - 1;)
		if (known->event[i].meal && known->event[i].day == day)
			return false;
	if (moment->now >= prompt.until || lunch_list(known, rules, moment, 1, &first) == 0)
		return false;
	prompt.chance = lunch_chance(known, moment, &first);
	if (prompt.chance < rules->least &&
	    !(first.novel && lunch_novel_day(day, rules->novelty)))
		return false;
	snprintf(prompt.about, sizeof(prompt.about), "lunch %lld", (long long)day);
	say(known, &first, &prompt);
	*out = prompt;
	return true;
}
