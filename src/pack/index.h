/*
 * The index of nearly matching titles: the words of all names of a pack, which names have each
 * word, and which words differ from a given one by one letter. A pure function of the pack.
 */
#ifndef TACIT_PACK_INDEX_H
#define TACIT_PACK_INDEX_H

#include "pack/inside.h"

#define INDEX_WORDS_MAX 24	/* words of one title that count */
#define INDEX_DIGITS_MAX 16
#define TYPO_LETTERS_MIN 4	/* shorter words are not corrected to a word of the index */
#define TYPO_LETTERS_MAX 32	/* nor longer ones: each costs the square of its length */
#define INDEX_NAMES_MAX (1u << 21)	/* names behind these are found exactly only */
#define INDEX_NONE UINT32_MAX

struct index_word {
	uint32_t text, size;		/* in index->text */
	uint32_t names, first_name;	/* its names: index->posting[first_name ...] */
	uint32_t weight;		/* log2(names of the pack / names of the word), 2^-8 */
	uint32_t number;		/* 1: tells one part of a series from another */
};

struct index_name {
	uint32_t item, flags;
	uint32_t first, words;		/* its words: index->name_word[first ...] */
};

struct index_row {
	uint64_t hash;
	uint32_t value;
};

struct pack_index {
	struct index_word *word;
	struct index_name *name;
	uint32_t *name_word, *posting, *table;
	struct index_row *less;		/* words by the hash of themselves less one letter */
	struct index_row *joined;	/* names by the hash of their title without spaces */
	char *text;
	uint32_t words, names, less_rows, joined_rows, table_size, unknown_weight;
};

/* index.c: made at the first call, by one thread; NULL when out of memory. */
const struct pack_index *pack_index_of(const struct pack *pack);

/* The word's number, or INDEX_NONE. */
uint32_t pack_index_word(const struct pack_index *index, const char *word, size_t size);

/* The first row of a sorted table with this hash, or one with a larger hash, or `rows`. */
uint32_t pack_index_row(const struct index_row *row, uint32_t rows, uint64_t hash);

/* The digits of a folded word that is a number of any spelling ("2", "ii", "two" -> "2") into out;
 * returns how many, 0 where it is no number. */
size_t pack_index_number(const char *word, size_t size, char out[INDEX_DIGITS_MAX]);

/* The hash of a word less its letter `skip` (skip >= size: of the whole word). */
uint64_t pack_index_less(const char *word, size_t size, size_t skip);

/* The hash of a folded title without its spaces. */
uint64_t pack_index_joined(const char *folded, size_t size);

#endif
