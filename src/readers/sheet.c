/* Rows of lists; see sheet.h. */
#include "sheet.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/mojibake.h"

const char *const sheet_array[] = { NULL };

static const struct collect_how usual = { DATES_MDY, "as most services write them", true };

static int take(void *context)
{
	struct sheet *sheet = context;

	return sheet->take(sheet);
}

static void begin(struct sheet *sheet, struct reading *reading, int mode,
		  int (*take_row)(struct sheet *sheet))
{
	memset(sheet, 0, sizeof(*sheet));
	sheet->reading = reading;
	sheet->emit = reading->emit;
	sheet->mode = mode;
	sheet->take = take_row;
	collect_init(&sheet->collect, reading->error);
}

static int finish(struct sheet *sheet, int failed)
{
	if (sheet->undated > 0)
		emit_note(sheet->emit, "%" PRIu64 " row%s without a date: kept as 1970-01-01, in "
			  "their order", sheet->undated, sheet->undated == 1 ? "" : "s");
	if (sheet->unzoned > 0)
		emit_note(sheet->emit, "times without a zone are taken as UTC");
	if (failed == 0)
		failed = collect_finish(&sheet->collect, sheet->emit, &usual);
	collect_free(&sheet->collect);
	bytes_free(&sheet->rest);
	bytes_free(&sheet->words);
	bytes_free(&sheet->text);
	return failed;
}

int sheet_table(struct reading *reading, int mode, int (*take_row)(struct sheet *sheet))
{
	struct sheet sheet;
	bool found;
	int failed;

	begin(&sheet, reading, mode, take_row);
	csv_open(&sheet.csv, reading->input, reading->sniff->delimiter == 0 ? ',' :
		 reading->sniff->delimiter, true);
	failed = csv_header(&sheet.csv, &found);
	if (failed == 0 && found)
		failed = each_row(reading, &sheet.csv, take, &sheet);
	csv_close(&sheet.csv);
	return finish(&sheet, failed);
}

static int read_objects(struct reading *reading, int mode, const char *const *wanted,
			int (*take_row)(struct sheet *sheet), void (*mend)(char *, size_t))
{
	struct sheet sheet;
	int failed;

	begin(&sheet, reading, mode, take_row);
	sheet.json = true;
	if (wanted == sheet_array)
		objects_open(&sheet.objects, reading->input);
	else
		objects_open_members(&sheet.objects, reading->input, wanted);
	sheet.objects.mend = mend;
	failed = each_object(reading, &sheet.objects, take, &sheet);
	objects_close(&sheet.objects);
	return finish(&sheet, failed);
}

int sheet_objects(struct reading *reading, int mode, const char *const *wanted,
		  int (*take_row)(struct sheet *sheet))
{
	return read_objects(reading, mode, wanted, take_row, NULL);
}

int sheet_mended(struct reading *reading, int mode, const char *const *wanted,
		 int (*take_row)(struct sheet *sheet))
{
	return read_objects(reading, mode, wanted, take_row, mojibake_mend);
}

static int column_of(struct sheet *sheet, const char *name)
{
	struct sheet_column *known = &sheet->column[((uintptr_t)name >> 3) % SHEET_COLUMNS];

	if (known->name != name) {
		known->name = name;
		known->column = csv_column(&sheet->csv, name);
	}
	return known->column;
}

struct act_text sheet_get(struct sheet *sheet, const char *name)
{
	if (!sheet->json)
		return number_trim(csv_get(&sheet->csv, column_of(sheet, name)));
	sheet->turn = (sheet->turn + 1) % SHEET_TEXTS;
	return number_trim(objects_at(&sheet->objects, name, sheet->scratch[sheet->turn]));
}

struct act_text sheet_either(struct sheet *sheet, const char *name, const char *other)
{
	struct act_text text = sheet_get(sheet, name);

	return text.size > 0 ? text : sheet_get(sheet, other);
}

void sheet_keep(struct sheet *sheet, struct act *act, const char *const *names)
{
	rest_begin(&sheet->rest);
	for (; *names != NULL; names++)
		rest_put(&sheet->rest, *names, sheet_get(sheet, *names));
	act->rest = rest_end(&sheet->rest);
}

struct act_text sheet_words(struct sheet *sheet, struct act_text list, char between)
{
	struct act_text words = { NULL, 0 };
	uint32_t from = 0, to;

	bytes_clear(&sheet->words);
	for (; from < list.size; from = to + 1) {
		struct act_text word;

		for (to = from; to < list.size && list.data[to] != between; to++)
			;
		word = number_trim((struct act_text){ list.data + from, to - from });
		if (word.size == 0)
			continue;
		if ((sheet->words.size > 0 && bytes_append_byte(&sheet->words, '|') != 0) ||
		    bytes_append(&sheet->words, word.data, word.size) != 0)
			return words;
	}
	words.data = (const char *)sheet->words.data;
	words.size = (uint32_t)sheet->words.size;
	return words;
}

void sheet_stars(struct act *act, struct act_text text, int most)
{
	int64_t value;

	act->value = ACT_NONE;
	if (number_fixed(number_trim(text), &value) && value > 0 && value <= (int64_t)most << 20)
		act->value = value * 5 / most;
}

int sheet_act(struct sheet *sheet, struct act *act, struct act_text date)
{
	struct dates_raw raw;
	bool date_only;
	int64_t ms;
	int16_t zone;

	date = number_trim(date);
	if (clock_parse_iso(date.data, date.size, &ms, &zone, &date_only) && !date_only) {
		act->time = ms;
		sheet->unzoned += zone == ACT_ZONE_UNKNOWN;
		if (zone != 0)		/* "Z" is how a service writes, not where one was */
			act->zone = zone;
		return emit_act(sheet->emit, act);
	}
	if (dates_parse(date.data, date.size, &raw))
		return collect_add(&sheet->collect, act, &raw);
	if (!dates_parse_unix(date.data, date.size, &act->time) || act->time <= 0)
		return emit_skip(sheet->emit, "no date");
	return emit_act(sheet->emit, act);
}

int sheet_undated(struct sheet *sheet, struct act *act)
{
	struct dates_raw raw;

	dates_parse("1970-01-01", 10, &raw);
	sheet->undated++;
	return collect_add(&sheet->collect, act, &raw);
}

int sheet_dated(struct sheet *sheet, struct act *act, struct act_text date)
{
	return date.size == 0 ? sheet_undated(sheet, act) : sheet_act(sheet, act, date);
}
