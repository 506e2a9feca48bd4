/*
 * Reading exports. A reader (readers/reader.h) turns one kind of export into acts (base/act.h) and
 * accounts for every row: read = emitted + skipped, with a reason for each skipped one. Readers
 * run in a sandboxed child (sources/child.c) that has the files' descriptors and nothing else: no
 * keys, no file system, no network. The parent checks every byte that comes back.
 *
 * source_read() is the only way in from outside this room.
 */
#ifndef TACIT_SOURCES_SOURCE_H
#define TACIT_SOURCES_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/act.h"
#include "base/error.h"
#include "formats/report.h"

struct source_events {
	void *context;
	/* A source begins: report has file, entry and kind. */
	int (*begin)(void *context, const struct report *report);
	/* One act. A non-zero result ends the reading and is returned by source_read. */
	int (*act)(void *context, const struct act *act);
	/* What the service believes of the person: a key ("instagram: interest") and a value. */
	int (*said)(void *context, const char *key, const char *value);
	/* The source ends, fully accounted for. */
	int (*end)(void *context, const struct report *report);
	/* Called a few times a second: bytes done and bytes in all (0 if not known). */
	void (*progress)(void *context, const char *file, uint64_t done, uint64_t total);
	/* A file that no reader knows, an archive entry that was left alone: told once each, not an
	 * error unless nothing at all was read. */
	void (*ignored)(void *context, const char *name, const char *why);
	/* The reading of a path begins, or has ended well; `name` is its last part, safe to print.
	 * All that comes between belongs to it. A non-zero result ends the reading. */
	int (*path)(void *context, size_t index, const char *name, bool begins);
};

struct source_options {
	const char *reader_program;	/* run as `PROGRAM --reader`; NULL: /proc/self/exe */
	const char *person;		/* which person of a data set; NULL: the only one */
	bool in_process;		/* no child: for fuzzing and tests only */
};

/* Reads one path: a file of any kind known, an archive (zip, tar.gz), or a folder. */
int source_read(const char *path, const struct source_options *options,
		const struct source_events *events, struct error *error);
/* Reads several as one export, whose files may help each other whatever path they lie under. The
 * first path that cannot be read ends it. */
int source_read_all(const char *const *paths, size_t count, const struct source_options *options,
		    const struct source_events *events, struct error *error);

/* The body of `tacit --reader`: confines itself, reads the job from descriptor 3, writes messages
 * to descriptor 4. Returns the exit status. */
int source_child_main(void);

/* What is known of the index-th reader, for the docs and `tacit kinds`; false after the last.
 * `dropped` ends with NULL, and is NULL where nothing is. */
struct source_about {
	const char *kind, *title, *files, *acts, *used, *unknown;
	const char *const *dropped;
};
bool source_about(size_t index, struct source_about *out);

/* The kinds that can be read, for `tacit add --help` and the docs: NULL after the last. */
const char *source_kind(size_t index, const char **title);

#endif
