/* Confinement by resource limits, Landlock and seccomp; the only file that knows libseccomp. */
#include "sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1	/* shadow memory needs terabytes of address space */
#else
#define SANITIZED 0
#endif

/* The attributes as kernels know them since version 6.12; older ones read a shorter struct. */
struct landlock_attributes {
	uint64_t fs, net, scoped;
};

static int limit(int what, uint64_t value)
{
	struct rlimit rlimit = { value, value };

	return setrlimit((__rlimit_resource_t)what, &rlimit);
}

static int set_limits(struct error *error)
{
	if ((!SANITIZED && limit(RLIMIT_AS, LIMIT_READER_MEMORY) != 0) ||
	    limit(RLIMIT_CPU, LIMIT_READER_SECONDS) != 0 ||
	    limit(RLIMIT_NOFILE, 16) != 0 || limit(RLIMIT_FSIZE, 0) != 0 ||
	    limit(RLIMIT_CORE, 0) != 0)
		return error_errno(error, TACIT_E_IO, "cannot limit the reader's resources");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_errno(error, TACIT_E_IO, "cannot give up the reader's privileges");
	return 0;
}

/* No access to any file by any path. Kernels without Landlock still have the seccomp list. */
static void close_file_system(void)
{
	struct landlock_attributes attributes = { 0x1fff, 0, 0 };
	size_t size = sizeof(uint64_t);
	long version, ruleset;

	version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return;
	if (version >= 2)
		attributes.fs |= 1ULL << 13;	/* refer */
	if (version >= 3)
		attributes.fs |= 1ULL << 14;	/* truncate */
	if (version >= 5)
		attributes.fs |= 1ULL << 15;	/* ioctl on devices */
	if (version >= 4) {
		attributes.net = 3;		/* bind and connect over TCP */
		size = 2 * sizeof(uint64_t);
	}
	if (version >= 6) {
		attributes.scoped = 3;		/* abstract sockets, signals */
		size = 3 * sizeof(uint64_t);
	}
	ruleset = syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
	if (ruleset < 0)
		return;
	syscall(SYS_landlock_restrict_self, ruleset, 0);
	close((int)ruleset);
}

/* What may be called. recvmsg only ever has the inherited socket to read from: descriptors of the
 * files to read come through it, and no other socket can be made. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(pread64), SCMP_SYS(lseek), SCMP_SYS(fstat),
	SCMP_SYS(close), SCMP_SYS(recvmsg), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk),
	SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
#if SANITIZED
	/* The sanitizers' own allocator names its mappings, and looks at thread and stack. */
	SCMP_SYS(prctl), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(sched_yield),
	SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(getrusage), SCMP_SYS(sched_getaffinity),
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

int sandbox_enter(struct error *error)
{
	scmp_filter_ctx filter;
	int failed = set_limits(error);

	if (failed != 0)
		return failed;
	close_file_system();
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return error_memory(error);
	failed = add_rules(filter);
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	if (failed != 0)
		return error_set(error, TACIT_E_IO, "cannot confine the reader: this system's "
				 "kernel has no seccomp filters");
	return 0;
}
