/* News for one person: told rules over random inputs, exact sums, stories, chances, two readers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "news_kit.h"
#include "now/news.h"
#include "now/news_words.h"
#include "now/rules.h"

#define NOW KIT_START
#define HOUR 3600000LL

/* ---- words ---- */

static void words_are_folded(void **state)
{
	static const char *const same[][2] = {
		{ "Don't PANIC: 42 ways!", "don t panic 42 ways" }, { "Amélie", "amelie" },
		{ "  a,,b  ", "a b" }, { "Ürgüp — été", "urgup ete" },
	};
	uint64_t a[NEWS_WORDS_MOST], b[NEWS_WORDS_MOST];
	struct random random = { 3 };
	size_t i, n;
	int t, k;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		n = news_words(same[i][0], a, 0, NEWS_WORDS_MOST);
		assert_true(n > 0);
		assert_int_equal(n, news_words(same[i][1], b, 0, NEWS_WORDS_MOST));
		assert_memory_equal(a, b, n * sizeof(*a));
	}
	/* the short way for ASCII is the long way */
	for (t = 0; t < 2000; t++) {
		char text[40], folded[64];

		for (k = 0; k < 39; k++)
			text[k] = (char)(1 + random_u64(&random) % 127);
		text[39] = '\0';
		text_fold(text, 39, folded, sizeof(folded));
		n = news_words(text, a, 0, NEWS_WORDS_MOST);
		assert_int_equal(n, news_words(folded, b, 0, NEWS_WORDS_MOST));
		assert_memory_equal(a, b, n * sizeof(*a));
	}
	/* writing without blanks: pairs; a topic of two characters is found in a title */
	assert_int_equal(news_words("\xe5\x9b\xbd\xe9\x99\x85\xe6\x94\xbf\xe6\xb2\xbb", a, 0, 64), 3);
	assert_int_equal(news_words("\xe6\x94\xbf\xe6\xb2\xbb", b, 0, 64), 1);
	assert_true(b[0] == a[2]);
	assert_int_equal(news_words("", a, 0, 64), 0);
	assert_int_equal(news_words(NULL, a, 0, 64), 0);
	assert_int_equal(news_words("\xff\xfe bad", a, 0, 64), 1);
	assert_int_equal(news_words_names("Jane Doe\nPolitics\n", a, 0, 64), 2);
}

/* ---- rules ---- */

static void rules_are_read(void **state)
{
	struct rules_rule rule, other;
	struct error error;

	(void)state;
	assert_int_equal(rules_read("No Politics", &rule, &error), 0);
	assert_int_equal(rule.kind, RULES_NO);
	assert_int_equal(rules_read("more about chess openings", &rule, &error), 0);
	assert_int_equal(rule.kind, RULES_MORE);
	assert_int_equal(rule.count, 2);
	assert_int_equal(rules_read(" always The Feed", &rule, &error), 0);
	assert_int_equal(rule.kind, RULES_ALWAYS);
	assert_int_equal(rules_rule_make(RULES_ALWAYS, "the feed", &other, &error), 0);
	assert_memory_equal(&rule, &other, sizeof(rule));
	assert_int_equal(rules_read("no ...", &rule, &error), TACIT_E_ARGUMENT);
	assert_int_equal(rules_read("politics", &rule, &error), TACIT_E_ARGUMENT);
	assert_int_equal(rules_read("", &rule, &error), TACIT_E_ARGUMENT);
	assert_int_equal(rules_read("no a b c d e f g h i j k l m n o p q", &rule, &error), TACIT_E_ARGUMENT);
}

static void rules_are_tested_first(void **state)
{
	static struct news_item item[700];
	static bool hit[700];
	static const char *const feeds[] = { "Daily Chess", "Other" };
	struct rules_report report;
	struct rules_rule rule;
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i < 700; i++)	/* newest first: those from 500 on are too old */
		item[i] = (struct news_item){ .id = i, .time = NOW - (int64_t)i * HOUR,
			.title = i % 5 == 0 ? "Politics, again" : "Something else",
			.words = i % 5 == 1 ? "World politics" : NULL, .feed = i % 2, .read = i % 3 == 0 };
	assert_int_equal(rules_read("no politics", &rule, &error), 0);
	assert_int_equal(rules_test(&rule, item, 700, feeds, 2, hit, &report, &error), 0);
	assert_int_equal(report.items, 500);
	assert_int_equal(report.removed, 200);
	assert_int_equal(report.raised, 0);
	/* of 0 .. 499 those of 0 or 1 modulo 5 and 0 modulo 3: 0 mod 15 (34) and 6 mod 15 (33) */
	assert_int_equal(report.removed_read, 67);
	assert_true(hit[0] && hit[1] && !hit[2] && hit[495] && !hit[500] && !hit[505]);
	assert_int_equal(rules_read("always daily chess", &rule, &error), 0);
	assert_int_equal(rules_test(&rule, item, 700, feeds, 2, NULL, &report, &error), 0);
	assert_int_equal(report.raised, 250);
	assert_int_equal(report.removed, 0);
	assert_int_equal(rules_test(&rule, item, 0, feeds, 2, NULL, &report, &error), 0);
	assert_int_equal(report.items, 0);
}

/* ---- over random inputs ---- */

#define TOPICS 30

static bool has(const char *text, uint32_t topic)
{
	char word[16];

	snprintf(word, sizeof(word), " t%u ", topic);
	return strstr(text, word) != NULL;
}

static void random_item(struct random *random, char *title, struct news_item *item, size_t i)
{
	uint32_t words = (uint32_t)(random_u64(random) % 7), k;
	size_t used = 1;

	title[0] = ' ';
	title[1] = '\0';
	for (k = 0; k < words; k++)
		used += (size_t)snprintf(title + used, 120 - used, "t%u ",
					 (uint32_t)(random_u64(random) % TOPICS));
	*item = (struct news_item){
		.id = i, .time = NOW - (int64_t)(random_u64(random) % (30 * 24)) * HOUR, .title = title,
		.feed = (uint32_t)(random_u64(random) % 5), .shown = random_u64(random) % 10 == 0,
		.read = random_u64(random) % 10 == 0,
		.taken = random_u64(random) % 3 == 0 ? random_u64(random) >> 24 : 0 };
	item->offered = item->taken * (random_u64(random) % 5);
}

static void told_always_wins(void **state)
{
	static struct news_item item[300];
	static char title[300][128];
	static struct news_ranked ranked[300];
	struct news_event event[100];
	struct random random = { 12 };
	size_t ups = 0, outs = 0, shown = 0;
	int run;

	(void)state;
	for (run = 0; run < 400; run++) {
		size_t n = random_u64(&random) % 300, e = random_u64(&random) % 100, r = random_u64(&random) % 6;
		uint32_t topic[6], t;
		struct rules_rule list[6];
		struct rules rules;
		struct news_input input = { .items = item, .count = n, .events = event, .event_count = e,
					    .rules = &rules, .now = NOW };
		size_t count, i, k, raised = 0;

		for (i = 0; i < n; i++)
			random_item(&random, title[i], &item[i], i);
		for (i = 0; i < e; i++)
			event[i] = (struct news_event){ .item = random_u64(&random) % 400, .time = NOW - (int64_t)i * HOUR,
				.title = i % 3 == 0 && n > 0 ? title[random_u64(&random) % n] : NULL, .feed = 2,
				.strength = (int32_t)(random_u64(&random) % (4 * FIXED_ONE)) - FIXED_ONE };
		for (i = 0; i < r; i++) {
			char words[16];

			topic[i] = (uint32_t)(random_u64(&random) % TOPICS);
			snprintf(words, sizeof(words), "T%u", topic[i]);
			assert_int_equal(rules_rule_make(i % 2 == 0 ? RULES_MORE : RULES_NO, words, &list[i], NULL), 0);
		}
		rules_make(list, r, &rules);
		assert_int_equal(news_rank(&input, 300, ranked, &count, NULL), 0);
		for (k = 0; k < count; k++) {
			const char *text = title[ranked[k].item];
			int64_t sum = 0;
			bool up = false;

			for (t = 0; t < NEWS_TERMS; t++)
				sum += ranked[k].term[t];
			assert_true(sum == ranked[k].score);
			assert_true(k == 0 || ranked[k].score <= ranked[k - 1].score);
			assert_false(item[ranked[k].item].shown || item[ranked[k].item].read);
			for (i = 0; i < r; i++) {
				assert_false(i % 2 != 0 && has(text, topic[i]));
				up |= i % 2 == 0 && has(text, topic[i]);
			}
			assert_true(!up || raised == k);	/* nothing else stood before it */
			assert_int_equal(ranked[k].told == RULES_UP, up);
			raised += up;
		}
		for (i = 0; i < n; i++)
			for (k = 0; k < r; k++)
				outs += k % 2 != 0 && has(title[i], topic[k]);
		ups += raised;
		shown += count;
	}
	assert_true(ups > 1000 && outs > 1000 && shown > 10000);
}

/* ---- by hand ---- */

static size_t rank_of(const struct news_ranked *ranked, size_t count, size_t item)
{
	size_t k;

	for (k = 0; k < count && ranked[k].item != item; k++)
		;
	return k;
}

static struct news_item plain(uint64_t id, const char *title, uint32_t feed, int64_t age)
{
	return (struct news_item){ .id = id, .time = NOW - age, .title = title, .feed = feed };
}

static void a_story_is_shown_once(void **state)
{
	struct news_item item[] = {
		plain(1, "Storm floods old harbour of Lisbon, hundreds flee", 0, 3 * HOUR),
		plain(2, "Storm floods the old harbour of Lisbon; hundreds flee", 1, 2 * HOUR),
		plain(3, "Chess: a draw in round nine of the candidates", 2, 2 * HOUR),
		plain(4, "Storm floods old harbour of Lisbon, hundreds flee", 1, 200 * HOUR),
		plain(5, "Morning briefing", 3, 26 * HOUR),
		plain(6, "Morning briefing", 3, 2 * HOUR),
		plain(3, "Chess: another title of the same thing", 2, HOUR),
	};
	struct news_input input = { .items = item, .count = 7, .now = NOW };
	struct news_ranked ranked[7];
	size_t count, k;

	(void)state;
	assert_int_equal(news_rank(&input, 7, ranked, &count, NULL), 0);
	assert_int_equal(count, 5);
	for (k = 0; k < count; k++)
		assert_int_equal(ranked[k].copies, ranked[k].item < 3 || ranked[k].item == 6 ? 2 : 1);
	/* read in one feed, it does not come in another; last week's is another story */
	item[0].read = true;
	assert_int_equal(news_rank(&input, 7, ranked, &count, NULL), 0);
	assert_int_equal(count, 4);
	assert_true(rank_of(ranked, count, 1) == count && rank_of(ranked, count, 3) < count);
	input.count = 0;
	assert_int_equal(news_rank(&input, 7, ranked, &count, NULL), 0);
	assert_int_equal(count, 0);
}

static void quiet_feeds_and_many_voices(void **state)
{
	static struct news_item item[205];
	static char title[205][64];
	struct news_input input = { .items = item, .count = 205, .now = NOW };
	static struct news_ranked ranked[205];
	size_t count, i;

	(void)state;
	for (i = 0; i < 200; i++) {
		snprintf(title[i], sizeof(title[i]), "w%zu x%zu y%zu z%zu", i, i, i, i);
		item[i] = plain(i, title[i], 0, (int64_t)(200 - i) * 3 * HOUR);
	}
	item[200] = plain(200, "p q r s", 1, 3 * HOUR);		/* a feed that speaks for once */
	item[201] = plain(201, "one two three four", 2, 3 * HOUR);
	for (i = 202; i < 205; i++)				/* three feeds tell the same */
		item[i] = plain(i, "five six seven eight", (uint32_t)i, 3 * HOUR);
	item[201].feed = 0;
	assert_int_equal(news_rank(&input, 205, ranked, &count, NULL), 0);
	assert_true(rank_of(ranked, count, 200) < rank_of(ranked, count, 201));
	assert_true(ranked[rank_of(ranked, count, 200)].term[NEWS_SURPRISE] >
		    ranked[rank_of(ranked, count, 201)].term[NEWS_SURPRISE]);
	for (i = 202; rank_of(ranked, count, i) == count; i++)
		;
	assert_true(ranked[rank_of(ranked, count, i)].term[NEWS_TREND] > 0);
	assert_int_equal(ranked[rank_of(ranked, count, i)].copies, 3);
	/* one feed that says it three times is one voice, and its words are no others' */
	for (i = 202; i < 205; i++)
		item[i].feed = 2;
	assert_int_equal(news_rank(&input, 205, ranked, &count, NULL), 0);
	for (i = 202; rank_of(ranked, count, i) == count; i++)
		;
	assert_int_equal(ranked[rank_of(ranked, count, i)].copies, 3);
	assert_int_equal(ranked[rank_of(ranked, count, i)].term[NEWS_TREND], 0);
	assert_int_equal(ranked[rank_of(ranked, count, 200)].term[NEWS_TREND], 0);
	assert_true(ranked[rank_of(ranked, count, 199)].term[NEWS_RECENCY] >
		    ranked[rank_of(ranked, count, 100)].term[NEWS_RECENCY]);
}

/* A feed with a wrong date does not make all others quiet; the order of the rows is none. */
static void robust(void **state)
{
	struct kit_life *life = malloc(sizeof(*life));
	static struct news_item other[KIT_ITEMS];
	static struct news_ranked ranked[KIT_ITEMS], again[KIT_ITEMS];
	struct news_input input;
	size_t count, same, i;
	int day;

	(void)state;
	kit_topics_begin(life, 3);
	for (day = 0; day < 10; day++) {
		size_t first = life->count;

		kit_topics_day(life, day);
		if (day < 9)
			kit_read(life, first, KIT_START + day * KIT_DAY);
	}
	input = (struct news_input){ .items = life->item, .count = life->count, .events = life->event,
				     .event_count = life->events, .now = KIT_START + 10 * KIT_DAY };
	assert_int_equal(news_rank(&input, KIT_ITEMS, ranked, &count, NULL), 0);
	assert_true(count > 20);
	for (i = 0; i < life->count; i++)
		other[life->count - 1 - i] = life->item[i];
	input.items = other;
	assert_int_equal(news_rank(&input, KIT_ITEMS, again, &same, NULL), 0);
	assert_int_equal(same, count);
	for (i = 0; i < count; i++) {
		assert_int_equal(again[i].item, life->count - 1 - ranked[i].item);
		assert_int_equal(again[i].score, ranked[i].score);
	}
	i = kit_item(life, 0, 0);
	kit_say(life, i, "date", 1);
	i = kit_item(life, 0, KIT_START + 4000 * KIT_DAY);
	kit_say(life, i, "far", 1);
	input.items = life->item;
	input.count = life->count;
	assert_int_equal(news_rank(&input, KIT_ITEMS, again, &same, NULL), 0);
	assert_int_equal(same, count + 2);
	for (i = 0; i < same; i++)
		assert_true(again[i].term[NEWS_SURPRISE] <= 5 * FIXED_ONE / 4 &&
			    (again[i].item >= life->count - 2 ||
			     llabs(again[i].term[NEWS_SURPRISE] - ranked[rank_of(ranked, count, again[i].item)].term[NEWS_SURPRISE]) <
			     FIXED_ONE / 4));
	free(life);
}

/* The words of what was read, by the formula, in doubles. */
static void words_by_hand(void **state)
{
	struct news_item item[] = {
		plain(1, "alpha beta", 0, 0), plain(2, "alpha gamma", 0, 0), plain(3, "delta", 0, 0),
		plain(4, "epsilon zeta", 0, 0),
	};
	struct news_event event[] = {
		{ .item = 99, .time = NOW, .title = "Alpha", .feed = NEWS_NO_FEED, .strength = 3 * FIXED_ONE },
		{ .item = 98, .time = NOW - news_usual.read_half_life, .title = "delta eta",
		  .feed = NEWS_NO_FEED, .strength = 2 * FIXED_ONE },
	};
	struct news_input input = { .items = item, .count = 4, .events = event, .event_count = 2, .now = NOW };
	struct news_ranked ranked[4];
	size_t count;
	/* R = 3 + 1; alpha r 3, b 2 of 4; gamma r 0, b 1 */
	double alpha = log2((3 + 2) / (4 * 2 / 4. + 2)), gamma = log2((0 + 2) / (4 * 1 / 4. + 2));
	double delta = log2((1 + 2) / (4 * 1 / 4. + 2));
	double weight = (double)news_usual.words / FIXED_ONE;

	(void)state;
	assert_int_equal(news_rank(&input, 4, ranked, &count, NULL), 0);
	assert_true(fabs((double)ranked[rank_of(ranked, count, 1)].term[NEWS_WORDS] / FIXED_ONE -
			 weight * (alpha + gamma) / sqrt(2)) < 1e-3);
	assert_true(fabs((double)ranked[rank_of(ranked, count, 2)].term[NEWS_WORDS] / FIXED_ONE -
			 weight * delta) < 1e-3);
}

/* ---- chances ---- */

static void chances_are_calibrated(void **state)
{
	static struct news_past past[4000];
	struct news_map map;
	struct random random = { 8 };
	double error = 0, expected = 0, came = 0;
	int32_t last = -1;
	size_t i;
	int64_t s;

	(void)state;
	for (i = 0; i < 4000; i++) {
		double score = kit_normal(&random) * 2;

		past[i].score = (int64_t)(score * FIXED_ONE);
		past[i].read = kit_unit(&random) < .6 / (1 + exp(2 - score));
	}
	assert_int_equal(news_learn(past, 199, &map, NULL), 0);
	assert_int_equal(news_chance(&map, 0), -1);
	assert_int_equal(news_learn(past, 2000, &map, NULL), 0);
	assert_true(map.count > 1);
	for (s = -8 * FIXED_ONE; s < 8 * FIXED_ONE; s += FIXED_ONE / 16) {
		int32_t chance = news_chance(&map, s);

		assert_true(chance >= last && chance > 0 && chance < FIXED_ONE);
		last = chance;
	}
	for (i = 2000; i < 4000; i++) {
		double chance = (double)news_chance(&map, past[i].score) / FIXED_ONE;

		expected += chance;
		came += past[i].read;
		error += fabs(chance - .6 / (1 + exp(2 - (double)past[i].score / FIXED_ONE)));
	}
	assert_true(error / 2000 < .04);
	assert_true(fabs(expected - came) < 4 * sqrt(came));
	for (i = 0; i < 300; i++)
		past[i] = (struct news_past){ 5, i < 60 };	/* all alike */
	assert_int_equal(news_learn(past, 300, &map, NULL), 0);
	assert_int_equal(news_chance(&map, 1000), (int)((60.5 / 301) * FIXED_ONE));
	assert_int_equal(news_chance(NULL, 0), -1);
}

/* ---- readers ---- */

static void two_readers(void **state)
{
	struct kit_life *life = malloc(sizeof(*life));
	int generator, seed, k;

	(void)state;
	for (generator = 0; generator < 2; generator++) {
		struct kit_methods methods;

		memset(&methods, 0, sizeof(methods));
		for (seed = 51; seed < 75; seed++)
			kit_live(life, generator, (uint64_t)seed, 40, 25, NULL, &methods);
		for (k = 0; k < 4; k++) {
			double ours = kit_mean_of(&methods.ours, k);
			double best = fmax(kit_mean_of(&methods.popular, k), kit_mean_of(&methods.newest, k));

			print_message("generator %d, figure %d: %.3f, baseline %.3f\n", generator, k, ours, best);
			assert_true(ours > 1.1 * best);
		}
	}
	free(life);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_folded),
		cmocka_unit_test(rules_are_read),
		cmocka_unit_test(rules_are_tested_first),
		cmocka_unit_test(told_always_wins),
		cmocka_unit_test(a_story_is_shown_once),
		cmocka_unit_test(quiet_feeds_and_many_voices),
		cmocka_unit_test(robust),
		cmocka_unit_test(words_by_hand),
		cmocka_unit_test(chances_are_calibrated),
		cmocka_unit_test(two_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
