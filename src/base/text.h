/* UTF-8 text: checking, folding for comparison, and width on a terminal. */
#ifndef TACIT_BASE_TEXT_H
#define TACIT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
bool text_valid(const char *text, size_t size);

/* The character at text[0] into *character and its length in bytes, 1 to 4; 0 where the bytes are
 * not well-formed UTF-8 (or size is 0). */
size_t text_decode(const char *text, size_t size, uint32_t *character);

/* The longest prefix of at most `max` bytes that ends on a character boundary. */
size_t text_cut(const char *text, size_t size, size_t max);

/* Folds a title or name for comparison: compatibility decomposition, marks removed, case folded,
 * letters with a stroke or joined letters opened ("ø" -> "o", "æ" -> "ae"), everything that is no
 * letter or digit turned to one space, ends trimmed ("Amélie!" -> "amelie"). Folding what is folded
 * changes nothing. NUL-terminates; returns the size, at most max - 1, cut at a character boundary.
 * Invalid bytes act as spaces. max >= 1. */
size_t text_fold(const char *text, size_t size, char *out, size_t max);

/* Folds a title as a catalogue compares it: a year or span of years in brackets at the end is cut
 * off and its (first) year put into *year (else *year is left alone; year may be NULL), a trailing
 * article moves to the front, an English one there is dropped ("Matrix, The", "The Matrix" ->
 * "matrix"; "Haine, La", "La Haine" -> "la haine"), "&" reads "and", then text_fold. Where nothing
 * else would be left, what was cut off stays. */
size_t text_fold_title(const char *title, size_t size, int32_t *year, char *out, size_t max);

/* The size of the title without a year in brackets at its end ("(1995)", "[1995]", "(2007-)",
 * "(1975-1979)") and blanks there; the first year in *year, else it is left alone. */
size_t text_cut_year(const char *title, size_t size, int32_t *year);

/* Columns on a terminal (wide characters two, marks none); control characters count 0. */
size_t text_width(const char *text, size_t size);

/* Writes text cut or padded with spaces to exactly `columns` columns; "…" marks a cut. Control
 * characters and invalid bytes become "?" so that no title can steer a terminal.
 * NUL-terminates; returns the size in bytes. */
size_t text_fit(const char *text, size_t size, size_t columns, char *out, size_t max);

/* As text_fit without padding and cutting: makes text safe to print. */
size_t text_safe(const char *text, size_t size, char *out, size_t max);

#endif
