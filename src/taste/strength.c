/* The table of strengths. docs/decisions.md has what was measured about them. */
#include "strength.h"

#include "base/fixed.h"

#define SHORT_MS (5 * 60000)	/* of a film or episode: a try */

static int32_t of_rating(int64_t value)
{
	if (value >= 3 * (int64_t)FIXED_ONE)
		return FIXED_ONE;
	if (value >= 2 * (int64_t)FIXED_ONE)
		return FIXED_ONE / 2;
	return FIXED_ONE / 4;
}

/* What one event says; *explicit where the person judged. */
static int32_t of_event(const struct vault_history *history, uint32_t e, int *judged)
{
	*judged = 1;
	if ((history->flags[e] & ACT_NOT_CHOSEN) != 0) {
		*judged = 0;
		return 0;
	}
	switch (history->verb[e]) {
	case ACT_LIKE:
		return FIXED_ONE + FIXED_ONE / 4;
	case ACT_DISLIKE:
		return -FIXED_ONE / 2;
	case ACT_BOOKMARK:
	case ACT_FOLLOW:
		*judged = 0;
		return FIXED_ONE / 2;
	case ACT_SEARCH:
		*judged = 0;
		return FIXED_ONE / 4;
	case ACT_PLAN:
	case ACT_RECEIVE:
		*judged = 0;
		return 0;
	default:
		break;
	}
	/* The value of a purchase is a price, that of an exercise a count. */
	if (history->value[e] != ACT_NONE && history->verb[e] != ACT_BUY &&
	    history->verb[e] != ACT_EXERCISE)
		return of_rating(history->value[e]);
	*judged = 0;
	if (history->verb[e] == ACT_WATCH && history->duration[e] != ACT_NONE &&
	    history->duration[e] < SHORT_MS)
		return FIXED_ONE / 4;
	return FIXED_ONE;
}

int32_t strength_of(const struct vault_history *history, const uint32_t *event, uint32_t count)
{
	int32_t most = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		int judged;
		int32_t one = of_event(history, event[i], &judged);

		if (judged)
			return one;
		most = one > most ? one : most;
	}
	return most;
}

int strength_had(int verb)
{
	return verb != ACT_BOOKMARK && verb != ACT_SEARCH && verb != ACT_FOLLOW &&
	       verb != ACT_PLAN && verb != ACT_RECEIVE;
}
