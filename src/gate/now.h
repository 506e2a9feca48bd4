/* Shared by the files of the gate that make prompts: the life, settings and log in the vault. */
#ifndef TACIT_GATE_NOW_H
#define TACIT_GATE_NOW_H

#include "gate/inside.h"
#include "now/discipline.h"
#include "now/life.h"
#include "now/moment.h"

/* now_life.c: what is known for prompts; from the record of the last time where nothing was added
 * since, else out of the acts (and kept). life_free() it. */
int gate_life(struct tacit *t, struct life *out);
/* Where a kind of prompt is allowed: reads it now, so that the next moment need not. Failures are
 * left to that moment. */
void gate_life_prepare(struct tacit *t);
/* What a clock on this machine shows, minutes east of UTC. */
int16_t gate_zone(void *context, int64_t time);

/* now_log.c: settings and decisions. */
struct gate_entry {
	uint64_t id;			/* from 1, in the order of the decisions */
	uint64_t what;			/* what the prompt wanted: a keyed hash, or a number */
	struct discipline_entry entry;
};
int gate_now_settings(struct tacit *t, struct discipline_settings *out);
/* These two inside a transaction of the caller. */
int gate_now_settings_put(struct tacit *t, const struct discipline_settings *settings);
int gate_now_log_put(struct tacit *t, const struct gate_entry *entry);
/* In the order of the decisions; free(*out). */
int gate_now_log(struct tacit *t, struct gate_entry **out, size_t *count);

/* now_told.c: what the person told that prompts heed; gate_told_free() it. A word about a place is
 * a fact with this key, and begins with one of these words. */
#define GATE_PLACE_KEY "place"
extern const char *const gate_place_words[];	/* by enum place_kind */
struct gate_told {
	struct moment_told told;
	struct place_word *word;
	const char **never, **more, **sentence;
	struct vault_fact *facts;	/* that the texts lie in */
};
int gate_told(struct tacit *t, struct gate_told *out);
void gate_told_free(struct gate_told *told);

/* now.c: all of it for one moment, in whole minutes (0: now); gate_moment_close() it. */
struct gate_moment {
	struct tacit *t;
	struct life life;
	struct gate_told told;
	struct discipline_settings settings;
	struct gate_entry *log;
	size_t log_count;
	struct discipline_entry *entry;	/* [entries] of the log before the moment, looked back at */
	struct moment_alert *alert;	/* [entries] */
	size_t entries;
	struct moment_input input;
	struct moment moment;
	bool open;
};
int gate_moment_open(struct tacit *t, int64_t at, struct gate_moment *m);
void gate_moment_close(struct gate_moment *m);

#endif
