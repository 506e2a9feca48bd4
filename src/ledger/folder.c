/*
 * A folder as a log's storage. Partial tiles stay while somebody may read by them: those of a tile
 * that is full are removed when the checkpoint that covers the full one is in place, never earlier,
 * so that a failed append takes nothing away.
 */
#include "folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/tiles_inside.h"

#define LEVELS (1 + TILES_LEVELS)	/* the bundles, and the levels of tiles */

struct folder {
	bool durable;
	/* The first full tile of each level since the last checkpoint: the one that was partial
	 * before. Those behind it are new as a whole. */
	bool filled[LEVELS];
	uint64_t index[LEVELS];
	char path[];
};

struct resource {
	bool checkpoint;
	int level;
	uint64_t index;
	unsigned width;
};

/* The file of a path; false for what is no path of a log. */
static bool find(const struct folder *folder, const char *path, struct resource *resource,
		 char out[PATH_MAX])
{
	resource->checkpoint = strcmp(path, LEDGER_CHECKPOINT) == 0;
	if (!resource->checkpoint && (!tiles_take_path(path, &resource->level, &resource->index,
						       &resource->width) ||
				      resource->level >= TILES_LEVELS))
		return false;
	return (size_t)snprintf(out, PATH_MAX, "%s/%s", folder->path, path) < PATH_MAX;
}

static int read_file(void *context, const char *path, size_t max, struct bytes *out)
{
	struct resource resource;
	char file[PATH_MAX];
	struct error error;
	int result;

	if (!find(context, path, &resource, file))
		return TACIT_E_ARGUMENT;
	result = file_read(file, out->size + max, out, &error);
	return result == TACIT_E_LIMIT ? TACIT_E_DAMAGED : result;
}

/* Makes the folders above the file, each of them durable where files are. */
static int make_folders(const struct folder *folder, char file[PATH_MAX], struct error *error)
{
	char *slash = strrchr(file, '/');
	int result;

	*slash = 0;
	result = file_make_folder(file, 0700, error);
	while (result == 0 && folder->durable) {
		result = file_sync_folder(file, error);
		if (strlen(file) <= strlen(folder->path))
			break;
		*strrchr(file, '/') = 0;
	}
	return result;
}

/* Removes the partial tiles that a full one has in it; what cannot be removed does no harm. */
static void drop_partial(const struct folder *folder, int level, uint64_t index)
{
	char path[TILES_PATH_BYTES], file[PATH_MAX];
	struct dirent *entry;
	DIR *list;

	tiles_path(level, index, TILES_WIDTH, path);
	if ((size_t)snprintf(file, sizeof(file), "%s/%s.p", folder->path, path) >= sizeof(file))
		return;
	list = opendir(file);
	if (list == NULL)
		return;
	while ((entry = readdir(list)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(list), entry->d_name, 0);
	closedir(list);
	rmdir(file);
}

/* A checkpoint is in place. A full tile that it does not cover is of an append that failed. */
static void clean(struct folder *folder, const char *data, size_t size)
{
	struct checkpoint checkpoint;
	struct note note;
	struct error error;
	int slot;

	if (note_parse(data, size, &note, &error) == 0 &&
	    checkpoint_take(note.text, note.text_size, &checkpoint, &error) == 0)
		for (slot = 0; slot < LEVELS; slot++)
			if (folder->filled[slot] &&
			    tiles_width(checkpoint.size, slot == 0 ? 0 : (unsigned)slot - 1,
					folder->index[slot]) == TILES_WIDTH)
				drop_partial(folder, slot - 1, folder->index[slot]);
	memset(folder->filled, 0, sizeof(folder->filled));
}

static void remember(struct folder *folder, const struct resource *resource)
{
	int slot = resource->level + 1;

	if (resource->width < TILES_WIDTH || folder->filled[slot])
		return;
	folder->filled[slot] = true;
	folder->index[slot] = resource->index;
}

static int write_file(void *context, const char *path, const void *data, size_t size)
{
	struct folder *folder = context;
	struct resource resource;
	char file[PATH_MAX], above[PATH_MAX];
	struct error error;
	int result;

	if (!find(folder, path, &resource, file))
		return TACIT_E_ARGUMENT;
	result = file_replace(file, data, size, 0600, folder->durable, &error);
	if (result == TACIT_E_NOT_FOUND) {
		snprintf(above, sizeof(above), "%s", file);
		result = make_folders(folder, above, &error);
		if (result == 0)
			result = file_replace(file, data, size, 0600, folder->durable, &error);
	}
	if (result == 0 && resource.checkpoint)
		clean(folder, data, size);
	else if (result == 0)
		remember(folder, &resource);
	return result == TACIT_E_NOT_FOUND ? TACIT_E_IO : result;
}

int folder_store(const char *path, bool durable, struct folder **out, struct tiles_store *store,
		 struct error *error)
{
	size_t size = strlen(path);
	struct folder *folder;

	while (size > 1 && path[size - 1] == '/')
		size--;
	if (size == 0 || size >= PATH_MAX - TILES_PATH_BYTES - sizeof(".new"))
		return error_set(error, TACIT_E_ARGUMENT, "no usable folder name: \"%s\"", path);
	folder = calloc(1, sizeof(*folder) + size + 1);
	if (folder == NULL)
		return error_memory(error);
	folder->durable = durable;
	memcpy(folder->path, path, size);
	*store = (struct tiles_store){ read_file, write_file, folder };
	*out = folder;
	return 0;
}

void folder_free(struct folder *folder)
{
	free(folder);
}
