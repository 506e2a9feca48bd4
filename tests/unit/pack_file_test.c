/* Packs written, opened, signed; and every way in which a pack may be broken refused. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/clock.h"
#include "base/file.h"
#include "pack/inside.h"

static char folder[] = "/tmp/tacit-pack-XXXXXX";
static char path[64], key_path[64], broken[64];

#define ITEMS 3
#define DIM 32
#define BANKS 2
#define WORDS 2

static const struct pack_writer_item items[ITEMS] = {
	{ "1", "Seven (a.k.a. Se7en) (1995)", "David Fincher", "Crime|Thriller", 0 },
	{ "2", "City of Lost Children, The (Cité des enfants perdus, La) (1995)", "", "Drama",
	  1995 },
	{ "3", "Heat", "", "", 0 },
};
static const uint32_t count[ITEMS] = { 5, 4, 3 };
static const struct pack_config config = {
	.dim = DIM, .banks = BANKS, .buckets = 2, .words = WORDS,
	.rho = { 0, 1u << 30 }, .bucket_from = { 0, 5 },
};
static const int8_t p[ITEMS][BANKS][DIM] = { { { 1, -2 } } };
static const uint32_t p_scale[ITEMS][BANKS] = { { 7, 8 } };
static const int8_t q[ITEMS][DIM] = { { 3, -128 } };
static const uint32_t q_scale[ITEMS] = { 9, 9, 9 };
static const int16_t length[2][ITEMS] = { { 1, 2, 3 }, { -1, -2, -3 } };
static const uint64_t word_key[WORDS] = { 10, 11 };
static const int8_t word_row[WORDS][BANKS + 1][DIM];
static const uint32_t word_scale[WORDS][BANKS + 1];
static const struct pack_pairs_config pairs = {
	.banks = 2, .bank = { { 1u << 30, 1 }, { 5, 0 } },
};
static const uint64_t pair_start[ITEMS + 1] = { 0, 2, 2, 3 };
static const uint32_t pair_item[3] = { 0, 2, 1 };
static const int16_t pair_value[3][2] = { { 1, -2 }, { 3, -32767 }, { 5, 6 } };
static const uint32_t pair_scale[ITEMS][2] = { { 7, 8 } };
static const struct pack_head head[2] = {
	{ "next", { 1u << 20, 1u << 20 }, { 1u << 20, 0 }, 1u << 20 },
	{ "taste", { 0, PACK_THETA_MAX }, { 5, 1u << 20 }, 3u << 20 },
};
static const char moment_keys[20] = "company=alone\0day=4";	/* the closing NUL is the last byte */
static const int8_t moment_row[2][DIM] = { { 1, 2 }, { -3 } };
static const uint32_t moment_scale[2] = { 5, 6 };
static const struct pack_calibration_point calibration[2] = { { -5, 0 }, { 5, 1 << 20 } };
static const char meta[] = "{\"licence\":\"none\"}";

struct part {
	uint32_t kind;
	const void *data;
	size_t size;
};
#define PARTS 21
static const struct part whole[PARTS] = {
	{ PACK_META, meta, sizeof(meta) - 1 },
	{ PACK_CONF, &config, sizeof(config) },
	{ PACK_CONT, count, sizeof(count) },
	{ PACK_PROW, p, sizeof(p) },
	{ PACK_PSCL, p_scale, sizeof(p_scale) },
	{ PACK_QROW, q, sizeof(q) },
	{ PACK_QSCL, q_scale, sizeof(q_scale) },
	{ PACK_LENG, length, sizeof(length) },
	{ PACK_WKEY, word_key, sizeof(word_key) },
	{ PACK_WROW, word_row, sizeof(word_row) },
	{ PACK_WSCL, word_scale, sizeof(word_scale) },
	{ PACK_KCON, &pairs, sizeof(pairs) },
	{ PACK_KPTR, pair_start, sizeof(pair_start) },
	{ PACK_KITM, pair_item, sizeof(pair_item) },
	{ PACK_KVAL, pair_value, sizeof(pair_value) },
	{ PACK_KSCL, pair_scale, sizeof(pair_scale) },
	{ PACK_HEAD, head, sizeof(head) },
	{ PACK_MKEY, moment_keys, sizeof(moment_keys) },
	{ PACK_MROW, moment_row, sizeof(moment_row) },
	{ PACK_MSCL, moment_scale, sizeof(moment_scale) },
	{ PACK_CALI, calibration, sizeof(calibration) },
};

static void write_parts(const char *to, const struct part *parts, size_t parts_count)
{
	struct pack_writer *writer = pack_writer_new("small", "films");
	struct error error;
	size_t i;

	assert_non_null(writer);
	assert_int_equal(pack_writer_items(writer, items, ITEMS, &error), 0);
	for (i = 0; i < parts_count; i++)
		assert_int_equal(pack_writer_section(writer, parts[i].kind, parts[i].data,
						     parts[i].size, &error), 0);
	assert_int_equal(pack_writer_finish(writer, to, &error), 0);
	pack_writer_free(writer);
}

/* The whole pack with one section replaced (or left out: data NULL). */
static void write_changed(uint32_t kind, const void *data, size_t size)
{
	struct part parts[PARTS];
	size_t i, kept = 0;

	for (i = 0; i < PARTS; i++) {
		parts[kept] = whole[i];
		if (whole[i].kind == kind) {
			parts[kept].data = data;
			parts[kept].size = size;
		}
		kept += parts[kept].data != NULL;
	}
	write_parts(broken, parts, kept);
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/small.pack", folder);
	snprintf(key_path, sizeof(key_path), "%s/key", folder);
	snprintf(broken, sizeof(broken), "%s/broken.pack", folder);
	write_parts(path, whole, PARTS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(key_path);
	unlink(broken);
	return rmdir(folder);
}

static int open_code(const char *from, struct error *error)
{
	struct pack *pack = NULL;
	int result = pack_open(from, &pack, error);

	assert_true(result == 0 || pack == NULL);
	if (result != 0) {
		assert_int_equal(error->code, result);
		assert_non_null(strstr(error->message, from));
	}
	pack_close(pack);
	return result;
}

static bool remembered(const char *memory, const char *file, const uint8_t *digest)
{
	struct pack_stamp stamp;
	int fd = open(file, O_RDONLY);
	bool taken = pack_stamp_take(fd, &stamp);

	close(fd);
	memcpy(stamp.digest, digest, sizeof(stamp.digest));
	return taken && pack_stamp_known(memory, &stamp);
}

static void flip(const char *file, off_t at)
{
	int fd = open(file, O_RDWR);
	struct stat status;
	char byte;

	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	/* as one would who wants it to look unchanged */
	assert_int_equal(futimens(fd, (struct timespec[]){ status.st_atim, status.st_mtim }), 0);
	close(fd);
}

/* What was found whole is not read again until it changes, and only where nobody else may write. */
static void test_known_is_not_checked_again(void **state)
{
	char memory[64];
	struct pack_stamp stamp;
	struct stat status;
	struct error error;
	struct pack *pack;
	uint8_t digest[32];
	int fd;

	(void)state;
	snprintf(memory, sizeof(memory), "%s/checked", folder);
	write_parts(broken, whole, PARTS);
	chmod(broken, 0600);
	assert_int_equal(pack_open_known(broken, memory, &pack, &error), 0);
	assert_false(file_exists(memory));	/* too young: another change could look the same */
	memcpy(digest, pack->header->content_digest, sizeof(digest));
	pack_close(pack);
	clock_pretend(clock_now() + 3600000);
	chmod(broken, 0622);
	assert_int_equal(pack_open_known(broken, memory, &pack, &error), 0);
	pack_close(pack);
	assert_false(file_exists(memory));
	chmod(broken, 0600);
	assert_int_equal(pack_open_known(broken, memory, &pack, &error), 0);
	pack_close(pack);
	assert_int_equal(stat(memory, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_true(remembered(memory, broken, digest));
	assert_false(remembered(memory, path, digest));
	usleep(50000);				/* times of files go in steps */
	flip(broken, PACK_HEADER_BYTES);
	assert_false(remembered(memory, broken, digest));
	assert_int_equal(pack_open_known(broken, memory, &pack, &error), TACIT_E_DAMAGED);

	/* of one that is remembered no digest is made; whoever judges a pack makes it all the same */
	fd = open(broken, O_RDONLY);
	assert_true(pack_stamp_take(fd, &stamp));
	close(fd);
	memcpy(stamp.digest, digest, sizeof(digest));
	pack_stamp_keep(memory, &stamp);
	assert_int_equal(pack_open_known(broken, memory, &pack, &error), 0);
	pack_close(pack);
	assert_int_equal(pack_open(broken, &pack, &error), TACIT_E_DAMAGED);
	chmod(memory, 0622);			/* others may have written it */
	assert_int_equal(pack_open_known(broken, memory, &pack, &error), TACIT_E_DAMAGED);
	clock_pretend(0);
	unlink(memory);
}

/* Read into memory it is the same, and stays so when the file changes. */
static void test_kept_is_the_same(void **state)
{
	struct pack *mapped, *kept;
	struct error error;

	(void)state;
	write_parts(broken, whole, PARTS);
	assert_int_equal(pack_open(path, &mapped, &error), 0);
	assert_int_equal(pack_open_kept(broken, &kept, &error), 0);
	assert_int_equal(kept->size, mapped->size);
	assert_int_equal(truncate(broken, 0), 0);
	assert_memory_equal(kept->mapping, mapped->mapping, mapped->size);
	assert_int_equal(pack_open_kept(broken, &kept, &error), TACIT_E_DAMAGED);
	pack_close(kept);
	pack_close(mapped);
}

static void test_reads_what_was_written(void **state)
{
	struct error error;
	struct pack *pack;

	(void)state;
	assert_int_equal(pack_open(path, &pack, &error), 0);
	assert_int_equal(pack->items, ITEMS);
	assert_string_equal(pack->header->name, "small");
	assert_string_equal(pack->header->domain, "films");
	assert_string_equal(pack_title(pack, 0), items[0].title);
	assert_string_equal(pack_creator(pack, 0), "David Fincher");
	assert_string_equal(pack_creator(pack, 1), "");
	assert_string_equal(pack_words(pack, 1), "Drama");
	assert_string_equal(pack_id(pack, 2), "3");
	assert_int_equal(pack->item[0].year, 1995);	/* from the title */
	assert_int_equal(pack->item[2].year, 0);
	assert_int_equal(pack->dim, DIM);
	assert_int_equal(pack->banks, BANKS);
	assert_int_equal(pack->buckets, 2);
	assert_memory_equal(pack->p, p, sizeof(p));
	assert_memory_equal(pack->q, q, sizeof(q));
	assert_memory_equal(pack->q_scale, q_scale, sizeof(q_scale));
	assert_memory_equal(pack->length, length, sizeof(length));
	assert_memory_equal(pack->word_key, word_key, sizeof(word_key));
	assert_memory_equal(pack->pairs, &pairs, sizeof(pairs));
	assert_memory_equal(pack->pair_start, pair_start, sizeof(pair_start));
	assert_memory_equal(pack->pair_item, pair_item, sizeof(pair_item));
	assert_memory_equal(pack->pair_value, pair_value, sizeof(pair_value));
	assert_memory_equal(pack->pair_scale, pair_scale, sizeof(pair_scale));
	assert_int_equal(pack->calibration_points, 2);
	assert_int_equal(pack->meta_size, sizeof(meta) - 1);
	assert_memory_equal(pack->meta, meta, sizeof(meta) - 1);
	assert_false(pack_signed(pack));
	assert_int_equal((uintptr_t)pack->p % 64, 0);
	pack_close(pack);
	pack_close(NULL);
}

static void test_same_bytes_each_time(void **state)
{
	struct bytes first = BYTES_INIT, second = BYTES_INIT;
	struct part reversed[PARTS];
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i < PARTS; i++)
		reversed[i] = whole[PARTS - 1 - i];
	write_parts(broken, reversed, PARTS);
	assert_int_equal(file_read(path, 1 << 20, &first, &error), 0);
	assert_int_equal(file_read(broken, 1 << 20, &second, &error), 0);
	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.data, second.data, first.size);
	bytes_free(&first);
	bytes_free(&second);
}

static void flip_every_byte(const char *from)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;
	size_t i;

	assert_int_equal(file_read(from, 1 << 20, &bytes, &error), 0);
	for (i = 0; i < bytes.size; i++) {
		FILE *file = fopen(broken, "r+");

		assert_non_null(file);
		assert_int_equal(fseek(file, (long)i, SEEK_SET), 0);
		assert_int_equal(fputc(bytes.data[i] ^ (1 << i % 8), file) < 0, 0);
		assert_int_equal(fclose(file), 0);
		if (open_code(broken, &error) == 0)
			fail_msg("byte %zu flipped and not noticed", i);
		file = fopen(broken, "r+");
		assert_int_equal(fseek(file, (long)i, SEEK_SET), 0);
		assert_int_equal(fputc(bytes.data[i], file) < 0, 0);
		assert_int_equal(fclose(file), 0);
	}
	assert_int_equal(open_code(broken, &error), 0);
	bytes_free(&bytes);
}

static void test_every_flipped_byte_is_refused(void **state)
{
	(void)state;
	write_parts(broken, whole, PARTS);
	flip_every_byte(path);
}

static void test_every_cut_is_refused(void **state)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;
	size_t size;

	(void)state;
	assert_int_equal(file_read(path, 1 << 20, &bytes, &error), 0);
	write_parts(broken, whole, PARTS);
	for (size = bytes.size; size-- > 0;) {
		assert_int_equal(truncate(broken, (off_t)size), 0);
		assert_int_equal(open_code(broken, &error), TACIT_E_DAMAGED);
		assert_non_null(strstr(error.message, "cut short"));
	}
	assert_int_equal(bytes_append_byte(&bytes, 0), 0);
	assert_int_equal(file_write(broken, bytes.data, bytes.size, 0644, &error), 0);
	assert_int_equal(open_code(broken, &error), TACIT_E_DAMAGED);
	bytes_free(&bytes);
}

/* Changes bytes of the broken pack and makes its digest true again: a hostile publisher. */
static void forge(size_t at, const void *data, size_t size)
{
	struct bytes bytes = BYTES_INIT;
	struct error error;

	assert_int_equal(file_read(broken, 1 << 20, &bytes, &error), 0);
	assert_true(at + size <= bytes.size);
	memcpy(bytes.data + at, data, size);
	pack_digest(bytes.data, bytes.size,
		    bytes.data + offsetof(struct pack_header, content_digest));
	assert_int_equal(file_write(broken, bytes.data, bytes.size, 0644, &error), 0);
	bytes_free(&bytes);
}

static size_t section_at(uint32_t kind)
{
	struct error error;
	struct pack *pack;
	size_t i, at = 0;

	assert_int_equal(pack_open(path, &pack, &error), 0);
	for (i = 0; i < pack->header->section_count; i++)
		if (pack->header->section[i].kind == kind)
			at = pack->header->section[i].offset;
	pack_close(pack);
	assert_true(at > 0);
	return at;
}

static void refuse_forged(size_t at, uint64_t value, size_t size)
{
	struct error error;

	write_parts(broken, whole, PARTS);
	forge(at, &value, size);
	assert_int_equal(open_code(broken, &error), TACIT_E_FORMAT);
}

static void test_hostile_heads_are_refused(void **state)
{
	(void)state;
	refuse_forged(section_at(PACK_HEAD), 0, 1);		/* no name */
	refuse_forged(section_at(PACK_HEAD), 'N', 1);
	refuse_forged(section_at(PACK_HEAD) + 5, 'x', 1);	/* behind the name's end */
	refuse_forged(section_at(PACK_HEAD) + sizeof(head[0]), 0x7478656e, 8);	/* "next" twice */
	refuse_forged(section_at(PACK_HEAD) + 8, 1u << 22, 4);
	refuse_forged(section_at(PACK_HEAD) + 16, 1, 4);	/* a bank that is not there */
	refuse_forged(section_at(PACK_HEAD) + 40, UINT32_MAX, 4);
	refuse_forged(section_at(PACK_HEAD) + 48, 1, 4);	/* a bank of pairs that is not there */
	refuse_forged(section_at(PACK_HEAD) + 72, 2u << 20, 4);	/* "next" with other intercepts */
	refuse_forged(section_at(PACK_HEAD) + 148, 1u << 22, 4);
}

static void test_hostile_tables_are_refused(void **state)
{
	size_t row = offsetof(struct pack_header, section) + sizeof(struct pack_section_row);
	size_t item = section_at(PACK_ITEM), link = section_at(PACK_LINK);
	size_t conf = section_at(PACK_CONF);

	(void)state;
	refuse_forged(offsetof(struct pack_header, version), 0, 4);
	refuse_forged(offsetof(struct pack_header, items), 0, 8);
	refuse_forged(offsetof(struct pack_header, items), ITEMS + 1, 8);
	refuse_forged(offsetof(struct pack_header, items), UINT64_MAX, 8);
	refuse_forged(offsetof(struct pack_header, section_count), 0, 4);
	refuse_forged(offsetof(struct pack_header, section_count), 65, 4);
	refuse_forged(offsetof(struct pack_header, section_count), PARTS + 2, 4);
	refuse_forged(offsetof(struct pack_header, name), 0, 1);
	refuse_forged(offsetof(struct pack_header, name) + 63, 'x', 1);
	refuse_forged(offsetof(struct pack_header, domain), 0xff, 1);
	refuse_forged(sizeof(struct pack_header), 1, 1);	/* padding of the header */
	refuse_forged(PACK_HEADER_BYTES - 1, 1, 1);
	refuse_forged(row, PACK_META, 4);			/* META twice */
	refuse_forged(row + offsetof(struct pack_section_row, offset), 64, 8);
	refuse_forged(row + offsetof(struct pack_section_row, offset), 4160 + 1, 8);
	refuse_forged(row + offsetof(struct pack_section_row, size), UINT64_MAX - 4096, 8);
	refuse_forged(PACK_HEADER_BYTES + sizeof(meta) - 1, 1, 1);	/* between sections */
	refuse_forged(PACK_HEADER_BYTES, 0xff, 1);		/* META is no UTF-8 */
	refuse_forged(item + offsetof(struct pack_item_row, title), UINT32_MAX, 4);
	refuse_forged(item + offsetof(struct pack_item_row, words), 2, 4);	/* inside a text */
	refuse_forged(item + offsetof(struct pack_item_row, flags), 1, 4);
	refuse_forged(item + offsetof(struct pack_item_row, year), 10000, 4);
	refuse_forged(item + offsetof(struct pack_item_row, year), (uint32_t)INT32_MIN, 4);
	refuse_forged(section_at(PACK_TEXT), 'x', 1);
	refuse_forged(section_at(PACK_TEXT) + 1, 0xff, 1);
	refuse_forged(link + offsetof(struct pack_link_row, item), ITEMS, 4);
	refuse_forged(link + offsetof(struct pack_link_row, flags), 5, 4);
	refuse_forged(link, UINT64_MAX, 8);			/* not sorted */
	refuse_forged(conf + offsetof(struct pack_config, dim), 48, 4);
	refuse_forged(conf + offsetof(struct pack_config, dim), 64, 4);	/* PROW too small */
	refuse_forged(conf + offsetof(struct pack_config, dim), 0, 4);
	refuse_forged(conf + offsetof(struct pack_config, banks), 9, 4);
	refuse_forged(conf + offsetof(struct pack_config, buckets), 33, 4);
	refuse_forged(conf + offsetof(struct pack_config, buckets), 0, 4);
	refuse_forged(conf + offsetof(struct pack_config, rho), (1u << 30) + 1, 4);
	refuse_forged(conf + offsetof(struct pack_config, bucket_from), 1, 4);
	refuse_forged(conf + offsetof(struct pack_config, bucket_from) + 4, 0, 4);
	refuse_forged(conf + offsetof(struct pack_config, words), 3, 4);
	refuse_forged(conf + offsetof(struct pack_config, repeats), 2, 4);
	refuse_forged(conf + offsetof(struct pack_config, reserved), 1, 4);
	refuse_forged(section_at(PACK_WKEY), 11, 8);		/* not ascending */
	refuse_forged(section_at(PACK_KCON), 0, 4);
	refuse_forged(section_at(PACK_KCON), 9, 4);
	refuse_forged(section_at(PACK_KCON), 1, 4);		/* KVAL and KSCL too large */
	refuse_forged(section_at(PACK_KCON) + 4, 1, 4);
	refuse_forged(section_at(PACK_KCON) + 8, (1u << 30) + 1, 4);
	refuse_forged(section_at(PACK_KCON) + 12, 3, 4);
	refuse_forged(section_at(PACK_KCON) + 24, 1, 4);	/* a bank that is not there */
	refuse_forged(section_at(PACK_KPTR), 1, 8);
	refuse_forged(section_at(PACK_KPTR) + 8, 3, 8);		/* descends */
	refuse_forged(section_at(PACK_KPTR) + 8, UINT64_MAX, 8);
	refuse_forged(section_at(PACK_KPTR) + 24, 4, 8);	/* more than there are */
	refuse_forged(section_at(PACK_KITM), 2, 4);		/* twice in a row */
	refuse_forged(section_at(PACK_KITM) + 8, ITEMS, 4);
	refuse_forged(section_at(PACK_MKEY), '=', 1);		/* no feature */
	refuse_forged(section_at(PACK_MKEY), 'x', 1);		/* does not ascend */
	refuse_forged(section_at(PACK_MKEY) + 7, 'x', 1);	/* no = */
	refuse_forged(section_at(PACK_MKEY) + 8, 0, 1);		/* no value, and three keys */
	refuse_forged(section_at(PACK_MKEY) + 3, 0xff, 1);	/* no UTF-8 */
	refuse_forged(section_at(PACK_MKEY) + 13, 'x', 1);	/* one key fewer than rows */
	refuse_forged(section_at(PACK_MKEY) + 19, 'x', 1);	/* does not end */
	refuse_forged(section_at(PACK_CALI), 6, 4);
	refuse_forged(section_at(PACK_CALI) + 12, (1u << 20) + 1, 4);
}

static void test_missing_or_misshapen_sections_are_refused(void **state)
{
	struct error error;
	size_t i;

	(void)state;
	for (i = 1; i < PARTS; i++) {
		bool optional = whole[i].kind == PACK_CONT || whole[i].kind == PACK_CALI ||
				whole[i].kind == PACK_HEAD;

		write_changed(whole[i].kind, NULL, 0);
		assert_int_equal(open_code(broken, &error), optional ? 0 : TACIT_E_FORMAT);
		write_changed(whole[i].kind, whole[i].data, whole[i].size - 1);
		assert_int_equal(open_code(broken, &error), TACIT_E_FORMAT);
	}
	write_parts(broken, whole, 1);		/* a catalogue alone is a pack */
	assert_int_equal(open_code(broken, &error), 0);
}

static void test_later_things(void **state)
{
	struct part parts[PARTS + 1];
	uint32_t newer = 2;
	struct error error;

	(void)state;
	memcpy(parts, whole, sizeof(whole));
	parts[PARTS] = (struct part){ 0x31544c41, "later", 5 };	/* a kind of the future */
	write_parts(broken, parts, PARTS + 1);
	assert_int_equal(open_code(broken, &error), 0);
	write_parts(broken, whole, PARTS);
	forge(offsetof(struct pack_header, version), &newer, 4);
	assert_int_equal(open_code(broken, &error), TACIT_E_NEWER);
	assert_non_null(strstr(error.message, "update"));
	forge(0, "notapack", 8);
	assert_int_equal(open_code(broken, &error), TACIT_E_FORMAT);
	assert_int_equal(open_code("/nowhere/at.pack", &error), TACIT_E_NOT_FOUND);
	assert_int_equal(open_code("/tmp", &error), TACIT_E_FORMAT);
}

static void test_signing(void **state)
{
	uint8_t public_key[32], again[32], other = 1;
	struct bytes bytes = BYTES_INIT;
	struct stat status;
	struct error error;
	struct pack *pack;

	(void)state;
	assert_int_equal(pack_key_make(key_path, public_key, &error), 0);
	assert_int_equal(stat(key_path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(status.st_size, 17 + 64 + 1);
	assert_int_equal(pack_key_make(key_path, again, &error), TACIT_E_EXISTS);
	write_parts(broken, whole, PARTS);
	assert_int_equal(pack_sign(broken, key_path, &error), 0);
	assert_int_equal(pack_open(broken, &pack, &error), 0);
	assert_true(pack_signed(pack));
	assert_memory_equal(pack->header->signer, public_key, 32);
	pack_close(pack);
	assert_int_equal(file_read(broken, 1 << 20, &bytes, &error), 0);
	flip_every_byte(broken);
	/* Content changed and its digest made true: only the key's holder could sign it. */
	forge(section_at(PACK_QROW), &other, 1);
	assert_int_equal(open_code(broken, &error), 0 + TACIT_E_SIGNATURE);
	/* A signature without a signer. */
	memset(bytes.data + offsetof(struct pack_header, signer), 0, 32);
	assert_int_equal(file_write(broken, bytes.data, bytes.size, 0644, &error), 0);
	assert_int_equal(open_code(broken, &error), TACIT_E_SIGNATURE);
	bytes_free(&bytes);
}

static void test_bad_keys_are_refused(void **state)
{
	static const char zeros[] = "tacit pack key 1\n0000000000000000000000000000000"
				    "000000000000000000000000000000000";
	struct error error;

	(void)state;
	unlink(key_path);
	assert_int_equal(pack_sign(path, key_path, &error), TACIT_E_NOT_FOUND);
	assert_int_equal(file_write(key_path, zeros, sizeof(zeros) - 2, 0600, &error), 0);
	assert_int_equal(pack_sign(path, key_path, &error), TACIT_E_FORMAT);
	assert_int_equal(file_write(key_path, zeros, sizeof(zeros) - 1, 0644, &error), 0);
	assert_int_equal(pack_sign(path, key_path, &error), TACIT_E_SECRET);
	write_parts(broken, whole, PARTS);
	assert_int_equal(file_write(key_path, zeros, sizeof(zeros) - 1, 0600, &error), 0);
	assert_int_equal(pack_sign(broken, key_path, &error), 0);
	assert_int_equal(open_code(broken, &error), 0);
}

static void test_writer_refuses(void **state)
{
	struct pack_writer_item bad = { "1", "\xff", "", "", 0 };
	struct pack_writer *writer = pack_writer_new("n", "d");
	struct error error;

	(void)state;
	assert_null(pack_writer_new("", "films"));
	assert_null(pack_writer_new("n", "a domain with a name that is too long"));
	assert_int_equal(pack_writer_finish(writer, broken, &error), TACIT_E_ARGUMENT);
	assert_int_equal(pack_writer_items(writer, items, 0, &error), TACIT_E_ARGUMENT);
	assert_int_equal(pack_writer_items(writer, &bad, 1, &error), TACIT_E_ARGUMENT);
	pack_writer_free(writer);
	writer = pack_writer_new("n", "d");
	assert_int_equal(pack_writer_items(writer, items, 1, &error), 0);
	assert_int_equal(pack_writer_section(writer, PACK_LINK, "", 0, &error), TACIT_E_EXISTS);
	assert_int_equal(pack_writer_finish(writer, "/nowhere/x.pack", &error), TACIT_E_IO);
	pack_writer_free(writer);
	pack_writer_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_what_was_written),
		cmocka_unit_test(test_kept_is_the_same),
		cmocka_unit_test(test_known_is_not_checked_again),
		cmocka_unit_test(test_same_bytes_each_time),
		cmocka_unit_test(test_every_flipped_byte_is_refused),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_hostile_tables_are_refused),
		cmocka_unit_test(test_hostile_heads_are_refused),
		cmocka_unit_test(test_missing_or_misshapen_sections_are_refused),
		cmocka_unit_test(test_later_things),
		cmocka_unit_test(test_signing),
		cmocka_unit_test(test_bad_keys_are_refused),
		cmocka_unit_test(test_writer_refuses),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
