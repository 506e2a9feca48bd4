/* now: what matters at this moment, or at any other. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd.h"
#include "now.h"

extern char **environ;

/* ---- times ----------------------------------------------------------------------------- */

bool cmd_take_time(const char *text, int64_t *out)
{
	int16_t zone;
	bool date_only;
	struct tm local;
	time_t seconds;

	if (!clock_parse_iso(text, strlen(text), out, &zone, &date_only))
		return false;
	if (zone != INT16_MIN)
		return true;
	/* As a clock here showed it. */
	seconds = (time_t)(*out / 1000);
	if (gmtime_r(&seconds, &local) == NULL)
		return false;
	if (date_only)
		local.tm_hour = local.tm_min = local.tm_sec = 0;
	local.tm_isdst = -1;
	*out = (int64_t)mktime(&local) * 1000;
	return true;
}

void cmd_local(char out[24], int64_t at)
{
	time_t seconds = (time_t)(at / 1000);
	struct tm local;

	if (localtime_r(&seconds, &local) == NULL ||
	    strftime(out, 24, "%Y-%m-%d %H:%M", &local) == 0)
		snprintf(out, 24, "-");
}

/* ---- showing --------------------------------------------------------------------------- */

static void put_value(char out[48], const struct tacit_reason *reason)
{
	char text[32];
	int64_t minutes = llabs(reason->value) / 60000;

	if (strcmp(reason->unit, "time") == 0) {
		cmd_local(text, reason->value);
		snprintf(out, 48, "%s", text);
	} else if (strcmp(reason->unit, "ms") == 0) {
		snprintf(out, 48, "%s%lld min %02lld s", reason->value < 0 ? "-" : "",
			 (long long)minutes, (long long)(llabs(reason->value) / 1000 % 60));
	} else if (strcmp(reason->unit, "share") == 0) {
		snprintf(out, 48, "%.1f %%", 100.0 * (double)reason->value / TACIT_ONE);
	} else if (strcmp(reason->unit, "score") == 0) {
		cmd_score(text, reason->value);
		snprintf(out, 48, "%s", text);
	} else {
		cmd_count(text, (uint64_t)(reason->value < 0 ? -reason->value : reason->value));
		snprintf(out, 48, "%s%s%s", reason->value < 0 ? "-" : "", text,
			 strcmp(reason->unit, "metres") == 0 ? " m" : "");
	}
}

/* Text from a column on, in as many lines as it needs. */
static void put_beside(const char *text, size_t column)
{
	size_t room = cmd_columns() > column + 20 ? cmd_columns() - column : 20, size;

	while (strlen(text) > room) {
		char line[128];

		for (size = room < sizeof(line) ? room : sizeof(line) - 1; size > 0 &&
		     text[size] != ' '; size--)
			;
		if (size == 0)
			break;
		snprintf(line, sizeof(line), "%.*s", (int)size, text);
		cmd_rest(line, room);
		printf("\n%*s", (int)column, "");
		text += size + 1;
	}
	cmd_rest(text, room);
}

static void print_reasons(const struct tacit_prompt *prompt)
{
	char value[48];
	size_t i;

	for (i = 0; i < prompt->reasons; i++) {
		put_value(value, &prompt->reason[i]);
		printf("      ");
		cmd_cell(prompt->reason[i].name, 18);
		cmd_right(value, 17);
		if (prompt->reason[i].words[0] != 0) {
			printf("  ");
			put_beside(prompt->reason[i].words, 43);
		}
		putchar('\n');
	}
}

static const char *const states[] = { "said", "withheld", "waits", "dropped" };

static void print_prompt(const struct tacit_prompt *prompt, bool why)
{
	char number[32], chance[16];
	size_t before;

	if (prompt->state == TACIT_PROMPT_SAID && prompt->id != 0)
		snprintf(number, sizeof(number), "%llu", (unsigned long long)prompt->id);
	else
		snprintf(number, sizeof(number), "%s", prompt->state == TACIT_PROMPT_SAID ? "-" :
			 "");
	cmd_right(number, 3);
	printf("  ");
	cmd_cell(prompt->kind, 6);
	before = 11;
	if (prompt->state != TACIT_PROMPT_SAID) {
		printf("%s: %s", states[prompt->state], prompt->because);
		before = cmd_columns();
	}
	if (before + 20 < cmd_columns() && before + strlen(prompt->words) <= cmd_columns()) {
		cmd_rest(prompt->words, cmd_columns() - before);
		putchar('\n');
	} else {
		putchar('\n');
		cmd_wrap(11, prompt->words);
	}
	if (!why)
		return;
	print_reasons(prompt);
	if (prompt->chance >= 0) {
		cmd_chance(chance, prompt->chance);
		printf("      %-18s", "chance of use");
		cmd_right(chance, 17);
		putchar('\n');
	}
}

static void json_prompt(struct json *json, const struct tacit_prompt *prompt)
{
	size_t i;

	json_object(json);
	json_put_int(json, "id", (int64_t)prompt->id);
	json_put_string(json, "kind", prompt->kind);
	json_put_string(json, "state", states[prompt->state]);
	json_put_string(json, "because", prompt->because);
	json_put_string(json, "words", prompt->words);
	json_put_int(json, "at", prompt->at);
	json_put_int(json, "from", prompt->from);
	json_put_int(json, "until", prompt->until);
	json_put_int(json, "chance", prompt->chance);
	json_put_int(json, "propensity", prompt->propensity);
	json_key(json, "critical");
	json_bool(json, prompt->critical != 0);
	json_key(json, "why");
	json_array(json);
	for (i = 0; i < prompt->reasons; i++) {
		json_object(json);
		json_put_string(json, "name", prompt->reason[i].name);
		json_put_string(json, "about", prompt->reason[i].words);
		json_put_string(json, "unit", prompt->reason[i].unit);
		json_put_int(json, "value", prompt->reason[i].value);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

/* ---- handing on ------------------------------------------------------------------------ */

/* Starts a program and gives it one line of JSON; false where it cannot be started. */
static bool run(const char *program, char *const arguments[], const char *line)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = 0;
	pid_t child;
	bool started;

	if (pipe(ends) != 0)
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	fflush(stdout);
	started = posix_spawnp(&child, program, &actions, NULL, arguments, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	close(ends[0]);
	/* A prompt is smaller than the pipe, so that this cannot wait for a reader. */
	if (started && line != NULL && write(ends[1], line, strlen(line)) < 0)
		started = errno == EPIPE;
	close(ends[1]);
	while (started && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return started && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

static int hand_on(struct cmd *cmd, const struct tacit_prompt *prompt)
{
	const char *hook = cmd_flag(cmd, "hook");
	char words[200], kind[8], *arguments[5] = { NULL };
	struct json json = JSON_INIT;
	int status = CMD_OK;

	snprintf(words, sizeof(words), "%s", prompt->words);
	snprintf(kind, sizeof(kind), "%s", prompt->kind);
	if (hook != NULL) {
		char name[4096];

		snprintf(name, sizeof(name), "%s", hook);
		arguments[0] = name;
		arguments[1] = kind;
		arguments[2] = words;
		json_prompt(&json, prompt);
		if (!run(hook, arguments, json.failed ? "{}" : (const char *)json.out.data))
			status = cmd_refuse("%.200s did not run; say a program with --hook", hook);
		bytes_free(&json.out);
	}
	if (cmd_flag(cmd, "notify") != NULL) {
		char program[] = "notify-send", app[] = "--app-name=tacit", title[] = "tacit";
		char *all[] = { program, app, title, words, NULL };

		if (!run(program, all, NULL))
			status = cmd_refuse("notify-send is not there (Debian: libnotify-bin)");
	}
	return status;
}

/* ---- the command ----------------------------------------------------------------------- */

static int nothing(struct cmd *cmd)
{
	struct tacit_now_settings settings;
	int i, result = tacit_now_settings(cmd->t, &settings), allowed = 0;

	if (result != 0)
		return cmd_fail(cmd, result);
	for (i = 0; i < TACIT_PROMPT_KINDS; i++)
		allowed += settings.kind[i].allowed != 0;
	if (settings.off)
		puts("Prompts are off. Next: tacit now on");
	else if (allowed == 0)
		puts("No kind of prompt is allowed yet. Next: tacit now on leave lunch news steps");
	else
		puts("Nothing that is worth it now.");
	return CMD_OK;
}

static int show(struct cmd *cmd, const struct tacit_prompt *list, size_t count)
{
	/* Who asks for a moment of the past wants to see all that there was. */
	bool all = cmd_flag(cmd, "all") != NULL || cmd_flag(cmd, "at") != NULL;
	bool why = cmd_flag(cmd, "why") != NULL;
	struct json json = JSON_INIT;
	size_t i, shown = 0;
	int status = CMD_OK;

	if (cmd->json)
		json_array(&json);
	for (i = 0; i < count; i++) {
		bool said = list[i].state == TACIT_PROMPT_SAID;

		if (!said && !all)
			continue;
		shown++;
		if (cmd->json)
			json_prompt(&json, &list[i]);
		else
			print_prompt(&list[i], why);
		if (said && list[i].id != 0 && hand_on(cmd, &list[i]) != CMD_OK)
			status = CMD_FAILED;
	}
	if (cmd->json) {
		json_array_end(&json);
		return cmd_print_json(&json) != CMD_OK ? CMD_FAILED : status;
	}
	if (shown == 0 && cmd_terminal())
		return nothing(cmd);
	return status;
}

int cmd_now(struct cmd *cmd)
{
	struct tacit_now_options options = TACIT_NOW_OPTIONS_INIT;
	const char *at = cmd_flag(cmd, "at");
	struct tacit_prompt *list;
	char retired[400];
	size_t count;
	int result;

	if (cmd->words > 0)
		return cmd_now_words(cmd);
	if (at != NULL && !cmd_take_time(at, &options.at))
		return cmd_usage(cmd, "times are written \"2026-11-22 08:00\"");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	options.look = cmd_flag(cmd, "look") != NULL;
	result = tacit_now(cmd->t, &options, &list, &count, retired);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (retired[0] != 0)
		fprintf(stderr, "tacit: %s\n", retired);
	result = show(cmd, list, count);
	free(list);
	return result;
}
