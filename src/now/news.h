/*
 * Items of feeds in the order in which one person would read them. What a score is made of:
 *
 *	words = W / sqrt(n) * sum over the n words and names of  log2 (r + 2) / (R b / B + 2)
 *	feed  = W * the same of the feed
 *
 * r is the strength of what the person read with that word, halved every `read_half_life`; R of
 * all; b of the B items that feeds brought have the word. A word that is read as often as it is
 * brought adds nothing.
 *
 *	surprise = W * log2(1 + gap / 1 day),  gap the feed's usual one or, if less, the last
 *	trend    = W * log2(feeds that have the story), the copies halved every day,
 *		   + W * how much the two most risen words rose: log2 (recent + 2) / (usual + 2)
 *		   of words that at least two feeds had
 *	taken    = W * log2 of the share of others who took it, over that of all items
 *	recency  = -W * age / 1 day, not below -14 days
 *	told     = NEWS_RAISED where a rule raises it
 *
 * Each term is rounded once to 2^-20; the score is their sum, exactly. Inferred terms stay within
 * NEWS_TERM, so that a raised item is above every other.
 */
#ifndef TACIT_NOW_NEWS_H
#define TACIT_NOW_NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "now/rules.h"

#define NEWS_NO_FEED UINT32_MAX
#define NEWS_ITEMS_MOST (1U << 20)
#define NEWS_TERM (1LL << 30)
#define NEWS_RAISED (1LL << 40)

struct news_item {
	uint64_t id;
	int64_t time;			/* ms */
	const char *title;		/* UTF-8; NULL: not known */
	const char *words;		/* names and subjects, one a line; NULL: none */
	uint32_t feed;			/* index, or NEWS_NO_FEED */
	bool shown, read;		/* before: it is not shown again, but teaches */
	/* How many others took it of how many it was offered to, where a feed tells; 2^-20. */
	uint64_t taken, offered;
};

/* That the person read something. Of an item that is among the items only id, time and strength are
 * needed; of others the title and words. */
struct news_event {
	uint64_t item;
	int64_t time;			/* ms */
	const char *title, *words;	/* as of an item; NULL: as the item has them */
	uint32_t feed;
	int32_t strength;		/* 2^-20; below 0: disliked */
};

enum news_term {
	NEWS_WORDS, NEWS_FEED, NEWS_SURPRISE, NEWS_TREND, NEWS_TAKEN, NEWS_RECENCY, NEWS_TOLD,
	NEWS_TERMS
};

struct news_weights {
	int32_t words, feed, surprise, story, risen, taken, recency;	/* 2^-20 */
	int64_t read_half_life;						/* ms */
};
extern const struct news_weights news_usual;

/* How often items of a score were read: steps of rising score. */
#define NEWS_STEPS 16
struct news_map {
	uint32_t count;			/* 0: not known */
	struct {
		int64_t score;		/* mean, without what was told */
		int32_t chance;		/* 2^-20 */
	} step[NEWS_STEPS];
};

struct news_past {
	int64_t score;			/* without what was told, when it was shown */
	bool read;
};

/* Learns the map from what was shown: pools adjacent violators (Ayer et al. 1955), then small
 * steps into their neighbours. Not known (count 0) below 200 shown or 20 read. TACIT_E_MEMORY. */
int news_learn(const struct news_past *past, size_t count, struct news_map *out,
	       struct error *error);
/* 2^-20, linear between steps; -1 where it is not known. */
int32_t news_chance(const struct news_map *map, int64_t score);

struct news_input {
	const struct news_item *items;		/* all that feeds brought lately, in any order */
	size_t count;
	const struct news_event *events;	/* in any order */
	size_t event_count;
	const char *const *feeds;		/* names; may be NULL */
	uint32_t feed_count;
	const struct rules *rules;		/* may be NULL */
	const struct news_map *map;		/* may be NULL: no chances */
	const struct news_weights *weights;	/* NULL: news_usual */
	int64_t now;				/* ms */
};

struct news_ranked {
	size_t item;				/* index */
	int64_t score, term[NEWS_TERMS];	/* 2^-20 */
	int32_t chance;				/* that it will be read, 2^-20; -1 not known */
	uint32_t copies;			/* items of the story, this one too */
	enum rules_verdict told;
};

/*
 * The best `most` items into out[], best first; *count tells how many. Left out: what rules forbid,
 * what was shown or read, all but the best of a story, and the stories of which one was shown or
 * read. Equal scores: the newer, then the smaller id. TACIT_E_MEMORY, TACIT_E_LIMIT for more than
 * NEWS_ITEMS_MOST items. Cost: 10,000 items take some milliseconds.
 */
int news_rank(const struct news_input *input, size_t most, struct news_ranked *out, size_t *count,
	      struct error *error);

#endif
