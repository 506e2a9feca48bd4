/*
 * A growable buffer of bytes, little-endian loads and stores, and hex. The buffer's `data` is
 * always followed by a NUL that is not counted, so text in it can be printed.
 */
#ifndef TACIT_BASE_BYTES_H
#define TACIT_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	uint8_t *data;
	size_t size;
	size_t capacity;
};

#define BYTES_INIT { NULL, 0, 0 }

/* Each returns 0 or TACIT_E_MEMORY and leaves the buffer as it was on failure. */
int bytes_reserve(struct bytes *bytes, size_t more);
int bytes_append(struct bytes *bytes, const void *data, size_t size);
int bytes_append_text(struct bytes *bytes, const char *text);
int bytes_append_byte(struct bytes *bytes, uint8_t value);
int bytes_append_u32(struct bytes *bytes, uint32_t value);
int bytes_append_u64(struct bytes *bytes, uint64_t value);
void bytes_clear(struct bytes *bytes);	/* size 0, memory kept */
void bytes_free(struct bytes *bytes);

/* Lower-case hex of `size` bytes into out[2 * size + 1]. */
void bytes_hex(char *out, const void *data, size_t size);
/* The reverse; true when `hex` is exactly 2 * size hex digits. */
int bytes_unhex(uint8_t *out, size_t size, const char *hex);

static inline uint16_t bytes_load16(const void *at)
{
	const uint8_t *p = at;

	return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}

static inline uint32_t bytes_load32(const void *at)
{
	const uint8_t *p = at;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t bytes_load64(const void *at)
{
	const uint8_t *p = at;

	return bytes_load32(p) | (uint64_t)bytes_load32(p + 4) << 32;
}

static inline void bytes_store16(void *at, uint16_t value)
{
	uint8_t *p = at;

	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static inline void bytes_store32(void *at, uint32_t value)
{
	uint8_t *p = at;

	bytes_store16(p, (uint16_t)value);
	bytes_store16(p + 2, (uint16_t)(value >> 16));
}

static inline void bytes_store64(void *at, uint64_t value)
{
	uint8_t *p = at;

	bytes_store32(p, (uint32_t)value);
	bytes_store32(p + 4, (uint32_t)(value >> 32));
}

#endif
