/* Growable buffers: doubling, one NUL of slack, no surprises. */
#include "bytes.h"

#include <stdlib.h>

#include "tacit.h"

int bytes_reserve(struct bytes *bytes, size_t more)
{
	size_t need, capacity;
	uint8_t *grown;

	if (more > SIZE_MAX / 4 || bytes->size > SIZE_MAX / 4)
		return TACIT_E_MEMORY;
	need = bytes->size + more + 1;
	if (need <= bytes->capacity)
		return 0;
	capacity = bytes->capacity < 64 ? 64 : bytes->capacity;
	while (capacity < need)
		capacity *= 2;
	grown = realloc(bytes->data, capacity);
	if (grown == NULL)
		return TACIT_E_MEMORY;
	bytes->data = grown;
	bytes->capacity = capacity;
	bytes->data[bytes->size] = 0;
	return 0;
}

int bytes_append(struct bytes *bytes, const void *data, size_t size)
{
	if (bytes_reserve(bytes, size) != 0)
		return TACIT_E_MEMORY;
	if (size > 0)
		memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
	bytes->data[bytes->size] = 0;
	return 0;
}

int bytes_append_text(struct bytes *bytes, const char *text)
{
	return bytes_append(bytes, text, strlen(text));
}

int bytes_append_byte(struct bytes *bytes, uint8_t value)
{
	return bytes_append(bytes, &value, 1);
}

int bytes_append_u32(struct bytes *bytes, uint32_t value)
{
	uint8_t stored[4];

	bytes_store32(stored, value);
	return bytes_append(bytes, stored, sizeof(stored));
}

int bytes_append_u64(struct bytes *bytes, uint64_t value)
{
	uint8_t stored[8];

	bytes_store64(stored, value);
	return bytes_append(bytes, stored, sizeof(stored));
}

void bytes_clear(struct bytes *bytes)
{
	bytes->size = 0;
	if (bytes->data != NULL)
		bytes->data[0] = 0;
}

void bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	bytes->data = NULL;
	bytes->size = 0;
	bytes->capacity = 0;
}

void bytes_hex(char *out, const void *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < size; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * size] = 0;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int bytes_unhex(uint8_t *out, size_t size, const char *hex)
{
	size_t i;

	for (i = 0; i < size; i++) {
		int high = nibble(hex[2 * i]);
		int low = high < 0 ? -1 : nibble(hex[2 * i + 1]);

		if (low < 0)
			return 0;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return hex[2 * size] == 0;
}
