/* Any bytes as the body of add-checkpoint: one of the answers that there are, and no cosignature of
 * anything that a known log has not signed. */
#include "../src/ledger/witness.c"

#include <stdlib.h>

#include "replay.h"

static struct vkey log_key;

static int load(void *context, const char *origin, size_t size, const struct vkey **keys,
		size_t *count, struct witness_state *state)
{
	(void)context;
	if (size == 7 && memcmp(origin, "unknown", 7) == 0)
		return TACIT_E_NOT_FOUND;
	*keys = &log_key;
	*count = 1;
	memset(state, 0, sizeof(*state));
	state->size = 5;
	return 0;
}

static int swap(void *context, const char *origin, size_t size, const struct witness_state *was,
		const struct witness_state *next)
{
	(void)context;
	(void)origin;
	(void)size;
	(void)was;
	(void)next;
	abort();	/* that would take a signature */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct witness witness = { &log_key, NULL, load, swap, NULL };
	uint8_t public_key[VKEY_PUBLIC_BYTES] = { 1 };
	struct witness_request request;
	struct witness_decision decision;
	struct witness_answer answer;
	struct witness_state state;
	struct error error;

	assert(vkey_make(&log_key, "log", VKEY_ED25519, public_key));
	witness_add_checkpoint(&witness, (const char *)data, size, 1, &answer, &error);
	assert(answer.status == 400 || answer.status == 403 || answer.status == 404);
	assert(answer.body.size == 0);
	bytes_free(&answer.body);
	/* The decision behind the signature, as if it were good. */
	if (witness_take((const char *)data, size, &request, &error) != 0)
		return 0;
	memset(&state, 0, sizeof(state));
	state.size = request.old;
	memset(&decision, 0, sizeof(decision));
	if (judge(&request, &state, &decision, &error) == 200)
		assert(request.checkpoint.size >= state.size);
	else
		assert(decision.status == 400 || decision.status == 409 || decision.status == 422);
	return 0;
}
