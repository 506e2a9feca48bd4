/*
 * How much an act says about taste: a(e) in 2^-20. The model is fitted on histories where having
 * taken something counts 1, so 1 is what an ordinary act counts here.
 */
#ifndef TACIT_TASTE_STRENGTH_H
#define TACIT_TASTE_STRENGTH_H

#include <stdint.h>

#include "vault/vault.h"

/* The strength of one item from its events (indices into the history, newest first): the newest
 * explicit word (like, dislike, rating) wins over what was merely done; a short try counts less. */
int32_t strength_of(const struct vault_history *history, const uint32_t *event, uint32_t count);

/* Whether the act means that the person has had the item (watched, read, rated ...), so that a
 * domain that does not repeat leaves it out; a bookmark or a search does not. */
int strength_had(int verb);

#endif
