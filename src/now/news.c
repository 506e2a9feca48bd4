/*
 * Scores what news_pass.c counted, and sorts; see news.h. Usual: thousands of items of tens of
 * feeds, hundreds of events.
 */
#include "news.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "now/news_pass.h"
#include "now/news_stories.h"

#define PRIOR (2LL * FIXED_ONE)		/* of counts */
#define SURPRISE_MOST (5 * FIXED_ONE)
#define AGE_MOST 14			/* days */
#define VOICES 64			/* of a story, that are counted */
#define OFFERED (10LL * FIXED_ONE)	/* what is believed of others without a count */

const struct news_weights news_usual = {
	.words = FIXED_ONE, .feed = FIXED_ONE / 2, .surprise = FIXED_ONE / 4,
	.story = FIXED_ONE / 2, .risen = FIXED_ONE / 4, .taken = FIXED_ONE,
	.recency = FIXED_ONE / 4, .read_half_life = 60 * CLOCK_DAY_MS,
};

static int64_t clamped(int64_t value)
{
	return value > NEWS_TERM ? NEWS_TERM : value < -NEWS_TERM ? -NEWS_TERM : value;
}

/* log2 of counts, not below a quarter of the prior. */
static int32_t log_count(int64_t count)
{
	count += PRIOR;
	return fixed_log2((uint64_t)(count < PRIOR / 4 ? PRIOR / 4 : count));
}

static struct news_count *judged_word(struct news_pass *rank, uint32_t number)
{
	struct news_count *word = &rank->table.list[number];
	int64_t items = (int64_t)rank->in->count;

	if (word->known)
		return word;
	word->known = true;
	word->taste = log_count(word->read) -
		      log_count((int64_t)((__int128)rank->read_all * word->brought / items));
	word->rise = !word->several ? 0 : log_count(word->recent) -
		     log_count((int64_t)((__int128)rank->recent_all * word->brought / items));
	return word;
}

static int64_t words_term(struct news_pass *rank, size_t i, int64_t *risen)
{
	int64_t sum = 0, best = 0, second = 0;
	size_t k, n = rank->last[i] - rank->start[i];

	for (k = rank->start[i]; k < rank->last[i]; k++) {
		const struct news_count *word = judged_word(rank, rank->word[k]);

		sum += word->taste;
		if (word->rise > best) {
			second = best;
			best = word->rise;
		} else if (word->rise > second) {
			second = word->rise;
		}
	}
	*risen = (best + second) / 2;
	return n == 0 ? 0 : fixed_multiply(sum, fixed_inverse_root((uint32_t)n));
}

/* How long a feed usually is silent, or was now. */
static int64_t surprise(struct news_pass *rank, size_t i)
{
	const struct news_item *item = &rank->in->items[i];
	int64_t usual, days, value;

	if (item->feed == NEWS_NO_FEED)
		return 0;
	usual = rank->span / rank->table.list[rank->feed[i]].brought;
	if (rank->gap[i] >= 0 && rank->gap[i] < usual)
		usual = rank->gap[i];
	days = usual / (CLOCK_DAY_MS >> 10);		/* 2^-10 */
	value = fixed_log2((uint64_t)(1024 + days)) - 10 * FIXED_ONE;
	return value > SURPRISE_MOST ? SURPRISE_MOST : value;
}

static int64_t others(const struct news_pass *rank, const struct news_item *item)
{
	int64_t offered, taken;

	if (item->offered == 0)
		return 0;
	offered = (int64_t)news_others(item->offered) + OFFERED;
	taken = (int64_t)news_others(item->taken) + fixed_multiply(OFFERED, rank->base);
	taken = taken > 0 ? taken : 1;
	return fixed_log2((uint64_t)taken) - fixed_log2((uint64_t)offered) -
	       fixed_log2((uint64_t)(rank->base > 0 ? rank->base : 1)) + FIXED_BITS * FIXED_ONE;
}

static void score_item(struct news_pass *rank, size_t i, int64_t term[NEWS_TERMS])
{
	const struct news_item *item = &rank->in->items[i];
	const struct news_weights *weights = rank->weights;
	int64_t age = rank->in->now - item->time, risen, feeds = rank->story_feeds[rank->story[i]];
	int t;

	age = age < 0 ? -age : age;
	age = age > AGE_MOST * CLOCK_DAY_MS ? AGE_MOST * CLOCK_DAY_MS : age;
	term[NEWS_WORDS] = fixed_multiply(words_term(rank, i, &risen), weights->words);
	term[NEWS_FEED] = item->feed == NEWS_NO_FEED ? 0 :
		fixed_multiply(judged_word(rank, rank->feed[i])->taste, weights->feed);
	term[NEWS_SURPRISE] = fixed_multiply(surprise(rank, i), weights->surprise);
	term[NEWS_TREND] = (feeds <= FIXED_ONE ? 0 :
			    fixed_multiply(fixed_log2((uint64_t)feeds) - FIXED_BITS * FIXED_ONE,
					   weights->story)) +
			   fixed_multiply(risen, weights->risen);
	term[NEWS_TAKEN] = fixed_multiply(others(rank, item), weights->taken);
	term[NEWS_RECENCY] = -fixed_multiply((age << FIXED_BITS) / CLOCK_DAY_MS, weights->recency);
	for (t = 0; t < NEWS_TOLD; t++)
		term[t] = clamped(term[t]);
	term[NEWS_TOLD] = rank->verdict[i] == RULES_UP ? NEWS_RAISED : 0;
}

static int compare_time(const void *a, const void *b)
{
	const struct news_scored *x = a, *y = b;

	return x->time != y->time ? (x->time > y->time) - (x->time < y->time) :
	       (x->item > y->item) - (x->item < y->item);
}

static int compare_score(const void *a, const void *b)
{
	const struct news_scored *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->id != y->id ? (x->id > y->id) - (x->id < y->id) :
	       (x->item > y->item) - (x->item < y->item);
}

/* Whether no earlier item of the story, of which *newest is the last so far, is of its feed. The
 * same feed again is no other voice. */
static bool another_voice(struct news_pass *rank, size_t i, uint32_t *newest, bool first)
{
	uint32_t at = *newest;
	int looks;

	rank->before[i] = first ? (uint32_t)i : at;
	*newest = (uint32_t)i;
	for (looks = 0; !first && looks < VOICES; looks++) {
		if (rank->feed[at] == rank->feed[i])
			return false;
		first = rank->before[at] == at;
		at = rank->before[at];
	}
	return looks < VOICES;
}

/* What a feed's items before leave behind, in the order of time: the gap before each, and of each
 * story the feeds that have it. */
static void look_back(struct news_pass *rank)
{
	size_t i, k, n = rank->in->count;

	memset(rank->copies, 0, n * sizeof(*rank->copies));
	for (k = 0; k < n; k++) {
		size_t first;

		i = rank->by_time[k];
		first = rank->story[i];
		rank->gap[i] = -1;
		if (rank->in->items[i].feed != NEWS_NO_FEED) {
			struct news_count *feed = &rank->table.list[rank->feed[i]];

			if (feed->known)
				rank->gap[i] = rank->time[i] - feed->last;
			feed->known = true;
			feed->last = rank->time[i];
		}
		rank->copies[first]++;
		rank->done[first] |= rank->in->items[i].shown || rank->in->items[i].read;
		if (another_voice(rank, i, &rank->newest[first], rank->copies[first] == 1))
			rank->story_feeds[first] += news_fading(rank->in->now - rank->time[i],
							   CLOCK_DAY_MS);
	}
	for (i = 0; i < n; i++)
		if (rank->in->items[i].feed != NEWS_NO_FEED)
			rank->table.list[rank->feed[i]].known = false;
}

static bool find_stories(struct news_pass *rank)
{
	struct news_stories stories = {
		.count = rank->in->count, .start = rank->start, .end = rank->end,
		.order = rank->by_time, .word = rank->word, .words = (uint32_t)rank->table.count,
		.time = rank->time, .feed = rank->feed,
	};
	size_t i, n = rank->in->count, *same = rank->story;
	bool sorted = true;

	for (i = 0; i < n; i++) {
		rank->order[i] = (struct news_scored){ 0, rank->time[i], 0, i };
		sorted &= i == 0 || rank->time[i - 1] <= rank->time[i];
	}
	if (!sorted)
		qsort(rank->order, n, sizeof(*rank->order), compare_time);
	for (i = 0; i < n; i++)
		rank->by_time[i] = (uint32_t)rank->order[i].item;
	rank->brought = calloc(rank->table.count + 1, sizeof(*rank->brought));
	if (rank->brought == NULL)
		return false;
	for (i = 0; i < rank->table.count; i++)
		rank->brought[i] = rank->table.list[i].brought;
	stories.brought = rank->brought;
	if (news_stories_find(&stories, same) != 0)
		return false;
	/* the same id is the same story, whatever its title says now */
	for (i = 0; i < n; i++)
		if (rank->copies[i] != i)
			same[i] = same[rank->copies[i]];
	return true;
}

static size_t pick(struct news_pass *rank, size_t most, struct news_ranked *out)
{
	size_t candidates = 0, found = 0, i, k;

	for (i = 0; i < rank->in->count; i++) {
		const struct news_item *item = &rank->in->items[i];
		int64_t term[NEWS_TERMS], score = 0;
		int t;

		if (rank->verdict[i] == RULES_OUT || rank->done[rank->story[i]])
			continue;
		score_item(rank, i, term);
		for (t = 0; t < NEWS_TERMS; t++)
			score += term[t];
		rank->order[candidates++] = (struct news_scored){ score, item->time, item->id, i };
	}
	qsort(rank->order, candidates, sizeof(*rank->order), compare_score);
	for (k = 0; k < candidates && found < most; k++) {
		struct news_ranked *ranked = &out[found];

		i = rank->order[k].item;
		if (rank->done[rank->story[i]])
			continue;
		rank->done[rank->story[i]] = true;
		found++;
		*ranked = (struct news_ranked){ .item = i, .score = rank->order[k].score,
						.copies = rank->copies[rank->story[i]],
						.told = rank->verdict[i] };
		score_item(rank, i, ranked->term);
		ranked->chance = news_chance(rank->in->map,
					     ranked->score - ranked->term[NEWS_TOLD]);
	}
	return found;
}

int news_rank(const struct news_input *input, size_t most, struct news_ranked *out, size_t *count,
	      struct error *error)
{
	struct news_pass rank = { .in = input };

	if (input->count > NEWS_ITEMS_MOST)
		return error_set(error, TACIT_E_LIMIT, "%zu items of feeds, above %u: leave out "
				 "the oldest", input->count, NEWS_ITEMS_MOST);
	rank.weights = input->weights != NULL ? input->weights : &news_usual;
	if (!news_pass_read(&rank) || !find_stories(&rank)) {
		news_pass_free(&rank);
		return error_memory(error);
	}
	look_back(&rank);
	*count = pick(&rank, most, out);
	news_pass_free(&rank);
	return 0;
}
