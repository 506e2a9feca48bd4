/* Hostile archives: bombs, paths that lead out, headers that lie. Zips and tars are made by hand, so
 * that nothing in them has to make sense; what is packed comes from libarchive. */
#include "hostile.h"

#include <archive.h>
#include <archive_entry.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct zip {
	struct bytes out, directory;
	uint32_t count;
};

static void put16(struct bytes *out, uint32_t value)
{
	bytes_append_byte(out, (uint8_t)value);
	bytes_append_byte(out, (uint8_t)(value >> 8));
}

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
	static uint32_t table[256];
	uint32_t crc = 0xffffffff, i, bit;

	for (i = 0; i < 256 && table[255] == 0; i++)
		for (table[i] = i, bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	while (size-- > 0)
		crc = crc >> 8 ^ table[(crc ^ *data++) & 255];
	return ~crc;
}

/* What is the same in both headers. */
static void put_both(struct bytes *out, int method, uint32_t crc, size_t packed, size_t size,
		     size_t name)
{
	put16(out, 20);
	put16(out, 0x800);		/* names in UTF-8 */
	put16(out, (uint32_t)method);
	bytes_append_u32(out, 0x50210000);
	bytes_append_u32(out, crc);
	bytes_append_u32(out, (uint32_t)packed);
	bytes_append_u32(out, (uint32_t)size);
	put16(out, (uint32_t)name);
	put16(out, 0);
}

/* An entry of the directory, for the header at `offset`. */
static void zip_list(struct zip *zip, const char *name, size_t length, int method, uint32_t crc,
		     size_t packed, size_t size, size_t offset)
{
	bytes_append(&zip->directory, "PK\1\2\24\3", 6);
	put_both(&zip->directory, method, crc, packed, size, length);
	bytes_append(&zip->directory, "\0\0\0\0\0\0\0\0\xa4\x81", 10);
	bytes_append_u32(&zip->directory, (uint32_t)offset);
	bytes_append(&zip->directory, name, length);
	zip->count++;
}

static size_t zip_packed(struct zip *zip, const char *name, size_t length, int method,
			 uint32_t crc, const void *data, size_t packed, size_t size)
{
	size_t offset = zip->out.size;

	bytes_append(&zip->out, "PK\3\4", 4);
	put_both(&zip->out, method, crc, packed, size, length);
	bytes_append(&zip->out, name, length);
	bytes_append(&zip->out, data, packed);
	zip_list(zip, name, length, method, crc, packed, size, offset);
	return offset;
}

static void zip_add(struct zip *zip, const char *name, size_t length, const void *data, size_t size)
{
	zip_packed(zip, name, length, 0, crc32_of(data, size), data, size, size);
}

static void zip_end(struct zip *zip, uint32_t count, uint32_t directory_size)
{
	size_t at = zip->out.size;

	bytes_append(&zip->out, zip->directory.data, zip->directory.size);
	bytes_append(&zip->out, "PK\5\6\0\0\0\0", 8);
	put16(&zip->out, count);
	put16(&zip->out, count);
	bytes_append_u32(&zip->out, directory_size);
	bytes_append_u32(&zip->out, (uint32_t)at);
	put16(&zip->out, 0);
}

static void zip_put(struct zip *zip, const char *name)
{
	zip_end(zip, zip->count, (uint32_t)zip->directory.size);
	hostile_put(zip->out.data, zip->out.size, "%s", name);
	bytes_free(&zip->out);
	bytes_free(&zip->directory);
	memset(zip, 0, sizeof(*zip));
}

static void names_of_zips(void)
{
	static const struct {
		const char *name;
		size_t size;
	} names[] = {
		{ "../../evil.tsv", 14 }, { "/tmp/tacit-evil.tsv", 19 }, { "..\\..\\evil.tsv", 14 },
		{ "a\0b.tsv", 7 }, { "C:\\evil.tsv", 11 }, { "", 0 }, { "a/../../../../evil.tsv", 22 },
		{ "x\x1b[2J\r\n.tsv", 11 }, { "\xff\xfe.tsv", 6 }, { "dir/", 4 }, { "././././a.tsv", 13 },
		{ "a//b///c.tsv", 12 }, { "con.tsv", 7 }, { ".", 1 }, { "..", 2 },
	};
	struct zip zip = { .count = 0 };
	char *longest = malloc(65536), path[64];
	size_t i;

	if (longest == NULL)
		errx(1, "no memory");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		zip_add(&zip, names[i].name, names[i].size, hostile_table, strlen(hostile_table));
		snprintf(path, sizeof(path), "zip-name-%zu.zip", i);
		zip_put(&zip, path);
	}
	memset(longest, 'n', 65535);
	zip_add(&zip, longest, 65535, hostile_table, strlen(hostile_table));
	zip_put(&zip, "zip-name-long.zip");
	for (i = 0; i < 10; i++)
		zip_add(&zip, "same.tsv", 8, hostile_table, strlen(hostile_table));
	zip_put(&zip, "zip-name-same.zip");
	zip_add(&zip, "Case.tsv", 8, hostile_table, strlen(hostile_table));
	zip_add(&zip, "case.TSV", 8, hostile_table, strlen(hostile_table));
	zip_put(&zip, "zip-name-case.zip");
	for (i = 0; i < 40; i++)
		memcpy(longest + 2 * i, "d/", 2);
	zip_add(&zip, longest, 1000, hostile_table, strlen(hostile_table));
	zip_put(&zip, "zip-name-deep.zip");
	free(longest);
}

/* Packs a table whose last field is `megabytes` of noughts; as a zip, or under gzip. */
static void pack(struct bytes *out, int megabytes, bool gzip)
{
	static char noughts[1 << 20];
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0, room = (size_t)megabytes * 2048 + 65536;
	int i;

	memset(noughts, '0', sizeof(noughts));
	if (gzip) {
		archive_write_set_format_raw(archive);
		archive_write_add_filter_gzip(archive);
	} else {
		archive_write_set_format_zip(archive);
	}
	bytes_reserve(out, room);
	archive_write_open_memory(archive, out->data, room, &used);
	archive_entry_set_pathname(entry, "bomb.tsv");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (int64_t)strlen(hostile_table) + ((int64_t)megabytes << 20));
	if (archive_write_header(archive, entry) != ARCHIVE_OK)
		errx(1, "%s", archive_error_string(archive));
	archive_write_data(archive, hostile_table, strlen(hostile_table));
	for (i = 0; i < megabytes; i++)
		archive_write_data(archive, noughts, sizeof(noughts));
	archive_entry_free(entry);
	if (archive_write_close(archive) != ARCHIVE_OK)
		errx(1, "%s", archive_error_string(archive));
	archive_write_free(archive);
	out->size = used;
}

static void bombs(void)
{
	struct bytes packed = BYTES_INIT, one = BYTES_INIT, inner = BYTES_INIT;
	struct zip zip = { .count = 0 };
	char name[32];
	size_t i, offset;

	pack(&packed, 70, false);
	hostile_put(packed.data, packed.size, "bomb-ratio.zip");
	bytes_clear(&packed);
	pack(&packed, 70, true);
	hostile_put(packed.data, packed.size, "bomb-ratio.tsv.gz");
	pack(&one, 4, true);		/* its deflate stream: 10 bytes in front, 8 behind */
	for (i = 0, offset = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "%04zu.tsv", i);
		if (i == 0)
			offset = zip_packed(&zip, name, 8, 8, bytes_load32(one.data + one.size - 8),
					    one.data + 10, one.size - 18,
					    bytes_load32(one.data + one.size - 4));
		else
			zip_list(&zip, name, 8, 8, bytes_load32(one.data + one.size - 8),
				 one.size - 18, bytes_load32(one.data + one.size - 4), offset);
	}
	zip_put(&zip, "bomb-overlapping.zip");
	/* The sizes that the headers name are small. */
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "%04zu.tsv", i);
		zip_packed(&zip, name, 8, 8, 0, one.data + 10, one.size - 18, 10);
	}
	zip_put(&zip, "bomb-small-sizes.zip");
	/* Archives in archives, each with three of the one before. */
	bytes_append(&inner, one.data, one.size);
	for (i = 0; i < 6; i++) {
		int copy;

		for (copy = 0; copy < 3; copy++) {
			snprintf(name, sizeof(name), "%d.%s", copy, i == 0 ? "tsv.gz" : "zip");
			zip_add(&zip, name, strlen(name), inner.data, inner.size);
		}
		zip_end(&zip, zip.count, (uint32_t)zip.directory.size);
		bytes_free(&inner);
		inner = zip.out;
		bytes_free(&zip.directory);
		memset(&zip, 0, sizeof(zip));
		hostile_put(inner.data, inner.size, "bomb-nested-%zu.zip", i);
	}
	bytes_free(&packed);
	bytes_free(&one);
	bytes_free(&inner);
}

/* Headers and directories that do not say how it is. */
static void lies(void)
{
	struct zip zip = { .count = 0 };
	struct bytes whole = BYTES_INIT;
	size_t size = strlen(hostile_table), i;

	zip_packed(&zip, "a.tsv", 5, 0, 0x12345678, hostile_table, size, size);
	zip_put(&zip, "lie-crc.zip");
	zip_packed(&zip, "a.tsv", 5, 8, crc32_of((const uint8_t *)hostile_table, size), hostile_table, size, size);
	zip_put(&zip, "lie-method.zip");
	zip_packed(&zip, "a.tsv", 5, 99, 0, hostile_table, size, size);
	zip_put(&zip, "lie-unknown-method.zip");
	zip_list(&zip, "a.tsv", 5, 0, 0, size, 0xfffffff0, 0);
	zip_put(&zip, "lie-size.zip");
	zip_list(&zip, "a.tsv", 5, 0, 0, 0xfffffff0, 0xfffffff0, 0xfffffff0);
	zip_put(&zip, "lie-offset.zip");
	/* An entry whose data is the archive itself, from its own header on. */
	zip_add(&zip, "a.tsv", 5, hostile_table, size);
	zip_list(&zip, "self.zip", 8, 0, 0, 400, 400, 0);
	zip_put(&zip, "lie-self.zip");
	zip_add(&zip, "a.tsv", 5, hostile_table, size);
	zip_end(&zip, 65534, (uint32_t)zip.directory.size);
	hostile_put(zip.out.data, zip.out.size, "lie-count.zip");
	for (i = 1; i < 6; i++)
		hostile_put(zip.out.data, zip.out.size * i / 6, "cut-%zu.zip", i);
	bytes_append(&whole, zip.out.data, zip.out.size);
	for (i = 0; i < 12; i++) {	/* one byte in each part is another */
		size_t at = whole.size * i / 12 + 5;

		whole.data[at] ^= 0x55;
		hostile_put(whole.data, whole.size, "turned-%zu.zip", i);
		whole.data[at] ^= 0x55;
	}
	hostile_put("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22, "empty.zip");
	hostile_put("PK\3\4", 4, "head-only.zip");
	hostile_put("\x1f\x8b\x08", 3, "head-only.gz");
	bytes_free(&whole);
	bytes_free(&zip.out);
	bytes_free(&zip.directory);
}

/* One header of a tar; `size` as it is written there. */
static void tar_header(struct bytes *out, const char *name, char type, const char *size,
		       const char *link)
{
	char head[512] = "";
	unsigned sum = 0;
	size_t i;

	snprintf(head, 100, "%s", name);
	memcpy(head + 100, "0000644\0" "0000000\0" "0000000\0", 24);
	memcpy(head + 124, size, 12);
	memcpy(head + 136, "00000000000\0" "        ", 20);
	head[156] = type;
	snprintf(head + 157, 100, "%s", link);
	memcpy(head + 257, "ustar\0" "00", 8);
	for (i = 0; i < 512; i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	bytes_append(out, head, 512);
}

static void tar_data(struct bytes *out, const char *data, size_t size)
{
	bytes_append(out, data, size);
	while (out->size % 512 != 0)
		bytes_append_byte(out, 0);
}

static void tars(void)
{
	static const struct {
		const char *name, *link;
		char type;
	} entries[] = {
		{ "../../evil.tsv", "", '0' }, { "/tmp/tacit-evil.tsv", "", '0' }, { "link.tsv", "/etc/passwd", '2' },
		{ "hard.tsv", "/etc/passwd", '1' }, { "device.tsv", "", '3' }, { "block.tsv", "", '4' },
		{ "folder.tsv", "", '5' }, { "pipe.tsv", "", '6' }, { "unknown.tsv", "", 'Z' }, { "", "", '0' },
		{ "x\x1b[2J\n.tsv", "", '0' }, { "sparse.tsv", "", 'S' }, { "a.tsv", "", 'x' }, { "a.tsv", "", 'g' },
		{ "a.tsv", "", 'L' },
	};
	static const char *const sizes[] = { "77777777777", "-0000000001", "99999999999", "\x80\0\0\0\0\0\0\0\0\0\0\1",
					     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" };
	char size[13];
	struct bytes out = BYTES_INIT;
	size_t i;

	snprintf(size, sizeof(size), "%011o", (unsigned)strlen(hostile_table));
	for (i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		bytes_clear(&out);
		tar_header(&out, entries[i].name, entries[i].type, size, entries[i].link);
		tar_data(&out, hostile_table, strlen(hostile_table));
		tar_header(&out, "good.tsv", '0', size, "");
		tar_data(&out, hostile_table, strlen(hostile_table));
		hostile_put(out.data, out.size, "tar-entry-%zu.tar", i);
	}
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		bytes_clear(&out);
		tar_header(&out, "a.tsv", '0', sizes[i], "");
		tar_data(&out, hostile_table, strlen(hostile_table));
		hostile_put(out.data, out.size, "tar-size-%zu.tar", i);
	}
	for (i = 1; i < 5; i++) {
		bytes_clear(&out);
		tar_header(&out, "a.tsv", '0', size, "");
		tar_data(&out, hostile_table, strlen(hostile_table));
		hostile_put(out.data, out.size * i / 5, "cut-%zu.tar", i);
	}
	bytes_free(&out);
}

void hostile_archives(void)
{
	names_of_zips();
	bombs();
	lies();
	tars();
}
