/*
 * The walls: what a confined process does against the rules ends it, and a reader that lies,
 * crashes or falls silent costs one clear error. The hostile readers are copies of this program
 * under names that tell them what to do.
 */
#include "sources_record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/bytes.h"
#include "base/file.h"
#include "formats/message.h"
#include "readers/emit.h"
#include "sources/child.h"
#include "sources/sandbox.h"

#define EXPORTS "tests/fixtures/exports/"

static void try_open(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
}

static void try_socket(void)
{
	syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void try_fork(void)
{
	syscall(SYS_fork);
}

static void try_clone(void)
{
	syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void try_exec(void)
{
	char *none[] = { NULL };

	syscall(SYS_execve, "/bin/true", none, none);
}

static void try_code(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void try_kill(void)
{
	syscall(SYS_kill, getppid(), 0);
}

static void try_ptrace(void)
{
	syscall(SYS_ptrace, 0, 0, 0, 0);
}

static void try_raise_limit(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	syscall(SYS_setrlimit, RLIMIT_AS, &limit);
}

/* What a reader needs must work. */
static void work(void)
{
	char *memory = malloc((size_t)64 << 20);
	struct timespec now;

	if (memory == NULL || clock_gettime(CLOCK_REALTIME, &now) != 0)
		_exit(3);
	memset(memory, 1, (size_t)64 << 20);
	free(memory);
	memory = malloc(100);
	memory = realloc(memory, 1 << 20);
	if (memory == NULL || write(2, "", 0) != 0)
		_exit(4);
	_exit(42);
}

/* Three gigabytes are above LIMIT_READER_MEMORY. */
static void greed(void)
{
	void *at = mmap(NULL, (size_t)3 << 30, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	_exit(at == MAP_FAILED ? 43 : 1);
}

static int confined(void (*deed)(void))
{
	struct error error;
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (sandbox_enter(&error) != 0)
			_exit(9);
		deed();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_walls(void **state)
{
	static void (*const deeds[])(void) = { try_open, try_socket, try_fork, try_clone, try_exec,
					       try_code, try_kill, try_ptrace, try_raise_limit };
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		status = confined(deeds[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
	status = confined(work);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
#if !defined(__SANITIZE_ADDRESS__)
	status = confined(greed);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 43);
#else
	(void)greed;
#endif
}

static void act_of(struct bytes *out, int verb, const char *title, const char *rest)
{
	struct act act;

	emit_blank_act(&act, verb, "films");
	act.title = emit_text(title);
	act.rest = emit_text(rest);
	message_put_act(out, &act);
}

static void end_of(struct bytes *out, uint64_t read, uint64_t emitted)
{
	struct report report;

	memset(&report, 0, sizeof(report));
	report.read = read;
	report.emitted = emitted;
	message_put_end(out, &report);
}

/* Opens file 0, so that a source may begin. */
static void ask(struct bytes *out)
{
	char byte;

	message_put_number(out, MESSAGE_WANT, 0);
	if (write(CHILD_OUT_FD, out->data, out->size) < 0)
		_exit(1);
	bytes_clear(out);
	(void)!recv(CHILD_JOB_FD, &byte, 1, 0);
	message_put_begin(out, "", "plain");
}

/* What a hostile reader says; false when the name is not of one. */
static bool speak(const char *deed, struct bytes *out)
{
	uint8_t buffer[65536];

	/* The job is of no interest, but it must be out of the way. */
	(void)!read(CHILD_JOB_FD, buffer, 4);
	(void)!read(CHILD_JOB_FD, buffer, bytes_load32(buffer));
	if (strcmp(deed, "honest") == 0) {
		ask(out);
		act_of(out, ACT_WATCH, "A", "{\"a\":[1,-2.5e3,true,null]}");
		end_of(out, 1, 1);
		message_put_number(out, MESSAGE_DONE, 0);
	} else if (strcmp(deed, "garbage") == 0) {
		memset(buffer, 0xa5, sizeof(buffer));
		bytes_append(out, buffer, sizeof(buffer));
	} else if (strcmp(deed, "no-begin") == 0) {
		act_of(out, ACT_WATCH, "A", "");
	} else if (strcmp(deed, "no-file") == 0) {
		message_put_begin(out, "", "plain");
	} else if (strcmp(deed, "kind") == 0) {
		message_put_begin(out, "", "gossip");
	} else if (strcmp(deed, "steer") == 0) {
		message_put_begin(out, "\033[2J", "plain");
	} else if (strcmp(deed, "verb") == 0) {
		ask(out);
		act_of(out, ACT_VERB_COUNT, "A", "");
	} else if (strcmp(deed, "utf8") == 0) {
		ask(out);
		act_of(out, ACT_WATCH, "A\xff", "");
	} else if (strcmp(deed, "rest") == 0) {
		ask(out);
		act_of(out, ACT_WATCH, "A", "{\"a\":1},\"b\":{}");
	} else if (strcmp(deed, "count") == 0) {
		ask(out);
		act_of(out, ACT_WATCH, "A", "");
		end_of(out, 2, 2);
	} else if (strcmp(deed, "account") == 0) {
		ask(out);
		act_of(out, ACT_WATCH, "A", "");
		end_of(out, 2, 1);
	} else if (strcmp(deed, "open-end") == 0) {
		ask(out);
		message_put_number(out, MESSAGE_DONE, 0);
	} else if (strcmp(deed, "far-file") == 0) {
		message_put_number(out, MESSAGE_WANT, 7);
	} else if (strcmp(deed, "half") == 0) {
		ask(out);
		act_of(out, ACT_WATCH, "A", "");
		out->size -= 1;
	} else if (strcmp(deed, "code") == 0) {
		message_put_error(out, 5, "fine");
	} else if (strcmp(deed, "early") != 0) {
		return false;
	}
	return true;
}

static int hostile(const char *deed)
{
	struct bytes out = BYTES_INIT;
	struct error error;

	if (speak(deed, &out)) {
		(void)!write(CHILD_OUT_FD, out.data, out.size);
		_exit(0);
	}
	if (strcmp(deed, "crash") == 0) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if (strcmp(deed, "escape") == 0 && sandbox_enter(&error) == 0)
		try_open();
	if (strcmp(deed, "slow") == 0)
		raise(SIGXCPU);
	_exit(1);
}

static char folder[64];

/* Reads the plain fixture with the hostile reader of that name. */
static struct record *read_hostile(const char *deed)
{
	struct record *record = calloc(1, sizeof(*record));
	struct source_options options = { NULL, NULL, false };
	struct source_events events = { .context = record, .begin = record_begin, .act = record_act,
					.end = record_end };
	struct bytes program = BYTES_INIT;
	char path[128];

	assert_non_null(record);
	snprintf(path, sizeof(path), "%s/%s", folder, deed);
	assert_int_equal(file_read("/proc/self/exe", 1 << 28, &program, &record->error), 0);
	record_write(path, program.data, program.size);
	assert_int_equal(chmod(path, 0700), 0);
	bytes_free(&program);
	options.reader_program = path;
	record->result = source_read(EXPORTS "plain.tsv", &options, &events, &record->error);
	unlink(path);
	return record;
}

static void test_hostile_readers(void **state)
{
	static const struct {
		const char *deed;
		int code;
		const char *says;
	} cases[] = {
		{ "garbage", TACIT_E_FORMAT, "broke" }, { "no-begin", TACIT_E_FORMAT, "broke" },
		{ "no-file", TACIT_E_FORMAT, "no file" }, { "kind", TACIT_E_FORMAT, "broke" },
		{ "steer", TACIT_E_FORMAT, "broke" }, { "verb", TACIT_E_FORMAT, "broke" },
		{ "utf8", TACIT_E_FORMAT, "broke" }, { "rest", TACIT_E_FORMAT, "broke" },
		{ "count", TACIT_E_FORMAT, "broke" }, { "account", TACIT_E_FORMAT, "broke" },
		{ "open-end", TACIT_E_FORMAT, "broke" }, { "far-file", TACIT_E_FORMAT, "broke" },
		{ "half", TACIT_E_FORMAT, "ended early" }, { "code", TACIT_E_FORMAT, "broke" },
		{ "early", TACIT_E_FORMAT, "ended early" }, { "exit", TACIT_E_FORMAT, "ended early" },
		{ "crash", TACIT_E_FORMAT, "crashed" }, { "escape", TACIT_E_FORMAT, "must not" },
		{ "slow", TACIT_E_LIMIT, "seconds" },
	};
	struct record *record;
	size_t i;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/tacit-sandbox-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	record = read_hostile("honest");
	assert_string_equal(record->error.message, "");
	assert_int_equal(record->result, 0);
	assert_int_equal(record->sources, 1);
	record_free(record);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		record = read_hostile(cases[i].deed);
		if (record->result != cases[i].code ||
		    strstr(record->error.message, cases[i].says) == NULL)
			print_error("%s: %d %s\n", cases[i].deed, record->result,
				    record->error.message);
		assert_int_equal(record->result, cases[i].code);
		assert_int_equal(record->error.code, cases[i].code);
		assert_non_null(strstr(record->error.message, cases[i].says));
		assert_non_null(strstr(record->error.message, "plain.tsv"));
		assert_int_equal(record->sources, 0);
		record_free(record);
	}
	assert_int_equal(rmdir(folder), 0);
}

static void test_no_program(void **state)
{
	struct source_options options = { "/nonexistent/tacit", NULL, false };
	struct source_events events = { .context = NULL };
	struct error error;

	(void)state;
	assert_int_equal(source_read(EXPORTS "plain.tsv", &options, &events, &error), TACIT_E_IO);
	assert_non_null(strstr(error.message, "/nonexistent/tacit"));
}

/* No child is left behind, and no descriptor, whatever the end was. */
static void test_stop_and_leaks(void **state)
{
	struct record *record;
	int before = dup(0), after;
	int i;

	(void)state;
	close(before);
	for (i = 0; i < 20; i++) {
		record = record_read_how(EXPORTS "plain.tsv", NULL, i % 2 != 0, 2);
		assert_int_equal(record->result, TACIT_E_STOPPED);
		assert_int_equal(record->acts, 2);
		record_free(record);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_walls),
	cmocka_unit_test(test_hostile_readers),
	cmocka_unit_test(test_no_program),
	cmocka_unit_test(test_stop_and_leaks),
};

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	ssize_t size;

	if (argc > 1 && strcmp(argv[1], "--reader") == 0) {
		size = readlink("/proc/self/exe", path, sizeof(path) - 1);
		path[size < 0 ? 0 : size] = 0;
		if (strstr(path, "tacit-sandbox-test-") != NULL)
			return hostile(file_base(path));
		return source_child_main();
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
