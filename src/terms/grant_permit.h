/* One permission of a grant. Only grant.c uses this. */
#ifndef TACIT_TERMS_GRANT_PERMIT_H
#define TACIT_TERMS_GRANT_PERMIT_H

#include "terms/grant.h"

int grant_permit_read(const struct document_node *node, struct grant_permission *out,
		      struct error *error);

#endif
