/* Archives, folders and encodings: what is read must not depend on how it is packed. */
#include "sources_record.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/limits.h"
#include "sources/parts.h"

#define EXPORTS "tests/fixtures/exports/"

static char folder[64];

static const char *in_folder(char room[512], const char *name)
{
	snprintf(room, 512, "%s/%s", folder, name);
	return room;
}

static int set_up(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");	/* libarchive needs it to write such names */
	snprintf(folder, sizeof(folder), "/tmp/tacit-archive-test-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct part {
	const char *name;
	const void *data;
	size_t size;
};

/* Packs parts with libarchive; zip, or tar under gzip. */
static void pack(const char *path, bool zip, const struct part *parts, size_t count)
{
	struct archive *archive = archive_write_new();
	size_t i;

	if (zip) {
		assert_int_equal(archive_write_set_format_zip(archive), 0);
	} else {
		assert_int_equal(archive_write_set_format_pax_restricted(archive), 0);
		assert_int_equal(archive_write_add_filter_gzip(archive), 0);
	}
	assert_int_equal(archive_write_open_filename(archive, path), 0);
	for (i = 0; i < count; i++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname_utf8(entry, parts[i].name);
		archive_entry_set_size(entry, (la_int64_t)parts[i].size);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		assert_int_equal(archive_write_header(archive, entry), 0);
		assert_int_equal(archive_write_data(archive, parts[i].data, parts[i].size),
				 (la_ssize_t)parts[i].size);
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(archive), 0);
	archive_write_free(archive);
}

static struct bytes load(const char *path)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;

	assert_int_equal(file_read(path, 1 << 28, &bytes, &error), 0);
	return bytes;
}

static void expect_same(const struct record *left, const struct record *right)
{
	uint64_t i;

	assert_int_equal(left->result, 0);
	assert_int_equal(right->result, 0);
	assert_true(left->acts > 0);
	assert_int_equal(left->acts, right->acts);
	for (i = 0; i < left->acts; i++)
		assert_string_equal(left->line[i], right->line[i]);
}

static void test_packed_or_not(void **state)
{
	struct bytes ratings = load(EXPORTS "movielens/ratings.csv");
	struct bytes movies = load(EXPORTS "movielens/movies.csv");
	/* Films after the ratings and before them, under a name that is not ASCII. */
	const struct part after[] = { { "ml-\xc3\xa9/ratings.csv", ratings.data, ratings.size },
				      { "ml-\xc3\xa9/movies.csv", movies.data, movies.size } };
	const struct part before[] = { after[1], after[0] };
	struct record *plain = record_read(EXPORTS "movielens", "1"), *packed;
	char path[512], inner[512], twice[512], deep[512];
	struct bytes bytes;
	int zip;

	(void)state;
	for (zip = 0; zip < 2; zip++) {
		pack(in_folder(path, zip ? "a.zip" : "a.tar.gz"), zip, after, 2);
		packed = record_read(path, "1");
		expect_same(plain, packed);
		assert_string_equal(packed->report[0].entry, "ml-\xc3\xa9/ratings.csv");
		record_free(packed);
		pack(path, zip, before, 2);
		packed = record_read(path, "1");
		expect_same(plain, packed);
		record_free(packed);
	}
	/* A zip in a tar.gz in a zip is as deep as it goes; one more is left alone. */
	bytes = load(in_folder(path, "a.zip"));
	pack(in_folder(inner, "b.tar.gz"), false,
	     &(struct part){ "a.zip", bytes.data, bytes.size }, 1);
	bytes_free(&bytes);
	bytes = load(inner);
	pack(in_folder(twice, "c.zip"), true, &(struct part){ "b.tar.gz", bytes.data, bytes.size }, 1);
	bytes_free(&bytes);
	packed = record_read(twice, "1");
	expect_same(plain, packed);
	assert_string_equal(packed->report[0].entry, "b.tar.gz/a.zip/ml-\xc3\xa9/ratings.csv");
	record_free(packed);
	bytes = load(twice);
	pack(in_folder(deep, "d.zip"), true, &(struct part){ "c.zip", bytes.data, bytes.size }, 1);
	bytes_free(&bytes);
	packed = record_read(deep, "1");
	assert_int_equal(packed->result, TACIT_E_FORMAT);
	assert_non_null(strstr(packed->ignored, "too deep"));
	record_free(packed);
	record_free(plain);
	bytes_free(&ratings);
	bytes_free(&movies);
}

static void test_gzip_alone(void **state)
{
	struct bytes file = load(EXPORTS "lastfm.csv");
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct record *plain = record_read(EXPORTS "lastfm.csv", NULL), *packed;
	char path[512];

	(void)state;
	archive_write_set_format_raw(archive);
	archive_write_add_filter_gzip(archive);
	archive_write_open_filename(archive, in_folder(path, "lastfm.csv.gz"));
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_header(archive, entry);
	archive_write_data(archive, file.data, file.size);
	archive_entry_free(entry);
	archive_write_free(archive);
	packed = record_read(path, NULL);
	expect_same(plain, packed);
	assert_string_equal(packed->report[0].kind, "lastfm");
	record_free(packed);
	record_free(plain);
	bytes_free(&file);
}

/* Every length of a zip that is cut short: always an error, never an act and a success. */
static void test_cut_short(void **state)
{
	struct bytes diary = load(EXPORTS "letterboxd/diary.csv");
	struct bytes ratings = load(EXPORTS "letterboxd/ratings.csv");
	const struct part parts[] = { { "diary.csv", diary.data, diary.size },
				      { "ratings.csv", ratings.data, ratings.size } };
	struct bytes whole;
	struct record *record;
	char path[512], cut[512];
	size_t size;

	(void)state;
	pack(in_folder(path, "l.zip"), true, parts, 2);
	whole = load(path);
	in_folder(cut, "cut.zip");
	for (size = 4; size < whole.size; size += size < 600 ? 7 : 61) {
		record_write(cut, whole.data, size);
		record = record_read_how(cut, NULL, true, 0);
		assert_int_equal(record->result, TACIT_E_FORMAT);
		assert_int_equal(record->acts, 0);
		assert_non_null(strstr(record->error.message, "cut.zip"));
		record_free(record);
	}
	/* Cut right behind the first file's data, in the child. */
	record_write(cut, whole.data, whole.size / 2);
	record = record_read(cut, NULL);
	assert_int_equal(record->result, TACIT_E_FORMAT);
	assert_non_null(strstr(record->error.message, "cut short"));
	assert_non_null(strstr(record->error.message, "file"));
	assert_non_null(strstr(record->error.message, "nothing of it was kept"));
	record_free(record);
	bytes_free(&whole);
	bytes_free(&diary);
	bytes_free(&ratings);
}

static void test_cut_short_gzip(void **state)
{
	struct bytes diary = load(EXPORTS "letterboxd/diary.csv"), whole;
	const struct part part = { "diary.csv", diary.data, diary.size };
	struct record *record;
	char path[512];

	(void)state;
	pack(in_folder(path, "l.tar.gz"), false, &part, 1);
	whole = load(path);
	record_write(path, whole.data, whole.size / 2);
	record = record_read(path, NULL);
	assert_int_equal(record->result, TACIT_E_FORMAT);
	assert_int_equal(record->acts, 0);
	record_free(record);
	bytes_free(&whole);
	bytes_free(&diary);
}

/* 300 MiB of zeros in 300 KiB: above LIMIT_RATIO (1000), whether the bytes are ever read or not. */
static void test_bomb(void **state)
{
	size_t size = (size_t)300 << 20;
	char *zeros = calloc(1, size), path[512];
	struct record *record;
	int zip;

	(void)state;
	assert_non_null(zeros);
	for (zip = 0; zip < 2; zip++) {
		pack(in_folder(path, zip ? "bomb.zip" : "bomb.tar.gz"), zip,
		     &(struct part){ "zeros.csv", zeros, size }, 1);
		record = record_read(path, NULL);
		assert_int_equal(record->result, TACIT_E_LIMIT);
		assert_int_equal(record->acts, 0);
		assert_non_null(strstr(record->error.message, "bomb"));
		assert_non_null(strstr(record->error.message, "1000 times"));
		record_free(record);
	}
	free(zeros);
}

static void test_many_entries(void **state)
{
	struct archive *archive = archive_write_new();
	struct record *record;
	char path[512], name[32];
	int i;

	(void)state;
	archive_write_set_format_zip(archive);
	archive_write_open_filename(archive, in_folder(path, "many.zip"));
	for (i = 0; i < LIMIT_ENTRIES + 1; i++) {
		struct archive_entry *entry = archive_entry_new();

		snprintf(name, sizeof(name), "%d", i);
		archive_entry_set_pathname(entry, name);
		archive_entry_set_size(entry, 0);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_write_header(archive, entry);
		archive_entry_free(entry);
	}
	archive_write_free(archive);
	record = record_read(path, NULL);
	assert_int_equal(record->result, TACIT_E_LIMIT);
	record_free(record);
}

/* ASCII text as UTF-16 with a mark. */
static void write_utf16(const char *path, const struct bytes *text, bool big)
{
	uint8_t *out = malloc(text->size * 2 + 2);
	size_t i;

	assert_non_null(out);
	out[big ? 0 : 1] = 0xfe;
	out[big ? 1 : 0] = 0xff;
	for (i = 0; i < text->size; i++) {
		assert_true(text->data[i] < 0x80);
		out[2 + 2 * i + (big ? 1 : 0)] = text->data[i];
		out[2 + 2 * i + (big ? 0 : 1)] = 0;
	}
	record_write(path, out, text->size * 2 + 2);
	free(out);
}

static void test_utf16(void **state)
{
	struct bytes text = load(EXPORTS "netflix/short-mdy.csv");
	struct record *plain = record_read(EXPORTS "netflix/short-mdy.csv", NULL), *wide;
	static const uint8_t clef[] = { 0xff, 0xfe, 'u', 0, 't', 0, 's', 0, ',', 0, 'a', 0, 'r', 0, 't',
					0, 'i', 0, 's', 0, 't', 0, ',', 0, 't', 0, 'r', 0, 'a', 0, 'c',
					0, 'k', 0, '\n', 0, '9', 0, ',', 0, 'x', 0, ',', 0,
					0x34, 0xd8, 0x1e, 0xdd, '\n', 0 };
	char path[512];
	int big;

	(void)state;
	for (big = 0; big < 2; big++) {
		write_utf16(in_folder(path, "wide.csv"), &text, big);
		wide = record_read(path, NULL);
		expect_same(plain, wide);
		assert_non_null(strstr(wide->report[0].note, "UTF-16"));
		record_free(wide);
	}
	/* U+1D11E is a pair of units: D834 DD1E. */
	record_write(in_folder(path, "clef.csv"), clef, sizeof(clef));
	wide = record_read(path, NULL);
	assert_int_equal(wide->acts, 1);
	assert_string_equal(wide->line[0],
			    "1970-01-01T00:00:09.000Z listen music|\xf0\x9d\x84\x9e|x|-|-|-|-|-|-|-");
	record_free(wide);
	record_free(plain);
	bytes_free(&text);
}

static void test_encodings(void **state)
{
	static const char marked[] = "\xef\xbb\xbfuts,artist,track\n1,A,Caf\xc3\xa9\n";
	static const char windows[] = "uts,artist,track\n1,A,Caf\xe9 \x93x\x94\n2,B,Plain\n";
	static const char mixed[] = "uts,artist,track\n1,A,Caf\xc3\xa9\n2,B,Caf\xe9\n3,C,Plain\n";
	struct record *record;
	char path[512];

	(void)state;
	record_write(in_folder(path, "e.csv"), marked, sizeof(marked) - 1);
	record = record_read(path, NULL);
	assert_int_equal(record->acts, 1);
	assert_non_null(strstr(record->line[0], "Caf\xc3\xa9|A"));
	assert_string_equal(record->report[0].note, "");
	record_free(record);
	record_write(path, windows, sizeof(windows) - 1);
	record = record_read(path, NULL);
	assert_int_equal(record->acts, 2);
	assert_non_null(strstr(record->line[0], "Caf\xc3\xa9 \xe2\x80\x9cx\xe2\x80\x9d|A"));
	assert_string_equal(record->report[0].note, "text read as Windows-1252");
	record_free(record);
	record_write(path, mixed, sizeof(mixed) - 1);
	record = record_read(path, NULL);
	assert_int_equal(record->acts, 2);
	assert_int_equal(record->report[0].read, 3);
	assert_int_equal(record_skipped(&record->report[0], "not valid text (UTF-8)"), 1);
	record_free(record);
}

static void test_links(void **state)
{
	char path[512], name[512], outside[512];
	struct bytes file = load(EXPORTS "lastfm.csv");
	struct record *record;

	(void)state;
	record_write(in_folder(outside, "secret.csv"), file.data, file.size);
	assert_int_equal(mkdir(in_folder(path, "f"), 0700), 0);
	snprintf(name, sizeof(name), "%.400s/link.csv", path);
	assert_int_equal(symlink(outside, name), 0);
	snprintf(name, sizeof(name), "%.400s/up", path);
	assert_int_equal(symlink(folder, name), 0);
	snprintf(name, sizeof(name), "%.400s/pipe", path);
	assert_int_equal(mkfifo(name, 0600), 0);
	record = record_read(path, NULL);
	assert_int_equal(record->result, TACIT_E_FORMAT);
	assert_int_equal(record->acts, 0);
	assert_non_null(strstr(record->ignored, "link.csv: a link"));
	assert_non_null(strstr(record->ignored, "up: a link"));
	assert_non_null(strstr(record->ignored, "pipe: not a file"));
	record_free(record);
	/* A link that the person names is meant. */
	snprintf(name, sizeof(name), "%.400s/link.csv", path);
	record = record_read(name, NULL);
	assert_int_equal(record->result, 0);
	assert_int_equal(record->acts, 1);
	record_free(record);
	bytes_free(&file);
}

/* In a folder a broken archive is told about, and the rest is read. */
static void test_broken_in_folder(void **state)
{
	char path[512], name[512];
	struct bytes file = load(EXPORTS "lastfm.csv");
	struct record *record;

	(void)state;
	assert_int_equal(mkdir(in_folder(path, "g"), 0700), 0);
	snprintf(name, sizeof(name), "%.400s/a.zip", path);
	record_write(name, "PK\3\4 and no more", 16);
	snprintf(name, sizeof(name), "%.400s/b.csv", path);
	record_write(name, file.data, file.size);
	record = record_read(path, NULL);
	assert_string_equal(record->error.message, "");
	assert_int_equal(record->result, 0);
	assert_int_equal(record->acts, 1);
	assert_int_equal(record->sources, 1);
	assert_string_equal(record->report[0].entry, "b.csv");
	assert_non_null(strstr(record->ignored, "a.zip: "));
	assert_non_null(strstr(record->ignored, "cut short"));
	record_free(record);
	bytes_free(&file);
}

static void test_nothing_known(void **state)
{
	struct record *record;
	char path[512];

	(void)state;
	record_write(in_folder(path, "x.bin"), "\0\1\2\3", 4);
	record = record_read(path, NULL);
	assert_int_equal(record->result, TACIT_E_FORMAT);
	assert_non_null(strstr(record->error.message, "x.bin"));
	assert_non_null(strstr(record->error.message, "tacit add --help"));
	record_free(record);
	record_write(path, "", 0);
	record = record_read(path, NULL);
	assert_int_equal(record->result, TACIT_E_FORMAT);
	assert_non_null(strstr(record->error.message, "x.bin that tacit can read (empty)"));
	assert_string_equal(record->ignored, "");	/* it is told once */
	record_free(record);
	record = record_read(in_folder(path, "absent"), NULL);
	assert_int_equal(record->result, TACIT_E_NOT_FOUND);
	record_free(record);
}

/* Parts are one export: what one has helps the other, in any order, here and behind the walls; and
 * one part alone says that there is another. */
static void test_parts(void **state)
{
	struct bytes ratings = load(EXPORTS "movielens/ratings.csv");
	struct bytes movies = load(EXPORTS "movielens/movies.csv");
	const struct part one = { "ml/ratings.csv", ratings.data, ratings.size };
	const struct part two = { "ml/movies.csv", movies.data, movies.size };
	char first[512], second[512];
	const char *both[2] = { in_folder(first, "takeout-20240102T030405Z-001.zip"),
				in_folder(second, "takeout-20240102T030405Z-002.zip") };
	const char *turned[2] = { both[1], both[0] };
	struct record *whole = record_read(EXPORTS "movielens", "1"), *record;

	(void)state;
	pack(both[0], true, &one, 1);
	pack(both[1], true, &two, 1);
	record = record_read_all(both, 2, "1", false, 0);
	/* The films alone are nothing to be kept, and that is no error where there are other parts. */
	expect_same(whole, record);
	assert_string_equal(record->ignored, "takeout-20240102T030405Z-002.zip: nothing in this part "
			    "that tacit can read\n");
	record_free(record);
	record = record_read_all(turned, 2, "1", true, 0);
	expect_same(whole, record);
	record_free(record);
	record = record_read_all(both, 1, "1", false, 0);
	assert_string_equal(record->ignored, "takeout-20240102T030405Z-002.zip: another part of "
			    "takeout-20240102T030405Z-001.zip: give all parts at once\n");
	record_free(record);
	record_free(whole);
	bytes_free(&ratings);
	bytes_free(&movies);
}

static void test_part_names(void **state)
{
	(void)state;
	assert_int_equal(parts_stem("takeout-20240102T030405Z-001.zip"), 25);
	assert_int_equal(parts_stem("a-1-002.tgz"), 4);
	assert_int_equal(parts_stem("a-01.zip"), 0);
	assert_int_equal(parts_stem("a-2019.zip"), 0);
	assert_int_equal(parts_stem("-001.zip"), 0);
	assert_int_equal(parts_stem("a001.zip"), 0);
	assert_int_equal(parts_stem("a-001.csv"), 0);
}

/* The folders of a Takeout are named in the person's language, and nest as they like. */
static void test_languages(void **state)
{
	static const char *const trees[] = {
		"Takeout/YouTube und YouTube Music/Verlauf/Wiedergabeverlauf.json",
		"Takeout/YouTube et YouTube\xc2\xa0Music/historique/watch-history.json",
		"Takeout/YouTube y YouTube Music/historial/historial de reproducciones.json",
		"Takeout/YouTube \xe3\x81\xa8 YouTube Music/\xe5\xb1\xa5\xe6\xad\xb4/\xe8\xa6\x96\xe8\x81\xb4\xe5\xb1\xa5\xe6\xad\xb4.json",
		"a/b/c/d/e/f/g/h/i/j/Takeout/\xd0\x98\xd1\x81\xd1\x82\xd0\xbe\xd1\x80\xd0\xb8\xd1\x8f.json",
	};
	struct bytes history = load(EXPORTS "google/watch-history.json");
	struct record *plain = record_read(EXPORTS "google/watch-history.json", NULL), *record;
	char path[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		struct part part = { trees[i], history.data, history.size };

		pack(in_folder(path, "language.zip"), true, &part, 1);
		record = record_read(path, NULL);
		expect_same(plain, record);
		assert_string_equal(record->report[0].entry, trees[i]);
		record_free(record);
	}
	record_free(plain);
	bytes_free(&history);
}

/* Of several paths the first that cannot be read ends it; those before were given whole. */
static void test_one_bad(void **state)
{
	char bad[512];
	const char *paths[3] = { EXPORTS "plain.tsv", in_folder(bad, "bad.zip"), EXPORTS "lastfm.csv" };
	struct record *alone = record_read(paths[0], NULL), *record;
	bool here;

	(void)state;
	record_write(bad, "PK\3\4 and no more", 16);
	for (here = false;; here = true) {
		record = record_read_all(paths, 3, NULL, here, 0);
		assert_int_equal(record->result, TACIT_E_FORMAT);
		if (strstr(record->error.message, "bad.zip is cut short") == NULL)
			fail_msg("%s", record->error.message);
		assert_int_equal(record->acts, alone->acts);
		record_free(record);
		if (here)
			break;
	}
	paths[1] = "/nowhere/at/all";
	record = record_read_all(paths, 3, NULL, false, 0);
	assert_int_equal(record->result, TACIT_E_NOT_FOUND);
	assert_int_equal(record->acts, alone->acts);
	record_free(record);
	record_write(bad, "PK\7\10 and so on", 14);
	record = record_read(bad, NULL);
	assert_non_null(strstr(record->error.message, "one piece of a zip that was split"));
	record_free(record);
	record_free(alone);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(test_packed_or_not, set_up),
	cmocka_unit_test(test_gzip_alone),
	cmocka_unit_test(test_cut_short),
	cmocka_unit_test(test_cut_short_gzip),
	cmocka_unit_test(test_bomb),
	cmocka_unit_test(test_many_entries),
	cmocka_unit_test(test_utf16),
	cmocka_unit_test(test_encodings),
	cmocka_unit_test(test_links),
	cmocka_unit_test(test_broken_in_folder),
	cmocka_unit_test(test_parts),
	cmocka_unit_test(test_part_names),
	cmocka_unit_test(test_languages),
	cmocka_unit_test(test_one_bad),
	cmocka_unit_test_teardown(test_nothing_known, tear_down),
};

RECORD_MAIN(tests)
