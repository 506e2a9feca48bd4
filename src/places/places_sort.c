/* Radix sort from the lowest byte up; see places_sort.h. */
#include "places_sort.h"

struct places_keyed *places_sort(struct places_keyed *list, struct places_keyed *spare,
				 size_t count)
{
	uint64_t differ = 0;
	unsigned shift;
	size_t i;

	for (i = 1; i < count; i++)
		differ |= list[i].key ^ list[0].key;
	for (shift = 0; shift < 64; shift += 8) {
		size_t start[257] = { 0 };
		struct places_keyed *sorted = spare;

		if ((differ >> shift & 255) == 0)
			continue;
		for (i = 0; i < count; i++)
			start[(list[i].key >> shift & 255) + 1]++;
		for (i = 1; i < 257; i++)
			start[i] += start[i - 1];
		for (i = 0; i < count; i++)
			sorted[start[list[i].key >> shift & 255]++] = list[i];
		spare = list;
		list = sorted;
	}
	return list;
}
