/*
 * Training over several processes ("ranks"), started together by mpirun, in a build with Open MPI
 * (make MPI=1). Without it, or without mpirun, there is one rank and all of this does nothing.
 *
 * Every rank reads the same data, holds the same weights and takes the same decisions. Work is
 * split by the number of all workers, as between threads: rank r has workers r T .. r T + T - 1.
 * Floats are only ever added in the order of these numbers, so that N ranks of T threads make the
 * same bits as one of N * T threads.
 *
 * Functions that exchange are called by all ranks, in the same order, from the thread that began.
 * Where one fails, all end: mpirun sees to it.
 */
#ifndef TACIT_TRAIN_RANKS_H
#define TACIT_TRAIN_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANKS_MOST 64

/* Joins the others where mpirun started this process; once is enough. */
void ranks_begin(void);
/* The work went well, so that the process may end before others do. Without it mpirun ends all. */
void ranks_end(void);

/* Which one this is, of how many; before ranks_begin as mpirun says. */
uint32_t ranks_mine(void);
uint32_t ranks_count(void);
/* Whether this build can have more than one. */
bool ranks_built(void);

/* Rank r's share of `total` things is first[r] .. first[r + 1] - 1. */
void ranks_share(size_t total, size_t first[RANKS_MOST + 1]);

/* clock_seconds of rank 0, so that all decide alike by time. */
double ranks_seconds(void);
/* True everywhere where it is anywhere. */
bool ranks_any(bool mine);
/* Whether all ranks have the same value. */
bool ranks_same(uint64_t mine);

/* part[0] becomes the sum over ranks and parts, in this order; the others are as before. Each rank
 * sends about (parts + 1) * size floats. */
void ranks_sum(float *const *part, uint32_t parts, size_t size);
/* Each rank has its share of cells filled in; then all have all. */
void ranks_gather(void *cells, size_t cell, const size_t first[RANKS_MOST + 1]);
/* Words that at most one rank has set, 0 in the others: then all have all. size % 4 == 0. */
void ranks_merge(void *words, size_t size);
/* The sum of numbers of which at most one rank's is not 0. */
void ranks_losses(double *loss, size_t count);

/* A table of rows of `stride` cells. Each rank has the columns of its share in all rows; then it
 * has all columns, of as many as there are, in the rows of its share. */
struct ranks_table {
	void *cells;
	size_t cell, stride;		/* bytes; cells */
	const size_t *row, *column;	/* shares */
};
void ranks_turn(const struct ranks_table *table);

#endif
