/*
 * The names of a title. Catalogues put what a work is also called in brackets behind its title:
 * "Léon: The Professional (a.k.a. The Professional) (Léon) (1994)". Brackets also hold what is no
 * name at all: "(Live)", "(Director's Cut)", "(Part 2)".
 */
#include <string.h>

#include "base/text.h"
#include "pack/inside.h"

/* Words that tell that a bracket, or a part of a title, is no name: anywhere in it ... */
static const char *const qualifiers[] = {
	"remaster", "remastered", "version", "edition", "remix", "deluxe", "soundtrack",
	"unabridged", "abridged", "paperback", "hardcover", "kindle", "featuring", NULL,
};
/* ... or at its start or among its two or three words. */
static const char *const weak_qualifiers[] = {
	"live", "feat", "ft", "with", "mix", "edit", "cut", "tv", "video", "mono", "stereo",
	"bonus", "demo", "acoustic", "instrumental", "uncut", "extended", "unrated", "imax", "3d",
	"explicit", "anniversary", "novel", "series", "trailer", "movie", "film", "short",
	"documentary", "dubbed", "subtitled", "miniseries", "ova", "ona", "special", "specials",
	NULL,
};
/* Words that tell one work of a series from another: dropping them would join two works. */
static const char *const numbering[] = {
	"part", "volume", "vol", "season", "chapter", "episode", "book", "series", "number", "no",
	NULL,
};

static bool is_one_of(const char *const *list, const char *word, size_t size)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == size && memcmp(*list, word, size) == 0)
			return true;
	return false;
}

enum part_kind { PART_NAME, PART_QUALIFIER, PART_NUMBERING, PART_EMPTY };

/* "(The Locked Tomb #1)": a place in a series. */
static bool has_place(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size; i++)
		if (text[i] == '#' && text[i + 1] >= '0' && text[i + 1] <= '9')
			return true;
	return false;
}

static enum part_kind kind_of(const char *text, size_t size)
{
	char folded[LIMIT_TITLE_BYTES];
	size_t end = text_fold(text, size, folded, sizeof(folded)), start = 0, words = 0, i;
	bool qualifier = false, weak = false, digits_only = true;

	if (end == 0)
		return PART_EMPTY;
	if (has_place(text, size))
		return PART_QUALIFIER;
	for (i = 0; i <= end; i++) {
		if (i < end && folded[i] != ' ') {
			digits_only = digits_only && folded[i] >= '0' && folded[i] <= '9';
			continue;
		}
		if (words == 0 && is_one_of(numbering, folded + start, i - start))
			return PART_NUMBERING;
		qualifier = qualifier || is_one_of(qualifiers, folded + start, i - start);
		if (is_one_of(weak_qualifiers, folded + start, i - start)) {
			weak = true;
			qualifier = qualifier || words == 0;
		}
		words++;
		start = i + 1;
	}
	if (digits_only)
		return PART_NUMBERING;
	return qualifier || (weak && words <= 3) || end < 2 ? PART_QUALIFIER : PART_NAME;
}

struct names {
	struct pack_name *out;
	size_t count;
};

static void add(struct names *names, const char *data, size_t size, uint32_t flags)
{
	size_t i;

	while (size > 0 && (*data == ' ' || *data == '\t')) {
		data++;
		size--;
	}
	while (size > 0 && (data[size - 1] == ' ' || data[size - 1] == '\t'))
		size--;
	if (size == 0 || names->count == PACK_NAMES_MAX)
		return;
	for (i = 0; i < names->count; i++)
		if (names->out[i].size == size && memcmp(names->out[i].data, data, size) == 0)
			return;
	names->out[names->count++] = (struct pack_name){ data, size, flags };
}

static bool separates(const char *at, size_t left, size_t *skip)
{
	static const char *const marks[] = { ": ", " - ", " \xe2\x80\x93 ", " \xe2\x80\x94 " };
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		*skip = strlen(marks[i]);
		if (left >= *skip && memcmp(at, marks[i], *skip) == 0)
			return true;
	}
	return false;
}

/* A first part may be one word ("Borat") or a year ("2001"); a later one of one word says too
 * little. */
static void add_part(struct names *names, const char *data, size_t size, bool first)
{
	char folded[LIMIT_TITLE_BYTES];
	size_t length = text_fold_title(data, size, NULL, folded, sizeof(folded));
	enum part_kind kind = kind_of(data, size);

	if ((kind == PART_NAME && (first || memchr(folded, ' ', length) != NULL)) ||
	    (kind == PART_NUMBERING && first && length == 4 && size == 4))
		add(names, data, size, PACK_LINK_PART);
}

/* "A: B - C" -> "A", "A: B", "B - C", "C". */
static void add_parts(struct names *names, const char *head, size_t size)
{
	size_t first = size, after_first = 0, last = 0, after_last = 0, i, skip;

	for (i = 1; i < size; i++) {
		if (!separates(head + i, size - i, &skip))
			continue;
		if (first == size) {
			first = i;
			after_first = i + skip;
		}
		last = i;
		after_last = i + skip;
	}
	if (first == size)
		return;
	add_part(names, head, first, true);
	add_part(names, head + after_first, size - after_first, false);
	if (last > first) {
		add_part(names, head, last, true);
		add_part(names, head + after_last, size - after_last, false);
	}
}

/* The start of the bracket that closes at the end of the text, or size. */
static size_t open_bracket(const char *text, size_t size)
{
	size_t at = size;
	int depth = 0;

	while (at > 0) {
		at--;
		if (text[at] == ')')
			depth++;
		else if (text[at] == '(' && --depth == 0)
			return at;
	}
	return size;
}

static size_t known_as(const char *text, size_t size)
{
	static const char *const marks[] = { "a.k.a. ", "aka ", "a.k.a ", "A.K.A. ", "AKA " };
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (size > strlen(marks[i]) && memcmp(text, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 0;
}

size_t pack_names(const char *title, struct pack_name out[PACK_NAMES_MAX], int32_t *year)
{
	struct names names = { out, 0 };
	struct pack_name bracket[PACK_NAMES_MAX];
	char folded[8];
	size_t brackets = 0, size, whole, head;
	bool qualified = false;

	size = text_cut(title, strlen(title), LIMIT_TITLE_BYTES - 1);
	whole = text_cut_year(title, size, NULL);
	if (text_fold(title, whole, folded, sizeof(folded)) == 0)
		whole = size;		/* "(1984)" is a title */
	else
		text_cut_year(title, size, year);
	add(&names, title, whole, PACK_LINK_TITLE);
	for (head = whole; head > 0 && title[head - 1] == ')' && brackets < PACK_NAMES_MAX / 2;) {
		size_t start = open_bracket(title, head);
		size_t inside = start + 1, length = head - start - 2, skip;
		enum part_kind kind;

		if (start == 0 || start == head)
			break;
		skip = known_as(title + inside, length);
		kind = skip > 0 ? PART_NAME : kind_of(title + inside, length);
		if (kind == PART_NUMBERING)
			break;
		if (kind == PART_NAME)
			bracket[brackets++] = (struct pack_name){ title + inside + skip,
								  length - skip, PACK_LINK_OTHER };
		qualified = qualified || kind == PART_QUALIFIER;
		for (head = start; head > 0 && title[head - 1] == ' ';)
			head--;
	}
	if (text_fold(title, head, folded, sizeof(folded)) == 0)
		return names.count;	/* "(Untitled)": the bracket is the title */
	add(&names, title, head, qualified ? PACK_LINK_BARE : PACK_LINK_SHORT);
	while (brackets > 0) {
		brackets--;
		add(&names, bracket[brackets].data, bracket[brackets].size, PACK_LINK_OTHER);
	}
	add_parts(&names, title, head);
	return names.count;
}
