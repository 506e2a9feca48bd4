/* The RFC 9396 object of an ask: type, actions, datatypes, locations, purpose, precision and what
 * each type needs. Only ask.c uses this. */
#ifndef TACIT_TERMS_ASK_BODY_H
#define TACIT_TERMS_ASK_BODY_H

#include "terms/ask.h"

int ask_body_read(struct ask *ask, const struct document_node *node, struct error *error);

#endif
