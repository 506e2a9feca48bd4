/*
 * Swarm's check-ins. Whom one was with, who liked it and a venue's address are never stored; its
 * coordinates are, in the act's rest.
 */
#include "swarm.h"

#include <stdio.h>
#include <string.h>

#include "formats/number.h"
#include "readers/sheet.h"

static bool match(const struct sniff *sniff)
{
	const char *text = sniff->text;

	if (!sniff->json)
		return false;
	if (objects_sniff(text, sniff->size, "venue") &&
	    objects_sniff(text, sniff->size, "createdAt"))
		return true;
	return objects_sniff(text, sniff->size, "items") &&
	       memmem(text, sniff->size, "\"venue\"", 7) != NULL &&
	       memmem(text, sniff->size, "\"checkin\"", 9) != NULL;
}

static int take_checkin(struct sheet *sheet)
{
	static const char *const kept[] = { "venue.id", "venue.location.lat",
					    "venue.location.lng", NULL };
	size_t count = objects_count(&sheet->objects, "venue.categories"), i;
	struct act_text word;
	int64_t zone;
	char path[64];
	struct act act;

	emit_blank_act(&act, ACT_ARRIVE, "places");
	act.title = sheet_get(sheet, "venue.name");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	bytes_clear(&sheet->words);
	for (i = 0; i < count && i < 8; i++) {
		snprintf(path, sizeof(path), "venue.categories.%zu.name", i);
		word = sheet_get(sheet, path);
		if ((sheet->words.size > 0 && bytes_append_byte(&sheet->words, '|') != 0) ||
		    bytes_append(&sheet->words, word.data, word.size) != 0)
			break;
	}
	act.words.data = (const char *)sheet->words.data;
	act.words.size = (uint32_t)sheet->words.size;
	act.place = sheet_get(sheet, "venue.location.city");
	act.text = sheet_get(sheet, "shout");
	if (number_whole(sheet_get(sheet, "timeZoneOffset"), &zone) && zone >= -18 * 60 &&
	    zone <= 18 * 60)
		act.zone = (int16_t)zone;
	sheet_keep(sheet, &act, kept);
	return sheet_act(sheet, &act, sheet_get(sheet, "createdAt"));
}

static int read_checkins(struct reading *reading)
{
	static const char *const wanted[] = { "items", NULL };
	bool listed = objects_sniff(reading->sniff->text, reading->sniff->size, "items");

	return sheet_objects(reading, 0, listed ? wanted : sheet_array, take_checkin);
}

static const char *const dropped[] = {
	"with", "entities", "likes", "comments", "photos", "createdBy", "user",
	"venue.location.address", "venue.location.crossStreet", "venue.location.postalCode",
	"venue.location.formattedAddress", NULL,
};
static const struct reader_about about = {
	"checkins.json", "arrive",
	"createdAt, timeZoneOffset, shout, venue.name, venue.categories, venue.location.city; "
	"rest: venue.id and coordinates",
	dropped, "how long one stayed"
};
const struct reader swarm_checkins = {
	"swarm", "Swarm: check-ins", match, NULL, read_checkins, &about
};
