/*
 * Building the index of nearly matching titles. It is made when first needed (an export whose
 * titles all match exactly never pays for it): about 20 ms and 6 MB for 10,000 items.
 */
#include "index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"

static int roman_digit(char letter)
{
	return letter == 'i' ? 1 : letter == 'v' ? 5 : letter == 'x' ? 10 : 0;
}

/* "iv" -> 4; 0 where it is no number up to 39. */
static int roman(const char *word, size_t size)
{
	int total = 0;
	size_t i;

	if (size > 6)
		return 0;
	for (i = 0; i < size; i++) {
		int digit = roman_digit(word[i]);
		int next = i + 1 < size ? roman_digit(word[i + 1]) : 0;

		if (digit == 0)
			return 0;
		total += digit < next ? -digit : digit;
	}
	return total > 0 ? total : 0;
}

size_t pack_index_number(const char *word, size_t size, char out[INDEX_DIGITS_MAX])
{
	static const char *const names[] = { "one", "two", "three", "four", "five", "six", "seven",
					     "eight", "nine", "ten", "eleven", "twelve", NULL };
	size_t i;
	int value = roman(word, size);

	for (i = 0; i < size && word[i] >= '0' && word[i] <= '9'; i++)
		;
	if (i == size && size > 0 && size < INDEX_DIGITS_MAX) {
		memcpy(out, word, size);
		return size;
	}
	for (i = 0; names[i] != NULL; i++)
		if (strlen(names[i]) == size && memcmp(names[i], word, size) == 0)
			value = (int)i + 1;
	return value == 0 ? 0 : (size_t)snprintf(out, INDEX_DIGITS_MAX, "%d", value);
}

/* Articles of other languages: often left out, and rare enough to weigh much if let. */
static bool article(const char *word, size_t size)
{
	static const char *const articles[] = { "le", "la", "les", "l", "un", "une", "el", "los",
						"las", "il", "der", "die", "das", NULL };
	size_t i;

	for (i = 0; articles[i] != NULL; i++)
		if (strlen(articles[i]) == size && memcmp(articles[i], word, size) == 0)
			return true;
	return false;
}

uint64_t pack_index_less(const char *word, size_t size, size_t skip)
{
	char rest[LIMIT_TITLE_BYTES];

	if (skip >= size)
		return hash_bytes(word, size, 0);
	memcpy(rest, word, skip);
	memcpy(rest + skip, word + skip + 1, size - skip - 1);
	return hash_bytes(rest, size - 1, 0);
}

uint64_t pack_index_joined(const char *folded, size_t size)
{
	char joined[LIMIT_TITLE_BYTES];
	size_t used = 0, i;

	for (i = 0; i < size; i++)
		if (folded[i] != ' ')
			joined[used++] = folded[i];
	return hash_bytes(joined, used, 0);
}

uint32_t pack_index_row(const struct index_row *row, uint32_t rows, uint64_t hash)
{
	uint32_t low = 0, high = rows;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (row[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t *slot_of(const struct pack_index *index, const char *word, size_t size)
{
	uint32_t mask = index->table_size - 1;
	uint32_t at = (uint32_t)hash_bytes(word, size, 0) & mask;

	for (; index->table[at] != INDEX_NONE; at = (at + 1) & mask) {
		const struct index_word *known = &index->word[index->table[at]];

		if (known->size == size && memcmp(index->text + known->text, word, size) == 0)
			break;
	}
	return &index->table[at];
}

uint32_t pack_index_word(const struct pack_index *index, const char *word, size_t size)
{
	return *slot_of(index, word, size);
}

/* What grows while the index is made; the parts are handed over to the index at the end. */
struct build {
	struct pack_index *index;
	struct bytes text, word, name, name_word, joined;
	bool failed;
};

static bool grow_table(struct build *build)
{
	struct pack_index *index = build->index;
	uint32_t size = index->table_size == 0 ? 4096 : index->table_size * 2, i;
	uint32_t *table = malloc(sizeof(*table) * size);

	if (table == NULL)
		return false;
	memset(table, 0xff, sizeof(*table) * size);
	free(index->table);
	index->table = table;
	index->table_size = size;
	for (i = 0; i < index->words; i++)
		*slot_of(index, index->text + index->word[i].text, index->word[i].size) = i;
	return true;
}

/* The buffers may have moved: what slot_of looks at follows them. */
static void follow(struct build *build)
{
	build->index->text = (char *)build->text.data;
	build->index->word = (struct index_word *)(void *)build->word.data;
}

static uint32_t add_word(struct build *build, const char *word, size_t size)
{
	struct pack_index *index = build->index;
	struct index_word row = { .text = (uint32_t)build->text.size };
	char digits[INDEX_DIGITS_MAX];
	size_t number = pack_index_number(word, size, digits);
	uint32_t *slot;

	if (number > 0) {
		word = digits;
		size = number;
	}
	row.size = (uint32_t)size;
	row.number = number > 0;
	if (index->words * 2 >= index->table_size && !grow_table(build))
		return INDEX_NONE;
	slot = slot_of(index, word, size);
	if (*slot != INDEX_NONE)
		return *slot;
	if (bytes_append(&build->text, word, size) != 0 ||
	    bytes_append(&build->word, &row, sizeof(row)) != 0)
		return INDEX_NONE;
	follow(build);
	*slot = index->words;
	return index->words++;
}

static void add_name(struct build *build, uint32_t item, const struct pack_name *name)
{
	struct index_name row = { .item = item, .flags = name->flags };
	struct index_row joined = { 0, build->index->names };
	char folded[LIMIT_TITLE_BYTES];
	size_t size = text_fold_title(name->data, name->size, NULL, folded, sizeof(folded));
	size_t start = 0, i, j;
	uint32_t seen[INDEX_WORDS_MAX];

	row.first = (uint32_t)(build->name_word.size / sizeof(uint32_t));
	for (i = 0; i <= size && size > 0 && row.words < INDEX_WORDS_MAX; i++) {
		uint32_t word;

		if (i < size && folded[i] != ' ')
			continue;
		word = add_word(build, folded + start, i - start);
		start = i + 1;
		for (j = 0; j < row.words && seen[j] != word; j++)
			;
		if (word == INDEX_NONE) {
			build->failed = true;
			return;
		}
		if (j < row.words)
			continue;
		seen[row.words++] = word;
		build->index->word[word].names++;
	}
	joined.hash = pack_index_joined(folded, size);
	if (row.words == 0)
		return;
	if (bytes_append(&build->name_word, seen, sizeof(seen[0]) * row.words) != 0 ||
	    bytes_append(&build->name, &row, sizeof(row)) != 0 ||
	    bytes_append(&build->joined, &joined, sizeof(joined)) != 0)
		build->failed = true;
	else
		build->index->names++;
}

static void add_names(struct build *build, const struct pack *pack)
{
	struct pack_name name[PACK_NAMES_MAX];
	uint32_t item;
	size_t i, count;

	for (item = 0; item < pack->items && !build->failed &&
		       build->index->names < INDEX_NAMES_MAX; item++) {
		count = pack_names(pack_title(pack, item), name, NULL);
		for (i = 0; i < count && !build->failed; i++)
			if (name[i].flags != PACK_LINK_PART && name[i].flags != PACK_LINK_BARE)
				add_name(build, item, &name[i]);
	}
}

/* log2(a / b) in 2^-8, a >= b >= 1, by squaring: the same on every machine. */
static uint32_t log2_ratio(uint32_t a, uint32_t b)
{
	uint64_t x = ((uint64_t)a << 32) / b;
	uint32_t result = 0;
	int i;

	while (x >= 2ULL << 32) {
		x >>= 1;
		result += 256;
	}
	for (i = 7; i >= 0; i--) {
		x = (x >> 16) * (x >> 16);
		if (x >= 2ULL << 32) {
			x >>= 1;
			result += 1u << i;
		}
	}
	return result;
}

static bool add_postings(struct pack_index *index)
{
	uint32_t at = 0, i, j;

	for (i = 0; i < index->words; i++) {
		index->word[i].first_name = at;
		at += index->word[i].names;
		index->word[i].weight = log2_ratio(index->names + 1, index->word[i].names) + 64;
		if (article(index->text + index->word[i].text, index->word[i].size))
			index->word[i].weight /= 4;
		index->word[i].names = 0;
	}
	index->unknown_weight = log2_ratio(index->names + 1, 1) + 64;
	index->posting = malloc(sizeof(*index->posting) * (at + 1));
	if (index->posting == NULL)
		return false;
	for (i = 0; i < index->names; i++) {
		const struct index_name *name = &index->name[i];

		for (j = 0; j < name->words; j++) {
			struct index_word *word = &index->word[index->name_word[name->first + j]];

			index->posting[word->first_name + word->names++] = i;
		}
	}
	return true;
}

static int compare_row(const void *left, const void *right)
{
	const struct index_row *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->value > b->value) - (a->value < b->value);
}

static bool add_less(struct pack_index *index)
{
	size_t rows = 0, used = 0, j;
	uint32_t i;

	for (i = 0; i < index->words; i++)
		rows += index->word[i].size + 1;
	index->less = malloc(sizeof(*index->less) * (rows + 1));
	if (index->less == NULL)
		return false;
	for (i = 0; i < index->words; i++) {
		const struct index_word *word = &index->word[i];

		if (word->size < TYPO_LETTERS_MIN || word->size > TYPO_LETTERS_MAX ||
		    word->number != 0)
			continue;
		for (j = 0; j <= word->size; j++)
			index->less[used++] = (struct index_row){
				pack_index_less(index->text + word->text, word->size, j), i };
	}
	qsort(index->less, used, sizeof(*index->less), compare_row);
	index->less_rows = (uint32_t)used;
	return true;
}

static struct pack_index *make(const struct pack *pack)
{
	struct pack_index *index = calloc(1, sizeof(*index));
	struct build build = { .index = index };

	if (index == NULL)
		return NULL;
	add_names(&build, pack);
	index->name = (struct index_name *)(void *)build.name.data;
	index->name_word = (uint32_t *)(void *)build.name_word.data;
	index->joined = (struct index_row *)(void *)build.joined.data;
	index->joined_rows = index->names;
	follow(&build);
	if (build.failed || !add_postings(index) || !add_less(index)) {
		pack_index_free(index);
		return NULL;
	}
	if (index->joined_rows > 0)
		qsort(index->joined, index->joined_rows, sizeof(*index->joined), compare_row);
	return index;
}

const struct pack_index *pack_index_of(const struct pack *pack)
{
	/* The one field of an open pack that changes; struct pack is always our own heap memory. */
	struct pack_index **field = &((struct pack *)(uintptr_t)pack)->index;
	struct pack_index *index = __atomic_load_n(field, __ATOMIC_ACQUIRE), *none = NULL;

	if (index != NULL)
		return index;
	index = make(pack);
	if (index == NULL)
		return NULL;
	/* Two threads may have made it; they made the same, and the first one's stays. */
	if (__atomic_compare_exchange_n(field, &none, index, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return index;
	pack_index_free(index);
	return none;
}

void pack_index_free(struct pack_index *index)
{
	if (index == NULL)
		return;
	free(index->word);
	free(index->name);
	free(index->name_word);
	free(index->posting);
	free(index->table);
	free(index->less);
	free(index->joined);
	free(index->text);
	free(index);
}
