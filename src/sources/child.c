/* The reading process; see child.h. */
#include "child.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/message.h"
#include "readers/detect.h"
#include "readers/gadgetbridge.h"
#include "readers/ics_zones.h"
#include "sources/sandbox.h"

/* How often progress is told, in bytes of the files. */
#define PROGRESS_STEP (1u << 20)

/* One file or archive on the way to its readers. */
struct item {
	struct child *child;
	const char *name;		/* shown to people, and told to readers */
	int depth;			/* archives around it */
	bool given;			/* by the person, not found in a folder */
};

/* An open descriptor, read by offset so that passes do not disturb each other. */
struct descriptor {
	struct child *child;
	int fd;
	uint64_t at;
};

static int tell_progress(struct child *child, uint64_t bytes)
{
	child->done += bytes;
	if (child->done - child->told < PROGRESS_STEP)
		return 0;
	child->told = child->done;
	return emit_progress(child->emit, child->done, child->total);
}

static int read_at(void *context, uint64_t offset, void *out, size_t size, size_t *got)
{
	struct descriptor *descriptor = context;
	ssize_t count;

	do
		count = pread(descriptor->fd, out, size, (off_t)offset);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return error_set(descriptor->child->error, TACIT_E_IO, "cannot be read: error %d "
				 "of the disk or network", errno);
	*got = (size_t)count;
	return tell_progress(descriptor->child, *got);
}

static int read_on(void *context, void *out, size_t size, size_t *got)
{
	struct descriptor *descriptor = context;
	int failed = read_at(descriptor, descriptor->at, out, size, got);

	if (failed == 0)
		descriptor->at += *got;
	return failed;
}

static int visit(struct item *item, const struct input_from *from,
		 const struct archive_from *whole);

static int visit_entry(void *context, const char *entry, const struct input_from *from)
{
	const struct item *outer = context;
	struct item item = { outer->child, entry, outer->depth + 1, false };
	char name[512];

	if (outer->depth > 0) {
		snprintf(name, sizeof(name), "%s/%s", outer->name, entry);
		name[text_cut(name, strlen(name), 250)] = 0;
		item.name = name;
	}
	return visit(&item, from, NULL);
}

/* An archive within an archive is unpacked to memory, since it is read in several places. */
static int unpack(struct child *child, struct input *input, struct bytes *out)
{
	size_t head_size, got = 1;
	const uint8_t *head = input_head(input, &head_size);
	int failed = 0;

	if (bytes_append(out, head, head_size) != 0)
		return error_memory(child->error);
	while (failed == 0 && got > 0) {
		if (out->size > LIMIT_NESTED_BYTES)
			return error_set(child->error, TACIT_E_LIMIT, "holds an archive of more "
					 "than %llu MiB: unpack it and add the folder",
					 LIMIT_NESTED_BYTES >> 20);
		if (bytes_reserve(out, 1 << 20) != 0)
			return error_memory(child->error);
		failed = input->from.read(input->from.context, out->data + out->size, 1 << 20,
					  &got);
		if (failed == 0)
			out->size += got;
	}
	return failed;
}

static int visit_archive(struct item *item, struct input *input, const struct archive_from *whole)
{
	struct child *child = item->child;
	struct bytes bytes = BYTES_INIT;
	struct archive_from memory = { archive_read_at_memory, &bytes, 0 };
	int failed = 0;

	if (item->depth >= LIMIT_ARCHIVE_DEPTH)
		return child->reading ? emit_ignored(child->emit, item->name,
						     "an archive too deep inside others") : 0;
	if (whole == NULL) {
		failed = unpack(child, input, &bytes);
		memory.size = bytes.size;
		whole = &memory;
	}
	if (failed == 0)
		failed = archive_walk(whole, item->name, &child->budget, visit_entry, item,
				      child->error);
	bytes_free(&bytes);
	return failed;
}

/* Text, or something that no reader knows. */
static int visit_rows(struct item *item, struct input *input, struct csv *header)
{
	struct child *child = item->child;
	struct reading reading = { .emit = child->emit, .error = child->error, .input = input,
				   .catalogue = child->catalogue, .person = child->job->person };
	const struct reader *reader;
	const char *encoding;
	struct sniff sniff;
	int failed = detect_reader(input, item->name, header, &sniff, &reader);

	reading.sniff = &sniff;
	reading.reader = reader;
	if (failed != 0)
		return failed;
	if (!child->reading)
		return reader == NULL || reader->prepare == NULL ? 0 : reader->prepare(&reading);
	if (reader == NULL)
		return emit_ignored(child->emit, item->name, sniff.size == 0 ? "empty" :
				    "no reader knows this kind of file");
	if (reader->read == NULL)
		return 0;
	failed = emit_begin(child->emit, item->given ? "" : item->name, reader->kind);
	if (failed == 0)
		failed = reader->read(&reading);
	encoding = input_encoding_name(input);
	if (encoding != NULL)
		emit_note(child->emit, "text read as %s", encoding);
	return failed == 0 ? emit_end(child->emit) : failed;
}

static int visit(struct item *item, const struct input_from *from,
		 const struct archive_from *whole)
{
	struct csv *header = malloc(sizeof(*header));
	struct input input;
	const uint8_t *head;
	size_t size;
	int failed;

	if (header == NULL)
		return error_memory(item->child->error);
	memset(&header->header, 0, sizeof(header->header));
	failed = input_open(&input, from, item->child->error);
	if (failed == 0) {
		head = input_head(&input, &size);
		if (archive_known(head, size))
			failed = visit_archive(item, &input, whole);
		else
			failed = visit_rows(item, &input, header);
	}
	input_close(&input);
	csv_close(header);
	free(header);
	return failed;
}

/* What cannot be read is told about when its turn comes in the second pass: so what stands before
 * it is read, and one broken archive does not keep the rest of a folder from it. */
static int set_aside(struct child *child, uint32_t index, int failed)
{
	child->broken[index].code = failed;
	child->broken[index].why = strdup(child->error->message);
	if (child->broken[index].why == NULL)
		return error_memory(child->error);
	child->error->code = 0;
	child->error->message[0] = 0;
	return 0;
}

static int visit_file(struct child *child, uint32_t index)
{
	const struct child_file *file = &child->job->files[index];
	struct descriptor descriptor = { child, -1, 0 };
	struct input_from from = { read_on, &descriptor };
	struct archive_from whole = { read_at, &descriptor, file->size };
	struct item item = { child, file->name, 0, !file->folder };
	int failed = child->want(child->context, index, &descriptor.fd);

	if (failed != 0 || descriptor.fd < 0)
		return failed;
	child->budget.packed = whole.size;
	child->budget.unpacked = child->budget.declared = 0;
	if (child->broken[index].why != NULL)
		failed = error_set(child->error, child->broken[index].code, "%s",
				   child->broken[index].why);
	else
		failed = visit(&item, &from, &whole);
	close(descriptor.fd);
	if (failed != 0 && file->folder && child->error->message[0] != 0 &&
	    strstr(child->error->message, item.name) == NULL) {
		struct error said = *child->error;

		error_set(child->error, failed, "%.200s: %.250s", item.name, said.message);
	}
	if (failed != 0 && failed != TACIT_E_MEMORY && !child->reading)
		return set_aside(child, index, failed);
	return failed;
}

static int run_pass(struct child *child)
{
	uint32_t i;
	int failed = 0;

	child->done = child->told = 0;
	memset(&child->budget, 0, sizeof(child->budget));
	for (i = 0; i < child->job->count && failed == 0; i++) {
		const struct child_broken *broken = &child->broken[i];

		if (child->reading && broken->why != NULL && broken->code == TACIT_E_FORMAT &&
		    child->job->files[i].folder)
			failed = emit_ignored(child->emit, child->job->files[i].name, broken->why);
		else
			failed = visit_file(child, i);
	}
	return failed;
}

int child_run(struct child *child)
{
	uint32_t i;
	int failed = 0;

	child->catalogue = catalogue_new();
	child->broken = calloc((size_t)child->job->count + 1, sizeof(*child->broken));
	if (child->catalogue == NULL || child->broken == NULL)
		failed = error_memory(child->error);
	for (i = 0; i < child->job->count; i++)
		child->total += child->job->files[i].size;
	child->reading = false;
	if (failed == 0)
		failed = run_pass(child);
	child->reading = true;
	if (failed == 0)
		failed = run_pass(child);
	for (i = 0; child->broken != NULL && i < child->job->count; i++)
		free(child->broken[i].why);
	free(child->broken);
	catalogue_free(child->catalogue);
	if (failed == 0)
		failed = emit_number(child->emit, MESSAGE_DONE, 0);
	return failed;
}

static int put_text(struct bytes *out, const char *text)
{
	size_t size = strlen(text);

	if (bytes_append_u32(out, (uint32_t)size) != 0 || bytes_append(out, text, size) != 0)
		return TACIT_E_MEMORY;
	return bytes_append_byte(out, 0);
}

int child_job_put(struct bytes *out, const struct child_job *job)
{
	uint32_t i;
	int failed = bytes_append_u32(out, job->count) |
		     bytes_append_u32(out, job->person != NULL) |
		     put_text(out, job->person == NULL ? "" : job->person);

	for (i = 0; i < job->count && failed == 0; i++)
		failed = bytes_append_u64(out, job->files[i].size) |
			 bytes_append_u32(out, job->files[i].folder) |
			 put_text(out, job->files[i].name);
	return failed != 0 ? TACIT_E_MEMORY : 0;
}

/* The text at *at, which moves behind it; NULL when it is not whole. */
static const char *take_text(const uint8_t **at, const uint8_t *end)
{
	const char *text;
	uint32_t size;

	if (end - *at < 5)
		return NULL;
	size = bytes_load32(*at);
	if ((size_t)(end - *at) - 5 < size || (*at)[4 + (size_t)size] != 0)
		return NULL;
	text = (const char *)*at + 4;
	*at += 5 + (size_t)size;
	return text;
}

int child_job_take(const uint8_t *data, size_t size, struct child_job *job)
{
	const uint8_t *at, *end;
	uint32_t i, person;

	memset(job, 0, sizeof(*job));
	if (size < 8 || bytes_append(&job->text, data, size) != 0)
		return TACIT_E_FORMAT;
	at = job->text.data;
	end = at + size;
	job->count = bytes_load32(at);
	person = bytes_load32(at + 4);
	at += 8;
	job->person = take_text(&at, end);
	if (job->person == NULL || job->count > LIMIT_ENTRIES)
		return TACIT_E_FORMAT;
	if (person == 0)
		job->person = NULL;
	job->files = calloc((size_t)job->count + 1, sizeof(*job->files));
	for (i = 0; job->files != NULL && i < job->count; i++) {
		if (end - at < 12)
			return TACIT_E_FORMAT;
		job->files[i].size = bytes_load64(at);
		job->files[i].folder = bytes_load32(at + 8) != 0;
		at += 12;
		job->files[i].name = take_text(&at, end);
		if (job->files[i].name == NULL)
			return TACIT_E_FORMAT;
	}
	return job->files == NULL || at != end ? TACIT_E_FORMAT : 0;
}

static int read_all(int fd, uint8_t *out, size_t size)
{
	while (size > 0) {
		ssize_t got = read(fd, out, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return TACIT_E_IO;
		out += got;
		size -= (size_t)got;
	}
	return 0;
}

static int send_block(void *context, const uint8_t *data, size_t size)
{
	(void)context;
	while (size > 0) {
		ssize_t put = write(CHILD_OUT_FD, data, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			_exit(1);	/* the parent is gone: nobody to tell */
		data += put;
		size -= (size_t)put;
	}
	return 0;
}

/* Asks the parent for a file and takes the descriptor that comes back. */
static int want_file(void *context, uint32_t index, int *fd)
{
	struct child *child = context;
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec vector = { &byte, 1 };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control,
				 .msg_controllen = sizeof(control) };
	struct cmsghdr *message;
	ssize_t got;
	int failed = emit_number(child->emit, MESSAGE_WANT, index);

	if (failed != 0)
		return failed;
	do
		got = recvmsg(CHILD_JOB_FD, &header, 0);
	while (got < 0 && errno == EINTR);
	if (got != 1)
		_exit(1);
	*fd = -1;
	message = CMSG_FIRSTHDR(&header);
	if (message != NULL && message->cmsg_level == SOL_SOCKET &&
	    message->cmsg_type == SCM_RIGHTS && message->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(message), sizeof(int));
	return 0;
}

static int read_job(struct child_job *job)
{
	uint8_t size[4], *data;
	int failed;

	if (read_all(CHILD_JOB_FD, size, 4) != 0 || bytes_load32(size) > CHILD_JOB_MAX)
		return TACIT_E_IO;
	data = malloc((size_t)bytes_load32(size) + 1);
	if (data == NULL)
		return TACIT_E_MEMORY;
	failed = read_all(CHILD_JOB_FD, data, bytes_load32(size));
	if (failed == 0)
		failed = child_job_take(data, bytes_load32(size), job);
	free(data);
	return failed;
}

static int by_nothing(const void *one, const void *other)
{
	(void)one;
	(void)other;
	return 0;
}

/* The first larger sort asks how much memory the machine has, which is forbidden in here. */
static void sort_warm(void)
{
	char many[2048] = { 0 };

	qsort(many, sizeof(many), 1, by_nothing);
}

int child_main(void)
{
	struct error error = { 0, "" };
	struct child_job job;
	struct emit emit;
	struct child child = { .emit = &emit, .error = &error, .job = &job, .want = want_file,
			       .context = &child };
	int failed;

	/* Everything that is loaded late must be loaded before the walls go up: names in UTF-8,
	 * the time zone (the parent sets TZ, so that no file is needed), character sets,
	 * the table of time zones that calendars name. */
	setlocale(LC_CTYPE, "C.UTF-8");
	tzset();
	archive_warm();
	ics_zones_warm();
	gadgetbridge_warm();
	sort_warm();
	emit_init(&emit, send_block, NULL, &error);
	failed = sandbox_enter(&error);
	if (failed == 0) {
		failed = read_job(&job);
		if (failed != 0)
			error_set(&error, failed, "`tacit --reader` is started by tacit itself");
	}
	if (failed == 0)
		failed = child_run(&child);
	if (failed != 0)
		emit_error(&emit, failed, error.message);
	/* Without the exit handlers: they may want what is forbidden in here. */
	_exit(failed == 0 ? 0 : 1);
}
