/*
 * Interactions by a known process, as a table for `tacit train` and `tacit eval`: items stand in
 * groups of 50; a person has three favourite groups and takes, one after the other, what follows
 * the last thing in its group (chance .5: one of the next three), something of a favourite group
 * (.4, the first ones more often), or anything (.1, the same). The best possible list of ten has
 * what follows the last thing first: NDCG@10 is near .5 * .71 and no more than about .45.
 *
 *	build/bench/make_events PEOPLE ITEMS EVENTS [SEED] > interactions.tsv
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"

#define GROUP 50

/* 0 .. n - 1, the square of a uniform number: the first are likelier. */
static uint32_t early(struct random *random, uint32_t n)
{
	double u = (double)(random_u64(random) >> 11) * 0x1p-53;

	return (uint32_t)(u * u * n);
}

int main(int argc, char **argv)
{
	uint32_t people = argc > 1 ? (uint32_t)atol(argv[1]) : 0;
	uint32_t items = argc > 2 ? (uint32_t)atol(argv[2]) / GROUP * GROUP : 0;
	uint64_t events = argc > 3 ? (uint64_t)atoll(argv[3]) : 0, made = 0;
	struct random random = { argc > 4 ? (uint64_t)atoll(argv[4]) : 1 };
	uint32_t u, groups = items / GROUP;

	if (people == 0 || groups == 0 || events < people) {
		fprintf(stderr, "usage: make_events PEOPLE ITEMS EVENTS [SEED]\n");
		return 2;
	}
	printf("user\titem\ttime\n");
	for (u = 0; u < people; u++) {
		uint32_t mean = (uint32_t)(events / people);
		uint64_t count = mean / 2 + random_below(&random, mean + 1), t;
		uint32_t favourite[3], last = items, k;

		for (k = 0; k < 3; k++)
			favourite[k] = early(&random, groups);
		for (t = 0; t < count; t++, made++) {
			uint32_t draw = random_below(&random, 10), item;

			if (draw < 5 && last < items)
				item = last / GROUP * GROUP +
				       (last % GROUP + 1 + random_below(&random, 3)) % GROUP;
			else if (draw < 9)
				item = favourite[random_below(&random, 3)] * GROUP +
				       early(&random, GROUP);
			else
				item = early(&random, items);
			printf("u%u\ti%u\t%llu\n", u, item,
			       (unsigned long long)(made % 1000 + t * 1000));
			last = item;
		}
	}
	return 0;
}
