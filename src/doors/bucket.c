#include "bucket.h"

#include <stdio.h>
#include <string.h>

static struct bucket *find(struct buckets *buckets, const char *name, int64_t now)
{
	struct bucket *oldest = &buckets->bucket[0];
	size_t i;

	for (i = 0; i < BUCKET_COUNT; i++) {
		struct bucket *bucket = &buckets->bucket[i];

		if (bucket->time != 0 && strcmp(bucket->name, name) == 0)
			return bucket;
		if (bucket->time < oldest->time)
			oldest = bucket;
	}
	snprintf(oldest->name, sizeof(oldest->name), "%s", name);
	oldest->level = (int64_t)buckets->burst * 1000;
	oldest->time = now;
	return oldest;
}

bool bucket_take(struct buckets *buckets, const char *name, int64_t now)
{
	struct bucket *bucket = find(buckets, name, now);
	int64_t full = (int64_t)buckets->burst * 1000;

	/* A thousandth for each ms and for each one in a second. */
	bucket->level += (now - bucket->time) * (int64_t)buckets->second;
	bucket->time = now;
	if (bucket->level > full)
		bucket->level = full;
	if (bucket->level < 1000)
		return false;
	bucket->level -= 1000;
	return true;
}
