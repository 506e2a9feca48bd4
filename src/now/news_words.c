/* Folding and splitting; see news_words.h. */
#include "news_words.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define TEXT_MOST 1024		/* bytes of a title that count */
#define WORD 1			/* seeds of the hash */
#define NAME 2

static size_t add(uint64_t *word, size_t count, size_t most, uint64_t value)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (word[i] == value)
			return count;
	if (count < most)
		word[count++] = value;
	return count;
}

/* Writing without blanks: pairs of neighbours. */
static size_t add_pairs(const char *text, size_t size, uint64_t *word, size_t count, size_t most)
{
	size_t at = 0, last = 0, pairs = 0;

	while (at < size) {
		uint32_t character;
		size_t length = text_decode(text + at, size - at, &character);

		if (length == 0)
			break;
		if (at > 0) {
			count = add(word, count, most,
				    hash_bytes(text + last, at + length - last, WORD));
			pairs++;
		}
		last = at;
		at += length;
	}
	return pairs > 0 ? count : add(word, count, most, hash_bytes(text, size, WORD));
}

/* What text_fold does, of ASCII alone; false where there is something else, or too much. */
static bool fold_plain(const char *text, size_t length, char folded[TEXT_MOST], size_t *size)
{
	size_t used = 0, i;

	for (i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';

		if (c >= 0x80 || used + 1 >= TEXT_MOST)
			return false;
		if (letter || (c >= '0' && c <= '9'))
			folded[used++] = (char)(letter ? c | 32 : c);
		else if (used > 0 && folded[used - 1] != ' ')
			folded[used++] = ' ';
	}
	*size = used > 0 && folded[used - 1] == ' ' ? used - 1 : used;
	return true;
}

static size_t fold(const char *text, size_t length, char folded[TEXT_MOST])
{
	size_t size;

	return fold_plain(text, length, folded, &size) ? size :
	       text_fold(text, length, folded, TEXT_MOST);
}

size_t news_words(const char *text, uint64_t *word, size_t count, size_t most)
{
	char folded[TEXT_MOST];
	size_t size, at = 0, end;

	if (text == NULL)
		return count;
	size = fold(text, strlen(text), folded);
	for (at = 0; at < size; at = end + 1) {
		const char *blank = memchr(folded + at, ' ', size - at);

		end = blank != NULL ? (size_t)(blank - folded) : size;
		/* 0xe2 leads U+2000 .. U+2FFF, of which folding leaves letters from U+2C00 on */
		if ((uint8_t)folded[at] >= 0xe3)
			count = add_pairs(folded + at, end - at, word, count, most);
		else if (end > at)
			count = add(word, count, most, hash_bytes(folded + at, end - at, WORD));
	}
	return count;
}

size_t news_words_names(const char *text, uint64_t *word, size_t count, size_t most)
{
	char folded[TEXT_MOST];

	while (text != NULL && *text != '\0') {
		size_t line = strcspn(text, "\n");
		size_t size = fold(text, line, folded);

		if (size > 0)
			count = add(word, count, most, hash_bytes(folded, size, NAME));
		text += line + (text[line] == '\n');
	}
	return count;
}
