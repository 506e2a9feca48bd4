/* drift: when a taste moved, two dates compared, and the list as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd.h"

/* The flag's date as the first ms of that day; CMD_USAGE with a line on anything else. */
static int take_date(const struct cmd *cmd, const char *name, int64_t *out)
{
	const char *text = cmd_flag(cmd, name);
	int16_t zone;
	bool date_only;

	*out = 0;
	if (text == NULL)
		return CMD_OK;
	if (clock_parse_iso(text, strlen(text), out, &zone, &date_only) && date_only) {
		*out -= (*out % CLOCK_DAY_MS + CLOCK_DAY_MS) % CLOCK_DAY_MS;
		return CMD_OK;
	}
	return cmd_usage(cmd, "dates are written 2019-03-01");
}

static void put_share(int32_t share)
{
	char text[16];

	snprintf(text, sizeof(text), "%.0f %%", 100.0 * share / TACIT_ONE);
	cmd_right(text, 6);
}

static void print_point(const struct tacit_drift_point *point, bool compared)
{
	char date[16], before[32], after[32];
	size_t i;

	clock_format_date(point->time + compared, date);
	cmd_count(before, point->before);
	cmd_count(after, point->after);
	printf("%s  %s %s before, %s after\n", date, before, cmd_events(point->before), after);
	for (i = 0; i < point->moved_count; i++) {
		const struct tacit_moved *moved = &point->moved[i];

		printf("      ");
		cmd_cell(moved->name, 30);
		put_share(moved->before);
		printf("  -> ");
		put_share(moved->after);
		putchar('\n');
	}
	for (i = 0; i < point->event_count; i++) {
		printf("      %-12s", i == 0 ? "moved by" : "");
		cmd_rest(point->title[i], cmd_columns() - 20);
		putchar('\n');
	}
}

static int print_json(const struct tacit_drift_point *list, size_t count)
{
	struct json json = JSON_INIT;
	size_t p, i;

	json_array(&json);
	for (p = 0; p < count; p++) {
		json_object(&json);
		json_put_int(&json, "time", list[p].time);
		json_put_int(&json, "before", (int64_t)list[p].before);
		json_put_int(&json, "after", (int64_t)list[p].after);
		json_put_int(&json, "gain", list[p].gain);
		json_key(&json, "moved");
		json_array(&json);
		for (i = 0; i < list[p].moved_count; i++) {
			json_object(&json);
			json_put_string(&json, "name", list[p].moved[i].name);
			json_put_int(&json, "before", list[p].moved[i].before);
			json_put_int(&json, "after", list[p].moved[i].after);
			cmd_json_event(&json, "event", list[p].moved[i].event);
			json_object_end(&json);
		}
		json_array_end(&json);
		json_key(&json, "events");
		json_array(&json);
		for (i = 0; i < list[p].event_count; i++) {
			json_object(&json);
			cmd_json_event(&json, "event", list[p].event[i]);
			json_put_string(&json, "title", list[p].title[i]);
			json_object_end(&json);
		}
		json_array_end(&json);
		json_object_end(&json);
	}
	json_array_end(&json);
	return cmd_print_json(&json);
}

/* The list as it was at the end of a day. */
static int snapshot(struct cmd *cmd, int64_t at)
{
	struct tacit_next_options options = TACIT_NEXT_OPTIONS_INIT;
	struct json json = JSON_INIT;
	struct tacit_answer *answer;
	char date[16];
	int result;

	options.until = at + CLOCK_DAY_MS - 1;
	options.count = (uint32_t)cmd_number(cmd, "n", 1, 100000, 10);
	result = tacit_next(cmd->t, cmd->words > 0 ? cmd->word[0] : NULL, &options, &answer);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		cmd_json_answer(&json, answer);
		result = cmd_print_json(&json);
	} else {
		clock_format_date(at, date);
		printf("Next in %s as of %s, from the %llu things of yours up to then.\n\n",
		       answer->domain, date, (unsigned long long)answer->known);
		cmd_print_answer(answer, 3);
	}
	tacit_answer_free(answer);
	return result;
}

static void print_changes(const struct tacit_drift_point *list, size_t count, bool compared)
{
	char from[16], until[16];
	size_t i;

	if (count == 0) {
		puts("Your taste did not move: the order of what you took says no more than a\n"
		     "random order would.");
		return;
	}
	puts(compared ? "What you took before that day, and from it on (shares of all):\n" :
	     "When your taste moved, from what to what (shares of what you took):\n");
	for (i = 0; i < count; i++) {
		print_point(&list[i], compared);
		putchar('\n');
	}
	clock_format_date(list[0].time + compared, from);
	clock_format_date(count > 1 ? list[1].time : list[0].time + 30 * CLOCK_DAY_MS, until);
	printf("Was a stretch of it not you? tacit not-me TITLE keeps a thing and counts it for\n"
	       "nothing; tacit forget span %s %s forgets all of a time, for good.\n", from, until);
}

int cmd_drift(struct cmd *cmd)
{
	struct tacit_drift_point *list = NULL;
	int64_t at, from, until;
	size_t count;
	int result = take_date(cmd, "at", &at);

	if (result == CMD_OK)
		result = take_date(cmd, "from", &from);
	if (result == CMD_OK)
		result = take_date(cmd, "until", &until);
	if (result == CMD_OK && at != 0 && (from != 0 || until != 0))
		result = cmd_usage(cmd, "--at shows the list of a day; --from and --until compare");
	if (result == CMD_OK && until != 0 && from == 0)
		result = cmd_usage(cmd, "say from when: --from DATE --until DATE");
	if (result == CMD_OK && until != 0 && until < from)
		result = cmd_usage(cmd, "--until has to be later than --from");
	if (result == CMD_OK)
		result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (at != 0)
		return snapshot(cmd, at);
	result = tacit_drift(cmd->t, cmd->words > 0 ? cmd->word[0] : NULL,
			     from == 0 ? 0 : from - 1, until == 0 ? 0 : until + CLOCK_DAY_MS - 1,
			     &list, &count);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json)
		result = print_json(list, count);
	else
		print_changes(list, count, from != 0);
	free(list);
	return result;
}
