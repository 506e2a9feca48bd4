/*
 * Proof files (C2SP tlog-proof, v1): that an entry is in a log, to be checked offline with nothing
 * but the file and a policy of known keys.
 */
#ifndef TACIT_LEDGER_PROOF_H
#define TACIT_LEDGER_PROOF_H

#include "base/error.h"
#include "ledger/tree.h"

struct proof {
	const char *extra;	/* base64 as it stands, known to be right; NULL: none. Not signed */
	size_t extra_size;
	uint64_t index;
	struct tree_proof path;
	const char *checkpoint;	/* the signed note, not parsed yet */
	size_t checkpoint_size;
};

/* Reads a proof file; pointers are into `data`. */
int proof_take(const char *data, size_t size, struct proof *out, struct error *error);
/* Appends one; `extra` (bytes) may be NULL. */
int proof_put(struct bytes *out, const void *extra, size_t extra_size, uint64_t index,
	      const struct tree_proof *path, const void *checkpoint, size_t checkpoint_size);
/* Appends the extra data, decoded. */
int proof_extra(const struct proof *proof, struct bytes *out);

#endif
