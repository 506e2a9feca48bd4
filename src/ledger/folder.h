/*
 * A log's storage in a folder: one file for each tile, bundle and checkpoint, under the names that
 * they have in the log. Files are 0600 and folders 0700; each file is replaced whole.
 */
#ifndef TACIT_LEDGER_FOLDER_H
#define TACIT_LEDGER_FOLDER_H

#include "ledger/tiles.h"

struct folder;

/*
 * A store over the folder, which need not be there: it is made by the first write, and until then
 * nothing is found in it. With `durable` a write is on disk when it returns. Without, no write
 * waits for the disk, and after a power cut files may be missing or empty: only for a caller who
 * makes them again from a durable record of its own. Paths other than tiles and the checkpoint are
 * TACIT_E_ARGUMENT. Reads from several threads are fine; there is one writer.
 */
int folder_store(const char *path, bool durable, struct folder **out, struct tiles_store *store,
		 struct error *error);
void folder_free(struct folder *folder);

#endif
