/*
 * UTF-8 sorts by code point and UTF-16 by code unit; the two differ only between characters from
 * U+10000 (whose first unit is a surrogate, D800..DBFF) and those from U+E000 to U+FFFF.
 */
#include "canonical.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"

/* A number that orders characters as their UTF-16 code units do. */
static uint32_t place(uint32_t c)
{
	if (c >= 0x10000)
		return c - 0x10000 + 0xd800;
	return c >= 0xe000 ? c + 0x110000 : c;
}

int canonical_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t at = 0, a_length, b_length;
	uint32_t x, y;

	while (at < a_size && at < b_size) {
		a_length = text_decode(a + at, a_size - at, &x);
		b_length = text_decode(b + at, b_size - at, &y);
		assert(a_length > 0 && b_length > 0);
		if (x != y)
			return place(x) < place(y) ? -1 : 1;
		at += a_length;
	}
	return a_size < b_size ? -1 : a_size > b_size;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct document_node *const *x = a, *const *y = b;

	return canonical_compare((*x)->key, (*x)->key_size, (*y)->key, (*y)->key_size);
}

static int write_text(const char *text, size_t size, struct bytes *out)
{
	static const char plain[] = "\b\t\n\f\r\"\\", letter[] = "btnfr\"\\";
	size_t i;
	int result = bytes_append_byte(out, '"');

	for (i = 0; i < size && result == 0; i++) {
		const char *known = text[i] == 0 ? NULL : strchr(plain, text[i]);
		char escape[8];

		if (known != NULL) {
			escape[0] = '\\';
			escape[1] = letter[known - plain];
			result = bytes_append(out, escape, 2);
		} else if ((unsigned char)text[i] < 0x20) {
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)text[i]);
			result = bytes_append(out, escape, 6);
		} else {
			result = bytes_append_byte(out, (uint8_t)text[i]);
		}
	}
	return result != 0 ? result : bytes_append_byte(out, '"');
}

static int write_members(const struct document_node *node, const char *without, struct bytes *out)
{
	const struct document_node *member[LIMIT_TERMS_KEYS], *child;
	size_t count = 0, i;
	int result = bytes_append_byte(out, '{');

	for (child = node->first; child != NULL; child = child->next) {
		if (without != NULL && child->key_size == strlen(without) &&
		    memcmp(child->key, without, child->key_size) == 0)
			continue;
		assert(count < LIMIT_TERMS_KEYS);
		member[count++] = child;
	}
	qsort(member, count, sizeof(*member), compare_nodes);
	for (i = 0; i < count && result == 0; i++) {
		if (i > 0)
			result = bytes_append_byte(out, ',');
		if (result == 0)
			result = write_text(member[i]->key, member[i]->key_size, out);
		if (result == 0)
			result = bytes_append_byte(out, ':');
		if (result == 0)
			result = canonical_write(member[i], NULL, out);
	}
	return result != 0 ? result : bytes_append_byte(out, '}');
}

static int write_elements(const struct document_node *node, struct bytes *out)
{
	const struct document_node *child;
	int result = bytes_append_byte(out, '[');

	for (child = node->first; child != NULL && result == 0; child = child->next) {
		if (child != node->first)
			result = bytes_append_byte(out, ',');
		if (result == 0)
			result = canonical_write(child, NULL, out);
	}
	return result != 0 ? result : bytes_append_byte(out, ']');
}

int canonical_write(const struct document_node *node, const char *without, struct bytes *out)
{
	char number[24];

	switch (node->kind) {
	case TREE_NULL:
		return bytes_append_text(out, "null");
	case TREE_FALSE:
		return bytes_append_text(out, "false");
	case TREE_TRUE:
		return bytes_append_text(out, "true");
	case TREE_INT:
		snprintf(number, sizeof(number), "%" PRId64, node->number);
		return bytes_append_text(out, number);
	case TREE_TEXT:
		return write_text(node->text, node->size, out);
	case TREE_ARRAY:
		return write_elements(node, out);
	default:
		return write_members(node, without, out);
	}
}
