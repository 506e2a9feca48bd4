/* Dates, titles and links of feeds; see feed_text.h. */
#include "feed_text.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "formats/html.h"
#include "formats/number.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cuts the next word off: up to a blank or a comma. */
static struct act_text next_word(struct act_text *text)
{
	struct act_text word;
	uint32_t size = 0;

	while (text->size > 0 && strchr(" \t\r\n,", text->data[0]) != NULL) {
		text->data++;
		text->size--;
	}
	while (size < text->size && strchr(" \t\r\n,", text->data[size]) == NULL)
		size++;
	word = (struct act_text){ text->data, size };
	text->data += size;
	text->size -= size;
	return word;
}

static int month_of(struct act_text word)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int i;

	for (i = 0; word.size >= 3 && i < 12; i++)
		if (strncasecmp(months + i * 3, word.data, 3) == 0)
			return i + 1;
	return 0;
}

/* "9:42", "09:42:31", "09:42:31.5". */
static bool clock_of(struct act_text word, int64_t *ms)
{
	int64_t part[3] = { 0, 0, 0 };
	uint32_t at = 0;
	int parts = 0;

	while (parts < 3 && at < word.size && is_digit(word.data[at])) {
		while (at < word.size && is_digit(word.data[at]) && part[parts] < 100)
			part[parts] = part[parts] * 10 + word.data[at++] - '0';
		parts++;
		if (at == word.size || word.data[at] != ':')
			break;
		at++;
	}
	*ms = ((part[0] * 60 + part[1]) * 60 + part[2]) * 1000;
	return parts >= 2 && (at == word.size || word.data[at] == '.') && part[0] < 24 &&
	       part[1] < 60 && part[2] <= 60;
}

/* "+0200", "-05:00", "GMT", "EST": minutes east of UTC. */
static bool zone_of(struct act_text word, int *minutes)
{
	static const struct {
		const char *name;
		int minutes;
	} names[] = {
		{ "GMT", 0 }, { "UT", 0 }, { "UTC", 0 }, { "Z", 0 },
		{ "EST", -300 }, { "EDT", -240 }, { "CST", -360 }, { "CDT", -300 },
		{ "MST", -420 }, { "MDT", -360 }, { "PST", -480 }, { "PDT", -420 },
		{ "CET", 60 }, { "CEST", 120 }, { "MET", 60 }, { "MEST", 120 }, { "BST", 60 },
	};
	int digits = 0, value = 0;
	uint32_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (number_is(word, names[i].name)) {
			*minutes = names[i].minutes;
			return true;
		}
	if (word.size < 5 || (word.data[0] != '+' && word.data[0] != '-'))
		return false;
	for (i = 1; i < word.size; i++)
		if (is_digit(word.data[i]) && digits++ < 4)
			value = value * 10 + word.data[i] - '0';
		else if (word.data[i] != ':')
			return false;
	if (digits != 4 || value / 100 > 14 || value % 100 > 59)
		return false;
	*minutes = (value / 100 * 60 + value % 100) * (word.data[0] == '-' ? -1 : 1);
	return true;
}

bool feed_text_date(struct act_text text, int64_t *ms, int16_t *zone, bool *zoned)
{
	struct act_text word = next_word(&text), month_word;
	int64_t day, year, within = 0;
	int month, minutes = 0;

	if (word.size > 0 && is_letter(word.data[0]))	/* the day of the week */
		word = next_word(&text);
	month_word = next_word(&text);
	/* "Sep 07" as well as "07 Sep". */
	if (word.size > 0 && is_letter(word.data[0])) {
		struct act_text other = word;

		word = month_word;
		month_word = other;
	}
	month = month_of(month_word);
	if (!number_whole(word, &day) || month == 0 || !number_whole(next_word(&text), &year))
		return false;
	if (year >= 0 && year < 100)
		year += year < 70 ? 2000 : 1900;
	if (year < 1 || year > 9999 || day < 1 || day > 31 ||
	    !clock_date_valid((int32_t)year, month, (int32_t)day))
		return false;
	word = next_word(&text);
	if (!clock_of(word, &within))
		return false;
	*zoned = zone_of(next_word(&text), &minutes);
	*zone = *zoned && minutes != 0 ? (int16_t)minutes : ACT_ZONE_UNKNOWN;
	*ms = clock_days((int32_t)year, month, (int32_t)day) * CLOCK_DAY_MS + within -
	      minutes * 60000LL;
	return true;
}

/* Whether a tag begins here: "<b", "</b", "<!--". */
static bool tag_begins(struct act_text text, uint32_t at)
{
	return text.data[at] == '<' && at + 1 < text.size &&
	       (is_letter(text.data[at + 1]) || text.data[at + 1] == '/' ||
		text.data[at + 1] == '!');
}

struct act_text feed_text_title(struct act_text text, struct bytes *out)
{
	uint32_t at = 0, from = 0;
	struct act_text none = { "", 0 };

	bytes_clear(out);
	while (at < text.size) {
		if (!tag_begins(text, at)) {
			at++;
			continue;
		}
		if (html_decode((struct act_text){ text.data + from, at - from }, out,
				LIMIT_TITLE_BYTES) != 0)
			return none;
		while (at < text.size && text.data[at] != '>')
			at++;
		at += at < text.size;
		from = at;
	}
	if (html_decode((struct act_text){ text.data + from, at - from }, out,
			LIMIT_TITLE_BYTES) != 0)
		return none;
	return number_trim((struct act_text){ (const char *)out->data, (uint32_t)out->size });
}

static bool begins(struct act_text text, const char *part)
{
	size_t size = strlen(part);

	return text.size >= size && strncasecmp(text.data, part, size) == 0;
}

static bool has(struct act_text text, const char *part)
{
	uint32_t i;

	for (i = 0; i < text.size; i++)
		if (begins((struct act_text){ text.data + i, text.size - i }, part))
			return true;
	return false;
}

/* Whether a parameter "name=value" follows the reader or lets in who has it. */
static bool unwanted(struct act_text parameter)
{
	static const char *const names[] = {
		"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid",
		"igshid", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "key", "sig", "sid", "code",
	};
	static const char *const parts[] = {
		"token", "auth", "passw", "secret", "session", "signature", "apikey", "api_key",
	};
	const char *equals = memchr(parameter.data, '=', parameter.size);
	struct act_text name = parameter;
	size_t i;

	if (equals != NULL)
		name.size = (uint32_t)(equals - parameter.data);
	if (begins(name, "utm_") || begins(name, "_hs"))
		return true;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (name.size == strlen(names[i]) && begins(name, names[i]))
			return true;
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (has(name, parts[i]))
			return true;
	return false;
}

struct act_text feed_text_link(struct act_text text, struct bytes *out, bool *cut)
{
	struct act_text link = { "", 0 };
	uint32_t host, at, end;
	bool any = false;

	*cut = false;
	bytes_clear(out);
	text = number_trim(text);
	if (!begins(text, "http://") && !begins(text, "https://"))
		return link;
	for (host = 8; host < text.size && strchr("/?#", text.data[host]) == NULL; host++)
		if (text.data[host] == '@')
			return link;
	for (at = host; at < text.size && text.data[at] != '?' && text.data[at] != '#'; at++)
		;
	if (bytes_append(out, text.data, at) != 0)
		return link;
	/* What is behind '#' is a place on the page, or as good as more parameters. */
	*cut = memchr(text.data, '#', text.size) != NULL;
	for (at++; at < text.size && text.data[at - 1] != '#'; at = end + 1) {
		struct act_text parameter;

		for (end = at; end < text.size && text.data[end] != '&' &&
		     text.data[end] != '#'; end++)
			;
		parameter = (struct act_text){ text.data + at, end - at };
		if (parameter.size == 0 || unwanted(parameter)) {
			*cut = *cut || parameter.size > 0;
			continue;
		}
		if (bytes_append_byte(out, any ? '&' : '?') != 0 ||
		    bytes_append(out, parameter.data, parameter.size) != 0)
			return link;
		any = true;
	}
	link.data = (const char *)out->data;
	link.size = (uint32_t)out->size;
	return link;
}
