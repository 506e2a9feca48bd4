/*
 * The files under the paths that were given, path by path in a fixed order, and opening them
 * without ever following a link: what is read is what lies inside the folders, and the very files
 * that were there at first. A path that cannot be read is no error until its turn comes.
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
	size_t root;
};

struct walk_root {
	const char *path;	/* the caller's */
	char name[256];		/* its last part, safe to print */
	int fd;			/* of a folder; else -1 */
	uint64_t device, inode;
	struct error error;	/* why it cannot be read, or 0 */
};

struct walk {
	struct walk_root *roots;
	size_t root_count;
	struct walk_file *files;
	size_t count, capacity;
};

/* `ignored` of the events is told about links and special files. */
int walk_open(struct walk *walk, const char *const *paths, size_t count,
	      const struct source_events *events, struct error *error);
bool walk_in_folder(const struct walk *walk, size_t index);
void walk_close(struct walk *walk);

/* A new descriptor of the file, or -1 with errno. */
int walk_open_file(const struct walk *walk, size_t index);

#endif
