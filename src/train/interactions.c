/*
 * The tab-separated files that `tacit train` and `tacit eval` take. A header line names the
 * columns; they may stand in any order, and columns with other names are left alone. A column of
 * interactions whose name begins with @ is a feature of the moment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/text.h"
#include "data.h"

#define COLUMNS_MAX 64

struct lines {
	FILE *file;
	const char *path;
	char *line;
	size_t capacity, size;
	uint64_t number;
	char *cell[COLUMNS_MAX];
	size_t cells;
	int column[8];			/* place of each wanted column, -1 where absent */
	size_t feature[LIMIT_MOMENT_FEATURES];	/* places of the @ columns */
	char name[LIMIT_MOMENT_FEATURES][LIMIT_MOMENT_BYTES];	/* theirs, without the @ */
	uint32_t features;
};

/* The next line cut into cells; 1, or 0 at the end of the file. */
static int next_line(struct lines *lines)
{
	ssize_t got = getline(&lines->line, &lines->capacity, lines->file);
	char *at;

	if (got < 0)
		return 0;
	lines->number++;
	lines->size = (size_t)got;
	while (lines->size > 0 && (lines->line[lines->size - 1] == '\n' ||
				   lines->line[lines->size - 1] == '\r'))
		lines->line[--lines->size] = 0;
	lines->cells = 0;
	at = lines->line;
	while (lines->cells < COLUMNS_MAX) {
		char *tab = strchr(at, '\t');

		lines->cell[lines->cells++] = at;
		if (tab == NULL)
			break;
		*tab = 0;
		at = tab + 1;
	}
	return 1;
}

static int open_lines(struct lines *lines, const char *path, const char *const *wanted,
		      size_t needed, size_t count, struct error *error)
{
	size_t w, c;

	memset(lines, 0, sizeof(*lines));
	lines->path = path;
	lines->file = fopen(path, "re");
	if (lines->file == NULL)
		return error_errno(error, TACIT_E_NOT_FOUND, "cannot open %s", path);
	if (!next_line(lines))
		return error_set(error, TACIT_E_FORMAT, "%s is empty", path);
	if (strncmp(lines->cell[0], "\xef\xbb\xbf", 3) == 0)
		lines->cell[0] += 3;
	for (w = 0; w < count; w++) {
		lines->column[w] = -1;
		for (c = 0; c < lines->cells; c++)
			if (strcmp(lines->cell[c], wanted[w]) == 0)
				lines->column[w] = (int)c;
		if (w < needed && lines->column[w] < 0)
			return error_set(error, TACIT_E_FORMAT, "%s: the first line has no column "
					 "\"%s\"; it names the columns, tab-separated: "
					 "user item time", path, wanted[w]);
	}
	return 0;
}

static void close_lines(struct lines *lines)
{
	if (lines->file != NULL)
		fclose(lines->file);
	free(lines->line);
}

static const char *cell(const struct lines *lines, int which)
{
	int column = lines->column[which];

	return column < 0 || (size_t)column >= lines->cells ? "" : lines->cell[column];
}

/* A whole number, or the whole part of a decimal one. */
static int whole_number(const char *text, int64_t *out)
{
	int negative = *text == '-';
	int64_t value = 0;

	text += negative;
	if (*text < '0' || *text > '9')
		return 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (value > (INT64_MAX - 9) / 10)
			return 0;
		value = value * 10 + (*text - '0');
	}
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++)
			;
	*out = negative ? -value : value;
	return *text == 0;
}

/* The names must outlive the first line. */
static int find_features(struct lines *lines, struct error *error)
{
	uint32_t f;
	size_t c;

	for (c = 0; c < lines->cells; c++) {
		const char *name = lines->cell[c] + 1;

		if (lines->cell[c][0] != '@')
			continue;
		if (lines->features == LIMIT_MOMENT_FEATURES)
			return error_set(error, TACIT_E_LIMIT, "%s: more than %d columns begin "
					 "with @", lines->path, LIMIT_MOMENT_FEATURES);
		if (*name == 0 || strlen(name) > LIMIT_MOMENT_BYTES / 2 ||
		    strchr(name, '=') != NULL || !text_valid(name, strlen(name)))
			return error_set(error, TACIT_E_FORMAT, "%s: \"@%s\" is no name of a "
					 "feature: it is UTF-8 text of at most %d bytes without =",
					 lines->path, name, LIMIT_MOMENT_BYTES / 2);
		for (f = 0; f < lines->features; f++)
			if (strcmp(lines->name[f], name) == 0)
				return error_set(error, TACIT_E_FORMAT, "%s: the column \"@%s\" "
						 "is there twice", lines->path, name);
		snprintf(lines->name[lines->features], LIMIT_MOMENT_BYTES, "%s", name);
		lines->feature[lines->features++] = c;
	}
	return 0;
}

static int read_moment(const struct lines *lines, struct train_collector *collector,
		       struct error *error)
{
	char text[LIMIT_MOMENT_BYTES + 1];
	uint32_t f;
	int result = 0;

	for (f = 0; result == 0 && f < lines->features; f++) {
		size_t c = lines->feature[f];
		const char *value = c < lines->cells ? lines->cell[c] : "";
		int size = snprintf(text, sizeof(text), "%s=%s", lines->name[f], value);

		if (*value == 0)
			continue;
		if (size < 0 || size > LIMIT_MOMENT_BYTES || !text_valid(value, strlen(value)))
			return error_set(error, TACIT_E_FORMAT, "%s line %llu: @%s=%.20s... is no "
					 "UTF-8 text of at most %d bytes", lines->path,
					 (unsigned long long)lines->number, lines->name[f], value,
					 LIMIT_MOMENT_BYTES);
		result = train_collector_moment(collector, f, text, (size_t)size, error);
	}
	return result;
}

static int read_interactions(const char *path, struct train_collector *collector,
			     struct error *error)
{
	static const char *const wanted[] = { "user", "item", "time" };
	struct lines lines;
	int result = open_lines(&lines, path, wanted, 3, 3, error);

	if (result == 0)
		result = find_features(&lines, error);
	if (result == 0)
		result = train_collector_features(collector, lines.features);
	while (result == 0 && next_line(&lines)) {
		const char *user = cell(&lines, 0), *item = cell(&lines, 1);
		int64_t time;

		if (lines.size == 0)
			continue;
		if (*user == 0 || *item == 0 || !whole_number(cell(&lines, 2), &time))
			result = error_set(error, TACIT_E_FORMAT, "%s line %llu: needs a user, an "
					   "item and a whole number for time", path,
					   (unsigned long long)lines.number);
		else
			result = train_collector_add(collector, user, strlen(user), item,
						     strlen(item), time, error);
		if (result == 0)
			result = read_moment(&lines, collector, error);
	}
	close_lines(&lines);
	return result;
}

static int read_items(const char *path, struct train_collector *collector, struct error *error)
{
	static const char *const wanted[] = { "item", "title", "creator", "year", "words" };
	struct lines lines;
	int result = open_lines(&lines, path, wanted, 2, 5, error);

	while (result == 0 && next_line(&lines)) {
		struct train_item item = { NULL, (char *)cell(&lines, 1), (char *)cell(&lines, 2),
					   (char *)cell(&lines, 4), 0 };
		const char *id = cell(&lines, 0);
		int64_t year = 0;

		if (lines.size == 0 || *id == 0)
			continue;
		if (whole_number(cell(&lines, 3), &year) && year > 0 && year < 10000)
			item.year = (int32_t)year;
		if (!text_valid(item.title, strlen(item.title)) ||
		    strlen(item.title) > LIMIT_TITLE_BYTES)
			result = error_set(error, TACIT_E_FORMAT, "%s line %llu: the title is no "
					   "UTF-8 text of at most %d bytes", path,
					   (unsigned long long)lines.number, LIMIT_TITLE_BYTES);
		else
			result = train_collector_describe(collector, id, strlen(id), &item, error);
	}
	close_lines(&lines);
	return result;
}

int train_data_read(const char *interactions_path, const char *items_path,
		    struct train_data **out, struct error *error)
{
	struct train_collector *collector = train_collector_new();
	int result;

	if (collector == NULL)
		return error_memory(error);
	result = read_interactions(interactions_path, collector, error);
	if (result == 0 && items_path != NULL)
		result = read_items(items_path, collector, error);
	if (result != 0) {
		train_collector_free(collector);
		return result;
	}
	return train_collector_finish(collector, out, error);
}
