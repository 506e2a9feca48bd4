/*
 * Waiting for exports in a folder. Files are told apart by name, inode, size and time of change;
 * one is ready when it was closed and nothing touched it for QUIET_MS. No vault is needed here:
 * whoever is told opens it for as long as reading takes, so that other commands are not kept out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "inside.h"

#define QUIET_MS 2000

struct seen {
	char *name;
	uint64_t inode, size;
	int64_t changed;		/* of the file, ns */
	int64_t since;			/* when it was seen to change last, ms */
	bool writing;			/* somebody writes and did not close it yet */
	bool given, present;
};

struct watch {
	struct tacit *t;
	const char *folder;
	const struct tacit_watch_options *options;
	struct seen *seen;
	size_t count, capacity;
	int notify;
};

/* Downloads that are not over, and what is hidden, are no exports. */
static bool is_passing(const char *name)
{
	static const char *const ends[] = { ".part", ".crdownload", ".download", ".tmp", "~" };
	size_t size = strlen(name), i;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (size > strlen(ends[i]) && strcmp(name + size - strlen(ends[i]), ends[i]) == 0)
			return true;
	return name[0] == '.';
}

static struct seen *find(struct watch *watch, const char *name)
{
	size_t i;

	for (i = 0; i < watch->count; i++)
		if (strcmp(watch->seen[i].name, name) == 0)
			return &watch->seen[i];
	return NULL;
}

static struct seen *add(struct watch *watch, const char *name)
{
	struct seen *seen;

	if (watch->count == watch->capacity) {
		size_t capacity = watch->capacity * 2 + 64;

		seen = realloc(watch->seen, capacity * sizeof(*seen));
		if (seen == NULL)
			return NULL;
		watch->seen = seen;
		watch->capacity = capacity;
	}
	seen = &watch->seen[watch->count];
	memset(seen, 0, sizeof(*seen));
	seen->name = strdup(name);
	if (seen->name == NULL)
		return NULL;
	watch->count++;
	return seen;
}

static int see_file(struct watch *watch, const char *name, const struct stat *status, int64_t now)
{
	int64_t changed = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
	struct seen *seen = find(watch, name);
	bool fresh = seen == NULL;

	if (fresh && watch->count >= LIMIT_WATCHED)
		return error_set(&watch->t->error, TACIT_E_LIMIT, "more than %d files in %.200s: "
				 "watch a folder of its own", LIMIT_WATCHED, watch->folder);
	if (fresh)
		seen = add(watch, name);
	if (seen == NULL)
		return error_memory(&watch->t->error);
	seen->present = true;
	if (!fresh && seen->inode == (uint64_t)status->st_ino &&
	    seen->size == (uint64_t)status->st_size && seen->changed == changed)
		return 0;
	seen->inode = (uint64_t)status->st_ino;
	seen->size = (uint64_t)status->st_size;
	seen->changed = changed;
	seen->given = false;
	/* What lay there before counts from its own time, unless that is yet to come. */
	seen->since = fresh && changed / 1000000 < now ? changed / 1000000 : now;
	return 0;
}

static int look(struct watch *watch, int64_t now)
{
	DIR *directory = opendir(watch->folder);
	struct dirent *entry;
	struct stat status;
	int failed = 0;
	size_t i, kept = 0;

	if (directory == NULL)
		return error_errno(&watch->t->error, TACIT_E_IO, "cannot read the folder %.300s",
				   watch->folder);
	for (i = 0; i < watch->count; i++)
		watch->seen[i].present = false;
	while (failed == 0 && (entry = readdir(directory)) != NULL)
		if (!is_passing(entry->d_name) &&
		    fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode))
			failed = see_file(watch, entry->d_name, &status, now);
	closedir(directory);
	for (i = 0; failed == 0 && i < watch->count; i++)
		if (watch->seen[i].present)
			watch->seen[kept++] = watch->seen[i];
		else
			free(watch->seen[i].name);
	if (failed == 0)
		watch->count = kept;
	return failed;
}

/* Takes what the kernel says happened. */
static int take_events(struct watch *watch, int64_t now)
{
	_Alignas(struct inotify_event) char buffer[16384];
	ssize_t got = read(watch->notify, buffer, sizeof(buffer)), at = 0;

	while (at + (ssize_t)sizeof(struct inotify_event) <= got) {
		const struct inotify_event *event = (const void *)(buffer + at);
		struct seen *seen = event->len > 0 ? find(watch, event->name) : NULL;

		if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT))
			return error_set(&watch->t->error, TACIT_E_NOT_FOUND, "the folder %.300s "
					 "is gone", watch->folder);
		if (seen != NULL) {
			seen->writing = (event->mask & IN_MODIFY) != 0;
			seen->since = now;
			seen->given = seen->given && (event->mask & (IN_MODIFY | IN_MOVED_TO)) == 0;
		}
		at += (ssize_t)sizeof(*event) + event->len;
	}
	return 0;
}

/* Gives what is ready; *wait is how long until the next may be, -1 where nothing is. */
static int give(struct watch *watch, int64_t now, int *wait)
{
	char path[8192];
	size_t i;
	int failed;

	*wait = -1;
	for (i = 0; i < watch->count; i++) {
		struct seen *seen = &watch->seen[i];
		int64_t left = seen->since + QUIET_MS - now;

		if (seen->given || (seen->writing && !watch->options->once))
			continue;
		if (left > 0) {
			if (*wait < 0 || left < *wait)
				*wait = (int)left + 1;
			continue;
		}
		seen->given = true;
		snprintf(path, sizeof(path), "%s/%s", watch->folder, seen->name);
		failed = watch->options->ready(watch->options->context, path);
		if (failed != 0)
			return failed;
	}
	return 0;
}

static int run(struct watch *watch)
{
	struct pollfd ready = { watch->notify, POLLIN, 0 };
	int wait, failed;

	for (;;) {
		int64_t now = clock_now();

		failed = look(watch, now);
		if (failed == 0 && (ready.revents & POLLIN) != 0)
			failed = take_events(watch, now);
		if (failed == 0)
			failed = give(watch, now, &wait);
		if (failed != 0 || (watch->options->once && wait < 0))
			return failed;
		ready.revents = 0;
		if (poll(&ready, 1, wait) < 0 && errno != EINTR)
			return error_errno(&watch->t->error, TACIT_E_IO, "cannot wait for files");
	}
}

int tacit_watch(struct tacit *t, const char *folder, const struct tacit_watch_options *options)
{
	struct watch watch = { .t = t, .folder = folder, .options = options };
	int failed = 0;
	size_t i;

	watch.notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch.notify < 0)
		return error_errno(&t->error, TACIT_E_IO, "cannot watch folders");
	if (inotify_add_watch(watch.notify, folder, IN_ONLYDIR | IN_CREATE | IN_MODIFY |
			      IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF) < 0)
		failed = error_errno(&t->error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				     "cannot watch %.300s", folder);
	if (failed == 0)
		failed = run(&watch);
	for (i = 0; i < watch.count; i++)
		free(watch.seen[i].name);
	free(watch.seen);
	close(watch.notify);
	return failed;
}
