/* A witness's folder: its key, what it knows, and that it never signs two branches. */
#include "ledger_kit.h"

#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/cosignature.h"
#include "ledger/registry.h"

static char root[] = "/tmp/tacit-registry-XXXXXX";
static char home[64];
static struct vkey log_key;
static uint8_t log_secret[VKEY_SECRET_BYTES];
static struct kit_store kit, other;	/* two branches of one log, same up to entry 4 */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(home, sizeof(home), "%s/a/witness", root);
	kit_key("example.com/log", VKEY_ED25519, 1, &log_key, log_secret);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int clear(void **state)
{
	(void)state;
	kit_empty(&kit);
	kit_empty(&other);
	nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

static struct registry *open_registry(void)
{
	struct registry *registry;
	struct error error;

	if (registry_open(home, "example.com/w", &registry, &error) != 0)
		fail_msg("%s", error.message);
	return registry;
}

static struct registry *open_trusting(void)
{
	struct registry *registry = open_registry();
	struct error error;

	if (registry_trust(registry, &log_key, &error) != 0)
		fail_msg("%s", error.message);
	return registry;
}

/* Appends one entry `count` times to a branch; `salt` makes it another one. */
static void append(struct kit_store *branch, size_t count, const char *salt)
{
	struct tiles_store store = kit_store_of(branch);
	struct ledger *ledger;
	struct error error;
	uint64_t first;
	size_t i;

	if (kit_find(branch, LEDGER_CHECKPOINT) == NULL)
		assert_int_equal(ledger_create(&store, &log_key, log_secret, &error), 0);
	assert_int_equal(ledger_open(&store, &log_key, NULL, &ledger, &error), 0);
	for (i = 0; i < count; i++) {
		struct tiles_entry entry = { salt, strlen(salt) };

		assert_int_equal(ledger_append(ledger, log_secret, &entry, 1, &first, &error), 0);
	}
	ledger_close(ledger);
}

static void body_of(struct kit_store *branch, uint64_t old, struct bytes *body)
{
	struct tiles_store store = kit_store_of(branch);
	struct ledger *ledger;
	struct error error;

	bytes_clear(body);
	assert_int_equal(ledger_open(&store, &log_key, NULL, &ledger, &error), 0);
	assert_int_equal(ledger_ask(ledger, old, body, &error), 0);
	ledger_close(ledger);
}

/* The status of the answer; its body into `out` if that is not NULL. */
static int post(const struct witness *witness, const struct bytes *body, uint64_t now,
		struct bytes *out)
{
	struct witness_answer answer;
	struct error error;

	witness_add_checkpoint(witness, (char *)body->data, body->size, now, &answer, &error);
	if (out != NULL) {
		bytes_clear(out);
		bytes_append(out, answer.body.data, answer.body.size);
	}
	bytes_free(&answer.body);
	return answer.status;
}

static int post_from(struct kit_store *branch, uint64_t old, uint64_t now, struct bytes *out)
{
	struct registry *registry = open_registry();
	struct bytes body = BYTES_INIT;
	struct witness witness;
	int status;

	body_of(branch, old, &body);
	registry_witness(registry, &witness);
	status = post(&witness, &body, now, out);
	registry_close(registry);
	bytes_free(&body);
	return status;
}

/* The time that the answer's cosignature has, which has to verify. */
static uint64_t time_of(struct kit_store *branch, const struct bytes *lines)
{
	struct registry *registry = open_registry();
	struct bytes note = BYTES_INIT;
	struct note_verdict verdict;
	struct note parsed;
	struct error error;
	struct kit_file *file = kit_find(branch, LEDGER_CHECKPOINT);

	assert_int_equal(ledger_cosigned(&(struct bytes){ file->data.data, file->data.size, 0 },
					 (char *)lines->data, lines->size, registry_key(registry), 1,
					 &note, &error), 0);
	assert_int_equal(note_parse((char *)note.data, note.size, &parsed, &error), 0);
	assert_int_equal(note_verify(&parsed, registry_key(registry), 1, &verdict, &error), 0);
	bytes_free(&note);
	registry_close(registry);
	return verdict.time;
}

static void put_file(const char *name, const char *text)
{
	char path[128];
	struct error error;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	assert_int_equal(file_write(path, text, strlen(text), 0600, &error), 0);
}

static void state_path(char path[192])
{
	struct digest digest;
	char hex[2 * DIGEST_BYTES + 1];

	digest_of(log_key.name, strlen(log_key.name), &digest);
	bytes_hex(hex, digest.byte, DIGEST_BYTES);
	snprintf(path, 192, "%s/state/%s", home, hex);
}

static void its_key(void **state)
{
	struct registry *registry;
	struct bytes first = BYTES_INIT, again = BYTES_INIT;
	struct stat status;
	struct error error;
	char path[128];

	(void)state;
	assert_int_equal(registry_open(home, NULL, &registry, &error), TACIT_E_NOT_FOUND);
	assert_int_equal(registry_open(home, "a name", &registry, &error), TACIT_E_ARGUMENT);
	registry = open_registry();
	assert_int_equal(registry_key(registry)->type, VKEY_COSIGNATURE);
	assert_int_equal(vkey_put(&first, registry_key(registry)), 0);
	registry_close(registry);
	snprintf(path, sizeof(path), "%s/key", home);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(stat(home, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(registry_open(home, NULL, &registry, &error), 0);
	assert_int_equal(vkey_put(&again, registry_key(registry)), 0);
	assert_string_equal((char *)first.data, (char *)again.data);
	registry_close(registry);
	assert_int_equal(registry_open(home, "example.com/x", &registry, &error), TACIT_E_ARGUMENT);
	assert_non_null(strstr(error.message, "example.com/w"));
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(registry_open(home, NULL, &registry, &error), TACIT_E_SECRET);
	put_file("key", "PRIVATE+KEY+example.com/w+00000000+AAAA\n");
	assert_int_equal(registry_open(home, NULL, &registry, &error), TACIT_E_DAMAGED);
	/* A witness that was known to others does not get another key unseen. */
	put_file("logs", "");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(registry_open(home, "example.com/w", &registry, &error), TACIT_E_DAMAGED);
	bytes_free(&first);
	bytes_free(&again);
	registry_close(NULL);
}

/* golang.org/x/mod/sumdb/note/example_test.go has this pair. */
static void published_pair(void **state)
{
	static const char text[] = "PRIVATE+KEY+PeterNeumann+c74f20a3+"
				   "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
	static const char public_text[] = "PeterNeumann+c74f20a3+"
					  "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	struct bytes out = BYTES_INIT;
	uint8_t secret[VKEY_SECRET_BYTES];
	struct vkey key;
	size_t i;

	(void)state;
	assert_true(vkey_take_seed(text, strlen(text), &key, secret));
	assert_int_equal(vkey_put(&out, &key), 0);
	assert_string_equal((char *)out.data, public_text);
	bytes_clear(&out);
	assert_int_equal(vkey_put_seed(&out, &key, secret), 0);	/* which begins with the seed */
	assert_string_equal((char *)out.data, text);
	for (i = 0; i < strlen(text); i++) {
		out.data[i] ^= 1;
		assert_false(vkey_take_seed((char *)out.data, out.size, &key, secret));
		out.data[i] ^= 1;
		assert_false(vkey_take_seed(text, i, &key, secret));
	}
	bytes_free(&out);
}

static void who_is_known(void **state)
{
	struct registry *registry = open_registry();
	struct bytes logs = BYTES_INIT;
	struct vkey second, stranger;
	uint8_t secret[VKEY_SECRET_BYTES];
	char path[128];
	struct error error;

	(void)state;
	append(&kit, 3, "entry");
	assert_int_equal(post_from(&kit, 0, 1, NULL), 404);
	kit_key("example.com/log", VKEY_ED25519, 5, &second, secret);
	kit_key("example.com/stranger", VKEY_COSIGNATURE, 6, &stranger, secret);
	assert_int_equal(registry_trust(registry, &stranger, &error), TACIT_E_ARGUMENT);
	/* A key of that origin, but not the one that signs. */
	assert_int_equal(registry_trust(registry, &second, &error), 0);
	assert_int_equal(post_from(&kit, 0, 1, NULL), 403);
	assert_int_equal(registry_trust(registry, &log_key, &error), 0);
	assert_int_equal(post_from(&kit, 0, 1, NULL), 200);
	/* Again changes nothing, and does not forget what was signed. */
	assert_int_equal(registry_trust(registry, &log_key, &error), 0);
	assert_int_equal(post_from(&kit, 0, 1, NULL), 409);
	assert_int_equal(post_from(&kit, 3, 1, NULL), 200);
	snprintf(path, sizeof(path), "%s/logs", home);
	assert_int_equal(file_read(path, 1000, &logs, &error), 0);
	assert_int_equal(vkey_put(&logs, &second), 0);
	put_file("logs", (char *)logs.data);		/* without its newline */
	assert_int_equal(post_from(&kit, 3, 1, NULL), 500);
	assert_int_equal(registry_trust(registry, &second, &error), TACIT_E_DAMAGED);
	put_file("logs", "what\n");
	assert_int_equal(post_from(&kit, 3, 1, NULL), 500);
	put_file("logs", "");
	assert_int_equal(post_from(&kit, 3, 1, NULL), 404);
	/* Known again: the record is the one that there was. */
	assert_int_equal(registry_trust(registry, &log_key, &error), 0);
	assert_int_equal(post_from(&kit, 0, 1, NULL), 409);
	registry_close(registry);
	bytes_free(&logs);
}

/* A record that is missing or changed in any byte is no record: nothing is signed. */
static void damaged_record(void **state)
{
	struct bytes record = BYTES_INIT;
	char path[192];
	struct error error;
	size_t i;

	(void)state;
	registry_close(open_trusting());
	append(&kit, 5, "entry");
	assert_int_equal(post_from(&kit, 0, 77, NULL), 200);
	state_path(path);
	assert_int_equal(file_read(path, 1000, &record, &error), 0);
	for (i = 0; i < record.size; i++) {
		record.data[i] ^= 1;
		assert_int_equal(file_replace(path, record.data, record.size, 0600, false, &error), 0);
		assert_int_equal(post_from(&kit, 5, 78, NULL), 500);
		record.data[i] ^= 1;
		assert_int_equal(file_replace(path, record.data, i, 0600, false, &error), 0);
		assert_int_equal(post_from(&kit, 5, 78, NULL), 500);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(post_from(&kit, 0, 78, NULL), 500);
	assert_int_equal(post_from(&kit, 5, 78, NULL), 500);
	assert_int_equal(file_write(path, record.data, record.size, 0600, &error), 0);
	assert_int_equal(post_from(&kit, 5, 78, NULL), 200);
	bytes_free(&record);
}

/* ---- a witness that stops, or waits, in the middle ------------------------------------------ */

static struct witness inner;
static int loaded[2], go[2];		/* pipes: "I have decided", "go on" */

static int waiting_load(void *context, const char *origin, size_t size, const struct vkey **keys,
			size_t *count, struct witness_state *record)
{
	int result = inner.load(context, origin, size, keys, count, record);
	char byte = 'x';

	if (write(loaded[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
		_exit(3);
	return result;
}

static int ending_swap(void *context, const char *origin, size_t size,
		       const struct witness_state *was, const struct witness_state *next)
{
	if (inner.swap(context, origin, size, was, next) != 0)
		_exit(4);
	kill(getpid(), SIGKILL);
	return 0;
}

/* Killed after the record was made durable and before the answer: the answer is lost, and the
 * promise is kept. */
static void killed_before_the_answer(void **state)
{
	struct registry *registry = open_trusting();
	struct bytes body = BYTES_INIT, got = BYTES_INIT;
	struct witness witness;
	pid_t child;
	int status;

	(void)state;
	append(&kit, 4, "entry");
	append(&other, 4, "entry");
	assert_int_equal(post_from(&kit, 0, 1, NULL), 200);
	append(&kit, 5, "one branch");
	append(&other, 5, "the other branch");
	body_of(&kit, 4, &body);
	registry_witness(registry, &inner);
	witness = inner;
	witness.swap = ending_swap;
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		post(&witness, &body, 2, NULL);
		_exit(5);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	/* The other branch has lost, and the log learns where the witness is. */
	assert_int_equal(post_from(&other, 4, 3, &got), 409);
	assert_string_equal((char *)got.data, "9\n");
	assert_int_equal(post_from(&kit, 4, 3, &got), 409);
	assert_string_equal((char *)got.data, "9\n");
	assert_int_equal(post_from(&other, 9, 3, NULL), 409);
	assert_int_equal(post_from(&kit, 9, 3, NULL), 200);
	registry_close(registry);
	bytes_free(&body);
	bytes_free(&got);
}

/* A process that decides, says so, waits, and goes on; its exit status tells the answer's. */
static pid_t start_racer(const struct bytes *body)
{
	struct registry *registry;
	struct witness witness;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child > 0)
		return child;
	registry = open_registry();
	registry_witness(registry, &inner);
	witness = inner;
	witness.load = waiting_load;
	/* 200 ends as 20, 409 as 40. */
	_exit(post(&witness, body, 5, NULL) / 10);
}

/* Two processes decide on one record, of two branches: exactly one signs. */
static void two_at_once(void **state)
{
	struct bytes body[2] = { BYTES_INIT, BYTES_INIT };
	unsigned round, i;

	(void)state;
	registry_close(open_trusting());
	append(&kit, 4, "entry");
	append(&other, 4, "entry");
	assert_int_equal(post_from(&kit, 0, 1, NULL), 200);
	assert_int_equal(pipe(loaded) | pipe(go), 0);
	for (round = 0; round < 20; round++) {
		uint64_t old = 4 + 3 * round;
		unsigned won = 0, lost = 0;
		pid_t child[2];
		char byte[4];

		append(&kit, 3, "one branch");
		append(&other, 3, "the other branch");
		body_of(&kit, old, &body[0]);
		body_of(round == 0 ? &other : &kit, old, &body[1]);
		for (i = 0; i < 2; i++)
			child[i] = start_racer(&body[i]);
		for (i = 0; i < 2; i++)
			assert_int_equal(read(loaded[0], byte, 1), 1);
		/* Both have the old record. The loser loads it again: a byte for that too. */
		assert_int_equal(write(go[1], "xxx", 3), 3);
		for (i = 0; i < 2; i++) {
			int status;

			assert_int_equal(waitpid(child[i], &status, 0), child[i]);
			assert_true(WIFEXITED(status));
			won += WEXITSTATUS(status) == 20;
			lost += WEXITSTATUS(status) == 40;
			if (round == 0 && i == 1 && WEXITSTATUS(status) == 20) {
				/* From here on the other branch is the log. */
				struct kit_store swapped = kit;

				kit = other;
				other = swapped;
			}
		}
		assert_int_equal(won, 1);
		assert_int_equal(lost, 1);
		assert_int_equal(read(loaded[0], byte, 1), 1);
	}
	assert_int_equal(post_from(&kit, 64, 6, NULL), 200);
	for (i = 0; i < 2; i++) {
		close(loaded[i]);
		close(go[i]);
		bytes_free(&body[i]);
	}
}

/* The first process of two makes the key, and both have it. */
static void two_are_first(void **state)
{
	struct registry *registry;
	uint32_t id[2];
	unsigned i;
	int out[2];

	(void)state;
	assert_int_equal(pipe(out), 0);
	for (i = 0; i < 2; i++)
		if (fork() == 0) {
			registry = open_registry();
			if (write(out[1], &registry_key(registry)->id, 4) != 4)
				_exit(1);
			_exit(0);
		}
	for (i = 0; i < 2; i++)
		assert_int_equal(read(out[0], &id[i], 4), 4);
	while (wait(NULL) > 0)
		;
	registry = open_registry();
	assert_int_equal(id[0], registry_key(registry)->id);
	assert_int_equal(id[1], registry_key(registry)->id);
	registry_close(registry);
	close(out[0]);
	close(out[1]);
}

static void clock_goes_back(void **state)
{
	struct bytes got = BYTES_INIT;

	(void)state;
	registry_close(open_trusting());
	append(&kit, 2, "entry");
	assert_int_equal(post_from(&kit, 0, 1000, &got), 200);
	assert_int_equal(time_of(&kit, &got), 1000);
	append(&kit, 2, "entry");
	assert_int_equal(post_from(&kit, 2, 400, &got), 200);
	assert_int_equal(time_of(&kit, &got), 1000);
	assert_int_equal(post_from(&kit, 4, 1001, &got), 200);
	assert_int_equal(time_of(&kit, &got), 1001);
	bytes_free(&got);
}

/* A record that cannot be written: no signature, and the old record. */
static void not_recorded(void **state)
{
	char path[192], blocked[200];
	struct bytes got = BYTES_INIT;

	(void)state;
	registry_close(open_trusting());
	append(&kit, 2, "entry");
	assert_int_equal(post_from(&kit, 0, 1, NULL), 200);
	append(&kit, 2, "entry");
	state_path(path);
	/* A folder where the temporary file has to be stops root too. */
	snprintf(blocked, sizeof(blocked), "%s.new", path);
	assert_int_equal(mkdir(blocked, 0700), 0);
	assert_int_equal(post_from(&kit, 2, 2, &got), 500);
	assert_int_equal(got.size, 0);
	assert_int_equal(rmdir(blocked), 0);
	assert_int_equal(post_from(&kit, 2, 2, &got), 200);
	bytes_free(&got);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(its_key, clear),
		cmocka_unit_test(published_pair),
		cmocka_unit_test_teardown(who_is_known, clear),
		cmocka_unit_test_teardown(damaged_record, clear),
		cmocka_unit_test_teardown(killed_before_the_answer, clear),
		cmocka_unit_test_teardown(two_at_once, clear),
		cmocka_unit_test_teardown(two_are_first, clear),
		cmocka_unit_test_teardown(clock_goes_back, clear),
		cmocka_unit_test_teardown(not_recorded, clear),
	};

	return cmocka_run_group_tests_name("ledger registry", tests, setup, teardown);
}
