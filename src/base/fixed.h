/*
 * Fixed point: whatever a person is shown, told or promised is an integer, so that it is the same
 * to the bit on every machine. The unit is 2^-20 unless a name says otherwise.
 */
#ifndef TACIT_BASE_FIXED_H
#define TACIT_BASE_FIXED_H

#include <stdint.h>

#define FIXED_BITS 20
#define FIXED_ONE (1 << FIXED_BITS)

/* A sum that cannot overflow: scores before they are shown, in units of 2^-62. */
typedef __int128 fixed_wide;
#define FIXED_WIDE_BITS 62

/* Wide to 2^-20, to the nearest, halves up. */
static inline int64_t fixed_narrow(fixed_wide value)
{
	return (int64_t)((value + ((fixed_wide)1 << (FIXED_WIDE_BITS - FIXED_BITS - 1))) >>
			 (FIXED_WIDE_BITS - FIXED_BITS));
}

/* a * b with both 2^-20, to the nearest. */
static inline int64_t fixed_multiply(int64_t a, int64_t b)
{
	return (int64_t)(((__int128)a * b + (1 << (FIXED_BITS - 1))) >> FIXED_BITS);
}

/* 2^x for x <= 0 in 2^-20, as 2^-30; 0 below -30. Cubic on the fraction, error below 2^-12 of the
 * value. Straight-line, so that loops over it become vectors. */
static inline uint32_t fixed_exp2(int32_t x)
{
	int32_t whole = x >> FIXED_BITS;			/* floor */
	int32_t f = (x & (FIXED_ONE - 1)) >> 6;			/* 2^-14 */
	int32_t p = 1276;					/* 0.0779 */
	int32_t shift = -whole;

	p = ((p * f) >> 14) + 3697;				/* 0.2257 */
	p = ((p * f) >> 14) + 11411;				/* 0.6964 */
	p = ((p * f) >> 14) + 16384;				/* 1 in 2^-14 */
	return shift > 30 ? 0 : (uint32_t)(p << 16) >> shift;
}

/* log2 of a positive number, in 2^-20; error below 2^-16. */
int32_t fixed_log2(uint64_t value);

/* 1 / sqrt(n) in 2^-20 for n >= 1. */
int32_t fixed_inverse_root(uint32_t n);

/* (1 + age / unit)^-1/2 in 2^-20, for 0 < unit < 2^23: the power law of returning. */
int32_t fixed_power_law(uint64_t age, uint32_t unit);

/* The integer part of the square root. */
uint64_t fixed_root(uint64_t value);

#endif
