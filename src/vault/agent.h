/*
 * The unlock agent: a small process that holds the master key in guarded memory and hands it to
 * processes of the same user over a unix socket (0600, peer credentials checked), so that a
 * command does not pay for Argon2 each time. As ssh-agent does.
 */
#ifndef TACIT_VAULT_AGENT_H
#define TACIT_VAULT_AGENT_H

#include "vault/vault.h"

/* Derives the master key from `secret` and starts the agent in the background on
 * `dir`/agent.sock; it ends by itself after idle_seconds without use. */
int agent_start(const char *dir, const struct vault_secret *secret, unsigned idle_seconds,
		struct error *error);
/* Asks the agent for the key: `master` is 32 bytes of sodium_malloc memory. TACIT_E_NOT_FOUND where
 * none runs. */
int agent_fetch(const char *dir, uint8_t *master, struct error *error);
/* agent_fetch and vault_open in one; the key never leaves guarded memory. */
int agent_open(const char *dir, struct vault **out, struct error *error);
/* Ends the agent; success where none runs. */
int agent_stop(const char *dir, struct error *error);

#endif
