/*
 * The archive of Twitter/X: scripts that assign an array to window.YTD.NAME.part0. Own posts,
 * likes and saved searches are acts, what Twitter believes of the person are facts that it says.
 * Who follows whom is other people's; messages are not read. Older archives hold the posts as a
 * plain array, each with its author: all are by one, or the file is no archive of one person's.
 */
#include "twitter.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "formats/number.h"
#include "readers/believed.h"
#include "readers/detect.h"

static const struct {
	const char *part;		/* behind "window.YTD." */
} parts[] = {
	{ "tweets." }, { "tweet." }, { "like." }, { "following." }, { "follower." },
	{ "saved_search." }, { "personalization." },
};

static bool match(const struct sniff *sniff)
{
	static const char lead[] = "window.YTD.";
	size_t i, used = sizeof(lead) - 1;

	if (sniff->json)
		return detect_key(sniff, "created_at") && detect_key(sniff, "id_str") &&
		       detect_key(sniff, "full_text");
	if (sniff->size < used || memcmp(sniff->text, lead, used) != 0)
		return false;
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (sniff->size - used > strlen(parts[i].part) &&
		    memcmp(sniff->text + used, parts[i].part, strlen(parts[i].part)) == 0)
			return true;
	return false;
}

/* "Wed Sep 04 13:51:55 +0000 2019" as ISO in `out`; an empty text where it is none. */
static struct act_text post_time(struct act_text text, char out[40])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int month;

	if (text.size != 30)
		return (struct act_text){ NULL, 0 };
	for (month = 0; month < 12; month++)
		if (memcmp(text.data + 4, months + 3 * month, 3) == 0)
			break;
	if (month == 12)
		return (struct act_text){ NULL, 0 };
	snprintf(out, 40, "%.4s-%02d-%.2sT%.8s%.5s", text.data + 26, month + 1, text.data + 8,
		 text.data + 11, text.data + 20);
	return emit_text(out);
}

/* Milliseconds of a post's number since Twitter's own beginning (2010-11-04) are in its bits above
 * the 22nd; numbers below that scheme have no time in them. */
static bool number_time(struct act_text text, int64_t *ms)
{
	uint64_t number = 0;
	uint32_t i;

	if (text.size < 12 || text.size > 19)
		return false;
	for (i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	*ms = (int64_t)(number >> 22) + 1288834974657LL;
	return true;
}

static int take_like(struct sheet *sheet)
{
	struct act_text where = sheet_get(sheet, "like.expandedUrl");
	static const char *const kept[] = { "like.tweetId", "like.expandedUrl", NULL };
	struct act act;

	emit_blank_act(&act, ACT_LIKE, "other");
	act.title = sheet_either(sheet, "like.fullText", "like.expandedUrl");
	if (act.title.size == 0 && where.size == 0)
		return emit_skip(sheet->emit, "no text and no link");
	sheet_keep(sheet, &act, kept);
	if (!number_time(sheet_get(sheet, "like.tweetId"), &act.time))
		return sheet_undated(sheet, &act);
	emit_note(sheet->emit, "likes have no date: the time of the post that was liked is used");
	return emit_act(sheet->emit, &act);
}

/* Whether a post of a plain array is by another than the first one's author, whose mark stays in
 * sheet->mode. */
static bool by_another(struct sheet *sheet)
{
	struct act_text author = sheet_get(sheet, "user.id_str");
	int mark = 1 + (int)(hash_bytes(author.data, author.size, 0) >> 34);

	if (author.size == 0)
		return false;
	if (sheet->mode == 0)
		sheet->mode = mark;
	return sheet->mode != mark;
}

static int take_post(struct sheet *sheet)
{
	bool inside = objects_has(&sheet->objects, "tweet");
	struct act_text text = sheet_get(sheet, inside ? "tweet.full_text" : "full_text");
	struct act_text at = sheet_get(sheet, inside ? "tweet.created_at" : "created_at");
	struct act_text link = sheet_get(sheet, inside ? "tweet.entities.urls.0.expanded_url" :
					 "entities.urls.0.expanded_url");
	char room[40];
	struct act act;

	emit_blank_act(&act, ACT_POST, "other");
	if (text.size == 0)
		return emit_skip(sheet->emit, "no text");
	if (!inside && by_another(sheet))
		return emit_skip(sheet->emit, "another person's post");
	if (text.size > 4 && memcmp(text.data, "RT @", 4) == 0)
		return emit_skip(sheet->emit, "another person's post, passed on");
	act.title = link.size > 0 ? link : emit_text("Twitter");
	act.text = text;
	return sheet_act(sheet, &act, post_time(at, room));
}

/* What it believes of the person, in many lists of one object. */
static int take_beliefs(struct sheet *sheet)
{
	static const struct {
		const char *path, *member, *what;
	} lists[] = {
		{ "p13nData.interests.interests", "name", "interest" },
		{ "p13nData.interests.partnerInterests", "name", "interest" },
		{ "p13nData.interests.shows", NULL, "show" },
		{ "p13nData.interests.audienceAndAdvertisers.advertisers", NULL,
		  "advertiser list" },
		{ "p13nData.interests.audienceAndAdvertisers.lookalikeAdvertisers", NULL,
		  "advertiser list" },
		{ "p13nData.interests.audienceAndAdvertisers.catalogAudienceAdvertisers", NULL,
		  "advertiser list" },
		{ "p13nData.demographics.languages", "language", "language" },
		{ "p13nData.locationHistory", NULL, "place" },
		{ "p13nData.inferredAgeInfo.age", NULL, "age" },
	};
	struct believed believed = { sheet, 0 };
	size_t i;
	int failed = believed_text(&believed, "p13nData.demographics.genderInfo.gender",
				   "gender");

	/* A list of one is a plain text in some archives. */
	if (failed == 0)
		failed = believed_text(&believed, "p13nData.inferredAgeInfo.age", "age");
	for (i = 0; failed == 0 && i < sizeof(lists) / sizeof(*lists); i++)
		failed = believed_list(&believed, lists[i].path, lists[i].member, lists[i].what);
	return failed != 0 ? failed : believed_end(&believed);
}

static int take_object(struct sheet *sheet)
{
	const struct objects *objects = &sheet->objects;
	struct act act;

	if (objects_has(objects, "following") || objects_has(objects, "follower"))
		return emit_skip(sheet->emit, "another person's account");
	if (objects_has(objects, "p13nData"))
		return take_beliefs(sheet);
	if (objects_has(objects, "like"))
		return take_like(sheet);
	if (!objects_has(objects, "savedSearch"))
		return take_post(sheet);
	emit_blank_act(&act, ACT_SEARCH, "other");
	act.title = sheet_get(sheet, "savedSearch.query");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no text");
	return sheet_undated(sheet, &act);
}

static int read_archive(struct reading *reading)
{
	int failed = objects_skip_assignment(reading->input);

	return failed != 0 ? failed :
	       sheet_objects(reading, 0, sheet_array, take_object);
}

static const char *const dropped[] = {
	"tweet.entities.user_mentions", "tweet.in_reply_to_screen_name", "tweet.source",
	"tweet.in_reply_to_user_id", "tweet.geo", "tweet.coordinates", "following.accountId",
	"follower.accountId", "p13nData.inferredAgeInfo.birthDate", "entities.user_mentions",
	"in_reply_to_screen_name", "in_reply_to_user_id", "source", "geo", "coordinates", "user",
	NULL,
};
static const struct reader_about about = {
	"tweets.js (or a plain array of posts), like.js, saved-search.js, personalization.js",
	"post, like, search; facts: interest, show, age, gender, language, place, advertiser list",
	"created_at, full_text, the first link; tweetId, fullText, expandedUrl; query; p13nData",
	dropped, "when something was liked"
};
const struct reader twitter_archive = {
	"twitter", "Twitter/X: archive", match, NULL, read_archive, &about
};
