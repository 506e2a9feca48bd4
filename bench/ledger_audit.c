/*
 * How long it takes to audit a log, against hashing alone: as many blocks of SHA-256 as the leaves
 * and nodes of the log have, by the same library in the same run.
 *
 *	ledger_audit [ENTRIES]		default 1,000,000, of 32 bytes each, in a folder in /tmp
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "ledger/audit.h"
#include "ledger/folder.h"
#include "ledger/ledger.h"

#define ENTRY_BYTES 32
#define ROUNDS 5

static char home[] = "/tmp/tacit-audit-XXXXXX";

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_all(void)
{
	nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void check(int result, const struct error *error)
{
	if (result == 0)
		return;
	fprintf(stderr, "%s\n", error->message);
	remove_all();
	exit(1);
}

static void build(const struct tiles_store *store, const struct vkey *key, const uint8_t *secret,
		  uint64_t entries)
{
	static struct tiles_entry entry[LIMIT_LOG_BATCH];
	static struct digest text[LIMIT_LOG_BATCH];
	struct ledger *ledger;
	struct error error = { 0, "" };
	uint64_t first, i, some;

	check(ledger_create(store, key, secret, &error), &error);
	check(ledger_open(store, key, NULL, &ledger, &error), &error);
	while ((first = ledger_size(ledger)) < entries) {
		some = entries - first < LIMIT_LOG_BATCH ? entries - first : LIMIT_LOG_BATCH;
		for (i = 0; i < some; i++) {
			uint64_t number = first + i;

			digest_of(&number, sizeof(number), &text[i]);
			entry[i] = (struct tiles_entry){ &text[i], ENTRY_BYTES };
		}
		check(ledger_append(ledger, secret, entry, some, &first, &error), &error);
	}
	ledger_close(ledger);
}

struct raw {
	uint64_t leaves;	/* of each task: one block, and a node of two blocks */
	struct digest out[LIMIT_THREADS];
};

static void hash_raw(void *context, size_t index, size_t worker)
{
	struct raw *raw = context;
	uint8_t leaf[1 + ENTRY_BYTES] = { 0 }, node[1 + 2 * DIGEST_BYTES] = { 1 };
	uint64_t i;

	(void)worker;
	for (i = 0; i < raw->leaves; i++) {
		memcpy(leaf + 1, &i, sizeof(i));
		digest_of(leaf, sizeof(leaf), &raw->out[index]);
		memcpy(node + 1, &raw->out[index], DIGEST_BYTES);
		digest_of(node, sizeof(node), &raw->out[index]);
	}
}

static double time_raw(uint64_t entries, size_t threads)
{
	static struct raw raw;
	struct pool *pool = pool_new(threads);
	double start;

	if (pool == NULL)
		abort();
	raw.leaves = entries / threads;
	start = clock_seconds();
	pool_run(pool, threads, hash_raw, &raw);
	start = clock_seconds() - start;
	pool_free(pool);
	return start;
}

int main(int argc, char **argv)
{
	uint64_t entries = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	uint8_t seed[VKEY_SEED_BYTES] = { 42 }, secret[VKEY_SECRET_BYTES];
	struct error error = { 0, "" };
	struct tiles_store store;
	struct folder *folder;
	struct vkey key;
	double start;
	size_t threads, round;

	if (mkdtemp(home) == NULL)
		return 1;
	vkey_make_pair(&key, "example.com/audit", VKEY_ED25519, seed, secret);
	check(folder_store(home, false, &folder, &store, &error), &error);
	start = clock_seconds();
	build(&store, &key, secret, entries);
	printf("%llu entries of %d bytes, made in %.2f s\n", (unsigned long long)entries,
	       ENTRY_BYTES, clock_seconds() - start);
	for (threads = 1; threads <= 2; threads++) {
		struct audit_options options = { .threads = threads };
		double audit = 1e9, raw = 1e9, took;
		struct audit_report report;

		for (round = 0; round < ROUNDS; round++) {
			start = clock_seconds();
			check(audit_log(&store, &key, NULL, &options, &report, &error), &error);
			took = clock_seconds() - start;
			audit = took < audit ? took : audit;
			took = time_raw(entries, threads);
			raw = took < raw ? took : raw;
		}
		printf("%zu thread%s: audit %.3f s (%llu files, %.1f MB), hashing alone %.3f s, "
		       "ratio %.2f\n", threads, threads == 1 ? "" : "s", audit,
		       (unsigned long long)report.files, (double)report.bytes / 1e6, raw,
		       audit / raw);
	}
	folder_free(folder);
	remove_all();
	return 0;
}
