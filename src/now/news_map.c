/* From scores to chances; see news.h. */
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "news.h"

#define FEWEST 200
#define FEWEST_READ 20

struct block {
	int64_t sum;			/* of scores */
	int64_t count, read;
};

static int by_score(const void *a, const void *b)
{
	const struct news_past *x = a, *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

static void join(struct block *into, const struct block *other)
{
	into->sum += other->sum;
	into->count += other->count;
	into->read += other->read;
}

/* Blocks of rising read rates; returns how many. */
static size_t pool(const struct news_past *past, size_t count, struct block *block)
{
	size_t blocks = 0, i;

	for (i = 0; i < count; i++) {
		/* equal scores are one block from the start */
		if (i > 0 && past[i].score == past[i - 1].score) {
			join(&block[blocks - 1], &(struct block){ past[i].score, 1, past[i].read });
		} else {
			block[blocks++] = (struct block){ past[i].score, 1, past[i].read };
		}
		if (i + 1 < count && past[i + 1].score == past[i].score)
			continue;
		while (blocks > 1 && block[blocks - 2].read * block[blocks - 1].count >=
				     block[blocks - 1].read * block[blocks - 2].count) {
			join(&block[blocks - 2], &block[blocks - 1]);
			blocks--;
		}
	}
	return blocks;
}

int news_learn(const struct news_past *past, size_t count, struct news_map *out,
	       struct error *error)
{
	struct news_past *sorted = malloc((count + 1) * sizeof(*sorted));
	struct block *block = malloc((count + 1) * sizeof(*block));
	int64_t read = 0, fewest = (int64_t)count / NEWS_STEPS + 1;
	size_t blocks, i, kept = 0;

	if (sorted == NULL || block == NULL) {
		free(sorted);
		free(block);
		return error_memory(error);
	}
	memset(out, 0, sizeof(*out));
	for (i = 0; i < count; i++) {
		sorted[i] = past[i];
		read += past[i].read;
	}
	if (count >= FEWEST && read >= FEWEST_READ) {
		qsort(sorted, count, sizeof(*sorted), by_score);
		blocks = pool(sorted, count, block);
		/* a few items are no rate: small steps go into the one below */
		for (i = 0; i < blocks; i++) {
			if (kept > 0 && (block[i].count < fewest || block[kept - 1].count < fewest))
				join(&block[kept - 1], &block[i]);
			else
				block[kept++] = block[i];
		}
		for (i = 0; i < kept && i < NEWS_STEPS; i++) {
			out->step[i].score = block[i].sum / block[i].count;
			out->step[i].chance = (int32_t)((2 * block[i].read + 1) * (FIXED_ONE / 2) /
							(block[i].count + 1));
			out->count++;
		}
	}
	free(sorted);
	free(block);
	return 0;
}

int32_t news_chance(const struct news_map *map, int64_t score)
{
	uint32_t i = 0;
	int64_t wide, rise;

	if (map == NULL || map->count == 0)
		return -1;
	if (score <= map->step[0].score)
		return map->step[0].chance;
	while (i + 1 < map->count && map->step[i + 1].score <= score)
		i++;
	if (i + 1 == map->count)
		return map->step[i].chance;
	wide = map->step[i + 1].score - map->step[i].score;
	rise = map->step[i + 1].chance - map->step[i].chance;
	return map->step[i].chance +
	       (int32_t)((__int128)rise * (score - map->step[i].score) / wide);
}
