/*
 * The one way to write a tree: RFC 8785 (JSON Canonicalization Scheme) for integers only. Keys in
 * the order of their UTF-16 code units, shortest escapes, no blanks. What is hashed or signed is
 * these bytes.
 */
#ifndef TACIT_TERMS_CANONICAL_H
#define TACIT_TERMS_CANONICAL_H

#include "base/bytes.h"
#include "terms/document.h"

/* Appends; 0 or TACIT_E_MEMORY. `without` names a member of the outermost object to leave out
 * ("sig" for what is signed), or NULL. */
int canonical_write(const struct document_node *node, const char *without, struct bytes *out);

/* How two keys stand: as memcmp. */
int canonical_compare(const char *a, size_t a_size, const char *b, size_t b_size);

#endif
