/* The piece of news that a person would most want, from the feeds that they follow. */
#include "moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "base/hash.h"
#include "now/news.h"
#include "now/rules.h"

#define LATELY (30 * CLOCK_DAY_MS)	/* items that teach what feeds bring */
#define FRESH (2 * CLOCK_DAY_MS)	/* an older item is none of the moment */
#define KNOWN (730 * CLOCK_DAY_MS)	/* readings that still tell something */
#define MOST 20000			/* items, the latest */
#define FEWEST 10			/* readings; below, only what was told is said */

struct desk {
	struct moment *moment;
	struct news_item *item;
	struct news_event *event;
	const char **feed;
	struct rules_rule *rule;
	size_t items, events, feeds, rules, first;
	int64_t since;			/* items before do not count */
};

void moment_news_about(const struct life *life, const struct life_item *item, char about[96])
{
	const char *title = life_text(life, item->title);

	snprintf(about, 96, "news %016llx",
		 (unsigned long long)hash_bytes(title, strlen(title), 0));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static uint32_t feed_of(const struct desk *desk, const char *name)
{
	const char **found = bsearch(&name, desk->feed, desk->feeds, sizeof(*desk->feed), by_text);

	return found == NULL ? NEWS_NO_FEED : (uint32_t)(found - desk->feed);
}

/* Whether this was said, or withheld, before. */
static bool decided(const struct moment *moment, const struct life_item *item)
{
	const struct moment_input *input = moment->input;
	char about[96];
	uint64_t tag;
	size_t i;

	if (input->alerts == 0)
		return false;
	moment_news_about(moment->life, item, about);
	tag = input->tag(input->tag_context, about);
	for (i = 0; i < input->alerts; i++)
		if (input->alert[i].about == tag)
			return true;
	return false;
}

static void take_items(struct desk *desk)
{
	const struct life *life = desk->moment->life;
	size_t last = life->count[LIFE_ITEMS], i, n = 0;

	while (last > 0 && life->item[last - 1].time > desk->moment->at)
		last--;
	desk->first = last;
	while (desk->first > 0 && last - desk->first < MOST &&
	       life->item[desk->first - 1].time > desk->since)
		desk->first--;
	for (i = desk->first; i < last; i++)
		desk->feed[desk->feeds++] = life_text(life, life->item[i].feed);
	if (desk->feeds > 1)
		qsort(desk->feed, desk->feeds, sizeof(*desk->feed), by_text);
	for (i = 0; i < desk->feeds; i++)
		if (n == 0 || strcmp(desk->feed[n - 1], desk->feed[i]) != 0)
			desk->feed[n++] = desk->feed[i];
	desk->feeds = n;
	for (i = desk->first; i < last; i++) {
		const struct life_item *item = &life->item[i];

		desk->item[desk->items++] = (struct news_item){
			.id = item->event, .time = item->time,
			.title = life_text(life, item->title),
			.words = life_text(life, item->words),
			.feed = feed_of(desk, life_text(life, item->feed)),
			.shown = item->time < desk->moment->at - FRESH ||
				 decided(desk->moment, item) };
	}
}

/* What was read, by its title among the items or by its words. */
static void take_readings(struct desk *desk)
{
	const struct life *life = desk->moment->life;
	size_t i;

	for (i = life->count[LIFE_READINGS]; i-- > 0 && desk->events < MOST;) {
		const struct life_reading *reading = &life->reading[i];

		if (reading->time >= desk->moment->at)
			continue;
		if (reading->time < desk->moment->at - KNOWN)
			break;
		desk->event[desk->events++] = (struct news_event){
			.time = reading->time, .title = life_text(life, reading->title),
			.words = life_text(life, reading->words),
			.feed = feed_of(desk, life_text(life, reading->creator)),
			.strength = FIXED_ONE };
	}
}

static int by_title(const void *a, const void *b)
{
	return strcmp(((const struct news_event *)a)->title, ((const struct news_event *)b)->title);
}

static void mark_read(struct desk *desk)
{
	size_t i;

	if (desk->events > 1)
		qsort(desk->event, desk->events, sizeof(*desk->event), by_title);
	for (i = 0; desk->events > 0 && i < desk->items; i++) {
		struct news_event key = { .title = desk->item[i].title };

		desk->item[i].read = key.title[0] != 0 &&
				     bsearch(&key, desk->event, desk->events, sizeof(key),
					     by_title) != NULL;
	}
}

static void take_rules(struct desk *desk)
{
	const struct moment_told *told = &desk->moment->input->told;
	struct error unused;
	size_t i;

	for (i = 0; i < told->nevers && desk->rules < RULES_MOST; i++)
		desk->rules += rules_rule_make(RULES_NO, told->never[i], &desk->rule[desk->rules],
					       &unused) == 0;
	for (i = 0; i < told->mores && desk->rules < RULES_MOST; i++)
		desk->rules += rules_rule_make(RULES_MORE, told->more[i], &desk->rule[desk->rules],
					       &unused) == 0;
	for (i = 0; i < told->sentences && desk->rules < RULES_MOST; i++)
		desk->rules += rules_read(told->sentence[i], &desk->rule[desk->rules],
					  &unused) == 0;
}

static void say(const struct desk *desk, const struct news_ranked *best, struct prompt *out)
{
	static const char *const names[NEWS_TERMS] = {
		"words", "feed", "surprise", "trend", "taken", "recency", "told",
	};
	const struct life *life = desk->moment->life;
	const struct life_item *item = &life->item[desk->first + best->item];
	int k;

	*out = (struct prompt){ .kind = PROMPT_NEWS, .from = item->time,
				.until = item->time + FRESH, .chance = best->chance };
	moment_news_about(life, item, out->about);
	snprintf(out->words, sizeof(out->words), "%.130s (%.50s)", life_text(life, item->title),
		 life_text(life, item->feed));
	reason_add(&out->why, "score", "the sum of the terms", REASON_SCORE, best->score);
	for (k = 0; k < NEWS_TERMS; k++)
		if (best->term[k] != 0)
			reason_add(&out->why, names[k], NULL, REASON_SCORE, best->term[k]);
	reason_add(&out->why, "came", NULL, REASON_TIME, item->time);
	reason_add(&out->why, "feeds with it", NULL, REASON_COUNT, best->copies);
	reason_add(&out->why, "readings", "that the terms rest on", REASON_COUNT,
		   (int64_t)desk->events);
}

static int rank(struct desk *desk, struct moment_prompts *out, struct error *error)
{
	struct rules rules;
	struct news_input input = { .items = desk->item, .count = desk->items,
				    .events = desk->event, .event_count = desk->events,
				    .feeds = desk->feed, .feed_count = (uint32_t)desk->feeds,
				    .rules = &rules, .now = desk->moment->at };
	struct news_ranked best;
	struct prompt *added;
	size_t count = 0;
	int result;

	rules_make(desk->rule, desk->rules, &rules);
	result = news_rank(&input, 1, &best, &count, error);
	if (result != 0 || count == 0)
		return result;
	/* Silent unless it was asked for, or is of what the person reads. */
	if (best.told != RULES_UP && (desk->events < FEWEST ||
				      best.term[NEWS_WORDS] + best.term[NEWS_FEED] <= 0))
		return 0;
	added = moment_add(out, error);
	if (added == NULL)
		return TACIT_E_MEMORY;
	say(desk, &best, added);
	return 0;
}

static int desk_open(struct desk *desk, struct moment *moment, int64_t since,
		     struct error *error)
{
	const struct life *life = moment->life;
	size_t items = life->count[LIFE_ITEMS] < MOST ? life->count[LIFE_ITEMS] : MOST;
	size_t events = life->count[LIFE_READINGS] < MOST ? life->count[LIFE_READINGS] : MOST;

	memset(desk, 0, sizeof(*desk));
	desk->moment = moment;
	desk->since = since;
	desk->item = calloc(items + 1, sizeof(*desk->item));
	desk->feed = calloc(items + 1, sizeof(*desk->feed));
	desk->event = calloc(events + 1, sizeof(*desk->event));
	desk->rule = calloc(RULES_MOST, sizeof(*desk->rule));
	if (desk->item == NULL || desk->feed == NULL || desk->event == NULL || desk->rule == NULL)
		return error_memory(error);
	take_items(desk);
	take_readings(desk);
	mark_read(desk);
	take_rules(desk);
	return 0;
}

static void desk_close(struct desk *desk)
{
	free(desk->item);
	free(desk->feed);
	free(desk->event);
	free(desk->rule);
}

int moment_news(struct moment *moment, struct moment_prompts *out, struct error *error)
{
	struct desk desk;
	int result;

	if (moment->life->count[LIFE_ITEMS] == 0)
		return 0;
	result = desk_open(&desk, moment, moment->at - LATELY, error);
	if (result == 0)
		result = rank(&desk, out, error);
	desk_close(&desk);
	return result;
}

int moment_try(struct moment *moment, const char *sentence, struct rules_report *out,
	       struct error *error)
{
	struct rules_rule rule;
	struct desk desk;
	int result = rules_read(sentence, &rule, error);

	if (result != 0)
		return result;
	result = desk_open(&desk, moment, INT64_MIN, error);
	if (result == 0)
		result = rules_test(&rule, desk.item, desk.items, desk.feed, (uint32_t)desk.feeds,
				    NULL, out, error);
	desk_close(&desk);
	return result;
}
