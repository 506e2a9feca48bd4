/*
 * The nibbles lie in blocks of 64 items, eight columns of all of them in 256 bytes: byte 4 i + k
 * holds column 8 t + k of item i below and column 8 t + 4 + k above, so that the sums of all items
 * grow side by side and none is added across.
 */
#include "coarse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "base/huge.h"

struct coarse {
	uint32_t dim;
	uint8_t *plane;			/* [blocks][dim / 8][DOT_BLOCK][4] */
	uint16_t *norm;			/* [blocks][DOT_BLOCK][2]: |w|, 16 |r|, both rounded up;
					 * behind the plane */
};

/* The least integer not below the root. */
static uint32_t root_up(uint64_t value)
{
	uint64_t root = fixed_root(value);

	return (uint32_t)(root + (root * root < value));
}

static void add_row(struct coarse *coarse, const int8_t *row, uint32_t item)
{
	uint32_t dim = coarse->dim, place = item % DOT_BLOCK, j;
	uint8_t *block = coarse->plane + (size_t)(item - place) * dim / 2;
	uint64_t w2 = 0, r2 = 0;

	for (j = 0; j < dim; j++) {
		int u = (row[j] + 128) >> 4, w = 16 * u - 120, r = row[j] - w;
		uint8_t *byte = block + j / 8 * 4 * DOT_BLOCK + 4 * place + j % 4;

		assert(r >= -8 && r <= 7);
		w2 += (uint64_t)(w * w);
		r2 += (uint64_t)(r * r);
		*byte = (uint8_t)(*byte | (j % 8 < 4 ? u : u << 4));
	}
	coarse->norm[2 * item] = (uint16_t)root_up(w2);
	coarse->norm[2 * item + 1] = (uint16_t)root_up(256 * r2);
}

struct coarse *coarse_new(const struct pack *pack)
{
	struct coarse *coarse = calloc(1, sizeof(*coarse));
	size_t items = ((size_t)pack->items + DOT_BLOCK - 1) / DOT_BLOCK * DOT_BLOCK;
	size_t bytes = items * pack->dim / 2;
	uint32_t i;

	if (coarse == NULL)
		return NULL;
	coarse->dim = pack->dim;
	coarse->plane = huge_new(bytes + items * 2 * sizeof(*coarse->norm));
	if (coarse->plane == NULL) {
		coarse_free(coarse);
		return NULL;
	}
	memset(coarse->plane, 0, bytes + items * 2 * sizeof(*coarse->norm));
	coarse->norm = (uint16_t *)(void *)(coarse->plane + bytes);
	for (i = 0; i < pack->items; i++)
		add_row(coarse, pack->q + (size_t)i * pack->dim, i);
	return coarse;
}

void coarse_free(struct coarse *coarse)
{
	if (coarse == NULL)
		return;
	free(coarse->plane);
	free(coarse);
}

static int32_t nearest_byte(int32_t value)
{
	value = (value + 128) >> COARSE_BITS;
	return value > 127 ? 127 : value < -128 ? -128 : value;
}

/* A whole byte is multiplied with the g1 of its upper nibble, so that the one below counts with
 * g1 / 16 too: its own g0 is for what that leaves of h. */
void coarse_prepare(const struct dot_state *state, struct dot_coarse *out)
{
	int32_t sum0 = 0, sum1 = 0;
	uint64_t d2 = 0, h2 = 0;
	uint32_t j;

	out->dim = state->dim;
	for (j = 0; j < state->dim; j += j % 4 == 3 ? 5 : 1) {
		int32_t h0 = state->wide[j], h1 = state->wide[j + 4];
		int32_t g1 = nearest_byte(h1), g0 = nearest_byte(h0 - 16 * g1);
		int32_t d0 = h0 - 256 * g0 - 16 * g1, d1 = h1 - 256 * g1;

		out->g[j] = (int8_t)g0;
		out->g[j + 4] = (int8_t)g1;
		sum0 += g0;
		sum1 += g1;
		d2 += (uint64_t)(d0 * d0) + (uint64_t)(d1 * d1);
		h2 += (uint64_t)((int64_t)h0 * h0) + (uint64_t)((int64_t)h1 * h1);
	}
	/* (|w| |d| + |r| |h|) / 256 = (|w| (|d| / 16) + 16 |r| (|h| / 256)) / 16 */
	out->d = (int16_t)(root_up(d2) / 16 + 1);
	out->h = (int16_t)(root_up(h2) / 256 + 1);
	/* -120 (g0 + g1 / 16) for each column below and -120 g1 for each above, rounded up */
	out->offset = 1 - 120 * (sum0 + sum1) + ((1 - 15 * sum1) >> 1);
}

void coarse_block(const struct coarse *coarse, const struct dot_coarse *state, uint32_t from,
		  int32_t out[DOT_BLOCK])
{
	assert(from % DOT_BLOCK == 0);
	dot_kernels()->coarse(state, coarse->plane + (size_t)from * coarse->dim / 2,
			      coarse->norm + (size_t)from * 2, out);
}
