/* The gate as services meet it, through tacit.h: grants, the dial, stored answers, budgets, receipts
 * and the log, forgetting. On the pack that is shipped. */
#include "gate_kit.h"

#include "asks/secrets.h"


static void strangers_are_refused(void **state)
{
	struct home *home = *state;
	struct tacit_pending *pending;
	char uid[TACIT_UID_BYTES];
	size_t count;
	int outcome;
	json_t *reply = rank(home, "\"order\"", 0, &outcome);

	/* not let in: not even the person is asked */
	assert_int_equal(outcome, TACIT_ASK_BROKEN);
	json_decref(reply);
	assert_int_equal(tacit_service_known(home->t, ASK_SHOP), 0);
	let_in(home, ASK_SHOP);
	reply = rank(home, "\"order\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_PENDING);
	assert_int_equal(tacit_ask_state(home->t, ASK_SHOP, text_of(reply, "uid")),
			 TACIT_ASK_PENDING);
	assert_int_equal(tacit_ask_state(home->t, ASK_OTHER, text_of(reply, "uid")),
			 TACIT_E_NOT_FOUND);
	json_decref(reply);
	/* asking again changes the one that waits */
	json_decref(rank(home, "\"order\"", 3, &outcome));
	assert_int_equal(tacit_pending(home->t, &pending, &count), 0);
	assert_int_equal(count, 1);
	assert_non_null(strstr(pending[0].card, ASK_SHOP));
	/* more than was asked for cannot be granted by a yes; by itself it is silent */
	assert_int_equal(tacit_accept(home->t, pending[0].number, TACIT_FACTS, uid),
			 TACIT_E_ARGUMENT);
	assert_int_equal(tacit_accept(home->t, pending[0].number, -1, uid), 0);
	assert_int_equal(tacit_accept(home->t, pending[0].number, -1, uid), TACIT_E_NOT_FOUND);
	free(pending);
	reply = rank(home, "\"order\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_LESS);
	assert_string_equal(text_of(json_object_get(reply, "smallest"), "precision"), "silent");
	json_decref(reply);
	reply = rank(home, "\"silent\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	json_decref(reply);
}

static void no_means_no_for_a_while(void **state)
{
	struct home *home = *state;
	struct tacit_pending *pending;
	size_t count;
	int outcome;
	json_t *reply;

	let_in(home, ASK_SHOP);
	json_decref(rank(home, "\"order\"", 0, &outcome));
	assert_int_equal(tacit_pending(home->t, &pending, &count), 0);
	assert_int_equal(tacit_decline(home->t, pending[0].number), 0);
	free(pending);
	reply = rank(home, "\"order\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_DENIED);
	assert_string_equal(text_of(reply, "reason"), "declined");
	json_decref(reply);
	assert_int_equal(tacit_pending(home->t, &pending, &count), 0);
	assert_int_equal(count, 0);
	free(pending);
}

static void repeats_reveal_one_answer(void **state)
{
	struct home *home = *state;
	char uid[TACIT_UID_BYTES], *first = NULL;
	int outcome, i;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_SUBSET, TACIT_ONE, uid);
	for (i = 0; i < 30; i++) {	/* permuted, and half of them after the vault was away */
		json_t *reply;
		char *set;

		if (i == 15)
			tacit_rest(home->t);
		reply = rank(home, "\"subset\",\"epsilon\":\"0.5\"", i, &outcome);
		assert_int_equal(outcome, TACIT_ASK_ANSWERED);
		set = dump(reply, "answer", "set");
		if (first == NULL)
			first = strdup(set);
		assert_string_equal(set, first);
		assert_int_equal(spent(home), TACIT_ONE / 2);
		free(set);
		json_decref(reply);
	}
	free(first);
}

static void budgets_end(void **state)
{
	struct home *home = *state;
	char uid[TACIT_UID_BYTES], other[TACIT_UID_BYTES];
	struct tacit_service *service;
	size_t count;
	int outcome;
	json_t *reply;

	let_in(home, ASK_SHOP);
	let_in(home, ASK_OTHER);
	grant(home, ASK_SHOP, TACIT_SUBSET, TACIT_ONE, uid);
	grant(home, ASK_OTHER, TACIT_SUBSET, TACIT_ONE, other);
	assert_int_equal(tacit_budget_cap(home->t, TACIT_ONE), 0);
	json_decref(rank(home, "\"subset\",\"epsilon\":\"0.75\"", 0, &outcome));
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	/* what is left of the whole is less than the other's own grant */
	reply = send_ask(home, ASK_OTHER, ask_rank(ASK_OTHER, "\"subset\",\"epsilon\":\"0.5\"", 5,
						   film, FILMS, 0), &outcome);
	assert_int_equal(outcome, TACIT_ASK_LESS);
	assert_string_equal(text_of(json_object_get(reply, "smallest"), "epsilon"), "0.25");
	json_decref(reply);
	reply = send_ask(home, ASK_OTHER, ask_rank(ASK_OTHER, "\"subset\",\"epsilon\":\"0.25\"", 5,
						   film, FILMS, 0), &outcome);
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	json_decref(reply);
	/* nothing is left: a silent answer works */
	reply = send_ask(home, ASK_SHOP, ask_rank(ASK_SHOP, "\"subset\",\"epsilon\":\"0.25\"", 4,
						  film, FILMS, 0), &outcome);
	assert_int_equal(outcome, TACIT_ASK_LESS);
	assert_string_equal(text_of(reply, "reason"), "budget");
	assert_string_equal(text_of(json_object_get(reply, "smallest"), "precision"), "silent");
	json_decref(reply);
	assert_int_equal(tacit_services(home->t, &service, &count), 0);
	assert_int_equal(count, 2);
	assert_string_equal(service[0].guess, "68 in 100");
	free(service);
}

static void revoking_works_at_once(void **state)
{
	struct home *home = *state;
	struct tacit *second = open_handle(home);
	char uid[TACIT_UID_BYTES];
	size_t count;
	int outcome;
	json_t *reply;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	json_decref(rank(home, "\"order\"", 0, &outcome));
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	/* another process revokes while the one that answers rests */
	tacit_rest(home->t);
	assert_int_equal(tacit_unlock(second, &home->secret), 0);
	assert_int_equal(tacit_revoke(second, uid, &count), 0);
	assert_int_equal(count, 1);
	tacit_rest(second);
	reply = rank(home, "\"order\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_DENIED);
	assert_string_equal(text_of(reply, "reason"), "revoked");
	json_decref(reply);
	assert_int_equal(tacit_revoke(home->t, "nothing", &count), TACIT_E_NOT_FOUND);
	tacit_close(second);
}

static void silent_lists_are_seen_once(void **state)
{
	struct home *home = *state;
	char uid[TACIT_UID_BYTES], path[128];
	struct tacit_service *service;
	struct tacit_frame *frame;
	int outcome;
	size_t count;
	json_t *reply;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_SILENT, 0, uid);
	reply = rank(home, "\"silent\"", 7, &outcome);
	snprintf(path, sizeof(path), "%s",
		 text_of(json_object_get(reply, "answer"), "frame"));
	json_decref(reply);
	assert_int_equal(strncmp(path, "/frame/", 7), 0);
	assert_int_equal(tacit_services(home->t, &service, &count), 0);
	assert_int_equal(service[0].bits, 0);
	free(service);
	assert_int_equal(tacit_frame(home->t, path + 7, &frame), 0);
	assert_int_equal(frame->count, FILMS);
	assert_string_equal(frame->service, ASK_SHOP);
	assert_int_equal(tacit_frame_choose(home->t, frame->chooser, "sku-777"),
			 TACIT_E_ARGUMENT);
	assert_int_equal(tacit_frame_choose(home->t, frame->chooser, "sku-003"), 0);
	assert_int_equal(tacit_frame_choose(home->t, frame->chooser, "sku-003"),
			 TACIT_E_NOT_FOUND);
	tacit_frame_free(frame);
	assert_int_equal(tacit_frame(home->t, path + 7, &frame), TACIT_E_NOT_FOUND);
	/* the one that was clicked is what left: log2(20) bits */
	assert_int_equal(tacit_services(home->t, &service, &count), 0);
	assert_int_equal(service[0].bits >> 20, 4);
	assert_int_equal(service[0].outcome[TACIT_USED], 1);
	free(service);
}

static void orders_do_not_depend_on_the_list(void **state)
{
	struct home *home = *state;
	char uid[TACIT_UID_BYTES], *first, *again;
	int outcome;
	json_t *a, *b;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_REASONS, 0, uid);
	a = rank(home, "\"reasons\",\"explain\":true", 0, &outcome);
	b = rank(home, "\"reasons\",\"explain\":true", 11, &outcome);
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	first = dump(a, "answer", "items");
	again = dump(b, "answer", "items");
	assert_string_equal(first, again);
	assert_non_null(strstr(first, "follow"));
	free(first);
	free(again);
	json_decref(a);
	json_decref(b);
}

/* A title outside the catalogue stands where its words put it; one without a known word is last. */
static void words_place_new_titles(void **state)
{
	static const char *const list[] = { "Zzyzx Qwrt", "Dead Planet (1984)", "Qwrtz", "Xyzzq Wq", "Vwxq Zq" };
	struct home *home = *state;
	char uid[TACIT_UID_BYTES], *items;
	int outcome;
	json_t *reply;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	reply = send_ask(home, ASK_SHOP, ask_rank(ASK_SHOP, "\"order\"", 1, list, 5, 0), &outcome);
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	items = dump(reply, "answer", "items");
	assert_string_equal(items, "[{\"id\":\"sku-001\"}]");
	free(items);
	json_decref(reply);
}

static void asks_are_authentic_and_fresh(void **state)
{
	struct home *home = *state;
	char uid[TACIT_UID_BYTES], *text, *copy;
	int outcome;

	let_in(home, ASK_SHOP);
	let_in(home, ASK_OTHER);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	text = ask_rank(ASK_SHOP, "\"order\"", 5, film, FILMS, 0);
	copy = strdup(text);
	json_decref(send_ask(home, ASK_OTHER, strdup(text), &outcome));
	assert_int_equal(outcome, TACIT_ASK_BROKEN);	/* another one's token */
	json_decref(send_ask(home, ASK_SHOP, text, &outcome));
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
	json_decref(send_ask(home, ASK_SHOP, copy, &outcome));
	assert_int_equal(outcome, TACIT_ASK_BROKEN);	/* the same nonce */
	json_decref(send_ask(home, ASK_SHOP, strdup("{}"), &outcome));
	assert_int_equal(outcome, TACIT_ASK_BROKEN);
}

static void programs_sign_their_asks(void **state)
{
	struct home *home = *state;
	uint8_t seed[VKEY_SEED_BYTES] = { 7 }, secret[VKEY_SECRET_BYTES], raw[64];
	char id[64] = "ed25519:", key[87], signature[87], uid[TACIT_UID_BYTES], *text, *signed_text;
	struct vkey vkey;
	int outcome, wrong;

	assert_true(vkey_make_pair(&vkey, "program", VKEY_ED25519, seed, secret));
	memcpy(raw, vkey.public_key, 32);
	memset(raw + 32, 0, 32);
	secrets_text64(raw, key);
	memcpy(id + 8, key, 43);	/* 32 bytes are 43 characters, and the bits left are zero */
	id[51] = 0;
	let_in(home, id);
	grant(home, id, TACIT_ORDER, 0, uid);
	for (wrong = 0; wrong < 2; wrong++) {
		json_t *tree;
		char *canonical;

		text = ask_rank(id, "\"order\"", 5, film, FILMS, 0);
		tree = json_loads(text, 0, NULL);
		canonical = json_dumps(tree, JSON_COMPACT | JSON_SORT_KEYS);
		vkey_sign(secret, canonical, strlen(canonical), raw);
		raw[5] ^= (uint8_t)wrong;
		secrets_text64(raw, signature);
		json_object_set_new(tree, "sig", json_sprintf("%s", signature));
		signed_text = json_dumps(tree, JSON_COMPACT);
		json_decref(tree);
		free(canonical);
		free(text);
		json_decref(send_ask(home, id, signed_text, &outcome));
		assert_int_equal(outcome, wrong ? TACIT_ASK_BROKEN : TACIT_ASK_ANSWERED);
	}
	/* and a program without a signature is refused */
	json_decref(send_ask(home, id, ask_rank(id, "\"order\"", 5, film, FILMS, 0), &outcome));
	assert_int_equal(outcome, TACIT_ASK_BROKEN);
}

static void creepy_lowers_at_once(void **state)
{
	struct home *home = *state;
	struct tacit_receipt *receipt;
	char uid[TACIT_UID_BYTES];
	size_t count;
	int outcome;
	json_t *reply;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_REASONS, 0, uid);
	json_decref(rank(home, "\"reasons\"", 0, &outcome));
	assert_int_equal(tacit_receipts(home->t, ASK_SHOP, 1, &receipt, &count), 0);
	/* another service cannot speak about it */
	let_in(home, ASK_OTHER);
	assert_int_equal(tacit_outcome(home->t, ASK_OTHER, receipt[0].uid, NULL, TACIT_USED),
			 TACIT_E_NOT_FOUND);
	assert_int_equal(tacit_outcome(home->t, NULL, receipt[0].uid, NULL, TACIT_CREEPY), 0);
	free(receipt);
	reply = rank(home, "\"reasons\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_LESS);
	assert_string_equal(text_of(json_object_get(reply, "smallest"), "precision"), "order");
	json_decref(reply);
	/* the dial turns back only by the person, and not above the agreement */
	assert_int_equal(tacit_dial(home->t, ASK_SHOP, TACIT_FACTS), TACIT_E_ARGUMENT);
	assert_int_equal(tacit_dial(home->t, ASK_SHOP, TACIT_OFF), 0);
	reply = rank(home, "\"silent\"", 0, &outcome);
	assert_int_equal(outcome, TACIT_ASK_DENIED);
	assert_string_equal(text_of(reply, "reason"), "off");
	json_decref(reply);
	assert_int_equal(tacit_dial(home->t, ASK_SHOP, TACIT_REASONS), 0);
	json_decref(rank(home, "\"reasons\"", 0, &outcome));
	assert_int_equal(outcome, TACIT_ASK_ANSWERED);
}

static void codes_pair_once(void **state)
{
	struct home *home = *state;
	char code[65], token[65], none[65], service[TACIT_SERVICE_BYTES];

	assert_int_equal(tacit_service_let(home->t, "shop.example", code), TACIT_E_ARGUMENT);
	assert_int_equal(tacit_service_let(home->t, ASK_SHOP, code), 0);
	assert_int_equal(tacit_pair(home->t, code, ASK_OTHER, none), TACIT_E_SECRET);
	assert_int_equal(tacit_pair(home->t, code, ASK_SHOP, token), 0);
	assert_int_equal(tacit_pair(home->t, code, ASK_SHOP, none), TACIT_E_SECRET);
	assert_int_equal(tacit_service_of(home->t, token, service), 0);
	assert_string_equal(service, ASK_SHOP);
	assert_int_equal(tacit_service_of(home->t, code, service), TACIT_E_SECRET);
	assert_int_equal(tacit_service_of(home->t, "", service), TACIT_E_SECRET);
	assert_int_equal(tacit_service_shut(home->t, ASK_SHOP), 0);
	assert_int_equal(tacit_service_of(home->t, token, service), TACIT_E_SECRET);
}

static void batches_are_as_good_as_one(void **state)
{
	struct home *home = *state;
	struct tacit_asking asking[40];
	struct tacit_proof_options options = TACIT_PROOF_OPTIONS_INIT;
	struct tacit_proof proof;
	char uid[TACIT_UID_BYTES], words[256];
	int i, k;

	let_in(home, ASK_SHOP);
	grant(home, ASK_SHOP, TACIT_ORDER, 0, uid);
	for (k = 0; k < 20; k++) {	/* 800 entries: several tiles */
		for (i = 0; i < 40; i++) {
			asking[i].service = ASK_SHOP;
			asking[i].text = i % 10 == 9 ? strdup("{") :
				ask_rank(ASK_SHOP, "\"order\"", 3, film, 5, i);
			asking[i].size = strlen(asking[i].text);
		}
		assert_int_equal(tacit_ask(home->t, asking, 40), 0);
		for (i = 0; i < 40; i++) {
			assert_int_equal(asking[i].outcome, i % 10 == 9 ? TACIT_ASK_BROKEN :
					 TACIT_ASK_ANSWERED);
			if (i == 17)
				assert_int_equal(tacit_receipt_check(home->t, asking[i].reply,
								     asking[i].reply_size, NULL,
								     words), 0);
			free(asking[i].reply);
			free((char *)(uintptr_t)asking[i].text);
		}
	}
	assert_int_equal(tacit_proof(home->t, &options, &proof), 0);
	assert_int_equal(proof.entries, 1 + 20 * 36);
}

/* A vault that cannot be read is an error of its own, not a title that is in no domain. */
static void unreadable_is_not_unknown(void **state)
{
	struct home *home = *state;
	struct tacit_answer *answer;
	char path[128], item[256] = "", wrong[64];
	FILE *file;
	long at, size;

	tacit_close(home->t);
	home->t = open_handle(home);
	assert_int_equal(tacit_unlock(home->t, &home->secret), 0);
	snprintf(path, sizeof(path), "%s/vault.tacit", home->folder);
	file = fopen(path, "r+be");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	memset(wrong, 0x5a, sizeof(wrong));
	for (at = 8192; at + 1024 < size; at += 1024) {	/* a part of every page */
		assert_int_equal(fseek(file, at, SEEK_SET), 0);
		assert_int_equal(fwrite(wrong, sizeof(wrong), 1, file), 1);
	}
	fclose(file);
	assert_int_equal(tacit_why(home->t, NULL, "Alien (1979)", &answer), TACIT_E_DAMAGED);
	assert_true(strlen(tacit_error(home->t)) > 0);
	assert_int_equal(tacit_feedback(home->t, TACIT_LIKE, NULL, "Alien (1979)", item),
			 TACIT_E_DAMAGED);
	assert_string_equal(item, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(strangers_are_refused),
		TEST(no_means_no_for_a_while),
		TEST(repeats_reveal_one_answer),
		TEST(budgets_end),
		TEST(revoking_works_at_once),
		TEST(silent_lists_are_seen_once),
		TEST(orders_do_not_depend_on_the_list),
		TEST(words_place_new_titles),
		TEST(asks_are_authentic_and_fresh),
		TEST(programs_sign_their_asks),
		TEST(creepy_lowers_at_once),
		TEST(codes_pair_once),
		TEST(batches_are_as_good_as_one),
		TEST(unreadable_is_not_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
