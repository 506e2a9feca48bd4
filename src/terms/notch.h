/*
 * The dial: how much may leave, from nothing to named facts. Each notch includes those before it.
 *
 *	off	nothing; a popularity order
 *	silent	nothing; the list is ranked and shown on the person's own side
 *	subset	k of N things without order, by the subset mechanism; costs epsilon
 *	order	the exact order; no bound, counted
 *	reasons	order and kinds of reason; no bound, counted
 *	facts	the named facts; itemised
 */
#ifndef TACIT_TERMS_NOTCH_H
#define TACIT_TERMS_NOTCH_H

#include <stdbool.h>
#include <stddef.h>

enum notch { NOTCH_OFF, NOTCH_SILENT, NOTCH_SUBSET, NOTCH_ORDER, NOTCH_REASONS, NOTCH_FACTS };
#define NOTCHES 6

/* The type of an ask, and the action of a permission ("rank", "tacit:rank"). */
enum notch_type { TYPE_RANK, TYPE_CHOOSE, TYPE_ANSWER, TYPE_DISCLOSE };
#define TYPES 4

const char *notch_name(enum notch notch);
bool notch_find(const char *name, enum notch *out);
const char *notch_type_name(enum notch_type type);
bool notch_type_find(const char *name, size_t size, enum notch_type *out);

#endif
