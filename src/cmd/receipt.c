/* receipt, creepy: what was asked and answered, and saying what became of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd.h"

#define RECEIPT_BYTES (1 << 20)

static const char *const outcomes[] = { "used", "kept", "ignored", "dismissed", "creepy" };

/* ---- the list, the newest first; numbers count from the oldest, so that they stay -------- */

static int load(struct cmd *cmd, struct tacit_receipt **out, size_t *count)
{
	int result = tacit_receipts(cmd->t, NULL, 0, out, count);

	return result == 0 ? CMD_OK : cmd_fail(cmd, result);
}

/* By number or uid; NULL with a line on stderr. */
static const struct tacit_receipt *find(const struct tacit_receipt *list, size_t count,
					const char *word)
{
	uint64_t number;
	size_t i;

	if (cmd_whole(word, count, &number) && number > 0)
		return &list[count - number];
	for (i = 0; i < count; i++)
		if (strcmp(list[i].uid, word) == 0)
			return &list[i];
	cmd_refuse("there is no receipt %.100s; see them with: tacit receipt", word);
	return NULL;
}

static void json_receipt(struct json *json, const struct tacit_receipt *it, size_t number)
{
	json_object(json);
	json_put_int(json, "number", (int64_t)number);
	json_put_string(json, "uid", it->uid);
	cmd_json_time(json, "time", it->time);
	json_put_string(json, "service", it->service);
	json_put_string(json, "kind", it->kind);
	json_put_string(json, "type", it->type);
	json_put_string(json, "domain", it->domain);
	json_put_string(json, "purpose", it->purpose);
	json_put_string(json, "decision", it->decision);
	json_put_string(json, "reason", it->reason);
	json_put_string(json, "precision", tacit_notch_name(it->precision));
	cmd_json_fixed(json, "epsilon", it->epsilon);
	cmd_json_fixed(json, "bits", it->bits);
	json_put_int(json, "index", (int64_t)it->index);
	json_key(json, "outcome");
	if (it->outcome >= 0)
		json_string(json, outcomes[it->outcome]);
	else
		json_null(json);
	json_key(json, "propensity");
	if (it->propensity > 0)
		json_decimal(json, (int64_t)(((__int128)it->propensity * 1000000000) >> 62), 9);
	else
		json_null(json);
	json_object_end(json);
}

static bool is_answer(const struct tacit_receipt *it)
{
	return strcmp(it->kind, "answer") == 0;
}

static void print_row(const struct tacit_receipt *it, size_t number)
{
	bool refused = is_answer(it) && strcmp(it->decision, "permit") != 0;
	char time[24], what[64], text[64], bits[32];

	clock_format_minute(it->time, time);
	snprintf(what, sizeof(what), "%s%s%s %s", is_answer(it) ? "" : it->kind,
		 is_answer(it) ? "" : " ", it->type, it->domain);
	printf("%4zu  %s  ", number, time);
	cmd_service_cell(it->service, cmd_columns() - 67);
	putchar(' ');
	cmd_cell(what, 20);
	putchar(' ');
	if (refused) {
		snprintf(text, sizeof(text), "%s: %s", it->decision, it->reason);
		cmd_rest(text, 22);
		putchar('\n');
		return;
	}
	cmd_bits(bits, it->bits);
	cmd_cell(is_answer(it) ? it->decision : "-", 9);
	cmd_cell(tacit_notch_name(it->precision), 7);
	cmd_right(is_answer(it) ? bits : "-", 6);
	putchar('\n');
}

static int show_all(struct cmd *cmd, const struct tacit_receipt *list, size_t count)
{
	struct json json = JSON_INIT;
	size_t most = cmd_number(cmd, "n", 1, 1000000, 20), i;

	if (cmd->json) {
		json_array(&json);
		for (i = 0; i < count && i < most; i++)
			json_receipt(&json, &list[i], count - i);
		json_array_end(&json);
		return cmd_print_json(&json);
	}
	if (count == 0) {
		puts("There is no receipt yet: nobody asked, and nothing was granted.");
		return CMD_OK;
	}
	fputs("      time (UTC)        ", stdout);
	cmd_cell("service", cmd_columns() - 67);
	puts(" what                 decision notch    bits");
	for (i = 0; i < count && i < most; i++)
		print_row(&list[i], count - i);
	if (count > most)
		printf("\n%zu older ones: tacit receipt -n %zu\n", count - most, count);
	puts("\nOne of them: tacit receipt N    what became of it: tacit receipt N used");
	return CMD_OK;
}

/* ---- one -------------------------------------------------------------------------------- */

static void print_asked(const struct tacit_receipt *it)
{
	const char *purpose = strchr(it->purpose, ':');
	char bits[32], epsilon[32];

	purpose = purpose != NULL ? purpose + 1 : it->purpose;
	cmd_bits(bits, it->bits);
	cmd_decimal(epsilon, it->epsilon);
	cmd_say(2, "%s asked to %s in %s, for %s.", it->service, it->type, it->domain, purpose);
	if (strcmp(it->decision, "permit") != 0) {
		cmd_say(2, "It was refused: %s%s%s%s. Nothing left.", it->decision,
			it->reason[0] != 0 ? " (" : "", it->reason, it->reason[0] != 0 ? ")" : "");
		return;
	}
	if (it->precision == TACIT_SILENT)
		cmd_say(2, "It was answered at \"silent\": nothing left.");
	else if (it->epsilon > 0)
		cmd_say(2, "It was answered at \"%s\": at most %s bits left, for an epsilon of %s.",
			tacit_notch_name(it->precision), bits, epsilon);
	else
		cmd_say(2, "It was answered at \"%s\": at most %s bits left.",
			tacit_notch_name(it->precision), bits);
	if (it->propensity > 0)
		cmd_say(2, "Half of the set was drawn among what fits about as well; "
			"of 1,000 draws %.3g give this set.",
			1000.0 * (double)it->propensity * 0x1p-62);
}

static void print_one(struct cmd *cmd, const struct tacit_receipt *it, size_t number)
{
	char time[24], path[4096], key[400];

	clock_format_minute(it->time, time);
	printf("Receipt %zu, %s UTC\n%s\n\n", number, time, it->uid);
	if (is_answer(it))
		print_asked(it);
	else
		cmd_say(2, "You %s %s: to %s in %s, at \"%s\".",
			strcmp(it->kind, "grant") == 0 ? "granted" : "revoked what was granted to",
			it->service, it->type, it->domain, tacit_notch_name(it->precision));
	if (it->outcome >= 0)
		cmd_say(2, "What became of it: %s.", outcomes[it->outcome]);
	else if (is_answer(it) && strcmp(it->decision, "permit") == 0)
		cmd_say(2, "What became of it? tacit receipt %zu used (or kept, ignored, "
			"dismissed, creepy)", number);
	if (tacit_log(cmd->t, it->service, path, key) == 0) {
		printf("\nIt is entry %llu of the log in\n", (unsigned long long)it->index);
		cmd_wrap(2, path);
	}
	printf("With its proof, for others: tacit receipt %zu --json >receipt.json\n"
	       "Anybody checks it with:     tacit receipt check receipt.json\n", number);
}

static int show_one(struct cmd *cmd, const struct tacit_receipt *it, size_t number)
{
	char *text;
	int result;

	if (!cmd->json) {
		print_one(cmd, it, number);
		return CMD_OK;
	}
	result = tacit_receipt_json(cmd->t, it->uid, &text);
	if (result != 0)
		return cmd_fail(cmd, result);
	puts(text);
	free(text);
	return CMD_OK;
}

/* ---- what became of it ------------------------------------------------------------------ */

static int dial_of(struct cmd *cmd, const char *service, int *dial)
{
	struct tacit_service *list;
	size_t count, i;
	int result = tacit_services(cmd->t, &list, &count);

	if (result != 0)
		return cmd_fail(cmd, result);
	for (i = 0; i < count; i++)
		if (strcmp(list[i].service, service) == 0)
			*dial = list[i].dial;
	free(list);
	return CMD_OK;
}

static void told_creepy(const char *service, int before, int after)
{
	if (after < before)
		cmd_say(0, "Lowered for %s, at once: from \"%s\" to \"%s\".", service,
			tacit_notch_name(before), tacit_notch_name(after));
	else
		cmd_say(0, "%s was at \"%s\" already, and stays there.", service,
			tacit_notch_name(after));
	puts("Reasons are not given to it any more.");
	if (after < before)
		cmd_say(0, "Back again: tacit comfort %s %s", service, tacit_notch_name(before));
}

static int tell(struct cmd *cmd, const struct tacit_receipt *it, size_t number, int outcome)
{
	struct json json = JSON_INIT;
	int before = 0, after = 0, result = dial_of(cmd, it->service, &before);

	if (result != CMD_OK)
		return result;
	if (!is_answer(it) || strcmp(it->decision, "permit") != 0)
		return cmd_refuse("receipt %zu is no answer, so nothing can have become of it",
				  number);
	result = tacit_outcome(cmd->t, NULL, it->uid, NULL, outcome);
	if (result != 0)
		return cmd_fail(cmd, result);
	result = dial_of(cmd, it->service, &after);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "receipt", it->uid);
		json_put_string(&json, "outcome", outcomes[outcome]);
		json_put_string(&json, "service", it->service);
		json_put_string(&json, "before", tacit_notch_name(before));
		json_put_string(&json, "now", tacit_notch_name(after));
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	if (outcome == TACIT_CREEPY)
		told_creepy(it->service, before, after);
	else
		printf("Noted: what became of receipt %zu is \"%s\".\n", number,
		       outcomes[outcome]);
	return CMD_OK;
}

#define SETTLED TACIT_OUTCOMES	/* said of the promise, not of the answer */

static int settle(struct cmd *cmd, const struct tacit_receipt *it)
{
	struct json json = JSON_INIT;
	int result = tacit_settle(cmd->t, it->uid);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "receipt", it->uid);
		json_key(&json, "settled");
		json_bool(&json, true);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	cmd_say(0, "%s kept what it promised for that.", it->service);
	return CMD_OK;
}

/* Finds the receipt of the first word and shows it, or with `outcome` says what became of it. */
static int with_receipt(struct cmd *cmd, int outcome)
{
	const struct tacit_receipt *it;
	struct tacit_receipt *list;
	size_t count;
	int result = cmd_open_vault(cmd);

	if (result == CMD_OK)
		result = load(cmd, &list, &count);
	if (result != CMD_OK)
		return result;
	if (cmd->words == 0) {
		result = show_all(cmd, list, count);
		free(list);
		return result;
	}
	it = find(list, count, cmd->word[0]);
	if (it == NULL)
		result = CMD_FAILED;
	else if (outcome == SETTLED)
		result = settle(cmd, it);
	else if (outcome < 0)
		result = show_one(cmd, it, count - (size_t)(it - list));
	else
		result = tell(cmd, it, count - (size_t)(it - list), outcome);
	free(list);
	return result;
}

static int check(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct bytes file = BYTES_INIT;
	char words[256];
	int result = cmd_read(cmd->word[1], RECEIPT_BYTES, &file);

	if (result == CMD_OK) {
		result = tacit_receipt_check(cmd->t, file.size > 0 ?
					     (const char *)file.data : "", file.size,
					     cmd_flag(cmd, "policy"), words);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	bytes_free(&file);
	if (result != CMD_OK)
		return result;
	if (cmd->json) {
		json_object(&json);
		json_key(&json, "holds");
		json_bool(&json, true);
		json_put_string(&json, "words", words);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	cmd_say(0, "It holds: %s.", words);
	if (cmd_flag(cmd, "policy") == NULL)
		cmd_say(0, "Whose key that is, only a policy says: --policy FILE");
	return CMD_OK;
}

int cmd_receipt(struct cmd *cmd)
{
	bool checking = cmd->words > 0 && strcmp(cmd->word[0], "check") == 0;
	int outcome = -1;

	if (checking && cmd->words != 2)
		return cmd_usage(cmd, "say which file: tacit receipt check FILE");
	if (checking)
		return check(cmd);
	if (cmd->words == 2)
		outcome = strcmp(cmd->word[1], "settled") == 0 ? SETTLED :
			tacit_outcome_find(cmd->word[1]);
	if (cmd->words > 2 || (cmd->words == 2 && outcome < 0))
		return cmd_usage(cmd, "what became of it is one of used, kept, ignored, dismissed, "
				 "creepy, settled");
	return with_receipt(cmd, outcome);
}

int cmd_creepy(struct cmd *cmd)
{
	if (cmd->words != 1)
		return cmd_usage(cmd, "say which answer: a number of tacit receipt");
	return with_receipt(cmd, TACIT_CREEPY);
}
