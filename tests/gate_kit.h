/* A home with a person who likes Alien and Fargo, for tests of what services meet. */
#ifndef TACIT_TESTS_GATE_KIT_H
#define TACIT_TESTS_GATE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <ftw.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ask_kit.h"
#include "tacit.h"

#define FILMS 20
static const char *const film[FILMS] = {
	"Alien (1979)", "Heat (1995)", "Toy Story (1995)", "Titanic (1997)", "Fargo (1996)",
	"Aliens (1986)", "Casino (1995)", "Babe (1995)", "Seven (1995)", "Braveheart (1995)",
	"Apollo 13 (1995)", "Jumanji (1995)", "Clueless (1995)", "Pulp Fiction (1994)",
	"Forrest Gump (1994)", "Speed (1994)", "Ed Wood (1994)", "Psycho (1960)", "Vertigo (1958)",
	"Jaws (1975)"
};

struct home {
	char folder[64];
	struct tacit_secret secret;
	struct tacit *t;
};

static inline int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline struct tacit *open_handle(struct home *home)
{
	struct tacit_options options = TACIT_OPTIONS_INIT;
	struct tacit *t;

	options.home = home->folder;
	options.packs = "packs";
	assert_int_equal(tacit_open(&options, &t), 0);
	return t;
}

static inline int set_up(void **state)
{
	struct home *home = calloc(1, sizeof(*home));
	char item[256];

	strcpy(home->folder, "/tmp/tacit-gate-XXXXXX");
	assert_non_null(mkdtemp(home->folder));
	home->secret = (struct tacit_secret){ "a passphrase", NULL, 64 << 20, 1 };
	home->t = open_handle(home);
	assert_int_equal(tacit_init(home->t, &home->secret), 0);
	assert_int_equal(tacit_feedback(home->t, TACIT_LIKE, "films", "Alien (1979)", item), 0);
	assert_int_equal(tacit_feedback(home->t, TACIT_LIKE, "films", "Fargo (1996)", item), 0);
	assert_int_equal(tacit_tell(home->t, "my shoe size is 42", NULL), 0);
	assert_int_equal(tacit_tell(home->t, "my age is 44", NULL), 0);
	assert_int_equal(tacit_tell(home->t, "no horror", NULL), 0);
	*state = home;
	return 0;
}

static inline int tear_down(void **state)
{
	struct home *home = *state;

	tacit_close(home->t);
	nftw(home->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(home);
	return 0;
}

/* ---- asking ---- */

static inline void let_in(struct home *home, const char *service)
{
	char token[65];

	assert_int_equal(tacit_service_token(home->t, service, token), 0);
}

static inline void grant(struct home *home, const char *service, int precision, int64_t epsilon,
		  char uid[TACIT_UID_BYTES])
{
	struct tacit_grant_options options = TACIT_GRANT_OPTIONS_INIT;

	options.service = service;
	options.precision = precision;
	options.epsilon = epsilon;
	assert_int_equal(tacit_grant(home->t, &options, uid), 0);
}

/* Sends an ask and takes its text; the reply parsed, and its outcome. */
static inline json_t *send_ask(struct home *home, const char *service, char *text, int *outcome)
{
	struct tacit_asking asking = { .service = service, .text = text, .size = strlen(text) };
	json_error_t error;
	json_t *reply;

	assert_int_equal(tacit_ask(home->t, &asking, 1), 0);
	reply = json_loadb(asking.reply, asking.reply_size, 0, &error);
	if (reply == NULL)
		fail_msg("%s: %s", error.text, asking.reply);
	*outcome = asking.outcome;
	free(asking.reply);
	free(text);
	return reply;
}

static inline json_t *rank(struct home *home, const char *precision, int first, int *outcome)
{
	return send_ask(home, ASK_SHOP, ask_rank(ASK_SHOP, precision, 5, film, FILMS, first),
			outcome);
}

static inline const char *text_of(const json_t *reply, const char *key)
{
	const char *text = json_string_value(json_object_get(reply, key));

	return text == NULL ? "" : text;
}

static inline char *dump(const json_t *reply, const char *member, const char *of)
{
	return json_dumps(json_object_get(json_object_get(reply, member), of), JSON_COMPACT);
}

static inline int64_t spent(struct home *home)
{
	struct tacit_budget budget;

	assert_int_equal(tacit_budget(home->t, &budget), 0);
	return budget.spent;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
