/*
 * The words of a text as hashes: folded by base/text.h, split at blanks. Of writing without blanks
 * (from U+2E80 on) each two neighbouring characters are a word, one alone where there is no other.
 */
#ifndef TACIT_NOW_NEWS_WORDS_H
#define TACIT_NOW_NEWS_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define NEWS_WORDS_MOST 64	/* of one text; later ones are left out */

/* Appends the distinct words of `text` (NULL: none) to the `count` hashes in word[]; returns the
 * new count, at most `most`. */
size_t news_words(const char *text, uint64_t *word, size_t count, size_t most);
/* The same, each line of `text` one word: names and subjects, which are not words of a title. */
size_t news_words_names(const char *text, uint64_t *word, size_t count, size_t most);

#endif
