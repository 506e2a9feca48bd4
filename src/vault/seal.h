/*
 * The sealing VFS: between SQLite and the disk, every page and every frame of the log is sealed
 * (page.h). It opens two kinds of file only, the database and its log; SQLite is set up so that it
 * asks for no other, and if it ever does it is refused rather than given a plain file.
 */
#ifndef TACIT_VAULT_SEAL_H
#define TACIT_VAULT_SEAL_H

#include "vault/keys.h"

struct seal;

/* Registers a VFS that seals with `keys` (borrowed until seal_free). NULL: out of memory. */
struct seal *seal_new(const struct keys *keys);
/* After the last connection through it is closed; NULL is fine. */
void seal_free(struct seal *seal);
/* The name for sqlite3_open_v2. */
const char *seal_name(const struct seal *seal);

#endif
