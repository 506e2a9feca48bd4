/*
 * Verifying everything, offline: the files of each log against its checkpoint, the checkpoint
 * against the vault's, each receipt of the vault against its entry, and what others have seen
 * against all of these. Files are looked at before anything could mend them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/file.h"
#include "base/limits.h"
#include "ledger/audit.h"
#include "ledger/folder.h"
#include "ledger/note.h"
#include "ledger/policy.h"

struct proving {
	struct asks *asks;
	const struct tacit_proof_options *options;
	struct tacit_proof *out;
	struct policy *policy;
	struct asks_seen seen;
	struct asks_service *seen_service;
	/* of the log under way */
	struct asks_service *service;
	struct bytes commitments;	/* of the vault's receipts, 32 bytes each */
	uint64_t damaged;		/* a receipt that is not what its commitment says, from 1 */
};

/* ---- the vault's side ---- */

static int take_commitment(void *context, const struct vault_record *record)
{
	struct proving *proving = context;
	const uint8_t *value = record->value;
	struct digest commitment, stored;

	if (record->size < ASKS_RECEIPT_HEAD)
		return error_set(&proving->asks->t->error, TACIT_E_DAMAGED,
				 "a receipt's record is damaged");
	digest_commit(value + 32, value + ASKS_RECEIPT_HEAD, record->size - ASKS_RECEIPT_HEAD,
		      &commitment);
	memcpy(stored.byte, value, 32);
	if (!digest_equal(&commitment, &stored) && proving->damaged == 0)
		proving->damaged = proving->commitments.size / 32 + 1;
	return bytes_append(&proving->commitments, value, 32) != 0 ?
		error_memory(&proving->asks->t->error) : 0;
}

/* ---- the files' side ---- */

static int check_entry(void *context, uint64_t index, const void *data, size_t size)
{
	struct proving *proving = context;

	if (index >= proving->commitments.size / 32)
		return 0;	/* told as a vault that went back */
	if (size == 32 && memcmp(data, proving->commitments.data + 32 * index, 32) == 0)
		return 0;
	return error_set(&proving->asks->t->error, TACIT_E_DAMAGED, "entry %llu in the log of "
			 "%.200s "
			 "is not the receipt that the vault has", (unsigned long long)index,
			 proving->service->id);
}

static void show_progress(void *context, unsigned permille)
{
	struct proving *proving = context;

	if (proving->options->progress != NULL)
		proving->options->progress(proving->options->context, (int)permille);
}

static int audit(struct proving *proving, const struct vkey *key, const struct checkpoint *seen,
		 struct audit_report *report)
{
	const struct audit_options options = { .entry = check_entry, .progress = show_progress,
					       .context = proving };
	struct tiles_store store;
	struct folder *folder;
	char path[PATH_MAX];
	int result;

	asks_log_folder(proving->asks, proving->service, path);
	result = folder_store(path, false, &folder, &store, &proving->asks->t->error);
	if (result != 0)
		return result;
	result = audit_log(&store, key, seen, &options, report, &proving->asks->t->error);
	folder_free(folder);
	return result;
}

/* Removes the files of a log, so that they are made anew from the vault. */
static int mend(struct proving *proving, const struct vkey *key, const struct checkpoint *seen,
		struct audit_report *report)
{
	char path[PATH_MAX];
	int result;

	asks_log_close(proving->service);
	asks_log_folder(proving->asks, proving->service, path);
	result = file_remove_folder(path, &proving->asks->t->error);
	if (result == 0)
		result = asks_log_need(proving->asks, proving->service);
	return result != 0 ? result : audit(proving, key, seen, report);
}

/* The size that the checkpoint in the folder says, whatever became of the other files. */
static uint64_t signed_size(const struct proving *proving, const struct vkey *key)
{
	struct bytes file = BYTES_INIT;
	struct checkpoint there;
	struct error quiet;
	char path[PATH_MAX];
	uint64_t size = 0;

	asks_log_folder(proving->asks, proving->service, path);
	strncat(path, "/checkpoint", sizeof(path) - strlen(path) - 1);
	if (file_read(path, LIMIT_NOTE_BYTES, &file, &quiet) == 0 &&
	    checkpoint_open((const char *)file.data, file.size, key, &there, &quiet) == 0)
		size = there.size;
	bytes_free(&file);
	return size;
}

static int went_back(const struct proving *proving, uint64_t there, uint64_t known)
{
	return error_set(&proving->asks->t->error, TACIT_E_DAMAGED, "the vault went back: the log "
			 "of %.200s has %llu entries and the vault knows %llu; an old copy of the "
			 "vault was put in its place", proving->service->id,
			 (unsigned long long)there, (unsigned long long)known);
}

/* Whose log is damaged, and what to do; what others have seen cannot be mended. */
static int explain(const struct proving *proving, const struct checkpoint *seen, int result)
{
	struct error *error = &proving->asks->t->error;
	struct error was = *error;

	if (result == TACIT_E_MEMORY || result == TACIT_E_IO || seen != NULL)
		return result;
	return error_set(error, TACIT_E_DAMAGED, "%.250s (the log of %.120s); write its "
			 "files anew from the vault with: tacit proof --mend", was.message,
			 proving->service->id);
}

/* ---- one log ---- */

static int check_seen_entry(struct proving *proving)
{
	const struct asks_seen *seen = &proving->seen;

	if (!seen->has_entry || proving->seen_service != proving->service)
		return 0;
	if (seen->index < proving->commitments.size / 32 &&
	    memcmp(proving->commitments.data + 32 * seen->index, seen->commitment.byte, 32) == 0)
		return 0;
	return error_set(&proving->asks->t->error, TACIT_E_DAMAGED, "receipt %llu of %.200s, which "
			 "somebody holds, is missing from the vault",
			 (unsigned long long)seen->index, proving->service->id);
}

static int check_witnesses(struct proving *proving, const struct bytes *note)
{
	struct policy_verdict verdict;
	int result;

	if (proving->policy == NULL)
		return 0;
	result = policy_check(proving->policy, (const char *)note->data, note->size, &verdict,
			      &proving->asks->t->error);
	proving->out->cosigned += result == 0;
	return result;
}

static int compare(struct proving *proving, const struct vkey *key, const struct bytes *note,
		   struct checkpoint *wanted)
{
	struct error *error = &proving->asks->t->error;
	int result = checkpoint_open((const char *)note->data, note->size, key, wanted, error);

	if (result == 0 && proving->damaged != 0)
		result = error_set(error, TACIT_E_DAMAGED, "receipt %llu of %.200s in the vault is "
				   "not the one that was logged",
				   (unsigned long long)(proving->damaged - 1),
				   proving->service->id);
	if (result == 0 && proving->commitments.size / 32 != wanted->size)
		result = error_set(error, TACIT_E_DAMAGED, "the vault has %llu receipts of %.200s, "
				   "and its checkpoint says %llu: some are missing",
				   (unsigned long long)(proving->commitments.size / 32),
				   proving->service->id, (unsigned long long)wanted->size);
	return result == 0 ? check_seen_entry(proving) : result;
}

static int prove_log(struct proving *proving, const struct bytes *note)
{
	struct error *error = &proving->asks->t->error;
	struct checkpoint wanted, seen, *other = NULL;
	struct audit_report report = { 0 };
	struct vkey key;
	int result = asks_log_key(proving->asks, proving->service, &key);

	if (result == 0)
		result = compare(proving, &key, note, &wanted);
	if (result == 0 && proving->seen_service == proving->service) {
		result = checkpoint_open((const char *)proving->seen.note.data,
					 proving->seen.note.size, &key, &seen, error);
		other = &seen;
	}
	if (result != 0)
		return result;
	result = audit(proving, &key, other, &report);
	if (result == 0 && report.size > wanted.size)
		return went_back(proving, report.size, wanted.size);
	if (result != 0 && signed_size(proving, &key) > wanted.size)
		return went_back(proving, signed_size(proving, &key), wanted.size);
	/* files that a kill left behind are brought up; damage is only mended when told */
	if (result == 0 && report.size < wanted.size) {
		asks_log_close(proving->service);
		result = asks_log_need(proving->asks, proving->service);
		if (result == 0)
			result = audit(proving, &key, other, &report);
	} else if (result != 0 && proving->options->mend) {
		result = mend(proving, &key, other, &report);
	} else if (result != 0) {
		result = explain(proving, other, result);
	}
	if (result == 0 && (report.size != wanted.size ||
			    !digest_equal(&report.root, &wanted.root)))
		result = error_set(error, TACIT_E_DAMAGED, "the log of %.200s has another root "
				   "than "
				   "the vault's checkpoint", proving->service->id);
	if (result == 0)
		result = check_witnesses(proving, note);
	if (result == 0) {
		proving->out->logs++;
		proving->out->entries += report.size;
		proving->out->receipts += proving->commitments.size / 32;
	}
	return result;
}

static int prove_service(struct proving *proving, struct asks_service *service)
{
	struct tacit *t = proving->asks->t;
	struct bytes note = BYTES_INIT;
	char path[PATH_MAX];
	int result;

	proving->service = service;
	proving->damaged = 0;
	bytes_clear(&proving->commitments);
	result = vault_record_get(t->vault, RECORD_LOG, service->person, SECRETS_PERSON_BYTES,
				  &note, &t->error);
	if (result == 0)
		result = vault_records(t->vault, RECORD_RECEIPT, service->person,
				       SECRETS_PERSON_BYTES, take_commitment, proving, &t->error);
	if (result == 0) {
		result = prove_log(proving, &note);
	} else if (result == TACIT_E_NOT_FOUND) {	/* it never asked, and has no grant */
		asks_log_folder(proving->asks, service, path);
		strncat(path, "/checkpoint", sizeof(path) - strlen(path) - 1);
		result = !file_exists(path) ? 0 :
			error_set(&t->error, TACIT_E_DAMAGED, "the vault went back: there is a "
				  "log of "
				  "%.200s and the vault knows nothing of it", service->id);
	}
	bytes_free(&note);
	return result;
}

/* ---- what others have seen ---- */

static int take_seen(struct proving *proving)
{
	struct asks *asks = proving->asks;
	struct error *error = &asks->t->error;
	struct bytes file = BYTES_INIT;
	struct checkpoint seen;
	struct note note;
	struct vkey key;
	size_t i;
	int result = file_read(proving->options->seen, LIMIT_TERMS_BYTES, &file, error);

	if (result == 0 && file.size > 0 && file.data[0] == '{')
		result = asks_receipt_seen((const char *)file.data, file.size, &proving->seen,
					   error);
	else if (result == 0 && bytes_append(&proving->seen.note, file.data, file.size) != 0)
		result = error_memory(error);
	if (result == 0)
		result = note_parse((const char *)proving->seen.note.data,
				    proving->seen.note.size, &note, error);
	if (result == 0)
		result = checkpoint_take(note.text, note.text_size, &seen, error);
	for (i = 0; result == 0 && i < asks->services; i++)
		if (asks_log_key(asks, asks->service[i], &key) == 0 &&
		    checkpoint_is_of(&seen, key.name))
			proving->seen_service = asks->service[i];
	if (result == 0 && proving->seen_service == NULL)
		result = error_set(error, TACIT_E_DAMAGED, "%s is of a log that this vault does "
				   "not "
				   "have: it is another person's, or an old copy of the vault was "
				   "put in its place", proving->options->seen);
	bytes_free(&file);
	return result;
}

static int take_policy(struct proving *proving)
{
	struct bytes file = BYTES_INIT;
	int result = file_read(proving->options->policy, LIMIT_POLICY_BYTES, &file,
			       &proving->asks->t->error);

	if (result == 0)
		result = policy_take((const char *)file.data, file.size, &proving->policy,
				     &proving->asks->t->error);
	bytes_free(&file);
	return result;
}

int tacit_proof(struct tacit *t, const struct tacit_proof_options *options,
		struct tacit_proof *out)
{
	struct proving proving = { .options = options, .out = out };
	struct asks *asks;
	size_t i;
	int result = asks_need(t, &asks);

	if (result != 0)
		return result;
	memset(out, 0, sizeof(*out));
	proving.asks = asks;
	if (options->seen != NULL)
		result = take_seen(&proving);
	if (result == 0 && options->policy != NULL)
		result = take_policy(&proving);
	for (i = 0; result == 0 && i < asks->services; i++)
		result = prove_service(&proving, asks->service[i]);
	if (result == 0)
		snprintf(out->words, sizeof(out->words), "%llu log%s with %llu entr%s: every "
			 "byte is what was signed, and each of the vault's %llu receipts is in its "
			 "log; %s",
			 (unsigned long long)out->logs, out->logs == 1 ? "" : "s",
			 (unsigned long long)out->entries, out->entries == 1 ? "y" : "ies",
			 (unsigned long long)out->receipts,
			 options->policy != NULL ? "the quorum of your policy has seen them" :
			 options->seen != NULL ? "what others have seen is part of it" :
			 "no witness was asked, so a whole home put back would not be noticed");
	policy_free(proving.policy);
	bytes_free(&proving.commitments);
	bytes_free(&proving.seen.note);
	return result;
}
