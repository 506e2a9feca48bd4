/*
 * What the files of one export tell each other: titles by number (MovieLens keeps them in a file
 * of their own), sets of hashes (films that are in the diary already), and the people that were
 * seen. Filled in the first pass over the files, read in the second, so that the order of the
 * files does not matter.
 */
#ifndef TACIT_READERS_CATALOGUE_H
#define TACIT_READERS_CATALOGUE_H

#include <stdbool.h>

#include "base/act.h"
#include "base/error.h"

struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *catalogue);

/* Titles by key; the first of a key wins. Texts are copied. Returns 0 or TACIT_E_MEMORY. */
int catalogue_put(struct catalogue *catalogue, uint64_t key, struct act_text title,
		  struct act_text words, int32_t year);
bool catalogue_get(const struct catalogue *catalogue, uint64_t key, struct act_text *title,
		   struct act_text *words, int32_t *year);
size_t catalogue_size(const struct catalogue *catalogue);

/* A set of hashes. */
int catalogue_mark(struct catalogue *catalogue, uint64_t key);
bool catalogue_marked(const struct catalogue *catalogue, uint64_t key);

/* People of a data set: counts different names of one group of files, and remembers six for the
 * sentence of catalogue_one_person. */
int catalogue_person(struct catalogue *catalogue, struct act_text name);

/* 0 when rows of `person` can be told from others; otherwise TACIT_E_ARGUMENT with the sentence
 * that says how many there are and what to add. `what` are they: "people", "profiles". */
int catalogue_one_person(const struct catalogue *catalogue, const char *person, const char *file,
			 const char *what, struct error *error);

#endif
