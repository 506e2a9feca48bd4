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

struct coarse {
	uint32_t dim;
	uint8_t *plane;			/* [blocks][dim / 8][DOT_BLOCK][4] */
	uint16_t *norm;			/* [blocks][DOT_BLOCK][2]: |w|, 16 |r|, both rounded up */
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
	coarse->plane = aligned_alloc(64, bytes);
	coarse->norm = aligned_alloc(64, items * 2 * sizeof(*coarse->norm));
	if (coarse->plane == NULL || coarse->norm == NULL) {
		coarse_free(coarse);
		return NULL;
	}
	memset(coarse->plane, 0, bytes);
	memset(coarse->norm, 0, items * 2 * sizeof(*coarse->norm));
	for (i = 0; i < pack->items; i++)
		add_row(coarse, pack->q + (size_t)i * pack->dim, i);
	return coarse;
}

void coarse_free(struct coarse *coarse)
{
	if (coarse == NULL)
		return;
	free(coarse->plane);
	free(coarse->norm);
	free(coarse);
}

void coarse_prepare(const struct dot_state *state, struct dot_coarse *out)
{
	uint64_t d2 = 0, h2 = 0;
	int32_t sum = 0;
	uint32_t j;

	out->dim = state->dim;
	for (j = 0; j < state->dim; j++) {
		int h = state->wide[j], g = (h + 128) >> COARSE_BITS, d;

		g = g > 127 ? 127 : g;
		d = h - 256 * g;
		out->g[j] = (int8_t)g;
		sum += g;
		d2 += (uint64_t)(d * d);
		h2 += (uint64_t)((int64_t)h * h);
	}
	/* (|w| |d| + |r| |h|) / 256 = (|w| (|d| / 16) + 16 |r| (|h| / 256)) / 16 */
	out->d = (int16_t)(root_up(d2) / 16 + 1);
	out->h = (int16_t)(root_up(h2) / 256 + 1);
	out->offset = 1 - 120 * sum;
}

void coarse_block(const struct coarse *coarse, const struct dot_coarse *state, uint32_t from,
		  int32_t out[DOT_BLOCK])
{
	assert(from % DOT_BLOCK == 0);
	dot_kernels()->coarse(state, coarse->plane + (size_t)from * coarse->dim / 2,
			      coarse->norm + (size_t)from * 2, out);
}
