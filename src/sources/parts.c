/* Parts of an export; see parts.h. */
#include "parts.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"

#define TOLD_MAX 100	/* parts that are told about */

size_t parts_stem(const char *name)
{
	static const char *const ends[] = { ".zip", ".tgz", ".tar.gz" };
	size_t size = strlen(name), digits = 0, i, end;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		end = strlen(ends[i]);
		if (size > end && strcmp(name + size - end, ends[i]) == 0)
			break;
	}
	if (i == sizeof(ends) / sizeof(*ends))
		return 0;
	for (size -= end; size > 0 && isdigit((unsigned char)name[size - 1]); size--)
		digits++;
	/* "-001", as Takeout has it; "-1" may be anything. */
	return digits == 3 && size > 1 && name[size - 1] == '-' ? size : 0;
}

static bool is_given(const struct walk *walk, const struct stat *status)
{
	size_t i;

	for (i = 0; i < walk->root_count; i++)
		if (walk->roots[i].inode == (uint64_t)status->st_ino &&
		    walk->roots[i].device == (uint64_t)status->st_dev)
			return true;
	return false;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Whether two paths are parts of one export. */
static bool same_export(const struct walk *walk, size_t one, size_t other)
{
	const char *path = walk->roots[one].path, *name = base_of(path);
	size_t stem = parts_stem(name);

	return stem > 0 && parts_stem(base_of(walk->roots[other].path)) == stem &&
	       strncmp(path, walk->roots[other].path, (size_t)(name - path) + stem) == 0;
}

bool parts_has_more(const struct walk *walk, size_t root)
{
	size_t i;

	for (i = 0; i < walk->root_count; i++)
		if (i != root && same_export(walk, root, i))
			return true;
	return false;
}

/* Whether an earlier path is a part of the same export: it was told about then. */
static bool told_already(const struct walk *walk, size_t root)
{
	size_t i;

	for (i = 0; i < root; i++)
		if (same_export(walk, root, i))
			return true;
	return false;
}

static void tell_beside(const struct walk *walk, size_t root, const struct source_events *events)
{
	const char *path = walk->roots[root].path, *name = base_of(path);
	size_t stem = parts_stem(name), folder_size = (size_t)(name - path), told = 0, i;
	char folder[4096] = ".", why[256], safe[256];
	struct dirent *entry;
	struct stat status;
	DIR *directory;

	if (stem == 0 || folder_size >= sizeof(folder) || told_already(walk, root))
		return;
	if (folder_size > 0)
		snprintf(folder, sizeof(folder), "%.*s", (int)folder_size, path);
	directory = opendir(folder);
	if (directory == NULL)
		return;
	snprintf(why, sizeof(why), "another part of %.100s: give all parts at once",
		 walk->roots[root].name);
	for (i = 0; i < LIMIT_ENTRIES && told < TOLD_MAX; i++) {
		entry = readdir(directory);
		if (entry == NULL)
			break;
		if (parts_stem(entry->d_name) != stem || strncmp(entry->d_name, name, stem) != 0 ||
		    fstatat(dirfd(directory), entry->d_name, &status, 0) != 0 ||
		    is_given(walk, &status))
			continue;
		text_safe(entry->d_name, strlen(entry->d_name), safe, sizeof(safe));
		events->ignored(events->context, safe, why);
		told++;
	}
	closedir(directory);
}

void parts_tell(const struct walk *walk, const struct source_events *events)
{
	size_t i;

	for (i = 0; i < walk->root_count && events->ignored != NULL; i++)
		if (walk->roots[i].fd < 0 && walk->roots[i].error.code == 0)
			tell_beside(walk, i, events);
}
