/*
 * A grant: what the person agreed to with one service, as an ODRL Agreement of the closed profile.
 * An unknown term, operator or action refuses the whole grant: what is not understood permits
 * nothing. What is left out permits less, never more: no precision is silent, no epsilon is none,
 * no deletion is "keep nothing"; purpose, time and count must be said.
 */
#ifndef TACIT_TERMS_GRANT_H
#define TACIT_TERMS_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "terms/notch.h"
#include "terms/document.h"

struct grant_permission {
	const char *domain;
	enum notch_type type;
	enum notch notch;
	int purpose;
	int64_t until;				/* ms; the ask must come before */
	uint64_t count, epsilon;		/* caps over the whole life of the grant */
	uint32_t retention;			/* days that the service may keep the answer */
	bool compensate;			/* something must come back ... */
	uint64_t amount;			/* ... at least this, in hundredths */
	const char *unit;			/* NULL: anything */
	uint32_t facts;
	const char *fact[LIMIT_ASK_FACTS];
};

enum grant_act { ACT_USE, ACT_DISTRIBUTE, ACT_TRAIN, ACT_TYPE };

struct grant_prohibition {
	enum grant_act act;
	enum notch_type type;			/* of ACT_TYPE */
	const char *domain;			/* NULL: every */
	uint32_t data;				/* 0: every */
	int purpose;				/* PURPOSE_NONE: every */
};

/* Texts point into the tree, which the grant owns. */
struct grant {
	struct document *tree;
	const char *uid, *assigner;
	const char *assignee;			/* an origin or "ed25519:..." (shape_recipient) */
	int64_t issued;
	uint32_t permissions, prohibitions;
	struct grant_permission permission[LIMIT_PERMISSIONS];
	struct grant_prohibition prohibition[LIMIT_PROHIBITIONS];
};

/* TACIT_E_FORMAT with the unknown term's name, TACIT_E_LIMIT; *out only on success. */
int grant_read(const char *text, size_t size, struct grant **out, struct error *error);
void grant_free(struct grant *grant);

/* The bytes that are hashed, and those that both sides sign: the canonical form, whole and without
 * its "sig". Appended to `out`; 0 or TACIT_E_MEMORY. */
int grant_canonical(const struct grant *grant, struct bytes *out);
int grant_signed(const struct grant *grant, struct bytes *out);

#endif
