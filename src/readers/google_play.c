/*
 * The Play Store. What was bought or added to the library is bought, at that second (a purchase
 * that stands in both files with one time is one act); what was installed is played, at its first
 * installation. What is not an app goes to its own domain.
 */
#include "google_play.h"

#include <string.h>

#include "base/clock.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/each.h"

static const struct {
	const char *member, *title, *type, *time;
	int verb;
} files[] = {
	{ "install", "install.doc.title", "install.doc.documentType",
	  "install.firstInstallationTime", ACT_PLAY },
	{ "libraryDoc", "libraryDoc.doc.title", "libraryDoc.doc.documentType",
	  "libraryDoc.acquisitionTime", ACT_BUY },
	{ "purchaseHistory", "purchaseHistory.doc.title", "purchaseHistory.doc.documentType",
	  "purchaseHistory.purchaseTime", ACT_BUY },
};

#define FILES (sizeof(files) / sizeof(*files))

struct file {
	struct emit *emit;
	struct objects objects;
	struct bytes rest;
};

static bool match(const struct sniff *sniff)
{
	size_t i;

	for (i = 0; i < FILES; i++)
		if (detect_key(sniff, files[i].member))
			return true;
	return false;
}

static const char *domain_of(struct act_text type)
{
	static const struct {
		const char *begins, *domain;
	} table[] = {
		{ "Movie", "films" }, { "TV", "series" }, { "Book", "books" },
		{ "Ebook", "books" }, { "Audiobook", "books" }, { "Music", "music" },
		{ "Magazine", "news" }, { "News", "news" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (type.size >= strlen(table[i].begins) &&
		    memcmp(type.data, table[i].begins, strlen(table[i].begins)) == 0)
			return table[i].domain;
	return "apps";
}

static int take_object(void *context)
{
	struct file *file = context;
	const struct objects *objects = &file->objects;
	char scratch[3][OBJECTS_SCRATCH];
	struct act_text time, type;
	bool date_only;
	struct act act;
	int16_t zone;
	size_t i;

	for (i = 0; i < FILES && !objects_has(objects, files[i].member); i++)
		;
	if (i == FILES)
		return emit_skip(file->emit, "neither installation nor purchase");
	type = objects_at(objects, files[i].type, scratch[0]);
	emit_blank_act(&act, files[i].verb, domain_of(type));
	act.title = objects_at(objects, files[i].title, scratch[1]);
	time = objects_at(objects, files[i].time, scratch[2]);
	if (!clock_parse_iso(time.data, time.size, &act.time, &zone, &date_only) || date_only ||
	    act.time <= 0 || act.time > 253402300799999LL)
		return emit_skip(file->emit, "no date");
	act.time -= act.time % 1000;
	rest_begin(&file->rest);
	rest_put(&file->rest, "documentType", type);
	act.rest = rest_end(&file->rest);
	return emit_act(file->emit, &act);
}

static int read_play(struct reading *reading)
{
	struct file file = { .emit = reading->emit, .rest = BYTES_INIT };
	int failed;

	objects_open(&file.objects, reading->input);
	failed = each_object(reading, &file.objects, take_object, &file);
	objects_close(&file.objects);
	bytes_free(&file.rest);
	return failed;
}

static const char *const google_play_dropped[] = {
	"install.deviceAttribute", "purchaseHistory.invoicePrice",
	"purchaseHistory.paymentMethodTitle", "purchaseHistory.userCountry",
	"purchaseHistory.userLanguageCode", NULL,
};
static const struct reader_about google_play_about = {
	"Installs.json, Library.json, Purchase History.json",
	"play, buy",
	"doc.title, doc.documentType, firstInstallationTime, acquisitionTime, purchaseTime",
	google_play_dropped,
	"whether it was used"
};
const struct reader google_play = {
	"google-play", "Google Play: installations, library, purchases", match, NULL, read_play,
	&google_play_about
};
