/*
 * The vault: what is known about a person, sealed in one SQLite file on the person's machine.
 * docs/vault-format.md has the format, the threat model and the security argument.
 *
 * One process has the vault at a time. Everything that is acknowledged (a function returned 0)
 * survives a kill at any moment after; nothing half done is ever seen.
 *
 * The vault keeps two things only: acts (events) and facts. All else is computed from them.
 * Same acts and facts => same answers: nothing outside src/vault may let row numbers, source
 * numbers or the order of imports show in an answer.
 */
#ifndef TACIT_VAULT_VAULT_H
#define TACIT_VAULT_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/act.h"
#include "base/error.h"

struct bytes;
struct vault;

/* ---- opening: vault.c, keys.c, agent.c ------------------------------------------------- */

/* What opens the vault: exactly one of the three. */
struct vault_secret {
	const char *passphrase;		/* NUL-terminated, in memory the caller wipes */
	const char *key_file;		/* path of a file of 32..4096 random bytes */
	const uint8_t *master;		/* 32 bytes of sodium_malloc memory, from the agent */
};

/* How hard a passphrase is to try: Argon2id. 0 = default (256 MiB, 3 passes). */
struct vault_hardness {
	uint64_t memory_bytes;
	uint32_t passes;
};

/* Makes `dir` (0700) and `dir`/vault.tacit (0600). TACIT_E_EXISTS where a vault is. */
int vault_create(const char *dir, const struct vault_secret *secret,
		 const struct vault_hardness *hardness, struct vault **out, struct error *error);
/* TACIT_E_NOT_FOUND no vault; TACIT_E_SECRET wrong passphrase or key file; TACIT_E_NEWER written
 * by a later version; TACIT_E_BUSY another process has it (waits LIMIT_BUSY_MS first);
 * TACIT_E_DAMAGED. */
int vault_open(const char *dir, const struct vault_secret *secret, struct vault **out,
	       struct error *error);
void vault_close(struct vault *vault);
bool vault_exists(const char *dir);
/* Gives the file and its lock to others, and keeps the keys; wake takes them again, and fails as
 * vault_open does: TACIT_E_SECRET where the vault was encrypted anew meanwhile. While it rests,
 * only wake, awake and close may be called. */
void vault_rest(struct vault *vault);
int vault_wake(struct vault *vault, struct error *error);
bool vault_awake(const struct vault *vault);
/* Whether the vault opens with a key file rather than a passphrase (reads the header only). */
int vault_wants_key_file(const char *dir, bool *out, struct error *error);

/* Rewraps the master key under a new secret; with `reencrypt`, also draws a new master key and
 * writes every page anew. Atomic: after a kill one of the two secrets opens the vault. */
int vault_rekey(struct vault *vault, const struct vault_secret *secret,
		const struct vault_hardness *hardness, bool reencrypt, struct error *error);

/* ---- writing --------------------------------------------------------------------------- */

/* All writing happens between begin and commit; commit returns when it is durable. */
int vault_begin(struct vault *vault, struct error *error);
int vault_commit(struct vault *vault, struct error *error);
void vault_rollback(struct vault *vault);

enum vault_put {
	VAULT_KEPT,
	VAULT_DUPLICATE,	/* the same act is there already (from this source or another) */
	VAULT_FORGOTTEN,	/* the person forgot this act: a tombstone keeps it out */
};

struct vault_source {
	uint32_t id;		/* 1, 2, 3 ... never used again after undo */
	int64_t time;		/* of the import, ms */
	char file[256];		/* base name */
	char kind[32];
	uint8_t digest[32];	/* BLAKE2b of the file, zeros where there is none */
	uint64_t read, kept, duplicate;
	/* JSON object REASON:COUNT, sum = read - kept - duplicate; what is no count there is the
	 * caller's */
	char skipped[4096];
};

/* Opens a source inside a transaction and returns its number. */
int vault_source_begin(struct vault *vault, const char *file, const char *kind,
		       uint32_t *source, struct error *error);
/* Adds an act under an open source. `lift` removes the act's tombstone instead of refusing. */
int vault_put(struct vault *vault, uint32_t source, const struct act *act, bool lift,
	      enum vault_put *result, uint64_t *event, struct error *error);
/* Writes the counts of an open source; read, skipped and digest come from the caller, kept and
 * duplicate from vault_put. */
int vault_source_end(struct vault *vault, uint32_t source, const uint8_t digest[32],
		     uint64_t read, const char *skipped_json, struct error *error);
int vault_sources(struct vault *vault, struct vault_source **out, size_t *count,
		  struct error *error);		/* free() the array; ordered by id */

struct vault_counts {
	uint64_t events, facts;
};

/* Removes an import exactly: acts that another source reported too stay, under that source. No
 * tombstones, so the file can be added again. */
int vault_undo(struct vault *vault, uint32_t source, struct vault_counts *counts,
	       struct error *error);

enum vault_selection_kind {
	VAULT_SELECT_EVENT,	/* id */
	VAULT_SELECT_ITEM,	/* id: the item's number; all its events */
	VAULT_SELECT_SOURCE,	/* id: what only this source reported, and its row */
	VAULT_SELECT_SPAN,	/* from <= time < until */
	VAULT_SELECT_DOMAIN,	/* text */
	VAULT_SELECT_FACT,	/* id */
	VAULT_SELECT_ALL,
};

struct vault_selection {
	enum vault_selection_kind kind;
	uint64_t id;
	int64_t from, until;
	const char *text;
};

/* Forgets: rows, search index, free pages and log are wiped, tombstones (keyed hashes) are left.
 * `receipt` gets a commitment (hex of a keyed hash over what was counted, when). Own
 * transaction. */
int vault_forget(struct vault *vault, const struct vault_selection *selections, size_t count,
		 struct vault_counts *counts, char receipt[65], struct error *error);
/* How many events and facts the selections hold, without touching them. */
int vault_select_count(struct vault *vault, const struct vault_selection *selections,
		       size_t count, struct vault_counts *counts, struct error *error);

/* ---- facts ----------------------------------------------------------------------------- */

enum vault_mark { VAULT_TOLD = 1, VAULT_INFERRED, VAULT_IMPORTED, VAULT_SAID };

struct vault_fact {
	uint64_t id;		/* 0 when new */
	char key[128];		/* schema.org or DPV-PD term where one exists, e.g. "prefers" */
	char value[1024];
	char unit[32];
	int mark;		/* enum vault_mark */
	uint32_t source;	/* 0 = the person */
	int64_t time;		/* ms */
	int32_t confidence;	/* fixed 2^-20 in [0, 2^20] */
	char evidence[1024];	/* plain words or JSON */
};

/* Adds, or changes the one with `id`; needs a transaction. The same (key, value, mark) twice is
 * one fact. */
int vault_fact_put(struct vault *vault, const struct vault_fact *fact, uint64_t *id,
		   struct error *error);
/* What a source says of the person (VAULT_SAID, no time), counted among what the source gave. */
int vault_put_said(struct vault *vault, uint32_t source, const char *key, const char *value,
		   enum vault_put *put, struct error *error);
/* All facts ordered by (key, value, mark); free() the array. */
int vault_facts(struct vault *vault, struct vault_fact **out, size_t *count,
		struct error *error);

/* ---- records: records.c ----------------------------------------------------------------
 * What the gate remembers: small values under a kind and a key, written in the vault's own
 * transactions. Kinds below VAULT_RECORD_KEPT are derived from acts and facts: every forgetting and
 * every undo drops all of them with it, in one transaction. Forgetting all drops every record. */

#define VAULT_RECORD_KEPT 100

struct vault_record {
	const void *key, *value;
	size_t key_size, size;
};
/* Put and drop need a transaction. */
int vault_record_put(struct vault *vault, unsigned kind, const void *key, size_t key_size,
		     const void *value, size_t size, struct error *error);
int vault_record_drop(struct vault *vault, unsigned kind, const void *key, size_t size,
		      struct error *error);
/* Appends the value; TACIT_E_NOT_FOUND. */
int vault_record_get(struct vault *vault, unsigned kind, const void *key, size_t size,
		     struct bytes *out, struct error *error);
/* All records of a kind whose keys begin with `prefix`, in the order of the keys; a non-zero from
 * the callback stops the walk and is returned. The callback must not walk the records itself. */
typedef int vault_record_walk(void *context, const struct vault_record *record);
int vault_records(struct vault *vault, unsigned kind, const void *prefix, size_t size,
		  vault_record_walk *walk, void *context, struct error *error);
/* A keyed hash under the vault's own secret, for keys of records that must not show what they are
 * about: SipHash-2-4 of `p` and the bytes (at most 1,000). */
uint64_t vault_tag(const struct vault *vault, const void *data, size_t size);
/* A number that grows with each transaction that changed anything but records. */
int vault_generation(struct vault *vault, uint64_t *out, struct error *error);

/* ---- reading --------------------------------------------------------------------------- */

struct vault_item {
	uint32_t id;
	int32_t year;
	char *domain, *title, *creator, *words;	/* NUL-terminated, "" when absent */
};

/* An act, and a source that reported it beside the one that owns it. */
struct vault_witness {
	uint64_t event;
	uint32_t source;
};

/* Items and events of one domain (NULL: of all), by column. Events are in time order, oldest
 * first; acts of the same millisecond are ordered by their content, never by row number. */
struct vault_history {
	size_t item_count;
	struct vault_item *items;	/* [item_count], by domain, title, creator, year */
	size_t event_count;
	uint64_t *event;		/* [event_count] event ids */
	int64_t *time;			/* ms */
	uint32_t *item;			/* index into items */
	uint32_t *source;		/* the sources that own the events */
	int64_t *value;			/* fixed or ACT_NONE */
	int64_t *duration;		/* ms or ACT_NONE */
	int16_t *zone;
	uint8_t *verb;
	uint8_t *flags;
	void *memory;			/* owned by the history: strings */
	/* Acts that took in a coarser telling of another source (fold.c), and that source. */
	size_t folded_count;
	struct vault_witness *folded;
};

int vault_history_load(struct vault *vault, const char *domain, struct vault_history *out,
		       struct error *error);
void vault_history_free(struct vault_history *history);

/* One row for each source that reported an act beside the one that owns it, and for each whose
 * coarser telling an act of the history took in; ordered by event, free() the array. */
int vault_witnesses(struct vault *vault, const struct vault_history *history,
		    struct vault_witness **out, size_t *count, struct error *error);

/* Walks whole acts in time order, oldest first (for export); a non-zero from the callback stops
 * the walk and is returned. */
typedef int vault_act_walk(void *context, uint64_t event, uint32_t source, const struct act *act);
int vault_walk(struct vault *vault, vault_act_walk *walk, void *context, struct error *error);
/* The same for acts with from <= time < until and one of the verbs (bits 1 << verb); acts of one
 * millisecond come in an order that means nothing, and coarser tellings are not folded. Cost: a
 * look at each act of the span, and the texts of those walked. */
int vault_walk_verbs(struct vault *vault, uint32_t verbs, int64_t from, int64_t until,
		     vault_act_walk *walk, void *context, struct error *error);

/* One event with all its texts; strings live in `keep` until bytes_free. */
struct bytes;
int vault_event(struct vault *vault, uint64_t event, struct act *act, uint32_t *source,
		struct bytes *keep, struct error *error);

/* Full-text search over titles, creators, words of items and values of facts; `limit` hits, best
 * first. kind: 'i' item (id = item number) or 'f' fact. free() the array. */
struct vault_hit {
	char kind;
	uint64_t id;
	uint64_t events;	/* how many events an item has */
	char text[256];
};
int vault_search(struct vault *vault, const char *query, size_t limit, struct vault_hit **out,
		 size_t *count, struct error *error);

struct vault_totals {
	uint64_t events, items, facts, sources, tombstones;
	uint64_t file_bytes;
};
int vault_totals(struct vault *vault, struct vault_totals *out, struct error *error);

/* ---- backup: backup.c ------------------------------------------------------------------ */

/* Writes a consistent sealed copy to `path` (must not exist), durable when it returns. */
int vault_backup(struct vault *vault, const char *path, struct error *error);
/* Puts the backup at `path` in the place of the vault in `dir`. Where a vault is there already
 * and `secret_now` opens it, its tombstones are applied to the restored one and the old file is
 * kept as vault.before-restore until the restored one is durable. `secret` opens the backup. */
int vault_restore(const char *dir, const char *path, const struct vault_secret *secret,
		  const struct vault_secret *secret_now, struct vault_counts *refused,
		  struct error *error);

#endif
