/*
 * A witness's folder. A record is made when its log is made known, and from then on one that is
 * missing or broken is an error: a witness that forgot what it has signed would sign the other
 * branch too. Records are replaced under the lock if they still are what the decision was made on,
 * and are on disk before the cosignature is.
 */
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/lines.h"

#define KEY_BYTES 1024			/* of the key file: a name of 255 bytes is the most of it */
#define LOGS_BYTES (LIMIT_WITNESS_LOGS * 512)
#define STATE_BYTES 1024
#define STATE_FORMAT "tacit-witness/1"
#define STATE_NAME_BYTES (sizeof("state/") + 2 * DIGEST_BYTES)

struct registry {
	struct vkey key;
	uint8_t *secret;
	struct vkey known[LIMIT_POLICY_MEMBERS];	/* of the log that was loaded last */
	char path[];
};

static int path_of(const struct registry *registry, const char *name, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/%s", registry->path, name) < PATH_MAX ?
	       0 : TACIT_E_ARGUMENT;
}

static int read_file(const struct registry *registry, const char *name, size_t max,
		     struct bytes *out, struct error *error)
{
	char path[PATH_MAX];

	if (path_of(registry, name, path) != 0)
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", registry->path);
	return file_read(path, max, out, error);
}

static int write_file(const struct registry *registry, const char *name, const struct bytes *data,
		      struct error *error)
{
	char path[PATH_MAX];

	if (path_of(registry, name, path) != 0)
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", registry->path);
	return file_write(path, data->data, data->size, 0600, error);
}

/* The lock as a file descriptor, to be closed; each has its own, within one process too. */
static int lock(const struct registry *registry, int *out, struct error *error)
{
	const struct timespec pause = { 0, 2000000 };
	char path[PATH_MAX];
	int fd, waited;

	if (path_of(registry, "lock", path) != 0)
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", registry->path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(error, TACIT_E_IO, "cannot open %s", path);
	for (waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += 2) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || waited > LIMIT_BUSY_MS) {
			close(fd);
			return error_errno(error, TACIT_E_IO, "cannot lock %s", path);
		}
		nanosleep(&pause, NULL);
	}
	*out = fd;
	return 0;
}

/* ---- the record of a log ------------------------------------------------------------------- */

static void state_name(const char *origin, size_t size, char out[STATE_NAME_BYTES])
{
	struct digest digest;

	digest_of(origin, size, &digest);
	memcpy(out, "state/", 6);
	bytes_hex(out + 6, digest.byte, DIGEST_BYTES);
}

/* STATE_FORMAT, origin, size, root, time, and the digest of these lines. */
static int put_state(struct bytes *out, const char *origin, size_t size,
		     const struct witness_state *state)
{
	struct digest digest;

	if (bytes_append_text(out, STATE_FORMAT "\n") != 0 ||
	    bytes_append(out, origin, size) != 0 || bytes_append_byte(out, '\n') != 0 ||
	    lines_put_decimal(out, state->size) != 0 || bytes_append_byte(out, '\n') != 0 ||
	    digest_put(out, &state->root) != 0 || bytes_append_byte(out, '\n') != 0 ||
	    lines_put_decimal(out, state->time) != 0 || bytes_append_byte(out, '\n') != 0)
		return TACIT_E_MEMORY;
	digest_of(out->data, out->size, &digest);
	if (digest_put(out, &digest) != 0)
		return TACIT_E_MEMORY;
	return bytes_append_byte(out, '\n');
}

static bool take_state(const struct bytes *data, const char *origin, size_t origin_size,
		       struct witness_state *out)
{
	struct lines lines = { (const char *)data->data, (const char *)data->data + data->size };
	struct digest digest, found;
	const char *line;
	size_t size;

	if (data->size == 0 || !lines_next(&lines, &line, &size) ||
	    !lines_equal(line, size, STATE_FORMAT) ||
	    !lines_next(&lines, &line, &size) || size != origin_size ||
	    memcmp(line, origin, size) != 0 ||
	    !lines_next(&lines, &line, &size) || !lines_decimal(line, size, &out->size) ||
	    !lines_next(&lines, &line, &size) || !digest_take(line, size, &out->root) ||
	    !lines_next(&lines, &line, &size) || !lines_decimal(line, size, &out->time))
		return false;
	digest_of(data->data, (size_t)(lines.at - (const char *)data->data), &digest);
	return lines_next(&lines, &line, &size) && digest_take(line, size, &found) &&
	       lines.at == lines.end && digest_equal(&digest, &found);
}

static int read_state(const struct registry *registry, const char *origin, size_t size,
		      struct witness_state *out, struct error *error)
{
	char name[STATE_NAME_BYTES];
	struct bytes data = BYTES_INIT;
	int result;

	state_name(origin, size, name);
	result = read_file(registry, name, STATE_BYTES, &data, error);
	if (result == 0 && !take_state(&data, origin, size, out))
		result = error_set(error, TACIT_E_DAMAGED, "the record %s/%s is damaged",
				   registry->path, name);
	bytes_free(&data);
	return result;
}

static int write_state(const struct registry *registry, const char *origin, size_t size,
		       const struct witness_state *state, struct error *error)
{
	char name[STATE_NAME_BYTES];
	struct bytes data = BYTES_INIT;
	int result;

	state_name(origin, size, name);
	result = put_state(&data, origin, size, state);
	if (result != 0)
		error_memory(error);
	else
		result = write_file(registry, name, &data, error);
	bytes_free(&data);
	return result;
}

/* ---- known logs ---------------------------------------------------------------------------- */

/* The keys of that origin among the lines; *lines: how many keys of any. */
static int take_logs(struct registry *registry, const struct bytes *data, const char *origin,
		     size_t origin_size, size_t *count, size_t *lines, struct error *error)
{
	const char *start = data->size == 0 ? "" : (const char *)data->data, *line;
	struct lines left = { start, start + data->size };
	struct vkey key;
	size_t size;

	*count = 0;
	for (*lines = 0; lines_next(&left, &line, &size); (*lines)++) {
		if (*lines == LIMIT_WITNESS_LOGS)
			return error_set(error, TACIT_E_LIMIT, "a witness knows at most %d logs",
					 LIMIT_WITNESS_LOGS);
		if (!vkey_take(line, size, &key) || key.type != VKEY_ED25519)
			return error_set(error, TACIT_E_DAMAGED,
					 "line %zu of %s/logs is no key of a log", *lines + 1,
					 registry->path);
		if (strlen(key.name) != origin_size || memcmp(key.name, origin, origin_size) != 0)
			continue;
		if (*count == LIMIT_POLICY_MEMBERS)
			return error_set(error, TACIT_E_LIMIT, "a log has at most %d keys",
					 LIMIT_POLICY_MEMBERS);
		registry->known[(*count)++] = key;
	}
	if (left.at != left.end)
		return error_set(error, TACIT_E_DAMAGED, "%s/logs does not end in a newline",
				 registry->path);
	return 0;
}

static int read_logs(struct registry *registry, struct bytes *data, const char *origin,
		     size_t origin_size, size_t *count, size_t *lines, struct error *error)
{
	int result = read_file(registry, "logs", LOGS_BYTES, data, error);

	if (result != 0 && result != TACIT_E_NOT_FOUND)
		return result;
	return take_logs(registry, data, origin, origin_size, count, lines, error);
}

/* With the lock held. */
static int trust(struct registry *registry, const struct vkey *log, struct error *error)
{
	struct witness_state state = { 0, { { 0 } }, 0 };
	size_t size = strlen(log->name), count, lines, i;
	struct bytes data = BYTES_INIT;
	int result;

	result = read_logs(registry, &data, log->name, size, &count, &lines, error);
	for (i = 0; result == 0 && i < count; i++)
		if (vkey_same(&registry->known[i], log))
			goto done;
	if (result == 0 && (lines == LIMIT_WITNESS_LOGS || count == LIMIT_POLICY_MEMBERS))
		result = error_set(error, TACIT_E_LIMIT, "a witness knows at most %d logs, and %d "
				   "keys of one", LIMIT_WITNESS_LOGS, LIMIT_POLICY_MEMBERS);
	/* The record first: a log that is known has one. */
	if (result == 0 && count == 0) {
		result = read_state(registry, log->name, size, &state, error);
		if (result == TACIT_E_NOT_FOUND)
			result = write_state(registry, log->name, size, &state, error);
	}
	if (result == 0 && (vkey_put(&data, log) != 0 || bytes_append_byte(&data, '\n') != 0))
		result = error_memory(error);
	if (result == 0)
		result = write_file(registry, "logs", &data, error);
done:
	bytes_free(&data);
	return result;
}

int registry_trust(struct registry *registry, const struct vkey *log, struct error *error)
{
	int held, result;

	if (log->type != VKEY_ED25519)
		return error_set(error, TACIT_E_ARGUMENT, "%s is not the key of a log", log->name);
	result = lock(registry, &held, error);
	if (result != 0)
		return result;
	result = trust(registry, log, error);
	close(held);
	return result;
}

/* ---- the witness --------------------------------------------------------------------------- */

static int load(void *context, const char *origin, size_t size, const struct vkey **keys,
		size_t *key_count, struct witness_state *state)
{
	struct registry *registry = context;
	struct bytes data = BYTES_INIT;
	size_t lines;
	int result = read_logs(registry, &data, origin, size, key_count, &lines, NULL);

	bytes_free(&data);
	if (result != 0)
		return result;
	if (*key_count == 0)
		return TACIT_E_NOT_FOUND;
	*keys = registry->known;
	result = read_state(registry, origin, size, state, NULL);
	/* Not found is what an unknown log is. */
	return result == TACIT_E_NOT_FOUND ? TACIT_E_DAMAGED : result;
}

static bool same_state(const struct witness_state *a, const struct witness_state *b)
{
	return a->size == b->size && a->time == b->time &&
	       (a->size == 0 || digest_equal(&a->root, &b->root));
}

static int swap(void *context, const char *origin, size_t size, const struct witness_state *was,
		const struct witness_state *next)
{
	struct registry *registry = context;
	struct witness_state state;
	int held, result = lock(registry, &held, NULL);

	if (result != 0)
		return result;
	result = read_state(registry, origin, size, &state, NULL);
	if (result == 0 && !same_state(&state, was))
		result = TACIT_E_BUSY;
	if (result == 0)
		result = write_state(registry, origin, size, next, NULL);
	close(held);
	return result;
}

void registry_witness(struct registry *registry, struct witness *out)
{
	*out = (struct witness){ &registry->key, registry->secret, load, swap, registry };
}

/* ---- the folder ---------------------------------------------------------------------------- */

static int make_key(struct registry *registry, const char *name, struct error *error)
{
	struct bytes text = BYTES_INIT;
	uint8_t seed[VKEY_SEED_BYTES];
	int result = 0;

	vkey_random_seed(seed);
	if (!vkey_make_pair(&registry->key, name, VKEY_COSIGNATURE, seed, registry->secret))
		result = error_set(error, TACIT_E_ARGUMENT, "no name for a key: \"%s\"", name);
	/* Room for all of it, so that no copy is left behind by growing. */
	else if (bytes_reserve(&text, KEY_BYTES) != 0 ||
		 vkey_put_seed(&text, &registry->key, seed) != 0 ||
		 bytes_append_byte(&text, '\n') != 0)
		result = error_memory(error);
	else
		result = write_file(registry, "key", &text, error);
	explicit_bzero(seed, sizeof(seed));
	if (text.data != NULL)
		explicit_bzero(text.data, text.capacity);
	bytes_free(&text);
	return result;
}

static int take_key(struct registry *registry, struct error *error)
{
	struct bytes text = BYTES_INIT;
	struct stat status;
	char path[PATH_MAX];
	int result;

	if (bytes_reserve(&text, KEY_BYTES) != 0)
		return error_memory(error);
	result = read_file(registry, "key", KEY_BYTES, &text, error);
	if (result == 0 && path_of(registry, "key", path) == 0 && stat(path, &status) == 0 &&
	    (status.st_mode & 077) != 0)
		result = error_set(error, TACIT_E_SECRET,
				   "others may read %s: make a new key, this one is no secret",
				   path);
	if (result == 0 && (text.size == 0 || text.data[text.size - 1] != '\n' ||
			    !vkey_take_seed((const char *)text.data, text.size - 1,
					    &registry->key, registry->secret) ||
			    registry->key.type != VKEY_COSIGNATURE))
		result = error_set(error, TACIT_E_DAMAGED, "%s/key is not a witness's key",
				   registry->path);
	explicit_bzero(text.data, text.capacity);
	bytes_free(&text);
	return result;
}

/* With the lock held, so that of two who are first only one makes a key. */
static int open_key(struct registry *registry, const char *name, struct error *error)
{
	char logs[PATH_MAX];
	int result = take_key(registry, error);

	if (result == 0 && name != NULL && strcmp(name, registry->key.name) != 0)
		return error_set(error, TACIT_E_ARGUMENT, "the witness in %s is called %s",
				 registry->path, registry->key.name);
	if (result != TACIT_E_NOT_FOUND || name == NULL)
		return result;
	if (path_of(registry, "logs", logs) == 0 && file_exists(logs))
		return error_set(error, TACIT_E_DAMAGED, "%s/key is gone: the witness cannot sign "
				 "what others know it by", registry->path);
	return make_key(registry, name, error);
}

static int open_folder(struct registry *registry, const char *name, struct error *error)
{
	char path[PATH_MAX];
	int held, result;

	if (name == NULL && !file_exists(registry->path))
		return error_set(error, TACIT_E_NOT_FOUND, "no witness in %s", registry->path);
	if (path_of(registry, "state", path) != 0)
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", registry->path);
	result = file_make_folder(path, 0700, error);
	if (result == 0)
		result = file_sync_folder(path, error);
	if (result == 0)
		result = file_sync_folder(registry->path, error);
	if (result == 0)
		result = lock(registry, &held, error);
	if (result != 0)
		return result;
	result = open_key(registry, name, error);
	close(held);
	return result;
}

int registry_open(const char *path, const char *name, struct registry **out,
		  struct error *error)
{
	size_t size = strlen(path);
	struct registry *registry = calloc(1, sizeof(*registry) + size + 1);
	int result;

	if (registry == NULL)
		return error_memory(error);
	memcpy(registry->path, path, size);
	registry->secret = vkey_secret_new();
	if (registry->secret == NULL)
		result = error_memory(error);
	else
		result = open_folder(registry, name, error);
	if (result != 0) {
		registry_close(registry);
		return result;
	}
	*out = registry;
	return 0;
}

void registry_close(struct registry *registry)
{
	if (registry == NULL)
		return;
	vkey_secret_free(registry->secret);
	free(registry);
}

const struct vkey *registry_key(const struct registry *registry)
{
	return &registry->key;
}
