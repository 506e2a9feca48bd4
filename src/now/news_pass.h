/* What the files of news_rank share: all that is counted of one input. */
#ifndef TACIT_NOW_NEWS_PASS_H
#define TACIT_NOW_NEWS_PASS_H

#include "now/news.h"
#include "now/news_table.h"

struct news_scored {
	int64_t score, time;
	uint64_t id;
	size_t item;
};

struct news_pass {
	const struct news_input *in;
	const struct news_weights *weights;
	struct news_table table, ids;
	/* Of item i the words of its title are word[start[i]] to before word[end[i]], rising, and
	 * its names from there to before last[i]. */
	size_t *start, *end, *last, *story;
	uint32_t *word, *brought, *copies, *by_time, *before, *newest;
	uint32_t *feed;			/* its number in the table */
	/* before[i]: the item of the same story before i, itself at the first; newest[i]: the
	 * last item of the story of i. */
	int64_t *time, *gap, *story_feeds;
	uint8_t *verdict;
	bool *done;			/* of stories */
	struct news_scored *order;
	size_t words, words_most;
	uint64_t (*feed_word)[RULES_WORDS];
	size_t *feed_words;
	int64_t read_all, recent_all;	/* 2^-20 */
	int64_t base;			/* share that others take of everything, 2^-20 */
	int64_t span;			/* ms of all items */
};

/* A count of others as far as it is believed: a million. */
static inline uint64_t news_others(uint64_t count)
{
	return count > 1ULL << 40 ? 1ULL << 40 : count;
}

/* Counts items and events; false without memory. rank->in and rank->weights are set. */
bool news_pass_read(struct news_pass *rank);
void news_pass_free(struct news_pass *rank);
/* 2^-(age / half_life) in 2^-20, an age before now like one after it. */
int64_t news_fading(int64_t age, int64_t half_life);

#endif
