/* Taking a JSON object apart; see tape.h. Looking at it is in tape_look.c. */
#include "tape.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define ONES 0x0101010101010101ULL
#define HIGHS 0x8080808080808080ULL
/* So long a number may be too large for a double even without an exponent. */
#define REAL_PLAIN 300

struct parse {
	struct tape *tape;
	const char *at, *end;
	bool trusted;
	int depth;
};

void tape_free(struct tape *tape)
{
	free(tape->node);
	memset(tape, 0, sizeof(*tape));
}

void tape_clear(struct tape *tape)
{
	tape->count = 0;
	tape->array = TAPE_NONE;
	tape->indexed = false;
}

/* Bytes below `limit` (at most 0x80) get their high bit; above the lowest hit it may lie. */
static inline uint64_t below(uint64_t word, uint64_t limit)
{
	return (word - ONES * limit) & ~word & HIGHS;
}

const char *tape_plain(const char *at, const char *end)
{
	while (end - at >= 8) {
		uint64_t word = bytes_load64(at);
		uint64_t hit = below(word, 0x20) | below(word ^ ONES * '"', 1) |
			       below(word ^ ONES * '\\', 1);

		if (hit != 0)
			return at + (__builtin_ctzll(hit) >> 3);
		at += 8;
	}
	while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
		at++;
	return at;
}

/* A new node at the place where the parse stands; NULL without memory. Others move. */
static inline struct tape_node *push(struct parse *parse, uint8_t type)
{
	struct tape *tape = parse->tape;
	struct tape_node *node;

	if (tape->count == tape->capacity) {
		uint32_t capacity = tape->capacity == 0 ? 256 : tape->capacity * 2;

		node = realloc(tape->node, capacity * sizeof(*node));
		if (node == NULL)
			return NULL;
		tape->node = node;
		tape->capacity = capacity;
	}
	node = &tape->node[tape->count++];
	*node = (struct tape_node){ .at = (uint32_t)(parse->at - tape->text),
				    .next = tape->count, .type = type };
	return node;
}

static inline void blanks(struct parse *parse)
{
	while (parse->at < parse->end && (*parse->at == ' ' || *parse->at == '\n' ||
					  *parse->at == '\r' || *parse->at == '\t'))
		parse->at++;
}

static inline bool see(struct parse *parse, char c)
{
	if (parse->at == parse->end || *parse->at != c)
		return false;
	parse->at++;
	return true;
}

/* Four hex digits at `at`; -1 when there are none. */
static int32_t unit(const char *at, const char *end)
{
	int32_t value = 0;
	int i;

	if (end - at < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
			    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* Passes the escape whose backslash is at parse->at. */
static bool escape(struct parse *parse)
{
	int32_t first, second;
	char c;

	if (parse->end - parse->at < 2)
		return false;
	c = parse->at[1];
	parse->at += 2;
	if (c != 'u')
		return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' ||
		       c == 'r' || c == 't';
	first = unit(parse->at, parse->end);
	if (first <= 0 || (first >= 0xdc00 && first < 0xe000))
		return false;
	parse->at += 4;
	if (first < 0xd800 || first >= 0xdc00)
		return true;
	if (parse->end - parse->at < 6 || parse->at[0] != '\\' || parse->at[1] != 'u')
		return false;
	second = unit(parse->at + 2, parse->end);
	parse->at += 6;
	return second >= 0xdc00 && second < 0xe000;
}

static bool string(struct parse *parse)
{
	struct tape_node *node;
	const char *from;

	if (!see(parse, '"'))
		return false;
	from = parse->at;
	node = push(parse, TAPE_STRING);
	if (node == NULL)
		return false;
	for (;;) {
		parse->at = tape_plain(parse->at, parse->end);
		if (parse->at == parse->end)
			return false;
		if (*parse->at == '"')
			break;
		if (*parse->at != '\\' || !escape(parse))
			return false;
		node->escaped = true;
	}
	node->size = (uint32_t)(parse->at - from);
	parse->at++;
	return parse->trusted || text_valid(from, node->size);
}

static inline bool digits(struct parse *parse)
{
	const char *from = parse->at;

	while (parse->at < parse->end && *parse->at >= '0' && *parse->at <= '9')
		parse->at++;
	return parse->at > from;
}

/* Whether the number can be held; the byte behind it ends it for strtoll and strtod. */
static bool holds(const char *from, size_t size, uint8_t type, bool exponent)
{
	double real;

	if (type == TAPE_INTEGER) {
		if (size <= 18)
			return true;
		errno = 0;
		(void)strtoll(from, NULL, 10);
		return errno != ERANGE;
	}
	if (!exponent && size <= REAL_PLAIN)
		return true;
	real = strtod(from, NULL);
	return real < HUGE_VAL && real > -HUGE_VAL;
}

static bool number(struct parse *parse)
{
	const char *from = parse->at;
	struct tape_node *node = push(parse, TAPE_INTEGER);
	bool exponent = false;

	if (node == NULL)
		return false;
	see(parse, '-');
	if (!see(parse, '0') && !digits(parse))
		return false;
	if (see(parse, '.')) {
		node->type = TAPE_REAL;
		if (!digits(parse))
			return false;
	}
	if (parse->at < parse->end && (*parse->at | 0x20) == 'e') {
		node->type = TAPE_REAL;
		exponent = true;
		parse->at++;
		if (!see(parse, '+'))
			see(parse, '-');
		if (!digits(parse))
			return false;
	}
	node->size = (uint32_t)(parse->at - from);
	return parse->at < parse->end && holds(from, node->size, node->type, exponent);
}

static bool word(struct parse *parse, const char *expected, size_t size, uint8_t type)
{
	struct tape_node *node = push(parse, type);

	if (node == NULL || (size_t)(parse->end - parse->at) < size ||
	    memcmp(parse->at, expected, size) != 0)
		return false;
	node->size = (uint32_t)size;
	parse->at += size;
	return true;
}

static bool value(struct parse *parse);

/* An array or object whose bracket is next. */
static bool container(struct parse *parse, uint8_t type, char close)
{
	struct tape *tape = parse->tape;
	uint32_t self = tape->count, count = 0;

	if (++parse->depth > LIMIT_JSON_DEPTH || push(parse, type) == NULL)
		return false;
	parse->at++;
	blanks(parse);
	if (!see(parse, close)) {
		do {
			blanks(parse);
			if (type == TAPE_OBJECT) {
				if (!string(parse))
					return false;
				blanks(parse);
				if (!see(parse, ':'))
					return false;
				blanks(parse);
			}
			if (!value(parse))
				return false;
			count++;
			blanks(parse);
		} while (see(parse, ','));
		if (!see(parse, close))
			return false;
	}
	parse->depth--;
	tape->node[self].size = count;
	tape->node[self].next = tape->count;
	return true;
}

static bool value(struct parse *parse)
{
	if (parse->at == parse->end)
		return false;
	switch (*parse->at) {
	case '"':
		return string(parse);
	case '{':
		return container(parse, TAPE_OBJECT, '}');
	case '[':
		return container(parse, TAPE_ARRAY, ']');
	case 't':
		return word(parse, "true", 4, TAPE_TRUE);
	case 'f':
		return word(parse, "false", 5, TAPE_FALSE);
	case 'n':
		return word(parse, "null", 4, TAPE_NULL);
	default:
		return number(parse);
	}
}

bool tape_read(struct tape *tape, char *text, size_t size, bool trusted, size_t *used)
{
	struct parse parse = { tape, text, text + size, trusted, 0 };

	tape_clear(tape);
	tape->text = text;
	if (size == 0 || size > UINT32_MAX || *text != '{' ||
	    !container(&parse, TAPE_OBJECT, '}')) {
		tape_clear(tape);
		return false;
	}
	*used = (size_t)(parse.at - text);
	return true;
}
