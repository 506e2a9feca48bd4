/* The vault's life, from the handle's side: make, open, lock, rekey, back up. */
#include <string.h>

#include "inside.h"
#include "vault/agent.h"

static struct vault_secret convert(const struct tacit_secret *secret)
{
	return (struct vault_secret){ secret->passphrase, secret->key_file, NULL };
}

static struct vault_hardness hardness(const struct tacit_secret *secret)
{
	return (struct vault_hardness){ secret->memory_bytes, secret->passes };
}

int tacit_state(const struct tacit *t)
{
	if (t->vault != NULL)
		return TACIT_VAULT_OPEN;
	return vault_exists(t->home) ? TACIT_VAULT_LOCKED : TACIT_NO_VAULT;
}

int tacit_wants_key_file(struct tacit *t)
{
	bool wants = false;
	int result = vault_wants_key_file(t->home, &wants, &t->error);

	return result != 0 ? result : wants;
}

int tacit_init(struct tacit *t, const struct tacit_secret *secret)
{
	struct vault_secret converted = convert(secret);
	struct vault_hardness hard = hardness(secret);

	if (t->vault != NULL)
		return error_set(&t->error, TACIT_E_EXISTS, "the vault in %s is open already",
				 t->home);
	return vault_create(t->home, &converted, &hard, &t->vault, &t->error);
}

static int open_by_agent(struct tacit *t)
{
	int result;

	if (!vault_exists(t->home))
		return error_set(&t->error, TACIT_E_NOT_FOUND, "there is no vault in %s yet; make "
				 "one with: tacit init", t->home);
	result = agent_open(t->home, &t->vault, &t->error);
	if (result == TACIT_E_NOT_FOUND)
		result = error_set(&t->error, TACIT_E_LOCKED, "the vault is locked; open it with: "
				   "tacit unlock");
	return result;
}

int tacit_unlock(struct tacit *t, const struct tacit_secret *secret)
{
	struct vault_secret converted;

	if (t->vault != NULL)
		return 0;
	if (secret == NULL)
		return open_by_agent(t);
	converted = convert(secret);
	return vault_open(t->home, &converted, &t->vault, &t->error);
}

int gate_need_vault(struct tacit *t)
{
	return t->vault != NULL ? vault_wake(t->vault, &t->error) : open_by_agent(t);
}

void tacit_rest(struct tacit *t)
{
	if (t->vault == NULL)
		return;
	if (t->asks != NULL && vault_awake(t->vault))
		t->asks_rest(t->asks);
	vault_rest(t->vault);
}

int tacit_agent_start(struct tacit *t, const struct tacit_secret *secret, unsigned idle_seconds)
{
	struct vault_secret converted = convert(secret);

	return agent_start(t->home, &converted, idle_seconds, &t->error);
}

int tacit_agent_stop(struct tacit *t)
{
	return agent_stop(t->home, &t->error);
}

int tacit_rekey(struct tacit *t, const struct tacit_secret *secret, int reencrypt)
{
	struct vault_secret converted = convert(secret);
	struct vault_hardness hard = hardness(secret);
	int result = gate_need_vault(t);

	if (result == 0)
		result = vault_rekey(t->vault, &converted, &hard, reencrypt != 0, &t->error);
	/* the agent would go on handing out a key that may no longer be the vault's */
	if (result == 0 && reencrypt)
		agent_stop(t->home, NULL);
	return result;
}

int tacit_backup(struct tacit *t, const char *path)
{
	int result = gate_need_vault(t);

	return result != 0 ? result : vault_backup(t->vault, path, &t->error);
}

int tacit_restore(struct tacit *t, const char *path, const struct tacit_secret *secret,
		  const struct tacit_secret *secret_now, uint64_t *refused)
{
	struct vault_secret converted = convert(secret), now = { NULL, NULL, NULL };
	struct vault_counts counts = { 0, 0 };
	int result;

	if (secret_now != NULL)
		now = convert(secret_now);
	gate_asks_drop(t);
	vault_close(t->vault);
	t->vault = NULL;
	agent_stop(t->home, NULL);
	result = vault_restore(t->home, path, &converted, secret_now == NULL ? NULL : &now,
			       &counts, &t->error);
	if (result == 0 && refused != NULL)
		*refused = counts.events;
	return result;
}

int tacit_totals(struct tacit *t, struct tacit_totals *out)
{
	struct vault_totals totals;
	int result = gate_need_vault(t);

	if (result == 0)
		result = vault_totals(t->vault, &totals, &t->error);
	if (result == 0)
		*out = (struct tacit_totals){ totals.events, totals.items, totals.facts,
					      totals.sources, totals.tombstones,
					      totals.file_bytes };
	return result;
}
