/* Stays and moves; see places.h. */
#include "places.h"

#include <stdio.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/rest.h"

#define KIND 48

/* Kinds of moves without case, blanks and underscores. */
static const struct {
	const char *name;
	const char *title;
	bool vehicle;
} kinds[] = {
	{ "walking", "Walking", false },
	{ "walk", "Walking", false },
	{ "onfoot", "Walking", false },
	{ "running", "Running", false },
	{ "run", "Running", false },
	{ "cycling", "Cycling", false },
	{ "biking", "Cycling", false },
	{ "bike", "Cycling", false },
	{ "ride", "Cycling", false },
	{ "onbicycle", "Cycling", false },
	{ "hiking", "Hiking", false },
	{ "hike", "Hiking", false },
	{ "swimming", "Swimming", false },
	{ "swim", "Swimming", false },
	{ "rowing", "Rowing", false },
	{ "kayaking", "Kayaking", false },
	{ "sailing", "Sailing", false },
	{ "skiing", "Skiing", false },
	{ "snowboarding", "Snowboarding", false },
	{ "skating", "Skating", false },
	{ "snowshoeing", "Snowshoeing", false },
	{ "horsebackriding", "Horse riding", false },
	{ "traditionalstrengthtraining", "Strength training", false },
	{ "functionalstrengthtraining", "Strength training", false },
	{ "highintensityintervaltraining", "Interval training", false },
	{ "inpassengervehicle", "Driving", true },
	{ "invehicle", "Driving", true },
	{ "driving", "Driving", true },
	{ "car", "Driving", true },
	{ "automotive", "Driving", true },
	{ "motorcycling", "Motorcycling", true },
	{ "intaxi", "Taxi", true },
	{ "inbus", "Bus", true },
	{ "bus", "Bus", true },
	{ "intram", "Tram", true },
	{ "insubway", "Underground", true },
	{ "subway", "Underground", true },
	{ "intrain", "Train", true },
	{ "train", "Train", true },
	{ "inferry", "Ferry", true },
	{ "boating", "Boat", true },
	{ "flying", "Flight", true },
	{ "airplane", "Flight", true },
	{ "incablecar", "Cable car", true },
	{ "infunicular", "Funicular", true },
	{ "ingondolalift", "Gondola lift", true },
	{ "inwheelchair", "Wheelchair", false },
	{ "unknown", "Move", true },
	{ "unknownactivitytype", "Move", true },
	{ "other", "Other", false },
};

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Letters and digits of a name, in lower case. */
static void fold(struct act_text text, char out[KIND])
{
	uint32_t i;
	size_t used = 0;

	for (i = 0; i < text.size && used + 1 < KIND; i++)
		if (letter(text.data[i]) || (text.data[i] >= '0' && text.data[i] <= '9'))
			out[used++] = small(text.data[i]);
	out[used] = 0;
}

/* "TableTennis", "TABLE_TENNIS" as "Table tennis". */
static void humanise(struct act_text text, char out[KIND])
{
	bool gap = false;
	size_t used = 0;
	uint32_t i;

	for (i = 0; i < text.size && used + 2 < KIND; i++) {
		char c = text.data[i];

		if (c == '_' || c == ' ' || c == '-') {
			gap = used > 0;
			continue;
		}
		if (i > 0 && c >= 'A' && c <= 'Z' && text.data[i - 1] >= 'a' &&
		    text.data[i - 1] <= 'z')
			gap = used > 0;
		if (gap)
			out[used++] = ' ';
		gap = false;
		c = used > 0 ? small(c) : c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
		out[used++] = c;
	}
	out[used] = 0;
}

bool places_span(struct act_text start, struct act_text end, struct places_span *span)
{
	int16_t zone;

	if (!geo_time(start, &span->start, &span->zone))
		return false;
	if (!geo_time(end, &span->end, &zone))
		span->end = ACT_NONE;
	return true;
}

/* The time and the length of an act; NULL, or why there is no such span. */
static const char *set_span(struct act *act, const struct places_span *span)
{
	act->time = span->start;
	act->zone = span->zone;
	if (span->end == ACT_NONE)
		return NULL;
	if (span->end < span->start)
		return "ends before it begins";
	if (span->end - span->start > 36525LL * CLOCK_DAY_MS)
		return "lasts more than a hundred years";
	act->duration = span->end - span->start;
	return NULL;
}

/* Only home, work and school are the same place every time; "Unknown" or "Searched address" would
 * make one place of many. */
static const char *kind_of_place(struct act_text kind)
{
	char name[KIND];
	const char *from = name;

	fold(kind, name);
	if (strncmp(from, "type", 4) == 0)
		from += 4;
	if (strncmp(from, "inferred", 8) == 0)
		from += 8;
	return strcmp(from, "home") == 0 ? "Home" : strcmp(from, "work") == 0 ? "Work" :
	       strcmp(from, "school") == 0 ? "School" : NULL;
}

int places_stay(struct emit *emit, const struct places_span *span, const struct geo *point,
		struct act_text name, struct act_text kind, struct act_text rest)
{
	char title[GEO_TEXT], place[GEO_TEXT];
	struct act act;
	const char *why;

	emit_blank_act(&act, ACT_ARRIVE, "places");
	why = set_span(&act, span);
	if (why != NULL)
		return emit_skip(emit, why);
	act.title = name;
	if (act.title.size == 0 && kind_of_place(kind) != NULL)
		act.title = emit_text(kind_of_place(kind));
	if (act.title.size == 0)
		act.title = geo_text(point, 5, title);
	if (act.title.size == 0)
		return emit_skip(emit, "no place");
	act.place = geo_text(point, 7, place);
	act.rest = rest;
	return emit_act(emit, &act);
}

void places_move_blank(struct places_move *move)
{
	memset(move, 0, sizeof(*move));
	move->span.zone = ACT_ZONE_UNKNOWN;
	move->span.end = move->metres = move->energy = move->duration = ACT_NONE;
}

static void put_number(struct bytes *rest, const char *key, int64_t value)
{
	char text[24];

	if (value == ACT_NONE || value < 0)
		return;
	snprintf(text, sizeof(text), "%lld", (long long)value);
	rest_put(rest, key, emit_text(text));
}

int places_move(struct emit *emit, const struct places_move *move, struct bytes *rest)
{
	char name[KIND], title[KIND], room[GEO_TEXT];
	bool vehicle = !move->workout;
	struct act act;
	const char *why;
	size_t i;

	fold(move->kind, name);
	if (strcmp(name, "still") == 0)
		return emit_skip(emit, "standing still");
	humanise(move->kind, title);
	if (name[0] == 0)
		snprintf(title, sizeof(title), "%s", move->workout ? "Other" : "Move");
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].name, name) == 0) {
			snprintf(title, sizeof(title), "%s", kinds[i].title);
			vehicle = kinds[i].vehicle;
			break;
		}
	emit_blank_act(&act, vehicle ? ACT_DEPART : ACT_EXERCISE, vehicle ? "places" : "health");
	why = set_span(&act, &move->span);
	if (why != NULL)
		return emit_skip(emit, why);
	if (move->duration != ACT_NONE && move->duration >= 0 &&
	    move->duration <= 36525LL * CLOCK_DAY_MS)
		act.duration = move->duration;
	act.title = emit_text(title);
	rest_begin(rest);
	put_number(rest, "distance_m", move->metres);
	put_number(rest, "energy_kcal", move->energy);
	rest_put(rest, "start", geo_text(&move->from, 7, room));
	rest_put(rest, "end", geo_text(&move->to, 7, room));
	rest_put(rest, "source", move->source);
	act.rest = rest_end(rest);
	return emit_act(emit, &act);
}
