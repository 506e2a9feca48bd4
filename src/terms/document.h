/*
 * Reads JSON strictly into a tree: RFC 8259 with integers only (within +-2^53, no "-0", fraction
 * or exponent), well-formed UTF-8, no half of a surrogate pair, no key twice in one object, and
 * the LIMIT_TERMS_* of limits.h. Nothing is guessed and nothing mended: what two readers could
 * read differently is refused, because what is read here is decided on and signed.
 */
#ifndef TACIT_TERMS_DOCUMENT_H
#define TACIT_TERMS_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define TREE_INT_MAX ((int64_t)1 << 53)

enum document_kind {
	TREE_NULL, TREE_FALSE, TREE_TRUE, TREE_INT, TREE_TEXT, TREE_ARRAY, TREE_OBJECT
};

struct document_node {
	enum document_kind kind;
	uint32_t count;			/* members of an array or object */
	int64_t number;			/* TREE_INT */
	const char *text;		/* TREE_TEXT: a NUL behind it; it may hold NULs itself */
	size_t size;
	const char *key;		/* where the parent is an object; else NULL */
	size_t key_size;
	const struct document_node *first, *next;
};

struct document;

/* The whole of `text` must be one value. TACIT_E_FORMAT names the place; TACIT_E_LIMIT. */
int document_read(const char *text, size_t size, struct document **out, struct error *error);
void document_free(struct document *tree);
const struct document_node *document_root(const struct document *tree);

/* The member of that name, or NULL. */
const struct document_node *document_member(const struct document_node *object, const char *key);
/* Whether the node is exactly this text. */
bool document_is(const struct document_node *node, const char *text);

#endif
