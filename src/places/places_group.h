/* Steps 1 and 2 of places.h: which stays belong together. */
#ifndef TACIT_PLACES_PLACES_GROUP_H
#define TACIT_PLACES_PLACES_GROUP_H

#include <stddef.h>
#include <stdint.h>

struct places_point {
	int32_t latitude, longitude;
	uint32_t group;			/* filled: 0 .. groups - 1 */
};

/* Groups in an order that depends on where the points are, not on how they are listed. Returns 0
 * or TACIT_E_MEMORY. */
int places_group(struct places_point *point, size_t count, double metres, size_t *groups);

#endif
