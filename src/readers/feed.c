/*
 * Feeds. An item is what a feed brought on a day: whether the person saw it, nobody knows, so that
 * it is marked as not chosen. Titles, dates, categories and links are kept; what is written in it,
 * and who wrote it, is not.
 */
#include "feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "formats/xml.h"
#include "readers/detect.h"
#include "readers/feed_text.h"
#include "readers/sheet.h"

#define LINK "link (what follows readers)"
#define DEEPER 5
#define DATES 6			/* kinds of dates, the best first */

/* The part of an item, or of a feed, that is open. */
enum part { OTHER, TITLE, LINKS, ID, DATE, CATEGORY };

struct feed {
	struct reading *reading;
	struct emit *emit;
	struct collect collect;
	int depth, item;		/* of the element that is open, of the item, 0: none */
	bool head[XML_DEPTH + 1];	/* at that depth is a channel or a feed */
	bool plain;			/* the title that is open has no HTML */
	int within;			/* depth of the title that is open, or of the last */
	struct bytes creator, title, link, id, words, rest, text;
	struct bytes deeper[DEEPER];	/* texts of elements in a title, by their depth in it */
	struct bytes date[DATES];
	unsigned dropped;
	uint64_t undated, unzoned;
	bool cut;
};

static const char *const dropped[] = {
	"description", "content", "summary", "encoded", "author", "creator", "contributor",
	"comments", "enclosure", LINK, NULL
};
#define LINK_DROPPED 9

static bool match_xml(const struct sniff *sniff)
{
	const char *text = sniff->text;
	size_t size = sniff->size;

	if (sniff->json)
		return false;
	return xml_sniff(text, size, "rss") || xml_sniff(text, size, "feed") ||
	       (xml_sniff(text, size, "RDF") &&
		(memmem(text, size, "purl.org/rss/", 13) != NULL ||
		 memmem(text, size, "my.netscape.com/rdf/", 20) != NULL));
}

static struct act_text text_of(const struct bytes *bytes)
{
	return (struct act_text){ bytes->size > 0 ? (const char *)bytes->data : "",
				  (uint32_t)bytes->size };
}

/* Replaces what is in `into`; out of memory leaves it empty, which loses a text and no row. */
static void set(struct bytes *into, struct act_text text)
{
	bytes_clear(into);
	if (bytes_append(into, text.data, text.size) != 0)
		bytes_clear(into);
}

static void begin_item(struct feed *feed)
{
	int i;

	feed->item = feed->depth;
	feed->dropped = 0;
	bytes_clear(&feed->title);
	bytes_clear(&feed->link);
	bytes_clear(&feed->id);
	bytes_clear(&feed->words);
	for (i = 0; i < DATES; i++)
		bytes_clear(&feed->date[i]);
}

static void add_word(struct feed *feed, struct act_text word)
{
	word = number_trim(word);
	if (word.size == 0 || feed->words.size + word.size > LIMIT_TITLE_BYTES)
		return;
	if (feed->words.size > 0 && bytes_append_byte(&feed->words, '|') != 0)
		return;
	bytes_append(&feed->words, word.data, word.size);
}

static void set_link(struct feed *feed, struct bytes *into, struct act_text text)
{
	bool cut;
	struct act_text link = feed_text_link(text, &feed->text, &cut);

	if (cut || (link.size == 0 && memmem(text.data, text.size, "://", 3) != NULL))
		feed->dropped |= 1u << LINK_DROPPED;
	if (link.size > 0)
		set(into, link);
}

static enum part part_of(const char *name, int *date)
{
	static const char *const dates[DATES] = { "pubDate", "published", "date", "issued",
						  "updated", "modified" };

	for (*date = 0; *date < DATES; ++*date)
		if (strcmp(name, dates[*date]) == 0)
			return DATE;
	return strcmp(name, "title") == 0 ? TITLE : strcmp(name, "link") == 0 ? LINKS :
	       strcmp(name, "guid") == 0 || strcmp(name, "id") == 0 ? ID :
	       strcmp(name, "category") == 0 || strcmp(name, "subject") == 0 ? CATEGORY : OTHER;
}

/* A part of an item begins; what Atom has in attributes is taken here. */
static void begin_part(struct feed *feed, const char *name, const char *const *attributes)
{
	struct act_text word, rel, href = xml_attribute(attributes, "href");
	int date, i;

	for (i = 0; i < LINK_DROPPED; i++)
		if (strcmp(name, dropped[i]) == 0)
			feed->dropped |= 1u << i;
	switch (part_of(name, &date)) {
	case LINKS:
		rel = xml_attribute(attributes, "rel");
		if (href.size > 0 && (rel.size == 0 || number_is(rel, "alternate")) &&
		    feed->link.size == 0)
			set_link(feed, &feed->link, href);
		break;
	case CATEGORY:
		word = xml_attribute(attributes, "label");
		add_word(feed, word.size > 0 ? word : xml_attribute(attributes, "term"));
		break;
	default:
		break;
	}
}

static int on_begin(void *context, const char *name, const char *const *attributes)
{
	struct feed *feed = context;
	struct act_text type;
	int i;

	feed->depth++;
	feed->head[feed->depth] = feed->item == 0 &&
		(strcmp(name, "channel") == 0 || strcmp(name, "feed") == 0);
	if (feed->item == 0 && (strcmp(name, "item") == 0 || strcmp(name, "entry") == 0)) {
		begin_item(feed);
		return emit_row(feed->emit);
	}
	if (strcmp(name, "title") == 0) {
		type = xml_attribute(attributes, "type");
		feed->plain = number_is(type, "text") || number_is(type, "text/plain");
		feed->within = feed->depth;
		for (i = 0; i < DEEPER; i++)
			bytes_clear(&feed->deeper[i]);
	}
	if (feed->item > 0 && feed->depth == feed->item + 1)
		begin_part(feed, name, attributes);
	return 0;
}

static void add_text(struct bytes *into, const struct bytes *text)
{
	if (into->size > 0 && text->size > 0)
		bytes_append_byte(into, ' ');
	bytes_append(into, text->data, text->size);
}

/* The title of an item or a feed; what stood in elements within it (XHTML) comes behind its own. */
static void set_title(struct feed *feed, struct bytes *into, struct act_text text)
{
	if (into->size > 0)
		return;		/* media:title and the like behind the title */
	if (feed->deeper[0].size > 0) {
		set(into, text);
		add_text(into, &feed->deeper[0]);
	} else {
		set(into, feed->plain ? text : feed_text_title(text, &feed->text));
	}
}

/* An element within a title ends: its own text, then those of the elements in it. That is not
 * always their order, but no word is lost. */
static void end_deeper(struct feed *feed, int level, struct act_text text)
{
	struct bytes *inner = level < DEEPER ? &feed->deeper[level] : NULL;

	set(&feed->text, text);
	add_text(&feed->deeper[level - 1], &feed->text);
	if (inner != NULL) {
		add_text(&feed->deeper[level - 1], inner);
		bytes_clear(inner);
	}
}

static int end_item(struct feed *feed)
{
	struct act act;
	struct dates_raw raw;
	bool date_only, zoned = true;
	int i;

	feed->item = 0;
	for (i = 0; dropped[i] != NULL; i++)
		if ((feed->dropped >> i & 1) != 0)
			emit_drop(feed->emit, dropped[i]);
	emit_blank_act(&act, ACT_RECEIVE, "news");
	act.flags = ACT_NOT_CHOSEN;
	act.title = text_of(&feed->title);
	act.creator = text_of(&feed->creator);
	act.words = text_of(&feed->words);
	rest_begin(&feed->rest);
	rest_put(&feed->rest, "link", text_of(&feed->link));
	rest_put(&feed->rest, "id", text_of(&feed->id));
	act.rest = rest_end(&feed->rest);
	for (i = 0; i < DATES; i++) {
		struct act_text date = text_of(&feed->date[i]);

		if (clock_parse_iso(date.data, date.size, &act.time, &act.zone, &date_only)) {
			zoned = act.zone != ACT_ZONE_UNKNOWN;
			if (act.zone == 0)	/* "Z" is how it was written */
				act.zone = ACT_ZONE_UNKNOWN;
			if (!date_only)
				break;
		} else if (feed_text_date(date, &act.time, &act.zone, &zoned)) {
			break;
		}
		if (dates_parse(date.data, date.size, &raw))
			return collect_add(&feed->collect, &act, &raw);
	}
	if (i < DATES) {
		feed->unzoned += !zoned;
		return emit_act(feed->emit, &act);
	}
	dates_parse("1970-01-01", 10, &raw);
	feed->undated++;
	return collect_add(&feed->collect, &act, &raw);
}

static void end_part(struct feed *feed, const char *name, struct act_text text)
{
	int date;

	switch (part_of(name, &date)) {
	case TITLE:
		set_title(feed, &feed->title, text);
		break;
	case LINKS:
		if (text.size > 0 && feed->link.size == 0)
			set_link(feed, &feed->link, text);
		break;
	case ID:
		if (memmem(text.data, text.size, "://", 3) != NULL)
			set_link(feed, &feed->id, text);
		else
			set(&feed->id, text);
		break;
	case DATE:
		if (feed->date[date].size == 0)
			set(&feed->date[date], text);
		break;
	case CATEGORY:
		add_word(feed, feed_text_title(text, &feed->text));
		break;
	default:
		break;
	}
}

static int on_end(void *context, const char *name, struct act_text text)
{
	struct feed *feed = context;
	int depth = feed->depth--;

	if (feed->item > 0 && depth == feed->item)
		return end_item(feed);
	if (feed->item > 0 && depth == feed->item + 1)
		end_part(feed, name, text);
	else if (feed->item == 0 && strcmp(name, "title") == 0 && feed->head[depth - 1])
		set_title(feed, &feed->creator, text);
	else if (depth > feed->within && depth <= feed->within + DEEPER)
		end_deeper(feed, depth - feed->within, text);
	return 0;
}

/* Feeds may say that they are in an encoding that is not read; their letters are then wrong. */
static void tell_encoding(struct reading *reading)
{
	static const char *const known[] = { "utf-8", "utf8", "us-ascii", "ascii", "utf-16",
					     "iso-8859-1", "windows-1252", "iso-8859-15" };
	const char *text = reading->sniff->text, *at, *end;
	size_t size = reading->sniff->size < 200 ? reading->sniff->size : 200, i;

	end = memmem(text, size, "?>", 2);
	at = end == NULL ? NULL : memmem(text, (size_t)(end - text), "encoding=", 9);
	if (at == NULL || end - at < 12)
		return;
	at += 10;
	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strncasecmp(at, known[i], strlen(known[i])) == 0)
			return;
	emit_note(reading->emit, "the file's encoding is not known here: letters may be wrong");
}

static int read_xml(struct reading *reading)
{
	static const struct collect_how how = { DATES_DMY, "as e-mail writes them", true };
	struct feed feed = { .reading = reading, .emit = reading->emit };
	struct xml xml = { &feed, on_begin, on_end };
	char why[80];
	int failed, i;

	collect_init(&feed.collect, reading->error);
	tell_encoding(reading);
	failed = xml_read(reading->input, &xml, why);
	if (why[0] != 0)
		emit_note(reading->emit, "%s: what stands before it was read", why);
	if (failed == 0 && feed.item > 0)
		failed = emit_skip(reading->emit, "cut short");
	if (feed.undated > 0)
		emit_note(reading->emit, "%" PRIu64 " item%s without a date: kept as 1970-01-01",
			  feed.undated, feed.undated == 1 ? "" : "s");
	if (feed.unzoned > 0)
		emit_note(reading->emit, "times without a zone are taken as UTC");
	if (failed == 0)
		failed = collect_finish(&feed.collect, reading->emit, &how);
	collect_free(&feed.collect);
	bytes_free(&feed.creator);
	bytes_free(&feed.title);
	bytes_free(&feed.link);
	bytes_free(&feed.id);
	bytes_free(&feed.words);
	bytes_free(&feed.rest);
	bytes_free(&feed.text);
	for (i = 0; i < DEEPER; i++)
		bytes_free(&feed.deeper[i]);
	for (i = 0; i < DATES; i++)
		bytes_free(&feed.date[i]);
	return failed;
}

/* ---- JSON Feed ---- */

static const char *const items[] = { "items", NULL };

static bool match_json(const struct sniff *sniff)
{
	return sniff->json && detect_key(sniff, "version") && detect_key(sniff, "items") &&
	       memmem(sniff->text, sniff->size, "jsonfeed.org/version/", 21) != NULL;
}

/* The title of the feed: what stands before the items, closed and read as an object. */
static void read_title(const struct sniff *sniff, struct bytes *title, struct error *error)
{
	const char *end = memmem(sniff->text, sniff->size, "\"items\"", 7);
	char scratch[OBJECTS_SCRATCH];
	struct bytes head = BYTES_INIT;
	enum objects_result result;
	struct objects objects;
	struct input input;

	if (end != NULL && bytes_append(&head, sniff->text, (size_t)(end - sniff->text)) == 0 &&
	    bytes_append_text(&head, "\"items\":0}") == 0) {
		struct input_memory memory = { head.data, head.size, 0 };
		struct input_from from = { input_read_memory, &memory };

		if (input_open(&input, &from, error) == 0) {
			objects_open(&objects, &input);
			if (objects_next(&objects, &result) == 0 && result == OBJECTS_ONE)
				set(title, number_trim(objects_get(&objects, "title", scratch)));
			objects_close(&objects);
		}
		input_close(&input);
	}
	bytes_free(&head);
}

static int take_item(struct sheet *sheet)
{
	struct bytes title = BYTES_INIT, link = BYTES_INIT, id = BYTES_INIT;
	size_t count = objects_count(&sheet->objects, "tags"), i;
	struct act_text word, date = sheet_get(sheet, "date_published");
	char path[32];
	struct act act;
	bool cut, followed;
	int failed;

	emit_blank_act(&act, ACT_RECEIVE, "news");
	act.flags = ACT_NOT_CHOSEN;
	act.title = sheet_get(sheet, "title");
	act.creator = text_of(&sheet->text);
	bytes_clear(&sheet->words);
	for (i = 0; i < count && i < 32; i++) {
		snprintf(path, sizeof(path), "tags.%zu", i);
		word = sheet_get(sheet, path);
		if ((sheet->words.size > 0 && bytes_append_byte(&sheet->words, '|') != 0) ||
		    bytes_append(&sheet->words, word.data, word.size) != 0)
			break;
	}
	act.words = text_of(&sheet->words);
	rest_begin(&sheet->rest);
	rest_put(&sheet->rest, "link",
		 feed_text_link(sheet_either(sheet, "url", "external_url"), &link, &cut));
	word = sheet_get(sheet, "id");
	followed = cut;
	if (memmem(word.data, word.size, "://", 3) != NULL)
		word = feed_text_link(word, &id, &cut);
	rest_put(&sheet->rest, "id", word);
	if (followed || cut)
		emit_drop(sheet->emit, LINK);
	act.rest = rest_end(&sheet->rest);
	if (date.size == 0)
		date = sheet_get(sheet, "date_modified");
	failed = sheet_dated(sheet, &act, date);
	bytes_free(&title);
	bytes_free(&link);
	bytes_free(&id);
	return failed;
}

static int take_json(struct sheet *sheet)
{
	if (sheet->mode == 0)	/* the first item */
		read_title(sheet->reading->sniff, &sheet->text, sheet->reading->error);
	sheet->mode = 1;
	return take_item(sheet);
}

static int read_json(struct reading *reading)
{
	return sheet_objects(reading, 0, items, take_json);
}

static const struct reader_about xml_about = {
	"RSS and Atom (*.xml, *.rss, *.atom)", "receive",
	"item or entry: title, pubDate, date, published or updated, category, the title of the "
	"feed; rest: link, guid or id, without what follows readers",
	dropped, "whether anybody read it"
};
const struct reader feed_xml = {
	"feed", "RSS and Atom: items of a feed", match_xml, NULL, read_xml, &xml_about
};
static const char *const json_dropped[] = {
	"content_html", "content_text", "summary", "author", "authors", "attachments", "image",
	"banner_image", LINK, NULL
};
static const struct reader_about json_about = {
	"JSON Feed (feed.json)", "receive",
	"items: title, date_published or date_modified, tags, the title of the feed; rest: url, "
	"id, without what follows readers",
	json_dropped, "whether anybody read it"
};
const struct reader feed_json = {
	"feed", "JSON Feed: items of a feed", match_json, NULL, read_json, &json_about
};
