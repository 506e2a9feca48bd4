/*
 * Instagram's "Download your information" in JSON. A file is told by the key of its top level, or,
 * where that is an array, by its path. Inside, the names of the fields are words of the person's
 * language ("Time", "Zeit"), so that fields are found by what they hold: the one with a time, the
 * one with a link. What an act is about is the account whose post it was; the name of the human
 * behind it, whom a comment was for, followers and messages are never stored.
 */
#include "instagram.h"

#include <stdio.h>
#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "readers/believed.h"
#include "readers/detect.h"

#define LABELS 16		/* fields of one row that are looked at */

struct part {
	const char *key;		/* of the top level, or NULL: the top level is an array */
	const char *place;		/* then a piece of the file's path */
	int (*take)(struct sheet *sheet);
	int verb;
	const char *more;		/* the name of a belief, a flag, or why it is skipped */
};

static int take_post_of(struct sheet *sheet);
static int take_own(struct sheet *sheet);
static int take_comment(struct sheet *sheet);
static int take_comment_liked(struct sheet *sheet);
static int take_search(struct sheet *sheet);
static int take_belief(struct sheet *sheet);
static int take_categories(struct sheet *sheet);
static int take_none(struct sheet *sheet);

static const char account[] = "another person's account";
static const char message[] = "a message with other people";
static const char scrolled[] = "what the service put in the way";

static const struct part parts[] = {
	{ "likes_media_likes", NULL, take_post_of, ACT_LIKE, NULL },
	{ NULL, "liked_posts", take_post_of, ACT_LIKE, NULL },
	{ "story_activities_story_likes", NULL, take_post_of, ACT_LIKE, NULL },
	{ NULL, "story_likes", take_post_of, ACT_LIKE, NULL },
	{ "likes_comment_likes", NULL, take_comment_liked, ACT_LIKE, NULL },
	{ NULL, "liked_comments", take_comment_liked, ACT_LIKE, NULL },
	{ "saved_saved_media", NULL, take_post_of, ACT_BOOKMARK, NULL },
	{ NULL, "saved_posts", take_post_of, ACT_BOOKMARK, NULL },
	{ "relationships_following", NULL, take_post_of, ACT_FOLLOW, NULL },
	{ "relationships_following_hashtags", NULL, take_post_of, ACT_FOLLOW, NULL },
	{ "impressions_history_posts_seen", NULL, take_post_of, ACT_WATCH, scrolled },
	{ NULL, "posts_viewed", take_post_of, ACT_WATCH, scrolled },
	{ "impressions_history_videos_watched", NULL, take_post_of, ACT_WATCH, NULL },
	{ NULL, "videos_watched", take_post_of, ACT_WATCH, NULL },
	{ "impressions_history_recs_hidden_authors", NULL, take_post_of, ACT_DISLIKE, NULL },
	{ "ig_stories", NULL, take_own, ACT_POST, NULL },
	{ "ig_reels_media", NULL, take_own, ACT_POST, NULL },
	{ "ig_archived_post_media", NULL, take_own, ACT_POST, NULL },
	{ "comments_media_comments", NULL, take_comment, ACT_POST, NULL },
	{ "comments_reels_comments", NULL, take_comment, ACT_POST, NULL },
	{ NULL, "post_comments", take_comment, ACT_POST, NULL },
	{ "searches_keyword", NULL, take_search, ACT_SEARCH, NULL },
	{ "searches_hashtag", NULL, take_search, ACT_SEARCH, NULL },
	{ "searches_place", NULL, take_search, ACT_SEARCH, NULL },
	{ "topics_your_topics", NULL, take_belief, 0, "interest" },
	{ "topics_your_reels_topics", NULL, take_belief, 0, "interest" },
	{ "topics_your_reels_emotions", NULL, take_belief, 0, "mood" },
	{ "inferred_data_ig_interest", NULL, take_belief, 0, "interest" },
	{ "inferred_data_primary_location", NULL, take_belief, 0, "place" },
	{ "ig_custom_audiences_all_types", NULL, take_belief, 0, "advertiser list" },
	{ "label_values", "instagram_ads_and_businesses/other_", take_categories, 0,
	  "category" },
	{ "impressions_history_ads_seen", NULL, take_none, 0, "an advertisement" },
	{ NULL, "ads_viewed", take_none, 0, "an advertisement" },
	{ "impressions_history_chaining_seen", NULL, take_none, 0, scrolled },
	{ "searches_user", NULL, take_none, 0, "a search for a person" },
	{ "relationships_followers", NULL, take_none, 0, account },
	{ NULL, "followers_", take_none, 0, account },
	{ "relationships_blocked_users", NULL, take_none, 0, account },
	{ "relationships_close_friends", NULL, take_none, 0, account },
	{ "relationships_unfollowed_users", NULL, take_none, 0, account },
	{ "relationships_dismissed_suggested_users", NULL, take_none, 0, account },
	{ "relationships_follow_requests_sent", NULL, take_none, 0, account },
	{ "relationships_permanent_follow_requests", NULL, take_none, 0, account },
	{ "messages", "your_instagram_activity", take_none, 0, message },
	/* The last: of arrays of posts, whose path says little. */
	{ NULL, "posts_", take_own, ACT_POST, NULL },
	{ NULL, "reels", take_own, ACT_POST, NULL },
};
#define PARTS ((int)(sizeof(parts) / sizeof(*parts)))

/* Whether the first object of an array has what Instagram's have. */
static bool array_of(const struct sniff *sniff, bool own)
{
	const char *at = memchr(sniff->text, '[', sniff->size);
	const char *brace = memchr(sniff->text, '{', sniff->size);

	if (at == NULL || brace == NULL || at > brace)
		return false;
	return own ? detect_key(sniff, "media") : detect_key(sniff, "label_values") ||
	       detect_key(sniff, "string_map_data") || detect_key(sniff, "string_list_data");
}

static int find(const struct sniff *sniff)
{
	int i;

	for (i = 0; i < PARTS; i++) {
		const struct part *part = &parts[i];

		if (part->place != NULL && strstr(sniff->name, part->place) == NULL)
			continue;
		if (part->key != NULL ? detect_key(sniff, part->key) :
		    array_of(sniff, part->take == take_own))
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

/* ---- fields whose names are words of a language ---- */

/* What stands in `what` ("value", "timestamp") of the first field that has something there. */
static struct act_text in_map(struct sheet *sheet, const char *what)
{
	struct act_text key, value, text = { "", 0 };
	char at[OBJECTS_PATH], scratch[OBJECTS_SCRATCH];
	bool more = objects_first_member(&sheet->objects, "string_map_data", &key, &value,
					 scratch);

	while (more && text.size == 0) {
		snprintf(at, sizeof(at), "string_map_data.%.100s.%s", key.data, what);
		text = sheet_get(sheet, at);
		if (strcmp(what, "timestamp") == 0 && number_is(text, "0"))
			text.size = 0;
		more = objects_next_member(&sheet->objects, &key, &value, scratch);
	}
	return text;
}

/* The account of "https://www.instagram.com/ACCOUNT/"; empty for other addresses. */
static struct act_text account_of(struct act_text link)
{
	static const char lead[] = "https://www.instagram.com/";
	const char *end;

	if (link.size < sizeof(lead) || memcmp(link.data, lead, sizeof(lead) - 1) != 0)
		return (struct act_text){ "", 0 };
	link.data += sizeof(lead) - 1;
	link.size -= (uint32_t)sizeof(lead) - 1;
	if (link.size > 3 && memcmp(link.data, "_u/", 3) == 0) {
		link.data += 3;
		link.size -= 3;
	}
	end = memchr(link.data, '/', link.size);
	if (end != NULL && end + 1 != link.data + link.size)
		return (struct act_text){ "", 0 };
	if (end != NULL)
		link.size--;
	return link;
}

/* The owner of a post in an array of labels: the address of an account, two lists deep. */
static struct act_text owner_of(struct sheet *sheet)
{
	struct act_text owner = { "", 0 };
	char at[OBJECTS_PATH];
	size_t count = objects_count(&sheet->objects, "label_values"), i, j;

	for (i = 0; i < count && i < LABELS && owner.size == 0; i++)
		for (j = 0; j < LABELS && owner.size == 0; j++) {
			snprintf(at, sizeof(at), "label_values.%zu.dict.0.dict.%zu.href", i, j);
			owner = account_of(sheet_get(sheet, at));
		}
	return owner;
}

static struct act_text link_of(struct sheet *sheet)
{
	struct act_text link = sheet_get(sheet, "string_list_data.0.href");
	char at[OBJECTS_PATH];
	size_t i;

	if (link.size == 0)
		link = in_map(sheet, "href");
	for (i = 0; i < LABELS && link.size == 0; i++) {
		snprintf(at, sizeof(at), "label_values.%zu.href", i);
		link = sheet_get(sheet, at);
	}
	return link;
}

static struct act_text time_of(struct sheet *sheet)
{
	struct act_text time = sheet_get(sheet, "string_list_data.0.timestamp");

	if (time.size == 0)
		time = in_map(sheet, "timestamp");
	return time.size > 0 ? time : sheet_get(sheet, "timestamp");
}

/* ---- rows ---- */

/* Something done with another account's post, or with the account. */
static int take_post_of(struct sheet *sheet)
{
	struct act_text link = link_of(sheet);
	struct act act;

	emit_blank_act(&act, part_of(sheet)->verb, "other");
	act.title = sheet_get(sheet, "title");
	if (act.title.size == 0 && act.verb == ACT_FOLLOW)
		act.title = sheet_get(sheet, "string_list_data.0.value");
	if (act.title.size == 0)
		act.title = in_map(sheet, "value");
	if (act.title.size == 0)
		act.title = owner_of(sheet);
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no account that it was of");
	if (part_of(sheet)->more == scrolled)
		act.flags |= ACT_NOT_CHOSEN;
	if (act.verb != ACT_FOLLOW) {
		rest_begin(&sheet->rest);
		rest_put(&sheet->rest, "url", link);
		act.rest = rest_end(&sheet->rest);
	}
	return sheet_dated(sheet, &act, time_of(sheet));
}

static int take_own(struct sheet *sheet)
{
	struct act_text time = sheet_either(sheet, "creation_timestamp",
					    "media.0.creation_timestamp");
	struct act act;

	emit_blank_act(&act, ACT_POST, "other");
	act.title = emit_text("Instagram");
	act.text = sheet_either(sheet, "title", "media.0.title");
	return sheet_act(sheet, &act, time);
}

/* The comment has to be told from the account it was for, by the word for it. */
static int take_comment(struct sheet *sheet)
{
	static const char *const words[] = {
		"Comment", "Kommentar", "Commentaire", "Comentario", "Commento", "Opmerking",
		"Reactie", "Comentário", "Komentarz", "Kommentti", "Komentář", "Yorum",
		"Комментарий", "コメント", "评论", "留言", "댓글",
	};
	char at[OBJECTS_PATH];
	struct act act;
	size_t i;

	emit_blank_act(&act, ACT_POST, "other");
	act.title = emit_text("a comment");
	for (i = 0; i < sizeof(words) / sizeof(*words) && act.text.size == 0; i++) {
		snprintf(at, sizeof(at), "string_map_data.%s.value", words[i]);
		act.text = sheet_get(sheet, at);
	}
	if (objects_count(&sheet->objects, "string_map_data") > 2)
		emit_drop(sheet->emit, "Media Owner");
	if (act.text.size == 0)
		return emit_skip(sheet->emit, "a comment in a language that is not known");
	return sheet_act(sheet, &act, time_of(sheet));
}

static int take_comment_liked(struct sheet *sheet)
{
	struct act act;

	emit_blank_act(&act, ACT_LIKE, "other");
	act.title = emit_text("a comment");
	return sheet_act(sheet, &act, time_of(sheet));
}

static int take_search(struct sheet *sheet)
{
	struct act act;

	emit_blank_act(&act, ACT_SEARCH, "other");
	act.title = in_map(sheet, "value");
	if (act.title.size == 0)
		act.title = sheet_get(sheet, "string_list_data.0.value");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no text");
	return sheet_act(sheet, &act, time_of(sheet));
}

/* ---- what Instagram believes ---- */

static int take_belief(struct sheet *sheet)
{
	struct act_text text = sheet_get(sheet, "advertiser_name");

	return emit_said(sheet->emit, part_of(sheet)->more,
			 text.size > 0 ? text : in_map(sheet, "value"));
}

/* The whole file is one object, whose inner list are the categories. */
static int take_categories(struct sheet *sheet)
{
	struct believed rows = { sheet, 0 };
	int failed = believed_labels(&rows, "label_values", part_of(sheet)->more);

	return failed != 0 ? failed : believed_end(&rows);
}

static int take_none(struct sheet *sheet)
{
	return emit_skip(sheet->emit, part_of(sheet)->more);
}

static int read_file(struct reading *reading)
{
	int mode = find(reading->sniff);
	const char *wanted[] = { parts[mode].key, NULL };

	return sheet_mended(reading, mode, wanted[0] == NULL ||
			    parts[mode].take == take_categories ? sheet_array : wanted,
			    parts[mode].take);
}

static const char *const dropped[] = {
	"Media Owner", "media.0.media_metadata", "media_metadata", "media_list_data",
	"sender_name", "content", NULL,
};
static const struct reader_about about = {
	"liked_posts.json, saved_posts.json, following.json, posts_*.json, stories.json, "
	"post_comments*.json, word_or_phrase_searches.json, posts_viewed.json, "
	"videos_watched.json, your_topics.json, ads_interests.json, advertisers_*.json; "
	"messages and followers are skipped",
	"like, bookmark, follow, post, search, watch, dislike; facts: interest, mood, category, "
	"place, advertiser list",
	"the account whose post it was, the comment, the search, captions, times; rest: the post's "
	"link",
	dropped, "whether a video was chosen or began by itself"
};
const struct reader instagram_files = {
	"instagram", "Instagram: your information", match, NULL, read_file, &about
};
