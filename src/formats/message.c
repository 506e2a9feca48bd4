/* Encoding in the child and checked decoding in the parent; see message.h. */
#include "message.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "formats/rest.h"

#define ACT_TEXTS 7
#define ACT_FIXED (3 * 8 + 2 + 1 + 1 + 4 + ACT_TEXTS * 4)

/* In the order of struct act: domain title creator words place text rest. */
static const uint32_t text_limits[ACT_TEXTS] = {
	LIMIT_DOMAIN_BYTES, LIMIT_TITLE_BYTES, LIMIT_CREATOR_BYTES, LIMIT_TITLE_BYTES,
	LIMIT_PLACE_BYTES, LIMIT_TEXT_BYTES, LIMIT_REST_BYTES,
};

static const char *const domains[] = {
	"films", "series", "music", "books", "games", "shop", "places", "news", "apps", "other",
	"health",
};

/* 0001-01-01 to 9999-12-31 in milliseconds, and durations up to a hundred years. */
#define TIME_FIRST (-62135596800000LL)
#define TIME_LAST 253402300799999LL
#define DURATION_LAST (36525LL * CLOCK_DAY_MS)
#define ZONE_LAST (18 * 60)
#define YEAR_LAST 9999
#define VALUE_LAST (1LL << 60)

_Static_assert(MESSAGE_MAX > LIMIT_TEXT_BYTES + LIMIT_REST_BYTES + 4 * LIMIT_TITLE_BYTES + 1024,
	       "the largest act fits into a message");

bool message_domain_known(const char *domain, size_t size)
{
	size_t i;

	for (i = 0; i < sizeof(domains) / sizeof(*domains); i++)
		if (strlen(domains[i]) == size && memcmp(domains[i], domain, size) == 0)
			return true;
	return false;
}

bool message_text_good(const char *text, size_t size)
{
	size_t i = 0;
	uint64_t word;

	/* Eight bytes at once: any high bit, or any zero byte, ends the fast way. */
	for (; i + 8 <= size; i += 8) {
		memcpy(&word, text + i, 8);
		if ((word & 0x8080808080808080ULL) != 0 ||
		    ((word - 0x0101010101010101ULL) & 0x8080808080808080ULL) != 0)
			break;
	}
	for (; i < size; i++)
		if (text[i] <= 0)
			return memchr(text + i, 0, size - i) == NULL && text_valid(text, size);
	return true;
}

/* Reserves a message of `size` payload bytes and writes its header. */
static uint8_t *begin(struct bytes *out, int type, size_t size)
{
	uint8_t *at;

	if (size + MESSAGE_HEADER > MESSAGE_MAX || bytes_reserve(out, size + MESSAGE_HEADER) != 0)
		return NULL;
	at = out->data + out->size;
	bytes_store32(at, (uint32_t)size + 1);
	at[4] = (uint8_t)type;
	out->size += size + MESSAGE_HEADER;
	return at + MESSAGE_HEADER;
}

/* A text of up to 64 KiB: u16 size and bytes. */
static uint8_t *put_text(uint8_t *at, const char *text, size_t size)
{
	bytes_store16(at, (uint16_t)size);
	memcpy(at + 2, text, size);
	return at + 2 + size;
}

static int put_texts(struct bytes *out, int type, const char *first, struct act_text second)
{
	size_t first_size = text_cut(first, strlen(first), 255);
	size_t second_size = text_cut(second.data, second.size, 255);
	uint8_t *at = begin(out, type, 4 + first_size + second_size);

	if (at == NULL)
		return TACIT_E_MEMORY;
	at = put_text(at, first, first_size);
	put_text(at, second.data, second_size);
	return 0;
}

static struct act_text of_string(const char *text)
{
	return (struct act_text){ text, (uint32_t)strlen(text) };
}

int message_put_begin(struct bytes *out, const char *entry, const char *kind)
{
	return put_texts(out, MESSAGE_BEGIN, entry, of_string(kind));
}

int message_put_ignored(struct bytes *out, const char *name, const char *why)
{
	return put_texts(out, MESSAGE_IGNORED, name, of_string(why));
}

int message_put_said(struct bytes *out, const char *key, struct act_text value)
{
	return put_texts(out, MESSAGE_SAID, key, value);
}

int message_put_act(struct bytes *out, const struct act *act)
{
	const struct act_text *texts = &act->domain;
	size_t size = ACT_FIXED;
	uint8_t *at;
	int i;

	for (i = 0; i < ACT_TEXTS; i++)
		size += texts[i].size;
	at = begin(out, MESSAGE_ACT, size);
	if (at == NULL)
		return TACIT_E_MEMORY;
	bytes_store64(at, (uint64_t)act->time);
	bytes_store64(at + 8, (uint64_t)act->value);
	bytes_store64(at + 16, (uint64_t)act->duration);
	bytes_store16(at + 24, (uint16_t)act->zone);
	at[26] = act->verb;
	at[27] = act->flags;
	bytes_store32(at + 28, (uint32_t)act->year);
	for (i = 0; i < ACT_TEXTS; i++)
		bytes_store32(at + 32 + 4 * i, texts[i].size);
	at += ACT_FIXED;
	for (i = 0; i < ACT_TEXTS; i++) {
		if (texts[i].size > 0)
			memcpy(at, texts[i].data, texts[i].size);
		at += texts[i].size;
	}
	return 0;
}

_Static_assert(offsetof(struct act, rest) - offsetof(struct act, domain) ==
	       (ACT_TEXTS - 1) * sizeof(struct act_text), "the texts of an act are in one row");

static size_t counts_size(const struct report_count *list, size_t count)
{
	size_t size = 0, i;

	for (i = 0; i < count; i++)
		size += 8 + 2 + strlen(list[i].reason);
	return size;
}

static uint8_t *put_counts(uint8_t *at, const struct report_count *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		bytes_store64(at, list[i].count);
		at = put_text(at + 8, list[i].reason, strlen(list[i].reason));
	}
	return at;
}

int message_put_end(struct bytes *out, const struct report *report)
{
	size_t size = 8 + 8 + 2 + 2 + 2 + strlen(report->note) +
		      counts_size(report->skip, report->skip_count) +
		      counts_size(report->drop, report->drop_count);
	uint8_t *at = begin(out, MESSAGE_END, size);

	if (at == NULL)
		return TACIT_E_MEMORY;
	bytes_store64(at, report->read);
	bytes_store64(at + 8, report->emitted);
	bytes_store16(at + 16, (uint16_t)report->skip_count);
	bytes_store16(at + 18, (uint16_t)report->drop_count);
	at = put_text(at + 20, report->note, strlen(report->note));
	at = put_counts(at, report->skip, report->skip_count);
	put_counts(at, report->drop, report->drop_count);
	return 0;
}

int message_put_progress(struct bytes *out, uint64_t done, uint64_t total)
{
	uint8_t *at = begin(out, MESSAGE_PROGRESS, 16);

	if (at == NULL)
		return TACIT_E_MEMORY;
	bytes_store64(at, done);
	bytes_store64(at + 8, total);
	return 0;
}

int message_put_error(struct bytes *out, int code, const char *sentence)
{
	size_t size = text_cut(sentence, strlen(sentence), 399);
	uint8_t *at = begin(out, MESSAGE_ERROR, 4 + 2 + size);

	if (at == NULL)
		return TACIT_E_MEMORY;
	bytes_store32(at, (uint32_t)code);
	put_text(at + 4, sentence, size);
	return 0;
}

int message_put_number(struct bytes *out, int type, uint32_t number)
{
	uint8_t *at = begin(out, type, 4);

	if (at == NULL)
		return TACIT_E_MEMORY;
	bytes_store32(at, number);
	return 0;
}

long message_next(const uint8_t *data, size_t size, struct message *message)
{
	uint32_t length;

	if (size < MESSAGE_HEADER)
		return 0;
	length = bytes_load32(data);
	if (length < 1 || length > MESSAGE_MAX || data[4] == 0 || data[4] >= MESSAGE_TYPE_COUNT)
		return -1;
	if (size - 4 < length)
		return 0;
	message->type = data[4];
	message->at = data + MESSAGE_HEADER;
	message->end = data + 4 + length;
	return 4 + (long)length;
}

static bool take(struct message *message, size_t size, const uint8_t **at)
{
	if ((size_t)(message->end - message->at) < size)
		return false;
	*at = message->at;
	message->at += size;
	return true;
}

/* A text into out[max], NUL-terminated; control characters would steer a terminal: refused. */
static bool take_text(struct message *message, char *out, size_t max)
{
	const uint8_t *at;
	size_t size, i;

	if (!take(message, 2, &at))
		return false;
	size = bytes_load16(at);
	if (size >= max || !take(message, size, &at) || !message_text_good((const char *)at, size))
		return false;
	for (i = 0; i < size; i++)
		if (at[i] < 0x20 || at[i] == 0x7f)
			return false;
	memcpy(out, at, size);
	out[size] = 0;
	return true;
}

static bool over(const struct message *message)
{
	return message->at == message->end;
}

bool message_take_begin(struct message *message, struct report *report)
{
	return take_text(message, report->entry, sizeof(report->entry)) &&
	       take_text(message, report->kind, sizeof(report->kind)) && over(message);
}

bool message_take_ignored(struct message *message, char name[256], char why[256])
{
	return take_text(message, name, 256) && take_text(message, why, 256) && over(message);
}

bool message_take_said(struct message *message, char key[REPORT_KEY], char value[REPORT_VALUE])
{
	return take_text(message, key, REPORT_KEY) && take_text(message, value, REPORT_VALUE) &&
	       over(message) && key[0] != 0 && value[0] != 0;
}

static bool numbers_good(const struct act *act)
{
	if (act->time < TIME_FIRST || act->time > TIME_LAST)
		return false;
	if (act->value != ACT_NONE && (act->value > VALUE_LAST || act->value < -VALUE_LAST))
		return false;
	if (act->duration != ACT_NONE && (act->duration < 0 || act->duration > DURATION_LAST))
		return false;
	if (act->zone != ACT_ZONE_UNKNOWN && (act->zone < -ZONE_LAST || act->zone > ZONE_LAST))
		return false;
	if (act->verb == 0 || act->verb >= ACT_VERB_COUNT ||
	    (act->flags & ~(ACT_DATE_ONLY | ACT_NOT_CHOSEN)) != 0)
		return false;
	return act->year >= -YEAR_LAST && act->year <= YEAR_LAST;
}

bool message_take_act(struct message *message, struct act *act)
{
	struct act_text *texts = &act->domain;
	const uint8_t *at, *data;
	int i;

	if (!take(message, ACT_FIXED, &at))
		return false;
	act->time = (int64_t)bytes_load64(at);
	act->value = (int64_t)bytes_load64(at + 8);
	act->duration = (int64_t)bytes_load64(at + 16);
	act->zone = (int16_t)bytes_load16(at + 24);
	act->verb = at[26];
	act->flags = at[27];
	act->year = (int32_t)bytes_load32(at + 28);
	for (i = 0; i < ACT_TEXTS; i++) {
		texts[i].size = bytes_load32(at + 32 + 4 * i);
		if (texts[i].size > text_limits[i] || !take(message, texts[i].size, &data))
			return false;
		texts[i].data = (const char *)data;
		if (!message_text_good(texts[i].data, texts[i].size))
			return false;
	}
	if (!over(message) || !numbers_good(act) || act->title.size == 0)
		return false;
	if (!message_domain_known(act->domain.data, act->domain.size))
		return false;
	return act->rest.size == 0 || rest_valid(act->rest.data, act->rest.size);
}

/* Counts of at most `most` rows each; *sum is all of them together. */
static bool take_counts(struct message *message, struct report_count *list, size_t count,
			uint64_t most, uint64_t *sum)
{
	const uint8_t *at;
	size_t i;

	*sum = 0;
	for (i = 0; i < count; i++) {
		if (!take(message, 8, &at))
			return false;
		list[i].count = bytes_load64(at);
		if (list[i].count > most ||
		    !take_text(message, list[i].reason, sizeof(list[i].reason)))
			return false;
		*sum += list[i].count;
	}
	return true;
}

bool message_take_end(struct message *message, struct report *report)
{
	const uint8_t *at;
	uint64_t skipped, dropped;

	if (!take(message, 20, &at))
		return false;
	report->read = bytes_load64(at);
	report->emitted = bytes_load64(at + 8);
	report->skip_count = bytes_load16(at + 16);
	report->drop_count = bytes_load16(at + 18);
	if (report->skip_count > LIMIT_SKIP_REASONS || report->drop_count > LIMIT_DROPS ||
	    report->read > LIMIT_ROWS || report->emitted > report->read ||
	    !take_text(message, report->note, sizeof(report->note)) ||
	    !take_counts(message, report->skip, report->skip_count, report->read, &skipped) ||
	    !take_counts(message, report->drop, report->drop_count, LIMIT_ROWS, &dropped))
		return false;
	return over(message) && report->read == report->emitted + skipped;
}

bool message_take_progress(struct message *message, uint64_t *done, uint64_t *total)
{
	const uint8_t *at;

	if (!take(message, 16, &at) || !over(message))
		return false;
	*done = bytes_load64(at);
	*total = bytes_load64(at + 8);
	return true;
}

bool message_take_error(struct message *message, int *code, char sentence[400])
{
	const uint8_t *at;

	if (!take(message, 4, &at))
		return false;
	*code = (int32_t)bytes_load32(at);
	return *code < 0 && *code >= TACIT_E_STOPPED && take_text(message, sentence, 400) &&
	       over(message);
}

bool message_take_number(struct message *message, uint32_t *number)
{
	const uint8_t *at;

	if (!take(message, 4, &at) || !over(message))
		return false;
	*number = bytes_load32(at);
	return true;
}
