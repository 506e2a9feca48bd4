/*
 * Tables in text: comma (or any other delimiter), quotes as in RFC 4180, LF or CRLF, fields with
 * line breaks in quotes, columns by the names in the header. Streaming: memory is one row and the
 * window of the input. A quote that is never closed costs one line, not the rest of the file.
 */
#ifndef TACIT_FORMATS_CSV_H
#define TACIT_FORMATS_CSV_H

#include "base/act.h"
#include "base/limits.h"
#include "formats/input.h"

enum csv_result {
	CSV_END,
	CSV_ROW,
	CSV_BAD		/* a row that cannot be read: csv->why says why; go on with csv_next */
};

#define CSV_SLOTS 1024		/* at least half of them stay empty */

struct csv {
	struct input *input;
	char delimiter;
	bool quotes;			/* false: a quote is a letter like any other */
	const char *why;
	uint32_t unclosed;		/* quotes that were never closed so far */
	uint32_t count;			/* fields of the current row */
	struct act_text field[LIMIT_COLUMNS];
	uint32_t names;			/* columns of the header */
	struct bytes header;		/* their names, each with a NUL behind */
	uint32_t name_at[LIMIT_COLUMNS];
	struct csv_span {
		uint32_t from, to;
		bool quoted;
	} span[LIMIT_COLUMNS];
	uint16_t slot[CSV_SLOTS];	/* 1 + column, by a hash of its name; 0: none */
};

void csv_open(struct csv *csv, struct input *input, char delimiter, bool quotes);
void csv_close(struct csv *csv);

/* Reads the first row as names; *found is false when the file is empty. */
int csv_header(struct csv *csv, bool *found);
/* The number of the column with that name (ASCII letters in any case), or -1. */
int csv_column(const struct csv *csv, const char *name);
const char *csv_name(const struct csv *csv, uint32_t column);

/* The next row; empty lines are no rows. Fields point into the input's window and are good until
 * the next call. Returns 0 or a negative TACIT_E_*. */
int csv_next(struct csv *csv, enum csv_result *result);

/* The field of a column; an empty text for -1 and for rows that are too short. */
static inline struct act_text csv_get(const struct csv *csv, int column)
{
	struct act_text none = { "", 0 };

	return column < 0 || (uint32_t)column >= csv->count ? none : csv->field[column];
}

#endif
