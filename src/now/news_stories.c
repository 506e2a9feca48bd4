/*
 * Items in the order of time, each compared with the firsts of stories that share one of its rarest
 * words: two titles with most words in common share one of the four rarest of each, nearly always.
 */
#include "news_stories.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define RAREST 4
#define LOOKS 64			/* firsts of a word that are compared, the newest */
#define APART (3 * CLOCK_DAY_MS)
#define APART_IN_FEED (CLOCK_DAY_MS / 2)
#define NONE UINT32_MAX

/* A first of a story, in the chain of one of its words. */
struct link {
	uint32_t item, next;
};

struct search {
	const struct news_stories *in;
	struct link *link;
	uint32_t links, *head;		/* of the chain of each word */
};

static size_t rarest(const struct news_stories *in, size_t i, uint32_t word[RAREST])
{
	size_t count = 0, at, k;

	for (at = in->start[i]; at < in->end[i]; at++) {
		uint32_t w = in->word[at];

		for (k = count; k > 0 && in->brought[word[k - 1]] > in->brought[w]; k--)
			if (k < RAREST)
				word[k] = word[k - 1];
		if (k < RAREST)
			word[k] = w;
		count += count < RAREST;
	}
	return count;
}

static bool alike(const struct news_stories *in, size_t a, size_t b)
{
	size_t i = in->start[a], j = in->start[b], common = 0;
	size_t all = in->end[a] - i + in->end[b] - j;

	while (i < in->end[a] && j < in->end[b]) {
		uint32_t x = in->word[i], y = in->word[j];

		common += x == y;
		i += x <= y;
		j += y <= x;
	}
	/* common / (all - common) >= .6; of very short titles only the same */
	return 8 * common >= 3 * all && (all - common > 3 || 2 * common == all);
}

static bool near_in_time(const struct news_stories *in, size_t a, size_t b)
{
	int64_t away = in->time[a] - in->time[b];

	return (away < 0 ? -away : away) <= (in->feed[a] == in->feed[b] ? APART_IN_FEED : APART);
}

static size_t find_first(const struct search *search, size_t i, const uint32_t *word, size_t words)
{
	size_t k;

	for (k = 0; k < words; k++) {
		uint32_t at = search->head[word[k]];
		int looks;

		for (looks = 0; at != NONE && looks < LOOKS; looks++, at = search->link[at].next) {
			size_t first = search->link[at].item;

			if (near_in_time(search->in, i, first) && alike(search->in, i, first))
				return first;
		}
	}
	return i;
}

int news_stories_find(const struct news_stories *stories, size_t *story)
{
	struct search search = { .in = stories };
	size_t i, k;
	int result = -1;

	search.link = malloc((stories->count * RAREST + 1) * sizeof(*search.link));
	search.head = malloc(((size_t)stories->words + 1) * sizeof(*search.head));
	if (search.link == NULL || search.head == NULL)
		goto done;
	memset(search.head, 0xff, ((size_t)stories->words + 1) * sizeof(*search.head));
	for (k = 0; k < stories->count; k++) {
		uint32_t word[RAREST];
		size_t words, w;

		i = stories->order[k];
		words = rarest(stories, i, word);
		story[i] = find_first(&search, i, word, words);
		for (w = 0; story[i] == i && w < words; w++) {
			uint32_t *head = &search.head[word[w]];

			search.link[search.links] = (struct link){ (uint32_t)i, *head };
			*head = search.links++;
		}
	}
	result = 0;
done:
	free(search.link);
	free(search.head);
	return result;
}
