/*
 * Every limit of the program, named and in one place. A limit that is reached is an error with a
 * plain sentence, never a crash and never silence.
 */
#ifndef TACIT_BASE_LIMITS_H
#define TACIT_BASE_LIMITS_H

/* Text: bytes of UTF-8, without the closing NUL. Longer titles are cut at a character boundary. */
#define LIMIT_TITLE_BYTES 1024
#define LIMIT_CREATOR_BYTES 512
#define LIMIT_PLACE_BYTES 512
#define LIMIT_TEXT_BYTES (64 * 1024)
#define LIMIT_REST_BYTES (64 * 1024)
#define LIMIT_DOMAIN_BYTES 32
#define LIMIT_QUERY_BYTES 4096

/* Exports. */
#define LIMIT_ENTRIES 100000			/* files inside one archive or folder */
#define LIMIT_EXPORT_BYTES (64ULL << 30)	/* unpacked bytes of one export */
#define LIMIT_RATIO 1000			/* unpacked : packed, above the first 64 MiB */
#define LIMIT_RATIO_FREE (64ULL << 20)
#define LIMIT_ARCHIVE_DEPTH 3			/* an archive in an archive in an archive */
#define LIMIT_NESTED_BYTES (512ULL << 20)	/* one inside another is unpacked to memory */
#define LIMIT_FOLDER_DEPTH 32
#define LIMIT_ROWS (1ULL << 31)			/* rows of one file */
#define LIMIT_ROW_BYTES (4 << 20)		/* one CSV row or one JSON object */
#define LIMIT_COLUMNS 512
#define LIMIT_JSON_DEPTH 32
#define LIMIT_READER_MEMORY (2ULL << 30)	/* address space of the sandboxed child */
#define LIMIT_READER_SECONDS 3600		/* processor time of the sandboxed child */
#define LIMIT_READER_SILENCE_MS 120000		/* the child is ended when it is silent so long */
#define LIMIT_WATCHED 4096			/* files of a folder that is watched */
#define LIMIT_SKIP_REASONS 32			/* distinct reasons of one source */
#define LIMIT_DROPS 24				/* distinct fields of one source never stored */

/* Feeds. */
#define LIMIT_FEEDS 10000			/* that are followed */
#define LIMIT_FEED_ADDRESS 2048			/* bytes of one's address, with the NUL */
#define LIMIT_FEED_BYTES (16 << 20)		/* of one download, unpacked */
#define LIMIT_FEED_REDIRECTS 5

/* Vault. */
#define LIMIT_EVENTS (1ULL << 32)
#define LIMIT_ITEMS (1U << 31)
#define LIMIT_FACTS 100000
#define LIMIT_PASSPHRASE_BYTES 1024
#define LIMIT_ARGON_MEMORY (4ULL << 30)		/* refuse a header that asks for more */
#define LIMIT_ARGON_PASSES 64
#define LIMIT_BUSY_MS 5000			/* how long a command waits for another */

/* Terms: asks and grants, as JSON of the closed profile (docs/terms.md). */
#define LIMIT_TERMS_BYTES (1 << 20)		/* one ask or grant */
#define LIMIT_TERMS_DEPTH 16			/* objects and arrays inside each other */
#define LIMIT_TERMS_KEYS 64			/* members of one object */
#define LIMIT_TERMS_TEXT 256			/* bytes of a name, an origin, an identifier */
#define LIMIT_CANDIDATES 10000			/* things of one ask to rank or to choose from */
#define LIMIT_FEATURES 32			/* features of one of them */
#define LIMIT_ASK_FACTS 12			/* facts of one ask, or of one permission */
#define LIMIT_ASK_MS (15 * 60 * 1000)		/* from issued to expires */
#define LIMIT_CLOCK_MS (2 * 60 * 1000)		/* how far ahead a service's clock may be */
#define LIMIT_RECIPIENTS 8
#define LIMIT_RETENTION_DAYS 36500
#define LIMIT_PERMISSIONS 8			/* of one grant */
#define LIMIT_PROHIBITIONS 16
#define LIMIT_GRANTS 10000			/* that one decision looks at */
#define LIMIT_USES 1000000000			/* answers under one grant */
#define LIMIT_EPSILON 20			/* of one answer, one grant and all together */
#define LIMIT_REDRAWS 256			/* of one random number; needed with 2^-256 */

/* Packs and models. */
#define LIMIT_PACK_BYTES (16ULL << 30)
#define LIMIT_PACK_READ (256ULL << 20)		/* read into memory by who stays; above: mapped */
#define LIMIT_PACK_ITEMS (1U << 24)
#define LIMIT_DIM 512				/* up to here int16 x int8 dots stay in int32 */
#define LIMIT_BANKS 8
#define LIMIT_PAIR_BANKS 8			/* decays of item-to-item weights */
#define LIMIT_BUCKETS 32
#define LIMIT_MOMENT_FEATURES 16		/* of an event: weather, company ... */
#define LIMIT_MOMENT_VALUES 65536		/* of all features together */
#define LIMIT_MOMENT_BYTES 128			/* of "feature=value" */
#define LIMIT_MOMENTS 4096			/* values that a model has rows for */
#define LIMIT_MOMENT_ROWS 32			/* of them in one moment */
#define LIMIT_HISTORY 4096			/* newest items that a model looks at */
#define LIMIT_LIST 100000			/* items of a list to rank, or of an answer */
#define LIMIT_INTERACTIONS (1ULL << 31)
#define LIMIT_SOURCES_EXACT 12			/* exact Shapley up to here, grouped above */
#define LIMIT_THREADS 64
#define LIMIT_BANDIT_ITEMS 4096			/* of a log of shown items and clicks */
#define LIMIT_BANDIT_POSITIONS 64

/* The log. What the formats demand as a minimum is named beside each. */
#define LIMIT_LOG_ENTRIES (1ULL << 63)		/* a log is smaller than this */
#define LIMIT_LOG_ENTRY_BYTES 65535		/* tlog-tiles: a 16-bit length */
#define LIMIT_LOG_BATCH 65536			/* entries of one append */
#define LIMIT_PROOF_HASHES 63			/* below 2^63 leaves no proof is longer */
#define LIMIT_PROOF_EXTRA_BYTES (16 * 1024)
#define LIMIT_NOTE_BYTES (512 * 1024)
#define LIMIT_NOTE_SIGNATURES 64		/* signed-note: at least 16 */
#define LIMIT_NOTE_SIGNATURE_BYTES 8192		/* signed-note: nearly 5 kB are to be expected */
#define LIMIT_KEY_NAME_BYTES 255
#define LIMIT_POLICY_BYTES (256 * 1024)
#define LIMIT_POLICY_MEMBERS 64			/* logs, witnesses; tlog-policy: at least 32 */
#define LIMIT_POLICY_NAME_BYTES 255
#define LIMIT_WITNESS_LOGS 1024			/* keys of logs that one witness knows */

#endif
