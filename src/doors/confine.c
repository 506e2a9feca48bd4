/*
 * What is left after it: the sockets that are listened on, the home, the packs. A fault in the HTTP
 * library or in the reading of an ask then has no program to start, no connection to make, no other
 * file to read and no page of memory to execute.
 */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "doors.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* The kernel's numbers, by the version that brought them; Debian's headers lack the newest. */
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_CHANGE (FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
		   LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
		   LANDLOCK_ACCESS_FS_REMOVE_DIR)
#define FS_FIRST 0x1fffULL		/* all of version 1 */
#define FS_REFER (1ULL << 13)		/* 2: moving between folders */
#define FS_TRUNCATE (1ULL << 14)	/* 3 */
#define FS_IOCTL (1ULL << 15)		/* 5: on devices */
#define NET_TCP 3ULL			/* 4: bind and connect */
#define SCOPE_ALL 3ULL			/* 6: abstract sockets, signals */

struct attributes {
	uint64_t fs, net, scoped;
};

/* Gives a folder back to a ruleset. */
static void give(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

static void confine_files(const char *const *changed, size_t changed_count,
			  const char *const *read, size_t read_count)
{
	struct attributes attributes = { FS_FIRST, 0, 0 };
	size_t size = sizeof(uint64_t), i;
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	int ruleset;

	if (version < 1)
		return;
	attributes.fs |= version >= 2 ? FS_REFER : 0;
	attributes.fs |= version >= 3 ? FS_TRUNCATE : 0;
	attributes.fs |= version >= 5 ? FS_IOCTL : 0;
	if (version >= 4) {
		attributes.net = NET_TCP;
		size = 2 * sizeof(uint64_t);
	}
	if (version >= 6) {
		attributes.scoped = SCOPE_ALL;
		size = 3 * sizeof(uint64_t);
	}
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
	if (ruleset < 0)
		return;
	for (i = 0; i < changed_count; i++)
		give(ruleset, changed[i], (FS_CHANGE | FS_REFER | FS_TRUNCATE) & attributes.fs);
	for (i = 0; i < read_count; i++)
		give(ruleset, read[i], FS_READ);
	syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
}

static const int allowed[] = {
	/* files: the vault, the logs, the packs */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
	SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(preadv), SCMP_SYS(lseek),
	SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(fstatfs),
	SCMP_SYS(statfs), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
	SCMP_SYS(getdents64), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fdatasync), SCMP_SYS(fsync),
	SCMP_SYS(sync_file_range), SCMP_SYS(fadvise64), SCMP_SYS(flock), SCMP_SYS(fcntl),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(link),
	SCMP_SYS(linkat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(chmod), SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat), SCMP_SYS(fchown), SCMP_SYS(utimensat), SCMP_SYS(umask),
	/* connections that come in; none can be made */
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
	SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(shutdown), SCMP_SYS(setsockopt),
	SCMP_SYS(getsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl), SCMP_SYS(poll),
	/* memory */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mlock),
	SCMP_SYS(munlock), SCMP_SYS(msync), SCMP_SYS(mincore),
	/* the process itself */
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(futex), SCMP_SYS(sched_yield),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getrusage),
	SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
#if SANITIZED
	/* The sanitizers' own allocator and its look for leaks at the end. */
	SCMP_SYS(prctl), SCMP_SYS(sigaltstack), SCMP_SYS(sched_getaffinity), SCMP_SYS(clone),
	SCMP_SYS(clone3), SCMP_SYS(wait4), SCMP_SYS(ptrace), SCMP_SYS(kill), SCMP_SYS(tgkill),
	SCMP_SYS(arch_prctl), SCMP_SYS(set_robust_list), SCMP_SYS(getppid), SCMP_SYS(pipe2),
	SCMP_SYS(ioctl), SCMP_SYS(process_vm_readv), SCMP_SYS(dup), SCMP_SYS(dup2),
#endif
};

static int add_rules(scmp_filter_ctx filter)
{
	size_t i;

	for (i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
			return -1;
	/* Memory, but never executable memory. */
	if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
		return -1;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

int confine_enter(const char *const *changed, size_t changed_count, const char *const *read,
		  size_t read_count)
{
	const struct rlimit none = { 0, 0 };
	scmp_filter_ctx filter;
	int failed;

	tzset();	/* reads the time zone while it can be read */
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    (!SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return TACIT_E_IO;
	confine_files(changed, changed_count, read, read_count);
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return TACIT_E_MEMORY;
	failed = add_rules(filter);
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	return failed == 0 ? 0 : TACIT_E_IO;
}
