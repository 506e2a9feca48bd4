/*
 * Tombstones: 64-bit keyed hashes of what was forgotten. The key comes from the secret inside the
 * database, so that the same act has the same tombstone in every backup of one vault and in no
 * other vault. While acts are added all of them are in memory.
 */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"

/* What is hashed begins with a byte that says what it is. */
enum { TOMB_ACT = 'a', TOMB_FACT = 'f' };

static uint64_t tomb_value(const uint8_t hash[8])
{
	uint64_t value = bytes_load64(hash);

	return value == 0 ? 1 : value;		/* 0 is a free slot */
}

uint64_t vault_tomb_of_act(const struct vault *vault, const struct digest *item,
			   const struct act *act)
{
	uint8_t input[1 + 1 + 8 * 5], hash[8];

	input[0] = TOMB_ACT;
	input[1] = act->verb;
	bytes_store64(input + 2, (uint64_t)act->time);
	bytes_store64(input + 10, (uint64_t)act->value);
	bytes_store64(input + 18, (uint64_t)act->duration);
	bytes_store64(input + 26, item->low);
	bytes_store64(input + 34, item->high);
	keys_tomb(vault->keys, input, sizeof(input), hash);
	return tomb_value(hash);
}

uint64_t vault_tomb_of_fact(const struct vault *vault, const char *key, const char *value,
			    int mark)
{
	struct digest of_key, of_value;
	uint8_t input[2 + 8 * 4], hash[8];

	vault_digest(vault, key, strlen(key), &of_key);
	vault_digest(vault, value, strlen(value), &of_value);
	input[0] = TOMB_FACT;
	input[1] = (uint8_t)mark;
	bytes_store64(input + 2, of_key.low);
	bytes_store64(input + 10, of_key.high);
	bytes_store64(input + 18, of_value.low);
	bytes_store64(input + 26, of_value.high);
	keys_tomb(vault->keys, input, sizeof(input), hash);
	return tomb_value(hash);
}

static size_t slot_of(const struct vault_tombs *tombs, uint64_t tomb)
{
	size_t at = (size_t)hash_mix(tomb) & (tombs->capacity - 1);

	while (tombs->slots[at] != 0 && tombs->slots[at] != tomb)
		at = (at + 1) & (tombs->capacity - 1);
	return at;
}

static int load(struct vault *vault, struct error *error)
{
	struct vault_tombs *tombs = &vault->tombs;
	sqlite3_stmt *statement = NULL;
	int64_t count = 0;
	int rc, result = vault_number(vault, "SELECT count(*) FROM tombstones", 0, &count, error);

	if (result != 0)
		return result;
	tombs->capacity = 16;
	while (tombs->capacity < (size_t)count * 2)
		tombs->capacity *= 2;
	tombs->slots = calloc(tombs->capacity, sizeof(*tombs->slots));
	if (tombs->slots == NULL)
		return error_memory(error);
	rc = sqlite3_prepare_v2(vault->db, "SELECT hash FROM tombstones", -1, &statement, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
		uint64_t tomb = (uint64_t)sqlite3_column_int64(statement, 0);

		tombs->slots[slot_of(tombs, tomb)] = tomb;
		tombs->count++;
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_DONE) {
		result = vault_failed(vault, error, "read the tombstones");
		vault_tombs_drop(tombs);
	} else {
		tombs->loaded = true;
	}
	sqlite3_finalize(statement);
	return result;
}

int vault_tombs_find(struct vault *vault, uint64_t tomb, bool *out, struct error *error)
{
	int result = vault->tombs.loaded ? 0 : load(vault, error);

	if (result == 0)
		*out = vault->tombs.count > 0 &&
			vault->tombs.slots[slot_of(&vault->tombs, tomb)] == tomb;
	return result;
}

static int change(struct vault *vault, enum vault_statement which, uint64_t tomb,
		  struct error *error)
{
	sqlite3_stmt *statement;
	int result = vault_statement(vault, which, &statement, error);

	if (result != 0)
		return result;
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)tomb);
	vault_tombs_drop(&vault->tombs);	/* rare: loaded anew when next needed */
	return vault_step(vault, statement, error, "write a tombstone");
}

int vault_tomb_add(struct vault *vault, uint64_t tomb, struct error *error)
{
	return change(vault, SQL_TOMBSTONE_ADD, tomb, error);
}

int vault_tombs_lift(struct vault *vault, uint64_t tomb, struct error *error)
{
	return change(vault, SQL_TOMBSTONE_DROP, tomb, error);
}

void vault_tombs_drop(struct vault_tombs *tombs)
{
	free(tombs->slots);
	memset(tombs, 0, sizeof(*tombs));
}
