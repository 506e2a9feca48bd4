/* The log from outside: policies, witnesses, proofs end to end, rollback, two faces, crashes. */
#include "ledger_kit.h"

#include "ledger/cosignature.h"
#include "ledger/policy.h"
#include "ledger/witness.h"

static struct kit_store kit;
static struct vkey log_key, witness_key[3];
static uint8_t log_secret[VKEY_SECRET_BYTES], witness_secret[3][VKEY_SECRET_BYTES];

static int make_keys(void **state)
{
	(void)state;
	kit_key("example.com/log", VKEY_ED25519, 1, &log_key, log_secret);
	kit_key("example.com/w1", VKEY_COSIGNATURE, 2, &witness_key[0], witness_secret[0]);
	kit_key("example.com/w2", VKEY_COSIGNATURE, 3, &witness_key[1], witness_secret[1]);
	kit_key("example.com/w3", VKEY_COSIGNATURE, 4, &witness_key[2], witness_secret[2]);
	return 0;
}

static struct ledger *open_log(void)
{
	struct tiles_store store = kit_store_of(&kit);
	struct ledger *ledger;
	struct error error;

	if (kit_find(&kit, LEDGER_CHECKPOINT) == NULL)
		assert_int_equal(ledger_create(&store, &log_key, log_secret, &error), 0);
	if (ledger_open(&store, &log_key, NULL, &ledger, &error) != 0)
		fail_msg("%s", error.message);
	return ledger;
}

static void append(struct ledger *ledger, size_t count)
{
	uint64_t first, size = ledger_size(ledger);
	struct error error;
	size_t i;

	for (i = 0; i < count; i++) {
		struct tiles_entry entry = kit_entry(size + i);

		assert_int_equal(ledger_append(ledger, log_secret, &entry, 1, &first, &error), 0);
		assert_int_equal(first, size + i);
	}
}

/* ---- a witness in memory --------------------------------------------------------------- */

struct record {
	struct witness_state state;
	struct witness_state race;	/* what another request puts there first, if its size is not 0 */
	int fail;			/* what swap returns instead */
	unsigned swaps;
};

static int load(void *context, const char *origin, size_t size, const struct vkey **keys,
		size_t *count, struct witness_state *state)
{
	struct record *record = context;

	if (size != strlen(log_key.name) || memcmp(origin, log_key.name, size) != 0)
		return TACIT_E_NOT_FOUND;
	*keys = &log_key;
	*count = 1;
	*state = record->state;
	return 0;
}

static int swap(void *context, const char *origin, size_t size, const struct witness_state *was,
		const struct witness_state *next)
{
	struct record *record = context;

	(void)origin;
	(void)size;
	record->swaps++;
	if (record->fail != 0)
		return record->fail;
	if (record->race.size != 0) {
		record->state = record->race;
		memset(&record->race, 0, sizeof(record->race));
	}
	if (record->state.size != was->size || !digest_equal(&record->state.root, &was->root) ||
	    record->state.time != was->time)
		return TACIT_E_BUSY;
	record->state = *next;
	return 0;
}

static void ask(struct record *record, const struct bytes *body, uint64_t now, int status,
		struct bytes *out)
{
	struct witness witness = { &witness_key[0], witness_secret[0], load, swap, record };
	struct witness_answer answer;
	struct error error;

	witness_add_checkpoint(&witness, (const char *)body->data, body->size, now, &answer, &error);
	if (answer.status != status)
		fail_msg("%d, not %d: %s", answer.status, status, error.message);
	if (status != 200 && status != 409)
		assert_int_equal(answer.body.size, 0);
	if (status == 409)
		assert_string_equal(answer.type, "text/x.tlog.size");
	if (out != NULL) {
		bytes_clear(out);
		bytes_append(out, answer.body.data, answer.body.size);
	}
	bytes_free(&answer.body);
}

static void request(struct ledger *ledger, uint64_t old, struct bytes *body)
{
	struct error error;

	bytes_clear(body);
	assert_int_equal(ledger_ask(ledger, old, body, &error), 0);
}

static void replace(struct bytes *body, const char *from, const char *to)
{
	char *at = strstr((char *)body->data, from);
	struct bytes out = BYTES_INIT;

	assert_non_null(at);
	bytes_append(&out, body->data, (size_t)(at - (char *)body->data));
	bytes_append_text(&out, to);
	bytes_append_text(&out, at + strlen(from));
	bytes_free(body);
	*body = out;
}

static void witness_answers(void **state)
{
	struct bytes body = BYTES_INIT, got = BYTES_INIT;
	struct record record;
	struct ledger *ledger = open_log();

	(void)state;
	memset(&record, 0, sizeof(record));
	append(ledger, 5);
	request(ledger, 0, &body);
	ask(&record, &body, 1000, 200, &got);
	assert_int_equal(record.state.size, 5);
	assert_int_equal(record.state.time, 1000);
	/* The same again is fine, and a clock that went back does not take its word back. */
	request(ledger, 5, &body);
	ask(&record, &body, 900, 200, &got);
	assert_int_equal(record.state.time, 1000);
	append(ledger, 6);
	/* Not from what the witness has: it says what that is. */
	request(ledger, 0, &body);
	ask(&record, &body, 1001, 409, &got);
	assert_string_equal((char *)got.data, "5\n");
	request(ledger, 7, &body);
	ask(&record, &body, 1001, 409, &got);
	/* A proof that shows nothing. */
	request(ledger, 5, &body);
	body.data[8] = body.data[8] == 'A' ? 'B' : 'A';
	ask(&record, &body, 1001, 422, &got);
	request(ledger, 5, &body);
	replace(&body, "old 5\n", "old 12\n");
	ask(&record, &body, 1001, 400, NULL);
	request(ledger, 5, &body);
	replace(&body, "old 5\n", "old 05\n");
	ask(&record, &body, 1001, 400, NULL);
	request(ledger, 5, &body);
	replace(&body, "old 5\n", "old 5\r\n");
	ask(&record, &body, 1001, 400, NULL);
	/* Another log; a signature of nobody known; a wrong signature. */
	request(ledger, 5, &body);
	replace(&body, "\n\nexample.com/log\n", "\n\nexample.com/other\n");
	ask(&record, &body, 1001, 404, NULL);
	request(ledger, 5, &body);
	replace(&body, "\xe2\x80\x94 example.com/log", "\xe2\x80\x94 example.com/loh");
	ask(&record, &body, 1001, 403, NULL);
	request(ledger, 5, &body);
	replace(&body, "\n11\n", "\n12\n");
	ask(&record, &body, 1001, 403, NULL);
	assert_int_equal(record.swaps, 2);
	request(ledger, 5, &body);
	ask(&record, &body, 1002, 200, NULL);
	assert_int_equal(record.state.size, 11);
	assert_int_equal(record.state.time, 1002);
	/* The log that goes back: loud, and the record stays. */
	ledger_close(ledger);
	kit_empty(&kit);
	ledger = open_log();
	append(ledger, 8);
	request(ledger, 5, &body);
	ask(&record, &body, 1003, 409, &got);
	assert_string_equal((char *)got.data, "11\n");
	assert_int_equal(record.state.size, 11);
	ledger_close(ledger);
	kit_empty(&kit);
	bytes_free(&body);
	bytes_free(&got);
}

/* Two logs of one key that part after the third entry. */
static void two_faces(void **state)
{
	static struct kit_store first;
	struct tiles_entry other = { "another", 7 };
	struct bytes body = BYTES_INIT, seen = BYTES_INIT;
	struct tiles_store store;
	struct checkpoint checkpoint, now;
	struct ledger *ledger = open_log();
	struct record record;
	struct error error;
	uint64_t index;

	(void)state;
	memset(&record, 0, sizeof(record));
	append(ledger, 6);
	request(ledger, 0, &body);
	ask(&record, &body, 1, 200, NULL);
	bytes_append(&seen, ledger_checkpoint(ledger)->data, ledger_checkpoint(ledger)->size);
	ledger_close(ledger);
	first = kit;
	memset(&kit, 0, sizeof(kit));
	ledger = open_log();
	append(ledger, 5);
	assert_int_equal(ledger_append(ledger, log_secret, &other, 1, &index, &error), 0);
	assert_int_equal(checkpoint_open((char *)seen.data, seen.size, &log_key, &checkpoint, &error), 0);
	assert_int_equal(checkpoint_open((char *)ledger_checkpoint(ledger)->data,
					 ledger_checkpoint(ledger)->size, &log_key, &now, &error), 0);
	assert_int_equal(checkpoint_compare(&checkpoint, &now), CHECKPOINT_SPLIT);
	/* The witness sees it at the same size, and later by the proof. */
	request(ledger, 6, &body);
	ask(&record, &body, 2, 409, NULL);
	store = kit_store_of(&kit);
	ledger_close(ledger);
	assert_int_equal(ledger_open(&store, &log_key, &checkpoint, &ledger, &error), TACIT_E_DAMAGED);
	assert_non_null(strstr(error.message, "two faces"));
	ledger = open_log();
	append(ledger, 3);
	request(ledger, 6, &body);
	ask(&record, &body, 3, 422, NULL);
	ledger_close(ledger);
	assert_int_equal(ledger_open(&store, &log_key, &checkpoint, &ledger, &error), TACIT_E_DAMAGED);
	assert_non_null(strstr(error.message, "two faces"));
	kit_empty(&kit);
	/* Rollback: the log of six entries, where others have seen a log of six; then of five. */
	ledger = open_log();
	append(ledger, 5);
	ledger_close(ledger);
	assert_int_equal(ledger_open(&store, &log_key, &checkpoint, &ledger, &error), TACIT_E_DAMAGED);
	assert_non_null(strstr(error.message, "went back"));
	kit_empty(&kit);
	kit = first;
	assert_int_equal(ledger_open(&store, &log_key, &checkpoint, &ledger, &error), 0);
	append(ledger, 300);
	ledger_close(ledger);
	assert_int_equal(ledger_open(&store, &log_key, &checkpoint, &ledger, &error), 0);
	ledger_close(ledger);
	kit_empty(&kit);
	bytes_free(&body);
	bytes_free(&seen);
}

/* Nothing is cosigned that is not recorded: a failing record, and one that somebody else moved. */
static void record_first(void **state)
{
	struct bytes body = BYTES_INIT, late = BYTES_INIT, got = BYTES_INIT;
	struct ledger *ledger = open_log();
	struct record record;

	(void)state;
	memset(&record, 0, sizeof(record));
	append(ledger, 4);
	request(ledger, 0, &late);
	ask(&record, &late, 1, 200, NULL);
	append(ledger, 2);
	request(ledger, 4, &late);
	append(ledger, 3);
	request(ledger, 4, &body);
	record.fail = TACIT_E_IO;
	ask(&record, &body, 2, 500, &got);
	assert_int_equal(got.size, 0);
	record.fail = 0;
	assert_int_equal(record.state.size, 4);
	/* The race that tlog-witness names: the larger tree is recorded between check and swap. */
	record.race.size = 9;
	ask(&record, &late, 3, 409, &got);
	assert_string_equal((char *)got.data, "9\n");
	assert_int_equal(record.state.size, 9);
	ledger_close(ledger);
	kit_empty(&kit);
	bytes_free(&body);
	bytes_free(&late);
	bytes_free(&got);
}

static struct policy *policy_of(const char *rules)
{
	struct bytes text = BYTES_INIT;
	struct policy *policy;
	struct error error;
	size_t i;

	bytes_append_text(&text, "# who is known\n\nlog ");
	vkey_put(&text, &log_key);
	bytes_append_text(&text, " https://example.com/log\n");
	for (i = 0; i < 3; i++) {
		char name[32];

		snprintf(name, sizeof(name), "\twitness  W%zu ", i + 1);
		bytes_append_text(&text, name);
		vkey_put(&text, &witness_key[i]);
		bytes_append_text(&text, "\n");
	}
	bytes_append_text(&text, rules);
	if (policy_take((char *)text.data, text.size, &policy, &error) != 0) {
		print_message("%s\n", error.message);
		policy = NULL;
	}
	bytes_free(&text);
	return policy;
}

static void quorums(void **state)
{
	static const struct { const char *rules; unsigned met; } good[] = {
		/* met: bit n is set where the witnesses that are the bits of n are a quorum. */
		{ "quorum none\n", 0xff },
		{ "quorum W1\n", 0xaa },
		{ "group g any W1 W2 W3\nquorum g\n", 0xfe },
		{ "group g all W1 W2 W3\nquorum g\n", 0x80 },
		{ "group g 2 W1 W2 W3\nquorum g\n", 0xe8 },
		{ "group a any W1 W2\ngroup b all a W3\nquorum b\n", 0xe0 },
		{ "group g 3 W1 W2 W3\nquorum W2\n", 0xcc },
	};
	static const char *const bad[] = {
		"", "quorum g\n", "quorum none\nquorum none\n", "quorum none extra\n", "quorum none",
		"group g 0 W1\nquorum g\n", "group g 2 W1\nquorum g\n", "group g 01 W1\nquorum g\n",
		"group g any\nquorum g\n", "group g any W9\nquorum g\n", "group g any g\nquorum g\n",
		"group none any W1\nquorum none\n", "group g any none\nquorum g\n",
		"group g any W1 W1\nquorum g\n", "group g any W1\ngroup h any W1\nquorum h\n",
		"group W1 any W2\nquorum W1\n", "quorum h\ngroup h any W1\n", "quorum none\r\n",
		"quorum none\nwhat\n", "quorum none\nlog\n", "quorum none\nwitness W9 x+00000000+AAAA\n",
		"Quorum none\n", "quorum\x0bnone\n", "quorum none\n# \x7f\n"
	};
	size_t i;
	uint64_t witnesses;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct policy *policy = policy_of(good[i].rules);

		assert_non_null(policy);
		assert_int_equal(policy_logs(policy), 1);
		assert_int_equal(policy_witnesses(policy), 3);
		for (witnesses = 0; witnesses < 8; witnesses++)
			assert_int_equal(policy_quorum(policy, witnesses),
					 good[i].met >> witnesses & 1);
		policy_free(policy);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(policy_of(bad[i]));
}

static void add_cosignature(struct bytes *note, size_t w, uint64_t time)
{
	struct bytes lines = BYTES_INIT, out = BYTES_INIT;
	struct error error;
	size_t text = (size_t)(strstr((char *)note->data, "\n\n") - (char *)note->data) + 1;

	assert_int_equal(cosignature_sign(&lines, (char *)note->data, text, time, &witness_key[w],
					  witness_secret[w]), 0);
	assert_int_equal(ledger_cosigned(note, (char *)lines.data, lines.size, witness_key, 3, &out,
					 &error), 0);
	bytes_free(note);
	bytes_free(&lines);
	*note = out;
}

/* An entry, its proof file, a policy, and nothing else. */
static void proofs_end_to_end(void **state)
{
	struct policy *policy = policy_of("group g 2 W1 W2 W3\nquorum g\n");
	struct bytes note = BYTES_INIT, file = BYTES_INIT;
	struct ledger *ledger = open_log();
	struct policy_verdict verdict;
	struct tiles_entry entry = kit_entry(77);
	struct proof proof;
	struct error error;
	size_t i;

	(void)state;
	append(ledger, 270);
	bytes_append(&note, ledger_checkpoint(ledger)->data, ledger_checkpoint(ledger)->size);
	add_cosignature(&note, 0, 500);
	assert_int_equal(policy_check(policy, (char *)note.data, note.size, &verdict, &error),
			 TACIT_E_SIGNATURE);
	add_cosignature(&note, 2, 700);
	assert_int_equal(policy_check(policy, (char *)note.data, note.size, &verdict, &error), 0);
	assert_int_equal(verdict.witnesses, 5);
	assert_int_equal(verdict.newest, 700);
	assert_int_equal(ledger_prove(ledger, 77, NULL, 0, &note, &file, &error), 0);
	assert_int_equal(proof_take((char *)file.data, file.size, &proof, &error), 0);
	assert_int_equal(policy_check_proof(policy, &proof, entry.data, entry.size, &verdict, &error), 0);
	assert_int_equal(policy_check_proof(policy, &proof, entry.data, entry.size - 1, &verdict, &error),
			 TACIT_E_DAMAGED);
	proof.index++;
	assert_int_equal(policy_check_proof(policy, &proof, entry.data, entry.size, &verdict, &error),
			 TACIT_E_DAMAGED);
	/* Every byte of the file. */
	for (i = 0; i < file.size; i++) {
		file.data[i] ^= 1;
		if (proof_take((char *)file.data, file.size, &proof, &error) == 0 &&
		    policy_check_proof(policy, &proof, entry.data, entry.size, &verdict, &error) == 0)
			fail_msg("byte %zu of a proof file can be changed", i);
		file.data[i] ^= 1;
	}
	/* Not with an older note, and not when it is of another log. */
	append(ledger, 1);
	assert_int_equal(ledger_prove(ledger, 77, NULL, 0, &note, &file, &error), TACIT_E_ARGUMENT);
	assert_int_equal(ledger_cosigned(&note, "no line\n", 8, witness_key, 3, &file, &error),
			 TACIT_E_FORMAT);
	assert_int_equal(ledger_cosigned(&note, "\n", 1, witness_key, 3, &file, &error),
			 TACIT_E_FORMAT);
	policy_free(policy);
	ledger_close(ledger);
	kit_empty(&kit);
	bytes_free(&note);
	bytes_free(&file);
}

/* A known log signs the checkpoint of another known log: it may not speak for it. */
static void origins(void **state)
{
	struct bytes note = BYTES_INIT, line = BYTES_INIT, text = BYTES_INIT;
	uint8_t secret[VKEY_SECRET_BYTES];
	struct policy_verdict verdict;
	struct checkpoint checkpoint;
	struct policy *policy;
	struct vkey other;
	struct digest root;
	struct error error;

	(void)state;
	kit_key("example.com/other", VKEY_ED25519, 7, &other, secret);
	digest_empty(&root);
	assert_int_equal(checkpoint_put(&note, other.name, 0, &root), 0);
	assert_int_equal(note_sign(&line, (char *)note.data, note.size, &log_key, log_secret), 0);
	bytes_append_byte(&note, '\n');
	bytes_append(&note, line.data, line.size);
	assert_int_equal(checkpoint_open((char *)note.data, note.size, &log_key, &checkpoint, &error),
			 TACIT_E_SIGNATURE);
	bytes_append_text(&text, "log ");
	vkey_put(&text, &other);
	bytes_append_text(&text, "\nquorum none\n");
	policy = policy_of((char *)text.data);
	assert_non_null(policy);
	assert_int_equal(policy_logs(policy), 2);
	assert_int_equal(policy_check(policy, (char *)note.data, note.size, &verdict, &error),
			 TACIT_E_SIGNATURE);
	policy_free(policy);
	bytes_free(&note);
	bytes_free(&line);
	bytes_free(&text);
}

/* Each write fails in turn. What was logged stays logged, the rest can be logged again. */
static void crashes(void **state)
{
	struct tiles_store store = kit_store_of(&kit);
	struct bytes entry = BYTES_INIT;
	size_t n;

	(void)state;
	for (n = 1;; n++) {
		struct ledger *ledger = open_log();
		struct tiles_entry next = { "the one that may fail", 21 };
		struct error error;
		uint64_t first;
		int result;

		append(ledger, 254);
		append(ledger, 1);
		kit.writes = 0;
		kit.fail_at = n;
		result = ledger_append(ledger, log_secret, &next, 1, &first, &error);
		kit.fail_at = 0;
		if (result == 0) {
			ledger_close(ledger);
			break;
		}
		if (ledger_entry(ledger, 0, &entry, &error) == 0)
			assert_int_equal(ledger_size(ledger), 255);
		ledger_close(ledger);
		ledger = open_log();
		assert_int_equal(ledger_size(ledger), 255);
		append(ledger, 3);
		bytes_clear(&entry);
		assert_int_equal(ledger_entry(ledger, 255, &entry, &error), 0);
		assert_memory_equal(entry.data, kit_entry(255).data, entry.size);
		ledger_close(ledger);
		kit_empty(&kit);
	}
	assert_int_equal(n, 5);		/* a bundle, a full tile, the tile above, the checkpoint */
	{
		struct error error;

		assert_int_equal(ledger_create(&store, &log_key, log_secret, &error), TACIT_E_EXISTS);
	}
	kit_empty(&kit);
	bytes_free(&entry);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(witness_answers), cmocka_unit_test(two_faces),
		cmocka_unit_test(record_first), cmocka_unit_test(quorums),
		cmocka_unit_test(proofs_end_to_end), cmocka_unit_test(origins),
		cmocka_unit_test(crashes),
	};

	return cmocka_run_group_tests_name("ledger log", tests, make_keys, NULL);
}
