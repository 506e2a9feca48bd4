/*
 * A program for the fault library to torture. It says on its output what was acknowledged, and
 * `check` compares a vault with that.
 *
 *	vault_fault DIR KEY import		creates the vault, 300 acts in 6 commits:
 "acts N" each
 *	vault_fault DIR KEY forget		forgets the acts of the first 100: "forgot"
 *	vault_fault DIR KEY rekey NEWKEY	re-encrypts: "rekeyed"
 *	vault_fault DIR KEY rewrap NEWKEY	rewraps: "rekeyed"
 *	vault_fault DIR KEY check MIN MAX [KEY2]  the vault opens with either key,
 has between MIN and
 *						MAX acts, whole commits only, every one whole
 * Exit status: 0 done, 2 an error that was told in words, 3 a check that failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "vault/vault.h"

#define ACTS 300
#define COMMIT 50
#define FORGET 100

static struct error error;

static int told(const char *what)
{
	fprintf(stderr, "%s: %d %s\n", what, error.code, error.message);
	return 2;
}

static void say(const char *text)
{
	size_t size = strlen(text);

	if (write(STDOUT_FILENO, text, size) != (ssize_t)size)
		_exit(4);
}

static void make_act(int i, struct act *act, char title[32], char rest[64])
{
	snprintf(title, 32, "Film %d", i % 70);
	snprintf(rest, 64, "{\"row\":\"%d of a long file\"}", i / 3);
	memset(act, 0, sizeof(*act));
	act->time = 1000 * i;
	act->value = ACT_NONE;
	act->duration = i;
	act->zone = ACT_ZONE_UNKNOWN;
	act->verb = ACT_WATCH;
	act->domain = (struct act_text){ "films", 5 };
	act->title = (struct act_text){ title, (uint32_t)strlen(title) };
	act->rest = (struct act_text){ rest, (uint32_t)strlen(rest) };
}

static int put_some(struct vault *vault, uint32_t source, int from)
{
	char title[32], rest[64];
	enum vault_put put;
	struct act act;
	int i, result = 0;

	for (i = from; i < from + COMMIT && result == 0; i++) {
		make_act(i, &act, title, rest);
		result = vault_put(vault, source, &act, false, &put, NULL, &error);
	}
	return result;
}

static int import(const char *dir, const struct vault_secret *secret)
{
	struct vault *vault;
	uint32_t source = 0;
	int i, result = vault_create(dir, secret, NULL, &vault, &error);

	if (result != 0)
		return told("create");
	say("created\n");
	for (i = 0; i < ACTS && result == 0; i += COMMIT) {
		char line[32];

		result = vault_begin(vault, &error);
		if (result == 0 && source == 0)
			result = vault_source_begin(vault, "fault.csv", "test", &source, &error);
		if (result == 0)
			result = put_some(vault, source, i);
		if (result == 0 && i + COMMIT == ACTS)
			result = vault_source_end(vault, source, NULL, ACTS, "{}", &error);
		if (result == 0)
			result = vault_commit(vault, &error);
		snprintf(line, sizeof(line), "acts %d\n", i + COMMIT);
		if (result == 0)
			say(line);
	}
	vault_rollback(vault);
	vault_close(vault);
	return result == 0 ? 0 : told("import");
}

static int forget(const char *dir, const struct vault_secret *secret)
{
	const struct vault_selection span = {
		.kind = VAULT_SELECT_SPAN, .from = 0, .until = 1000 * FORGET,
	};
	struct vault_counts counts;
	struct vault *vault;
	int result = vault_open(dir, secret, &vault, &error);

	if (result != 0)
		return told("open");
	result = vault_forget(vault, &span, 1, &counts, NULL, &error);
	vault_close(vault);
	if (result != 0)
		return told("forget");
	say("forgot\n");
	return 0;
}

static int rekey(const char *dir, const struct vault_secret *secret, const char *key, bool all)
{
	const struct vault_secret next = { .key_file = key };
	struct vault *vault;
	int result = vault_open(dir, secret, &vault, &error);

	if (result != 0)
		return told("open");
	result = vault_rekey(vault, &next, NULL, all, &error);
	vault_close(vault);
	if (result != 0)
		return told("rekey");
	say("rekeyed\n");
	return 0;
}

/* ---- checking -------------------------------------------------------------------------- */

struct checking {
	int count, first;
	bool wrong;
};

static int check_act(void *context, uint64_t event, uint32_t source, const struct act *act)
{
	struct checking *checking = context;
	char title[32], rest[64];
	struct act expected;
	int i = (int)(act->time / 1000);

	(void)event;
	(void)source;
	if (checking->count++ == 0)
		checking->first = i;
	make_act(i, &expected, title, rest);
	if (act->time % 1000 != 0 || act->duration != i || i != checking->first +
	    checking->count - 1 || act->title.size != expected.title.size ||
	    memcmp(act->title.data, title, act->title.size) != 0 ||
	    act->rest.size != expected.rest.size || memcmp(act->rest.data, rest,
							   act->rest.size) != 0)
		checking->wrong = true;
	return 0;
}

static int check(const char *dir, const struct vault_secret *secret, int least, int most,
		 const char *other)
{
	const struct vault_secret second = { .key_file = other };
	struct checking checking = { 0, 0, false };
	struct vault_source *sources;
	struct vault *vault;
	size_t count;
	uint64_t kept = 0;
	int result = vault_open(dir, secret, &vault, &error);

	if (result == TACIT_E_SECRET && other != NULL)
		result = vault_open(dir, &second, &vault, &error);
	if (result != 0)
		return least < 0 && result == TACIT_E_NOT_FOUND ? 0 : told("check") + 1;
	result = vault_walk(vault, check_act, &checking, &error);
	if (result == 0)
		result = vault_sources(vault, &sources, &count, &error);
	if (result == 0) {
		kept = count == 0 ? 0 : sources[0].kept;
		free(sources);
	}
	vault_close(vault);
	if (result != 0)
		return told("check") + 1;
	if (checking.wrong || checking.count % COMMIT != 0 || checking.count < least ||
	    checking.count > most || kept != (uint64_t)checking.count) {
		fprintf(stderr, "check: %d acts (source says %llu), wanted %d to %d%s\n",
			checking.count, (unsigned long long)kept, least, most,
			checking.wrong ? ", some of them wrong" : "");
		return 3;
	}
	return 0;
}

int main(int count, char **arguments)
{
	struct vault_secret secret = { NULL, NULL, NULL };

	if (count < 4)
		return 1;
	secret.key_file = arguments[2];
	if (strcmp(arguments[3], "import") == 0)
		return import(arguments[1], &secret);
	if (strcmp(arguments[3], "forget") == 0)
		return forget(arguments[1], &secret);
	if (count > 4 && strcmp(arguments[3], "rekey") == 0)
		return rekey(arguments[1], &secret, arguments[4], true);
	if (count > 4 && strcmp(arguments[3], "rewrap") == 0)
		return rekey(arguments[1], &secret, arguments[4], false);
	if (count > 5 && strcmp(arguments[3], "check") == 0)
		return check(arguments[1], &secret, (int)strtol(arguments[4], NULL, 10),
			     (int)strtol(arguments[5], NULL, 10), count > 6 ? arguments[6] : NULL);
	return 1;
}
