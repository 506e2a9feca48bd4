/*
 * The bf16 kernels: choice, AMX and AVX-512 products, packing, and the exponential that makes
 * operands of logits. All but the choice is called only where the choice found the instructions.
 */
#include "gemm_bf16.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum kernel { UNKNOWN, SGEMM, AVX512, AMX };

static enum kernel chosen;

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

/* the polynomial of `power` */
#define EXP_C0 1.00000259f
#define EXP_C1 0.69300384f
#define EXP_C2 0.24144275f
#define EXP_C3 0.05201147f
#define EXP_C4 0.01353417f

#define WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))
#define TILES __attribute__((target("amx-tile,amx-bf16")))
#define INLINE static inline __attribute__((always_inline)) WIDE

#define REQUEST_PERMISSION 0x1023	/* ARCH_REQ_XCOMP_PERM of <asm/prctl.h> */
#define TILE_DATA 18			/* XFEATURE_XTILEDATA */
#define HALF 512			/* elements of a tile */

static bool has(enum kernel kernel)
{
	unsigned int a, b, c, d;

	if (kernel == SGEMM)
		return true;
	if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
	    !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") ||
	    !__get_cpuid_count(7, 1, &a, &b, &c, &d) || (a >> 5 & 1) == 0)
		return false;
	if (kernel == AVX512)
		return true;
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d >> 22 & 1) == 0 || (d >> 24 & 1) == 0)
		return false;
	/* the kernel gives the 8 KiB of tiles only to who asks; it may not know them */
	return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

static bool intel(void)
{
	return __builtin_cpu_is("intel");
}

/* ---- AMX ------------------------------------------------------------------------------- */

struct tile_config {
	uint8_t palette, start_row, reserved[14];
	uint16_t column_bytes[16];
	uint8_t rows[16];
};

_Static_assert(sizeof(struct tile_config) == 64, "as LDTILECFG reads it");

/* The compiler does not know what tile instructions read and write: barriers keep its own loads
 * and stores on their side. */
#define BARRIER() __asm__ volatile("" ::: "memory")

TILES static void tiles_begin(void)
{
	struct tile_config config;
	size_t i;

	memset(&config, 0, sizeof(config));
	config.palette = 1;
	for (i = 0; i < 8; i++) {
		config.column_bytes[i] = 64;
		config.rows[i] = 16;
	}
	__asm__ volatile("ldtilecfg %0" :: "m"(config));
}

TILES static void tiles_end(void)
{
	_tile_release();
}

TILES static void product_amx(float *c, size_t stride, const uint16_t *a, const uint16_t *b,
			      size_t steps, bool add)
{
	size_t bytes = stride * sizeof(float), s;
	float *lower = c + 16 * stride;

	BARRIER();
	if (add) {
		_tile_loadd(0, c, bytes);
		_tile_loadd(1, c + 16, bytes);
		_tile_loadd(2, lower, bytes);
		_tile_loadd(3, lower + 16, bytes);
	} else {
		_tile_zero(0);
		_tile_zero(1);
		_tile_zero(2);
		_tile_zero(3);
	}
	for (s = 0; s < steps; s++, a += GEMM_STEP, b += GEMM_STEP) {
		_tile_loadd(4, a, 64);
		_tile_loadd(6, b, 64);
		_tile_loadd(7, b + HALF, 64);
		_tile_loadd(5, a + HALF, 64);
		_tile_dpbf16ps(0, 4, 6);
		_tile_dpbf16ps(1, 4, 7);
		_tile_dpbf16ps(2, 5, 6);
		_tile_dpbf16ps(3, 5, 7);
	}
	_tile_stored(0, c, bytes);
	_tile_stored(1, c + 16, bytes);
	_tile_stored(2, lower, bytes);
	_tile_stored(3, lower + 16, bytes);
	BARRIER();
}

/* ---- AVX-512 --------------------------------------------------------------------------- */

/* Eight rows by 32 columns in sixteen registers. */
INLINE void product_eight(float *c, size_t stride, const uint16_t *a, const uint16_t *b,
			  size_t steps, bool add)
{
	__m512 sum[8][2];
	size_t s, k, r;

	for (r = 0; r < 8; r++) {
		sum[r][0] = add ? _mm512_loadu_ps(c + r * stride) : _mm512_setzero_ps();
		sum[r][1] = add ? _mm512_loadu_ps(c + r * stride + 16) : _mm512_setzero_ps();
	}
	for (s = 0; s < steps; s++, a += GEMM_STEP, b += GEMM_STEP)
		for (k = 0; k < 16; k++) {
			__m512bh left = (__m512bh)_mm512_loadu_si512(b + 32 * k);
			__m512bh right = (__m512bh)_mm512_loadu_si512(b + HALF + 32 * k);

#pragma GCC unroll 8
			for (r = 0; r < 8; r++) {
				__m512bh pair;
				int32_t both;

				memcpy(&both, a + 32 * r + 2 * k, sizeof(both));
				pair = (__m512bh)_mm512_set1_epi32(both);
				sum[r][0] = _mm512_dpbf16_ps(sum[r][0], pair, left);
				sum[r][1] = _mm512_dpbf16_ps(sum[r][1], pair, right);
			}
		}
	for (r = 0; r < 8; r++) {
		_mm512_storeu_ps(c + r * stride, sum[r][0]);
		_mm512_storeu_ps(c + r * stride + 16, sum[r][1]);
	}
}

WIDE static void product_avx512(float *c, size_t stride, const uint16_t *a, const uint16_t *b,
				size_t steps, bool add)
{
	size_t g;

	for (g = 0; g < 4; g++)
		product_eight(c + 8 * g * stride, stride, a + 256 * g, b, steps, add);
}

/* ---- packing --------------------------------------------------------------------------- */

/* 16 x 16 words of 32 bits. */
INLINE void transpose(__m512i v[16])
{
	__m512i t[16];
	size_t i;

#pragma GCC unroll 8
	for (i = 0; i < 8; i++) {
		t[2 * i] = _mm512_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
		t[2 * i + 1] = _mm512_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
	}
#pragma GCC unroll 4
	for (i = 0; i < 16; i += 4) {
		v[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
		v[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
		v[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
		v[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
	}
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		t[i] = _mm512_shuffle_i32x4(v[i], v[i + 4], 0x88);
		t[i + 4] = _mm512_shuffle_i32x4(v[i], v[i + 4], 0xdd);
		t[i + 8] = _mm512_shuffle_i32x4(v[i + 8], v[i + 12], 0x88);
		t[i + 12] = _mm512_shuffle_i32x4(v[i + 8], v[i + 12], 0xdd);
	}
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		v[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
		v[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
		v[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
		v[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
	}
}

INLINE void store(uint16_t *to, const __m512i v[16])
{
	size_t i;

	for (i = 0; i < 16; i++)
		_mm512_storeu_si512(to + 32 * i, v[i]);
}

/* low[0] high[0] low[1] high[1] .. as bf16 */
INLINE __m512i interleave(__m512 low, __m512 high)
{
	const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25,
					       9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2,
					       17, 1, 16, 0);

	return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(high, low));
}

/* Tile `half` of a step along rows: 16 rows of 32. */
INLINE void along(__m512i v[16], const float *from, size_t stride, size_t rows, size_t half)
{
	size_t r;

	for (r = 0; r < 16; r++) {
		const float *row = from + (16 * half + r) * stride;

		v[r] = 16 * half + r >= rows ? _mm512_setzero_si512() :
		       (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(row + 16),
						    _mm512_loadu_ps(row));
	}
}

WIDE static void pack_rows(uint16_t *panel, const float *from, size_t stride, size_t rows,
			   size_t steps, bool b)
{
	size_t s, half;
	__m512i v[16];

	for (s = 0; s < steps; s++)
		for (half = 0; half < 2; half++) {
			along(v, from + GEMM_PANEL * s, stride, rows, half);
			if (b)
				transpose(v);
			store(panel + GEMM_STEP * s + HALF * half, v);
		}
}

WIDE static void pack_step(uint16_t *panels, size_t distance, const float *from, size_t stride,
			   size_t rows, const float *factor, size_t count, bool a)
{
	size_t p, half, r;
	__m512i v[16];

	for (p = 0; p < count; p++)
		for (half = 0; half < 2; half++) {
			for (r = 0; r < GEMM_PANEL; r += 2) {
				const float *row = from + r * stride + GEMM_PANEL * p + 16 * half;
				__m512 low = _mm512_setzero_ps(), high = low;

				if (r < rows)
					low = _mm512_mul_ps(_mm512_loadu_ps(row),
							    _mm512_set1_ps(factor[r]));
				if (r + 1 < rows)
					high = _mm512_mul_ps(_mm512_loadu_ps(row + stride),
							     _mm512_set1_ps(factor[r + 1]));
				v[r / 2] = interleave(low, high);
			}
			if (a)
				transpose(v);
			store(panels + distance * p + HALF * half, v);
		}
}

WIDE static void transpose_all(float *to, size_t stride, const float *from, size_t columns)
{
	size_t c, half, i;
	__m512i v[16];

	for (c = 0; c < columns; c += 16)
		for (half = 0; half < 2; half++) {
			for (i = 0; i < 16; i++)
				v[i] = _mm512_loadu_si512(from + (c + i) * GEMM_PANEL + 16 * half);
			transpose(v);
			for (i = 0; i < 16; i++)
				_mm512_storeu_si512(to + (16 * half + i) * stride + c, v[i]);
		}
}

/* ---- exp ------------------------------------------------------------------------------- */

/* 2^t = 2^floor(t) 2^f: f in [0, 1) by a polynomial of degree 4 (minimax, relative error
 * below 4e-6, a thousandth of what bf16 rounds away). */
INLINE __m512 power(__m512 t, __mmask16 mask)
{
	__m512 f = _mm512_reduce_ps(t, 0x09), p = _mm512_set1_ps(EXP_C4);

	p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(EXP_C3));
	p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(EXP_C2));
	p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(EXP_C1));
	p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(EXP_C0));
	return _mm512_maskz_scalef_ps(mask, p, t);
}

INLINE __m512 row_half(const struct gemm_exp *exp, size_t r, size_t half, uint32_t mask)
{
	const float *from = exp->offset[r] + exp->column + 16 * half;
	__m512 offset = _mm512_sub_ps(_mm512_loadu_ps(from), _mm512_set1_ps(exp->shift[r]));
	__m512 t = _mm512_fmadd_ps(_mm512_loadu_ps(exp->logits + GEMM_PANEL * r + 16 * half),
				   _mm512_set1_ps(1.44269504f), offset);

	return power(t, (__mmask16)(mask >> 16 * half));
}

WIDE static void exp_wide(const struct gemm_exp *exp, uint16_t *rows_a, uint16_t *step_b)
{
	size_t r, i;

	for (r = 0; r < GEMM_PANEL; r += 2) {
		__m512 e[2][2];

		for (i = 0; i < 2; i++) {
			uint32_t mask = exp->mask[(r + i) * exp->mask_stride];
			float *sum = exp->sum + 16 * (r + i);

			e[i][0] = row_half(exp, r + i, 0, mask);
			e[i][1] = row_half(exp, r + i, 1, mask);
			_mm512_storeu_ps(sum, _mm512_add_ps(_mm512_loadu_ps(sum),
							    _mm512_add_ps(e[i][0], e[i][1])));
			_mm512_storeu_si512(rows_a + 32 * (r + i),
					    (__m512i)_mm512_cvtne2ps_pbh(e[i][1], e[i][0]));
		}
		_mm512_storeu_si512(step_b + 16 * r, interleave(e[0][0], e[1][0]));
		_mm512_storeu_si512(step_b + HALF + 16 * r, interleave(e[0][1], e[1][1]));
	}
}

/* ---- what gemm_bf16.h promises --------------------------------------------------------- */

void gemm_panels_begin(void)
{
	if (chosen == AMX)
		tiles_begin();
}

void gemm_panels_end(void)
{
	if (chosen == AMX)
		tiles_end();
}

void gemm_panel_product(float *c, size_t stride, const uint16_t *a, const uint16_t *b,
			size_t steps, bool add)
{
	if (chosen == AMX)
		product_amx(c, stride, a, b, steps, add);
	else
		product_avx512(c, stride, a, b, steps, add);
}

void gemm_pack_rows_a(uint16_t *panel, const float *from, size_t stride, size_t rows,
		      size_t steps)
{
	pack_rows(panel, from, stride, rows, steps, false);
}

void gemm_pack_rows_b(uint16_t *panel, const float *from, size_t stride, size_t rows,
		      size_t steps)
{
	pack_rows(panel, from, stride, rows, steps, true);
}

void gemm_pack_step_a(uint16_t *panels, size_t distance, const float *from, size_t stride,
		      size_t rows, const float *factor, size_t count)
{
	pack_step(panels, distance, from, stride, rows, factor, count, true);
}

void gemm_pack_step_b(uint16_t *panels, size_t distance, const float *from, size_t stride,
		      size_t rows, size_t count)
{
	static const float one[GEMM_PANEL] = {
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	};

	pack_step(panels, distance, from, stride, rows, one, count, false);
}

void gemm_transpose(float *to, size_t stride, const float *from, size_t columns)
{
	transpose_all(to, stride, from, columns);
}

void gemm_exp(const struct gemm_exp *exp, uint16_t *rows_a, uint16_t *step_b)
{
	exp_wide(exp, rows_a, step_b);
}

#else

static bool has(enum kernel kernel)
{
	return kernel == SGEMM;
}

static bool intel(void)
{
	return false;
}

/* Never called: gemm_has_panels is false. */
#define NONE __attribute__((unused))

void gemm_panels_begin(void)
{
}

void gemm_panels_end(void)
{
}

void gemm_panel_product(NONE float *c, NONE size_t stride, NONE const uint16_t *a,
			NONE const uint16_t *b, NONE size_t steps, NONE bool add)
{
	abort();
}

void gemm_pack_rows_a(NONE uint16_t *panel, NONE const float *from, NONE size_t stride,
		      NONE size_t rows, NONE size_t steps)
{
	abort();
}

void gemm_pack_rows_b(NONE uint16_t *panel, NONE const float *from, NONE size_t stride,
		      NONE size_t rows, NONE size_t steps)
{
	abort();
}

void gemm_pack_step_a(NONE uint16_t *panels, NONE size_t distance, NONE const float *from,
		      NONE size_t stride, NONE size_t rows, NONE const float *factor,
		      NONE size_t count)
{
	abort();
}

void gemm_pack_step_b(NONE uint16_t *panels, NONE size_t distance, NONE const float *from,
		      NONE size_t stride, NONE size_t rows, NONE size_t count)
{
	abort();
}

void gemm_transpose(NONE float *to, NONE size_t stride, NONE const float *from,
		    NONE size_t columns)
{
	abort();
}

void gemm_exp(NONE const struct gemm_exp *exp, NONE uint16_t *rows_a, NONE uint16_t *step_b)
{
	abort();
}

#endif

/* ---- the choice ------------------------------------------------------------------------ */

static const char *const names[] = {
	[SGEMM] = "sgemm", [AVX512] = "avx512-bf16", [AMX] = "amx-bf16",
};

/* Whether a kernel is worth its place: on Intel's processors AVX-512 multiplies no faster in bf16
 * than in float (docs/decisions.md has the figures), so that it must be asked for by name. */
static bool wanted(enum kernel kernel, const char *name)
{
	if (name != NULL)
		return strcmp(names[kernel], name) == 0;
	return kernel != AVX512 || !intel();
}

int gemm_choose(const char *name)
{
	enum kernel kernel = AMX;

	while (kernel > UNKNOWN && !(wanted(kernel, name) && has(kernel)))
		kernel--;
	if (kernel == UNKNOWN)
		return TACIT_E_NOT_FOUND;
	chosen = kernel;
	return 0;
}

/* Two threads that come here first at once choose the same. */
const char *gemm_kernel(void)
{
	if (chosen == UNKNOWN && getenv("OPENBLAS_CORETYPE") != NULL)
		chosen = SGEMM;
	if (chosen == UNKNOWN && gemm_choose(getenv("TACIT_GEMM")) != 0)
		gemm_choose(NULL);
	return names[chosen];
}

bool gemm_has_panels(void)
{
	gemm_kernel();
	return chosen == AMX || chosen == AVX512;
}
