/* What a confined server can still do, and what ends it: each try in a child of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "doors/confine.h"

static char home[128], packs[160], secret[160];

/* The status of a child that does this confined; its own status is 0 for "it worked". */
static int confined(int (*what)(void))
{
	const char *changed = home, *read[] = { packs, "/nowhere/at/all" };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSYS, SIG_DFL);
		if (confine_enter(&changed, 1, read, 2) != 0)
			_exit(99);
		_exit(what());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

static int open_at(const char *folder, const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, flags, 0600);
	return fd >= 0 ? 0 : errno;
}

static int work_at_home(void)
{
	char from[256], to[256], page[4096] = { 0 };
	int fd;
	void *memory;

	snprintf(from, sizeof(from), "%s/log/new", home);
	snprintf(to, sizeof(to), "%s/moved", home);
	if (mkdir(strcat(strcpy(page, home), "/log"), 0700) != 0)
		return 1;
	fd = open(from, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || pwrite(fd, page, sizeof(page), 0) != sizeof(page) || fdatasync(fd) != 0 ||
	    ftruncate(fd, 100) != 0)
		return 2;
	if (rename(from, to) != 0 || unlink(to) != 0)
		return 3;
	memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? 4 : 0;
}

static int read_pack(void) { return open_at(packs, "a.pack", O_RDONLY); }
static int write_pack(void) { return open_at(packs, "a.pack", O_RDWR); }
static int make_pack(void) { return open_at(packs, "b.pack", O_RDWR | O_CREAT); }
static int read_other(void) { return open(secret, O_RDONLY) >= 0 ? 0 : errno; }
static int read_users(void) { return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno; }
static int read_process(void) { return open("/proc/self/maps", O_RDONLY) >= 0 ? 0 : errno; }

static int run_program(void)
{
	char *const argument[] = { "/bin/true", NULL };

	execv("/bin/true", argument);
	return 0;
}
static int make_process(void) { return fork() >= 0 ? 0 : 1; }
static int make_socket(void) { return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : 1; }
static int make_local_socket(void) { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : 1; }
static int make_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 ? 0 : 1;
}
static int connect_out(void) { return connect(0, NULL, 0) == 0 ? 0 : 1; }
static int trace(void) { return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 1; }
static int signal_other(void) { return kill(getppid(), 0) == 0 ? 0 : 1; }
static int map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED ? 0 : 1;
}
static int make_code(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : 1;
}
static int watch_files(void) { return syscall(SYS_inotify_init1, 0) >= 0 ? 0 : 1; }
static int ring(void) { return syscall(SYS_io_uring_setup, 1, NULL) >= 0 ? 0 : 1; }

static void test_work(void **state)
{
	int status = confined(work_at_home);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	status = confined(read_pack);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_files(void **state)
{
	int (*const refused[])(void) = { write_pack, make_pack, read_other, read_users, read_process };
	size_t i;

	(void)state;
	if (!has_landlock()) {
		print_message("this kernel has no Landlock\n");
		skip();
	}
	assert_int_equal(read_other(), 0);	/* unconfined it can */
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		int status = confined(refused[i]);

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), EACCES);
	}
}

static void test_calls(void **state)
{
	int (*const deadly[])(void) = { run_program, make_process, make_socket, make_local_socket,
					make_pair, connect_out, trace, signal_other, map_code, make_code,
					watch_files, ring };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		int status = confined(deadly[i]);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("call %zu: status %d", i, status);
	}
}

static int setup(void **state)
{
	const char *folder = getenv("TMPDIR");
	char path[256];
	FILE *file;

	(void)state;
	snprintf(home, sizeof(home), "%.100s/confine-XXXXXX", folder != NULL ? folder : "/tmp");
	if (mkdtemp(home) == NULL)
		return -1;
	snprintf(packs, sizeof(packs), "%s-packs", home);
	snprintf(secret, sizeof(secret), "%s-secret", home);
	snprintf(path, sizeof(path), "%s/a.pack", packs);
	if (mkdir(packs, 0700) != 0 || (file = fopen(path, "w")) == NULL || fclose(file) != 0)
		return -1;
	file = fopen(secret, "w");
	return file != NULL && fclose(file) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/a.pack", packs);
	unlink(path);
	rmdir(packs);
	unlink(secret);
	snprintf(path, sizeof(path), "%s/log", home);
	rmdir(path);
	return rmdir(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_calls),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
