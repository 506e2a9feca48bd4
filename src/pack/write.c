/*
 * Writing a pack. The same items and sections give the same bytes on every machine: sections lie in
 * a fixed order, texts in the order of their first use, each text once. The file appears whole or
 * not at all; it is streamed, since a pack may be larger than memory has room for twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "pack/inside.h"

struct writer_section {
	uint32_t kind;
	const void *data;
	size_t size;
};

struct pack_writer {
	char name[64], domain[32];
	uint32_t items;
	struct bytes rows, text, link;
	uint32_t *seen;			/* table of text offsets, 0 = free; size a power of two */
	size_t seen_size;
	struct writer_section section[PACK_SECTIONS_MAX];
	uint32_t sections;
};

struct pack_writer *pack_writer_new(const char *name, const char *domain)
{
	struct pack_writer *writer;

	if (name[0] == 0 || strlen(name) >= sizeof(writer->name) || domain[0] == 0 ||
	    strlen(domain) >= sizeof(writer->domain) || !text_valid(name, strlen(name)) ||
	    !text_valid(domain, strlen(domain)))
		return NULL;
	writer = calloc(1, sizeof(*writer));
	if (writer == NULL)
		return NULL;
	memcpy(writer->name, name, strlen(name));
	memcpy(writer->domain, domain, strlen(domain));
	return writer;
}

void pack_writer_free(struct pack_writer *writer)
{
	if (writer == NULL)
		return;
	bytes_free(&writer->rows);
	bytes_free(&writer->text);
	bytes_free(&writer->link);
	free(writer->seen);
	free(writer);
}

/* The offset of the text in TEXT, put there unless it is already; -1 when out of memory or room. */
static int64_t text_offset(struct pack_writer *writer, const char *text)
{
	size_t size = strlen(text), slot;
	uint64_t hash = hash_bytes(text, size, 0);
	size_t offset = writer->text.size;

	if (size == 0)
		return 0;
	for (slot = hash & (writer->seen_size - 1); writer->seen[slot] != 0;
	     slot = (slot + 1) & (writer->seen_size - 1))
		if (strcmp((const char *)writer->text.data + writer->seen[slot], text) == 0)
			return writer->seen[slot];
	if (offset + size + 1 > UINT32_MAX ||
	    bytes_append(&writer->text, text, size + 1) != 0)
		return -1;
	writer->seen[slot] = (uint32_t)offset;
	return (int64_t)offset;
}

static int compare_link(const void *left, const void *right)
{
	const struct pack_link_row *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->item != b->item)
		return a->item < b->item ? -1 : 1;
	return (a->flags > b->flags) - (a->flags < b->flags);
}

/* LINK rows for every name of a title, and the year at its end where none is known otherwise. */
static int add_links(struct pack_writer *writer, uint32_t item, const char *title, int32_t *year)
{
	struct pack_name name[PACK_NAMES_MAX];
	char folded[LIMIT_TITLE_BYTES];
	int32_t found = 0;
	size_t count = pack_names(title, name, &found), i, size;

	if (*year == 0)
		*year = found;
	for (i = 0; i < count; i++) {
		struct pack_link_row row = { 0, item, name[i].flags };

		size = text_fold_title(name[i].data, name[i].size, NULL, folded, sizeof(folded));
		if (size == 0)
			continue;
		row.hash = hash_bytes(folded, size, 0);
		if (bytes_append(&writer->link, &row, sizeof(row)) != 0)
			return TACIT_E_MEMORY;
	}
	return 0;
}

static bool item_valid(const struct pack_writer_item *item)
{
	return item->year <= PACK_YEAR_MAX && item->year >= -PACK_YEAR_MAX &&
	       strlen(item->title) <= LIMIT_TITLE_BYTES && text_valid(item->id, strlen(item->id)) &&
	       text_valid(item->title, strlen(item->title)) &&
	       text_valid(item->creator, strlen(item->creator)) &&
	       text_valid(item->words, strlen(item->words));
}

static int add_item(struct pack_writer *writer, const struct pack_writer_item *item,
		    struct error *error)
{
	struct pack_item_row row = { .year = item->year };
	int64_t id, title, creator, words;

	if (!item_valid(item))
		return error_set(error, TACIT_E_ARGUMENT,
				 "item %u of the pack has a text that is not UTF-8, a title above "
				 "%d bytes or a year above %d", writer->items, LIMIT_TITLE_BYTES,
				 PACK_YEAR_MAX);
	id = text_offset(writer, item->id);
	title = text_offset(writer, item->title);
	creator = text_offset(writer, item->creator);
	words = text_offset(writer, item->words);
	if (id < 0 || title < 0 || creator < 0 || words < 0)
		return error_memory(error);
	row.id = (uint32_t)id;
	row.title = (uint32_t)title;
	row.creator = (uint32_t)creator;
	row.words = (uint32_t)words;
	if (add_links(writer, writer->items, item->title, &row.year) != 0 ||
	    bytes_append(&writer->rows, &row, sizeof(row)) != 0)
		return error_memory(error);
	writer->items++;
	return 0;
}

/* Sorts the LINK rows; of equal (hash, item) the one that says most, the lowest flags, stays. */
static void sort_links(struct bytes *link)
{
	struct pack_link_row *row = (struct pack_link_row *)(void *)link->data;
	size_t count = link->size / sizeof(*row), kept = 0, i;

	if (count == 0)
		return;
	qsort(row, count, sizeof(*row), compare_link);
	for (i = 0; i < count; i++)
		if (kept == 0 || row[kept - 1].hash != row[i].hash ||
		    row[kept - 1].item != row[i].item)
			row[kept++] = row[i];
	link->size = kept * sizeof(*row);
}

int pack_writer_items(struct pack_writer *writer, const struct pack_writer_item *items,
		      uint32_t count, struct error *error)
{
	uint32_t i;
	int result;

	if (writer->items != 0 || count == 0 || count > LIMIT_PACK_ITEMS)
		return error_set(error, TACIT_E_ARGUMENT,
				 "a pack has its items given once, 1 to %u of them",
				 LIMIT_PACK_ITEMS);
	for (writer->seen_size = 64; writer->seen_size < 8 * (size_t)count;)
		writer->seen_size *= 2;
	writer->seen = calloc(writer->seen_size, sizeof(*writer->seen));
	if (writer->seen == NULL || bytes_append_byte(&writer->text, 0) != 0)
		return error_memory(error);
	for (i = 0; i < count; i++) {
		result = add_item(writer, &items[i], error);
		if (result != 0)
			return result;
	}
	sort_links(&writer->link);
	free(writer->seen);
	writer->seen = NULL;
	result = pack_writer_section(writer, PACK_ITEM, writer->rows.data, writer->rows.size,
				     error);
	if (result == 0)
		result = pack_writer_section(writer, PACK_TEXT, writer->text.data,
					     writer->text.size, error);
	if (result == 0)
		result = pack_writer_section(writer, PACK_LINK, writer->link.data,
					     writer->link.size, error);
	return result;
}

int pack_writer_section(struct pack_writer *writer, uint32_t kind, const void *data, size_t size,
			struct error *error)
{
	uint32_t i;

	if (writer->sections == PACK_SECTIONS_MAX)
		return error_set(error, TACIT_E_LIMIT, "a pack has at most %d sections",
				 PACK_SECTIONS_MAX);
	for (i = 0; i < writer->sections; i++)
		if (writer->section[i].kind == kind)
			return error_set(error, TACIT_E_EXISTS,
					 "section %.4s was given to the pack twice",
					 (const char *)&kind);
	writer->section[writer->sections++] = (struct writer_section){ kind, data, size };
	return 0;
}

static size_t rank_of(uint32_t kind)
{
	static const uint32_t order[] = {
		PACK_META, PACK_ITEM, PACK_TEXT, PACK_LINK, PACK_CONF, PACK_CONT, PACK_PROW,
		PACK_PSCL, PACK_QROW, PACK_QSCL, PACK_LENG, PACK_WKEY, PACK_WROW, PACK_WSCL,
		PACK_KCON, PACK_KPTR, PACK_KITM, PACK_KVAL, PACK_KSCL, PACK_HEAD,
		PACK_MKEY, PACK_MROW, PACK_MSCL, PACK_CALI,
	};
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]) && order[i] != kind; i++)
		;
	return i;
}

static int compare_section(const void *left, const void *right)
{
	const struct writer_section *a = left, *b = right;
	size_t rank_a = rank_of(a->kind), rank_b = rank_of(b->kind);

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

static size_t padding(size_t size)
{
	return (PACK_ALIGNMENT - size % PACK_ALIGNMENT) % PACK_ALIGNMENT;
}

/* Lays the sections out; the header is complete but for its digest. */
static void fill_header(struct pack_writer *writer, struct pack_header *header)
{
	size_t at = PACK_HEADER_BYTES;
	uint32_t i;

	qsort(writer->section, writer->sections, sizeof(writer->section[0]), compare_section);
	memcpy(header->magic, PACK_MAGIC, sizeof(header->magic));
	header->version = PACK_VERSION;
	header->section_count = writer->sections;
	header->items = writer->items;
	memcpy(header->name, writer->name, sizeof(header->name));
	memcpy(header->domain, writer->domain, sizeof(header->domain));
	for (i = 0; i < writer->sections; i++) {
		at += i == 0 ? 0 : padding(at);
		header->section[i].kind = writer->section[i].kind;
		header->section[i].offset = at;
		header->section[i].size = writer->section[i].size;
		at += writer->section[i].size;
	}
	header->content_size = at;
}

static bool put(FILE *file, const void *data, size_t size)
{
	return size == 0 || fwrite(data, 1, size, file) == size;
}

static bool put_all(const struct pack_writer *writer, const uint8_t page[PACK_HEADER_BYTES],
		    FILE *file)
{
	static const uint8_t zeros[PACK_ALIGNMENT];
	bool ok = put(file, page, PACK_HEADER_BYTES);
	uint32_t i;

	for (i = 0; i < writer->sections && ok; i++)
		ok = put(file, writer->section[i].data, writer->section[i].size) &&
		     (i + 1 == writer->sections ||
		      put(file, zeros, padding(writer->section[i].size)));
	return ok && fflush(file) == 0;
}

/* Everything in order, then the digest of what was written at its place. */
static bool write_stream(const struct pack_writer *writer, const uint8_t page[PACK_HEADER_BYTES],
			 size_t size, FILE *file)
{
	uint8_t digest[PACK_DIGEST_BYTES];
	void *written;

	if (!put_all(writer, page, file))
		return false;
	written = mmap(NULL, size, PROT_READ, MAP_SHARED, fileno(file), 0);
	if (written == MAP_FAILED)
		return false;
	pack_digest(written, size, digest);
	munmap(written, size);
	return fseek(file, offsetof(struct pack_header, content_digest), SEEK_SET) == 0 &&
	       put(file, digest, sizeof(digest)) && fflush(file) == 0 && fsync(fileno(file)) == 0;
}

int pack_writer_finish(struct pack_writer *writer, const char *path, struct error *error)
{
	union {
		struct pack_header header;
		uint8_t bytes[PACK_HEADER_BYTES];
	} page = { .bytes = { 0 } };
	char temporary[PATH_MAX];
	bool written;
	FILE *file;

	if (writer->items == 0)
		return error_set(error, TACIT_E_ARGUMENT, "a pack without items cannot be written");
	fill_header(writer, &page.header);
	if (page.header.content_size > LIMIT_PACK_BYTES)
		return error_set(error, TACIT_E_LIMIT, "pack %s would have %llu bytes, above %llu",
				 path, (unsigned long long)page.header.content_size,
				 (unsigned long long)LIMIT_PACK_BYTES);
	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >= sizeof(temporary))
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", path);
	file = fopen(temporary, "w+e");
	if (file == NULL)
		return error_errno(error, TACIT_E_IO, "cannot create %s", temporary);
	written = write_stream(writer, page.bytes, page.header.content_size, file);
	if (fclose(file) != 0 || !written || rename(temporary, path) != 0) {
		error_errno(error, TACIT_E_IO, "cannot write pack %s", path);
		unlink(temporary);
		return TACIT_E_IO;
	}
	return file_sync_folder(path, error);
}
