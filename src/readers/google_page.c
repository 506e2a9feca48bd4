/*
 * The same activity as HTML pages. A page is one file of any size with one cell for each activity:
 * the first content-cell has the lines (sentence with link, channel, time), the one called caption
 * has the product and the details. A small scanner goes through its tags and texts; what it
 * keeps at a time is one cell, each line cut at LINE_BYTES.
 */
#include "google_activity.h"

#include <string.h>

#include "base/text.h"
#include "formats/html.h"
#include "formats/number.h"
#include "readers/google_address.h"
#include "readers/google_words.h"

#define LINES 6
#define LINE_BYTES 8192

enum where { NOWHERE, HEADER, BODY, CAPTION, ELSEWHERE };

struct page {
	struct emit *emit;
	struct html html;
	enum where where;
	bool pending;			/* a cell was read and is not emitted yet */
	bool in_link;
	int lines;			/* of the body so far, the last one open */
	struct bytes line[LINES];
	struct bytes header, caption, link, address, room[2];
	bool no_zone;
};

static struct act_text text_of(const struct bytes *bytes)
{
	struct act_text text = { (const char *)bytes->data, (uint32_t)bytes->size };

	return number_trim(text);
}

/* The product as the caption has it: the line behind "Products:". */
static struct act_text second_line(struct act_text text)
{
	const char *line = text.size == 0 ? NULL : memchr(text.data, '\n', text.size), *end;
	struct act_text out = { NULL, 0 };

	if (line == NULL)
		return out;
	out.data = line + 1;
	out.size = text.size - (uint32_t)(line + 1 - text.data);
	end = out.size == 0 ? NULL : memchr(out.data, '\n', out.size);
	if (end != NULL)
		out.size = (uint32_t)(end - out.data);
	return number_trim(out);
}

static void clear(struct page *page)
{
	int i;

	for (i = 0; i < LINES; i++)
		bytes_clear(&page->line[i]);
	bytes_clear(&page->caption);
	bytes_clear(&page->link);
	bytes_clear(&page->address);
	page->lines = 0;
	page->pending = page->in_link = false;
}

/* Emits the activity whose cells were read. */
static int finish(struct page *page)
{
	struct google_record record;
	enum google_time time = GOOGLE_TIME_NONE;
	int i, failed;

	if (!page->pending)
		return 0;
	memset(&record, 0, sizeof(record));
	for (i = 1; i <= page->lines && i < LINES && time == GOOGLE_TIME_NONE; i++)
		time = google_time(text_of(&page->line[i]), &record.time, &record.zone);
	record.title = text_of(&page->line[0]);
	record.link = text_of(&page->link);
	record.address = text_of(&page->address);
	/* i is one behind the line of the time: is there one between it and the sentence? */
	if (i > 2)
		record.second = text_of(&page->line[1]);
	record.product = text_of(&page->header);
	if (record.product.size == 0)
		record.product = second_line(text_of(&page->caption));
	record.advert = google_is_advert(text_of(&page->caption));
	page->no_zone |= time == GOOGLE_TIME_NO_ZONE;
	failed = emit_row(page->emit);
	if (failed == 0)
		failed = time == GOOGLE_TIME_NONE ? emit_skip(page->emit, "no date") :
			 google_record_take(page->emit, &record, page->room);
	clear(page);
	return failed;
}

/* A cell begins; 0 or what finishing the one before gave. */
static int begin(struct page *page, struct act_text class)
{
	int failed = 0;

	if (google_address_has(class, "outer-cell")) {
		failed = finish(page);
		bytes_clear(&page->header);
		page->where = ELSEWHERE;
	} else if (google_address_has(class, "header-cell")) {
		page->where = HEADER;
	} else if (!google_address_has(class, "content-cell") ||
		   google_address_has(class, "text-right")) {
		page->where = page->where == NOWHERE ? NOWHERE : ELSEWHERE;
	} else if (google_address_has(class, "caption")) {
		page->where = CAPTION;
	} else {
		failed = finish(page);
		page->pending = true;
		page->where = BODY;
	}
	return failed;
}

static int take_tag(struct page *page, struct act_text tag)
{
	struct act_text value;

	if (html_tag_is(tag, "div"))
		return html_attribute(tag, "class", &value) ? begin(page, value) : 0;
	if (html_tag_is(tag, "/div"))
		page->where = ELSEWHERE;
	if (html_tag_is(tag, "br") && page->where == BODY && page->lines < LINES - 1)
		page->lines++;
	if (html_tag_is(tag, "br") && page->where == CAPTION)
		return bytes_append_byte(&page->caption, '\n');
	if (html_tag_is(tag, "a") && page->where == BODY && page->lines == 0 &&
	    page->address.size == 0 && html_attribute(tag, "href", &value)) {
		page->in_link = true;
		return html_decode(value, &page->address, LINE_BYTES);
	}
	if (html_tag_is(tag, "/a"))
		page->in_link = false;
	return 0;
}

static int take_text(struct page *page, struct act_text text)
{
	int failed = 0;

	if (page->where == HEADER)
		return html_decode(text, &page->header, LINE_BYTES);
	if (page->where == CAPTION)
		return html_decode(text, &page->caption, LINE_BYTES);
	if (page->where != BODY)
		return 0;
	if (page->in_link)
		failed = html_decode(text, &page->link, LINE_BYTES);
	return failed != 0 ? failed : html_decode(text, &page->line[page->lines], LINE_BYTES);
}

static int scan(struct page *page)
{
	struct act_text text;
	enum html_part part = HTML_TEXT;
	int failed = 0;

	while (failed == 0 && part != HTML_END) {
		failed = html_next(&page->html, &part, &text);
		if (failed != 0)
			return failed;
		if (part == HTML_TAG)
			failed = take_tag(page, text);
		else if (part == HTML_TEXT)
			failed = take_text(page, text);
		if (failed == TACIT_E_MEMORY)
			return error_memory(page->emit->error);
	}
	return failed == 0 ? finish(page) : failed;
}

static bool match(const struct sniff *sniff)
{
	struct act_text text = { sniff->text, (uint32_t)sniff->size };

	return !sniff->json && number_trim(text).size > 0 && number_trim(text).data[0] == '<' &&
	       google_address_has(text, "content-cell") &&
	       google_address_has(text, "mdl-typography");
}

static int read_page(struct reading *reading)
{
	struct page page;
	int failed, i;

	memset(&page, 0, sizeof(page));
	page.emit = reading->emit;
	html_open(&page.html, reading->input);
	failed = scan(&page);
	if (page.no_zone)
		emit_note(reading->emit, "times whose zone is not known are taken as UTC");
	for (i = 0; i < LINES; i++)
		bytes_free(&page.line[i]);
	bytes_free(&page.header);
	bytes_free(&page.caption);
	bytes_free(&page.link);
	bytes_free(&page.address);
	bytes_free(&page.room[0]);
	bytes_free(&page.room[1]);
	return failed;
}

static const struct reader_about google_page_about = {
	"watch-history.html, search-history.html, MyActivity.html",
	"watch, listen, search, read, play, like, follow, bookmark, buy",
	"sentence, link, channel, time, product, details; rest: titleUrl of videos",
	NULL,
	"how long; where; parts of a second"
};
const struct reader google_page = {
	"google-activity", "Google: YouTube history and My Activity (HTML)", match, NULL, read_page,
	&google_page_about
};
