/* Backup, restore, re-encryption and the unlock agent. */
#include "vault_kit.h"

#include <sodium.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "vault/agent.h"

static struct vault *make(struct kit *kit)
{
	struct vault *vault = NULL;

	KIT_OK(kit, vault_create(kit->dir, &kit->secret, NULL, &vault, &kit->error));
	return vault;
}

static uint64_t count_events(struct kit *kit, struct vault *vault)
{
	struct vault_totals totals;

	KIT_OK(kit, vault_totals(vault, &totals, &kit->error));
	return totals.events;
}

static void a_restore_brings_back_nothing_forgotten(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct vault_counts counts, refused;
	struct vault_totals totals;
	struct act acts[3] = {
		kit_act(1, "films", "Alien"), kit_act(2, "films", "Brazil"),
		kit_act(3, "films", "Casablanca"),
	};
	struct vault_fact fact = { .key = "prefers", .value = "tea", .mark = VAULT_TOLD };
	struct vault_selection selections[2] = {
		{ .kind = VAULT_SELECT_SPAN, .from = 2, .until = 3 },
		{ .kind = VAULT_SELECT_FACT },
	};
	char path[KIT_PATH], before[KIT_PATH], elsewhere[KIT_PATH];

	(void)state;
	kit_open(&kit);
	kit_path(&kit, "backup", path);
	kit_path(&kit, "elsewhere", elsewhere);
	kit_path(&kit, "home/vault.before-restore", before);
	vault = make(&kit);
	kit_import(&kit, vault, "one", acts, 3);
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_fact_put(vault, &fact, &selections[1].id, &kit.error));
	KIT_OK(&kit, vault_commit(vault, &kit.error));
	KIT_OK(&kit, vault_backup(vault, path, &kit.error));
	assert_int_equal(vault_backup(vault, path, &kit.error), TACIT_E_EXISTS);
	KIT_OK(&kit, vault_forget(vault, selections, 2, &counts, NULL, &kit.error));
	assert_int_equal(counts.events, 1);
	assert_int_equal(counts.facts, 1);
	/* The key is changed after the backup: a re-encryption changes no tombstone. */
	KIT_OK(&kit, vault_rekey(vault, &kit.secret, NULL, true, &kit.error));
	vault_close(vault);
	KIT_OK(&kit, vault_restore(kit.dir, path, &kit.secret, &kit.secret, &refused, &kit.error));
	assert_int_equal(refused.events, 1);
	assert_int_equal(refused.facts, 1);
	assert_false(file_exists(before));
	KIT_OK(&kit, vault_open(kit.dir, &kit.secret, &vault, &kit.error));
	KIT_OK(&kit, vault_totals(vault, &totals, &kit.error));
	assert_int_equal(totals.events, 2);
	assert_int_equal(totals.facts, 0);
	assert_int_equal(totals.tombstones, 2);
	vault_close(vault);
	/* In a new place there is nothing to refuse. */
	KIT_OK(&kit, vault_restore(elsewhere, path, &kit.secret, NULL, &refused, &kit.error));
	assert_int_equal(refused.events, 0);
	KIT_OK(&kit, vault_open(elsewhere, &kit.secret, &vault, &kit.error));
	assert_int_equal(count_events(&kit, vault), 3);
	vault_close(vault);
	/* Without the key of the vault that is there, that vault is kept. */
	KIT_OK(&kit, vault_restore(kit.dir, path, &kit.secret, NULL, NULL, &kit.error));
	assert_true(file_exists(before));
	kit_close(&kit);
}

static void a_damaged_backup_is_refused(void **state)
{
	struct kit kit;
	struct bytes file = BYTES_INIT;
	struct vault *vault;
	struct act act = kit_act(1, "films", "Alien");
	char path[KIT_PATH], other[KIT_PATH];
	struct vault_secret wrong = { .key_file = other };

	(void)state;
	kit_open(&kit);
	kit_path(&kit, "backup", path);
	kit_path(&kit, "other", other);
	kit_key(other, 5);
	vault = make(&kit);
	kit_import(&kit, vault, "one", &act, 1);
	KIT_OK(&kit, vault_backup(vault, path, &kit.error));
	vault_close(vault);
	assert_int_equal(vault_restore(kit.dir, path, &wrong, &kit.secret, NULL, &kit.error),
			 TACIT_E_SECRET);
	assert_int_equal(vault_restore(kit.dir, path, &kit.secret, &wrong, NULL, &kit.error),
			 TACIT_E_SECRET);
	assert_int_equal(vault_restore(kit.dir, other, &kit.secret, NULL, NULL, &kit.error),
			 TACIT_E_DAMAGED);
	kit_read(path, &file);
	file.data[file.size - 5000] ^= 1;
	kit_write(path, file.data, file.size);
	assert_int_equal(vault_restore(kit.dir, path, &kit.secret, &kit.secret, NULL, &kit.error),
			 TACIT_E_DAMAGED);
	KIT_OK(&kit, vault_open(kit.dir, &kit.secret, &vault, &kit.error));
	assert_int_equal(count_events(&kit, vault), 1);
	vault_close(vault);
	bytes_free(&file);
	kit_close(&kit);
}

static void a_reencryption_writes_every_page_anew(void **state)
{
	struct kit kit;
	struct bytes old = BYTES_INIT, new = BYTES_INIT;
	struct vault *vault;
	struct act act = kit_act(1, "films", "Alien");
	struct vault_history history;
	char path[KIT_PATH], other[KIT_PATH];
	const struct vault_secret next = { .key_file = other };
	uint64_t event;
	size_t at;

	(void)state;
	kit_open(&kit);
	kit_path(&kit, "home/vault.tacit", path);
	kit_path(&kit, "other", other);
	kit_key(other, 5);
	vault = make(&kit);
	kit_import(&kit, vault, "one", &act, 1);
	KIT_OK(&kit, vault_history_load(vault, NULL, &history, &kit.error));
	event = history.event[0];
	vault_history_free(&history);
	vault_close(vault);
	kit_read(path, &old);
	KIT_OK(&kit, vault_open(kit.dir, &kit.secret, &vault, &kit.error));
	KIT_OK(&kit, vault_rekey(vault, &next, NULL, true, &kit.error));
	/* The handle goes on with the new key. */
	act.time = 2;
	kit_import(&kit, vault, "two", &act, 1);
	vault_close(vault);
	kit_read(path, &new);
	assert_int_equal(old.size, new.size);
	for (at = 8192; at + 16 <= old.size; at += 16)
		assert_memory_not_equal(old.data + at, new.data + at, 16);
	assert_int_equal(vault_open(kit.dir, &kit.secret, &vault, &kit.error), TACIT_E_SECRET);
	KIT_OK(&kit, vault_open(kit.dir, &next, &vault, &kit.error));
	KIT_OK(&kit, vault_history_load(vault, NULL, &history, &kit.error));
	assert_int_equal(history.event_count, 2);
	assert_int_equal(history.event[0], event);
	vault_history_free(&history);
	vault_close(vault);
	bytes_free(&old);
	bytes_free(&new);
	kit_close(&kit);
}

/* ---- the agent ------------------------------------------------------------------------- */

static void fetch_and_open(struct kit *kit, const char *dir)
{
	struct vault_secret secret = { NULL, NULL, NULL };
	struct vault *vault;
	uint8_t *master = sodium_malloc(32);

	KIT_OK(kit, agent_fetch(dir, master, &kit->error));
	secret.master = master;
	KIT_OK(kit, vault_open(dir, &secret, &vault, &kit->error));
	vault_close(vault);
	master[0] ^= 1;
	assert_int_equal(vault_open(dir, &secret, &vault, &kit->error), TACIT_E_SECRET);
	sodium_free(master);
}

static void the_agent_hands_out_the_key(void **state)
{
	struct kit kit;
	uint8_t master[32];
	struct stat status;
	char path[KIT_PATH], other[KIT_PATH];
	struct vault_secret wrong = { .key_file = other };

	(void)state;
	kit_open(&kit);
	kit_path(&kit, "home/agent.sock", path);
	kit_path(&kit, "other", other);
	kit_key(other, 7);
	vault_close(make(&kit));
	KIT_OK(&kit, agent_stop(kit.dir, &kit.error));
	assert_int_equal(agent_fetch(kit.dir, master, &kit.error), TACIT_E_NOT_FOUND);
	assert_int_equal(agent_start(kit.dir, &wrong, 60, &kit.error), TACIT_E_SECRET);
	KIT_OK(&kit, agent_start(kit.dir, &kit.secret, 60, &kit.error));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	fetch_and_open(&kit, kit.dir);
	KIT_OK(&kit, agent_start(kit.dir, &kit.secret, 60, &kit.error));	/* takes over */
	fetch_and_open(&kit, kit.dir);
	KIT_OK(&kit, agent_stop(kit.dir, &kit.error));
	assert_false(file_exists(path));
	assert_int_equal(agent_fetch(kit.dir, master, &kit.error), TACIT_E_NOT_FOUND);
	kit_close(&kit);
}

static void an_idle_agent_ends(void **state)
{
	struct kit kit;
	uint8_t master[32];
	char path[KIT_PATH];
	int i;

	(void)state;
	kit_open(&kit);
	kit_path(&kit, "home/agent.sock", path);
	vault_close(make(&kit));
	KIT_OK(&kit, agent_start(kit.dir, &kit.secret, 1, &kit.error));
	for (i = 0; i < 100 && file_exists(path); i++)
		usleep(100000);
	assert_false(file_exists(path));
	assert_int_equal(agent_fetch(kit.dir, master, &kit.error), TACIT_E_NOT_FOUND);
	kit_close(&kit);
}

/* A socket whose agent was killed, and a folder whose name is longer than a socket's may be. */
static void stale_sockets_and_long_paths(void **state)
{
	struct kit kit;
	char path[KIT_PATH + 8], deep[KIT_PATH];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct vault *vault;
	int fd;

	(void)state;
	kit_open(&kit);
	vault_close(make(&kit));
	assert_true((size_t)snprintf(path, sizeof(path), "%.240s/agent.sock", kit.dir) <
		    sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	KIT_OK(&kit, agent_start(kit.dir, &kit.secret, 60, &kit.error));
	fetch_and_open(&kit, kit.dir);
	KIT_OK(&kit, agent_stop(kit.dir, &kit.error));
	kit_path(&kit, "a-folder-whose-name-is-long-enough-to-take-more-than-what-a-unix-socket-has"
		 "-for-its-name-of-108-bytes", deep);
	KIT_OK(&kit, vault_create(deep, &kit.secret, NULL, &vault, &kit.error));
	vault_close(vault);
	KIT_OK(&kit, agent_start(deep, &kit.secret, 60, &kit.error));
	fetch_and_open(&kit, deep);
	KIT_OK(&kit, agent_stop(deep, &kit.error));
	kit_close(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restore_brings_back_nothing_forgotten),
		cmocka_unit_test(a_damaged_backup_is_refused),
		cmocka_unit_test(a_reencryption_writes_every_page_anew),
		cmocka_unit_test(the_agent_hands_out_the_key),
		cmocka_unit_test(an_idle_agent_ends),
		cmocka_unit_test(stale_sockets_and_long_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
