/*
 * tacit's own export, so that what one vault wrote another can take in with the same acts. What
 * the person said (PropertyValue) is no act and is not taken.
 */
#include "schema.h"

#include <string.h>

#include "base/clock.h"
#include "formats/message.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/sheet.h"

static bool match(const struct sniff *sniff)
{
	return detect_key(sniff, "@context") &&
	       memmem(sniff->text, sniff->size, "https://schema.org", 18) != NULL &&
	       memmem(sniff->text, sniff->size, "\"@graph\"", 8) != NULL;
}

static bool is_true(struct sheet *sheet, const char *name)
{
	return number_is(sheet_get(sheet, name), "true");
}

static void set_numbers(struct sheet *sheet, struct act *act)
{
	int64_t whole;

	act->year = number_year(sheet_get(sheet, "object.datePublished"));
	if (!number_fixed(sheet_get(sheet, "ratingValue"), &act->value))
		act->value = ACT_NONE;
	if (number_whole(sheet_get(sheet, "tacit:milliseconds"), &whole) && whole >= 0 &&
	    whole <= 36525LL * CLOCK_DAY_MS)
		act->duration = whole;
	if (number_whole(sheet_get(sheet, "tacit:zoneMinutes"), &whole) && whole >= -18 * 60 &&
	    whole <= 18 * 60)
		act->zone = (int16_t)whole;
	if (is_true(sheet, "tacit:dateOnly"))
		act->flags |= ACT_DATE_ONLY;
	if (is_true(sheet, "tacit:notChosen"))
		act->flags |= ACT_NOT_CHOSEN;
}

/* Written anew, as every reader writes it: the same bytes as in the vault that it comes from. */
static struct act_text rest_of(struct sheet *sheet)
{
	char scratch[OBJECTS_SCRATCH];
	struct act_text key, value;
	bool more = objects_first_member(&sheet->objects, "tacit:rest", &key, &value, scratch);

	rest_begin(&sheet->rest);
	for (; more; more = objects_next_member(&sheet->objects, &key, &value, scratch))
		rest_put_key(&sheet->rest, key, value);
	return rest_end(&sheet->rest);
}

static int take_action(struct sheet *sheet)
{
	struct act_text type = sheet_get(sheet, "@type"), time = sheet_get(sheet, "startTime");
	struct act act;
	bool date_only;
	int16_t zone;
	int verb;

	if (number_is(type, "PropertyValue"))
		return emit_skip(sheet->emit, "something said, no act: tell it anew");
	for (verb = 1; verb < ACT_VERB_COUNT && !number_is(type, act_schema_name(verb)); verb++)
		;
	if (verb == ACT_VERB_COUNT)
		return emit_skip(sheet->emit, "an action that tacit does not know");
	emit_blank_act(&act, verb, "other");
	if (!clock_parse_iso(time.data, time.size, &act.time, &zone, &date_only))
		return emit_skip(sheet->emit, "no date");
	act.domain = sheet_get(sheet, "object.tacit:domain");
	if (!message_domain_known(act.domain.data, act.domain.size))
		return emit_skip(sheet->emit, "a domain that tacit does not know");
	act.title = sheet_get(sheet, "object.name");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	act.creator = sheet_get(sheet, "object.creator");
	act.words = sheet_get(sheet, "object.keywords");
	act.place = sheet_get(sheet, "location");
	act.text = sheet_get(sheet, "description");
	set_numbers(sheet, &act);
	act.rest = rest_of(sheet);
	return emit_act(sheet->emit, &act);
}

static int read_export(struct reading *reading)
{
	static const char *const wanted[] = { "@graph", NULL };

	return sheet_objects(reading, 0, wanted, take_action);
}

static const struct reader_about about = {
	"tacit's own export", "any",
	"@type, startTime, object, ratingValue, location, description, tacit:*",
	NULL, "what was said (facts): only acts are taken"
};
const struct reader schema_export = {
	"schema", "tacit: its own export (JSON-LD)", match, NULL, read_export, &about
};
