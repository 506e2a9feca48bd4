/*
 * Packs that were found whole, one line each:
 *
 *	tacit-pack-checked DEVICE INODE RULES SIZE MODIFIED CHANGED DIGEST
 *
 * RULES is raised when check.c asks for more than before, so that all are checked again.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "pack/inside.h"

#define RULES 1
#define FILE_FORMAT "tacit-pack-checked %" PRIu64 " %" PRIu64 " "
#define LINE 256
#define MEMORY_BYTES 65536	/* beyond, it begins anew */
#define SETTLED 10		/* seconds: times of some file systems are coarse */

static int64_t nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

bool pack_stamp_take(int fd, struct pack_stamp *out)
{
	struct stat status;
	int64_t now;

	memset(out, 0, sizeof(*out));
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 022) != 0 ||
	    (status.st_uid != geteuid() && status.st_uid != 0))
		return false;
	out->device = status.st_dev;
	out->inode = status.st_ino;
	out->size = (uint64_t)status.st_size;
	out->modified = nanoseconds(status.st_mtim);
	out->changed = nanoseconds(status.st_ctim);
	now = clock_now() / 1000;
	return status.st_ctim.tv_sec < now - SETTLED && status.st_mtim.tv_sec < now - SETTLED;
}

static void write_line(const struct pack_stamp *stamp, char line[LINE])
{
	char digest[2 * PACK_DIGEST_BYTES + 1];

	bytes_hex(digest, stamp->digest, PACK_DIGEST_BYTES);
	snprintf(line, LINE, FILE_FORMAT "%d %" PRIu64 " %" PRId64 " %" PRId64 " %s\n",
		 stamp->device, stamp->inode, RULES, stamp->size, stamp->modified,
		 stamp->changed, digest);
}

/* The memory; false where there is none or others may write it. */
static bool read_memory(const char *memory, struct bytes *out)
{
	struct stat status;
	struct error error;

	return lstat(memory, &status) == 0 && S_ISREG(status.st_mode) &&
	       (status.st_mode & 077) == 0 && status.st_uid == geteuid() &&
	       file_read(memory, MEMORY_BYTES, out, &error) == 0 && out->size > 0;
}

bool pack_stamp_known(const char *memory, const struct pack_stamp *stamp)
{
	struct bytes bytes = BYTES_INIT;
	char line[LINE];
	const char *at;
	bool known = false;

	write_line(stamp, line);
	if (read_memory(memory, &bytes)) {
		at = strstr((const char *)bytes.data, line);
		known = at != NULL && (at == (const char *)bytes.data || at[-1] == '\n');
	}
	bytes_free(&bytes);
	return known;
}

void pack_stamp_keep(const char *memory, const struct pack_stamp *stamp)
{
	struct bytes before = BYTES_INIT, after = BYTES_INIT;
	char line[LINE], same[LINE];
	const char *at, *end;
	struct error error;
	int result = 0;

	snprintf(same, sizeof(same), FILE_FORMAT, stamp->device, stamp->inode);
	if (read_memory(memory, &before))
		for (at = (const char *)before.data; result == 0 &&
		     (end = strchr(at, '\n')) != NULL; at = end + 1)
			if (strncmp(at, same, strlen(same)) != 0)
				result = bytes_append(&after, at, (size_t)(end - at) + 1);
	if (after.size > MEMORY_BYTES - 2 * LINE)
		after.size = 0;
	write_line(stamp, line);
	if (result == 0 && bytes_append(&after, line, strlen(line)) == 0)
		file_replace(memory, after.data, after.size, 0600, false, &error);
	bytes_free(&before);
	bytes_free(&after);
}
