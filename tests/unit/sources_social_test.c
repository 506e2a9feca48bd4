/*
 * Facebook, Instagram and what Twitter believes, against invented exports with the acts written by
 * hand; the mending of their texts; and what services say on its way through the pipe.
 */
#include "sources_record.h"

#include "formats/message.h"
#include "readers/emit.h"
#include "readers/mojibake.h"
#include "sources/receive.h"

#define EXPORTS "tests/fixtures/exports/"
#define EXPECT(path, lines) \
	record_expect(EXPORTS path, NULL, lines, sizeof(lines) / sizeof(*lines))

static const struct report *report_of(const struct record *record, const char *entry)
{
	size_t i;

	for (i = 0; i < record->sources; i++)
		if (strcmp(record->report[i].entry, entry) == 0)
			return &record->report[i];
	fail_msg("no source %s", entry);
	return NULL;
}

static uint64_t dropped(const struct report *report, const char *field)
{
	size_t i;

	for (i = 0; i < report->drop_count; i++)
		if (strcmp(report->drop[i].reason, field) == 0)
			return report->drop[i].count;
	return 0;
}

/* In the order of the files' names. */
static void test_facebook(void **state)
{
	static const char *const lines[] = {
		"said facebook: interest = Cats",
		"said facebook: interest = Football",
		"said facebook: interest = Science fiction",
		"said facebook: interest = Cafés",
		"said facebook: interest = Cats",
		"said facebook: advertiser list = Shoe Shop",
		"said facebook: category = Away from home",
		"2020-01-04T12:00:00.000Z post other|a comment|-|-|-|-|-|-|Lovely ❤|-",
		"2020-01-05T12:00:00.000Z like other|a post|-|-|-|-|-|-|-|{\"reaction\":\"LOVE\"}",
		"2020-01-09T12:00:00.000Z plan other|Tram day|-|-|-|7200|-|-|-|-",
		"2020-01-10T12:00:00.000Z bookmark other|Soup fair|-|-|-|-|-|-|-|-",
		"2020-01-11T12:00:00.000Z watch other|Fog City|-|-|-|-|-|-|-|-",
		"2020-01-06T12:01:40.000Z follow other|Sea News|-|-|-|-|-|-|-|-",
		"2020-01-06T12:00:00.000Z like other|Zürich Trams|-|-|-|-|-|-|-|"
		"{\"url\":\"https://f.example/trams\"}",
		"2020-01-01T12:00:00.000Z post other|https://a.example/bread|-|-|-|-|-|Café Quay|"
		"Bread at the café 🍞|-",
		"2020-01-02T12:00:00.000Z post other|Facebook|-|-|-|-|-|-|Müller's æbler|-",
		"2020-01-03T12:00:00.000Z post other|Facebook|-|-|-|-|-|-|Happy birthday|-",
		"2020-01-07T12:00:00.000Z bookmark other|Ten soups|-|-|-|-|-|-|-|"
		"{\"url\":\"https://a.example/soup\"}",
		"2020-01-08T12:00:00.000Z search other|night trains|-|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("facebook", lines);
	const struct report *report;
	uint64_t i;

	(void)state;
	for (i = 0; i < record->sources; i++)
		assert_string_equal(record->report[i].kind, "facebook");
	/* Nobody else's name, nor what they wrote, nor an address of a machine. */
	for (i = 0; i < record->acts; i++) {
		assert_null(strstr(record->line[i], "Example"));
		assert_null(strstr(record->line[i], "4711"));
		assert_null(strstr(record->line[i], "192.0.2"));
	}
	report = report_of(record, "messages/inbox/bo_1/message_1.json");
	assert_int_equal(report->read, 2);
	assert_int_equal(record_skipped(report, "a message with other people"), 2);
	report = report_of(record, "friends/your_friends.json");
	assert_int_equal(record_skipped(report, "another person's account"), 1);
	report = report_of(record, "comments_and_reactions/likes_and_reactions_1.json");
	assert_int_equal(report->read, 2);
	assert_int_equal(record_skipped(report, "a reaction that is no liking"), 1);
	assert_int_equal(dropped(report, "data.0.reaction.actor"), 2);
	assert_int_equal(dropped(report, "title (Facebook's sentence)"), 2);
	report = report_of(record, "events/your_event_responses.json");
	assert_int_equal(report->read, 3);
	assert_int_equal(record_skipped(report, "declined"), 1);
	report = report_of(record, "ads/ads_interests.json");
	assert_int_equal(report->read, 5);
	assert_int_equal(report->emitted, 5);
	report = report_of(record, "saved/your_saved_items.json");
	assert_int_equal(record_skipped(report, "no title but a sentence with people's names"), 1);
	report = report_of(record, "posts/your_posts_1.json");
	assert_int_equal(dropped(report, "tags"), 1);
	assert_int_equal(dropped(report, "attachments.0.data.0.media.media_metadata"), 1);
	record_free(record);
}

static void test_instagram(void **state)
{
	static const char *const lines[] = {
		"2020-01-07T12:00:00.000Zn watch other|soup.daily|-|-|-|-|-|-|-|-",
		"2020-01-07T12:01:40.000Z watch other|tram.pictures|-|-|-|-|-|-|-|-",
		"said instagram: category = New parents",
		"said instagram: category = Frequent travellers",
		"2020-01-05T12:00:00.000Z follow other|tram.pictures|-|-|-|-|-|-|-|-",
		"2020-01-06T12:00:00.000Z search other|käse|-|-|-|-|-|-|-|-",
		"said instagram: interest = Cats",
		"said instagram: interest = Cafés",
		"2020-01-03T12:00:00.000Z post other|a comment|-|-|-|-|-|-|Schön!|-",
		"2020-01-03T12:01:40.000Z post other|a comment|-|-|-|-|-|-|Bom|-",
		"2020-01-01T12:00:00.000Z like other|tram.pictures|-|-|-|-|-|-|-|"
		"{\"url\":\"https://www.instagram.com/p/AAA/\"}",
		"2020-01-01T12:01:40.000Z like other|soup.daily|-|-|-|-|-|-|-|"
		"{\"url\":\"https://www.instagram.com/p/BBB/\"}",
		"2020-01-04T12:00:00.000Z post other|Instagram|-|-|-|-|-|-|Tram 3 in the fog|-",
		"2020-01-04T12:01:40.000Z post other|Instagram|-|-|-|-|-|-|-|-",
		"2020-01-02T12:00:00.000Z bookmark other|soup.daily|-|-|-|-|-|-|-|"
		"{\"url\":\"https://www.instagram.com/p/CCC/\"}",
	};
	struct record *record = EXPECT("instagram", lines);
	const struct report *report;
	uint64_t i;

	(void)state;
	for (i = 0; i < record->sources; i++)
		assert_string_equal(record->report[i].kind, "instagram");
	for (i = 0; i < record->acts; i++) {
		assert_null(strstr(record->line[i], "bo.example"));
		assert_null(strstr(record->line[i], "Bo Example"));
	}
	report = report_of(record, "your_instagram_activity/comments/post_comments_1.json");
	assert_int_equal(report->read, 3);
	assert_int_equal(record_skipped(report, "a comment in a language that is not known"), 1);
	assert_int_equal(dropped(report, "Media Owner"), 3);
	report = report_of(record, "connections/followers_and_following/followers_1.json");
	assert_int_equal(record_skipped(report, "another person's account"), 1);
	report = report_of(record, "ads_information/ads_and_topics/ads_viewed.json");
	assert_int_equal(record_skipped(report, "an advertisement"), 1);
	record_free(record);
}

static void test_twitter_believes(void **state)
{
	static const char *const lines[] = {
		"said twitter: gender = male",
		"said twitter: interest = Cats",
		"said twitter: show = Fog City",
		"said twitter: advertiser list = @shoe_shop",
		"said twitter: advertiser list = @other_shop",
		"said twitter: language = Danish",
		"said twitter: place = Odense",
		"said twitter: age = 35-49",
	};
	struct record *record = EXPECT("personalization.js", lines);

	(void)state;
	assert_string_equal(record->report[0].kind, "twitter");
	assert_int_equal(record->report[0].read, 9);
	assert_int_equal(record_skipped(&record->report[0], "switched off by the person"), 1);
	assert_int_equal(dropped(&record->report[0], "p13nData.inferredAgeInfo.birthDate"), 1);
	record_free(record);
}

/* ---- mending ---- */

static void expect_mended(const char *from, const char *to)
{
	char text[256], *end;

	snprintf(text, sizeof(text), "%s", from);
	mojibake_mend(text, strlen(text));
	/* the blanks that fill the room stand behind a string; those in front stay */
	end = text + strlen(text);
	assert_int_equal(end - text, strlen(from));
	while (end > text && end[-1] == ' ')
		*--end = 0;
	assert_string_equal(text, to);
}

static void test_mending(void **state)
{
	(void)state;
	expect_mended("\"caf\\u00c3\\u00a9\"", "\"café\"");
	expect_mended("\"caf\\u00C3\\u00A9\"", "\"café\"");
	expect_mended("\"cafÃ©\"", "\"café\"");
	expect_mended("\"\\u00f0\\u009f\\u0098\\u0080 \\\"x\\\" \\n\"", "\"😀 \\\"x\\\" \\n\"");
	/* a key, and a value behind it */
	expect_mended("{\"L\\u00c3\\u00a4nge\":\"\\u00c3\\u009f\"}", "{\"Länge\"          :\"ß\"          }");
	/* right already, in part something else, cut short, not a string's end: left alone */
	expect_mended("\"M\\u00fcller\"", "\"M\\u00fcller\"");
	expect_mended("\"Müller\"", "\"Müller\"");
	expect_mended("\"caf\\u00c3\\u00a9 \\u20ac\"", "\"caf\\u00c3\\u00a9 \\u20ac\"");
	expect_mended("\"caf\\u00c3\\u00a9 日\"", "\"caf\\u00c3\\u00a9 日\"");
	expect_mended("\"caf\\u00c3\"", "\"caf\\u00c3\"");
	expect_mended("\"caf\\u00c3x\\u00a9\"", "\"caf\\u00c3x\\u00a9\"");
	expect_mended("\"\\\\u00c3\\\\u00a9\"", "\"\\\\u00c3\\\\u00a9\"");
	expect_mended("\"plain\"", "\"plain\"");
	expect_mended("\"caf\\u00c3\\u00a9", "\"caf\\u00c3\\u00a9");
	expect_mended("\"\\u00c0\\u0080\"", "\"\\u00c0\\u0080\"");	/* NUL, written too long */
}

/* ---- what is said, through the pipe ---- */

struct heard {
	char line[8][400];
	size_t count;
	struct report report;
	struct receive receive;
	struct error error;
};

static int hear_said(void *context, const char *key, const char *value)
{
	struct heard *heard = context;

	assert_true(heard->count < 8);
	snprintf(heard->line[heard->count++], 400, "%s = %s", key, value);
	return 0;
}

static int hear_end(void *context, const struct report *report)
{
	((struct heard *)context)->report = *report;
	return 0;
}

static int no_digest(void *context, uint8_t out[32])
{
	(void)context;
	memset(out, 0, 32);
	return 0;
}

static int pass_on(void *context, const uint8_t *data, size_t size)
{
	struct heard *heard = context;
	size_t used = 0;
	int result = receive_block(&heard->receive, data, size, &used);

	if (result == 0)
		assert_int_equal(used, size);
	return result;
}

static void test_said_through_the_pipe(void **state)
{
	struct heard heard = { .count = 0 };
	struct source_events events = { .context = &heard, .end = hear_end, .said = hear_said };
	char longest[REPORT_VALUE + 40];
	struct emit emit;
	size_t i;

	(void)state;
	heard.receive.events = &events;
	heard.receive.error = &heard.error;
	heard.receive.file = "file";
	heard.receive.digest = no_digest;
	emit_init(&emit, pass_on, &heard, &heard.error);
	assert_int_equal(emit_begin(&emit, "", "facebook"), 0);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	for (i = 0; i < 5; i++)
		assert_int_equal(emit_row(&emit), 0);
	assert_int_equal(emit_said(&emit, "interest", emit_text("  Night \t trains ")), 0);
	assert_int_equal(emit_said(&emit, "interest", emit_text(longest)), 0);
	assert_int_equal(emit_said(&emit, "age", emit_text("35-49")), 0);
	assert_int_equal(emit_said(&emit, "age", emit_text(" \n ")), 0);	/* skipped */
	assert_int_equal(emit_said(&emit, "age", emit_text("\xff")), 0);	/* skipped */
	assert_int_equal(emit_end(&emit), 0);
	assert_int_equal(emit_flush(&emit), 0);
	emit_free(&emit);
	assert_string_equal(heard.error.message, "");
	assert_int_equal(heard.count, 3);
	assert_string_equal(heard.line[0], "facebook: interest = Night trains");
	assert_int_equal(strlen(heard.line[1]), strlen("facebook: interest = ") + REPORT_VALUE - 1);
	assert_string_equal(heard.line[2], "facebook: age = 35-49");
	assert_int_equal(heard.report.read, 5);
	assert_int_equal(heard.report.emitted, 3);
	assert_int_equal(record_skipped(&heard.report, "nothing said"), 1);
	assert_int_equal(record_skipped(&heard.report, "not valid text (UTF-8)"), 1);
}

/* What a broken child could send is refused: nothing said, no key, outside of a source. */
static void test_said_is_checked(void **state)
{
	static const struct {
		bool begun;
		const char *key, *value;
		bool good;
	} tries[] = {
		{ true, "a: b", "c", true }, { false, "a: b", "c", false },
		{ true, "", "c", false }, { true, "a: b", "", false },
		{ true, "a: b", "\xc3", false }, { true, "a\xc3", "c", false },
	};
	struct source_events events = { .said = hear_said };
	struct bytes out = BYTES_INIT;
	char value[REPORT_VALUE + 1];
	size_t i, used;

	(void)state;
	for (i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		struct heard heard = { .count = 0 };

		events.context = &heard;
		heard.receive.events = &events;
		heard.receive.error = &heard.error;
		heard.receive.file = "file";
		heard.receive.digest = no_digest;
		bytes_clear(&out);
		if (tries[i].begun)
			message_put_begin(&out, "", "facebook");
		message_put_said(&out, tries[i].key, (struct act_text){ tries[i].value,
				 (uint32_t)strlen(tries[i].value) });
		assert_int_equal(receive_block(&heard.receive, out.data, out.size, &used) == 0,
				 tries[i].good);
		assert_int_equal(heard.count, tries[i].good);
	}
	/* one byte more than there is room for */
	memset(value, 'x', sizeof(value));
	{
		struct heard heard = { .count = 0 };

		events.context = &heard;
		heard.receive.events = &events;
		heard.receive.error = &heard.error;
		heard.receive.file = "file";
		heard.receive.digest = no_digest;
		bytes_clear(&out);
		message_put_begin(&out, "", "facebook");
		/* by hand: the sender cuts */
		bytes_append_u32(&out, 1 + 2 + 4 + 2 + REPORT_VALUE);
		bytes_append_byte(&out, MESSAGE_SAID);
		bytes_append(&out, "\4\0a: b\0\1", 8);
		bytes_append(&out, value, REPORT_VALUE);
		assert_int_not_equal(receive_block(&heard.receive, out.data, out.size, &used), 0);
		assert_int_equal(heard.count, 0);
	}
	bytes_free(&out);
}

_Static_assert(REPORT_VALUE == 256, "as written above");

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_facebook),
	cmocka_unit_test(test_instagram),
	cmocka_unit_test(test_twitter_believes),
	cmocka_unit_test(test_mending),
	cmocka_unit_test(test_said_through_the_pipe),
	cmocka_unit_test(test_said_is_checked),
};

RECORD_MAIN(tests)
