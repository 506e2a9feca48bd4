/*
 * Reads JSON strictly into a tree: RFC 8259 with integers only (within +-2^53, no "-0", fraction
 * or exponent), well-formed UTF-8, no half of a surrogate pair, no key twice in one object, and
 * the LIMIT_TERMS_* of limits.h. Nothing is guessed and nothing mended: what two readers could
 * read differently is refused, because what is read here is decided on and signed.
 */
#ifndef TACIT_TERMS_TREE_H
#define TACIT_TERMS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define TREE_INT_MAX ((int64_t)1 << 53)

enum tree_kind {
	TREE_NULL, TREE_FALSE, TREE_TRUE, TREE_INT, TREE_TEXT, TREE_ARRAY, TREE_OBJECT
};

struct tree_node {
	enum tree_kind kind;
	uint32_t count;			/* members of an array or object */
	int64_t number;			/* TREE_INT */
	const char *text;		/* TREE_TEXT: a NUL behind it; it may hold NULs itself */
	size_t size;
	const char *key;		/* where the parent is an object; else NULL */
	size_t key_size;
	const struct tree_node *first, *next;
};

struct tree;

/* The whole of `text` must be one value. TACIT_E_FORMAT names the place; TACIT_E_LIMIT. */
int tree_read(const char *text, size_t size, struct tree **out, struct error *error);
void tree_free(struct tree *tree);
const struct tree_node *tree_root(const struct tree *tree);

/* The member of that name, or NULL. */
const struct tree_node *tree_member(const struct tree_node *object, const char *key);
/* Whether the node is exactly this text. */
bool tree_is(const struct tree_node *node, const char *text);

#endif
