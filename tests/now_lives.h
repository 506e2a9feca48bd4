/*
 * Generated lives with known truth, for the tests of home.h, presence.h: what a person does by the
 * minute, what a phone notes of it, and where home and work really are. Two generators that are
 * built differently: by the day's plan (life_plan) and by the hour's chance (life_drift).
 */
#ifndef TESTS_NOW_LIVES_H
#define TESTS_NOW_LIVES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "places/places.h"
#include "places/visit.h"

#define LIFE_HOUR 3600000LL
#define LIFE_MINUTE 60000LL
#define LIFE_MOST 20000

enum life_type {
	LIFE_DAY, LIFE_NIGHT, LIFE_WEEKENDS, LIFE_ALTERNATE, LIFE_REMOTE, LIFE_CLIENTS,
	LIFE_PROJECTS, LIFE_STUDENT, LIFE_HOLIDAY, LIFE_HOLIDAY_END, LIFE_MOVE, LIFE_JOB,
	LIFE_SPARSE, LIFE_PARTNER, LIFE_NOMAD, LIFE_LONG_NIGHTS, LIFE_WORK_PHONE, LIFE_TYPES
};

static const char *const life_names[LIFE_TYPES] = {
	"day worker", "night shift", "weekends elsewhere", "week about", "remote", "client sites",
	"projects of weeks", "student", "holiday month", "ends on holiday", "move", "new job",
	"sparse", "partner's nights", "nomad", "12-hour nights", "work phone"
};

/* Places: 0, 1 homes; 2, 3 work; 4 hotel; 5 partner's; 6 .. 11 clients; 12 .. others */
enum { L_HOME, L_HOME2, L_WORK, L_WORK2, L_HOTEL, L_PARTNER, L_CLIENT, L_OTHER = 12,
       L_BEACH = 40, L_PLACES = 80 };

struct life {
	enum life_type type;
	size_t visits;
	struct visit visit[LIFE_MOST];
	struct random random;
	size_t days;
	int64_t start;			/* local midnight, ms as if UTC */
	int64_t turn;			/* of a move or a new job; start of a holiday: ms local */
	int64_t turn_end;
	double lost_days, lost_visits;
	int16_t zone;
	/* truth */
	bool home[L_PLACES], work[L_PLACES];
};

static inline double life_unit(struct life *life)
{
	return (double)(random_u64(&life->random) >> 11) / 9007199254740992.0;
}

static inline double life_normal(struct life *life)
{
	double u = 1 - life_unit(life), v = life_unit(life);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static inline int64_t life_minutes(struct life *life, double mean, double deviation)
{
	return (int64_t)((mean + deviation * life_normal(life)) * (double)LIFE_MINUTE);
}

/* Zones change with the clocks at some date in the middle, for half of the lives. */
static inline int16_t life_zone(const struct life *life, int64_t local)
{
	int64_t change = life->start + (int64_t)(life->days / 3) * VISIT_DAY_MS;

	return (int16_t)(life->zone + (life->zone % 2 == 0 && local > change ? 60 : 0));
}

/* Appends a stay of local times; some are not noted at all. Stays of a few minutes are none. */
static inline void life_stay(struct life *life, int64_t from, int64_t until, uint32_t place)
{
	int16_t zone = life_zone(life, from);
	int64_t last = life->visits > 0 ? life->visit[life->visits - 1].leave + zone * LIFE_MINUTE :
		       INT64_MIN;

	if (from < last)
		from = last + 5 * LIFE_MINUTE;
	if (until - from < 6 * LIFE_MINUTE || life->visits >= LIFE_MOST ||
	    life_unit(life) < life->lost_visits)
		return;
	life->visit[life->visits++] = (struct visit){ from - zone * LIFE_MINUTE,
		until - zone * LIFE_MINUTE, place, zone, life_unit(life) < 0.8 };
}

/* Takes out days on which the phone was off. */
static inline void life_lose(struct life *life)
{
	size_t i, kept = 0;
	int64_t day;
	bool *lost = calloc(life->days + 3, sizeof(*lost));

	for (i = 0; i < life->days; i++)
		lost[i] = life_unit(life) < life->lost_days;
	for (i = 0; i < life->visits; i++) {
		struct visit visit = life->visit[i];
		int64_t local = visit_local(visit.arrive, visit.zone);

		day = (local - life->start) / VISIT_DAY_MS;
		if (day < 0 || day >= (int64_t)life->days || !lost[day])
			life->visit[kept++] = visit;
	}
	life->visits = kept;
	free(lost);
}

/* Where the person is, and since when. */
struct life_now {
	uint32_t place;
	int64_t since;
};

static inline void life_go(struct life *life, struct life_now *now, uint32_t place, int64_t when)
{
	int64_t travel = (int64_t)(3 + 25 * life_unit(life)) * LIFE_MINUTE;

	if (place == now->place)
		return;
	if (when < now->since + 10 * LIFE_MINUTE)
		when = now->since + 10 * LIFE_MINUTE;
	life_stay(life, now->since, when, now->place);
	*now = (struct life_now){ place, when + travel };
}

static inline int life_weekday(int64_t day_start)
{
	return (int)(visit_of_week(day_start) / VISIT_DAY_MS);
}

static inline uint32_t life_other(struct life *life)
{
	double u = life_unit(life);

	/* some often, most seldom, some once */
	return u < 0.2 ? VISIT_NOWHERE : L_OTHER + (uint32_t)(28 * pow(life_unit(life), 2));
}

static inline bool life_away(const struct life *life, int64_t day)
{
	return (life->type == LIFE_HOLIDAY || life->type == LIFE_HOLIDAY_END) &&
	       day >= life->turn && day < life->turn_end;
}

/* Where the night that follows the day is spent. */
static inline uint32_t life_bed(struct life *life, int64_t day)
{
	int weekday = life_weekday(day);
	int64_t n = (day - life->start) / VISIT_DAY_MS;

	if (life_away(life, day))
		return L_HOTEL;
	switch (life->type) {
	case LIFE_WEEKENDS: return weekday == 4 || weekday == 5 ? L_HOME2 : L_HOME;
	case LIFE_ALTERNATE: return visit_day(day + 3 * VISIT_DAY_MS) / 7 % 2 == 0 ? L_HOME :
				    L_HOME2;
	case LIFE_MOVE: return day >= life->turn ? L_HOME2 : L_HOME;
	case LIFE_PARTNER: return weekday == 2 || weekday == 5 ? L_PARTNER : L_HOME;
	case LIFE_NOMAD: return L_BEACH + (uint32_t)(n / 6 % 40);
	default: return L_HOME;
	}
}

/* Where the day's work is; VISIT_NOWHERE - 1 for none. */
#define LIFE_FREE (VISIT_NOWHERE - 1)

static inline uint32_t life_job(struct life *life, int64_t day)
{
	int weekday = life_weekday(day);
	int64_t n = (day - life->start) / VISIT_DAY_MS;
	double u = life_unit(life);

	if (life_away(life, day) || u < 0.04)
		return LIFE_FREE;
	switch (life->type) {
	case LIFE_REMOTE: case LIFE_NOMAD: return LIFE_FREE;
	case LIFE_STUDENT: return u < (weekday < 5 ? 0.65 : 0.15) ? L_WORK : LIFE_FREE;
	case LIFE_NIGHT: return (n + weekday / 7) % 7 < 5 ? L_WORK : LIFE_FREE;
	case LIFE_LONG_NIGHTS: return n % 8 < 4 ? L_WORK : LIFE_FREE;
	case LIFE_CLIENTS: return weekday > 4 ? LIFE_FREE : L_CLIENT +
				  (uint32_t)(6 * life_unit(life));
	case LIFE_PROJECTS: return weekday > 4 ? LIFE_FREE : L_CLIENT + (uint32_t)(n / 25 % 6);
	case LIFE_JOB: return weekday > 4 ? LIFE_FREE : day >= life->turn ? L_WORK2 : L_WORK;
	default: return weekday > 4 ? LIFE_FREE : L_WORK;
	}
}

static inline void life_free_day(struct life *life, struct life_now *now, int64_t day, uint32_t bed)
{
	int64_t t = day + life_minutes(life, 10.5 * 60, 70);
	int outings = (int)(3 * life_unit(life)), i;

	for (i = 0; i < outings && t < day + 21 * LIFE_HOUR; i++) {
		life_go(life, now, life_away(life, day) && life_unit(life) < 0.7 ? L_BEACH :
			life_other(life), t);
		t += life_minutes(life, 100, 50);
		if (life_unit(life) < 0.6) {
			life_go(life, now, bed, t);
			t += life_minutes(life, 120, 50);
		}
	}
	life_go(life, now, bed, t);
}

static inline void life_work_day(struct life *life, struct life_now *now, int64_t day, uint32_t job,
				 uint32_t bed)
{
	bool student = life->type == LIFE_STUDENT;
	double from = student ? 8 * 60 + 420 * life_unit(life) : 7.7 * 60;
	int64_t t = day + life_minutes(life, from, student ? 30 : 18);

	life_go(life, now, job, t);
	if (life_unit(life) < 0.4) {
		int64_t noon = day + life_minutes(life, 12.2 * 60, 15);

		if (noon > t + LIFE_HOUR) {
			life_go(life, now, life_other(life), noon);
			life_go(life, now, job, noon + life_minutes(life, 40, 8));
		}
	}
	t = student ? t + life_minutes(life, 300, 110) : day + life_minutes(life, 17 * 60, 35);
	if (life_unit(life) < 0.4) {
		life_go(life, now, life_other(life), t);
		t += life_minutes(life, 55, 25);
	}
	life_go(life, now, bed, t);
	if (life_unit(life) < 0.2) {
		t += life_minutes(life, 100, 30);
		life_go(life, now, life_other(life), t);
		life_go(life, now, bed, t + life_minutes(life, 130, 30));
	}
}

/* A shift over midnight; sleep and errands after it come with the next day. */
static inline void life_night(struct life *life, struct life_now *now, int64_t day, uint32_t job,
			      uint32_t bed)
{
	bool longer = life->type == LIFE_LONG_NIGHTS;

	if (life_unit(life) < 0.5) {
		int64_t t = day + life_minutes(life, 16 * 60, 50);

		life_go(life, now, life_other(life), t);
		life_go(life, now, bed, t + life_minutes(life, 60, 20));
	}
	life_go(life, now, job, day + life_minutes(life, (longer ? 18.6 : 21.6) * 60, 15));
	life_go(life, now, bed, day + life_minutes(life, (longer ? 31 : 30) * 60, 15));
}

/* A life by plans of days. */
static inline void life_plan(struct life *life)
{
	struct life_now now = { life_bed(life, life->start), life->start };
	int64_t day;
	size_t i, kept = 0;

	for (day = life->start; day < life->start + (int64_t)life->days * VISIT_DAY_MS;
	     day += VISIT_DAY_MS) {
		uint32_t bed = life_bed(life, day), job = life_job(life, day);

		if (job == LIFE_FREE)
			life_free_day(life, &now, day, bed);
		else if (life->type == LIFE_NIGHT || life->type == LIFE_LONG_NIGHTS)
			life_night(life, &now, day, job, bed);
		else
			life_work_day(life, &now, day, job, bed);
	}
	life_stay(life, now.since, day, now.place);
	for (i = 0; life->type == LIFE_WORK_PHONE && i < life->visits; i++)
		if (life->visit[i].place == L_WORK)
			life->visit[kept++] = life->visit[i];
	life->visits = life->type == LIFE_WORK_PHONE ? kept : life->visits;
	life_lose(life);
}

/* The same kinds of life by chances of half hours: no plan, ragged edges, short absences. */
static inline void life_drift(struct life *life)
{
	struct life_now now = { life_bed(life, life->start), life->start };
	int64_t day, t;

	for (day = life->start; day < life->start + (int64_t)life->days * VISIT_DAY_MS;
	     day += VISIT_DAY_MS) {
		uint32_t bed = life_bed(life, day), job = life_job(life, day);
		bool night = life->type == LIFE_NIGHT || life->type == LIFE_LONG_NIGHTS;
		int from = night ? 44 : 17, until = night ? 60 : 34, half;

		if (life->type == LIFE_LONG_NIGHTS) {
			from = 38;
			until = 62;
		}
		if (life->type == LIFE_STUDENT) {
			from = 16 + (int)(14 * life_unit(life));
			until = from + 4 + (int)(10 * life_unit(life));
		}
		/* from noon before a shift, else from seven in the morning */
		for (half = night ? 26 : 14; half < (night ? 74 : 62); half++) {
			bool at_job = job != LIFE_FREE && half >= from && half < until;
			double u = life_unit(life);
			bool day_time = half % 48 > 19 && half % 48 < 44;
			uint32_t place = at_job ? (u < 0.93 ? job : life_other(life)) :
					 day_time && u < 0.12 ? life_other(life) : bed;

			t = day + half * 30 * LIFE_MINUTE +
			    (int64_t)(life_unit(life) * 20 * (double)LIFE_MINUTE);
			if (at_job && now.place == job && u < 0.97)
				continue;
			if (!at_job && now.place >= L_OTHER && now.place != bed && u < 0.5)
				continue;
			life_go(life, &now, place, t);
		}
	}
	life_stay(life, now.since, day + 6 * LIFE_HOUR, now.place);
	life_lose(life);
}

/* Whether a place was a home, or a work, at some time; `turn` is right within ten days. */
static inline bool life_true(const struct life *life, enum place_kind kind, uint32_t place,
			     int64_t time)
{
	int64_t local = visit_local(time, life->zone), slack = 10 * VISIT_DAY_MS;

	if (kind == PLACE_HOME && life->type == LIFE_MOVE)
		return (place == L_HOME && local < life->turn + slack) ||
		       (place == L_HOME2 && local > life->turn - slack);
	if (kind == PLACE_WORK && life->type == LIFE_JOB)
		return (place == L_WORK && local < life->turn + slack) ||
		       (place == L_WORK2 && local > life->turn - slack);
	return kind == PLACE_HOME ? life->home[place] : life->work[place];
}

/* Sets what is true, and a turn in the middle third. */
static inline void life_begin(struct life *life, enum life_type type, size_t days, uint64_t seed)
{
	static const int16_t zones[] = { 60, -300, 330, 540, -480, 0, 765 };
	bool none = type == LIFE_REMOTE || type == LIFE_CLIENTS || type == LIFE_PROJECTS ||
		    type == LIFE_STUDENT || type == LIFE_NOMAD;

	memset(life, 0, offsetof(struct life, visit));
	memset(life->home, 0, sizeof(life->home));
	memset(life->work, 0, sizeof(life->work));
	life->type = type;
	life->random.state = seed;
	life->days = days;
	life->zone = zones[random_below(&life->random, 7)];
	life->start = (18000 + (int64_t)random_below(&life->random, 700)) * VISIT_DAY_MS;
	life->turn = life->start + (int64_t)(days / 3 +
		random_below(&life->random, (uint32_t)days / 3 + 1)) * VISIT_DAY_MS;
	if (type == LIFE_HOLIDAY_END)
		life->turn = life->start + (int64_t)(days - 14 -
			     random_below(&life->random, 18)) * VISIT_DAY_MS;
	life->turn_end = life->turn + (20 + (int64_t)random_below(&life->random, 16)) *
			 VISIT_DAY_MS;
	life->lost_days = type == LIFE_SPARSE ? 0.5 : 0.1 * life_unit(life);
	life->lost_visits = type == LIFE_SPARSE ? 0.3 : 0.1 * life_unit(life);
	life->home[L_HOME] = type != LIFE_NOMAD;
	life->home[L_HOME2] = type == LIFE_WEEKENDS || type == LIFE_ALTERNATE;
	life->work[L_WORK] = !none;
}

#endif
