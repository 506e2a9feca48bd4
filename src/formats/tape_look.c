/* Looking at a JSON object that was taken apart; see tape.h. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tape.h"

/* Up to so many members each key is held against all before it; above, they are sorted. */
#define FEW 16
/* Objects of so many members are looked at through the slots. */
#define INDEX_LEAST 6
#define INDEX_MOST (TAPE_SLOTS / 2)
#define REAL_DIGITS 15		/* so many come back as they were written */

static uint32_t hex4(const char *at)
{
	uint32_t value = 0;
	int i;

	for (i = 0; i < 4; i++)
		value = value << 4 | (uint32_t)(at[i] <= '9' ? at[i] - '0' :
						(at[i] | 0x20) - 'a' + 10);
	return value;
}

static char *put_character(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xe0 | c >> 12);
		} else {
			*to++ = (char)(0xf0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* Takes the escapes out, in place: what they stand for is never longer than they are. */
static void unescape(struct tape *tape, struct tape_node *node)
{
	char *from = tape->text + node->at, *end = from + node->size, *to;
	uint32_t c;

	to = memchr(from, '\\', node->size);
	assert(to != NULL);
	for (from = to; from < end;) {
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		from += 2;
		switch (from[-1]) {
		case 'b': *to++ = '\b'; break;
		case 'f': *to++ = '\f'; break;
		case 'n': *to++ = '\n'; break;
		case 'r': *to++ = '\r'; break;
		case 't': *to++ = '\t'; break;
		case 'u':
			c = hex4(from);
			from += 4;
			if (c >= 0xd800 && c < 0xdc00) {
				c = 0x10000 + ((c - 0xd800) << 10) + (hex4(from + 2) - 0xdc00);
				from += 6;
			}
			to = put_character(to, c);
			break;
		default: *to++ = from[-1]; break;
		}
	}
	node->size = (uint32_t)(to - (tape->text + node->at));
	node->escaped = false;
}

static inline struct act_text plain_text(struct tape *tape, uint32_t index)
{
	struct tape_node *node = &tape->node[index];

	if (node->escaped)
		unescape(tape, node);
	return (struct act_text){ tape->text + node->at, node->size };
}

static inline uint32_t slot_of(const char *name, size_t size)
{
	const unsigned char *at = (const unsigned char *)name;

	if (size == 0)
		return 0;
	return (uint32_t)(size * 13 + at[0] * 3u + at[size / 2] * 5u + at[size - 1] * 7u) %
	       TAPE_SLOTS;
}

/* The slot of the key of that name, or the free one where it would be. */
static uint32_t find_slot(const struct tape *tape, const char *name, size_t size)
{
	uint32_t slot = slot_of(name, size), key;

	for (; (key = tape->slot[slot]) != 0; slot = (slot + 1) % TAPE_SLOTS)
		if (tape->node[key].size == size &&
		    memcmp(tape->text + tape->node[key].at, name, size) == 0)
			break;
	return slot;
}

static void index_keys(struct tape *tape)
{
	uint32_t key;

	memset(tape->slot, 0, sizeof(tape->slot));
	for (key = 1; key < tape->count; key = tape->node[key + 1].next) {
		struct act_text name = plain_text(tape, key);

		tape->slot[find_slot(tape, name.data, name.size)] = key;
	}
	tape->indexed = true;
}

uint32_t tape_member(struct tape *tape, uint32_t object, const char *name, size_t size)
{
	uint32_t key, end, found = TAPE_NONE;

	if (object >= tape->count || tape->node[object].type != TAPE_OBJECT)
		return TAPE_NONE;
	if (object == 0 && tape->node[0].size >= INDEX_LEAST && tape->node[0].size <= INDEX_MOST) {
		if (!tape->indexed)
			index_keys(tape);
		key = tape->slot[find_slot(tape, name, size)];
		return key == 0 ? TAPE_NONE : key + 1;
	}
	end = tape->node[object].next;
	for (key = object + 1; key < end; key = tape->node[key + 1].next) {
		struct act_text own = plain_text(tape, key);

		if (own.size == size && memcmp(own.data, name, size) == 0)
			found = key + 1;
	}
	return found;
}

uint32_t tape_element(struct tape *tape, uint32_t array, size_t index)
{
	uint32_t i = 0, node = array + 1;

	if (array >= tape->count || tape->node[array].type != TAPE_ARRAY ||
	    index >= tape->node[array].size)
		return TAPE_NONE;
	/* Who goes through an array does so from its start to its end. */
	if (tape->array == array && tape->index <= index) {
		i = tape->index;
		node = tape->element;
	}
	for (; i < index; i++)
		node = tape->node[node].next;
	tape->array = array;
	tape->index = i;
	tape->element = node;
	return node;
}

static int compare_keys(const void *a, const void *b, void *context)
{
	struct tape *tape = context;
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	struct act_text one = plain_text(tape, left), other = plain_text(tape, right);
	int order;

	if (one.size != other.size)
		return one.size < other.size ? -1 : 1;
	order = memcmp(one.data, other.data, one.size);
	return order != 0 ? order : left < right ? -1 : 1;
}

static bool same_key(struct tape *tape, uint32_t one, uint32_t other)
{
	struct act_text a = plain_text(tape, one), b = plain_text(tape, other);

	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* Each key against all before it. */
static uint32_t mark_few(struct tape *tape, uint32_t object)
{
	uint32_t key, before, names = 0, end = tape->node[object].next;

	for (key = object + 1; key < end; key = tape->node[key + 1].next) {
		for (before = object + 1; before < key && !same_key(tape, before, key);
		     before = tape->node[before + 1].next)
			;
		tape->node[key].twin = before < key;
		tape->node[before].next = key + 1;
		names += before == key;
	}
	return names;
}

static uint32_t mark_many(struct tape *tape, uint32_t object)
{
	uint32_t count = tape->node[object].size, names = count, key = object + 1, first = 0, i;
	uint32_t *keys = malloc(count * sizeof(*keys));

	if (keys == NULL)
		return names;	/* twins then show twice, which is the least of all troubles */
	for (i = 0; i < count; i++, key = tape->node[key + 1].next)
		keys[i] = key;
	qsort_r(keys, count, sizeof(*keys), compare_keys, tape);
	for (i = 1; i < count; i++) {
		if (!same_key(tape, keys[first], keys[i])) {
			first = i;
			continue;
		}
		tape->node[keys[i]].twin = true;
		tape->node[keys[first]].next = keys[i] + 1;
		names--;
	}
	free(keys);
	return names;
}

static void mark_twins(struct tape *tape, uint32_t object)
{
	struct tape_node *node = &tape->node[object];

	if (node->looked)
		return;
	node->at = node->size <= FEW ? mark_few(tape, object) : mark_many(tape, object);
	node->looked = true;
}

size_t tape_count(struct tape *tape, uint32_t index)
{
	if (index >= tape->count || tape->node[index].type < TAPE_ARRAY)
		return 0;
	if (tape->node[index].type == TAPE_ARRAY)
		return tape->node[index].size;
	mark_twins(tape, index);
	return tape->node[index].at;
}

/* The first key from `key` on that is no twin. */
static uint32_t key_from(struct tape *tape, uint32_t object, uint32_t key)
{
	while (key < tape->node[object].next && tape->node[key].twin)
		key = tape->node[key + 1].next;
	return key < tape->node[object].next ? key : TAPE_NONE;
}

uint32_t tape_first_key(struct tape *tape, uint32_t object)
{
	if (object >= tape->count || tape->node[object].type != TAPE_OBJECT)
		return TAPE_NONE;
	mark_twins(tape, object);
	return key_from(tape, object, object + 1);
}

uint32_t tape_next_key(struct tape *tape, uint32_t object, uint32_t key)
{
	return key_from(tape, object, tape->node[key + 1].next);
}

/* A real number as "%.15g" has it. Without an exponent, with at most 15 digits and not too small
 * that is how it is written, less noughts at the end. */
static struct act_text real_text(const char *text, uint32_t size, char scratch[TAPE_SCRATCH])
{
	uint32_t from = text[0] == '-', point = from, end = size;

	while (point < size && text[point] >= '0' && text[point] <= '9')
		point++;
	if (point < size && text[point] == '.' && size - from <= REAL_DIGITS + 1 &&
	    memchr(text, 'e', size) == NULL && memchr(text, 'E', size) == NULL &&
	    (text[from] != '0' || size - point < 5 || memcmp(text + point, ".000", 4) != 0)) {
		while (text[end - 1] == '0')
			end--;
		if (text[end - 1] == '.')
			end--;
		return (struct act_text){ text, end };
	}
	size = (uint32_t)snprintf(scratch, TAPE_SCRATCH, "%.15g", strtod(text, NULL));
	return (struct act_text){ scratch, size };
}

struct act_text tape_text(struct tape *tape, uint32_t index, char scratch[TAPE_SCRATCH])
{
	struct act_text none = { "", 0 };
	const struct tape_node *node;

	if (index >= tape->count)
		return none;
	node = &tape->node[index];
	switch (node->type) {
	case TAPE_STRING:
		return plain_text(tape, index);
	case TAPE_INTEGER:
		if (node->size == 2 && memcmp(tape->text + node->at, "-0", 2) == 0)
			return (struct act_text){ "0", 1 };
		return (struct act_text){ tape->text + node->at, node->size };
	case TAPE_REAL:
		return real_text(tape->text + node->at, node->size, scratch);
	case TAPE_TRUE:
	case TAPE_FALSE:
		return (struct act_text){ tape->text + node->at, node->size };
	default:
		return none;
	}
}

static int write_string(struct act_text text, struct bytes *out)
{
	static const char *const short_forms = "\b\f\n\r\t\"\\", *const letters = "bfnrt\"\\";
	const char *at = text.data, *end = text.data + text.size;
	int failed = bytes_append_byte(out, '"');

	while (failed == 0 && at < end) {
		const char *stop = tape_plain(at, end), *form;
		char code[8];

		failed = bytes_append(out, at, (size_t)(stop - at));
		at = stop;
		if (failed != 0 || at == end)
			break;
		form = memchr(short_forms, *at, 7);
		if (form != NULL)
			snprintf(code, sizeof(code), "\\%c", letters[form - short_forms]);
		else
			snprintf(code, sizeof(code), "\\u%04X", (unsigned)(unsigned char)*at);
		failed = bytes_append_text(out, code);
		at++;
	}
	return failed != 0 ? failed : bytes_append_byte(out, '"');
}

static int write_object(struct tape *tape, uint32_t object, struct bytes *out)
{
	uint32_t key;
	int failed = bytes_append_byte(out, '{');

	for (key = tape_first_key(tape, object); key != TAPE_NONE && failed == 0;
	     key = tape_next_key(tape, object, key)) {
		struct act_text name = plain_text(tape, key);

		if (out->data[out->size - 1] != '{')
			failed = bytes_append_byte(out, ',');
		if (failed == 0)
			failed = write_string(name, out);
		if (failed == 0)
			failed = bytes_append_byte(out, ':');
		if (failed == 0)
			failed = tape_write(tape, tape->node[key].next, out);
	}
	return failed != 0 ? failed : bytes_append_byte(out, '}');
}

int tape_write(struct tape *tape, uint32_t index, struct bytes *out)
{
	const struct tape_node *node = &tape->node[index];
	uint32_t i, element = index + 1;
	int failed;

	assert(index < tape->count);
	if (node->type == TAPE_OBJECT)
		return write_object(tape, index, out);
	if (node->type == TAPE_STRING)
		return write_string(plain_text(tape, index), out);
	if (node->type != TAPE_ARRAY)
		return bytes_append(out, tape->text + node->at, node->size);
	failed = bytes_append_byte(out, '[');
	for (i = 0; i < node->size && failed == 0; i++, element = tape->node[element].next) {
		failed = i > 0 ? bytes_append_byte(out, ',') : 0;
		if (failed == 0)
			failed = tape_write(tape, element, out);
	}
	return failed != 0 ? failed : bytes_append_byte(out, ']');
}
