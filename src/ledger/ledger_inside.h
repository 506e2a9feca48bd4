/* What the files of ledger_*.c share. */
#ifndef TACIT_LEDGER_LEDGER_INSIDE_H
#define TACIT_LEDGER_LEDGER_INSIDE_H

#include "ledger/ledger.h"

struct ledger {
	struct tiles_store store;
	struct vkey key;
	struct tiles *tiles;
	struct bytes note;	/* the signed checkpoint of the tiles' size and root */
	bool broken;		/* an append failed between the tiles and the checkpoint */
};

/* Whether the log, whose tree that is, goes on from what others have seen of it; TACIT_E_DAMAGED
 * with a sentence that says how it does not. */
int ledger_check_seen(struct tiles *tiles, const struct checkpoint *seen,
		      const struct checkpoint *now, struct error *error);
int ledger_usable(const struct ledger *ledger, struct error *error);

#endif
