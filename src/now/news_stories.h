/*
 * Which items tell the same story: most of the words of their titles are the same (a Jaccard
 * similarity of at least .6), and they are at most three days apart, or half a day in one feed,
 * which may well have a title again. An item is compared with the first of a story.
 */
#ifndef TACIT_NOW_NEWS_STORIES_H
#define TACIT_NOW_NEWS_STORIES_H

#include <stddef.h>
#include <stdint.h>

/* Titles as word numbers: of item i those from start[i] to before end[i], each once, rising. */
struct news_stories {
	size_t count;			/* items */
	const size_t *start, *end;
	const uint32_t *order;		/* items in the order of time */
	const uint32_t *word;
	uint32_t words;			/* different ones */
	const uint32_t *brought;	/* items with a word */
	const int64_t *time;
	const uint32_t *feed;
};

/* story[i] is the item that began the story of item i. 0 or TACIT_E_MEMORY. */
int news_stories_find(const struct news_stories *stories, size_t *story);

#endif
