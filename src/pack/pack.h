/*
 * A pack: the catalogue of a domain and the model trained on it, in one file that a publisher
 * makes and anyone can check. It is memory-mapped and never executed: tables of fixed shape, all
 * little-endian, every offset checked when it is opened. docs/pack-format.md is the document.
 *
 * Fixed point: a P value is p * p_scale * 2^-32, a Q value is q * q_scale * 2^-32, a decay is
 * rho * 2^-30, an intercept is length * 2^-11, a calibration point is 2^-20.
 */
#ifndef TACIT_PACK_PACK_H
#define TACIT_PACK_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"

/* Section kinds: four letters. A reader leaves kinds that it does not know alone, so that later
 * kernels are new sections and not a new format. */
#define PACK_META 0x4154454du	/* "META": JSON text: provenance, licence, parameters, figures */
#define PACK_ITEM 0x4d455449u	/* "ITEM": struct pack_item_row [items] */
#define PACK_TEXT 0x54584554u	/* "TEXT": the strings, each NUL-terminated; offset 0 is "" */
#define PACK_LINK 0x4b4e494cu	/* "LINK": struct pack_link_row, sorted by (hash, item) */
#define PACK_CONF 0x464e4f43u	/* "CONF": struct pack_config: the shape of the model */
#define PACK_PROW 0x574f5250u	/* "PROW": int8 [items][banks][dim] */
#define PACK_PSCL 0x4c435350u	/* "PSCL": uint32 [items][banks] */
#define PACK_QROW 0x574f5251u	/* "QROW": int8 [items][dim] */
#define PACK_QSCL 0x4c435351u	/* "QSCL": uint32 [items] */
#define PACK_LENG 0x474e454cu	/* "LENG": int16 [buckets][items]: intercepts by history length */
#define PACK_CONT 0x544e4f43u	/* "CONT": uint32 [items]: training events of each item */
#define PACK_WKEY 0x59454b57u	/* "WKEY": uint64 [words] ascending: hash of a folded word */
#define PACK_WROW 0x574f5257u	/* "WROW": int8 [words][banks + 1][dim]: P rows, then Q */
#define PACK_WSCL 0x4c435357u	/* "WSCL": uint32 [words][banks + 1], unit as P and Q */
#define PACK_CALI 0x494c4143u	/* "CALI": struct pack_calibration_point, ascending in x */

#define PACK_KCON 0x4e4f434bu	/* "KCON": struct pack_pairs_config: decays of the pairs */
#define PACK_KPTR 0x5254504bu	/* "KPTR": uint64 [items + 1]: where each item's pairs begin */
#define PACK_KITM 0x4d54494bu	/* "KITM": uint32 [pairs]: what it speaks for, ascending in a row */
#define PACK_KVAL 0x4c41564bu	/* "KVAL": int16 [pairs][banks of the pairs] */
#define PACK_KSCL 0x4c43534bu	/* "KSCL": uint32 [items][banks of the pairs] */

#define PACK_HEAD 0x44414548u	/* "HEAD": struct pack_head [heads]: other weights of the banks */
#define PACK_MKEY 0x59454b4du	/* "MKEY": "feature=value" texts, NUL-terminated, ascending */
#define PACK_MROW 0x574f524du	/* "MROW": int8 [moments][dim]: what a moment adds to the state */
#define PACK_MSCL 0x4c43534du	/* "MSCL": uint32 [moments], unit as P */

#define PACK_YEAR_MAX 9999	/* either way: years before our era are negative */

struct pack_item_row {
	uint32_t id, title, creator, words;	/* offsets into TEXT */
	int32_t year;				/* 0 = unknown; PACK_YEAR_MAX at most */
	uint32_t flags;				/* 0 */
};

struct pack_link_row {
	uint64_t hash;		/* hash_bytes of the folded title, seed 0 */
	uint32_t item;
	uint32_t flags;		/* PACK_LINK_... */
};

#define PACK_LINK_TITLE 0u	/* the title itself */
#define PACK_LINK_OTHER 1u	/* an alternative title: "(a.k.a. ...)" */
#define PACK_LINK_PART 2u	/* "A" or "B" of "A: B": counts only where the year agrees */
#define PACK_LINK_SHORT 3u	/* without the alternative titles in brackets */
#define PACK_LINK_BARE 4u	/* without a qualifier in brackets: "(Live)", "(TV)" */

struct pack_config {
	uint32_t dim;				/* multiple of 32, <= LIMIT_DIM */
	uint32_t banks;				/* <= LIMIT_BANKS */
	uint32_t buckets;			/* <= LIMIT_BUCKETS */
	uint32_t words;
	uint32_t rho[LIMIT_BANKS];		/* 2^-30 */
	uint32_t bucket_from[LIMIT_BUCKETS];	/* smallest history length, ascending, [0] = 0 */
	uint32_t repeats;			/* 1: items already had may be suggested again */
	uint32_t reserved[7];
};

/* Item-to-item weights: what a thing at position r of a history adds to an item's score is the sum
 * over banks of value * scale * 2^-32 * rho^r * (1 + r)^-(halves / 2). */
struct pack_pairs_config {
	uint32_t banks;				/* <= LIMIT_PAIR_BANKS */
	uint32_t reserved;
	struct {
		uint32_t rho;			/* 2^-30 */
		uint32_t halves;		/* 0, 1 or 2 */
	} bank[LIMIT_PAIR_BANKS];
};

/* What a sum is for: "next" is the next event, "taste" what a year will hold. Each has a factor for
 * every bank and for the intercepts. A pack without a "next" has ones there. */
#define PACK_HEADS_MAX 4
#define PACK_THETA_ONE (1u << 20)
#define PACK_THETA_MAX ((1u << 22) - 1)		/* so that 2^30 times it fits 32 bits */
struct pack_head {
	char name[8];				/* a-z, NUL-padded */
	uint32_t theta[LIMIT_BANKS];		/* 2^-20, of the rows of P; 0 behind the last */
	uint32_t pair_theta[LIMIT_PAIR_BANKS];	/* 2^-20, of the pairs */
	uint32_t intercept;			/* 2^-20 */
};

struct pack_calibration_point {
	int32_t x;		/* log2 of the raw probability, 2^-20 */
	int32_t probability;	/* 2^-20 */
};

/* The file begins with this (4096 bytes with the section table), sections follow, each on a
 * multiple of 64 bytes. content_digest is BLAKE2b-256 of the whole file with content_digest, signer
 * and signature zero. */
#define PACK_MAGIC "tacitpk1"
#define PACK_VERSION 1u
#define PACK_SIGNED_PREFIX "tacit pack 1\n"
#define PACK_ALIGNMENT 64
#define PACK_SECTIONS_MAX 64
#define PACK_HEADER_BYTES 4096

struct pack_section_row {
	uint32_t kind, instance;
	uint64_t offset, size;
};

struct pack_header {
	char magic[8];
	uint32_t version, section_count;
	uint64_t content_size;		/* the whole file */
	uint64_t items;
	char name[64], domain[32];	/* NUL-padded */
	uint8_t content_digest[32];
	uint8_t signer[32];		/* Ed25519 public key, zeros when not signed */
	uint8_t signature[64];		/* over PACK_SIGNED_PREFIX and content_digest */
	struct pack_section_row section[PACK_SECTIONS_MAX];
};

/* An open pack: pointers into the mapping, shapes in brackets. Absent sections are NULL. */
struct pack {
	const struct pack_header *header;
	size_t size;
	uint32_t items, dim, banks, buckets, words;
	const struct pack_item_row *item;	/* [items] */
	const char *text;
	size_t text_size;
	const struct pack_link_row *link;	/* [links] */
	size_t links;
	const struct pack_config *config;
	const int8_t *p;			/* [items][banks][dim] */
	const uint32_t *p_scale;		/* [items][banks] */
	const int8_t *q;			/* [items][dim] */
	const uint32_t *q_scale;		/* [items] */
	const int16_t *length;			/* [buckets][items] */
	const uint32_t *count;			/* [items] */
	const uint64_t *word_key;		/* [words] */
	const int8_t *word_row;			/* [words][banks + 1][dim] */
	const uint32_t *word_scale;		/* [words][banks + 1] */
	const struct pack_pairs_config *pairs;
	const uint64_t *pair_start;		/* [items + 1] */
	const uint32_t *pair_item;
	const int16_t *pair_value;		/* [pairs][pairs->banks] */
	const uint32_t *pair_scale;		/* [items][pairs->banks] */
	const struct pack_head *head;		/* [heads] */
	uint32_t heads;
	uint32_t moments;			/* keys of moments (pack/moment.h) */
	const char *moment_key;
	const int8_t *moment_row;		/* [moments][dim] */
	const uint32_t *moment_scale;		/* [moments] */
	const struct pack_calibration_point *calibration;
	size_t calibration_points;
	const char *meta;			/* JSON, meta_size bytes, not NUL-terminated */
	size_t meta_size;
	void *mapping;
	struct pack_index *index;		/* of link.c, made when first needed */
};

struct pack_index;

/* pack.c: maps and checks everything: magic, version, bounds, digest, signature where there is one.
 * TACIT_E_NOT_FOUND, TACIT_E_DAMAGED (a flipped bit), TACIT_E_SIGNATURE, TACIT_E_NEWER,
 * TACIT_E_FORMAT. */
int pack_open(const char *path, struct pack **out, struct error *error);
void pack_close(struct pack *pack);
/* The same for whoever answers from it again and again: up to LIMIT_PACK_READ bytes are read into
 * memory of its own, on huge pages where there are some, and what was checked can no more change
 * with the file. Above, or where memory is short, it is mapped. */
int pack_open_kept(const char *path, struct pack **out, struct error *error);

/* pack_open for packs in the person's own or the system's folders: one that was found whole before
 * is not read whole again while its device, inode, size, times and digest are as `memory` has
 * them, a file of the person's home (made when needed, 0600). Whoever looks at a pack to judge it
 * uses pack_open. */
int pack_open_known(const char *path, const char *memory, struct pack **out, struct error *error);

static inline const char *pack_title(const struct pack *pack, uint32_t item)
{
	return pack->text + pack->item[item].title;
}

static inline const char *pack_creator(const struct pack *pack, uint32_t item)
{
	return pack->text + pack->item[item].creator;
}

static inline const char *pack_words(const struct pack *pack, uint32_t item)
{
	return pack->text + pack->item[item].words;
}

static inline const char *pack_id(const struct pack *pack, uint32_t item)
{
	return pack->text + pack->item[item].id;
}

/* write.c: a writer collects sections (borrowed until finished) and writes the file atomically
 * (temporary file, fsync, rename). LINK rows are made from the items' titles by the writer. */
struct pack_writer;
struct pack_writer_item {
	const char *id, *title, *creator, *words;	/* "" when absent */
	int32_t year;					/* 0 = unknown */
};
/* NULL when out of memory or when name or domain does not fit the header. */
struct pack_writer *pack_writer_new(const char *name, const char *domain);
/* The items are copied; an item without a year gets that of its title's end. */
int pack_writer_items(struct pack_writer *writer, const struct pack_writer_item *items,
		      uint32_t count, struct error *error);
/* Another section, 4-byte kind; ITEM, TEXT and LINK are the writer's own. Sections are laid out in
 * a fixed order whatever the order of the calls. */
int pack_writer_section(struct pack_writer *writer, uint32_t kind, const void *data, size_t size,
			struct error *error);
int pack_writer_finish(struct pack_writer *writer, const char *path, struct error *error);
void pack_writer_free(struct pack_writer *writer);

/* sign.c: Ed25519. A key file holds "tacit pack key 1\n" and 64 hex digits of the seed, 0600. */
int pack_key_make(const char *path, uint8_t public_key[32], struct error *error);
int pack_sign(const char *pack_path, const char *key_path, struct error *error);
bool pack_signed(const struct pack *pack);

/* link.c: from a title in an export to an item. */
struct pack_query {
	const char *title;	/* as in the export */
	const char *creator;	/* "" when unknown */
	int32_t year;		/* 0 when unknown; one in brackets at the title's end counts too */
};
struct pack_match {
	uint32_t item;
	uint32_t score;		/* 2^-20; 2^20 = exact */
	bool exact;
};
/* True and *out when an item matches: first exactly (folded title, then year and creator where
 * known), then the best scored one above the threshold. Deterministic; ties go to the item with
 * more training events, then the lower number. */
bool pack_link(const struct pack *pack, const struct pack_query *query, struct pack_match *out);

/* words.c: the features of an item for the words kernel: folded words of title, creator, genres
 * and the decade, hashed with hash_bytes(seed by kind), at most `max`, no duplicates, ascending. */
size_t pack_word_hashes(const char *title, const char *creator, const char *words, int32_t year,
			uint64_t *out, size_t max);
/* The rows into word_row of the words that the pack has of something so described: at most
 * PACK_WORD_ROWS into out, no row twice. What stands in for the rows of an item. */
#define PACK_WORD_ROWS 32
uint32_t pack_word_rows(const struct pack *pack, const char *title, const char *creator,
			const char *words, int32_t year, uint32_t *out);

#endif
