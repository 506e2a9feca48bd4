/*
 * What an object of the closed profile may hold: a table of members. Whatever is not in the table
 * is an unknown term, and the whole ask or grant is refused with its name.
 */
#ifndef TACIT_TERMS_SHAPE_H
#define TACIT_TERMS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "terms/document.h"

struct shape_member {
	const char *name;
	enum document_kind kind;		/* TREE_TRUE stands for true or false */
	bool needed;
	uint32_t max;			/* bytes of a text, elements of an array; 0: no matter */
	const char *only;		/* the one text that is accepted, or NULL */
};

/* Checks `node` and puts each member of the table into found[] (NULL where it is absent). `where`
 * names the object in errors. Texts are not empty and hold no control characters. */
int shape_check(const struct document_node *node, const char *where,
		const struct shape_member *table, size_t count,
		const struct document_node **found, struct error *error);

/* "... has the unknown TERM "x"", made safe to print; returns TACIT_E_FORMAT. */
int shape_unknown(struct error *error, const char *where, const char *what, const char *term);

/* One text of an array, as shape_check checks it. */
int shape_text(const struct document_node *node, const char *where, uint32_t max,
	       struct error *error);

/* ISO time with a zone, into ms. */
int shape_time(const struct document_node *node, const char *where, int64_t *out,
	       struct error *error);
/* "P30D" or "P0D" into days. */
bool shape_days(const char *text, uint32_t *out);
/* "0.50" into hundredths. */
bool shape_amount(const char *text, uint64_t *out);
/* scheme://host[:port], https or http, lower case, without a path: what a browser calls origin. */
bool shape_origin(const char *text);
/* Exactly `size` bytes in base64url without padding (RFC 4648, 5): no other letter, no bit left
 * over that is not zero, so that each value has one spelling. `out` may be NULL. */
bool shape_base64url(const char *text, uint8_t *out, size_t size);
/* "ed25519:" and 32 bytes in base64url: a program that is known by its key. `out` may be NULL. */
bool shape_key(const char *text, uint8_t out[32]);
/* Who may ask, receive and be granted: an origin or a key. */
bool shape_recipient(const char *text);
/* a-z 0-9 and - after "tacit:domain/"; the domain, or NULL. */
const char *shape_domain(const char *text);

#endif
