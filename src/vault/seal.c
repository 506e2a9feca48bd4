/*
 * A shim over SQLite's own unix VFS.
 *
 * Database: page n lies at PAGE_START + (n - 1) * PAGE_BYTES of the file, behind the header. SQLite
 * writes whole pages, and reads whole pages or (before it knows the page size) parts of the first.
 *
 * Log: SQLite's view is a head of 32 bytes and frames of 24 + 8192; on disk each frame is 40 bytes
 * longer, because its head is sealed too. While the log of a killed writer is recovered, a frame
 * that does not open is given to SQLite as zeros, which it takes for the end of the log: that is
 * what a frame is that was half written. Once this process has written to the log itself, such a
 * frame is an error.
 */
#include "vault/seal.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "vault/page.h"

#define DB_HEADER_BYTES 100

struct seal {
	sqlite3_vfs vfs;
	sqlite3_vfs *below;
	const struct keys *keys;
	char name[32];
};

struct seal_file {
	sqlite3_file base;		/* first: SQLite sees this */
	const struct seal *seal;
	sqlite3_file *below;
	bool wrote;			/* log only: this process has written to it */
	uint8_t salts[8];		/* log only */
	uint8_t room[PAGE_BYTES];	/* one sealed page or head on its way */
};

_Static_assert(sizeof(struct seal_file) % 8 == 0, "the file below lies behind this one");

static struct seal_file *file_of(sqlite3_file *file)
{
	return (struct seal_file *)file;
}

static int file_close(sqlite3_file *file)
{
	struct seal_file *f = file_of(file);

	memset(f->room, 0, sizeof(f->room));
	return f->below->pMethods->xClose(f->below);
}

/* ---- the database ---------------------------------------------------------------------- */

static int db_read(sqlite3_file *file, void *out, int amount, sqlite3_int64 offset)
{
	struct seal_file *f = file_of(file);
	uint64_t number = (uint64_t)offset / PAGE_BYTES + 1;
	int inside = (int)(offset % PAGE_BYTES);
	bool whole = inside == 0 && amount == PAGE_BYTES;
	uint8_t *page = whole ? out : f->room;
	int rc;

	assert(offset >= 0 && amount > 0);
	if (inside + amount > PAGE_BYTES)
		return SQLITE_IOERR_READ;
	rc = f->below->pMethods->xRead(f->below, page, PAGE_BYTES,
				       PAGE_START + (sqlite3_int64)(number - 1) * PAGE_BYTES);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		sqlite3_int64 size = 0;

		/* Behind the end is what SQLite may ask for; half a page is damage. */
		if (f->below->pMethods->xFileSize(f->below, &size) != SQLITE_OK)
			return SQLITE_IOERR_READ;
		if (size > PAGE_START + (sqlite3_int64)(number - 1) * PAGE_BYTES)
			return SQLITE_IOERR_DATA;
		memset(out, 0, (size_t)amount);
		return SQLITE_IOERR_SHORT_READ;
	}
	if (rc != SQLITE_OK)
		return rc;
	if (!page_open(f->seal->keys, number, page, page)) {
		/* The first look at the file is for the page size, before the log is recovered. A
		 * kill in the middle of a checkpoint may have torn the page, and the log has it
		 * whole: let SQLite find the size there. Without a log it reads the whole page, and
		 * is refused. */
		if (number != 1 || amount > DB_HEADER_BYTES)
			return SQLITE_IOERR_DATA;
		memset(out, 0, (size_t)amount);
		return SQLITE_OK;
	}
	if (!whole)
		memcpy(out, page + inside, (size_t)amount);
	return SQLITE_OK;
}

static int db_write(sqlite3_file *file, const void *in, int amount, sqlite3_int64 offset)
{
	struct seal_file *f = file_of(file);

	if (amount != PAGE_BYTES || offset % PAGE_BYTES != 0)
		return SQLITE_IOERR_WRITE;
	page_seal(f->seal->keys, (uint64_t)offset / PAGE_BYTES + 1, in, f->room);
	return f->below->pMethods->xWrite(f->below, f->room, PAGE_BYTES, PAGE_START + offset);
}

static int db_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct seal_file *f = file_of(file);

	return f->below->pMethods->xTruncate(f->below, PAGE_START + size);
}

static int db_size(sqlite3_file *file, sqlite3_int64 *out)
{
	struct seal_file *f = file_of(file);
	int rc = f->below->pMethods->xFileSize(f->below, out);

	if (rc == SQLITE_OK)
		*out = *out < PAGE_START ? 0 : *out - PAGE_START;
	return rc;
}

/* ---- the log --------------------------------------------------------------------------- */

static sqlite3_int64 frame_place(uint64_t index)
{
	return PAGE_LOG_HEAD + (sqlite3_int64)index * PAGE_FRAME_SEALED;
}

/* A piece of the log that does not open: the end of the log, or damage. */
static int log_unopened(const struct seal_file *f, void *out, size_t size)
{
	if (f->wrote)
		return SQLITE_IOERR_DATA;
	memset(out, 0, size);
	return SQLITE_OK;
}

static int log_read_head(struct seal_file *f, uint64_t index, int inside, int amount, uint8_t *out)
{
	uint8_t head[PAGE_FRAME_HEAD];
	int rc = f->below->pMethods->xRead(f->below, f->room, PAGE_FRAME_HEAD_SEALED,
					   frame_place(index));

	if (rc != SQLITE_OK)
		return rc;
	if (!page_head_open(f->seal->keys, f->salts, index, f->room, head))
		return log_unopened(f, out, (size_t)amount);
	memcpy(out, head + inside, (size_t)amount);
	return SQLITE_OK;
}

static int log_read_page(struct seal_file *f, uint64_t index, int amount, uint8_t *out,
			 bool recovering)
{
	uint8_t *page = amount == PAGE_BYTES ? out : f->room;
	int rc = f->below->pMethods->xRead(f->below, page, PAGE_BYTES,
					   frame_place(index) + PAGE_FRAME_HEAD_SEALED);

	if (rc != SQLITE_OK)
		return rc;
	if (!page_log_open(f->seal->keys, f->salts, index, page, page))
		return recovering ? log_unopened(f, out, (size_t)amount) : SQLITE_IOERR_DATA;
	if (page != out)
		memcpy(out, page, (size_t)amount);
	return SQLITE_OK;
}

static int log_read(sqlite3_file *file, void *out, int amount, sqlite3_int64 offset)
{
	struct seal_file *f = file_of(file);
	uint64_t index;
	int inside, rc;

	assert(offset >= 0 && amount > 0);
	if (offset < PAGE_LOG_HEAD) {
		if (offset + amount > PAGE_LOG_HEAD)
			return SQLITE_IOERR_READ;
		rc = f->below->pMethods->xRead(f->below, out, amount, offset);
		if (rc == SQLITE_OK && offset == 0 && amount == PAGE_LOG_HEAD)
			memcpy(f->salts, (const uint8_t *)out + 16, sizeof(f->salts));
		return rc;
	}
	index = (uint64_t)(offset - PAGE_LOG_HEAD) / PAGE_FRAME;
	inside = (int)((offset - PAGE_LOG_HEAD) % PAGE_FRAME);
	if (inside + amount > PAGE_FRAME)
		return SQLITE_IOERR_READ;
	if (inside + amount <= PAGE_FRAME_HEAD)
		return log_read_head(f, index, inside, amount, out);
	if (inside == PAGE_FRAME_HEAD)
		return log_read_page(f, index, amount, out, false);
	if (inside != 0)
		return SQLITE_IOERR_READ;
	rc = log_read_head(f, index, 0, PAGE_FRAME_HEAD, out);
	if (rc == SQLITE_OK)
		rc = log_read_page(f, index, amount - PAGE_FRAME_HEAD,
				   (uint8_t *)out + PAGE_FRAME_HEAD, true);
	return rc;
}

static int log_write(sqlite3_file *file, const void *in, int amount, sqlite3_int64 offset)
{
	struct seal_file *f = file_of(file);
	uint64_t index;
	int inside;

	if (offset == 0 && amount == PAGE_LOG_HEAD) {
		memcpy(f->salts, (const uint8_t *)in + 16, sizeof(f->salts));
		f->wrote = true;
		return f->below->pMethods->xWrite(f->below, in, amount, 0);
	}
	if (offset < PAGE_LOG_HEAD)
		return SQLITE_IOERR_WRITE;
	index = (uint64_t)(offset - PAGE_LOG_HEAD) / PAGE_FRAME;
	inside = (int)((offset - PAGE_LOG_HEAD) % PAGE_FRAME);
	f->wrote = true;
	if (inside == 0 && amount == PAGE_FRAME_HEAD) {
		page_head_seal(f->seal->keys, f->salts, index, in, f->room);
		return f->below->pMethods->xWrite(f->below, f->room, PAGE_FRAME_HEAD_SEALED,
						  frame_place(index));
	}
	if (inside == PAGE_FRAME_HEAD && amount == PAGE_BYTES) {
		page_log_seal(f->seal->keys, f->salts, index, in, f->room);
		return f->below->pMethods->xWrite(f->below, f->room, PAGE_BYTES,
						  frame_place(index) + PAGE_FRAME_HEAD_SEALED);
	}
	return SQLITE_IOERR_WRITE;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct seal_file *f = file_of(file);

	if (size > PAGE_LOG_HEAD)
		size = frame_place((uint64_t)(size - PAGE_LOG_HEAD + PAGE_FRAME - 1) / PAGE_FRAME);
	return f->below->pMethods->xTruncate(f->below, size);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *out)
{
	struct seal_file *f = file_of(file);
	sqlite3_int64 size = 0;
	int rc = f->below->pMethods->xFileSize(f->below, &size);

	/* A frame that is cut short is no frame. */
	if (rc == SQLITE_OK)
		*out = size <= PAGE_LOG_HEAD ? size :
			PAGE_LOG_HEAD + (size - PAGE_LOG_HEAD) / PAGE_FRAME_SEALED * PAGE_FRAME;
	return rc;
}

/* ---- handed through -------------------------------------------------------------------- */

static int file_sync(sqlite3_file *file, int flags)
{
	struct seal_file *f = file_of(file);

	return f->below->pMethods->xSync(f->below, flags);
}

static int file_lock(sqlite3_file *file, int level)
{
	struct seal_file *f = file_of(file);

	return f->below->pMethods->xLock(f->below, level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	struct seal_file *f = file_of(file);

	return f->below->pMethods->xUnlock(f->below, level);
}

static int file_reserved(sqlite3_file *file, int *out)
{
	struct seal_file *f = file_of(file);

	return f->below->pMethods->xCheckReservedLock(f->below, out);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
	struct seal_file *f = file_of(file);

	/* These speak of sizes and maps of the file as it is below, which SQLite does not see. */
	if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE ||
	    what == SQLITE_FCNTL_MMAP_SIZE)
		return SQLITE_NOTFOUND;
	return f->below->pMethods->xFileControl(f->below, what, argument);
}

static int file_sector(sqlite3_file *file)
{
	struct seal_file *f = file_of(file);

	return f->below->pMethods->xSectorSize(f->below);
}

/* Power-safe overwriting is what unix assumes by default; with it SQLite never pads the log, so
 * that each write to it is one head or one page. */
static int file_character(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1: no shared memory (the vault is held exclusively) and no mapping of plain pages. */
static const sqlite3_io_methods db_methods = {
	1, file_close, db_read, db_write, db_truncate, file_sync, db_size, file_lock, file_unlock,
	file_reserved, file_control, file_sector, file_character,
	NULL, NULL, NULL, NULL, NULL, NULL
};

static const sqlite3_io_methods log_methods = {
	1, file_close, log_read, log_write, log_truncate, file_sync, log_size, file_lock,
	file_unlock, file_reserved, file_control, file_sector, file_character,
	NULL, NULL, NULL, NULL, NULL, NULL
};

/* ---- the VFS --------------------------------------------------------------------------- */

static sqlite3_vfs *below_of(sqlite3_vfs *vfs)
{
	return ((struct seal *)vfs->pAppData)->below;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		    int *out_flags)
{
	struct seal_file *f = file_of(file);
	int kind = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL);
	int rc;

	memset(f, 0, sizeof(*f));
	if (kind == 0 || name == NULL)
		return SQLITE_CANTOPEN;
	f->seal = vfs->pAppData;
	f->below = (sqlite3_file *)(f + 1);
	rc = below_of(vfs)->xOpen(below_of(vfs), name, f->below, flags, out_flags);
	if (rc != SQLITE_OK)
		return rc;
	f->base.pMethods = kind == SQLITE_OPEN_WAL ? &log_methods : &db_methods;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	return below_of(vfs)->xDelete(below_of(vfs), name, sync);
}

/* A rollback journal is never written, so one that lies there is not ours. */
static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	size_t size = strlen(name);

	if (size > 8 && strcmp(name + size - 8, "-journal") == 0) {
		*out = 0;
		return SQLITE_OK;
	}
	return below_of(vfs)->xAccess(below_of(vfs), name, flags, out);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	return below_of(vfs)->xFullPathname(below_of(vfs), name, size, out);
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *out)
{
	return below_of(vfs)->xRandomness(below_of(vfs), size, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	return below_of(vfs)->xSleep(below_of(vfs), microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
	return below_of(vfs)->xCurrentTime(below_of(vfs), out);
}

static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	return below_of(vfs)->xCurrentTimeInt64(below_of(vfs), out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	return below_of(vfs)->xGetLastError == NULL ? 0 :
		below_of(vfs)->xGetLastError(below_of(vfs), size, out);
}

struct seal *seal_new(const struct keys *keys)
{
	static atomic_uint count;
	struct seal *seal = calloc(1, sizeof(*seal));
	sqlite3_vfs *below = sqlite3_vfs_find("unix");

	if (seal == NULL || below == NULL) {
		free(seal);
		return NULL;
	}
	seal->below = below;
	seal->keys = keys;
	snprintf(seal->name, sizeof(seal->name), "tacit-seal-%u", atomic_fetch_add(&count, 1u));
	seal->vfs = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = (int)sizeof(struct seal_file) + below->szOsFile,
		.mxPathname = below->mxPathname,
		.zName = seal->name,
		.pAppData = seal,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
		.xCurrentTimeInt64 = vfs_time64,
	};
	if (sqlite3_vfs_register(&seal->vfs, 0) != SQLITE_OK) {
		free(seal);
		return NULL;
	}
	return seal;
}

void seal_free(struct seal *seal)
{
	if (seal == NULL)
		return;
	sqlite3_vfs_unregister(&seal->vfs);
	free(seal);
}

const char *seal_name(const struct seal *seal)
{
	return seal->name;
}
