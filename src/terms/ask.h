/*
 * An ask: what a service wants to know, as an ODRL Request whose body is one RFC 9396 object.
 * Reading it checks every term; docs/terms.md lists them. Signatures, nonces that were seen before
 * and who is really asking are the caller's business.
 */
#ifndef TACIT_TERMS_ASK_H
#define TACIT_TERMS_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "terms/notch.h"
#include "terms/document.h"

#define TERMS_PROFILE "https://tacit.example/odrl/1"

/* Kinds of data, as bits. The sensitive ones are never granted. */
enum {
	DATA_PROVIDED = 1, DATA_OBSERVED = 2, DATA_INFERRED = 4, DATA_DERIVED = 8,
	DATA_SENSITIVE = 16, DATA_SPECIAL = 32, DATA_CONFIDENTIAL = 64
};
#define DATA_NEVER (DATA_SENSITIVE | DATA_SPECIAL | DATA_CONFIDENTIAL)

/* What TYPE_ANSWER may ask; the list is closed. */
enum ask_question {
	QUESTION_FACT,		/* "KEY": what the person said under that key */
	QUESTION_LIKES,		/* "likes WORDS": yes or no */
	QUESTION_HAD,		/* "had TITLE": yes or no */
	QUESTION_OVER		/* "over N": of at least N years, yes or no */
};
#define ASK_AGE_MAX 150

struct ask_candidate {
	const char *id, *title, *creator;	/* title and creator may be NULL */
	int32_t year;				/* 0: none */
};

/* Texts point into the tree, which the ask owns. */
struct ask {
	struct document *tree;
	const char *uid, *nonce;
	const char *client;			/* an origin or "ed25519:..." */
	const char *name, *key;			/* what it says of itself; key may be NULL */
	const char *sig;			/* may be NULL, but not where client is a key */
	const char *domain, *identifier;	/* identifier may be NULL */
	const char *question;			/* of TYPE_ANSWER: the whole text, ... */
	const char *about;			/* ... its KEY, WORDS or TITLE, NULL for over, */
	uint32_t over;				/* ... its N */
	enum ask_question question_kind;
	const char *declared, *unit;		/* what the service says it gives; may be NULL */
	uint64_t amount;			/* hundredths of `unit` */
	int64_t issued, expires;
	enum notch_type type;
	enum notch precision;
	int purpose;
	uint32_t data;				/* DATA_* */
	uint32_t retention;			/* days */
	bool others;				/* recipients beside the client */
	bool explain, offers;
	uint64_t epsilon;			/* wanted, for NOTCH_SUBSET; else 0 */
	uint32_t limit;				/* how many of the candidates */
	uint32_t candidates;
	struct ask_candidate *candidate;
	uint32_t facts;				/* of TYPE_DISCLOSE; of TYPE_ANSWER one, ... */
	const char *fact[LIMIT_ASK_FACTS];	/* ... its topic: KEY, "likes", "had" or "age" */
};

/* TACIT_E_FORMAT with the unknown term's name, TACIT_E_LIMIT; *out only on success. */
int ask_read(const char *text, size_t size, struct ask **out, struct error *error);
void ask_free(struct ask *ask);

/* The bytes that are hashed, and those that `sig` signs: the canonical form, whole and without its
 * "sig". Appended to `out`; 0 or TACIT_E_MEMORY. Not for a view that decide_apply made. */
int ask_canonical(const struct ask *ask, struct bytes *out);
int ask_signed(const struct ask *ask, struct bytes *out);

/* The bit of "dpv:ObservedPersonalData" and its like; 0 when unknown. */
uint32_t ask_data_find(const char *term);

#endif
