/* What the vault keeps and how it is opened: acts, duplicates, order, keys, damage, two at once. */
#include "vault_kit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

#include "base/limits.h"
#include "vault/page.h"

static struct vault *make(struct kit *kit)
{
	struct vault *vault = NULL;

	KIT_OK(kit, vault_create(kit->dir, &kit->secret, NULL, &vault, &kit->error));
	return vault;
}

static struct vault *reopen(struct kit *kit, struct vault *vault)
{
	vault_close(vault);
	KIT_OK(kit, vault_open(kit->dir, &kit->secret, &vault, &kit->error));
	return vault;
}

/* ---- acts ------------------------------------------------------------------------------ */

static void an_act_comes_back_whole(void **state)
{
	struct kit kit;
	struct bytes keep = BYTES_INIT;
	struct vault *vault;
	struct act act, back;
	enum vault_put put;
	uint64_t event;
	uint32_t source, owner;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	act = kit_act(-1234567890123, "series", "The Wire");
	act.value = -(5LL << 20);
	act.duration = 3600000;
	act.zone = -210;
	act.flags = ACT_DATE_ONLY | ACT_NOT_CHOSEN;
	act.year = 2002;
	act.verb = ACT_EAT;
	act.creator = kit_text("David Simon");
	act.words = kit_text("drama|crime");
	act.place = kit_text("at home");
	act.text = kit_text("Season 1: \"The Target\"");
	act.rest = kit_text("{\"profile\":\"mine\"}");
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_source_begin(vault, "a.csv", "test", &source, &kit.error));
	KIT_OK(&kit, vault_put(vault, source, &act, false, &put, &event, &kit.error));
	assert_int_equal(put, VAULT_KEPT);
	KIT_OK(&kit, vault_commit(vault, &kit.error));
	vault = reopen(&kit, vault);
	KIT_OK(&kit, vault_event(vault, event, &back, &owner, &keep, &kit.error));
	assert_int_equal(owner, source);
	assert_int_equal(back.time, act.time);
	assert_int_equal(back.value, act.value);
	assert_int_equal(back.duration, act.duration);
	assert_int_equal(back.zone, act.zone);
	assert_int_equal(back.flags, act.flags);
	assert_int_equal(back.year, act.year);
	assert_int_equal(back.verb, act.verb);
	assert_memory_equal(back.title.data, act.title.data, act.title.size);
	assert_memory_equal(back.creator.data, act.creator.data, act.creator.size);
	assert_memory_equal(back.words.data, act.words.data, act.words.size);
	assert_memory_equal(back.place.data, act.place.data, act.place.size);
	assert_memory_equal(back.text.data, act.text.data, act.text.size);
	assert_memory_equal(back.rest.data, act.rest.data, act.rest.size);
	assert_int_equal(vault_event(vault, event + 1, &back, &owner, &keep, &kit.error),
			 TACIT_E_NOT_FOUND);
	bytes_free(&keep);
	vault_close(vault);
	kit_close(&kit);
}

static void the_same_act_is_kept_once(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct vault_source *sources;
	struct act act = kit_act(5000, "films", "Alien"), other = act;
	uint32_t first, second;
	size_t count;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	first = kit_import(&kit, vault, "one", &act, 1);
	other.rest = kit_text("{\"another\":\"column\"}");
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_source_begin(vault, "two", "test", &second, &kit.error));
	assert_int_equal(kit_put(&kit, vault, first, &other), VAULT_DUPLICATE);
	assert_int_equal(kit_put(&kit, vault, second, &other), VAULT_DUPLICATE);
	other.value = 1 << 20;		/* a rating is another act */
	assert_int_equal(kit_put(&kit, vault, second, &other), VAULT_KEPT);
	other.verb = ACT_RATE;
	assert_int_equal(kit_put(&kit, vault, second, &other), VAULT_KEPT);
	other.year = 1979;		/* of another item */
	assert_int_equal(kit_put(&kit, vault, second, &other), VAULT_KEPT);
	KIT_OK(&kit, vault_source_end(vault, second, NULL, 4, "{}", &kit.error));
	KIT_OK(&kit, vault_commit(vault, &kit.error));
	KIT_OK(&kit, vault_sources(vault, &sources, &count, &kit.error));
	assert_int_equal(count, 2);
	assert_int_equal(sources[0].kept, 1);
	assert_int_equal(sources[0].duplicate, 1);
	assert_int_equal(sources[1].kept, 3);
	assert_int_equal(sources[1].duplicate, 1);
	assert_int_equal(sources[1].read, 4);
	free(sources);
	vault_close(vault);
	kit_close(&kit);
}

static void order_is_time_then_content(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct vault_history history;
	struct act acts[4] = {
		kit_act(7, "films", "Zodiac"), kit_act(7, "films", "Alien"),
		kit_act(-3, "films", "Metropolis"), kit_act(7, "books", "Middlemarch"),
	};

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	kit_import(&kit, vault, "one", acts, 4);
	KIT_OK(&kit, vault_history_load(vault, NULL, &history, &kit.error));
	assert_int_equal(history.event_count, 4);
	assert_string_equal(history.items[0].title, "Middlemarch");
	assert_string_equal(history.items[3].title, "Zodiac");
	assert_string_equal(history.items[history.item[0]].title, "Metropolis");
	assert_string_equal(history.items[history.item[1]].title, "Middlemarch");
	assert_string_equal(history.items[history.item[2]].title, "Alien");
	assert_string_equal(history.items[history.item[3]].title, "Zodiac");
	assert_int_equal(history.time[0], -3);
	vault_history_free(&history);
	KIT_OK(&kit, vault_history_load(vault, "books", &history, &kit.error));
	assert_int_equal(history.item_count, 1);
	assert_int_equal(history.event_count, 1);
	vault_history_free(&history);
	KIT_OK(&kit, vault_history_load(vault, "games", &history, &kit.error));
	assert_int_equal(history.event_count, 0);
	vault_history_free(&history);
	vault_close(vault);
	kit_close(&kit);
}

struct walked {
	size_t count;
	int64_t time[8];
	char title[8];		/* the first letter of each */
};

static int take_walked(void *context, uint64_t event, uint32_t source, const struct act *act)
{
	struct walked *walked = context;

	(void)source;
	assert_true(event != 0 && walked->count < 8);
	walked->time[walked->count] = act->time;
	walked->title[walked->count++] = act->title.data[0];
	return walked->title[walked->count - 1] == '!' ? 77 : 0;
}

/* Of verbs and a span: exactly those, oldest first, and a callback may stop it. */
static void some_verbs_are_walked(void **state)
{
	static const struct {
		int64_t time;
		uint8_t verb;
		const char *title;
	} put[] = {
		{ -5, ACT_EAT, "a" }, { 0, ACT_WATCH, "b" }, { 10, ACT_PLAN, "c" },
		{ 20, ACT_EAT, "d" }, { 30, ACT_EAT, "e" }, { 40, ACT_PLAN, "!" },
		{ 50, ACT_EAT, "f" },
	};
	struct walked walked = { 0, { 0 }, { 0 } };
	struct kit kit;
	struct vault *vault;
	enum vault_put kept;
	uint64_t event;
	uint32_t source;
	size_t i;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_source_begin(vault, "a.csv", "test", &source, &kit.error));
	for (i = 0; i < sizeof(put) / sizeof(*put); i++) {
		struct act act = kit_act(put[i].time, "other", put[i].title);

		act.verb = put[i].verb;
		KIT_OK(&kit, vault_put(vault, source, &act, false, &kept, &event, &kit.error));
	}
	KIT_OK(&kit, vault_commit(vault, &kit.error));
	KIT_OK(&kit, vault_walk_verbs(vault, 1u << ACT_EAT | 1u << ACT_PLAN, 0, 30, take_walked,
				      &walked, &kit.error));
	assert_int_equal(walked.count, 2);
	assert_memory_equal(walked.title, "cd", 2);
	assert_int_equal(walked.time[1], 20);
	walked.count = 0;
	KIT_OK(&kit, vault_walk_verbs(vault, 1u << ACT_EAT, INT64_MIN, INT64_MAX, take_walked,
				      &walked, &kit.error));
	assert_int_equal(walked.count, 4);
	assert_memory_equal(walked.title, "adef", 4);
	walked.count = 0;
	assert_int_equal(vault_walk_verbs(vault, 1u << ACT_EAT | 1u << ACT_PLAN, 21, 1000,
					  take_walked, &walked, &kit.error), 77);
	assert_memory_equal(walked.title, "e!", 2);
	vault_close(vault);
	kit_close(&kit);
}

static void limits_are_errors_not_damage(void **state)
{
	struct kit kit;
	struct vault *vault;
	static char long_title[LIMIT_TITLE_BYTES + 1];
	struct act good = kit_act(1, "films", "Alien"), bad;
	enum vault_put put;
	uint32_t source;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	assert_int_equal(vault_put(vault, 1, &good, false, &put, NULL, &kit.error),
			 TACIT_E_ARGUMENT);
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_source_begin(vault, "a", "b", &source, &kit.error));
	bad = good;
	bad.time = INT64_MAX;
	assert_int_equal(vault_put(vault, source, &bad, false, &put, NULL, &kit.error),
			 TACIT_E_LIMIT);
	bad = good;
	bad.verb = ACT_VERB_COUNT;
	assert_int_equal(vault_put(vault, source, &bad, false, &put, NULL, &kit.error),
			 TACIT_E_ARGUMENT);
	bad = good;
	memset(long_title, 'x', sizeof(long_title));
	bad.title = (struct act_text){ long_title, sizeof(long_title) };
	assert_int_equal(vault_put(vault, source, &bad, false, &put, NULL, &kit.error),
			 TACIT_E_LIMIT);
	assert_int_equal(vault_put(vault, source + 1, &good, false, &put, NULL, &kit.error),
			 TACIT_E_ARGUMENT);
	/* After a refusal the transaction goes on. */
	assert_int_equal(kit_put(&kit, vault, source, &good), VAULT_KEPT);
	KIT_OK(&kit, vault_commit(vault, &kit.error));
	vault_close(vault);
	kit_close(&kit);
}

static void a_rollback_leaves_nothing(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct vault_totals totals;
	struct act act = kit_act(1, "films", "Alien");
	uint32_t source;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_source_begin(vault, "a", "b", &source, &kit.error));
	kit_put(&kit, vault, source, &act);
	vault_rollback(vault);
	KIT_OK(&kit, vault_totals(vault, &totals, &kit.error));
	assert_int_equal(totals.events + totals.items + totals.sources, 0);
	kit_import(&kit, vault, "again", &act, 1);
	KIT_OK(&kit, vault_totals(vault, &totals, &kit.error));
	assert_int_equal(totals.events, 1);
	vault_close(vault);
	kit_close(&kit);
}

/* ---- keys ------------------------------------------------------------------------------ */

static void only_the_right_key_opens(void **state)
{
	const struct vault_hardness easy = { 8192, 1 };
	struct kit kit;
	struct vault *vault = NULL;
	char other[KIT_PATH];
	struct vault_secret wrong = { .key_file = other };
	const struct vault_secret right = { .passphrase = "correct horse" };
	bool key_file = true;

	(void)state;
	kit_open(&kit);
	kit_path(&kit, "other", other);
	kit_key(other, 2);
	assert_int_equal(vault_open(kit.dir, &kit.secret, &vault, &kit.error), TACIT_E_NOT_FOUND);
	vault_close(make(&kit));
	assert_int_equal(vault_create(kit.dir, &kit.secret, NULL, &vault, &kit.error),
			 TACIT_E_EXISTS);
	assert_int_equal(vault_open(kit.dir, &wrong, &vault, &kit.error), TACIT_E_SECRET);
	wrong = (struct vault_secret){ .passphrase = "correct horse" };
	assert_int_equal(vault_open(kit.dir, &wrong, &vault, &kit.error), TACIT_E_SECRET);
	KIT_OK(&kit, vault_open(kit.dir, &kit.secret, &vault, &kit.error));
	KIT_OK(&kit, vault_rekey(vault, &right, &easy, false, &kit.error));
	vault_close(vault);
	assert_int_equal(vault_open(kit.dir, &kit.secret, &vault, &kit.error), TACIT_E_SECRET);
	KIT_OK(&kit, vault_wants_key_file(kit.dir, &key_file, &kit.error));
	assert_false(key_file);
	wrong.passphrase = "correct horse ";
	assert_int_equal(vault_open(kit.dir, &wrong, &vault, &kit.error), TACIT_E_SECRET);
	KIT_OK(&kit, vault_open(kit.dir, &right, &vault, &kit.error));
	vault_close(vault);
	kit_close(&kit);
}

static void nothing_is_in_the_clear(void **state)
{
	struct kit kit;
	struct bytes file = BYTES_INIT;
	struct vault *vault;
	struct act act = kit_act(1, "films", "Unmistakable Title");
	char path[KIT_PATH];
	size_t i;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	act.rest = kit_text("Unmistakable Rest");
	kit_import(&kit, vault, "Unmistakable.csv", &act, 1);
	/* The log is there while the vault is open. */
	kit_path(&kit, "home/vault.tacit-wal", path);
	kit_read(path, &file);
	assert_true(file.size > PAGE_FRAME_SEALED);
	assert_null(memmem(file.data, file.size, "Unmistakable", 12));
	vault_close(vault);
	kit_path(&kit, "home/vault.tacit", path);
	kit_read(path, &file);
	assert_null(memmem(file.data, file.size, "Unmistakable", 12));
	assert_null(memmem(file.data, file.size, "SQLite", 6));
	/* Sealed bytes do not repeat: no 16 bytes of a page are those of the page before. */
	for (i = PAGE_START + PAGE_BYTES; i + 16 < file.size; i += 16)
		assert_memory_not_equal(file.data + i, file.data + i - PAGE_BYTES, 16);
	bytes_free(&file);
	kit_close(&kit);
}

/* ---- damage ---------------------------------------------------------------------------- */

static void flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void each_byte_of_the_header_counts(void **state)
{
	struct kit kit;
	struct vault *vault;
	char path[KIT_PATH];
	off_t at;

	(void)state;
	kit_open(&kit);
	vault_close(make(&kit));
	kit_path(&kit, "home/vault.tacit", path);
	for (at = 0; at < KEYS_SLOT_BYTES; at += at < 256 ? 1 : 61) {
		struct keys_header header;

		/* One slot: its twin opens the vault, and the spoilt one is written anew. */
		flip(path, at);
		KIT_OK(&kit, keys_read(path, &header, &kit.error));
		assert_int_equal(header.slot, 1);
		assert_false(header.whole);
		if (at % 64 == 0) {
			KIT_OK(&kit, vault_open(kit.dir, &kit.secret, &vault, &kit.error));
			vault_close(vault);
			KIT_OK(&kit, keys_read(path, &header, &kit.error));
			assert_true(header.whole);
			flip(path, at);
		}
		/* Both: refused. */
		flip(path, KEYS_SLOT_BYTES + at);
		assert_int_equal(vault_open(kit.dir, &kit.secret, &vault, &kit.error),
				 TACIT_E_DAMAGED);
		flip(path, at);
		flip(path, KEYS_SLOT_BYTES + at);
	}
	KIT_OK(&kit, vault_open(kit.dir, &kit.secret, &vault, &kit.error));
	vault_close(vault);
	kit_close(&kit);
}

/* Reads everything; the first error. */
static int read_all(struct kit *kit)
{
	struct vault *vault;
	int64_t good = 0;
	int result = vault_open(kit->dir, &kit->secret, &vault, &kit->error);

	if (result != 0)
		return result;
	result = vault_number(vault, "SELECT count(*) FROM pragma_integrity_check"
			      " WHERE integrity_check = 'ok'", 0, &good, &kit->error);
	vault_close(vault);
	return result != 0 ? result : good == 1 ? 0 : TACIT_E_DAMAGED;
}

static void each_byte_of_a_page_counts(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct random random = { 3 };
	struct act acts[200];
	char path[KIT_PATH], names[200][16];
	off_t size, at, page;
	int i;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	for (i = 0; i < 200; i++) {
		snprintf(names[i], sizeof(names[i]), "Film %d", i);
		acts[i] = kit_act(i, "films", names[i]);
	}
	kit_import(&kit, vault, "films", acts, 200);
	vault_close(vault);
	kit_path(&kit, "home/vault.tacit", path);
	assert_int_equal(read_all(&kit), 0);
	size = (off_t)(file_exists(path) ? 0 : 1);
	{
		struct stat status;

		assert_int_equal(stat(path, &status), 0);
		size = status.st_size;
	}
	assert_int_equal((size - PAGE_START) % PAGE_BYTES, 0);
	for (page = PAGE_START; page < size; page += PAGE_BYTES) {
		for (i = 0; i < 3; i++) {
			/* body, nonce, tag */
			at = page + (i == 0 ? (off_t)random_below(&random, PAGE_BODY) :
				     i == 1 ? PAGE_BODY + (off_t)random_below(&random, 24) :
				     PAGE_BODY + 24 + (off_t)random_below(&random, 16));
			flip(path, at);
			assert_int_equal(read_all(&kit), TACIT_E_DAMAGED);
			flip(path, at);
		}
	}
	assert_int_equal(read_all(&kit), 0);
	/* Half a page is damage too. */
	assert_int_equal(truncate(path, size - 100), 0);
	assert_int_equal(read_all(&kit), TACIT_E_DAMAGED);
	kit_close(&kit);
}

/* Two pages in each other's place, both sealed by the right key. */
static void pages_cannot_change_places(void **state)
{
	struct kit kit;
	struct bytes file = BYTES_INIT;
	static uint8_t room[PAGE_BYTES];
	char path[KIT_PATH];

	(void)state;
	kit_open(&kit);
	vault_close(make(&kit));
	kit_path(&kit, "home/vault.tacit", path);
	kit_read(path, &file);
	assert_true(file.size >= PAGE_START + 4 * PAGE_BYTES);
	memcpy(room, file.data + PAGE_START + PAGE_BYTES, PAGE_BYTES);
	memcpy(file.data + PAGE_START + PAGE_BYTES, file.data + PAGE_START + 2 * PAGE_BYTES,
	       PAGE_BYTES);
	memcpy(file.data + PAGE_START + 2 * PAGE_BYTES, room, PAGE_BYTES);
	kit_write(path, file.data, file.size);
	assert_int_equal(read_all(&kit), TACIT_E_DAMAGED);
	bytes_free(&file);
	kit_close(&kit);
}

static void a_later_version_is_refused(void **state)
{
	struct kit kit;
	struct keys_header header;
	struct vault *vault;
	char path[KIT_PATH];
	int fd;

	(void)state;
	kit_open(&kit);
	vault_close(make(&kit));
	kit_path(&kit, "home/vault.tacit", path);
	KIT_OK(&kit, keys_read(path, &header, &kit.error));
	header.version = KEYS_VERSION + 1;
	fd = open(path, O_RDWR);
	KIT_OK(&kit, keys_write(fd, &header, &kit.error));
	close(fd);
	assert_int_equal(vault_open(kit.dir, &kit.secret, &vault, &kit.error), TACIT_E_NEWER);
	/* A header that asks for more memory than any machine gives away is not obeyed. */
	header.version = KEYS_VERSION;
	header.kind = KEYS_PASSPHRASE;
	header.memory_bytes = LIMIT_ARGON_MEMORY + 1;
	header.passes = 1;
	fd = open(path, O_RDWR);
	KIT_OK(&kit, keys_write(fd, &header, &kit.error));
	close(fd);
	assert_int_equal(vault_open(kit.dir, &kit.secret, &vault, &kit.error), TACIT_E_LIMIT);
	kit_close(&kit);
}

/* ---- the log of a killed writer -------------------------------------------------------- */

/* Copies the vault while it is open, as a kill would leave it; `cut` bytes are cut off the log. */
static void killed(const struct kit *kit, const char *dir, off_t cut, off_t flipped)
{
	struct bytes content = BYTES_INIT;
	char from[KIT_PATH], to[KIT_PATH];

	assert_int_equal(mkdir(dir, 0700), 0);
	kit_path(kit, "home/vault.tacit", from);
	kit_read(from, &content);
	assert_true(snprintf(to, sizeof(to), "%.200s/vault.tacit", dir) > 0);
	kit_write(to, content.data, content.size);
	kit_path(kit, "home/vault.tacit-wal", from);
	kit_read(from, &content);
	assert_true(snprintf(to, sizeof(to), "%.200s/vault.tacit-wal", dir) > 0);
	kit_write(to, content.data, content.size - (size_t)cut);
	if (flipped >= 0)
		flip(to, flipped);
	bytes_free(&content);
}

static uint64_t events_of(struct kit *kit, const char *dir)
{
	struct vault *vault;
	struct vault_totals totals;

	KIT_OK(kit, vault_open(dir, &kit->secret, &vault, &kit->error));
	KIT_OK(kit, vault_totals(vault, &totals, &kit->error));
	vault_close(vault);
	nftw(dir, kit_remove, 16, FTW_DEPTH | FTW_PHYS);
	return totals.events;
}

static void a_killed_writer_is_recovered(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct act act;
	char dir[KIT_PATH];
	int i;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	for (i = 0; i < 5; i++) {
		act = kit_act(i, "films", "Alien");
		kit_import(&kit, vault, "one", &act, 1);
	}
	kit_path(&kit, "after", dir);
	killed(&kit, dir, 0, -1);
	assert_int_equal(events_of(&kit, dir), 5);
	/* The last commit cut short: it is gone, whole, and the others are there. */
	killed(&kit, dir, 1, -1);
	assert_int_equal(events_of(&kit, dir), 4);
	killed(&kit, dir, 0, -1);
	{
		struct vault *again;

		KIT_OK(&kit, vault_open(dir, &kit.secret, &again, &kit.error));
		act = kit_act(9, "films", "Alien");
		kit_import(&kit, again, "two", &act, 1);
		vault_close(again);
	}
	assert_int_equal(events_of(&kit, dir), 6);
	vault_close(vault);
	kit_close(&kit);
}

/* ---- two processes --------------------------------------------------------------------- */

static void the_second_process_is_told(void **state)
{
	struct kit kit;
	struct vault *vault, *second;
	struct timespec before, after;
	int status, waited;
	pid_t child;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	clock_gettime(CLOCK_MONOTONIC, &before);
	child = fork();
	if (child == 0) {
		int result = vault_open(kit.dir, &kit.secret, &second, &kit.error);

		_exit(result == TACIT_E_BUSY && strchr(kit.error.message, '\n') == NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	waited = (int)(after.tv_sec - before.tv_sec);
	assert_true(waited >= LIMIT_BUSY_MS / 1000 - 1 && waited <= LIMIT_BUSY_MS / 1000 + 5);
	vault_close(vault);
	KIT_OK(&kit, vault_open(kit.dir, &kit.secret, &second, &kit.error));
	vault_close(second);
	kit_close(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_act_comes_back_whole),
		cmocka_unit_test(the_same_act_is_kept_once),
		cmocka_unit_test(order_is_time_then_content),
		cmocka_unit_test(some_verbs_are_walked),
		cmocka_unit_test(limits_are_errors_not_damage),
		cmocka_unit_test(a_rollback_leaves_nothing),
		cmocka_unit_test(only_the_right_key_opens),
		cmocka_unit_test(nothing_is_in_the_clear),
		cmocka_unit_test(each_byte_of_the_header_counts),
		cmocka_unit_test(each_byte_of_a_page_counts),
		cmocka_unit_test(pages_cannot_change_places),
		cmocka_unit_test(a_later_version_is_refused),
		cmocka_unit_test(a_killed_writer_is_recovered),
		cmocka_unit_test(the_second_process_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
