/*
 * Products of bf16 operands with float sums, for processors that have them: AMX tiles, else
 * AVX-512 BF16. Elsewhere, and in portable mode, training uses gemm.h in float.
 *
 * Operands are packed in panels: 32 of the rows (of A) or columns (of B) by all of k, step by step
 * of 32; a step is two tiles of 1 KiB:
 *   A: [2][16 rows][32 k]		B: [2][16 pairs of k][16 columns][2]
 * so that a product reads both panels once, in order, whatever the matrices' strides were. Rounding
 * is to the nearest, ties to even. One variant always gives the same bits; two variants differ,
 * as they sum in other orders.
 */
#ifndef TACIT_TRAIN_GEMM_BF16_H
#define TACIT_TRAIN_GEMM_BF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GEMM_PANEL 32			/* rows or columns of a panel, and k of a step */
#define GEMM_STEP 1024			/* elements of a step of a panel */

/* The kernel of training: "amx-bf16", "avx512-bf16" or "sgemm" (OpenBLAS). The first of these that
 * the machine has and gains by; "sgemm" where OPENBLAS_CORETYPE asks for another machine's bits. */
const char *gemm_kernel(void);
/* Chooses a kernel by name, NULL the best. TACIT_E_NOT_FOUND where the machine does not have it.
 * Not while anything trains. The environment's TACIT_GEMM names one for the first choice. */
int gemm_choose(const char *name);
/* Whether the kernel takes bf16 panels. */
bool gemm_has_panels(void);

/* Around products, in each thread. */
void gemm_panels_begin(void);
void gemm_panels_end(void);
/* c[32][32] = a b^T of two panels of `steps` steps, or += with `add`; rows `stride` apart. */
void gemm_panel_product(float *c, size_t stride, const uint16_t *a, const uint16_t *b,
			size_t steps, bool add);

/* Packing. `from` is row-major with `stride`; `rows` (1..32) are there, the others count as 0. */

/* The rows are rows of A, or columns of B; k is along them, 32 * steps long. */
void gemm_pack_rows_a(uint16_t *panel, const float *from, size_t stride, size_t rows,
		      size_t steps);
void gemm_pack_rows_b(uint16_t *panel, const float *from, size_t stride, size_t rows,
		      size_t steps);
/* The rows are one step of k; the columns of panel p go to panels + p * distance. For A each row is
 * multiplied by its factor first. */
void gemm_pack_step_a(uint16_t *panels, size_t distance, const float *from, size_t stride,
		      size_t rows, const float *factor, size_t count);
void gemm_pack_step_b(uint16_t *panels, size_t distance, const float *from, size_t stride,
		      size_t rows, size_t count);

/* to[32][columns] = from[columns][32] transposed; columns % 16 == 0. */
void gemm_transpose(float *to, size_t stride, const float *from, size_t columns);

/* 2^t to 4e-6 of 32 x 32 logits, as packed steps of both kinds, 0 where bit i of mask[r] is 0:
 * t = c log2(e) + offset[r] - shift[r]. Sums of row r are added to sum[r][16]. */
struct gemm_exp {
	const float *logits;		/* [32][32] */
	const float *const *offset;	/* [32]: of each row, in units of log 2, from `column` on */
	size_t column;
	const uint32_t *mask;		/* of row r at r * mask_stride */
	size_t mask_stride;
	const float *shift;		/* [32] */
	float *sum;			/* [32][16] */
};
void gemm_exp(const struct gemm_exp *exp, uint16_t *rows_a, uint16_t *step_b);

#endif
