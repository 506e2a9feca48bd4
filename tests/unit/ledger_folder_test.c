/* A log in a folder: names, modes, what is refused, what a failed append leaves. */
#include "ledger_kit.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/folder.h"

static char root[] = "/tmp/tacit-folder-XXXXXX";
static char home[64];		/* the log's folder, made anew for each test */
static struct vkey key;
static uint8_t secret[VKEY_SECRET_BYTES];
static size_t files;

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(home, sizeof(home), "%s/a/log", root);
	kit_key("example.com/log", VKEY_ED25519, 1, &key, secret);
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_all(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int teardown(void **state)
{
	(void)state;
	remove_all(root);
	return 0;
}

static int check_mode(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)at;
	if ((status->st_mode & 0777) != (type == FTW_D ? 0700u : 0600u))
		fail_msg("%s has the mode %o", path, status->st_mode & 0777);
	if (strstr(path, ".new") != NULL)
		fail_msg("%s was left", path);
	files += type == FTW_F;
	return 0;
}

static size_t count_files(void)
{
	files = 0;
	assert_int_equal(nftw(home, check_mode, 8, FTW_PHYS), 0);
	return files;
}

static bool there(const char *path)
{
	char file[256];

	snprintf(file, sizeof(file), "%s/%s", home, path);
	return access(file, F_OK) == 0;
}

/* Appends the next entries in one; what the append returned. */
static int append(struct ledger *ledger, size_t count)
{
	static struct tiles_entry entry[1024];
	uint64_t first, size = ledger_size(ledger);
	struct error error;
	size_t i;

	for (i = 0; i < count; i++)
		entry[i] = kit_entry(size + i);
	return ledger_append(ledger, secret, entry, count, &first, &error);
}

static struct ledger *open_log(const struct tiles_store *store)
{
	struct ledger *ledger;
	struct error error;

	if (!there(LEDGER_CHECKPOINT) && ledger_create(store, &key, secret, &error) != 0)
		fail_msg("%s", error.message);
	if (ledger_open(store, &key, NULL, &ledger, &error) != 0)
		fail_msg("%s", error.message);
	return ledger;
}

static void grows(void **state)
{
	struct bytes out = BYTES_INIT;
	struct tiles_store store;
	struct folder *folder;
	struct ledger *ledger;
	struct error error;
	int durable;
	uint64_t i;

	(void)state;
	for (durable = 0; durable < 2; durable++) {
		assert_int_equal(folder_store(home, durable != 0, &folder, &store, &error), 0);
		assert_false(there(""));	/* nothing is made before the first write */
		assert_int_equal(store.read(store.context, LEDGER_CHECKPOINT, 100, &out),
				 TACIT_E_NOT_FOUND);
		ledger = open_log(&store);
		for (i = 0; i < 70; i++)
			assert_int_equal(append(ledger, 1), 0);
		assert_true(there("tile/0/000.p/3"));
		assert_int_equal(append(ledger, 530), 0);
		/* 600 = 2 * 256 + 88: the partial ones of what is full are gone. */
		assert_false(there("tile/0/000.p"));
		assert_false(there("tile/entries/000.p"));
		assert_true(there("tile/0/002.p/88"));
		assert_true(there("tile/entries/001"));
		assert_true(there("tile/1/000.p/2"));
		/* Three tiles and three bundles, the tile above, the checkpoint. */
		assert_int_equal(count_files(), 8);
		ledger_close(ledger);
		folder_free(folder);
		assert_int_equal(folder_store(home, durable != 0, &folder, &store, &error), 0);
		ledger = open_log(&store);
		assert_int_equal(ledger_size(ledger), 600);
		for (i = 0; i < 600; i += 7) {
			bytes_clear(&out);
			assert_int_equal(ledger_entry(ledger, i, &out, &error), 0);
			assert_int_equal(out.size, kit_entry(i).size);
			assert_memory_equal(out.data, kit_entry(i).data, out.size);
		}
		ledger_close(ledger);
		folder_free(folder);
		bytes_clear(&out);
		remove_all(home);
	}
	bytes_free(&out);
}

static void names(void **state)
{
	static const char *const bad[] = {
		"", "key", "../checkpoint", "checkpoint/", "/checkpoint", "checkpoint.new", "tile/0/../../x",
		"tile/0/000.new", "tile/0/0", "tile/8/000", "tile/63/000", "tile/entries/000.p/256",
	};
	char longest[5000];
	struct bytes out = BYTES_INIT;
	struct tiles_store store;
	struct folder *folder;
	struct error error;
	size_t i;

	(void)state;
	assert_int_equal(folder_store(home, false, &folder, &store, &error), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(store.write(store.context, bad[i], "x", 1), TACIT_E_ARGUMENT);
		assert_int_equal(store.read(store.context, bad[i], 10, &out), TACIT_E_ARGUMENT);
	}
	assert_false(there(""));
	assert_int_equal(store.write(store.context, "tile/7/000", "12345", 5), 0);
	assert_int_equal(bytes_append_text(&out, "before "), 0);
	assert_int_equal(store.read(store.context, "tile/7/000", 5, &out), 0);
	assert_string_equal((char *)out.data, "before 12345");
	assert_int_equal(store.read(store.context, "tile/7/000", 4, &out), TACIT_E_DAMAGED);
	folder_free(folder);
	folder_free(NULL);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	assert_int_equal(folder_store(longest, false, &folder, &store, &error), TACIT_E_ARGUMENT);
	assert_int_equal(folder_store("", false, &folder, &store, &error), TACIT_E_ARGUMENT);
	bytes_free(&out);
	remove_all(home);
}

/* The folder's store, of which a write to a path that begins so fails. */
struct failing {
	struct tiles_store store;
	const char *fail;
};

static int failing_read(void *context, const char *path, size_t max, struct bytes *out)
{
	struct failing *failing = context;

	return failing->store.read(failing->store.context, path, max, out);
}

static int failing_write(void *context, const char *path, const void *data, size_t size)
{
	struct failing *failing = context;

	if (failing->fail != NULL && strncmp(path, failing->fail, strlen(failing->fail)) == 0)
		return TACIT_E_IO;
	return failing->store.write(failing->store.context, path, data, size);
}

/* An append that fills a tile fails; a smaller one follows. The partial tile that it needs stays. */
static void failed_append(void **state)
{
	static const char *const stage[] = { "tile/0/001", "tile/1", "checkpoint" };
	struct tiles_store store;
	struct failing failing = { .fail = NULL };
	struct bytes out = BYTES_INIT;
	struct folder *folder;
	struct ledger *ledger;
	struct error error;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(stage) / sizeof(stage[0]); i++) {
		struct tiles_entry junk[300];
		uint64_t first;

		assert_int_equal(folder_store(home, false, &folder, &failing.store, &error), 0);
		store = (struct tiles_store){ failing_read, failing_write, &failing };
		ledger = open_log(&store);
		assert_int_equal(append(ledger, 200), 0);
		for (n = 0; n < 300; n++)
			junk[n] = (struct tiles_entry){ "of a failed append", 18 };
		failing.fail = stage[i];
		assert_int_equal(ledger_append(ledger, secret, junk, 300, &first, &error), TACIT_E_IO);
		failing.fail = NULL;
		assert_true(there("tile/0/000"));
		ledger_close(ledger);
		ledger = open_log(&store);
		assert_int_equal(append(ledger, 5), 0);
		assert_true(there("tile/0/000.p/205"));
		ledger_close(ledger);
		ledger = open_log(&store);
		for (n = 0; n < 205; n++) {
			bytes_clear(&out);
			assert_int_equal(ledger_entry(ledger, n, &out, &error), 0);
			assert_memory_equal(out.data, kit_entry(n).data, out.size);
		}
		/* And the next that fills it leaves a whole log. */
		assert_int_equal(append(ledger, 100), 0);
		assert_false(there("tile/0/000.p"));
		ledger_close(ledger);
		ledger = open_log(&store);
		assert_int_equal(ledger_size(ledger), 305);
		ledger_close(ledger);
		folder_free(folder);
		remove_all(home);
	}
	bytes_free(&out);
}

/* What cannot be written is an error, and the log that was there stays. */
static void refused_by_disk(void **state)
{
	char file[256];
	struct tiles_store store;
	struct folder *folder;
	struct ledger *ledger;
	struct error error;

	(void)state;
	assert_int_equal(folder_store(home, true, &folder, &store, &error), 0);
	ledger = open_log(&store);
	assert_int_equal(append(ledger, 9), 0);
	/* A file where a folder has to be, which stops root too. */
	snprintf(file, sizeof(file), "%s/tile/1", home);
	assert_int_equal(close(creat(file, 0600)), 0);
	assert_int_equal(append(ledger, 250), TACIT_E_IO);
	ledger_close(ledger);
	ledger = open_log(&store);
	assert_int_equal(ledger_size(ledger), 9);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(append(ledger, 250), 0);
	ledger_close(ledger);
	folder_free(folder);
	remove_all(home);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows), cmocka_unit_test(names), cmocka_unit_test(failed_append),
		cmocka_unit_test(refused_by_disk),
	};

	return cmocka_run_group_tests_name("ledger folder", tests, setup, teardown);
}
