/* Counts and the difference of two shares; see scorecard.h. */
#include "scorecard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fixed.h"
#include "now/discipline.h"
#include "places/visit.h"

#define Z 1.959963984540054		/* 97.5 % of the normal distribution */

void scorecard_wilson(double share, double n, double *low, double *high)
{
	double middle = share + Z * Z / (2 * n), scale = 1 + Z * Z / n;
	double half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));

	*low = share <= 0 ? 0 : fmax((middle - half) / scale, 0);
	*high = share >= 1 ? 1 : fmin((middle + half) / scale, 1);
}

void scorecard_add(struct scorecard_side side[2], const struct discipline_entry *entry,
		   double factor)
{
	bool said = entry->state == DISCIPLINE_SAID;
	int32_t chance = said ? FIXED_ONE - entry->hold : entry->hold;
	double weight = factor * FIXED_ONE / chance;

	if (entry->achieved == DISCIPLINE_UNKNOWN || entry->hold <= 0 || entry->hold >= FIXED_ONE)
		return;
	side[said].weight += weight;
	side[said].square += weight * weight;
	side[said].count++;
	if (entry->achieved == DISCIPLINE_ACHIEVED) {
		side[said].achieved += weight;
		side[said].count_achieved++;
	}
}

static int32_t rounded(double value)
{
	return (int32_t)floor(value * FIXED_ONE + 0.5);
}

static double apart(double a, double b)
{
	return sqrt(a * a + b * b);
}

void scorecard_compare(const struct scorecard_side side[2], struct scorecard_effect *out)
{
	double share[2], low[2], high[2];
	int i;

	*out = (struct scorecard_effect){
		.said = side[1].count, .said_achieved = side[1].count_achieved,
		.withheld = side[0].count, .withheld_achieved = side[0].count_achieved,
	};
	if (side[0].count < SCORECARD_FEWEST || side[1].count < SCORECARD_FEWEST)
		return;
	for (i = 0; i < 2; i++) {
		share[i] = fmin(side[i].achieved / side[i].weight, 1);
		scorecard_wilson(share[i], side[i].weight * side[i].weight / side[i].square,
				 &low[i], &high[i]);
	}
	out->known = true;
	out->effect = rounded(share[1] - share[0]);
	out->low = rounded(share[1] - share[0] - apart(share[1] - low[1], high[0] - share[0]));
	out->high = rounded(share[1] - share[0] + apart(high[1] - share[1], share[0] - low[0]));
}

static int compare_minutes(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool recent(const struct discipline_entry *entry, int64_t now)
{
	return entry->kind < PROMPT_KINDS && entry->time <= now &&
	       entry->time > now - SCORECARD_DAYS * VISIT_DAY_MS &&
	       (entry->state == DISCIPLINE_SAID || entry->state == DISCIPLINE_WITHHELD);
}

static void count_entry(struct scorecard_kind *card, const struct discipline_entry *entry)
{
	bool said = entry->state == DISCIPLINE_SAID;

	card->said += said;
	card->withheld += !said;
	card->used += said && entry->outcome == DISCIPLINE_USED;
	card->dismissed += said && entry->outcome == DISCIPLINE_DISMISSED;
	card->creepy += said && entry->outcome == DISCIPLINE_DISLIKED;
}

int scorecard_make(const struct discipline_entry *log, size_t count, int64_t now,
		   struct scorecard_kind *out, struct error *error)
{
	int32_t *minutes = malloc((count + 1) * sizeof(*minutes));
	int kind;

	if (minutes == NULL)
		return error_memory(error);
	for (kind = 0; kind < PROMPT_KINDS; kind++) {
		struct scorecard_side side[2];
		struct scorecard_kind *card = &out[kind];
		size_t i, known = 0;

		memset(card, 0, sizeof(*card));
		memset(side, 0, sizeof(side));
		for (i = 0; i < count; i++) {
			if (log[i].kind != kind || !recent(&log[i], now))
				continue;
			count_entry(card, &log[i]);
			scorecard_add(side, &log[i], 1);
			if (log[i].state == DISCIPLINE_SAID &&
			    log[i].minutes != DISCIPLINE_NO_MINUTES)
				minutes[known++] = log[i].minutes;
		}
		scorecard_compare(side, &card->effect);
		qsort(minutes, known, sizeof(*minutes), compare_minutes);
		card->minutes_known = known > 0;
		card->minutes_count = (uint32_t)known;
		card->minutes = known > 0 ? minutes[(known - 1) / 2] : 0;
	}
	free(minutes);
	return 0;
}
