/* Looking at receipts: lists, one with its proof, and checking one that somebody else holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "ledger/policy.h"
#include "terms/canonical.h"

static void copy_text(const struct document_node *object, const char *key, char *out, size_t max)
{
	const struct document_node *node = object == NULL ? NULL : document_member(object, key);

	snprintf(out, max, "%.*s", (int)(max - 1),
		 node != NULL && node->kind == TREE_TEXT ? node->text : "");
}

static int take_epsilon(const struct document_node *root, int64_t *out)
{
	const struct document_node *node = document_member(root, "tacit:epsilon");
	uint64_t value;

	if (node == NULL || node->kind != TREE_TEXT || !budget_parse(node->text, &value))
		return -1;
	*out = (int64_t)value;
	return 0;
}

static int take_receipt(const struct asks_service *service, const uint8_t *value, size_t size,
			uint64_t index, struct tacit_receipt *out, struct error *error)
{
	const struct document_node *root, *record, *node;
	char created[32], precision[16];
	struct document *tree;
	enum notch notch;
	int16_t zone;
	bool date_only;

	memset(out, 0, sizeof(*out));
	if (size < ASKS_RECEIPT_HEAD)
		return error_set(error, TACIT_E_DAMAGED, "a receipt's record is damaged");
	if (document_read((const char *)value + ASKS_RECEIPT_HEAD, size - ASKS_RECEIPT_HEAD,
			  &tree, error) != 0)
		return error->code;
	root = document_root(tree);
	record = document_member(root, "dpv:hasRecordOfActivity");
	node = record == NULL ? NULL : document_member(record, "dpv:hasProcess");
	copy_text(node, "dpv:hasPurpose", out->purpose, sizeof(out->purpose));
	copy_text(root, "dct:identifier", out->uid, sizeof(out->uid));
	copy_text(root, "tacit:kind", out->kind, sizeof(out->kind));
	copy_text(root, "tacit:type", out->type, sizeof(out->type));
	copy_text(root, "tacit:domain", out->domain, sizeof(out->domain));
	copy_text(root, "tacit:decision", out->decision, sizeof(out->decision));
	copy_text(root, "tacit:reason", out->reason, sizeof(out->reason));
	copy_text(root, "tacit:precision", precision, sizeof(precision));
	copy_text(root, "dct:created", created, sizeof(created));
	snprintf(out->service, sizeof(out->service), "%s", service->id);
	out->precision = notch_find(precision, &notch) ? (int)notch : 0;
	if (!clock_parse_iso(created, strlen(created), &out->time, &zone, &date_only) ||
	    take_epsilon(root, &out->epsilon) != 0)
		error_set(error, TACIT_E_DAMAGED, "a receipt's record is damaged");
	else
		error->code = 0;
	node = document_member(root, "tacit:disclosedBits");
	out->bits = node == NULL ? 0 : node->number << 20;
	out->index = index;
	out->outcome = -1;
	document_free(tree);
	return error->code;
}

static int read_value(struct asks *asks, const struct asks_service *service, uint64_t index,
		      struct bytes *out)
{
	uint8_t key[SECRETS_PERSON_BYTES + 8];
	int result;

	asks_receipt_key(service, index, key);
	result = vault_record_get(asks->t->vault, RECORD_RECEIPT, key, sizeof(key), out,
				  &asks->t->error);
	if (result == TACIT_E_NOT_FOUND)
		return error_set(&asks->t->error, result, "there is no receipt %llu of %.200s",
				 (unsigned long long)index, service->id);
	if (result == 0 && out->size < ASKS_RECEIPT_HEAD)
		return error_set(&asks->t->error, TACIT_E_DAMAGED,
				 "a receipt's record is damaged");
	return result;
}

/* What was drawn is drawn again, so that nothing is told which is not so. */
static int take_choice(struct asks *asks, const uint8_t key[SECRETS_PERSON_BYTES + 8],
		       struct tacit_receipt *out)
{
	struct bytes record = BYTES_INIT;
	int result = vault_record_get(asks->t->vault, RECORD_CHOICE, key, SECRETS_PERSON_BYTES + 8,
				      &record, &asks->t->error);

	if (result == 0)
		result = asks_choice_replay(record.data, record.size, &out->propensity,
					    &asks->t->error);
	bytes_free(&record);
	return result == TACIT_E_NOT_FOUND ? 0 : result;
}

int asks_receipt_read(struct asks *asks, const struct asks_service *service, uint64_t index,
		      struct tacit_receipt *out)
{
	struct bytes value = BYTES_INIT, outcome = BYTES_INIT;
	uint8_t key[SECRETS_PERSON_BYTES + 8];
	struct error quiet;
	int result = read_value(asks, service, index, &value);

	if (result == 0)
		result = take_receipt(service, value.data, value.size, index, out,
				      &asks->t->error);
	asks_receipt_key(service, index, key);
	if (result == 0 && vault_record_get(asks->t->vault, RECORD_OUTCOME, key, sizeof(key),
					    &outcome, &quiet) == 0 && outcome.size == 16)
		out->outcome = (int)bytes_load64(outcome.data);
	bytes_free(&value);
	bytes_free(&outcome);
	if (result == 0 && strcmp(out->type, "choose") == 0)
		result = take_choice(asks, key, out);
	return result;
}

/* ---- lists ---- */

static int by_time(const void *a, const void *b)
{
	const struct tacit_receipt *x = a, *y = b;

	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	if (x->index != y->index)
		return x->index > y->index ? -1 : 1;
	return strcmp(x->service, y->service);
}

static int list_service(struct asks *asks, struct asks_service *service, size_t limit,
			struct tacit_receipt **list, size_t *count)
{
	uint64_t size, i, from;
	struct tacit_receipt *grown;
	int result = asks_log_size(asks, service, &size);

	if (result != 0 || size == 0)
		return result;
	from = limit > 0 && size > limit ? size - limit : 0;
	grown = realloc(*list, (*count + (size_t)(size - from)) * sizeof(*grown));
	if (grown == NULL)
		return error_memory(&asks->t->error);
	*list = grown;
	for (i = from; result == 0 && i < size; i++) {
		result = asks_receipt_read(asks, service, i, &grown[*count]);
		*count += result == 0;
	}
	return result;
}

int tacit_receipts(struct tacit *t, const char *service, size_t limit,
		   struct tacit_receipt **out, size_t *count)
{
	struct tacit_receipt *list = NULL;
	struct asks *asks;
	size_t i, n = 0;
	int result = asks_need(t, &asks);

	for (i = 0; result == 0 && i < asks->services; i++)
		if (service == NULL || strcmp(asks->service[i]->id, service) == 0)
			result = list_service(asks, asks->service[i], limit, &list, &n);
	if (result == 0 && list == NULL)
		list = calloc(1, sizeof(*list));
	if (result == 0 && list == NULL)
		result = error_memory(&t->error);
	if (result != 0) {
		free(list);
		return result;
	}
	qsort(list, n, sizeof(*list), by_time);
	*out = list;
	*count = limit > 0 && n > limit ? limit : n;
	return 0;
}

int tacit_receipt_json(struct tacit *t, const char *uid, char **out)
{
	struct bytes value = BYTES_INIT, receipt = BYTES_INIT, whole = BYTES_INIT;
	struct asks_service *service;
	struct asks *asks;
	uint8_t answer_salt[32];
	bool has_salt = false;
	uint64_t index;
	int result = asks_need(t, &asks);

	if (result == 0)
		result = asks_receipt_find(asks, uid, &service, &index);
	if (result == 0)
		result = asks_log_need(asks, service);
	if (result == 0)
		result = read_value(asks, service, index, &value);
	if (result == 0 && bytes_append(&receipt, value.data + ASKS_RECEIPT_HEAD,
					value.size - ASKS_RECEIPT_HEAD) != 0)
		result = error_memory(&t->error);
	if (result == 0)
		has_salt = asks_answer_salt(asks, uid, &value, answer_salt);
	if (result == 0)
		result = asks_receipt_whole(asks, service, index, &receipt, value.data + 32,
					    has_salt ? answer_salt : NULL, &whole);
	bytes_free(&value);
	bytes_free(&receipt);
	if (result != 0) {
		bytes_free(&whole);
		return result;
	}
	*out = (char *)whole.data;
	return 0;
}

/* ---- one that somebody holds ---- */

struct held {
	struct document *tree;
	struct bytes receipt;		/* canonical */
	struct digest commitment;
	const struct document_node *proof, *vkey;
};

static int take_held(const char *text, size_t size, struct held *out, struct error *error)
{
	const struct document_node *root, *receipt, *salt;
	uint8_t raw[32];
	size_t got;
	int result = document_read(text, size, &out->tree, error);

	if (result != 0)
		return result;
	root = document_root(out->tree);
	receipt = root->kind == TREE_OBJECT ? document_member(root, "receipt") : NULL;
	/* a whole reply is fine, too */
	if (receipt != NULL && document_member(receipt, "receipt") != NULL) {
		root = receipt;
		receipt = document_member(root, "receipt");
	}
	salt = receipt == NULL ? NULL : document_member(root, "salt");
	out->proof = receipt == NULL ? NULL : document_member(root, "proof");
	out->vkey = receipt == NULL ? NULL : document_member(root, "vkey");
	if (receipt == NULL || salt == NULL || salt->kind != TREE_TEXT || out->proof == NULL ||
	    out->proof->kind != TREE_TEXT || out->vkey == NULL || out->vkey->kind != TREE_TEXT ||
	    !digest_take_base64(salt->text, salt->size, raw, 32, &got) || got != 32)
		return error_set(error, TACIT_E_FORMAT, "this is no receipt: it needs \"receipt\", "
				 "\"salt\", \"vkey\" and \"proof\"");
	if (canonical_write(receipt, NULL, &out->receipt) != 0)
		return error_memory(error);
	digest_commit(raw, out->receipt.data, out->receipt.size, &out->commitment);
	return 0;
}

static int check_held(const struct held *held, const char *policy_path, char words[256],
		      struct error *error)
{
	struct bytes file = BYTES_INIT;
	struct policy_verdict verdict;
	struct policy *policy = NULL;
	struct proof proof;
	int result = proof_take(held->proof->text, held->proof->size, &proof, error);

	if (result == 0 && policy_path != NULL)
		result = file_read(policy_path, LIMIT_POLICY_BYTES, &file, error);
	else if (result == 0 && (bytes_append_text(&file, "log ") != 0 ||
				 bytes_append(&file, held->vkey->text, held->vkey->size) != 0 ||
				 bytes_append_text(&file, "\nquorum none\n") != 0))
		result = error_memory(error);
	if (result == 0)
		result = policy_take((const char *)file.data, file.size, &policy, error);
	if (result == 0)
		result = policy_check_proof(policy, &proof, held->commitment.byte, 32, &verdict,
					    error);
	if (result == 0)
		snprintf(words, 256, "entry %llu of %llu in %.*s, signed by %s; %d witness%s",
			 (unsigned long long)proof.index,
			 (unsigned long long)verdict.checkpoint.size,
			 (int)(verdict.checkpoint.origin_size < 100 ?
			       verdict.checkpoint.origin_size : 100), verdict.checkpoint.origin,
			 policy_path != NULL ? "a key of your policy" : "the key that it names",
			 __builtin_popcountll(verdict.witnesses),
			 __builtin_popcountll(verdict.witnesses) == 1 ? "" : "es");
	policy_free(policy);
	bytes_free(&file);
	return result;
}

int tacit_receipt_check(struct tacit *t, const char *receipt, size_t size, const char *policy,
			char words[256])
{
	struct held held = { .tree = NULL };
	int result = take_held(receipt, size, &held, &t->error);

	if (result == 0)
		result = check_held(&held, policy, words, &t->error);
	bytes_free(&held.receipt);
	document_free(held.tree);
	return result;
}

int asks_receipt_seen(const char *text, size_t size, struct asks_seen *out, struct error *error)
{
	struct held held = { .tree = NULL };
	struct proof proof;
	int result = take_held(text, size, &held, error);

	if (result == 0)
		result = proof_take(held.proof->text, held.proof->size, &proof, error);
	if (result == 0) {
		out->has_entry = true;
		out->index = proof.index;
		out->commitment = held.commitment;
		bytes_clear(&out->note);
		if (bytes_append(&out->note, proof.checkpoint, proof.checkpoint_size) != 0)
			result = error_memory(error);
	}
	bytes_free(&held.receipt);
	document_free(held.tree);
	return result;
}
