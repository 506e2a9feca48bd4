/*
 * Two invented readers, built differently, and the figures by which a ranking is judged. The truth
 * (who likes what) stays here; a ranking sees items and what was read.
 *
 *	topics:   each item is of a topic, which gives its words; feeds mix topics; the reader likes
 *		  topics and feeds more or less, and the item's own appeal, which a crowd feels too
 *	stories:  each story is about one to three names and is told by one to eight feeds in words
 *		  of their own; the reader follows names (some change), likes what many tell, and
 *		  reads nearly all of three quiet feeds
 */
#ifndef TACIT_TESTS_NEWS_KIT_H
#define TACIT_TESTS_NEWS_KIT_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "base/random.h"
#include "now/news.h"

#define KIT_DAY 86400000LL
#define KIT_START 1600000000000LL
#define KIT_FEEDS 24
#define KIT_ITEMS 20000
#define KIT_EVENTS 20000

struct kit_life {
	struct random random;
	size_t count, events;
	uint32_t stories;
	struct news_item item[KIT_ITEMS];
	struct news_event event[KIT_EVENTS];
	char title[KIT_ITEMS][128], words[KIT_ITEMS][40];
	uint32_t story[KIT_ITEMS];
	double wanted[KIT_ITEMS];	/* chance that the story is read */
	double crowd[KIT_ITEMS];	/* clicks of others */
	/* the truth */
	double topic[12], feed[KIT_FEEDS], mix[KIT_FEEDS][12], rate[KIT_FEEDS], fame[12];
	double follow[200];
};

static inline double kit_unit(struct random *random)
{
	return (double)(random_u64(random) >> 11) * 0x1p-53;
}

static inline double kit_normal(struct random *random)
{
	double u = kit_unit(random) + 1e-12, v = kit_unit(random);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static inline uint32_t kit_poisson(struct random *random, double mean)
{
	double limit = exp(-mean), product = kit_unit(random);
	uint32_t k = 0;

	while (product > limit) {
		product *= kit_unit(random);
		k++;
	}
	return k;
}

/* A rank by Zipf's law, roughly. */
static inline uint32_t kit_zipf(struct random *random, uint32_t most)
{
	return (uint32_t)(exp(kit_unit(random) * log(most)) - 1 + 1e-9) % most;
}

static inline size_t kit_item(struct kit_life *life, uint32_t feed, int64_t time)
{
	size_t i = life->count++;

	if (life->count >= KIT_ITEMS)
		abort();
	life->title[i][0] = life->words[i][0] = '\0';
	life->item[i] = (struct news_item){ .id = i * 2654435761U + 17, .time = time, .feed = feed,
					    .title = life->title[i], .words = life->words[i] };
	return i;
}

static inline void kit_say(struct kit_life *life, size_t i, const char *prefix, uint32_t number)
{
	size_t used = strlen(life->title[i]);

	snprintf(life->title[i] + used, sizeof(life->title[i]) - used, "%s%s%u", used > 0 ? " " : "",
		 prefix, number);
}

/* ---- topics ---- */

static inline void kit_topics_begin(struct kit_life *life, uint64_t seed)
{
	uint32_t f, t;

	life->random.state = seed * 7919;
	life->count = life->events = life->stories = 0;
	for (t = 0; t < 12; t++) {
		life->topic[t] = kit_normal(&life->random) * 1.4;
		life->fame[t] = kit_normal(&life->random) * .5;
	}
	for (f = 0; f < KIT_FEEDS; f++) {
		double sum = 0;

		life->feed[f] = kit_normal(&life->random) * .6;
		life->rate[f] = .2 * pow(60, kit_unit(&life->random));
		for (t = 0; t < 12; t++)
			sum += life->mix[f][t] = pow(kit_unit(&life->random), 6);
		for (t = 0; t < 12; t++)
			life->mix[f][t] /= sum;
	}
}

static inline void kit_topics_day(struct kit_life *life, int day)
{
	struct random *random = &life->random;
	uint32_t f, n, t, k;

	for (f = 0; f < KIT_FEEDS; f++)
		for (n = kit_poisson(random, life->rate[f]); n > 0; n--) {
			size_t i = kit_item(life, f, KIT_START + day * KIT_DAY +
					    (int64_t)(kit_unit(random) * (double)KIT_DAY));
			double u = kit_unit(random), appeal = kit_normal(random) * .7;

			for (t = 0; t < 11 && u >= life->mix[f][t]; t++)
				u -= life->mix[f][t];
			for (k = 0; k < 4; k++)
				kit_say(life, i, "common", kit_zipf(random, 300));
			for (k = 0; k < 4; k++)
				kit_say(life, i, kit_unit(random) < .85 ? "topic" : "other",
					kit_zipf(random, 150) + t * 1000);
			life->story[i] = life->stories++;
			life->crowd[i] = kit_poisson(random, 8 * exp(appeal + life->fame[t]));
			life->wanted[i] = 1 / (1 + exp(2.5 - life->topic[t] - life->feed[f] - appeal));
		}
}

/* ---- stories ---- */

static inline void kit_stories_begin(struct kit_life *life, uint64_t seed)
{
	uint32_t f, e;

	life->random.state = seed * 104729 + 1;
	life->count = life->events = life->stories = 0;
	for (e = 0; e < 200; e++)
		life->follow[e] = kit_unit(&life->random) < .12 ? 3 :
				  kit_unit(&life->random) < .1 ? -2 : 0;
	for (f = 0; f < KIT_FEEDS; f++)
		life->rate[f] = f < 3 ? .15 : kit_unit(&life->random);	/* quiet; or how often it joins */
}

static inline void kit_story_told(struct kit_life *life, uint32_t f, int64_t from, const uint32_t *name,
				  uint32_t names, uint32_t verb, double crowd, double wanted)
{
	struct random *random = &life->random;
	size_t i = kit_item(life, f, from + (int64_t)(kit_unit(random) * (double)KIT_DAY / 2));
	uint32_t k;

	for (k = 0; k < names; k++) {
		kit_say(life, i, "First", name[k]);
		kit_say(life, i, "Last", name[k]);
	}
	for (k = 0; k < 5; k++)			/* mostly the story's words, some the feed's own */
		if (kit_unit(random) < .93)
			kit_say(life, i, "verb", verb + k);
		else
			kit_say(life, i, "own", kit_zipf(random, 400));
	snprintf(life->words[i], sizeof(life->words[i]), "Section %u\nAuthor %u", verb % 7, f * 5 + verb % 5);
	life->story[i] = life->stories;
	life->crowd[i] = crowd;
	life->wanted[i] = wanted;
}

static inline void kit_stories_day(struct kit_life *life, int day)
{
	struct random *random = &life->random;
	int64_t from = KIT_START + day * KIT_DAY;
	uint32_t n, f, k;

	if (day % 10 == 9)			/* tastes change */
		for (n = 0; n < 200; n++)
			if (kit_unit(random) < .1)
				life->follow[n] = kit_unit(random) < .15 ? 3 : 0;
	for (n = 0; n < 60; n++, life->stories++) {
		uint32_t name[3], names = 1 + (uint32_t)(kit_unit(random) * 3);
		uint32_t feeds = 1 + (uint32_t)(8 * pow(kit_unit(random), 3)), told = 0;
		uint32_t verb = kit_zipf(random, 900) * 7 + 3;
		double want = -4 + .35 * feeds, crowd;

		for (k = 0; k < names; k++) {
			name[k] = (uint32_t)(kit_unit(random) * 200);
			want += life->follow[name[k]];
		}
		crowd = kit_poisson(random, 4 * feeds);
		for (f = 3; f < KIT_FEEDS && told < feeds; f++)
			if (kit_unit(random) < life->rate[f] || f + feeds - told >= KIT_FEEDS) {
				kit_story_told(life, f, from, name, names, verb, crowd, 1 / (1 + exp(-want)));
				told++;
			}
	}
	for (f = 0; f < 3; f++)
		if (kit_unit(random) < life->rate[f]) {
			uint32_t name = (uint32_t)(kit_unit(random) * 200);

			kit_story_told(life, f, from, &name, 1, kit_zipf(random, 900) * 7, kit_poisson(random, 2), .8);
			life->stories++;
		}
}

/* After day's end the reader has read what was wanted, one item of a story; returns how many. */
static inline size_t kit_read(struct kit_life *life, size_t first, int64_t now)
{
	size_t i, before = life->events;

	for (i = first; i < life->count; i++) {
		bool again = i > first && life->story[i] == life->story[i - 1];

		life->item[i].shown = true;
		if (again || kit_unit(&life->random) >= life->wanted[i])
			continue;
		if (life->events >= KIT_EVENTS)
			abort();
		life->item[i].read = true;
		life->event[life->events++] = (struct news_event){
			.item = life->item[i].id, .time = now, .feed = life->item[i].feed,
			.strength = FIXED_ONE };
	}
	return life->events - before;
}

/* ---- figures of one list ---- */

struct kit_figures {
	double auc, mrr, ndcg5, ndcg10;
};

struct kit_entry {
	double score;
	uint64_t tie;
	bool yes;
};

static inline int kit_compare(const void *a, const void *b)
{
	const struct kit_entry *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (x->tie > y->tie) - (x->tie < y->tie);
}

/* As the MIND data set judges an impression; equal scores in the order of `tie`, half of the AUC.
 * False where all or none are right. */
static inline bool kit_judge(struct kit_entry *entry, size_t count, struct kit_figures *out)
{
	double yes = 0, no = 0, pairs = 0, below = 0, ideal5 = 0, ideal10 = 0;
	size_t i, j;

	memset(out, 0, sizeof(*out));
	qsort(entry, count, sizeof(*entry), kit_compare);
	for (i = 0; i < count; i++)
		yes += entry[i].yes;
	no = (double)count - yes;
	if (yes == 0 || no == 0)
		return false;
	/* from the worst: what is below, ties half */
	for (i = count; i > 0;) {
		double here_yes = 0, here_no = 0;

		for (j = i; j > 0 && entry[j - 1].score == entry[i - 1].score; j--) {
			here_yes += entry[j - 1].yes;
			here_no += !entry[j - 1].yes;
		}
		pairs += here_yes * (below + here_no / 2);
		below += here_no;
		i = j;
	}
	out->auc = pairs / (yes * no);
	for (i = 0; i < count; i++) {
		double gain = 1 / log2((double)i + 2);

		ideal5 += i < 5 && (double)i < yes ? gain : 0;
		ideal10 += i < 10 && (double)i < yes ? gain : 0;
		if (!entry[i].yes)
			continue;
		out->mrr += 1 / ((double)i + 1) / yes;
		out->ndcg5 += i < 5 ? gain : 0;
		out->ndcg10 += i < 10 ? gain : 0;
	}
	out->ndcg5 /= ideal5;
	out->ndcg10 /= ideal10;
	return true;
}

/* Mean and standard error of figures that come one by one. */
struct kit_mean {
	double sum[4], square[4], count;
};

static inline void kit_add(struct kit_mean *mean, const struct kit_figures *figures)
{
	const double value[4] = { figures->auc, figures->mrr, figures->ndcg5, figures->ndcg10 };
	int k;

	mean->count++;
	for (k = 0; k < 4; k++) {
		mean->sum[k] += value[k];
		mean->square[k] += value[k] * value[k];
	}
}

static inline double kit_mean_of(const struct kit_mean *mean, int k)
{
	return mean->sum[k] / mean->count;
}

static inline double kit_error_of(const struct kit_mean *mean, int k)
{
	double m = kit_mean_of(mean, k);

	return sqrt(fmax(mean->square[k] / mean->count - m * m, 0) / mean->count);
}

/* One evening of a reader: the day's stories as this ranking, popularity and recency order them. */
struct kit_methods {
	struct kit_mean ours, popular, newest;
	struct kit_mean over_popular, over_newest;	/* ours less the other, list by list */
	/* Where not NULL: the best 30 of each evening are kept here. */
	struct news_past *past;
	size_t past_count, past_most;
};

/* One list, by the three orders. */
static inline void kit_three(struct kit_entry *const entry[3], size_t count,
			     struct kit_methods *methods)
{
	struct kit_figures f[3], less[2];
	int k;

	for (k = 0; k < 3; k++)
		if (!kit_judge(entry[k], count, &f[k]))
			return;
	for (k = 0; k < 2; k++)
		less[k] = (struct kit_figures){ f[0].auc - f[k + 1].auc, f[0].mrr - f[k + 1].mrr,
						f[0].ndcg5 - f[k + 1].ndcg5,
						f[0].ndcg10 - f[k + 1].ndcg10 };
	kit_add(&methods->ours, &f[0]);
	kit_add(&methods->popular, &f[1]);
	kit_add(&methods->newest, &f[2]);
	kit_add(&methods->over_popular, &less[0]);
	kit_add(&methods->over_newest, &less[1]);
}

static inline void kit_evening(struct kit_life *life, size_t first, const struct news_ranked *ranked,
			       size_t count, struct kit_methods *methods)
{
	uint32_t base = life->story[first], stories = life->stories - base, s;
	struct kit_entry *entry = calloc(3 * (size_t)stories, sizeof(*entry));
	struct kit_entry *each[3] = { entry, entry + stories, entry + 2 * (size_t)stories };
	size_t i;

	for (s = 0; s < 3 * stories; s++)
		entry[s] = (struct kit_entry){ -1e30, (s % stories) * 0x9e3779b97f4a7c15ULL, false };
	for (i = 0; i < count; i++) {
		s = life->story[ranked[i].item] - base;
		entry[s].score = fmax(entry[s].score, (double)ranked[i].score);
	}
	for (i = first; i < life->count; i++) {
		s = life->story[i] - base;
		entry[stories + s].score = life->crowd[i];
		entry[2 * stories + s].score = fmax(entry[2 * stories + s].score, (double)life->item[i].time);
		entry[s].yes |= life->item[i].read;
		entry[stories + s].yes = entry[2 * stories + s].yes = entry[s].yes;
	}
	for (i = 0; i < count && i < 30 && methods->past_count < methods->past_most; i++)
		methods->past[methods->past_count++] = (struct news_past){
			ranked[i].score, entry[life->story[ranked[i].item] - base].yes };
	kit_three(each, stories, methods);
	free(entry);
}

/* A life of `days`; from `from` on each evening is judged. */
static inline void kit_live(struct kit_life *life, int generator, uint64_t seed, int days, int from,
			    const struct news_weights *weights, struct kit_methods *methods)
{
	struct news_ranked *ranked = malloc(sizeof(*ranked) * KIT_ITEMS);
	int day;

	(generator == 0 ? kit_topics_begin : kit_stories_begin)(life, seed);
	for (day = 0; day < days; day++) {
		size_t first = life->count, count = 0;
		int64_t now = KIT_START + (day + 1) * KIT_DAY;

		(generator == 0 ? kit_topics_day : kit_stories_day)(life, day);
		if (life->count == first)
			continue;
		if (day >= from) {
			struct news_input input = {
				.items = life->item, .count = life->count, .events = life->event,
				.event_count = life->events, .weights = weights, .now = now,
			};

			if (news_rank(&input, KIT_ITEMS, ranked, &count, NULL) != 0)
				abort();
		}
		kit_read(life, first, now);
		if (day >= from)
			kit_evening(life, first, ranked, count, methods);
	}
	free(ranked);
}

#endif
