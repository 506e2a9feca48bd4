/* now WORD...: which kinds may speak and when, what became of a prompt, the scorecard. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "now.h"

static const char *const wordings[] = { "used", "dismissed", "creepy" };
static const int outcomes[] = { TACIT_USED, TACIT_DISMISSED, TACIT_CREEPY };

/* One or two digits; NULL where there is none. */
static const char *take_two(const char *text, int *out)
{
	int digits = 0;

	for (*out = 0; digits < 2 && *text >= '0' && *text <= '9'; digits++)
		*out = *out * 10 + (*text++ - '0');
	return digits > 0 ? text : NULL;
}

/* "08:30" or "8" to minutes of the day; *rest behind it. */
static bool take_minute(const char *text, int *out, const char **rest)
{
	int hour, minute = 0;

	text = take_two(text, &hour);
	if (text != NULL && *text == ':')
		text = take_two(text + 1, &minute);
	if (text == NULL || hour > 23 || minute > 59)
		return false;
	*rest = text;
	*out = hour * 60 + minute;
	return true;
}

static int allow(struct cmd *cmd, struct tacit_now_settings *settings, int allowed)
{
	size_t w;
	int i;

	if (cmd->words == 1)
		settings->off = !allowed;
	for (w = 1; w < cmd->words; w++) {
		for (i = 0; i < TACIT_PROMPT_KINDS; i++)
			if (strcmp(settings->kind[i].name, cmd->word[w]) == 0)
				break;
		if (i == TACIT_PROMPT_KINDS)
			return cmd_usage(cmd, "the kinds are leave, lunch, news and steps");
		settings->kind[i].allowed = allowed;
		if (allowed)
			settings->off = 0;
	}
	return CMD_OK;
}

static int batches(struct cmd *cmd, struct tacit_now_settings *settings)
{
	const char *rest;
	size_t w;

	if (cmd->words - 1 > TACIT_BATCHES)
		return cmd_usage(cmd, "at most eight times of the day");
	settings->batches = 0;
	for (w = 1; w < cmd->words; w++)
		if (!take_minute(cmd->word[w], &settings->batch[settings->batches++], &rest) ||
		    *rest != 0)
			return cmd_usage(cmd, "times of the day are written 08:00 12:00 18:00");
	return CMD_OK;
}

/* Changes one setting; CMD_OK with *known false where the word is no setting. */
static int change(struct cmd *cmd, struct tacit_now_settings *settings, bool *known)
{
	const char *word = cmd->word[0], *value = cmd->words > 1 ? cmd->word[1] : "", *rest;
	uint64_t number;

	*known = true;
	if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0)
		return allow(cmd, settings, word[1] == 'n');
	if (strcmp(word, "at") == 0)
		return batches(cmd, settings);
	if (strcmp(word, "quiet") == 0) {
		if (strcmp(value, "never") == 0) {
			settings->quiet_until = settings->quiet_from;
			return CMD_OK;
		}
		if (!take_minute(value, &settings->quiet_from, &rest) || *rest != '-' ||
		    !take_minute(rest + 1, &settings->quiet_until, &rest) || *rest != 0)
			return cmd_usage(cmd, "quiet hours are written 22:00-07:00, or never");
		settings->quiet_leave = cmd->words > 2 && strcmp(cmd->word[2], "leave") == 0;
		return CMD_OK;
	}
	if (strcmp(word, "cap") == 0) {
		if (!cmd_whole(value, 24, &number))
			return cmd_usage(cmd, "say how many prompts a day, 0 to 24");
		settings->cap = (uint32_t)number;
		settings->kept = number > 0;
		return CMD_OK;
	}
	if (strcmp(word, "holdout") == 0) {
		if (!cmd_whole(value, 50, &number))
			return cmd_usage(cmd, "say how many of a hundred are withheld, 0 to 50");
		settings->holdout = (int32_t)(number * TACIT_ONE / 100);
		return CMD_OK;
	}
	*known = false;
	return CMD_OK;
}

static void print_minutes(int from)
{
	printf("%02d:%02d", from / 60, from % 60);
}

static int print_settings(struct cmd *cmd)
{
	struct tacit_now_settings s;
	struct json json = JSON_INIT;
	uint32_t i;
	int result = tacit_now_settings(cmd->t, &s);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_key(&json, "off");
		json_bool(&json, s.off != 0);
		json_key(&json, "allowed");
		json_array(&json);
		for (i = 0; i < TACIT_PROMPT_KINDS; i++)
			if (s.kind[i].allowed)
				json_string(&json, s.kind[i].name);
		json_array_end(&json);
		json_put_int(&json, "cap", s.cap);
		json_key(&json, "at");
		json_array(&json);
		for (i = 0; i < s.batches; i++)
			json_int(&json, s.batch[i]);
		json_array_end(&json);
		json_put_int(&json, "quiet_from", s.quiet_from);
		json_put_int(&json, "quiet_until", s.quiet_until);
		json_put_int(&json, "holdout", s.holdout);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("Allowed  ");
	for (i = 0, result = 0; i < TACIT_PROMPT_KINDS; i++)
		if (s.kind[i].allowed)
			printf("%s%s", result++ > 0 ? ", " : "", s.kind[i].name);
	printf("%s%s\nA day    at most %u%s\nAt       ", result == 0 ? "nothing" : "",
	       s.off ? " (prompts are off)" : "", s.cap, s.kept > 0 ?
	       ", the last for leave alone" : "");
	for (i = 0; i < s.batches; i++) {
		print_minutes(s.batch[i]);
		printf(i + 1 < s.batches ? ", " : "");
	}
	if (s.batches > 0)
		printf(", for %d minutes; leave at any time\nQuiet    ", s.window);
	else
		printf("no time of the day; leave at any\nQuiet    ");
	if (s.quiet_from == s.quiet_until) {
		printf("never");
	} else {
		print_minutes(s.quiet_from);
		putchar('-');
		print_minutes(s.quiet_until);
		printf(s.quiet_leave ? " but for leave" : "");
	}
	printf("\nWithheld %g of 100, at random, so that the effect is known\n",
	       100.0 * s.holdout / TACIT_ONE);
	return CMD_OK;
}

static int print_card(struct cmd *cmd)
{
	struct tacit_scorecard card[TACIT_PROMPT_KINDS];
	struct json json = JSON_INIT;
	int i, result = tacit_now_scorecard(cmd->t, card);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json)
		json_array(&json);
	else
		printf("The last 28 days. Effect: on what the prompt wanted, in points of 100.\n\n"
		       "kind    said withheld used dismissed creepy   early      effect\n");
	for (i = 0; i < TACIT_PROMPT_KINDS; i++) {
		const struct tacit_scorecard *c = &card[i];

		if (cmd->json) {
			json_object(&json);
			json_put_string(&json, "kind", c->kind);
			json_key(&json, "allowed");
			json_bool(&json, c->allowed != 0);
			json_put_int(&json, "said", c->said);
			json_put_int(&json, "withheld", c->withheld);
			json_put_int(&json, "used", c->used);
			json_put_int(&json, "dismissed", c->dismissed);
			json_put_int(&json, "creepy", c->creepy);
			json_key(&json, "minutes");
			if (c->minutes_known)
				json_int(&json, c->minutes);
			else
				json_null(&json);
			json_key(&json, "effect");
			json_array(&json);
			if (c->effect_known) {
				json_int(&json, c->low);
				json_int(&json, c->effect);
				json_int(&json, c->high);
			}
			json_array_end(&json);
			json_object_end(&json);
			continue;
		}
		printf("%-6s%6u%9u%5u%10u%7u", c->kind, c->said, c->withheld, c->used,
		       c->dismissed, c->creepy);
		if (c->minutes_known)
			printf("%5d min", c->minutes);
		else
			printf("        -");
		if (c->effect_known)
			printf("  %+.0f (%+.0f to %+.0f)", 100.0 * c->effect / TACIT_ONE,
			       100.0 * c->low / TACIT_ONE, 100.0 * c->high / TACIT_ONE);
		else
			printf("  not known");
		puts(c->allowed ? "" : "  off");
	}
	if (!cmd->json)
		return CMD_OK;
	json_array_end(&json);
	return cmd_print_json(&json);
}

/* try SENTENCE: a rule about news on what the feeds brought last, before it is told. */
static int try_rule(struct cmd *cmd)
{
	char *sentence = cmd_joined(cmd, 1);
	struct tacit_rule_test test;
	struct json json = JSON_INIT;
	int result;

	if (sentence == NULL)
		return cmd_usage(cmd, "say a rule: no politics, more about chess, always FEED");
	result = tacit_now_try(cmd->t, sentence, &test);
	if (result != 0) {
		free(sentence);
		return cmd_fail(cmd, result);
	}
	if (cmd->json) {
		json_object(&json);
		json_put_int(&json, "items", test.items);
		json_put_int(&json, "removed", test.removed);
		json_put_int(&json, "removed_read", test.removed_read);
		json_put_int(&json, "raised", test.raised);
		json_put_int(&json, "raised_read", test.raised_read);
		json_object_end(&json);
		free(sentence);
		return cmd_print_json(&json);
	}
	if (test.items == 0) {
		puts("No feed has brought anything yet. Next: tacit fetch");
		free(sentence);
		return CMD_OK;
	}
	printf("Of the last %u items it would have taken out %u (you read %u of these) and\n"
	       "raised %u (you read %u). Next: tacit tell \"%s\"\n", test.items, test.removed,
	       test.removed_read, test.raised, test.raised_read, sentence);
	free(sentence);
	return CMD_OK;
}

int cmd_now_words(struct cmd *cmd)
{
	struct tacit_now_settings settings;
	uint64_t number = 0;
	bool known;
	int i, result = cmd_open_vault(cmd);

	if (result != CMD_OK)
		return result;
	if (strcmp(cmd->word[0], "card") == 0 && cmd->words == 1)
		return print_card(cmd);
	if (strcmp(cmd->word[0], "settings") == 0 && cmd->words == 1)
		return print_settings(cmd);
	if (strcmp(cmd->word[0], "try") == 0)
		return try_rule(cmd);
	for (i = 0; i < 3; i++)
		if (strcmp(cmd->word[0], wordings[i]) == 0) {
			if (cmd->words != 2 || !cmd_whole(cmd->word[1], UINT32_MAX, &number))
				return cmd_usage(cmd, "say the number of the prompt");
			result = tacit_now_outcome(cmd->t, number, outcomes[i]);
			return result == 0 ? CMD_OK : cmd_fail(cmd, result);
		}
	result = tacit_now_settings(cmd->t, &settings);
	if (result != 0)
		return cmd_fail(cmd, result);
	result = change(cmd, &settings, &known);
	if (result != CMD_OK)
		return result;
	if (!known)
		return cmd_usage(cmd, "after now come on, off, at, quiet, cap, holdout, settings, "
				 "card, try, used, dismissed or creepy");
	result = tacit_now_set(cmd->t, &settings);
	return result != 0 ? cmd_fail(cmd, result) : print_settings(cmd);
}
