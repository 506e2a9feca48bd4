/* next, rank, why, whatif, worth. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd.h"

/* ---- JSON ------------------------------------------------------------------------------ */

static void json_cause(struct json *json, const struct tacit_cause *cause, bool without)
{
	json_object(json);
	json_put_string(json, "reason", cause->reason);
	cmd_json_event(json, "event", cause->event);
	if (cause->fact != 0)
		json_put_int(json, "fact", (int64_t)cause->fact);
	json_put_string(json, "label", cause->label);
	if (cause->events > 1)
		json_put_int(json, "events", cause->events);
	json_put_int(json, "contribution", cause->contribution);
	if (without) {
		json_put_int(json, "score_without", cause->score_without);
		json_put_int(json, "rank_without", cause->rank_without);
	}
	json_object_end(json);
}

static void json_item(struct json *json, const struct tacit_suggestion *suggestion)
{
	json_key(json, "item");
	if (suggestion->id[0] != 0)
		json_string(json, suggestion->id);
	else
		json_int(json, (int64_t)suggestion->item);
}

void cmd_json_answer(struct json *json, const struct tacit_answer *answer)
{
	size_t i, c;

	json_array(json);
	for (i = 0; i < answer->count; i++) {
		const struct tacit_suggestion *it = &answer->suggestion[i];

		json_object(json);
		json_item(json, it);
		json_put_string(json, "title", it->title);
		if (it->creator[0] != 0)
			json_put_string(json, "creator", it->creator);
		if (it->year != 0)
			json_put_int(json, "year", it->year);
		json_put_int(json, "score", it->score);
		json_key(json, "probability");
		if (it->probability >= 0)
			json_int(json, it->probability);
		else
			json_null(json);
		if (it->surprise) {
			json_key(json, "surprise");
			json_bool(json, true);
		}
		json_key(json, "because");
		json_array(json);
		for (c = 0; c < it->cause_count; c++)
			json_cause(json, &it->cause[c], false);
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}

/* ---- tables ---------------------------------------------------------------------------- */

static void print_date(int64_t ms)
{
	char date[16];

	clock_format_date(ms, date);
	fputs(date, stdout);
}

void cmd_name(const struct tacit_suggestion *it, char *out, size_t max)
{
	char year[16];

	snprintf(year, sizeof(year), "(%d)", it->year);
	if (it->year != 0 && strstr(it->title, year) == NULL)
		snprintf(out, max, "%s %s", it->title, year);
	else
		snprintf(out, max, "%s", it->title);
}

/* "Alien (1979)", "Angel - Massive Attack" */
static void print_title(const struct tacit_suggestion *it, size_t columns, bool last)
{
	char title[800];

	cmd_name(it, title, sizeof(title));
	if (it->creator[0] != 0)
		snprintf(title, sizeof(title), "%s - %s", it->title, it->creator);
	if (last)
		cmd_rest(title, columns);
	else
		cmd_cell(title, columns);
}

/* "143 times, the last on 2025-02-14" */
static void print_again(const struct tacit_suggestion *it)
{
	int64_t newest = it->cause[0].time;
	size_t c, times = 0;

	for (c = 0; c < it->cause_count; c++)
		if (strcmp(it->cause[c].reason, "again") == 0) {
			newest = it->cause[c].time > newest ? it->cause[c].time : newest;
			times++;
		}
	printf("      %zu time%s, the last on ", times, times == 1 ? "" : "s");
	print_date(newest);
	putchar('\n');
}

/* What variety took off its score, where it did. */
static void print_variety(const struct tacit_suggestion *it)
{
	char score[32];
	size_t c;

	for (c = 0; c < it->cause_count; c++)
		if (strcmp(it->cause[c].reason, "variety") == 0) {
			cmd_score(score, it->cause[c].contribution);
			printf("      %s ", score);
			cmd_rest(it->cause[c].label, cmd_columns() - 16);
			putchar('\n');
		}
}

/* "because of Alien, Heat and The Thing" in what is left of the line */
static void print_because(const struct tacit_suggestion *it, size_t causes)
{
	char text[1200] = "";
	size_t c, used = 0, shown = 0;
	bool outside = it->cause_count == 0;	/* of the catalogue that has what is popular */

	if (it->cause_count > 0 && strcmp(it->cause[0].reason, "again") == 0) {
		print_again(it);
		return;
	}
	for (c = 0; c < it->cause_count && shown < causes; c++) {
		const struct tacit_cause *cause = &it->cause[c];

		outside |= strcmp(cause->reason, "popular") == 0 && it->probability < 0 &&
			   it->id[0] == 0;
		if (strcmp(cause->reason, "popular") == 0 || cause->contribution <= 0)
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%.200s",
					 shown == 0 ? "" : "; ", cause->label);
		shown++;
	}
	if (it->surprise)
		snprintf(text, sizeof(text), "a surprise: outside what you usually take");
	else if (shown == 0 && outside)
		snprintf(text, sizeof(text), "not in the catalogue%s",
			 it->cause_count == 0 ? "" : ": by its words");
	else if (shown == 0)
		snprintf(text, sizeof(text), "many take it");
	printf("      ");
	cmd_rest(text, cmd_columns() - 7);
	putchar('\n');
}

void cmd_print_answer(const struct tacit_answer *answer, size_t causes)
{
	size_t i, title = cmd_columns() - 16;

	for (i = 0; i < answer->count; i++) {
		const struct tacit_suggestion *it = &answer->suggestion[i];
		char chance[16];

		printf("%4u  ", it->rank);
		print_title(it, title, false);
		cmd_chance(chance, it->probability);
		cmd_right(chance, 8);
		putchar('\n');
		if (causes > 0)
			print_because(it, causes);
		print_variety(it);
	}
	if (answer->dropped_count > 0)
		puts("\nLoved once, and left:");
	for (i = 0; i < answer->dropped_count; i++) {
		printf("      ");
		print_title(&answer->dropped[i], title, true);
		putchar('\n');
	}
}

static void print_heading(const struct tacit_answer *answer, bool asked, bool longer)
{
	char known[32], unmatched[32];

	cmd_count(known, answer->known);
	cmd_count(unmatched, answer->unmatched);
	printf("%s in %s%s, from %s thing%s of yours", longer ? "The next year" : "Next",
	       answer->domain, asked ? "" : ", where most of your history is", known,
	       answer->known == 1 ? "" : "s");
	if (answer->unmatched > 0)
		printf("\n(%s of what you had %s not in the catalogue)", unmatched,
		       answer->unmatched == 1 ? "is" : "are");
	puts(longer ? ".\nWhat you are likely to take at some time, not what comes next.\n" :
	     ".\nAt the right, the chance that it is the very next one you take.\n");
}

int cmd_next(struct cmd *cmd)
{
	char first[300];
	struct tacit_next_options options = TACIT_NEXT_OPTIONS_INIT;
	struct json json = JSON_INIT;
	struct tacit_answer *answer;
	int result = cmd_open_vault(cmd);

	if (result != CMD_OK)
		return result;
	options.count = (uint32_t)cmd_number(cmd, "n", 1, 100000, 10);
	options.surprise = (int32_t)(cmd_number(cmd, "surprise", 0, 100, 0) * TACIT_ONE / 100);
	options.sure = (int32_t)(cmd_number(cmd, "sure", 0, 100, 0) * TACIT_ONE / 100);
	options.variety = (int32_t)(cmd_number(cmd, "variety", 0, 100, 0) * TACIT_ONE / 100);
	options.anyway = cmd_flag(cmd, "anyway") != NULL;
	options.view = cmd_flag(cmd, "long") != NULL ? TACIT_ONE : 0;
	options.moment = cmd->given;
	options.moment_count = cmd->givens;
	result = tacit_next(cmd->t, cmd->words > 0 ? cmd->word[0] : NULL, &options, &answer);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		cmd_json_answer(&json, answer);
		tacit_answer_free(answer);
		return cmd_print_json(&json);
	}
	print_heading(answer, cmd->words > 0, options.view > 0);
	cmd_print_answer(answer, 3);
	if (answer->count > 0) {
		cmd_name(&answer->suggestion[0], first, sizeof(first));
		printf("\nWhy? tacit why %s\"%s\"\n", options.view > 0 ? "--long " : "", first);
	}
	tacit_answer_free(answer);
	return CMD_OK;
}

/* ---- rank ------------------------------------------------------------------------------ */

static int read_titles(const char *path, char ***out, size_t *count)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	size_t capacity = 0, n = 0, room = 0;
	char **titles = NULL, *line = NULL;
	ssize_t got;

	if (file == NULL)
		return -1;
	while ((got = getline(&line, &room, file)) >= 0 && n < 100000) {
		while (got > 0 && (line[got - 1] == '\n' || line[got - 1] == '\r'))
			line[--got] = 0;
		if (got == 0)
			continue;
		if (n == capacity) {
			char **grown = realloc(titles, sizeof(*titles) * (capacity * 2 + 64));

			if (grown == NULL)
				break;
			titles = grown;
			capacity = capacity * 2 + 64;
		}
		titles[n++] = line;
		line = NULL;
		room = 0;
	}
	free(line);
	if (file != stdin)
		fclose(file);
	*out = titles;
	*count = n;
	return 0;
}

int cmd_rank(struct cmd *cmd)
{
	const char *path = cmd_flag(cmd, "f");
	struct json json = JSON_INIT;
	struct tacit_answer *answer;
	char **titles = NULL;
	size_t count = 0, i;
	int result;

	if (path == NULL)
		return cmd_usage(cmd, "say which list: -f FILE, a title on each line (- reads the "
				 "standard input)");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (read_titles(path, &titles, &count) != 0) {
		fprintf(stderr, "tacit: cannot read %s\n", path);
		return CMD_FAILED;
	}
	result = tacit_rank(cmd->t, cmd->words > 0 ? cmd->word[0] : NULL,
			    (const char *const *)titles, count, &answer);
	for (i = 0; i < count; i++)
		free(titles[i]);
	free(titles);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		cmd_json_answer(&json, answer);
		tacit_answer_free(answer);
		return cmd_print_json(&json);
	}
	cmd_print_answer(answer, 2);
	if (answer->count == 0)
		puts("The list is empty: give it a title on each line.");
	tacit_answer_free(answer);
	return CMD_OK;
}

/* ---- why ------------------------------------------------------------------------------- */

static void print_cause(const struct tacit_cause *cause)
{
	char score[32], rank[24] = "-";

	cmd_score(score, cause->contribution);
	cmd_right(score, 9);
	printf("  ");
	cmd_cell(cause->label, cmd_columns() - 38);
	if (cause->event != 0) {
		printf("  ");
		print_date(cause->time);
	} else {
		printf("%12s", "");
	}
	if (cause->rank_without != 0 && (cause->event != 0 || cause->fact != 0))
		snprintf(rank, sizeof(rank), "%u", cause->rank_without);
	cmd_right(rank, 9);
	putchar('\n');
}

/* What many take is part of nearly every sum and mostly its largest part: never left out. */
static bool always_shown(const struct tacit_cause *cause)
{
	return strcmp(cause->reason, "popular") == 0;
}

void cmd_print_why(const struct tacit_answer *answer, size_t most)
{
	const struct tacit_suggestion *it = &answer->suggestion[0];
	char score[32], chance[16], name[300];
	int64_t rest = 0;
	size_t c, left = 0;

	cmd_score(score, it->score);
	cmd_chance(chance, it->probability);
	cmd_name(it, name, sizeof(name));
	printf("%s\nscore %s, rank %u", name, score, it->rank);
	if (it->probability >= 0)
		printf(", chance %s", chance);
	printf("\nThe score is exactly the sum of these; at the right, its rank without each.\n\n");
	for (c = 0; c < it->cause_count; c++) {
		if (c < most && !always_shown(&it->cause[c])) {
			print_cause(&it->cause[c]);
		} else if (!always_shown(&it->cause[c])) {
			rest += it->cause[c].contribution;
			left++;
		}
	}
	if (left > 0) {
		cmd_score(score, rest);
		cmd_right(score, 9);
		printf("  %zu more of your history (all with -n %zu)\n", left, it->cause_count);
	}
	for (c = 0; c < it->cause_count; c++)
		if (always_shown(&it->cause[c]))
			print_cause(&it->cause[c]);
}

int cmd_why(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_answer *answer;
	char *title = cmd_joined(cmd, 0);
	size_t c;
	int result;

	if (title == NULL)
		return cmd_usage(cmd, "say which title");
	result = cmd_open_vault(cmd);
	if (result == CMD_OK) {
		result = tacit_why_view(cmd->t, cmd_flag(cmd, "domain"), title,
					cmd_flag(cmd, "long") != NULL ? TACIT_ONE : 0, &answer);
		if (result != 0)
			result = cmd_fail(cmd, result);
		else if (!cmd->json)
			cmd_print_why(answer, cmd_number(cmd, "n", 1, 100000, 12));
	}
	free(title);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		const struct tacit_suggestion *it = &answer->suggestion[0];

		json_object(&json);
		json_item(&json, it);
		json_put_string(&json, "title", it->title);
		json_put_int(&json, "score", it->score);
		json_put_int(&json, "rank", it->rank);
		json_key(&json, "probability");
		if (it->probability >= 0)
			json_int(&json, it->probability);
		else
			json_null(&json);
		json_key(&json, "causes");
		json_array(&json);
		for (c = 0; c < it->cause_count; c++)
			json_cause(&json, &it->cause[c], true);
		json_array_end(&json);
		json_object_end(&json);
		result = cmd_print_json(&json);
	}
	tacit_answer_free(answer);
	return result;
}

/* ---- whatif ---------------------------------------------------------------------------- */

void cmd_print_whatif(const struct tacit_whatif *whatif)
{
	size_t i;

	printf("%s:\n\n  before  after\n", whatif->change);
	for (i = 0; i < whatif->count; i++) {
		const struct tacit_change *line = &whatif->line[i];
		char before[16] = "-", after[16] = "-";

		if (line->before != 0)
			snprintf(before, sizeof(before), "%u", line->before);
		if (line->after != 0)
			snprintf(after, sizeof(after), "%u", line->after);
		cmd_right(before, 8);
		cmd_right(after, 7);
		printf("  ");
		cmd_rest(line->title, cmd_columns() - 18);
		putchar('\n');
	}
}

int cmd_whatif(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_whatif *whatif;
	char *change = cmd_joined(cmd, 0);
	size_t i;
	int result;

	if (change == NULL)
		return cmd_usage(cmd, "say what: \"forget TITLE\", \"like TITLE\", "
				 "\"no horror\" ...");
	result = cmd_open_vault(cmd);
	if (result == CMD_OK) {
		result = tacit_whatif(cmd->t, cmd_flag(cmd, "domain"), change,
				      (uint32_t)cmd_number(cmd, "n", 1, 1000, 10), &whatif);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	free(change);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "change", whatif->change);
		json_key(&json, "list");
		json_array(&json);
		for (i = 0; i < whatif->count; i++) {
			json_object(&json);
			json_put_string(&json, "title", whatif->line[i].title);
			json_put_int(&json, "before", whatif->line[i].before);
			json_put_int(&json, "after", whatif->line[i].after);
			json_put_int(&json, "score_before", whatif->line[i].score_before);
			json_put_int(&json, "score_after", whatif->line[i].score_after);
			json_object_end(&json);
		}
		json_array_end(&json);
		json_object_end(&json);
		result = cmd_print_json(&json);
	} else {
		cmd_print_whatif(whatif);
		puts("\nNothing was changed.");
	}
	tacit_whatif_free(whatif);
	return result;
}

/* ---- worth ----------------------------------------------------------------------------- */

static void on_progress(void *context, int permille)
{
	char line[64];

	(void)context;
	snprintf(line, sizeof(line), "weighing every combination of sources: %d %%",
		 permille / 10);
	cmd_progress(line);
}

static void print_worth(const struct tacit_worth *worth, size_t count, int64_t total)
{
	size_t i;

	printf("What each source adds to the chance that the next thing you take is among the\n"
	       "first ten suggested (together %+.1f points over knowing nothing):\n\n"
	       "   points        range  events  source\n", 100.0 * (double)total / TACIT_ONE);
	for (i = 0; i < count; i++) {
		char range[40], events[32];

		printf("%+9.1f", 100.0 * (double)worth[i].shapley / TACIT_ONE);
		snprintf(range, sizeof(range), "%+.1f..%+.1f",
			 100.0 * (double)worth[i].low / TACIT_ONE,
			 100.0 * (double)worth[i].high / TACIT_ONE);
		cmd_right(range, 14);
		cmd_count(events, worth[i].events);
		cmd_right(events, 8);
		printf("  ");
		cmd_rest(worth[i].file, cmd_columns() - 35);
		putchar('\n');
	}
}

int cmd_worth(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_worth *worth;
	int64_t total;
	size_t count, i;
	int result = cmd_open_vault(cmd);

	if (result != CMD_OK)
		return result;
	result = tacit_worth(cmd->t, cmd->words > 0 ? cmd->word[0] : NULL, &worth, &count, &total,
			     on_progress, NULL);
	cmd_progress(NULL);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_array(&json);
		for (i = 0; i < count; i++) {
			json_object(&json);
			json_put_string(&json, "source", worth[i].file);
			json_put_string(&json, "kind", worth[i].kind);
			json_put_int(&json, "number", worth[i].source);
			json_put_int(&json, "shapley", worth[i].shapley);
			json_put_int(&json, "low", worth[i].low);
			json_put_int(&json, "high", worth[i].high);
			json_put_int(&json, "events", (int64_t)worth[i].events);
			json_object_end(&json);
		}
		json_array_end(&json);
		result = cmd_print_json(&json);
	} else {
		print_worth(worth, count, total);
	}
	free(worth);
	return result;
}
