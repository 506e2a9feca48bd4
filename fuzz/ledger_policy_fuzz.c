/* Any bytes as a policy: what is accepted has a quorum that more witnesses never undo. */
#include "../src/ledger/policy.c"

#include <assert.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy *policy;
	struct error error;
	uint64_t witnesses = 0;
	bool before, now;
	size_t i;

	if (policy_take((const char *)data, size, &policy, &error) != 0) {
		assert(error.message[0] != 0);
		return 0;
	}
	assert(policy->logs <= LIMIT_POLICY_MEMBERS && policy->witnesses <= LIMIT_POLICY_MEMBERS);
	assert(policy->has_quorum && policy->quorum < (int)policy->members);
	before = policy_quorum(policy, 0);
	assert(before == (policy->quorum < 0));
	for (i = 0; i < policy->witnesses; i++) {
		witnesses |= 1ULL << i;
		now = policy_quorum(policy, witnesses);
		assert(now || !before);
		before = now;
	}
	assert(before);		/* all of them are enough for any rule that the format has */
	policy_free(policy);
	return 0;
}
