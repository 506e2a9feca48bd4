/* Any bytes as a file of a witness's folder: a record or a key that is read is written again byte
 * for byte, and a list of logs has only keys of the origin that was asked for. */
#include "../src/ledger/registry.c"

#include <assert.h>

#include "replay.h"

static const char origin[] = "example.com/log";

static void as_state(const struct bytes *data)
{
	struct bytes again = BYTES_INIT;
	struct witness_state state;

	if (!take_state(data, origin, strlen(origin), &state))
		return;
	assert(put_state(&again, origin, strlen(origin), &state) == 0);
	assert(again.size == data->size && memcmp(again.data, data->data, again.size) == 0);
	bytes_free(&again);
}

static void as_logs(const struct bytes *data)
{
	struct registry *registry = calloc(1, sizeof(*registry) + 1);	/* with an empty path */
	size_t count, lines, i;
	struct error error;

	assert(registry != NULL);
	if (take_logs(registry, data, origin, strlen(origin), &count, &lines, &error) != 0)
		goto done;
	assert(count <= lines && count <= LIMIT_POLICY_MEMBERS && lines <= LIMIT_WITNESS_LOGS);
	for (i = 0; i < count; i++)
		assert(strcmp(registry->known[i].name, origin) == 0);
done:
	free(registry);
}

static void as_key(const struct bytes *data)
{
	uint8_t secret[VKEY_SECRET_BYTES];
	struct bytes again = BYTES_INIT;
	struct vkey key;

	if (data->size == 0 || !vkey_take_seed((char *)data->data, data->size, &key, secret))
		return;
	/* A secret begins with its seed. */
	assert(vkey_put_seed(&again, &key, secret) == 0);
	assert(again.size == data->size && memcmp(again.data, data->data, again.size) == 0);
	bytes_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct bytes data = BYTES_INIT;

	if (bytes_append(&data, input, size) != 0)
		return 0;
	as_state(&data);
	as_logs(&data);
	as_key(&data);
	bytes_free(&data);
	return 0;
}
