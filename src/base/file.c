/* Whole-file reading and atomic writing. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_exists(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0;
}

const char *file_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

int file_read(const char *path, uint64_t max, struct bytes *out, struct error *error)
{
	uint8_t block[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = 0;

	if (fd < 0)
		return error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				   "cannot open %s", path);
	for (;;) {
		ssize_t got = read(fd, block, sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			result = error_errno(error, TACIT_E_IO, "cannot read %s", path);
		else if (out->size + (size_t)got > max)
			result = error_set(error, TACIT_E_LIMIT, "%s is larger than %llu bytes",
					   path, (unsigned long long)max);
		else if (bytes_append(out, block, (size_t)got) != 0)
			result = error_memory(error);
		if (got <= 0 || result != 0)
			break;
	}
	close(fd);
	return result;
}

static int write_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t put = write(fd, data, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		data += put;
		size -= (size_t)put;
	}
	return 0;
}

int file_sync_folder(const char *path, struct error *error)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t size = slash == NULL ? 0 : (size_t)(slash - path);
	int fd, failed;

	if (size >= sizeof(folder))
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", path);
	memcpy(folder, path, size);
	folder[size] = 0;
	if (size == 0)
		snprintf(folder, sizeof(folder), "%s", slash == NULL ? "." : "/");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(error, TACIT_E_IO, "cannot open folder %s", folder);
	failed = fsync(fd);
	close(fd);
	if (failed != 0)
		return error_errno(error, TACIT_E_IO, "cannot write folder %s to disk", folder);
	return 0;
}

int file_replace(const char *path, const void *data, size_t size, unsigned mode, bool durable,
		 struct error *error)
{
	char temporary[PATH_MAX];
	int fd, result = 0;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >= sizeof(temporary))
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				   "cannot create %s", temporary);
	if (fchmod(fd, mode) != 0 || write_all(fd, data, size) != 0 ||
	    (durable && fsync(fd) != 0))
		result = error_errno(error, TACIT_E_IO, "cannot write %s", temporary);
	if (close(fd) != 0 && result == 0)
		result = error_errno(error, TACIT_E_IO, "cannot write %s", temporary);
	if (result == 0 && rename(temporary, path) != 0)
		result = error_errno(error, TACIT_E_IO, "cannot put %s in place", path);
	if (result != 0) {
		unlink(temporary);
		return result;
	}
	return durable ? file_sync_folder(path, error) : 0;
}

int file_write(const char *path, const void *data, size_t size, unsigned mode,
	       struct error *error)
{
	int result = file_replace(path, data, size, mode, true, error);

	return result == TACIT_E_NOT_FOUND ? TACIT_E_IO : result;
}

int file_make_folder(const char *path, unsigned mode, struct error *error)
{
	char part[PATH_MAX];
	size_t size = strlen(path), i;

	if (size == 0 || size >= sizeof(part))
		return error_set(error, TACIT_E_ARGUMENT, "no usable folder name: \"%s\"", path);
	memcpy(part, path, size + 1);
	for (i = 1; i <= size; i++) {
		if (part[i] != '/' && part[i] != 0)
			continue;
		part[i] = 0;
		if (mkdir(part, mode) != 0 && errno != EEXIST)
			return error_errno(error, TACIT_E_IO, "cannot make folder %s", part);
		part[i] = i == size ? 0 : '/';
	}
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status;
	(void)kind;
	(void)ftw;
	return remove(path);
}

int file_remove_folder(const char *path, struct error *error)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		return error_errno(error, TACIT_E_IO, "cannot remove %s", path);
	return 0;
}
