/* What remains of an ask: receipts, logs, salts; and what becomes of them when the person forgets,
 * restores, or loses files. */
#include "gate_kit.h"

static void facts_and_questions(void **state)
{
	static const struct {
		const char *question, *answer;
	} table[] = {
		{ "over 18", "yes" }, { "over 65", "no" }, { "likes horror", "no" },
		{ "likes knitting", "unknown" }, { "had Alien", "yes" }, { "had Heat", "unknown" },
		{ "shoe-size", "42" }, { "hat-size", "unknown" },
	};
	struct home *home = *state;
	struct tacit_grant_options options = TACIT_GRANT_OPTIONS_INIT;
	char uid[TACIT_UID_BYTES];
	int outcome;
	size_t i;
	json_t *reply;

	let_in(home, ASK_SHOP);
	options.service = ASK_SHOP;
	options.type = "answer";
	assert_int_equal(tacit_grant(home->t, &options, uid), TACIT_E_ARGUMENT);
	options.facts = "age,likes,had,shoe-size,hat-size";
	assert_int_equal(tacit_grant(home->t, &options, uid), 0);
	options.type = "disclose";
	options.facts = "shoe-size";
	assert_int_equal(tacit_grant(home->t, &options, uid), 0);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char *body = ask_body("answer", "films", "\"precision\":\"facts\",\"question\":\"%s\"",
				      table[i].question);

		reply = send_ask(home, ASK_SHOP, ask_make(ASK_SHOP, body), &outcome);
		assert_int_equal(outcome, TACIT_ASK_ANSWERED);
		assert_string_equal(text_of(json_object_get(reply, "answer"), "answer"),
				    table[i].answer);
		json_decref(reply);
		free(body);
	}
	/* one fact of two is granted */
	{
		char *body = ask_body("disclose", "films", "\"precision\":\"facts\","
				      "\"facts\":[\"shoe-size\",\"age\"]");

		reply = send_ask(home, ASK_SHOP, ask_make(ASK_SHOP, body), &outcome);
		assert_int_equal(outcome, TACIT_ASK_LESS);
		assert_int_equal(json_array_size(json_object_get(json_object_get(reply,
								"smallest"), "facts")), 1);
		json_decref(reply);
		free(body);
	}
}

/* What the history says where nothing was told: too little, then enough; told words go before. */
static void inferred_likings(void **state)
{
	static const char *const cartoon[] = {
		"Toy Story (1995)", "Aladdin (1992)", "Lion King, The (1994)",
		"Beauty and the Beast (1991)", "Pinocchio (1940)", "Dumbo (1941)",
	};
	struct home *home = *state;
	struct tacit_grant_options options = TACIT_GRANT_OPTIONS_INIT;
	char uid[TACIT_UID_BYTES], item[256];
	const char *answer[2];
	json_t *reply[2];
	int outcome;
	size_t i;

	let_in(home, ASK_SHOP);
	options.service = ASK_SHOP;
	options.type = "answer";
	options.facts = "likes";
	assert_int_equal(tacit_grant(home->t, &options, uid), 0);
	for (i = 0; i < 2; i++) {
		char *body = ask_body("answer", "films", "\"precision\":\"facts\","
				      "\"question\":\"likes animation\"");
		size_t k;

		reply[i] = send_ask(home, ASK_SHOP, ask_make(ASK_SHOP, body), &outcome);
		assert_int_equal(outcome, TACIT_ASK_ANSWERED);
		answer[i] = text_of(json_object_get(reply[i], "answer"), "answer");
		free(body);
		for (k = 0; i == 0 && k < sizeof(cartoon) / sizeof(cartoon[0]); k++)
			assert_int_equal(tacit_feedback(home->t, TACIT_DONE, "films", cartoon[k],
							item), 0);
	}
	assert_string_equal(answer[0], "unknown");
	assert_string_equal(answer[1], "yes");
	json_decref(reply[0]);
	json_decref(reply[1]);
}

static void receipts_verify(void **state)
{
	struct home *home = *state;
	struct tacit_proof_options options = TACIT_PROOF_OPTIONS_INIT;
	struct tacit_proof proof;
	struct tacit_receipt *receipt;
	char uid[TACIT_UID_BYTES], words[256], *whole;
	int outcome, i;
	size_t count, size;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	for (i = 0; i < 5; i++)
		json_decref(rank(home, "\"order\"", i, &outcome));
	assert_int_equal(tacit_receipts(home->t, NULL, 0, &receipt, &count), 0);
	assert_int_equal(count, 6);
	assert_int_equal(tacit_receipt_json(home->t, receipt[2].uid, &whole), 0);
	size = strlen(whole);
	assert_int_equal(tacit_receipt_check(home->t, whole, size, NULL, words), 0);
	/* any changed character of the receipt, its salt or proof is seen */
	for (i = 0; i < (int)size; i += 7) {
		char was = whole[i];

		whole[i] = was == 'q' ? 'r' : 'q';
		if (strncmp(whole + i - 5 < whole ? whole : whole + i - 5, "\"uid\"", 5) != 0 &&
		    tacit_receipt_check(home->t, whole, size, NULL, words) == 0) {
			/* outside of what is committed: the copy of the number, the answer's salt,
			 * the extra line of the proof */
			bool outer = i < (int)(strstr(whole, "\"receipt\"") - whole) ||
				strstr(whole, "answerSalt") == NULL ||
				(i > (int)(strstr(whole, "\"answerSalt\"") - whole) &&
				 i < (int)(strstr(whole, "\"vkey\"") - whole)) ||
				(i > (int)(strstr(whole, "extra") - whole) &&
				 i < (int)(strstr(whole, "index ") - whole));

			if (!outer)
				fail_msg("a change at %d goes unseen: %.60s", i, whole + i - 20);
		}
		whole[i] = was;
	}
	for (i = 0; i < (int)count; i++) {	/* what is stored is its own canonical form */
		json_t *tree;
		char *canonical;

		free(whole);
		assert_int_equal(tacit_receipt_json(home->t, receipt[i].uid, &whole), 0);
		tree = json_loads(whole, 0, NULL);
		canonical = json_dumps(json_object_get(tree, "receipt"),
				       JSON_COMPACT | JSON_SORT_KEYS);
		assert_non_null(strstr(whole, canonical));
		free(canonical);
		json_decref(tree);
	}
	free(whole);
	free(receipt);
	assert_int_equal(tacit_proof(home->t, &options, &proof), 0);
	assert_int_equal(proof.entries, 6);
	assert_int_equal(proof.receipts, 6);
}

static void logs_do_not_link_services(void **state)
{
	struct home *home = *state;
	char uid[TACIT_UID_BYTES], other[TACIT_UID_BYTES], path[4096], vkey[400], path2[4096], vkey2[400];

	let_in(home, ASK_SHOP);
	let_in(home, ASK_OTHER);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	grant(home, ASK_OTHER, TACIT_ORDER, 0, other);
	assert_int_equal(tacit_log(home->t, ASK_SHOP, path, vkey), 0);
	assert_int_equal(tacit_log(home->t, ASK_OTHER, path2, vkey2), 0);
	assert_string_not_equal(path, path2);
	assert_string_not_equal(strrchr(vkey, '+'), strrchr(vkey2, '+'));
	assert_int_equal(memcmp(uid, other, 20) == 0, 0);
	/* each begins at 0: a size says nothing about the others */
	assert_string_equal(strrchr(uid, ':'), ":0");
	assert_string_equal(strrchr(other, ':'), ":0");
}

static void forgetting_drops_what_was_derived(void **state)
{
	struct home *home = *state;
	const struct tacit_selection selection = { .kind = TACIT_SELECT_ITEM,
						   .text = "Fargo (1996)" };
	struct tacit_proof_options options = TACIT_PROOF_OPTIONS_INIT;
	struct tacit_proof proof;
	struct tacit_counts counts;
	struct tacit_receipt *receipt;
	char uid[TACIT_UID_BYTES], hash[65], *whole;
	size_t count;
	int outcome;
	json_t *reply;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_SUBSET, TACIT_ONE, uid);
	json_decref(rank(home, "\"subset\",\"epsilon\":\"0.5\"", 0, &outcome));
	assert_int_equal(tacit_receipts(home->t, NULL, 1, &receipt, &count), 0);
	assert_int_equal(tacit_receipt_json(home->t, receipt[0].uid, &whole), 0);
	assert_non_null(strstr(whole, "answerSalt"));
	free(whole);
	assert_int_equal(tacit_forget(home->t, &selection, &counts, hash), 0);
	/* the receipt stays and verifies; the salt of the answer is gone for good */
	assert_int_equal(tacit_receipt_json(home->t, receipt[0].uid, &whole), 0);
	assert_null(strstr(whole, "answerSalt"));
	free(whole);
	/* the stored answer too: the same list is answered anew, and charged */
	reply = rank(home, "\"subset\",\"epsilon\":\"0.5\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	json_decref(reply);
	assert_int_equal(spent(home), TACIT_ONE);
	assert_int_equal(tacit_receipt_json(home->t, receipt[0].uid, &whole), 0);
	assert_null(strstr(whole, "answerSalt"));
	free(whole);
	free(receipt);
	assert_int_equal(tacit_proof(home->t, &options, &proof), 0);
}

static void restoring_takes_no_answer_back(void **state)
{
	struct home *home = *state;
	struct tacit_proof_options options = TACIT_PROOF_OPTIONS_INIT;
	struct tacit_proof proof;
	char uid[TACIT_UID_BYTES], backup[96];
	uint64_t refused;
	int outcome;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_SUBSET, TACIT_ONE, uid);
	snprintf(backup, sizeof(backup), "%s/backup", home->folder);
	assert_int_equal(tacit_backup(home->t, backup), 0);
	json_decref(rank(home, "\"subset\",\"epsilon\":\"1\"", 0, &outcome));
	assert_int_equal(tacit_restore(home->t, backup, &home->secret, &home->secret, &refused), 0);
	assert_int_equal(tacit_unlock(home->t, &home->secret), 0);
	/* the epsilon is spent all the same, and the log goes on */
	assert_int_equal(spent(home), TACIT_ONE);
	json_decref(rank(home, "\"silent\"", 0, &outcome));
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	assert_int_equal(tacit_proof(home->t, &options, &proof), 0);
	assert_int_equal(proof.entries, 3);
	/* without the vault that was there, the old one stands alone, and is told from the log */
	snprintf(backup, sizeof(backup), "%s/backup", home->folder);
	assert_int_equal(tacit_restore(home->t, backup, &home->secret, NULL, &refused), 0);
	assert_int_equal(tacit_unlock(home->t, &home->secret), 0);
	assert_int_equal(tacit_proof(home->t, &options, &proof), TACIT_E_DAMAGED);
	assert_non_null(strstr(tacit_error(home->t), "went back"));
	{
		struct tacit_asking asking = { .service = ASK_SHOP };

		asking.text = ask_rank(ASK_SHOP, "\"silent\"", 5, film, FILMS, 0);
		asking.size = strlen(asking.text);
		assert_int_equal(tacit_ask(home->t, &asking, 1), TACIT_E_DAMAGED);
		assert_null(asking.reply);
		free((char *)(uintptr_t)asking.text);
	}
}

static void one_damaged_log_leaves_the_others(void **state)
{
	struct home *home = *state;
	struct tacit_asking asking[2] = { { .service = ASK_SHOP }, { .service = ASK_OTHER } };
	char uid[TACIT_UID_BYTES], path[4096], vkey[400], file[4200];
	FILE *out;
	int i;

	let_in(home, ASK_SHOP);
	let_in(home, ASK_OTHER);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	grant(home, ASK_OTHER, TACIT_ORDER, 0, uid);
	assert_int_equal(tacit_log(home->t, ASK_SHOP, path, vkey), 0);
	tacit_rest(home->t);
	snprintf(file, sizeof(file), "%s/checkpoint", path);
	out = fopen(file, "w");
	assert_non_null(out);
	fputs("x\n", out);
	fclose(out);
	for (i = 0; i < 2; i++) {
		asking[i].text = ask_rank(asking[i].service, "\"order\"", 5, film, FILMS, 0);
		asking[i].size = strlen(asking[i].text);
	}
	assert_int_equal(tacit_ask(home->t, asking, 2), 0);
	assert_int_equal(asking[0].outcome, TACIT_ASK_BUSY);
	assert_non_null(strstr(asking[0].reply, "\"failed\""));
	assert_int_equal(asking[1].outcome, TACIT_ASK_ANSWERED);
	for (i = 0; i < 2; i++) {
		free(asking[i].reply);
		free((char *)(uintptr_t)asking[i].text);
	}
}

static void forgetting_all_ends_every_grant(void **state)
{
	struct home *home = *state;
	const struct tacit_selection selection = { .kind = TACIT_SELECT_ALL };
	struct tacit_counts counts;
	struct tacit_grant *grants;
	char uid[TACIT_UID_BYTES], again[TACIT_UID_BYTES], hash[65], path[4096], vkey[400];
	size_t count;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	assert_int_equal(tacit_log(home->t, ASK_SHOP, path, vkey), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(tacit_forget(home->t, &selection, &counts, hash), 0);
	assert_int_equal(tacit_grants(home->t, &grants, &count), 0);
	assert_int_equal(count, 0);
	free(grants);
	assert_int_equal(tacit_service_known(home->t, ASK_SHOP), 0);
	assert_int_equal(access(path, F_OK), -1);
	/* who comes back meets somebody else */
	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, again);
	assert_string_not_equal(uid, again);
}

/* Writes of a log wait for more of them: those that still do must not bring it back. */
static void forgetting_all_leaves_no_log_behind(void **state)
{
	struct home *home = *state;
	const struct tacit_selection selection = { .kind = TACIT_SELECT_ALL };
	struct tacit_counts counts;
	char uid[TACIT_UID_BYTES], hash[65], path[4096], vkey[400];
	int round, i;

	for (round = 0; round < 2; round++) {
		let_in(home, ASK_SHOP);
		for (i = 0; i < 4; i++)
			grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
		assert_int_equal(tacit_log(home->t, ASK_SHOP, path, vkey), 0);
		assert_int_equal(access(path, F_OK), 0);
		assert_int_equal(tacit_forget(home->t, &selection, &counts, hash), 0);
		assert_int_equal(access(path, F_OK), -1);
		if (round == 0) {
			tacit_rest(home->t);
		} else {
			tacit_close(home->t);
			home->t = open_handle(home);
		}
		assert_int_equal(access(path, F_OK), -1);
		assert_int_equal(tacit_unlock(home->t, &home->secret), 0);
	}
}

static void promises_are_settled_once(void **state)
{
	struct home *home = *state;
	struct tacit_receipt *receipt;
	struct tacit_service *service;
	char uid[TACIT_UID_BYTES], *plain, *with, *end;
	size_t count;
	int outcome;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	json_decref(rank(home, "\"order\"", 0, &outcome));
	plain = ask_rank(ASK_SHOP, "\"order\"", 5, film, FILMS, 1);
	with = calloc(1, strlen(plain) + 64);
	end = strrchr(plain, '}');
	*end = 0;
	sprintf(with, "%s,\"offer\":{\"declared_value\":\"free delivery\"}}", plain);
	free(plain);
	json_decref(send_ask(home, ASK_SHOP, with, &outcome));
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	assert_int_equal(tacit_receipts(home->t, NULL, 2, &receipt, &count), 0);
	assert_int_equal(tacit_settle(home->t, receipt[1].uid), TACIT_E_ARGUMENT);
	assert_int_equal(tacit_settle(home->t, receipt[0].uid), 0);
	assert_int_equal(tacit_settle(home->t, receipt[0].uid), TACIT_E_EXISTS);
	free(receipt);
	assert_int_equal(tacit_services(home->t, &service, &count), 0);
	assert_int_equal(service[0].promised, 1);
	assert_int_equal(service[0].settled, 1);
	free(service);
}

static void files_that_a_power_cut_took_come_back(void **state)
{
	struct home *home = *state;
	struct tacit_proof_options options = TACIT_PROOF_OPTIONS_INIT;
	struct tacit_proof proof;
	char uid[TACIT_UID_BYTES], path[4096], vkey[400], file[4200];
	int outcome, i;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	assert_int_equal(tacit_log(home->t, ASK_SHOP, path, vkey), 0);
	for (i = 0; i < 3; i++) {
		json_decref(rank(home, "\"order\"", i, &outcome));
		tacit_rest(home->t);
		if (i == 0) {		/* an empty checkpoint, a missing tile, all of it */
			snprintf(file, sizeof(file), "%s/checkpoint", path);
			assert_int_equal(truncate(file, 0), 0);
		} else if (i == 1) {
			snprintf(file, sizeof(file), "%s/tile/0/000.p/3", path);
			assert_int_equal(unlink(file), 0);
		} else {
			nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		}
		json_decref(rank(home, "\"order\"", i, &outcome));
		assert_int_equal(outcome, TACIT_ASK_ANSWERED);
		assert_int_equal(tacit_proof(home->t, &options, &proof), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(facts_and_questions),
		TEST(inferred_likings),
		TEST(receipts_verify),
		TEST(logs_do_not_link_services),
		TEST(forgetting_drops_what_was_derived),
		TEST(restoring_takes_no_answer_back),
		TEST(one_damaged_log_leaves_the_others),
		TEST(forgetting_all_ends_every_grant),
		TEST(forgetting_all_leaves_no_log_behind),
		TEST(promises_are_settled_once),
		TEST(files_that_a_power_cut_took_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
