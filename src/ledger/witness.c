/*
 * A witness. What it promises is in the order of things: the record moves by compare-and-swap from
 * what the decision was made on, and the cosignature is made after that has succeeded. A crash
 * between the two loses an answer, which the log asks for again, and never a promise.
 */
#include "witness.h"

#include <assert.h>

#include "ledger/cosignature.h"
#include "ledger/lines.h"

static int bad(struct error *error, const char *what)
{
	return error_set(error, TACIT_E_FORMAT, "a request to add a checkpoint %s", what);
}

int witness_take(const char *body, size_t size, struct witness_request *out,
		 struct error *error)
{
	struct lines lines = { body, body + size };
	const char *line;
	size_t length;
	int result;

	if (size > LIMIT_NOTE_BYTES)
		return error_set(error, TACIT_E_LIMIT, "a request of %zu bytes is above %d", size,
				 LIMIT_NOTE_BYTES);
	if (!lines_next(&lines, &line, &length) || !lines_skip(&line, &length, "old ") ||
	    !lines_decimal(line, length, &out->old))
		return bad(error, "begins with \"old\" and the size of the tree before");
	out->proof.count = 0;
	for (;;) {
		if (!lines_next(&lines, &line, &length))
			return bad(error, "has an empty line before its checkpoint");
		if (length == 0)
			break;
		if (out->proof.count == LIMIT_PROOF_HASHES)
			return bad(error, "has at most 63 hashes");
		if (!digest_take(line, length, &out->proof.hash[out->proof.count]))
			return bad(error, "has one hash in base64 a line");
		out->proof.count++;
	}
	result = note_parse(lines.at, (size_t)(lines.end - lines.at), &out->note, error);
	if (result != 0)
		return result;
	return checkpoint_take(out->note.text, out->note.text_size, &out->checkpoint, error);
}

static int refuse(struct witness_decision *out, int status, struct error *error, int code,
		  const char *what)
{
	error_set(error, code, "%s", what);
	out->status = status;
	return status;
}

/* Whether the checkpoint goes on from the record; 200 if so. */
static int judge(const struct witness_request *request, const struct witness_state *state,
		 struct witness_decision *out, struct error *error)
{
	const struct checkpoint *checkpoint = &request->checkpoint;
	struct digest empty;

	if (request->old > checkpoint->size)
		return refuse(out, 400, error, TACIT_E_ARGUMENT,
			      "the old size is above the size of the checkpoint");
	if (request->old != state->size)
		return refuse(out, 409, error, checkpoint->size < state->size ?
			      TACIT_E_DAMAGED : TACIT_E_ARGUMENT, checkpoint->size < state->size ?
			      "the log is smaller than it was: entries are gone" :
			      "the old size is not that of the last cosigned checkpoint");
	digest_empty(&empty);
	if (request->old == checkpoint->size) {
		if (!digest_equal(&checkpoint->root, state->size == 0 ? &empty : &state->root))
			return refuse(out, 409, error, TACIT_E_DAMAGED,
				      "two checkpoints of one size with different roots");
		if (request->proof.count != 0)
			return refuse(out, 422, error, TACIT_E_DAMAGED,
				      "a proof where there is nothing to prove");
		return 200;
	}
	if (request->old == 0) {
		if (request->proof.count != 0)
			return refuse(out, 422, error, TACIT_E_DAMAGED,
				      "a proof where there is nothing to prove");
		return 200;
	}
	if (!tree_check_consistency(request->old, checkpoint->size, request->proof.hash,
				    request->proof.count, &state->root, &checkpoint->root))
		return refuse(out, 422, error, TACIT_E_DAMAGED,
			      "the proof does not show that the log only grew");
	return 200;
}

void witness_decide(const struct witness_request *request, const struct vkey *key, size_t keys,
		    const struct witness_state *state, uint64_t now,
		    struct witness_decision *out, struct error *error)
{
	struct note_verdict verdict[LIMIT_POLICY_MEMBERS];

	assert(keys <= LIMIT_POLICY_MEMBERS);
	memset(out, 0, sizeof(*out));
	out->next = *state;
	if (note_verify(&request->note, key, keys, verdict, error) != 0) {
		out->status = 403;
		return;
	}
	if (judge(request, state, out, error) != 200)
		return;
	out->status = 200;
	out->next.size = request->checkpoint.size;
	out->next.root = request->checkpoint.root;
	out->next.time = now > state->time ? now : state->time;
	assert(out->next.size >= state->size);
}

/* 409 says what size the witness has. */
static int put_size(struct witness_answer *out, uint64_t size)
{
	out->type = "text/x.tlog.size";
	if (lines_put_decimal(&out->body, size) != 0)
		return TACIT_E_MEMORY;
	return bytes_append_byte(&out->body, '\n');
}

static int answer(const struct witness *witness, const struct witness_request *request,
		  uint64_t now, struct witness_answer *out, struct error *error)
{
	const struct checkpoint *checkpoint = &request->checkpoint;
	struct witness_decision decision;
	struct witness_state state;
	const struct vkey *keys;
	size_t key_count;
	int result;

	result = witness->load(witness->context, checkpoint->origin, checkpoint->origin_size, &keys,
			       &key_count, &state);
	if (result != 0) {
		out->status = result == TACIT_E_NOT_FOUND ? 404 : 500;
		error_set(error, result, "the record of the log cannot be read");
		return 0;
	}
	witness_decide(request, keys, key_count, &state, now, &decision, error);
	out->status = decision.status;
	if (decision.status == 409)
		return put_size(out, state.size);
	if (decision.status != 200)
		return 0;
	result = witness->swap(witness->context, checkpoint->origin, checkpoint->origin_size,
			       &state, &decision.next);
	if (result == TACIT_E_BUSY) {
		/* Another request was faster. Its record is the one to tell of. */
		out->status = 409;
		error_set(error, result, "another checkpoint came first");
		if (witness->load(witness->context, checkpoint->origin, checkpoint->origin_size,
				  &keys, &key_count, &state) != 0)
			return TACIT_E_IO;
		return put_size(out, state.size);
	}
	if (result != 0)
		return error_set(error, result, "the record of the log cannot be written");
	out->type = "text/plain; charset=utf-8";
	return cosignature_sign(&out->body, request->note.text, request->note.text_size,
				decision.next.time, witness->key, witness->secret);
}

void witness_add_checkpoint(const struct witness *witness, const char *body, size_t size,
			    uint64_t now, struct witness_answer *out, struct error *error)
{
	struct witness_request request;

	memset(out, 0, sizeof(*out));
	out->type = "";
	if (witness_take(body, size, &request, error) != 0) {
		out->status = 400;
		return;
	}
	if (answer(witness, &request, now, out, error) != 0) {
		out->status = 500;
		out->type = "";
		bytes_clear(&out->body);
	}
}
