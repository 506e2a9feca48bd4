/* Sorting by a 64-bit number, equal ones as they were. */
#ifndef TACIT_PLACES_PLACES_SORT_H
#define TACIT_PLACES_PLACES_SORT_H

#include <stddef.h>
#include <stdint.h>

struct places_keyed {
	uint64_t key;
	uint32_t id;
};

/* Uses `spare`, as long as the list. Returns whichever of the two holds the result. Linear: one
 * pass for each byte in which the keys differ. */
struct places_keyed *places_sort(struct places_keyed *list, struct places_keyed *spare,
				 size_t count);

#endif
