/* How often a name may: buckets that fill with time and lose one for each time. */
#ifndef TACIT_DOORS_BUCKET_H
#define TACIT_DOORS_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "tacit.h"

#define BUCKET_COUNT 64		/* names remembered; then the one not seen for longest goes */

struct buckets {
	uint32_t burst, second;	/* at most at once; back in a second */
	struct bucket {
		char name[TACIT_SERVICE_BYTES];
		int64_t level;	/* thousandths */
		int64_t time;	/* ms of the last look; 0 unused */
	} bucket[BUCKET_COUNT];
};

/* Whether `name` may once more at `now` (ms, above 0); takes one if so. */
bool bucket_take(struct buckets *buckets, const char *name, int64_t now);

#endif
