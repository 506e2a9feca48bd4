/* What the files of the vault share among themselves; nothing outside src/vault includes it. */
#ifndef TACIT_VAULT_INSIDE_H
#define TACIT_VAULT_INSIDE_H

#include <sqlite3.h>

#include "vault/intern.h"
#include "vault/keys.h"
#include "vault/seal.h"
#include "vault/vault.h"

#define VAULT_FILE "vault.tacit"
#define VAULT_FILE_NEW "vault.tacit.new"
#define VAULT_FILE_BEFORE "vault.before-restore"
#define VAULT_LOCK "vault.lock"
#define VAULT_PATH_BYTES 480		/* SQLite's unix VFS takes 512, with "-wal" behind */
#define VAULT_SCHEMA 3

/* An event's number: its time, so that the primary key is the time order, then 20 bits of a hash
 * of what was done, so that the same act finds its own row. */
#define VAULT_EVENT_BITS 20
#define VAULT_EVENT_MASK ((1ULL << VAULT_EVENT_BITS) - 1)
#define VAULT_TIME_BIAS (1LL << 42)	/* times from 1830 to 2109 */

/* Statements that are prepared once; the texts are in statement.c. */
enum vault_statement {
	SQL_EVENT_ADD,
	SQL_EVENT_GET,
	SQL_EVENT_MOVE,
	SQL_EVENT_OWNER,
	SQL_ITEM_ADD,
	SQL_ITEM_GET,
	SQL_STRING_ADD,
	SQL_STRING_GET,
	SQL_WITNESS_ADD,
	SQL_WITNESS_FIRST,
	SQL_WITNESS_GET,
	SQL_WITNESS_SPREAD,
	SQL_WITNESS_TAKE,
	SQL_WITNESS_DROP,
	SQL_WITNESS_MOVE,
	SQL_SOURCE_GET,
	SQL_SOURCE_TALLY,
	SQL_SOURCE_FORGOT,
	SQL_TOMBSTONE_ADD,
	SQL_TOMBSTONE_DROP,
	SQL_RECORD_PUT,
	SQL_RECORD_GET,
	SQL_RECORD_DROP,
	SQL_RECORD_WALK,
	SQL_GENERATION,
	SQL_COUNT
};

/* Counts of the source that acts are being added to, not yet in its row. */
struct vault_tally {
	uint32_t source;
	uint64_t kept, duplicate;
};

/* Hashes of what was forgotten, in memory while acts are added. */
struct vault_tombs {
	uint64_t *slots;	/* 0 is free */
	size_t capacity, count;
	bool loaded;
};

#define VAULT_SEEN 65536	/* strings remembered to tell the second time from the first */

struct vault {
	sqlite3 *db;		/* NULL only after a failed re-encryption */
	struct seal *seal;
	struct keys *keys;
	char *folder, *path;
	int lock;
	bool writing;		/* between begin and commit */
	bool broken;		/* a write failed halfway: only a rollback helps */
	bool grew;		/* acts were added: the search index is out of date */
	int64_t changes_before;	/* SQLite's count of changed rows when the writing began */
	int64_t record_changes;	/* how many of those since are records */
	bool wash;		/* bytes of deleted rows are to be wiped after the commit */
	struct intern items, strings;
	struct memo string_memo;
	struct vault_tombs tombs;
	struct vault_tally tally;
	uint64_t *seen;		/* [VAULT_SEEN] */
	/* Parameters of SQL_EVENT_ADD, a bit for each: not NULL; a number, and which. */
	uint32_t bound, numbers;
	int64_t number[16];
	sqlite3_stmt *statements[SQL_COUNT];
};

/* ---- vault.c: errors, statements, small questions -------------------------------------- */

/* The error that SQLite told last, as ours: "cannot DOING: why". */
int vault_failed(struct vault *vault, struct error *error, const char *doing);
int vault_failed_code(int rc, const char *why, struct error *error, const char *doing);
int vault_run(struct vault *vault, const char *sql, struct error *error, const char *doing);
/* The first column of the first row; `otherwise` where there is no row. */
int vault_number(struct vault *vault, const char *sql, int64_t otherwise, int64_t *out,
		 struct error *error);
/* TACIT_E_ARGUMENT outside a transaction, TACIT_E_IO where it is broken. */
int vault_need_writing(struct vault *vault, struct error *error);
/* As begin and commit, but nothing where a transaction is open already (*own tells). */
int vault_join(struct vault *vault, bool *own, struct error *error);
int vault_leave(struct vault *vault, bool own, int result, struct error *error);
/* Wipes what deleted rows left behind in the file. */
int vault_wash(struct vault *vault, struct error *error);
void vault_drop_tables(struct vault *vault);

/* statement.c */
int vault_statement(struct vault *vault, enum vault_statement which, sqlite3_stmt **out,
		    struct error *error);
/* Runs a statement that gives no row; resets it. */
int vault_step(struct vault *vault, sqlite3_stmt *statement, struct error *error,
	       const char *doing);
void vault_statements_close(struct vault *vault);

/* ---- file.. opening (open.c) ----------------------------------------------------------- */

int vault_file_path(const char *folder, const char *name, char out[VAULT_PATH_BYTES],
		    struct error *error);
int vault_lock_folder(const char *folder, int *lock, struct error *error);
/* Makes an empty sealed database behind a header, at `path`. */
int vault_make_file(const char *path, const struct keys_header *header, struct keys *keys,
		    struct error *error);
/* Opens the SQLite side of `path` with vault->keys. */
int vault_attach(struct vault *vault, const char *path, struct error *error);
void vault_detach(struct vault *vault);
/* Opens the file `name` of a folder whose lock is held already; takes over `lock` on success. */
int vault_open_locked(const char *folder, const char *name, int lock,
		      const struct vault_secret *secret, struct vault **out, struct error *error);
void vault_unlink(const char *path);	/* the file and its log */

/* ---- acts: events.c -------------------------------------------------------------------- */

/* The 128-bit digest of a text. */
void vault_digest(const struct vault *vault, const void *data, size_t size, struct digest *out);
/* Item number, digest and place hash of an item's content. */
void vault_item_digest(const struct vault *vault, const struct act *act, struct digest *digest,
		       uint64_t *place);
uint64_t vault_event_hash(uint64_t place, const struct act *act);
uint64_t vault_event_id(int64_t time, uint64_t hash);
int64_t vault_event_time(uint64_t id);
/* The least number that an act at that time or later can have. */
int64_t vault_event_first(int64_t time);
/* The tombstone of an act, never 0. */
uint64_t vault_tomb_of_act(const struct vault *vault, const struct digest *item,
			   const struct act *act);
/* Makes `source` the one whose acts are counted. */
int vault_tally_for(struct vault *vault, uint32_t source, struct error *error);
uint64_t vault_tomb_of_fact(const struct vault *vault, const char *key, const char *value,
			    int mark);
int vault_tomb_add(struct vault *vault, uint64_t tomb, struct error *error);
int vault_tally_flush(struct vault *vault, struct error *error);

/* Columns of an event or of a witness from `first`: flags, zone, words, place, text, rest. */
#define VAULT_DETAIL_COLUMNS 6

/* tombs.c: whether it is there; loads the table first. */
int vault_tombs_find(struct vault *vault, uint64_t tomb, bool *out, struct error *error);
int vault_tombs_lift(struct vault *vault, uint64_t tomb, struct error *error);
void vault_tombs_drop(struct vault_tombs *tombs);

/* ---- reading: history.c, read.c -------------------------------------------------------- */

/* Fills `act` from the row; texts are appended to `keep` and valid until it changes. */
struct bytes;
int vault_act_load(struct vault *vault, uint64_t event, struct act *act, uint32_t *source,
		   uint32_t *item, struct bytes *keep, struct error *error);
/* The same as another source tells it. */
int vault_witness_load(struct vault *vault, uint64_t event, uint32_t source, struct act *act,
		       struct bytes *keep, struct error *error);

/* All acts, coarser tellings too; fold.c takes these out of a loaded history. */
int vault_history_all(struct vault *vault, const char *domain, struct vault_history *out,
		      struct error *error);
int vault_fold(struct vault_history *history, struct error *error);

/* The numbers in the first column of what `sql` gives; its ?1, if it has one, is `argument`. free()
 * the array. */
int vault_numbers(struct vault *vault, const char *sql, int64_t argument, uint64_t **out,
		  size_t *count, struct error *error);

/* contest.c: the acts that sources tell differently, ascending (free() it); whether an act is one
 * of them; and such an act with the fuller details, whose texts take the place of what `keep`
 * had. */
int vault_contests(struct vault *vault, uint64_t **out, size_t *count, struct error *error);
bool vault_contested(const uint64_t *contests, size_t count, uint64_t event);
int vault_act_settled(struct vault *vault, uint64_t event, struct act *act, uint32_t *source,
		      struct bytes *keep, struct error *error);

/* Appends all records that are not derived; and puts them in the place of those of another vault,
 * whose generation will be above `generation`. */
int vault_records_take(struct vault *vault, struct bytes *out, struct error *error);
int vault_records_give(struct vault *vault, const struct bytes *records, uint64_t generation,
		       struct error *error);

/* ---- removing: remove.c, sweep.c ------------------------------------------------------- */

/* The temporary tables `chosen` (event) and `chosen_facts` (fact), empty; in memory only. */
int vault_choose_begin(struct vault *vault, struct error *error);
void vault_choose_end(struct vault *vault);
/* Runs `sql` with ?1 and ?2. */
int vault_choose(struct vault *vault, const char *sql, int64_t first, int64_t second,
		 struct error *error);
/* Adds the acts that only `source` reported. */
int vault_choose_sole(struct vault *vault, uint32_t source, struct error *error);
/* Deletes the chosen acts with their witnesses, and closes the gaps in the numbers. */
int vault_remove_chosen(struct vault *vault, struct error *error);
/* Removes a source's row, its reports of acts that others report too, and its facts. */
int vault_remove_source(struct vault *vault, uint32_t source, struct error *error);
/* Removes what the tombstones say, and adds them; in a transaction of its own (forget.c). */
int vault_bury(struct vault *vault, const uint64_t *tombs, size_t count,
	       struct vault_counts *counts, struct error *error);
/* Deletes items and strings that nothing refers to, and the search index. */
int vault_sweep(struct vault *vault, struct error *error);

#endif
