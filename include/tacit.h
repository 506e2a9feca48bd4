/*
 * tacit: a person's own personalisation engine.
 *
 * This header is the whole library. A program opens a handle on a home folder, unlocks the vault in
 * it, adds exports, and asks: what next, why, what if. Everything stays on the machine.
 *
 *	struct tacit *t;
 *	struct tacit_options options = TACIT_OPTIONS_INIT;
 *	struct tacit_answer *answer;
 *
 *	if (tacit_open(&options, &t) == 0 && tacit_unlock(t, &secret) == 0 &&
 *	    tacit_next(t, "films", NULL, &answer) == 0)
 *		...
 *
 * Results are 0 or a negative TACIT_E_*; tacit_error() then has one sentence that names what was
 * wrong and the next step. *out is set only on success. Strings are UTF-8. A handle belongs to
 * one thread at a time. Whatever a function hands out with `out` is freed by the function named
 * beside it; the _free functions take NULL.
 *
 * Scores, contributions and probabilities are integers in units of 2^-20 (TACIT_ONE), the same to
 * the bit on every machine. Times are milliseconds since 1970-01-01 UTC.
 */
#ifndef TACIT_H
#define TACIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define TACIT_VERSION "0.1.0"
#define TACIT_ONE (1 << 20)

enum {
	TACIT_OK = 0,
	TACIT_E_MEMORY = -1,	/* out of memory */
	TACIT_E_ARGUMENT = -2,	/* the caller asked for something that makes no sense */
	TACIT_E_NOT_FOUND = -3,	/* no such file, vault, item, pack ... */
	TACIT_E_EXISTS = -4,	/* it is there already */
	TACIT_E_IO = -5,	/* reading or writing failed: disk full, permission ... */
	TACIT_E_DAMAGED = -6,	/* bytes are not what they were when written */
	TACIT_E_SECRET = -7,	/* wrong passphrase or key file */
	TACIT_E_LOCKED = -8,	/* the vault needs its passphrase */
	TACIT_E_BUSY = -9,	/* another process has the vault */
	TACIT_E_NEWER = -10,	/* written by a later version of tacit */
	TACIT_E_FORMAT = -11,	/* not a format that tacit reads, or broken */
	TACIT_E_LIMIT = -12,	/* beyond a limit named in src/base/limits.h */
	TACIT_E_SIGNATURE = -13,	/* signature missing where needed, or wrong */
	TACIT_E_UNKNOWN = -14,	/* too little evidence: "I don't know" */
	TACIT_E_STOPPED = -15	/* the caller's callback stopped it */
};

/* ---- the handle ------------------------------------------------------------------------ */

struct tacit;

struct tacit_options {
	size_t size;			/* sizeof(struct tacit_options) */
	const char *home;		/* NULL: $TACIT_HOME, else ~/.local/share/tacit */
	const char *packs;		/* a further folder to look for packs in, or NULL */
	const char *reader;		/* the program that reads exports; NULL: this one */
};
#define TACIT_OPTIONS_INIT { sizeof(struct tacit_options), NULL, NULL, NULL }

int tacit_open(const struct tacit_options *options, struct tacit **out);
void tacit_close(struct tacit *t);
/* The sentence of the last error of this handle (NULL handle: of the last failed tacit_open). */
const char *tacit_error(const struct tacit *t);
const char *tacit_home(const struct tacit *t);

/* ---- the vault ------------------------------------------------------------------------- */

struct tacit_secret {
	const char *passphrase;		/* one of the two; the caller wipes it */
	const char *key_file;
	uint64_t memory_bytes;		/* Argon2id, when a passphrase is set: 0 = 256 MiB */
	uint32_t passes;		/* 0 = 3 */
};

enum { TACIT_NO_VAULT = 0, TACIT_VAULT_LOCKED = 1, TACIT_VAULT_OPEN = 2 };
/* Whether there is a vault in the home, and whether this handle has it open. */
int tacit_state(const struct tacit *t);
/* 1 when the vault opens with a key file, 0 with a passphrase, negative on error. */
int tacit_wants_key_file(struct tacit *t);

/* Makes the vault and opens it. Cost: Argon2id, about half a second. */
int tacit_init(struct tacit *t, const struct tacit_secret *secret);
/* Opens the vault for this handle; NULL asks the agent (TACIT_E_LOCKED where none runs). */
int tacit_unlock(struct tacit *t, const struct tacit_secret *secret);
/* Starts the agent, so that later handles open without the secret; it ends after `idle_seconds`
 * without use. tacit_agent_stop ends it. */
int tacit_agent_start(struct tacit *t, const struct tacit_secret *secret, unsigned idle_seconds);
int tacit_agent_stop(struct tacit *t);
/* A new passphrase or key file; with `reencrypt` also a new master key and every page anew. */
int tacit_rekey(struct tacit *t, const struct tacit_secret *secret, int reencrypt);
int tacit_backup(struct tacit *t, const char *path);
/* Puts a backup in the vault's place; what was forgotten since stays forgotten where the vault that
 * is there now opens with `secret_now`. *refused: events that the backup held and that stay out. */
int tacit_restore(struct tacit *t, const char *path, const struct tacit_secret *secret,
		  const struct tacit_secret *secret_now, uint64_t *refused);

struct tacit_totals {
	uint64_t events, items, facts, sources, tombstones, file_bytes;
};
int tacit_totals(struct tacit *t, struct tacit_totals *out);

/* ---- sources --------------------------------------------------------------------------- */

struct tacit_skip {
	char reason[64];
	uint64_t count;
};

/* What became of one export: read = kept + duplicate + the skips. */
struct tacit_import {
	char file[256], entry[256], kind[32], note[256];
	uint32_t source;		/* for tacit_undo; 0 when nothing of it was stored */
	uint64_t read, kept, duplicate;
	size_t skip_count;
	struct tacit_skip skip[34];
	size_t drop_count;		/* fields never stored, and how many rows had them */
	struct tacit_skip drop[24];
};

struct tacit_import_options {
	size_t size;
	const char *person;		/* which person of a data set that holds many, or NULL */
	int lift;			/* also take back what was forgotten before */
	void (*progress)(void *context, const char *file, uint64_t done, uint64_t total,
			 uint64_t rows);
	void (*ignored)(void *context, const char *name, const char *why);
	/* One of several paths, which cannot be read: those behind it are, and it is no failure of
	 * the whole. NULL: it ends all. */
	void (*refused)(void *context, const char *path, const char *why);
	void *context;
};
#define TACIT_IMPORT_OPTIONS_INIT { .size = sizeof(struct tacit_import_options) }

/* Reads exports of any known kind: files, archives, folders. Each file is one transaction: it is in
 * the vault whole or not at all. free() the array, which has what was read also on failure. */
int tacit_add(struct tacit *t, const char *const *path, size_t count,
	      const struct tacit_import_options *options, struct tacit_import **out,
	      size_t *out_count);

struct tacit_watch_options {
	size_t size;
	int once;			/* gives what is there, and returns */
	/* A file may be read now. What it returns, if not 0, ends the watch and is returned. */
	int (*ready)(void *context, const char *path);
	void *context;
};
#define TACIT_WATCH_OPTIONS_INIT { .size = sizeof(struct tacit_watch_options) }

/* Waits for files in a folder (not in folders in it) and gives each, new or changed, once it was
 * closed and quiet for two seconds; first those that are there. Hidden files and unfinished
 * downloads are left alone. Needs no vault: who is told opens one, and other commands are not kept
 * out in between. */
int tacit_watch(struct tacit *t, const char *folder, const struct tacit_watch_options *options);

/* Kept as followed; followed already; read; unchanged; left alone until `again`; failed. */
enum { TACIT_FETCH_FOLLOWED = 1, TACIT_FETCH_KNOWN, TACIT_FETCH_READ, TACIT_FETCH_SAME,
       TACIT_FETCH_WAITING, TACIT_FETCH_FAILED };
struct tacit_fetched {			/* good for the time of the call */
	const char *address, *host, *words;	/* words: why it failed, else "" */
	int state;
	uint64_t kept, known;
	uint32_t source;		/* 0 where nothing was stored */
	int64_t again;			/* not before, ms; 0: at any time */
};
struct tacit_fetch_options {
	size_t size;
	const char *const *address;	/* these alone; NULL: all that are followed */
	size_t count;
	int add;			/* fetch nothing: follow the addresses from now on */
	unsigned seconds;		/* for one download; 0: 60 */
	const char *near;		/* its host and port may be private too, or NULL */
	void (*fetched)(void *context, const struct tacit_fetched *fetched);
	void *context;
};
#define TACIT_FETCH_OPTIONS_INIT { .size = sizeof(struct tacit_fetch_options) }
/* Brings new items of feeds over http and https, which must be public but for hosts that the person
 * gave (docs/sources.md). A feed that fails is no error; TACIT_E_NOT_FOUND: none is followed. */
int tacit_fetch(struct tacit *t, const struct tacit_fetch_options *options);

struct tacit_source {
	uint32_t id;
	int64_t time;
	char file[256], kind[32];
	uint64_t read, kept, duplicate;
	char skipped[4096];		/* JSON: rows by reason */
	char dropped[2048];		/* JSON: rows by field that is never stored */
};
int tacit_sources(struct tacit *t, struct tacit_source **out, size_t *count);	/* free() */

struct tacit_counts {
	uint64_t events, facts;
};
/* Removes an import exactly; the file can be added again. */
int tacit_undo(struct tacit *t, uint32_t source, struct tacit_counts *out);
/* The body of the sandboxed child that reads exports: what the program named in the options does
 * when it is called as `PROGRAM --reader`. Returns the exit status. */
int tacit_reader_main(void);
/* The kinds of export that can be read; NULL after the last. */
const char *tacit_kind(size_t index, const char **title);
/* One kind of file that is read: what is used of it, what is never stored, what it cannot know. */
struct tacit_reading {
	const char *kind, *title, *files, *acts, *used, *unknown;
	const char *const *dropped;	/* ends with NULL; NULL: nothing */
};
/* The index-th; 0 after the last. The texts are tacit's own. */
int tacit_reading(size_t index, struct tacit_reading *out);

/* ---- facts and feedback ---------------------------------------------------------------- */

enum { TACIT_TOLD = 1, TACIT_INFERRED, TACIT_IMPORTED, TACIT_SAID };

struct tacit_fact {
	uint64_t id;
	char key[128], value[1024], unit[32], evidence[1024];
	int mark;
	int64_t time;
	int32_t confidence;		/* 2^-20 */
};

/* Understands "I love X", "I like X", "no X", "I hate X", "my K is V", "K = V"; keeps anything else
 * as a note. `out` may be NULL. */
int tacit_tell(struct tacit *t, const char *text, struct tacit_fact *out);
int tacit_facts(struct tacit *t, struct tacit_fact **out, size_t *count);	/* free() */

enum { TACIT_LIKE = 1, TACIT_DISLIKE, TACIT_DONE, TACIT_NOT_ME };
/* Feedback on an item by its title (creator may be ""); `item` gets the title it was taken for. */
int tacit_feedback(struct tacit *t, int kind, const char *domain, const char *title,
		   char item[256]);

/* ---- answers --------------------------------------------------------------------------- */

/* One term of a score. Contributions of an item's causes sum to its score exactly. */
struct tacit_cause {
	char reason[16];	/* "follow" "words" "again" "moment" "told" "popular" "variety" */
	uint64_t event;			/* newest event behind it, 0 where there is none */
	uint64_t fact;			/* the told fact behind it, 0 where there is none */
	uint32_t events;		/* how many events it stands for */
	int64_t time;			/* of the newest event */
	char label[256];		/* "Alien", "you said: no horror", "Saturday evening" */
	int64_t contribution;		/* 2^-20 */
	/* tacit_why only: the score and rank (1 = first) that a history without these events has;
	 * of a moment those when nothing is known of it */
	int64_t score_without;
	uint32_t rank_without;
};

struct tacit_suggestion {
	uint64_t item;			/* number within its pack, or the vault's item */
	char id[64];			/* the pack's name for it, "" without a pack */
	char title[256], creator[256], words[256];
	int32_t year;
	int64_t score;
	int32_t probability;		/* that this is what the person takes next; -1 unknown */
	int surprise;			/* 1: from outside the profile, on purpose */
	uint32_t rank;			/* 1 = first */
	size_t cause_count;
	struct tacit_cause *cause;	/* largest contribution first */
};

struct tacit_answer {
	char domain[32], pack[64];
	size_t count;
	struct tacit_suggestion *suggestion;
	uint64_t known;			/* things of the history that the answer rests on */
	uint64_t unmatched;		/* things of the history that the pack does not have */
	uint64_t candidates;
	size_t dropped_count;		/* loved once and left: repeating domains only */
	struct tacit_suggestion *dropped;
};
void tacit_answer_free(struct tacit_answer *answer);

struct tacit_next_options {
	size_t size;
	uint32_t count;			/* 0: 10 */
	int32_t surprise;		/* share of surprises, 2^-20; 0 none */
	uint32_t causes;		/* causes per suggestion, 0: all */
	int anyway;			/* answer with what is popular where nothing is known */
	int32_t sure;			/* only what has at least this chance, 2^-20; 0 all */
	/* What the answer is for, 2^-20: 0 what comes next, TACIT_ONE what the next year holds, a
	 * blend between. Chances are known for 0 only, others have -1. TACIT_E_NOT_FOUND where the
	 * pack does not say what a year holds. */
	int32_t view;
	/* What is known of the moment, "weather=sunny": features and values that the pack knows
	 * (else TACIT_E_ARGUMENT names these). Weekday and part of the day come from `now` on the
	 * machine's own clock, where the pack knows them, unless they are given here. */
	const char *const *moment;
	size_t moment_count;
	int64_t now;			/* ms; 0: the clock */
	int64_t until;			/* as it was then: events after it are left out; 0 all */
	int32_t variety;		/* 2^-20: how much like costs beside like; 0 nothing */
};
#define TACIT_NEXT_OPTIONS_INIT { .size = sizeof(struct tacit_next_options) }

/* What to watch, read, hear ... next. TACIT_E_UNKNOWN where the history says nothing yet, or
 * nothing with a chance of `sure`. */
int tacit_next(struct tacit *t, const char *domain, const struct tacit_next_options *options,
	       struct tacit_answer **out);
/* Orders a given list of titles ("Title", "Title (1999)", "Title<TAB>Creator"). Those that the
 * catalogue does not have are scored by the words that the pack knows of them, with probability
 * -1; those without a known word come last, without causes. */
int tacit_rank(struct tacit *t, const char *domain, const char *const *titles, size_t count,
	       struct tacit_answer **out);
/* What people take after one thing, from the pack alone: for each candidate the exact term that
 * the thing adds to its score as the newest of a history, without the intercept and without
 * anything of the person's history; best first, ties by the pack's item number. It is about the
 * thing and not about the person (probability -1), but what they told "never" stays out. Where no
 * catalogue has the title ("Title", "Title (1999)", "Title<TAB>Creator"), its words stand in
 * (reason "words"). `count` 0: 10. Cost: one pass over a catalogue. TACIT_E_NOT_FOUND where no
 * pack has the title or a word of it. */
int tacit_like_this(struct tacit *t, const char *domain, const char *title, uint32_t count,
		    struct tacit_answer **out);
/* The exact sum behind one item, with what each cause changes. One suggestion in the answer. */
int tacit_why(struct tacit *t, const char *domain, const char *title, struct tacit_answer **out);
/* The same of the score that an answer with that view has. */
int tacit_why_view(struct tacit *t, const char *domain, const char *title, int32_t view,
		   struct tacit_answer **out);

struct tacit_change {
	char title[256];
	uint32_t before, after;		/* rank, 1 = first; 0 = not among the first */
	int64_t score_before, score_after;
};
struct tacit_whatif {
	char change[256];		/* how the change was understood */
	size_t count;
	struct tacit_change *line;	/* the lists before and after, merged, by rank after */
};
void tacit_whatif_free(struct tacit_whatif *whatif);
/* "forget TITLE", "forget event N", "forget source N", "like TITLE", "dislike TITLE",
 * "done TITLE", "no WORD", "love WORD": the difference in the first `count`, nothing changes. */
int tacit_whatif(struct tacit *t, const char *domain, const char *change, uint32_t count,
		 struct tacit_whatif **out);

struct tacit_worth {
	uint32_t source;		/* 0: several, grouped */
	char file[256], kind[32];
	uint64_t events;
	int64_t shapley, low, high;	/* of hit@10 on the person's latest events, 2^-20 */
};
/* Exact Shapley values (Shapley 1953); they sum to *total, the gain over no data. */
int tacit_worth(struct tacit *t, const char *domain, struct tacit_worth **out, size_t *count,
		int64_t *total, void (*progress)(void *context, int permille), void *context);

struct tacit_taste {
	char domain[32];
	uint64_t events, items;
	int64_t first, last;		/* ms */
	size_t creator_count, word_count;
	struct tacit_liking {
		char name[128];
		uint64_t events;
		int32_t lift;		/* share here over the catalogue's, 2^-20; 0 unknown */
		uint64_t evidence;	/* the newest event */
	} creator[8], word[8];
};
/* What is known and guessed, a row per domain; free(). */
int tacit_me(struct tacit *t, struct tacit_taste **out, size_t *count);

/* Where a taste changed. What each event adds to the gain is exact. */
struct tacit_drift_point {
	int64_t time;			/* of the first event after the change, ms */
	uint64_t before, after;		/* events on each side, up to the next change */
	int64_t gain;			/* log-likelihood over no change, 2^-20 nats */
	size_t moved_count;
	struct tacit_moved {
		char name[128];		/* a word of things (genre), or a creator */
		int32_t before, after;	/* share of the events that have it, 2^-20 */
		uint64_t event;		/* the one that carries most of it */
	} moved[8];			/* what moved most first */
	size_t event_count;
	uint64_t event[8];		/* those that moved it most */
	char title[8][128];		/* of their things */
};
/* When the taste in a domain (NULL: the one with most events) moved, by the words or the creators
 * of what was taken: exact segmentation of a multinomial likelihood (Auger and Lawrence 1989) with
 * a penalty that finds a change in at most 5 of 100 histories in a random order. from = until = 0:
 * the changes, oldest first, at most 12, none is an answer too. Else one point that compares the
 * events up to `from` with those after it up to `until` (0: all). A pure function of the vault; the
 * array is for free(). TACIT_E_UNKNOWN where there is nothing to read it from. Cost: below a
 * second. */
int tacit_drift(struct tacit *t, const char *domain, int64_t from, int64_t until,
		struct tacit_drift_point **out, size_t *count);

/* ---- the moment -------------------------------------------------------------------------- */

/*
 * Prompts: when to leave, a place for lunch, a piece of news, how far to the goal. A kind ("leave",
 * "lunch", "news", "steps") says nothing until the person allows it; at most a few prompts a day,
 * none in quiet hours, some withheld at random so that the effect is known (src/now/discipline.h).
 */
enum { TACIT_PROMPT_KINDS = 4, TACIT_PROMPT_WHY = 16, TACIT_BATCHES = 8 };

/* A number that a prompt rests on. */
struct tacit_reason {
	char name[40], words[120];	/* "trip q80", "from Home to Dentist" */
	char unit[8];			/* "count" "ms" "time" "metres" "share" "steps" "score" */
	int64_t value;			/* share and score: 2^-20 */
};

enum { TACIT_PROMPT_SAID = 0, TACIT_PROMPT_WITHHELD, TACIT_PROMPT_WAITS, TACIT_PROMPT_DROPPED };
struct tacit_prompt {
	uint64_t id;			/* for tacit_now_outcome; 0 where nothing was recorded */
	char kind[8], words[200];
	int64_t at;			/* the moment: in whole minutes, so that it can be named */
	int64_t from, until;		/* of use in between, ms */
	int32_t chance;			/* that the person uses it, 2^-20; -1 unknown */
	int32_t propensity;		/* the chance of this decision, 2^-20; 0: none was made */
	int critical, state;
	char because[40];		/* why that state: "quiet hours" */
	size_t reasons;
	struct tacit_reason reason[TACIT_PROMPT_WHY];
};

struct tacit_now_options {
	size_t size;
	int64_t at;			/* ms: that moment again, nothing recorded; 0: now */
	int look;			/* record nothing */
};
#define TACIT_NOW_OPTIONS_INIT { .size = sizeof(struct tacit_now_options) }
/* What would be said at this moment, and what is (state), said ones first; free(*out). Of a replay
 * or a look, those of kinds that are not allowed too. `retired` (may be NULL): a line on the kinds
 * that this call retired, or "". Uses what the vault has up to then. Cost: milliseconds where
 * nothing was added since the last time, else about a second for five million points. */
int tacit_now(struct tacit *t, const struct tacit_now_options *options, struct tacit_prompt **out,
	      size_t *count, char retired[400]);
/* What became of a prompt: TACIT_USED, TACIT_DISMISSED, or TACIT_CREEPY, which stops its kind. */
int tacit_now_outcome(struct tacit *t, uint64_t id, int outcome);

struct tacit_now_settings {
	int off;			/* nothing is said at all */
	struct tacit_now_kind {
		char name[8];
		int allowed;
		uint32_t cap;		/* prompts a day */
	} kind[TACIT_PROMPT_KINDS];
	uint32_t cap, kept;		/* a day, of all kinds; of these for "leave" alone */
	uint32_t batches;
	int batch[TACIT_BATCHES], window;	/* minutes of the day; how long one lasts */
	int quiet_from, quiet_until;	/* minutes of the day; equal: no quiet hours */
	int quiet_leave;		/* 1: "leave" may speak in quiet hours */
	int32_t holdout;		/* 2^-20 */
};
int tacit_now_settings(struct tacit *t, struct tacit_now_settings *out);
int tacit_now_set(struct tacit *t, const struct tacit_now_settings *settings);

/* What a sentence about news ("no politics", "more about chess", "always FEED") would have done to
 * the newest 500 items of the person's feeds; nothing is kept. tacit_tell keeps it. */
struct tacit_rule_test {
	uint32_t items, removed, raised;
	uint32_t removed_read, raised_read;	/* of these, read by the person */
};
int tacit_now_try(struct tacit *t, const char *sentence, struct tacit_rule_test *out);

/* The last 28 days of a kind. */
struct tacit_scorecard {
	char kind[8];
	int allowed;
	uint32_t said, withheld, used, dismissed, creepy;
	int minutes_known, effect_known;
	int32_t minutes;		/* median: early, below 0 late */
	int32_t effect, low, high;	/* on what the prompt wanted, 2^-20; 95 % */
	uint32_t said_achieved, withheld_achieved;
};
int tacit_now_scorecard(struct tacit *t, struct tacit_scorecard out[TACIT_PROMPT_KINDS]);

enum { TACIT_PLACE_OTHER = 0, TACIT_PLACE_HOME, TACIT_PLACE_WORK };
struct tacit_place {
	char name[64];			/* told, or what a service called it, or "" */
	int32_t latitude, longitude;	/* 1e-7 degrees */
	uint32_t radius, visits, days;	/* metres */
	int64_t time, first, last;	/* ms */
	int kind;			/* TACIT_PLACE_... */
	int32_t confidence;		/* of home or work, 2^-20; TACIT_ONE: told */
	int64_t from, until;		/* since when it is that; until 0: still */
};
/* Places as of a moment (0: now), longest time first; free(). Home and work are claimed from a
 * confidence of .8 on; below, kind is OTHER with the confidence that there was. */
int tacit_places(struct tacit *t, int64_t at, struct tacit_place **out, size_t *count);
/* What of the places is other than when the person looked last. */
enum { TACIT_PLACE_APPEARED = 0, TACIT_PLACE_GONE, TACIT_PLACE_MOVED, TACIT_PLACE_KIND };
struct tacit_place_change {
	int what;
	uint32_t number;		/* in the list of now, from 1; 0: gone */
	char name[64];
	int32_t latitude, longitude;
	uint32_t metres;		/* that its middle moved */
	int kind_before, kind_after;
};
/* Against the list that was kept last; none where there is none, or after a forgetting. With `keep`
 * the list of now is kept. free(). */
int tacit_place_changes(struct tacit *t, int keep, struct tacit_place_change **out,
			size_t *count);
/* Where the person goes next from where they are, with the counts behind each chance. */
enum { TACIT_PLACE_GUESSES = 5 };
struct tacit_place_next {
	char here[64];			/* "" where that is not known */
	size_t guesses;
	struct tacit_place_guess {
		char name[64];
		int32_t latitude, longitude, chance;	/* 1e-7 degrees; 2^-20 */
		/* Moves to there from the last two places, from the last one, within an hour of
		 * this time of the day, and at all. */
		uint32_t after_two, after_one, at_hour, visits;
		int32_t usual;		/* share of the time at this hour of the week, 2^-20 */
		/* When the person goes there from here on such days (weekdays, or weekends): ms of
		 * the day that 10, 50 and 90 of 100 are not later than; -1 below five moves. */
		uint32_t moves;
		int64_t leave[3];
	} guess[TACIT_PLACE_GUESSES];	/* likeliest first */
	int32_t elsewhere, fresh;	/* another known place; somewhere new. All sum to 2^20 */
	uint32_t moves;			/* that were counted */
};
/* TACIT_E_UNKNOWN where no move is known. */
int tacit_place_next(struct tacit *t, int64_t at, struct tacit_place_next *out);
/* The person's word about the place nearest to there: what it is (kind), that it is not (`not`),
 * or its name (NULL: none). Locked from then on; a fact like others, to be forgotten as one. */
int tacit_place_tell(struct tacit *t, int32_t latitude, int32_t longitude, int kind, int not,
		     const char *name);

/* ---- forgetting, finding, taking along -------------------------------------------------- */

struct tacit_selection {
	enum {
		TACIT_SELECT_EVENT = 0, TACIT_SELECT_ITEM, TACIT_SELECT_SOURCE, TACIT_SELECT_SPAN,
		TACIT_SELECT_DOMAIN, TACIT_SELECT_FACT, TACIT_SELECT_ALL
	} kind;
	uint64_t id;			/* event, source, fact */
	int64_t from, until;		/* span */
	const char *text;		/* title, domain */
};
/* What a selection holds, without touching it. */
int tacit_count(struct tacit *t, const struct tacit_selection *selection,
		struct tacit_counts *out);
/* Forgets for good: the bytes go, a keyed hash stays so that no import brings it back. */
int tacit_forget(struct tacit *t, const struct tacit_selection *selection,
		 struct tacit_counts *out, char receipt[65]);

struct tacit_hit {
	char kind;			/* 'i' item, 'f' fact */
	uint64_t id, events;
	char text[256];
};
int tacit_search(struct tacit *t, const char *query, size_t limit, struct tacit_hit **out,
		 size_t *count);	/* free() */

/* Everything, as JSON-LD, in pieces. The same acts and facts give the same bytes. */
int tacit_export(struct tacit *t, int (*write)(void *context, const char *text, size_t size),
		 void *context);

/* ---- services: who may ask ---------------------------------------------------------------- */

/*
 * A service is a web origin ("https://shop.example") or a local program with a key
 * ("ed25519:" and 43 characters of base64url). It may ask once the person has let it in; what it is
 * told, its grants say. docs/terms.md has asks, grants and decisions; docs/doors.md the protocol.
 */
#define TACIT_SERVICE_BYTES 304
#define TACIT_UID_BYTES 64

/* The dial: how much may leave, each notch with those before it. */
enum { TACIT_OFF = 0, TACIT_SILENT, TACIT_SUBSET, TACIT_ORDER, TACIT_REASONS, TACIT_FACTS };
/* "silent" and its like; NULL for a number that is no notch. -1 for a word that is none. */
const char *tacit_notch_name(int notch);
int tacit_notch(const char *name);

/* Lets a service in: it may ask. `code` (64 hex) is good once, for ten minutes, for tacit_pair. */
int tacit_service_let(struct tacit *t, const char *service, char code[65]);
/* Lets a service in and gives its token at once, for programs. A token from before is void. */
int tacit_service_token(struct tacit *t, const char *service, char token[65]);
/* Turns a code into a token. `origin`: what the browser said, must be the service; NULL: none. */
int tacit_pair(struct tacit *t, const char *code, const char *origin, char token[65]);
/* Whose token it is; TACIT_E_SECRET where nobody's. Compares hashes, in constant time. */
int tacit_service_of(struct tacit *t, const char *token, char service[TACIT_SERVICE_BYTES]);
/* 1 where the service was let in, 0 where not. */
int tacit_service_known(struct tacit *t, const char *service);
/* Shuts the door: its token is void and its grants are revoked. What it did stays on record. */
int tacit_service_shut(struct tacit *t, const char *service);

enum { TACIT_KEEP = 0, TACIT_NARROWER, TACIT_WIDER, TACIT_LEAVE };	/* proposals */
enum { TACIT_USED = 0, TACIT_KEPT, TACIT_IGNORED, TACIT_DISMISSED, TACIT_CREEPY, TACIT_OUTCOMES };

/* One row of the value ledger. */
struct tacit_service {
	char service[TACIT_SERVICE_BYTES], name[64];
	int64_t since, last;		/* let in; last ask, 0: none yet */
	int open;			/* 0: shut */
	int dial;			/* TACIT_OFF ... */
	uint32_t grants;		/* in force */
	uint64_t asks, answers, refused, pending;
	/* what left */
	int64_t bits;			/* upper bound, 2^-20 */
	uint64_t facts;
	int64_t epsilon;		/* 2^-20 */
	char guess[24];			/* "73 in 100": the best guess that the epsilon allows */
	/* what came back */
	uint64_t outcome[TACIT_OUTCOMES];
	uint64_t promised, settled;	/* answers with something promised back; told to be kept */
	int64_t price;			/* bits for each useful (used or kept) item, -1: none yet */
	int proposal, proposed;		/* TACIT_KEEP ...; the notch that it is about */
	char words[200];		/* the proposal and its reason */
};
int tacit_services(struct tacit *t, struct tacit_service **out, size_t *count);	/* free() */
/* Carries out the proposal about a service; *done: TACIT_NARROWER ... */
int tacit_proposal_accept(struct tacit *t, const char *service, int *done);

/* ---- grants -------------------------------------------------------------------------------- */

struct tacit_grant_options {
	size_t size;
	const char *service;
	const char *domain;		/* NULL: "films" */
	const char *type;		/* "rank" (NULL), "choose", "answer", "disclose" */
	const char *purpose;		/* "dpv:..." or its last part; NULL: recommendations */
	const char *facts;		/* "shoe-size,age": disclose and answer */
	const char *agreement;		/* "ieee-7012:SD-BASE-DP" or NULL */
	const char *compensate;		/* "any" or "0.50 EUR", or NULL */
	int precision;			/* a notch; -1: where the dial starts, else silent */
	int64_t until;			/* 0: in 90 days */
	uint64_t count;			/* 0: 1,000 answers */
	int64_t epsilon;		/* 2^-20; -1: 1 at subset, else none */
	uint32_t retention;		/* days that the service may keep an answer */
};
#define TACIT_GRANT_OPTIONS_INIT { .size = sizeof(struct tacit_grant_options), \
				   .precision = -1, .epsilon = -1 }

struct tacit_grant {
	char uid[TACIT_UID_BYTES], service[TACIT_SERVICE_BYTES];
	char domain[32], type[16], purpose[64], purpose_words[64], agreement[64];
	char facts[256];
	int precision;			/* of the agreement */
	int effective;			/* with the dial */
	int64_t issued, until, revoked;	/* 0: not revoked */
	uint64_t count, uses;
	int64_t epsilon, spent;		/* 2^-20 */
	uint32_t retention;
	int in_force;
};
/* Makes and signs a grant, and logs it. The service need not have been let in yet. */
int tacit_grant(struct tacit *t, const struct tacit_grant_options *options,
		char uid[TACIT_UID_BYTES]);
int tacit_grants(struct tacit *t, struct tacit_grant **out, size_t *count);	/* free() */
/* The signed agreement as JSON; free(). */
int tacit_grant_json(struct tacit *t, const char *uid, char **out);
/* Revokes a grant by its uid, or all of a service; works at once. */
int tacit_revoke(struct tacit *t, const char *which, size_t *count);

/* An ask that waits for the person. */
struct tacit_pending {
	uint32_t number;		/* for the person to name it by */
	char uid[TACIT_UID_BYTES], service[TACIT_SERVICE_BYTES];
	int precision;			/* asked for */
	int64_t time;
	char card[2048];		/* at most 60 words: who, what leaves, for what */
};
int tacit_pending(struct tacit *t, struct tacit_pending **out, size_t *count);	/* free() */
/* Yes: a grant for just this, at `precision` (-1: silent) of at most what was asked. */
int tacit_accept(struct tacit *t, uint32_t number, int precision, char uid[TACIT_UID_BYTES]);
int tacit_decline(struct tacit *t, uint32_t number);

/* ---- asks ---------------------------------------------------------------------------------- */

enum {
	TACIT_ASK_ANSWERED = 1, TACIT_ASK_PENDING, TACIT_ASK_LESS, TACIT_ASK_DENIED,
	TACIT_ASK_BROKEN,		/* not an ask: the reply says what is wrong */
	TACIT_ASK_BUSY			/* too many of this service wait or were asked */
};
struct tacit_asking {
	const char *service;		/* who is asking, authenticated by the caller */
	const char *text;		/* the ask, JSON */
	size_t size;
	int outcome;			/* out: TACIT_ASK_... */
	char *reply;			/* out: JSON; free() */
	size_t reply_size;
};
/* Decides and answers `count` asks with one durable write: no reply is there before its receipt is
 * on the disk. Cost: microseconds an ask, and one fdatasync. Only an error of the vault itself is
 * returned as one; then there are no replies. */
int tacit_ask(struct tacit *t, struct tacit_asking *asking, size_t count);
/* What became of an ask that was pending: TACIT_ASK_PENDING, _ANSWERED (granted: ask again),
 * _DENIED; TACIT_E_NOT_FOUND. */
int tacit_ask_state(struct tacit *t, const char *service, const char *uid);
/* What an ask would show the person and where it asks for more than it needs; JSON, free(). Needs
 * no vault. */
int tacit_check(struct tacit *t, const char *ask, size_t size, char **out);

/* A list that the person sees and the service does not. The handle is good once. */
struct tacit_frame {
	char service[TACIT_SERVICE_BYTES];
	char chooser[65];		/* the handle for tacit_frame_choose */
	size_t count;
	struct tacit_framed {
		char *id, *title, *creator;
		int32_t year;
	} *item;			/* best first */
};
int tacit_frame(struct tacit *t, const char *handle, struct tacit_frame **out);
void tacit_frame_free(struct tacit_frame *frame);
/* The person clicked: records that the service learns of this one. */
int tacit_frame_choose(struct tacit *t, const char *chooser, const char *id);

/* What became of an answer. `service`: only its own receipts; NULL: the person says it. `item` may
 * be NULL. TACIT_CREEPY lowers the dial for that service at once. */
int tacit_outcome(struct tacit *t, const char *service, const char *receipt, const char *item,
		  int outcome);
int tacit_outcome_find(const char *name);	/* "used" ...; -1 */
/* The person says that what was promised for an answer has come. */
int tacit_settle(struct tacit *t, const char *receipt);

/* ---- the dial ------------------------------------------------------------------------------ */

/* Sets the notch for a service, or with NULL where new grants start. Never above an agreement. */
int tacit_dial(struct tacit *t, const char *service, int notch);
struct tacit_budget {
	int64_t cap, spent;		/* epsilon of all services together, 2^-20 */
	int start;			/* the notch where grants start */
};
int tacit_budget(struct tacit *t, struct tacit_budget *out);
int tacit_budget_cap(struct tacit *t, int64_t cap);

/* The frontier: what each notch was worth on the person's own held-out events. */
struct tacit_comfort {
	int notch;
	int64_t epsilon;		/* 2^-20, at subset */
	int64_t hit, hit_low, hit_high, ndcg, ndcg_low, ndcg_high;	/* at 10, 2^-20 */
	int64_t bits;			/* that leave with an answer at most, 2^-20; -1 no bound */
};
int tacit_comfort(struct tacit *t, const char *domain, struct tacit_comfort **out, size_t *count,
		  uint32_t *tested, void (*progress)(void *context, int permille), void *context);

/* ---- receipts and the log ------------------------------------------------------------------ */

struct tacit_receipt {
	char uid[TACIT_UID_BYTES], service[TACIT_SERVICE_BYTES];
	char kind[16];			/* "answer", "grant", "revoke" */
	char type[16], domain[32], purpose[64];
	char decision[16], reason[24];
	int precision;
	int64_t time, epsilon, bits;
	uint64_t index;			/* in the service's log */
	int outcome;			/* the last told; -1 none */
	int64_t propensity;		/* of a set that was drawn, 2^-62; 0: nothing was drawn,
					 * or it was forgotten how */
};
/* Newest first; `service` NULL: all; limit 0: all. free(). */
int tacit_receipts(struct tacit *t, const char *service, size_t limit,
		   struct tacit_receipt **out, size_t *count);
/* The receipt with its proof, by its uid; free(). */
int tacit_receipt_json(struct tacit *t, const char *uid, char **out);
/* Checks a receipt that somebody holds, offline and without a vault: the proof, the signature, and
 * with a policy (C2SP tlog-policy, NULL: none) its witnesses. `words`: what was checked. */
int tacit_receipt_check(struct tacit *t, const char *receipt, size_t size, const char *policy,
			char words[256]);

struct tacit_proof {
	uint64_t logs, entries, receipts, cosigned;
	char words[512];		/* one line: what is covered */
};
struct tacit_proof_options {
	size_t size;
	const char *seen;		/* file: a receipt or checkpoint from elsewhere, or NULL */
	const char *policy;		/* file, or NULL */
	int mend;			/* write damaged files of the log anew from the vault */
	void (*progress)(void *context, int permille);
	void *context;
};
#define TACIT_PROOF_OPTIONS_INIT { .size = sizeof(struct tacit_proof_options) }
/* Verifies every log wholly, offline: each byte of each tile, and that every receipt of the vault
 * is in its log. TACIT_E_DAMAGED with a sentence that names what is wrong. */
int tacit_proof(struct tacit *t, const struct tacit_proof_options *options,
		struct tacit_proof *out);
/* The folder of a service's log, and the verifier key of it; for those who audit. */
int tacit_log(struct tacit *t, const char *service, char path[4096], char vkey[400]);
/* The body of POST add-checkpoint for a witness that has seen `old` entries; free(). */
int tacit_log_request(struct tacit *t, const char *service, uint64_t old, char **out);
/* Takes the witness's answer into the log's checkpoint. */
int tacit_log_cosign(struct tacit *t, const char *service, const char *lines, const char *vkey);

/* A witness of other people's logs (C2SP tlog-witness), with a folder of its own. */
struct tacit_witness;
int tacit_witness_open(struct tacit *t, const char *folder, const char *name,
		       struct tacit_witness **out);
void tacit_witness_close(struct tacit_witness *witness);
int tacit_witness_trust(struct tacit *t, struct tacit_witness *witness, const char *vkey);
const char *tacit_witness_key(const struct tacit_witness *witness);
const char *tacit_witness_folder(const struct tacit_witness *witness);
/* Answers POST add-checkpoint; the state is durable before. Returns the HTTP status; free(). */
int tacit_witness_answer(struct tacit_witness *witness, const char *body, size_t size,
			 const char **type, char **reply, size_t *reply_size);

/* ---- doors --------------------------------------------------------------------------------- */

/* Lets other processes have the vault until the next call needs it. What was learnt from it is
 * kept, and checked when it is opened again. */
void tacit_rest(struct tacit *t);

struct tacit_serve_options {
	size_t size;
	const char *socket;		/* NULL: tacit.sock in the home */
	int http;			/* also HTTP on loopback */
	uint16_t port;			/* of that; 0: any free one */
	struct tacit_witness *witness;	/* serve this witness, and nothing else */
	void (*ready)(void *context, const char *socket, uint16_t port);
	void *context;
	volatile int *stop;		/* ends when not 0 */
};
#define TACIT_SERVE_OPTIONS_INIT { .size = sizeof(struct tacit_serve_options) }
/* Answers services until stopped by SIGINT, SIGTERM or *stop: on a unix socket of the same user,
 * and on loopback. Confines the process for good (Landlock, seccomp). */
int tacit_serve(struct tacit *t, const struct tacit_serve_options *options);
/* The routes as an OpenAPI 3.1 description. */
const char *tacit_openapi(void);

/* ---- packs ----------------------------------------------------------------------------- */

struct tacit_pack_info {
	char path[1024], name[64], domain[32], digest[65], signer[65];	/* signer "" = not signed */
	uint64_t bytes, items;
	uint32_t dim, banks, words;
	char *meta;			/* JSON; freed by tacit_pack_info_free */
};
/* Checks a pack file wholly: format, digest, signature. */
int tacit_pack_check(struct tacit *t, const char *path, struct tacit_pack_info *out);
void tacit_pack_info_free(struct tacit_pack_info *info);
/* The path of the nth pack that the handle finds, NULL after the last. */
const char *tacit_pack_path(struct tacit *t, size_t index);
/* Copies a checked pack into the home. */
int tacit_pack_add(struct tacit *t, const char *path);
int tacit_pack_key(struct tacit *t, const char *key_path, char public_key[65]);
int tacit_pack_sign(struct tacit *t, const char *path, const char *key_path);

struct tacit_train_options {
	size_t size;
	/* TSV `user item time [@feature ...]` (docs/design.md), or a MovieLens folder or zip */
	const char *interactions;
	const char *items;		/* TSV `item title [creator] [year] [words]`, or NULL */
	const char *name, *domain;	/* of the pack; domain NULL: "films" */
	const char *licence;		/* a line for the pack's provenance, or NULL */
	double budget_seconds;		/* 0: 15 minutes */
	uint64_t seed;
	unsigned threads;		/* 0: 2 */
	unsigned dim, epochs, dropout;	/* dropout in percent; 0: chosen on validation events */
	int include_seen;		/* items already had may come again */
	int (*progress)(void *context, const char *what, int permille, double seconds_left);
	void (*say)(void *context, const char *line);
	void *context;
	/* NULL, or a file that training keeps its state in: written at the end of each epoch and
	 * when progress() stops it, removed when the pack is there. Where it is there already, made
	 * from the same data with the same options, training goes on from it and ends in the
	 * same pack; TACIT_E_ARGUMENT where it is of other data or options. */
	const char *checkpoint;
	/* Items that a step of training draws instead of looking at all; 0: by the size of the
	 * catalogue (all of up to some ten thousand). */
	unsigned negatives;
};
#define TACIT_TRAIN_OPTIONS_INIT { .size = sizeof(struct tacit_train_options), .seed = 1 }

/* The event behind a history of that length, for test people who have that many. */
enum { TACIT_CURVE_POINTS = 7 };
struct tacit_curve_point {
	unsigned history;		/* events */
	uint64_t users;
	double hr10, ndcg10, popular_hr10, popular_ndcg10;
};
/* Of all suggestions of the first tens those that are left when the ones with the smallest chances
 * are not shown: their share, the least chance among them, how many of them were taken. */
enum { TACIT_SURE_POINTS = 6 };
struct tacit_sure_point {
	double kept, chance, taken;
};
struct tacit_figures {
	uint64_t users, items, events;	/* tested users, catalogue, held-out events */
	double hr5, hr10, hr20, ndcg10, mrr, recall20, recall50, ndcg100;
	double ndcg10_error, hr10_error, mrr_error;	/* standard errors, over users */
	double popular_hr10, popular_ndcg10;	/* of counts alone: same events, same candidates */
	double coverage10;		/* share of the catalogue in anybody's first ten */
	double novelty10;		/* mean -log2 of the share of people who had it */
	double popularity_bias;		/* mean training count of suggested items over taken ones */
	double validation_float, validation_int8;	/* NDCG@10 on validation events */
	double calibration_error;	/* expected, of the shown probability of the first ten */
	struct tacit_sure_point sure[TACIT_SURE_POINTS];	/* kept 1, 1/2, 1/4, .1, .03, .01 */
	double train_seconds, rank_p50_us, rank_p99_us;
	char params[512];
	struct tacit_curve_point curve[TACIT_CURVE_POINTS];
	unsigned curve_points;		/* 0 but for TACIT_LATER_PEOPLE */
	/* Recall@20 among unseen items, of the pack and of tf-idf; 0 but for TACIT_COLD_ITEMS,
	 * whose other figures of ranking are of the unseen items too. */
	double cold_recall20, cold_tfidf_recall20;
	/* The same held-out events under the head that says what the next year holds; 0 where there
	 * is none, and but for TACIT_LAST_FIFTH. */
	double long_ndcg10, long_ndcg100, long_recall50;
	/* Of TACIT_CONTEXT, else 0: area under the ROC curve and mean logarithmic loss (nats) of
	 * the additive model, a factorisation machine and logistic regression, on the same rows. */
	double moment_auc, moment_logloss, machine_auc, machine_logloss, linear_auc, linear_logloss;
};
/* Trains a pack; figures are those of the validation events. */
int tacit_train(struct tacit *t, const struct tacit_train_options *options, const char *pack_path,
		struct tacit_figures *out);
/* Training may be shared between processes that mpirun starts with the same arguments and data, in
 * a build with Open MPI: each calls tacit_train or tacit_eval, and process 0 alone writes the pack.
 * Returns which this one is, from 0, and in *count (NULL is fine) of how many: 0 in a build without
 * Open MPI, 1 where mpirun did not start it. `threads` are those of each process; where dim,
 * epochs and dropout are given, N processes of T threads make the same pack, to the bit, as one of
 * N * T. */
unsigned tacit_process(unsigned *count);
/* What is held out: of each person the last event, or the last fifth; all events of the tenth of
 * people whose first event is the latest (tested: the last fifth of each, after folding in those
 * before it); or of each person with a past the first known item from the date on that leaves a
 * tenth of all events. Validation is split off what is left in the same way. Of unseen items, all
 * events of a tenth of the items that have words: nothing is learned from these, and each person
 * who took one ranks all of them by their events of other items, earlier and later ones;
 * validation is the last events of what is left. Context: of the rows of events and of two other
 * things for the same person and moment each, 7 : 2 : 1 train, validate and test, by a hash; it
 * needs @ columns, takes no time as order, and ranks nothing (train/context.h). */
enum {
	TACIT_LEAVE_ONE_OUT = 0, TACIT_LAST_FIFTH = 1, TACIT_LATER_PEOPLE = 2, TACIT_TIME = 3,
	TACIT_COLD_ITEMS = 4, TACIT_CONTEXT = 5,
};
/* Trains without the test events and ranks all items for each user with the pack's integers. */
int tacit_eval(struct tacit *t, const struct tacit_train_options *options, int protocol,
	       struct tacit_figures *out);

/* What a policy would have earned, in clicks per display: inverse propensity scores (ips), the same
 * normalised by their weights (snips), and doubly robust (dr; Dudik, Langford and Li 2011), each
 * with its standard error. `rows` are those with a weight above 0. */
struct tacit_bandit {
	char policy[32];
	uint64_t rows;
	double ips, ips_error, snips, snips_error, dr, dr_error;
};
/* Off-policy replay of a log in the format of the Open Bandit data: a CSV table with the columns
 * timestamp, item_id, position, click (0 or 1) and propensity_score, whatever else it has. Policies
 * are learned on the earlier half of its rows, in the order of time, and estimated on the later
 * half: "uniform"; "popularity", the best click rate so far; "thompson", where each item is shown
 * as often as it is the best under Beta posteriors. Then "log", the click rate of the later half as
 * it was (all three estimates are the mean). With `target`, a log of another policy over the same
 * items in the same format (else NULL): "as target", its policy estimated from the first log, where
 * an item is shown as often as the target shows it at that position, and "target", the target's own
 * click rate, which is a check from outside. free(*out). TACIT_E_FORMAT names a missing column or
 * the row that cannot be read; TACIT_E_UNKNOWN where the earlier half has no click. */
int tacit_eval_bandit(struct tacit *t, const char *log, const char *target,
		      struct tacit_bandit **out, size_t *count);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
