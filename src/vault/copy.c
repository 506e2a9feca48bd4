/* See copy.h. The copy needs no SQLite: the log must be empty when it is made. */
#include "vault/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "vault/page.h"

#define BATCH 64	/* pages of one write */

static ssize_t read_full(int fd, uint8_t *out, size_t size, off_t at)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = pread(fd, out + have, size - have, at + (off_t)have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static int write_full(int fd, const uint8_t *data, size_t size, off_t at)
{
	size_t done = 0;

	while (done < size) {
		ssize_t put = pwrite(fd, data + done, size - done, at + (off_t)done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		done += (size_t)put;
	}
	return 0;
}

static int copy_pages(int in, int out, const char *from, const char *to, uint8_t *batch,
		      const struct keys *sealed_with, const struct keys *seal_with,
		      struct error *error)
{
	uint8_t plain[PAGE_BYTES];
	off_t at = PAGE_START;
	uint64_t number = 1;
	int result = 0;

	for (;;) {
		ssize_t size = read_full(in, batch, BATCH * PAGE_BYTES, at);
		ssize_t i;

		if (size < 0)
			result = error_errno(error, TACIT_E_IO, "cannot read %s", from);
		else if (size % PAGE_BYTES != 0)
			result = error_set(error, TACIT_E_DAMAGED,
					   "%s ends in the middle of a page", from);
		if (size == 0 || result != 0)
			break;
		for (i = 0; i < size && result == 0; i += PAGE_BYTES, number++) {
			if (!page_open(sealed_with, number, batch + i, plain))
				result = error_set(error, TACIT_E_DAMAGED,
						   "%s is damaged: page %llu "
						   "is not what was written", from,
						   (unsigned long long)number);
			else if (seal_with != NULL)
				page_seal(seal_with, number, plain, batch + i);
		}
		if (result == 0 && write_full(out, batch, (size_t)size, at) != 0)
			result = error_errno(error, TACIT_E_IO, "cannot write %s", to);
		if (result != 0)
			break;
		at += size;
	}
	keys_wipe(plain, sizeof(plain));
	if (result == 0 && number == 1)
		result = error_set(error, TACIT_E_DAMAGED, "%s has no pages", from);
	return result;
}

int copy_vault(const char *from, const char *to, const struct keys_header *header,
	       const struct keys *sealed_with, const struct keys *seal_with, struct error *error)
{
	uint8_t *batch = malloc(BATCH * PAGE_BYTES);
	int in, out = -1, result = 0;

	if (batch == NULL)
		return error_memory(error);
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		result = error_errno(error, errno == ENOENT ? TACIT_E_NOT_FOUND : TACIT_E_IO,
				     "cannot open %s", from);
	if (result == 0) {
		out = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (out < 0)
			result = error_errno(error, errno == EEXIST ? TACIT_E_EXISTS : TACIT_E_IO,
					     "cannot create %s", to);
	}
	if (result == 0)
		result = keys_write(out, header, error);
	if (result == 0)
		result = copy_pages(in, out, from, to, batch, sealed_with, seal_with, error);
	if (result == 0 && fsync(out) != 0)
		result = error_errno(error, TACIT_E_IO, "cannot write %s", to);
	if (out >= 0 && close(out) != 0 && result == 0)
		result = error_errno(error, TACIT_E_IO, "cannot write %s", to);
	if (out >= 0 && result != 0)
		unlink(to);
	if (in >= 0)
		close(in);
	free(batch);
	return result != 0 ? result : file_sync_folder(to, error);
}
