/*
 * KML. A placemark with a time is a visit, or a move where it is a line or a track (gx:Track); the
 * points of a track go to the hours (track.h). A point without a time is a place that was saved:
 * it is kept by its name, as google_places.c has it, since people save their home too.
 */
#include "kml.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "formats/xml.h"
#include "readers/collect.h"
#include "readers/places.h"
#include "readers/track.h"

#define NAME 256
#define TIMES (1u << 24)	/* of a track, that are written before its points */
#define WHERE "coordinates (of a saved place)"

enum shape { NOTHING, POINT, LINE, TRACK, AREA };

struct name {
	char text[NAME];
	uint32_t size;
};

struct kml {
	struct emit *emit;
	struct track track;
	struct collect collect;
	struct bytes rest;
	bool placed, in_track;		/* a Placemark, a gx:Track is open */
	enum shape shape;		/* of the placemark: its first */
	struct name name, kind, list, date;
	struct name data;		/* the name of the Data that is open */
	struct places_move move;
	struct geo point;
	int64_t metres;
	bool timed, spanned;
	unsigned dropped;
	int64_t *time;			/* times of the track whose points are to come */
	size_t first, count, capacity;
	uint64_t undated;
};

static const char *const dropped[] = { "description", "address", "phoneNumber", "Snippet", WHERE,
				       NULL };

static bool match(const struct sniff *sniff)
{
	return !sniff->json && xml_sniff(sniff->text, sniff->size, "kml");
}

static void copy(struct name *into, struct act_text text)
{
	into->size = text.size <= NAME ? text.size : 0;
	if (into->size > 0)
		memcpy(into->text, text.data, into->size);
}

static struct act_text text_of(const struct name *name)
{
	return (struct act_text){ name->text, name->size };
}

/* Cuts the next of "2.35,48.85,10" or "2.35 48.85 10" off; the text stands behind it then. */
static bool next_point(struct act_text *text, char between, struct geo *point)
{
	struct act_text part[2] = { { "", 0 }, { "", 0 } };
	const char *at = text->data, *end = at + text->size;
	int parts = 0;

	while (at < end && strchr(" \t\r\n", *at) != NULL)
		at++;
	while (at < end && parts < 3) {
		const char *from = at;

		while (at < end && *at != between && strchr(" \t\r\n", *at) == NULL)
			at++;
		if (parts < 2)
			part[parts] = (struct act_text){ from, (uint32_t)(at - from) };
		parts++;
		if (at == end || *at != between)
			break;
		at++;
	}
	text->size = (uint32_t)(end - at);
	text->data = at;
	return parts >= 2 && geo_degrees(part[1], part[0], point);
}

static void begin_placemark(struct kml *kml)
{
	kml->placed = true;
	kml->shape = NOTHING;
	kml->name.size = kml->kind.size = kml->date.size = 0;
	kml->point = (struct geo){ 0, 0, false };
	places_move_blank(&kml->move);
	kml->timed = kml->spanned = false;
	kml->metres = ACT_NONE;
	kml->dropped = 0;
}

static int on_begin(void *context, const char *name, const char *const *attributes)
{
	struct kml *kml = context;
	enum shape shape = NOTHING;

	if (strcmp(name, "Placemark") == 0 && !kml->placed) {
		begin_placemark(kml);
		return emit_row(kml->emit);
	}
	if (!kml->placed)
		return 0;
	if (strcmp(name, "Data") == 0)
		copy(&kml->data, xml_attribute(attributes, "name"));
	if (strcmp(name, "Point") == 0)
		shape = POINT;
	else if (strcmp(name, "LineString") == 0)
		shape = LINE;
	else if (strcmp(name, "Track") == 0)
		shape = TRACK;
	else if (strcmp(name, "Polygon") == 0)
		shape = AREA;
	if (kml->shape == NOTHING)
		kml->shape = shape;
	if (shape == TRACK) {
		kml->in_track = true;
		kml->first = kml->count = 0;
	}
	return 0;
}

/* A track's times come before its points, or each before its own. */
static int add_time(struct kml *kml, struct act_text text)
{
	int64_t time;
	int16_t zone;

	if (!geo_time(text, &time, &zone))
		time = ACT_NONE;
	if (kml->first == kml->count)
		kml->first = kml->count = 0;
	if (kml->count == TIMES)
		return 0;
	if (kml->count == kml->capacity) {
		size_t capacity = kml->capacity == 0 ? 256 : kml->capacity * 2;
		int64_t *more = realloc(kml->time, capacity * sizeof(*more));

		if (more == NULL)
			return error_memory(kml->emit->error);
		kml->time = more;
		kml->capacity = capacity;
	}
	kml->time[kml->count++] = time;
	return 0;
}

static int end_coord(struct kml *kml, struct act_text text)
{
	int64_t time = kml->first < kml->count ? kml->time[kml->first++] : ACT_NONE;
	struct places_span *span = &kml->move.span;
	int failed = emit_row(kml->emit);
	struct geo point;

	if (failed != 0)
		return failed;
	if (time == ACT_NONE)
		return emit_skip(kml->emit, "no date");
	if (!next_point(&text, ' ', &point))
		return emit_skip(kml->emit, "no place");
	if (!kml->timed || time < span->start) {
		span->start = time;
		kml->move.from = point;
	}
	if (span->end == ACT_NONE || time >= span->end) {
		span->end = time;
		kml->move.to = point;
	}
	kml->timed = true;
	return track_point(&kml->track, time, &point, -1);
}

static void end_line(struct kml *kml, struct act_text text)
{
	bool whole = text.size < XML_TEXT_BYTES - 4096;
	struct geo point;

	if (!next_point(&text, ',', &kml->move.from))
		return;
	while (text.size > 0 && whole)
		if (next_point(&text, ',', &point))
			kml->move.to = point;
}

static void set_time(struct kml *kml, struct act_text text)
{
	if (kml->timed)
		return;
	kml->timed = geo_time(text, &kml->move.span.start, &kml->move.span.zone);
	copy(&kml->date, text);
}

/* A place that was saved: by its name, with the day if there is one. */
static int save_place(struct kml *kml)
{
	struct dates_raw raw;
	struct act act;

	if (kml->name.size == 0)
		return emit_skip(kml->emit, "no title");
	emit_blank_act(&act, ACT_BOOKMARK, "places");
	act.title = text_of(&kml->name);
	act.words = text_of(&kml->list);
	if (kml->point.known)
		emit_drop(kml->emit, WHERE);
	if (kml->date.size == 0 || !dates_parse(kml->date.text, kml->date.size, &raw)) {
		dates_parse("1970-01-01", 10, &raw);
		kml->undated++;
	}
	return collect_add(&kml->collect, &act, &raw);
}

static int end_placemark(struct kml *kml)
{
	struct act_text none = { "", 0 };
	int i;

	kml->placed = kml->in_track = false;
	for (i = 0; dropped[i] != NULL; i++)
		if ((kml->dropped >> i & 1) != 0)
			emit_drop(kml->emit, dropped[i]);
	switch (kml->shape) {
	case POINT:
		if (!kml->timed)
			return save_place(kml);
		return places_stay(kml->emit, &kml->move.span, &kml->point, text_of(&kml->name),
				   none, none);
	case LINE:
	case TRACK:
		if (!kml->timed)
			return emit_skip(kml->emit, "no date");
		/* Google's names are what was done; others' are titles, and no kind. */
		kml->move.kind = kml->kind.size > 0 ? text_of(&kml->kind) :
				 kml->spanned ? text_of(&kml->name) : none;
		kml->move.metres = kml->metres;
		return places_move(kml->emit, &kml->move, &kml->rest);
	case AREA:
		return emit_skip(kml->emit, "an area");
	default:
		return emit_skip(kml->emit, "no place");
	}
}

static void end_in_placemark(struct kml *kml, const char *name, struct act_text text)
{
	int16_t zone;
	int i;

	for (i = 0; dropped[i] != NULL; i++)
		if (text.size > 0 && strcmp(name, dropped[i]) == 0)
			kml->dropped |= 1u << i;
	if (strcmp(name, "name") == 0 && kml->name.size == 0) {
		copy(&kml->name, text);
	} else if (strcmp(name, "when") == 0) {
		set_time(kml, text);
	} else if (strcmp(name, "begin") == 0) {
		set_time(kml, text);
		kml->spanned = kml->timed;
	} else if (strcmp(name, "end") == 0) {
		if (!geo_time(text, &kml->move.span.end, &zone))
			kml->move.span.end = ACT_NONE;
	} else if (strcmp(name, "coordinates") == 0 && kml->shape == POINT) {
		if (!kml->point.known)
			next_point(&text, ',', &kml->point);
	} else if (strcmp(name, "coordinates") == 0 && kml->shape == LINE) {
		end_line(kml, text);
	} else if (strcmp(name, "value") == 0 && number_is(text_of(&kml->data), "Category")) {
		copy(&kml->kind, text);
	} else if (strcmp(name, "value") == 0 && number_is(text_of(&kml->data), "Distance")) {
		if (!number_scaled(text, 0, &kml->metres) || kml->metres <= 0)
			kml->metres = ACT_NONE;
	}
}

static int on_end(void *context, const char *name, struct act_text text)
{
	struct kml *kml = context;

	if (kml->in_track && strcmp(name, "when") == 0)
		return add_time(kml, text);
	if (kml->in_track && strcmp(name, "coord") == 0)
		return end_coord(kml, text);
	if (strcmp(name, "Track") == 0)
		kml->in_track = false;
	if (strcmp(name, "Placemark") == 0 && kml->placed)
		return end_placemark(kml);
	if (kml->placed)
		end_in_placemark(kml, name, text);
	else if (strcmp(name, "name") == 0)
		copy(&kml->list, text);	/* of the folder, or the document */
	else if (strcmp(name, "Folder") == 0)
		kml->list.size = 0;
	return 0;
}

static int read_kml(struct reading *reading)
{
	static const struct collect_how how = { DATES_YMD, "", false };
	struct kml kml = { .emit = reading->emit };
	struct xml xml = { &kml, on_begin, on_end };
	char why[80];
	int failed;

	track_init(&kml.track, reading->emit);
	collect_init(&kml.collect, reading->error);
	failed = xml_read(reading->input, &xml, why);
	if (why[0] != 0)
		emit_note(reading->emit, "%s: read up to there", why);
	if (failed == 0 && kml.placed)
		failed = end_placemark(&kml);
	if (failed == 0)
		failed = track_end(&kml.track);
	if (kml.undated > 0)
		emit_note(reading->emit, "%" PRIu64 " place%s without a date: kept as 1970-01-01, "
			  "in their order", kml.undated, kml.undated == 1 ? "" : "s");
	if (failed == 0)
		failed = collect_finish(&kml.collect, reading->emit, &how);
	collect_free(&kml.collect);
	track_free(&kml.track);
	bytes_free(&kml.rest);
	free(kml.time);
	return failed;
}

static const struct reader_about about = {
	"*.kml, *.kmz",
	"bookmark (places without a time); arrive (places with one; the points of an hour in one "
	"act); exercise, depart (lines and tracks)",
	"Placemark: name, TimeStamp, TimeSpan, Point, LineString, gx:Track, Data (Category, "
	"Distance); the name of the folder",
	dropped,
	"how a track without a category was made (kept as \"Move\")"
};
const struct reader kml_places = {
	"kml", "KML: places and tracks", match, NULL, read_kml, &about
};
