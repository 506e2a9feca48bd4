/*
 * Prompts through the library, over a life of ten weeks in Berlin with the change of clocks: caps and
 * quiet hours, exact accounts, any moment again, nothing of what comes later.
 */
#include "gate_kit.h"

#include <time.h>

#include "base/clock.h"
#include "gate/inside.h"

#define MINUTE 60000LL
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define DAYS 70
#define FIRST_LOOK 40

/* Midnight in Berlin of day d, from Monday 2026-01-26 on; clocks change on 2026-03-29. */
static int64_t midnight(int d)
{
	return (int64_t)1769382000000 + d * DAY - (d > 62 ? HOUR : 0);
}

struct putting {
	struct tacit *t;
	uint32_t source;
	int64_t until;			/* what begins later is left out; plans are not */
};

static struct act blank(const char *domain, const char *title, int verb, int64_t time)
{
	struct act act;

	memset(&act, 0, sizeof(act));
	act.time = time;
	act.value = act.duration = ACT_NONE;
	act.zone = ACT_ZONE_UNKNOWN;
	act.verb = (uint8_t)verb;
	act.domain = (struct act_text){ domain, (uint32_t)strlen(domain) };
	act.title = (struct act_text){ title, (uint32_t)strlen(title) };
	return act;
}

static void put(struct putting *putting, const struct act *act)
{
	enum vault_put kept;
	uint64_t event;

	if (act->verb != ACT_PLAN && act->time >= putting->until)
		return;
	assert_int_equal(vault_put(putting->t->vault, putting->source, act, false, &kept, &event,
				   &putting->t->error), 0);
}

static void put_stay(struct putting *putting, const char *name, const char *geo, int64_t from,
		     int64_t until)
{
	struct act act = blank("places", name, ACT_ARRIVE, from);

	/* Who is asked in the middle of a stay has it up to then. */
	if (until > putting->until)
		until = putting->until;
	act.duration = until - from;
	act.place = (struct act_text){ geo, (uint32_t)strlen(geo) };
	if (until > from)
		put(putting, &act);
}

static void put_workday(struct putting *putting, int d, int64_t m)
{
	static const char *const lunch[] = { "Noodles", "Soup Kitchen", "Noodles", "Bakery",
					     "Noodles" };
	static const char *const geo[] = { "geo:52.5020000,13.4050000", "geo:52.4985000,13.4030000",
					   "geo:52.5020000,13.4050000", "geo:52.5000000,13.4100000",
					   "geo:52.5020000,13.4050000" };
	int64_t late = (d * 7919 % 11) * MINUTE, noon = m + 12 * HOUR + 10 * MINUTE + late / 2;

	put_stay(putting, "Home", "geo:52.5400000,13.3500000", m, m + 8 * HOUR + 20 * MINUTE + late);
	put_stay(putting, "Office", "geo:52.5000000,13.4000000",
		 m + 8 * HOUR + 50 * MINUTE + late, noon - 5 * MINUTE);
	put_stay(putting, lunch[d % 7], geo[d % 7], noon, noon + 35 * MINUTE);
	put_stay(putting, "Office", "geo:52.5000000,13.4000000", noon + 40 * MINUTE,
		 m + 15 * HOUR + (d % 2 ? 10 * MINUTE : 2 * HOUR));
	if (d % 2)
		put_stay(putting, "Practice", "geo:52.4800000,13.3800000",
			 m + 15 * HOUR + (35 + d % 9) * MINUTE, m + 17 * HOUR);
	put_stay(putting, "Home", "geo:52.5400000,13.3500000", m + 18 * HOUR + late, m + DAY);
}

static void put_plan(struct putting *putting, int64_t m)
{
	static const char rest[] = "{\"UID\":\"p\",\"lat\":\"52.4800000\",\"lon\":\"13.3800000\"}";
	struct act act = blank("other", "Physiotherapy", ACT_PLAN, m + 15 * HOUR + 45 * MINUTE);

	act.duration = HOUR;
	act.rest = (struct act_text){ rest, sizeof(rest) - 1 };
	put(putting, &act);
}

static void put_steps(struct putting *putting, int d, int64_t m)
{
	int h;

	for (h = 7; h < 22; h++) {
		struct act act = blank("health", "Steps", ACT_EXERCISE, m + h * HOUR);

		act.duration = HOUR;
		act.value = (int64_t)(300 + (d * 31 + h * 17) % 400 +
				      (h == 18 && d % 2 ? 2500 : 0)) << 20;
		put(putting, &act);
	}
}

static void put_news(struct putting *putting, int d, int64_t m)
{
	static const char *const about[] = { "chess", "markets", "football", "chess", "weather" };
	static const char *const feed[] = { "Board", "Ledger", "Stadium", "Board", "Sky" };
	char title[80];
	int i;

	for (i = 0; i < 5; i++) {
		struct act act;

		snprintf(title, sizeof(title), "Report %d on %s by station %d", d * 5 + i, about[i],
			 (d * 13 + i) % 7);
		act = blank("news", title, ACT_RECEIVE, m + (5 + 2 * i) * HOUR);
		act.flags = ACT_NOT_CHOSEN;
		act.creator = (struct act_text){ feed[i], (uint32_t)strlen(feed[i]) };
		put(putting, &act);
		act.verb = ACT_READ;
		act.flags = 0;
		act.time += 3 * HOUR;
		if (i == 0)
			put(putting, &act);
	}
}

/* A home with the life up to a time, and all plans. */
static void put_life(struct home *home, int64_t until)
{
	struct putting putting = { home->t, 0, until };
	struct vault *vault = home->t->vault;
	struct error *error = &home->t->error;
	static const uint8_t digest[32];
	int d;

	assert_int_equal(vault_begin(vault, error), 0);
	assert_int_equal(vault_source_begin(vault, "life", "test", &putting.source, error), 0);
	for (d = 0; d < DAYS; d++) {
		int64_t m = midnight(d);

		if (d % 7 < 5)
			put_workday(&putting, d, m);
		else
			put_stay(&putting, "Home", "geo:52.5400000,13.3500000", m, m + DAY);
		if (d % 7 < 5 && d % 2)
			put_plan(&putting, m);
		put_steps(&putting, d, m);
		put_news(&putting, d, m);
	}
	assert_int_equal(vault_source_end(vault, putting.source, digest, 0, "{}", error), 0);
	assert_int_equal(vault_commit(vault, error), 0);
}

static void allow_all(struct tacit *t, int holdout)
{
	struct tacit_now_settings settings;
	int i;

	assert_int_equal(tacit_now_settings(t, &settings), 0);
	for (i = 0; i < TACIT_PROMPT_KINDS; i++)
		settings.kind[i].allowed = 1;
	settings.holdout = holdout;
	assert_int_equal(tacit_now_set(t, &settings), 0);
}

/* ---- accounts -------------------------------------------------------------------------- */

static int64_t value(const struct tacit_prompt *prompt, const char *name)
{
	size_t i;

	for (i = 0; i < prompt->reasons; i++)
		if (strcmp(prompt->reason[i].name, name) == 0)
			return prompt->reason[i].value;
	return 0;
}

/* The numbers of a prompt give what it says. */
static void account(const struct tacit_prompt *p)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < p->reasons; i++)
		if (strcmp(p->reason[i].unit, "score") == 0 && strcmp(p->reason[i].name, "score") != 0)
			sum += p->reason[i].value;
	if (strcmp(p->kind, "leave") == 0) {
		assert_int_equal(value(p, "event") - value(p, "trip q80") - value(p, "habit"),
				 value(p, "leave at"));
		assert_int_equal(p->from, value(p, "gone by") > value(p, "leave at") ?
				 value(p, "gone by") : value(p, "leave at"));
		assert_int_equal(value(p, "event"), p->until);
	} else if (strcmp(p->kind, "steps") == 0) {
		assert_int_equal(value(p, "goal") - value(p, "steps now"), value(p, "missing"));
		assert_int_equal(value(p, "steps now") + value(p, "usual rest of the day"),
				 value(p, "projected q50"));
	} else {
		assert_int_equal(sum, value(p, "score"));
	}
}

/* ---- tests ----------------------------------------------------------------------------- */

struct tally {
	uint32_t said[TACIT_PROMPT_KINDS], withheld, of_day[DAYS];
	int64_t last[3];		/* times of the last three */
};

static int kind_of(const char *kind)
{
	static const char *const names[] = { "leave", "lunch", "news", "steps" };
	int i;

	for (i = 0; strcmp(names[i], kind) != 0; i++)
		;
	return i;
}

static int64_t of_day(int64_t time, int *day)
{
	for (*day = DAYS - 1; midnight(*day) > time; (*day)--)
		;
	return time - midnight(*day);
}

static void take(struct tally *tally, struct tacit *t, const struct tacit_prompt *p, int64_t time)
{
	struct tacit_now_options options = TACIT_NOW_OPTIONS_INIT;
	struct tacit_prompt *again;
	size_t count, i;
	int day;
	int64_t at = of_day(time, &day);

	account(p);
	assert_true(at >= 7 * HOUR - (day == 62 ? HOUR : 0) && at < 22 * HOUR);
	assert_true(++tally->of_day[day] <= 3);
	assert_true(tally->last[0] == 0 || time - tally->last[0] >= DAY);
	memmove(tally->last, tally->last + 1, sizeof(tally->last) - sizeof(*tally->last));
	tally->last[2] = time;
	/* That moment again. */
	options.at = time;
	assert_int_equal(tacit_now(t, &options, &again, &count, NULL), 0);
	for (i = 0; i < count && (again[i].state != p->state ||
				  strcmp(again[i].words, p->words) != 0); i++)
		;
	assert_true(i < count);
	assert_int_equal(again[i].id, 0);
	assert_int_equal(again[i].propensity, p->propensity);
	assert_int_equal(again[i].reasons, p->reasons);
	assert_memory_equal(again[i].reason, p->reason, sizeof(p->reason));
	free(again);
	if (p->state == TACIT_PROMPT_WITHHELD) {
		tally->withheld++;
		return;
	}
	tally->said[kind_of(p->kind)]++;
	assert_int_equal(tacit_now_outcome(t, p->id, p->id % 3 != 0 ? TACIT_USED :
					   TACIT_DISMISSED), 0);
}

static void ten_weeks(void **state)
{
	struct home *home = *state;
	struct tally tally = { { 0 }, 0, { 0 }, { 0 } };
	struct tacit_scorecard card[TACIT_PROMPT_KINDS];
	int64_t time;
	int i;

	put_life(home, INT64_MAX);
	clock_pretend(midnight(FIRST_LOOK));
	allow_all(home->t, TACIT_ONE / 8);
	for (time = midnight(FIRST_LOOK); time < midnight(DAYS - 1); time += 15 * MINUTE) {
		struct tacit_prompt *list;
		size_t count, k;

		clock_pretend(time);
		assert_int_equal(tacit_now(home->t, NULL, &list, &count, NULL), 0);
		for (k = 0; k < count; k++)
			if (list[k].state <= TACIT_PROMPT_WITHHELD)
				take(&tally, home->t, &list[k], time);
		free(list);
	}
	print_message("leave %u, lunch %u, news %u, steps %u said, %u withheld\n", tally.said[0],
		      tally.said[1], tally.said[2], tally.said[3], tally.withheld);
	/* The draws are the vault's own: how many of each differs from run to run. */
	assert_true(tally.said[0] > 5 && tally.said[1] + tally.said[2] + tally.said[3] > 0);
	assert_int_equal(tacit_now_scorecard(home->t, card), 0);
	for (i = 0; i < TACIT_PROMPT_KINDS; i++) {
		assert_true(card[i].said <= tally.said[i]);
		assert_int_equal(card[i].used + card[i].dismissed, card[i].said);
	}
	/* Leave was achieved or not: minutes early are known of those that were decided on. */
	assert_true(card[0].minutes_known);
	clock_pretend(0);
}

static void find_same(const struct tacit_prompt *list, size_t count, const struct tacit_prompt *p)
{
	size_t i;

	for (i = 0; i < count && strcmp(list[i].words, p->words) != 0; i++)
		;
	assert_true(i < count);
	assert_int_equal(list[i].chance, p->chance);
	assert_memory_equal(list[i].reason, p->reason, sizeof(p->reason));
}

/* A moment is the same whether or not the vault has what came after it. */
static void nothing_of_what_comes_later(void **state)
{
	static const int hours[] = { 8, 12, 15, 18 };
	struct home *full = *state;
	int d, h;

	put_life(full, INT64_MAX);
	allow_all(full->t, TACIT_ONE / 8);
	for (d = FIRST_LOOK; d < FIRST_LOOK + 8; d += 3)
		for (h = 0; h < 4; h++) {
			struct tacit_now_options options = TACIT_NOW_OPTIONS_INIT;
			struct tacit_prompt *whole, *part;
			size_t wholes, parts, i;
			struct home *other;
			void *made = NULL;

			options.at = midnight(d) + hours[h] * HOUR + 10 * MINUTE;
			assert_int_equal(set_up(&made), 0);
			other = made;
			put_life(other, options.at);
			allow_all(other->t, TACIT_ONE / 8);
			assert_int_equal(tacit_now(full->t, &options, &whole, &wholes, NULL), 0);
			assert_int_equal(tacit_now(other->t, &options, &part, &parts, NULL), 0);
			assert_int_equal(wholes, parts);
			/* Each vault draws by its own secret: which are said may differ. */
			for (i = 0; i < parts; i++)
				find_same(whole, wholes, &part[i]);
			free(whole);
			free(part);
			tear_down(&made);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ten_weeks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_of_what_comes_later, set_up, tear_down),
	};

	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
