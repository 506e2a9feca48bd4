/* comfort: what each notch of the dial is worth to the person, and setting it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define BAR 21			/* columns of the plot */

static void show_progress(void *context, int permille)
{
	char line[80];

	(void)context;
	snprintf(line, sizeof(line), "trying each notch on your own history: %d %%",
		 permille / 10);
	cmd_progress(line);
}

/* ---- the frontier ----------------------------------------------------------------------- */

static void row_name(const struct tacit_comfort *row, char out[32])
{
	char epsilon[32];

	cmd_decimal(epsilon, row->epsilon);
	if (row->notch == TACIT_SUBSET)
		snprintf(out, 32, "subset %.16s", epsilon);
	else
		snprintf(out, 32, "%s", tacit_notch_name(row->notch));
}

static int percent(int64_t share)
{
	return (int)((100 * share + TACIT_ONE / 2) >> 20);
}

/* "####==---": to the low end, to what was measured, to the high end. */
static void print_bar(const struct tacit_comfort *row, int64_t whole)
{
	char bar[BAR + 1];
	int64_t i;

	for (i = 0; i < BAR; i++) {
		int64_t at = (2 * i + 1) * whole / (2 * BAR);

		bar[i] = at < row->hit_low ? '#' : at < row->hit ? '=' :
			at < row->hit_high ? '-' : ' ';
	}
	bar[BAR] = 0;
	fputs(bar, stdout);
}

/* The share of what "order" gains over "off" that is kept, in percent; -1 where none is gained. */
static int gain(const struct tacit_comfort *row, const struct tacit_comfort *off,
		const struct tacit_comfort *all)
{
	int64_t most = all->ndcg - off->ndcg;

	return most <= 0 ? -1 : (int)((100 * (row->ndcg - off->ndcg) + most / 2) / most);
}

static void print_row(const struct tacit_comfort *row, const struct tacit_comfort *off,
		      const struct tacit_comfort *all, int64_t whole)
{
	char name[32], leaves[64], bits[32], kept[16] = "-";
	int share = gain(row, off, all);

	row_name(row, name);
	if (share >= 0)
		snprintf(kept, sizeof(kept), "%d %%", share);
	cmd_bits(bits, row->bits);
	if (row->notch <= TACIT_SILENT)
		snprintf(leaves, sizeof(leaves), "nothing");
	else if (row->notch == TACIT_SUBSET)
		cmd_guess(bits, row->epsilon);
	if (row->notch == TACIT_SUBSET)
		snprintf(leaves, sizeof(leaves), "guess %s", bits);
	else if (row->notch > TACIT_SUBSET && row->bits < 0)
		snprintf(leaves, sizeof(leaves), "no bound");
	else if (row->notch > TACIT_SUBSET)
		snprintf(leaves, sizeof(leaves), "%s bits", bits);
	fputs("  ", stdout);
	cmd_cell(name, 11);
	printf("%3d %% (%2d-%-2d) ", percent(row->hit), percent(row->hit_low),
	       percent(row->hit_high));
	print_bar(row, whole);
	printf("  %.3f ", (double)row->ndcg / TACIT_ONE);
	cmd_right(kept, 6);
	printf("  %s\n", leaves);
}

static void print_frontier(const struct tacit_comfort *row, size_t count, uint32_t tested,
			   const char *domain)
{
	const struct tacit_comfort *off = &row[0], *all = &row[count - 1];
	int64_t whole = TACIT_ONE / 10;
	size_t i;

	for (i = 0; i < count; i++) {
		off = row[i].notch == TACIT_OFF ? &row[i] : off;
		all = row[i].notch == TACIT_ORDER ? &row[i] : all;
		whole = row[i].hit_high > whole ? row[i].hit_high : whole;
	}
	cmd_say(0, "What each notch would have been worth to you%s%s: for %u things that you took, "
		"how often a list of 100 had it among the first ten.", domain != NULL ? " in " : "",
		domain != NULL ? domain : "", tested);
	printf("\n  notch      found        0 %% %*d %%  ndcg   gain  leaves\n", BAR - 5,
	       percent(whole));
	for (i = 0; i < count; i++)
		print_row(&row[i], off, all, whole);
	puts("\n  # to the low end of the range (90 in 100), = to what was found, - to the high\n"
	     "  gain: the share kept of what your order gains over \"off\"; at subset a guess at\n"
	     "  your favourite between two is right so often, instead of 50 in 100\n");
}

static void json_row(struct json *json, const struct tacit_comfort *row)
{
	json_object(json);
	json_put_string(json, "notch", tacit_notch_name(row->notch));
	cmd_json_fixed(json, "epsilon", row->epsilon);
	cmd_json_fixed(json, "hit", row->hit);
	cmd_json_fixed(json, "hit_low", row->hit_low);
	cmd_json_fixed(json, "hit_high", row->hit_high);
	cmd_json_fixed(json, "ndcg", row->ndcg);
	cmd_json_fixed(json, "ndcg_low", row->ndcg_low);
	cmd_json_fixed(json, "ndcg_high", row->ndcg_high);
	if (row->bits >= 0) {
		cmd_json_fixed(json, "bits", row->bits);
	} else {
		json_key(json, "bits");
		json_null(json);
	}
	json_object_end(json);
}

static void print_budget(const struct tacit_budget *budget)
{
	char spent[32], cap[32];

	cmd_decimal(spent, budget->spent);
	cmd_decimal(cap, budget->cap);
	printf("Spent on drawn lists, all services together: epsilon %s of %s (--cap).\n"
	       "New grants start at \"%s\" (tacit comfort start NOTCH).\n", spent, cap,
	       tacit_notch_name(budget->start));
}

static void json_budget(struct json *json, const struct tacit_budget *budget)
{
	cmd_json_fixed(json, "spent", budget->spent);
	cmd_json_fixed(json, "cap", budget->cap);
	json_put_string(json, "start", tacit_notch_name(budget->start));
}

static int show(struct cmd *cmd, const char *domain)
{
	struct json json = JSON_INIT;
	struct tacit_comfort *row;
	struct tacit_budget budget;
	uint32_t tested;
	size_t count, i;
	int result = tacit_comfort(cmd->t, domain, &row, &count, &tested, show_progress, NULL);

	cmd_progress(NULL);
	if (result != 0)
		return cmd_fail(cmd, result);
	result = tacit_budget(cmd->t, &budget);
	if (result != 0) {
		free(row);
		return cmd_fail(cmd, result);
	}
	if (cmd->json) {
		json_object(&json);
		json_put_int(&json, "tested", tested);
		json_key(&json, "frontier");
		json_array(&json);
		for (i = 0; i < count; i++)
			json_row(&json, &row[i]);
		json_array_end(&json);
		json_budget(&json, &budget);
		json_object_end(&json);
		result = cmd_print_json(&json);
	} else {
		print_frontier(row, count, tested, domain);
		print_budget(&budget);
		puts("For one service: tacit comfort SERVICE NOTCH");
	}
	free(row);
	return result;
}

/* ---- setting ---------------------------------------------------------------------------- */

static int set_cap(struct cmd *cmd, int64_t cap)
{
	struct json json = JSON_INIT;
	struct tacit_budget budget;
	int result = tacit_budget_cap(cmd->t, cap);

	if (result == 0)
		result = tacit_budget(cmd->t, &budget);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (!cmd->json) {
		print_budget(&budget);
		return CMD_OK;
	}
	json_object(&json);
	json_budget(&json, &budget);
	json_object_end(&json);
	return cmd_print_json(&json);
}

static int set_dial(struct cmd *cmd, const char *service, int notch)
{
	struct json json = JSON_INIT;
	int result = tacit_dial(cmd->t, service, notch);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, service != NULL ? "service" : "for",
				service != NULL ? service : "new grants");
		json_put_string(&json, "notch", tacit_notch_name(notch));
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	if (service == NULL)
		printf("New grants start at \"%s\".\n", tacit_notch_name(notch));
	else
		cmd_say(0, "%s gets no more than \"%s\" from now on, whatever its grants say.",
			service, tacit_notch_name(notch));
	return CMD_OK;
}

int cmd_comfort(struct cmd *cmd)
{
	const char *cap = cmd_flag(cmd, "cap");
	char service[TACIT_SERVICE_BYTES];
	bool start = cmd->words > 0 && strcmp(cmd->word[0], "start") == 0;
	int64_t epsilon = 0;
	int notch = 0, result;

	if (cap != NULL && (cmd->words > 0 || !cmd_take_decimal(cap, 20, &epsilon)))
		return cmd_usage(cmd, "--cap takes a decimal of at most 20, and nothing beside it");
	if (cmd->words > 2 || (cmd->words == 1 && (start || cmd_is_service(cmd->word[0]))))
		return cmd_usage(cmd, "set the dial with a service (or start) and a notch");
	if (cmd->words == 2 && !start && !cmd_is_service(cmd->word[0]))
		return cmd_usage(cmd, "a notch is set for a service (https://shop.example), or for "
				 "start");
	if (cmd->words == 2)
		notch = cmd_notch(cmd, cmd->word[1]);
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (cap != NULL)
		return set_cap(cmd, epsilon);
	if (cmd->words == 2)
		return set_dial(cmd, start ? NULL : cmd_service(cmd->word[0], service), notch);
	return show(cmd, cmd->words == 1 ? cmd->word[0] : NULL);
}
