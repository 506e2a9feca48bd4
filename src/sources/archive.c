/* Archives by libarchive; the only file that knows it. See archive.h. */
#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define BLOCK 65536
/* The record at the end of a zip: 22 bytes and a comment of at most 65535. */
#define ZIP_END_MAX (22 + 65535)

struct walk {
	const struct archive_from *from;
	const char *name;
	struct archive_budget *budget;
	struct error *error;
	struct archive *archive;
	uint64_t offset;
	int failed;		/* what read_at said: it outranks the library's own words */
	char entry[256];
	uint8_t block[BLOCK];
};

static bool is_zip(const uint8_t *head, size_t size)
{
	return size >= 4 && head[0] == 'P' && head[1] == 'K' &&
	       ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6) ||
		(head[2] == 7 && head[3] == 8));	/* the first piece of a split one */
}

static bool is_gzip(const uint8_t *head, size_t size)
{
	return size >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
}

bool archive_known(const uint8_t *head, size_t size)
{
	return is_zip(head, size) || is_gzip(head, size) ||
	       (size >= 262 && memcmp(head + 257, "ustar", 5) == 0);
}

int archive_read_at_memory(void *context, uint64_t offset, void *out, size_t size, size_t *got)
{
	const struct bytes *bytes = context;

	*got = offset >= bytes->size ? 0 : bytes->size - (size_t)offset;
	if (*got > size)
		*got = size;
	if (*got > 0)
		memcpy(out, bytes->data + offset, *got);
	return 0;
}

static int over_budget(const struct archive_budget *budget, uint64_t bytes, struct error *error)
{
	if (bytes > LIMIT_EXPORT_BYTES)
		return error_set(error, TACIT_E_LIMIT, "unpacks to more than %llu GiB: unpack it "
				 "and add the files you need", LIMIT_EXPORT_BYTES >> 30);
	if (bytes > LIMIT_RATIO_FREE && bytes / LIMIT_RATIO > budget->packed)
		return error_set(error, TACIT_E_LIMIT, "unpacks to more than %d times its size, as "
				 "only a file made to do harm does (nothing of it was "
				 "kept)", LIMIT_RATIO);
	return 0;
}

int archive_charge(struct archive_budget *budget, uint64_t bytes, struct error *error)
{
	budget->unpacked += bytes;
	return over_budget(budget, budget->unpacked, error);
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **out)
{
	struct walk *walk = context;
	size_t got = 0;

	(void)archive;
	walk->failed = walk->from->read_at(walk->from->context, walk->offset, walk->block,
					   sizeof(walk->block), &got);
	if (walk->failed != 0) {
		archive_set_error(archive, -1, "cannot be read");
		return ARCHIVE_FATAL;
	}
	walk->offset += got;
	*out = walk->block;
	return (la_ssize_t)got;
}

static la_int64_t on_skip(struct archive *archive, void *context, la_int64_t request)
{
	struct walk *walk = context;
	uint64_t left = walk->from->size - walk->offset;

	(void)archive;
	if (walk->offset >= walk->from->size || request <= 0)
		return 0;
	if ((uint64_t)request < left)
		left = (uint64_t)request;
	walk->offset += left;
	return (la_int64_t)left;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct walk *walk = context;
	la_int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)walk->offset :
			  (la_int64_t)walk->from->size;

	(void)archive;
	if (offset > (la_int64_t)walk->from->size || base + offset < 0)
		return ARCHIVE_FATAL;
	walk->offset = (uint64_t)(base + offset);
	return (la_int64_t)walk->offset;
}

static int broken(struct walk *walk)
{
	const char *said = archive_error_string(walk->archive);
	char safe[128];

	if (walk->failed != 0)
		return walk->failed;
	text_safe(said == NULL ? "" : said, said == NULL ? 0 : strlen(said), safe, sizeof(safe));
	if (strstr(safe, "assphrase") != NULL || strstr(safe, "ncrypt") != NULL)
		return error_set(walk->error, TACIT_E_FORMAT, "%.100s in %.100s is locked with a "
				 "password: unpack it and add the folder", walk->entry, walk->name);
	return error_set(walk->error, TACIT_E_FORMAT, "%.100s is a broken archive (%s%s%s): get it "
			 "again; nothing of it was kept", walk->name, walk->entry,
			 walk->entry[0] != 0 ? ": " : "", safe);
}

/* The data of the current entry. */
static int read_entry(void *context, void *out, size_t size, size_t *got)
{
	struct walk *walk = context;
	la_ssize_t count = archive_read_data(walk->archive, out, size);

	if (count < 0)
		return broken(walk);
	*got = (size_t)count;
	return archive_charge(walk->budget, *got, walk->error);
}

static int open_archive(struct walk *walk, bool zip, bool streaming)
{
	struct archive *archive = archive_read_new();

	walk->archive = archive;
	walk->offset = 0;
	if (archive == NULL)
		return error_memory(walk->error);
	if (streaming) {
		archive_read_support_format_zip_streamable(archive);
	} else if (zip) {
		archive_read_support_format_zip_seekable(archive);
	} else {
		archive_read_support_format_tar(archive);
		archive_read_support_format_raw(archive);
		archive_read_support_filter_gzip(archive);
	}
	archive_read_set_read_callback(archive, on_read);
	archive_read_set_skip_callback(archive, on_skip);
	if (!streaming)
		archive_read_set_seek_callback(archive, on_seek);
	archive_read_set_callback_data(archive, walk);
	return archive_read_open1(archive) >= ARCHIVE_WARN ? 0 : broken(walk);
}

/* The name of the entry for people and for `detect`: safe to print, without leading "./". */
static void name_entry(struct walk *walk, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	size_t size;

	if (archive_format(walk->archive) == ARCHIVE_FORMAT_RAW) {
		name = walk->name;	/* a lone file under gzip goes by its own name */
		size = strlen(name);
		if (size > 3 && strcmp(name + size - 3, ".gz") == 0)
			size -= 3;
	} else {
		name = name == NULL ? "(no name)" : name;
		while (name[0] == '.' && name[1] == '/')
			name += 2;
		size = strlen(name);
	}
	text_safe(name, text_cut(name, size, 200), walk->entry, sizeof(walk->entry));
}

/* Counts the entry; what its header promises is held against the limits before unpacking. */
static int charge_entry(struct walk *walk, struct archive_entry *entry)
{
	if (++walk->budget->entries > LIMIT_ENTRIES)
		return error_set(walk->error, TACIT_E_LIMIT, "holds more than %d files: unpack it "
				 "and add the files you need", LIMIT_ENTRIES);
	if (archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0)
		walk->budget->declared += (uint64_t)archive_entry_size(entry);
	return over_budget(walk->budget, walk->budget->declared, walk->error);
}

static int walk_entries(struct walk *walk, archive_visit *visit, void *context)
{
	struct input_from from = { read_entry, walk };
	struct archive_entry *entry;
	int result = 0, next;

	while (result == 0) {
		next = archive_read_next_header(walk->archive, &entry);
		if (next == ARCHIVE_EOF)
			return 0;
		if (next < ARCHIVE_WARN)
			return broken(walk);
		/* What is neither tar nor packed is given back as it is: it was none after all. */
		if (archive_format(walk->archive) == ARCHIVE_FORMAT_RAW &&
		    archive_filter_count(walk->archive) < 2) {
			archive_set_error(walk->archive, -1, "Unrecognized archive format");
			return broken(walk);
		}
		name_entry(walk, entry);
		result = charge_entry(walk, entry);
		if (result == 0 && (archive_entry_filetype(entry) == AE_IFREG ||
				    archive_format(walk->archive) == ARCHIVE_FORMAT_RAW))
			result = visit(context, walk->entry, &from);
	}
	return result;
}

/* Whether the zip still has the directory that is written last, and whether it is one of several
 * pieces that only make sense together: then the record at the end is on another disk than 0. */
static int find_zip_end(struct walk *walk, bool *found, bool *split)
{
	uint64_t size = walk->from->size, offset = size > ZIP_END_MAX ? size - ZIP_END_MAX : 0;
	size_t got = 0, i;

	*found = false;
	while (offset < size && !*found) {
		int failed = walk->from->read_at(walk->from->context, offset, walk->block,
						 sizeof(walk->block), &got);

		if (failed != 0)
			return failed;
		if (got == 0)
			break;
		for (i = 0; i + 4 <= got && !*found; i++) {
			*found = memcmp(walk->block + i, "PK\5\6", 4) == 0;
			*split = *found && i + 6 <= got && walk->block[i + 5] == 0 &&
				 walk->block[i + 4] != 0 && walk->block[i + 4] < 0xff;
		}
		offset += got;
		if (got >= 4 && offset < size)
			offset -= 3;	/* the mark may lie across two blocks */
	}
	return 0;
}

/* A zip without its end: says how far it goes. */
static int cut_short(struct walk *walk)
{
	struct archive_entry *entry;
	uint64_t whole = 0;
	uint8_t out[4096];
	la_ssize_t got;

	if (open_archive(walk, true, true) != 0)
		return walk->error->code;
	while (archive_read_next_header(walk->archive, &entry) >= ARCHIVE_WARN) {
		name_entry(walk, entry);
		do {
			got = archive_read_data(walk->archive, out, sizeof(out));
			if (got > 0 && archive_charge(walk->budget, (uint64_t)got,
						      walk->error) != 0)
				return walk->error->code;
		} while (got > 0);
		if (got < 0)
			break;
		whole++;
		walk->entry[0] = 0;
	}
	return error_set(walk->error, TACIT_E_FORMAT, "%.100s is cut short after %" PRIu64 " "
			 "bytes: %" PRIu64 " file%s in it %s whole%s%.100s; nothing of it was "
			 "kept, download it again", walk->name, walk->from->size, whole,
			 whole == 1 ? "" : "s", whole == 1 ? "is" : "are",
			 walk->entry[0] != 0 ? ", then it breaks off in " : "", walk->entry);
}

int archive_walk(const struct archive_from *from, const char *name, struct archive_budget *budget,
		 archive_visit *visit, void *context, struct error *error)
{
	struct walk walk = { .from = from, .name = name, .budget = budget, .error = error };
	uint8_t head[512];
	size_t got = 0;
	bool zip, whole = true, split = false;
	int result = from->read_at(from->context, 0, head, sizeof(head), &got);

	if (result != 0)
		return result;
	zip = is_zip(head, got);
	if (zip)
		result = find_zip_end(&walk, &whole, &split);
	if (result == 0 && (split || (zip && head[2] == 7)))
		result = error_set(error, TACIT_E_FORMAT, "%.100s is one piece of a zip that was "
				   "split (.z01, .z02 ... .zip): join them first, with "
				   "`zip -s 0 NAME.zip --out whole.zip`", name);
	else if (result == 0 && !whole)
		result = cut_short(&walk);
	else if (result == 0)
		result = open_archive(&walk, zip, false);
	if (result == 0)
		result = walk_entries(&walk, visit, context);
	if (walk.archive != NULL)
		archive_read_free(walk.archive);
	return result;
}

/* An empty zip entry with a name in UTF-8: "\xc3\xa9". */
static const uint8_t sample[] = {
	'P', 'K', 3, 4, 20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0,
	0, 0, 0xc3, 0xa9,
	'P', 'K', 1, 2, 20, 3, 20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa4, 0x81, 0, 0, 0, 0, 0xc3, 0xa9,
	'P', 'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 48, 0, 0, 0, 32, 0, 0, 0, 0, 0,
};

static int visit_nothing(void *context, const char *entry, const struct input_from *from)
{
	(void)context;
	(void)entry;
	(void)from;
	return 0;
}

void archive_warm(void)
{
	struct bytes bytes = { (uint8_t *)(uintptr_t)sample, sizeof(sample), 0 };
	struct archive_from from = { archive_read_at_memory, &bytes, sizeof(sample) };
	struct archive_budget budget = { sizeof(sample), 0, 0, 0 };
	struct error error;

	/* A failure shows again, with its sentence, when a real archive is read. */
	archive_walk(&from, "sample", &budget, visit_nothing, NULL, &error);
}
