/* Folding the titles of episodes; see series.h. */
#include "series.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "formats/number.h"

#define PARTS_MAX 8
/* So many different titles with the same beginning make a series. */
#define ENOUGH 3

/* Followed or preceded by a number, these name a season. */
static const char *const season_words[] = {
	"season", "series", "part", "volume", "vol.", "chapter", "book", "collection",
	"staffel", "teil", "kapitel", "band", "saison", "partie", "chapitre", "livre",
	"temporada", "parte", "capítulo", "volumen", "stagione", "capitolo", "sæson", "del",
	"säsong", "seizoen", "deel", "sesong", "sezon", "sezona", "seria", "serie", "évad",
	"Évad", "kausi", "część", "Część", "řada", "Řada", "série", "сезон", "Сезон", "часть",
	"Часть", "シーズン", "시즌", "파트", "第", "الموسم", "עונה", "bölüm", "kısım", "סדרה",
};

/* These name one by themselves. */
static const char *const season_phrases[] = {
	"limited series", "mini-series", "miniseries", "miniserie", "mini-serie", "mini-série",
	"minisérie", "limitierte serie", "serie limitada", "série limitée", "miniserie tv",
	"série limitada", "serie limitata", "begränsad serie", "リミテッドシリーズ",
};

static const char *const episode_words[] = {
	"episode", "folge", "épisode", "Épisode", "episodio", "episódio", "avsnitt", "afsnit",
	"aflevering", "jakso", "odcinek", "epizód", "bölüm", "Bölüm", "エピソード", "第",
};

static const char *const number_words[] = {
	"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
	"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x",
};

static bool same_word(const char *text, size_t size, const char *word)
{
	return strlen(word) == size && strncasecmp(text, word, size) == 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The rest of a part behind a season word: "1", " 2", " One", " II", "1 季". */
static bool numbered(const char *at, const char *end)
{
	const char *stop;
	size_t i;

	while (at < end && (*at == ' ' || *at == '.' || *at == '#' ||
			    (unsigned char)*at == 0xc2 || (unsigned char)*at == 0xa0))
		at++;
	if (at < end && is_digit(*at))
		return true;
	for (stop = at; stop < end && *stop != ' '; stop++)
		;
	for (i = 0; i < sizeof(number_words) / sizeof(*number_words); i++)
		if (same_word(at, (size_t)(stop - at), number_words[i]))
			return true;
	return false;
}

static bool starts(struct act_text part, const char *word, const char **behind)
{
	size_t size = strlen(word);

	if (part.size < size || strncasecmp(part.data, word, size) != 0)
		return false;
	*behind = part.data + size;
	return true;
}

/* "2. Staffel", "2ª temporada": a number, then the word to the end. */
static bool number_first(struct act_text part)
{
	const char *at = part.data, *end = part.data + part.size;
	size_t i;

	if (at == end || !is_digit(*at))
		return false;
	while (at < end && *at != ' ')
		at++;
	while (at < end && *at == ' ')
		at++;
	for (i = 0; i < sizeof(season_words) / sizeof(*season_words); i++)
		if (same_word(at, (size_t)(end - at), season_words[i]))
			return true;
	return false;
}

/* Whether the part names a season; `first` is the first part of the title. */
static bool is_season(struct act_text part, struct act_text first)
{
	const char *behind, *end = part.data + part.size;
	size_t i;

	for (i = 0; i < sizeof(season_phrases) / sizeof(*season_phrases); i++)
		if (same_word(part.data, part.size, season_phrases[i]))
			return true;
	for (i = 0; i < sizeof(season_words) / sizeof(*season_words); i++)
		if (starts(part, season_words[i], &behind) && numbered(behind, end))
			return true;
	/* "Stranger Things: Stranger Things 3: ..." */
	if (part.size > first.size + 1 && memcmp(part.data, first.data, first.size) == 0 &&
	    part.data[first.size] == ' ' && is_digit(part.data[first.size + 1]))
		return true;
	return number_first(part);
}

/* "Episode 3" and nothing else, in arabic digits ("Episode IV" is a film). */
static bool is_episode(struct act_text part)
{
	const char *behind, *end = part.data + part.size;
	size_t i;

	for (i = 0; i < sizeof(episode_words) / sizeof(*episode_words); i++) {
		if (!starts(part, episode_words[i], &behind))
			continue;
		while (behind < end && *behind == ' ')
			behind++;
		if (behind == end || !is_digit(*behind))
			continue;
		while (behind < end && is_digit(*behind))
			behind++;
		if (behind == end)
			return true;
	}
	return false;
}

/* Blanks around a colon: space, no-break space (C2 A0), narrow no-break space (E2 80 AF). */
static const char *skip_blanks(const char *at, const char *end)
{
	for (;;) {
		if (at < end && *at == ' ')
			at++;
		else if (end - at >= 2 && memcmp(at, "\xc2\xa0", 2) == 0)
			at += 2;
		else if (end - at >= 3 && memcmp(at, "\xe2\x80\xaf", 3) == 0)
			at += 3;
		else
			return at;
	}
}

static const char *trim_blanks(const char *from, const char *end)
{
	for (;;) {
		if (end > from && end[-1] == ' ')
			end--;
		else if (end - from >= 2 && memcmp(end - 2, "\xc2\xa0", 2) == 0)
			end -= 2;
		else if (end - from >= 3 && memcmp(end - 3, "\xe2\x80\xaf", 3) == 0)
			end -= 3;
		else
			return end;
	}
}

/* Cuts a title at ": " (and at the wide colon of Chinese and Japanese titles). */
static uint32_t cut(struct act_text title, struct act_text parts[PARTS_MAX])
{
	const char *from = title.data, *end = title.data + title.size, *at;
	uint32_t count = 0;

	for (at = from; at < end && count + 1 < PARTS_MAX; at++) {
		size_t wide = end - at >= 3 && memcmp(at, "\xef\xbc\x9a", 3) == 0 ? 3 : 1;
		const char *next = skip_blanks(at + wide, end);

		if ((*at != ':' || next == at + 1) && wide == 1)
			continue;
		if (at == from || next == end)
			continue;
		parts[count].data = from;
		parts[count].size = (uint32_t)(trim_blanks(from, at) - from);
		if (parts[count].size == 0)
			continue;
		count++;
		from = next;
		at = next - 1;
	}
	parts[count].data = from;
	parts[count].size = (uint32_t)(end - from);
	return count + 1;
}

/* The title from its start to the end of part `last`. */
static struct act_text up_to(const struct act_text *parts, uint32_t last)
{
	struct act_text text = parts[0];

	text.size = (uint32_t)(parts[last].data + parts[last].size - parts[0].data);
	return text;
}

static struct act_text from_part(struct act_text title, const struct act_text *part)
{
	struct act_text text = *part;

	text.size = (uint32_t)(title.data + title.size - part->data);
	return text;
}

bool series_split(struct act_text title, struct act_text *series, struct act_text *episode)
{
	struct act_text parts[PARTS_MAX];
	uint32_t count = cut(title, parts), i;

	for (i = 1; i + 1 < count; i++) {
		if (!is_season(parts[i], parts[0]))
			continue;
		*series = up_to(parts, i - 1);
		*episode = from_part(title, &parts[i]);
		return true;
	}
	return false;
}

/* What all but the last part of a title hash to, for those titles where it may mean a series. */
static bool beginning(struct act_text title, struct act_text *start, struct act_text *last)
{
	struct act_text parts[PARTS_MAX];
	uint32_t count = cut(title, parts);

	if (count < 2 || (count == 2 && !is_episode(parts[1])))
		return false;
	*start = up_to(parts, count - 2);
	*last = parts[count - 1];
	return true;
}

struct pair {
	uint64_t start, title;
};

static int by_pair(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return left->title < right->title ? -1 : left->title > right->title;
}

/* Keeps of the sorted pairs one of each beginning that has ENOUGH different titles. */
static size_t keep_common(struct pair *pairs, size_t count)
{
	size_t i, kept = 0;
	uint32_t different = 0;

	for (i = 0; i < count; i++) {
		if (i == 0 || pairs[i].start != pairs[i - 1].start)
			different = 1;
		else if (pairs[i].title != pairs[i - 1].title)
			different++;
		else
			continue;
		if (different == ENOUGH)
			pairs[kept++] = pairs[i];
	}
	return kept;
}

static uint64_t hash_text(struct act_text text)
{
	return hash_bytes(text.data, text.size, 1);
}

static bool common(const struct pair *pairs, size_t count, uint64_t start)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (pairs[middle].start == start)
			return true;
		if (pairs[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* "American Horror Story: Murder House" -> the series and its season; else all is the series. */
static void fold_common(struct act *act, struct act_text start)
{
	struct act_text title = act->title, parts[PARTS_MAX];
	uint32_t count = cut(title, parts);

	act->title = start;
	act->text = from_part(title, &parts[count - 1]);
	if (count >= 3) {
		act->title = up_to(parts, count - 3);
		act->text = from_part(title, &parts[count - 2]);
	}
}

int series_fold(struct collect *collect)
{
	struct pair *pairs = malloc((collect->count + 1) * sizeof(*pairs));
	struct act_text start, last, series;
	size_t count = 0, i;

	if (pairs == NULL)
		return error_memory(collect->error);
	for (i = 0; i < collect->count; i++) {
		struct act *act = &collect->rows[i].act;

		if (!series_split(act->title, &series, &last) &&
		    beginning(act->title, &start, &last)) {
			pairs[count].start = hash_text(start);
			pairs[count++].title = hash_text(act->title);
		}
	}
	qsort(pairs, count, sizeof(*pairs), by_pair);
	count = keep_common(pairs, count);
	for (i = 0; i < collect->count; i++) {
		struct act *act = &collect->rows[i].act;

		act->domain = emit_text("series");
		if (series_split(act->title, &series, &last)) {
			act->title = series;
			act->text = last;
		} else if (beginning(act->title, &start, &last) &&
			   common(pairs, count, hash_text(start))) {
			fold_common(act, start);
		} else {
			act->domain = emit_text("films");
		}
	}
	free(pairs);
	return 0;
}
