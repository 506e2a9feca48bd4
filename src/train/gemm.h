/*
 * Matrix products for training, row-major float. OpenBLAS behind two calls; it is loaded on first
 * use, so that a program that never trains does not pay for its start.
 */
#ifndef TACIT_TRAIN_GEMM_H
#define TACIT_TRAIN_GEMM_H

#include <stdint.h>

#include "base/error.h"

/* Loads the library; TACIT_E_NOT_FOUND names the package to install. */
int gemm_load(struct error *error);

/* c[m][n] = a[m][k] b[n][k]^T */
void gemm_nt(int m, int n, int k, const float *a, const float *b, float *c);
/* c[m][n] = a[m][k] b[k][n] */
void gemm_nn(int m, int n, int k, const float *a, const float *b, float *c);
/* c[m][n] += a[k][m]^T b[k][n] */
void gemm_tn_add(int m, int n, int k, const float *a, const float *b, float *c);

/* Solves A x = B in place for a symmetric positive definite A[n][n]; B is [columns][n]. */
int gemm_solve(int n, int columns, float *a, float *b, struct error *error);
/* The same of a lower triangle, and the inverse of one in place (lower triangle), on `threads`
 * threads of the library. 0, or TACIT_E_ARGUMENT where A is not positive definite. */
int gemm_solve_many(int n, int columns, float *a, float *b, uint32_t threads);
int gemm_inverse(int n, float *a, uint32_t threads);

#endif
