/*
 * Steps of Google Fit. An export has a table of days, and for each day a file of quarters of an
 * hour, whose date is its name. Both tell the same steps: where a day's quarters are in the export,
 * the day itself is skipped. Columns vary from person to person and are found by name.
 */
#include "google_fit.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "formats/number.h"
#include "formats/rest.h"
#include "readers/catalogue.h"
#include "readers/detect.h"
#include "readers/each.h"

#define DAYS_SEED 0x666974		/* "fit": the marks of others have other seeds */

static const char *const kept[] = { "Move Minutes count", "Distance (m)", "Heart Points" };

struct file {
	struct reading *reading;
	struct csv csv;
	struct bytes rest;
	int steps, date, from, to;	/* columns */
	char day[11];			/* of the file's name; "" where it has none */
	bool marking;			/* first pass: only marks the day */
	bool marked;
};

static bool match_days(const struct sniff *sniff)
{
	static const char *const names[] = { "Date", "Step count", "Calories (kcal)", NULL };

	return detect_columns(sniff, names);
}

static bool match_quarters(const struct sniff *sniff)
{
	static const char *const names[] = { "Start time", "End time", "Calories (kcal)", NULL };

	return detect_columns(sniff, names);
}

static uint64_t day_key(int64_t day)
{
	return hash_bytes(&day, sizeof(day), DAYS_SEED);
}

/* The date that the name of a file ends with: "a/2023-11-21.csv". */
static void find_day(struct file *file, const char *name)
{
	size_t size = strlen(name);
	int16_t zone;
	bool date_only;
	int64_t ms;

	if (size < 14 || !clock_parse_iso(name + size - 14, 10, &ms, &zone, &date_only))
		return;
	memcpy(file->day, name + size - 14, 10);
	file->day[10] = 0;
}

/* "00:15:00.000+02:00" on the day of the file. */
static bool time_of(const struct file *file, int column, int64_t *ms, int16_t *zone)
{
	struct act_text text = number_trim(csv_get(&file->csv, column));
	char whole[64];
	bool date_only;

	if (file->day[0] == 0 || text.size == 0 || text.size > 40)
		return false;
	memcpy(whole, file->day, 10);
	whole[10] = 'T';
	memcpy(whole + 11, text.data, text.size);
	return clock_parse_iso(whole, 11 + text.size, ms, zone, &date_only) && !date_only;
}

/* Steps of the row, or the reason why it has none. */
static const char *steps_of(const struct file *file, struct act *act)
{
	struct act_text steps = number_trim(csv_get(&file->csv, file->steps));
	int64_t count;

	if (steps.size == 0)
		return "no steps";
	if (!number_whole(steps, &count) || count < 0 || count > 1000000)
		return "steps that are no count";
	if (count == 0)
		return "no steps";
	act->value = count << 20;
	act->title = emit_text("Steps");
	return NULL;
}

static struct act_text rest_of(struct file *file)
{
	size_t i;

	rest_begin(&file->rest);
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		rest_put(&file->rest, kept[i],
			 csv_get(&file->csv, csv_column(&file->csv, kept[i])));
	return rest_end(&file->rest);
}

static int take_quarter(void *context)
{
	struct file *file = context;
	struct emit *emit = file->reading->emit;
	int64_t end;
	int16_t zone;
	struct act act;
	const char *why;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	why = steps_of(file, &act);
	if (why == NULL && !time_of(file, file->from, &act.time, &act.zone))
		why = "no date";
	if (why != NULL)
		return emit_skip(emit, why);
	if (time_of(file, file->to, &end, &zone)) {
		if (end <= act.time)	/* the last quarter ends at midnight */
			end += CLOCK_DAY_MS;
		act.duration = end - act.time;
	}
	act.rest = rest_of(file);
	return emit_act(emit, &act);
}

static int take_day(void *context)
{
	struct file *file = context;
	struct emit *emit = file->reading->emit;
	struct act_text date = number_trim(csv_get(&file->csv, file->date));
	const char *why;
	struct act act;
	int16_t zone;
	bool date_only;

	emit_blank_act(&act, ACT_EXERCISE, "health");
	why = steps_of(file, &act);
	if (why == NULL && (!clock_parse_iso(date.data, date.size, &act.time, &zone, &date_only) ||
			    !date_only))
		why = "no date";
	if (why == NULL &&
	    catalogue_marked(file->reading->catalogue, day_key(act.time / CLOCK_DAY_MS)))
		why = "a day whose quarters of an hour are there";
	if (why != NULL)
		return emit_skip(emit, why);
	act.time += CLOCK_DAY_MS / 2;
	act.flags |= ACT_DATE_ONLY;
	act.duration = CLOCK_DAY_MS;
	act.rest = rest_of(file);
	return emit_act(emit, &act);
}

static int open_file(struct file *file, struct reading *reading, bool *found)
{
	int failed;

	memset(file, 0, sizeof(*file));
	file->reading = reading;
	find_day(file, reading->sniff->name);
	csv_open(&file->csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&file->csv, found);
	file->steps = csv_column(&file->csv, "Step count");
	file->date = csv_column(&file->csv, "Date");
	file->from = csv_column(&file->csv, "Start time");
	file->to = csv_column(&file->csv, "End time");
	return failed;
}

static int read_rows(struct reading *reading, int (*take)(void *context))
{
	struct file file;
	bool found;
	int failed = open_file(&file, reading, &found);

	if (failed == 0 && found)
		failed = each_row(reading, &file.csv, take, &file);
	csv_close(&file.csv);
	bytes_free(&file.rest);
	return failed;
}

static int read_days(struct reading *reading)
{
	return read_rows(reading, take_day);
}

static int read_quarters(struct reading *reading)
{
	return read_rows(reading, take_quarter);
}

/* Marks the day whose quarters hold steps. */
static int prepare_quarters(struct reading *reading)
{
	enum csv_result result = CSV_ROW;
	struct file file;
	bool found, date_only;
	struct act act;
	int16_t zone;
	int64_t ms;
	int failed = open_file(&file, reading, &found);

	while (failed == 0 && found && file.day[0] != 0) {
		failed = csv_next(&file.csv, &result);
		if (failed != 0 || result == CSV_END)
			break;
		if (result != CSV_ROW || steps_of(&file, &act) != NULL ||
		    !time_of(&file, file.from, &ms, &zone))
			continue;
		clock_parse_iso(file.day, 10, &ms, &zone, &date_only);
		if (catalogue_mark(reading->catalogue, day_key(ms / CLOCK_DAY_MS)) != 0)
			failed = error_memory(reading->error);
		break;
	}
	csv_close(&file.csv);
	return failed;
}

static const char *const google_fit_dropped[] = {
	"Low latitude (deg)", "Low longitude (deg)", "High latitude (deg)", "High longitude (deg)",
	"Average weight (kg)", "Average heart rate (bpm)", NULL,
};
static const struct reader_about google_fit_days_about = {
	"Daily activity metrics.csv",
	"exercise",
	"Date, Step count; rest: Move Minutes count, Distance (m), Heart Points",
	google_fit_dropped,
	"the time of day"
};
const struct reader google_fit_days = {
	"google-fit", "Google Fit: steps by day", match_days, NULL, read_days,
	&google_fit_days_about
};
static const struct reader_about google_fit_quarters_about = {
	"Daily activity metrics/YYYY-MM-DD.csv",
	"exercise",
	"Start time, End time, Step count; rest: Move Minutes count, Distance (m), Heart Points",
	google_fit_dropped,
	"the date, but for the file's name"
};
const struct reader google_fit_quarters = {
	"google-fit", "Google Fit: steps by quarter of an hour", match_quarters, prepare_quarters,
	read_quarters, &google_fit_quarters_about
};
