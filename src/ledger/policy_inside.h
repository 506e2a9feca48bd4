/* What the files of policy_*.c share. */
#ifndef TACIT_LEDGER_POLICY_INSIDE_H
#define TACIT_LEDGER_POLICY_INSIDE_H

#include "ledger/policy.h"

#define POLICY_MEMBERS (2 * LIMIT_POLICY_MEMBERS)

/* A witness or a group; both have names of one space. A member stands before its group, and is in
 * one group at most: the groups are trees. */
struct policy_member {
	char name[LIMIT_POLICY_NAME_BYTES + 1];
	int witness;		/* its number; -1: a group */
	uint64_t needed;	/* of a group */
	bool grouped;
	size_t group;		/* the member that it belongs to, if grouped */
};

struct policy {
	struct vkey log[LIMIT_POLICY_MEMBERS], witness[LIMIT_POLICY_MEMBERS];
	size_t logs, witnesses, members;
	struct policy_member member[POLICY_MEMBERS];
	bool has_quorum;
	int quorum;		/* -1: none is needed */
};

#endif
