/* value: what left to each service and what came back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd.h"

static const char *const proposals[] = { "keep", "narrower", "wider", "leave" };
static const char *const outcomes[] = { "used", "kept", "ignored", "dismissed", "creepy" };

static void json_service(struct json *json, const struct tacit_service *it)
{
	int i;

	json_object(json);
	json_put_string(json, "service", it->service);
	json_put_string(json, "name", it->name);
	cmd_json_time(json, "since", it->since);
	cmd_json_time(json, "last", it->last);
	json_key(json, "open");
	json_bool(json, it->open);
	json_put_string(json, "dial", tacit_notch_name(it->dial));
	json_put_int(json, "grants", it->grants);
	json_put_int(json, "asks", (int64_t)it->asks);
	json_put_int(json, "answers", (int64_t)it->answers);
	json_put_int(json, "refused", (int64_t)it->refused);
	json_put_int(json, "pending", (int64_t)it->pending);
	cmd_json_fixed(json, "bits", it->bits);
	json_put_int(json, "facts", (int64_t)it->facts);
	cmd_json_fixed(json, "epsilon", it->epsilon);
	json_put_string(json, "guess", it->guess);
	for (i = 0; i < TACIT_OUTCOMES; i++)
		json_put_int(json, outcomes[i], (int64_t)it->outcome[i]);
	json_put_int(json, "promised", (int64_t)it->promised);
	json_put_int(json, "settled", (int64_t)it->settled);
	if (it->price >= 0) {
		cmd_json_fixed(json, "price", it->price);
	} else {
		json_key(json, "price");
		json_null(json);
	}
	json_put_string(json, "proposal", proposals[it->proposal]);
	json_put_string(json, "proposed", tacit_notch_name(it->proposed));
	json_put_string(json, "words", it->words);
	json_object_end(json);
}

static void print_left(const struct tacit_service *it)
{
	char bits[32];

	cmd_bits(bits, it->bits);
	if (it->bits == 0 && it->epsilon == 0) {
		puts("  left      nothing");
		return;
	}
	printf("  left      %s bits at most, %llu fact%s\n", bits, (unsigned long long)it->facts,
	       it->facts == 1 ? "" : "s");
	if (it->epsilon > 0)
		cmd_say(12, "after the drawn lists they can guess one thing about you right %s "
			"times instead of 50", it->guess);
}

static void print_back(const struct tacit_service *it)
{
	uint64_t said = 0;
	int i;

	for (i = 0; i < TACIT_OUTCOMES; i++)
		said += it->outcome[i];
	printf("  came back ");
	if (said == 0)
		printf("nothing told yet");
	for (i = 0, said = 0; i < TACIT_OUTCOMES; i++)
		if (it->outcome[i] > 0)
			printf("%s%llu %s", said++ > 0 ? ", " : "",
			       (unsigned long long)it->outcome[i], outcomes[i]);
	if (it->promised > 0)
		printf("; promised %llu time%s, kept %llu", (unsigned long long)it->promised,
		       it->promised == 1 ? "" : "s", (unsigned long long)it->settled);
	putchar('\n');
}

static void print_service(const struct tacit_service *it)
{
	char price[32], since[16] = "-";

	if (it->since != 0)
		clock_format_date(it->since, since);
	cmd_say(0, "%s%s%s%s", it->service, it->name[0] != 0 ? " (" : "", it->name,
		it->name[0] != 0 ? ")" : "");
	if (it->since == 0)
		printf("  not let in; ");
	else
		printf("  %s %s; ", it->open ? "let in on" : "shut out; let in on", since);
	printf("%u grant%s in force, at \"%s\"\n", it->grants, it->grants == 1 ? "" : "s",
	       tacit_notch_name(it->dial));
	printf("  asked     %llu time%s: %llu answered, %llu refused, %llu put to you\n",
	       (unsigned long long)it->asks, it->asks == 1 ? "" : "s",
	       (unsigned long long)it->answers, (unsigned long long)it->refused,
	       (unsigned long long)it->pending);
	print_left(it);
	print_back(it);
	if (it->price >= 0) {
		cmd_bits(price, it->price);
		printf("  price     %s bits for each useful thing\n", price);
	} else {
		puts("  price     unknown: nothing useful came back yet");
	}
	printf("  proposal  ");
	cmd_rest(it->words, cmd_columns() - 13);
	putchar('\n');
	if (it->proposal != TACIT_KEEP)
		printf("            tacit value accept %s\n", it->service);
}

static int show(struct cmd *cmd)
{
	struct json json = JSON_INIT;
	struct tacit_service *list;
	size_t count, i;
	int result = tacit_services(cmd->t, &list, &count);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json)
		json_array(&json);
	for (i = 0; i < count; i++) {
		if (cmd->json) {
			json_service(&json, &list[i]);
			continue;
		}
		if (i > 0)
			putchar('\n');
		print_service(&list[i]);
	}
	free(list);
	if (cmd->json) {
		json_array_end(&json);
		return cmd_print_json(&json);
	}
	if (count == 0)
		puts("No service was let in yet, so nothing left and nothing came back.\n"
		     "Next: tacit grant https://shop.example --ask");
	else
		puts("\nSay what became of an answer: tacit receipt, then tacit receipt N used");
	return CMD_OK;
}

static int accept_proposal(struct cmd *cmd, const char *service)
{
	struct json json = JSON_INIT;
	struct tacit_service *list;
	size_t count, i = 0;
	int done, result = tacit_proposal_accept(cmd->t, service, &done);

	if (result == 0)
		result = tacit_services(cmd->t, &list, &count);
	if (result != 0)
		return cmd_fail(cmd, result);
	while (i < count && strcmp(list[i].service, service) != 0)
		i++;
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "service", service);
		json_put_string(&json, "done", proposals[done]);
		json_put_string(&json, "dial", tacit_notch_name(i < count ? list[i].dial : 0));
		json_object_end(&json);
		result = cmd_print_json(&json);
	} else if (done == TACIT_KEEP) {
		printf("Nothing is proposed for %s; it stays as it is.\n", service);
	} else if (done == TACIT_LEAVE) {
		printf("%s is shut out and its grants are revoked.\n", service);
	} else {
		printf("%s is at \"%s\" now.\n", service,
		       tacit_notch_name(i < count ? list[i].dial : 0));
	}
	free(list);
	return result;
}

int cmd_value(struct cmd *cmd)
{
	char service[TACIT_SERVICE_BYTES];
	bool accepting = cmd->words == 2 && strcmp(cmd->word[0], "accept") == 0;
	int result;

	if (cmd->words > 0 && !accepting)
		return cmd_usage(cmd, "take a proposal with: tacit value accept SERVICE");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	return accepting ? accept_proposal(cmd, cmd_service(cmd->word[1], service)) :
		show(cmd);
}
