/* Holds the tape against Jansson, the slow reference: the same texts are accepted, and every value
 * of what is accepted reads the same. */
#ifndef TAPE_AGAINST_H
#define TAPE_AGAINST_H

#include <assert.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/tape.h"

static size_t against_scalar(const json_t *value, char out[TAPE_SCRATCH], const char **text)
{
	*text = out;
	switch (json_typeof(value)) {
	case JSON_STRING:
		*text = json_string_value(value);
		return json_string_length(value);
	case JSON_INTEGER:
		return (size_t)snprintf(out, TAPE_SCRATCH, "%lld",
					(long long)json_integer_value(value));
	case JSON_REAL:
		return (size_t)snprintf(out, TAPE_SCRATCH, "%.15g", json_real_value(value));
	case JSON_TRUE:
		return (size_t)snprintf(out, TAPE_SCRATCH, "true");
	case JSON_FALSE:
		return (size_t)snprintf(out, TAPE_SCRATCH, "false");
	default:
		return 0;
	}
}

static void against_value(struct tape *tape, uint32_t node, const json_t *value);

static void against_object(struct tape *tape, uint32_t node, json_t *object)
{
	uint32_t key = TAPE_NONE, first = tape_first_key(tape, node);
	const char *name;
	json_t *value;

	assert(tape_count(tape, node) == json_object_size(object));
	json_object_foreach(object, name, value) {
		struct act_text text;

		key = key == TAPE_NONE ? first : tape_next_key(tape, node, key);
		assert(key != TAPE_NONE);
		text = tape_text(tape, key, NULL);
		assert(text.size == strlen(name) && memcmp(text.data, name, text.size) == 0);
		assert(tape_member(tape, node, name, strlen(name)) == tape->node[key].next);
		against_value(tape, tape->node[key].next, value);
	}
	assert((key == TAPE_NONE ? first : tape_next_key(tape, node, key)) == TAPE_NONE);
	assert(tape_member(tape, node, "no such name", 12) == TAPE_NONE ||
	       json_object_get(object, "no such name") != NULL);
}

static void against_value(struct tape *tape, uint32_t node, const json_t *value)
{
	char own[TAPE_SCRATCH], other[TAPE_SCRATCH];
	const char *expected;
	struct act_text text;
	size_t size, i;

	assert(node != TAPE_NONE);
	if (json_is_object(value)) {
		against_object(tape, node, (json_t *)(uintptr_t)value);
	} else if (json_is_array(value)) {
		assert(tape_count(tape, node) == json_array_size(value));
		for (i = 0; i < json_array_size(value); i++)
			against_value(tape, tape_element(tape, node, i), json_array_get(value, i));
		assert(tape_element(tape, node, i) == TAPE_NONE);
	} else {
		assert(tape_count(tape, node) == 0);
	}
	text = tape_text(tape, node, own);
	size = against_scalar(value, other, &expected);
	assert(text.size == size && memcmp(text.data, expected, size) == 0);
}

/* How deep the brackets go, and whether the text is one object for them. */
static bool against_extent(const char *text, size_t size, int *deepest)
{
	bool inside = false;
	int depth = 0;
	size_t i;

	*deepest = 0;
	for (i = 0; i < size; i++) {
		if (inside && text[i] == '\\') {
			i++;
		} else if (text[i] == '"') {
			inside = !inside;
		} else if (!inside) {
			depth += (text[i] == '{' || text[i] == '[') -
				 (text[i] == '}' || text[i] == ']');
			if (depth > *deepest)
				*deepest = depth;
		}
	}
	return size > 0 && text[0] == '{';
}

/* One text; returns whether it was accepted. */
static bool tape_against(const char *data, size_t size)
{
	struct tape tape = { 0 };
	struct bytes out = BYTES_INIT;
	char *text = malloc(size + 1);
	json_t *reference, *again;
	size_t used = 0;
	int deepest;
	bool good;

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = 0;
	reference = against_extent(data, size, &deepest) ? json_loadb(data, size, 0, NULL) : NULL;
	good = tape_read(&tape, text, size, false, &used);
	while (good && used < size && strchr(" \t\r\n", data[used]) != NULL && data[used] != 0)
		used++;
	good = good && used == size;
	/* Jansson takes a NUL behind a word for a blank, and looks deeper than we do. */
	if (memchr(data, 0, size) != NULL || deepest > LIMIT_JSON_DEPTH)
		assert(!good);
	else
		assert(good == (reference != NULL));
	if (good) {
		against_value(&tape, 0, reference);
		assert(tape_write(&tape, 0, &out) == 0);
		again = json_loadb((char *)out.data, out.size, 0, NULL);
		assert(again != NULL && json_equal(again, reference));
		json_decref(again);
	}
	json_decref(reference);
	bytes_free(&out);
	tape_free(&tape);
	free(text);
	return good;
}

#endif
