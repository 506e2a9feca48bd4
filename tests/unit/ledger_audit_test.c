/* Audits: no byte of a log can be changed, and the sentence says which file was. */
#include "ledger_kit.h"

#include "ledger/audit.h"

static struct kit_store kit;
static struct vkey key;
static uint8_t secret[VKEY_SECRET_BYTES];

static int make_key(void **state)
{
	(void)state;
	kit_key("example.com/log", VKEY_ED25519, 1, &key, secret);
	return 0;
}

static void append(uint64_t count)
{
	static struct tiles_entry entry[1024];
	struct tiles_store store = kit_store_of(&kit);
	struct ledger *ledger;
	struct error error;
	uint64_t first;

	if (kit_find(&kit, LEDGER_CHECKPOINT) == NULL)
		assert_int_equal(ledger_create(&store, &key, secret, &error), 0);
	assert_int_equal(ledger_open(&store, &key, NULL, &ledger, &error), 0);
	while (count > 0) {
		uint64_t i, size = ledger_size(ledger), some = count < 1024 ? count : 1024;

		for (i = 0; i < some; i++)
			entry[i] = kit_entry(size + i);
		assert_int_equal(ledger_append(ledger, secret, entry, some, &first, &error), 0);
		count -= some;
	}
	ledger_close(ledger);
}

/* Leaves the files that a log of this size consists of: no partial tiles of older sizes. */
static void drop_older(uint64_t size)
{
	size_t f = 0;

	while (f < kit.count) {
		uint64_t index, hashes;
		unsigned width;
		int level;

		if (tiles_take_path(kit.file[f].path, &level, &index, &width) && width < TILES_WIDTH) {
			hashes = level > 0 ? size >> (TILES_HEIGHT * level) : size;
			if (index != hashes / TILES_WIDTH || width != hashes % TILES_WIDTH) {
				kit_drop(&kit, kit.file[f].path);
				continue;
			}
		}
		f++;
	}
}

static int audit(const struct checkpoint *seen, struct error *error)
{
	static const struct audit_options options = { .threads = 1 };
	struct tiles_store store = kit_store_of(&kit);
	struct audit_report report;

	return audit_log(&store, &key, seen, &options, &report, error);
}

static void expect_good(void)
{
	struct error error;

	if (audit(NULL, &error) != 0)
		fail_msg("%s", error.message);
}

/* The audit fails, and names this file. */
static void expect_bad(const char *path, const char *what, size_t at)
{
	struct error error;
	int result = audit(NULL, &error);

	if (result == 0)
		fail_msg("%s, byte %zu: %s was not seen", path, at, what);
	if (strstr(error.message, path) == NULL)
		fail_msg("%s, byte %zu, %s: \"%s\"", path, at, what, error.message);
	if (strcmp(path, LEDGER_CHECKPOINT) != 0)
		assert_int_equal(result, TACIT_E_DAMAGED);
}

static void flip(struct kit_file *file, size_t at, uint8_t mask)
{
	file->data.data[at] ^= mask;
	expect_bad(file->path, "a flipped bit", at);
	file->data.data[at] ^= mask;
}

/* Every stride-th byte of every step-th file and of all at the right edge; a byte less; a byte
 * more; no file. */
static void attack(uint64_t size, size_t stride, size_t step)
{
	size_t f, i, flips = 0;

	append(size);
	drop_older(size);
	expect_good();
	for (f = 0; f < kit.count; f++) {
		struct kit_file *file = &kit.file[f];
		struct kit_file kept = *file;

		if (f % step != 0 && strstr(file->path, ".p/") == NULL)
			continue;
		for (i = f % stride; i < file->data.size; i += stride, flips++)
			flip(file, i, (uint8_t)(1 << (f + i / stride) % 8));
		file->data.size--;
		expect_bad(file->path, "a truncated file", file->data.size);
		file->data.size = 0;
		expect_bad(file->path, "an empty file", 0);
		file->data.size = kept.data.size;
		assert_int_equal(bytes_append_byte(&file->data, 0), 0);
		expect_bad(file->path, "a byte more", file->data.size);
		file->data.size--;
		memset(file->path, 0, 1);
		expect_bad(kept.path, "a missing file", 0);
		memcpy(file->path, kept.path, sizeof(kept.path));
	}
	expect_good();
	print_message("size %llu: %zu files, %zu flips\n", (unsigned long long)size, kit.count, flips);
	kit_empty(&kit);
}

static void every_byte(void **state)
{
	(void)state;
	attack(7, 1, 1);			/* three bits */
	attack(43, 1, 1);			/* four */
	attack(256 + 44, 1, 1);			/* 256 + 32 + 8 + 4 */
	attack(256 * 3 + 7, 29, 1);
	attack(65536 + 256 + 208, 4001, 64);	/* 66000: three levels */
}

static void whole_tiles(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 255, 256, 257, 512, 65536 };
	size_t s;

	(void)state;
	for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		append(sizes[s]);
		drop_older(sizes[s]);
		expect_good();
		kit_empty(&kit);
	}
}

struct told {
	uint64_t next, stop;
	unsigned permille;
};

static int tell_entry(void *context, uint64_t index, const void *data, size_t size)
{
	struct told *told = context;

	if (index == told->stop)
		return TACIT_E_STOPPED;
	assert_int_equal(index, told->next++);
	assert_int_equal(size, kit_entry(index).size);
	assert_memory_equal(data, kit_entry(index).data, size);
	return 0;
}

static void tell_progress(void *context, unsigned permille)
{
	struct told *told = context;

	assert_true(permille > told->permille && permille <= 1000);
	told->permille = permille;
}

/* Each entry once and in order, whatever the number of threads. */
static void what_is_told(void **state)
{
	struct tiles_store store = kit_store_of(&kit);
	struct audit_report report;
	struct error error;
	size_t threads, i;

	(void)state;
	append(9000);
	drop_older(9000);
	for (threads = 0; threads < 4; threads++) {
		struct told told = { 0, UINT64_MAX, 0 };
		struct audit_options options = { tell_entry, tell_progress, &told, threads };
		uint64_t bytes = 0;

		assert_int_equal(audit_log(&store, &key, NULL, &options, &report, &error), 0);
		assert_int_equal(told.next, 9000);
		assert_int_equal(told.permille, 1000);
		assert_int_equal(report.size, 9000);
		assert_int_equal(report.files, kit.count);
		for (i = 0; i < kit.count; i++)
			bytes += kit.file[i].data.size;
		assert_int_equal(report.bytes, bytes);
		assert_int_equal(report.unlogged, 0);
		told = (struct told){ 0, 5000, 0 };
		assert_int_equal(audit_log(&store, &key, NULL, &options, &report, &error),
				 TACIT_E_STOPPED);
		assert_int_equal(told.next, 5000);
	}
	kit_empty(&kit);
}

/* An append that stopped before its checkpoint, and the partial tiles gone: a log, with a rest. */
static void unlogged_rest(void **state)
{
	struct tiles_store store = kit_store_of(&kit);
	struct audit_report report;
	struct bytes note = BYTES_INIT;
	struct error error;
	uint64_t i, rest = 0;

	(void)state;
	append(200);
	bytes_append(&note, kit_find(&kit, LEDGER_CHECKPOINT)->data.data,
		     kit_find(&kit, LEDGER_CHECKPOINT)->data.size);
	append(300);
	kit_write(&kit, LEDGER_CHECKPOINT, note.data, note.size);
	assert_int_equal(audit_log(&store, &key, NULL, NULL, &report, &error), 0);
	assert_int_equal(report.unlogged, 0);
	kit_drop(&kit, "tile/0/000.p/200");
	kit_drop(&kit, "tile/entries/000.p/200");
	assert_int_equal(audit_log(&store, &key, NULL, NULL, &report, &error), 0);
	assert_int_equal(report.size, 200);
	for (i = 200; i < 256; i++)
		rest += 32 + 2 + kit_entry(i).size;
	assert_int_equal(report.unlogged, rest);
	/* What counts is checked there too. */
	kit_find(&kit, "tile/0/000")->data.data[199 * 32] ^= 1;
	expect_bad("tile/0/000", "a flipped bit", 199 * 32);
	kit_find(&kit, "tile/0/000")->data.data[199 * 32] ^= 1;
	kit_find(&kit, "tile/0/000")->data.size--;
	expect_bad("tile/0/000", "a byte less", 8191);
	bytes_free(&note);
	kit_empty(&kit);
}

/* What others have kept of the log: older, newer, of another log, with another content. */
static void what_others_saw(void **state)
{
	struct bytes note = BYTES_INIT;
	struct tiles_store store = kit_store_of(&kit);
	struct tiles_entry other = { "another", 7 };
	struct checkpoint seen;
	struct ledger *ledger;
	struct error error;
	uint64_t first;

	(void)state;
	append(300);
	bytes_append(&note, kit_find(&kit, LEDGER_CHECKPOINT)->data.data,
		     kit_find(&kit, LEDGER_CHECKPOINT)->data.size);
	assert_int_equal(checkpoint_open((char *)note.data, note.size, &key, &seen, &error), 0);
	assert_int_equal(audit(&seen, &error), 0);
	append(700);
	assert_int_equal(audit(&seen, &error), 0);
	kit_empty(&kit);
	/* An old backup. */
	append(299);
	assert_int_equal(audit(&seen, &error), TACIT_E_DAMAGED);
	assert_non_null(strstr(error.message, "went back"));
	/* Another entry in the place of the last, at the same size and then at a larger one. */
	assert_int_equal(ledger_open(&store, &key, NULL, &ledger, &error), 0);
	assert_int_equal(ledger_append(ledger, secret, &other, 1, &first, &error), 0);
	ledger_close(ledger);
	expect_good();
	assert_int_equal(audit(&seen, &error), TACIT_E_DAMAGED);
	assert_non_null(strstr(error.message, "two faces"));
	append(500);
	expect_good();
	assert_int_equal(audit(&seen, &error), TACIT_E_DAMAGED);
	assert_non_null(strstr(error.message, "two faces"));
	bytes_free(&note);
	kit_empty(&kit);
}

/* The checkpoint of an older size of the same log; of another key; tiles of another tree. */
static void replaced_files(void **state)
{
	static struct kit_store other;
	struct tiles_store store = kit_store_of(&kit);
	struct bytes note = BYTES_INIT;
	struct audit_report report;
	struct error error;
	struct vkey wrong;
	uint8_t wrong_secret[VKEY_SECRET_BYTES];

	(void)state;
	kit_key("example.com/other", VKEY_ED25519, 9, &wrong, wrong_secret);
	append(20);
	assert_int_equal(audit_log(&store, &wrong, NULL, NULL, &report, &error), TACIT_E_SIGNATURE);
	bytes_append(&note, kit_find(&kit, LEDGER_CHECKPOINT)->data.data,
		     kit_find(&kit, LEDGER_CHECKPOINT)->data.size);
	append(13);
	kit_write(&kit, LEDGER_CHECKPOINT, note.data, note.size);
	expect_good();		/* its tiles are still there */
	drop_older(33);
	expect_bad("tile/0/000.p/20", "an old checkpoint", 0);
	/* Tiles and entries that belong together, but to no checkpoint of this log. */
	kit_drop(&kit, "tile/0/000.p/33");
	kit_drop(&kit, "tile/entries/000.p/33");
	other = kit;
	memset(&kit, 0, sizeof(kit));
	append(21);
	{
		struct bytes swapped = kit_find(&kit, "tile/0/000.p/21")->data;
		struct bytes bundle = kit_find(&kit, "tile/entries/000.p/21")->data;

		kit_write(&other, "tile/0/000.p/20", swapped.data + 32, 20 * 32);
		kit_write(&other, "tile/entries/000.p/20", bundle.data + 2 + kit_entry(0).size,
			  bundle.size - 2 - kit_entry(0).size);
	}
	kit_empty(&kit);
	kit = other;
	assert_int_equal(audit(NULL, &error), TACIT_E_DAMAGED);
	assert_non_null(strstr(error.message, "another tree"));
	kit_empty(&kit);
	assert_int_equal(audit(NULL, &error), TACIT_E_NOT_FOUND);
	bytes_free(&note);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte), cmocka_unit_test(whole_tiles),
		cmocka_unit_test(what_is_told), cmocka_unit_test(unlogged_rest),
		cmocka_unit_test(what_others_saw), cmocka_unit_test(replaced_files),
	};

	return cmocka_run_group_tests_name("ledger audit", tests, make_key, NULL);
}
