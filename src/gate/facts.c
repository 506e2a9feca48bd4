/* What the person says: facts, and feedback on things. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "inside.h"

static void convert(const struct vault_fact *from, struct tacit_fact *to)
{
	memset(to, 0, sizeof(*to));
	to->id = from->id;
	to->mark = from->mark;
	to->time = from->time;
	to->confidence = from->confidence;
	memcpy(to->key, from->key, sizeof(to->key));
	memcpy(to->value, from->value, sizeof(to->value));
	memcpy(to->unit, from->unit, sizeof(to->unit));
	memcpy(to->evidence, from->evidence, sizeof(to->evidence));
}

int gate_put_fact(struct tacit *t, struct vault_fact *fact)
{
	int result = vault_begin(t->vault, &t->error);

	if (result != 0)
		return result;
	result = vault_fact_put(t->vault, fact, &fact->id, &t->error);
	if (result == 0)
		result = vault_commit(t->vault, &t->error);
	if (result != 0)
		vault_rollback(t->vault);
	return result;
}

int tacit_tell(struct tacit *t, const char *text, struct tacit_fact *out)
{
	struct vault_fact fact;
	int result = gate_need_vault(t);

	if (result != 0)
		return result;
	if (strlen(text) >= sizeof(fact.value))
		return error_set(&t->error, TACIT_E_LIMIT, "that is longer than %zu bytes: say it "
				 "in shorter sentences", sizeof(fact.value) - 1);
	told_parse(text, &fact);
	if (fact.value[0] == 0)
		return error_set(&t->error, TACIT_E_ARGUMENT, "nothing was said; try: tacit tell "
				 "\"I love westerns\"");
	fact.time = clock_now();
	result = gate_put_fact(t, &fact);
	if (result == 0 && out != NULL)
		convert(&fact, out);
	return result;
}

int tacit_facts(struct tacit *t, struct tacit_fact **out, size_t *count)
{
	struct vault_fact *facts = NULL;
	struct tacit_fact *list;
	size_t n = 0, i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = vault_facts(t->vault, &facts, &n, &t->error);
	if (result != 0)
		return result;
	list = calloc(n + 1, sizeof(*list));
	for (i = 0; list != NULL && i < n; i++)
		convert(&facts[i], &list[i]);
	free(facts);
	if (list == NULL)
		return error_memory(&t->error);
	*out = list;
	*count = n;
	return 0;
}

/* ---- feedback -------------------------------------------------------------------------- */

/* The one source that stands for the person, made when first needed. */
static int own_source(struct tacit *t, uint32_t *source, uint64_t *read)
{
	struct vault_source *list = NULL;
	size_t count = 0, i;
	int result = vault_sources(t->vault, &list, &count, &t->error);

	*source = 0;
	*read = 0;
	for (i = 0; result == 0 && i < count; i++)
		if (strcmp(list[i].kind, GATE_OWN_KIND) == 0) {
			*source = list[i].id;
			*read = list[i].read;
		}
	free(list);
	if (result == 0 && *source == 0)
		result = vault_source_begin(t->vault, "your own words", GATE_OWN_KIND, source,
					    &t->error);
	return result;
}

int gate_put_own(struct tacit *t, const struct act *act)
{
	static const uint8_t no_digest[32];
	enum vault_put put;
	uint64_t event, read;
	uint32_t source;
	int result = vault_begin(t->vault, &t->error);

	if (result != 0)
		return result;
	result = own_source(t, &source, &read);
	if (result == 0)
		result = vault_put(t->vault, source, act, true, &put, &event, &t->error);
	if (result == 0)
		result = vault_source_end(t->vault, source, no_digest, read + 1, "{}", &t->error);
	if (result == 0)
		result = vault_commit(t->vault, &t->error);
	if (result != 0)
		vault_rollback(t->vault);
	return result;
}

static struct act_text text_of(const char *text)
{
	return (struct act_text){ text, (uint32_t)strlen(text) };
}

/* The catalogue's item of that title, else the history's; so that feedback meets what it means. */
static int take_for(struct tacit *t, const char *domain, const char *title, struct act *act,
		    char *item, char *creator, char *words)
{
	struct gate_person person;
	uint32_t found;
	int result = gate_person_load(t, domain, &person);

	if (result != 0)
		return result;
	if (person.pack != NULL && gate_pack_item(person.pack, title, &found)) {
		snprintf(item, 256, "%.255s", pack_title(person.pack, found));
		snprintf(creator, 256, "%.255s", pack_creator(person.pack, found));
		snprintf(words, 256, "%.255s", pack_words(person.pack, found));
		act->year = person.pack->item[found].year;
	} else {
		result = gate_find_item(t, &person.history, title, &found);
		if (result == 0) {
			const struct vault_item *it = &person.history.items[found];

			snprintf(item, 256, "%.255s", it->title);
			snprintf(creator, 256, "%.255s", it->creator);
			snprintf(words, 256, "%.255s", it->words);
			act->year = it->year;
		} else {
			error_set(&t->error, result, "neither your history nor the catalogue of %s "
				  "has \"%.200s\"; see what is with: tacit search WORD", domain,
				  title);
		}
	}
	gate_person_free(&person);
	return result;
}

static uint8_t done_verb(const char *domain)
{
	if (strcmp(domain, "music") == 0)
		return ACT_LISTEN;
	if (strcmp(domain, "books") == 0 || strcmp(domain, "news") == 0)
		return ACT_READ;
	if (strcmp(domain, "games") == 0)
		return ACT_PLAY;
	if (strcmp(domain, "shop") == 0)
		return ACT_BUY;
	return ACT_WATCH;
}

int tacit_feedback(struct tacit *t, int kind, const char *domain, const char *title,
		   char item[256])
{
	struct act act = { .value = ACT_NONE, .duration = ACT_NONE, .zone = ACT_ZONE_UNKNOWN };
	char creator[256], words[256], name[32];
	struct error first = { 0, "" };
	int result = gate_need_vault(t), further = 0;
	size_t n;

	if (result != 0)
		return result;
	for (n = 0; (further = gate_domain_try(t, domain, n, name)) > 0; n++) {
		result = take_for(t, name, title, &act, item, creator, words);
		if (n == 0)
			first = t->error;
		if (result != TACIT_E_NOT_FOUND)
			break;
	}
	if (further < 0)
		return further;
	if (result == TACIT_E_NOT_FOUND)
		t->error = first;
	if (result != 0)
		return result;
	if (kind == TACIT_NOT_ME) {
		struct vault_fact fact = { .mark = VAULT_TOLD, .confidence = FIXED_ONE,
					   .time = clock_now() };

		snprintf(fact.key, sizeof(fact.key), "not-me");
		if (act.year != ACT_YEAR_UNKNOWN)
			snprintf(fact.value, sizeof(fact.value), "%s (%d)", item, act.year);
		else
			snprintf(fact.value, sizeof(fact.value), "%s", item);
		return gate_put_fact(t, &fact);
	}
	act.time = clock_now();
	act.verb = kind == TACIT_LIKE ? ACT_LIKE : kind == TACIT_DISLIKE ? ACT_DISLIKE
								         : done_verb(name);
	act.domain = text_of(name);
	act.title = text_of(item);
	act.creator = text_of(creator);
	act.words = text_of(words);
	result = gate_put_own(t, &act);
	if (result == 0) {
		snprintf(creator, sizeof(creator), "%s", item);	/* shown with its year */
		answer_name(creator, act.year, item, 256);
	}
	return result;
}
