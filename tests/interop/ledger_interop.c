/*
 * Writes a log of 600 entries under a folder as tlog-tiles lays it out, with its checkpoint, its
 * verifier key (vkey) and proof files of some entries (proof.N), for others to check.
 *
 *	ledger_interop FOLDER
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ledger/folder.h"
#include "ledger/ledger.h"

#define ENTRIES 600

static const char *folder;

static void put(const char *path, const void *data, size_t size)
{
	char whole[512];
	struct error error;

	snprintf(whole, sizeof(whole), "%s/%s", folder, path);
	if (file_write(whole, data, size, 0600, &error) == 0)
		return;
	fprintf(stderr, "%s\n", error.message);
	exit(1);
}

static void check(int result, const struct error *error)
{
	if (result == 0)
		return;
	fprintf(stderr, "%s\n", error->message);
	exit(1);
}

int main(int argc, char **argv)
{
	struct tiles_store store;
	struct folder *log;
	uint8_t seed[VKEY_SEED_BYTES] = { 42 }, secret[VKEY_SECRET_BYTES];
	struct bytes out = BYTES_INIT;
	struct ledger *ledger;
	struct error error = { 0, "" };
	struct vkey key;
	uint64_t first;
	unsigned i;

	if (argc != 2)
		return 2;
	folder = argv[1];
	check(folder_store(folder, false, &log, &store, &error), &error);
	vkey_make_pair(&key, "example.com/interop", VKEY_ED25519, seed, secret);
	check(ledger_create(&store, &key, secret, &error), &error);
	check(ledger_open(&store, &key, NULL, &ledger, &error), &error);
	for (i = 0; i < ENTRIES;) {
		struct tiles_entry entry[100];
		char text[100][32];
		unsigned n;

		/* Batches of 1, 2, ... 100 and then again. */
		for (n = 0; n < 1 + i % 100 && i + n < ENTRIES; n++) {
			int size = snprintf(text[n], sizeof(text[n]), "entry %u", i + n);

			entry[n] = (struct tiles_entry){ text[n], (size_t)size };
		}
		check(ledger_append(ledger, secret, entry, n, &first, &error), &error);
		i += n;
	}
	for (i = 0; i < ENTRIES; i += 37) {
		char path[32];

		bytes_clear(&out);
		check(ledger_prove(ledger, i, "extra", 5, ledger_checkpoint(ledger), &out, &error),
		      &error);
		snprintf(path, sizeof(path), "proof.%u", i);
		put(path, out.data, out.size);
	}
	for (i = 1; i < ENTRIES; i += 61) {
		char path[32];

		bytes_clear(&out);
		check(ledger_ask(ledger, i, &out, &error), &error);
		snprintf(path, sizeof(path), "ask.%u", i);
		put(path, out.data, out.size);
	}
	bytes_clear(&out);
	vkey_put(&out, &key);
	put("vkey", out.data, out.size);
	bytes_free(&out);
	ledger_close(ledger);
	folder_free(log);
	printf("%u entries under %s\n", ENTRIES, folder);
	return 0;
}
