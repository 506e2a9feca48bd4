/*
 * Checking a whole log without its owner: that the signed checkpoint is of the tiles, the tiles of
 * the entries, and that no byte of them could be another. Of partial tiles only those of the
 * checkpoint's size are looked at; older ones that may still lie there belong to older checkpoints.
 */
#ifndef TACIT_LEDGER_AUDIT_H
#define TACIT_LEDGER_AUDIT_H

#include "ledger/checkpoint.h"
#include "ledger/tiles.h"

/* All zero: as many threads as there are processors, and nobody is told. */
struct audit_options {
	/* For each entry, in order, after it was checked. Not 0: stops, and is returned. */
	int (*entry)(void *context, uint64_t index, const void *data, size_t size);
	void (*progress)(void *context, unsigned permille);
	void *context;
	size_t threads;		/* for hashing; the callbacks and the store see only the caller's */
};

struct audit_report {
	uint64_t size;		/* entries */
	struct digest root;
	uint64_t files, bytes;	/* read, the checkpoint with them */
	uint64_t unlogged;	/* bytes of full tiles and bundles behind the last entry: of an
				 * append that never got its checkpoint */
};

/*
 * Checks the log of that key. `seen` is an older checkpoint of it that somebody kept, verified
 * already, or NULL. TACIT_E_NOT_FOUND where there is no checkpoint; TACIT_E_FORMAT, _LIMIT or
 * _SIGNATURE where it is not one of this log; TACIT_E_DAMAGED where anything else is missing,
 * changed, or not a continuation of `seen`. The sentence names the file. *out is set on success.
 * A million entries of 32 bytes take about a second.
 */
int audit_log(const struct tiles_store *store, const struct vkey *key,
	      const struct checkpoint *seen, const struct audit_options *options,
	      struct audit_report *out, struct error *error);

#endif
