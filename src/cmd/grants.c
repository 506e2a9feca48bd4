/* grant, grants, revoke: what services may ask for, and taking it back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd.h"

#define DAYS_MAX 36500

/* ---- the list --------------------------------------------------------------------------- */

static int by_age(const void *a, const void *b)
{
	const struct tacit_grant *x = a, *y = b;

	if (x->issued != y->issued)
		return x->issued < y->issued ? -1 : 1;
	return strcmp(x->uid, y->uid);
}

int cmd_grants_load(struct cmd *cmd, struct tacit_grant **out, size_t *count)
{
	int result = tacit_grants(cmd->t, out, count);

	if (result != 0)
		return cmd_fail(cmd, result);
	qsort(*out, *count, sizeof(**out), by_age);
	return CMD_OK;
}

/* By its number or its uid; NULL with a line on stderr. */
static const struct tacit_grant *find(const struct tacit_grant *list, size_t count,
				      const char *word)
{
	uint64_t number;
	size_t i;

	if (cmd_whole(word, count, &number) && number > 0)
		return &list[number - 1];
	for (i = 0; i < count; i++)
		if (strcmp(list[i].uid, word) == 0)
			return &list[i];
	cmd_refuse("there is no grant %.100s; see them with: tacit grants", word);
	return NULL;
}

/* ---- grant ------------------------------------------------------------------------------ */

/* "90d" or a date; 0 where it is neither. */
static int64_t take_until(const char *text)
{
	size_t size = strlen(text);
	char digits[16];
	bool date_only;
	int16_t zone;
	uint64_t days;
	int64_t ms;

	if (size > 1 && size < sizeof(digits) && text[size - 1] == 'd') {
		snprintf(digits, sizeof(digits), "%.*s", (int)(size - 1), text);
		return cmd_whole(digits, DAYS_MAX, &days) && days > 0 ?
			clock_now() + (int64_t)days * CLOCK_DAY_MS : 0;
	}
	return clock_parse_iso(text, size, &ms, &zone, &date_only) ? ms : 0;
}

static int take_options(struct cmd *cmd, char service[TACIT_SERVICE_BYTES],
			struct tacit_grant_options *options)
{
	const char *text = cmd_flag(cmd, "precision");

	options->service = cmd_service(cmd->word[0], service);
	options->domain = cmd_flag(cmd, "domain");
	options->type = cmd_flag(cmd, "type");
	options->purpose = cmd_flag(cmd, "purpose");
	options->facts = cmd_flag(cmd, "facts");
	options->compensate = cmd_flag(cmd, "back");
	options->agreement = cmd_flag(cmd, "agreement");
	options->count = cmd_number(cmd, "count", 1, 1000000000, 0);
	options->retention = (uint32_t)cmd_number(cmd, "keep", 0, DAYS_MAX, 0);
	if (text != NULL)
		options->precision = cmd_notch(cmd, text);
	text = cmd_flag(cmd, "epsilon");
	if (text != NULL && !cmd_take_decimal(text, 20, &options->epsilon))
		return cmd_usage(cmd, "--epsilon takes a decimal of at most 20, such as 1.5");
	text = cmd_flag(cmd, "until");
	options->until = text != NULL ? take_until(text) : 0;
	if (text != NULL && options->until == 0)
		return cmd_usage(cmd, "--until takes a date (2027-02-21) or days from now (90d)");
	return CMD_OK;
}

/* The agreement in one sentence. */
static void print_grant(const struct tacit_grant *grant)
{
	char leaves[256], count[32], until[16], kept[40] = "keeps nothing";

	cmd_leaves(leaves, grant->type, grant->precision, grant->facts, grant->epsilon);
	cmd_count(count, grant->count);
	clock_format_date(grant->until, until);
	if (grant->retention > 0)
		snprintf(kept, sizeof(kept), "keeps an answer for %u day%s", grant->retention,
			 grant->retention == 1 ? "" : "s");
	cmd_say(0, "%s may ask to %s %s%s, for %s: what leaves is %s. It has %s answer%s until %s "
		"and %s.", grant->service, grant->type, grant->domain,
		strcmp(grant->type, "answer") == 0 ? " questions" :
		strcmp(grant->type, "disclose") == 0 ? " facts" : "", grant->purpose_words, leaves,
		count, grant->count == 1 ? "" : "s", until, kept);
}

static void json_grant(struct json *json, const struct tacit_grant *grant, size_t number)
{
	json_object(json);
	json_put_int(json, "number", (int64_t)number);
	json_put_string(json, "uid", grant->uid);
	json_put_string(json, "service", grant->service);
	json_put_string(json, "domain", grant->domain);
	json_put_string(json, "type", grant->type);
	json_put_string(json, "purpose", grant->purpose);
	json_put_string(json, "facts", grant->facts);
	json_put_string(json, "agreement", grant->agreement);
	json_put_string(json, "precision", tacit_notch_name(grant->precision));
	json_put_string(json, "effective", tacit_notch_name(grant->effective));
	cmd_json_time(json, "issued", grant->issued);
	cmd_json_time(json, "until", grant->until);
	cmd_json_time(json, "revoked", grant->revoked);
	json_put_int(json, "count", (int64_t)grant->count);
	json_put_int(json, "uses", (int64_t)grant->uses);
	cmd_json_fixed(json, "epsilon", grant->epsilon);
	cmd_json_fixed(json, "spent", grant->spent);
	json_put_int(json, "retention", grant->retention);
	json_key(json, "in_force");
	json_bool(json, grant->in_force);
	json_object_end(json);
}

/* What was granted just now, from the vault. */
static int show_granted(struct cmd *cmd, const char *uid)
{
	struct json json = JSON_INIT;
	const struct tacit_grant *grant;
	struct tacit_grant *list;
	size_t count;
	int result = cmd_grants_load(cmd, &list, &count), known;

	if (result != CMD_OK)
		return result;
	grant = find(list, count, uid);
	if (grant == NULL) {
		free(list);
		return CMD_FAILED;
	}
	if (cmd->json) {
		json_grant(&json, grant, (size_t)(grant - list) + 1);
		result = cmd_print_json(&json);
	} else {
		print_grant(grant);
		printf("%s\nTake it back with: tacit revoke %zu\n", uid,
		       (size_t)(grant - list) + 1);
		known = tacit_service_known(cmd->t, grant->service);
		if (known == 0)
			printf("It was not let in yet. A web page:  tacit grant %s --ask\n"
			       "                       a program:   tacit grant %s --token\n",
			       grant->service, grant->service);
	}
	free(list);
	return result;
}

/* ---- letting in ------------------------------------------------------------------------- */

static int let_in(struct cmd *cmd, const char *service)
{
	struct json json = JSON_INIT;
	char code[65];
	int result = tacit_service_let(cmd->t, service, code);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "service", service);
		json_put_string(&json, "code", code);
		cmd_json_time(&json, "until", clock_now() + 600000);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("%s may ask now; what it is told, your grants say.\n\n"
	       "Its code, good once and for ten minutes:\n\n  %s\n\n", service, code);
	if (strstr(service, "://") != NULL)
		printf("Start the doors (tacit serve), then open its page with the code behind\n"
		       "the address:\n\n  %s/#tacit=7380.%s\n\n"
		       "7380 is the port of tacit serve.\n", service, code);
	else
		puts("A program sends it to POST /v1/pair of tacit serve, as a Bearer token.");
	return CMD_OK;
}

static int give_token(struct cmd *cmd, const char *service)
{
	struct json json = JSON_INIT;
	char token[65];
	int result = tacit_service_token(cmd->t, service, token);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_object(&json);
		json_put_string(&json, "service", service);
		json_put_string(&json, "token", token);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	if (cmd_terminal())	/* else alone, for TOKEN=$(tacit grant URL --token) */
		printf("%s may ask now; what it is told, your grants say. Its token, which is\n"
		       "shown this once and voids the one before:\n\n", service);
	puts(token);
	if (cmd_terminal())
		puts("\nIt goes with each ask: Authorization: Bearer TOKEN");
	return CMD_OK;
}

int cmd_grant(struct cmd *cmd)
{
	struct tacit_grant_options options = TACIT_GRANT_OPTIONS_INIT;
	bool ask = cmd_flag(cmd, "ask") != NULL, token = cmd_flag(cmd, "token") != NULL;
	char uid[TACIT_UID_BYTES], service[TACIT_SERVICE_BYTES];
	size_t i, others = 0;
	int result;

	if (cmd->words != 1)
		return cmd_usage(cmd, "say which service: https://shop.example");
	for (i = 0; i < CMD_FLAGS_MAX; i++)
		others += cmd->value[i] != NULL;
	others -= (size_t)ask + token + (cmd_flag(cmd, "key-file") != NULL);
	if ((ask || token) && (others > 0 || (ask && token)))
		return cmd_usage(cmd, "--ask and --token only let in; grant in a line of its own");
	result = take_options(cmd, service, &options);
	if (result == CMD_OK)
		result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (ask)
		return let_in(cmd, options.service);
	if (token)
		return give_token(cmd, options.service);
	result = tacit_grant(cmd->t, &options, uid);
	return result != 0 ? cmd_fail(cmd, result) : show_granted(cmd, uid);
}

/* ---- grants ----------------------------------------------------------------------------- */

/* Of one that is not in force. */
static const char *state_of(const struct tacit_grant *grant)
{
	if (grant->revoked != 0)
		return "revoked";
	return grant->uses >= grant->count ? "used up" : "over";
}

static void print_row(const struct tacit_grant *grant, size_t number)
{
	char what[48], notch[48], left[32], until[16];

	snprintf(what, sizeof(what), "%.15s %.31s", grant->type, grant->domain);
	if (grant->effective == grant->precision)
		snprintf(notch, sizeof(notch), "%s", tacit_notch_name(grant->precision));
	else
		snprintf(notch, sizeof(notch), "%s of %s", tacit_notch_name(grant->effective),
			 tacit_notch_name(grant->precision));
	cmd_count(left, grant->uses < grant->count ? grant->count - grant->uses : 0);
	clock_format_date(grant->until, until);
	printf("%3zu  ", number);
	cmd_service_cell(grant->service, cmd_columns() - 59);
	printf("  ");
	cmd_cell(what, 14);
	printf("  ");
	cmd_cell(notch, 17);
	cmd_right(left, 7);
	printf("  %s\n", grant->in_force ? until : state_of(grant));
}

/* JSON with a line for each member. */
static void print_pretty(const char *text)
{
	bool quoted = false;
	int depth = 0;

	for (; *text != 0; text++) {
		if (quoted || *text == '"') {
			quoted = *text == '"' ? !quoted : quoted;
			putchar(*text);
			if (*text == '\\' && text[1] != 0)
				putchar(*++text);
			continue;
		}
		if (*text == '}' || *text == ']')
			printf("\n%*s", 2 * --depth, "");
		putchar(*text);
		if (*text == '{' || *text == '[')
			depth++;
		if (*text == '{' || *text == '[' || *text == ',')
			printf("\n%*s", 2 * depth, "");
		else if (*text == ':')
			putchar(' ');
	}
	putchar('\n');
}

static int show_one(struct cmd *cmd, const struct tacit_grant *grant)
{
	char *text;
	int result = tacit_grant_json(cmd->t, grant->uid, &text);

	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json)
		puts(text);
	else
		print_pretty(text);
	free(text);
	return CMD_OK;
}

static int show_all(struct cmd *cmd, const struct tacit_grant *list, size_t count)
{
	struct json json = JSON_INIT;
	size_t i;

	if (cmd->json) {
		json_array(&json);
		for (i = 0; i < count; i++)
			json_grant(&json, &list[i], i + 1);
		json_array_end(&json);
		return cmd_print_json(&json);
	}
	if (count == 0) {
		puts("Nothing is granted: no service is told anything.\n"
		     "Next: tacit grant https://shop.example --precision order");
		return CMD_OK;
	}
	fputs("     ", stdout);
	cmd_cell("service", cmd_columns() - 59);
	fputs("  may             at                   left  until\n", stdout);
	for (i = 0; i < count; i++)
		print_row(&list[i], i + 1);
	puts("\nOne whole: tacit grants N   back: tacit revoke N   "
	     "less: tacit comfort SERVICE NOTCH");
	return CMD_OK;
}

int cmd_grants(struct cmd *cmd)
{
	const struct tacit_grant *grant;
	struct tacit_grant *list;
	size_t count;
	int result = cmd_open_vault(cmd);

	if (cmd->words > 1)
		return cmd_usage(cmd, "one grant at a time");
	if (result == CMD_OK)
		result = cmd_grants_load(cmd, &list, &count);
	if (result != CMD_OK)
		return result;
	if (cmd->words == 0) {
		result = show_all(cmd, list, count);
	} else {
		grant = find(list, count, cmd->word[0]);
		result = grant == NULL ? CMD_FAILED : show_one(cmd, grant);
	}
	free(list);
	return result;
}

/* ---- revoke ----------------------------------------------------------------------------- */

static int told_revoked(const struct cmd *cmd, const char *which, size_t count, bool shut)
{
	struct json json = JSON_INIT;

	if (cmd->json) {
		json_object(&json);
		json_put_int(&json, "revoked", (int64_t)count);
		json_key(&json, "shut");
		json_bool(&json, shut);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	if (shut)
		cmd_say(0, "%s is shut out: its token is void, and %zu grant%s revoked.", which,
			count, count == 1 ? " of it is" : "s of it are");
	else if (count == 0)
		puts("Nothing to revoke: that was revoked before, or nothing is granted.");
	else
		printf("%zu grant%s revoked. In force already: the next ask is refused.\n", count,
		       count == 1 ? " is" : "s are");
	return CMD_OK;
}

static int shut_out(struct cmd *cmd, const char *service)
{
	struct tacit_grant *list;
	size_t count, i, open = 0;
	int result = cmd_grants_load(cmd, &list, &count);

	if (result != CMD_OK)
		return result;
	for (i = 0; i < count; i++)
		open += strcmp(list[i].service, service) == 0 && list[i].revoked == 0;
	free(list);
	result = tacit_service_shut(cmd->t, service);
	return result != 0 ? cmd_fail(cmd, result) : told_revoked(cmd, service, open, true);
}

int cmd_revoke(struct cmd *cmd)
{
	const struct tacit_grant *grant;
	struct tacit_grant *list;
	char which[TACIT_SERVICE_BYTES];
	size_t count;
	int result;

	if (cmd->words != 1)
		return cmd_usage(cmd, "say which: the number of tacit grants, or a service");
	cmd_service(cmd->word[0], which);
	if (cmd_flag(cmd, "shut") != NULL && !cmd_is_service(which))
		return cmd_usage(cmd, "--shut goes with a service: tacit revoke "
				 "https://shop.example --shut");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	if (cmd_flag(cmd, "shut") != NULL)
		return shut_out(cmd, which);
	if (!cmd_is_service(which)) {
		result = cmd_grants_load(cmd, &list, &count);
		if (result != CMD_OK)
			return result;
		grant = find(list, count, which);
		if (grant != NULL)
			snprintf(which, sizeof(which), "%s", grant->uid);
		free(list);
		if (grant == NULL)
			return CMD_FAILED;
	}
	result = tacit_revoke(cmd->t, which, &count);
	return result != 0 ? cmd_fail(cmd, result) : told_revoked(cmd, which, count, false);
}
