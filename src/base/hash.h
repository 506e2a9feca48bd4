/*
 * A 64-bit hash for tables and for hashed words. Not for secrets: where an outsider chooses the
 * keys or must not guess them, use libsodium's keyed hashes. The function is part of the pack
 * format (words are stored by their hash), so it never changes.
 */
#ifndef TACIT_BASE_HASH_H
#define TACIT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The finaliser of MurmurHash3 (Appleby, public domain constants): a bijection on 64 bits. */
static inline uint64_t hash_mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	x ^= x >> 33;
	return x;
}

/* FNV-1a over the bytes (Fowler, Noll, Vo), then mixed. */
static inline uint64_t hash_bytes(const void *data, size_t size, uint64_t seed)
{
	const uint8_t *p = data;
	uint64_t h = 0xcbf29ce484222325ULL ^ hash_mix(seed);
	size_t i;

	for (i = 0; i < size; i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	return hash_mix(h);
}

#endif
