/* Whole files: read with a bound, write so that a kill leaves the old or the new one. */
#ifndef TACIT_BASE_FILE_H
#define TACIT_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

bool file_exists(const char *path);
/* Appends the file's bytes to `out`; TACIT_E_LIMIT above `max`. */
int file_read(const char *path, uint64_t max, struct bytes *out, struct error *error);
/* Temporary file in the same folder, fsync, rename, fsync of the folder. */
int file_write(const char *path, const void *data, size_t size, unsigned mode,
	       struct error *error);
/* As file_write, and without `durable` neither fsync: a kill still leaves the old or the new file,
 * a power cut may leave neither. TACIT_E_NOT_FOUND where the folder is missing. */
int file_replace(const char *path, const void *data, size_t size, unsigned mode, bool durable,
		 struct error *error);
/* Makes the folder and its missing parents with `mode`. */
int file_make_folder(const char *path, unsigned mode, struct error *error);
/* Removes the folder with all that is in it; success where there is none. */
int file_remove_folder(const char *path, struct error *error);
/* fsync of the folder that holds `path`. */
int file_sync_folder(const char *path, struct error *error);
/* "a/b/c" -> "c". */
const char *file_base(const char *path);

#endif
