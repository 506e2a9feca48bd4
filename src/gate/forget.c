/* Forgetting, finding, and taking everything along. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "inside.h"

/* A title means every item of that title, whatever export called it so. */
static int select_titles(struct tacit *t, const char *title, struct vault_selection **out,
			 size_t *count)
{
	struct vault_history history;
	struct vault_selection *list;
	uint32_t found, i;
	int result = vault_history_load(t->vault, NULL, &history, &t->error);

	if (result != 0)
		return result;
	result = gate_find_item(t, &history, title, &found);
	list = calloc(history.item_count + 1, sizeof(*list));
	if (result == 0 && list == NULL)
		result = error_memory(&t->error);
	if (result == 0) {
		*count = 0;
		for (i = 0; i < history.item_count; i++) {
			if (!gate_titled(&history.items[i], title))
				continue;
			list[*count].kind = VAULT_SELECT_ITEM;
			list[(*count)++].id = history.items[i].id;
		}
		*out = list;
	} else {
		free(list);
	}
	vault_history_free(&history);
	return result;
}

static int convert(struct tacit *t, const struct tacit_selection *selection,
		   struct vault_selection **out, size_t *count)
{
	static const enum vault_selection_kind kinds[] = {
		VAULT_SELECT_EVENT, VAULT_SELECT_ITEM, VAULT_SELECT_SOURCE, VAULT_SELECT_SPAN,
		VAULT_SELECT_DOMAIN, VAULT_SELECT_FACT, VAULT_SELECT_ALL,
	};
	int result = gate_need_vault(t);

	if (result != 0)
		return result;
	if (selection->kind == TACIT_SELECT_ITEM)
		return select_titles(t, selection->text, out, count);
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return error_memory(&t->error);
	(*out)->kind = kinds[selection->kind];
	(*out)->id = selection->id;
	(*out)->from = selection->from;
	(*out)->until = selection->until;
	(*out)->text = selection->text;
	*count = 1;
	return 0;
}

int tacit_count(struct tacit *t, const struct tacit_selection *selection,
		struct tacit_counts *out)
{
	struct vault_selection *list = NULL;
	struct vault_counts counts;
	size_t count = 0;
	int result = convert(t, selection, &list, &count);

	if (result == 0)
		result = vault_select_count(t->vault, list, count, &counts, &t->error);
	if (result == 0)
		*out = (struct tacit_counts){ counts.events, counts.facts };
	free(list);
	return result;
}

static int remove_logs(struct tacit *t)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/log", t->home);
	return file_remove_folder(path, &t->error);
}

int tacit_forget(struct tacit *t, const struct tacit_selection *selection,
		 struct tacit_counts *out, char receipt[65])
{
	struct vault_selection *list = NULL;
	struct vault_counts counts;
	size_t count = 0;
	int result = convert(t, selection, &list, &count);

	/* what is held back of the logs must not be written when they are gone */
	if (result == 0 && selection->kind == TACIT_SELECT_ALL)
		gate_asks_drop(t);
	if (result == 0)
		result = vault_forget(t->vault, list, count, &counts, receipt, &t->error);
	/* the secrets of the logs are gone, so that nothing could ever be added to them */
	if (result == 0 && selection->kind == TACIT_SELECT_ALL)
		result = remove_logs(t);
	if (result == 0)
		*out = (struct tacit_counts){ counts.events, counts.facts };
	free(list);
	return result;
}

int tacit_search(struct tacit *t, const char *query, size_t limit, struct tacit_hit **out,
		 size_t *count)
{
	struct vault_hit *hit = NULL;
	struct tacit_hit *list;
	size_t n = 0, i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = vault_search(t->vault, query, limit, &hit, &n, &t->error);
	if (result != 0)
		return result;
	list = calloc(n + 1, sizeof(*list));
	for (i = 0; list != NULL && i < n; i++) {
		list[i].kind = hit[i].kind;
		list[i].id = hit[i].id;
		list[i].events = hit[i].events;
		memcpy(list[i].text, hit[i].text, sizeof(list[i].text));
	}
	free(hit);
	if (list == NULL)
		return error_memory(&t->error);
	*out = list;
	*count = n;
	return 0;
}

/* ---- export ---------------------------------------------------------------------------- */

struct exporting {
	int (*write)(void *context, const char *text, size_t size);
	void *context;
	uint64_t count;
};

static void put_text(struct json *json, const char *key, const struct act_text *text)
{
	if (text->size == 0)
		return;
	json_key(json, key);
	json_text(json, text->data, text->size);
}

/* value / 2^20 with six decimals: enough to get the same integer back */
static int64_t micro(int64_t value)
{
	return (int64_t)(((__int128)value * 1000000 + (value < 0 ? -1 : 1) * (1 << 19)) /
			 (1 << 20));
}

static void put_object(struct json *json, const struct act *act)
{
	json_key(json, "object");
	json_object(json);
	json_put_string(json, "@type", "CreativeWork");
	put_text(json, "name", &act->title);
	put_text(json, "creator", &act->creator);
	if (act->year != ACT_YEAR_UNKNOWN)
		json_put_int(json, "datePublished", act->year);
	put_text(json, "keywords", &act->words);
	put_text(json, "tacit:domain", &act->domain);
	json_object_end(json);
}

static int write_act(void *context, uint64_t event, uint32_t source, const struct act *act)
{
	struct exporting *exporting = context;
	struct json json = JSON_INIT;
	char time[32];
	int result;

	(void)event;
	(void)source;	/* numbers are no part of what is known: the same acts, the same bytes */
	clock_format_iso(act->time, time);
	json_object(&json);
	json_put_string(&json, "@type", act_schema_name(act->verb));
	json_put_string(&json, "startTime", time);
	if (act->zone != ACT_ZONE_UNKNOWN)
		json_put_int(&json, "tacit:zoneMinutes", act->zone);
	put_object(&json, act);
	if (act->value != ACT_NONE) {
		json_key(&json, "ratingValue");
		json_decimal(&json, micro(act->value), 6);
	}
	if (act->duration != ACT_NONE)
		json_put_int(&json, "tacit:milliseconds", act->duration);
	put_text(&json, "location", &act->place);
	put_text(&json, "description", &act->text);
	if ((act->flags & ACT_DATE_ONLY) != 0) {
		json_key(&json, "tacit:dateOnly");
		json_bool(&json, true);
	}
	if ((act->flags & ACT_NOT_CHOSEN) != 0) {
		json_key(&json, "tacit:notChosen");
		json_bool(&json, true);
	}
	if (act->rest.size > 0) {
		json_key(&json, "tacit:rest");
		json_raw(&json, act->rest.data, act->rest.size);
	}
	json_object_end(&json);
	result = json.failed ? TACIT_E_MEMORY : 0;
	if (result == 0 && exporting->count++ > 0)
		result = exporting->write(exporting->context, ",\n", 2);
	if (result == 0)
		result = exporting->write(exporting->context, (const char *)json.out.data,
					  json.out.size);
	bytes_free(&json.out);
	return result;
}

static int write_facts(struct tacit *t, struct exporting *exporting)
{
	static const char *const marks[] = { "", "told", "inferred", "imported", "said" };
	struct vault_fact *facts = NULL;
	size_t count = 0, i;
	int result = vault_facts(t->vault, &facts, &count, &t->error);

	for (i = 0; result == 0 && i < count; i++) {
		struct json json = JSON_INIT;

		json_object(&json);
		json_put_string(&json, "@type", "PropertyValue");
		json_put_string(&json, "name", facts[i].key);
		json_put_string(&json, "value", facts[i].value);
		if (facts[i].unit[0] != 0)
			json_put_string(&json, "unitText", facts[i].unit);
		json_put_string(&json, "tacit:mark", marks[facts[i].mark >= 1 &&
							   facts[i].mark <= 4 ? facts[i].mark : 0]);
		json_object_end(&json);
		if (exporting->count++ > 0)
			result = exporting->write(exporting->context, ",\n", 2);
		if (result == 0)
			result = exporting->write(exporting->context, (const char *)json.out.data,
						  json.out.size);
		bytes_free(&json.out);
	}
	free(facts);
	return result;
}

int tacit_export(struct tacit *t, int (*write)(void *context, const char *text, size_t size),
		 void *context)
{
	static const char head[] = "{\"@context\":[\"https://schema.org\",{\"tacit\":"
				   "\"https://tacit.example/ns#\"}],\"@graph\":[\n";
	struct exporting exporting = { write, context, 0 };
	int result = gate_need_vault(t);

	if (result == 0)
		result = write(context, head, sizeof(head) - 1);
	if (result == 0)
		result = vault_walk(t->vault, write_act, &exporting, &t->error);
	if (result == 0)
		result = write_facts(t, &exporting);
	if (result == 0)
		result = write(context, "\n]}\n", 4);
	return result;
}
