/*
 * The promise of undo and forget, tried with random sequences: a vault that took imports, undid
 * some and forgot parts holds exactly what a fresh vault holds that was only given what is left.
 */
#include "vault_kit.h"

#define ITEMS 16
#define SOURCES 64
#define ACTS 16
#define STEPS 30

/* An act by the numbers that it is made of: who, and the identity (the first four). */
struct made {
	int item, time, verb, value;
	int detail;
};

struct imported {
	uint32_t id;
	bool live;
	size_t count;
	struct made acts[ACTS];
};

struct model {
	struct imported sources[SOURCES];
	size_t count;
	struct made forgotten[SOURCES * ACTS];
	size_t forgotten_count;
};

static char titles[ITEMS][32];

/* Titles whose acts at one moment fight for the same number: that the chains behind a taken number
 * are closed again when it becomes free is the hard part. */
static void make_titles(struct vault *vault)
{
	static char name[40000][16];
	static uint64_t hash[40000];
	size_t i, k, found = 0;

	for (i = 0; i < 40000; i++) {
		struct act act;
		struct digest digest;
		uint64_t place;

		snprintf(name[i], sizeof(name[i]), "Title %zu", i);
		act = kit_act(1000000, "films", name[i]);
		vault_item_digest(vault, &act, &digest, &place);
		hash[i] = vault_event_hash(place, &act) & VAULT_EVENT_MASK;
	}
	for (i = 0; i < 40000 && found < ITEMS / 2; i++)
		for (k = 0; k < i && found < ITEMS / 2; k++)
			if (hash[i] == hash[k]) {
				memcpy(titles[found++], name[i], sizeof(name[i]));
				memcpy(titles[found++], name[k], sizeof(name[k]));
			}
	assert_true(found >= ITEMS / 2);
	for (; found < ITEMS; found++)
		snprintf(titles[found], sizeof(titles[found]), "Other %zu", found);
}

/* The contested titles are films, all of them: the domain is part of the hash. */
static const char *domain_of(const struct made *made)
{
	return made->item >= ITEMS / 2 && made->item % 3 == 0 ? "series" : "films";
}

static struct act act_of(const struct made *made)
{
	static const char *const words[] = { "", "drama", "comedy|crime and mystery", "opera" };
	static const char *const rests[] = { "", "{\"a\":1}", "{\"device\":\"a television\"}",
		"{\"device\":\"a telephone\"}" };
	static const char *const texts[] = { "", "Season 1: Episode 2", "short" };
	struct act act = kit_act(1000000 + made->time, domain_of(made),
				 titles[made->item]);

	act.verb = (uint8_t)(made->verb + 1);
	act.value = made->value == 0 ? ACT_NONE : (int64_t)made->value << 20;
	act.words = kit_text(words[made->detail % 4]);
	act.rest = kit_text(rests[made->detail / 4 % 4]);
	act.text = kit_text(texts[made->detail / 16 % 3]);
	act.place = kit_text(made->detail % 5 == 0 ? "Somewhere in the town" : "");
	act.zone = made->detail % 2 == 0 ? ACT_ZONE_UNKNOWN : 60;
	act.flags = made->detail % 7 == 0 ? ACT_NOT_CHOSEN : 0;
	return act;
}

static bool same_identity(const struct made *a, const struct made *b)
{
	return a->item == b->item && a->time == b->time && a->verb == b->verb &&
		a->value == b->value;
}

static bool is_forgotten(const struct model *model, const struct made *made)
{
	size_t i;

	for (i = 0; i < model->forgotten_count; i++)
		if (same_identity(&model->forgotten[i], made))
			return true;
	return false;
}

/* Identities within a source differ; `seed` decides the rest. */
static void draw_source(struct random *random, struct imported *source)
{
	size_t i, k;

	source->count = 1 + random_below(random, ACTS - 1);
	for (i = 0; i < source->count; i++) {
		struct made *made = &source->acts[i];

		do {
			made->item = (int)random_below(random, ITEMS);
			made->time = (int)random_below(random, 4) / 3;
			made->verb = (int)random_below(random, 6) == 0;
			made->value = (int)random_below(random, 6) == 0;
			made->detail = 5 + 13 * (int)random_below(random, 3);
			for (k = 0; k < i; k++)
				if (same_identity(&source->acts[k], made))
					break;
		} while (k < i);
	}
}

static uint32_t put_source(struct kit *kit, struct vault *vault, const struct model *model,
			   const struct imported *source)
{
	uint32_t id;
	size_t i;

	KIT_OK(kit, vault_begin(vault, &kit->error));
	KIT_OK(kit, vault_source_begin(vault, "file", "kind", &id, &kit->error));
	for (i = 0; i < source->count; i++) {
		bool forgotten = is_forgotten(model, &source->acts[i]);
		struct act act = act_of(&source->acts[i]);

		assert_int_equal(kit_put(kit, vault, id, &act) == VAULT_FORGOTTEN, forgotten);
	}
	KIT_OK(kit, vault_commit(vault, &kit->error));
	return id;
}

/* ---- the same content? ----------------------------------------------------------------- */

struct seen {
	struct bytes all;
	uint64_t events;
};

static void see_text(struct bytes *out, struct act_text text)
{
	bytes_append_u32(out, text.size);
	bytes_append(out, text.data, text.size);
}

static int see(void *context, uint64_t event, uint32_t source, const struct act *act)
{
	struct seen *seen = context;

	(void)event;
	(void)source;
	bytes_append_u64(&seen->all, (uint64_t)act->time);
	bytes_append_u64(&seen->all, (uint64_t)act->value);
	bytes_append_u64(&seen->all, (uint64_t)act->duration);
	bytes_append_u32(&seen->all, (uint32_t)act->zone);
	bytes_append_u32(&seen->all, (uint32_t)act->year);
	bytes_append_byte(&seen->all, act->verb);
	bytes_append_byte(&seen->all, act->flags);
	see_text(&seen->all, act->domain);
	see_text(&seen->all, act->title);
	see_text(&seen->all, act->creator);
	see_text(&seen->all, act->words);
	see_text(&seen->all, act->place);
	see_text(&seen->all, act->text);
	see_text(&seen->all, act->rest);
	seen->events++;
	return 0;
}

static void compare_walks(struct kit *kit, struct vault *a, struct vault *b)
{
	struct seen left = { BYTES_INIT, 0 }, right = { BYTES_INIT, 0 };

	KIT_OK(kit, vault_walk(a, see, &left, &kit->error));
	KIT_OK(kit, vault_walk(b, see, &right, &kit->error));
	assert_int_equal(left.events, right.events);
	assert_int_equal(left.all.size, right.all.size);
	if (left.all.size > 0)
		assert_memory_equal(left.all.data, right.all.data, left.all.size);
	bytes_free(&left.all);
	bytes_free(&right.all);
}

static void compare_histories(struct kit *kit, struct vault *a, struct vault *b,
			      const char *domain)
{
	struct vault_history x, y;
	size_t i;

	KIT_OK(kit, vault_history_load(a, domain, &x, &kit->error));
	KIT_OK(kit, vault_history_load(b, domain, &y, &kit->error));
	assert_int_equal(x.item_count, y.item_count);
	assert_int_equal(x.event_count, y.event_count);
	for (i = 0; i < x.item_count; i++) {
		assert_string_equal(x.items[i].title, y.items[i].title);
		assert_string_equal(x.items[i].domain, y.items[i].domain);
		assert_string_equal(x.items[i].words, y.items[i].words);
	}
	for (i = 0; i < x.event_count; i++) {
		assert_int_equal(x.time[i], y.time[i]);
		assert_int_equal(x.item[i], y.item[i]);
		assert_int_equal(x.value[i], y.value[i]);
		assert_int_equal(x.duration[i], y.duration[i]);
		assert_int_equal(x.zone[i], y.zone[i]);
		assert_int_equal(x.verb[i], y.verb[i]);
		assert_int_equal(x.flags[i], y.flags[i]);
	}
	vault_history_free(&x);
	vault_history_free(&y);
}

/* Each source that is left has the counts that it would have. */
static void compare_sources(struct kit *kit, struct vault *a, struct vault *b)
{
	struct vault_source *x, *y;
	size_t n, m, i;

	KIT_OK(kit, vault_sources(a, &x, &n, &kit->error));
	KIT_OK(kit, vault_sources(b, &y, &m, &kit->error));
	assert_int_equal(n, m);
	for (i = 0; i < n; i++) {
		assert_int_equal(x[i].kept, y[i].kept);
		assert_int_equal(x[i].duplicate, y[i].duplicate);
	}
	free(x);
	free(y);
}

/* Every act that is there is found again: behind no gap, under no other number. */
static void find_all(struct kit *kit, struct vault *vault, const struct model *model)
{
	uint32_t source;
	size_t i, k;

	KIT_OK(kit, vault_begin(vault, &kit->error));
	KIT_OK(kit, vault_source_begin(vault, "again", "kind", &source, &kit->error));
	for (i = 0; i < model->count; i++)
		for (k = 0; k < model->sources[i].count && model->sources[i].live; k++) {
			const struct made *made = &model->sources[i].acts[k];
			struct act act = act_of(made);

			assert_int_equal(kit_put(kit, vault, source, &act),
					 is_forgotten(model, made) ? VAULT_FORGOTTEN :
					 VAULT_DUPLICATE);
		}
	vault_rollback(vault);
}

static void check(struct kit *kit, struct vault *vault, const struct model *model)
{
	static const struct model nothing;
	struct vault_totals totals, expected;
	struct vault *fresh;
	char dir[KIT_PATH];
	size_t i;

	find_all(kit, vault, model);
	kit_path(kit, "fresh", dir);
	KIT_OK(kit, vault_create(dir, &kit->secret, NULL, &fresh, &kit->error));
	for (i = 0; i < model->count; i++) {
		struct imported left = { .count = 0 };
		size_t k;

		if (!model->sources[i].live)
			continue;
		for (k = 0; k < model->sources[i].count; k++)
			if (!is_forgotten(model, &model->sources[i].acts[k]))
				left.acts[left.count++] = model->sources[i].acts[k];
		put_source(kit, fresh, &nothing, &left);
	}
	compare_walks(kit, vault, fresh);
	compare_histories(kit, vault, fresh, NULL);
	compare_histories(kit, vault, fresh, "series");
	compare_sources(kit, vault, fresh);
	KIT_OK(kit, vault_totals(vault, &totals, &kit->error));
	KIT_OK(kit, vault_totals(fresh, &expected, &kit->error));
	assert_int_equal(totals.events, expected.events);
	assert_int_equal(totals.items, expected.items);
	assert_int_equal(totals.sources, expected.sources);
	vault_close(fresh);
	nftw(dir, kit_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the steps ------------------------------------------------------------------------- */

static void forget_identity(struct model *model, const struct made *made)
{
	if (!is_forgotten(model, made))
		model->forgotten[model->forgotten_count++] = *made;
}

static bool matches(const struct model *model, const struct made *made,
		    const struct vault_selection *selection, const char *title, size_t index)
{
	size_t i, k;

	switch (selection->kind) {
	case VAULT_SELECT_ITEM:
		return strcmp(titles[made->item], title) == 0;
	case VAULT_SELECT_SPAN:
		return 1000000 + made->time >= selection->from &&
			1000000 + made->time < selection->until;
	case VAULT_SELECT_DOMAIN:
		return strcmp(domain_of(made), selection->text) == 0;
	case VAULT_SELECT_SOURCE:
		for (i = 0; i < model->count; i++)
			for (k = 0; k < model->sources[i].count; k++)
				if (i != index && model->sources[i].live &&
				    same_identity(&model->sources[i].acts[k], made))
					return false;
		for (k = 0; k < model->sources[index].count; k++)
			if (same_identity(&model->sources[index].acts[k], made))
				return true;
		return false;
	default:
		return true;
	}
}

static void step_forget(struct kit *kit, struct vault *vault, struct model *model,
			struct random *random, size_t index)
{
	static const enum vault_selection_kind kinds[] = { VAULT_SELECT_ITEM, VAULT_SELECT_ITEM,
		VAULT_SELECT_ITEM, VAULT_SELECT_SPAN, VAULT_SELECT_SOURCE, VAULT_SELECT_EVENT };
	struct vault_selection selection = { .kind = kinds[random_below(random, 6)] };
	struct vault_counts counts, before;
	struct vault_history history;
	char receipt[65], title[64] = "";
	struct made one = { 0 };
	size_t i, k, at;

	KIT_OK(kit, vault_history_load(vault, NULL, &history, &kit->error));
	if (history.event_count == 0) {
		vault_history_free(&history);
		return;
	}
	at = random_below(random, (uint32_t)history.event_count);
	snprintf(title, sizeof(title), "%.60s", history.items[history.item[at]].title);
	selection.id = history.items[history.item[at]].id;
	if (selection.kind == VAULT_SELECT_SOURCE)
		selection.id = model->sources[index].id;
	if (selection.kind == VAULT_SELECT_SPAN) {
		selection.from = history.time[at];
		selection.until = history.time[at] + 1;
	}
	if (selection.kind == VAULT_SELECT_EVENT) {
		selection.id = history.event[at];
		for (one.item = 0; strcmp(titles[one.item], title) != 0; one.item++)
			;
		one.time = (int)(history.time[at] - 1000000);
		one.verb = history.verb[at] - 1;
		one.value = history.value[at] != ACT_NONE;
	}
	vault_history_free(&history);
	KIT_OK(kit, vault_select_count(vault, &selection, 1, &before, &kit->error));
	KIT_OK(kit, vault_forget(vault, &selection, 1, &counts, receipt, &kit->error));
	assert_int_equal(counts.events, before.events);
	assert_int_equal(strlen(receipt), 64);
	if (selection.kind == VAULT_SELECT_EVENT)
		forget_identity(model, &one);
	for (i = 0; i < model->count && selection.kind != VAULT_SELECT_EVENT; i++)
		for (k = 0; k < model->sources[i].count; k++)
			if (model->sources[i].live && matches(model, &model->sources[i].acts[k],
							      &selection, title, index))
				forget_identity(model, &model->sources[i].acts[k]);
	if (selection.kind == VAULT_SELECT_SOURCE)
		model->sources[index].live = false;
}

static void run(struct kit *kit, uint64_t seed)
{
	struct model *model = calloc(1, sizeof(*model));
	struct random random = { seed };
	struct vault_counts counts;
	struct vault *vault;
	int step;

	print_message("seed %llu\n", (unsigned long long)seed);
	assert_non_null(model);
	KIT_OK(kit, vault_create(kit->dir, &kit->secret, NULL, &vault, &kit->error));
	make_titles(vault);
	for (step = 0; step < STEPS; step++) {
		uint32_t what = random_below(&random, 10);
		size_t index = model->count == 0 ? 0 :
			random_below(&random, (uint32_t)model->count);

		if (model->count == 0 || what < 5) {
			draw_source(&random, &model->sources[model->count]);
			model->sources[model->count].live = true;
			model->count++;
			model->sources[model->count - 1].id =
				put_source(kit, vault, model, &model->sources[model->count - 1]);
		} else if (!model->sources[index].live) {
			continue;
		} else if (what < 7) {
			KIT_OK(kit, vault_undo(vault, model->sources[index].id, &counts,
					       &kit->error));
			model->sources[index].live = false;
		} else if (what < 9) {
			step_forget(kit, vault, model, &random, index);
		} else {
			vault_close(vault);
			KIT_OK(kit, vault_open(kit->dir, &kit->secret, &vault, &kit->error));
		}
		if (step % 3 == 0)
			check(kit, vault, model);
	}
	check(kit, vault, model);
	vault_close(vault);
	free(model);
	nftw(kit->dir, kit_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void undo_and_forget_are_exact(void **state)
{
	struct kit kit;
	uint64_t seed;

	(void)state;
	kit_open(&kit);
	for (seed = 1; seed <= 8; seed++)
		run(&kit, seed);
	kit_close(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undo_and_forget_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
