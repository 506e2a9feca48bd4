/* What there is to ask for, and by whom: one table. What is not in it does not exist. */
#ifndef TACIT_DOORS_ROUTES_H
#define TACIT_DOORS_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

enum routes_act {
	ACT_PAIR = 0, ACT_ASK, ACT_STATE, ACT_OUTCOME, ACT_RECEIPT, ACT_OPENAPI, ACT_FRAME,
	ACT_CHOOSE, ACT_CHECKPOINT
};
/* What has to be shown. */
enum routes_right {
	RIGHT_TOKEN = 0,	/* a service's token */
	RIGHT_CODE,		/* a code for pairing, as the token */
	RIGHT_HANDLE,		/* the last part of the path is good once */
	RIGHT_CHOOSER,		/* likewise, and from our own page only */
	RIGHT_NONE		/* public */
};

struct route {
	const char *method;
	const char *path;	/* whole; or up to the last part, with the slash at the end */
	const char *name;	/* of the last part; NULL: the path is whole */
	enum routes_act act;
	enum routes_right right;
	unsigned doors;		/* DOORS_... */
	bool witness;		/* there when a witness is served, and only then */
	bool across;		/* pages of services that were let in may */
	bool json;		/* the body has to be application/json */
	size_t body;		/* most bytes of it */
};
extern const struct route routes_table[];
extern const size_t routes_count;

/* The route of a method and path through a door, with the last part of the path in `segment` where
 * it has one; NULL where there is none. */
const struct route *routes_find(const char *method, const char *path, unsigned door, bool witness,
				const char **segment);

#endif
