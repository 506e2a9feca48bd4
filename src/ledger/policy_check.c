/* Trust policies: whether a checkpoint or a proof is good under one. */
#include <assert.h>

#include "ledger/note.h"
#include "ledger/policy_inside.h"

_Static_assert(LIMIT_POLICY_MEMBERS <= 64, "witnesses are the bits of a uint64_t");

size_t policy_logs(const struct policy *policy)
{
	return policy->logs;
}

size_t policy_witnesses(const struct policy *policy)
{
	return policy->witnesses;
}

bool policy_quorum(const struct policy *policy, uint64_t witnesses)
{
	uint64_t reached[POLICY_MEMBERS] = { 0 };
	size_t i;

	if (policy->quorum < 0)
		return true;
	/* Members stand before their groups, so one pass sums up all. */
	for (i = 0; i < policy->members; i++) {
		const struct policy_member *member = &policy->member[i];
		bool met = member->witness >= 0 ? (witnesses >> member->witness & 1) != 0 :
						  reached[i] >= member->needed;

		if (i == (size_t)policy->quorum)
			return met;
		assert(!member->grouped || member->group > i);
		if (met && member->grouped)
			reached[member->group]++;
	}
	assert(0);
	return false;
}

int policy_check(const struct policy *policy, const char *data, size_t size,
		 struct policy_verdict *out, struct error *error)
{
	struct note_verdict verdict[2 * LIMIT_POLICY_MEMBERS];
	struct vkey key[2 * LIMIT_POLICY_MEMBERS];
	size_t log[LIMIT_POLICY_MEMBERS], logs = 0, i;
	struct policy_verdict found;
	struct note note;
	int result;

	memset(&found, 0, sizeof(found));
	found.log = SIZE_MAX;
	result = note_parse(data, size, &note, error);
	if (result == 0)
		result = checkpoint_take(note.text, note.text_size, &found.checkpoint, error);
	if (result != 0)
		return result;
	/* Only a log of that origin may speak for it. */
	for (i = 0; i < policy->logs; i++) {
		if (!checkpoint_is_of(&found.checkpoint, policy->log[i].name))
			continue;
		key[logs] = policy->log[i];
		log[logs++] = i;
	}
	if (logs == 0)
		return error_set(error, TACIT_E_SIGNATURE,
				 "the policy does not know the log \"%.*s\"",
				 (int)(found.checkpoint.origin_size < 200 ?
				       found.checkpoint.origin_size : 200),
				 found.checkpoint.origin);
	memcpy(key + logs, policy->witness, policy->witnesses * sizeof(key[0]));
	result = note_verify(&note, key, logs + policy->witnesses, verdict, error);
	if (result != 0)
		return result;
	for (i = logs; i-- > 0;)
		if (verdict[i].signed_it)
			found.log = log[i];
	if (found.log == SIZE_MAX)
		return error_set(error, TACIT_E_SIGNATURE, "the log has not signed its checkpoint");
	for (i = 0; i < policy->witnesses; i++) {
		if (!verdict[logs + i].signed_it)
			continue;
		found.witnesses |= 1ULL << i;
		if (verdict[logs + i].time > found.newest)
			found.newest = verdict[logs + i].time;
	}
	if (!policy_quorum(policy, found.witnesses))
		return error_set(error, TACIT_E_SIGNATURE, "%d of the policy's %zu witnesses have "
				 "cosigned the checkpoint, which is no quorum",
				 __builtin_popcountll(found.witnesses), policy->witnesses);
	*out = found;
	return 0;
}

int policy_check_proof(const struct policy *policy, const struct proof *proof, const void *entry,
		       size_t size, struct policy_verdict *out, struct error *error)
{
	struct policy_verdict found;
	struct digest leaf;
	int result = policy_check(policy, proof->checkpoint, proof->checkpoint_size, &found, error);

	if (result != 0)
		return result;
	digest_leaf(entry, size, &leaf);
	if (!tree_check_inclusion(proof->index, found.checkpoint.size, &leaf, proof->path.hash,
				  proof->path.count, &found.checkpoint.root))
		return error_set(error, TACIT_E_DAMAGED,
				 "the proof does not show that the entry is number %llu of the log",
				 (unsigned long long)proof->index);
	*out = found;
	return 0;
}
