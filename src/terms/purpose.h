/*
 * Purposes: the part of the Data Privacy Vocabulary (DPV 2.2, purposes.csv, its `hasbroader`) that
 * the closed profile knows. A purpose that is not here is an unknown term. dpv:Purpose itself,
 * "for anything", is left out.
 */
#ifndef TACIT_TERMS_PURPOSE_H
#define TACIT_TERMS_PURPOSE_H

#include <stdbool.h>

enum { PURPOSE_NONE = -1, PURPOSES = 27 };

/* The index of "dpv:NAME" or "https://w3id.org/dpv#NAME"; PURPOSE_NONE when unknown. */
int purpose_find(const char *iri);
/* "dpv:NAME" */
const char *purpose_name(int purpose);
/* In the person's words: "recommending products". */
const char *purpose_words(int purpose);

/* Whether a grant for `granted` covers an ask for `asked`: the same, or narrower so that every
 * chain of parents of `asked` meets `granted`. Personalisation does not cover
 * PersonalisedAdvertising, which is Advertising too. */
bool purpose_covers(int granted, int asked);
/* Whether a prohibition of `forbidden` touches `asked`: any chain meets it, or the asked purpose is
 * broader and so includes it. A prohibition reaches as far as it can, a grant as little. */
bool purpose_touches(int forbidden, int asked);
/* Whether data for this purpose may end up in a model: improving products, research, what is
 * narrower and what includes them. */
bool purpose_is_training(int purpose);
/* Marketing, Advertising and what is narrower in any chain: denied unless a grant covers it. */
bool purpose_is_advertising(int purpose);

#endif
