/* Sentences and times of Google's activity; see google_words.h. */
#include "google_words.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "formats/number.h"

/* The longer ones first where one begins with another. */
static const struct {
	enum google_what what;
	const char *before, *after;
} sentences[] = {
	{ GOOGLE_WATCHED, "Watched ", "" },
	{ GOOGLE_SEARCHED, "Searched for ", "" },
	{ GOOGLE_VISITED, "Visited ", "" },
	{ GOOGLE_AREA, "Viewed area ", "" },
	{ GOOGLE_AREA, "Explored ", "" },
	{ GOOGLE_VIEWED, "Viewed ", "" },
	{ GOOGLE_READ, "Read ", "" },
	{ GOOGLE_LISTENED, "Listened to ", "" },
	{ GOOGLE_USED, "Used ", "" },
	{ GOOGLE_LIKED, "Liked ", "" },
	{ GOOGLE_DISLIKED, "Disliked ", "" },
	{ GOOGLE_FOLLOWED, "Subscribed to ", "" },
	{ GOOGLE_FOLLOWED, "Followed ", "" },
	{ GOOGLE_SAVED, "Saved ", "" },
	{ GOOGLE_DIRECTIONS, "Directions to ", "" },
	{ GOOGLE_INSTALLED, "Installed ", "" },
	{ GOOGLE_BOUGHT, "Purchased ", "" },
	{ GOOGLE_SAID, "Said ", "" },
	{ GOOGLE_SAID, "Prompted ", "" },
	{ GOOGLE_SEARCHED, "Gesucht nach: ", "" },
	{ GOOGLE_SEARCHED, "Gesucht nach ", "" },
	{ GOOGLE_SEARCHED, "Nach \xe2\x80\x9e", "\xe2\x80\x9c gesucht" },
	{ GOOGLE_SEARCHED, "Nach \"", "\" gesucht" },
	{ GOOGLE_SEARCHED, "Nach ", " gesucht" },
	{ GOOGLE_SEARCHED, "hat gesucht: ", "" },
	{ GOOGLE_SEARCHED, "", " hat gesucht" },
	{ GOOGLE_WATCHED, "Angesehen: ", "" },
	{ GOOGLE_WATCHED, "", " angesehen" },
	{ GOOGLE_VISITED, "", " aufgerufen" },
	{ GOOGLE_VISITED, "", " besucht" },
	{ GOOGLE_USED, "", " verwendet" },
	{ GOOGLE_WATCHED, "Vous avez regard\xc3\xa9 ", "" },
	{ GOOGLE_SEARCHED, "Vous avez recherch\xc3\xa9 ", "" },
	{ GOOGLE_VISITED, "Vous avez consult\xc3\xa9 ", "" },
	{ GOOGLE_WATCHED, "Has visto ", "" },
	{ GOOGLE_SEARCHED, "Has buscado ", "" },
	{ GOOGLE_SEARCHED, "Buscaste ", "" },
	{ GOOGLE_VISITED, "Has visitado ", "" },
	{ GOOGLE_WATCHED, "Hai guardato ", "" },
	{ GOOGLE_SEARCHED, "Hai cercato ", "" },
	{ GOOGLE_VISITED, "Hai visitato ", "" },
	{ GOOGLE_WATCHED, "Je hebt naar ", " gekeken" },
	{ GOOGLE_SEARCHED, "Je hebt gezocht naar ", "" },
	{ GOOGLE_SEARCHED, "Gezocht naar ", "" },
	{ GOOGLE_WATCHED, "Assistiu a ", "" },
	{ GOOGLE_SEARCHED, "Pesquisou por ", "" },
	{ GOOGLE_WATCHED, "Tittade p\xc3\xa5 ", "" },
	{ GOOGLE_WATCHED, "S\xc3\xa5 p\xc3\xa5 ", "" },
	{ GOOGLE_WATCHED, "Obejrzano: ", "" },
	{ GOOGLE_WATCHED, "A\xc8\x9bi vizionat ", "" },
	{ GOOGLE_WATCHED, "Zhl\xc3\xa9" "dli jste video ", "" },
	{ GOOGLE_WATCHED, "", " adl\xc4\xb1 videoyu izlediniz" },
	{ GOOGLE_WATCHED, "", " katsottiin" },
	{ GOOGLE_WATCHED, "\xd0\x9f\xd1\x80\xd0\xbe\xd1\x81\xd0\xbc\xd0\xbe\xd1\x82\xd1\x80"
	  "\xd0\xb5" "\xd0\xbd\xd0\xbe \xd0\xb2\xd0\xb8\xd0\xb4\xd0\xb5\xd0\xbe ", "" },
	{ GOOGLE_WATCHED, "", " \xe3\x82\x92\xe8\xa6\x96\xe8\x81\xb4\xe3\x81\x97\xe3\x81\xbe"
	  "\xe3\x81\x97\xe3\x81\x9f" },
};

/* The text without blanks at its ends, also such that do not break (U+00A0). */
static struct act_text trim(struct act_text text)
{
	for (;;) {
		text = number_trim(text);
		if (text.size >= 2 && memcmp(text.data, "\xc2\xa0", 2) == 0) {
			text.data += 2;
			text.size -= 2;
		} else if (text.size >= 2 &&
			   memcmp(text.data + text.size - 2, "\xc2\xa0", 2) == 0) {
			text.size -= 2;
		} else {
			return text;
		}
	}
}

/* How many bytes at the start of the text the words are, any blank fitting a space; SIZE_MAX: they
 * are not there. */
static size_t fits(const char *text, size_t size, const char *words)
{
	size_t at = 0;

	for (; *words != 0; words++) {
		if (*words == ' ' && at + 1 < size && memcmp(text + at, "\xc2\xa0", 2) == 0)
			at += 2;
		else if (at < size && text[at] == *words)
			at++;
		else
			return SIZE_MAX;
	}
	return at;
}

/* Where the words stand at the end of the text, `from` at the least; SIZE_MAX: nowhere. */
static size_t fits_end(struct act_text text, size_t from, const char *words)
{
	size_t size = strlen(words), more;

	/* Each blank that does not break is one byte longer than a space. */
	for (more = 0; more < 4; more++) {
		size_t at = text.size - size - more;

		if (size + more > text.size || at < from)
			return SIZE_MAX;
		if (fits(text.data + at, text.size - at, words) == size + more)
			return at;
	}
	return SIZE_MAX;
}

enum google_what google_sentence(struct act_text sentence, struct act_text *object)
{
	size_t i;

	sentence = trim(sentence);
	for (i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		size_t from = fits(sentence.data, sentence.size, sentences[i].before);
		size_t to = from == SIZE_MAX ? SIZE_MAX :
			    fits_end(sentence, from, sentences[i].after);

		if (to == SIZE_MAX)
			continue;
		*object = trim((struct act_text){ sentence.data + from, (uint32_t)(to - from) });
		if (object->size > 0)
			return sentences[i].what;
	}
	*object = sentence;
	return GOOGLE_UNKNOWN;
}

/* Beginnings of names of months, folded (text_fold): the first that fits counts. */
static const struct {
	const char *name;
	int month;
} months[] = {
	{ "ja", 1 }, { "gen", 1 }, { "ene", 1 }, { "sty", 1 }, { "led", 1 }, { "oca", 1 },
	{ "fe", 2 }, { "lut", 2 }, { "sub", 2 }, { "uno", 2 },
	{ "mar", 3 }, { "mrz", 3 }, { "mrt", 3 }, { "maa", 3 }, { "maerz", 3 },
	{ "ap", 4 }, { "av", 4 }, { "abr", 4 }, { "kwi", 4 }, { "dub", 4 }, { "nis", 4 },
	{ "may", 5 }, { "mai", 5 }, { "mag", 5 }, { "maj", 5 }, { "mei", 5 }, { "kve", 5 },
	{ "juin", 6 }, { "jun", 6 }, { "giu", 6 }, { "cze", 6 }, { "haz", 6 },
	{ "jul", 7 }, { "juil", 7 }, { "lug", 7 }, { "lip", 7 }, { "tem", 7 },
	{ "au", 8 }, { "ao", 8 }, { "ago", 8 }, { "sie", 8 }, { "agu", 8 },
	{ "se", 9 }, { "wrz", 9 }, { "eyl", 9 },
	{ "oc", 10 }, { "ok", 10 }, { "ott", 10 }, { "out", 10 }, { "paz", 10 },
	{ "no", 11 }, { "lis", 11 }, { "kas", 11 },
	{ "de", 12 }, { "di", 12 }, { "gru", 12 }, { "pro", 12 }, { "ara", 12 },
};

/* Zones by their short names, folded. Of names that several zones have, the one that Google's
 * pages use in English stands here; "ist" is India's. */
static const struct {
	const char *name;
	int16_t minutes;
} zones[] = {
	{ "utc", 0 }, { "gmt", 0 }, { "wet", 0 }, { "bst", 60 }, { "west", 60 }, { "oez", 120 },
	{ "cet", 60 }, { "mez", 60 }, { "cest", 120 }, { "mesz", 120 }, { "eet", 120 },
	{ "eest", 180 }, { "oesz", 180 }, { "sast", 120 }, { "msk", 180 },
	{ "ist", 330 }, { "jst", 540 }, { "kst", 540 }, { "hkt", 480 }, { "sgt", 480 },
	{ "aest", 600 }, { "aedt", 660 }, { "awst", 480 }, { "nzst", 720 }, { "nzdt", 780 },
	{ "est", -300 }, { "edt", -240 }, { "cst", -360 }, { "cdt", -300 }, { "mst", -420 },
	{ "mdt", -360 }, { "pst", -480 }, { "pdt", -420 }, { "akst", -540 }, { "akdt", -480 },
	{ "hst", -600 }, { "brt", -180 }, { "art", -180 }, { "trt", 180 },
};

/* What a text of date and time holds. */
struct parts {
	int32_t number[3];		/* of the date, as written */
	int numbers, month;		/* month: by name, or 0 */
	int32_t hour, minute, second;
	int clocks;			/* numbers of the time of day so far */
	bool am, pm, zoned;
	int16_t zone;
};

static int find_month(const char *folded)
{
	size_t i;

	for (i = 0; i < sizeof(months) / sizeof(*months); i++)
		if (strncmp(folded, months[i].name, strlen(months[i].name)) == 0)
			return months[i].month;
	return 0;
}

/* A word of the text, folded. */
static void take_word(struct parts *parts, const char *folded)
{
	size_t i;

	if (parts->clocks == 0 && parts->month == 0 && strlen(folded) >= 3) {
		parts->month = find_month(folded);
		return;
	}
	if (strcmp(folded, "am") == 0 || strcmp(folded, "a") == 0)
		parts->am = true;
	else if (strcmp(folded, "pm") == 0 || strcmp(folded, "p") == 0)
		parts->pm = true;
	for (i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (strcmp(folded, zones[i].name) == 0) {
			parts->zone = zones[i].minutes;
			parts->zoned = true;
		}
}

/* "+02:00", "-5" behind "GMT" or "UTC"; the sign is at text[0]. Returns its size. */
static uint32_t take_offset(struct parts *parts, const char *text, uint32_t size)
{
	int32_t number[2] = { 0, 0 }, digits = 0;
	uint32_t at = 1;
	int part = 0;

	for (; at < size && (text[at] == ':' || (text[at] >= '0' && text[at] <= '9')); at++) {
		if (text[at] == ':') {
			part = 1;
		} else if (number[part] < 10000) {
			number[part] = number[part] * 10 + text[at] - '0';
			digits += part == 0;
		}
	}
	if (digits > 2) {
		number[1] = number[0] % 100;
		number[0] /= 100;
	}
	if (number[0] <= 18 && number[1] < 60)
		parts->zone = (int16_t)((text[0] == '-' ? -1 : 1) * (number[0] * 60 + number[1]));
	return at;
}

/* A number at text[at]; whether a colon is on either side tells what it is. False: no such time. */
static bool take_number(struct parts *parts, struct act_text text, uint32_t *at)
{
	uint32_t from = *at;
	int32_t number = 0;

	for (; *at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
		if (*at - from > 3)
			return false;
		number = number * 10 + text.data[*at] - '0';
	}
	if ((*at < text.size && text.data[*at] == ':') ||
	    (from > 0 && text.data[from - 1] == ':')) {
		if (parts->clocks > 2)
			return false;
		*(parts->clocks == 0 ? &parts->hour : parts->clocks == 1 ? &parts->minute :
		  &parts->second) = number;
		parts->clocks++;
		return true;
	}
	if (parts->numbers > 2)
		return false;
	parts->number[parts->numbers++] = number;
	return true;
}

static bool split(struct act_text text, struct parts *parts)
{
	uint32_t at = 0, from;
	char folded[64];

	while (at < text.size) {
		unsigned char c = (unsigned char)text.data[at];

		if (c >= '0' && c <= '9') {
			if (!take_number(parts, text, &at))
				return false;
		} else if ((c == '+' || c == '-') && parts->zoned) {
			at += take_offset(parts, text.data + at, text.size - at);
		} else if (c < 0x80 && ((c | 32) < 'a' || (c | 32) > 'z')) {
			at++;
		} else {
			for (from = at; at < text.size; at++) {
				c = (unsigned char)text.data[at];
				if (c < 0x80 && ((c | 32) < 'a' || (c | 32) > 'z') && c != '.')
					break;
			}
			if (at - from > 60)
				return false;
			/* Narrow blanks before "PM" fold away; so do the dots of "p. m." */
			text_fold(text.data + from, at - from, folded, sizeof(folded));
			if (strcmp(folded, "a m") == 0 || strcmp(folded, "p m") == 0)
				folded[1] = 0;
			take_word(parts, folded);
		}
	}
	return true;
}

/* The date of the parts; false where there is none. */
static bool find_date(const struct parts *parts, struct clock_date *date)
{
	const int32_t *n = parts->number;

	if (parts->month != 0 && parts->numbers == 2) {
		bool year_first = n[0] > 31;

		*date = (struct clock_date){ n[year_first ? 0 : 1], parts->month,
					     n[year_first ? 1 : 0] };
	} else if (parts->numbers == 3 && n[0] > 31) {
		*date = (struct clock_date){ n[0], n[1], n[2] };
	} else if (parts->numbers == 3) {
		bool month_first = n[1] > 12;

		*date = (struct clock_date){ n[2], n[month_first ? 0 : 1],
					     n[month_first ? 1 : 0] };
	} else {
		return false;
	}
	if (date->year < 100)
		date->year += 2000;
	return date->year >= 1990 && clock_date_valid(date->year, date->month, date->day);
}

enum google_time google_time(struct act_text text, int64_t *ms, int16_t *zone)
{
	struct parts parts;
	struct clock_date date;

	memset(&parts, 0, sizeof(parts));
	if (text.size > 100 || !split(text, &parts) || parts.clocks < 2 ||
	    !find_date(&parts, &date))
		return GOOGLE_TIME_NONE;
	if ((parts.am || parts.pm) && parts.hour == 12)
		parts.hour = 0;
	if (parts.pm)
		parts.hour += 12;
	if (parts.hour > 23 || parts.minute > 59 || parts.second > 60)
		return GOOGLE_TIME_NONE;
	*ms = clock_days(date.year, date.month, date.day) * CLOCK_DAY_MS +
	      parts.hour * CLOCK_HOUR_MS + parts.minute * 60000LL + parts.second * 1000LL -
	      parts.zone * 60000LL;
	*zone = parts.zoned ? parts.zone : ACT_ZONE_UNKNOWN;
	return parts.zoned ? GOOGLE_TIME_OK : GOOGLE_TIME_NO_ZONE;
}
