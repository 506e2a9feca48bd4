/* The way into this room: source_read and the table of kinds; see source.h. */
#include "source.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "readers/detect.h"
#include "sources/child.h"
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
	uint64_t openings;
	bool digested;			/* of `current` */
	uint8_t digest[32];
	char file[256];
};

/* The last part of the path, without a slash at its end, safe to print. */
static void name_file(struct call *call, const char *path)
{
	size_t size = strlen(path), from;

	while (size > 1 && path[size - 1] == '/')
		size--;
	from = size;
	while (from > 0 && path[from - 1] != '/')
		from--;
	text_safe(path + from, text_cut(path + from, size - from, 80), call->file,
		  sizeof(call->file));
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

	if (call->current < 0)
		return error_set(call->error, TACIT_E_FORMAT, "%s: no file for the rows",
				 call->file);
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
			return error_errno(call->error, TACIT_E_IO, "cannot read %s", call->file);
		crypto_generichash_final(&state, call->digest, 32);
		call->digested = true;
	}
	memcpy(out, call->digest, 32);
	return 0;
}

/* Opens file `index` for the child; each is opened twice, once in each pass. */
static int open_current(struct call *call, uint32_t index)
{
	if (index >= call->walk.count || ++call->openings > 2 * (uint64_t)call->walk.count)
		return error_set(call->error, TACIT_E_FORMAT, "%s: the reader broke on it; nothing "
				 "of it was kept", call->file);
	/* The digest stays good for a single file, whose descriptor never changes. */
	if (call->walk.folder)
		call->digested = false;
	if (call->current >= 0)
		close(call->current);
	call->current = walk_open_file(&call->walk, index);
	if (call->current < 0 && call->events->ignored != NULL &&
	    call->openings > call->walk.count)
		call->events->ignored(call->events->context, call->walk.files[index].name,
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
	int failed = open_current(call, index);

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
		failed = spawn_end(&call->spawn, failed, call->file, call->error);
	}
	bytes_free(&text);
	return failed;
}

static int run(struct call *call, const struct source_options *options)
{
	struct child_job job = { .person = options->person, .folder = call->walk.folder,
				 .count = (uint32_t)call->walk.count };
	size_t i;
	int result;

	job.files = calloc(call->walk.count + 1, sizeof(*job.files));
	if (job.files == NULL)
		return error_memory(call->error);
	for (i = 0; i < call->walk.count; i++) {
		job.files[i].name = call->walk.files[i].name;
		job.files[i].size = call->walk.files[i].size;
	}
	result = options->in_process ? read_in_process(call, &job) :
		 read_in_child(call, &job, options->reader_program);
	free(job.files);
	if (result == 0 && !call->receive.done)
		result = error_set(call->error, TACIT_E_FORMAT, "%s: the reader ended early; "
				   "nothing of the file was kept", call->file);
	if (result == 0 && call->receive.sources == 0)
		result = error_set(call->error, TACIT_E_FORMAT, "nothing in %s that tacit can "
				   "read%s%s%s: `tacit add --help` lists what it reads", call->file,
				   call->receive.why[0] != 0 ? " (" : "", call->receive.why,
				   call->receive.why[0] != 0 ? ")" : "");
	return result;
}

int source_read(const char *path, const struct source_options *options,
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
	name_file(call, path);
	call->receive.events = events;
	call->receive.error = error;
	call->receive.file = call->file;
	call->receive.want = on_want;
	call->receive.digest = digest_current;
	call->receive.context = call;
	result = walk_open(&call->walk, path, events, error);
	call->receive.alone = !call->walk.folder;
	if (result == 0) {
		result = run(call, options == NULL ? &none : options);
		if (call->current >= 0)
			close(call->current);
		walk_close(&call->walk);
	}
	free(call);
	return result;
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
