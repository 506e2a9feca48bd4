/* me, tell, facts, and feedback (like, dislike, done, not-me). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define SAID_SHOWN 8

static const char *mark_name(int mark)
{
	static const char *const names[] = { "", "told", "inferred", "imported", "said" };

	return names[mark >= 1 && mark <= 4 ? mark : 0];
}

static void print_likings(const char *title, const struct tacit_liking *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		char events[32];

		printf("  %-9s ", i == 0 ? title : "");
		cmd_cell(list[i].name, 32);
		cmd_count(events, list[i].events);
		cmd_right(events, 7);
		if (list[i].lift > 0)
			printf("   %4.1f x what others take",
			       (double)list[i].lift / TACIT_ONE);
		putchar('\n');
	}
}

void cmd_print_me(const struct tacit_taste *taste, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		char events[32], items[32];

		cmd_count(events, taste[i].events);
		cmd_count(items, taste[i].items);
		printf("%s: %s %s on %s %s\n", taste[i].domain, events,
		       cmd_events(taste[i].events), items,
		       taste[i].items == 1 ? "thing" : "things");
		print_likings("guessed:", taste[i].word, taste[i].word_count);
		print_likings("by:", taste[i].creator, taste[i].creator_count);
	}
}

static void json_likings(struct json *json, const char *key, const struct tacit_liking *list,
			 size_t count)
{
	size_t i;

	json_key(json, key);
	json_array(json);
	for (i = 0; i < count; i++) {
		json_object(json);
		json_put_string(json, "name", list[i].name);
		json_put_string(json, "mark", "inferred");
		json_put_int(json, "events", (int64_t)list[i].events);
		if (list[i].lift > 0)
			json_put_int(json, "lift", list[i].lift);
		cmd_json_event(json, "evidence", list[i].evidence);
		json_object_end(json);
	}
	json_array_end(json);
}

static void json_facts(struct json *json, const struct tacit_fact *fact, size_t count)
{
	size_t i;

	json_array(json);
	for (i = 0; i < count; i++) {
		json_object(json);
		json_put_int(json, "fact", (int64_t)fact[i].id);
		json_put_string(json, "key", fact[i].key);
		json_put_string(json, "value", fact[i].value);
		json_put_string(json, "mark", mark_name(fact[i].mark));
		json_put_int(json, "confidence", fact[i].confidence);
		json_object_end(json);
	}
	json_array_end(json);
}

static void print_facts(const struct tacit_fact *fact, size_t count)
{
	size_t wide, i;

	for (i = 0; i < count; i++) {
		printf("%4llu  %-9s ", (unsigned long long)fact[i].id, mark_name(fact[i].mark));
		/* "instagram: advertiser list" is the longest key of what services say */
		wide = fact[i].mark == TACIT_SAID ? 26 : 16;
		cmd_cell(fact[i].key, wide);
		putchar(' ');
		cmd_rest(fact[i].value, cmd_columns() - 17 - wide);
		putchar('\n');
	}
}

/* Facts with that mark, or without it, `most` of them; how many there are. */
static size_t print_marked(const struct tacit_fact *fact, size_t count, bool said, size_t most,
			   const char *title)
{
	size_t i, found = 0;

	for (i = 0; i < count; i++) {
		if ((fact[i].mark == TACIT_SAID) != said)
			continue;
		if (found == 0)
			puts(title);
		if (found < most)
			print_facts(&fact[i], 1);
		found++;
	}
	return found;
}

static void print_known(const struct tacit_fact *fact, size_t count)
{
	size_t said;

	print_marked(fact, count, false, count, "what you said:");
	said = print_marked(fact, count, true, SAID_SHOWN, "what services believe of you (nothing "
			    "is inferred from it):");
	if (said > SAID_SHOWN)
		printf("      and %zu more: tacit facts\n", said - SAID_SHOWN);
}

int cmd_me(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_taste *taste;
	struct tacit_fact *fact = NULL;
	size_t count, facts, i;
	int result = cmd_open_vault(cmd);

	if (result != CMD_OK)
		return result;
	result = tacit_me(cmd->t, &taste, &count);
	if (result != 0)
		return cmd_fail(cmd, result);
	result = tacit_facts(cmd->t, &fact, &facts);
	if (result != 0) {
		free(taste);
		return cmd_fail(cmd, result);
	}
	if (cmd->json) {
		json_object(&json);
		json_key(&json, "domains");
		json_array(&json);
		for (i = 0; i < count; i++) {
			json_object(&json);
			json_put_string(&json, "domain", taste[i].domain);
			json_put_int(&json, "events", (int64_t)taste[i].events);
			json_put_int(&json, "items", (int64_t)taste[i].items);
			json_likings(&json, "words", taste[i].word, taste[i].word_count);
			json_likings(&json, "creators", taste[i].creator,
				     taste[i].creator_count);
			json_object_end(&json);
		}
		json_array_end(&json);
		json_key(&json, "facts");
		json_facts(&json, fact, facts);
		json_object_end(&json);
		result = cmd_print_json(&json);
	} else {
		cmd_print_me(taste, count);
		print_known(fact, facts);
		if (count == 0 && facts == 0)
			puts("Nothing is known about you yet. Next: tacit add FILE");
	}
	free(taste);
	free(fact);
	return result;
}

int cmd_tell(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_fact fact;
	char *text = cmd_joined(cmd, 0);
	int result;

	if (text == NULL)
		return cmd_usage(cmd, "say something: \"I love westerns\", \"no horror\", "
				 "\"my shoe size is 43\"");
	result = cmd_open_vault(cmd);
	if (result == CMD_OK) {
		result = tacit_tell(cmd->t, text, &fact);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	free(text);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		json_object(&json);
		json_put_int(&json, "fact", (int64_t)fact.id);
		json_put_string(&json, "key", fact.key);
		json_put_string(&json, "value", fact.value);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("Understood as: %s = %s. Take it back with: tacit forget fact %llu\n", fact.key,
	       fact.value, (unsigned long long)fact.id);
	return CMD_OK;
}

int cmd_facts(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_fact *fact;
	size_t count;
	int result = cmd_open_vault(cmd);

	if (result != CMD_OK)
		return result;
	result = tacit_facts(cmd->t, &fact, &count);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_facts(&json, fact, count);
		result = cmd_print_json(&json);
	} else {
		print_facts(fact, count);
		if (count == 0)
			puts("You have not said anything yet. "
			     "Next: tacit tell \"I love westerns\"");
	}
	free(fact);
	return result;
}

int cmd_feedback(struct cmd *cmd)
{
	static const struct {
		const char *name;
		int kind;
		const char *sentence;
	} kinds[] = {
		{ "like", TACIT_LIKE, "You like \"%s\".\n" },
		{ "dislike", TACIT_DISLIKE, "You dislike \"%s\".\n" },
		{ "done", TACIT_DONE, "You have had \"%s\".\n" },
		{ "not-me", TACIT_NOT_ME, "\"%s\" was not you; it counts for nothing now.\n" },
	};
	struct json json = JSON_INIT;
	char *title = cmd_joined(cmd, 0), item[256];
	size_t k = 0;
	int result;

	if (title == NULL)
		return cmd_usage(cmd, "say which title");
	while (strcmp(kinds[k].name, cmd->command->name) != 0)
		k++;
	result = cmd_open_vault(cmd);
	if (result == CMD_OK) {
		result = tacit_feedback(cmd->t, kinds[k].kind, cmd_flag(cmd, "domain"), title,
					item);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	free(title);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, cmd->command->name, item);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf(kinds[k].sentence, item);
	return CMD_OK;
}
