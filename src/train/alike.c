/* EASE: the inverse of the regularised Gram matrix of people's sets. */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "closed_inside.h"
#include "ranks.h"

#define NEWEST 1000	/* of a person count: the cost is the square */

struct gram {
	const struct closed_model *model;
	const struct train_data *data;
	const uint64_t *start, *end;
	float *a;			/* [core][core], lower triangle */
	uint32_t workers, first;	/* of all ranks, and this one's first */
	uint32_t *set;			/* [threads][NEWEST] */
};

/* A person's newest items of the core, each once, ascending. */
static uint32_t person_set(const struct gram *gram, uint32_t u, uint32_t *set)
{
	uint64_t first = gram->start[u], last = gram->end[u], e;
	uint32_t n = 0, kept = 0, i;

	if (last - first > NEWEST)
		first = last - NEWEST;
	for (e = first; e < last; e++)
		if (gram->model->place[gram->data->item[e]] != UINT32_MAX)
			set[n++] = gram->model->place[gram->data->item[e]];
	if (n > 1)
		qsort(set, n, sizeof(*set), closed_by_number);
	for (i = 0; i < n; i++)
		if (i == 0 || set[i] != set[i - 1])
			set[kept++] = set[i];
	return kept;
}

/* Each worker adds to rows of its own, so that sums do not depend on who is first. */
static void add_people(void *context, size_t index, size_t worker)
{
	struct gram *gram = context;
	uint32_t *set = gram->set + worker * NEWEST, u, i, j, n;
	size_t core = gram->model->core;

	index += gram->first;
	for (u = 0; u < gram->data->users; u++) {
		n = person_set(gram, u, set);
		for (i = 0; i < n; i++)
			if (set[i] / 16 % gram->workers == index)
				for (j = 0; j <= i; j++)
					gram->a[set[i] * core + set[j]] += 1.0f;
	}
}

int alike_fit(struct closed_model *model, const struct train_data *data, const uint64_t *start,
	      const uint64_t *end)
{
	size_t core = model->core, i, j;
	uint32_t threads = model->config.threads / ranks_count();
	struct gram gram = { model, data, start, end, NULL, model->config.threads,
			     threads * ranks_mine(), NULL };
	struct pool *pool = pool_new(threads);
	int result = TACIT_E_MEMORY;

	gram.a = calloc(core * core + 1, sizeof(float));
	gram.set = malloc(sizeof(uint32_t) * NEWEST * threads);
	model->weight = gram.a;
	if (pool != NULL && gram.a != NULL && gram.set != NULL) {
		pool_run(pool, threads, add_people, &gram);
		ranks_merge(gram.a, sizeof(float) * core * core);
		for (i = 0; i < core; i++)
			gram.a[i * core + i] += model->config.lambda;
		result = gemm_inverse((int)core, gram.a, model->config.threads);
	}
	/* the lower triangle is what was computed */
	for (i = 0; result == 0 && i < core; i++)
		for (j = 0; j < i; j++) {
			float p = gram.a[i * core + j];

			gram.a[j * core + i] = p;
		}
	for (i = 0; result == 0 && i < core; i++)
		for (j = 0; j < core; j++)
			if (i != j)
				gram.a[j * core + i] /= -gram.a[i * core + i];
	for (i = 0; result == 0 && i < core; i++)
		gram.a[i * core + i] = 0.0f;
	free(gram.set);
	pool_free(pool);
	return result;
}
