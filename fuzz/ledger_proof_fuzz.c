/* Any bytes as a proof file: what is accepted prints back as it was, and proves nothing. */
#include "../src/ledger/proof.c"

#include <assert.h>

#include "ledger/policy.h"
#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes again = BYTES_INIT, extra = BYTES_INIT;
	struct policy_verdict verdict;
	struct policy *policy;
	struct proof proof;
	struct error error;

	if (proof_take((const char *)data, size, &proof, &error) != 0) {
		assert(error.message[0] != 0);
		return 0;
	}
	assert(proof.path.count <= LIMIT_PROOF_HASHES && proof.index < LIMIT_LOG_ENTRIES);
	if (proof.extra != NULL) {
		assert(proof_extra(&proof, &extra) == 0);
		assert(bytes_reserve(&extra, 1) == 0);
	}
	assert(proof_put(&again, proof.extra == NULL ? NULL : extra.data, extra.size, proof.index,
			 &proof.path, proof.checkpoint, proof.checkpoint_size) == 0);
	assert(again.size == size && memcmp(again.data, data, size) == 0);
	assert(policy_take("quorum none\n", 12, &policy, &error) == 0);
	assert(policy_check_proof(policy, &proof, "", 0, &verdict, &error) != 0);
	policy_free(policy);
	bytes_free(&extra);
	bytes_free(&again);
	return 0;
}
