/* Cells in a hash table with chains; see places_grid.h. */
#include "places_grid.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"

#define TURN 3600000000LL
#define LEAST_COSINE 1e-3		/* about six km round a pole all is one column's width */

double places_cosine(int32_t latitude)
{
	double cosine = cos(latitude * (M_PI / 180e7));

	return cosine > LEAST_COSINE ? cosine : LEAST_COSINE;
}

int32_t places_wrap(int64_t longitude)
{
	while (longitude > TURN / 2)
		longitude -= TURN;
	while (longitude < -TURN / 2)
		longitude += TURN;
	return (int32_t)longitude;
}

double places_square(double cosine, int32_t latitude, int32_t longitude, int32_t to_latitude,
		     int32_t to_longitude)
{
	int64_t across = (int64_t)to_longitude - longitude;
	double x, y = ((double)to_latitude - latitude) / PLACES_METRE;

	across += across > TURN / 2 ? -TURN : across < -TURN / 2 ? TURN : 0;
	x = (double)across / PLACES_METRE * cosine;
	return x * x + y * y;
}

int places_grid_init(struct places_grid *grid, double metres, size_t capacity)
{
	uint32_t slots = 16;

	while (slots < capacity * 2 && slots < 1U << 30)
		slots *= 2;
	*grid = (struct places_grid){ .metres = metres, .mask = slots - 1,
				      .capacity = (uint32_t)capacity };
	grid->head = calloc(slots, sizeof(*grid->head));
	grid->thing = malloc((capacity + 1) * sizeof(*grid->thing));
	if (grid->head != NULL && grid->thing != NULL)
		return 0;
	places_grid_free(grid);
	return TACIT_E_MEMORY;
}

void places_grid_free(struct places_grid *grid)
{
	free(grid->head);
	free(grid->thing);
	*grid = (struct places_grid){ .head = NULL };
}

static int64_t row_of(const struct places_grid *grid, double latitude)
{
	return (int64_t)floor(latitude / (grid->metres * PLACES_METRE));
}

/* Width of the columns of a row in 1e-7 degrees: by the latitude of its middle. */
static double width_of(const struct places_grid *grid, int64_t row)
{
	double middle = ((double)row + 0.5) * grid->metres * PLACES_METRE;
	double most = 899900000;

	middle = middle > most ? most : middle < -most ? -most : middle;
	return grid->metres * PLACES_METRE / places_cosine((int32_t)middle);
}

static uint64_t cell_of(int64_t row, int64_t column)
{
	return (uint64_t)row << 32 ^ (uint64_t)(column & 0xffffffff);
}

static uint32_t slot_of(const struct places_grid *grid, uint64_t cell)
{
	return (uint32_t)((cell * 0x9e3779b97f4a7c15ULL) >> 34) & grid->mask;
}

void places_grid_add(struct places_grid *grid, uint32_t id, int32_t latitude, int32_t longitude)
{
	int64_t row = row_of(grid, latitude);
	uint64_t cell = cell_of(row, (int64_t)floor(longitude / width_of(grid, row)));
	uint32_t *head = &grid->head[slot_of(grid, cell)];

	assert(grid->count < grid->capacity);
	grid->thing[grid->count] = (struct places_thing){ cell, latitude, longitude, id, *head };
	*head = ++grid->count;
}

static size_t read_columns(const struct places_grid *grid, int64_t row, int64_t from, int64_t to,
			   uint32_t *ids, size_t most, size_t found)
{
	int64_t column;

	for (column = from; column <= to; column++) {
		uint64_t cell = cell_of(row, column);
		uint32_t at = grid->head[slot_of(grid, cell)];

		for (; at != 0; at = grid->thing[at - 1].next)
			if (grid->thing[at - 1].cell == cell) {
				if (found < most)
					ids[found] = grid->thing[at - 1].id;
				found++;
			}
	}
	return found;
}

size_t places_grid_near(const struct places_grid *grid, int32_t latitude, int32_t longitude,
			uint32_t *ids, size_t most)
{
	double reach = grid->metres * PLACES_METRE;
	int64_t row, first = row_of(grid, latitude - reach), last = row_of(grid, latitude + reach);
	size_t found = 0;

	for (row = first; row <= last; row++) {
		double width = width_of(grid, row);
		/* a little more: rows nearer to a pole have wider columns */
		double across = reach / places_cosine(latitude) * 1.01;
		int64_t from = (int64_t)floor((longitude - across) / width);
		int64_t to = (int64_t)floor((longitude + across) / width);
		int64_t low = (int64_t)floor(-(TURN / 2) / width);
		int64_t high = (int64_t)floor((TURN / 2) / width);

		if (to - from >= high - low) {
			found = read_columns(grid, row, low, high, ids, most, found);
			continue;
		}
		if (from < low)
			found = read_columns(grid, row,
				(int64_t)floor((longitude - across + TURN) / width), high, ids,
				most, found);
		if (to > high)
			found = read_columns(grid, row, low,
				(int64_t)floor((longitude + across - TURN) / width), ids, most,
				found);
		found = read_columns(grid, row, from < low ? low : from, to > high ? high : to,
				     ids, most, found);
	}
	return found;
}
