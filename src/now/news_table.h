/* What is counted of each word, name and feed, by its hash; of one news_rank. */
#ifndef TACIT_NOW_NEWS_TABLE_H
#define TACIT_NOW_NEWS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct news_count {
	uint64_t hash;
	int64_t read, recent;		/* 2^-20 */
	int64_t last;			/* of a feed: time of its item before */
	uint32_t brought;		/* items */
	uint32_t feed;			/* that had it first */
	bool several;			/* feeds had it */
	bool known;			/* taste and rise are there */
	int32_t taste, rise;		/* 2^-20 */
};

struct news_table {
	struct news_count *list;
	size_t count, capacity;
	uint32_t *slot;
	size_t slots;			/* a power of two */
};

/* The number of a hash, added where it is new; SIZE_MAX without memory. */
size_t news_table_at(struct news_table *table, uint64_t hash);
/* The same, SIZE_MAX where it is not there. */
size_t news_table_find(const struct news_table *table, uint64_t hash);
void news_table_free(struct news_table *table);

#endif
