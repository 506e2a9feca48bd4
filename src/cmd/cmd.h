/*
 * The command: a table of subcommands over the library's public header. Each has its words, its
 * flags, one worked example; help, completion and the check for man pages come from the table.
 */
#ifndef TACIT_CMD_CMD_H
#define TACIT_CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "tacit.h"

#define CMD_FLAGS_MAX 20
#define CMD_WORDS_MAX 4096
#define CMD_GIVEN_MAX 32

struct cmd_flag {
	const char *name;		/* "count"; a single letter is a short flag, "-n" */
	const char *value;		/* "K" where it takes one, "K..." several, else NULL */
	const char *help;
};

struct cmd {
	const struct cmd_command *command;
	struct tacit *t;
	const char *word[CMD_WORDS_MAX];	/* arguments that are no flags */
	size_t words;
	const char *value[CMD_FLAGS_MAX];	/* parallel to the command's flags, "" for set */
	const char *given[CMD_GIVEN_MAX];	/* every value of a flag that may be repeated */
	size_t givens;
	bool json;
	char **arguments;		/* argv, for starting again */
};

struct cmd_command {
	const char *name;
	const char *words;		/* "FILE...", "" */
	const char *summary;
	const char *help;		/* a few sentences */
	const char *example;		/* a worked example: what is typed, what it prints */
	int (*run)(struct cmd *cmd);
	struct cmd_flag flags[CMD_FLAGS_MAX];
};

/* Exit statuses: 0 done, 1 failed, 2 used wrongly, 3 "I don't know". */
enum { CMD_OK = 0, CMD_FAILED = 1, CMD_USAGE = 2, CMD_UNKNOWN = 3 };

extern const struct cmd_command cmd_commands[];
extern const size_t cmd_command_count;

/* The flag's value, "" where it has none and is set, NULL where it is not set. */
const char *cmd_flag(const struct cmd *cmd, const char *name);
/* As a whole number in [least, most]; `otherwise` where not set. Exits with a line when it is
 * none. */
uint64_t cmd_number(const struct cmd *cmd, const char *name, uint64_t least, uint64_t most,
		    uint64_t otherwise);
/* A whole number of at most `most`; false on anything else. */
bool cmd_whole(const char *text, uint64_t most, uint64_t *out);
/* All words joined by spaces; free(). NULL when there are none. */
char *cmd_joined(const struct cmd *cmd, size_t from);

/* Prints "tacit: sentence" and gives the exit status of a library result. */
int cmd_fail(const struct cmd *cmd, int result);
int cmd_usage(const struct cmd *cmd, const char *sentence);

/* Opens the vault: the agent, TACIT_KEY_FILE, TACIT_PASSPHRASE_FILE, or asks at the terminal. */
int cmd_open_vault(struct cmd *cmd);

/* secret.c: the secret from the environment or the terminal. `again` asks twice (a new one). The
 * passphrase is in guarded memory until cmd_secret_wipe. */
int cmd_secret(struct cmd *cmd, const char *prompt, bool again, struct tacit_secret *out);
/* Whether the secret can be had without asking. */
bool cmd_secret_at_hand(const struct cmd *cmd);
/* A new passphrase from `file`, or asked twice where it is NULL. */
int cmd_secret_new(struct cmd *cmd, const char *file, struct tacit_secret *out);
/* Whether the secret comes from a flag or the environment, without asking. */
bool cmd_secret_at_hand(const struct cmd *cmd);
void cmd_secret_wipe(struct tacit_secret *secret);

/* The number of an event as text, null for none: it has 63 bits, and many readers of JSON keep 53
 * (RFC 8259, section 6). */
void cmd_json_event(struct json *json, const char *key, uint64_t event);

/* Prints and frees a JSON writer's text with a newline. */
int cmd_print_json(struct json *json);

/* print.c ------------------------------------------------------------------------------- */

bool cmd_colour(void);
bool cmd_terminal(void);		/* whether the standard output is one */
size_t cmd_columns(void);		/* of the terminal, 80 where there is none */
/* Prints text in exactly `columns` columns, cut with an ellipsis; safe on a terminal. */
void cmd_cell(const char *text, size_t columns);
/* As cmd_cell for the last cell of a line: without blanks at its end. */
void cmd_rest(const char *text, size_t columns);
void cmd_right(const char *text, size_t columns);
const char *cmd_events(uint64_t count);	/* "event" or "events" */
void cmd_count(char out[32], uint64_t value);	/* "12,345" */
void cmd_score(char out[32], int64_t score);	/* "+1.234" of 2^-20 */
void cmd_chance(char out[16], int32_t probability);	/* "12 %", "1.4 %", "-" */
/* A line on stderr that is overwritten; nothing where stderr is no terminal. NULL wipes it. */
void cmd_progress(const char *line);

/* words.c: for the verbs about services ---------------------------------------------------- */

/* Prints text in lines that fit the terminal, each behind `indent` blanks; safe on a terminal. */
void cmd_wrap(size_t indent, const char *text);
void cmd_say(size_t indent, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints "tacit: sentence" on stderr; CMD_FAILED. */
int cmd_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* An amount in 2^-20 as a decimal; a time as text, null for 0. */
void cmd_json_fixed(struct json *json, const char *key, int64_t fixed);
void cmd_json_time(struct json *json, const char *key, int64_t time);
void cmd_decimal(char out[32], int64_t fixed);	/* "1.5" of 2^-20 */
/* "1.5" to 2^-20; false on anything but a decimal of at most `most`. */
bool cmd_take_decimal(const char *text, uint64_t most, int64_t *out);
void cmd_bits(char out[32], int64_t bits);	/* "3.2", "1,204" of 2^-20, rounded up */
/* "73 in 100": the best guess between two truths that an epsilon (2^-20) allows. */
void cmd_guess(char out[24], int64_t epsilon);
/* What leaves at a notch, in words: "nothing; you alone see the order". */
void cmd_leaves(char out[256], const char *type, int notch, const char *facts, int64_t epsilon);
/* A notch by its name; exits with a line when it is none. */
int cmd_notch(const struct cmd *cmd, const char *name);
/* Whether a word looks like a service (an origin, a key) and not like a domain or a number. */
bool cmd_is_service(const char *word);
/* The service that a word names: "shop.example" is "https://shop.example". */
const char *cmd_service(const char *word, char out[TACIT_SERVICE_BYTES]);
/* As cmd_cell, without "https://". */
void cmd_service_cell(const char *service, size_t columns);
/* Reads a file ("-": the standard input) of at most `max` bytes; on failure the line is printed. */
int cmd_read(const char *path, size_t max, struct bytes *out);

/* grants.c: all grants, the oldest first, so that their numbers (from 1) stay; free(). */
int cmd_grants_load(struct cmd *cmd, struct tacit_grant **out, size_t *count);

/* serve.c: before the doors confine the process, and what to say where they cannot be opened. */
void cmd_serve_prepare(void);
int cmd_serve_fail(int result, const char *home, unsigned port);

/* bandit.c: eval --bandit LOG. */
int cmd_bandit(struct cmd *cmd, const char *log);

/* The subcommands. */
int cmd_status(struct cmd *cmd);
int cmd_demo(struct cmd *cmd);
int cmd_init(struct cmd *cmd);
int cmd_unlock(struct cmd *cmd);
int cmd_lock(struct cmd *cmd);
int cmd_rekey(struct cmd *cmd);
int cmd_backup(struct cmd *cmd);
int cmd_restore(struct cmd *cmd);
int cmd_add(struct cmd *cmd);
int cmd_watch(struct cmd *cmd);
int cmd_fetch(struct cmd *cmd);
int cmd_now(struct cmd *cmd);
int cmd_places(struct cmd *cmd);
int cmd_undo(struct cmd *cmd);
int cmd_log(struct cmd *cmd);
int cmd_kinds(struct cmd *cmd);
int cmd_tell(struct cmd *cmd);
int cmd_facts(struct cmd *cmd);
int cmd_me(struct cmd *cmd);
int cmd_drift(struct cmd *cmd);
int cmd_next(struct cmd *cmd);
int cmd_rank(struct cmd *cmd);
int cmd_like_this(struct cmd *cmd);
int cmd_why(struct cmd *cmd);
int cmd_whatif(struct cmd *cmd);
int cmd_worth(struct cmd *cmd);
int cmd_feedback(struct cmd *cmd);
int cmd_forget(struct cmd *cmd);
int cmd_search(struct cmd *cmd);
int cmd_export(struct cmd *cmd);
int cmd_pack(struct cmd *cmd);
int cmd_train(struct cmd *cmd);
int cmd_eval(struct cmd *cmd);
int cmd_asks(struct cmd *cmd);
int cmd_grant(struct cmd *cmd);
int cmd_grants(struct cmd *cmd);
int cmd_revoke(struct cmd *cmd);
int cmd_value(struct cmd *cmd);
int cmd_comfort(struct cmd *cmd);
int cmd_creepy(struct cmd *cmd);
int cmd_receipt(struct cmd *cmd);
int cmd_proof(struct cmd *cmd);
int cmd_check(struct cmd *cmd);
int cmd_serve(struct cmd *cmd);
int cmd_sandbox(struct cmd *cmd);
int cmd_witness(struct cmd *cmd);

/* "Alien (1979)": the title as the catalogue has it, or as the person's history does. */
void cmd_name(const struct tacit_suggestion *it, char *out, size_t max);
/* The list of an answer, as next --json has it. */
void cmd_json_answer(struct json *json, const struct tacit_answer *answer);
/* Shared by next and the demo: prints an answer as a table with its first causes. */
void cmd_print_answer(const struct tacit_answer *answer, size_t causes);
void cmd_print_why(const struct tacit_answer *answer, size_t most);
void cmd_print_whatif(const struct tacit_whatif *whatif);
void cmd_print_me(const struct tacit_taste *taste, size_t count);
void cmd_print_imports(const struct tacit_import *imports, size_t count);

#endif
