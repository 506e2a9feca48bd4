/*
 * Facebook's "Download your information" in JSON: a folder of many small files, each told by the
 * key of its top level, or, where that is an array, by its path. The sentences that Facebook writes
 * ("Ada likes Bo's post.") name people and are never stored: an act is about the link, the page or
 * the group, or just "a comment". Files of other people (messages, friends) are counted and
 * skipped.
 */
#include "facebook.h"

#include <stdio.h>
#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "readers/believed.h"
#include "readers/detect.h"

#define ATTACHED 8		/* attachments of a post, and parts of one, that are looked at */

static const char sentence[] = "title (Facebook's sentence)";

struct part {
	const char *key;		/* of the top level, or NULL: the top level is an array */
	const char *place;		/* then a piece of the file's path */
	int (*take)(struct sheet *sheet);
	bool whole;			/* one object, whose inner lists are the rows */
	int verb;
	const char *more;		/* a path, a name, or why it is skipped: as take has it */
};

static int take_post(struct sheet *sheet);
static int take_comment(struct sheet *sheet);
static int take_reaction(struct sheet *sheet);
static int take_named(struct sheet *sheet);
static int take_saved(struct sheet *sheet);
static int take_search(struct sheet *sheet);
static int take_event(struct sheet *sheet);
static int take_responses(struct sheet *sheet);
static int take_viewed(struct sheet *sheet);
static int take_photo(struct sheet *sheet);
static int take_beliefs(struct sheet *sheet);
static int take_advertiser(struct sheet *sheet);
static int take_none(struct sheet *sheet);

static const char message[] = "a message with other people";
static const char account[] = "another person's account";

static const struct part parts[] = {
	{ NULL, "your_posts", take_post, false, ACT_POST, NULL },
	{ "group_posts_v2", NULL, take_post, false, ACT_POST, NULL },
	{ "comments_v2", NULL, take_comment, false, ACT_POST, NULL },
	{ "group_comments_v2", NULL, take_comment, false, ACT_POST, NULL },
	{ NULL, "likes_and_reactions", take_reaction, false, ACT_LIKE, NULL },
	{ "reactions_v2", NULL, take_reaction, false, ACT_LIKE, NULL },
	{ "page_likes_v2", NULL, take_named, false, ACT_LIKE, "name" },
	{ "pages_followed_v2", NULL, take_named, false, ACT_FOLLOW, "title" },
	{ "groups_joined_v2", NULL, take_named, false, ACT_FOLLOW, "data.0.name" },
	{ "saves_v2", NULL, take_saved, false, ACT_BOOKMARK, NULL },
	{ "searches_v2", NULL, take_search, false, ACT_SEARCH, NULL },
	{ "your_events_v2", NULL, take_event, false, ACT_PLAN, NULL },
	{ "event_responses_v2", NULL, take_responses, true, ACT_PLAN, NULL },
	{ "recently_viewed", NULL, take_viewed, false, ACT_WATCH, NULL },
	{ "other_photos_v2", NULL, take_photo, false, ACT_POST, NULL },
	{ "videos_v2", NULL, take_photo, false, ACT_POST, NULL },
	{ "topics_v2", NULL, take_beliefs, true, 0, "interest" },
	{ "inferred_topics_v2", NULL, take_beliefs, true, 0, "interest" },
	{ "bcts", NULL, take_beliefs, true, 0, "category" },
	{ "label_values", "other_categories", take_beliefs, true, 0, "category" },
	{ "custom_audiences_v2", NULL, take_beliefs, true, 0, "advertiser list" },
	{ "custom_audiences_all_types_v2", NULL, take_advertiser, false, 0, "advertiser list" },
	{ "history_v2", "advertisers", take_none, false, 0, "an advertisement" },
	{ "events_invited_v2", NULL, take_none, false, 0, "an invitation by another person" },
	{ "messages", NULL, take_none, false, 0, message },
	{ "friends_v2", NULL, take_none, false, 0, account },
	{ "following_v3", NULL, take_none, false, 0, account },
	{ "received_requests_v2", NULL, take_none, false, 0, account },
	{ "rejected_requests_v2", NULL, take_none, false, 0, account },
	{ "sent_requests_v2", NULL, take_none, false, 0, account },
	{ "deleted_friends_v2", NULL, take_none, false, 0, account },
	{ "removed_friends_v2", NULL, take_none, false, 0, account },
	{ "people_you_may_know_v2", NULL, take_none, false, 0, account },
	{ "notifications_v2", NULL, take_none, false, 0, "a notification" },
};
#define PARTS ((int)(sizeof(parts) / sizeof(*parts)))

static int find(const struct sniff *sniff)
{
	int i;

	for (i = 0; i < PARTS; i++) {
		if (parts[i].place != NULL && strstr(sniff->name, parts[i].place) == NULL)
			continue;
		if (!detect_key(sniff, parts[i].key != NULL ? parts[i].key : "timestamp"))
			continue;
		/* "messages" is a word of many files; a thread has its people too. */
		if (parts[i].more == message && !detect_key(sniff, "participants"))
			continue;
		break;
	}
	return i;
}

static bool match(const struct sniff *sniff)
{
	return sniff->json && find(sniff) < PARTS;
}

static const struct part *part_of(const struct sheet *sheet)
{
	return &parts[sheet->mode];
}

/* What stands at a path in any of the parts of any of the attachments. */
static struct act_text attached(struct sheet *sheet, const char *path)
{
	struct act_text text = { "", 0 };
	char at[OBJECTS_PATH];
	size_t count = objects_count(&sheet->objects, "attachments"), i, j;

	for (i = 0; i < count && i < ATTACHED; i++)
		for (j = 0; j < ATTACHED; j++) {
			snprintf(at, sizeof(at), "attachments.%zu.data.%zu.%s", i, j, path);
			text = sheet_get(sheet, at);
			if (text.size > 0)
				return text;
		}
	return text;
}

/* The sentence is dropped from an act that has other words for what it is about. */
static void drop_sentence(struct sheet *sheet)
{
	if (sheet_get(sheet, "title").size > 0)
		emit_drop(sheet->emit, sentence);
}

static int send(struct sheet *sheet, struct act *act, const char *time)
{
	return sheet_act(sheet, act, sheet_get(sheet, time));
}

static int take_post(struct sheet *sheet)
{
	struct act_text link = attached(sheet, "external_context.url");
	char at[32];
	struct act act;
	size_t i;

	emit_blank_act(&act, ACT_POST, "other");
	drop_sentence(sheet);
	for (i = 0; i < ATTACHED && act.text.size == 0; i++) {
		snprintf(at, sizeof(at), "data.%zu.post", i);
		act.text = sheet_get(sheet, at);
	}
	if (act.text.size == 0)
		act.text = attached(sheet, "media.description");
	act.place = attached(sheet, "place.name");
	if (link.size == 0)
		link = attached(sheet, "external_context.name");
	act.title = link.size > 0 ? link : emit_text("Facebook");
	return send(sheet, &act, "timestamp");
}

static int take_comment(struct sheet *sheet)
{
	struct act act;

	emit_blank_act(&act, ACT_POST, "other");
	drop_sentence(sheet);
	act.title = emit_text("a comment");
	act.text = sheet_get(sheet, "data.0.comment.comment");
	if (act.text.size == 0)
		return emit_skip(sheet->emit, "no text");
	return send(sheet, &act, "timestamp");
}

static int take_reaction(struct sheet *sheet)
{
	static const char *const glad[] = { "LIKE", "LOVE", "HAHA", "WOW", "CARE" };
	struct act_text reaction = sheet_get(sheet, "data.0.reaction.reaction");
	struct act act;
	size_t i = 0;

	drop_sentence(sheet);
	while (i < sizeof(glad) / sizeof(*glad) && !number_is(reaction, glad[i]))
		i++;
	if (i == sizeof(glad) / sizeof(*glad))
		return emit_skip(sheet->emit, reaction.size == 0 ? "no reaction in it" :
				 "a reaction that is no liking");
	emit_blank_act(&act, ACT_LIKE, "other");
	act.title = emit_text("a post");
	rest_begin(&sheet->rest);
	rest_put(&sheet->rest, "reaction", reaction);
	act.rest = rest_end(&sheet->rest);
	return send(sheet, &act, "timestamp");
}

/* Pages and groups: their names are what it is about. */
static int take_named(struct sheet *sheet)
{
	static const char *const kept[] = { "url", NULL };
	struct act act;

	emit_blank_act(&act, part_of(sheet)->verb, "other");
	act.title = sheet_get(sheet, part_of(sheet)->more);
	if (act.title.size == 0)
		act.title = sheet_get(sheet, "data.0.name");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	if (strcmp(part_of(sheet)->more, "title") != 0)
		drop_sentence(sheet);
	sheet_keep(sheet, &act, kept);
	return send(sheet, &act, "timestamp");
}

static int take_saved(struct sheet *sheet)
{
	struct act_text link = attached(sheet, "external_context.url");
	struct act act;

	emit_blank_act(&act, ACT_BOOKMARK, "other");
	drop_sentence(sheet);
	act.title = attached(sheet, "external_context.name");
	if (act.title.size == 0)
		act.title = link;
	if (act.title.size == 0)
		act.title = attached(sheet, "media.title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title but a sentence with people's names");
	rest_begin(&sheet->rest);
	rest_put(&sheet->rest, "url", link);
	act.rest = rest_end(&sheet->rest);
	return send(sheet, &act, "timestamp");
}

static int take_search(struct sheet *sheet)
{
	struct act_text text = sheet_get(sheet, "data.0.text");
	struct act act;

	emit_blank_act(&act, ACT_SEARCH, "other");
	drop_sentence(sheet);
	if (text.size == 0)
		text = attached(sheet, "text");
	if (text.size > 2 && text.data[0] == '"' && text.data[text.size - 1] == '"') {
		text.data++;
		text.size -= 2;
	}
	if (text.size == 0)
		return emit_skip(sheet->emit, "no text");
	act.title = text;
	return send(sheet, &act, "timestamp");
}

/* ---- events ---- */

static int send_event(struct sheet *sheet, const char *path, int verb)
{
	static const char *const field[] = { "name", "place.name", "start_timestamp",
					     "end_timestamp" };
	struct act_text value[4];
	int64_t start, end;
	char at[OBJECTS_PATH];
	struct act act;
	size_t i;

	for (i = 0; i < 4; i++) {
		snprintf(at, sizeof(at), "%s%s", path, field[i]);
		value[i] = sheet_get(sheet, at);
	}
	emit_blank_act(&act, verb, "other");
	act.title = value[0];
	act.place = value[1];
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	if (number_whole(value[2], &start) && number_whole(value[3], &end) && end > start &&
	    end - start < 366 * 86400 && verb == ACT_PLAN)
		act.duration = (end - start) * 1000;
	return sheet_act(sheet, &act, value[2]);
}

static int take_event(struct sheet *sheet)
{
	return send_event(sheet, "", ACT_PLAN);
}

static int take_responses(struct sheet *sheet)
{
	static const struct {
		const char *list;
		int verb;
	} lists[] = {
		{ "events_joined", ACT_PLAN }, { "events_interested", ACT_BOOKMARK },
		{ "events_declined", 0 },
	};
	struct believed rows = { sheet, 0 };
	char at[OBJECTS_PATH];
	size_t i, j, count;
	int failed = 0;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		snprintf(at, sizeof(at), "event_responses_v2.%s", lists[i].list);
		count = objects_count(&sheet->objects, at);
		for (j = 0; failed == 0 && j < count; j++) {
			snprintf(at, sizeof(at), "event_responses_v2.%s.%zu.", lists[i].list, j);
			failed = believed_row(&rows);
			if (failed == 0)
				failed = lists[i].verb != 0 ?
					 send_event(sheet, at, lists[i].verb) :
					 emit_skip(sheet->emit, "declined");
		}
	}
	return failed != 0 ? failed : believed_end(&rows);
}

/* ---- what was looked at ---- */

static bool has_word(struct act_text text, const char *word)
{
	return text.size > 0 && memmem(text.data, text.size, word, strlen(word)) != NULL;
}

static int take_entries(struct believed *rows, const char *path, bool watched)
{
	struct sheet *sheet = rows->sheet;
	char at[OBJECTS_PATH];
	struct act act;
	size_t count, i;
	int failed = 0;

	snprintf(at, sizeof(at), "%sentries", path);
	count = objects_count(&sheet->objects, at);
	for (i = 0; failed == 0 && i < count; i++) {
		failed = believed_row(rows);
		if (failed != 0)
			break;
		emit_blank_act(&act, ACT_WATCH, "other");
		snprintf(at, sizeof(at), "%sentries.%zu.data.name", path, i);
		act.title = sheet_get(sheet, at);
		snprintf(at, sizeof(at), "%sentries.%zu.timestamp", path, i);
		failed = !watched ? emit_skip(sheet->emit, "only looked at") :
			 act.title.size == 0 ? emit_skip(sheet->emit, "no title") :
			 sheet_act(sheet, &act, sheet_get(sheet, at));
	}
	return failed;
}

/* A section of what was looked at, with its own entries and those of its parts. */
static int take_viewed(struct sheet *sheet)
{
	struct believed rows = { sheet, 0 };
	size_t count = objects_count(&sheet->objects, "children"), i;
	struct act_text name = sheet_get(sheet, "name");
	bool watched = has_word(name, "Watch") || has_word(name, "Video");
	char at[OBJECTS_PATH];
	int failed = take_entries(&rows, "", watched);

	for (i = 0; failed == 0 && i < count; i++) {
		snprintf(at, sizeof(at), "children.%zu.", i);
		failed = take_entries(&rows, at, watched);
	}
	return failed != 0 ? failed : believed_end(&rows);
}

static int take_photo(struct sheet *sheet)
{
	struct act act;

	emit_blank_act(&act, ACT_POST, "other");
	act.title = emit_text("Facebook");
	act.text = sheet_get(sheet, "description");
	return send(sheet, &act, "creation_timestamp");
}

/* ---- what Facebook believes ---- */

static int take_beliefs(struct sheet *sheet)
{
	struct believed rows = { sheet, 0 };
	const struct part *part = part_of(sheet);
	int failed = part->place == NULL ? believed_list(&rows, part->key, NULL, part->more) :
		     believed_labels(&rows, part->key, part->more);

	return failed != 0 ? failed : believed_end(&rows);
}

static int take_advertiser(struct sheet *sheet)
{
	return emit_said(sheet->emit, part_of(sheet)->more, sheet_get(sheet, "advertiser_name"));
}

static int take_none(struct sheet *sheet)
{
	return emit_skip(sheet->emit, part_of(sheet)->more);
}

static int read_file(struct reading *reading)
{
	int mode = find(reading->sniff);
	const char *wanted[] = { parts[mode].key, NULL };

	return sheet_mended(reading, mode, parts[mode].whole || wanted[0] == NULL ? sheet_array :
			    wanted, parts[mode].take);
}

static const char *const dropped[] = {
	sentence, "tags", "attachments.0.data.0.media.media_metadata",
	"attachments.0.data.0.place.address", "attachments.0.data.0.place.coordinate",
	"data.0.comment.author", "data.0.reaction.actor", "media_metadata", "sender_name",
	"content", "attachments.0.data.0.external_context.source", NULL,
};
static const struct reader_about about = {
	"your_posts*.json, comments.json, likes_and_reactions*.json, pages_you've_liked.json, "
	"pages_and_profiles_you_follow.json, your_saved_items.json, your_search_history.json, "
	"your_event_responses.json, recently_viewed.json, ads_interests.json, your_topics.json, "
	"advertisers_*.json; messages and friends are skipped",
	"post, like, follow, bookmark, search, plan, watch; facts: interest, category, advertiser "
	"list",
	"timestamp, post, comment, reaction, name, text, the link, place.name, topics_v2, "
	"inferred_topics_v2, advertiser_name; rest: url",
	dropped,
	"whose post was liked; whether a profile that is followed is a page's or a person's"
};
const struct reader facebook_files = {
	"facebook", "Facebook: your information", match, NULL, read_file, &about
};
