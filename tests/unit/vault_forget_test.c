/* Undo, forgetting and facts, down to the bytes of the file. */
#include "vault_kit.h"

#include "vault/page.h"

static struct vault *make(struct kit *kit)
{
	struct vault *vault = NULL;

	KIT_OK(kit, vault_create(kit->dir, &kit->secret, NULL, &vault, &kit->error));
	return vault;
}

/* Whether `text` is anywhere in the vault's file or log, read page by page with the right key. */
static bool holds(const struct kit *kit, const struct vault *vault, const char *text)
{
	static uint8_t plain[PAGE_BYTES];
	struct bytes file = BYTES_INIT;
	char path[KIT_PATH];
	uint64_t number = 1, index = 0;
	bool found = false;
	size_t at;

	kit_path(kit, "home/vault.tacit", path);
	kit_read(path, &file);
	for (at = PAGE_START; at < file.size; at += PAGE_BYTES, number++) {
		assert_true(page_open(vault->keys, number, file.data + at, plain));
		found |= memmem(plain, PAGE_BODY, text, strlen(text)) != NULL;
	}
	kit_path(kit, "home/vault.tacit-wal", path);
	if (file_exists(path))
		kit_read(path, &file);
	else
		bytes_clear(&file);
	/* Frames of an earlier round of the log do not open any more: their salts are gone. */
	for (at = PAGE_LOG_HEAD; at + PAGE_FRAME_SEALED <= file.size;
	     at += PAGE_FRAME_SEALED, index++)
		if (page_log_open(vault->keys, file.data + 16, index,
				  file.data + at + PAGE_FRAME_HEAD_SEALED, plain))
			found |= memmem(plain, PAGE_BODY, text, strlen(text)) != NULL;
	bytes_free(&file);
	return found;
}

/* 3000 acts, so that pages split and cells move; every tenth of them is of the secret kind. */
static void fill(struct kit *kit, struct vault *vault)
{
	static struct act acts[3000];
	static char titles[3000][40], rests[3000][80];
	struct random random = { 9 };
	size_t i;

	for (i = 0; i < 3000; i++) {
		bool secret = i % 10 == 0;

		snprintf(titles[i], sizeof(titles[i]), "%s film %zu", secret ? "Mistress" : "Open",
			 i % 500);
		snprintf(rests[i], sizeof(rests[i]), "{\"note\":\"%s %zu\"}",
			 secret ? "clandestine" : "plain", i % 700);
		acts[i] = kit_act((int64_t)random_below(&random, 1000000) * 1000,
				  secret ? "books" : "films", titles[i]);
		acts[i].rest = kit_text(rests[i]);
		acts[i].text = kit_text(secret ? "whispered words" : "spoken words");
		acts[i].creator = kit_text(secret ? "Anonymous Lover" : "Somebody");
	}
	kit_import(kit, vault, "export.csv", acts, 3000);
}

static const char *const secrets[] = { "Mistress", "clandestine", "whispered", "Anonymous Lover" };

static void forgotten_bytes_are_gone(void **state)
{
	const struct vault_selection selection = { .kind = VAULT_SELECT_DOMAIN, .text = "books" };
	struct kit kit;
	struct vault *vault;
	struct vault_hit *hits;
	struct vault_counts counts;
	struct vault_totals totals;
	char receipt[65], again[65];
	size_t count, i;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	fill(&kit, vault);
	KIT_OK(&kit, vault_search(vault, "mistress", 10, &hits, &count, &kit.error));
	assert_int_equal(count, 10);
	free(hits);
	for (i = 0; i < 4; i++)
		assert_true(holds(&kit, vault, secrets[i]));
	KIT_OK(&kit, vault_forget(vault, &selection, 1, &counts, receipt, &kit.error));
	assert_true(counts.events > 250 && counts.events <= 300);
	for (i = 0; i < 4; i++)
		assert_false(holds(&kit, vault, secrets[i]));
	assert_true(holds(&kit, vault, "Open film"));
	assert_int_equal(vault_search(vault, "mistress", 10, &hits, &count, &kit.error), 0);
	assert_int_equal(count, 0);
	free(hits);
	/* The same import again brings nothing back, and leaves no bytes of it either. */
	fill(&kit, vault);
	KIT_OK(&kit, vault_totals(vault, &totals, &kit.error));
	assert_int_equal(totals.tombstones, counts.events);
	for (i = 0; i < 4; i++)
		assert_false(holds(&kit, vault, secrets[i]));
	KIT_OK(&kit, vault_forget(vault, &selection, 1, &counts, again, &kit.error));
	assert_int_equal(counts.events, 0);
	assert_string_not_equal(receipt, again);
	vault_close(vault);
	kit_close(&kit);
}

static void an_undone_import_leaves_no_bytes(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct vault_counts counts;
	struct vault_totals totals;
	struct act act = kit_act(1, "films", "Remains");

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	kit_import(&kit, vault, "first.csv", &act, 1);
	fill(&kit, vault);
	KIT_OK(&kit, vault_undo(vault, 2, &counts, &kit.error));
	assert_int_equal(vault_undo(vault, 2, &counts, &kit.error), TACIT_E_NOT_FOUND);
	KIT_OK(&kit, vault_totals(vault, &totals, &kit.error));
	assert_int_equal(totals.events, 1);
	assert_int_equal(totals.tombstones, 0);
	assert_false(holds(&kit, vault, "Open film"));
	assert_false(holds(&kit, vault, "export.csv"));
	assert_false(holds(&kit, vault, "note"));
	assert_true(holds(&kit, vault, "Remains"));
	assert_int_equal(kit_import(&kit, vault, "third", &act, 1), 3);
	vault_close(vault);
	kit_close(&kit);
}

static void everything_forgotten(void **state)
{
	const struct vault_selection all = { .kind = VAULT_SELECT_ALL };
	struct kit kit;
	struct vault *vault;
	struct vault_counts counts;
	struct vault_totals totals;
	struct vault_fact fact = { .key = "prefers", .value = "tea", .mark = VAULT_TOLD };

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	fill(&kit, vault);
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_fact_put(vault, &fact, NULL, &kit.error));
	KIT_OK(&kit, vault_commit(vault, &kit.error));
	KIT_OK(&kit, vault_forget(vault, &all, 1, &counts, NULL, &kit.error));
	assert_int_equal(counts.facts, 1);
	KIT_OK(&kit, vault_totals(vault, &totals, &kit.error));
	assert_int_equal(totals.events + totals.items + totals.facts + totals.sources, 0);
	assert_int_equal(totals.tombstones, counts.events + counts.facts);
	assert_false(holds(&kit, vault, "film"));
	assert_false(holds(&kit, vault, "prefers"));
	assert_false(holds(&kit, vault, "export.csv"));
	vault_close(vault);
	kit_close(&kit);
}

/* Three sources tell one act with details of their own: of those that are left the fullest are
 * shown. */
static void details_follow_the_source(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct bytes keep = BYTES_INIT;
	struct act act = kit_act(1, "films", "Alien"), back;
	struct vault_history history;
	struct vault_counts counts;
	uint32_t owner;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	act.rest = kit_text("{\"told\":\"by one and three\"}");
	act.words = kit_text("horror");
	kit_import(&kit, vault, "one", &act, 1);
	act.rest = kit_text("{\"told\":\"by two alone\"}");
	act.words = kit_text("science fiction");
	kit_import(&kit, vault, "two", &act, 1);
	act.rest = kit_text("{\"told\":\"by one and three\"}");
	act.words = kit_text("horror");
	kit_import(&kit, vault, "three", &act, 1);
	KIT_OK(&kit, vault_undo(vault, 1, &counts, &kit.error));
	assert_int_equal(counts.events, 0);
	KIT_OK(&kit, vault_history_load(vault, NULL, &history, &kit.error));
	assert_int_equal(history.event_count, 1);
	assert_int_equal(history.source[0], 2);
	assert_string_equal(history.items[0].words, "horror");
	KIT_OK(&kit, vault_event(vault, history.event[0], &back, &owner, &keep, &kit.error));
	assert_memory_equal(back.rest.data, "{\"told\":\"by one and three\"}", back.rest.size);
	vault_history_free(&history);
	KIT_OK(&kit, vault_undo(vault, 3, &counts, &kit.error));
	KIT_OK(&kit, vault_history_load(vault, NULL, &history, &kit.error));
	assert_int_equal(history.source[0], 2);
	assert_string_equal(history.items[0].words, "science fiction");
	bytes_clear(&keep);
	KIT_OK(&kit, vault_event(vault, history.event[0], &back, &owner, &keep, &kit.error));
	assert_memory_equal(back.rest.data, "{\"told\":\"by two alone\"}", back.rest.size);
	assert_false(holds(&kit, vault, "by one and three"));
	vault_history_free(&history);
	KIT_OK(&kit, vault_undo(vault, 2, &counts, &kit.error));
	assert_int_equal(counts.events, 1);
	bytes_free(&keep);
	vault_close(vault);
	kit_close(&kit);
}

struct seen {
	char text[1024];
};

static int see(void *context, uint64_t event, uint32_t source, const struct act *act)
{
	struct seen *seen = context;
	size_t used = strlen(seen->text);

	(void)event;
	(void)source;
	snprintf(seen->text + used, sizeof(seen->text) - used, "%.*s|%.*s|%.*s|%d|%d|%.*s\n",
		 (int)act->title.size, act->title.data, (int)act->words.size, act->words.data,
		 (int)act->place.size, act->place.data, act->zone, act->flags,
		 (int)act->rest.size, act->rest.data);
	return 0;
}

/* Three tellings of one act, imported in each of the six orders: the vault shows one thing. */
static void any_order_shows_the_same(void **state)
{
	static const int order[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
					 { 2, 0, 1 }, { 2, 1, 0 } };
	struct seen first = { "" };
	int i, j;

	(void)state;
	for (i = 0; i < 6; i++) {
		struct kit kit;
		struct vault *vault;
		struct vault_history history;
		struct seen seen = { "" };
		struct act act[3];

		for (j = 0; j < 3; j++)
			act[j] = kit_act(1, "films", "Alien");
		act[0].zone = 60;
		act[0].words = kit_text("horror");
		act[1].rest = kit_text("{\"a\":\"1\"}");
		act[2].rest = kit_text("{\"a\":\"2\"}");	/* as long, later in order */
		act[2].flags = ACT_NOT_CHOSEN;
		kit_open(&kit);
		vault = make(&kit);
		for (j = 0; j < 3; j++)
			kit_import(&kit, vault, "one", &act[order[i][j]], 1);
		KIT_OK(&kit, vault_walk(vault, see, &seen, &kit.error));
		KIT_OK(&kit, vault_history_load(vault, NULL, &history, &kit.error));
		assert_int_equal(history.event_count, 1);
		assert_int_equal(history.flags[0], ACT_NOT_CHOSEN);
		assert_int_equal(history.zone[0], act[2].zone);
		if (i == 0)
			first = seen;
		assert_string_equal(seen.text, first.text);
		assert_non_null(strstr(seen.text, "{\"a\":\"2\"}"));
		vault_history_free(&history);
		vault_close(vault);
		kit_close(&kit);
	}
}

static struct vault_history histories(struct kit *kit, struct vault *vault, size_t events)
{
	struct vault_history history;

	KIT_OK(kit, vault_history_load(vault, NULL, &history, &kit->error));
	assert_int_equal(history.event_count, events);
	return history;
}

/* A day and a time, a minute and a second: a history has the finer telling alone, and when that
 * goes, the coarser one. In both orders of import. */
static void a_coarser_telling_is_folded(void **state)
{
	const int64_t noon = 1600000000000 / 86400000 * 86400000 + 43200000;
	int order;

	(void)state;
	for (order = 0; order < 2; order++) {
		struct kit kit;
		struct vault *vault;
		struct vault_history history;
		struct vault_witness *witness;
		struct vault_counts counts;
		struct seen seen = { "" };
		struct act coarse[3], fine[3];
		size_t count;

		kit_open(&kit);
		vault = make(&kit);
		coarse[0] = coarse[1] = kit_act(noon, "films", "Alien");
		coarse[0].flags = coarse[1].flags = ACT_DATE_ONLY;
		coarse[1].time += 86400000 * 5;		/* a day that nobody else tells */
		fine[0] = fine[1] = kit_act(noon + 3600000 * 10 + 1, "films", "Alien");
		fine[0].duration = 5000000;
		fine[1].time -= 86400000 * 4;		/* and a time */
		coarse[2] = fine[2] = kit_act(noon + 60000 * 7, "music", "Tide");
		coarse[2].duration = fine[2].duration = 181000;
		fine[2].time += 9000;
		kit_import(&kit, vault, "one", order == 0 ? coarse : fine, 3);
		kit_import(&kit, vault, "two", order == 0 ? fine : coarse, 3);
		history = histories(&kit, vault, 4);
		assert_int_equal(history.time[0], fine[1].time);
		assert_int_equal(history.time[1], fine[2].time);
		assert_int_equal(history.time[2], fine[0].time);
		assert_int_equal(history.time[3], coarse[1].time);
		assert_int_equal(history.folded_count, 2);
		KIT_OK(&kit, vault_witnesses(vault, &history, &witness, &count, &kit.error));
		vault_history_free(&history);
		assert_int_equal(count, 2);
		assert_int_equal(witness[0].source, order == 0 ? 1 : 2);
		free(witness);
		KIT_OK(&kit, vault_walk(vault, see, &seen, &kit.error));
		for (count = 0; seen.text[0] != 0 && strchr(seen.text, '\n') != NULL; count++)
			*strchr(seen.text, '\n') = ' ';
		assert_int_equal(count, 6);		/* the vault keeps both tellings */
		KIT_OK(&kit, vault_undo(vault, order == 0 ? 2 : 1, &counts, &kit.error));
		history = histories(&kit, vault, 3);
		assert_int_equal(history.time[0], coarse[0].time);
		vault_history_free(&history);
		vault_close(vault);
		kit_close(&kit);
	}
}

/* Another thing, verb, value or length, another day, the same source: acts of their own. */
static void what_differs_is_not_folded(void **state)
{
	const int64_t noon = 1600000000000 / 86400000 * 86400000 + 43200000;
	struct kit kit;
	struct vault *vault;
	struct vault_history history;
	struct act coarse = kit_act(noon, "films", "Alien"), fine[6];
	int i;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	coarse.flags = ACT_DATE_ONLY;
	coarse.value = 4 << 20;
	for (i = 0; i < 6; i++)
		fine[i] = kit_act(noon + 1001 + i, "films", i == 0 ? "Aliens" : "Alien");
	fine[1].verb = ACT_BUY;
	fine[2].value = 3 << 20;
	fine[3].value = ACT_NONE;		/* would lose the stars */
	fine[4].time += 86400000 * 2;
	fine[4].value = fine[5].value = coarse.value;
	fine[5].time = noon + 1;
	fine[5].flags = ACT_DATE_ONLY;		/* no finer */
	kit_import(&kit, vault, "one", &coarse, 1);
	kit_import(&kit, vault, "two", fine, 6);
	history = histories(&kit, vault, 7);
	vault_history_free(&history);
	vault_close(vault);
	kit_close(&kit);
}

static void a_forgotten_act_can_be_lifted(void **state)
{
	struct kit kit;
	struct vault *vault;
	struct act act = kit_act(1, "films", "Alien");
	struct vault_selection selection = { .kind = VAULT_SELECT_SPAN, .from = INT64_MIN,
		.until = INT64_MAX };
	struct vault_counts counts;
	struct vault_source *sources;
	enum vault_put put;
	size_t count;
	uint32_t source;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	kit_import(&kit, vault, "one", &act, 1);
	KIT_OK(&kit, vault_forget(vault, &selection, 1, &counts, NULL, &kit.error));
	assert_int_equal(counts.events, 1);
	KIT_OK(&kit, vault_sources(vault, &sources, &count, &kit.error));
	assert_int_equal(sources[0].kept, 0);
	assert_string_equal(sources[0].skipped, "{\"forgotten\":1}");
	free(sources);
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	KIT_OK(&kit, vault_source_begin(vault, "two", "test", &source, &kit.error));
	assert_int_equal(kit_put(&kit, vault, source, &act), VAULT_FORGOTTEN);
	KIT_OK(&kit, vault_put(vault, source, &act, true, &put, NULL, &kit.error));
	assert_int_equal(put, VAULT_KEPT);
	assert_int_equal(kit_put(&kit, vault, source, &act), VAULT_DUPLICATE);
	KIT_OK(&kit, vault_commit(vault, &kit.error));
	vault_close(vault);
	kit_close(&kit);
}

/* ---- facts ----------------------------------------------------------------------------- */

static uint64_t tell(struct kit *kit, struct vault *vault, struct vault_fact fact)
{
	uint64_t id = 0;

	KIT_OK(kit, vault_begin(vault, &kit->error));
	KIT_OK(kit, vault_fact_put(vault, &fact, &id, &kit->error));
	KIT_OK(kit, vault_commit(vault, &kit->error));
	return id;
}

static void facts_are_one_however_often_said(void **state)
{
	struct vault_fact fact = { .key = "prefers", .value = "tea", .mark = VAULT_IMPORTED };
	struct kit kit;
	struct vault *vault;
	struct vault_fact *facts;
	struct vault_counts counts;
	struct vault_selection selection = { .kind = VAULT_SELECT_FACT };
	struct act act = kit_act(1, "films", "Alien");
	uint64_t id, coffee;
	size_t count;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	kit_import(&kit, vault, "one", &act, 1);
	kit_import(&kit, vault, "two", &act, 1);
	fact.source = 1;
	fact.confidence = 1 << 19;
	id = tell(&kit, vault, fact);
	fact.source = 2;
	assert_int_equal(tell(&kit, vault, fact), id);
	KIT_OK(&kit, vault_facts(vault, &facts, &count, &kit.error));
	assert_int_equal(count, 1);
	assert_int_equal(facts[0].source, 1);
	assert_int_equal(facts[0].confidence, 1 << 19);
	free(facts);
	/* One of the two goes: the fact stays. */
	KIT_OK(&kit, vault_undo(vault, 1, &counts, &kit.error));
	assert_int_equal(counts.facts, 0);
	KIT_OK(&kit, vault_facts(vault, &facts, &count, &kit.error));
	assert_int_equal(count, 1);
	assert_int_equal(facts[0].source, 2);
	selection.id = facts[0].id;
	free(facts);
	/* Forgotten: another import does not bring it back, the person does. */
	KIT_OK(&kit, vault_forget(vault, &selection, 1, &counts, NULL, &kit.error));
	assert_int_equal(counts.facts, 1);
	assert_false(holds(&kit, vault, "prefers"));
	assert_int_equal(tell(&kit, vault, fact), 0);
	fact.mark = VAULT_TOLD;
	fact.source = 0;
	id = tell(&kit, vault, fact);
	assert_int_not_equal(id, 0);
	/* Changing it. */
	fact.id = id;
	snprintf(fact.value, sizeof(fact.value), "coffee");
	coffee = tell(&kit, vault, fact);
	assert_int_equal(coffee, id);
	KIT_OK(&kit, vault_facts(vault, &facts, &count, &kit.error));
	assert_int_equal(count, 1);
	assert_string_equal(facts[0].value, "coffee");
	free(facts);
	fact.id = 12345;
	KIT_OK(&kit, vault_begin(vault, &kit.error));
	assert_int_equal(vault_fact_put(vault, &fact, &id, &kit.error), TACIT_E_NOT_FOUND);
	vault_rollback(vault);
	vault_close(vault);
	kit_close(&kit);
}

/* One source that says these of the person: what became of each, in `put`. */
static uint32_t say(struct kit *kit, struct vault *vault, const char *const *said, size_t count,
		    enum vault_put *put)
{
	static const uint8_t digest[32];
	uint32_t source = 0;
	size_t i;

	KIT_OK(kit, vault_begin(vault, &kit->error));
	KIT_OK(kit, vault_source_begin(vault, "topics.json", "facebook", &source, &kit->error));
	for (i = 0; i < count; i++)
		KIT_OK(kit, vault_put_said(vault, source, said[2 * i], said[2 * i + 1], &put[i],
					   &kit->error));
	KIT_OK(kit, vault_source_end(vault, source, digest, count, "{}", &kit->error));
	KIT_OK(kit, vault_commit(vault, &kit->error));
	return source;
}

static size_t count_facts(struct kit *kit, struct vault *vault)
{
	struct vault_fact *facts;
	size_t count;

	KIT_OK(kit, vault_facts(vault, &facts, &count, &kit->error));
	free(facts);
	return count;
}

/* What services believe: kept once for each service, undone with its file, forgotten for good. */
static void what_services_say(void **state)
{
	static const char *const said[] = { "facebook: interest", "Cats", "facebook: interest",
					    "Golf", "facebook: interest", "Cats" };
	static const char *const other[] = { "twitter: interest", "Cats" };
	struct vault_selection selection = { .kind = VAULT_SELECT_FACT };
	struct vault_source *rows;
	struct vault_counts counts;
	struct vault_fact *facts;
	enum vault_put put[3];
	struct vault *vault;
	uint32_t first, second;
	struct kit kit;
	size_t count;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	first = say(&kit, vault, said, 3, put);
	assert_int_equal(put[0], VAULT_KEPT);
	assert_int_equal(put[1], VAULT_KEPT);
	assert_int_equal(put[2], VAULT_DUPLICATE);
	KIT_OK(&kit, vault_sources(vault, &rows, &count, &kit.error));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].kept, 2);
	assert_int_equal(rows[0].duplicate, 1);
	free(rows);
	KIT_OK(&kit, vault_facts(vault, &facts, &count, &kit.error));
	assert_int_equal(count, 2);
	assert_string_equal(facts[0].key, "facebook: interest");
	assert_string_equal(facts[0].value, "Cats");
	assert_int_equal(facts[0].mark, VAULT_SAID);
	assert_int_equal(facts[0].source, first);
	selection.id = facts[1].id;		/* Golf */
	free(facts);
	/* The same again adds nothing; another service's word is another fact. */
	second = say(&kit, vault, said, 2, put);
	assert_int_equal(put[0], VAULT_DUPLICATE);
	assert_int_equal(put[1], VAULT_DUPLICATE);
	assert_int_equal(count_facts(&kit, vault), 2);
	say(&kit, vault, other, 1, put);
	assert_int_equal(put[0], VAULT_KEPT);
	assert_int_equal(count_facts(&kit, vault), 3);
	/* The second import still says them when the first is undone. */
	KIT_OK(&kit, vault_undo(vault, first, &counts, &kit.error));
	assert_int_equal(counts.facts, 0);
	assert_int_equal(count_facts(&kit, vault), 3);
	KIT_OK(&kit, vault_facts(vault, &facts, &count, &kit.error));
	selection.id = facts[1].id;
	assert_string_equal(facts[1].value, "Golf");
	free(facts);
	/* Forgotten, it stays out of an import of the same. */
	KIT_OK(&kit, vault_forget(vault, &selection, 1, &counts, NULL, &kit.error));
	assert_int_equal(counts.facts, 1);
	assert_false(holds(&kit, vault, "Golf"));
	say(&kit, vault, said, 2, put);
	assert_int_equal(put[0], VAULT_DUPLICATE);
	assert_int_equal(put[1], VAULT_FORGOTTEN);
	assert_int_equal(count_facts(&kit, vault), 2);
	/* All imports of it undone: it is gone, the other service's is there. */
	KIT_OK(&kit, vault_undo(vault, second, &counts, &kit.error));
	KIT_OK(&kit, vault_undo(vault, second + 2, &counts, &kit.error));
	assert_int_equal(counts.facts, 1);
	KIT_OK(&kit, vault_facts(vault, &facts, &count, &kit.error));
	assert_int_equal(count, 1);
	assert_string_equal(facts[0].key, "twitter: interest");
	free(facts);
	vault_close(vault);
	kit_close(&kit);
}

static void search_finds_words_and_facts(void **state)
{
	struct vault_fact fact = { .key = "likes", .value = "amelie and cinema",
		.mark = VAULT_TOLD };
	struct kit kit;
	struct vault *vault;
	struct vault_hit *hits;
	struct act acts[3] = {
		kit_act(1, "films", "Am\xc3\xa9lie"), kit_act(2, "films", "Alien"),
		kit_act(3, "films", "Alien"),
	};
	size_t count;

	(void)state;
	kit_open(&kit);
	vault = make(&kit);
	acts[0].creator = kit_text("Jean-Pierre Jeunet");
	acts[0].year = 2001;
	acts[1].words = kit_text("horror|space");
	kit_import(&kit, vault, "one", acts, 3);
	tell(&kit, vault, fact);
	KIT_OK(&kit, vault_search(vault, "amel", 10, &hits, &count, &kit.error));
	assert_int_equal(count, 2);
	assert_int_equal(hits[0].kind, 'f');
	assert_int_equal(hits[1].kind, 'i');
	assert_int_equal(hits[1].events, 1);
	assert_string_equal(hits[1].text, "Am\xc3\xa9lie - Jean-Pierre Jeunet (2001)");
	free(hits);
	KIT_OK(&kit, vault_search(vault, "SPACE alien\"*)", 10, &hits, &count, &kit.error));
	assert_int_equal(count, 1);
	assert_int_equal(hits[0].events, 2);
	free(hits);
	assert_int_equal(vault_search(vault, " \"*() ", 10, &hits, &count, &kit.error),
			 TACIT_E_ARGUMENT);
	/* What is added later is found too. */
	acts[0] = kit_act(9, "films", "Nosferatu");
	kit_import(&kit, vault, "two", acts, 1);
	KIT_OK(&kit, vault_search(vault, "nosferatu", 10, &hits, &count, &kit.error));
	assert_int_equal(count, 1);
	free(hits);
	vault_close(vault);
	kit_close(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgotten_bytes_are_gone),
		cmocka_unit_test(an_undone_import_leaves_no_bytes),
		cmocka_unit_test(everything_forgotten),
		cmocka_unit_test(details_follow_the_source),
		cmocka_unit_test(any_order_shows_the_same),
		cmocka_unit_test(a_coarser_telling_is_folded),
		cmocka_unit_test(what_differs_is_not_folded),
		cmocka_unit_test(a_forgotten_act_can_be_lifted),
		cmocka_unit_test(facts_are_one_however_often_said),
		cmocka_unit_test(what_services_say),
		cmocka_unit_test(search_finds_words_and_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
