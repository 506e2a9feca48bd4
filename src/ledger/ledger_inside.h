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

int ledger_usable(const struct ledger *ledger, struct error *error);

#endif
