/* The way into this room: source_read and the table of kinds; see source.h. */
#include "source.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "readers/detect.h"
#include "sources/child.h"
#include "sources/parts.h"
#include "sources/receive.h"
#include "sources/spawn.h"
#include "sources/walk.h"

/* One call of source_read. */
struct call {
	struct walk walk;
	struct receive receive;
	struct spawn spawn;
	const struct source_events *events;
	struct error *error;
	int current;			/* the file that the child reads, or -1 */
	uint32_t index;			/* its number */
	uint64_t openings;
	bool digested;			/* of `current` */
	uint8_t digest[32];
	size_t root;			/* paths that were read, with the one being read */
	uint64_t sources;		/* in those that were read */
	struct emit *here;		/* of a reader in this process */
};

/* The path that was read last is over: something must have been in it. */
static int end_root(struct call *call)
{
	struct receive *receive = &call->receive;
	const struct source_events *events = call->events;

	if (call->root == 0)
		return 0;
	call->sources += receive->sources;
	/* Of an export in parts one may be all pictures. */
	if (receive->sources == 0 && parts_has_more(&call->walk, call->root - 1) &&
	    (call->sources > 0 || call->root < call->walk.root_count)) {
		if (events->ignored != NULL)
			events->ignored(events->context, receive->file,
					"nothing in this part that tacit can read");
	} else if (receive->sources == 0) {
		return error_set(call->error, TACIT_E_FORMAT, "nothing in %s that tacit can "
				 "read%s%s%s: `tacit add --help` lists what it reads",
				 receive->file, receive->why[0] != 0 ? " (" : "", receive->why,
				 receive->why[0] != 0 ? ")" : "");
	}
	return events->path == NULL ? 0 :
	       events->path(events->context, call->root - 1, receive->file, false);
}

/* Goes on to the path `root` from those before it, of which some may have no files. */
static int begin_root(struct call *call, size_t root)
{
	struct receive *receive = &call->receive;
	const struct source_events *events = call->events;
	int failed = 0;

	while (failed == 0 && call->root <= root) {
		const struct walk_root *next;

		failed = end_root(call);
		if (failed != 0 || call->root == call->walk.root_count)
			break;
		next = &call->walk.roots[call->root++];
		receive->file = next->name;
		receive->sources = 0;
		receive->why[0] = 0;
		receive->alone = next->fd < 0;
		if (next->error.code != 0)
			failed = error_set(call->error, next->error.code, "%s",
					   next->error.message);
		else if (events->path != NULL)
			failed = events->path(events->context, call->root - 1, next->name, true);
	}
	if (failed != 0 && call->error->code == 0)
		receive->stopped = true;
	return failed;
}

/* Hashes the current file once; archives have many parts but one digest. */
static int digest_current(void *context, uint8_t out[32])
{
	struct call *call = context;
	crypto_generichash_state state;
	static const size_t block = 1 << 18;
	uint8_t *data;
	off_t offset = 0;
	ssize_t got = 0;
	int failed;

	if (call->current < 0)
		return error_set(call->error, TACIT_E_FORMAT, "%s: no file for the rows",
				 call->receive.file);
	/* A reader that gives rows in its first pass is wrong, but they have their path all the
	 * same: nothing is ever given outside of one. */
	failed = begin_root(call, call->walk.files[call->index].root);
	if (failed != 0)
		return failed;
	if (!call->digested) {
		data = malloc(block);
		if (data == NULL || crypto_generichash_init(&state, NULL, 0, 32) != 0) {
			free(data);
			return error_memory(call->error);
		}
		do {
			got = pread(call->current, data, block, offset);
			if (got > 0) {
				crypto_generichash_update(&state, data, (unsigned long long)got);
				offset += got;
			}
		} while (got > 0 || (got < 0 && errno == EINTR));
		free(data);
		if (got < 0)
			return error_errno(call->error, TACIT_E_IO, "cannot read %s",
					   call->receive.file);
		crypto_generichash_final(&state, call->digest, 32);
		call->digested = true;
	}
	memcpy(out, call->digest, 32);
	return 0;
}

/* Opens file `index` for the child; each is opened twice, once in each pass. */
static int open_current(struct call *call, uint32_t index)
{
	struct walk *walk = &call->walk;
	bool reading = ++call->openings > walk->count;
	int failed = 0;

	if (index >= walk->count || call->openings > 2 * (uint64_t)walk->count)
		return error_set(call->error, TACIT_E_FORMAT, "%s: the reader broke on it; nothing "
				 "of it was kept", call->receive.file);
	if (reading)
		failed = begin_root(call, walk->files[index].root);
	else if (!reading)
		call->receive.file = walk->roots[walk->files[index].root].name;
	if (failed != 0)
		return failed;
	call->digested = false;
	if (call->current >= 0)
		close(call->current);
	call->index = index;
	call->current = walk_open_file(walk, index);
	if (call->current < 0 && reading && !walk_in_folder(walk, index))
		return error_errno(call->error, TACIT_E_IO, "cannot open %.300s",
				   walk->roots[walk->files[index].root].path);
	if (call->current < 0 && call->events->ignored != NULL && reading)
		call->events->ignored(call->events->context, walk->files[index].name,
				      errno == EACCES ? "not readable by you" : "cannot be opened");
	return 0;
}

static int on_want(void *context, uint32_t index)
{
	struct call *call = context;
	int failed = open_current(call, index);

	return failed != 0 ? failed : spawn_send_file(&call->spawn, call->current, call->error);
}

static int want_here(void *context, uint32_t index, int *fd)
{
	struct call *call = context;
	/* What was said of the file before comes first, as it does through a pipe. */
	int failed = emit_flush(call->here);

	if (failed == 0)
		failed = open_current(call, index);
	if (failed == 0)
		*fd = call->current < 0 ? -1 : dup(call->current);
	return failed;
}

static int send_here(void *context, const uint8_t *data, size_t size)
{
	struct call *call = context;
	size_t used;
	int result = receive_block(&call->receive, data, size, &used);

	if (result == 0 && used != size)
		return error_set(call->error, TACIT_E_FORMAT, "half a message");
	return result;
}

static int read_in_process(struct call *call, const struct child_job *job)
{
	struct emit emit;
	struct error error = { 0, "" };
	struct child child = { .emit = &emit, .error = &error, .job = job, .want = want_here,
			       .context = call };
	int failed;

	emit_init(&emit, send_here, call, &error);
	call->here = &emit;
	failed = child_run(&child);
	if (failed != 0 && call->error->code == 0 && !call->receive.stopped) {
		failed = emit_error(&emit, failed, error.message);
		if (failed == 0)
			failed = error_set(call->error, error.code, "%s", error.message);
	}
	emit_free(&emit);
	return failed;
}

static int read_in_child(struct call *call, const struct child_job *job, const char *program)
{
	struct bytes text = BYTES_INIT;
	int failed = child_job_put(&text, job) != 0 ? error_memory(call->error) : 0;

	if (failed == 0)
		failed = spawn_start(&call->spawn, program, call->error);
	if (failed == 0) {
		failed = spawn_send_job(&call->spawn, &text, call->error);
		if (failed == 0)
			failed = spawn_receive(&call->spawn, &call->receive);
		failed = spawn_end(&call->spawn, failed, call->receive.file, call->error);
	}
	bytes_free(&text);
	return failed;
}

static int run(struct call *call, const struct source_options *options)
{
	struct child_job job = { .person = options->person, .count = (uint32_t)call->walk.count };
	size_t i;
	int result;

	job.files = calloc(call->walk.count + 1, sizeof(*job.files));
	if (job.files == NULL)
		return error_memory(call->error);
	for (i = 0; i < call->walk.count; i++) {
		job.files[i].name = call->walk.files[i].name;
		job.files[i].size = call->walk.files[i].size;
		job.files[i].folder = walk_in_folder(&call->walk, i);
	}
	result = options->in_process ? read_in_process(call, &job) :
		 read_in_child(call, &job, options->reader_program);
	free(job.files);
	if (result == 0 && !call->receive.done)
		result = error_set(call->error, TACIT_E_FORMAT, "%s: the reader ended early; "
				   "nothing of the file was kept", call->receive.file);
	/* Those behind the last file, and the end of the last of all. */
	return result != 0 ? result : begin_root(call, call->walk.root_count);
}

int source_read_all(const char *const *paths, size_t count, const struct source_options *options,
		    const struct source_events *events, struct error *error)
{
	static const struct source_options none;
	struct call *call;
	struct error unseen;
	int result;

	if (error == NULL)
		error = &unseen;
	error->code = 0;
	error->message[0] = 0;
	call = calloc(1, sizeof(*call));
	if (call == NULL || sodium_init() < 0) {
		free(call);
		return error_memory(error);
	}
	call->events = events;
	call->error = error;
	call->current = -1;
	call->receive.events = events;
	call->receive.error = error;
	call->receive.file = "";
	call->receive.want = on_want;
	call->receive.digest = digest_current;
	call->receive.context = call;
	result = walk_open(&call->walk, paths, count, events, error);
	if (result == 0 && count > 0)
		call->receive.file = call->walk.roots[0].name;
	if (result == 0)
		parts_tell(&call->walk, events);
	/* Where nothing can be opened there is nothing to start a reader for. */
	if (result == 0 && call->walk.count == 0)
		result = begin_root(call, count);
	else if (result == 0)
		result = run(call, options == NULL ? &none : options);
	if (call->current >= 0)
		close(call->current);
	walk_close(&call->walk);
	free(call);
	return result;
}

int source_read(const char *path, const struct source_options *options,
		const struct source_events *events, struct error *error)
{
	return source_read_all(&path, 1, options, events, error);
}

int source_child_main(void)
{
	return child_main();
}

bool source_about(size_t index, struct source_about *out)
{
	const struct reader *reader = detect_table(index);

	if (reader == NULL)
		return false;
	*out = (struct source_about){ .kind = reader->kind, .title = reader->title,
				      .files = reader->about->files, .acts = reader->about->acts,
				      .used = reader->about->used,
				      .unknown = reader->about->unknown,
				      .dropped = reader->about->dropped };
	return true;
}

const char *source_kind(size_t index, const char **title)
{
	const struct reader *reader, *before;
	size_t i, j;

	for (i = 0; (reader = detect_table(i)) != NULL; i++) {
		for (j = 0; (before = detect_table(j)) != reader; j++)
			if (strcmp(before->kind, reader->kind) == 0)
				break;
		if (before != reader || index-- > 0)
			continue;
		if (title != NULL)
			*title = reader->title;
		return reader->kind;
	}
	return NULL;
}
