/* Numbers as exports write them, from texts that are not NUL-terminated; no locale. */
#ifndef TACIT_FORMATS_NUMBER_H
#define TACIT_FORMATS_NUMBER_H

#include <stdbool.h>

#include "base/act.h"

/* The whole text is a number with an optional sign. */
bool number_whole(struct act_text text, int64_t *value);
/* A decimal number ("4.5", "-3", ".5", "4,5") in units of 2^-20, rounded to the nearest; its
 * whole part is below 2^40. */
bool number_fixed(struct act_text text, int64_t *value);
/* A decimal number, with an exponent or without ("9.6e-05"), in units of 10^-decimals, rounded to
 * the nearest; 0 <= decimals <= 9, and the result is below 2^62. */
bool number_scaled(struct act_text text, int decimals, int64_t *value);
/* "1:02:03", "02:03" as milliseconds. */
bool number_span(struct act_text text, int64_t *ms);
/* The text without blanks at its ends. */
struct act_text number_trim(struct act_text text);
/* "Toy Story (1995)": cuts the year off the title. */
bool number_year_suffix(struct act_text *title, int32_t *year);
/* A year from 1 to 9999 of at most four digits (a sign makes it BC), or ACT_YEAR_UNKNOWN. */
int32_t number_year(struct act_text text);
/* Whether the text is exactly that word. */
bool number_is(struct act_text text, const char *word);

#endif
