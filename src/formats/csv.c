/* The walker over tables in text; see csv.h. */
#include "csv.h"

#include <string.h>
#include <strings.h>

/* So many quotes that are never closed, and quotes are taken for letters. */
#define UNCLOSED_MAX 64

/* Where the scan of a row stands; offsets count from the start of the row, because the window
 * moves when it is made longer. */
struct scan {
	size_t at;
	uint32_t field_from;
	uint32_t count;
	bool in_quotes, quoted, too_many;
	bool have_line;		/* the first line break is known: where a broken row is cut */
	size_t line_end;
};

void csv_open(struct csv *csv, struct input *input, char delimiter, bool quotes)
{
	memset(csv, 0, offsetof(struct csv, field));
	csv->names = 0;
	memset(&csv->header, 0, sizeof(csv->header));
	csv->input = input;
	csv->delimiter = delimiter;
	csv->quotes = quotes;
}

void csv_close(struct csv *csv)
{
	bytes_free(&csv->header);
}

static void end_field(struct csv *csv, struct scan *scan)
{
	if (scan->count < LIMIT_COLUMNS) {
		csv->span[scan->count].from = scan->field_from;
		csv->span[scan->count].to = (uint32_t)scan->at;
		csv->span[scan->count].quoted = scan->quoted;
		scan->count++;
	} else {
		scan->too_many = true;
	}
	scan->quoted = false;
}

/* Within quotes: moves to behind the closing one. False when the window ends first. */
static bool scan_quoted(struct scan *scan, const char *text, size_t size)
{
	while (scan->at < size) {
		const char *quote = memchr(text + scan->at, '"', size - scan->at);
		size_t stop = quote == NULL ? size : (size_t)(quote - text);

		if (!scan->have_line) {
			const char *line = memchr(text + scan->at, '\n', stop - scan->at);

			if (line != NULL) {
				scan->have_line = true;
				scan->line_end = (size_t)(line - text) + 1;
			}
		}
		if (quote == NULL || stop + 1 == size) {
			/* At the last byte it is not known yet whether the quote is doubled. */
			scan->at = stop;
			return false;
		}
		if (text[stop + 1] != '"') {
			scan->at = stop + 1;
			scan->in_quotes = false;
			return true;
		}
		scan->at = stop + 2;
	}
	return false;
}

/* Goes on until the end of the row (true: scan->at is its line break) or of the window. */
static bool scan_row(struct csv *csv, struct scan *scan, const char *text, size_t size)
{
	const char delimiter = csv->delimiter;

	for (;;) {
		char c;

		if (scan->in_quotes && !scan_quoted(scan, text, size))
			return false;
		if (scan->at >= size)
			return false;
		c = text[scan->at];
		if (c == delimiter) {
			end_field(csv, scan);
			scan->at++;
			scan->field_from = (uint32_t)scan->at;
		} else if (c == '\n') {
			return true;
		} else if (c == '"' && csv->quotes && scan->at == scan->field_from) {
			scan->in_quotes = scan->quoted = true;
			scan->at++;
		} else {
			do
				scan->at++;
			while (scan->at < size && text[scan->at] != delimiter &&
			       text[scan->at] != '\n');
		}
	}
}

/* Takes the quotes off a field, in place: "a ""b"" c"d -> a "b" cd. */
static struct act_text unquote(char *text, size_t size)
{
	struct act_text out = { text, 0 };
	const char *quote = memchr(text + 1, '"', size - 1);
	size_t from = 1, to = 0;
	bool inside = true;

	if (quote == text + size - 1)	/* as nearly always: nothing moves */
		return (struct act_text){ text + 1, (uint32_t)size - 2 };
	for (; from < size; from++) {
		if (text[from] == '"' && inside) {
			if (from + 1 < size && text[from + 1] == '"')
				from++;
			else {
				inside = false;
				continue;
			}
		}
		text[to++] = text[from];
	}
	out.size = (uint32_t)to;
	return out;
}

/* The row is text[0..size) without its line break: fills the fields. */
static void take_row(struct csv *csv, const struct scan *scan, char *text, size_t size)
{
	uint32_t i;

	csv->count = scan->count;
	for (i = 0; i < scan->count; i++) {
		char *from = text + csv->span[i].from;
		size_t length = csv->span[i].to - csv->span[i].from;

		if (csv->span[i].to > size)	/* the CR of the line break */
			length = size - csv->span[i].from;
		if (csv->span[i].quoted) {
			csv->field[i] = unquote(from, length);
		} else {
			csv->field[i].data = from;
			csv->field[i].size = (uint32_t)length;
		}
	}
}

/* The row is broken: goes on behind its first line (or, without one, behind everything). */
static int give_up(struct csv *csv, const struct scan *scan, const char *why,
		   enum csv_result *result)
{
	struct input *input = csv->input;
	bool more = true;

	csv->why = why;
	csv->count = 0;
	*result = CSV_BAD;
	/* Each such row cost a look through LIMIT_ROW_BYTES: enough of them, and it is over. */
	if (scan->in_quotes && ++csv->unclosed >= UNCLOSED_MAX)
		csv->quotes = false;
	if (scan->have_line) {
		input->at += scan->line_end;
		return 0;
	}
	for (;;) {
		const char *line = memchr(input_text(input), '\n', input_size(input));
		int failed;

		if (line != NULL) {
			input->at += (size_t)(line - input_text(input)) + 1;
			return 0;
		}
		input->at = input->text.size;
		if (!more)
			return 0;
		failed = input_more(input, &more);
		if (failed != 0)
			return failed;
	}
}

/* The row ends at scan->at, with or without a line break there. */
static enum csv_result finish(struct csv *csv, struct scan *scan, bool at_end)
{
	struct input *input = csv->input;
	char *text = (char *)input->text.data + input->at;
	size_t size = scan->at;

	end_field(csv, scan);
	if (size > 0 && text[size - 1] == '\r')
		size--;
	input->at += scan->at + (at_end ? 0 : 1);
	if (scan->too_many || size > LIMIT_ROW_BYTES) {
		csv->why = scan->too_many ? "too many columns" : "a row that is too long";
		csv->count = 0;
		return CSV_BAD;
	}
	take_row(csv, scan, text, size);
	return CSV_ROW;
}

/* Skips empty lines; false when nothing is left. */
static int skip_empty(struct csv *csv, bool *left)
{
	struct input *input = csv->input;

	for (;;) {
		while (input_size(input) > 0 &&
		       (*input_text(input) == '\n' ||
			(*input_text(input) == '\r' &&
			 (input_size(input) < 2 || input_text(input)[1] == '\n'))))
			input->at++;
		if (input_size(input) > 0) {
			*left = true;
			return 0;
		}
		{
			int failed = input_more(input, left);

			if (failed != 0 || !*left)
				return failed;
		}
	}
}

int csv_next(struct csv *csv, enum csv_result *result)
{
	struct scan scan = { 0 };
	bool more;
	int failed = skip_empty(csv, &more);

	*result = CSV_END;
	if (failed != 0 || !more)
		return failed;
	for (;;) {
		if (scan_row(csv, &scan, input_text(csv->input), input_size(csv->input))) {
			*result = finish(csv, &scan, false);
			return 0;
		}
		if (input_size(csv->input) > LIMIT_ROW_BYTES)
			return give_up(csv, &scan, scan.in_quotes ? "a quote that is never closed" :
				       "a row that is too long", result);
		failed = input_more(csv->input, &more);
		if (failed != 0)
			return failed;
		if (more)
			continue;
		if (!scan.in_quotes) {
			*result = finish(csv, &scan, true);
			return 0;
		}
		/* The quote at the very last byte closes the field after all. */
		if (scan.at + 1 == input_size(csv->input) &&
		    input_text(csv->input)[scan.at] == '"') {
			scan.at++;
			*result = finish(csv, &scan, true);
			return 0;
		}
		return give_up(csv, &scan, "a quote that is never closed", result);
	}
}

_Static_assert(CSV_SLOTS >= 2 * LIMIT_COLUMNS, "a search for a name ends at an empty slot");

/* The slot of the column of that name (ASCII letters in any case), or the free one for it. */
static uint32_t find_slot(const struct csv *csv, const char *name)
{
	const unsigned char *at = (const unsigned char *)name;
	uint32_t hash = 0;

	for (; *at != 0; at++)
		hash = hash * 31 + (*at | 0x20);
	for (hash %= CSV_SLOTS; csv->slot[hash] != 0; hash = (hash + 1) % CSV_SLOTS)
		if (strcasecmp(csv_name(csv, csv->slot[hash] - 1u), name) == 0)
			break;
	return hash;
}

int csv_header(struct csv *csv, bool *found)
{
	enum csv_result result;
	uint32_t i;
	int failed;

	*found = false;
	failed = csv_next(csv, &result);
	if (failed != 0 || result != CSV_ROW)
		return failed;
	for (i = 0; i < csv->count; i++) {
		struct act_text name = csv->field[i];

		while (name.size > 0 && (name.data[0] == ' ' || name.data[0] == '\t')) {
			name.data++;
			name.size--;
		}
		while (name.size > 0 && (name.data[name.size - 1] == ' ' ||
					 name.data[name.size - 1] == '\t'))
			name.size--;
		csv->name_at[i] = (uint32_t)csv->header.size;
		if (bytes_append(&csv->header, name.data, name.size) != 0 ||
		    bytes_append_byte(&csv->header, 0) != 0)
			return error_memory(csv->input->error);
	}
	csv->names = csv->count;
	memset(csv->slot, 0, sizeof(csv->slot));
	for (i = 0; i < csv->names; i++) {
		uint32_t slot = find_slot(csv, csv_name(csv, i));

		if (csv->slot[slot] == 0)	/* of two with one name the first counts */
			csv->slot[slot] = (uint16_t)(i + 1);
	}
	*found = true;
	return 0;
}

const char *csv_name(const struct csv *csv, uint32_t column)
{
	return (const char *)csv->header.data + csv->name_at[column];
}

int csv_column(const struct csv *csv, const char *name)
{
	return csv->names == 0 ? -1 : (int)csv->slot[find_slot(csv, name)] - 1;
}
