/* Making and opening the vault's file, and the lock that keeps it to one process at a time. */
#include "vault/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/limits.h"
#include "vault/page.h"

#define WAIT_STEP_MS 2

/* Since schema 3: what sources tell differently, contest.c. */
#define CONTESTS "CREATE INDEX contests ON witnesses(event) WHERE same = 0;"
/* Since schema 2. */
#define RECORDS "CREATE TABLE records(kind INTEGER, key BLOB, value BLOB, PRIMARY KEY(kind, key))" \
	" WITHOUT ROWID;"

#define RENEWED "UPDATE meta SET value = 3 WHERE key = 'schema'; COMMIT"

static const char schema[] =
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE items(id INTEGER PRIMARY KEY, year INTEGER, domain TEXT, title TEXT,"
	" creator TEXT, words TEXT);"
	/* place, text, rest: the text itself, or the number of a row of `strings`. words: likewise,
	 * or NULL where it is the item's. */
	"CREATE TABLE events(id INTEGER PRIMARY KEY, item INTEGER, source INTEGER, verb INTEGER,"
	" value INTEGER, duration INTEGER, flags INTEGER, zone INTEGER, words, place, text, rest);"
	"CREATE TABLE strings(id INTEGER PRIMARY KEY, text TEXT);"
	/* Sources that reported an act which another source had reported before. */
	"CREATE TABLE witnesses(event INTEGER, source INTEGER, same INTEGER, flags INTEGER,"
	" zone INTEGER, words, place, text, rest, PRIMARY KEY(event, source)) WITHOUT ROWID;"
	"CREATE TABLE sources(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER, file TEXT,"
	" kind TEXT, digest BLOB, read INTEGER, kept INTEGER, duplicate INTEGER, skipped TEXT);"
	/* One row for each source of a fact; the person is source 0. */
	"CREATE TABLE facts(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, value TEXT, unit TEXT,"
	" mark INTEGER, source INTEGER, time INTEGER, confidence INTEGER, evidence TEXT,"
	" UNIQUE(key, value, mark, source));"
	"CREATE TABLE tombstones(hash INTEGER PRIMARY KEY);" RECORDS CONTESTS;

int vault_file_path(const char *folder, const char *name, char out[VAULT_PATH_BYTES],
		    struct error *error)
{
	if ((size_t)snprintf(out, VAULT_PATH_BYTES, "%s/%s", folder, name) >= VAULT_PATH_BYTES)
		return error_set(error, TACIT_E_ARGUMENT,
				 "the path of the vault is longer than %d bytes: %s",
				 VAULT_PATH_BYTES, folder);
	return 0;
}

bool vault_exists(const char *dir)
{
	char path[VAULT_PATH_BYTES];

	return vault_file_path(dir, VAULT_FILE, path, NULL) == 0 && file_exists(path);
}

int vault_wants_key_file(const char *dir, bool *out, struct error *error)
{
	char path[VAULT_PATH_BYTES];
	struct keys_header header;
	int result = vault_file_path(dir, VAULT_FILE, path, error);

	if (result == 0)
		result = keys_read(path, &header, error);
	if (result == 0)
		*out = header.kind == KEYS_FILE;
	return result;
}

/* A lock of its own file: it outlives the replacing of the vault's file, and unlike SQLite's record
 * locks it is not lost when some other descriptor of the file is closed. */
int vault_lock_folder(const char *folder, int *lock, struct error *error)
{
	const struct timespec step = { 0, WAIT_STEP_MS * 1000000L };
	char path[VAULT_PATH_BYTES];
	int waited, fd, result = vault_file_path(folder, VAULT_LOCK, path, error);

	if (result != 0)
		return result;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(error, TACIT_E_NOT_FOUND,
				 "there is no vault in %s: run tacit init", folder);
	if (fd < 0)
		return error_errno(error, TACIT_E_IO, "cannot open %s", path);
	for (waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += WAIT_STEP_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			result = error_errno(error, TACIT_E_IO, "cannot lock %s", path);
			break;
		}
		if (waited >= LIMIT_BUSY_MS) {
			result = error_set(error, TACIT_E_BUSY,
					   "another process has the vault in %s: wait for it, or "
					   "end it", folder);
			break;
		}
		nanosleep(&step, NULL);
	}
	if (result != 0) {
		close(fd);
		return result;
	}
	*lock = fd;
	return 0;
}

/* Keys and plain pages must not end in a core file or be read by a debugger. A leak checker is a
 * debugger, so builds for tests under one are left alone. */
static void harden(void)
{
#if !defined(__SANITIZE_ADDRESS__)
	const struct rlimit none = { 0, 0 };

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
#endif
}

void vault_unlink(const char *path)
{
	char name[VAULT_PATH_BYTES + 8];

	unlink(path);
	snprintf(name, sizeof(name), "%s-wal", path);
	unlink(name);
}

/* The secret from which ids and tombstones are made lies in the database: it outlives every change
 * of key, and a backup has it too. */
static int read_secret(struct vault *vault, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int result = TACIT_E_DAMAGED, rc;

	rc = sqlite3_prepare_v2(vault->db, "SELECT value FROM meta WHERE key = 'secret'", -1,
				&statement, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == 32) {
		keys_derive_inner(vault->keys, sqlite3_column_blob(statement, 0));
		result = 0;
	} else if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
		error_set(error, TACIT_E_DAMAGED,
			  "the vault has lost its secret: restore a backup");
	} else {
		result = vault_failed(vault, error, "open the vault");
	}
	sqlite3_finalize(statement);
	return result;
}

static int connect_db(struct vault *vault, const char *path, struct error *error)
{
	static const char settings[] =
		"PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
		"PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; PRAGMA trusted_schema=OFF;"
		"PRAGMA auto_vacuum=NONE; PRAGMA mmap_size=0;";

	vault->seal = seal_new(vault->keys);
	if (vault->seal == NULL)
		return error_memory(error);
	if (sqlite3_open_v2(path, &vault->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
			    SQLITE_OPEN_EXRESCODE, seal_name(vault->seal)) != SQLITE_OK)
		return vault_failed(vault, error, "open the vault");
	return vault_run(vault, settings, error, "open the vault");
}

int vault_attach(struct vault *vault, const char *path, struct error *error)
{
	int64_t version = 0, wash = 0;
	int result = connect_db(vault, path, error);

	if (result == 0)
		result = vault_run(vault, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=100;"
				   "PRAGMA journal_size_limit=33554432", error, "open the vault");
	if (result == 0)
		result = vault_number(vault, "SELECT value FROM meta WHERE key = 'schema'", 0,
				      &version, error);
	if (result == 0 && version > VAULT_SCHEMA)
		result = error_set(error, TACIT_E_NEWER,
				   "the vault was written by a later tacit (schema %lld; this one "
				   "knows %d)", (long long)version, VAULT_SCHEMA);
	if (result == 0 && version < VAULT_SCHEMA)
		result = vault_run(vault, version < 2 ? "BEGIN IMMEDIATE;" RECORDS CONTESTS RENEWED
				   : "BEGIN IMMEDIATE;" CONTESTS RENEWED, error, "renew the vault");
	if (result == 0)
		result = read_secret(vault, error);
	/* A kill came between a forgetting and its washing: wash now. A full disk must not keep the
	 * person out, so that a failure is left for the next time. */
	if (result == 0 && vault_number(vault, "SELECT value FROM meta WHERE key = 'wash'", 0,
					&wash,
					NULL) == 0 && wash != 0)
		(void)vault_wash(vault, NULL);
	if (result != 0)
		vault_detach(vault);
	return result;
}

void vault_detach(struct vault *vault)
{
	vault_statements_close(vault);
	sqlite3_close(vault->db);
	vault->db = NULL;
	seal_free(vault->seal);
	vault->seal = NULL;
}

/* Writes the header, both slots; the file must be new. */
static int make_header(const char *path, const struct keys_header *header, struct error *error)
{
	int result, fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return error_errno(error, TACIT_E_IO, "cannot create %s", path);
	result = keys_write(fd, header, error);
	close(fd);
	return result;
}

int vault_make_file(const char *path, const struct keys_header *header, struct keys *keys,
		    struct error *error)
{
	struct vault vault = { .keys = keys, .lock = -1 };
	uint8_t secret[32];
	char insert[128 + sizeof(secret) * 2], hex[sizeof(secret) * 2 + 1];
	int reserve = PAGE_RESERVE;
	int result = make_header(path, header, error);

	if (result == 0)
		result = connect_db(&vault, path, error);
	if (result == 0 && sqlite3_file_control(vault.db, "main", SQLITE_FCNTL_RESERVE_BYTES,
						&reserve) != SQLITE_OK)
		result = vault_failed(&vault, error, "make the vault");
	/* The rollback journal of the step into WAL mode stays in memory: a file would be plain. */
	if (result == 0)
		result = vault_run(&vault, "PRAGMA page_size=8192; PRAGMA journal_mode=MEMORY;"
				   "PRAGMA journal_mode=WAL; BEGIN", error, "make the vault");
	if (result == 0)
		result = vault_run(&vault, schema, error, "make the vault");
	keys_random(secret, sizeof(secret));
	bytes_hex(hex, secret, sizeof(secret));
	snprintf(insert, sizeof(insert), "INSERT INTO meta VALUES('schema', %d),('secret', x'%s');"
		 "COMMIT", VAULT_SCHEMA, hex);
	if (result == 0)
		result = vault_run(&vault, insert, error, "make the vault");
	keys_wipe(secret, sizeof(secret));
	keys_wipe(hex, sizeof(hex));
	keys_wipe(insert, sizeof(insert));
	/* Closing moves the log into the file; it must succeed, the file is to be renamed. */
	if (result == 0)
		result = vault_run(&vault, "PRAGMA wal_checkpoint(TRUNCATE)", error,
				   "make the vault");
	vault_detach(&vault);
	if (result != 0)
		vault_unlink(path);
	return result;
}

static int vault_new(const char *folder, const char *path, struct vault **out,
		     struct error *error)
{
	struct vault *vault = calloc(1, sizeof(*vault));

	if (vault == NULL)
		return error_memory(error);
	vault->lock = -1;
	vault->folder = strdup(folder);
	vault->path = strdup(path);
	vault->seen = calloc(VAULT_SEEN, sizeof(*vault->seen));
	vault->keys = keys_new();
	if (vault->folder == NULL || vault->path == NULL || vault->seen == NULL ||
	    vault->keys == NULL) {
		vault_close(vault);
		return error_memory(error);
	}
	*out = vault;
	return 0;
}

/* A slot that a kill or a bad sector spoilt is written anew from its twin. */
static void heal_header(const char *path, const struct keys_header *header)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	(void)keys_write(fd, header, NULL);
	close(fd);
}

int vault_open_locked(const char *folder, const char *name, int lock,
		      const struct vault_secret *secret, struct vault **out, struct error *error)
{
	char path[VAULT_PATH_BYTES];
	struct keys_header header;
	struct vault *vault = NULL;
	int result;

	result = keys_start(error);
	if (result != 0)
		return result;
	harden();
	result = vault_file_path(folder, name, path, error);
	if (result == 0)
		result = keys_read(path, &header, error);
	if (result == 0)
		result = vault_new(folder, path, &vault, error);
	if (result == 0)
		result = keys_unwrap(&header, secret, vault->keys, error);
	if (result == 0 && !header.whole)
		heal_header(path, &header);
	if (result == 0)
		result = vault_attach(vault, path, error);
	if (result != 0) {
		vault_close(vault);
		return result;
	}
	vault->lock = lock;
	*out = vault;
	return 0;
}

int vault_open(const char *dir, const struct vault_secret *secret, struct vault **out,
	       struct error *error)
{
	int lock = -1, result;

	if (!vault_exists(dir))
		return error_set(error, TACIT_E_NOT_FOUND,
				 "there is no vault in %s: run tacit init",
				 dir);
	result = vault_lock_folder(dir, &lock, error);
	if (result != 0)
		return result;
	result = vault_open_locked(dir, VAULT_FILE, lock, secret, out, error);
	if (result != 0)
		close(lock);
	return result;
}

bool vault_awake(const struct vault *vault)
{
	return vault->db != NULL;
}

void vault_rest(struct vault *vault)
{
	if (vault->db == NULL)
		return;
	vault_rollback(vault);
	vault_drop_tables(vault);
	vault_detach(vault);
	close(vault->lock);
	vault->lock = -1;
}

int vault_wake(struct vault *vault, struct error *error)
{
	struct vault_secret secret = { NULL, NULL, NULL };
	struct keys_header header;
	struct keys *keys;
	int result;

	if (vault->db != NULL)
		return 0;
	keys = keys_new();
	if (keys == NULL)
		return error_memory(error);
	result = vault_lock_folder(vault->folder, &vault->lock, error);
	if (result == 0)
		result = keys_read(vault->path, &header, error);
	secret.master = vault->keys->master;
	if (result == 0)
		result = keys_unwrap(&header, &secret, keys, error);
	if (result == 0) {
		keys_free(vault->keys);
		vault->keys = keys;
		keys = NULL;
		result = vault_attach(vault, vault->path, error);
	}
	keys_free(keys);
	if (result != 0 && vault->lock >= 0) {
		close(vault->lock);
		vault->lock = -1;
	}
	return result;
}

static int create_locked(const char *dir, const struct vault_secret *secret,
			 const struct vault_hardness *hardness, struct keys *keys,
			 struct error *error)
{
	char path[VAULT_PATH_BYTES], made[VAULT_PATH_BYTES];
	struct keys_header header = { .version = KEYS_VERSION, .sequence = 1 };
	int result = vault_file_path(dir, VAULT_FILE, path, error);

	if (result == 0)
		result = vault_file_path(dir, VAULT_FILE_NEW, made, error);
	if (result != 0)
		return result;
	if (file_exists(path))
		return error_set(error, TACIT_E_EXISTS, "there is a vault in %s already", dir);
	keys_draw(keys);
	result = keys_wrap(&header, keys, secret, hardness, error);
	if (result != 0)
		return result;
	vault_unlink(made);
	result = vault_make_file(made, &header, keys, error);
	if (result != 0)
		return result;
	if (rename(made, path) != 0) {
		result = error_errno(error, TACIT_E_IO, "cannot put %s in place", path);
		vault_unlink(made);
		return result;
	}
	return file_sync_folder(path, error);
}

int vault_create(const char *dir, const struct vault_secret *secret,
		 const struct vault_hardness *hardness, struct vault **out, struct error *error)
{
	struct vault_secret made = { NULL, NULL, NULL };
	struct keys *keys;
	int lock = -1, result;

	harden();
	result = keys_start(error);
	if (result == 0)
		result = file_make_folder(dir, 0700, error);
	if (result == 0)
		result = vault_lock_folder(dir, &lock, error);
	if (result != 0)
		return result;
	keys = keys_new();
	result = keys == NULL ? error_memory(error) :
		create_locked(dir, secret, hardness, keys, error);
	if (result == 0) {
		made.master = keys->master;
		result = vault_open_locked(dir, VAULT_FILE, lock, &made, out, error);
	}
	keys_free(keys);
	if (result != 0)
		close(lock);
	return result;
}
