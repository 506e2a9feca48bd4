/*
 * The files under a path, in a fixed order, and opening them without ever following a link: what
 * is read is what lies inside the folder that was given.
 */
#ifndef TACIT_SOURCES_WALK_H
#define TACIT_SOURCES_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "sources/source.h"

struct walk_file {
	char *path;		/* relative to the folder */
	char name[256];		/* the same, safe to print */
	uint64_t size;
};

struct walk {
	int root;		/* the folder, or the one file */
	bool folder;
	struct walk_file *files;
	size_t count, capacity;
};

/* `ignored` of the events is told about links and special files. */
int walk_open(struct walk *walk, const char *path, const struct source_events *events,
	      struct error *error);
void walk_close(struct walk *walk);

/* A new descriptor of the file, or -1 with errno. */
int walk_open_file(const struct walk *walk, size_t index);

#endif
