/*
 * OPML: each outline with a feed's address is one that the person follows. Groups are its words.
 * The format has no dates for outlines but "created", which few write.
 */
#include "opml.h"

#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "formats/xml.h"
#include "readers/collect.h"

struct feeds {
	struct reading *reading;
	struct collect collect;
	struct bytes rest;
	uint64_t undated;
};

static bool match(const struct sniff *sniff)
{
	return xml_sniff(sniff->text, sniff->size, "opml");
}

static int on_begin(void *context, const char *name, const char *const *attributes)
{
	struct act_text feed = number_trim(xml_attribute(attributes, "xmlUrl"));
	struct act_text date = number_trim(xml_attribute(attributes, "created"));
	struct feeds *feeds = context;
	struct dates_raw raw;
	struct act act;
	int failed;

	if (strcmp(name, "outline") != 0)
		return 0;
	failed = emit_row(feeds->reading->emit);
	if (failed != 0)
		return failed;
	if (feed.size == 0)
		return emit_skip(feeds->reading->emit, "a group or a link, no feed");
	emit_blank_act(&act, ACT_FOLLOW, "news");
	act.title = number_trim(xml_attribute(attributes, "text"));
	if (act.title.size == 0)
		act.title = number_trim(xml_attribute(attributes, "title"));
	if (act.title.size == 0)
		act.title = feed;
	rest_begin(&feeds->rest);
	rest_put(&feeds->rest, "xmlUrl", feed);
	rest_put(&feeds->rest, "htmlUrl", xml_attribute(attributes, "htmlUrl"));
	act.rest = rest_end(&feeds->rest);
	if (date.size == 0 || !dates_parse(date.data, date.size, &raw)) {
		dates_parse("1970-01-01", 10, &raw);
		feeds->undated++;
	}
	return collect_add(&feeds->collect, &act, &raw);
}

static int on_end(void *context, const char *name, struct act_text text)
{
	(void)context;
	(void)name;
	(void)text;
	return 0;
}

static int read_feeds(struct reading *reading)
{
	static const struct collect_how how = { DATES_MDY, "as OPML comes from America", false };
	struct feeds feeds = { .reading = reading };
	struct xml xml = { &feeds, on_begin, on_end };
	char why[80];
	int failed;

	collect_init(&feeds.collect, reading->error);
	failed = xml_read(reading->input, &xml, why);
	if (why[0] != 0)
		emit_note(reading->emit, "%s: what stands before it was read", why);
	if (feeds.undated > 0)
		emit_note(reading->emit, "feeds without a date are kept as 1970-01-01");
	if (failed == 0)
		failed = collect_finish(&feeds.collect, reading->emit, &how);
	collect_free(&feeds.collect);
	bytes_free(&feeds.rest);
	return failed;
}

static const struct reader_about about = {
	"subscriptions.opml", "follow",
	"outline: text or title, created; rest: xmlUrl, htmlUrl",
	NULL, "when a feed was subscribed to, mostly"
};
const struct reader opml_subscriptions = {
	"opml", "OPML: subscriptions to feeds", match, NULL, read_feeds, &about
};
