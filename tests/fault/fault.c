/*
 * Faults from outside: preloaded in front of libc, this fails the nth allocation or the nth write
 * of a program that knows nothing of it.
 *
 *	TACIT_FAULT=alloc:N	the Nth malloc, calloc or realloc returns NULL
 *	TACIT_FAULT=write:N	the Nth write-like call fails with ENOSPC, and every later one
 *	TACIT_FAULT=short:N	the Nth write writes half, then ENOSPC, and every later one fails
 *	TACIT_FAULT=kill:N	SIGKILL before the Nth write-like call
 *	TACIT_FAULT=torn:N	SIGKILL after half of the Nth write
 *	TACIT_FAULT_COUNT=FILE	at the end of the program, "alloc A write W fired F" goes there
 *
 * Write-like are write, pwrite, pwrite64, writev, ftruncate, ftruncate64, fsync, fdatasync, rename,
 * link. Counting begins when the program makes the file descriptor calls of its own: what the
 * loader does before main is not counted.
 *
 *	gcc -shared -fPIC -O1 -o build/fault.so tests/fault/fault.c -ldl
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { NONE, ALLOC, WRITE, SHORT, KILL, TORN };

static enum mode mode;
static long wanted, allocations, writes;
static bool ready, full, fired;

/* dlsym may allocate before the real calloc is known. */
static uint8_t early[65536];
static size_t early_used;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);

static void find(void)
{
	static bool finding;

	if (real_malloc != NULL || finding)
		return;
	finding = true;
	real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	finding = false;
}

static void *early_take(size_t size)
{
	void *out = early + early_used;

	size = (size + 15) & ~(size_t)15;
	if (early_used + size > sizeof(early))
		abort();
	early_used += size;
	return out;
}

static bool is_early(const void *at)
{
	return (const uint8_t *)at >= early && (const uint8_t *)at < early + sizeof(early);
}

/* One failure only: what follows must cope with memory that is there again. */
static bool allocation_fails(void)
{
	if (!ready || ++allocations != wanted || mode != ALLOC)
		return false;
	fired = true;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	find();
	if (real_malloc == NULL)
		return early_take(size);
	return allocation_fails() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	find();
	if (real_calloc == NULL)
		return early_take(count * size);
	return allocation_fails() ? NULL : real_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
	find();
	if (is_early(at)) {
		void *out = malloc(size);

		return out == NULL ? NULL : memcpy(out, at, size);
	}
	return allocation_fails() ? NULL : real_realloc(at, size);
}

void free(void *at)
{
	find();
	if (!is_early(at) && real_free != NULL)
		real_free(at);
}

/* ---- writes ---------------------------------------------------------------------------- */

/* How much of `size` bytes may be written: all, half, or -1 for a failure. Does not return when it
 * is time to be killed. */
static ssize_t allowed(int fd, size_t size)
{
	if (!ready || fd == STDOUT_FILENO || fd == STDERR_FILENO)
		return (ssize_t)size;
	writes++;
	if (full) {
		errno = ENOSPC;
		return -1;
	}
	if (writes != wanted || mode < WRITE)
		return (ssize_t)size;
	fired = true;
	if (mode == KILL)
		syscall(SYS_kill, getpid(), SIGKILL);
	if (mode == TORN)
		return (ssize_t)(size / 2);
	full = true;
	if (mode == SHORT && size > 1)
		return (ssize_t)(size / 2);
	errno = ENOSPC;
	return -1;
}

static ssize_t torn(ssize_t result, bool cut)
{
	if (cut && mode == TORN)
		syscall(SYS_kill, getpid(), SIGKILL);
	return result;
}

ssize_t write(int fd, const void *data, size_t size)
{
	ssize_t may = allowed(fd, size);

	return may < 0 ? -1 : torn(syscall(SYS_write, fd, data, (size_t)may), (size_t)may < size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
	ssize_t may = allowed(fd, size);

	return may < 0 ? -1 : torn(syscall(SYS_pwrite64, fd, data, (size_t)may, at),
				   (size_t)may < size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	return pwrite(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	return allowed(fd, 1) < 0 ? -1 : syscall(SYS_writev, fd, pieces, count);
}

int ftruncate(int fd, off_t size)
{
	return allowed(fd, 1) < 0 ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	return ftruncate(fd, size);
}

int fsync(int fd)
{
	return allowed(fd, 1) < 0 ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return allowed(fd, 1) < 0 ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int rename(const char *from, const char *to)
{
	return allowed(-1, 1) < 0 ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char *from, const char *to)
{
	return allowed(-1, 1) < 0 ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* ---- beginning and end ----------------------------------------------------------------- */

__attribute__((constructor)) static void begin(void)
{
	static const char *const names[] = { "none", "alloc", "write", "short", "kill", "torn" };
	const char *fault = getenv("TACIT_FAULT");
	size_t i;

	find();
	for (i = 1; fault != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		size_t size = strlen(names[i]);

		if (strncmp(fault, names[i], size) == 0 && fault[size] == ':') {
			mode = (enum mode)i;
			wanted = strtol(fault + size + 1, NULL, 10);
		}
	}
	ready = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("TACIT_FAULT_COUNT");
	char text[96];
	int fd, size;

	ready = false;
	if (path == NULL)
		return;
	size = snprintf(text, sizeof(text), "alloc %ld write %ld fired %d\n", allocations, writes,
			fired);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd >= 0 && size > 0) {
		(void)!syscall(SYS_write, fd, text, (size_t)size);
		close(fd);
	}
}
