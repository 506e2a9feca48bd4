/*
 * Chrome's history. A page is read: its title, with its host as creator; what a search engine was
 * asked is a search. Addresses are not kept: they carry tokens. Times are cut to whole seconds,
 * like those of My Activity, which has the same visits.
 */
#include "google_chrome.h"

#include "formats/number.h"
#include "readers/detect.h"
#include "readers/each.h"
#include "readers/google_address.h"

static const char *const wanted[] = { "Browser History", NULL };

struct file {
	struct emit *emit;
	struct objects objects;
	struct bytes room;
};

/* New exports begin with other members, so that any of the names will do. */
static bool match(const struct sniff *sniff)
{
	return sniff->json && (detect_key(sniff, "Browser History") ||
			       (detect_key(sniff, "Typed Url") &&
				detect_key(sniff, "Session")));
}

/* Why the visit is no act, or NULL. */
static const char *not_chosen(struct act_text how, struct act_text host, struct act *act)
{
	if (host.size == 0)
		return "a page of the browser itself";
	if (number_is(how, "RELOAD"))
		return "a page that was loaded again";
	if (number_is(how, "AUTO_SUBFRAME") || number_is(how, "MANUAL_SUBFRAME"))
		return "a part of a page";
	if (number_is(how, "START_PAGE") || number_is(how, "HOME_PAGE") ||
	    number_is(how, "AUTO_TOPLEVEL"))
		act->flags |= ACT_NOT_CHOSEN;
	return NULL;
}

static int take_object(void *context)
{
	struct file *file = context;
	const struct objects *objects = &file->objects;
	char scratch[4][OBJECTS_SCRATCH];
	struct act_text address = objects_get(objects, "url", scratch[0]), searched;
	int64_t microseconds;
	const char *why;
	struct act act;

	emit_blank_act(&act, ACT_READ, "other");
	act.creator = google_address_host(address);
	why = not_chosen(objects_get(objects, "page_transition", scratch[1]), act.creator, &act);
	if (why != NULL)
		return emit_skip(file->emit, why);
	if (!number_whole(objects_get(objects, "time_usec", scratch[2]), &microseconds) ||
	    microseconds <= 0 || microseconds > 253402300799000000LL)
		return emit_skip(file->emit, "no date");
	act.time = microseconds / 1000000 * 1000;
	act.title = number_trim(objects_get(objects, "title", scratch[3]));
	if (act.title.size == 0)
		act.title = act.creator;
	searched = google_address_search(address, &file->room);
	if (searched.size > 0) {
		act.verb = ACT_SEARCH;
		act.title = searched;
		act.creator.size = 0;
	}
	return emit_act(file->emit, &act);
}

static int read_history(struct reading *reading)
{
	struct file file = { .emit = reading->emit, .room = BYTES_INIT };
	int failed;

	objects_open_members(&file.objects, reading->input, wanted);
	failed = each_object(reading, &file.objects, take_object, &file);
	objects_close(&file.objects);
	bytes_free(&file.room);
	return failed;
}

static const char *const google_chrome_dropped[] = { "url", "client_id", "favicon_url", "ptoken",
						     NULL };
static const struct reader_about google_chrome_about = {
	"BrowserHistory.json, History.json",
	"read, search",
	"title, time_usec, page_transition, of url the host and what was searched",
	google_chrome_dropped,
	"how long; what was read of the page"
};
const struct reader google_chrome = {
	"google-chrome", "Google Chrome: history", match, NULL, read_history, &google_chrome_about
};
