/*
 * The log of one service. Each service has a log of its own, under a key of its own: a common one
 * would tell every service that it is the same person, and by its size what the others ask.
 *
 * The vault is the record: it holds each commitment, and the signed checkpoint, in the transaction
 * that holds the receipt. Files are written a little later, without waiting for the disk, and made
 * again from the vault where a kill or a power cut left them behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/file.h"
#include "ledger/folder.h"

#define OPEN_MAX_LOGS 32
#define HELD_MAX 64
#define FLUSH_MS 100

struct held {
	char path[TILES_PATH_BYTES];
	struct bytes data;
};

struct asks_log {
	struct folder *folder;
	struct tiles_store disk;
	struct ledger *ledger;
	struct vkey key;
	uint8_t *secret;		/* guarded: what signs */
	int64_t flushed;		/* ms, when files were written last */
	struct held held[HELD_MAX];
	size_t held_count;
	struct bytes entries;		/* commitments that were added and not signed yet */
};

/* ---- the store: what is held back first, then the folder ---- */

static struct held *find_held(struct asks_log *log, const char *path)
{
	size_t i;

	for (i = 0; i < log->held_count; i++)
		if (strcmp(log->held[i].path, path) == 0)
			return &log->held[i];
	return NULL;
}

static int read_log(void *context, const char *path, size_t max, struct bytes *out)
{
	struct asks_log *log = context;
	const struct held *held = find_held(log, path);

	if (held == NULL)
		return log->disk.read(log->disk.context, path, max, out);
	return bytes_append(out, held->data.data, held->data.size);
}

/* Whether a path is of a partial tile that the tree has outgrown. */
static bool outgrown(const struct asks_log *log, const char *path)
{
	uint64_t index, size = log->ledger == NULL ? 0 : ledger_size(log->ledger);
	unsigned width;
	int level;

	if (!tiles_take_path(path, &level, &index, &width) || width == TILES_WIDTH)
		return false;
	size >>= TILES_HEIGHT * (level > 0 ? level : 0);
	return size / TILES_WIDTH != index || size % TILES_WIDTH != width;
}

/* The checkpoint comes last: what it covers is there before it. */
static int write_held(struct asks_log *log)
{
	const struct held *checkpoint = find_held(log, LEDGER_CHECKPOINT);
	size_t i;
	int result = 0;

	for (i = 0; i < log->held_count && result == 0; i++)
		if (&log->held[i] != checkpoint && !outgrown(log, log->held[i].path))
			result = log->disk.write(log->disk.context, log->held[i].path,
						 log->held[i].data.data, log->held[i].data.size);
	if (result == 0 && checkpoint != NULL)
		result = log->disk.write(log->disk.context, LEDGER_CHECKPOINT,
					 checkpoint->data.data, checkpoint->data.size);
	for (i = 0; i < log->held_count; i++)
		bytes_free(&log->held[i].data);
	log->held_count = 0;
	log->flushed = clock_now();
	return result;
}

/* Forgets what was held back of a smaller tree. */
static void drop_outgrown(struct asks_log *log)
{
	size_t i, kept = 0;

	for (i = 0; i < log->held_count; i++) {
		if (outgrown(log, log->held[i].path))
			bytes_free(&log->held[i].data);
		else
			log->held[kept++] = log->held[i];
	}
	log->held_count = kept;
}

static int write_log(void *context, const char *path, const void *data, size_t size)
{
	struct asks_log *log = context;
	struct held *held = find_held(log, path);

	if (held == NULL) {
		if (log->held_count == HELD_MAX) {	/* a log made anew: nothing to hold back */
			int result = write_held(log);

			if (result != 0)
				return result;
		}
		held = &log->held[log->held_count++];
		snprintf(held->path, sizeof(held->path), "%s", path);
		held->data = (struct bytes)BYTES_INIT;
	}
	bytes_clear(&held->data);
	return bytes_append(&held->data, data, size);
}

/* ---- keys and names ---- */

void asks_log_folder(const struct asks *asks, const struct asks_service *service,
		     char out[PATH_MAX])
{
	char person[SECRETS_PERSON_TEXT];

	secrets_person_text(service->person, person);
	if ((size_t)snprintf(out, PATH_MAX, "%s/log/%s", asks->t->home, person) >= PATH_MAX)
		out[0] = 0;	/* tacit_open leaves room for more than this */
}

static int make_pair(const struct asks *asks, const struct asks_service *service, struct vkey *out,
		     uint8_t secret[VKEY_SECRET_BYTES])
{
	char person[SECRETS_PERSON_TEXT], origin[64];
	uint8_t seed[VKEY_SEED_BYTES];
	bool made;

	secrets_person_text(service->person, person);
	snprintf(origin, sizeof(origin), "tacit.local/%s", person);
	secrets_derive(asks->secret, "log", service->id, strlen(service->id), seed);
	made = vkey_make_pair(out, origin, VKEY_ED25519, seed, secret);
	secrets_wipe(seed, sizeof(seed));
	return made ? 0 : error_set(&asks->t->error, TACIT_E_ARGUMENT, "the log's key cannot be "
				    "made");
}

int asks_log_key(const struct asks *asks, const struct asks_service *service, struct vkey *out)
{
	uint8_t secret[VKEY_SECRET_BYTES];
	int result = make_pair(asks, service, out, secret);

	secrets_wipe(secret, sizeof(secret));
	return result;
}

struct ledger *asks_log_ledger(struct asks_service *service)
{
	return service->log->ledger;
}

/* ---- opening ---- */

struct missing {
	struct asks_log *log;
	struct asks *asks;
	uint64_t from, seen;
	const uint8_t *secret;
	struct bytes entries;
};

static int append(struct asks_log *log, struct bytes *entries, const uint8_t *secret,
		  struct error *error)
{
	size_t count = entries->size / 32, i;
	struct tiles_entry *entry = calloc(count + 1, sizeof(*entry));
	uint64_t first;
	int result = 0;

	if (entry == NULL)
		return error_memory(error);
	for (i = 0; i < count; i++)
		entry[i] = (struct tiles_entry){ entries->data + 32 * i, 32 };
	if (count > 0)
		result = ledger_append(log->ledger, secret, entry, count, &first, error);
	free(entry);
	bytes_clear(entries);
	return result;
}

static int take_missing(void *context, const struct vault_record *record)
{
	struct missing *missing = context;
	int result = 0;

	if (record->size < 32)
		return error_set(&missing->asks->t->error, TACIT_E_DAMAGED, "a receipt's record is "
				 "damaged");
	if (missing->seen++ >= missing->from)
		result = bytes_append(&missing->entries, record->value, 32);
	if (result == 0 && missing->entries.size >= 32 * 4096)
		result = append(missing->log, &missing->entries, missing->secret,
				&missing->asks->t->error);
	return result;
}

/* Brings the files to the size of the vault's checkpoint, from whatever they are. */
static int catch_up(struct asks *asks, struct asks_service *service, const struct vkey *key,
		    const uint8_t *secret, const struct checkpoint *wanted,
		    const struct bytes *note)
{
	struct asks_log *log = service->log;
	const struct tiles_store store = { read_log, write_log, log };
	struct missing missing = { log, asks, 0, 0, secret, BYTES_INIT };
	struct error *error = &asks->t->error;
	struct checkpoint now;
	int result;

	if (log->ledger != NULL)
		missing.from = ledger_size(log->ledger);
	else if (ledger_create(&store, key, secret, error) == 0)
		ledger_open(&store, key, NULL, &log->ledger, error);
	else if (error->code == TACIT_E_EXISTS)
		error_set(error, TACIT_E_DAMAGED, "the files of the log of %.200s are damaged: "
			  "see tacit proof, and write them anew with: tacit proof --mend",
			  service->id);
	result = log->ledger == NULL ? error->code :
		vault_records(asks->t->vault, RECORD_RECEIPT, service->person,
			      SECRETS_PERSON_BYTES, take_missing, &missing, error);
	if (result == 0)
		result = append(log, &missing.entries, secret, error);
	bytes_free(&missing.entries);
	if (result == 0)
		result = checkpoint_open((const char *)ledger_checkpoint(log->ledger)->data,
					 ledger_checkpoint(log->ledger)->size, key, &now, error);
	if (result == 0 && checkpoint_compare(wanted, &now) != CHECKPOINT_SAME)
		result = error_set(error, TACIT_E_DAMAGED, "the receipts of %.200s in the vault "
				   "are not those of its checkpoint: restore a backup",
				   service->id);
	if (result == 0)	/* with its cosignatures */
		result = write_log(log, LEDGER_CHECKPOINT, note->data, note->size);
	if (result == 0)
		result = write_held(log);
	return result;
}

/* What lies in the folder already: good, behind, or ahead of the vault, which is loud. */
static int open_files(struct asks *asks, struct asks_service *service, const struct vkey *key,
		      const uint8_t *secret, const struct bytes *note)
{
	struct asks_log *log = service->log;
	const struct tiles_store store = { read_log, write_log, log };
	struct error quiet = { 0, "" };
	struct checkpoint wanted, there;
	struct bytes file = BYTES_INIT;
	char path[PATH_MAX];
	int result = checkpoint_open((const char *)note->data, note->size, key, &wanted,
				     &asks->t->error);

	if (result != 0)
		return result;
	if (store.read(log, LEDGER_CHECKPOINT, LIMIT_NOTE_BYTES, &file) == 0 &&
	    checkpoint_open((const char *)file.data, file.size, key, &there, &quiet) == 0) {
		if (there.size > wanted.size)
			result = error_set(&asks->t->error, TACIT_E_DAMAGED, "the vault went back: "
					   "the log of %.200s has %llu entries and the vault knows "
					   "%llu; an old copy of the vault was put in its place",
					   service->id, (unsigned long long)there.size,
					   (unsigned long long)wanted.size);
		else if (ledger_open(&store, key, NULL, &log->ledger, &quiet) != 0)
			log->ledger = NULL;
	}
	/* missing or empty is what a power cut leaves; what was changed is for the person to see */
	if (result == 0 && log->ledger == NULL &&
	    (file.size == 0 || quiet.code == TACIT_E_NOT_FOUND)) {
		asks_log_folder(asks, service, path);
		result = file_remove_folder(path, &asks->t->error);
	}
	if (result == 0 && (log->ledger == NULL || there.size < wanted.size ||
			    file.size != note->size ||
			    memcmp(file.data, note->data, note->size) != 0))
		result = catch_up(asks, service, key, secret, &wanted, note);
	bytes_free(&file);
	return result;
}

/* The first entry of a service. A log that is there already belongs to a vault that is not. */
static int create(struct asks *asks, struct asks_service *service, const struct vkey *key,
		  const uint8_t *secret)
{
	struct asks_log *log = service->log;
	const struct tiles_store store = { read_log, write_log, log };
	int result = ledger_create(&store, key, secret, &asks->t->error);

	if (result == TACIT_E_EXISTS) {
		struct error quiet = { 0, "" };

		/* an empty one is from a transaction that failed after its files were written */
		result = ledger_open(&store, key, NULL, &log->ledger, &quiet);
		if (result == 0 && ledger_size(log->ledger) == 0)
			return 0;
		return error_set(&asks->t->error, TACIT_E_DAMAGED, "the vault went back: there "
				 "is a log of %.200s and the vault knows nothing of it; an old "
				 "copy of the vault was put in its place", service->id);
	}
	return result != 0 ? result :
		ledger_open(&store, key, NULL, &log->ledger, &asks->t->error);
}

void asks_log_close(struct asks_service *service)
{
	struct asks_log *log = service->log;
	size_t i;

	if (log == NULL)
		return;
	for (i = 0; i < log->held_count; i++)
		bytes_free(&log->held[i].data);
	ledger_close(log->ledger);
	folder_free(log->folder);
	secrets_free(log->secret);
	bytes_free(&log->entries);
	free(log);
	service->log = NULL;
}

/* A log in memory is about 200 KiB. */
static void close_others(struct asks *asks)
{
	size_t i, open = 0;

	for (i = 0; i < asks->services; i++)
		open += asks->service[i]->log != NULL;
	for (i = 0; open >= OPEN_MAX_LOGS && i < asks->services; i++) {
		struct asks_log *log = asks->service[i]->log;

		if (log != NULL && log->entries.size == 0) {
			asks_log_flush(asks->service[i], true);
			asks_log_close(asks->service[i]);
			open--;
		}
	}
}

int asks_log_need(struct asks *asks, struct asks_service *service)
{
	char path[PATH_MAX];
	uint8_t secret[VKEY_SECRET_BYTES];
	struct bytes note = BYTES_INIT;
	struct vkey key;
	int result;

	if (service->log != NULL)
		return 0;
	close_others(asks);
	asks_log_folder(asks, service, path);
	result = make_pair(asks, service, &key, secret);
	if (result == 0)
		service->log = calloc(1, sizeof(*service->log));
	if (result == 0 && service->log == NULL)
		result = error_memory(&asks->t->error);
	if (result == 0) {
		service->log->key = key;
		service->log->secret = secrets_new(sizeof(secret));
		if (service->log->secret == NULL)
			result = error_memory(&asks->t->error);
		else
			memcpy(service->log->secret, secret, sizeof(secret));
	}
	if (result == 0)
		result = folder_store(path, false, &service->log->folder, &service->log->disk,
				      &asks->t->error);
	if (result == 0) {
		result = vault_record_get(asks->t->vault, RECORD_LOG, service->person,
					  SECRETS_PERSON_BYTES, &note, &asks->t->error);
		if (result == TACIT_E_NOT_FOUND)
			result = create(asks, service, &key, secret);
		else if (result == 0)
			result = open_files(asks, service, &key, secret, &note);
	}
	bytes_free(&note);
	secrets_wipe(secret, sizeof(secret));
	if (result != 0)
		asks_log_close(service);
	return result;
}

/* ---- adding ---- */

uint64_t asks_log_next(const struct asks_service *service)
{
	return ledger_size(service->log->ledger) + service->log->entries.size / 32;
}

int asks_log_add(struct asks *asks, struct asks_service *service, const uint8_t commitment[32])
{
	return bytes_append(&service->log->entries, commitment, 32) != 0 ?
		error_memory(&asks->t->error) : 0;
}

int asks_log_seal(struct asks *asks, struct asks_service *service)
{
	struct asks_log *log = service->log;
	int result;

	if (log->entries.size == 0)
		return 0;
	result = append(log, &log->entries, log->secret, &asks->t->error);
	if (result == 0)
		result = vault_record_put(asks->t->vault, RECORD_LOG, service->person,
					  SECRETS_PERSON_BYTES,
					  ledger_checkpoint(log->ledger)->data,
					  ledger_checkpoint(log->ledger)->size, &asks->t->error);
	return result;
}

/* A failure here loses nothing: the log is opened anew and made again from the vault. */
void asks_log_flush(struct asks_service *service, bool now)
{
	struct asks_log *log = service->log;

	if (log == NULL || log->held_count == 0)
		return;
	if (!now && clock_now() - log->flushed < FLUSH_MS) {
		drop_outgrown(log);
		return;
	}
	if (write_held(log) != 0)
		asks_log_close(service);
}

const struct vkey *asks_log_vkey(const struct asks_service *service)
{
	return &service->log->key;
}

int asks_log_prove(struct asks *asks, struct asks_service *service, uint64_t index,
		   const uint8_t salt[32], struct bytes *out)
{
	struct ledger *ledger = service->log->ledger;

	return ledger_prove(ledger, index, salt, 32, ledger_checkpoint(ledger), out,
			    &asks->t->error);
}

int asks_log_size(struct asks *asks, struct asks_service *service, uint64_t *size)
{
	struct bytes note = BYTES_INIT;
	struct checkpoint checkpoint;
	struct vkey key;
	int result = vault_record_get(asks->t->vault, RECORD_LOG, service->person,
				      SECRETS_PERSON_BYTES, &note, &asks->t->error);

	*size = 0;
	if (result == 0)
		result = asks_log_key(asks, service, &key);
	if (result == 0)
		result = checkpoint_open((const char *)note.data, note.size, &key, &checkpoint,
					 &asks->t->error);
	if (result == 0)
		*size = checkpoint.size;
	bytes_free(&note);
	return result == TACIT_E_NOT_FOUND ? 0 : result;
}

/* ---- witnesses ---- */

int tacit_log(struct tacit *t, const char *service, char path[4096], char vkey[400])
{
	struct bytes text = BYTES_INIT;
	struct asks_service *it;
	struct asks *asks;
	struct vkey key;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	it = asks_find(asks, service);
	if (it == NULL)
		return error_set(&t->error, TACIT_E_NOT_FOUND, "%.200s was never let in", service);
	asks_log_folder(asks, it, path);
	result = asks_log_key(asks, it, &key);
	if (result == 0 && vkey_put(&text, &key) != 0)
		result = error_memory(&t->error);
	if (result == 0)
		snprintf(vkey, 400, "%s", (const char *)text.data);
	bytes_free(&text);
	return result;
}

static int find_log(struct tacit *t, const char *service, struct asks **asks,
		    struct asks_service **out)
{
	int result = asks_need(t, asks);

	if (result != 0)
		return result;
	*out = asks_find(*asks, service);
	if (*out == NULL)
		return error_set(&t->error, TACIT_E_NOT_FOUND, "%.200s was never let in", service);
	return asks_log_need(*asks, *out);
}

int tacit_log_request(struct tacit *t, const char *service, uint64_t old, char **out)
{
	struct bytes body = BYTES_INIT;
	struct asks_service *it;
	struct asks *asks;
	int result = find_log(t, service, &asks, &it);

	if (result == 0)
		result = ledger_ask(it->log->ledger, old, &body, &t->error);
	if (result != 0) {
		bytes_free(&body);
		return result;
	}
	*out = (char *)body.data;
	return 0;
}

int tacit_log_cosign(struct tacit *t, const char *service, const char *lines, const char *vkey)
{
	struct bytes note = BYTES_INIT;
	struct asks_service *it;
	struct asks *asks;
	struct vkey key;
	int result = find_log(t, service, &asks, &it);

	if (result == 0 && !vkey_take(vkey, strlen(vkey), &key))
		result = error_set(&t->error, TACIT_E_ARGUMENT, "that is no verifier key: it looks "
				   "like NAME+HEX+BASE64");
	if (result == 0)
		result = ledger_cosigned(ledger_checkpoint(it->log->ledger), lines, strlen(lines),
					 &key, 1, &note, &t->error);
	if (result == 0)
		result = asks_begin(asks);
	if (result != 0) {
		bytes_free(&note);
		return result;
	}
	result = vault_record_put(t->vault, RECORD_LOG, it->person, SECRETS_PERSON_BYTES,
				  note.data, note.size, &t->error);
	bytes_free(&note);
	result = asks_commit(asks, result);
	if (result == 0) {	/* opened anew, its files get the new checkpoint */
		asks_log_close(it);
		result = asks_log_need(asks, it);
	}
	return result;
}
