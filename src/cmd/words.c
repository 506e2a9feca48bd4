/* What the verbs about services share: paragraphs, amounts in 2^-20, notches in words. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd.h"

#define PARAGRAPH_MAX 4096
#define GUESS_STEPS 6			/* e^x as the 64th power of e^(x/64) */

/* ---- paragraphs ------------------------------------------------------------------------- */

static void wrap_line(size_t indent, const char *text, size_t size)
{
	size_t columns = cmd_columns() - 1, at = 0, used = 0;

	printf("%*s", (int)indent, "");
	while (at < size) {
		size_t word = at, width;

		while (word < size && text[word] != ' ')
			word++;
		width = text_width(text + at, word - at);
		if (used > 0 && indent + used + 1 + width > columns) {
			printf("\n%*s", (int)indent, "");
			used = 0;
		}
		printf("%s%.*s", used > 0 ? " " : "", (int)(word - at), text + at);
		used += width + (used > 0);
		at = word + 1;
	}
	putchar('\n');
}

void cmd_wrap(size_t indent, const char *text)
{
	char safe[PARAGRAPH_MAX];

	while (*text != 0) {
		size_t size = strcspn(text, "\n");

		size = text_cut(text, size, sizeof(safe) - 1);
		wrap_line(indent, safe, text_safe(text, size, safe, sizeof(safe)));
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

void cmd_say(size_t indent, const char *format, ...)
{
	char text[PARAGRAPH_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	cmd_wrap(indent, text);
}

int cmd_refuse(const char *format, ...)
{
	char text[PARAGRAPH_MAX], safe[PARAGRAPH_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	text_safe(text, strlen(text), safe, sizeof(safe));
	fprintf(stderr, "tacit: %s\n", safe);
	return CMD_FAILED;
}

/* ---- amounts ---------------------------------------------------------------------------- */

/* In units of 10^-places, rounded. */
static int64_t scaled(int64_t fixed, int places)
{
	int64_t unit = 1;

	while (places-- > 0)
		unit *= 10;
	return (int64_t)(((__int128)fixed * unit + TACIT_ONE / 2) >> 20);
}

void cmd_json_fixed(struct json *json, const char *key, int64_t fixed)
{
	json_key(json, key);
	json_decimal(json, scaled(fixed, 6), 6);
}

void cmd_json_time(struct json *json, const char *key, int64_t time)
{
	char text[32];

	json_key(json, key);
	if (time == 0) {
		json_null(json);
		return;
	}
	clock_format_iso(time, text);
	json_string(json, text);
}

void cmd_decimal(char out[32], int64_t fixed)
{
	int64_t milli = scaled(fixed, 3);
	int size = snprintf(out, 32, "%lld.%03lld", (long long)(milli / 1000),
			    (long long)(milli % 1000));

	while (size > 0 && out[size - 1] == '0')
		out[--size] = 0;
	if (size > 0 && out[size - 1] == '.')
		out[--size] = 0;
}

bool cmd_take_decimal(const char *text, uint64_t most, int64_t *out)
{
	const char *point = strchr(text, '.');
	size_t size = point != NULL ? (size_t)(point - text) : strlen(text), i;
	char whole[24];
	uint64_t value, micro = 0;

	if (size == 0 || size >= sizeof(whole))
		return false;
	memcpy(whole, text, size);
	whole[size] = 0;
	if (!cmd_whole(whole, most, &value))
		return false;
	if (point != NULL && (point[1] == 0 || strlen(point + 1) > 6))
		return false;
	for (i = 0; point != NULL && i < 6; i++) {
		char digit = i < strlen(point + 1) ? point[1 + i] : '0';

		if (digit < '0' || digit > '9')
			return false;
		micro = micro * 10 + (uint64_t)(digit - '0');
	}
	if (value == most && micro > 0)
		return false;
	*out = (int64_t)((value << 20) + ((micro << 20) + 500000) / 1000000);
	return true;
}

void cmd_bits(char out[32], int64_t bits)
{
	int64_t tenths = (bits * 10 + TACIT_ONE - 1) >> 20;

	if (tenths < 100)	/* an upper bound: rounded up */
		snprintf(out, 32, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
	else
		cmd_count(out, (uint64_t)((bits + TACIT_ONE - 1) >> 20));
}

/* e^x in 2^-32, x in 2^-20 of at most 20. */
static uint64_t power_of_e(int64_t x)
{
	unsigned __int128 sum = 0, term = (unsigned __int128)1 << 40;
	uint64_t out;
	unsigned i;

	for (i = 1; i < 12 && term > 0; i++) {
		sum += term;
		term = term * (uint64_t)x / ((uint64_t)i << (20 + GUESS_STEPS));
	}
	for (i = 0; i < GUESS_STEPS; i++)
		sum = sum * sum >> 40;
	out = (uint64_t)(sum >> 8);
	return out;
}

void cmd_guess(char out[24], int64_t epsilon)
{
	unsigned __int128 e, sum;
	unsigned permille;

	if (epsilon > 20LL * TACIT_ONE) {
		snprintf(out, 24, "100 in 100");
		return;
	}
	e = power_of_e(epsilon);
	sum = e + ((unsigned __int128)1 << 32);
	permille = (unsigned)((2000 * e + sum) / (2 * sum));
	if (permille < 600 && permille % 10 != 0)
		snprintf(out, 24, "%u.%u in 100", permille / 10, permille % 10);
	else
		snprintf(out, 24, "%u in 100", (permille + 5) / 10);
}

/* ---- notches ---------------------------------------------------------------------------- */

void cmd_leaves(char out[256], const char *type, int notch, const char *facts, int64_t epsilon)
{
	bool lists = strcmp(type, "rank") == 0 || strcmp(type, "choose") == 0;
	const char *list = strcmp(type, "choose") == 0 ? "what you like best of its list, unordered"
						       : "your order of its list";
	char guess[24];

	if (!lists && notch > TACIT_OFF) {
		if (notch < TACIT_FACTS)
			snprintf(out, 256, "nothing; facts are told at \"facts\" only");
		else
			snprintf(out, 256, "%s%.160s", strcmp(type, "answer") == 0 ?
				 "answers to questions about " : "what you said of ",
				 facts != NULL && *facts != 0 ? facts : "yourself");
		return;
	}
	switch (notch) {
	case TACIT_OFF:
		snprintf(out, 256, "nothing, and it gets no answer");
		break;
	case TACIT_SILENT:
		snprintf(out, 256, "nothing; you alone see the order");
		break;
	case TACIT_SUBSET:
		cmd_guess(guess, epsilon);
		snprintf(out, 256, "a drawn part of its list, unordered; a guess at your favourite "
			 "between two of it is then right %s", guess);
		break;
	default:
		snprintf(out, 256, "%s%s", list,
			 notch >= TACIT_REASONS ? ", with the kinds of reason" : "");
	}
}

int cmd_notch(const struct cmd *cmd, const char *name)
{
	int notch = tacit_notch(name);

	if (notch >= 0)
		return notch;
	fprintf(stderr, "tacit %s: there is no notch \"%.40s\"; there are off, silent, subset, "
		"order, reasons and facts\n", cmd->command->name, name);
	exit(CMD_USAGE);
}

bool cmd_is_service(const char *word)
{
	return strstr(word, "://") != NULL || strncmp(word, "ed25519:", 8) == 0 ||
	       strchr(word, '.') != NULL;
}

const char *cmd_service(const char *word, char out[TACIT_SERVICE_BYTES])
{
	bool bare = strchr(word, '.') != NULL && strchr(word, '/') == NULL &&
		strncmp(word, "ed25519:", 8) != 0;

	snprintf(out, TACIT_SERVICE_BYTES, "%s%.290s", bare ? "https://" : "", word);
	return out;
}

void cmd_service_cell(const char *service, size_t columns)
{
	cmd_cell(strncmp(service, "https://", 8) == 0 ? service + 8 : service, columns);
}

/* ---- files ------------------------------------------------------------------------------ */

int cmd_read(const char *path, size_t max, struct bytes *out)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char part[65536];
	size_t got;
	int failed = 0;

	if (file == NULL)
		return cmd_refuse("%s cannot be read", path);
	while (failed == 0 && (got = fread(part, 1, sizeof(part), file)) > 0)
		failed = out->size + got > max || bytes_append(out, part, got) != 0;
	if (ferror(file) || failed != 0)
		failed = cmd_refuse(ferror(file) ? "%s cannot be read" : "%s is too large", path);
	if (file != stdin)
		fclose(file);
	return failed;
}
