/*
 * How fast acts go into the sealed vault, beside plain SQLite making the same insertions: same
 * tables, same columns, same settings, no sealing, no looking up of items and texts. The two take
 * turns every few thousand acts, so that the ratio means something on a shared machine.
 *
 *	vault_import [EVENTS [time|newest|shuffled [ROUNDS]]]
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "vault/inside.h"

#define ITEMS 20000
#define RESTS 400
#define TURN 500	/* acts until it is the other's turn */

struct row {
	int64_t time, duration;
	uint32_t item, rest;
	uint8_t verb;
};

/* With their sizes, which a reader of exports knows too. */
static struct act_text title_of[ITEMS], creator_of[ITEMS], words_of[ITEMS], rest_of[RESTS];
static char titles[ITEMS][48], creators[ITEMS][32], words[ITEMS][32], rests[RESTS][160];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "vault_import: %s: %s\n", what, why);
	exit(1);
}

/* A history of listening: popular items come often, and a row's rest is one of a few hundred. */
static struct row *make_rows(size_t count, const char *order)
{
	struct random random = { 42 };
	struct row *rows = malloc(count * sizeof(*rows)), swap;
	int64_t at = 1400000000000LL;
	size_t i, k;

	if (rows == NULL)
		die("rows", "out of memory");
	for (i = 0; i < ITEMS; i++) {
		snprintf(titles[i], sizeof(titles[i]), "A song with the number %zu", i);
		snprintf(creators[i], sizeof(creators[i]), "Band %zu", i / 12);
		snprintf(words[i], sizeof(words[i]), "Album %zu", i / 10);
	}
	for (i = 0; i < RESTS; i++)
		snprintf(rests[i], sizeof(rests[i]),
			 "{\"platform\":\"android %zu\",\"country\":\"DE\","
			 "\"reason_start\":\"%s\",\"reason_end\":\"trackdone\",\"shuffle\":%s}",
			 i / 8,
			 i % 2 ? "trackdone" : "clickrow", i % 4 < 2 ? "true" : "false");
	for (i = 0; i < count; i++) {
		uint32_t u = random_below(&random, ITEMS);

		at += 1000 + random_below(&random, 400000);
		rows[i] = (struct row){
			.time = at, .duration = random_below(&random, 360000),
			.item = (uint32_t)((uint64_t)u * u / ITEMS), .verb = ACT_LISTEN,
			.rest = random_below(&random, RESTS),
		};
	}
	for (i = 0; strcmp(order, "newest") == 0 && i < count / 2; i++) {
		swap = rows[i];
		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = swap;
	}
	for (i = count; strcmp(order, "shuffled") == 0 && i > 1; i--) {
		k = random_below(&random, (uint32_t)i);
		swap = rows[i - 1];
		rows[i - 1] = rows[k];
		rows[k] = swap;
	}
	return rows;
}

/* ---- plain SQLite ---------------------------------------------------------------------- */

static void sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		die(text, sqlite3_errmsg(db));
}

static void plain_texts(sqlite3 *db)
{
	sqlite3_stmt *item = NULL, *string = NULL;
	size_t i;

	sqlite3_prepare_v2(db, "INSERT INTO items(year, domain, title, creator, words)"
			   " VALUES(0, 'music', ?1, ?2, ?3)", -1, &item, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO strings(text) VALUES(?1)", -1, &string, NULL);
	for (i = 0; i < ITEMS; i++) {
		sqlite3_bind_text(item, 1, titles[i], -1, SQLITE_STATIC);
		sqlite3_bind_text(item, 2, creators[i], -1, SQLITE_STATIC);
		sqlite3_bind_text(item, 3, words[i], -1, SQLITE_STATIC);
		sqlite3_step(item);
		sqlite3_reset(item);
	}
	for (i = 0; i < RESTS; i++) {
		sqlite3_bind_text(string, 1, rests[i], -1, SQLITE_STATIC);
		sqlite3_step(string);
		sqlite3_reset(string);
	}
	sqlite3_finalize(item);
	sqlite3_finalize(string);
}

struct plain {
	sqlite3 *db;
	sqlite3_stmt *add;
	double spent;
};

static void plain_open(struct plain *plain, const char *path)
{
	double start;

	unlink(path);
	memset(plain, 0, sizeof(*plain));
	if (sqlite3_open_v2(path, &plain->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			    SQLITE_OPEN_NOMUTEX, "unix") != SQLITE_OK)
		die(path, "cannot open");
	sql(plain->db, "PRAGMA page_size=8192; PRAGMA locking_mode=EXCLUSIVE;"
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;"
	    "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2000; PRAGMA secure_delete=ON");
	sql(plain->db, "CREATE TABLE items(id INTEGER PRIMARY KEY, year INTEGER, domain TEXT,"
	    " title TEXT, creator TEXT, words TEXT);"
	    "CREATE TABLE strings(id INTEGER PRIMARY KEY, text TEXT);"
	    "CREATE TABLE events(id INTEGER PRIMARY KEY, item INTEGER, source INTEGER,"
	    " verb INTEGER, value INTEGER, duration INTEGER, flags INTEGER, zone INTEGER, words,"
	    " place, text, rest)");
	start = now();
	sql(plain->db, "BEGIN");
	plain_texts(plain->db);
	plain->spent += now() - start;
	sqlite3_prepare_v3(plain->db, "INSERT OR IGNORE INTO events(id, item, source, verb, value,"
			   " duration, flags, zone, words, place, text, rest)"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", -1,
			   SQLITE_PREPARE_PERSISTENT, &plain->add, NULL);
}

static void plain_add(struct plain *plain, const struct row *rows, size_t count)
{
	sqlite3_stmt *add = plain->add;
	double start = now();
	size_t i;

	for (i = 0; i < count; i++) {
		sqlite3_bind_int64(add, 1, (sqlite3_int64)vault_event_id(rows[i].time,
									 rows[i].item * 7919ULL));
		sqlite3_bind_int64(add, 2, rows[i].item + 1);
		sqlite3_bind_int64(add, 3, 1);
		sqlite3_bind_int(add, 4, rows[i].verb);
		sqlite3_bind_int64(add, 6, rows[i].duration);
		sqlite3_bind_int(add, 7, 0);
		sqlite3_bind_int64(add, 12, rows[i].rest + 1);
		if (sqlite3_step(add) != SQLITE_DONE)
			die("insert", sqlite3_errmsg(plain->db));
		sqlite3_reset(add);
	}
	plain->spent += now() - start;
}

static void plain_close(struct plain *plain, const char *path)
{
	double start = now();

	sqlite3_finalize(plain->add);
	sql(plain->db, "COMMIT");
	plain->spent += now() - start;
	sqlite3_close(plain->db);
	unlink(path);
}

/* ---- the vault ------------------------------------------------------------------------- */

static struct error error;

static void need(int result)
{
	if (result != 0)
		die("vault", error.message);
}

static struct act_text text_of(const char *text)
{
	return (struct act_text){ text, (uint32_t)strlen(text) };
}

static void measure_texts(void)
{
	size_t i;

	for (i = 0; i < ITEMS; i++) {
		title_of[i] = text_of(titles[i]);
		creator_of[i] = text_of(creators[i]);
		words_of[i] = text_of(words[i]);
	}
	for (i = 0; i < RESTS; i++)
		rest_of[i] = text_of(rests[i]);
}

static struct act_text put_text(char **at, const struct act_text *text)
{
	struct act_text copy = { *at, text->size };

	memcpy(*at, text->data, text->size);
	*at += text->size;
	return copy;
}

/* Acts as a reader hands them over: their texts just read, one behind the other. */
static void make_acts(const struct row *rows, size_t count, struct act *acts)
{
	static char room[TURN * 300];
	char *at = room;
	size_t i;

	for (i = 0; i < count; i++)
		acts[i] = (struct act){
			.time = rows[i].time, .value = ACT_NONE, .duration = rows[i].duration,
			.zone = ACT_ZONE_UNKNOWN, .verb = rows[i].verb, .domain = { "music", 5 },
			.title = put_text(&at, &title_of[rows[i].item]),
			.creator = put_text(&at, &creator_of[rows[i].item]),
			.words = put_text(&at, &words_of[rows[i].item]),
			.rest = put_text(&at, &rest_of[rows[i].rest]),
		};
}

static double vault_add(struct vault *vault, uint32_t source, const struct row *rows,
			size_t count, enum vault_put expected)
{
	static struct act acts[TURN];
	enum vault_put put;
	double start;
	size_t i;

	make_acts(rows, count, acts);
	start = now();
	for (i = 0; i < count; i++) {
		need(vault_put(vault, source, &acts[i], false, &put, NULL, &error));
		if (put != expected)
			die("vault_put", "an act was not taken as it should be");
	}
	return now() - start;
}

static uint32_t vault_start(struct vault *vault)
{
	uint32_t source;

	need(vault_begin(vault, &error));
	need(vault_source_begin(vault, "endsong.json", "music", &source, &error));
	return source;
}

static double vault_end(struct vault *vault, uint32_t source, size_t count)
{
	double start = now();

	need(vault_source_end(vault, source, NULL, count, "{}", &error));
	need(vault_commit(vault, &error));
	return now() - start;
}

/* Both, in turns; the seconds of each, with its commit. */
static void run_both(struct vault *vault, const char *path, const struct row *rows, size_t count,
		     double *plain_spent, double *vault_spent)
{
	struct plain plain;
	uint32_t source;
	size_t i;

	*vault_spent = 0;
	plain_open(&plain, path);
	source = vault_start(vault);
	for (i = 0; i < count; i += TURN) {
		size_t turn = count - i < TURN ? count - i : TURN;

		plain_add(&plain, rows + i, turn);
		*vault_spent += vault_add(vault, source, rows + i, turn, VAULT_KEPT);
	}
	plain_close(&plain, path);
	*vault_spent += vault_end(vault, source, count);
	*plain_spent = plain.spent;
}

static int wipe(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void report(const char *dir, const struct vault_secret *secret, const struct row *rows,
		   size_t count)
{
	struct vault *vault;
	struct vault_totals totals;
	struct vault_history history;
	struct vault_selection one = { .kind = VAULT_SELECT_EVENT };
	struct vault_counts counts;
	double start = now(), spent = 0;
	uint32_t source;
	size_t i;

	need(vault_open(dir, secret, &vault, &error));
	printf("open            %8.4f s (key file)\n", now() - start);
	need(vault_totals(vault, &totals, &error));
	printf("on disk         %8.1f bytes an event\n",
	       (double)totals.file_bytes / (double)totals.events);
	start = now();
	need(vault_history_load(vault, NULL, &history, &error));
	printf("history_load    %8.3f s for %zu events\n", now() - start, history.event_count);
	one.id = history.event[history.event_count / 2];
	vault_history_free(&history);
	source = vault_start(vault);
	for (i = 0; i < count; i += TURN)
		spent += vault_add(vault, source, rows + i, count - i < TURN ? count - i : TURN,
				   VAULT_DUPLICATE);
	spent += vault_end(vault, source, count);
	printf("again           %8.0f duplicates/s\n", (double)count / spent);
	start = now();
	need(vault_undo(vault, 2, &counts, &error));
	printf("undo of those   %8.3f s\n", now() - start);
	start = now();
	need(vault_forget(vault, &one, 1, &counts, NULL, &error));
	printf("forget one act  %8.3f s\n", now() - start);
	vault_close(vault);
}

int main(int count_arguments, char **arguments)
{
	size_t count = count_arguments > 1 ? strtoul(arguments[1], NULL, 10) : 1000000;
	const char *order = count_arguments > 2 ? arguments[2] : "time";
	unsigned long rounds = count_arguments > 3 ? strtoul(arguments[3], NULL, 10) : 3, round;
	char folder[] = "/var/tmp/tacit-bench-XXXXXX", plain[64], dir[64], key[64];
	struct vault_secret secret = { .key_file = key };
	struct row *rows = make_rows(count, order);
	double best_plain = 1e9, best_vault = 1e9;
	FILE *file;

	measure_texts();
	if (mkdtemp(folder) == NULL)
		die(folder, "cannot make it");
	snprintf(plain, sizeof(plain), "%s/plain.db", folder);
	snprintf(dir, sizeof(dir), "%s/home", folder);
	snprintf(key, sizeof(key), "%s/key", folder);
	file = fopen(key, "w");
	if (file == NULL || fwrite(titles, 1, 64, file) != 64 || fclose(file) != 0)
		die(key, "cannot write it");
	printf("%zu events, %s order\n", count, order);
	for (round = 0; round < rounds; round++) {
		struct vault *vault;
		double a, b;

		nftw(dir, wipe, 16, FTW_DEPTH | FTW_PHYS);
		need(vault_create(dir, &secret, NULL, &vault, &error));
		run_both(vault, plain, rows, count, &a, &b);
		vault_close(vault);
		printf("round %lu         plain %.0f/s, vault %.0f/s, ratio %.2f\n", round + 1,
		       (double)count / a, (double)count / b, a / b);
		best_plain = a < best_plain ? a : best_plain;
		best_vault = b < best_vault ? b : best_vault;
	}
	printf("best            plain %.0f/s, vault %.0f/s, ratio %.2f\n",
	       (double)count / best_plain, (double)count / best_vault, best_plain / best_vault);
	report(dir, &secret, rows, count);
	nftw(folder, wipe, 16, FTW_DEPTH | FTW_PHYS);
	free(rows);
	return 0;
}
