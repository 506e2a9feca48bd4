/* eval --bandit: what other ways to choose would have earned, by off-policy replay of a log. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define NORMAL 1.96		/* standard errors to either side hold 95 in 100 */
#define CELL 19

static void json_rate(struct json *json, const char *key, double value)
{
	json_key(json, key);
	json_decimal(json, (int64_t)llround(value * 1e8), 8);
}

static int print_json(const struct tacit_bandit *it, size_t count)
{
	struct json json = JSON_INIT;
	size_t i;

	json_object(&json);
	json_key(&json, "policies");
	json_array(&json);
	for (i = 0; i < count; i++) {
		json_object(&json);
		json_put_string(&json, "policy", it[i].policy);
		json_put_int(&json, "rows", (int64_t)it[i].rows);
		json_rate(&json, "ips", it[i].ips);
		json_rate(&json, "ips_error", it[i].ips_error);
		json_rate(&json, "snips", it[i].snips);
		json_rate(&json, "snips_error", it[i].snips_error);
		json_rate(&json, "dr", it[i].dr);
		json_rate(&json, "dr_error", it[i].dr_error);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	return cmd_print_json(&json);
}

/* A rate per 1,000: "5.2", "112". */
static void per_thousand(char out[32], double rate)
{
	snprintf(out, 32, "%.*f", fabs(rate) < 0.09995 ? 1 : 0, 1000.0 * rate);
}

/* "5.2 [3.2, 7.2]"; what is true lies between 0 and 1, whatever the error. */
static void print_cell(double value, double error, bool last)
{
	char rate[32], low[32], high[32], text[128];

	per_thousand(rate, value);
	per_thousand(low, fmin(1.0, fmax(0.0, value - NORMAL * error)));
	per_thousand(high, fmax(0.0, fmin(1.0, value + NORMAL * error)));
	snprintf(text, sizeof(text), "%s [%s, %s]", rate, low, high);
	printf("%-*s%s", last ? 0 : CELL, text, last ? "\n" : "");
}

static void print_table(const struct tacit_bandit *it, size_t count)
{
	char rows[32];
	size_t i;

	printf("\nclicks in 1,000 displays [95 in 100], on the later half of the log\n\n");
	printf("policy          rows  %-*s%-*s%s\n", CELL, "IPS", CELL, "SNIPS", "DR");
	for (i = 0; i < count; i++) {
		cmd_count(rows, it[i].rows);
		printf("%-10s%10s  ", it[i].policy, rows);
		if (strcmp(it[i].policy, "log") == 0 || strcmp(it[i].policy, "target") == 0) {
			print_cell(it[i].ips, it[i].ips_error, true);
			continue;
		}
		print_cell(it[i].ips, it[i].ips_error, false);
		print_cell(it[i].snips, it[i].snips_error, false);
		print_cell(it[i].dr, it[i].dr_error, true);
	}
}

int cmd_bandit(struct cmd *cmd, const char *log)
{
	const char *target = cmd_flag(cmd, "target");
	struct tacit_bandit *it;
	size_t count, i;
	int result = tacit_eval_bandit(cmd->t, log, target, &it, &count);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		result = print_json(it, count);
		free(it);
		return result;
	}
	print_table(it, count);
	for (i = 0; i < count; i++)
		if (strcmp(it[i].policy, "log") == 0)
			printf("\nThe later half has %.0f clicks. rows: those that the policy "
			       "could have shown.\n", it[i].ips * (double)it[i].rows);
	puts(target == NULL ?
	     "log is the click rate as it was; the others are estimated from it." :
	     "log and target (the whole of it) are click rates as they were; the others are\n"
	     "estimated from the log, as target with the items that the target showed.");
	free(it);
	return CMD_OK;
}
