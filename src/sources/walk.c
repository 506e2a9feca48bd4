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
	const struct source_events *events;
	struct error *error;
	char path[4096];
	size_t used;
	int depth;
};

static int add_file(struct walk *walk, const char *path, const char *shown, uint64_t size,
		    struct error *error)
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
		result = add_file(place->walk, place->path, place->path, (uint64_t)status.st_size,
				  place->error);
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

static int open_folder(struct walk *walk, const struct source_events *events,
		       struct error *error)
{
	struct place *place = calloc(1, sizeof(*place));
	int fd, result;

	if (place == NULL)
		return error_memory(error);
	place->walk = walk;
	place->events = events;
	place->error = error;
	fd = openat(walk->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	result = fd < 0 ? error_errno(error, TACIT_E_IO, "cannot read the folder") :
		 read_folder(place, fd);
	free(place);
	if (result == 0 && walk->count > 0)
		qsort(walk->files, walk->count, sizeof(*walk->files), by_path);
	return result;
}

int walk_open(struct walk *walk, const char *path, const struct source_events *events,
	      struct error *error)
{
	struct stat status;
	int result;

	memset(walk, 0, sizeof(*walk));
	/* O_NONBLOCK: a pipe with nobody at its other end must not hold us. */
	walk->root = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (walk->root < 0)
		return error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				   "cannot open %.300s", path);
	if (fstat(walk->root, &status) != 0) {
		result = error_errno(error, TACIT_E_IO, "cannot read %.300s", path);
	} else if (S_ISDIR(status.st_mode)) {
		walk->folder = true;
		result = open_folder(walk, events, error);
	} else if (S_ISREG(status.st_mode)) {
		result = add_file(walk, "", file_base(path), (uint64_t)status.st_size, error);
	} else {
		result = error_set(error, TACIT_E_FORMAT, "%.300s is neither a file nor a folder",
				   path);
	}
	if (result != 0)
		walk_close(walk);
	return result;
}

void walk_close(struct walk *walk)
{
	size_t i;

	for (i = 0; i < walk->count; i++)
		free(walk->files[i].path);
	free(walk->files);
	if (walk->root >= 0)
		close(walk->root);
	memset(walk, 0, sizeof(*walk));
	walk->root = -1;
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
	struct stat status;
	int fd;

	if (index >= walk->count) {
		errno = EINVAL;
		return -1;
	}
	if (!walk->folder)
		return fcntl(walk->root, F_DUPFD_CLOEXEC, 0);
	fd = open_steps(walk->root, walk->files[index].path);
	if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}
