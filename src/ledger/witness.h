/*
 * A witness (C2SP tlog-witness): it remembers the latest checkpoint of each log, cosigns a newer
 * one when a proof shows that the log only grew, and says no otherwise. What it decides is pure;
 * the record is the caller's, behind two callbacks, durable before a cosignature exists.
 */
#ifndef TACIT_LEDGER_WITNESS_H
#define TACIT_LEDGER_WITNESS_H

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/tree.h"

/* The record of one log: the latest cosigned checkpoint. All zero before the first. */
struct witness_state {
	uint64_t size;
	struct digest root;	/* of no meaning while the size is 0 */
	uint64_t time;		/* of the last cosignature */
};

struct witness_request {
	uint64_t old;
	struct tree_proof proof;
	struct note note;
	struct checkpoint checkpoint;
};

struct witness_decision {
	int status;			/* 200, 403, 409, 422, 400 */
	struct witness_state next;	/* to persist before answering: status 200 only */
};

/* Parses the body of POST add-checkpoint; what is wrong is answered by 400. */
int witness_take(const char *body, size_t size, struct witness_request *out,
		 struct error *error);
/*
 * Decides about a request for the log of these keys, whose record is `state`. `now`: seconds; a
 * clock that went back does not make a later cosignature older than an earlier one.
 */
void witness_decide(const struct witness_request *request, const struct vkey *key, size_t keys,
		    const struct witness_state *state, uint64_t now,
		    struct witness_decision *out, struct error *error);

struct witness {
	const struct vkey *key;		/* of the type VKEY_COSIGNATURE */
	const uint8_t *secret;
	/* The log's keys and record; TACIT_E_NOT_FOUND where the origin is unknown. */
	int (*load)(void *context, const char *origin, size_t origin_size,
		    const struct vkey **keys, size_t *key_count, struct witness_state *state);
	/* Replaces the record durably if it still is `was`; TACIT_E_BUSY if it is not. */
	int (*swap)(void *context, const char *origin, size_t origin_size,
		    const struct witness_state *was, const struct witness_state *next);
	void *context;
};

struct witness_answer {
	int status;			/* of HTTP; 500 where the record failed */
	const char *type;		/* of the content, "" for none */
	struct bytes body;		/* the caller frees it */
};

/* Answers POST add-checkpoint: parse, load, decide, swap, and only then cosign. */
void witness_add_checkpoint(const struct witness *witness, const char *body, size_t size,
			    uint64_t now, struct witness_answer *out, struct error *error);

#endif
