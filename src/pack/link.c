/*
 * From a title in an export to an item of the catalogue. First by the hash of the folded title
 * among the LINK rows, then by near.c among titles that nearly match. A wrong link teaches the
 * model something false about the person and a missing one teaches it nothing, so every doubt is a
 * miss.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "pack/inside.h"

#define SCORE_EXACT (1u << 20)
#define SCORE_PART (SCORE_EXACT / 100 * 95)

/* A candidate's standing; higher is better in the order of the fields. */
struct standing {
	int year;		/* 3 equal, 2 one off, 1 not known */
	int same;		/* 1: to the byte, which tells "K-On!" from "K-On!!" */
	int title;		/* 1 the title itself, 0 an alternative */
	int creator;		/* 1 agrees, 0 not known, -1 differs */
	uint32_t count;		/* training events */
	uint32_t item;		/* lower is better */
};

static bool better(const struct standing *a, const struct standing *b)
{
	if (a->year != b->year)
		return a->year > b->year;
	if (a->same != b->same)
		return a->same > b->same;
	if (a->title != b->title)
		return a->title > b->title;
	if (a->creator != b->creator)
		return a->creator > b->creator;
	if (a->count != b->count)
		return a->count > b->count;
	return a->item < b->item;
}

static bool has_word(const char *text, size_t size, const char *word, size_t word_size)
{
	size_t i;

	for (i = 0; i + word_size <= size; i++)
		if ((i == 0 || text[i - 1] == ' ') &&
		    (i + word_size == size || text[i + word_size] == ' ') &&
		    memcmp(text + i, word, word_size) == 0)
			return true;
	return false;
}

int pack_creator_agrees(const struct pack *pack, uint32_t item, const char *folded)
{
	const char *creator = pack_creator(pack, item);
	char own[LIMIT_CREATOR_BYTES];
	size_t size, start = 0, i, wanted = strlen(folded);

	if (wanted == 0 || creator[0] == 0)
		return 0;
	size = text_fold(creator, strlen(creator), own, sizeof(own));
	/* One word in common is enough: "J. K. Rowling" and "Rowling, Joanne". Initials are not. */
	for (i = 0; i <= wanted; i++) {
		if (i < wanted && folded[i] != ' ')
			continue;
		if (i - start > 2 && has_word(own, size, folded + start, i - start))
			return 1;
		start = i + 1;
	}
	return strcmp(own, folded) == 0 ? 1 : -1;
}

/* 3 equal, 2 one off, 1 not known, 0 too far apart. */
static int year_class(int32_t wanted, int32_t year)
{
	int64_t apart = (int64_t)wanted - year;		/* an export may say anything */

	if (wanted == 0 || year == 0)
		return 1;
	if (apart == 0)
		return 3;
	return apart == 1 || apart == -1 ? 2 : 0;
}

static size_t first_row(const struct pack *pack, uint64_t hash)
{
	size_t low = 0, high = pack->links;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pack->link[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is found among the LINK rows for one title. */
struct found {
	struct standing best;
	uint32_t items;		/* how many could be meant */
};

/* Whether names of these kinds are one title. Where something was left out on both sides, or a
 * qualifier on one, the year or the creator must agree: "Phantoms (Assault)" is not "(Recon)". */
static bool may_match(uint32_t name, uint32_t row, const struct standing *standing)
{
	bool year = standing->year == 3, creator = standing->creator > 0;

	if (standing->year == 0 || (standing->creator < 0 && !year))
		return false;		/* another year; a namesake by somebody else */
	if (name == PACK_LINK_PART || row == PACK_LINK_PART)
		return year && name != row && name != PACK_LINK_BARE && row != PACK_LINK_BARE;
	if (name == PACK_LINK_BARE || row == PACK_LINK_BARE)
		return name != row && (year || creator);
	if (name == PACK_LINK_OTHER || (name == PACK_LINK_SHORT && row != PACK_LINK_TITLE))
		return standing->year >= 2 || creator;
	return true;
}

static bool same_bytes(const struct pack *pack, uint32_t item, const struct pack_name *name)
{
	const char *title = pack_title(pack, item);
	size_t size = text_cut_year(title, strlen(title), NULL);

	return size == name->size && memcmp(title, name->data, size) == 0;
}

/* Adds the rows with the name's title: parts of titles where `parts` asks for them, or the rest. */
static void find_rows(const struct pack *pack, const struct pack_wanted *wanted,
		      const struct pack_name *name, bool parts, struct found *found)
{
	char folded[LIMIT_TITLE_BYTES];
	size_t size = text_fold_title(name->data, name->size, NULL, folded, sizeof(folded));
	uint64_t hash = hash_bytes(folded, size, 0);
	size_t i;

	if (size == 0)
		return;
	for (i = first_row(pack, hash); i < pack->links && pack->link[i].hash == hash; i++) {
		const struct pack_link_row *row = &pack->link[i];
		struct standing standing = {
			.year = year_class(wanted->year, pack->item[row->item].year),
			.same = same_bytes(pack, row->item, name),
			.title = row->flags == PACK_LINK_TITLE || row->flags == PACK_LINK_SHORT,
			.creator = pack_creator_agrees(pack, row->item, wanted->creator),
			.count = pack->count == NULL ? 0 : pack->count[row->item],
			.item = row->item,
		};

		if ((row->flags == PACK_LINK_PART || name->flags == PACK_LINK_PART) != parts ||
		    !may_match(name->flags, row->flags, &standing))
			continue;
		found->items++;
		if (found->items == 1 || better(&standing, &found->best))
			found->best = standing;
	}
}

static bool find_exact(const struct pack *pack, const struct pack_wanted *wanted, bool parts,
		       struct pack_match *out)
{
	struct found found = { .items = 0 };
	size_t i;

	for (i = 0; i < wanted->names && found.items == 0; i++)
		find_rows(pack, wanted, &wanted->name[i], parts, &found);
	/* "Three Colors (1994)": two films of that year begin so. */
	if (found.items == 0 || (parts && found.items > 1))
		return false;
	out->item = found.best.item;
	out->score = parts ? SCORE_PART : SCORE_EXACT;
	out->exact = !parts;
	return true;
}

bool pack_link(const struct pack *pack, const struct pack_query *query, struct pack_match *out)
{
	struct pack_name name[PACK_NAMES_MAX];
	char creator[LIMIT_CREATOR_BYTES];
	struct pack_wanted wanted = { name, 0, query->year, creator };
	int32_t year = 0;

	wanted.names = pack_names(query->title, name, &year);
	if (wanted.year == 0)
		wanted.year = year;
	creator[0] = 0;
	if (query->creator != NULL)
		text_fold(query->creator, strlen(query->creator), creator, sizeof(creator));
	return find_exact(pack, &wanted, false, out) || find_exact(pack, &wanted, true, out) ||
	       pack_near(pack, &wanted, out);
}
