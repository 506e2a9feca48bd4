/*
 * What readers of lists share: the fields of a row by name, whether it stands in a table or is a
 * JSON object, and sending its act off with the date that the list has for it. Rows with a full
 * time go at once; dates alone wait for the end of the file (collect.h).
 */
#ifndef TACIT_READERS_SHEET_H
#define TACIT_READERS_SHEET_H

#include "formats/csv.h"
#include "formats/objects.h"
#include "readers/collect.h"
#include "readers/each.h"
#include "readers/reader.h"

#define SHEET_COLUMNS 64		/* names whose columns are remembered */
#define SHEET_TEXTS 32		/* numbers of one row that sheet_get gave and that still stand */

struct sheet {
	struct reading *reading;
	struct emit *emit;
	bool json;			/* which of the two below is read */
	struct csv csv;
	struct objects objects;
	struct collect collect;
	struct bytes rest, words, text;
	struct sheet_column {
		const char *name;
		int column;
	} column[SHEET_COLUMNS];
	char scratch[SHEET_TEXTS][OBJECTS_SCRATCH];
	unsigned turn;
	uint64_t undated;		/* acts kept without any date */
	uint64_t unzoned;		/* acts with a time of day that no zone was said of */
	int (*take)(struct sheet *sheet);
	int mode;			/* the reader's own */
};

/* Reads a table, or objects: `wanted` as objects_open_members has it; sheet_array: those of the
 * top-level array, or the one at the top. `take` emits or skips the row. */
int sheet_table(struct reading *reading, int mode, int (*take)(struct sheet *sheet));
extern const char *const sheet_array[];
int sheet_objects(struct reading *reading, int mode, const char *const *wanted,
		  int (*take)(struct sheet *sheet));
/* As sheet_objects, each object's text mended before it is parsed (mojibake.h). */
int sheet_mended(struct reading *reading, int mode, const char *const *wanted,
		 int (*take)(struct sheet *sheet));

/* The field of that name (of an object: at that path), blanks cut; empty if it is not there. The
 * name must stand for as long as the sheet does: its column is looked up once. */
struct act_text sheet_get(struct sheet *sheet, const char *name);
/* The first of two that has something in it. */
struct act_text sheet_either(struct sheet *sheet, const char *name, const char *other);
/* Puts these fields into act->rest; names end with NULL. */
void sheet_keep(struct sheet *sheet, struct act *act, const char *const *names);
/* "a, b,c" as "a|b|c". Good until it is called again. */
struct act_text sheet_words(struct sheet *sheet, struct act_text list, char between);
/* Stars from a text on a scale up to `most`; no value where there is none above 0. */
void sheet_stars(struct act *act, struct act_text text, int most);
/* Sends the act with that date: a full time, a date, or unix seconds. Without any date that can be
 * read the row is skipped. */
int sheet_act(struct sheet *sheet, struct act *act, struct act_text date);
/* The same for a list that has no dates: 1970-01-01, in its order. */
int sheet_undated(struct sheet *sheet, struct act *act);
/* sheet_act where there is a date, else sheet_undated. */
int sheet_dated(struct sheet *sheet, struct act *act, struct act_text date);

#endif
