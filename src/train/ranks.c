/*
 * The one file that knows of MPI (MPI Forum 2021). MPI is set up when training begins and not
 * before, and only where mpirun says that there is more than one process.
 */
#include "ranks.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "follow_inside.h"

#ifdef TACIT_MPI

#include <mpi.h>

#define MERGED ((size_t)1 << 24)	/* words of one exchange */

static uint32_t mine, count = 1;
static bool begun, ended;
static char *room;			/* for what is sent and received */
static size_t room_size;

/* A whole number that mpirun put into the environment. */
static uint32_t told(const char *name, uint32_t otherwise)
{
	const char *text = getenv(name);
	uint32_t value = 0;

	for (; text != NULL && *text >= '0' && *text <= '9' && value < 100000; text++)
		value = 10 * value + (uint32_t)(*text - '0');
	return text == NULL || *text != 0 ? otherwise : value;
}

static void finish(void)
{
	free(room);
	if (ended)
		MPI_Finalize();
}

void ranks_begin(void)
{
	int number, size, provided;

	ended = false;
	if (begun || told("OMPI_COMM_WORLD_SIZE", 1) < 2)
		return;
	MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
	MPI_Comm_rank(MPI_COMM_WORLD, &number);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	mine = (uint32_t)number;
	count = (uint32_t)size;
	begun = true;
	atexit(finish);
}

void ranks_end(void)
{
	ended = true;
}

uint32_t ranks_mine(void)
{
	return begun ? mine : told("OMPI_COMM_WORLD_RANK", 0);
}

uint32_t ranks_count(void)
{
	return begun ? count : told("OMPI_COMM_WORLD_SIZE", 1);
}

bool ranks_built(void)
{
	return true;
}

static int whole(size_t value)
{
	assert(value <= INT_MAX);
	return (int)value;
}

/* Without memory in one rank there is nothing for the others to wait for. */
static void *room_for(size_t size)
{
	if (size > room_size) {
		free(room);
		room = malloc(size);
		room_size = size;
		if (room == NULL)
			MPI_Abort(MPI_COMM_WORLD, 1);
	}
	return room;
}

double ranks_seconds(void)
{
	double seconds = clock_seconds();

	if (count > 1)
		MPI_Bcast(&seconds, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
	return seconds;
}

bool ranks_any(bool is)
{
	int any = is;

	if (count > 1)
		MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
	return any != 0;
}

bool ranks_same(uint64_t value)
{
	uint64_t least = value, most = value;

	if (count > 1) {
		MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_UINT64_T, MPI_MIN, MPI_COMM_WORLD);
		MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
	}
	return least == most;
}

/* Each rank sums its share of the weights, then all have all. */
void ranks_sum(float *const *part, uint32_t parts, size_t size)
{
	size_t first[RANKS_MOST + 1], own, r, k;
	int sent[RANKS_MOST], from[RANKS_MOST], received[RANKS_MOST], to[RANKS_MOST];
	float *others;

	if (count == 1)
		return;
	ranks_share(size, first);
	own = first[mine + 1] - first[mine];
	others = room_for(sizeof(float) * (own * count * parts + 1));
	for (k = 0; k < parts; k++) {
		for (r = 0; r < count; r++) {
			sent[r] = whole(first[r + 1] - first[r]);
			from[r] = whole(first[r]);
			received[r] = whole(own);
			to[r] = whole((r * parts + k) * own);
		}
		MPI_Alltoallv(part[k], sent, from, MPI_FLOAT, others, received, to, MPI_FLOAT,
			      MPI_COMM_WORLD);
	}
	memcpy(part[0] + first[mine], others, sizeof(float) * own);
	for (k = 1; k < (size_t)count * parts; k++)
		kernels_add(part[0] + first[mine], others + k * own, own);
	ranks_gather(part[0], sizeof(float), first);
}

void ranks_gather(void *cells, size_t cell, const size_t first[RANKS_MOST + 1])
{
	int size[RANKS_MOST], at[RANKS_MOST];
	MPI_Datatype type;
	size_t r;

	if (count == 1)
		return;
	for (r = 0; r < count; r++) {
		size[r] = whole(first[r + 1] - first[r]);
		at[r] = whole(first[r]);
	}
	MPI_Type_contiguous(whole(cell), MPI_BYTE, &type);
	MPI_Type_commit(&type);
	MPI_Allgatherv(MPI_IN_PLACE, 0, type, cells, size, at, type, MPI_COMM_WORLD);
	MPI_Type_free(&type);
}

void ranks_merge(void *words, size_t size)
{
	uint32_t *word = words;
	size_t left = size / sizeof(*word), piece;

	assert(size % sizeof(*word) == 0);
	for (; count > 1 && left > 0; left -= piece, word += piece) {
		piece = left < MERGED ? left : MERGED;
		MPI_Allreduce(MPI_IN_PLACE, word, whole(piece), MPI_UINT32_T, MPI_BOR,
			      MPI_COMM_WORLD);
	}
}

void ranks_losses(double *loss, size_t losses)
{
	if (count > 1)
		MPI_Allreduce(MPI_IN_PLACE, loss, whole(losses), MPI_DOUBLE, MPI_SUM,
			      MPI_COMM_WORLD);
}

/* Rows from[0] .. from[1] - 1 and columns at[0] .. at[1] - 1 of the table, one after another, into
 * `to` or back from it. Returns their bytes. */
static size_t move_block(const struct ranks_table *table, const size_t *from, const size_t *at,
			 char *to, bool back)
{
	size_t bytes = (at[1] - at[0]) * table->cell, row;

	for (row = from[0]; to != NULL && row < from[1]; row++, to += bytes) {
		char *cells = (char *)table->cells + (row * table->stride + at[0]) * table->cell;

		if (back)
			memcpy(cells, to, bytes);
		else
			memcpy(to, cells, bytes);
	}
	return bytes * (from[1] - from[0]);
}

void ranks_turn(const struct ranks_table *table)
{
	int sent[RANKS_MOST], from[RANKS_MOST], received[RANKS_MOST], to[RANKS_MOST];
	const size_t *row = table->row, *column = table->column;
	size_t out = 0, in = 0, r;
	char *all;

	if (count == 1)
		return;
	for (r = 0; r < count; r++) {
		sent[r] = whole(move_block(table, row + r, column + mine, NULL, false));
		received[r] = whole(move_block(table, row + mine, column + r, NULL, true));
		from[r] = whole(out);
		to[r] = whole(in);
		out += (size_t)sent[r];
		in += (size_t)received[r];
	}
	sent[mine] = 0;			/* it is there already */
	received[mine] = 0;
	all = room_for(out + in + 1);
	for (r = 0; r < count; r++)
		if (r != mine)
			move_block(table, row + r, column + mine, all + from[r], false);
	MPI_Alltoallv(all, sent, from, MPI_BYTE, all + out, received, to, MPI_BYTE,
		      MPI_COMM_WORLD);
	for (r = 0; r < count; r++)
		if (r != mine)
			move_block(table, row + mine, column + r, all + out + to[r], true);
}

#else

void ranks_begin(void)
{
}

void ranks_end(void)
{
}

uint32_t ranks_mine(void)
{
	return 0;
}

uint32_t ranks_count(void)
{
	return 1;
}

bool ranks_built(void)
{
	return false;
}

double ranks_seconds(void)
{
	return clock_seconds();
}

bool ranks_any(bool is)
{
	return is;
}

bool ranks_same(uint64_t value)
{
	(void)value;
	return true;
}

void ranks_sum(float *const *part, uint32_t parts, size_t size)
{
	(void)part;
	(void)parts;
	(void)size;
}

void ranks_gather(void *cells, size_t cell, const size_t first[RANKS_MOST + 1])
{
	(void)cells;
	(void)cell;
	(void)first;
}

void ranks_merge(void *words, size_t size)
{
	(void)words;
	(void)size;
}

void ranks_losses(double *loss, size_t losses)
{
	(void)loss;
	(void)losses;
}

void ranks_turn(const struct ranks_table *table)
{
	(void)table;
}

#endif

void ranks_share(size_t total, size_t first[RANKS_MOST + 1])
{
	size_t r, ranks = ranks_count();

	for (r = 0; r <= ranks; r++)
		first[r] = total / ranks * r + total % ranks * r / ranks;
}
