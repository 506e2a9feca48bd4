/*
 * What a witness keeps on disk, a folder of its own:
 *
 *	key		its key pair in text, 0600
 *	logs		the verifier keys of the logs that it knows, one a line
 *	state/HEX	the record of one log; HEX is the SHA-256 of its origin
 *	lock		held while anything is changed
 *
 * Any number of processes may work on one folder. One registry belongs to one thread.
 */
#ifndef TACIT_LEDGER_REGISTRY_H
#define TACIT_LEDGER_REGISTRY_H

#include "ledger/witness.h"

struct registry;

/*
 * Opens the folder. Where there is none, it is made with a new key of that name. TACIT_E_ARGUMENT
 * where the key has another name, TACIT_E_NOT_FOUND where there is no key and `name` is NULL,
 * TACIT_E_DAMAGED where the key is gone or broken, TACIT_E_SECRET where others may read it.
 */
int registry_open(const char *path, const char *name, struct registry **out,
		  struct error *error);
void registry_close(struct registry *registry);
/* The witness's own key, for the policies of those who rely on it. */
const struct vkey *registry_key(const struct registry *registry);
/* Makes a log known; more than one key of one origin is fine, and the same key again. */
int registry_trust(struct registry *registry, const struct vkey *log, struct error *error);
/* A witness of that record: its pointers are good until registry_close. */
void registry_witness(struct registry *registry, struct witness *out);

#endif
