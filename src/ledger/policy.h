/*
 * Trust policies (C2SP tlog-policy): which logs and witnesses are known, and which of the witnesses
 * must have cosigned a checkpoint. Keys of other types than Ed25519 are refused, not read over: a
 * quorum with a witness that cannot be checked would be another quorum.
 */
#ifndef TACIT_LEDGER_POLICY_H
#define TACIT_LEDGER_POLICY_H

#include "ledger/checkpoint.h"
#include "ledger/proof.h"

struct policy;

/* What a checkpoint that the policy accepts is. */
struct policy_verdict {
	struct checkpoint checkpoint;	/* points into the note that was checked */
	size_t log;			/* the first log key that signed it, in the file's order */
	uint64_t witnesses;		/* a bit for each witness that cosigned it */
	uint64_t newest;		/* the latest time that a witness gave, 0: none */
};

int policy_take(const char *text, size_t size, struct policy **out, struct error *error);
void policy_free(struct policy *policy);
size_t policy_logs(const struct policy *policy);
size_t policy_witnesses(const struct policy *policy);

/* Whether the quorum is reached by these witnesses, a bit each. */
bool policy_quorum(const struct policy *policy, uint64_t witnesses);
/* Checks a checkpoint: the signature of a known log of its origin, no wrong signature of any known
 * key, the quorum. TACIT_E_SIGNATURE where one is missing. */
int policy_check(const struct policy *policy, const char *note, size_t size,
		 struct policy_verdict *out, struct error *error);
/* Checks a proof file about an entry: its checkpoint as above, and that the entry is in it.
 * TACIT_E_DAMAGED where it is not. */
int policy_check_proof(const struct policy *policy, const struct proof *proof, const void *entry,
		       size_t size, struct policy_verdict *out, struct error *error);

#endif
