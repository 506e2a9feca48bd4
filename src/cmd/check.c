/* check: for who writes asks, what the person would see of one, and what it asks for in excess. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "cmd.h"

#define ASK_BYTES (1 << 20)
#define TEXT_MAX 2048

/* ---- an example ------------------------------------------------------------------------- */

static const char *const films[] = {
	"Alien (1979)", "Casablanca (1942)", "Toy Story (1995)", "Vertigo (1958)", "Heat (1995)",
	"Titanic (1997)", "Fargo (1996)", "Shrek (2001)", "Maltese Falcon, The (1941)",
	"Day the Earth Stood Still, The (1951)", "Notting Hill (1999)", "Sunset Blvd. (1950)",
};

static void put_candidates(struct json *json, const char *type)
{
	char id[16];
	size_t i;

	json_key(json, "candidates");
	json_array(json);
	for (i = 0; i < sizeof(films) / sizeof(films[0]); i++) {
		json_object(json);
		snprintf(id, sizeof(id), "film-%zu", i + 1);
		json_put_string(json, "id", id);
		json_put_string(json, "title", films[i]);
		json_object_end(json);
	}
	json_array_end(json);
	json_put_int(json, "limit", strcmp(type, "choose") == 0 ? 3 : 5);
}

static void put_details(struct json *json, const char *type, const char *notch)
{
	bool list = strcmp(type, "rank") == 0 || strcmp(type, "choose") == 0;
	char text[64];

	json_key(json, "authorization_details");
	json_array(json);
	json_object(json);
	snprintf(text, sizeof(text), "https://tacit.example/ask/%s/1", type);
	json_put_string(json, "type", text);
	json_key(json, "actions");
	json_array(json);
	json_string(json, type);
	json_array_end(json);
	json_key(json, "datatypes");
	json_array(json);
	json_string(json, list ? "dpv:InferredPersonalData" : "dpv:ProvidedPersonalData");
	json_array_end(json);
	json_key(json, "locations");
	json_array(json);
	json_string(json, "tacit:domain/films");
	json_array_end(json);
	json_put_string(json, "purpose", "dpv:ProvidePersonalisedRecommendations");
	json_put_string(json, "precision", notch != NULL ? notch : list ? "order" : "facts");
	if (notch != NULL && strcmp(notch, "subset") == 0)
		json_put_string(json, "epsilon", "1");
	if (notch != NULL && strcmp(notch, "reasons") == 0) {
		json_key(json, "explain");
		json_bool(json, true);
	}
	if (list) {
		put_candidates(json, type);
	} else if (strcmp(type, "answer") == 0) {
		json_put_string(json, "question", "likes westerns");
	} else {
		json_key(json, "facts");
		json_array(json);
		json_string(json, "shoe-size");
		json_array_end(json);
	}
	json_object_end(json);
	json_array_end(json);
}

/* 16 random bytes in base64url. */
static bool fresh(char out[23])
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char bytes[16];
	unsigned i, at = 0;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return false;
	for (i = 0; i < 15; i += 3) {
		unsigned three = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 |
			bytes[i + 2];

		out[at++] = letters[three >> 18];
		out[at++] = letters[three >> 12 & 63];
		out[at++] = letters[three >> 6 & 63];
		out[at++] = letters[three & 63];
	}
	out[at++] = letters[bytes[15] >> 2];
	out[at++] = letters[bytes[15] << 4 & 63];
	out[at] = 0;
	return true;
}

static int example(struct cmd *cmd, const char *type)
{
	const char *service = cmd_flag(cmd, "service"), *notch = cmd_flag(cmd, "precision");
	int64_t now = clock_now();
	struct json json = JSON_INIT;
	char nonce[23], text[64];

	if (strcmp(type, "rank") != 0 && strcmp(type, "choose") != 0 &&
	    strcmp(type, "answer") != 0 && strcmp(type, "disclose") != 0)
		return cmd_usage(cmd, "there are examples of rank, choose, answer and disclose");
	if (notch != NULL)
		cmd_notch(cmd, notch);
	service = service != NULL ? service : "https://shop.example";
	if (!fresh(nonce))
		return cmd_refuse("there are no random numbers");
	json_object(&json);
	json_put_string(&json, "@type", "Request");
	json_put_string(&json, "profile", "https://tacit.example/odrl/1");
	snprintf(text, sizeof(text), "urn:example:%s", nonce);
	json_put_string(&json, "uid", text);
	json_put_string(&json, "nonce", nonce);
	cmd_json_time(&json, "issued", now);
	cmd_json_time(&json, "expires", now + 60000);
	json_key(&json, "client");
	json_object(&json);
	json_put_string(&json, "id", service);
	json_put_string(&json, "name", "Example");
	json_object_end(&json);
	put_details(&json, type, notch);
	json_key(&json, "retention");
	json_object(&json);
	json_put_string(&json, "dpv:hasStorageCondition", "P0D");
	json_object_end(&json);
	json_key(&json, "recipient");
	json_array(&json);
	json_string(&json, service);
	json_array_end(&json);
	json_object_end(&json);
	return cmd_print_json(&json);
}

/* ---- looking at one --------------------------------------------------------------------- */

static unsigned hexadecimal(const char *digits)
{
	unsigned value = 0, i;

	for (i = 0; i < 4 && digits[i] != 0; i++) {
		unsigned char c = (unsigned char)digits[i];

		value = value << 4 | (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return value;
}

/*
 * The text of `"key":"..."` at or behind `at`, which the library wrote; where it ends, or NULL
 * where there is none. Within a text quotes are escaped, so that only a key can match.
 */
static const char *text_of(const char *at, const char *key, char out[TEXT_MAX])
{
	char wanted[40];
	size_t size = 0;

	snprintf(wanted, sizeof(wanted), "\"%s\":\"", key);
	at = strstr(at, wanted);
	if (at == NULL)
		return NULL;
	for (at += strlen(wanted); *at != 0 && *at != '"' && size < TEXT_MAX - 1; at++) {
		char c = *at;

		if (c == '\\') {
			c = *++at;
			c = c == 'n' ? '\n' : c == 't' ? ' ' : c;
			if (c == 'u' && strlen(at) > 4) {	/* control characters only */
				c = hexadecimal(at + 1) == '\n' ? '\n' : ' ';
				at += 4;
			}
		}
		out[size++] = c;
	}
	out[size] = 0;
	return at;
}

static void print_checked(const char *json)
{
	const char *words = strstr(json, "\"words\":"), *at = strstr(json, "\"findings\":");
	char text[TEXT_MAX], code[TEXT_MAX], instead[TEXT_MAX];
	const char *next;
	unsigned count = 0;

	if (text_of(json, "card", text) == NULL || words == NULL || at == NULL)
		return;
	printf("What the person is shown (%.*s of at most 60 words):\n\n",
	       (int)strspn(words + 8, "0123456789"), words + 8);
	cmd_wrap(3, text);
	putchar('\n');
	while ((next = text_of(at, "code", code)) != NULL &&
	       (next = text_of(next, "words", text)) != NULL &&
	       (next = text_of(next, "instead", instead)) != NULL) {
		cmd_say(0, "%s: %s", code, text);
		cmd_say(3, "instead: %s", instead);
		at = next;
		count++;
	}
	if (count == 0)
		puts("It asks for nothing beyond its use.");
}

int cmd_check(struct cmd *cmd)
{
	struct bytes file = BYTES_INIT;
	char *json;
	int result;

	if (cmd_flag(cmd, "example") != NULL)
		return example(cmd, cmd->words > 0 ? cmd->word[0] : "rank");
	if (cmd->words != 1)
		return cmd_usage(cmd, "say which ask: a file, or - for the standard input");
	result = cmd_read(cmd->word[0], ASK_BYTES, &file);
	if (result == CMD_OK) {
		result = tacit_check(cmd->t, file.size > 0 ? (const char *)file.data : "",
				     file.size, &json);
		if (result != 0)
			result = cmd_fail(cmd, result);
	}
	bytes_free(&file);
	if (result != CMD_OK)
		return result;
	if (cmd->json)
		puts(json);
	else
		print_checked(json);
	free(json);
	return CMD_OK;
}
