/*
 * OpenBLAS, loaded by name. One thread inside each call: the trainer splits the rows itself, in
 * the same way for the same number of threads, so that sums do not depend on a scheduler.
 */
#include "gemm.h"

#include <dlfcn.h>
#include <stddef.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

typedef void sgemm_function(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
			    const float *a, int lda, const float *b, int ldb, float beta, float *c,
			    int ldc);
typedef void sposv_function(const char *uplo, const int *n, const int *nrhs, float *a,
			    const int *lda, float *b, const int *ldb, int *info, size_t length);

typedef void spotrf_function(const char *uplo, const int *n, float *a, const int *lda, int *info,
			     size_t length);
typedef void set_threads_function(int threads);

static sgemm_function *sgemm;
static sposv_function *sposv;
static spotrf_function *spotrf, *spotri;
static set_threads_function *set_threads;

int gemm_load(struct error *error)
{
	void *library;

	if (sgemm != NULL)
		return 0;
	library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return error_set(error, TACIT_E_NOT_FOUND, "training needs OpenBLAS: install "
				 "the package libopenblas0-pthread");
	*(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
	*(void **)&sposv = dlsym(library, "sposv_");
	*(void **)&spotrf = dlsym(library, "spotrf_");
	*(void **)&spotri = dlsym(library, "spotri_");
	*(void **)&sgemm = dlsym(library, "cblas_sgemm");
	if (sgemm == NULL || sposv == NULL || spotrf == NULL || spotri == NULL ||
	    set_threads == NULL) {
		sgemm = NULL;
		return error_set(error, TACIT_E_NOT_FOUND, "libopenblas.so.0 is not OpenBLAS "
				 "with LAPACK: install the package libopenblas0-pthread");
	}
	set_threads(1);
	return 0;
}

void gemm_nt(int m, int n, int k, const float *a, const float *b, float *c)
{
	sgemm(ROW_MAJOR, NO_TRANS, TRANS, m, n, k, 1.0f, a, k, b, k, 0.0f, c, n);
}

void gemm_nn(int m, int n, int k, const float *a, const float *b, float *c)
{
	sgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, m, n, k, 1.0f, a, k, b, n, 0.0f, c, n);
}

void gemm_tn_add(int m, int n, int k, const float *a, const float *b, float *c)
{
	sgemm(ROW_MAJOR, TRANS, NO_TRANS, m, n, k, 1.0f, a, m, b, n, 1.0f, c, n);
}

int gemm_solve(int n, int columns, float *a, float *b, struct error *error)
{
	int info = 0;

	sposv("L", &n, &columns, a, &n, b, &n, &info, 1);
	if (info != 0)
		return error_set(error, TACIT_E_ARGUMENT, "the ridge system has no solution");
	return 0;
}

/* A row-major lower triangle is LAPACK's upper one. */
int gemm_solve_many(int n, int columns, float *a, float *b, uint32_t threads)
{
	int info = 0;

	set_threads((int)threads);
	sposv("U", &n, &columns, a, &n, b, &n, &info, 1);
	set_threads(1);
	return info != 0 ? TACIT_E_ARGUMENT : 0;
}

int gemm_inverse(int n, float *a, uint32_t threads)
{
	int info = 0;

	set_threads((int)threads);
	spotrf("U", &n, a, &n, &info, 1);
	if (info == 0)
		spotri("U", &n, a, &n, &info, 1);
	set_threads(1);
	return info != 0 ? TACIT_E_ARGUMENT : 0;
}
