/*
 * A seeded generator for training, tests and demonstrations: SplitMix64 (Steele, Lea, Flood 2014).
 * The same seed gives the same numbers on every machine. Never for keys: libsodium makes those.
 */
#ifndef TACIT_BASE_RANDOM_H
#define TACIT_BASE_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_u64(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* Uniform in [0, bound), bound > 0, by multiplication (Lemire 2019 without the rejection step:
 * the bias is below bound / 2^32, which no use of this generator can see). */
static inline uint32_t random_below(struct random *random, uint32_t bound)
{
	return (uint32_t)(((random_u64(random) >> 32) * bound) >> 32);
}

/* Uniform in [0, 1) with 24 bits. */
static inline float random_unit(struct random *random)
{
	return (float)(random_u64(random) >> 40) * (1.0f / 16777216.0f);
}

#endif
