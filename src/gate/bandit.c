/*
 * Off-policy replay: reads logs in the format of the Open Bandit data (Saito, Aihara, Matsutani and
 * Narita 2021) and has policies estimated on them. A row that cannot be read is an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "inside.h"
#include "formats/csv.h"
#include "formats/number.h"
#include "train/bandit.h"

#define POLICIES 6

#define ALL_COLUMNS "timestamp, item_id, position, click, propensity_score"

enum { TIME, ITEM, POSITION, CLICK, PROPENSITY, COLUMNS };
static const char *const column_name[COLUMNS] = {
	"timestamp", "item_id", "position", "click", "propensity_score"
};

/* Distinct numbers, ascending: what items and positions are called in the log. */
struct names {
	uint32_t *value;
	uint32_t count, capacity;
};

struct reading {
	const char *path;
	FILE *file;
	struct error *error;
	struct csv csv;
	int column[COLUMNS];
	uint64_t line;			/* of the table, the header being 1 */
	struct bandit_log *log;
	uint64_t capacity;
	struct names *item, *position;
	bool fixed;			/* names are those of another log: no new ones */
};

/* ---- names ------------------------------------------------------------------------------- */

static uint32_t name_place(const struct names *names, uint32_t value)
{
	uint32_t low = 0, high = names->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (names->value[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* 0, or TACIT_E_NOT_FOUND where it is new and may not be; TACIT_E_LIMIT, TACIT_E_MEMORY. */
static int name_add(struct names *names, uint32_t value, uint32_t most, bool fixed)
{
	uint32_t at = name_place(names, value);

	if (at < names->count && names->value[at] == value)
		return 0;
	if (fixed)
		return TACIT_E_NOT_FOUND;
	if (names->count == most)
		return TACIT_E_LIMIT;
	if (names->count == names->capacity) {
		uint32_t capacity = names->capacity * 2 + 64;
		uint32_t *longer = realloc(names->value, sizeof(*longer) * capacity);

		if (longer == NULL)
			return TACIT_E_MEMORY;
		names->value = longer;
		names->capacity = capacity;
	}
	memmove(names->value + at + 1, names->value + at,
		sizeof(*names->value) * (names->count - at));
	names->value[at] = value;
	names->count++;
	return 0;
}

/* ---- rows -------------------------------------------------------------------------------- */

static int bad(const struct reading *reading, int column, const char *wanted)
{
	return error_set(reading->error, TACIT_E_FORMAT, "%s: line %llu: %s has to be %s",
			 file_base(reading->path), (unsigned long long)reading->line,
			 column_name[column], wanted);
}

static int take_name(const struct reading *reading, int column, struct names *names,
		     uint32_t most, uint32_t *out)
{
	int64_t value;
	int result;

	if (!number_whole(csv_get(&reading->csv, reading->column[column]), &value) || value < 0 ||
	    value > UINT32_MAX)
		return bad(reading, column, "a whole number");
	*out = (uint32_t)value;
	result = name_add(names, *out, most, reading->fixed);
	if (result == TACIT_E_MEMORY)
		return error_memory(reading->error);
	if (result == TACIT_E_NOT_FOUND)
		return error_set(reading->error, TACIT_E_FORMAT, "%s: line %llu: %s %u is not in "
				 "the first log, which tells nothing about it; give logs of the "
				 "same items", file_base(reading->path),
				 (unsigned long long)reading->line, column_name[column], *out);
	if (result == TACIT_E_LIMIT)
		return error_set(reading->error, TACIT_E_LIMIT, "%s: %s has more than %u values",
				 file_base(reading->path), column_name[column], most);
	return 0;
}

static bool take_propensity(struct act_text text, double *out)
{
	char copy[64], *end;

	if (text.size == 0 || text.size >= sizeof(copy))
		return false;
	memcpy(copy, text.data, text.size);
	copy[text.size] = 0;
	*out = strtod(copy, &end);
	return *end == 0 && *out > 0.0 && *out <= 1.0;
}

static int take_row(struct reading *reading, struct bandit_row *row)
{
	const struct csv *csv = &reading->csv;
	struct act_text time = csv_get(csv, reading->column[TIME]);
	struct act_text click = csv_get(csv, reading->column[CLICK]);
	uint32_t position;
	int16_t zone;
	bool date_only;
	int result;

	if (!clock_parse_iso(time.data, time.size, &row->time, &zone, &date_only))
		return bad(reading, TIME, "a time such as 2019-11-24 00:03:13+00:00");
	if (!number_is(click, "0") && !number_is(click, "1"))
		return bad(reading, CLICK, "0 or 1");
	row->clicked = number_is(click, "1");
	if (!take_propensity(csv_get(csv, reading->column[PROPENSITY]), &row->propensity))
		return bad(reading, PROPENSITY, "above 0 and at most 1");
	result = take_name(reading, ITEM, reading->item, LIMIT_BANDIT_ITEMS, &row->item);
	if (result == 0)
		result = take_name(reading, POSITION, reading->position, LIMIT_BANDIT_POSITIONS,
				   &position);
	if (result == 0 && position > UINT16_MAX)
		return bad(reading, POSITION, "below 65,536");
	row->position = result == 0 ? (uint16_t)position : 0;
	return result;
}

static int add_row(struct reading *reading)
{
	struct bandit_log *log = reading->log;

	if (log->rows == reading->capacity) {
		uint64_t capacity = reading->capacity * 2 + 4096;
		struct bandit_row *longer = realloc(log->row, sizeof(*longer) * capacity);

		if (longer == NULL)
			return error_memory(reading->error);
		log->row = longer;
		reading->capacity = capacity;
	}
	if (log->rows >= LIMIT_ROWS)
		return error_set(reading->error, TACIT_E_LIMIT, "%s has too many rows",
				 file_base(reading->path));
	return take_row(reading, &log->row[log->rows++]);
}

static int read_rows(struct reading *reading)
{
	enum csv_result kind;
	bool found;
	int i, result = csv_header(&reading->csv, &found);

	if (result == 0 && !found)
		return error_set(reading->error, TACIT_E_FORMAT, "%s is empty: a log has "
				 ALL_COLUMNS, file_base(reading->path));
	for (i = 0; result == 0 && i < COLUMNS; i++) {
		reading->column[i] = csv_column(&reading->csv, column_name[i]);
		if (reading->column[i] < 0)
			return error_set(reading->error, TACIT_E_FORMAT, "%s has no column %s: "
					 "a log has " ALL_COLUMNS, file_base(reading->path),
					 column_name[i]);
	}
	for (reading->line = 2; result == 0; reading->line++) {
		result = csv_next(&reading->csv, &kind);
		if (result != 0 || kind == CSV_END)
			break;
		if (kind == CSV_BAD)
			return error_set(reading->error, TACIT_E_FORMAT, "%s: line %llu: %s",
					 file_base(reading->path),
					 (unsigned long long)reading->line, reading->csv.why);
		result = add_row(reading);
	}
	return result;
}

/* ---- logs -------------------------------------------------------------------------------- */

static int read_file(void *context, void *out, size_t size, size_t *got)
{
	struct reading *reading = context;

	*got = fread(out, 1, size, reading->file);
	return ferror(reading->file) ?
		error_errno(reading->error, TACIT_E_IO, "cannot read %s", reading->path) : 0;
}

/* By time; rows of the same moment by what is in them, so that any order of the file gives one. */
static int by_time(const void *a, const void *b)
{
	const struct bandit_row *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	if (x->propensity != y->propensity)
		return x->propensity < y->propensity ? -1 : 1;
	return (int)x->clicked - (int)y->clicked;
}

static int read_log(const char *path, struct names *item, struct names *position, bool fixed,
		    struct bandit_log *log, struct error *error)
{
	struct reading reading = { .path = path, .error = error, .log = log, .item = item,
				   .position = position, .fixed = fixed };
	struct input_from from = { read_file, &reading };
	struct input input;
	uint64_t r;
	int result;

	memset(log, 0, sizeof(*log));
	reading.file = fopen(path, "re");
	if (reading.file == NULL)
		return error_errno(error, TACIT_E_IO, "cannot open %s", path);
	result = input_open(&input, &from, error);
	if (result == 0) {
		csv_open(&reading.csv, &input, ',', true);
		result = read_rows(&reading);
		csv_close(&reading.csv);
	}
	input_close(&input);
	fclose(reading.file);
	if (result == 0 && log->rows < 4)
		result = error_set(error, TACIT_E_FORMAT, "%s has %llu rows: a log needs at least "
				   "4", file_base(path), (unsigned long long)log->rows);
	if (result != 0)
		return result;
	log->items = item->count;
	log->positions = position->count;
	for (r = 0; r < log->rows; r++) {
		log->row[r].item = name_place(item, log->row[r].item);
		log->row[r].position = (uint16_t)name_place(position, log->row[r].position);
	}
	qsort(log->row, log->rows, sizeof(*log->row), by_time);
	return 0;
}

/* ---- policies ---------------------------------------------------------------------------- */

struct replay {
	struct bandit_log log, target;
	struct bandit_counts counts;	/* of the earlier half */
	double *choice, *q;		/* [positions * items] */
	bool by_position;
	struct tacit_bandit *out;
	size_t count;
};

static void put(struct replay *replay, const char *policy, const struct bandit_estimate *it)
{
	struct tacit_bandit *out = &replay->out[replay->count++];

	snprintf(out->policy, sizeof(out->policy), "%s", policy);
	out->rows = it->rows;
	out->ips = it->ips;
	out->ips_error = it->ips_error;
	out->snips = it->snips;
	out->snips_error = it->snips_error;
	out->dr = it->dr;
	out->dr_error = it->dr_error;
}

/* Estimates the policy in replay->choice on the later half. */
static int estimate(struct replay *replay, const char *policy, struct error *error)
{
	const struct bandit_log *log = &replay->log;
	struct bandit_estimate it;
	int result = bandit_estimate(log, log->rows / 2, log->rows, replay->choice, replay->q, &it,
				     error);

	if (result == 0)
		put(replay, policy, &it);
	return result;
}

static int estimate_all(struct replay *replay, struct error *error)
{
	const struct bandit_log *log = &replay->log;
	struct bandit_estimate it;
	int result;

	bandit_model(&replay->counts, replay->q);
	bandit_uniform(&replay->counts, replay->choice);
	result = estimate(replay, "uniform", error);
	bandit_popular(&replay->counts, replay->by_position, replay->choice);
	if (result == 0)
		result = estimate(replay, "popularity", error);
	if (result == 0)
		result = bandit_thompson(&replay->counts, replay->by_position, replay->choice,
					 error);
	if (result == 0)
		result = estimate(replay, "thompson", error);
	bandit_on_policy(log, log->rows / 2, log->rows, &it);
	put(replay, "log", &it);
	return result;
}

static int estimate_target(struct replay *replay, struct error *error)
{
	struct bandit_counts counts;
	struct bandit_estimate it;
	int result = bandit_count(&replay->target, 0, replay->target.rows, &counts, error);

	if (result != 0)
		return result;
	bandit_shown(&counts, replay->choice);
	bandit_counts_free(&counts);
	result = estimate(replay, "as target", error);
	bandit_on_policy(&replay->target, 0, replay->target.rows, &it);
	put(replay, "target", &it);
	return result;
}

static int replay_log(struct replay *replay, const char *path, const char *target,
		      struct error *error)
{
	struct names item = { 0 }, position = { 0 };
	size_t cells;
	int result = read_log(path, &item, &position, false, &replay->log, error);

	if (result == 0 && target != NULL)
		result = read_log(target, &item, &position, true, &replay->target, error);
	free(item.value);
	free(position.value);
	if (result == 0)
		result = bandit_count(&replay->log, 0, replay->log.rows / 2, &replay->counts,
				      error);
	if (result != 0)
		return result;
	if (replay->counts.rate <= 0.0 || replay->counts.rate >= 1.0)
		return error_set(error, TACIT_E_UNKNOWN, "%s: of the earlier half of its rows %s "
				 "was clicked, so that nothing can be learned; give a longer log",
				 file_base(path), replay->counts.rate > 0.0 ? "each" : "none");
	cells = (size_t)replay->log.items * replay->log.positions;
	replay->by_position = bandit_by_position(&replay->log);
	replay->choice = calloc(cells, sizeof(*replay->choice));
	replay->q = calloc(cells, sizeof(*replay->q));
	replay->out = calloc(POLICIES, sizeof(*replay->out));
	if (replay->choice == NULL || replay->q == NULL || replay->out == NULL)
		return error_memory(error);
	result = estimate_all(replay, error);
	if (result == 0 && target != NULL)
		result = estimate_target(replay, error);
	return result;
}

int tacit_eval_bandit(struct tacit *t, const char *log, const char *target,
		      struct tacit_bandit **out, size_t *count)
{
	struct replay replay = { .count = 0 };
	int result = replay_log(&replay, log, target, &t->error);

	if (result == 0) {
		*out = replay.out;
		*count = replay.count;
	} else {
		free(replay.out);
	}
	bandit_counts_free(&replay.counts);
	free(replay.log.row);
	free(replay.target.row);
	free(replay.choice);
	free(replay.q);
	return result;
}
