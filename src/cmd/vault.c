/* init, unlock, lock, rekey, backup, restore, status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static int done(const struct cmd *cmd, const char *key, const char *sentence)
{
	struct json json = JSON_INIT;

	if (!cmd->json) {
		puts(sentence);
		return CMD_OK;
	}
	json_object(&json);
	json_key(&json, key);
	json_bool(&json, true);
	json_object_end(&json);
	return cmd_print_json(&json);
}

int cmd_init(struct cmd *cmd)
{
	struct tacit_secret secret;
	char line[1200];
	int result;

	if (tacit_state(cmd->t) != TACIT_NO_VAULT) {
		fprintf(stderr, "tacit: there is a vault in %s already; add to it with: tacit add "
			"FILE\n", tacit_home(cmd->t));
		return CMD_FAILED;
	}
	if (cmd_secret(cmd, "A passphrase for your vault: ", true, &secret) != 0)
		return CMD_FAILED;
	secret.memory_bytes = cmd_number(cmd, "memory", 8, 4096, 256) << 20;
	result = tacit_init(cmd->t, &secret);
	cmd_secret_wipe(&secret);
	if (result != 0)
		return cmd_fail(cmd, result);
	snprintf(line, sizeof(line), "A vault is made in %s.\nNobody can open it without the "
		 "secret, you neither: keep it well.\nNext: tacit add FILE", tacit_home(cmd->t));
	return done(cmd, "made", line);
}

int cmd_unlock(struct cmd *cmd)
{
	struct tacit_secret secret;
	uint64_t minutes = cmd_number(cmd, "minutes", 1, 1440, 15);
	char line[100];
	int result;

	if (tacit_state(cmd->t) == TACIT_NO_VAULT)
		return cmd_open_vault(cmd);
	if (cmd_secret(cmd, "Passphrase: ", false, &secret) != 0)
		return CMD_FAILED;
	result = tacit_agent_start(cmd->t, &secret, (unsigned)(minutes * 60));
	cmd_secret_wipe(&secret);
	if (result != 0)
		return cmd_fail(cmd, result);
	snprintf(line, sizeof(line), "The vault is open until %llu minutes pass without use, or: "
		 "tacit lock", (unsigned long long)minutes);
	return done(cmd, "unlocked", line);
}

int cmd_lock(struct cmd *cmd)
{
	int result = tacit_agent_stop(cmd->t);

	return result != 0 ? cmd_fail(cmd, result) : done(cmd, "locked", "The vault is locked.");
}

int cmd_rekey(struct cmd *cmd)
{
	struct tacit_secret secret;
	bool all = cmd_flag(cmd, "all") != NULL;
	const char *new_file = cmd_flag(cmd, "new-passphrase-file");
	const char *new_key = cmd_flag(cmd, "new-key-file");
	int result = cmd_open_vault(cmd);

	if (result != CMD_OK)
		return result;
	if (new_key != NULL) {
		memset(&secret, 0, sizeof(secret));
		secret.key_file = new_key;
	} else if (cmd_secret_new(cmd, new_file, &secret) != 0) {
		return CMD_FAILED;
	}
	if (all)
		cmd_progress("writing every page anew");
	result = tacit_rekey(cmd->t, &secret, all);
	if (new_key == NULL)
		cmd_secret_wipe(&secret);
	cmd_progress(NULL);
	if (result != 0)
		return cmd_fail(cmd, result);
	return done(cmd, "rekeyed", all ? "Every page is encrypted anew; only the new secret opens "
		    "the vault. Older backups still open with the old one." : "Only the new secret "
		    "opens the vault. Older backups still open with the old one.");
}

int cmd_backup(struct cmd *cmd)
{
	char line[1200];
	int result;

	if (cmd->words != 1)
		return cmd_usage(cmd, "say where to");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	result = tacit_backup(cmd->t, cmd->word[0]);
	if (result != 0)
		return cmd_fail(cmd, result);
	snprintf(line, sizeof(line), "A sealed copy is in %s; it opens with the same secret.",
		 cmd->word[0]);
	return done(cmd, "backed_up", line);
}

int cmd_restore(struct cmd *cmd)
{
	struct tacit_secret secret;
	bool vault_there = tacit_state(cmd->t) != TACIT_NO_VAULT;
	struct json json = JSON_INIT;
	uint64_t refused = 0;
	int result;

	if (cmd->words != 1)
		return cmd_usage(cmd, "say which backup");
	if (cmd_secret(cmd, "Passphrase of the backup: ", false, &secret) != 0)
		return CMD_FAILED;
	/* the same secret is tried on the vault that is there; a script has only one at hand */
	result = tacit_restore(cmd->t, cmd->word[0], &secret, vault_there ? &secret : NULL,
			       &refused);
	cmd_secret_wipe(&secret);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_int(&json, "stayed_forgotten", (int64_t)refused);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("The backup is in place. %llu events of it were forgotten since and stay so.\n",
	       (unsigned long long)refused);
	return CMD_OK;
}

static int status_open(struct cmd *cmd)
{
	struct tacit_totals totals;
	char events[32], items[32], kilobytes[32];
	int result = tacit_totals(cmd->t, &totals);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		struct json json = JSON_INIT;

		json_object(&json);
		json_put_string(&json, "home", tacit_home(cmd->t));
		json_put_int(&json, "events", (int64_t)totals.events);
		json_put_int(&json, "items", (int64_t)totals.items);
		json_put_int(&json, "facts", (int64_t)totals.facts);
		json_put_int(&json, "sources", (int64_t)totals.sources);
		json_put_int(&json, "tombstones", (int64_t)totals.tombstones);
		json_put_int(&json, "bytes", (int64_t)totals.file_bytes);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	cmd_count(events, totals.events);
	cmd_count(items, totals.items);
	cmd_count(kilobytes, totals.file_bytes / 1024);
	printf("Your vault holds %s %s on %s %s, %llu %s, from %llu %s\n"
	       "(%s KiB, encrypted, in %s).\n\n", events, cmd_events(totals.events), items,
	       totals.items == 1 ? "thing" : "things", (unsigned long long)totals.facts,
	       totals.facts == 1 ? "fact" : "facts", (unsigned long long)totals.sources,
	       totals.sources == 1 ? "source" : "sources", kilobytes, tacit_home(cmd->t));
	puts(totals.events == 0 ? "Next: tacit add FILE      an export of Netflix, Spotify, "
	     "Letterboxd ...\n      tacit demo          see it on an invented person" :
	     "Next: tacit next          what to watch, read, hear\n"
	     "      tacit why TITLE     the exact reason\n"
	     "      tacit me            what is known about you\n"
	     "      tacit --help        everything else");
	return CMD_OK;
}

int cmd_status(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	int state = tacit_state(cmd->t);

	/* a secret at hand is used; nobody is asked for one */
	if (state == TACIT_VAULT_LOCKED && cmd_secret_at_hand(cmd)) {
		int result = cmd_open_vault(cmd);

		return result == CMD_OK ? status_open(cmd) : result;
	}
	if (state == TACIT_VAULT_LOCKED && tacit_unlock(cmd->t, NULL) == 0)
		return status_open(cmd);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "home", tacit_home(cmd->t));
		json_put_string(&json, "vault", state == TACIT_NO_VAULT ? "none" : "locked");
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	if (state == TACIT_VAULT_LOCKED)
		printf("There is a vault in %s; it is locked.\n\nNext: tacit unlock\n",
		       tacit_home(cmd->t));
	else
		printf("tacit learns your taste from what services already know about you, on\n"
		       "this machine, and tells no one. There is no vault in %s yet.\n\n"
		       "Next: tacit demo          see it on an invented person\n"
		       "      tacit init          make your vault\n"
		       "      tacit --help        everything else\n", tacit_home(cmd->t));
	return CMD_OK;
}
