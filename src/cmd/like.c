/* like-this: from one thing to others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static void print_list(const struct tacit_answer *answer, const char *of)
{
	size_t i;

	printf("Like %s, by what people take after ", of);
	if (strcmp(answer->suggestion[0].cause[0].reason, "words") == 0)
		puts("things with its words\n(it is not in the catalogue).");
	else
		puts("it.");
	puts("This is about the thing, not about you: nothing of your history is in it. At the\n"
	     "right, what it adds to the score of each; \"tacit next\" is about you.\n");
	for (i = 0; i < answer->count; i++) {
		const struct tacit_suggestion *it = &answer->suggestion[i];
		char score[32], title[800];

		cmd_name(it, title, sizeof(title));
		if (it->creator[0] != 0)
			snprintf(title, sizeof(title), "%s - %s", it->title, it->creator);
		printf("%4u  ", it->rank);
		cmd_cell(title, cmd_columns() - 16);
		cmd_score(score, it->score);
		cmd_right(score, 8);
		putchar('\n');
	}
}

static int print_json(const struct tacit_answer *answer, const char *of)
{
	struct json json = JSON_INIT;

	json_object(&json);
	json_put_string(&json, "like", of);
	if (answer->count > 0)
		json_put_string(&json, "by", answer->suggestion[0].cause[0].reason);
	json_put_string(&json, "about", "the thing");
	json_put_string(&json, "domain", answer->domain);
	json_put_string(&json, "pack", answer->pack);
	json_key(&json, "items");
	cmd_json_answer(&json, answer);
	json_object_end(&json);
	return cmd_print_json(&json);
}

int cmd_like_this(struct cmd *cmd)
{
	char *title = cmd_joined(cmd, 0);
	struct tacit_answer *answer;
	const char *of;
	int result;

	if (title == NULL)
		return cmd_usage(cmd, "say which title");
	result = cmd_open_vault(cmd);
	if (result == CMD_OK) {
		result = tacit_like_this(cmd->t, cmd_flag(cmd, "domain"), title,
					 (uint32_t)cmd_number(cmd, "n", 1, 100000, 10), &answer);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	if (result != CMD_OK) {
		free(title);
		return result;
	}
	of = answer->count > 0 ? answer->suggestion[0].cause[0].label : title;
	if (cmd->json)
		result = print_json(answer, of);
	else if (answer->count > 0)
		print_list(answer, of);
	else
		printf("Nothing of the catalogue is left to be like %s.\n", of);
	tacit_answer_free(answer);
	free(title);
	return result;
}
