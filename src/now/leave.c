/* When to leave; see leave.h. */
#include "leave.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"
#include "places/quantile.h"
#include "places/stays.h"

#define MINUTE 60000LL
#define THERE_METRES 150
#define FAR_METRES 300000
#define GRID 39
#define HALF_AT (GRID / 2)		/* of the grid: Q50 */
#define DELAYS 60			/* the latest departures */
#define INVENTED 9
#define INVENTED_WEIGHT 2
#define DEFAULT (5 * MINUTE)
#define DELAY_MOST (60 * MINUTE)	/* longer: the alert was not what they followed */
#define IN_TIME 1011875			/* 96.5 % */
#define STEP 90000LL			/* ms that a late arrival moves the correction */
#define LATE_WANTED 35			/* of 1,000 */
#define CORRECTION_LEAST (-3 * MINUTE)
#define CORRECTION_MOST (30 * MINUTE)
#define WISH_MOST (8 * MINUTE)
#define EARLY_ENOUGH 5

const char *leave_verdict_words(enum leave_verdict verdict)
{
	static const char *const words[] = {
		"said", "the person declined", "it lasts all day", "it is over or has begun",
		"where it is, is not known", "where the person is, is not known",
		"the person is there already", "it is too far for a trip",
	};

	return words[verdict];
}

/* What a prompt is put together from: all of it goes into the reasons. */
struct plan {
	const struct leave_event *event;
	const struct leave_spot *here;
	uint32_t metres;
	struct trips_answer answer;
	int64_t q80, grid[GRID];
	struct quantile_value delay[DELAYS + INVENTED];
	size_t delays;			/* with the invented ones; 0: none known */
	uint32_t departures, ended, late;
	int64_t wish, margin, correction, habit, leave;
};

static int by_alert(const void *a, const void *b)
{
	const struct leave_seen *x = a, *y = b;

	if (x->alert != y->alert)
		return x->alert < y->alert ? -1 : 1;
	return (x->departed > y->departed) - (x->departed < y->departed);
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int learn_departures(struct plan *plan, const struct leave_person *person, int64_t now,
			    struct error *error)
{
	struct leave_seen *seen = malloc((person->seen_count + 1) * sizeof(*seen));
	int64_t thousandths = 0;		/* of the correction */
	size_t count = 0, i;

	if (seen == NULL)
		return error_memory(error);
	for (i = 0; i < person->seen_count; i++) {
		const struct leave_seen *s = &person->seen[i];

		if (s->departed <= now && s->departed >= s->alert - DELAY_MOST &&
		    s->departed <= s->alert + DELAY_MOST)
			seen[count++] = *s;
	}
	if (count > 1)
		qsort(seen, count, sizeof(*seen), by_alert);
	for (i = 0; i < count; i++) {
		bool late = seen[i].arrived > seen[i].start;

		if (i + DELAYS >= count) {
			int64_t delay = seen[i].departed - seen[i].alert;

			plan->delay[plan->delays++] = (struct quantile_value){
				delay > 0 ? delay : 0, FIXED_ONE };
		}
		if (seen[i].start == LEAVE_UNKNOWN || seen[i].arrived == LEAVE_UNKNOWN ||
		    seen[i].arrived > now)
			continue;
		plan->ended++;
		plan->late += late;
		thousandths += STEP * (late ? 1000 - LATE_WANTED : -LATE_WANTED);
		thousandths = thousandths < CORRECTION_LEAST * 1000 ? CORRECTION_LEAST * 1000 :
			     thousandths > CORRECTION_MOST * 1000 ? CORRECTION_MOST * 1000 :
			     thousandths;
	}
	plan->departures = (uint32_t)plan->delays;
	plan->correction = thousandths / 1000;
	for (i = 0; plan->departures > 0 && i < INVENTED; i++)
		plan->delay[plan->delays++] = (struct quantile_value){
			DEFAULT * (int64_t)i / (INVENTED - 1),
			INVENTED_WEIGHT * FIXED_ONE / INVENTED };
	quantile_sort(plan->delay, plan->delays);
	free(seen);
	return 0;
}

static int learn_wish(struct plan *plan, const struct leave_person *person, struct error *error)
{
	size_t count = person->early_count;
	int64_t *early, wish;

	if (person->wish != LEAVE_UNKNOWN)
		plan->wish = person->wish;
	if (person->wish != LEAVE_UNKNOWN || count < EARLY_ENOUGH)
		return 0;
	early = malloc(count * sizeof(*early));
	if (early == NULL)
		return error_memory(error);
	memcpy(early, person->early, count * sizeof(*early));
	qsort(early, count, sizeof(*early), by_number);
	wish = (early[(count - 1) / 2] + early[count / 2]) / 2;
	plan->wish = wish < 0 ? 0 : wish > WISH_MOST ? WISH_MOST : wish;
	free(early);
	return 0;
}

/* Q96.5 and Q50 of trip + delay. */
static int sums(const struct plan *plan, int64_t *in_time, int64_t *half, struct error *error)
{
	struct quantile_value *sum = malloc(GRID * plan->delays * sizeof(*sum));
	size_t count = 0, i, k;

	if (sum == NULL)
		return error_memory(error);
	for (i = 0; i < GRID; i++)
		for (k = 0; k < plan->delays; k++)
			sum[count++] = (struct quantile_value){
				plan->grid[i] + plan->delay[k].value, plan->delay[k].weight };
	quantile_sort(sum, count);
	quantile_of(sum, count, 0, IN_TIME, in_time);
	quantile_of(sum, count, 0, FIXED_ONE / 2, half);
	free(sum);
	return 0;
}

static int decide(struct plan *plan, struct error *error)
{
	int64_t in_time = plan->grid[GRID - 1], half = plan->grid[HALF_AT];
	int status = 0;

	if (plan->delays > 0)
		status = sums(plan, &in_time, &half, error);
	if (status != 0)
		return status;
	plan->margin = in_time - plan->q80;
	if (plan->delays == 0 && plan->margin < DEFAULT)
		plan->margin = DEFAULT;
	if (plan->margin < half + plan->wish - plan->q80)
		plan->margin = half + plan->wish - plan->q80;
	plan->habit = plan->margin + plan->correction;
	if (plan->habit < 0)
		plan->habit = 0;
	plan->leave = plan->event->start - plan->q80 - plan->habit;
	return 0;
}

static int ask_times(struct plan *plan, const struct trips_known *known, int64_t now,
		     struct error *error)
{
	struct trips_query query = {
		plan->here->place, plan->event->spot.place, plan->metres,
		(int32_t)visit_of_week(visit_local(plan->event->start, plan->event->zone)), true,
		TRIPS_ANY, now };
	int32_t shares[GRID];
	size_t i;
	int status;

	/* place 31 of the grid, 32/40, is the Q80 itself */
	for (i = 0; i < GRID; i++)
		shares[i] = i + 1 == 32 ? TRIPS_Q80 : FIXED_ONE / (GRID + 1) * (int32_t)(i + 1);
	status = trips_times(known, &query, shares, GRID, plan->grid, &plan->answer, error);
	plan->q80 = plan->grid[31];
	return status;
}

static void clock_words(int64_t ms, int16_t zone, char out[8])
{
	int64_t minute = visit_of_week(visit_local(ms, zone)) % VISIT_DAY_MS / MINUTE;

	snprintf(out, 8, "%02d:%02d", (int)(minute / 60 % 24), (int)(minute % 60));
}

static void say(const struct plan *plan, struct prompt *out)
{
	const struct leave_event *event = plan->event;
	const char *title = event->title == NULL ? "the event" : event->title;
	char way[120], late[64], leave[8], start[8];
	struct reasons *why = &out->why;

	*out = (struct prompt){ .kind = PROMPT_LEAVE, .from = plan->leave, .until = event->start,
				.chance = -1, .critical = true };
	clock_words(plan->leave, event->zone, leave);
	clock_words(event->start, event->zone, start);
	snprintf(out->about, sizeof(out->about), "leave %s", event->key);
	snprintf(out->words, sizeof(out->words),
		 "Leave at %s for %.90s at %s: the way takes up to %d minutes.", leave, title,
		 start, (int)((plan->q80 + MINUTE - 1) / MINUTE));
	snprintf(way, sizeof(way), "%.50s to %.50s",
		 plan->here->name == NULL ? "here" : plan->here->name,
		 event->spot.name == NULL ? title : event->spot.name);
	snprintf(late, sizeof(late), "of %u alerts whose end is known", plan->ended);
	reason_add(why, "event", title, REASON_TIME, event->start);
	reason_add(why, "trip q80", way, REASON_SPAN, plan->q80);
	reason_add(why, "habit", plan->departures > 0 ? "margin + correction, not below 0" :
		    "nothing known of departures yet: 5 minutes, or what such trips vary",
		    REASON_SPAN, plan->habit);
	reason_add(why, "leave at", "event - trip q80 - habit", REASON_TIME, plan->leave);
	reason_add(why, "level used", trips_level_words(plan->answer.level), REASON_COUNT,
		    plan->answer.level);
	reason_add(why, "trips", NULL, REASON_COUNT, plan->answer.trips);
	reason_add(why, "mode", trips_mode_name(plan->answer.mode), REASON_COUNT,
		    plan->answer.mode);
	reason_add(why, "straight line", NULL, REASON_METRES, plan->metres);
	reason_add(why, "share used", "what covered 80 % so far", REASON_SHARE,
		    plan->answer.used);
	reason_add(why, "margin", "96.5 % of trips and departures are in time", REASON_SPAN,
		    plan->margin);
	reason_add(why, "correction", "from late and timely arrivals so far", REASON_SPAN,
		    plan->correction);
	reason_add(why, "departures", "after alerts", REASON_COUNT, plan->departures);
	reason_add(why, "late", late, REASON_COUNT, plan->late);
	reason_add(why, "wish", "to be early by", REASON_SPAN, plan->wish);
}

static enum leave_verdict judge(struct plan *plan, int64_t now)
{
	const struct leave_event *event = plan->event;
	const struct leave_spot *here = plan->here;

	if (event->declined)
		return LEAVE_DECLINED;
	if (event->all_day)
		return LEAVE_ALL_DAY;
	if (now >= event->start)
		return LEAVE_OVER;
	if (!event->spot.located)
		return LEAVE_PLACELESS;
	if (here->place == event->spot.place && here->place < TRIPS_UNKNOWN)
		return LEAVE_THERE;
	if (!here->located)
		return LEAVE_LOST;
	plan->metres = (uint32_t)(stays_metres(here->at.latitude, here->at.longitude,
					       event->spot.at.latitude,
					       event->spot.at.longitude) + .5);
	return plan->metres <= THERE_METRES ? LEAVE_THERE : LEAVE_SAID;
}

int leave_prompt(const struct trips_known *known, const struct leave_spot *here,
		 const struct leave_event *event, const struct leave_person *person, int64_t now,
		 struct prompt *out, enum leave_verdict *verdict, struct error *error)
{
	struct plan plan = { .event = event, .here = here };
	int status;

	*verdict = judge(&plan, now);
	if (*verdict != LEAVE_SAID)
		return 0;
	status = ask_times(&plan, known, now, error);
	if (status == 0 && plan.metres > FAR_METRES && plan.answer.level >= TRIPS_PACE) {
		*verdict = LEAVE_FAR;
		return 0;
	}
	if (status == 0)
		status = learn_departures(&plan, person, now, error);
	if (status == 0)
		status = learn_wish(&plan, person, error);
	if (status == 0)
		status = decide(&plan, error);
	if (status == 0)
		say(&plan, out);
	return status;
}
