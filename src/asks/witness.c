/* A witness of other people's logs, from the handle's side. It needs no vault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "ledger/registry.h"

struct tacit_witness {
	struct registry *registry;
	char key[400], folder[PATH_MAX];
};

int tacit_witness_open(struct tacit *t, const char *folder, const char *name,
		       struct tacit_witness **out)
{
	struct tacit_witness *witness = calloc(1, sizeof(*witness));
	struct bytes text = BYTES_INIT;
	int result = witness == NULL ? error_memory(&t->error) :
		registry_open(folder, name, &witness->registry, &t->error);

	if (result == 0 && vkey_put(&text, registry_key(witness->registry)) != 0)
		result = error_memory(&t->error);
	if (result == 0 && realpath(folder, witness->folder) == NULL)
		result = error_errno(&t->error, TACIT_E_IO, "cannot find %s", folder);
	if (result == 0)
		snprintf(witness->key, sizeof(witness->key), "%s", (const char *)text.data);
	bytes_free(&text);
	if (result != 0) {
		tacit_witness_close(witness);
		return result;
	}
	*out = witness;
	return 0;
}

void tacit_witness_close(struct tacit_witness *witness)
{
	if (witness == NULL)
		return;
	registry_close(witness->registry);
	free(witness);
}

int tacit_witness_trust(struct tacit *t, struct tacit_witness *witness, const char *vkey)
{
	struct vkey key;

	if (!vkey_take(vkey, strlen(vkey), &key) || key.type != VKEY_ED25519)
		return error_set(&t->error, TACIT_E_ARGUMENT, "that is no log's verifier key: it "
				 "looks like ORIGIN+HEX+BASE64");
	return registry_trust(witness->registry, &key, &t->error);
}

const char *tacit_witness_key(const struct tacit_witness *witness)
{
	return witness->key;
}

int tacit_witness_answer(struct tacit_witness *witness, const char *body, size_t size,
			 const char **type, char **reply, size_t *reply_size)
{
	struct witness_answer answer;
	struct witness inner;
	struct error error;

	registry_witness(witness->registry, &inner);
	witness_add_checkpoint(&inner, body, size, (uint64_t)(clock_now() / 1000), &answer,
			       &error);
	*type = answer.type;
	*reply = (char *)answer.body.data;
	*reply_size = answer.body.size;
	return answer.status;
}

const char *tacit_witness_folder(const struct tacit_witness *witness)
{
	return witness->folder;
}
