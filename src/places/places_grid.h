/*
 * A grid of cells of some metres over the sphere, for places.c and home.c: which of the things
 * that were put in are near a point? Columns of a row are as wide in degrees as its latitude asks
 * for; the date line is no border. Cost: a query reads the cells that its square touches.
 */
#ifndef TACIT_PLACES_PLACES_GRID_H
#define TACIT_PLACES_PLACES_GRID_H

#include <stddef.h>
#include <stdint.h>

#define PLACES_METRE 89.9321		/* 1e-7 degrees of latitude in a metre of the mean sphere */

struct places_grid {
	double metres;			/* side of a cell, and the reach of a query */
	uint32_t mask;			/* slots - 1 */
	uint32_t *head;			/* by slot: 1 + the newest thing in it, or 0 */
	uint32_t count, capacity;
	struct places_thing {
		uint64_t cell;
		int32_t latitude, longitude;
		uint32_t id, next;	/* next: as head */
	} *thing;
};

/* Room for `capacity` things; 0 or TACIT_E_MEMORY. _free takes what _init made, or zeros. */
int places_grid_init(struct places_grid *grid, double metres, size_t capacity);
void places_grid_free(struct places_grid *grid);
void places_grid_add(struct places_grid *grid, uint32_t id, int32_t latitude, int32_t longitude);
/* Gives up to `most` ids of all things whose cells touch the square about a point, in no order that
 * means anything; returns how many there are, also if above `most`. */
size_t places_grid_near(const struct places_grid *grid, int32_t latitude, int32_t longitude,
			uint32_t *ids, size_t most);

/* Square of the distance in the plane about the first point, m^2; good to a few km. */
double places_square(double cosine, int32_t latitude, int32_t longitude, int32_t to_latitude,
		     int32_t to_longitude);
double places_cosine(int32_t latitude);
/* A longitude in -180 .. 180 degrees. */
int32_t places_wrap(int64_t longitude);

#endif
