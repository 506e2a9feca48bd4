/* Quantising and assembling: v becomes round(v / scale), scale = the largest of its row / 127. */
#include "build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "kin.h"
#include "words.h"

#define INTERCEPT_MOST (32767.0 / 2048.0)	/* of the format */

static uint32_t quantise_row(const float *row, uint32_t size, int8_t *out)
{
	float most = 0.0f;
	double scale;
	uint32_t j, fixed;

	for (j = 0; j < size; j++)
		most = fabsf(row[j]) > most ? fabsf(row[j]) : most;
	fixed = (uint32_t)ceil((double)most / 127.0 * 4294967296.0);
	if (fixed == 0) {
		memset(out, 0, size);
		return 0;
	}
	scale = fixed / 4294967296.0;
	for (j = 0; j < size; j++)
		out[j] = (int8_t)lrint(row[j] / scale);
	return fixed;
}

/* What is added to all intercepts so that they lie within the format's -16 .. 16: scores mean what
 * they do beside other scores, and one constant for every item and length changes no difference.
 * 0 for all catalogues but very large ones, whose rarest items are below -16. */
static double intercept_shift(const float *length, size_t size, float factor)
{
	double least = 0.0, most = -INFINITY, shift;
	size_t i;

	for (i = 0; i < size; i++) {
		least = fmin(least, (double)factor * length[i]);
		most = fmax(most, (double)factor * length[i]);
	}
	shift = fmax(-INTERCEPT_MOST - least, 0.0);
	/* the largest decide what is shown: where not all fit, the least are held */
	return shift > 0.0 ? fmin(shift, INTERCEPT_MOST - most) : 0.0;
}

static int16_t intercept(double value)
{
	double scaled = value * 2048.0;

	if (scaled > 32767.0)
		return 32767;
	if (scaled < -32767.0)
		return -32767;
	return (int16_t)lrint(scaled);
}

struct tables {
	uint32_t *count;
	uint32_t wide;			/* the pack's dim: the model's and that of words */
	int8_t *p, *q, *word_row;
	uint32_t *p_scale, *q_scale, *word_scale;
	int16_t *length;
	int16_t *pair_value;
	uint32_t *pair_scale;
	int8_t *moment_row;		/* [moments][wide] */
	uint32_t *moment_scale;
	struct bytes moment_key;
	struct words_model words;
	struct pairs *kin;		/* the model's pairs and those with kin, or NULL */
	struct pack_pairs_config pairs;
	struct pack_head head[2];
	struct pack_config config;
	struct pack_writer_item *item;
};

static void tables_free(struct tables *tables)
{
	free(tables->count);
	free(tables->p);
	free(tables->q);
	free(tables->word_row);
	free(tables->p_scale);
	free(tables->q_scale);
	free(tables->word_scale);
	free(tables->length);
	free(tables->pair_value);
	free(tables->pair_scale);
	free(tables->moment_row);
	free(tables->moment_scale);
	bytes_free(&tables->moment_key);
	free(tables->item);
	words_free(&tables->words);
	pairs_free(tables->kin);
}

/* 2^-32, held where the format holds it. */
static uint32_t scaled(uint32_t scale, float factor)
{
	double value = rint((double)scale * factor);

	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* One item's rows, as words_rows has them. */
static void quantise_item(const float *row, uint32_t item, float factor, struct tables *tables)
{
	size_t wide = tables->wide, banks = tables->words.banks, b;

	for (b = 0; b < banks; b++)
		tables->p_scale[item * banks + b] =
			quantise_row(row + b * wide, tables->wide,
				     tables->p + (item * banks + b) * wide);
	tables->q_scale[item] = scaled(quantise_row(row + banks * wide, tables->wide,
						    tables->q + item * wide), factor);
}

/* The model's temperature goes into the scales of what meets a candidate: Q, intercepts, pairs. */
static int quantise(const struct build *build, struct tables *tables)
{
	const struct follow_model *model = build->model->follow;
	float factor = build->config->temperature;
	uint32_t wide = tables->wide, sets = tables->words.banks + 1, item;
	float *row = malloc(sizeof(*row) * sets * wide);
	double shift = intercept_shift(build->model->length,
				       (size_t)model->buckets * model->items, factor);
	size_t i;

	if (row == NULL)
		return TACIT_E_MEMORY;
	for (item = 0; item < model->items; item++) {
		words_rows(build->data, tables->count, &tables->words, model, item, row);
		quantise_item(row, item, factor, tables);
	}
	free(row);
	for (i = 0; i < (size_t)model->buckets * model->items; i++)
		tables->length[i] = intercept((double)(factor * build->model->length[i]) + shift);
	for (i = 0; i < (size_t)tables->words.words * sets; i++) {
		tables->word_scale[i] = quantise_row(tables->words.row + i * wide, wide,
						     tables->word_row + i * wide);
		if (i % sets == sets - 1)
			tables->word_scale[i] = scaled(tables->word_scale[i], factor);
	}
	return 0;
}

/* One row of pairs, a bank at a time: the largest of the bank becomes 32767. */
static void quantise_pairs(const struct pairs *pairs, uint32_t item, float factor,
			   struct tables *tables)
{
	uint32_t banks = pairs->banks, b;
	uint64_t at;

	for (b = 0; b < banks; b++) {
		float most = 0.0f;
		double step;
		uint32_t scale;

		for (at = pairs->start[item]; at < pairs->start[item + 1]; at++)
			most = fmaxf(most, fabsf(pairs->value[at * banks + b]));
		step = ceil((double)most * factor / 32767.0 * 4294967296.0);
		scale = step > UINT32_MAX ? UINT32_MAX : (uint32_t)step;
		tables->pair_scale[(size_t)item * banks + b] = scale;
		for (at = pairs->start[item]; at < pairs->start[item + 1]; at++)
			tables->pair_value[at * banks + b] = scale == 0 ? 0 : (int16_t)
				fmax(-32767.0, fmin(32767.0, rint((double)factor *
				     pairs->value[at * banks + b] * 4294967296.0 / scale)));
	}
}

/* What the pack has for pairs. */
static const struct pairs *all_pairs(const struct build *build, const struct tables *tables)
{
	return tables->kin != NULL ? tables->kin : build->model->pairs;
}

/* Pairs from things had to what nobody had. */
static int make_kin(const struct build *build, struct tables *tables, struct error *error)
{
	const struct pairs *pairs = build->model->pairs;
	const struct closed_bank bank = { tables->words.kin_rho, tables->words.kin_power };
	uint32_t items = build->data->items, unknown = 0, i;
	bool *learned, *wanted;
	struct kin kin;
	int result;

	for (i = 0; i < items; i++)
		unknown += tables->count[i] == 0;
	if (tables->words.kin <= 0.0f || unknown == 0 ||
	    (pairs != NULL && pairs->banks == LIMIT_PAIR_BANKS))
		return 0;
	learned = malloc((size_t)items + 1);
	wanted = malloc((size_t)items + 1);
	for (i = 0; learned != NULL && wanted != NULL && i < items; i++) {
		learned[i] = tables->count[i] > 0;
		wanted[i] = tables->count[i] == 0;
	}
	result = learned == NULL || wanted == NULL ? error_memory(error) :
		 kin_make(build->data, learned, wanted, &kin, error);
	free(learned);
	free(wanted);
	if (result != 0)
		return result;
	result = kin_pairs(&kin, &bank, tables->words.kin, pairs, &tables->kin, error);
	kin_free(&kin);
	return result;
}

static int make_pairs(const struct build *build, struct tables *tables)
{
	const struct pairs *pairs = all_pairs(build, tables);
	uint32_t i, b;

	if (pairs == NULL)
		return 0;
	tables->pair_value = malloc(sizeof(int16_t) * (pairs->start[pairs->items] *
						       pairs->banks + 1));
	tables->pair_scale = malloc(sizeof(uint32_t) * ((size_t)pairs->items * pairs->banks + 1));
	if (tables->pair_value == NULL || tables->pair_scale == NULL)
		return TACIT_E_MEMORY;
	tables->pairs.banks = pairs->banks;
	for (b = 0; b < pairs->banks; b++) {
		tables->pairs.bank[b].rho = (uint32_t)lrint((double)pairs->bank[b].rho *
							    1073741824.0);
		tables->pairs.bank[b].halves = (uint32_t)lrint(2.0 * (double)pairs->bank[b].power);
	}
	for (i = 0; i < pairs->items; i++)
		quantise_pairs(pairs, i, build->config->temperature, tables);
	return 0;
}

/* Columns behind the model's own are zero; the temperature is in what meets a candidate. */
static int make_moments(const struct build *build, struct tables *tables)
{
	const struct follow_model *model = build->model->follow;
	const struct moments *moments = build->config->follow.moments;
	size_t wide = tables->wide;
	uint32_t v;

	if (model->moments == 0)
		return 0;
	tables->moment_row = calloc(model->moments, wide);
	tables->moment_scale = calloc(model->moments, sizeof(uint32_t));
	if (tables->moment_row == NULL || tables->moment_scale == NULL)
		return TACIT_E_MEMORY;
	for (v = 0; v < model->moments; v++) {
		tables->moment_scale[v] = quantise_row(model->c + (size_t)v * model->dim,
						       model->dim, tables->moment_row + v * wide);
		if (bytes_append(&tables->moment_key, moments->key[v],
				 strlen(moments->key[v]) + 1) != 0)
			return TACIT_E_MEMORY;
	}
	return 0;
}

static int tables_make(const struct build *build, struct tables *tables, struct error *error)
{
	const struct follow_model *model = build->model->follow;
	size_t items = model->items, banks, sets, dim;
	uint64_t e;
	uint32_t u;
	int result;

	tables->count = calloc(items, sizeof(*tables->count));
	if (tables->count == NULL)
		return error_memory(error);
	for (u = 0; u < build->data->users; u++)
		for (e = build->start[u]; e < build->end[u]; e++)
			tables->count[build->data->item[e]]++;
	result = words_fit(build->data, build->start, build->end, tables->count, model,
			   &tables->words, error);
	if (result != 0)
		return result;
	result = make_kin(build, tables, error);
	if (result != 0)
		return result;
	tables->wide = model->dim + tables->words.extra;
	dim = tables->wide;
	banks = tables->words.banks;
	sets = banks + 1;
	tables->p = malloc(items * banks * dim);
	tables->p_scale = malloc(items * banks * sizeof(uint32_t));
	tables->q = malloc(items * dim);
	tables->q_scale = malloc(items * sizeof(uint32_t));
	tables->length = malloc(items * model->buckets * sizeof(int16_t));
	tables->word_row = malloc(tables->words.words * sets * dim + 1);
	tables->word_scale = malloc(tables->words.words * sets * sizeof(uint32_t) + 1);
	tables->item = calloc(items, sizeof(*tables->item));
	if (tables->p == NULL || tables->p_scale == NULL || tables->q == NULL ||
	    tables->q_scale == NULL || tables->length == NULL || tables->word_row == NULL ||
	    tables->word_scale == NULL || tables->item == NULL)
		return error_memory(error);
	return quantise(build, tables) == 0 && make_pairs(build, tables) == 0 &&
	       make_moments(build, tables) == 0 ? 0 : error_memory(error);
}

static void describe(const struct build *build, struct tables *tables)
{
	const struct follow_config *config = &build->config->follow;
	uint32_t i, b;

	tables->config.dim = tables->wide;
	tables->config.banks = tables->words.banks;
	tables->config.buckets = config->buckets;
	tables->config.words = tables->words.words;
	tables->config.repeats = config->repeats;
	for (b = 0; b < config->banks; b++)
		tables->config.rho[b] = (uint32_t)lrint((double)build->model->follow->rho[b] *
							1073741824.0);
	if (tables->words.banks > config->banks)
		tables->config.rho[b] = (uint32_t)lrint((double)tables->words.rho * 1073741824.0);
	for (b = 0; b < config->buckets; b++)
		tables->config.bucket_from[b] = config->bucket_from[b];
	for (i = 0; i < build->data->items; i++) {
		const struct train_item *item = &build->data->catalogue[i];

		tables->item[i] = (struct pack_writer_item){ item->id, item->title, item->creator,
							     item->words, item->year };
	}
}

/* "next" and "taste". The bank of the map between words is for what nobody had: it says as much of
 * the next year as of what comes next. */
static void describe_heads(const struct build *build, struct tables *tables)
{
	const struct fit_head *taste = &build->config->taste;
	uint32_t pair_banks = build->model->pairs == NULL ? 0 : build->model->pairs->banks, b, p;

	memcpy(tables->head[0].name, "next", 4);
	memcpy(tables->head[1].name, "taste", 5);
	for (b = 0; b < tables->config.banks; b++) {
		tables->head[0].theta[b] = PACK_THETA_ONE;
		tables->head[1].theta[b] = b < build->config->follow.banks ? taste->theta[b]
									 : PACK_THETA_ONE;
	}
	for (b = 0; b < pair_banks; b++) {
		tables->head[0].pair_theta[b] = PACK_THETA_ONE;
		tables->head[1].pair_theta[b] = taste->pair_theta[b];
	}
	/* the part that only the next year has stands last and has one bank */
	for (p = 0; p < build->config->parts; p++)
		if (build->config->part[p].longer)
			tables->head[0].pair_theta[pair_banks - 1] = 0;
	if (tables->kin != NULL)
		tables->head[0].pair_theta[pair_banks] = tables->head[1].pair_theta[pair_banks] =
			PACK_THETA_ONE;
	tables->head[0].intercept = PACK_THETA_ONE;
	tables->head[1].intercept = taste->intercept;
}

static int write_sections(const struct build *build, const struct tables *tables,
			  struct pack_writer *writer, struct error *error)
{
	const struct follow_config *config = &build->config->follow;
	const struct pairs *pairs = all_pairs(build, tables);
	size_t items = build->data->items, dim = tables->wide, banks = tables->words.banks;
	size_t words = tables->words.words, rows = pairs == NULL ? 0 : items;
	size_t count = pairs == NULL ? 0 : pairs->start[items];
	size_t moments = build->model->follow->moments;
	const struct {
		uint32_t kind;
		const void *data;
		size_t size;
	} section[] = {
		{ PACK_META, build->meta, strlen(build->meta) },
		{ PACK_CONF, &tables->config, sizeof(tables->config) },
		{ PACK_PROW, tables->p, items * banks * dim },
		{ PACK_PSCL, tables->p_scale, items * banks * sizeof(uint32_t) },
		{ PACK_QROW, tables->q, items * dim },
		{ PACK_QSCL, tables->q_scale, items * sizeof(uint32_t) },
		{ PACK_LENG, tables->length, items * config->buckets * sizeof(int16_t) },
		{ PACK_CONT, tables->count, items * sizeof(uint32_t) },
		{ PACK_CALI, build->calibration,
		  build->calibration_points * sizeof(*build->calibration) },
		{ PACK_WKEY, tables->words.key, words * sizeof(uint64_t) },
		{ PACK_WROW, tables->word_row, words * (banks + 1) * dim },
		{ PACK_WSCL, tables->word_scale, words * (banks + 1) * sizeof(uint32_t) },
		{ PACK_KCON, &tables->pairs, pairs == NULL ? 0 : sizeof(tables->pairs) },
		{ PACK_KPTR, pairs == NULL ? NULL : pairs->start,
		  rows == 0 ? 0 : (rows + 1) * sizeof(uint64_t) },
		{ PACK_KITM, pairs == NULL ? NULL : pairs->item, count * sizeof(uint32_t) },
		{ PACK_KVAL, tables->pair_value, count * tables->pairs.banks * sizeof(int16_t) },
		{ PACK_KSCL, tables->pair_scale, rows * tables->pairs.banks * sizeof(uint32_t) },
		{ PACK_HEAD, tables->head, build->config->taste.chosen ? sizeof(tables->head) : 0 },
		{ PACK_MKEY, tables->moment_key.data, tables->moment_key.size },
		{ PACK_MROW, tables->moment_row, moments * dim },
		{ PACK_MSCL, tables->moment_scale, moments * sizeof(uint32_t) },
	};
	size_t i;
	int result = 0;

	for (i = 0; result == 0 && i < sizeof(section) / sizeof(section[0]); i++)
		if (section[i].size > 0)
			result = pack_writer_section(writer, section[i].kind, section[i].data,
						     section[i].size, error);
	return result;
}

int build_pack(struct build *build, const char *path, struct error *error)
{
	struct tables tables;
	struct pack_writer *writer = pack_writer_new(build->name, build->domain);
	int result;

	memset(&tables, 0, sizeof(tables));
	if (writer == NULL)
		return error_memory(error);
	result = tables_make(build, &tables, error);
	if (result == 0) {
		describe(build, &tables);
		describe_heads(build, &tables);
		result = pack_writer_items(writer, tables.item, build->data->items, error);
	}
	if (result == 0)
		result = write_sections(build, &tables, writer, error);
	if (result == 0)
		result = pack_writer_finish(writer, path, error);
	pack_writer_free(writer);
	tables_free(&tables);
	return result;
}

static int by_x(const void *a, const void *b)
{
	const struct build_pair *x = a, *y = b;

	if (x->x != y->x)
		return x->x < y->x ? -1 : 1;
	return x->hit - y->hit;
}

struct pool_bin {
	double x, hits, weight;
};

/* Pools neighbours until the hit rates rise; returns how many bins are left. */
static size_t pool_violators(struct pool_bin *bin, size_t count)
{
	size_t top = 0, i;

	for (i = 0; i < count; i++) {
		struct pool_bin next = bin[i];

		while (top > 0 && bin[top - 1].hits * next.weight >=
				  next.hits * bin[top - 1].weight) {
			next.x += bin[top - 1].x;
			next.hits += bin[top - 1].hits;
			next.weight += bin[top - 1].weight;
			top--;
		}
		bin[top++] = next;
	}
	return top;
}

size_t build_calibration(struct build_pair *pairs, size_t count,
			 struct pack_calibration_point *out, size_t max)
{
	struct pool_bin bin[64];
	size_t bins = max < 64 ? max : 64, i, b, left, points = 0;

	if (count < bins)
		bins = count;
	if (bins == 0)
		return 0;
	qsort(pairs, count, sizeof(*pairs), by_x);
	for (b = 0; b < bins; b++) {
		bin[b] = (struct pool_bin){ 0.0, 0.0, 0.0 };
		for (i = count * b / bins; i < count * (b + 1) / bins; i++) {
			bin[b].x += pairs[i].x;
			bin[b].hits += pairs[i].hit;
			bin[b].weight += 1.0;
		}
	}
	left = pool_violators(bin, bins);
	for (b = 0; b < left; b++) {
		int32_t x = (int32_t)lrint(bin[b].x / bin[b].weight);

		if (points > 0 && x <= out[points - 1].x)
			continue;
		out[points].x = x;
		out[points++].probability = (int32_t)lrint(bin[b].hits / bin[b].weight *
							   1048576.0);
	}
	return points;
}
