/*
 * First what rules a candidate out by itself, then the critical ones, the one that ends soonest
 * first, then at most one ordinary one; see discipline.h.
 */
#include "discipline.h"

#include <string.h>

#include "base/fixed.h"
#include "base/random.h"
#include "now/draw.h"
#include "places/visit.h"

#define MINUTE_MS 60000LL
#define DAY_MINUTES 1440
#define PENDING -1	/* propensity of what this call has still to decide on */

const struct discipline_settings discipline_usual = {
	.cap = 3, .kept = 1,
	.kind = { [PROMPT_LEAVE] = { .cap = 3 }, [PROMPT_LUNCH] = { .cap = 3 },
		  [PROMPT_NEWS] = { .cap = 3 }, [PROMPT_STEPS] = { .cap = 3 } },
	.batches = 3, .batch = { 8 * 60, 12 * 60, 18 * 60 }, .window = 30,
	.quiet_from = 22 * 60, .quiet_until = 7 * 60,
	.holdout = FIXED_ONE / 8,
};

_Static_assert(PROMPT_KINDS <= DRAW_MOST, "all kinds can be drawn at once");

static const char *const words[] = {
	"drawn", "prompts are off", "kind not allowed", "kind called creepy", "kind retired",
	"decided before", "over", "too early", "quiet hours", "day is full",
	"day of the kind is full", "between batches", "batch is done", "another goes first",
};

const char *discipline_reason_words(int reason)
{
	return reason >= 0 && reason < (int)(sizeof(words) / sizeof(words[0])) ? words[reason] :
	       NULL;
}

/* What the steps of one call share. */
struct call {
	const struct discipline_settings *settings;
	const struct discipline_entry *log;
	size_t log_count;
	const struct discipline_candidate *candidate;
	size_t count;
	int64_t now;
	int16_t zone;
	uint64_t seed;
	struct discipline_decision *decision;
	struct discipline_evidence evidence[PROMPT_KINDS];
	uint32_t taken, taken_kind[PROMPT_KINDS];	/* places of this day */
	bool quiet, batch, batch_done;
};

/* How far apart, without overflow. */
static int64_t apart(int64_t a, int64_t b)
{
	int64_t away;

	if (__builtin_sub_overflow(a, b, &away) || away == INT64_MIN)
		return INT64_MAX;
	return away < 0 ? -away : away;
}

static bool within(int64_t minute, int64_t from, int64_t length)
{
	int64_t since = (minute - from) % DAY_MINUTES;

	return (since < 0 ? since + DAY_MINUTES : since) < length;
}

static void look_at_clock(struct call *call)
{
	const struct discipline_settings *settings = call->settings;
	int64_t local = visit_local(call->now, call->zone);
	int64_t minute = (local - visit_day(local) * VISIT_DAY_MS) / MINUTE_MS;
	int64_t quiet = settings->quiet_until - settings->quiet_from;
	uint32_t i;

	call->quiet = within(minute, settings->quiet_from,
			     quiet < 0 ? quiet + DAY_MINUTES : quiet);
	for (i = 0; i < settings->batches && i < DISCIPLINE_BATCHES; i++)
		call->batch |= within(minute, settings->batch[i], settings->window);
}

static void look_at_log(struct call *call)
{
	int64_t today = visit_day(visit_local(call->now, call->zone));
	size_t i;

	for (i = 0; i < call->log_count; i++) {
		const struct discipline_entry *entry = &call->log[i];
		int64_t away = apart(entry->time, call->now);

		if (entry->state > DISCIPLINE_WITHHELD || entry->kind >= PROMPT_KINDS)
			continue;
		if (away < VISIT_DAY_MS ||
		    visit_day(visit_local(entry->time, entry->zone)) == today) {
			call->taken++;
			call->taken_kind[entry->kind]++;
		}
		if (!entry->critical && away < call->settings->window * MINUTE_MS)
			call->batch_done = true;
	}
}

static bool decided(const struct call *call, size_t i)
{
	uint64_t about = call->candidate[i].about;
	size_t k;

	for (k = 0; k < call->log_count; k++)
		if (call->log[k].about == about && call->log[k].state <= DISCIPLINE_WITHHELD)
			return true;
	for (k = 0; k < i; k++)		/* the same twice in one call */
		if (call->candidate[k].about == about && call->decision[k].propensity == PENDING)
			return true;
	return false;
}

static void set(struct call *call, size_t i, enum discipline_state state,
		enum discipline_reason reason)
{
	call->decision[i] = (struct discipline_decision){ state, reason, 0, 0 };
}

/* Whether the candidate may be said now as far as it alone goes; else its decision is set. */
static bool open_now(struct call *call, size_t i)
{
	const struct prompt *prompt = call->candidate[i].prompt;
	const struct discipline_settings *settings = call->settings;
	unsigned kind = (unsigned)prompt->kind;

	if (settings->off || settings->cap == 0)
		set(call, i, DISCIPLINE_DROPPED, DISCIPLINE_OFF);
	else if (kind >= PROMPT_KINDS || !settings->kind[kind].allowed)
		set(call, i, DISCIPLINE_DROPPED, DISCIPLINE_NOT_ALLOWED);
	else if (call->evidence[kind].creepy)
		set(call, i, DISCIPLINE_DROPPED, DISCIPLINE_CREEPY);
	else if (call->evidence[kind].verdict != DISCIPLINE_KEEP)
		set(call, i, DISCIPLINE_DROPPED, DISCIPLINE_RETIRED);
	else if (call->now > prompt->until)
		set(call, i, DISCIPLINE_DROPPED, DISCIPLINE_OVER);
	else if (decided(call, i))
		set(call, i, DISCIPLINE_DROPPED, DISCIPLINE_DECIDED);
	else if (call->now < prompt->from)
		set(call, i, DISCIPLINE_WAITS, DISCIPLINE_EARLY);
	else if (call->quiet && !(prompt->critical && settings->quiet_critical))
		set(call, i, DISCIPLINE_WAITS, DISCIPLINE_QUIET);
	else if (!prompt->critical && !call->batch)
		set(call, i, DISCIPLINE_WAITS, DISCIPLINE_BETWEEN);
	else if (!prompt->critical && call->batch_done)
		set(call, i, DISCIPLINE_WAITS, DISCIPLINE_BATCH_DONE);
	else
		return true;
	return false;
}

/* Whether the day has a place for it; else its decision is set. */
static bool has_place(struct call *call, size_t i)
{
	const struct prompt *prompt = call->candidate[i].prompt;
	const struct discipline_settings *settings = call->settings;
	uint32_t kept = prompt->critical ? 0 : settings->kept;

	if (call->taken >= settings->cap || settings->cap - call->taken <= kept)
		set(call, i, DISCIPLINE_WAITS, DISCIPLINE_FULL);
	else if (call->taken_kind[prompt->kind] >= settings->kind[prompt->kind].cap)
		set(call, i, DISCIPLINE_WAITS, DISCIPLINE_KIND_FULL);
	else
		return true;
	return false;
}

/* Says or withholds; `chosen` is the chance that it came so far, 2^-20. */
static void decide(struct call *call, size_t i, int32_t chosen)
{
	const struct discipline_candidate *candidate = &call->candidate[i];
	/* by its matter, so that other candidates do not move its draw */
	struct random random = { call->seed ^ candidate->about * 0x9e3779b97f4a7c15ULL };
	int32_t hold = call->settings->holdout, chance;
	bool withheld;

	hold = hold < 0 ? 0 : hold > FIXED_ONE ? FIXED_ONE : hold;
	withheld = (int32_t)(random_u64(&random) >> (64 - FIXED_BITS)) < hold;
	chance = (int32_t)fixed_multiply(chosen, withheld ? hold : FIXED_ONE - hold);
	call->decision[i] = (struct discipline_decision){
		withheld ? DISCIPLINE_WITHHELD : DISCIPLINE_SAID, DISCIPLINE_DRAWN,
		chance > 0 ? chance : 1, hold,
	};
	call->taken++;
	call->taken_kind[candidate->prompt->kind]++;
}

/* Of two of a kind, or two critical ones, which goes first. */
static bool goes_before(const struct call *call, size_t a, size_t b)
{
	const struct prompt *x = call->candidate[a].prompt, *y = call->candidate[b].prompt;

	if (!x->critical && x->chance != y->chance)
		return x->chance > y->chance;
	if (x->until != y->until)
		return x->until < y->until;
	return call->candidate[a].about < call->candidate[b].about;
}

static void decide_critical(struct call *call)
{
	for (;;) {
		size_t i, best = SIZE_MAX;

		for (i = 0; i < call->count; i++)
			if (call->decision[i].propensity == PENDING &&
			    call->candidate[i].prompt->critical &&
			    (best == SIZE_MAX || goes_before(call, i, best)))
				best = i;
		if (best == SIZE_MAX)
			return;
		if (has_place(call, best))
			decide(call, best, FIXED_ONE);
	}
}

/* Of each kind the best candidate that has a place, or SIZE_MAX; how many kinds have one. */
static uint32_t best_of_kinds(struct call *call, size_t best[PROMPT_KINDS])
{
	uint32_t kinds = 0, kind;
	size_t i;

	for (kind = 0; kind < PROMPT_KINDS; kind++)
		best[kind] = SIZE_MAX;
	for (i = 0; i < call->count; i++) {
		if (call->decision[i].propensity != PENDING || !has_place(call, i))
			continue;
		set(call, i, DISCIPLINE_WAITS, DISCIPLINE_OTHER);
		kind = (uint32_t)call->candidate[i].prompt->kind;
		kinds += best[kind] == SIZE_MAX;
		if (best[kind] == SIZE_MAX || goes_before(call, i, best[kind]))
			best[kind] = i;
	}
	return kinds;
}

static void decide_ordinary(struct call *call)
{
	struct draw_scale scale;
	struct draw_belief belief[PROMPT_KINDS];
	size_t best[PROMPT_KINDS];
	uint32_t level[PROMPT_KINDS], of[PROMPT_KINDS], kinds = 0, winner, kind;

	if (best_of_kinds(call, best) == 0)
		return;
	draw_scale_make(&scale);
	for (kind = 0; kind < PROMPT_KINDS; kind++) {
		struct random random = { (call->seed + kind) * 0xd1342543de82ef95ULL ^
					 (uint64_t)call->now };

		if (best[kind] == SIZE_MAX)
			continue;
		draw_belief_make(&scale, call->evidence[kind].good, call->evidence[kind].bad,
				 &belief[kinds]);
		level[kinds] = draw_level(&belief[kinds],
					  (uint32_t)(random_u64(&random) >> (64 - DRAW_BITS)));
		of[kinds++] = kind;
	}
	winner = draw_choose(level, kinds);
	decide(call, best[of[winner]], draw_propensity(draw_ways(belief, kinds, winner), kinds));
}

void discipline_decide(const struct discipline_settings *settings,
		       const struct discipline_entry *log, size_t log_count,
		       const struct discipline_candidate *candidate, size_t count, int64_t now,
		       int16_t zone, uint64_t seed, struct discipline_decision *decision,
		       struct discipline_result *result)
{
	struct call call = { .settings = settings, .log = log, .log_count = log_count,
			     .candidate = candidate, .count = count, .now = now, .zone = zone,
			     .seed = seed, .decision = decision };
	size_t i;
	int kind;

	memset(result, 0, sizeof(*result));
	look_at_clock(&call);
	look_at_log(&call);
	for (kind = 0; kind < PROMPT_KINDS; kind++) {
		struct discipline_evidence *evidence = &call.evidence[kind];

		if (!settings->kind[kind].allowed)
			continue;
		discipline_judge(log, log_count, kind, settings->kind[kind].since, now, evidence);
		if (evidence->creepy)
			result->stopped |= 1U << kind;
		else if (evidence->verdict != DISCIPLINE_KEEP)
			result->retired[result->retired_count++] = *evidence;
	}
	for (i = 0; i < count; i++)
		if (open_now(&call, i))
			decision[i] = (struct discipline_decision){ DISCIPLINE_WAITS,
								    DISCIPLINE_OTHER, PENDING, 0 };
	decide_critical(&call);
	decide_ordinary(&call);
}
