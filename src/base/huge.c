/* From a quarter of a huge page on a whole one is taken; where there is none, pages are small. */
#include "huge.h"

#include <stdlib.h>
#include <sys/mman.h>

void *huge_new(size_t bytes)
{
	size_t unit = bytes >= HUGE_BYTES / 4 ? HUGE_BYTES : 64;
	size_t room = (bytes + unit - 1) / unit * unit;
	void *memory;

	if (room < bytes)
		return NULL;
	memory = aligned_alloc(unit, room > 0 ? room : unit);
	if (memory != NULL && unit == HUGE_BYTES)
		madvise(memory, room, MADV_HUGEPAGE);
	return memory;
}
