/*
 * The loops with VPDPBUSD, which multiplies unsigned with signed bytes and adds four products to
 * an int32 without saturation. Where both sides are signed, one is shifted by 128 (its top bit is
 * turned), and what that adds is known beforehand and taken off once.
 */
#include "dot_inside.h"

#if defined(__x86_64__)

#include <assert.h>
#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TARGET __attribute__((target("arch=x86-64-v4,avx512vnni")))
#define INLINE TARGET static inline __attribute__((always_inline))
#define ROWS 8			/* rows at a time: two sums each stay in registers */
#define COLUMNS 64
#define AHEAD 2048		/* bytes: how far ahead of the bounds nibbles are fetched */
#define UNROLL _Pragma("GCC unroll 4")

/* The sums of eight vectors of sixteen, in order. */
INLINE __m256i add_across(const __m512i v[ROWS])
{
	__m512i pair[4], four[2], both;
	int k;

	for (k = 0; k < 4; k++)
		pair[k] = _mm512_add_epi32(_mm512_unpacklo_epi32(v[2 * k], v[2 * k + 1]),
					   _mm512_unpackhi_epi32(v[2 * k], v[2 * k + 1]));
	for (k = 0; k < 2; k++)
		four[k] = _mm512_add_epi32(_mm512_unpacklo_epi64(pair[2 * k], pair[2 * k + 1]),
					   _mm512_unpackhi_epi64(pair[2 * k], pair[2 * k + 1]));
	/* each quarter of four[0] has parts of the sums 0 to 3, of four[1] of 4 to 7 */
	both = _mm512_add_epi32(_mm512_shuffle_i32x4(four[0], four[1], 0x88),
				_mm512_shuffle_i32x4(four[0], four[1], 0xdd));
	both = _mm512_add_epi32(_mm512_shuffle_i32x4(both, both, 0x88),
				_mm512_shuffle_i32x4(both, both, 0xdd));
	return _mm512_castsi512_si256(both);
}

/* Row after row, as they lie in memory: taken column by column of eight rows at once, the cores'
 * prefetchers lose the stream and the pass takes more than twice as long. */
INLINE __m256i eight_rows(const struct dot_state *state, uint32_t dim,
			  const int8_t *const row[ROWS])
{
	const __m512i turn = _mm512_set1_epi8(-128);
	__m512i sum[ROWS];
	uint32_t j, r;

	for (r = 0; r < ROWS; r++) {
		__m512i high = _mm512_setzero_si512(), low = high;

		for (j = 0; j < dim; j += COLUMNS) {
			/* rows end where memory may end: a last half vector is read under a mask */
			__m512i q = dim - j >= COLUMNS ? _mm512_loadu_si512(row[r] + j) :
				    _mm512_maskz_loadu_epi8(0xffffffffULL, row[r] + j);

			high = _mm512_dpbusd_epi32(high, _mm512_xor_si512(q, turn),
						   _mm512_load_si512(state->high + j));
			low = _mm512_dpbusd_epi32(low, _mm512_load_si512(state->low + j), q);
		}
		sum[r] = _mm512_add_epi32(low, _mm512_slli_epi32(high, 8));
	}
	return _mm256_sub_epi32(add_across(sum), _mm256_set1_epi32(256 * state->excess));
}

INLINE void all_rows(const struct dot_state *state, uint32_t dim, const int8_t *q,
		     const uint32_t *index, uint32_t count, int32_t *out)
{
	uint32_t i, r;

	for (i = 0; i < count; i += ROWS) {
		uint32_t some = count - i < ROWS ? count - i : ROWS;
		const int8_t *row[ROWS];

		for (r = 0; r < ROWS; r++) {	/* beyond the end the last row stands in */
			uint32_t at = i + (r < some ? r : some - 1);

			row[r] = q + (size_t)(index == NULL ? at : index[at]) * dim;
		}
		_mm256_mask_storeu_epi32(out + i, (__mmask8)((1u << some) - 1),
					 eight_rows(state, dim, row));
	}
}

/* The usual numbers of columns as constants, so that the state stays in registers. */
TARGET void dot_vnni_rows(const struct dot_state *state, const int8_t *q, const uint32_t *index,
			  uint32_t count, int32_t *out)
{
	if (state->dim == 256)
		all_rows(state, 256, q, index, count, out);
	else if (state->dim == 128)
		all_rows(state, 128, q, index, count, out);
	else if (state->dim == 64)
		all_rows(state, 64, q, index, count, out);
	else
		all_rows(state, state->dim, q, index, count, out);
}

/* ---- the bounds ------------------------------------------------------------------------ */

/* Four columns of g for all lanes, wherever they lie. */
INLINE __m512i four_of(const int8_t *g)
{
	int32_t word;

	memcpy(&word, g, sizeof(word));
	return _mm512_set1_epi32(word);
}

/* Whole bytes with the columns of their high nibbles, where the nibble below is along with them:
 * the state is made for that (coarse_prepare). A block is read in order while the next comes. */
INLINE void coarse_block(const struct dot_coarse *state, uint32_t dim, const uint8_t *plane,
			 const uint16_t *norm, int32_t out[DOT_BLOCK])
{
	const __m512i below = _mm512_set1_epi8(15);
	const __m512i widths = _mm512_set1_epi32((uint16_t)state->d | state->h * 65536);
	__m512i low[4], high[4], slack;
	uint32_t j, k;

	UNROLL for (k = 0; k < 4; k++)
		low[k] = high[k] = _mm512_setzero_si512();
	for (j = 0; j < dim; j += 8, plane += 256) {
		__m512i g0 = four_of(state->g + j), g1 = four_of(state->g + j + 4);

		UNROLL for (k = 0; k < 4; k++) {
			__m512i byte = _mm512_load_si512(plane + 64 * k);

			_mm_prefetch((const char *)plane + AHEAD + 64 * k, _MM_HINT_T0);
			low[k] = _mm512_dpbusd_epi32(low[k], _mm512_and_si512(byte, below), g0);
			high[k] = _mm512_dpbusd_epi32(high[k], byte, g1);
		}
	}
	UNROLL for (k = 0; k < 4; k++) {
		slack = _mm512_madd_epi16(_mm512_load_si512(norm + 32 * k), widths);
		slack = _mm512_add_epi32(_mm512_srai_epi32(slack, 4),
					 _mm512_set1_epi32(state->offset));
		low[k] = _mm512_add_epi32(_mm512_slli_epi32(low[k], 4), high[k]);
		_mm512_storeu_si512(out + 16 * k, _mm512_add_epi32(low[k], slack));
	}
}

TARGET void dot_vnni_coarse(const struct dot_coarse *state, const uint8_t *plane,
			    const uint16_t *norm, int32_t out[DOT_BLOCK])
{
	coarse_block(state, state->dim, plane, norm, out);
}

/* Eight of a block; what stands beyond the last is read as zero. */
INLINE __m512i finish_eight(const int32_t *dot, const struct dot_finish *finish, uint32_t i,
			    __mmask8 there)
{
	const __m128i left = _mm_cvtsi32_si128(finish->left > 0 ? finish->left : 0);
	const __m128i right = _mm_cvtsi32_si128(finish->left < 0 ? -finish->left : 0);
	__m256i scale = _mm256_maskz_loadu_epi32(there, finish->scale + i);
	__m512i sum, more;

	/* both are below 2^31, so that the low halves multiply as signed */
	sum = _mm512_mul_epi32(
		_mm512_cvtepi32_epi64(_mm256_maskz_loadu_epi32(there, dot + i)),
		_mm512_cvtepu32_epi64(scale));
	if (finish->length != NULL) {
		more = _mm512_cvtepi16_epi64(_mm_maskz_loadu_epi16(there, finish->length + i));
		more = _mm512_sll_epi64(_mm512_slli_epi64(more, 9), left);
		sum = _mm512_add_epi64(sum, _mm512_sra_epi64(more, right));
	}
	if (finish->bonus != NULL) {
		more = _mm512_cvtepi32_epi64(_mm256_maskz_loadu_epi32(there, finish->bonus + i));
		more = _mm512_sll_epi64(more, left);
		sum = _mm512_add_epi64(sum, _mm512_sra_epi64(more, right));
	}
	return sum;
}

TARGET int64_t dot_vnni_finish(const int32_t *dot, const struct dot_finish *finish,
			       uint32_t count, int64_t *out)
{
	const __m512i nothing = _mm512_set1_epi64(DOT_NO_CANDIDATE);
	__m512i top = nothing;
	uint32_t i;

	for (i = 0; i < count; i += 8) {
		__mmask8 there = count - i >= 8 ? 255 : (__mmask8)((1u << (count - i)) - 1);
		__mmask8 in = (__mmask8)(there & ~(finish->excluded >> i));
		__m512i sum = finish_eight(dot, finish, i, there);

		sum = _mm512_mask_blend_epi64(in, nothing, sum);
		_mm512_mask_storeu_epi64(out + i, there, sum);
		top = _mm512_max_epi64(top, sum);
	}
	return _mm512_reduce_max_epi64(top);
}

TARGET uint64_t dot_vnni_reach(const int64_t *value, uint32_t count, int64_t least)
{
	uint64_t bits = 0;
	uint32_t i;

	for (i = 0; i < count; i += 8) {
		__mmask8 there = count - i >= 8 ? 255 : (__mmask8)((1u << (count - i)) - 1);
		__m512i eight = _mm512_maskz_loadu_epi64(there, value + i);

		bits |= (uint64_t)_mm512_mask_cmpge_epi64_mask(there, eight,
							       _mm512_set1_epi64(least)) << i;
	}
	return bits;
}

/* ---- the fold -------------------------------------------------------------------------- */

#define TERMS 1024		/* at a time: 4 * 255 * 128 * TERMS / 4 is far inside int32 */

/* Four terms: their rows, and for each of the four digits of m the digits of all four. */
struct four {
	const int8_t *row[4];
	int32_t digit[4] __attribute__((aligned(16)));
};

/* m = sum over k of d_k * 256^k with d_k in [-128, 127]: the bytes of m + 0x80808080, each less
 * 128. The top digit holds m up to this. */
#define LARGEST 0x7f7f7f7f

/* The terms in fours; returns what shifting their rows by 128 adds to each column. */
INLINE int64_t make_fours(const struct dot_term *term, uint32_t count, struct four *four)
{
	const __m128i turn = _mm_set1_epi32((int32_t)0x80808080u);
	const __m128i across = _mm_set_epi8(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
	int64_t sum = 0;
	uint32_t t, k;

	for (t = 0; t < count; t += 4) {
		int32_t m[4];
		__m128i digits;

		for (k = 0; k < 4; k++) {	/* beyond the end the last row stands in, with 0 */
			uint32_t at = t + k < count ? t + k : count - 1;

			four[t / 4].row[k] = term[at].row;
			m[k] = t + k < count ? term[at].m : 0;
			sum += m[k];
		}
		digits = _mm_set_epi32(m[3], m[2], m[1], m[0]);
		digits = _mm_xor_si128(_mm_add_epi32(digits, turn), turn);
		_mm_store_si128((__m128i *)four[t / 4].digit, _mm_shuffle_epi8(digits, across));
	}
	return 128 * sum;
}

/* sum[part][digit] of 64 columns: quarter s of part k has the columns 16 s + 4 k .. + 3. */
INLINE void fold_columns(const struct four *four, uint32_t fours, bool half, uint32_t c,
			 __m512i sum[4][4])
{
	const __m512i turn = _mm512_set1_epi8(-128);
	uint32_t f, k, d;

	UNROLL for (k = 0; k < 4; k++)
		UNROLL for (d = 0; d < 4; d++)
			sum[k][d] = _mm512_setzero_si512();
	for (f = 0; f < fours; f++) {
		__m512i row[4], part[4], ab[2], cd[2];

		UNROLL for (k = 0; k < 4; k++) {
			const int8_t *from = four[f].row[k] + c;

			row[k] = half ? _mm512_maskz_loadu_epi8(0xffffffffULL, from) :
				 _mm512_loadu_si512(from);
			row[k] = _mm512_xor_si512(turn, row[k]);
		}
		ab[0] = _mm512_unpacklo_epi8(row[0], row[1]);
		ab[1] = _mm512_unpackhi_epi8(row[0], row[1]);
		cd[0] = _mm512_unpacklo_epi8(row[2], row[3]);
		cd[1] = _mm512_unpackhi_epi8(row[2], row[3]);
		UNROLL for (k = 0; k < 4; k++)
			part[k] = k % 2 == 0 ? _mm512_unpacklo_epi16(ab[k / 2], cd[k / 2]) :
					       _mm512_unpackhi_epi16(ab[k / 2], cd[k / 2]);
		UNROLL for (d = 0; d < 4; d++) {
			__m512i digit = _mm512_set1_epi32(four[f].digit[d]);

			UNROLL for (k = 0; k < 4; k++)
				sum[k][d] = _mm512_dpbusd_epi32(sum[k][d], part[k], digit);
		}
	}
}

/* h += sum over digits of 256^d * sum[d] - excess, for the columns of one part. */
INLINE void add_part(const __m512i sum[4], int64_t excess, uint32_t quarters, int64_t *h)
{
	int32_t digit[4][16] DOT_ALIGNED;
	uint32_t s, d, e;

	for (d = 0; d < 4; d++)
		_mm512_store_si512(digit[d], sum[d]);
	for (s = 0; s < quarters; s++)
		for (e = 0; e < 4; e++)
			h[16 * s + e] += digit[0][4 * s + e] + digit[1][4 * s + e] * 256LL +
					 digit[2][4 * s + e] * 65536LL +
					 digit[3][4 * s + e] * 16777216LL - excess;
}

TARGET static void fold_some(const struct dot_term *term, uint32_t count, uint32_t dim, int64_t *h)
{
	struct four four[TERMS / 4];
	int64_t excess = make_fours(term, count, four);
	uint32_t c, k;

	assert(count <= TERMS);
	for (c = 0; c < dim; c += COLUMNS) {
		bool half = dim - c < COLUMNS;
		__m512i sum[4][4];

		if (half)
			fold_columns(four, (count + 3) / 4, true, c, sum);
		else
			fold_columns(four, (count + 3) / 4, false, c, sum);
		UNROLL for (k = 0; k < 4; k++)
			add_part(sum[k], excess, half ? 2 : 4, h + c + 4 * k);
	}
}

TARGET void dot_vnni_fold(const struct dot_term *term, uint32_t count, uint32_t dim, int64_t *h)
{
	uint32_t from = 0, t, j;

	for (t = 0; t < count; t++) {
		if (term[t].m <= LARGEST && t - from < TERMS)
			continue;
		if (t > from)
			fold_some(term + from, t - from, dim, h);
		from = t;
		if (term[t].m > LARGEST) {	/* beyond four digits; no trainer makes such */
			for (j = 0; j < dim; j++)
				h[j] += (int64_t)term[t].m * term[t].row[j];
			from++;
		}
	}
	if (count > from)
		fold_some(term + from, count - from, dim, h);
}

#endif
