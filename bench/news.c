/*
 * How well news are ranked: two invented readers (tests/news_kit.h), and impressions of the MIND
 * data where they are there, against what is popular and what is new; and how fast.
 *
 *	build/bench/news [dev] [words feed surprise story risen taken recency]
 *
 * "dev" takes the readers and the impressions on which constants were chosen (the part between
 * 50 % and 70 % of all impressions, in time), else those kept for the report (the last 30 %).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../tests/news_kit.h"
#include "base/clock.h"
#include "base/hash.h"

#define FOLDER "../shared/data/mind-small-part/"
#define HALF_LIFE (12 * CLOCK_HOUR_MS)	/* of what others click */
#define MOST 300			/* candidates of an impression */

static struct news_weights weights;
static bool dev;

static void print_mean(const char *name, const struct kit_mean *mean)
{
	int k;

	printf("  %-11s", name);
	for (k = 0; k < 4; k++)
		printf("  %.4f (%.4f)", kit_mean_of(mean, k), kit_error_of(mean, k));
	printf("\n");
}

static void print_methods(const char *name, const struct kit_methods *methods)
{
	printf("%s: %.0f lists\n  %-11s  %-15s  %-15s  %-15s  %-15s\n", name,
	       methods->ours.count, "", "AUC", "MRR", "nDCG@5", "nDCG@10");
	print_mean("tacit", &methods->ours);
	print_mean("popularity", &methods->popular);
	print_mean("recency", &methods->newest);
	print_mean("- popular", &methods->over_popular);
	print_mean("- recency", &methods->over_newest);
}

/* The map learnt on the first half of a reader's evenings, against what came in the second. */
struct calibration {
	double count, expected, came, bin[10][3];
	int known;
};

static void calibrate(const struct news_past *past, size_t count, struct calibration *sum)
{
	struct news_map map;
	size_t i;

	if (news_learn(past, count / 2, &map, NULL) != 0)
		exit(1);
	if (map.count == 0)
		return;
	sum->known++;
	for (i = count / 2; i < count; i++) {
		double chance = (double)news_chance(&map, past[i].score) / FIXED_ONE;
		double *bin = sum->bin[(int)(chance * 9.999)];

		sum->count++;
		sum->expected += chance;
		sum->came += past[i].read;
		bin[0]++;
		bin[1] += chance;
		bin[2] += past[i].read;
	}
}

static void print_calibration(const struct calibration *sum)
{
	double error = 0;
	int b;

	for (b = 0; b < 10; b++)
		error += fabs(sum->bin[b][1] - sum->bin[b][2]) / sum->count;
	printf("  chances of %d readers, %.0f items: expected %.0f read, came %.0f, error in ten "
	       "bins %.4f\n", sum->known, sum->count, sum->expected, sum->came, error);
}

static void readers(void)
{
	static struct news_past past[2000];
	static const char *const names[] = { "topics", "stories" };
	struct kit_life *life = malloc(sizeof(*life));
	int generator, seed, from = dev ? 1 : 101;

	for (generator = 0; generator < 2; generator++) {
		struct kit_methods methods;

		struct calibration calibration;

		memset(&methods, 0, sizeof(methods));
		memset(&calibration, 0, sizeof(calibration));
		methods.past = past;
		methods.past_most = 2000;
		for (seed = from; seed < from + 20; seed++) {
			methods.past_count = 0;
			kit_live(life, generator, (uint64_t)seed, 40, 25, &weights, &methods);
			calibrate(past, methods.past_count, &calibration);
		}
		print_methods(names[generator], &methods);
		print_calibration(&calibration);
	}
	free(life);
}

/* ---- MIND ---- */

struct impression {
	int64_t time;
	char *line;			/* candidates, "N1-0 N2-1 ..." */
	size_t row;
};

struct article {
	uint64_t id;
	char *title, *words;
	int64_t first, when;		/* first seen; time of the counts */
	double taken, offered, clicks;
};

static struct article *articles;
static size_t article_count;
static uint32_t *slot;
#define SLOTS (1U << 18)

static struct article *article(const char *name, size_t size)
{
	uint64_t id = hash_bytes(name, size, 0);
	uint32_t at = (uint32_t)id & (SLOTS - 1);

	while (slot[at] != 0 && articles[slot[at] - 1].id != id)
		at = (at + 1) & (SLOTS - 1);
	if (slot[at] == 0) {
		if (article_count + 1 >= SLOTS / 2)
			exit(1);
		articles[article_count] = (struct article){ .id = id, .first = INT64_MAX };
		slot[at] = (uint32_t)++article_count;
	}
	return &articles[slot[at] - 1];
}

static void fade(struct article *a, int64_t now)
{
	double factor = exp2(-(double)(now - a->when) / (double)HALF_LIFE);

	a->taken *= factor;
	a->offered *= factor;
	a->when = now;
}

/* The tab-separated field `number` of a line, copied; NULL where it is not there. */
static char *field(const char *line, int number)
{
	while (number-- > 0 && line != NULL) {
		line = strchr(line, '\t');
		line = line != NULL ? line + 1 : NULL;
	}
	return line != NULL ? strndup(line, strcspn(line, "\t\n")) : NULL;
}

static void read_news(void)
{
	FILE *file = fopen(FOLDER "news.tsv", "r");
	char *line = NULL;
	size_t size = 0;

	while (file != NULL && getline(&line, &size, file) > 0) {
		struct article *a = article(line, strcspn(line, "\t\n"));
		char *category = field(line, 1), *sub = field(line, 2);
		size_t need = strlen(category) + strlen(sub) + 2;

		a->words = malloc(need);
		snprintf(a->words, need, "%s\n%s", category, sub);
		a->title = field(line, 3);
		free(category);
		free(sub);
	}
	free(line);
	if (file != NULL)
		fclose(file);
}

static int earlier(const void *a, const void *b)
{
	const struct impression *x = a, *y = b;

	return x->time != y->time ? (x->time > y->time) - (x->time < y->time) :
	       (x->row > y->row) - (x->row < y->row);
}

static size_t read_impressions(struct impression *out, size_t most)
{
	FILE *file = fopen(FOLDER "behaviors.tsv", "r");
	char *line = NULL;
	size_t size = 0, count = 0;

	while (file != NULL && count < most && getline(&line, &size, file) > 0) {
		char *when = field(line, 2), half;
		int month, day, year, hour, minute, second;

		if (sscanf(when, "%d/%d/%d %d:%d:%d %c", &month, &day, &year, &hour, &minute,
			   &second, &half) == 7) {
			hour = hour % 12 + (half == 'P' ? 12 : 0);
			out[count] = (struct impression){
				clock_days(year, month, day) * CLOCK_DAY_MS +
				((hour * 60 + minute) * 60 + second) * 1000LL,
				strdup(strchr(line, '\t')), count };
			count++;
		}
		free(when);
	}
	free(line);
	if (file != NULL)
		fclose(file);
	qsort(out, count, sizeof(*out), earlier);
	return count;
}

static size_t history_of(char *text, int64_t now, struct news_event *event, size_t most)
{
	size_t count = 0;
	char *at = text, *end;

	for (; *at != '\0' && count < most; at = end + (*end == ' ')) {
		const struct article *a;

		end = at + strcspn(at, " ");
		a = article(at, (size_t)(end - at));
		/* times are not told: the order is */
		event[count++] = (struct news_event){ .item = a->id, .time = now, .title = a->title,
			.words = a->words, .feed = NEWS_NO_FEED, .strength = FIXED_ONE };
	}
	return count;
}

static size_t candidates_of(char *text, int64_t now, struct article **list, bool *yes)
{
	size_t count = 0;
	char *at = text, *end;

	for (; *at != '\0' && count < MOST; at = end + (*end == ' ')) {
		end = at + strcspn(at, " ");
		list[count] = article(at, (size_t)(end - at) - 2);
		yes[count] = end[-1] == '1';
		fade(list[count++], now);
	}
	return count;
}

static void judge_impression(struct article **list, const bool *yes, size_t count,
			     const struct news_event *event, size_t events, int64_t now,
			     struct kit_methods *methods)
{
	struct kit_entry entry[3][MOST];
	struct news_item item[MOST];
	struct news_ranked ranked[MOST];
	struct news_input input = { .items = item, .count = count, .events = event,
				    .event_count = events, .weights = &weights, .now = now };
	struct kit_entry *each[3] = { entry[0], entry[1], entry[2] };
	size_t found, i;

	for (i = 0; i < count; i++) {
		const struct article *a = list[i];
		uint64_t tie = hash_mix(a->id ^ (uint64_t)now);

		item[i] = (struct news_item){ .id = i, .title = a->title, .words = a->words,
			.time = a->first < now ? a->first : now, .feed = NEWS_NO_FEED,
			.taken = (uint64_t)(a->taken * FIXED_ONE),
			.offered = (uint64_t)(a->offered * FIXED_ONE) };
		entry[0][i] = (struct kit_entry){ -1e30, tie, yes[i] };
		entry[1][i] = (struct kit_entry){ a->clicks, tie, yes[i] };
		entry[2][i] = (struct kit_entry){ (double)item[i].time, tie, yes[i] };
	}
	if (news_rank(&input, MOST, ranked, &found, NULL) != 0)
		exit(1);
	for (i = 0; i < found; i++)
		entry[0][ranked[i].item].score = (double)ranked[i].score;
	kit_three(each, count, methods);
}

static void mind(void)
{
	struct impression *list = malloc(sizeof(*list) * 10000);
	struct news_event *event = malloc(sizeof(*event) * 1000);
	struct kit_methods methods;
	size_t count, n, i;

	memset(&methods, 0, sizeof(methods));
	articles = malloc(sizeof(*articles) * SLOTS / 2);
	slot = calloc(SLOTS, sizeof(*slot));
	read_news();
	count = read_impressions(list, 10000);
	for (n = 0; n < count; n++) {
		struct article *candidate[MOST];
		bool yes[MOST];
		char *history = field(list[n].line, 3), *shown = field(list[n].line, 4);
		size_t events = history_of(history, list[n].time, event, 1000);
		size_t candidates = candidates_of(shown, list[n].time, candidate, yes);

		if (dev ? n >= count / 2 && n < count * 7 / 10 : n >= count * 7 / 10)
			judge_impression(candidate, yes, candidates, event, events, list[n].time,
					 &methods);
		for (i = 0; i < candidates; i++) {
			struct article *a = candidate[i];

			a->first = a->first < list[n].time ? a->first : list[n].time;
			a->offered++;
			a->taken += yes[i];
			a->clicks += yes[i];
		}
		free(history);
		free(shown);
	}
	if (count == 0)
		printf("MIND: not there, left out\n");
	else
		print_methods("MIND, by impression", &methods);
}

static void speed(void)
{
	struct kit_life *life = malloc(sizeof(*life));
	struct news_ranked *ranked = malloc(sizeof(*ranked) * KIT_ITEMS);
	struct news_input input = { .now = KIT_START + 150 * KIT_DAY };
	double best = 1e9;
	size_t found = 0, first;
	int day, run;

	kit_stories_begin(life, 9);
	for (day = 0; life->count < 9900; day++) {
		first = life->count;
		kit_stories_day(life, day);
		kit_read(life, first, KIT_START + day * KIT_DAY);
		for (; life->count > 1000 && first < life->count; first++)
			life->item[first].shown = false;	/* most can be shown */
	}
	while (life->count < 10000)
		kit_item(life, 0, KIT_START);
	input.items = life->item;
	input.count = life->count;
	input.events = life->event;
	input.event_count = life->events;
	for (run = 0; run < 100; run++) {
		double began = clock_seconds(), took;

		if (news_rank(&input, 50, ranked, &found, NULL) != 0)
			exit(1);
		took = clock_seconds() - began;
		best = took < best ? took : best;
	}
	printf("%zu items, %zu events: %.1f ms\n", life->count, life->events, best * 1e3);
	free(life);
	free(ranked);
}

int main(int argc, char **argv)
{
	int32_t *each[] = { &weights.words, &weights.feed, &weights.surprise, &weights.story,
			    &weights.risen, &weights.taken, &weights.recency };
	int at = 1, k;

	weights = news_usual;
	if (argc > 1 && strcmp(argv[1], "dev") == 0) {
		dev = true;
		at++;
	}
	for (k = 0; k < 7 && at < argc; k++, at++)
		*each[k] = (int32_t)(strtod(argv[at], NULL) * FIXED_ONE);
	readers();
	mind();
	speed();
	return 0;
}
