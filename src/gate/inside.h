/* Shared by the files of the gate: the handle, and how it gets at a person's data. */
#ifndef TACIT_GATE_INSIDE_H
#define TACIT_GATE_INSIDE_H

#include <limits.h>
#include <stdbool.h>

#include "answer/answer.h"
#include "base/error.h"
#include "pack/pack.h"
#include "tacit.h"
#include "vault/vault.h"

#define GATE_PACKS_MAX 64
#define GATE_OWN_KIND "you"		/* the source of what the person says; no file has it */
/* Record, dropped by every forgetting: a feed's address -> its last reply (fetch.c). */
#define GATE_RECORD_FEED 16
/* Record, dropped likewise: "" -> the life that prompts are made from (now_life.c). */
#define GATE_RECORD_LIFE 17
/* Record, dropped likewise: "" -> the places that the person saw last (places.c). */
#define GATE_RECORD_PLACES 18
/* Records that only forgetting all drops: "" -> settings and secret of prompts; a decision. */
#define GATE_RECORD_NOW (VAULT_RECORD_KEPT + 20)
#define GATE_RECORD_PROMPT (VAULT_RECORD_KEPT + 21)

struct asks;

struct tacit {
	char home[PATH_MAX];
	char packs[PATH_MAX];		/* a further folder for packs, or "" */
	char reader[PATH_MAX];		/* the program that reads exports, or "" */
	struct vault *vault;		/* NULL while locked */
	char *pack_path[GATE_PACKS_MAX];
	size_t pack_count;
	bool packs_listed;
	struct error error;
	/* What the room asks keeps between calls; NULL before it is needed. It is told when others
	 * may have the vault, and when the handle is closed. */
	struct asks *asks;
	void (*asks_rest)(struct asks *asks);
	void (*asks_free)(struct asks *asks);
};

/* A person's data in one domain, loaded: what answers are computed from. */
struct gate_person {
	struct vault_history history;
	struct vault_fact *facts;
	size_t fact_count;
	struct pack *pack;		/* NULL: the domain has none */
	struct profile_links links;
	struct scan *scan;
	struct subject subject;		/* points into the above; only with a pack */
};

/* Opens the vault by the agent if it is not open yet; TACIT_E_LOCKED, TACIT_E_NOT_FOUND. */
int gate_need_vault(struct tacit *t);
/* Frees what the room asks keeps, which first writes what it held back of logs; it reads all of it
 * anew when it is needed again. */
void gate_asks_drop(struct tacit *t);
/* "films", "watch", "movies" ... to the name of a domain; NULL: the domain with most events. */
int gate_domain(struct tacit *t, const char *asked, char domain[32]);
/* The nth domain to look in for a title when none was asked for: first gate_domain's, then the
 * others. 1 when there is one, 0 when there is no further one or a domain was asked for and n > 0,
 * negative on error. */
int gate_domain_try(struct tacit *t, const char *asked, size_t n, char domain[32]);
/* The item of a pack that a title names, or that has it as its identifier. */
bool gate_pack_item(const struct pack *pack, const char *title, uint32_t *item);
/* moment.c: what is known of now into person->links: `given` are "feature=value", weekday and part
 * of the day are those of `now` (ms; 0: the clock) in the machine's time zone. */
int gate_moment(struct tacit *t, struct gate_person *person, const char *const *given,
		size_t count, int64_t now);
/* facts.c: keeps an act under the source that stands for the person. */
int gate_put_own(struct tacit *t, const struct act *act);
/* facts.c: keeps a fact, in a transaction of its own; its id is set. */
int gate_put_fact(struct tacit *t, struct vault_fact *fact);
/* import.c: tacit_add of what somebody else's server sent: only sources of `kind`, each act after
 * `act` has seen it (1: left out, as brought before), and nothing at all where no act is new. */
struct gate_only {
	const char *kind;
	int (*act)(void *context, struct act *act, struct error *error);
	void *context;
};
int gate_add(struct tacit *t, const char *const *path, size_t count,
	     const struct tacit_import_options *options, const struct gate_only *only,
	     struct tacit_import **out, size_t *out_count);
/* process.c: TACIT_E_ARGUMENT where processes that train together have not the same identity. */
int gate_processes_agree(uint64_t identity, struct error *error);
int gate_person_load(struct tacit *t, const char *domain, struct gate_person *out);
void gate_person_free(struct gate_person *person);
/* Opens the newest pack of a domain; *out NULL where there is none. A damaged pack is an error. */
int gate_pack_for(struct tacit *t, const char *domain, struct pack **out);
/* Whether a title, with or without its year, names that item. */
bool gate_titled(const struct vault_item *item, const char *title);
/* The item of a history that a title names, of several the one had last; TACIT_E_NOT_FOUND. */
int gate_find_item(struct tacit *t, const struct vault_history *history, const char *title,
		   uint32_t *out);

#endif
