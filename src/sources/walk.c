/* Folders; see walk.h. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

/* The folder being read, and what it is called from the top. */
struct place {
	struct walk *walk;
	size_t root;
	const struct source_events *events;
	struct error *error;
	char path[4096];
	size_t used;
	int depth;
};

static int add_file(struct walk *walk, size_t root, const char *path, const char *shown,
		    uint64_t size, struct error *error)
{
	struct walk_file *file;
	size_t length = strlen(shown);

	if (walk->count >= LIMIT_ENTRIES)
		return error_set(error, TACIT_E_LIMIT, "more than %d files in the folder: add the "
				 "folders inside it one by one", LIMIT_ENTRIES);
	if (walk->count == walk->capacity) {
		size_t capacity = walk->capacity == 0 ? 64 : walk->capacity * 2;
		struct walk_file *files = realloc(walk->files, capacity * sizeof(*files));

		if (files == NULL)
			return error_memory(error);
		walk->files = files;
		walk->capacity = capacity;
	}
	file = &walk->files[walk->count];
	file->path = strdup(path);
	if (file->path == NULL)
		return error_memory(error);
	file->size = size;
	file->root = root;
	text_safe(shown, text_cut(shown, length, 200), file->name, sizeof(file->name));
	walk->count++;
	return 0;
}

static void tell_ignored(const struct place *place, const char *why)
{
	char name[256];

	text_safe(place->path, text_cut(place->path, strlen(place->path), 200), name, sizeof(name));
	if (place->events->ignored != NULL)
		place->events->ignored(place->events->context, name, why);
}

static int read_folder(struct place *place, int fd);

static int read_name(struct place *place, int folder, const char *name)
{
	size_t before = place->used, length = strlen(name);
	struct stat status;
	int result = 0, fd;

	if (before + length + 2 > sizeof(place->path))
		return error_set(place->error, TACIT_E_LIMIT, "a path in the folder is too long");
	if (before > 0)
		place->path[place->used++] = '/';
	memcpy(place->path + place->used, name, length + 1);
	place->used += length;
	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
		tell_ignored(place, "cannot be opened");
	} else if (S_ISDIR(status.st_mode)) {
		fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			tell_ignored(place, "cannot be opened");
		else
			result = read_folder(place, fd);
	} else if (S_ISREG(status.st_mode)) {
		result = add_file(place->walk, place->root, place->path, place->path,
				  (uint64_t)status.st_size, place->error);
	} else {
		tell_ignored(place, S_ISLNK(status.st_mode) ? "a link: not followed" :
			     "not a file");
	}
	place->used = before;
	place->path[before] = 0;
	return result;
}

/* Takes `fd` over. */
static int read_folder(struct place *place, int fd)
{
	DIR *folder;
	struct dirent *entry;
	int result = 0;

	if (place->depth >= LIMIT_FOLDER_DEPTH) {
		close(fd);
		tell_ignored(place, "a folder too deep inside others");
		return 0;
	}
	folder = fdopendir(fd);
	if (folder == NULL) {
		close(fd);
		return error_errno(place->error, TACIT_E_IO, "cannot read folder %s", place->path);
	}
	place->depth++;
	while (result == 0) {
		errno = 0;
		entry = readdir(folder);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			result = read_name(place, dirfd(folder), entry->d_name);
	}
	if (entry == NULL && errno != 0 && result == 0)
		result = error_errno(place->error, TACIT_E_IO, "cannot read folder %s",
				     place->path);
	place->depth--;
	closedir(folder);
	return result;
}

static int by_path(const void *a, const void *b)
{
	const struct walk_file *left = a, *right = b;

	return strcmp(left->path, right->path);
}

static int open_folder(struct walk *walk, size_t root, const struct source_events *events,
		       struct error *error)
{
	struct place *place = calloc(1, sizeof(*place));
	size_t before = walk->count;
	int fd, result;

	if (place == NULL)
		return error_memory(error);
	place->walk = walk;
	place->root = root;
	place->events = events;
	place->error = error;
	fd = openat(walk->roots[root].fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	result = fd < 0 ? error_errno(error, TACIT_E_IO, "cannot read the folder") :
		 read_folder(place, fd);
	free(place);
	if (result == 0 && walk->count > before)
		qsort(walk->files + before, walk->count - before, sizeof(*walk->files), by_path);
	return result;
}

/* The last part of the path, without a slash at its end, safe to print. */
static void name_root(struct walk_root *root)
{
	size_t size = strlen(root->path), from;

	while (size > 1 && root->path[size - 1] == '/')
		size--;
	from = size;
	while (from > 0 && root->path[from - 1] != '/')
		from--;
	text_safe(root->path + from, text_cut(root->path + from, size - from, 80), root->name,
		  sizeof(root->name));
}

static int open_root(struct walk *walk, size_t index, const struct source_events *events)
{
	struct walk_root *root = &walk->roots[index];
	struct error *error = &root->error;
	struct stat status;
	int fd, result = 0;

	/* O_NONBLOCK: a pipe with nobody at its other end must not hold us. */
	fd = open(root->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				   "cannot open %.300s", root->path);
	if (fstat(fd, &status) != 0) {
		result = error_errno(error, TACIT_E_IO, "cannot read %.300s", root->path);
	} else if (S_ISDIR(status.st_mode)) {
		root->fd = fd;
		return open_folder(walk, index, events, error);
	} else if (S_ISREG(status.st_mode)) {
		root->device = (uint64_t)status.st_dev;
		root->inode = (uint64_t)status.st_ino;
		result = add_file(walk, index, "", file_base(root->path), (uint64_t)status.st_size,
				  error);
	} else {
		result = error_set(error, TACIT_E_FORMAT, "%.300s is neither a file nor a folder",
				   root->path);
	}
	close(fd);
	return result;
}

int walk_open(struct walk *walk, const char *const *paths, size_t count,
	      const struct source_events *events, struct error *error)
{
	size_t i, files;

	memset(walk, 0, sizeof(*walk));
	walk->roots = calloc(count + 1, sizeof(*walk->roots));
	if (walk->roots == NULL)
		return error_memory(error);
	walk->root_count = count;
	for (i = 0; i < count; i++)
		walk->roots[i].fd = -1;
	for (i = 0; i < count; i++) {
		walk->roots[i].path = paths[i];
		name_root(&walk->roots[i]);
		files = walk->count;
		if (open_root(walk, i, events) == 0)
			continue;
		while (walk->count > files)	/* of it nothing is read */
			free(walk->files[--walk->count].path);
	}
	return 0;
}

void walk_close(struct walk *walk)
{
	size_t i;

	for (i = 0; i < walk->count; i++)
		free(walk->files[i].path);
	for (i = 0; i < walk->root_count; i++)
		if (walk->roots[i].fd >= 0)
			close(walk->roots[i].fd);
	free(walk->files);
	free(walk->roots);
	memset(walk, 0, sizeof(*walk));
}

bool walk_in_folder(const struct walk *walk, size_t index)
{
	return walk->roots[walk->files[index].root].fd >= 0;
}

/* Opens step by step, so that no part of the path may be a link by now. */
static int open_steps(int root, const char *path)
{
	int at = dup(root);

	while (at >= 0) {
		const char *slash = strchr(path, '/');
		char part[256];
		size_t size = slash == NULL ? strlen(path) : (size_t)(slash - path);
		int next;

		if (size >= sizeof(part)) {
			close(at);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(part, path, size);
		part[size] = 0;
		next = openat(at, part, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
			      (slash == NULL ? 0 : O_DIRECTORY));
		close(at);
		if (slash == NULL)
			return next;
		at = next;
		path = slash + 1;
	}
	return -1;
}

int walk_open_file(const struct walk *walk, size_t index)
{
	const struct walk_root *root;
	struct stat status;
	int fd;

	if (index >= walk->count) {
		errno = EINVAL;
		return -1;
	}
	root = &walk->roots[walk->files[index].root];
	fd = root->fd >= 0 ? open_steps(root->fd, walk->files[index].path) :
	     open(root->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	/* A file that stands alone must still be the one that was there. */
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
	    (root->fd < 0 && ((uint64_t)status.st_dev != root->device ||
			      (uint64_t)status.st_ino != root->inode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}
