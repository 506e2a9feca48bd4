/*
 * Checkpoints (C2SP tlog-checkpoint): the text of a note that says of a log, named by its origin,
 * how large it is and what its root is. Extension lines of others are read over; we write none.
 */
#ifndef TACIT_LEDGER_CHECKPOINT_H
#define TACIT_LEDGER_CHECKPOINT_H

#include "base/error.h"
#include "ledger/digest.h"
#include "ledger/vkey.h"

struct checkpoint {
	const char *origin;	/* not ended by a NUL */
	size_t origin_size;
	uint64_t size;
	struct digest root;
	size_t extensions;	/* lines behind the root */
};

/* Reads the text of a note; the origin points into it. */
int checkpoint_take(const char *text, size_t size, struct checkpoint *out, struct error *error);
/* Appends the text, of three lines. TACIT_E_ARGUMENT for an origin or size that cannot be. */
int checkpoint_put(struct bytes *out, const char *origin, uint64_t size,
		   const struct digest *root);
/* Appends a whole note: the text and the log's signature; the key's name is the origin. */
int checkpoint_sign(struct bytes *out, uint64_t size, const struct digest *root,
		    const struct vkey *key, const uint8_t secret[VKEY_SECRET_BYTES]);
/* Opens a note with that key alone: parsed, verified, of the origin that the key is named after. */
int checkpoint_open(const char *data, size_t size, const struct vkey *key,
		    struct checkpoint *out, struct error *error);
bool checkpoint_is_of(const struct checkpoint *checkpoint, const char *origin);

enum checkpoint_relation {
	CHECKPOINT_SAME,	/* the same tree */
	CHECKPOINT_NEWER,	/* larger: a consistency proof has to show that it goes on */
	CHECKPOINT_ROLLBACK,	/* smaller than what was seen: entries are gone */
	CHECKPOINT_SPLIT,	/* as large, and another tree: the two notes prove it */
	CHECKPOINT_OTHER	/* of another log */
};
/* What `now` is to what was seen before. Both must have been verified. */
enum checkpoint_relation checkpoint_compare(const struct checkpoint *seen,
					    const struct checkpoint *now);

#endif
