/* What a terminal shows: cells that fit, numbers that read, one line of progress. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd.h"

bool cmd_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == 0);
}

bool cmd_terminal(void)
{
	return isatty(STDOUT_FILENO) != 0;
}

size_t cmd_columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

void cmd_cell(const char *text, size_t columns)
{
	char out[2048];

	text_fit(text, strlen(text), columns < 400 ? columns : 400, out, sizeof(out));
	fputs(out, stdout);
}

void cmd_rest(const char *text, size_t columns)
{
	char out[2048];
	size_t size = text_fit(text, strlen(text), columns < 400 ? columns : 400, out,
			       sizeof(out));

	while (size > 0 && out[size - 1] == ' ')
		size--;
	out[size] = 0;
	fputs(out, stdout);
}

const char *cmd_events(uint64_t count)
{
	return count == 1 ? "event" : "events";
}

void cmd_right(const char *text, size_t columns)
{
	size_t width = text_width(text, strlen(text));

	printf("%*s%s", width < columns ? (int)(columns - width) : 0, "", text);
}

void cmd_count(char out[32], uint64_t value)
{
	char digits[24];
	size_t size = (size_t)snprintf(digits, sizeof(digits), "%llu",
				       (unsigned long long)value), i, at = 0;

	for (i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = 0;
}

void cmd_score(char out[32], int64_t score)
{
	snprintf(out, 32, "%+.3f", (double)score / TACIT_ONE);
}

void cmd_chance(char out[16], int32_t probability)
{
	double percent = 100.0 * probability / TACIT_ONE;

	if (probability < 0)
		snprintf(out, 16, "-");
	else if (percent < 0.05)
		snprintf(out, 16, "< 0.1 %%");
	else if (percent < 10.0)
		snprintf(out, 16, "%.1f %%", percent);
	else
		snprintf(out, 16, "%.0f %%", percent);
}

void cmd_progress(const char *line)
{
	static bool shown;

	if (!isatty(STDERR_FILENO) || (line == NULL && !shown))
		return;
	fputs("\r\033[K", stderr);
	if (line != NULL) {
		char out[400];

		text_fit(line, strlen(line), cmd_columns() - 1, out, sizeof(out));
		fputs(out, stderr);
	}
	shown = line != NULL;
	fflush(stderr);
}

void cmd_json_event(struct json *json, const char *key, uint64_t event)
{
	char digits[24];

	json_key(json, key);
	if (event == 0) {
		json_null(json);
		return;
	}
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)event);
	json_string(json, digits);
}

int cmd_print_json(struct json *json)
{
	int status = CMD_OK;

	if (json->failed) {
		fputs("tacit: out of memory\n", stderr);
		status = CMD_FAILED;
	} else {
		fwrite(json->out.data, 1, json->out.size, stdout);
		putchar('\n');
	}
	bytes_free(&json->out);
	return status;
}
