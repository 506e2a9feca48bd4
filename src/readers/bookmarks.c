/*
 * Bookmarks in Netscape's HTML, as every browser writes them. A row is a link behind a <DT>; links
 * in descriptions are text. Of an address the host and the path are kept: what is behind them may
 * let in who has it. Tags and the names of folders are the words.
 */
#include "bookmarks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "formats/html.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/collect.h"
#include "readers/feed_text.h"
#include "readers/google_address.h"

#define FOLDERS 32		/* within each other, whose names are kept */
#define NAME_BYTES 200
#define HEAD 4096		/* where a file says what it is */
#define QUERY "HREF (its query)"
#define FROM_1601 11644473600000LL	/* Chromium's own clock begins there */

/* Where in a bookmark the reading is. */
enum place { BETWEEN, BEHIND_DT, IN_LINK, IN_FOLDER };

struct bookmarks {
	struct emit *emit;
	struct html html;
	struct collect collect;
	enum place place;
	bool in_tag;			/* one so long that it comes as text */
	struct bytes text;		/* of the link or folder that is open, decoded */
	struct bytes words, address, rest, tags;
	char host[LIMIT_CREATOR_BYTES + 1];
	const char *why;		/* the link is no row to keep */
	bool private, bar;		/* the folder is the browser's own */
	int64_t time;			/* ACT_NONE: not known */
	char folder[FOLDERS][NAME_BYTES + 1], next[NAME_BYTES + 1];
	int depth;
	uint64_t undated;
};

static bool contains(struct act_text text, const char *part)
{
	size_t size = strlen(part), i;

	for (i = 0; i + size <= text.size; i++)
		if (strncasecmp(text.data + i, part, size) == 0)
			return true;
	return false;
}

static bool match(const struct sniff *sniff)
{
	struct act_text head = { sniff->text, (uint32_t)(sniff->size < HEAD ? sniff->size : HEAD) };
	struct act_text start = number_trim(head);

	if (sniff->json || start.size == 0 || start.data[0] != '<')
		return false;
	return contains(head, "<!DOCTYPE NETSCAPE-Bookmark-file") ||
	       (contains(head, "<DL>") && contains(head, "<DT><A HREF=")) ||
	       (contains(head, "<DL><p>") && contains(head, "<DT><H3"));
}

/* Services write the names of attributes in either case. */
static struct act_text attribute(struct act_text tag, const char *upper, const char *lower)
{
	struct act_text value = { "", 0 };

	if (!html_attribute(tag, upper, &value) && !html_attribute(tag, lower, &value))
		value.size = 0;
	return number_trim(value);
}

/* "10/Oct/2000:13:55:36 +0300", as servers write it into their logs. */
static bool log_time(struct act_text text, int64_t *ms)
{
	bool zoned, within = false;
	int16_t zone;
	char room[40];
	uint32_t i;

	if (text.size > sizeof(room))
		return false;
	for (i = 0; i < text.size; i++) {
		room[i] = text.data[i] == '/' || (text.data[i] == ':' && !within) ? ' ' :
			  text.data[i];
		within = within || text.data[i] == ':';
	}
	return feed_text_date((struct act_text){ room, text.size }, ms, &zone, &zoned);
}

/* Seconds, milliseconds or microseconds since 1970, microseconds since 1601, or a date. */
static int64_t time_of(struct act_text text)
{
	bool date_only;
	int64_t value;
	int16_t zone;

	if (clock_parse_iso(text.data, text.size, &value, &zone, &date_only) ||
	    log_time(text, &value))
		return value;
	if (!number_whole(text, &value) || value <= 0)
		return ACT_NONE;
	if (value < 100000000000LL)
		value *= 1000;
	else if (value > 10000000000000000LL)
		value = value / 1000 - FROM_1601;
	else if (value > 100000000000000LL)
		value /= 1000;
	return value > 0 && value <= 253402300799999LL ? value : ACT_NONE;
}

/* The address without its query, and its host. */
static void set_address(struct bookmarks *marks, struct act_text link)
{
	struct act_text host;
	uint32_t end = 0;

	bytes_clear(&marks->address);
	marks->host[0] = 0;
	if (html_decode(link, &marks->text, LIMIT_TEXT_BYTES) != 0)
		return;
	link = (struct act_text){ (const char *)marks->text.data, (uint32_t)marks->text.size };
	host = google_address_host(link);
	if (host.size == 0) {
		marks->why = contains(link, ":") && !contains(link, "http") ?
			     "no page of the web" : "no address, or one with a login";
	} else {
		snprintf(marks->host, sizeof(marks->host), "%.*s", (int)host.size, host.data);
		while (end < link.size && link.data[end] != '?' && link.data[end] != '#')
			end++;
		if (end < link.size)
			emit_drop(marks->emit, QUERY);
		bytes_append(&marks->address, link.data, end);
	}
	bytes_clear(&marks->text);
}

static void add_word(struct bytes *words, struct act_text word)
{
	word = number_trim(word);
	if (word.size == 0 || words->size + word.size >= LIMIT_TITLE_BYTES)
		return;
	if (words->size > 0 && bytes_append_byte(words, '|') != 0)
		return;
	bytes_append(words, word.data, word.size);
}

/* Tags have commas between, or blanks where there is no comma; the folders follow. */
static void set_words(struct bookmarks *marks, struct act_text tags)
{
	struct act_text all;
	uint32_t from = 0, to;
	char between;
	int i;

	bytes_clear(&marks->words);
	bytes_clear(&marks->tags);
	if (html_decode(tags, &marks->tags, LIMIT_TITLE_BYTES) != 0)
		return;
	all = (struct act_text){ (const char *)marks->tags.data, (uint32_t)marks->tags.size };
	between = all.size > 0 && memchr(all.data, ',', all.size) != NULL ? ',' : ' ';
	for (; from < all.size; from = to + 1) {
		for (to = from; to < all.size && all.data[to] != between; to++)
			;
		add_word(&marks->words, (struct act_text){ all.data + from, to - from });
	}
	for (i = 0; i < marks->depth && i < FOLDERS; i++)
		add_word(&marks->words, emit_text(marks->folder[i]));
}

static int begin_link(struct bookmarks *marks, struct act_text tag)
{
	marks->place = IN_LINK;
	marks->why = NULL;
	bytes_clear(&marks->text);
	set_address(marks, attribute(tag, "HREF", "href"));
	set_words(marks, attribute(tag, "TAGS", "tags"));
	marks->private = number_is(attribute(tag, "PRIVATE", "private"), "1");
	marks->time = time_of(attribute(tag, "ADD_DATE", "add_date"));
	if (attribute(tag, "ICON", "icon").size > 0)
		emit_drop(marks->emit, "ICON");
	if (attribute(tag, "ICON_URI", "icon_uri").size > 0)
		emit_drop(marks->emit, "ICON_URI");
	return emit_row(marks->emit);
}

static int end_link(struct bookmarks *marks)
{
	struct dates_raw raw;
	struct act act;

	marks->place = BETWEEN;
	if (marks->why != NULL)
		return emit_skip(marks->emit, marks->why);
	emit_blank_act(&act, ACT_BOOKMARK, "other");
	act.title = number_trim((struct act_text){ (const char *)marks->text.data,
						   (uint32_t)marks->text.size });
	act.creator = emit_text(marks->host);
	if (act.title.size == 0)
		act.title = act.creator;
	act.words = (struct act_text){ (const char *)marks->words.data,
				       (uint32_t)marks->words.size };
	rest_begin(&marks->rest);
	rest_put(&marks->rest, "address", (struct act_text){ (const char *)marks->address.data,
							     (uint32_t)marks->address.size });
	if (marks->private)
		rest_put(&marks->rest, "PRIVATE", emit_text("1"));
	act.rest = rest_end(&marks->rest);
	if (marks->time != ACT_NONE) {
		act.time = marks->time;
		return emit_act(marks->emit, &act);
	}
	marks->undated++;
	dates_parse("1970-01-01", 10, &raw);
	return collect_add(&marks->collect, &act, &raw);
}

/* A folder opens under the name that stood before it. */
static void open_folder(struct bookmarks *marks)
{
	if (marks->depth < FOLDERS)
		snprintf(marks->folder[marks->depth], sizeof(marks->folder[0]), "%s", marks->next);
	if (marks->depth < 1 << 20)
		marks->depth++;
	marks->next[0] = 0;
}

static void end_folder_name(struct bookmarks *marks)
{
	size_t size = marks->text.size < NAME_BYTES ? marks->text.size : NAME_BYTES;

	marks->place = BETWEEN;
	while (size > 0 && size < marks->text.size && (marks->text.data[size] & 0xc0) == 0x80)
		size--;
	snprintf(marks->next, sizeof(marks->next), "%.*s", marks->bar ? 0 : (int)size,
		 size > 0 ? (const char *)marks->text.data : "");
}

static int take_tag(struct bookmarks *marks, struct act_text tag)
{
	int failed = 0;

	if (marks->place == IN_LINK) {
		/* Whatever stands where no </A> was ends it too. */
		if (html_tag_is(tag, "/a") || html_tag_is(tag, "dt") || html_tag_is(tag, "/dl"))
			failed = end_link(marks);
		if (failed != 0 || html_tag_is(tag, "/a") || marks->place == IN_LINK)
			return failed;
	}
	if (html_tag_is(tag, "dt")) {
		marks->place = BEHIND_DT;
	} else if (marks->place == BEHIND_DT && html_tag_is(tag, "a")) {
		failed = begin_link(marks, tag);
	} else if (html_tag_is(tag, "h3")) {
		marks->place = IN_FOLDER;
		/* The bar of a browser and the like are no choice of words. */
		marks->bar = attribute(tag, "PERSONAL_TOOLBAR_FOLDER",
				       "personal_toolbar_folder").size > 0 ||
			     attribute(tag, "UNFILED_BOOKMARKS_FOLDER",
				       "unfiled_bookmarks_folder").size > 0;
		bytes_clear(&marks->text);
	} else if (html_tag_is(tag, "/h3")) {
		end_folder_name(marks);
	} else if (html_tag_is(tag, "dl")) {
		open_folder(marks);
	} else if (html_tag_is(tag, "/dl")) {
		marks->depth -= marks->depth > 0;
		marks->place = BETWEEN;
	} else if (html_tag_is(tag, "dd")) {
		emit_drop(marks->emit, "DD");
		marks->place = BETWEEN;
	}
	return failed;
}

/* Text; and a tag with a picture in it that is too long to come as one. */
static int take_text(struct bookmarks *marks, struct act_text text)
{
	const char *end;

	if (!marks->in_tag && text.size > 2 && text.data[0] == '<') {
		marks->in_tag = true;
		return take_tag(marks, (struct act_text){ text.data + 1, text.size - 1 });
	}
	if (marks->in_tag) {
		end = memchr(text.data, '>', text.size);
		if (end == NULL)
			return 0;
		marks->in_tag = false;
		text.size -= (uint32_t)(end + 1 - text.data);
		text.data = end + 1;
	}
	if (marks->place != IN_LINK && marks->place != IN_FOLDER)
		return 0;
	return html_decode(text, &marks->text, LIMIT_TITLE_BYTES) != 0 ?
	       error_memory(marks->emit->error) : 0;
}

static int read_all(struct bookmarks *marks)
{
	enum html_part part = HTML_TEXT;
	struct act_text text;
	int failed = 0;

	while (failed == 0) {
		failed = html_next(&marks->html, &part, &text);
		if (failed != 0 || part == HTML_END)
			break;
		if (part == HTML_TAG && !marks->in_tag)
			failed = take_tag(marks, text);
		else
			failed = take_text(marks, text);
	}
	if (failed == 0 && marks->place == IN_LINK)
		failed = end_link(marks);
	return failed;
}

static int read_bookmarks(struct reading *reading)
{
	static const struct collect_how how = { DATES_YMD, "", false };
	struct bookmarks marks = { .emit = reading->emit };
	int failed;

	collect_init(&marks.collect, reading->error);
	html_open(&marks.html, reading->input);
	failed = read_all(&marks);
	if (marks.undated > 0)
		emit_note(reading->emit, "%" PRIu64 " bookmark%s without a date: kept as "
			  "1970-01-01, in their order", marks.undated,
			  marks.undated == 1 ? "" : "s");
	if (failed == 0)
		failed = collect_finish(&marks.collect, reading->emit, &how);
	collect_free(&marks.collect);
	bytes_free(&marks.text);
	bytes_free(&marks.words);
	bytes_free(&marks.address);
	bytes_free(&marks.rest);
	bytes_free(&marks.tags);
	return failed;
}

static const char *const dropped[] = { "ICON", "ICON_URI", "DD", QUERY, NULL };
static const struct reader_about about = {
	"Bookmarks.html, bookmarks.htm", "bookmark",
	"A: its text, ADD_DATE, TAGS, of HREF the host; H3 (folders); rest: the address without "
	"its query, PRIVATE",
	dropped, "whether the page was read"
};
const struct reader bookmarks_html = {
	"bookmarks", "Bookmarks of browsers and services (HTML)", match, NULL, read_bookmarks,
	&about
};
