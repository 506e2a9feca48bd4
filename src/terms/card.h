/*
 * The ask card: what the person reads before saying yes or no. At most CARD_WORDS words: who, what
 * exactly leaves, for what, what comes back, how long it is kept. What the service says of itself
 * is cut short and marked as its own words; its origin or key, which it cannot invent, stands
 * first.
 */
#ifndef TACIT_TERMS_CARD_H
#define TACIT_TERMS_CARD_H

#include <stddef.h>

#include "terms/ask.h"

#define CARD_WORDS 60
#define CARD_BYTES 2048

/* Writes the card, NUL-terminated, one line for each of the five; returns its size. */
size_t card_write(const struct ask *ask, char out[CARD_BYTES]);

/* Words: what blanks part. */
size_t card_words(const char *text);

#endif
