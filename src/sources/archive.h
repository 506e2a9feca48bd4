/*
 * Archives: zip (by its directory, in place), tar, tar.gz, and a single file under gzip. Limits on
 * entries, bytes and the ratio of unpacked to packed bytes hold over the whole export, whatever
 * is nested in it.
 */
#ifndef TACIT_SOURCES_ARCHIVE_H
#define TACIT_SOURCES_ARCHIVE_H

#include <stdbool.h>

#include "base/error.h"
#include "formats/input.h"

/* Random access to the packed bytes. read_at gives 0 or a negative TACIT_E_*; *got 0 at the end. */
struct archive_from {
	int (*read_at)(void *context, uint64_t offset, void *out, size_t size, size_t *got);
	void *context;
	uint64_t size;
};

/* What was unpacked so far, of one export and in one pass. */
struct archive_budget {
	uint64_t packed;	/* bytes of the file that was given */
	uint64_t unpacked, declared;
	uint64_t entries;
};

/* One file in the archive; `from` is good during the call. A non-zero result ends the walk. */
typedef int archive_visit(void *context, const char *entry, const struct input_from *from);

/* Whether the first bytes of a file are those of an archive; 512 of them are enough. */
bool archive_known(const uint8_t *head, size_t size);

/* Calls `visit` for every file in it. `name` is for sentences, and names a file under gzip. */
int archive_walk(const struct archive_from *from, const char *name, struct archive_budget *budget,
		 archive_visit *visit, void *context, struct error *error);

/* Counts bytes of the export against the limits; 0 or TACIT_E_LIMIT. */
int archive_charge(struct archive_budget *budget, uint64_t bytes, struct error *error);

/* Random access to memory, for archives in archives: context is a struct bytes. */
int archive_read_at_memory(void *context, uint64_t offset, void *out, size_t size, size_t *got);

/* Makes the library load everything that it loads late (character sets), before the sandbox. */
void archive_warm(void);

#endif
