/*
 * Checking a pack that its digest has shown to be what its publisher wrote: the publisher may be
 * mistaken or hostile, so every offset, count and order that a reader relies on is proved here
 * once, and no reader checks again.
 */
#include <string.h>

#include "base/text.h"
#include "pack/inside.h"

struct check {
	struct pack *pack;
	const char *path;
	struct error *error;
	bool known;			/* these bytes passed before: only pointers and shapes */
};

_Static_assert(sizeof(struct pack_item_row) == 24, "item row");
_Static_assert(sizeof(struct pack_link_row) == 16, "link row");
_Static_assert(sizeof(struct pack_config) == 208, "config");
_Static_assert(sizeof(struct pack_calibration_point) == 8, "calibration point");
_Static_assert(sizeof(struct pack_pairs_config) == 72, "config of the pairs");
_Static_assert(sizeof(struct pack_head) == 76, "head");

static int bad(const struct check *check, const char *what)
{
	return error_set(check->error, TACIT_E_FORMAT,
			 "%s is not a well-formed pack: %s; ask its publisher for a new copy",
			 check->path, what);
}

static bool zeros(const void *data, size_t size)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < size; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* A name of the header: text, and nothing but zeros behind it. */
static bool padded_text(const char *field, size_t size)
{
	size_t used = strnlen(field, size);

	return used > 0 && used < size && text_valid(field, used) &&
	       zeros(field + used, size - used);
}

static int check_header(const struct check *check)
{
	const struct pack_header *header = check->pack->header;
	const uint8_t *bytes = (const uint8_t *)header;
	uint64_t at = PACK_HEADER_BYTES;
	uint32_t i, j;

	if (!padded_text(header->name, sizeof(header->name)) ||
	    !padded_text(header->domain, sizeof(header->domain)))
		return bad(check, "its name or domain is no text");
	if (header->items == 0 || header->items > LIMIT_PACK_ITEMS)
		return bad(check, "its number of items is out of range");
	if (header->section_count == 0 || header->section_count > PACK_SECTIONS_MAX)
		return bad(check, "its number of sections is out of range");
	if (!zeros(header->section + header->section_count,
		   sizeof(header->section[0]) * (PACK_SECTIONS_MAX - header->section_count)) ||
	    !zeros(bytes + sizeof(*header), PACK_HEADER_BYTES - sizeof(*header)))
		return bad(check, "its header has bytes that mean nothing");
	for (i = 0; i < header->section_count; i++) {
		const struct pack_section_row *row = &header->section[i];

		if (row->offset != at || row->size > check->pack->size ||
		    row->offset > check->pack->size - row->size)
			return bad(check, "a section lies outside of the file or in another");
		at = row->offset + row->size;
		/* The last section ends the file; between others, zeros up to the next multiple. */
		if (i + 1 < header->section_count) {
			uint64_t next = (at + PACK_ALIGNMENT - 1) & ~(uint64_t)(PACK_ALIGNMENT - 1);

			if (next > check->pack->size || !zeros(bytes + at, next - at))
				return bad(check, "bytes between two sections are not zero");
			at = next;
		}
		for (j = 0; j < i; j++)
			if (header->section[j].kind == row->kind &&
			    header->section[j].instance == row->instance)
				return bad(check, "a section is there twice");
	}
	if (at != check->pack->size)
		return bad(check, "bytes follow its last section");
	return 0;
}

static const struct pack_section_row *find(const struct pack *pack, uint32_t kind)
{
	uint32_t i;

	for (i = 0; i < pack->header->section_count; i++)
		if (pack->header->section[i].kind == kind &&
		    pack->header->section[i].instance == 0)
			return &pack->header->section[i];
	return NULL;
}

/* The section's start, *size its size; NULL where there is none. */
static const void *section(const struct pack *pack, uint32_t kind, size_t *size)
{
	const struct pack_section_row *row = find(pack, kind);

	*size = row == NULL ? 0 : (size_t)row->size;
	return row == NULL ? NULL : (const uint8_t *)pack->mapping + row->offset;
}

/* As section; *wrong is set where it is there with another size than `size`. */
static const void *shaped(const struct pack *pack, uint32_t kind, size_t size, bool *wrong)
{
	size_t found;
	const void *start = section(pack, kind, &found);

	if (start != NULL && found != size)
		*wrong = true;
	return start;
}

/* An offset into TEXT at which a text begins: behind the NUL of the one before. */
static bool begins(const struct pack *pack, uint32_t offset)
{
	return offset < pack->text_size && (offset == 0 || pack->text[offset - 1] == 0);
}

static int check_items(const struct check *check)
{
	struct pack *pack = check->pack;
	bool wrong = false;
	uint32_t i;

	pack->items = (uint32_t)pack->header->items;
	pack->item = shaped(pack, PACK_ITEM, sizeof(*pack->item) * pack->items, &wrong);
	pack->text = section(pack, PACK_TEXT, &pack->text_size);
	pack->count = shaped(pack, PACK_CONT, sizeof(*pack->count) * pack->items, &wrong);
	pack->meta = section(pack, PACK_META, &pack->meta_size);
	if (pack->item == NULL || pack->text == NULL || wrong)
		return bad(check, "its table of items is missing or of the wrong size");
	if (pack->text_size == 0 || pack->text_size > UINT32_MAX || pack->text[0] != 0 ||
	    pack->text[pack->text_size - 1] != 0 ||
	    (!check->known && !text_valid(pack->text, pack->text_size)))
		return bad(check, "its texts are not UTF-8 that begins and ends with NUL");
	if (pack->meta != NULL && !text_valid(pack->meta, pack->meta_size))
		return bad(check, "its provenance is not UTF-8");
	for (i = 0; !check->known && i < pack->items; i++) {
		const struct pack_item_row *row = &pack->item[i];

		if (!begins(pack, row->id) || !begins(pack, row->title) ||
		    !begins(pack, row->creator) || !begins(pack, row->words))
			return bad(check, "an item's text lies outside of the texts");
		if (row->flags != 0 || row->year > PACK_YEAR_MAX || row->year < -PACK_YEAR_MAX)
			return bad(check, "an item's year or flags mean nothing");
	}
	return 0;
}

static int check_links(const struct check *check)
{
	struct pack *pack = check->pack;
	size_t size, i;

	pack->link = section(pack, PACK_LINK, &size);
	if (pack->link == NULL || size % sizeof(*pack->link) != 0)
		return bad(check, "its table of titles is missing or of the wrong size");
	pack->links = size / sizeof(*pack->link);
	for (i = 0; !check->known && i < pack->links; i++) {
		const struct pack_link_row *row = &pack->link[i];

		if (row->item >= pack->items || row->flags > PACK_LINK_BARE)
			return bad(check, "a title names an item that does not exist");
		if (i > 0 && (row[-1].hash > row->hash ||
			      (row[-1].hash == row->hash && row[-1].item >= row->item)))
			return bad(check, "its table of titles is not sorted");
	}
	return 0;
}

static int check_config(const struct check *check)
{
	struct pack *pack = check->pack;
	const struct pack_config *config = pack->config;
	uint32_t i;

	if (config->dim == 0 || config->dim % 32 != 0 || config->dim > LIMIT_DIM ||
	    config->banks == 0 || config->banks > LIMIT_BANKS || config->buckets == 0 ||
	    config->buckets > LIMIT_BUCKETS || config->words > LIMIT_PACK_ITEMS)
		return bad(check, "the shape of its model is out of range");
	for (i = 0; i < LIMIT_BANKS; i++)
		if (config->rho[i] > (i < config->banks ? 1u << 30 : 0u))
			return bad(check, "a decay of its model is above 1");
	for (i = 0; i < LIMIT_BUCKETS; i++)
		if (i == 0 || i >= config->buckets ? config->bucket_from[i] != 0
						  : config->bucket_from[i] <=
							    config->bucket_from[i - 1])
			return bad(check, "the lengths of its model do not ascend from 0");
	if (config->repeats > 1 || !zeros(config->reserved, sizeof(config->reserved)))
		return bad(check, "its model has settings that mean nothing");
	pack->dim = config->dim;
	pack->banks = config->banks;
	pack->buckets = config->buckets;
	pack->words = config->words;
	return 0;
}

static int check_words(const struct check *check)
{
	struct pack *pack = check->pack;
	size_t words = pack->words, rows = words * (pack->banks + 1);
	bool wrong = false;
	size_t i;

	pack->word_key = shaped(pack, PACK_WKEY, sizeof(*pack->word_key) * words, &wrong);
	pack->word_row = shaped(pack, PACK_WROW, rows * pack->dim, &wrong);
	pack->word_scale = shaped(pack, PACK_WSCL, sizeof(*pack->word_scale) * rows, &wrong);
	if (wrong || (words > 0 && (pack->word_key == NULL || pack->word_row == NULL ||
				    pack->word_scale == NULL)))
		return bad(check, "its table of words is missing or of the wrong size");
	for (i = 1; !check->known && i < words; i++)
		if (pack->word_key[i - 1] >= pack->word_key[i])
			return bad(check, "its words are not sorted");
	return 0;
}

static bool pairs_config_sound(const struct pack_pairs_config *config)
{
	uint32_t b;

	for (b = 0; b < LIMIT_PAIR_BANKS; b++)
		if (config->bank[b].rho > (b < config->banks ? 1u << 30 : 0u) ||
		    config->bank[b].halves > (b < config->banks ? 2u : 0u))
			return false;
	return config->banks > 0 && config->banks <= LIMIT_PAIR_BANKS && config->reserved == 0;
}

/* Rows one behind the other, each within the catalogue and ascending. */
static int check_pair_rows(const struct check *check)
{
	const struct pack *pack = check->pack;
	size_t items = pack->items, i;

	for (i = 0; i < items; i++)
		if (pack->pair_start[i] > pack->pair_start[i + 1])
			return bad(check, "its rows of pairs overlap");
	for (i = 0; i < items; i++) {
		uint64_t at = pack->pair_start[i], end = pack->pair_start[i + 1];

		for (; at < end; at++)
			if (pack->pair_item[at] >= items ||
			    (at > pack->pair_start[i] &&
			     pack->pair_item[at - 1] >= pack->pair_item[at]))
				return bad(check, "its pairs do not ascend within the catalogue");
	}
	return 0;
}

static int check_pairs(const struct check *check)
{
	struct pack *pack = check->pack;
	size_t items = pack->items, size, pairs;
	bool wrong = false;

	pack->pairs = shaped(pack, PACK_KCON, sizeof(*pack->pairs), &wrong);
	pack->pair_start = shaped(pack, PACK_KPTR, sizeof(uint64_t) * (items + 1), &wrong);
	pack->pair_item = section(pack, PACK_KITM, &size);
	pairs = size / sizeof(uint32_t);
	if (pack->pairs == NULL && pack->pair_start == NULL && pack->pair_item == NULL &&
	    find(pack, PACK_KVAL) == NULL && find(pack, PACK_KSCL) == NULL)
		return wrong ? bad(check, "its pairs are of the wrong size") : 0;
	if (wrong || pack->pairs == NULL || pack->pair_start == NULL || pack->pair_item == NULL ||
	    !pairs_config_sound(pack->pairs))
		return bad(check, "its pairs are incomplete, or their decays out of range");
	pack->pair_value = shaped(pack, PACK_KVAL, 2 * pairs * pack->pairs->banks, &wrong);
	pack->pair_scale = shaped(pack, PACK_KSCL, 4 * items * pack->pairs->banks, &wrong);
	if (wrong || size % sizeof(uint32_t) != 0 || pack->pair_value == NULL ||
	    pack->pair_scale == NULL || pack->pair_start[0] != 0 ||
	    pack->pair_start[items] != pairs)
		return bad(check, "its pairs are of the wrong size");
	return check->known ? 0 : check_pair_rows(check);
}

static bool head_sound(const struct pack *pack, const struct pack_head *head)
{
	uint32_t pair_banks = pack->pairs == NULL ? 0 : pack->pairs->banks, b;
	size_t size = strnlen(head->name, sizeof(head->name)), i;

	for (i = 0; i < size; i++)
		if (head->name[i] < 'a' || head->name[i] > 'z')
			return false;
	for (b = 0; b < LIMIT_BANKS; b++)
		if (head->theta[b] > (b < pack->banks ? PACK_THETA_MAX : 0))
			return false;
	for (b = 0; b < LIMIT_PAIR_BANKS; b++)
		if (head->pair_theta[b] > (b < pair_banks ? PACK_THETA_MAX : 0))
			return false;
	return size > 0 && zeros(head->name + size, sizeof(head->name) - size) &&
	       head->intercept <= PACK_THETA_MAX &&
	       /* its intercepts are those that the calibration was measured with */
	       (strncmp(head->name, "next", sizeof(head->name)) != 0 ||
		head->intercept == PACK_THETA_ONE);
}

/* After the model and its pairs: their banks are counted. */
static int check_heads(const struct check *check)
{
	struct pack *pack = check->pack;
	size_t size, i, j;

	pack->head = section(pack, PACK_HEAD, &size);
	if (pack->head == NULL)
		return 0;
	pack->heads = (uint32_t)(size / sizeof(*pack->head));
	if (size % sizeof(*pack->head) != 0 || size == 0 ||
	    size / sizeof(*pack->head) > PACK_HEADS_MAX)
		return bad(check, "its heads are of the wrong size");
	for (i = 0; i < pack->heads; i++) {
		if (!head_sound(pack, &pack->head[i]))
			return bad(check, "a head of it has no name or a weight out of range");
		for (j = 0; j < i; j++)
			if (memcmp(pack->head[i].name, pack->head[j].name,
				   sizeof(pack->head[i].name)) == 0)
				return bad(check, "a head of it is there twice");
	}
	return 0;
}

/* "feature=value", both there, and no longer than what may be asked for. */
static bool moment_key_sound(const char *key, size_t size)
{
	const char *equals = memchr(key, '=', size);

	return equals != NULL && equals > key && equals + 1 < key + size &&
	       size <= LIMIT_MOMENT_BYTES && text_valid(key, size);
}

static int check_moments(const struct check *check)
{
	struct pack *pack = check->pack;
	const char *last = "", *at;
	bool wrong = false;
	size_t size;

	pack->moment_key = section(pack, PACK_MKEY, &size);
	if (pack->moment_key == NULL)
		return find(pack, PACK_MROW) == NULL && find(pack, PACK_MSCL) == NULL ? 0 :
		       bad(check, "its moments have no names");
	if (size == 0 || pack->moment_key[size - 1] != 0)
		return bad(check, "the names of its moments do not end");
	for (at = pack->moment_key; at < pack->moment_key + size; at += strlen(at) + 1) {
		if (!moment_key_sound(at, strlen(at)) || strcmp(last, at) >= 0 ||
		    pack->moments == LIMIT_MOMENTS)
			return bad(check, "the names of its moments mean nothing, do not ascend "
				   "or are too many");
		last = at;
		pack->moments++;
	}
	pack->moment_row = shaped(pack, PACK_MROW, (size_t)pack->moments * pack->dim, &wrong);
	pack->moment_scale = shaped(pack, PACK_MSCL, sizeof(uint32_t) * pack->moments, &wrong);
	if (wrong || pack->moment_row == NULL || pack->moment_scale == NULL)
		return bad(check, "its moments are incomplete or of the wrong size");
	return 0;
}

static int check_calibration(const struct check *check)
{
	struct pack *pack = check->pack;
	size_t size, i;

	pack->calibration = section(pack, PACK_CALI, &size);
	if (size % sizeof(*pack->calibration) != 0)
		return bad(check, "its calibration is of the wrong size");
	pack->calibration_points = size / sizeof(*pack->calibration);
	for (i = 0; i < pack->calibration_points; i++) {
		const struct pack_calibration_point *point = &pack->calibration[i];

		if (point->probability < 0 || point->probability > 1 << 20)
			return bad(check, "its calibration is no probability");
		if (i > 0 && (point[-1].x >= point->x ||
			      point[-1].probability > point->probability))
			return bad(check, "its calibration does not ascend");
	}
	return 0;
}

static int check_model(const struct check *check)
{
	static const uint32_t model_kinds[] = {
		PACK_PROW, PACK_PSCL, PACK_QROW, PACK_QSCL, PACK_LENG,
		PACK_WKEY, PACK_WROW, PACK_WSCL, PACK_CALI, PACK_KCON, PACK_KPTR,
		PACK_KITM, PACK_KVAL, PACK_KSCL, PACK_HEAD, PACK_MKEY, PACK_MROW, PACK_MSCL,
	};
	struct pack *pack = check->pack;
	bool wrong = false;
	size_t items = pack->items, i;
	int result;

	pack->config = shaped(pack, PACK_CONF, sizeof(*pack->config), &wrong);
	if (wrong)
		return bad(check, "the shape of its model is of the wrong size");
	if (pack->config == NULL) {	/* a catalogue without a model */
		for (i = 0; i < sizeof(model_kinds) / sizeof(model_kinds[0]); i++)
			if (find(pack, model_kinds[i]) != NULL)
				return bad(check, "it has a model without a shape");
		return 0;
	}
	result = check_config(check);
	if (result != 0)
		return result;
	pack->p = shaped(pack, PACK_PROW, items * pack->banks * pack->dim, &wrong);
	pack->p_scale = shaped(pack, PACK_PSCL, items * pack->banks * 4, &wrong);
	pack->q = shaped(pack, PACK_QROW, items * pack->dim, &wrong);
	pack->q_scale = shaped(pack, PACK_QSCL, items * 4, &wrong);
	pack->length = shaped(pack, PACK_LENG, items * pack->buckets * 2, &wrong);
	if (wrong || pack->p == NULL || pack->p_scale == NULL || pack->q == NULL ||
	    pack->q_scale == NULL || pack->length == NULL)
		return bad(check, "a table of its model is missing or of the wrong size");
	result = check_words(check);
	if (result == 0)
		result = check_pairs(check);
	if (result == 0)
		result = check_heads(check);
	if (result == 0)
		result = check_moments(check);
	return result != 0 ? result : check_calibration(check);
}

int pack_check(struct pack *pack, const char *path, bool known, struct error *error)
{
	struct check check = { pack, path, error, known };
	int result = check_header(&check);

	if (result == 0)
		result = check_items(&check);
	if (result == 0)
		result = check_links(&check);
	if (result == 0)
		result = check_model(&check);
	return result;
}
