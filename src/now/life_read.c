/* Reading a life out of the vault; see life.h. */
#include "life.h"

#include <stdlib.h>
#include <string.h>

#include "base/act.h"
#include "base/text.h"
#include "places/stays.h"
#include "vault/vault.h"

#define NEAR_METRES 300.0	/* a told visit and a stay are of one place */
#define LATEST (1LL << 42)	/* as the vault has it: 2109, and 1830 on the other side */
#define LONGEST (400LL * 86400000)	/* what lasts longer is no stay, no event, no measure */
#define COARSE_METRES 500	/* a point that is less exact says nothing */
#define FAR_ZONE 190		/* minutes: west China's clocks are 180 off the sun */
#define ALL_VERBS (1u << ACT_ARRIVE | 1u << ACT_EAT | 1u << ACT_PLAN | 1u << ACT_RECEIVE | \
		   1u << ACT_READ | 1u << ACT_EXERCISE | 1u << ACT_LIKE)

struct point {
	int64_t time;
	int32_t latitude, longitude;
};

struct reading {
	struct life *life;
	struct error *error;
	life_zone *zone;
	void *context;
	struct bytes text;
	struct point *point;
	size_t points, point_room, room[LIFE_ARRAYS];
	bool unsorted;
};

/* Room for one more in an array of structs, doubling. */
static void *more(struct reading *reading, void *array, size_t *count, size_t *room, size_t width)
{
	void **at = array;

	if (*count == *room) {
		size_t grown = *room == 0 ? 256 : *room * 2;
		void *list = realloc(*at, grown * width);

		if (list == NULL) {
			error_memory(reading->error);
			return NULL;
		}
		*at = list;
		*room = grown;
	}
	memset((char *)*at + *count * width, 0, width);
	return (char *)*at + (*count)++ * width;
}

#define MORE(reading, array, kind) more(reading, &(reading)->life->array, \
		&(reading)->life->count[kind], &(reading)->room[kind], \
		sizeof(*(reading)->life->array))

/* A text into the pool, cut at a character below `most` bytes. */
static int keep(struct reading *reading, struct act_text text, uint32_t most, uint32_t *at)
{
	if (text.size > most)
		for (text.size = most; text.size > 0 &&
		     ((uint8_t)text.data[text.size] & 0xc0) == 0x80; text.size--)
			;
	*at = 0;
	if (text.size == 0)
		return 0;
	*at = (uint32_t)reading->text.size;
	if (reading->text.size > UINT32_MAX / 2 ||
	    bytes_append(&reading->text, text.data, text.size) != 0 ||
	    bytes_append_byte(&reading->text, 0) != 0)
		return error_memory(reading->error);
	return 0;
}

static bool is(struct act_text text, const char *word)
{
	return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

/* ---- points ---------------------------------------------------------------------------- */

/* A whole number of at most 15 digits, else NULL: what follows it. */
static inline const char *number(const char *p, const char *end, int64_t *out)
{
	bool negative = p < end && *p == '-';
	uint64_t value = 0;
	unsigned digit;
	const char *from;

	p += negative;
	for (from = p; p < end && (digit = (unsigned)(uint8_t)*p - '0') < 10; p++)
		value = value * 10 + digit;
	if (p == from || p - from > 15)
		return NULL;
	*out = negative ? -(int64_t)value : (int64_t)value;
	return p;
}

/* The points of "dt,dlat,dlon,accuracy;..." (docs/sources.md) behind those that are there, with
 * room for all of them. */
static size_t points_of(const char *at, const char *end, int64_t time, struct point *point)
{
	int64_t latitude = 0, longitude = 0, n[4];
	size_t count = 0;

	for (; at < end; at++) {
		int i;

		for (i = 0; i < 4; i++) {
			at = number(at, end, &n[i]);
			if (at == NULL)
				return count;
			at += i < 3 && at < end && *at == ',';
		}
		time += n[0];
		latitude += n[1];
		longitude += n[2];
		if (n[3] <= COARSE_METRES && llabs(time) <= LATEST &&
		    llabs(latitude) <= 900000000 && llabs(longitude) <= 1800000000)
			point[count++] = (struct point){ time, (int32_t)latitude,
							 (int32_t)longitude };
	}
	return count;
}

static int take_track(struct reading *reading, const struct act *act)
{
	static const char name[] = "\"track\":\"";
	const char *end = act->rest.data + act->rest.size, *at;
	size_t most = act->rest.size / 8 + 1, count, i;	/* "0,0,0,0;" */

	at = act->rest.size == 0 ? NULL :
	     memmem(act->rest.data, act->rest.size, name, sizeof(name) - 1);
	if (at == NULL)
		return 0;
	if (reading->points + most > reading->point_room) {
		size_t room = (reading->points + most) * 2;
		struct point *grown = realloc(reading->point, room * sizeof(*grown));

		if (grown == NULL)
			return error_memory(reading->error);
		reading->point = grown;
		reading->point_room = room;
	}
	count = points_of(at + sizeof(name) - 1, end, act->time, reading->point + reading->points);
	for (i = reading->points == 0; i < count; i++) {
		const struct point *point = reading->point + reading->points + i;

		reading->unsorted |= point[-1].time >= point->time;
	}
	reading->points += count;
	return 0;
}

/* How long an act took, 0 where that is not known or cannot be. */
static int64_t lasting(const struct act *act)
{
	return act->duration > 0 && act->duration <= LONGEST ? act->duration : 0;
}

/* ---- acts ------------------------------------------------------------------------------ */

/* "geo:48.85660,2.35220" and "48.8566;2.3522" (GEO of a calendar). */
static bool coordinates(const char *data, size_t size, int32_t *latitude, int32_t *longitude)
{
	char room[64], *end;
	double north, east;

	if (size > 4 && memcmp(data, "geo:", 4) == 0) {
		data += 4;
		size -= 4;
	}
	if (size == 0 || size >= sizeof(room))
		return false;
	memcpy(room, data, size);
	room[size] = 0;
	north = strtod(room, &end);
	if (end == room || (*end != ',' && *end != ';'))
		return false;
	data = end + 1;
	east = strtod(data, &end);
	if (end == data || !(north >= -90 && north <= 90 && east >= -180 && east <= 180))
		return false;
	*latitude = (int32_t)(north * 1e7 + (north < 0 ? -0.5 : 0.5));
	*longitude = (int32_t)(east * 1e7 + (east < 0 ? -0.5 : 0.5));
	return true;
}

/* Where the acts say a zone, that; where the sun is far from the clock at home, the sun's. */
static int16_t zone_of(const struct reading *reading, const struct act *act, int32_t latitude,
		       int32_t longitude)
{
	int16_t clock;
	int sun;

	if (act != NULL && act->zone != ACT_ZONE_UNKNOWN)
		return act->zone;
	clock = reading->zone(reading->context, act != NULL ? act->time : 0);
	if (latitude == LIFE_NOWHERE)
		return clock;
	sun = (longitude / 10000000 + (longitude < 0 ? -7 : 7)) / 15 * 60;
	return abs(sun - clock) > FAR_ZONE ? (int16_t)sun : clock;
}

static int16_t stay_zone(const struct reading *reading, int64_t time, int32_t latitude,
			 int32_t longitude)
{
	struct act act;

	memset(&act, 0, sizeof(act));
	act.time = time;
	act.zone = ACT_ZONE_UNKNOWN;
	return zone_of(reading, &act, latitude, longitude);
}

/* The number behind a key of what an export left over, as text or as a number. */
static bool left_over(const struct act *act, const char *key, double *out)
{
	char room[32];
	size_t size = strlen(key), left, i;
	const char *at = act->rest.size == 0 ? NULL :
			 memmem(act->rest.data, act->rest.size, key, size);

	if (at == NULL)
		return false;
	at += size;
	left = act->rest.size - (size_t)(at - act->rest.data);
	if (left > 0 && *at == '"') {
		at++;
		left--;
	}
	for (i = 0; i < left && i + 1 < sizeof(room) && (strchr("+-.eE", at[i]) != NULL ||
							  (at[i] >= '0' && at[i] <= '9')); i++)
		room[i] = at[i];
	room[i] = 0;
	*out = strtod(room, NULL);
	return i > 0;
}

/* Where an act was: its place, else what an export left over of a venue or an event. */
static void located(const struct act *act, int32_t *latitude, int32_t *longitude)
{
	static const char *const keys[][2] = {
		{ "\"lat\":", "\"lon\":" },
		{ "\"venue.location.lat\":", "\"venue.location.lng\":" },
	};
	double north, east;
	size_t i;

	*latitude = LIFE_NOWHERE;
	*longitude = 0;
	if (coordinates(act->place.data, act->place.size, latitude, longitude))
		return;
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!left_over(act, keys[i][0], &north) || !left_over(act, keys[i][1], &east) ||
		    !(north >= -90 && north <= 90 && east >= -180 && east <= 180))
			continue;
		*latitude = (int32_t)(north * 1e7 + (north < 0 ? -0.5 : 0.5));
		*longitude = (int32_t)(east * 1e7 + (east < 0 ? -0.5 : 0.5));
		return;
	}
}

static int take_arrival(struct reading *reading, const struct act *act)
{
	int32_t latitude, longitude;
	bool named = act->title.size > 0 && !(act->title.size > 4 &&
					       memcmp(act->title.data, "geo:", 4) == 0);
	struct life_stay *stay;
	struct life_meal *meal;

	if (act->verb == ACT_ARRIVE && (act->flags & ACT_NOT_CHOSEN) && is(act->title, "Location"))
		return take_track(reading, act);
	located(act, &latitude, &longitude);
	if (act->verb == ACT_ARRIVE && latitude != LIFE_NOWHERE && lasting(act) > 0) {
		stay = MORE(reading, stay, LIFE_STAYS);
		if (stay == NULL)
			return TACIT_E_MEMORY;
		stay->arrive = act->time;
		stay->leave = act->time + lasting(act);
		stay->latitude = latitude;
		stay->longitude = longitude;
		stay->zone = zone_of(reading, act, latitude, longitude);
		stay->sure = 1;
		if (named && keep(reading, act->title, 60, &stay->name) != 0)
			return TACIT_E_MEMORY;
	}
	if (!named || (act->flags & ACT_DATE_ONLY && act->verb != ACT_EAT))
		return 0;
	meal = MORE(reading, meal, LIFE_MEALS);
	if (meal == NULL)
		return TACIT_E_MEMORY;
	meal->time = act->time;
	meal->latitude = latitude;
	meal->longitude = longitude;
	/* A date stands at noon UTC: noon it was. */
	meal->zone = act->flags & ACT_DATE_ONLY ? 0 : zone_of(reading, act, latitude, longitude);
	meal->eaten = act->verb == ACT_EAT;
	return keep(reading, act->title, 60, &meal->name) != 0 ? TACIT_E_MEMORY :
	       keep(reading, act->words, 120, &meal->words);
}

static int take_plan(struct reading *reading, uint64_t event, const struct act *act)
{
	struct life_plan *plan = MORE(reading, plan, LIFE_PLANS);

	if (plan == NULL)
		return TACIT_E_MEMORY;
	plan->event = event;
	plan->start = act->time;
	plan->end = act->time + lasting(act);
	plan->whole_day = (act->flags & ACT_DATE_ONLY) != 0;
	located(act, &plan->latitude, &plan->longitude);
	plan->zone = zone_of(reading, act, plan->latitude, plan->longitude);
	return keep(reading, act->title, 90, &plan->title) != 0 ? TACIT_E_MEMORY :
	       keep(reading, act->place, 120, &plan->place);
}

static int take_steps(struct reading *reading, uint32_t source, const struct act *act)
{
	struct life_steps *steps;

	if (!is(act->domain, "health") || !is(act->title, "Steps") || act->value == ACT_NONE ||
	    act->value < 0 || act->value >> 20 > INT32_MAX)
		return 0;
	steps = MORE(reading, steps, LIFE_STEPS);
	if (steps == NULL)
		return TACIT_E_MEMORY;
	steps->start = act->time;
	steps->source = source;
	steps->end = act->time + lasting(act);
	steps->steps = (int32_t)(act->value >> 20);
	steps->zone = zone_of(reading, act, LIFE_NOWHERE, 0);
	steps->whole_day = (act->flags & ACT_DATE_ONLY) != 0;
	return 0;
}

static int take_news(struct reading *reading, uint64_t event, const struct act *act)
{
	struct life_reading *read;
	struct life_item *item;

	if (!is(act->domain, "news"))
		return 0;
	if (act->verb == ACT_RECEIVE) {
		item = MORE(reading, item, LIFE_ITEMS);
		if (item == NULL)
			return TACIT_E_MEMORY;
		item->event = event;
		item->time = act->time;
		return keep(reading, act->title, 200, &item->title) != 0 ||
		       keep(reading, act->creator, 60, &item->feed) != 0 ? TACIT_E_MEMORY :
		       keep(reading, act->words, 200, &item->words);
	}
	if (act->flags & ACT_NOT_CHOSEN)
		return 0;
	read = MORE(reading, reading, LIFE_READINGS);
	if (read == NULL)
		return TACIT_E_MEMORY;
	read->time = act->time;
	return keep(reading, act->title, 200, &read->title) != 0 ||
	       keep(reading, act->creator, 60, &read->creator) != 0 ? TACIT_E_MEMORY :
	       keep(reading, act->words, 200, &read->words);
}

static int take(void *context, uint64_t event, uint32_t source, const struct act *act)
{
	struct reading *reading = context;

	switch (act->verb) {
	case ACT_ARRIVE:
	case ACT_EAT:
		return is(act->domain, "places") ? take_arrival(reading, act) : 0;
	case ACT_PLAN:
		return take_plan(reading, event, act);
	case ACT_EXERCISE:
		return take_steps(reading, source, act);
	default:
		return take_news(reading, event, act);
	}
}

/* ---- stays ----------------------------------------------------------------------------- */

static int by_point(const void *a, const void *b)
{
	const struct point *l = a, *r = b;
	int order = (l->time > r->time) - (l->time < r->time);

	if (order == 0)
		order = (l->latitude > r->latitude) - (l->latitude < r->latitude);
	return order != 0 ? order : (l->longitude > r->longitude) - (l->longitude < r->longitude);
}

/* The points as columns, one of each time. */
static int columns(struct reading *reading, struct stays_track *track)
{
	int64_t *time = malloc((reading->points + 1) * sizeof(*time));
	int32_t *latitude = malloc((reading->points + 1) * sizeof(*latitude));
	int32_t *longitude = malloc((reading->points + 1) * sizeof(*longitude));
	size_t i, n = 0;

	*track = (struct stays_track){ 0, time, latitude, longitude };
	if (time == NULL || latitude == NULL || longitude == NULL)
		return error_memory(reading->error);
	if (reading->unsorted)
		qsort(reading->point, reading->points, sizeof(*reading->point), by_point);
	for (i = 0; i < reading->points; i++) {
		if (n > 0 && time[n - 1] == reading->point[i].time)
			continue;
		time[n] = reading->point[i].time;
		latitude[n] = reading->point[i].latitude;
		longitude[n++] = reading->point[i].longitude;
	}
	track->count = n;
	return 0;
}

static int compare_stays(const void *a, const void *b, void *text)
{
	const struct life_stay *l = a, *r = b;
	int order = (l->arrive > r->arrive) - (l->arrive < r->arrive);

	if (order == 0)
		order = (l->leave > r->leave) - (l->leave < r->leave);
	if (order == 0)
		order = memcmp(&l->latitude, &r->latitude, 2 * sizeof(int32_t));
	return order != 0 ? order : strcmp((char *)text + l->name, (char *)text + r->name);
}

/* What was found in the points stands; what a service said gives it a name, or fills what no point
 * tells of. */
static int join(struct reading *reading, const struct stay *found, size_t count)
{
	struct life *life = reading->life;
	struct life_stay *told = life->stay, *list;
	size_t told_count = life->count[LIFE_STAYS], n = 0, i, j = 0;

	list = malloc((count + told_count + 1) * sizeof(*list));
	if (list == NULL)
		return error_memory(reading->error);
	for (i = 0; i < count; i++)
		list[n++] = (struct life_stay){
			.arrive = found[i].arrive, .leave = found[i].leave,
			.latitude = found[i].latitude, .longitude = found[i].longitude,
			.zone = stay_zone(reading, found[i].arrive, found[i].latitude,
					  found[i].longitude),
			.sure = found[i].sure };
	for (i = 0; i < told_count; i++) {
		bool over = false;
		size_t k;

		/* Told ones are in order and found ones do not overlap: j only goes forward. */
		while (j < count && list[j].leave <= told[i].arrive)
			j++;
		for (k = j; k < count && list[k].arrive < told[i].leave; k++) {
			over = true;
			if (list[k].name == 0 && stays_metres(list[k].latitude, list[k].longitude,
							      told[i].latitude, told[i].longitude) <
			    NEAR_METRES)
				list[k].name = told[i].name;
		}
		if (!over && (n == count || list[n - 1].leave <= told[i].arrive))
			list[n++] = told[i];
	}
	free(told);
	life->stay = list;
	life->count[LIFE_STAYS] = n;
	return 0;
}

static int find_stays(struct reading *reading)
{
	struct life *life = reading->life;
	struct stays_track track = { 0, NULL, NULL, NULL };
	struct stay *found = NULL;
	size_t count = 0;
	int result = columns(reading, &track);

	free(reading->point);
	reading->point = NULL;
	life->points = track.count;
	if (result == 0 && track.count > 0)
		result = stays_find(&track, &stays_usual, &found, &count, reading->error);
	free((void *)(uintptr_t)track.time);
	free((void *)(uintptr_t)track.latitude);
	free((void *)(uintptr_t)track.longitude);
	if (life->count[LIFE_STAYS] > 1)
		qsort_r(life->stay, life->count[LIFE_STAYS], sizeof(*life->stay), compare_stays,
			life->text);
	if (result == 0)
		result = join(reading, found, count);
	free(found);
	return result;
}

/* ---- order ----------------------------------------------------------------------------- */

static int by_text(const char *text, uint32_t left, uint32_t right)
{
	return strcmp(text + left, text + right);
}

static int compare_plans(const void *a, const void *b, void *text)
{
	const struct life_plan *l = a, *r = b;
	int order = (l->start > r->start) - (l->start < r->start);

	if (order == 0)
		order = by_text(text, l->title, r->title);
	if (order == 0)
		order = by_text(text, l->place, r->place);
	return order != 0 ? order : (l->end > r->end) - (l->end < r->end);
}

static int compare_steps(const void *a, const void *b, void *text)
{
	const struct life_steps *l = a, *r = b;
	int order = (l->start > r->start) - (l->start < r->start);

	(void)text;
	if (order == 0)
		order = (l->end > r->end) - (l->end < r->end);
	return order != 0 ? order : (l->steps > r->steps) - (l->steps < r->steps);
}

static int compare_meals(const void *a, const void *b, void *text)
{
	const struct life_meal *l = a, *r = b;
	int order = (l->time > r->time) - (l->time < r->time);

	if (order == 0)
		order = by_text(text, l->name, r->name);
	return order != 0 ? order : by_text(text, l->words, r->words);
}

static int compare_items(const void *a, const void *b, void *text)
{
	const struct life_item *l = a, *r = b;
	int order = (l->time > r->time) - (l->time < r->time);

	if (order == 0)
		order = by_text(text, l->feed, r->feed);
	return order != 0 ? order : by_text(text, l->title, r->title);
}

static int compare_readings(const void *a, const void *b, void *text)
{
	const struct life_reading *l = a, *r = b;
	int order = (l->time > r->time) - (l->time < r->time);

	return order != 0 ? order : by_text(text, l->title, r->title);
}

static void order(struct life *life, void *array, int kind, size_t width,
		  int (*compare)(const void *, const void *, void *))
{
	int64_t first, last;

	if (life->count[kind] == 0)
		return;
	qsort_r(array, life->count[kind], width, compare, life->text);
	if (kind == LIFE_PLANS)		/* they may be years ahead */
		return;
	memcpy(&first, array, sizeof(first));
	memcpy(&last, (char *)array + (life->count[kind] - 1) * width, sizeof(last));
	if (life->first == 0 || first < life->first)
		life->first = first;
	if (life->last == 0 || last > life->last)
		life->last = last;
}

static int finish(struct reading *reading)
{
	struct life *life = reading->life;
	int result;

	life->text = (char *)reading->text.data;
	life->text_size = reading->text.size;
	reading->text = (struct bytes)BYTES_INIT;
	result = find_stays(reading);
	if (result != 0)
		return result;
	order(life, life->stay, LIFE_STAYS, sizeof(*life->stay), compare_stays);
	order(life, life->plan, LIFE_PLANS, sizeof(*life->plan), compare_plans);
	order(life, life->steps, LIFE_STEPS, sizeof(*life->steps), compare_steps);
	order(life, life->meal, LIFE_MEALS, sizeof(*life->meal), compare_meals);
	order(life, life->item, LIFE_ITEMS, sizeof(*life->item), compare_items);
	order(life, life->reading, LIFE_READINGS, sizeof(*life->reading), compare_readings);
	return 0;
}

int life_read(struct vault *vault, life_zone *zone, void *context, struct life *out,
	      struct error *error)
{
	struct life life;
	struct reading reading = { .life = &life, .error = error, .zone = zone,
				   .context = context, .text = BYTES_INIT };
	int result;

	memset(&life, 0, sizeof(life));
	result = bytes_append_byte(&reading.text, 0) != 0 ? error_memory(error) :
		 vault_walk_verbs(vault, ALL_VERBS, INT64_MIN, INT64_MAX, take, &reading, error);
	if (result == 0)
		result = finish(&reading);
	free(reading.point);
	bytes_free(&reading.text);
	if (result != 0)
		life_free(&life);
	else
		*out = life;
	return result;
}
