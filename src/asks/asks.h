/*
 * Services ask: this room decides under the grants, charges, answers, keeps receipts and logs. All
 * that it remembers are records of the vault; this header is the copy in memory, which is read
 * anew whenever another process had the vault. docs/terms.md has asks and decisions,
 * docs/ledger-format.md receipts and logs.
 */
#ifndef TACIT_ASKS_ASKS_H
#define TACIT_ASKS_ASKS_H

#include "answer/answer.h"
#include "asks/secrets.h"
#include "base/json.h"
#include "gate/inside.h"
#include "ledger/ledger.h"
#include "taste/profile.h"
#include "terms/ask.h"
#include "terms/budget.h"
#include "terms/decide.h"
#include "terms/grant.h"

/* Kinds of records. */
enum {
	RECORD_STORED = 1,	/* answer key -> the subset that was drawn */
	RECORD_SHADOW = 2,	/* "" -> the secret from which salts of answers are made */
	RECORD_CHOICE = 3,	/* as of the receipt -> how a set was drawn (choice.c) */
	RECORD_GATE = VAULT_RECORD_KEPT,	/* "" -> secret, budget, where the dial starts */
	RECORD_SERVICE,		/* id -> asks_service_put */
	RECORD_GRANT,		/* uid -> the agreement, canonical */
	RECORD_ACCOUNT,		/* uid of a grant -> uses, epsilon, time of revoking */
	RECORD_RECEIPT,		/* person id, index -> a head, then the receipt, canonical */
	RECORD_LOG,		/* person id -> the signed checkpoint */
	RECORD_PENDING,		/* service, what is asked -> asks_pending_put */
	RECORD_OUTCOME,		/* as of the receipt -> outcome, time */
	RECORD_SETTLED		/* as of the receipt -> time */
};

/* Of a receipt's record: its commitment, its salt, 8 bytes for the generation of answers' salts. */
#define ASKS_RECEIPT_HEAD 72

#define ASKS_PERSONS 4			/* domains kept loaded */
#define ASKS_WAITING 8			/* asks of one service that wait for the person */
#define ASKS_WAITING_BYTES (64 * 1024)	/* of one of them */
#define ASKS_CODE_MS (10 * 60 * 1000)
#define ASKS_EPOCH_MS (90LL * 86400000)	/* a stored answer is good for its epoch */
#define ASKS_DECLINED_MS (30LL * 86400000)	/* the person is not asked again for so long */
#define ASKS_NONCES 65536
#define ASKS_SERVICES 10000

/* A service's log. Writes are held back until the vault has committed them. */
struct asks_log;

struct asks_service {
	char id[TACIT_SERVICE_BYTES], name[64];
	uint8_t person[SECRETS_PERSON_BYTES];	/* the pairwise id: the person to this service */
	int64_t since, last;
	bool open, has_token;
	uint8_t token[32], code[32];		/* hashes */
	int64_t code_until;			/* 0: no code is out */
	int dial;				/* -1: no cap beyond the grants */
	uint64_t asks, answers, refused, waited, facts, promised, settled;
	uint64_t epsilon;			/* 2^-20 */
	int64_t bits;				/* 2^-20 */
	uint64_t outcome[TACIT_OUTCOMES];
	bool hide_reasons;			/* the person found them creepy */
	struct asks_log *log;			/* NULL: not open */
	bool dirty;
	/* This service's grants, for decide_ask: parallel arrays of `grants`. */
	size_t grants, grant_capacity;
	struct asks_grant **grant;
	const struct grant **effective;
	struct budget_use *use;
};

struct asks_grant {
	struct grant *agreement;		/* as signed */
	struct grant effective;			/* with the dial; texts are the agreement's */
	int64_t revoked;			/* 0: in force */
	bool dirty;
};

struct asks_person {
	char domain[32];
	uint64_t generation;
	int64_t loaded;				/* ms */
	bool known;				/* anything of the domain is in the history */
	struct gate_person person;
	struct answer_ready ready;		/* with a pack */
	struct tacit_answer *again;		/* without a pack */
	struct asks_links *links;
};

struct asks {
	struct tacit *t;
	uint8_t *secret;			/* SECRETS_BYTES, guarded */
	uint8_t *shadow;			/* likewise; of this generation of answers */
	bool has_shadow;
	struct budget all;
	int start;				/* the notch where grants start */
	bool gate_dirty;
	uint32_t last_pending;			/* the highest number of a waiting ask */
	size_t services, service_capacity;
	struct asks_service **service;
	struct asks_person person[ASKS_PERSONS];
	struct asks_frames *frames;
	uint64_t *nonce;			/* [ASKS_NONCES], hashes of those seen, a ring */
	size_t nonce_next;
	bool current;				/* read from the vault as it is ... */
	uint64_t generation;			/* ... at this generation of it */
};

/* ---- state.c: reading and writing what is remembered ---- */

/* The state as the vault has it, with the vault awake. */
int asks_need(struct tacit *t, struct asks **out);
/* As vault_begin and commit with the logs: on failure nothing of it has been. */
int asks_begin(struct asks *asks);
int asks_commit(struct asks *asks, int result);
struct asks_service *asks_find(const struct asks *asks, const char *id);
/* Finds it or makes it (shut); NULL with an error set. */
struct asks_service *asks_make(struct asks *asks, const char *id);
/* Takes over `agreement`. */
int asks_take_grant(struct asks *asks, struct grant *agreement, const struct budget_use *use,
		    int64_t revoked);
/* Computes the effective notches anew, after the dial moved. */
void asks_dial(struct asks_service *service);

/* ---- log.c ---- */
int asks_log_need(struct asks *asks, struct asks_service *service);
/* Entries that the vault knows of; does not open the log. */
int asks_log_size(struct asks *asks, struct asks_service *service, uint64_t *size);
/* The index of the next entry, and adding it. Signed and durable with the next asks_commit. */
uint64_t asks_log_next(const struct asks_service *service);
int asks_log_add(struct asks *asks, struct asks_service *service, const uint8_t commitment[32]);
/* Signs what was added (inside the transaction), then after it writes the files. */
int asks_log_seal(struct asks *asks, struct asks_service *service);
void asks_log_flush(struct asks_service *service, bool now);	/* or when it is time again */
const struct vkey *asks_log_vkey(const struct asks_service *service);
void asks_log_close(struct asks_service *service);
/* The proof file of an entry; `extra` is its salt. */
int asks_log_prove(struct asks *asks, struct asks_service *service, uint64_t index,
		   const uint8_t salt[32], struct bytes *out);
struct ledger *asks_log_ledger(struct asks_service *service);
/* What verifies the log's signatures. */
int asks_log_key(const struct asks *asks, const struct asks_service *service, struct vkey *out);
void asks_log_folder(const struct asks *asks, const struct asks_service *service,
		     char out[PATH_MAX]);

/* ---- receipts.c ---- */

/* What happened, for a receipt. */
struct asks_event {
	const char *kind;		/* "answer", "grant", "revoke" */
	const char *status;		/* of DPV: "ConsentGiven" ... */
	const char *decision, *reason;
	const struct ask *ask;		/* NULL for grants */
	const struct asks_grant *grant;	/* NULL where there is none */
	const struct grant_permission *permission;
	enum notch precision;
	uint64_t epsilon, uses_left;
	int64_t bits;
	const char *answer;		/* canonical JSON, NULL: none */
	size_t answer_size;
};
/* Writes the receipt of an event and logs it. *uid, and with `out` the canonical receipt. */
int asks_receipt(struct asks *asks, struct asks_service *service, const struct asks_event *event,
		 int64_t now, uint64_t *index, struct bytes *out, uint8_t salt[32],
		 uint8_t answer_salt[32]);
/* The receipt with salts and proof, for who is to hold it. */
int asks_receipt_whole(struct asks *asks, struct asks_service *service, uint64_t index,
		       const struct bytes *receipt, const uint8_t salt[32],
		       const uint8_t answer_salt[32], struct bytes *out);
/* Whether the salt of an answer is still there: the same one, from before any forgetting. */
bool asks_answer_salt(struct asks *asks, const char *uid, const struct bytes *value,
		      uint8_t out[32]);

/* receipts_list.c: what somebody else holds: a checkpoint, and with a receipt its entry. */
struct asks_seen {
	struct bytes note;
	bool has_entry;
	uint64_t index;
	struct digest commitment;
};
int asks_receipt_seen(const char *text, size_t size, struct asks_seen *out, struct error *error);
/* What a receipt of the vault says, without its outcome's time. */
int asks_receipt_read(struct asks *asks, const struct asks_service *service, uint64_t index,
		      struct tacit_receipt *out);
/* "urn:tacit:PERSON:INDEX" to service and index; TACIT_E_NOT_FOUND. */
int asks_receipt_find(struct asks *asks, const char *uid, struct asks_service **service,
		      uint64_t *index);
void asks_receipt_uid(const struct asks_service *service, uint64_t index,
		      char out[TACIT_UID_BYTES]);
void asks_receipt_key(const struct asks_service *service, uint64_t index,
		      uint8_t out[SECRETS_PERSON_BYTES + 8]);

/* ---- grants.c ---- */
/* Makes, signs, logs and keeps the grant that an ask needs, at `precision` (-1: silent) of at most
 * what was asked; in a transaction. */
int asks_revoke_all(struct asks *asks, struct asks_service *service, size_t *count);
int asks_grant_for(struct asks *asks, const struct ask *ask, int precision,
		   char uid[TACIT_UID_BYTES]);

/* ---- pending.c ---- */
/* Keeps an ask for the person; *state: TACIT_ASK_PENDING, _DENIED where they said no lately,
 * _BUSY. */
int asks_wait(struct asks *asks, struct asks_service *service, const struct ask *ask,
	      const char *text, size_t size, int64_t now, int *state);

/* ---- person.c ---- */
int asks_person_need(struct asks *asks, const char *domain, struct asks_person **out);
void asks_person_free(struct asks_person *person);
/* The candidates best first (indices into ask->candidate), independent of their given order;
 * *known: whether anything is known of them. */
int asks_order(struct asks *asks, const struct ask *ask, uint32_t *order, bool *known);
/* What the model makes of a candidate. */
struct asks_share {
	bool known;			/* it is of the catalogue and not told "never" */
	uint32_t item;
	int32_t log_share;		/* log2 of its share of all items, 2^-20 */
	int32_t probability;		/* calibrated, 2^-20 */
	uint32_t evidence;		/* events that this is from */
};
int asks_share(struct asks *asks, const struct ask *ask, uint32_t index, struct asks_share *out);
/* The kinds of reason that speak for a candidate, the strongest first; how many, or an error. */
int asks_kinds(struct asks *asks, const struct ask *ask, uint32_t index, const char *kind[4]);

/* ---- content.c: what is answered ---- */
/* Where the answer to this very list is stored. */
int asks_subset_key(const struct asks_service *service, const struct ask *ask, int64_t now,
		    uint8_t key[32], struct error *error);
/* Appends the "answer" member of a reply. `key`: under which a subset that costs is to be stored,
 * else NULL. `choice`: where a set was drawn, its record, else left empty. */
int asks_content(struct asks *asks, struct asks_service *service, const struct ask *ask,
		 const struct decision *decision, const uint8_t *key, struct bytes *out,
		 struct bytes *choice, int64_t *bits);
/* The upper bound in bits of what a list answer tells, 2^-20. */
int64_t asks_bits(const struct ask *ask, enum notch notch, uint64_t epsilon);

/* ---- choice.c ---- */
/* Draws which of the candidates next to place `limit` come before it, and moves them in `order`.
 * Appends to `record` how, for the vault; nothing where there was nothing to draw from. */
int asks_explore(struct asks *asks, const struct asks_service *service, const struct ask *ask,
		 uint32_t *order, struct bytes *record);
/* Draws again from a record: the propensity (2^-62) of the set that was drawn; TACIT_E_DAMAGED
 * where the draw gives another set or propensity than the record says. */
int asks_choice_replay(const void *data, size_t size, int64_t *propensity, struct error *error);

/* ---- facts.c ---- */
int asks_facts(struct asks *asks, const struct ask *ask, struct json *json, int64_t *bits);

/* ---- frames.c ---- */
/* Keeps a list for the person's eyes; `handle` is to be given once. */
int asks_frame_keep(struct asks *asks, const struct asks_service *service, const struct ask *ask,
		    const uint32_t *order, char handle[65]);
void asks_frames_free(struct asks_frames *frames);

/* ---- small things ---- */
void asks_decimal(uint64_t fixed, char out[24]);	/* 2^-20 to "0.5" */

#endif
