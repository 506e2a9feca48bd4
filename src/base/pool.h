/*
 * A small pool of threads. Task i always runs on worker i % threads, and a worker runs its tasks in
 * ascending order: sums kept per worker come out the same on every run with as many threads.
 */
#ifndef TACIT_BASE_POOL_H
#define TACIT_BASE_POOL_H

#include <stddef.h>

struct pool;

/* A pool of 1..LIMIT_THREADS workers; 0: as many as there are processors. The caller's thread is
 * worker 0, so pool_new(1) starts none. NULL when threads or memory are refused. */
struct pool *pool_new(size_t threads);

/* How many workers: the bound of `worker` in pool_run. */
size_t pool_threads(const struct pool *pool);

/* Calls task(context, index, worker) for each index in [0, tasks) and returns when all are done.
 * One pool_run of a pool at a time; a task does not call pool_run of its own pool. */
void pool_run(struct pool *pool, size_t tasks,
	      void (*task)(void *context, size_t index, size_t worker), void *context);

void pool_free(struct pool *pool);	/* NULL is fine */

#endif
