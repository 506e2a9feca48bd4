/* Small binary records: numbers of 8 bytes, little-endian, and texts behind their sizes. */
#ifndef TACIT_ASKS_PACKING_H
#define TACIT_ASKS_PACKING_H

#include <stdbool.h>

#include "base/bytes.h"

/* Reading: `bad` is set by the first thing that is not there, and what is read then is 0. */
struct packing {
	const uint8_t *at, *end;
	bool bad;
};

static inline void packing_start(struct packing *packing, const void *data, size_t size)
{
	packing->at = data;
	packing->end = packing->at + size;
	packing->bad = false;
}

static inline uint64_t packing_number(struct packing *packing)
{
	uint64_t value;

	if (packing->end - packing->at < 8) {
		packing->bad = true;
		return 0;
	}
	value = bytes_load64(packing->at);
	packing->at += 8;
	return value;
}

static inline void packing_bytes(struct packing *packing, void *out, size_t size)
{
	if ((size_t)(packing->end - packing->at) < size) {
		packing->bad = true;
		memset(out, 0, size);
		return;
	}
	memcpy(out, packing->at, size);
	packing->at += size;
}

/* The size of the text; it is at packing->at until packing_skip. */
static inline size_t packing_size(struct packing *packing)
{
	uint64_t size = packing_number(packing);

	if (size > (uint64_t)(packing->end - packing->at))
		packing->bad = true;
	return packing->bad ? 0 : (size_t)size;
}

static inline void packing_text(struct packing *packing, char *out, size_t max)
{
	size_t size = packing_size(packing);

	if (size >= max)
		packing->bad = true;
	out[0] = 0;
	if (packing->bad)
		return;
	memcpy(out, packing->at, size);
	out[size] = 0;
	packing->at += size;
}

static inline int packing_put_text(struct bytes *out, const void *text, size_t size)
{
	int result = bytes_append_u64(out, size);

	return result != 0 ? result : bytes_append(out, text, size);
}

#endif
