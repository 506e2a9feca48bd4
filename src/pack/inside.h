/* What the files of this room share and nobody else sees. */
#ifndef TACIT_PACK_INSIDE_H
#define TACIT_PACK_INSIDE_H

#include "pack/pack.h"

#define PACK_DIGEST_BYTES 32
#define PACK_NAMES_MAX 16

/* check.c: fills in pack's pointers from its section table and checks every section of it; of
 * what is known to have passed before only where its sections lie and how large they are. */
int pack_check(struct pack *pack, const char *path, bool known, struct error *error);

/* stamp.c: which file it was that passed. */
struct pack_stamp {
	uint64_t device, inode, size;
	int64_t modified, changed;	/* ns since 1970; nobody can set `changed` */
	uint8_t digest[PACK_DIGEST_BYTES];
};
/* Of an open file; false where it is not to be remembered: others than the person and the system
 * may write it, or it changed so recently that another change could leave the same times. */
bool pack_stamp_take(int fd, struct pack_stamp *out);
/* Whether the file `memory` has the stamp; what is wrong with that file counts as no. */
bool pack_stamp_known(const char *memory, const struct pack_stamp *stamp);
/* Remembers it in place of older ones of the file. Failing is no error: it is checked again. */
void pack_stamp_keep(const char *memory, const struct pack_stamp *stamp);

/* pack.c: the digest of a whole file in memory, fields of the header that do not count as zero. */
void pack_digest(const void *file, size_t size, uint8_t out[PACK_DIGEST_BYTES]);

/* names.c: the names under which a title may be asked for, borrowed from the title. */
struct pack_name {
	const char *data;
	size_t size;
	uint32_t flags;		/* PACK_LINK_... */
};
/* "Heat (1995)" -> "Heat"; "Seven (a.k.a. Se7en) (1995)" -> "Seven (a.k.a. Se7en)", "Seven",
 * "Se7en". Returns how many; *year from the title's end, else left alone. */
size_t pack_names(const char *title, struct pack_name out[PACK_NAMES_MAX], int32_t *year);

/* near.c: titles that nearly match. The index is made at first use, by any of several threads. */
struct pack_wanted {
	const struct pack_name *name;
	size_t names;
	int32_t year;
	const char *creator;	/* folded */
};
bool pack_near(const struct pack *pack, const struct pack_wanted *wanted, struct pack_match *out);
void pack_index_free(struct pack_index *index);

/* link.c: whether creators agree: 1 same or one within the other, 0 not known, -1 different. */
int pack_creator_agrees(const struct pack *pack, uint32_t item, const char *folded);

#endif
