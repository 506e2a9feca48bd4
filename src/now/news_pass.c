/* Reads items and events into counts of words, names and feeds; see news.h. */
#include "news_pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "base/hash.h"
#include "now/news_words.h"

#define FEED 3				/* seeds of hashes, after those of news_words.c */
#define ID 4
#define FOLLOWED (90 * CLOCK_DAY_MS)

static void *array(size_t count, size_t size)
{
	return calloc(count + 1, size);
}

void news_pass_free(struct news_pass *rank)
{
	news_table_free(&rank->table);
	news_table_free(&rank->ids);
	free(rank->start);
	free(rank->end);
	free(rank->last);
	free(rank->story);
	free(rank->word);
	free(rank->brought);
	free(rank->feed);
	free(rank->copies);
	free(rank->by_time);
	free(rank->before);
	free(rank->newest);
	free(rank->time);
	free(rank->gap);
	free(rank->story_feeds);
	free(rank->verdict);
	free(rank->done);
	free(rank->order);
	free(rank->feed_word);
	free(rank->feed_words);
}

static bool prepare(struct news_pass *rank)
{
	size_t n = rank->in->count, feeds = rank->in->feed_count;

	rank->words_most = n * 16;
	return (rank->start = array(n, sizeof(*rank->start))) != NULL &&
	       (rank->end = array(n, sizeof(*rank->end))) != NULL &&
	       (rank->last = array(n, sizeof(*rank->last))) != NULL &&
	       (rank->story = array(n, sizeof(*rank->story))) != NULL &&
	       (rank->word = array(rank->words_most, sizeof(*rank->word))) != NULL &&
	       (rank->feed = array(n, sizeof(*rank->feed))) != NULL &&
	       (rank->copies = array(n, sizeof(*rank->copies))) != NULL &&
	       (rank->newest = array(n, sizeof(*rank->newest))) != NULL &&
	       (rank->before = array(n, sizeof(*rank->before))) != NULL &&
	       (rank->by_time = array(n, sizeof(*rank->by_time))) != NULL &&
	       (rank->time = array(n, sizeof(*rank->time))) != NULL &&
	       (rank->gap = array(n, sizeof(*rank->gap))) != NULL &&
	       (rank->story_feeds = array(n, sizeof(*rank->story_feeds))) != NULL &&
	       (rank->verdict = array(n, sizeof(*rank->verdict))) != NULL &&
	       (rank->done = array(n, sizeof(*rank->done))) != NULL &&
	       (rank->order = array(n, sizeof(*rank->order))) != NULL &&
	       (rank->feed_word = array(feeds, sizeof(*rank->feed_word))) != NULL &&
	       (rank->feed_words = array(feeds, sizeof(*rank->feed_words))) != NULL;
}

int64_t news_fading(int64_t age, int64_t half_life)
{
	age = age < 0 ? -age : age;
	if (age / 20 >= half_life)
		return 0;
	return fixed_exp2((int32_t)-((age << FIXED_BITS) / half_life)) >> 10;
}

/* Counts one word, name or feed of an item. */
static bool count_word(struct news_pass *rank, size_t i, uint64_t hash, int64_t fresh,
		       uint32_t *number)
{
	size_t at = news_table_at(&rank->table, hash);
	struct news_count *count;

	if (at == SIZE_MAX)
		return false;
	count = &rank->table.list[at];
	if (count->brought++ == 0)
		count->feed = rank->in->items[i].feed;
	count->several |= count->feed != rank->in->items[i].feed;
	count->recent += fresh;
	*number = (uint32_t)at;
	return true;
}

static void sort_words(uint32_t *word, size_t count)
{
	size_t i, k;

	for (i = 1; i < count; i++) {
		uint32_t w = word[i];

		for (k = i; k > 0 && word[k - 1] > w; k--)
			word[k] = word[k - 1];
		word[k] = w;
	}
}

static uint64_t feed_hash(uint32_t feed)
{
	return hash_bytes(&feed, sizeof(feed), FEED);
}

static enum rules_verdict judge(const struct news_pass *rank, const struct news_item *item,
				uint64_t *word, size_t count)
{
	const uint64_t *feed = NULL;
	size_t feeds = 0;

	if (rank->in->rules == NULL)
		return RULES_NOTHING;
	if (rank->in->feeds != NULL && item->feed < rank->in->feed_count) {
		feed = rank->feed_word[item->feed];
		feeds = rank->feed_words[item->feed];
	}
	count = news_words(item->words, word, count, 2 * NEWS_WORDS_MOST);
	return rules_judge(rank->in->rules, word, count, feed, feeds);
}

static bool read_item(struct news_pass *rank, size_t i)
{
	const struct news_item *item = &rank->in->items[i];
	int64_t fresh = news_fading(rank->in->now - item->time, CLOCK_DAY_MS);
	uint64_t word[2 * NEWS_WORDS_MOST];
	size_t titles = news_words(item->title, word, 0, NEWS_WORDS_MOST), all, k, id;

	all = news_words_names(item->words, word, titles, 2 * NEWS_WORDS_MOST);
	if (rank->words + all > rank->words_most) {
		size_t most = rank->words_most * 2 + all;
		uint32_t *grown = realloc(rank->word, most * sizeof(*grown));

		if (grown == NULL)
			return false;
		rank->word = grown;
		rank->words_most = most;
	}
	rank->time[i] = item->time;
	rank->recent_all += fresh;
	rank->start[i] = rank->words;
	for (k = 0; k < all; k++)
		if (!count_word(rank, i, word[k], fresh, &rank->word[rank->words++]))
			return false;
	rank->end[i] = rank->start[i] + titles;
	rank->last[i] = rank->words;
	sort_words(rank->word + rank->start[i], titles);
	rank->feed[i] = UINT32_MAX;
	if (item->feed != NEWS_NO_FEED &&
	    !count_word(rank, i, feed_hash(item->feed), fresh, &rank->feed[i]))
		return false;
	id = news_table_at(&rank->ids, hash_bytes(&item->id, sizeof(item->id), ID));
	if (id == SIZE_MAX)
		return false;
	if (rank->ids.list[id].brought++ == 0)
		rank->ids.list[id].feed = (uint32_t)i;
	/* the first with this id; stories are looked for behind it */
	rank->copies[i] = rank->ids.list[id].feed;
	rank->verdict[i] = (uint8_t)judge(rank, item, word, titles);
	return true;
}

static bool read_items(struct news_pass *rank)
{
	uint64_t taken = FIXED_ONE, offered = 20 * FIXED_ONE;
	int64_t first = INT64_MAX, last = INT64_MIN;
	uint32_t feed;
	size_t i;

	for (feed = 0; rank->in->feeds != NULL && feed < rank->in->feed_count; feed++)
		rank->feed_words[feed] = news_words(rank->in->feeds[feed], rank->feed_word[feed], 0,
						    RULES_WORDS);
	for (i = 0; i < rank->in->count; i++) {
		const struct news_item *item = &rank->in->items[i];

		if (!read_item(rank, i))
			return false;
		taken += news_others(item->taken);
		offered += news_others(item->offered);
		/* a wrong date is not how long feeds have been followed */
		if (item->time > rank->in->now || item->time < rank->in->now - FOLLOWED)
			continue;
		first = item->time < first ? item->time : first;
		last = item->time > last ? item->time : last;
	}
	offered = offered > taken ? offered : taken;
	rank->base = (int64_t)(((__int128)taken << FIXED_BITS) / offered);
	rank->span = last > first && last - first > CLOCK_DAY_MS ? last - first : CLOCK_DAY_MS;
	return true;
}

static void add_read(struct news_pass *rank, uint64_t hash, int64_t strength)
{
	size_t at = news_table_find(&rank->table, hash);

	/* what no item has moves no score */
	if (at != SIZE_MAX)
		rank->table.list[at].read += strength;
}

static void read_event(struct news_pass *rank, const struct news_event *event)
{
	int64_t strength = fixed_multiply(event->strength, news_fading(rank->in->now - event->time,
								  rank->weights->read_half_life));
	size_t id = news_table_find(&rank->ids, hash_bytes(&event->item, sizeof(event->item), ID));
	const struct news_item *item = id == SIZE_MAX ? NULL :
				       &rank->in->items[rank->ids.list[id].feed];
	uint64_t word[2 * NEWS_WORDS_MOST];
	size_t count, i;

	if (item != NULL && event->title == NULL && event->words == NULL) {
		size_t which = rank->ids.list[id].feed;

		for (i = rank->start[which]; i < rank->last[which]; i++)
			rank->table.list[rank->word[i]].read += strength;
		count = rank->last[which] - rank->start[which];
	} else {
		count = news_words(event->title, word, 0, NEWS_WORDS_MOST);
		count = news_words_names(event->words, word, count, 2 * NEWS_WORDS_MOST);
		for (i = 0; i < count; i++)
			add_read(rank, word[i], strength);
	}
	if (item != NULL && item->feed != NEWS_NO_FEED)
		add_read(rank, feed_hash(item->feed), strength);
	else if (item == NULL && event->feed != NEWS_NO_FEED)
		add_read(rank, feed_hash(event->feed), strength);
	/* of what was read without words nothing can be expected of words */
	if (strength > 0 && count > 0)
		rank->read_all += strength;
}

bool news_pass_read(struct news_pass *rank)
{
	size_t e;

	if (!prepare(rank) || !read_items(rank))
		return false;
	for (e = 0; e < rank->in->event_count; e++)
		read_event(rank, &rank->in->events[e]);
	return true;
}
