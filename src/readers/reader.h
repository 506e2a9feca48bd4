/*
 * What a reader is: it recognises its export by content and turns it into acts. To add one, write
 * a file with a `struct reader`, put it into the table in detect.c, and give it a fixture, a test
 * and a fuzz target (docs/sources.md).
 */
#ifndef TACIT_READERS_READER_H
#define TACIT_READERS_READER_H

#include "formats/csv.h"
#include "formats/input.h"
#include "readers/emit.h"

/* Names and numbers that files of one export tell each other (catalogue.h). */
struct catalogue;

/* The start of a file, for recognising it. */
struct sniff {
	const char *name;	/* path within the archive or folder, or the file's base name */
	const char *text;	/* decoded; at least the first line, if there is one */
	size_t size;
	char delimiter;		/* of the first line: ',', '\t' or ';' ; 0 when it has none */
	const struct csv *header;	/* the first line as a row of names, or NULL */
	bool json;		/* begins with an object, or with an array of objects */
};

/* What the table in docs/sources.md says of a kind; tools/sources.sh writes it. */
struct reader_about {
	const char *files;	/* "watch-history.json" */
	const char *acts;	/* "watch, search" */
	const char *used;	/* fields, ", " between */
	/* Columns, or paths as objects_at has them, that are never stored; ends with NULL, NULL:
	 * none. each.h counts the rows that have something there. */
	const char *const *dropped;
	const char *unknown;	/* what it cannot know, a short sentence, or "" */
};

struct reader;

/* One file being read. */
struct reading {
	struct emit *emit;
	struct error *error;
	struct input *input;
	const struct sniff *sniff;
	struct catalogue *catalogue;
	const char *person;	/* --user, or NULL */
	const struct reader *reader;
};

struct reader {
	const char *kind;
	const char *title;	/* for people: "Netflix: viewing history" */
	bool (*match)(const struct sniff *sniff);
	/* First pass over the files of an export: what other files need to know. Or NULL. */
	int (*prepare)(struct reading *reading);
	/* Second pass: emits. NULL: the file only helps others, and holds no acts. */
	int (*read)(struct reading *reading);
	const struct reader_about *about;
};

#endif
