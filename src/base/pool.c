/* The pool: workers sleep until the round number changes, then do their share of that round. */
#include "pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "limits.h"

struct worker {
	struct pool *pool;
	size_t number;
	pthread_t thread;
};

struct pool {
	size_t threads;
	pthread_mutex_t lock;
	pthread_cond_t begin, done;
	uint64_t round;			/* all below: under lock */
	size_t working;
	bool ending;
	size_t tasks;
	void (*task)(void *context, size_t index, size_t worker);
	void *context;
	struct worker worker[LIMIT_THREADS];
};

static void work(const struct pool *pool, size_t number, size_t tasks)
{
	size_t i;

	for (i = number; i < tasks; i += pool->threads)
		pool->task(pool->context, i, number);
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;
	struct pool *pool = worker->pool;
	uint64_t seen = 0;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (pool->round == seen && !pool->ending)
			pthread_cond_wait(&pool->begin, &pool->lock);
		if (pool->ending)
			break;
		seen = pool->round;
		pthread_mutex_unlock(&pool->lock);
		/* The round's fields do not change before this worker reports below. */
		work(pool, worker->number, pool->tasks);
		pthread_mutex_lock(&pool->lock);
		if (--pool->working == 0)
			pthread_cond_signal(&pool->done);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Ends and joins workers 1..started-1 and frees everything. */
static void stop(struct pool *pool, size_t started)
{
	size_t i;

	pthread_mutex_lock(&pool->lock);
	pool->ending = true;
	pthread_cond_broadcast(&pool->begin);
	pthread_mutex_unlock(&pool->lock);
	for (i = 1; i < started; i++)
		pthread_join(pool->worker[i].thread, NULL);
	pthread_cond_destroy(&pool->done);
	pthread_cond_destroy(&pool->begin);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

static size_t processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	if (count < 1)
		return 1;
	return count > LIMIT_THREADS ? LIMIT_THREADS : (size_t)count;
}

struct pool *pool_new(size_t threads)
{
	struct pool *pool;
	size_t i;

	if (threads > LIMIT_THREADS)
		return NULL;
	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return NULL;
	pool->threads = threads == 0 ? processors() : threads;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->begin, NULL);
	pthread_cond_init(&pool->done, NULL);
	for (i = 1; i < pool->threads; i++) {
		pool->worker[i].pool = pool;
		pool->worker[i].number = i;
		if (pthread_create(&pool->worker[i].thread, NULL, worker_main,
				   &pool->worker[i]) != 0) {
			stop(pool, i);
			return NULL;
		}
	}
	return pool;
}

size_t pool_threads(const struct pool *pool)
{
	return pool->threads;
}

void pool_run(struct pool *pool, size_t tasks,
	      void (*task)(void *context, size_t index, size_t worker), void *context)
{
	pthread_mutex_lock(&pool->lock);
	assert(pool->working == 0);
	pool->tasks = tasks;
	pool->task = task;
	pool->context = context;
	pool->working = pool->threads - 1;
	pool->round++;
	pthread_cond_broadcast(&pool->begin);
	pthread_mutex_unlock(&pool->lock);
	work(pool, 0, tasks);
	pthread_mutex_lock(&pool->lock);
	while (pool->working > 0)
		pthread_cond_wait(&pool->done, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}

void pool_free(struct pool *pool)
{
	if (pool != NULL)
		stop(pool, pool->threads);
}
