/*
 * One allocation for nodes and one for texts, both sized before reading: every node but the root
 * stands behind a '[', '{' or ',', and a decoded text with its NUL is shorter than it was between
 * its quotes. So pointers stay, and reading cannot run out.
 */
#include "document.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

struct document {
	struct document_node *node;
	char *text;
	size_t nodes, capacity, used, size;
};

struct reader {
	struct document *tree;
	const char *start, *at, *end;
	struct error *error;
	int depth;
};

static int bad(struct reader *reader, const char *what)
{
	return error_set(reader->error, TACIT_E_FORMAT, "JSON: %s at byte %zu", what,
			 (size_t)(reader->at - reader->start));
}

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' ||
					    *reader->at == '\n' || *reader->at == '\r'))
		reader->at++;
}

static bool take(struct reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static void put(struct document *tree, char c)
{
	assert(tree->used < tree->size);
	tree->text[tree->used++] = c;
}

static void put_character(struct document *tree, uint32_t c)
{
	if (c < 0x80) {
		put(tree, (char)c);
		return;
	}
	if (c < 0x800) {
		put(tree, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			put(tree, (char)(0xe0 | c >> 12));
		} else {
			put(tree, (char)(0xf0 | c >> 18));
			put(tree, (char)(0x80 | (c >> 12 & 63)));
		}
		put(tree, (char)(0x80 | (c >> 6 & 63)));
	}
	put(tree, (char)(0x80 | (c & 63)));
}

static bool hex4(struct reader *reader, uint32_t *out)
{
	uint32_t value = 0;
	int i;

	if (reader->end - reader->at < 4)
		return false;
	for (i = 0; i < 4; i++) {
		char c = *reader->at++;
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (uint32_t)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			digit = (uint32_t)(c - 'A') + 10;
		else
			return false;
		value = value << 4 | digit;
	}
	*out = value;
	return true;
}

/* What stands behind a backslash. */
static int read_escape(struct reader *reader)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *known;
	uint32_t high, low;

	if (reader->at == reader->end)
		return bad(reader, "a text without an end");
	known = strchr(from, *reader->at);
	if (*reader->at != 0 && known != NULL) {
		put(reader->tree, to[known - from]);
		reader->at++;
		return 0;
	}
	if (!take(reader, 'u') || !hex4(reader, &high))
		return bad(reader, "an unknown escape");
	if (high >= 0xd800 && high < 0xe000) {
		if (high >= 0xdc00 || !take(reader, '\\') || !take(reader, 'u') ||
		    !hex4(reader, &low) || low < 0xdc00 || low >= 0xe000)
			return bad(reader, "half of a surrogate pair");
		high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	}
	put_character(reader->tree, high);
	return 0;
}

static int read_text(struct reader *reader, const char **out, size_t *size)
{
	size_t begun = reader->tree->used, length;
	uint32_t c;
	int result;

	if (!take(reader, '"'))
		return bad(reader, "a text was expected");
	while (!take(reader, '"')) {
		if (reader->at == reader->end)
			return bad(reader, "a text without an end");
		if ((unsigned char)*reader->at < 0x20)
			return bad(reader, "a control character in a text");
		if (take(reader, '\\')) {
			result = read_escape(reader);
			if (result != 0)
				return result;
			continue;
		}
		length = text_decode(reader->at, (size_t)(reader->end - reader->at), &c);
		if (length == 0)
			return bad(reader, "broken UTF-8");
		put_character(reader->tree, c);
		reader->at += length;
	}
	*out = reader->tree->text + begun;
	*size = reader->tree->used - begun;
	put(reader->tree, 0);
	return 0;
}

static int read_int(struct reader *reader, int64_t *out)
{
	bool negative = take(reader, '-');
	const char *first = reader->at;
	int64_t value = 0;

	while (reader->at < reader->end && (unsigned)*reader->at - '0' <= 9) {
		value = value * 10 + (*reader->at++ - '0');
		if (value > TREE_INT_MAX)
			return bad(reader, "a number beyond 2^53");
	}
	if (reader->at == first)
		return bad(reader, "a value was expected");
	if (*first == '0' && (reader->at - first > 1 || negative))
		return bad(reader, "a number with a needless 0 or -");
	if (reader->at < reader->end && strchr(".eE", *reader->at) != NULL && *reader->at != 0)
		return bad(reader, "a number that is no integer");
	*out = negative ? -value : value;
	return 0;
}

static int read_value(struct reader *reader, struct document_node *node);

/* A key that is not in the object yet, and the colon behind it. */
static int read_key(struct reader *reader, const struct document_node *object,
		    struct document_node *node)
{
	const struct document_node *other;
	int result;

	skip_blanks(reader);
	result = read_text(reader, &node->key, &node->key_size);
	if (result != 0)
		return result;
	for (other = object->first; other != NULL; other = other->next)
		if (other->key_size == node->key_size &&
		    memcmp(other->key, node->key, node->key_size) == 0)
			return bad(reader, "a key that was there before");
	skip_blanks(reader);
	return take(reader, ':') ? 0 : bad(reader, "a colon was expected");
}

static int read_members(struct reader *reader, struct document_node *parent, char close)
{
	struct document_node *last = NULL, *node;
	int result;

	if (++reader->depth > LIMIT_TERMS_DEPTH)
		return error_set(reader->error, TACIT_E_LIMIT, "JSON: deeper than %d",
				 LIMIT_TERMS_DEPTH);
	reader->at++;
	skip_blanks(reader);
	if (!take(reader, close)) do {
		assert(reader->tree->nodes < reader->tree->capacity);
		node = &reader->tree->node[reader->tree->nodes++];
		if (close == '}') {
			if (parent->count == LIMIT_TERMS_KEYS)
				return error_set(reader->error, TACIT_E_LIMIT,
						 "JSON: an object of more than %d members",
						 LIMIT_TERMS_KEYS);
			result = read_key(reader, parent, node);
			if (result != 0)
				return result;
		}
		result = read_value(reader, node);
		if (result != 0)
			return result;
		if (last == NULL)
			parent->first = node;
		else
			last->next = node;
		last = node;
		parent->count++;
		skip_blanks(reader);
		if (take(reader, close))
			break;
		if (!take(reader, ','))
			return bad(reader, "a comma or the end was expected");
	} while (true);
	reader->depth--;
	return 0;
}

static bool take_word(struct reader *reader, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, word, size) != 0)
		return false;
	reader->at += size;
	return true;
}

static int read_value(struct reader *reader, struct document_node *node)
{
	skip_blanks(reader);
	if (reader->at == reader->end)
		return bad(reader, "a value was expected");
	switch (*reader->at) {
	case '{':
		node->kind = TREE_OBJECT;
		return read_members(reader, node, '}');
	case '[':
		node->kind = TREE_ARRAY;
		return read_members(reader, node, ']');
	case '"':
		node->kind = TREE_TEXT;
		return read_text(reader, &node->text, &node->size);
	default:
		break;
	}
	if (take_word(reader, "null"))
		node->kind = TREE_NULL;
	else if (take_word(reader, "true"))
		node->kind = TREE_TRUE;
	else if (take_word(reader, "false"))
		node->kind = TREE_FALSE;
	else {
		node->kind = TREE_INT;
		return read_int(reader, &node->number);
	}
	return 0;
}

int document_read(const char *text, size_t size, struct document **out, struct error *error)
{
	struct reader reader = { NULL, text, text, text + size, error, 0 };
	struct document *tree;
	size_t i, capacity = 1;
	int result;

	if (size > LIMIT_TERMS_BYTES)
		return error_set(error, TACIT_E_LIMIT, "JSON: more than %d bytes",
				 LIMIT_TERMS_BYTES);
	for (i = 0; i < size; i++)
		capacity += text[i] == '[' || text[i] == '{' || text[i] == ',';
	tree = calloc(1, sizeof(*tree));
	if (tree == NULL)
		return error_memory(error);
	tree->node = calloc(capacity, sizeof(*tree->node));
	tree->text = malloc(size + 1);
	tree->capacity = capacity;
	tree->size = size + 1;
	tree->nodes = 1;
	reader.tree = tree;
	if (tree->node == NULL || tree->text == NULL) {
		result = error_memory(error);
		goto fail;
	}
	result = read_value(&reader, tree->node);
	if (result != 0)
		goto fail;
	skip_blanks(&reader);
	if (reader.at != reader.end) {
		result = bad(&reader, "something behind the value");
		goto fail;
	}
	assert(reader.depth == 0);
	*out = tree;
	return 0;
fail:
	document_free(tree);
	return result;
}

void document_free(struct document *tree)
{
	if (tree == NULL)
		return;
	free(tree->node);
	free(tree->text);
	free(tree);
}

const struct document_node *document_root(const struct document *tree)
{
	return tree->node;
}

const struct document_node *document_member(const struct document_node *object, const char *key)
{
	const struct document_node *node;
	size_t size = strlen(key);

	for (node = object->first; node != NULL; node = node->next)
		if (node->key != NULL && node->key_size == size &&
		    memcmp(node->key, key, size) == 0)
			return node;
	return NULL;
}

bool document_is(const struct document_node *node, const char *text)
{
	return node->kind == TREE_TEXT && node->size == strlen(text) &&
	       memcmp(node->text, text, node->size) == 0;
}
