/* asks: the cards that wait for the person, and their yes or no. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd.h"

static void print_card(const struct tacit_pending *it)
{
	const char *notch = tacit_notch_name(it->precision);
	char number[16];

	snprintf(number, sizeof(number), "%u", it->number);
	printf("%s\n", number);
	cmd_wrap(3, it->card);
	printf("\n   tacit asks yes %s%s\n   tacit asks no %s\n", number,
	       it->precision > TACIT_SILENT && it->precision < TACIT_FACTS ?
	       "   (it is told nothing)" : "", number);
	if (it->precision > TACIT_SILENT && it->precision < TACIT_FACTS)
		printf("   tacit asks yes %s --precision %s   (what it asks for)\n", number, notch);
	putchar('\n');
}

static void json_card(struct json *json, const struct tacit_pending *it)
{
	json_object(json);
	json_put_int(json, "number", it->number);
	json_put_string(json, "uid", it->uid);
	json_put_string(json, "service", it->service);
	json_put_string(json, "precision", tacit_notch_name(it->precision));
	cmd_json_time(json, "time", it->time);
	json_put_string(json, "card", it->card);
	json_object_end(json);
}

static int show(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_pending *list;
	size_t count, i;
	int result = tacit_pending(cmd->t, &list, &count);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json)
		json_array(&json);
	for (i = 0; i < count; i++)
		if (cmd->json)
			json_card(&json, &list[i]);
		else
			print_card(&list[i]);
	free(list);
	if (cmd->json) {
		json_array_end(&json);
		return cmd_print_json(&json);
	}
	if (count == 0)
		puts("No ask waits for you.");
	return CMD_OK;
}

static void told_yes(const struct tacit_grant *grant, size_t number)
{
	char leaves[256], until[16];

	cmd_leaves(leaves, grant->type, grant->precision, grant->facts, grant->epsilon);
	clock_format_date(grant->until, until);
	cmd_say(0, "Yes. When %s asks this again, what leaves is %s. Until %s; take it back with: "
		"tacit revoke %zu", grant->service, leaves, until, number);
	if (grant->precision == TACIT_SILENT)
		cmd_say(0, "To tell it more: tacit grant %s --type %s --domain %s "
			"--precision order", grant->service, grant->type, grant->domain);
	else if (grant->precision < TACIT_FACTS)
		cmd_say(0, "To tell it less: tacit comfort %s silent", grant->service);
}

static int yes(struct cmd *cmd, uint32_t number)
{
	const char *notch = cmd_flag(cmd, "precision");
	struct json json = JSON_INIT;
	struct tacit_grant *list;
	char uid[TACIT_UID_BYTES];
	size_t count, i = 0;
	int result = tacit_accept(cmd->t, number, notch != NULL ? cmd_notch(cmd, notch) : -1, uid);

	if (result != 0)
		return cmd_fail(cmd, result);
	result = cmd_grants_load(cmd, &list, &count);
	if (result != CMD_OK)
		return result;
	while (i < count && strcmp(list[i].uid, uid) != 0)
		i++;
	if (cmd->json && i < count) {
		json_object(&json);
		json_put_int(&json, "ask", number);
		json_put_string(&json, "grant", uid);
		json_put_string(&json, "service", list[i].service);
		json_put_string(&json, "precision", tacit_notch_name(list[i].precision));
		json_object_end(&json);
		result = cmd_print_json(&json);
	} else if (i < count) {
		told_yes(&list[i], i + 1);
	}
	free(list);
	return result;
}

static int no(struct cmd *cmd, uint32_t number)
{
	struct json json = JSON_INIT;
	int result = tacit_decline(cmd->t, number);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_int(&json, "ask", number);
		json_key(&json, "declined");
		json_bool(&json, true);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	puts("No. It is told so, and cannot ask you this again for 30 days.");
	return CMD_OK;
}

int cmd_asks(struct cmd *cmd)
{
	bool is_yes = cmd->words > 0 && strcmp(cmd->word[0], "yes") == 0;
	uint64_t number = 0;
	int result;

	if (cmd->words > 0 && (cmd->words != 2 || (!is_yes && strcmp(cmd->word[0], "no") != 0) ||
			       !cmd_whole(cmd->word[1], UINT32_MAX, &number) || number == 0))
		return cmd_usage(cmd, "answer with: tacit asks yes N, tacit asks no N");
	if (!is_yes && cmd_flag(cmd, "precision") != NULL)
		return cmd_usage(cmd, "--precision goes with yes");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (number == 0)
		return show(cmd);
	return is_yes ? yes(cmd, (uint32_t)number) : no(cmd, (uint32_t)number);
}
