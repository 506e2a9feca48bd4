/* What the files of one export know together; see catalogue.h. */
#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "formats/report.h"

struct title {
	uint64_t key;
	size_t at;		/* title, then words, in `texts` */
	uint32_t title_size, words_size;
	int32_t year;
	bool used;
};

/* A set of 64-bit hashes; 0 is stored as 1, which costs one collision in 2^63. */
struct set {
	uint64_t *keys;
	size_t count, size;
};

struct catalogue {
	struct title *titles;
	size_t count, size;
	struct bytes texts;
	struct set marks, people;
	char names[160];
	int name_count;		/* in `names`; one more than the most once the list is full */
};

#define NAMES_MAX 6

struct catalogue *catalogue_new(void)
{
	return calloc(1, sizeof(struct catalogue));
}

void catalogue_free(struct catalogue *catalogue)
{
	if (catalogue == NULL)
		return;
	free(catalogue->titles);
	free(catalogue->marks.keys);
	free(catalogue->people.keys);
	bytes_free(&catalogue->texts);
	free(catalogue);
}

static struct title *title_place(struct title *titles, size_t size, uint64_t key)
{
	size_t at = hash_mix(key) & (size - 1);

	while (titles[at].used && titles[at].key != key)
		at = (at + 1) & (size - 1);
	return &titles[at];
}

static int titles_grow(struct catalogue *catalogue)
{
	size_t size = catalogue->size == 0 ? 1024 : catalogue->size * 2, i;
	struct title *titles = calloc(size, sizeof(*titles));

	if (titles == NULL)
		return TACIT_E_MEMORY;
	for (i = 0; i < catalogue->size; i++)
		if (catalogue->titles[i].used)
			*title_place(titles, size, catalogue->titles[i].key) = catalogue->titles[i];
	free(catalogue->titles);
	catalogue->titles = titles;
	catalogue->size = size;
	return 0;
}

int catalogue_put(struct catalogue *catalogue, uint64_t key, struct act_text title,
		  struct act_text words, int32_t year)
{
	struct title *place;
	size_t at = catalogue->texts.size;

	if (2 * catalogue->count >= catalogue->size && titles_grow(catalogue) != 0)
		return TACIT_E_MEMORY;
	place = title_place(catalogue->titles, catalogue->size, key);
	if (place->used)
		return 0;
	if (bytes_append(&catalogue->texts, title.data, title.size) != 0 ||
	    bytes_append(&catalogue->texts, words.data, words.size) != 0)
		return TACIT_E_MEMORY;
	place->used = true;
	place->key = key;
	place->at = at;
	place->title_size = title.size;
	place->words_size = words.size;
	place->year = year;
	catalogue->count++;
	return 0;
}

bool catalogue_get(const struct catalogue *catalogue, uint64_t key, struct act_text *title,
		   struct act_text *words, int32_t *year)
{
	const struct title *place;
	const char *text = (const char *)catalogue->texts.data;

	if (catalogue->size == 0)
		return false;
	place = title_place(catalogue->titles, catalogue->size, key);
	if (!place->used)
		return false;
	title->data = text + place->at;
	title->size = place->title_size;
	words->data = text + place->at + place->title_size;
	words->size = place->words_size;
	*year = place->year;
	return true;
}

size_t catalogue_size(const struct catalogue *catalogue)
{
	return catalogue->count;
}

static size_t set_place(const struct set *set, uint64_t key)
{
	size_t at = key & (set->size - 1);

	while (set->keys[at] != 0 && set->keys[at] != key)
		at = (at + 1) & (set->size - 1);
	return at;
}

static bool set_has(const struct set *set, uint64_t key)
{
	if (set->size == 0)
		return false;
	key = key == 0 ? 1 : key;
	return set->keys[set_place(set, key)] == key;
}

static int set_add(struct set *set, uint64_t key)
{
	key = key == 0 ? 1 : key;
	if (2 * set->count >= set->size) {
		struct set grown = { NULL, set->count, set->size == 0 ? 256 : set->size * 2 };
		size_t i;

		grown.keys = calloc(grown.size, sizeof(*grown.keys));
		if (grown.keys == NULL)
			return TACIT_E_MEMORY;
		for (i = 0; i < set->size; i++)
			if (set->keys[i] != 0)
				grown.keys[set_place(&grown, set->keys[i])] = set->keys[i];
		free(set->keys);
		*set = grown;
	}
	set->keys[set_place(set, key)] = key;
	set->count++;
	return 0;
}

int catalogue_mark(struct catalogue *catalogue, uint64_t key)
{
	return set_has(&catalogue->marks, key) ? 0 : set_add(&catalogue->marks, key);
}

bool catalogue_marked(const struct catalogue *catalogue, uint64_t key)
{
	return set_has(&catalogue->marks, key);
}

int catalogue_person(struct catalogue *catalogue, struct act_text name)
{
	uint64_t key = hash_bytes(name.data, name.size, 0);
	size_t used = strlen(catalogue->names);
	char safe[64];

	if (set_has(&catalogue->people, key))
		return 0;
	if (catalogue->name_count < NAMES_MAX) {
		text_safe(name.data, text_cut(name.data, name.size, 20), safe, sizeof(safe));
		snprintf(catalogue->names + used, sizeof(catalogue->names) - used, "%s%s",
			 used > 0 ? ", " : "", safe);
	} else if (catalogue->name_count == NAMES_MAX) {
		snprintf(catalogue->names + used, sizeof(catalogue->names) - used, " ...");
	}
	if (catalogue->name_count <= NAMES_MAX)
		catalogue->name_count++;
	return set_add(&catalogue->people, key);
}

int catalogue_one_person(const struct catalogue *catalogue, const char *person, const char *file,
			 const char *what, struct error *error)
{
	uint64_t people = catalogue->people.count;
	char safe[64];

	if (people == 0)
		return 0;	/* files that know no people: all of it is one person's */
	if (person != NULL) {
		if (strcmp(person, SOURCE_EVERYONE) == 0)
			return 0;
		if (set_has(&catalogue->people, hash_bytes(person, strlen(person), 0)))
			return 0;
		text_safe(person, text_cut(person, strlen(person), 20), safe, sizeof(safe));
		return error_set(error, TACIT_E_ARGUMENT,
				 "nobody called \"%s\" among the %" PRIu64 " %s in %s (%s): "
				 "give one of them with `--user N`", safe, people, what, file,
				 catalogue->names);
	}
	if (people <= 1)
		return 0;
	return error_set(error, TACIT_E_ARGUMENT, "%s holds %" PRIu64 " %s (%s): say which one is "
			 "you by adding `--user N`", file, people, what, catalogue->names);
}
