/*
 * What a service learns that wants to know one thing: whether film x is in a person's history. It
 * knows the public pack and the histories of other people, but not this one. It sends 30 distinct
 * asks of 100 candidates, of which 10 come back, made so that x moves the answers most: half of
 * each list are the films that x lifts most in the model, half are films that it does not lift
 * and that are otherwise as likely. Two worlds are played for each person and x (one of the NEWEST
 * things, 20 unless said, and one rated 3 or better where there is one): the history as it is, and
 * the history that never had x.
 *
 *	build/bench/attack PACK ML-LATEST-SMALL-FOLDER [PEOPLE [NEWEST]]
 *
 * Where not all asks are answered, the attacker sends those first that should tell most. From the
 * answers it computes these numbers and may use the best of them:
 *	lift	how much x lifts what came back, summed; in order, weighted by the place
 *	first	the likelihood ratio of the best of the list, under the two worlds of 96 other
 *		people (at subset: of the set, by the mechanism's own formula)
 *	each	the same for each candidate, being among the first 10 or not, as if independent
 *	fisher	Fisher's linear discriminant between the same two worlds of the same people, over
 *		the places in order, over the bests at subset
 *	kinds	how many reasons are of the kind "had" (reasons only)
 * The area under the ROC curve (AUC) is the chance that the number is larger in the world with x
 * than in the world without, over different people; 0.5 is a coin. Its standard error is a
 * jackknife over 20 groups of people. The best of several numbers is slightly too high by
 * chance, which is on the careful side.
 *
 * The pack was learnt from these very people, so that the model knows them better than it will
 * know others. Asks are answered by the product's own code: fold, scores and subsets.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/subset.h"
#include "base/file.h"
#include "base/random.h"
#include "taste/fold.h"
#include "terms/budget.h"

#define ASKS 30
#define LIST 100
#define SIZE 10
#define POOL 300		/* films of one x's lists: POOL / 2 lifted, as many not */
#define OTHERS 96
#define EACH_PERSON 2
#define RIDGE 0.3
#define DRAWS 4			/* answers drawn for each subset */
#define GROUPS 20

struct person {
	struct fold_entry *entry;	/* newest first */
	int64_t *time;
	uint32_t count, room;
};

static struct pack *pack;
static struct fold_decay decay;
static struct person *people;
static uint32_t person_count;
static double *usual;			/* [items] score for people on average */
static uint32_t newest = 20;	/* x is among so many */
static struct random seeded = { 20261122 };

static void die(const char *what)
{
	fprintf(stderr, "attack: %s\n", what);
	exit(1);
}

static void *need(void *memory)
{
	if (memory == NULL)
		die("out of memory");
	return memory;
}

/* ---- the data ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp(pack_id(pack, *(const uint32_t *)a), pack_id(pack, *(const uint32_t *)b));
}

/* The title of a row "id,title,genres" in place, without its quotes. */
static char *title_of(char *row, char *end)
{
	char *title = strchr(row, ',') + 1, *from, *to;

	while (*end != ',')
		end--;
	*end = 0;
	if (*title != '"')
		return title;
	end[-1] = 0;
	for (from = to = ++title; *from != 0; from++) {
		from += from[0] == '"' && from[1] == '"';
		*to++ = *from;
	}
	*to = 0;
	return title;
}

/* item[movie] for the films of the pack, FOLD_NO_ITEM elsewhere. */
static uint32_t *read_films(const char *folder, uint32_t most)
{
	uint32_t *item = need(malloc(most * sizeof(*item))), i;
	uint32_t *sorted = need(malloc(pack->items * sizeof(*sorted)));
	struct bytes text = BYTES_INIT;
	struct error error;
	char path[512], *row, *next;

	snprintf(path, sizeof(path), "%s/movies.csv", folder);
	if (file_read(path, 64 << 20, &text, &error) != 0)
		die(error.message);
	for (i = 0; i < most; i++)
		item[i] = FOLD_NO_ITEM;
	for (i = 0; i < pack->items; i++)
		sorted[i] = i;
	qsort(sorted, pack->items, sizeof(*sorted), by_id);
	for (row = strchr((char *)text.data, '\n'); row != NULL && row[1] != 0; row = next) {
		uint64_t movie = strtoull(++row, NULL, 10);
		uint32_t low = 0, high = pack->items;
		char *title;

		next = strchr(row, '\n');
		if (next == NULL)
			break;
		title = title_of(row, next - 1);
		while (low < high) {
			uint32_t middle = low + (high - low) / 2;

			if (strcmp(pack_id(pack, sorted[middle]), title) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		if (movie < most && low < pack->items &&
		    strcmp(pack_id(pack, sorted[low]), title) == 0)
			item[movie] = sorted[low];
	}
	bytes_free(&text);
	free(sorted);
	return item;
}

struct rating {
	int64_t time;
	uint32_t person, row;
	struct fold_entry entry;
};

/* The newest first; of the same second, the later row. */
static int by_time(const void *a, const void *b)
{
	const struct rating *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->row > y->row ? -1 : x->row < y->row;
}

static void read_people(const char *folder)
{
	const uint32_t most = 200000;
	uint32_t *item = read_films(folder, most), count = 0, i;
	struct rating *rating = need(malloc(sizeof(*rating) * 200000));
	struct fold_entry *entry = need(malloc(sizeof(*entry) * 200000));
	struct bytes text = BYTES_INIT;
	struct error error;
	char path[512], *at;

	snprintf(path, sizeof(path), "%s/ratings.csv", folder);
	if (file_read(path, 64 << 20, &text, &error) != 0)
		die(error.message);
	for (at = strchr((char *)text.data, '\n'); at != NULL && at[1] != 0 && count < 200000;
	     at = strchr(at, '\n')) {
		uint32_t person = (uint32_t)strtoull(at + 1, &at, 10);
		uint64_t movie = strtoull(at + 1, &at, 10);
		double stars = strtod(at + 1, &at);
		int64_t time = (int64_t)strtoull(at + 1, &at, 10);
		int32_t strength = stars >= 3 ? FIXED_ONE : stars >= 2 ? FIXED_ONE / 2
								       : FIXED_ONE / 4;

		if (movie < most && item[movie] != FOLD_NO_ITEM) {
			rating[count] = (struct rating){ time, person, count,
				{ item[movie], strength, 0, NULL } };
			count++;
		}
	}
	qsort(rating, count, sizeof(*rating), by_time);
	people = need(calloc(count + 1, sizeof(*people)));
	for (i = 0; i < count; i++) {
		if (i == 0 || rating[i].person != rating[i - 1].person)
			people[person_count++].entry = entry + i;
		entry[i] = rating[i].entry;
		people[person_count - 1].count++;
	}
	free(rating);
	free(item);
	bytes_free(&text);
}

/* ---- scores ---- */

static double score(const int64_t *h, uint32_t bucket, uint32_t item)
{
	return (double)(fold_dot(pack, h, item) + fold_length(pack, bucket, item)) * 0x1p-62;
}

/* The average person's score of every film. */
static void make_usual(void)
{
	int64_t h[LIMIT_DIM];
	uint32_t p, i;

	usual = need(calloc(pack->items, sizeof(*usual)));
	for (p = 0; p < person_count; p += 7) {
		uint32_t bucket = fold_bucket(pack, people[p].count);

		fold_state(pack, &decay, people[p].entry, people[p].count, UINT32_MAX, h);
		for (i = 0; i < pack->items; i++)
			usual[i] += score(h, bucket, i) / ((person_count + 6) / 7);
	}
}

/* ---- the attacker's lists ---- */

struct plan {
	uint32_t x;
	uint32_t pool[POOL];		/* the lifted ones first */
	double lift[POOL];
	uint32_t list[ASKS][LIST];	/* into pool */
	const char *id[ASKS][LIST];
	uint32_t told[ASKS];		/* the asks, the one that should tell most first */
	double first[2][ASKS][LIST];	/* how often it is the best, without x and with */
	double among[2][ASKS][LIST];	/* how often it is among the first SIZE */
	/* what each of the others would tell of each film of the pool, over all asks: */
	double sample[2][2 * OTHERS][POOL];	/* being the best; the place */
	double weight[2][POOL];		/* Fisher's direction for each of the two */
};

static double *sort_by;

static int by_value(const void *a, const void *b)
{
	double x = sort_by[*(const uint32_t *)a], y = sort_by[*(const uint32_t *)b];

	return x > y ? -1 : x < y;
}

static void shuffle(uint32_t *out, uint32_t count)
{
	uint32_t i;

	for (i = count - 1; i > 0; i--) {
		uint32_t with = random_below(&seeded, i + 1), kept = out[i];

		out[i] = out[with];
		out[with] = kept;
	}
}

static void make_pool(struct plan *plan)
{
	static double *lift;
	static uint32_t *order;
	struct fold_entry entry = { plan->x, FIXED_ONE, 0, NULL };
	int64_t h[LIMIT_DIM] = { 0 };
	uint32_t i, k, r;

	if (lift == NULL) {
		lift = need(malloc(pack->items * sizeof(*lift)));
		order = need(malloc(pack->items * sizeof(*order)));
	}
	for (r = 0; r < newest; r++)
		fold_add(pack, &decay, &entry, r, h);
	for (i = 0; i < pack->items; i++) {
		lift[i] = (double)fold_dot(pack, h, i) * 0x1p-62 / newest;
		order[i] = i;
	}
	sort_by = lift;
	qsort(order, pack->items, sizeof(*order), by_value);
	for (i = 0; i < POOL / 2; i++) {
		uint32_t from = pack->items / 2 + i, best = from;

		/* of the half that is lifted least, the one that is otherwise as likely */
		for (k = from; k < pack->items; k++)
			if (fabs(usual[order[k]] - usual[order[i]]) <
			    fabs(usual[order[best]] - usual[order[i]]))
				best = k;
		plan->pool[i] = order[i];
		plan->pool[POOL / 2 + i] = order[best];
		order[best] = order[from];	/* what is before `from` is taken */
	}
	for (i = 0; i < POOL; i++)
		plan->lift[i] = lift[plan->pool[i]];
}

static void make_lists(struct plan *plan)
{
	uint32_t half[POOL / 2], a, i;

	make_pool(plan);
	for (i = 0; i < POOL / 2; i++)
		half[i] = i;
	for (a = 0; a < ASKS; a++) {
		shuffle(half, POOL / 2);
		for (i = 0; i < LIST; i++)
			plan->list[a][i] = half[i] + (i < LIST / 2 ? 0 : POOL / 2);
		for (i = 0; i < LIST; i++)
			plan->id[a][i] = pack_id(pack, plan->pool[plan->list[a][i]]);
	}
}

/* The first SIZE of each list, best first, under this state. */
static void play(const struct plan *plan, const int64_t *h, uint32_t bucket,
		 uint32_t first[ASKS][SIZE])
{
	double value[POOL];
	uint32_t a, i, k;

	for (i = 0; i < POOL; i++)
		value[i] = score(h, bucket, plan->pool[i]);
	for (a = 0; a < ASKS; a++) {
		uint32_t count = 0;

		for (i = 0; i < LIST; i++) {
			double mine = value[plan->list[a][i]];

			if (count == SIZE && mine <= value[plan->list[a][first[a][SIZE - 1]]])
				continue;
			k = count < SIZE ? count++ : SIZE - 1;
			for (; k > 0 && value[plan->list[a][first[a][k - 1]]] < mine; k--)
				first[a][k] = first[a][k - 1];
			first[a][k] = i;
		}
	}
}

/* (S + ridge) v, S being the covariance of centred samples. */
static void multiply(double sample[2 * OTHERS][POOL], double ridge, const double *v, double *out)
{
	uint32_t s, i;

	for (i = 0; i < POOL; i++)
		out[i] = ridge * v[i];
	for (s = 0; s < 2 * OTHERS; s++) {
		double dot = 0;

		for (i = 0; i < POOL; i++)
			dot += sample[s][i] * v[i];
		for (i = 0; i < POOL; i++)
			out[i] += dot / (2 * OTHERS) * sample[s][i];
	}
}

static double dot_of(const double *a, const double *b)
{
	double sum = 0;
	uint32_t i;

	for (i = 0; i < POOL; i++)
		sum += a[i] * b[i];
	return sum;
}

/* Fisher's linear discriminant between the worlds (the second half of the samples has x), by
 * conjugate gradients: how people differ anyhow is weighed down. Centres the samples. */
static void discriminate(double sample[2 * OTHERS][POOL], double *weight)
{
	double mean[2][POOL] = { { 0 } }, rest[POOL], step[POOL], image[POOL];
	double ridge = 0, size, next;
	uint32_t s, i, round;

	for (s = 0; s < 2 * OTHERS; s++)
		for (i = 0; i < POOL; i++)
			mean[s / OTHERS][i] += sample[s][i] / OTHERS;
	for (s = 0; s < 2 * OTHERS; s++)
		for (i = 0; i < POOL; i++) {
			sample[s][i] -= mean[s / OTHERS][i];
			ridge += sample[s][i] * sample[s][i] / (2 * OTHERS) / POOL * RIDGE;
		}
	for (i = 0; i < POOL; i++) {
		weight[i] = 0;
		step[i] = rest[i] = mean[1][i] - mean[0][i];
	}
	size = dot_of(rest, rest);
	for (round = 0; round < 40 && size > 1e-18; round++) {
		double length;

		multiply(sample, ridge, step, image);
		length = size / dot_of(step, image);
		for (i = 0; i < POOL; i++) {
			weight[i] += length * step[i];
			rest[i] -= length * image[i];
		}
		next = dot_of(rest, rest);
		for (i = 0; i < POOL; i++)
			step[i] = rest[i] + next / size * step[i];
		size = next;
	}
}

/* By how far the two worlds of the others differ in the best of the list. */
static void rate_asks(struct plan *plan)
{
	static double apart[ASKS];
	uint32_t a, i;

	for (a = 0; a < ASKS; a++) {
		plan->told[a] = a;
		apart[a] = 0;
		for (i = 0; i < LIST; i++)
			apart[a] += fabs(plan->first[1][a][i] - plan->first[0][a][i]);
	}
	sort_by = apart;
	qsort(plan->told, ASKS, sizeof(plan->told[0]), by_value);
}

/* How 96 other people would answer, had they had x among their newest or not. */
static void learn(struct plan *plan, uint32_t victim)
{
	static struct fold_entry entry[8192];
	uint32_t first[ASKS][SIZE], o, world, a, k, i;
	int64_t h[LIMIT_DIM];

	memset(plan->first, 0, sizeof(plan->first));
	memset(plan->among, 0, sizeof(plan->among));
	memset(plan->sample, 0, sizeof(plan->sample));
	for (o = 1; o <= OTHERS; o++) {
		const struct person *other = &people[(victim + o * 7) % person_count];
		uint32_t place = random_below(&seeded, newest);

		for (world = 0; world < 2; world++) {
			uint32_t count = 0;

			for (i = 0; i < other->count && count < 8190; i++) {
				if (world == 1 && count == place)
					entry[count++] = (struct fold_entry){ plan->x, FIXED_ONE, 0,
									      NULL };
				if (other->entry[i].item != plan->x)
					entry[count++] = other->entry[i];
			}
			fold_state(pack, &decay, entry, count, UINT32_MAX, h);
			play(plan, h, fold_bucket(pack, count), first);
			for (a = 0; a < ASKS; a++)
				for (k = 0; k < SIZE; k++) {
					uint32_t s = world * OTHERS + o - 1;
					uint32_t film = plan->list[a][first[a][k]];

					plan->first[world][a][first[a][k]] += k == 0;
					plan->among[world][a][first[a][k]] += 1;
					plan->sample[0][s][film] += k == 0;
					plan->sample[1][s][film] += 1 / log2(k + 2);
				}
		}
	}
	for (world = 0; world < 2; world++)
		for (a = 0; a < ASKS; a++)
			for (i = 0; i < LIST; i++) {
				plan->first[world][a][i] = (plan->first[world][a][i] + 0.05) /
							   (OTHERS + 0.05 * LIST);
				plan->among[world][a][i] = (plan->among[world][a][i] + 0.5) /
							   (OTHERS + 0.5 * LIST / SIZE);
			}
	rate_asks(plan);
	discriminate(plan->sample[0], plan->weight[0]);
	discriminate(plan->sample[1], plan->weight[1]);
}

/* ---- what came back, and the attacker's numbers ---- */

enum { LIFT, FIRST, EACH, FISHER, KINDS, NUMBERS };
static const char *const number_name[NUMBERS] = { "lift", "first", "each", "fisher", "kinds" };

static double each(const struct plan *plan, uint32_t a, const uint32_t *back)
{
	double sum = 0;
	uint32_t i, k;

	for (i = 0; i < LIST; i++)
		sum += log((1 - plan->among[1][a][i]) / (1 - plan->among[0][a][i]));
	for (k = 0; k < SIZE; k++) {
		double p = plan->among[1][a][back[k]], q = plan->among[0][a][back[k]];

		sum += log(p / q) - log((1 - p) / (1 - q));
	}
	return sum;
}

/* Adds what one answer says. `epsilon` below 0: the order. */
static void weigh(const struct plan *plan, uint32_t a, const uint32_t *back, double epsilon,
		  double number[NUMBERS])
{
	double mean = 0, in[2] = { 0 };
	uint32_t i, k;

	for (i = 0; i < LIST; i++)
		mean += plan->lift[plan->list[a][i]] / LIST;
	for (k = 0; k < SIZE; k++) {
		uint32_t film = plan->list[a][back[k]];

		number[LIFT] += (plan->lift[film] - mean) / (epsilon < 0 ? log2(k + 2) : 1);
		number[FISHER] += epsilon < 0 ? plan->weight[1][film] / log2(k + 2)
					      : plan->weight[0][film];
		in[0] += plan->first[0][a][back[k]];
		in[1] += plan->first[1][a][back[k]];
	}
	number[EACH] += each(plan, a, back);
	if (epsilon < 0)
		number[FIRST] += log(plan->first[1][a][back[0]] / plan->first[0][a][back[0]]);
	else
		number[FIRST] += log1p((exp(epsilon) - 1) * in[1]) -
				 log1p((exp(epsilon) - 1) * in[0]);
}

/* Whether the largest cause of an item is a thing that was had, and not that many take it. */
static bool kind_is_had(const struct person *person, uint32_t skip, uint32_t bucket, uint32_t item)
{
	fixed_wide popular = fold_length(pack, bucket, item);
	uint32_t i;

	for (i = 0; i < person->count; i++) {
		int64_t h[LIMIT_DIM] = { 0 };

		if (i == skip)
			continue;
		fold_add(pack, &decay, &person->entry[i], skip < i ? i - 1 : i, h);
		if (fold_dot(pack, h, item) > popular)
			return true;
	}
	return false;
}

static int bytes_from(void *context, void *out, size_t size)
{
	uint8_t *at = out;

	for (; size >= 8; size -= 8, at += 8) {
		uint64_t value = random_u64(context);

		memcpy(at, &value, 8);
	}
	return 0;
}

static void draw(const struct plan *plan, uint32_t a, uint32_t best, double epsilon,
		 uint32_t back[SIZE])
{
	struct subset_ask ask = { plan->id[a], LIST, best, SIZE,
				  (uint64_t)(epsilon * BUDGET_ONE) };
	struct error error;

	if (subset_choose(&ask, bytes_from, &seeded, back, &error) != 0)
		die(error.message);
}

/* ---- the table ---- */

struct way {
	const char *name;
	uint32_t asks;			/* answered; the rest are refused */
	double epsilon;			/* of each answer; below 0: order, below -1: reasons */
	double *number[2][NUMBERS];	/* [samples] without x, with x */
};

static struct way ways[] = {
	{ "subset, budget 1: 1 answer at 1", 1, 1, { { NULL } } },
	{ "subset, budget 1: 10 answers at 0.1", 10, 0.1, { { NULL } } },
	{ "subset, budget 1: 30 answers at 1/30", 30, 1.0 / 30, { { NULL } } },
	{ "subset, 0.1 for each answer (3 in all)", 30, 0.1, { { NULL } } },
	{ "subset, 1 for each answer (30 in all)", 30, 1, { { NULL } } },
	{ "subset, 3 for each answer (90 in all)", 30, 3, { { NULL } } },
	{ "subset, 5 for each answer (150 in all)", 30, 5, { { NULL } } },
	{ "order", 30, -1, { { NULL } } },
	{ "reasons: order, kinds of causes only", 30, -2, { { NULL } } },
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static uint64_t kinds_had, kinds_all;

/* Both worlds of one person and x, in all ways; sample numbers from `at` on. */
static void attack(const struct plan *plan, const struct person *person, uint32_t skip,
		   uint32_t at)
{
	uint32_t world, d, a, i, k, first[ASKS][SIZE], back[SIZE];
	int64_t h[LIMIT_DIM];
	size_t w;

	for (world = 0; world < 2; world++) {
		uint32_t left_out = world == 0 ? skip : UINT32_MAX;
		uint32_t bucket = fold_bucket(pack, person->count - (world == 0));
		double had = 0;

		fold_state(pack, &decay, person->entry, person->count, left_out, h);
		play(plan, h, bucket, first);
		for (a = 0; a < ASKS; a++)
			for (k = 0; k < SIZE; k++)
				had += kind_is_had(person, left_out, bucket,
						   plan->pool[plan->list[a][first[a][k]]]);
		kinds_had += (uint64_t)had;
		kinds_all += ASKS * SIZE;
		for (w = 0; w < WAYS; w++)
			for (d = 0; d < DRAWS; d++) {
				double number[NUMBERS] = { 0 };

				for (i = 0; i < ways[w].asks; i++) {
					a = plan->told[i];
					if (ways[w].epsilon > 0)
						draw(plan, a, first[a][0], ways[w].epsilon, back);
					weigh(plan, a, ways[w].epsilon > 0 ? back : first[a],
					      ways[w].epsilon, number);
				}
				number[KINDS] = ways[w].epsilon < -1 ? had : 0;
				for (k = 0; k < NUMBERS; k++)
					ways[w].number[world][k][at + d] = number[k];
			}
	}
}

struct mark {
	double value;
	uint32_t world;
};

static int by_mark(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value;
}

/* The area under the curve over the samples outside group `without` (GROUPS: all). */
static double area(double *const number[2], uint32_t samples, uint32_t without)
{
	struct mark *mark = need(malloc(2 * samples * sizeof(*mark)));
	uint32_t count = 0, each_world = 0, i, k, s, world;
	double below = 0, sum = 0;

	for (s = 0; s < samples; s++) {
		if (s / (DRAWS * EACH_PERSON) % GROUPS == without)
			continue;
		each_world++;
		for (world = 0; world < 2; world++)
			mark[count++] = (struct mark){ number[world][s], world };
	}
	qsort(mark, count, sizeof(*mark), by_mark);
	for (i = 0; i < count; i = k) {
		double worlds[2] = { 0 };

		for (k = i; k < count && mark[k].value == mark[i].value; k++)
			worlds[mark[k].world] += 1;
		sum += worlds[1] * (below + worlds[0] / 2);
		below += worlds[0];
	}
	free(mark);
	return sum / each_world / each_world;
}

static void print_way(struct way *way, uint32_t samples)
{
	double best = 0, error = 0, mean = 0, part[GROUPS];
	int number = 0, k;
	uint32_t g;

	for (k = 0; k < (way->epsilon < -1 ? NUMBERS : KINDS); k++) {
		double *both[2] = { way->number[0][k], way->number[1][k] };
		double found = area(both, samples, GROUPS);

		if (found > best) {
			best = found;
			number = k;
		}
	}
	for (g = 0; g < GROUPS; g++) {
		double *both[2] = { way->number[0][number], way->number[1][number] };

		part[g] = area(both, samples, g);
		mean += part[g] / GROUPS;
	}
	for (g = 0; g < GROUPS; g++)
		error += (part[g] - mean) * (part[g] - mean);
	printf("%-42s %6.3f %8.3f   %s\n", way->name, best,
	       sqrt(error * (GROUPS - 1) / GROUPS), number_name[number]);
}

/* ---- averaging ---- */

struct averaging {
	uint32_t asked, one, thirty, fresh;
};

/* The member that came back most often; of as many, the one that is the best of most others. */
static uint32_t guess(const struct plan *plan, const uint32_t *times)
{
	uint32_t best = 0, i;

	for (i = 1; i < LIST; i++)
		if (times[i] > times[best] || (times[i] == times[best] &&
					       plan->first[0][0][i] > plan->first[0][0][best]))
			best = i;
	return best;
}

/* The same ask 30 times, its list in another order each time, answered as it is stored: by key. */
static void average(const struct plan *plan, uint32_t best, struct averaging *out)
{
	uint32_t times[3][LIST] = { { 0 } }, order[LIST], back[SIZE], stored[SIZE], a, i, k;
	uint8_t key[32], first_key[32];
	const char *id[LIST];
	struct subset_ask ask = { id, LIST, 0, SIZE, BUDGET_ONE };
	struct error error;

	for (i = 0; i < LIST; i++)
		order[i] = i;
	draw(plan, 0, best, 1, stored);
	for (a = 0; a < ASKS; a++) {
		shuffle(order, LIST);
		for (i = 0; i < LIST; i++)
			id[i] = plan->id[0][order[i]];
		if (subset_key("https://a.example", 1, "films", &ask, key, &error) != 0)
			die(error.message);
		if (a == 0)
			memcpy(first_key, key, sizeof(key));
		draw(plan, 0, best, 1, back);
		for (k = 0; k < SIZE; k++) {
			bool known = memcmp(first_key, key, sizeof(key)) == 0;

			times[0][stored[k]] += a == 0;
			times[1][known ? stored[k] : back[k]]++;
			times[2][back[k]]++;
		}
	}
	out->asked++;
	out->one += guess(plan, times[0]) == best;
	out->thirty += guess(plan, times[1]) == best;
	out->fresh += guess(plan, times[2]) == best;
}

int main(int argc, char **argv)
{
	static struct plan plan;
	struct averaging averaging = { 0 };
	uint32_t p, i, samples = 0, most, first[ASKS][SIZE];
	struct error error;
	int64_t h[LIMIT_DIM];
	size_t w;

	if (argc < 3 || pack_open(argv[1], &pack, &error) != 0)
		die(argc < 3 ? "usage: attack PACK FOLDER [PEOPLE [NEWEST]]" : error.message);
	fold_decay_make(pack, &decay);
	read_people(argv[2]);
	make_usual();
	most = argc > 3 ? (uint32_t)strtoull(argv[3], NULL, 10) : person_count;
	most = most > person_count ? person_count : most;
	newest = argc > 4 ? (uint32_t)strtoull(argv[4], NULL, 10) : newest;
	if (newest < 1 || newest > 20)
		die("NEWEST is 1 to 20");
	for (w = 0; w < WAYS; w++)
		for (i = 0; i < 2 * NUMBERS; i++)
			ways[w].number[i % 2][i / 2] = need(malloc(sizeof(double) * EACH_PERSON *
								   DRAWS * (most + 1)));
	for (p = 0; p < most; p++)
		for (i = 0; i < EACH_PERSON; i++) {
			const struct person *person = &people[p];
			uint32_t x = random_below(&seeded, newest);

			while (x + 1 < newest && person->entry[x].strength < FIXED_ONE)
				x++;
			plan.x = person->entry[x].item;
			make_lists(&plan);
			learn(&plan, p);
			attack(&plan, person, x, samples);
			samples += DRAWS;
			fold_state(pack, &decay, person->entry, person->count, UINT32_MAX, h);
			play(&plan, h, fold_bucket(pack, person->count), first);
			average(&plan, first[0][0], &averaging);
		}
	printf("%u people, %u pairs of person and film, %d asks of %d, %d come back\n\n", most,
	       samples / DRAWS, ASKS, LIST, SIZE);
	printf("%-42s %6s %8s   %s\n", "notch", "AUC", "s.e.", "by");
	printf("%-42s %6.3f %8.3f   %s\n", "off, silent: nothing leaves", 0.5, 0.0, "-");
	for (w = 0; w < WAYS; w++)
		print_way(&ways[w], samples);
	printf("\nkinds: %.2f in 100 largest causes are a thing that was had\n",
	       100.0 * (double)kinds_had / (double)kinds_all);
	printf("the best of a list, guessed from subsets at epsilon 1, in 100:\n"
	       "one ask %.1f, the same 30 times %.1f, were the answers fresh %.1f\n",
	       100.0 * averaging.one / averaging.asked,
	       100.0 * averaging.thirty / averaging.asked,
	       100.0 * averaging.fresh / averaging.asked);
	pack_close(pack);
	return 0;
}
