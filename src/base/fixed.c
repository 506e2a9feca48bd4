/* Integer logarithm and roots, by bits: slow, exact to the last step, and the same everywhere. */
#include "fixed.h"

#include <assert.h>

int32_t fixed_log2(uint64_t value)
{
	int whole, bit;
	uint64_t mantissa;
	int32_t result;

	assert(value > 0);
	whole = 63 - __builtin_clzll(value);
	mantissa = whole >= 31 ? value >> (whole - 31) : value << (31 - whole);	/* [2^31, 2^32) */
	result = whole << FIXED_BITS;
	for (bit = FIXED_BITS - 1; bit >= 0; bit--) {
		mantissa = mantissa * mantissa >> 31;
		if (mantissa >= 1ULL << 32) {
			mantissa >>= 1;
			result += 1 << bit;
		}
	}
	return result;
}

uint64_t fixed_root(uint64_t value)
{
	uint64_t root = 0, bit = 1ULL << 62;

	while (bit > value)
		bit >>= 2;
	while (bit != 0) {
		if (value >= root + bit) {
			value -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
		bit >>= 2;
	}
	return root;
}

int32_t fixed_inverse_root(uint32_t n)
{
	assert(n >= 1);
	/* sqrt(2^60 / n) is 2^30 / sqrt(n); rounded down to 2^-20 after a half is added */
	return (int32_t)((fixed_root((1ULL << 60) / n) + (1 << 9)) >> 10);
}

int32_t fixed_power_law(uint64_t age, uint32_t unit)
{
	assert(unit > 0 && unit < 1U << 23 && age < 1ULL << 62);
	return (int32_t)fixed_root(((uint64_t)unit << 40) / (age + unit));
}
