/* Time zones; see zones.h. The format of the table is described in zic(8). */
#include "zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define TABLE_FILE "/usr/share/zoneinfo/tzdata.zi"
#define TABLE_BYTES (1 << 20)	/* ten times what it is */
#define FIELDS 12
#define FIRST_YEAR 1850
#define LAST_YEAR 2400
#define CHANGES 8192		/* of one zone */
#define ZONES 1024		/* that are remembered */

struct change {
	int64_t at;		/* UTC seconds from which on */
	int32_t offset;
};

struct zone {
	char name[64];
	size_t count;
	struct change change[];	/* the first is from ever */
};

static char *table;		/* NUL-terminated; NULL: not read, or not there */
static bool warm;
static struct zone *known[ZONES];
static size_t known_count;

/* A line of the table as its fields. */
struct line {
	struct act_text field[FIELDS];
	int count;
};

/* A rule in one year. */
struct turn {
	int64_t local;		/* as written: by the wall, by standard time or UTC */
	char clock;		/* 'w', 's' or 'u' */
	int32_t save;
};

struct build {
	struct change *change;
	size_t count;
	struct turn *turn;
	size_t turns;
	int32_t save;
	int64_t start;		/* UTC, of the line that is being followed */
};

void zones_warm(void)
{
	FILE *file;
	size_t size;

	if (warm)
		return;
	warm = true;
	file = fopen(TABLE_FILE, "re");
	if (file == NULL)
		return;
	table = malloc(TABLE_BYTES + 1);
	if (table != NULL) {
		size = fread(table, 1, TABLE_BYTES, file);
		table[size] = 0;
	}
	fclose(file);
}

/* The line at `at` as fields; where the next begins, or NULL at the end. */
static const char *split(const char *at, struct line *line)
{
	const char *end = strchrnul(at, '\n');

	line->count = 0;
	while (at < end && line->count < FIELDS) {
		const char *from = at;

		while (at < end && *at != ' ' && *at != '\t')
			at++;
		if (at > from)
			line->field[line->count++] =
				(struct act_text){ from, (uint32_t)(at - from) };
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
	}
	return *end == 0 ? NULL : end + 1;
}

static bool same(struct act_text one, struct act_text other)
{
	return one.size == other.size && memcmp(one.data, other.data, one.size) == 0;
}

static bool begins(struct act_text line, char letter)
{
	return line.size == 1 && line.data[0] == letter;
}

/* Digits at *at. */
static int64_t digits(const char **at, const char *end)
{
	int64_t value = 0;

	while (*at < end && **at >= '0' && **at <= '9' && value < 1000000)
		value = value * 10 + *(*at)++ - '0';
	return value;
}

/* "-2:30:10" in seconds, and the letter behind it, 'w' where there is none. */
static int32_t amount(struct act_text text, char *letter)
{
	const char *at = text.data, *end = text.data + text.size;
	bool minus = at < end && *at == '-';
	int64_t value, unit = 3600;

	at += minus;
	value = digits(&at, end) * unit;
	while (at < end && *at == ':' && unit > 1) {
		at++;
		unit /= 60;
		value += digits(&at, end) * unit;
	}
	if (letter != NULL)
		*letter = at == end ? 'w' : *at == 'g' || *at == 'z' ? 'u' : *at;
	return (int32_t)(minus ? -value : value);
}

/* The number, from 0, of the one name that begins so. */
static int32_t which(struct act_text text, const char *const *names, int32_t count)
{
	int32_t i;

	for (i = 0; i < count; i++)
		if (text.size > 0 && strncasecmp(names[i], text.data, text.size) == 0)
			return i;
	return 0;
}

static int32_t month_of(struct act_text text)
{
	static const char *const months[] = {
		"January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December"
	};

	return which(text, months, 12) + 1;
}

/* The day since 1970 of "14", "lastSu", "Su>=8", "Fr<=1" in a month. */
static int64_t day_of(struct act_text text, int32_t year, int32_t month)
{
	static const char *const days[] = { "Thursday", "Friday", "Saturday", "Sunday", "Monday",
					    "Tuesday", "Wednesday" };
	const char *at = text.data, *end = at + text.size;
	int64_t first = clock_days(year, month, 1), day, weekday;
	uint32_t name = 0;

	if (text.size > 4 && memcmp(at, "last", 4) == 0) {
		weekday = which((struct act_text){ at + 4, text.size - 4 }, days, 7);
		day = month == 12 ? first + 30 : clock_days(year, month + 1, 1) - 1;
		return day - ((day - weekday) % 7 + 7) % 7;
	}
	while (name < text.size && at[name] != '<' && at[name] != '>')
		name++;
	if (name == text.size)
		return first + digits(&at, end) - 1;
	weekday = which((struct act_text){ at, name }, days, 7);
	at += name + 2;
	day = first + (at < end ? digits(&at, end) : 1) - 1;
	if (text.data[name] == '>')
		return day + ((weekday - day) % 7 + 7) % 7;
	return day - ((day - weekday) % 7 + 7) % 7;
}

static int32_t year_of(struct act_text text)
{
	const char *at = text.data;

	return (int32_t)digits(&at, text.data + text.size);
}

static int by_time(const void *one, const void *other)
{
	const struct turn *a = one, *b = other;

	return (a->local > b->local) - (a->local < b->local);
}

/* All turns of the rules of that name, in order. */
static void find_turns(struct build *build, struct act_text name)
{
	const char *at = table;
	struct line line;

	build->turns = 0;
	while (at != NULL) {
		int32_t year, last;

		at = split(at, &line);
		if (line.count < 9 || !begins(line.field[0], 'R') || !same(line.field[1], name))
			continue;
		year = year_of(line.field[2]);
		last = line.field[3].data[0] == 'o' ? year : line.field[3].data[0] == 'm' ?
		       LAST_YEAR : year_of(line.field[3]);
		if (year < FIRST_YEAR)
			year = FIRST_YEAR;
		for (; year <= last && year <= LAST_YEAR && build->turns < CHANGES; year++) {
			struct turn *turn = &build->turn[build->turns++];

			turn->local = day_of(line.field[6], year, month_of(line.field[5])) *
				      86400 + amount(line.field[7], &turn->clock);
			turn->save = amount(line.field[8], NULL);
		}
	}
	qsort(build->turn, build->turns, sizeof(*build->turn), by_time);
}

static int64_t utc_of(int64_t local, char clock, int32_t standard, int32_t save)
{
	return clock == 'u' ? local : clock == 's' ? local - standard : local - standard - save;
}

static void change(struct build *build, int64_t at, int32_t offset)
{
	struct change *last = build->count > 0 ? &build->change[build->count - 1] : NULL;

	/* Two changes where the clock on the wall does not move between them are one, as zic has
	 * it: a new line and its first turn are often written at the same time of the wall. */
	if (build->count > 1 && at + last->offset <= last->at + last[-1].offset) {
		last->offset = offset;
		return;
	}
	if (last != NULL && last->offset == offset)
		return;
	if (build->count < CHANGES)
		build->change[build->count++] = (struct change){ at, offset };
}

/* The turns of the rules while a line holds: from build->start to *end in local time. */
static void follow_rules(struct build *build, int32_t standard, const int64_t *end, char clock)
{
	bool begun = false;
	size_t i;

	build->save = 0;
	for (i = 0; i < build->turns; i++) {
		const struct turn *turn = &build->turn[i];
		int64_t at = utc_of(turn->local, turn->clock, standard, build->save);

		if (end != NULL && at >= utc_of(*end, clock, standard, build->save))
			break;
		if (at > build->start) {
			if (!begun)
				change(build, build->start, standard + build->save);
			begun = true;
			change(build, at, standard + turn->save);
		}
		build->save = turn->save;
	}
	if (!begun)
		change(build, build->start, standard + build->save);
}

/* A line of a zone: its offset, its rules, and until when. */
static void follow_line(struct build *build, const struct act_text *field, int count)
{
	int32_t standard = amount(field[0], NULL), year;
	char letter = field[1].data[0], clock = 'w';
	int64_t until = 0;
	bool ends = count > 3;

	if (ends) {
		int32_t month = count > 4 ? month_of(field[4]) : 1;

		year = year_of(field[3]);
		until = (count > 5 ? day_of(field[5], year, month) : clock_days(year, month, 1)) *
			86400;
		if (count > 6)
			until += amount(field[6], &clock);
	}
	if ((letter >= '0' && letter <= '9') || letter == '-') {
		build->save = field[1].size == 1 && letter == '-' ? 0 : amount(field[1], NULL);
		change(build, build->start, standard + build->save);
	} else {
		find_turns(build, field[1]);
		follow_rules(build, standard, ends ? &until : NULL, clock);
	}
	if (ends)
		build->start = utc_of(until, clock, standard, build->save);
}

/* The lines of a zone; at is behind its first, which is in `line`. */
static struct zone *compile(struct act_text name, const char *at, struct line *line)
{
	struct build build = { .start = INT64_MIN / 4 };
	struct zone *zone = NULL;

	build.change = malloc(CHANGES * sizeof(*build.change));
	build.turn = malloc(CHANGES * sizeof(*build.turn));
	if (build.change != NULL && build.turn != NULL && line->count >= 5) {
		follow_line(&build, line->field + 2, line->count - 2);
		while (at != NULL) {
			at = split(at, line);
			if (line->count < 3 || begins(line->field[0], 'Z') ||
			    begins(line->field[0], 'L') || begins(line->field[0], 'R'))
				break;
			follow_line(&build, line->field, line->count);
		}
		zone = calloc(1, sizeof(*zone) + build.count * sizeof(*build.change));
	}
	if (zone != NULL) {
		memcpy(zone->name, name.data, name.size);
		memcpy(zone->change, build.change, build.count * sizeof(*build.change));
		zone->count = build.count;
	}
	free(build.change);
	free(build.turn);
	return zone;
}

static struct zone *search(struct act_text name)
{
	struct act_text target = name;
	const char *at = table;
	struct line line;

	while (at != NULL) {
		at = split(at, &line);
		if (line.count == 3 && begins(line.field[0], 'L') && same(line.field[2], name))
			target = line.field[1];
	}
	for (at = table; at != NULL;) {
		at = split(at, &line);
		if (line.count >= 5 && begins(line.field[0], 'Z') &&
		    same(line.field[1], target))
			return compile(name, at, &line);
	}
	return NULL;
}

const struct zone *zones_find(struct act_text name)
{
	size_t i;

	zones_warm();
	if (table == NULL || name.size == 0 || name.size >= sizeof(known[0]->name))
		return NULL;
	for (i = 0; i < known_count; i++)
		if (strlen(known[i]->name) == name.size &&
		    memcmp(known[i]->name, name.data, name.size) == 0)
			return known[i];
	if (known_count == ZONES)
		return NULL;
	known[known_count] = search(name);
	return known[known_count] == NULL ? NULL : known[known_count++];
}

int32_t zones_local(const struct zone *zone, int64_t local)
{
	size_t low = 1, high = zone->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct change *to = &zone->change[middle];
		int32_t most = to->offset > to[-1].offset ? to->offset : to[-1].offset;

		if (local >= to->at + most)
			low = middle + 1;
		else
			high = middle;
	}
	return zone->change[low - 1].offset;
}

int32_t zones_offset(const struct zone *zone, int64_t utc)
{
	size_t low = 1, high = zone->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (utc >= zone->change[middle].at)
			low = middle + 1;
		else
			high = middle;
	}
	return zone->change[low - 1].offset;
}
