/* The reader's side of the pipe; see emit.h. */
#include "emit.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/message.h"

/* Large enough that a write costs nothing next to the acts in it. */
#define BLOCK (256 * 1024)

void emit_init(struct emit *emit, int (*send)(void *, const uint8_t *, size_t), void *context,
	       struct error *error)
{
	memset(emit, 0, sizeof(*emit));
	emit->send = send;
	emit->context = context;
	emit->error = error;
}

void emit_free(struct emit *emit)
{
	bytes_free(&emit->out);
	bytes_free(&emit->title);
	bytes_free(&emit->creator);
	bytes_free(&emit->place);
	bytes_free(&emit->words);
}

int emit_flush(struct emit *emit)
{
	int result = 0;

	if (emit->out.size > 0)
		result = emit->send(emit->context, emit->out.data, emit->out.size);
	bytes_clear(&emit->out);
	return result;
}

/* What follows each message: errors, and a flush when the block is full. */
static int sent(struct emit *emit, int result)
{
	if (result != 0)
		return error_memory(emit->error);
	return emit->out.size >= BLOCK ? emit_flush(emit) : 0;
}

int emit_begin(struct emit *emit, const char *entry, const char *kind)
{
	memset(&emit->report, 0, sizeof(emit->report));
	emit->other_reasons = false;
	snprintf(emit->report.entry, sizeof(emit->report.entry), "%s", entry);
	snprintf(emit->report.kind, sizeof(emit->report.kind), "%s", kind);
	return sent(emit, message_put_begin(&emit->out, entry, kind));
}

int emit_row(struct emit *emit)
{
	if (++emit->report.read >= LIMIT_ROWS)
		return error_set(emit->error, TACIT_E_LIMIT, "more than %llu rows in one file",
				 (unsigned long long)LIMIT_ROWS);
	return 0;
}

int emit_skip_many(struct emit *emit, const char *reason, uint64_t count)
{
	struct report *report = &emit->report;
	size_t i;

	if (count == 0)
		return 0;
	for (i = 0; i < report->skip_count; i++)
		if (strcmp(report->skip[i].reason, reason) == 0)
			break;
	/* The last place is kept for all the reasons that no longer fit. */
	if (i == report->skip_count && i >= LIMIT_SKIP_REASONS - 1) {
		i = LIMIT_SKIP_REASONS - 1;
		reason = "other reasons";
	}
	if (i == report->skip_count) {
		report->skip_count++;
		snprintf(report->skip[i].reason, sizeof(report->skip[i].reason), "%s", reason);
		report->skip[i].count = 0;
	}
	report->skip[i].count += count;
	return 0;
}

_Static_assert(LIMIT_SKIP_REASONS == sizeof(((struct report *)0)->skip) /
	       sizeof(struct report_count), "one limit, one table");

int emit_skip(struct emit *emit, const char *reason)
{
	return emit_skip_many(emit, reason, 1);
}

void emit_drop(struct emit *emit, const char *field)
{
	struct report *report = &emit->report;
	size_t i;

	for (i = 0; i < report->drop_count; i++)
		if (strcmp(report->drop[i].reason, field) == 0)
			break;
	if (i == report->drop_count && i >= LIMIT_DROPS - 1) {
		i = LIMIT_DROPS - 1;
		field = "other fields";
	}
	if (i == report->drop_count) {
		report->drop_count++;
		snprintf(report->drop[i].reason, sizeof(report->drop[i].reason), "%s", field);
		report->drop[i].count = 0;
	}
	report->drop[i].count++;
}

_Static_assert(LIMIT_DROPS == sizeof(((struct report *)0)->drop) /
	       sizeof(struct report_count), "one limit, one table");

void emit_note(struct emit *emit, const char *format, ...)
{
	char sentence[256], *note = emit->report.note;
	size_t used = strlen(note), size;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	size = text_cut(sentence, strlen(sentence), sizeof(sentence) - 1);
	sentence[size] = 0;
	if (strstr(note, sentence) != NULL || used + 2 + size >= sizeof(emit->report.note))
		return;
	snprintf(note + used, sizeof(emit->report.note) - used, "%s%s", used > 0 ? "; " : "",
		 sentence);
}

/* True when the text needs no cleaning: no control characters, no double blanks, none at the ends
 * (so that there is always a byte behind a blank). */
static bool clean_already(struct act_text text)
{
	uint32_t i;

	if (text.size == 0)
		return true;
	if (text.data[0] == ' ' || text.data[text.size - 1] == ' ')
		return false;
	for (i = 0; i < text.size; i++)
		if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f ||
		    (text.data[i] == ' ' && text.data[i + 1] == ' '))
			return false;
	return true;
}

/* Turns runs of blanks and control characters into one space, trims, cuts at `max`. */
static int clean(struct act_text *text, uint32_t max, struct bytes *room)
{
	bool gap = false;
	uint32_t i;

	if (!clean_already(*text)) {
		bytes_clear(room);
		if (bytes_reserve(room, text->size) != 0)
			return TACIT_E_MEMORY;
		for (i = 0; i < text->size; i++) {
			unsigned char c = (unsigned char)text->data[i];

			if (c <= 0x20 || c == 0x7f) {
				gap = room->size > 0;
				continue;
			}
			if (gap)
				room->data[room->size++] = ' ';
			gap = false;
			room->data[room->size++] = c;
		}
		text->data = (const char *)room->data;
		text->size = (uint32_t)room->size;
	}
	text->size = (uint32_t)text_cut(text->data, text->size, max);
	return 0;
}

int emit_act(struct emit *emit, const struct act *act)
{
	struct act copy = *act;
	const struct act_text *texts = &copy.domain;
	int i;

	for (i = 0; i < 7; i++)
		if (!message_text_good(texts[i].data, texts[i].size))
			return emit_skip(emit, "not valid text (UTF-8)");
	if (clean(&copy.title, LIMIT_TITLE_BYTES, &emit->title) != 0 ||
	    clean(&copy.creator, LIMIT_CREATOR_BYTES, &emit->creator) != 0 ||
	    clean(&copy.place, LIMIT_PLACE_BYTES, &emit->place) != 0 ||
	    clean(&copy.words, LIMIT_TITLE_BYTES, &emit->words) != 0)
		return error_memory(emit->error);
	if (copy.title.size == 0)
		return emit_skip(emit, "no title");
	copy.text.size = (uint32_t)text_cut(copy.text.data, copy.text.size, LIMIT_TEXT_BYTES);
	assert(message_domain_known(copy.domain.data, copy.domain.size));
	assert(copy.rest.size <= LIMIT_REST_BYTES);
	emit->report.emitted++;
	return sent(emit, message_put_act(&emit->out, &copy));
}

int emit_said(struct emit *emit, const char *what, struct act_text value)
{
	char key[REPORT_KEY];

	if (!message_text_good(value.data, value.size))
		return emit_skip(emit, "not valid text (UTF-8)");
	if (clean(&value, REPORT_VALUE - 1, &emit->title) != 0)
		return error_memory(emit->error);
	if (value.size == 0)
		return emit_skip(emit, "nothing said");
	snprintf(key, sizeof(key), "%s: %s", emit->report.kind, what);
	emit->report.emitted++;
	return sent(emit, message_put_said(&emit->out, key, value));
}

int emit_end(struct emit *emit)
{
	uint64_t skipped = 0;
	size_t i;

	for (i = 0; i < emit->report.skip_count; i++)
		skipped += emit->report.skip[i].count;
	/* A row that is neither kept nor skipped is a bug of the reader, never of the file. */
	assert(emit->report.read == emit->report.emitted + skipped);
	return sent(emit, message_put_end(&emit->out, &emit->report));
}

int emit_ignored(struct emit *emit, const char *name, const char *why)
{
	return sent(emit, message_put_ignored(&emit->out, name, why));
}

int emit_progress(struct emit *emit, uint64_t done, uint64_t total)
{
	if (message_put_progress(&emit->out, done, total) != 0)
		return error_memory(emit->error);
	return emit_flush(emit);
}

int emit_number(struct emit *emit, int type, uint32_t number)
{
	if (message_put_number(&emit->out, type, number) != 0)
		return error_memory(emit->error);
	return emit_flush(emit);
}

int emit_error(struct emit *emit, int code, const char *sentence)
{
	if (message_put_error(&emit->out, code, sentence) != 0)
		return error_memory(emit->error);
	return emit_flush(emit);
}

struct act_text emit_text(const char *text)
{
	struct act_text out = { text, (uint32_t)strlen(text) };

	return out;
}

void emit_blank_act(struct act *act, int verb, const char *domain)
{
	memset(act, 0, sizeof(*act));
	act->value = ACT_NONE;
	act->duration = ACT_NONE;
	act->zone = ACT_ZONE_UNKNOWN;
	act->verb = (uint8_t)verb;
	act->domain = emit_text(domain);
}
