/* Whether a kind is of any use still; see discipline.h. Only + - * / and roots: the same bits. */
#include "discipline.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"

#define SETTLED (2 * CLOCK_HOUR_MS)
#define NOTHING 0.025		/* the use rate of a kind that is of no use */
#define LEAST .15		/* the use rate that a kind is held to at least, and at most */
#define MOST .5
#define PRIOR .35
#define PRIOR_SENDS 10
#define GONE 65536.0		/* R that ends a kind */
#define CHANGES 1000.0		/* sends to one change, for `alive` */
#define OLD_KEPT .99		/* of the weight of sends before the recent ones, each send */
#define EFFECT_KEPT .998
#define GOOD_KEPT .97
#define ENOUGH 10		/* hold-outs, before no effect is believed */
#define ENOUGH_SILENT 16	/* where nobody answers */
#define PATIENCE 160		/* sends without that many hold-outs */

/* One rate that may break down. */
struct watch {
	bool ring[DISCIPLINE_RECENT];
	uint32_t count;
	double old, old_yes, usual;
	double odds;		/* R */
	bool gone;
};

static double clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

/* A send after which it was so or not; `nothing` is the rate once broken down, below `most`. */
static void watch_add(struct watch *watch, bool yes, double nothing, double least, double most)
{
	bool *place = &watch->ring[watch->count % DISCIPLINE_RECENT];

	if (watch->count >= DISCIPLINE_RECENT) {
		watch->old = watch->old * OLD_KEPT + 1;
		watch->old_yes = watch->old_yes * OLD_KEPT + *place;
	}
	*place = yes;
	watch->count++;
	watch->usual = clamp((watch->old_yes + PRIOR * PRIOR_SENDS) / (watch->old + PRIOR_SENDS),
			     least, most);
	watch->odds = (1 + watch->odds) * (yes ? nothing / watch->usual :
					   (1 - nothing) / (1 - watch->usual));
	watch->odds = watch->odds > 1e9 ? 1e9 : watch->odds;
	watch->gone |= watch->odds >= GONE;
}

/* Everything that one pass over the log finds. */
struct pass {
	struct watch use, wanted;
	struct scorecard_side side[2];	/* older ones fade */
	uint32_t known;			/* sends whose end is known */
	double base, base_yes;		/* what comes about without */
	double good, idle, bad;		/* used; not used but achieved; neither */
};

static void fade(struct scorecard_side side[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		side[i].weight *= EFFECT_KEPT;
		side[i].achieved *= EFFECT_KEPT;
		side[i].square *= EFFECT_KEPT * EFFECT_KEPT;
	}
}

static void add_said(struct pass *pass, const struct discipline_entry *entry,
		     struct discipline_evidence *out)
{
	bool used = entry->outcome == DISCIPLINE_USED;
	bool achieved = entry->achieved == DISCIPLINE_ACHIEVED;
	double base = (pass->base_yes + .5) / (pass->base + 1);
	/* on the low side, by what it may be wrong: else chance would end a kind that helps */
	double without = clamp(base - sqrt(base * (1 - base) / (pass->base + 1)), NOTHING, .8);

	out->sends++;
	out->used += used;
	watch_add(&pass->use, used, NOTHING, LEAST, MOST);
	if (entry->achieved != DISCIPLINE_UNKNOWN) {
		pass->known++;
		/* less than .15 apart they could not be told apart in any useful time */
		watch_add(&pass->wanted, achieved, without, without + .15, 1 - NOTHING);
	}
	pass->good = pass->good * GOOD_KEPT + used;
	pass->idle = pass->idle * GOOD_KEPT + (!used && achieved);
	pass->bad = pass->bad * GOOD_KEPT + (!used && !achieved);
}

static void add(struct pass *pass, const struct discipline_entry *entry,
		struct discipline_evidence *out)
{
	fade(pass->side);
	scorecard_add(pass->side, entry, 1);
	if (entry->state == DISCIPLINE_SAID) {
		add_said(pass, entry, out);
	} else if (entry->achieved != DISCIPLINE_UNKNOWN) {
		pass->base = pass->base * OLD_KEPT + 1;
		pass->base_yes = pass->base_yes * OLD_KEPT +
				 (entry->achieved == DISCIPLINE_ACHIEVED);
	}
}

static enum discipline_verdict verdict(const struct pass *pass,
				       const struct discipline_evidence *out)
{
	const struct scorecard_effect *effect = &out->effect;
	bool tried = effect->known && effect->withheld >= ENOUGH;
	/* done without an answer: steps are walked, and nobody says so */
	bool silent = out->used * 10 <= out->sends && pass->known * 2 >= out->sends;
	bool helps = effect->withheld >= ENOUGH_SILENT ? effect->effect > 0 :
		     out->sends < PATIENCE;

	if (tried && effect->high < FIXED_ONE / 50)
		return DISCIPLINE_NO_EFFECT;
	if (silent && pass->wanted.gone && effect->withheld >= ENOUGH)
		return DISCIPLINE_NO_EFFECT;
	return pass->use.gone && !(silent && helps) ? DISCIPLINE_NO_USE : DISCIPLINE_KEEP;
}

void discipline_judge(const struct discipline_entry *log, size_t count, int kind, int64_t since,
		      int64_t now, struct discipline_evidence *out)
{
	struct pass pass;
	double caused = 0, odds;
	uint32_t k;
	size_t i;

	memset(&pass, 0, sizeof(pass));
	memset(out, 0, sizeof(*out));
	pass.use.usual = PRIOR;
	out->kind = kind;
	for (i = 0; i < count; i++) {
		const struct discipline_entry *entry = &log[i];

		if (entry->kind != kind || entry->time < since)
			continue;
		out->creepy |= entry->outcome == DISCIPLINE_DISLIKED;
		if (entry->state > DISCIPLINE_WITHHELD ||
		    (entry->outcome == DISCIPLINE_NONE && entry->achieved == DISCIPLINE_UNKNOWN &&
		     entry->time > now - SETTLED))
			continue;
		add(&pass, entry, out);
	}
	scorecard_compare(pass.side, &out->effect);
	out->recent = out->sends < DISCIPLINE_RECENT ? out->sends : DISCIPLINE_RECENT;
	for (k = 0; k < out->recent; k++)
		out->recent_used += pass.use.ring[k];
	out->usual = (int32_t)floor(pass.use.usual * FIXED_ONE + .5);
	odds = pass.use.odds / CHANGES;
	out->alive = (int32_t)floor(FIXED_ONE / (1 + odds) + .5);
	out->verdict = verdict(&pass, out);
	/* of what came about without an answer, the share that would not have without a prompt */
	if (out->effect.known && out->effect.effect > 0 && pass.side[1].achieved > 0)
		caused = clamp((double)out->effect.effect / FIXED_ONE * pass.side[1].weight /
			       pass.side[1].achieved, 0, 1);
	out->good = (int64_t)floor((pass.good + caused * pass.idle) * FIXED_ONE + .5);
	out->bad = (int64_t)floor((pass.bad + (1 - caused) * pass.idle) * FIXED_ONE + .5);
}
