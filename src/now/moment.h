/*
 * One moment of a person: what was known up to it, and the prompts that each kind would give.
 * Nothing after the moment is looked at but plans, which are known before; so any moment of
 * the past can be made again.
 */
#ifndef TACIT_NOW_MOMENT_H
#define TACIT_NOW_MOMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "places/home.h"
#include "now/leave.h"
#include "now/life.h"
#include "places/places.h"
#include "now/prompt.h"
#include "places/trips.h"

/* What the person told. Borrowed: all of it must live as long as the moment. */
struct moment_told {
	const struct place_word *word;
	size_t words;
	const char *const *never;	/* "politics", "sushi": folded words */
	size_t nevers;
	const char *const *more;
	size_t mores;
	const char *const *sentence;	/* "more about chess", "always The Feed"; others are left */
	size_t sentences;
	int32_t goal;			/* steps a day; -1 */
	int32_t budget, walk;		/* of lunch: price, metres; -1 */
	int32_t novelty;		/* of lunch, 2^-20; -1: not told */
	int64_t early;			/* ms before an event; LEAVE_UNKNOWN */
};

/* What was decided on before: a prompt was said then, or withheld. */
struct moment_alert {
	uint64_t about;
	int64_t time;
	bool said;
};
/* The keyed hash that stands for prompt.about in the log. */
typedef uint64_t moment_tag(void *context, const char *about);

struct moment_input {
	const struct life *life;
	int64_t at;
	int16_t zone;			/* of the clock at that time */
	struct moment_told told;
	const struct moment_alert *alert;
	size_t alerts;
	moment_tag *tag;
	void *tag_context;
};

struct discipline_entry;
struct steps_day;

struct moment {
	const struct moment_input *input;
	const struct life *life;
	int64_t at;
	int16_t zone;
	struct places places;		/* with the kinds that hold at the moment */
	struct homes homes;
	const char **name;		/* [places.count], or NULL each */
	struct trips_place *spot;	/* [places.count] */
	struct trips_known *trips;	/* NULL until a kind needs it */
	struct leave_spot here;
	int64_t seen;			/* ms, when the person was there last; 0: only usual */
	int32_t usual;			/* share of the time at this hour of the week, 2^-20 */
};

/* moment_close() it. TACIT_E_MEMORY. Cost: some ms for 20,000 stays. `input` must live as long. */
int moment_open(const struct moment_input *input, struct moment *out, struct error *error);
void moment_close(struct moment *moment);
/* "Home", "Work", a name; "a place" where there is none. VISIT_NOWHERE: "here". */
const char *moment_name(const struct moment *moment, uint32_t place);

/* The prompts of kinds (bits 1 << PROMPT_LEAVE ...), at most `room`. */
struct moment_prompts {
	struct prompt *list;
	size_t count, room;
};
int moment_prompts(struct moment *moment, unsigned kinds, struct moment_prompts *out,
		   struct error *error);
/* Appends one; NULL: out of memory. */
struct prompt *moment_add(struct moment_prompts *out, struct error *error);

/* What a prompt wants, for the log: the start, the goal, or the tag of a place. */
uint64_t moment_what(const struct moment *moment, const struct prompt *prompt);
/* Sets achieved and minutes of an earlier decision, where that can be seen by now (moment_after.c):
 * arrived by the start, the place visited within three hours, the item read within a day, the
 * goal reached. */
int moment_look_back(const struct moment *moment, struct discipline_entry *entry, uint64_t what,
		     struct error *error);

/* What a sentence ("no politics") would have done to the newest 500 items of the feeds, before it
 * is told. TACIT_E_ARGUMENT: it is no rule. */
struct rules_report;
int moment_try(struct moment *moment, const char *sentence, struct rules_report *out,
	       struct error *error);

/* Steps of the local days from .. until - 1 into out[until - from]. */
int moment_days(const struct moment *moment, int64_t from, int64_t until, struct steps_day *out,
		struct error *error);
/* Where an event is: its coordinates, the place of that name, or where the person was at earlier
 * events like it. */
struct leave_spot moment_spot(const struct moment *moment, const struct life_plan *plan);
/* Where the person was during most of an event that is over; VISIT_NOWHERE. *came: since when. */
uint32_t moment_spent_at(const struct moment *moment, const struct life_plan *plan, int64_t *came);
/* The first visit that ends after a time. */
size_t moment_visit_after(const struct moment *moment, int64_t time);
/* Where an alert about an event or a habit wanted the person to be; VISIT_NOWHERE: not known. */
uint32_t moment_went(const struct moment *moment, uint64_t about, int64_t start);
void moment_news_about(const struct life *life, const struct life_item *item, char about[96]);

/* The kinds, each with a file of its own. */
int moment_leave(struct moment *moment, struct moment_prompts *out, struct error *error);
int moment_lunch(struct moment *moment, struct moment_prompts *out, struct error *error);
int moment_news(struct moment *moment, struct moment_prompts *out, struct error *error);
int moment_steps(struct moment *moment, struct moment_prompts *out, struct error *error);

#endif
