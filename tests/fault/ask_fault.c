/*
 * The victim of 41-ask-faults.sh: asks, under whatever fault, and checks afterwards.
 *
 *	ask_fault HOME KEY make		a vault, a service with a grant
 *	ask_fault HOME KEY ask		asks in batches of 1, 2, 3; prints "answer UID" for each reply
 *					as it leaves
 *	ask_fault HOME KEY check < UIDS	each of them is in the vault and in its log, all verifies
 *
 * Exit status: 0 done, 1 wrong, 2 an error that was told in words.
 */
#include "../ask_kit.h"
#include "tacit.h"

#define BATCHES 3

static const char *const film[] = { "Alien (1979)", "Heat (1995)", "Fargo (1996)", "Aliens (1986)",
				    "Casino (1995)", "Babe (1995)" };

static int told(struct tacit *t)
{
	fprintf(stderr, "%s\n", tacit_error(t));
	return 2;
}

static int make(struct tacit *t, const struct tacit_secret *secret)
{
	struct tacit_grant_options options = TACIT_GRANT_OPTIONS_INIT;
	char token[65], uid[TACIT_UID_BYTES], item[256];

	options.service = ASK_SHOP;
	options.precision = TACIT_SUBSET;
	options.epsilon = 20 * TACIT_ONE;
	if (tacit_init(t, secret) != 0 || tacit_service_token(t, ASK_SHOP, token) != 0 ||
	    tacit_feedback(t, TACIT_LIKE, "films", "Alien (1979)", item) != 0 ||
	    tacit_budget_cap(t, 20 * TACIT_ONE) != 0 || tacit_grant(t, &options, uid) != 0)
		return told(t);
	return 0;
}

/* "urn:tacit:..." of the receipt in a reply. */
static int print_uid(const struct tacit_asking *asking)
{
	const char *at = strstr(asking->reply, "\"uid\":\"urn:tacit:");
	const char *end = at == NULL ? NULL : strchr(at + 7, '"');

	if (end == NULL)
		return 1;
	printf("answer %.*s\n", (int)(end - at - 7), at + 7);
	fflush(stdout);
	return 0;
}

static int ask(struct tacit *t)
{
	struct tacit_asking asking[BATCHES] = { 0 };
	size_t batch, i;
	int result = 0;

	for (batch = 1; batch <= BATCHES && result == 0; batch++) {
		for (i = 0; i < batch; i++) {
			asking[i].service = ASK_SHOP;
			asking[i].text = ask_rank(ASK_SHOP, i == 1 ? "\"order\"" :
						  "\"subset\",\"epsilon\":\"0.5\"", 1 + (int)i,
						  film, 6, (int)batch);
			asking[i].size = strlen(asking[i].text);
		}
		result = tacit_ask(t, asking, batch);
		for (i = 0; i < batch; i++) {
			if (result == 0 && print_uid(&asking[i]) != 0)
				return 1;
			if (result != 0 && asking[i].reply != NULL)
				return 1;	/* an answer without a promise */
			free(asking[i].reply);
			free((char *)(uintptr_t)asking[i].text);
		}
	}
	return result == 0 ? 0 : told(t);
}

static int check(struct tacit *t)
{
	struct tacit_proof_options options = TACIT_PROOF_OPTIONS_INIT;
	struct tacit_proof proof;
	char line[256], words[256], *whole;

	if (tacit_proof(t, &options, &proof) != 0) {
		fprintf(stderr, "proof: %s\n", tacit_error(t));
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = 0;
		if (strncmp(line, "answer ", 7) != 0)
			continue;
		if (tacit_receipt_json(t, line + 7, &whole) != 0) {
			fprintf(stderr, "%s: %s\n", line, tacit_error(t));
			return 1;
		}
		if (tacit_receipt_check(t, whole, strlen(whole), NULL, words) != 0) {
			fprintf(stderr, "%s: %s\n", line, tacit_error(t));
			return 1;
		}
		free(whole);
	}
	/* and the service can go on */
	return ask(t) == 0 && tacit_proof(t, &options, &proof) == 0 ? 0 : told(t);
}

int main(int argc, char **argv)
{
	struct tacit_options options = TACIT_OPTIONS_INIT;
	struct tacit_secret secret = { NULL, NULL, 0, 0 };
	struct tacit *t;
	int result;

	if (argc != 4)
		return 1;
	options.home = argv[1];
	options.packs = "packs";
	secret.key_file = argv[2];
	if (tacit_open(&options, &t) != 0)
		return told(NULL);
	if (strcmp(argv[3], "make") == 0)
		result = make(t, &secret);
	else if (tacit_unlock(t, &secret) != 0)
		result = told(t);
	else
		result = strcmp(argv[3], "ask") == 0 ? ask(t) : check(t);
	tacit_close(t);
	return result;
}
