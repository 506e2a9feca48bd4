/* Places of grouped stays, words, keys and differences; see places.h. */
#include "places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "places/places_grid.h"
#include "places/places_group.h"
#include "places/places_sort.h"

#define KEY_CELL 5000			/* 1e-7 degrees */
#define KEY_METRES 200.0
#define WORD_REACH 1.5			/* of the rule's metres */
#define SAME_VISIT_MS (30 * 60000LL)	/* back within: the visit goes on */
#define MINUTE_MS 60000LL
#define MOST_LATITUDE 900000000
#define MOST_LONGITUDE 1800000000

const struct places_rule places_usual = { 100.0, 2, 4 * 3600000LL };

struct item {
	struct stay stay;
	int16_t zone;
};

static int compare_i64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_time(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	int order = compare_i64(a->stay.arrive, b->stay.arrive);

	if (order == 0)
		order = compare_i64(a->stay.leave, b->stay.leave);
	if (order == 0)
		order = compare_i64(a->stay.latitude, b->stay.latitude);
	if (order == 0)
		order = compare_i64(a->stay.longitude, b->stay.longitude);
	if (order == 0)
		order = (int)b->stay.sure - (int)a->stay.sure;
	return order != 0 ? order : (a->zone > b->zone) - (a->zone < b->zone);
}

static bool same_stay(const struct stay *a, const struct stay *b)
{
	return a->arrive == b->arrive && a->leave == b->leave && a->latitude == b->latitude &&
	       a->longitude == b->longitude;
}

static size_t take_stays(const struct places_input *input, struct item *item)
{
	size_t count = 0, i, kept = 0;

	for (i = 0; i < input->count; i++) {
		const struct stay *stay = &input->stay[i];

		if (stay->leave < stay->arrive || stay->latitude > MOST_LATITUDE ||
		    stay->latitude < -MOST_LATITUDE || stay->longitude > MOST_LONGITUDE ||
		    stay->longitude < -MOST_LONGITUDE)
			continue;
		item[count++] = (struct item){ *stay, input->zone != NULL ? input->zone[i] : 0 };
	}
	for (i = 1; i < count && by_time(&item[i - 1], &item[i]) <= 0;)
		i++;
	if (i < count)
		qsort(item, count, sizeof(*item), by_time);
	for (i = 0; i < count; i++)
		if (kept == 0 || !same_stay(&item[i].stay, &item[kept - 1].stay))
			item[kept++] = item[i];
	return kept;
}

uint64_t places_key(int32_t latitude, int32_t longitude)
{
	uint64_t row = (uint64_t)(((int64_t)latitude + MOST_LATITUDE) / KEY_CELL);

	return row << 32 | (uint64_t)(((int64_t)longitude + MOST_LONGITUDE) / KEY_CELL);
}

uint32_t places_nearest(const struct place *list, size_t count, int32_t latitude,
			int32_t longitude, double metres)
{
	double cosine = places_cosine(latitude), nearest = metres * metres;
	uint32_t found = VISIT_NOWHERE;
	size_t i;

	for (i = 0; i < count; i++) {
		double square = places_square(cosine, latitude, longitude, list[i].latitude,
					      list[i].longitude);

		if (square < nearest || (square == nearest && found == VISIT_NOWHERE)) {
			nearest = square;
			found = (uint32_t)i;
		}
	}
	return found;
}

uint32_t places_by_key(const struct place *list, size_t count, uint64_t key)
{
	int64_t latitude = (int64_t)(key >> 32) * KEY_CELL + KEY_CELL / 2 - MOST_LATITUDE;
	int64_t longitude = (int64_t)(key & UINT32_MAX) * KEY_CELL + KEY_CELL / 2 -
			    MOST_LONGITUDE;

	if (latitude > MOST_LATITUDE || longitude > MOST_LONGITUDE)
		return VISIT_NOWHERE;
	return places_nearest(list, count, (int32_t)latitude, (int32_t)longitude, KEY_METRES);
}

/* Sums of a place while its stays are read, about the first of them. */
struct sums {
	__int128 latitude, longitude;
	int64_t weight, day;
	int32_t base_latitude, base_longitude;
};

static void add_stay(struct place *place, struct sums *sums, const struct item *item)
{
	const struct stay *stay = &item->stay;
	int64_t weight = (stay->sure ? (stay->leave - stay->arrive) / MINUTE_MS : 0) + 1;
	int64_t day = visit_day(visit_local(stay->arrive, item->zone));

	if (sums->weight == 0) {
		sums->base_latitude = stay->latitude;
		sums->base_longitude = stay->longitude;
		place->first = stay->arrive;
	}
	sums->weight += weight;
	sums->latitude += (__int128)(stay->latitude - sums->base_latitude) * weight;
	sums->longitude += (__int128)places_wrap((int64_t)stay->longitude -
						 sums->base_longitude) * weight;
	place->visits += place->visits == 0 || stay->arrive > place->last + SAME_VISIT_MS;
	place->days += place->days == 0 || day != sums->day;
	sums->day = day;
	place->time += stay->leave - stay->arrive;
	place->sure += stay->sure ? stay->leave - stay->arrive : 0;
	if (sums->weight == weight || stay->leave > place->last)
		place->last = stay->leave;
}

static int set_radii(struct place *list, const struct places_point *point,
		     const struct item *item, size_t count)
{
	struct places_keyed *keyed = malloc((count + 1) * sizeof(*keyed));
	struct places_keyed *spare = malloc((count + 1) * sizeof(*spare)), *far;
	size_t i, end;

	if (keyed == NULL || spare == NULL) {
		free(keyed);
		free(spare);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < count; i++) {
		const struct place *place = &list[point[i].group];
		double metres = ceil(sqrt(places_square(places_cosine(place->latitude),
			place->latitude, place->longitude, item[i].stay.latitude,
			item[i].stay.longitude)));

		keyed[i].key = (uint64_t)point[i].group << 32 |
			       (metres < 1 ? 1 : (uint32_t)metres);
	}
	far = places_sort(keyed, spare, count);
	for (i = 0; i < count; i = end) {
		uint32_t group = (uint32_t)(far[i].key >> 32);

		for (end = i + 1; end < count && far[end].key >> 32 == group;)
			end++;
		list[group].radius = (uint32_t)far[i + (end - i) * 9 / 10 - (end - i >= 10)].key;
	}
	free(keyed);
	free(spare);
	return 0;
}

static int describe(struct place *list, size_t groups, const struct places_point *point,
		    const struct item *item, size_t count)
{
	struct sums *sums = calloc(groups + 1, sizeof(*sums));
	size_t i;

	if (sums == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < count; i++)
		add_stay(&list[point[i].group], &sums[point[i].group], &item[i]);
	for (i = 0; i < groups; i++) {
		double weight = (double)sums[i].weight;

		list[i].latitude = sums[i].base_latitude +
				   (int32_t)llround((double)sums[i].latitude / weight);
		list[i].longitude = places_wrap((int64_t)sums[i].base_longitude +
						llround((double)sums[i].longitude / weight));
		list[i].key = places_key(list[i].latitude, list[i].longitude);
	}
	free(sums);
	return set_radii(list, point, item, count);
}

static void take_word(struct place *place, const struct place_word *word)
{
	uint8_t bit = (uint8_t)(1U << word->kind);

	if (word->rejected) {
		place->rejected |= bit;
		if (!place->told || place->kind != word->kind)
			return;
		place->told = false;
		place->kind = PLACE_OTHER;
		place->from = 0;
		place->name[0] = 0;
		return;
	}
	place->rejected &= (uint8_t)~bit;
	place->told = true;
	place->kind = word->kind;
	place->from = word->from;
	memcpy(place->name, word->name, sizeof(place->name));
	place->name[sizeof(place->name) - 1] = 0;
}

/* "Not my work" goes to all groups about the spot, so that a place which a later run cuts in two
 * does not bring it back. */
static void hear(struct place *list, size_t *groups, const struct place_word *word, double metres)
{
	uint32_t nearest = places_nearest(list, *groups, word->latitude, word->longitude,
					  metres * WORD_REACH);
	double cosine = places_cosine(word->latitude);
	size_t i;

	if (word->latitude > MOST_LATITUDE || word->latitude < -MOST_LATITUDE ||
	    word->longitude > MOST_LONGITUDE || word->longitude < -MOST_LONGITUDE)
		return;
	for (i = 0; word->rejected && i < *groups; i++)
		if (i != nearest && places_square(cosine, word->latitude, word->longitude,
		    list[i].latitude, list[i].longitude) <= metres * metres)
			take_word(&list[i], word);
	if (nearest == VISIT_NOWHERE) {
		if (word->rejected)
			return;
		nearest = (uint32_t)(*groups)++;
		list[nearest] = (struct place){ .latitude = word->latitude,
			.longitude = word->longitude, .radius = 1,
			.key = places_key(word->latitude, word->longitude) };
	}
	take_word(&list[nearest], word);
}

/* Words in the order of `from`, equal ones as listed. */
static int hear_all(struct place *list, size_t *groups, const struct places_input *input,
		    double metres)
{
	size_t i, k, *order = malloc((input->words + 1) * sizeof(*order));

	if (order == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < input->words; i++) {
		for (k = i; k > 0 && input->word[order[k - 1]].from > input->word[i].from; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	for (i = 0; i < input->words; i++)
		hear(list, groups, &input->word[order[i]], metres);
	free(order);
	return 0;
}

struct rank {
	int64_t time;
	uint64_t key;
	uint32_t group;
};

static int by_rank(const void *x, const void *y)
{
	const struct rank *a = x, *b = y;

	if (a->time != b->time)
		return a->time < b->time ? 1 : -1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->group > b->group) - (a->group < b->group);
}

/* Which groups are places, in their order; index[group] is the place or VISIT_NOWHERE. */
static int choose(const struct place *list, size_t groups, const struct places_rule *rule,
		  struct places *out, uint32_t *index)
{
	struct rank *rank = malloc((groups + 1) * sizeof(*rank));
	size_t i, count = 0;

	out->list = malloc((groups + 1) * sizeof(*out->list));
	if (rank == NULL || out->list == NULL) {
		free(rank);
		return TACIT_E_MEMORY;
	}
	for (i = 0; i < groups; i++) {
		index[i] = VISIT_NOWHERE;
		if (list[i].visits >= rule->visits || list[i].time >= rule->time || list[i].told ||
		    list[i].rejected != 0)
			rank[count++] = (struct rank){ list[i].time, list[i].key, (uint32_t)i };
	}
	qsort(rank, count, sizeof(*rank), by_rank);
	for (i = 0; i < count; i++) {
		out->list[i] = list[rank[i].group];
		index[rank[i].group] = (uint32_t)i;
	}
	out->count = count;
	free(rank);
	return 0;
}

static int make_visits(const struct item *item, const struct places_point *point, size_t count,
		       const uint32_t *index, struct places *out)
{
	size_t i;

	out->visit = malloc((count + 1) * sizeof(*out->visit));
	if (out->visit == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < count; i++)
		out->visit[i] = (struct visit){ item[i].stay.arrive, item[i].stay.leave,
			index[point[i].group], item[i].zone, item[i].stay.sure };
	out->visits = count;
	return 0;
}

int places_find(const struct places_input *input, const struct places_rule *rule,
		struct places *out, struct error *error)
{
	struct item *item = malloc((input->count + 1) * sizeof(*item));
	struct places_point *point = malloc((input->count + 1) * sizeof(*point));
	struct place *list = NULL;
	uint32_t *index = NULL;
	struct places made = { 0 };
	size_t count, groups, i;
	int result = TACIT_E_MEMORY;

	if (item == NULL || point == NULL)
		goto out;
	count = take_stays(input, item);
	for (i = 0; i < count; i++)
		point[i] = (struct places_point){ item[i].stay.latitude,
						  item[i].stay.longitude, 0 };
	if (places_group(point, count, rule->metres, &groups) != 0)
		goto out;
	list = calloc(groups + input->words + 1, sizeof(*list));
	index = malloc((groups + input->words + 1) * sizeof(*index));
	if (list == NULL || index == NULL || describe(list, groups, point, item, count) != 0 ||
	    hear_all(list, &groups, input, rule->metres) != 0 ||
	    choose(list, groups, rule, &made, index) != 0 ||
	    make_visits(item, point, count, index, &made) != 0)
		goto out;
	*out = made;
	result = 0;
out:
	if (result != 0) {
		places_free(&made);
		error_memory(error);
	}
	free(item);
	free(point);
	free(list);
	free(index);
	return result;
}

void places_free(struct places *places)
{
	free(places->list);
	free(places->visit);
	*places = (struct places){ 0 };
}
