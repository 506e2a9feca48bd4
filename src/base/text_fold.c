/*
 * Folding titles and names for comparison. ASCII, nearly all of what is folded, goes through a
 * table; only other characters reach libunistring. Folding is part of the pack format (titles are
 * stored by the hash of their folded form), so a change here is a new pack version.
 */
#include <string.h>
#include <strings.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "text.h"

struct fold {
	char *out;
	size_t used, max;
	bool gap;		/* a space is due before the next letter */
	bool full;
	bool title;		/* "&" reads "and" */
};

static void put(struct fold *fold, const char *bytes, size_t size)
{
	size_t need = size + (fold->gap && fold->used > 0);

	if (fold->full || fold->used + need + 1 > fold->max) {
		fold->full = true;	/* nothing after the cut, or it would join across a hole */
		return;
	}
	if (fold->gap && fold->used > 0)
		fold->out[fold->used++] = ' ';
	fold->gap = false;
	memcpy(fold->out + fold->used, bytes, size);
	fold->used += size;
}

static void put_character(struct fold *fold, uint32_t c)
{
	char bytes[4];
	size_t size;

	if (c < 0x80) {
		bytes[0] = (char)c;
		size = 1;
	} else if (c < 0x800) {
		bytes[0] = (char)(0xc0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 0x3f));
		size = 2;
	} else if (c < 0x10000) {
		bytes[0] = (char)(0xe0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (c & 0x3f));
		size = 3;
	} else {
		bytes[0] = (char)(0xf0 | c >> 18);
		bytes[1] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[2] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[3] = (char)(0x80 | (c & 0x3f));
		size = 4;
	}
	put(fold, bytes, size);
}

/* Letters that Unicode does not decompose and that people type without the stroke. */
static const char *opened(uint32_t c)
{
	switch (c) {
	case 0xe6: return "ae";
	case 0xf0: return "d";
	case 0xf8: return "o";
	case 0xfe: return "th";
	case 0x111: return "d";
	case 0x127: return "h";
	case 0x131: return "i";
	case 0x142: return "l";
	case 0x153: return "oe";
	case 0x167: return "t";
	default: return NULL;
	}
}

static void put_folded(struct fold *fold, uint32_t c)
{
	static const uint32_t marks = UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me;
	/* Mc: the vowels of Indic scripts */
	static const uint32_t kept = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_Mc;
	uint32_t lower[16];
	size_t count = 16, i;

	if (uc_is_general_category_withtable(c, marks))
		return;
	if (!uc_is_general_category_withtable(c, kept)) {
		fold->gap = true;
		return;
	}
	if (u32_casefold(&c, 1, NULL, NULL, lower, &count) != lower)
		return;
	for (i = 0; i < count; i++) {
		const char *open = opened(lower[i]);

		if (open != NULL)
			put(fold, open, strlen(open));
		else if (!uc_is_general_category_withtable(lower[i], marks))
			put_character(fold, lower[i]);
	}
}

static void put_foreign(struct fold *fold, uint32_t c)
{
	uint32_t parts[32];	/* the longest decomposition, U+FDFA, has 18 */
	size_t count = 32, i;

	/* Trade marks are no part of a name though Unicode spells them out. */
	if (c == 0x2120 || c == 0x2122) {
		fold->gap = true;
		return;
	}
	if (u32_normalize(UNINORM_NFKD, &c, 1, parts, &count) != parts)
		return;
	for (i = 0; i < count; i++)
		if (parts[i] == 0x2044)	/* the bar of a fraction: 8½ is "8 1 2", as "8 1/2" is */
			fold->gap = true;
	for (i = 0; i < count; i++)
		put_folded(fold, parts[i]);
}

static void put_text(struct fold *fold, const char *text, size_t size)
{
	size_t i = 0;

	while (i < size && !fold->full) {
		uint8_t c = (uint8_t)text[i];
		uint32_t character;
		size_t length;

		if (c < 0x80) {
			char lower = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);

			if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9')) {
				put(fold, &lower, 1);
			} else {
				fold->gap = true;
				if (c == '&' && fold->title) {
					put(fold, "and", 3);
					fold->gap = true;
				}
			}
			i++;
			continue;
		}
		length = text_decode(text + i, size - i, &character);
		if (length == 0) {
			fold->gap = true;
			i++;
			continue;
		}
		put_foreign(fold, character);
		i += length;
	}
}

size_t text_fold(const char *text, size_t size, char *out, size_t max)
{
	struct fold fold = { out, 0, max, false, false, false };

	put_text(&fold, text, size);
	out[fold.used] = 0;
	return fold.used;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t trim_end(const char *text, size_t size)
{
	while (size > 0 && blank(text[size - 1]))
		size--;
	return size;
}

/* "1995" -> 1995; 0 where the four characters are no year that a work could have. */
static int32_t year_at(const char *p)
{
	int32_t year = 0;
	int i;

	for (i = 0; i < 4; i++) {
		if (p[i] < '0' || p[i] > '9')
			return 0;
		year = year * 10 + (p[i] - '0');
	}
	return year >= 1000 && year <= 2199 ? year : 0;
}

size_t text_cut_year(const char *title, size_t size, int32_t *year)
{
	size_t open, i;
	int32_t found;

	size = trim_end(title, size);
	open = size;
	if (size < 6 || (title[size - 1] != ')' && title[size - 1] != ']'))
		return size;
	while (open > 0 && title[open - 1] != '(' && title[open - 1] != '[')
		open--;
	if (open == 0 || size - 1 - open < 4)
		return size;
	found = year_at(title + open);
	if (found == 0)
		return size;
	/* Behind the year: a dash of any kind, blanks, and at most another year. */
	for (i = open + 4; i < size - 1; i++) {
		uint8_t c = (uint8_t)title[i];

		if (c != '-' && c < 0x80 && !blank((char)c) && (c < '0' || c > '9'))
			return size;
	}
	if (i - open > 12 || (i > open + 4 && title[open + 4] >= '0' && title[open + 4] <= '9'))
		return size;
	if (year != NULL)
		*year = found;
	return trim_end(title, open - 1);
}

static bool is_one_of(const char *const *list, const char *word, size_t size)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == size && strncasecmp(*list, word, size) == 0)
			return true;
	return false;
}

static const char *const english[] = { "the", "a", "an", NULL };
static const char *const articles[] = {
	"the", "a", "an", "le", "la", "les", "l'", "l\xe2\x80\x99", "un", "une", "der", "die",
	"das", "ein", "eine", "el", "los", "las", "una", "il", "lo", "gli", "i", "o", "os", "as",
	"um", "uma", "de", "het", "een", "den", "det", "en", "ett", NULL,
};

/* Where ", The" begins at the end of the title, or size; the article itself in *article. */
static size_t find_trailing(const char *title, size_t size, const char **article,
			    size_t *article_size)
{
	size_t comma = size, word;

	while (comma > 0 && size - comma < 8 && title[comma - 1] != ',')
		comma--;
	if (comma <= 1 || title[comma - 1] != ',')
		return size;
	word = comma;
	while (word < size && blank(title[word]))
		word++;
	if (!is_one_of(articles, title + word, size - word))
		return size;
	*article = title + word;
	*article_size = size - word;
	return comma - 1;
}

/* Bytes to skip for an English article at the front: "The Matrix" -> 4. */
static size_t skip_leading(const char *title, size_t size)
{
	size_t start = 0, end;

	while (start < size && (blank(title[start]) || title[start] == '"' || title[start] == '\''))
		start++;
	end = start;
	while (end < size && !blank(title[end]))
		end++;
	/* "A.I." and "A-Team" are no article: a blank must follow. */
	return end < size && is_one_of(english, title + start, end - start) ? end : 0;
}

size_t text_fold_title(const char *title, size_t size, int32_t *year, char *out, size_t max)
{
	struct fold fold = { out, 0, max, false, false, true };
	const char *article = NULL;
	size_t article_size = 0, start = 0, end;
	int32_t known = year == NULL ? 0 : *year;
	int32_t found = known;

	size = trim_end(title, size);
	end = text_cut_year(title, size, &found);
	end = find_trailing(title, end, &article, &article_size);
	if (article == NULL)
		start = skip_leading(title, end);
	else if (!is_one_of(english, article, article_size))
		put_text(&fold, article, article_size);
	fold.gap = true;
	put_text(&fold, title + start, end - start);
	if (fold.used == 0) {		/* "The", "(1984)": it is all there is */
		put_text(&fold, title, size);
		found = known;
	}
	if (year != NULL)
		*year = found;
	out[fold.used] = 0;
	return fold.used;
}
