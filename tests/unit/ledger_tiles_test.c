/* Tiles: layout, growth, crashes, and that no byte of storage is believed. */
#include "ledger_kit.h"

#include "ledger/tiles.h"

#define MOST 700

static struct digest leaf[MOST];
static struct kit_store kit;

static int make_leaves(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MOST; i++) {
		struct tiles_entry entry = kit_entry(i);

		digest_leaf(entry.data, entry.size, &leaf[i]);
	}
	return 0;
}

static struct tiles *open_at(uint64_t size)
{
	struct tiles_store store = kit_store_of(&kit);
	struct tiles *tiles;
	struct digest root;
	struct error error;

	kit_root(leaf, size, &root);
	if (tiles_open(&store, size, &root, &tiles, &error) != 0)
		fail_msg("%s", error.message);
	return tiles;
}

static void append(struct tiles *tiles, uint64_t count)
{
	static struct tiles_entry entry[MOST];
	struct error error;
	uint64_t i;

	for (i = 0; i < count; i++)
		entry[i] = kit_entry(tiles_size(tiles) + i);
	assert_int_equal(tiles_append(tiles, entry, count, &error), 0);
}

static void paths(void **state)
{
	static const char *const good[] = {
		"tile/0/000", "tile/0/000.p/1", "tile/2/x001/x234/067", "tile/entries/x001/000.p/255",
		"tile/63/999", "tile/entries/255"
	};
	static const char *const bad[] = {
		"", "tile", "tile/", "tile/0", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/00",
		"tile/0/0000", "tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/x001/",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000/",
		"tile/0/000.p/1/", "tile/entries/", "tile/data/000", "tile/0/../x", "tile/0/ 00",
		"tile/0/x036/x028/x797/x018/x963/968", "tile/0/x999/x999/x999/x999/x999/x999/999"
	};
	char path[TILES_PATH_BYTES];
	unsigned width;
	uint64_t index;
	size_t i;
	int level;

	(void)state;
	tiles_path(2, 1234067, 256, path);
	assert_string_equal(path, "tile/2/x001/x234/067");	/* the example of tlog-tiles */
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(tiles_take_path(good[i], &level, &index, &width));
		tiles_path(level, index, width, path);
		assert_string_equal(path, good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (tiles_take_path(bad[i], &level, &index, &width))
			fail_msg("\"%s\" was taken for a path", bad[i]);
	/* 2^63 leaves have 2^55 tiles; the last of them. */
	tiles_path(0, (1ULL << 55) - 1, 255, path);
	assert_true(tiles_take_path(path, &level, &index, &width));
	assert_int_equal(index, (1ULL << 55) - 1);
}

/* One at a time, and in steps; at each size the tiles, opened anew, give the reference's root. */
static void growth(void **state)
{
	static const uint64_t steps[] = { 1, 3, 255, 256, 257, 300, MOST };
	size_t s;

	(void)state;
	for (s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		struct tiles *tiles = open_at(0);
		struct digest root, want;

		while (tiles_size(tiles) < MOST) {
			uint64_t left = MOST - tiles_size(tiles);

			append(tiles, left < steps[s] ? left : steps[s]);
			tiles_root(tiles, &root);
			kit_root(leaf, tiles_size(tiles), &want);
			assert_memory_equal(&root, &want, sizeof(root));
			if (tiles_size(tiles) % 37 == 0 || steps[s] > 3) {
				uint64_t size = tiles_size(tiles);

				tiles_free(tiles);
				tiles = open_at(size);
			}
		}
		tiles_free(tiles);
		/* The names of a tree of 700: 2 full tiles, 188 hashes, and 2 hashes above. */
		assert_non_null(kit_find(&kit, "tile/0/001"));
		assert_non_null(kit_find(&kit, "tile/0/002.p/188"));
		assert_non_null(kit_find(&kit, "tile/entries/002.p/188"));
		assert_non_null(kit_find(&kit, "tile/1/000.p/2"));
		assert_null(kit_find(&kit, "tile/0/002"));
		assert_int_equal(kit_find(&kit, "tile/0/001")->data.size, 8192);
		kit_empty(&kit);
	}
}

static void proofs_and_entries(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 7, 255, 256, 257, 511, 512, 700 };
	struct error error;
	size_t s;

	(void)state;
	for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct tiles *tiles = open_at(0);
		struct tree_proof proof;
		struct digest root, old;
		uint64_t i, size = sizes[s];

		append(tiles, size);
		tiles_root(tiles, &root);
		for (i = 0; i < size; i++) {
			struct bytes entry = BYTES_INIT;

			assert_int_equal(tiles_inclusion(tiles, i, &proof, &error), 0);
			assert_true(tree_check_inclusion(i, size, &leaf[i], proof.hash, proof.count,
							 &root));
			if (i % 17 == 0) {
				assert_int_equal(tiles_entry(tiles, i, &entry, &error), 0);
				assert_int_equal(entry.size, kit_entry(i).size);
				assert_memory_equal(entry.data, kit_entry(i).data, entry.size);
			}
			bytes_free(&entry);
			if (i == 0)
				continue;
			assert_int_equal(tiles_old_root(tiles, i, &old, &error), 0);
			assert_int_equal(tiles_consistency(tiles, i, &proof, &error), 0);
			assert_true(tree_check_consistency(i, size, proof.hash, proof.count, &old, &root));
		}
		assert_int_equal(tiles_inclusion(tiles, size, &proof, &error), TACIT_E_ARGUMENT);
		assert_int_equal(tiles_consistency(tiles, size + 1, &proof, &error), TACIT_E_ARGUMENT);
		tiles_free(tiles);
		kit_empty(&kit);
	}
}

/* Whether anything at all can be read wrong: open, every entry of a bundle, a proof. */
static bool caught(uint64_t size, const struct digest *root, const char *path)
{
	struct tiles_store store = kit_store_of(&kit);
	struct bytes entry = BYTES_INIT;
	struct tree_proof proof;
	struct tiles *tiles;
	struct error error;
	unsigned width;
	uint64_t index;
	bool found;
	int level, result;

	assert_true(tiles_take_path(path, &level, &index, &width));
	result = tiles_open(&store, size, root, &tiles, &error);
	if (result != 0)
		return result == TACIT_E_DAMAGED;
	/* The first leaf below that tile. */
	for (; level > 0; level--)
		index *= TILES_WIDTH;
	index *= TILES_WIDTH;
	if (level == TILES_ENTRIES)
		found = tiles_entry(tiles, index, &entry, &error) == TACIT_E_DAMAGED;
	else
		found = tiles_inclusion(tiles, index, &proof, &error) == TACIT_E_DAMAGED;
	bytes_free(&entry);
	tiles_free(tiles);
	return found;
}

/* Every byte of every tile of the tree of that size, and of every bundle. */
static void flip_all(uint64_t size)
{
	struct tiles *tiles = open_at(0);
	struct digest root;
	size_t f, i, flips = 0;

	append(tiles, size);
	tiles_free(tiles);
	kit_root(leaf, size, &root);
	for (f = 0; f < kit.count; f++) {
		struct bytes *data = &kit.file[f].data;

		assert_false(caught(size, &root, kit.file[f].path));
		for (i = 0; i < data->size; i++) {
			data->data[i] ^= (uint8_t)(1 << (f + i) % 8);
			if (!caught(size, &root, kit.file[f].path))
				fail_msg("size %llu, %s: byte %zu can be changed",
					 (unsigned long long)size, kit.file[f].path, i);
			data->data[i] ^= (uint8_t)(1 << (f + i) % 8);
			flips++;
		}
		/* A byte less, a byte more. */
		data->size--;
		assert_true(caught(size, &root, kit.file[f].path));
		data->size++;
		assert_int_equal(bytes_append_byte(data, 0), 0);
		if (strstr(kit.file[f].path, "entries") == NULL || strstr(kit.file[f].path, ".p/") == NULL)
			assert_true(caught(size, &root, kit.file[f].path));
		data->size--;
	}
	print_message("size %llu: %zu files, %zu flips\n", (unsigned long long)size, kit.count, flips);
	kit_empty(&kit);
}

static void every_byte_is_checked(void **state)
{
	(void)state;
	flip_all(7);		/* three bits */
	flip_all(11);
	flip_all(73);
	flip_all(256 + 7);	/* and a full tile below */
}

static void missing_tiles(void **state)
{
	struct tiles_store store = kit_store_of(&kit);
	struct tiles *tiles = open_at(0);
	struct bytes entry = BYTES_INIT;
	struct tree_proof proof;
	struct digest root;
	struct error error;

	(void)state;
	append(tiles, 200);
	append(tiles, 100);
	append(tiles, 300);
	tiles_free(tiles);
	/* A partial tile and bundle may be dropped once the full ones are there. */
	kit_drop(&kit, "tile/0/000.p/200");
	kit_drop(&kit, "tile/entries/000.p/200");
	tiles = open_at(200);
	assert_int_equal(tiles_inclusion(tiles, 199, &proof, &error), 0);
	assert_int_equal(tiles_entry(tiles, 199, &entry, &error), 0);
	assert_int_equal(tiles_entry(tiles, 200, &entry, &error), TACIT_E_ARGUMENT);
	tiles_free(tiles);
	kit_root(leaf, 600, &root);
	kit_drop(&kit, "tile/0/000");
	tiles = open_at(600);
	assert_int_equal(tiles_inclusion(tiles, 3, &proof, &error), TACIT_E_NOT_FOUND);
	assert_int_equal(tiles_inclusion(tiles, 300, &proof, &error), 0);
	tiles_free(tiles);
	kit_drop(&kit, "tile/1/000.p/2");
	assert_int_equal(tiles_open(&store, 600, &root, &tiles, &error), TACIT_E_NOT_FOUND);
	bytes_free(&entry);
	kit_empty(&kit);
}

/* Each write of an append fails in turn: the old tree stays, and another append succeeds. */
static void crashes(void **state)
{
	static const uint64_t before[] = { 0, 5, 250, 256, 500 };
	size_t b, n;

	(void)state;
	for (b = 0; b < sizeof(before) / sizeof(before[0]); b++) {
		for (n = 1;; n++) {
			struct tiles_entry junk[20];
			struct tiles *tiles = open_at(0);
			struct error error;
			struct digest root, want;
			size_t i;
			int result;

			append(tiles, before[b]);
			for (i = 0; i < 20; i++)
				junk[i] = (struct tiles_entry){ "another entry", 13 };
			kit.writes = 0;
			kit.fail_at = n;
			result = tiles_append(tiles, junk, 20, &error);
			kit.fail_at = 0;
			if (result == 0) {
				tiles_free(tiles);
				kit_empty(&kit);
				break;
			}
			assert_int_equal(result, TACIT_E_IO);
			assert_int_equal(tiles_size(tiles), before[b]);
			tiles_free(tiles);
			tiles = open_at(before[b]);
			append(tiles, 20);
			tiles_root(tiles, &root);
			kit_root(leaf, before[b] + 20, &want);
			assert_memory_equal(&root, &want, sizeof(root));
			tiles_free(tiles);
			tiles_free(open_at(before[b] + 20));
			kit_empty(&kit);
		}
		assert_true(n > 2);
	}
}

static void limits(void **state)
{
	static uint8_t big[LIMIT_LOG_ENTRY_BYTES + 1];
	struct tiles_entry entry = { big, LIMIT_LOG_ENTRY_BYTES }, over = { big, sizeof(big) };
	struct tiles_store store = kit_store_of(&kit);
	struct tiles *tiles = open_at(0);
	struct bytes out = BYTES_INIT;
	struct digest root;
	struct error error;

	(void)state;
	assert_int_equal(tiles_append(tiles, &over, 1, &error), TACIT_E_LIMIT);
	assert_int_equal(tiles_append(tiles, &entry, 1, &error), 0);
	assert_int_equal(tiles_append(tiles, &entry, LIMIT_LOG_BATCH + 1, &error), TACIT_E_LIMIT);
	assert_int_equal(tiles_entry(tiles, 0, &out, &error), 0);
	assert_int_equal(out.size, LIMIT_LOG_ENTRY_BYTES);
	tiles_root(tiles, &root);
	tiles_free(tiles);
	assert_int_equal(tiles_open(&store, 1ULL << 63, &root, &tiles, &error), TACIT_E_LIMIT);
	bytes_free(&out);
	kit_empty(&kit);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths), cmocka_unit_test(growth), cmocka_unit_test(proofs_and_entries),
		cmocka_unit_test(every_byte_is_checked), cmocka_unit_test(missing_tiles),
		cmocka_unit_test(crashes), cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests_name("ledger tiles", tests, make_leaves, NULL);
}
