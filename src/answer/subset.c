/*
 * One draw decides whether T is in S, below k E out of k E + (N - k) 2^32, exactly; the others are
 * drawn by Floyd's method from the N - 1 other candidates, each set equally likely.
 */
#include "subset.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "terms/budget.h"

struct place {
	const char *id;
	uint32_t index;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->id, y->id);
}

/* All candidates sorted by id into an array that the caller frees. */
static int sorted(const struct subset_ask *ask, struct place **out, struct error *error)
{
	struct place *place;
	uint32_t i;

	if (ask->candidates < 1 || ask->candidates > LIMIT_CANDIDATES ||
	    ask->best >= ask->candidates || ask->size < 1 || ask->size > ask->candidates ||
	    ask->epsilon > (uint64_t)LIMIT_EPSILON * BUDGET_ONE)
		return error_set(error, TACIT_E_ARGUMENT, "no such subset of candidates");
	place = malloc(ask->candidates * sizeof(*place));
	if (place == NULL)
		return error_memory(error);
	for (i = 0; i < ask->candidates; i++)
		place[i] = (struct place){ ask->id[i], i };
	qsort(place, ask->candidates, sizeof(*place), compare_places);
	for (i = 1; i < ask->candidates; i++)
		if (strcmp(place[i - 1].id, place[i].id) == 0) {
			free(place);
			return error_set(error, TACIT_E_ARGUMENT, "a candidate stands twice");
		}
	*out = place;
	return 0;
}

/* Floyd: `count` of 0..from-1 into taken[], every set as likely. */
static int draw_set(uint32_t from, uint32_t count, subset_draw *draw, void *context, bool *taken)
{
	subset_wide drawn;
	uint32_t j;
	int result;

	assert(count <= from);
	for (j = from - count; j < from; j++) {
		result = draw(context, (subset_wide)j + 1, &drawn);
		if (result != 0)
			return result;
		assert(drawn <= j);
		taken[taken[drawn] ? j : (uint32_t)drawn] = true;
	}
	return 0;
}

int subset_choose_drawn(const struct subset_ask *ask, subset_draw *draw, void *context,
			uint32_t *out, struct error *error)
{
	uint32_t n = ask->candidates, k = ask->size, i, count = 0;
	subset_wide inside, all, drawn = 0;
	struct place *place = NULL;
	bool *taken = NULL, with;
	int result = sorted(ask, &place, error);

	if (result != 0)
		return result;
	inside = (subset_wide)k * budget_exp(ask->epsilon);
	all = inside + ((subset_wide)(n - k) << BUDGET_EXP_BITS);
	taken = calloc(n, sizeof(*taken));
	if (taken == NULL) {
		result = error_memory(error);
		goto done;
	}
	result = draw(context, all, &drawn);
	if (result != 0)
		goto drawless;
	with = drawn < inside;
	/* The others have the numbers 0..n-2: those from T on are moved up by one below. */
	result = draw_set(n - 1, with ? k - 1 : k, draw, context, taken);
	if (result != 0)
		goto drawless;
	memmove(taken + ask->best + 1, taken + ask->best, n - 1 - ask->best);
	taken[ask->best] = with;
	for (i = 0; i < n; i++)
		if (taken[place[i].index])
			out[count++] = place[i].index;
	assert(count == k);
	goto done;
drawless:
	error_set(error, result, "no random numbers");
done:
	free(taken);
	free(place);
	return result;
}

struct source {
	subset_random *random;
	void *context;
};

/* Bits as many as the bound has, drawn again until they are below it. */
static int draw_bytes(void *context, subset_wide bound, subset_wide *out)
{
	const struct source *source = context;
	subset_wide mask = bound - 1, value;
	int shift, i, result;

	assert(bound >= 1);
	for (shift = 1; shift < 128; shift *= 2)
		mask |= mask >> shift;
	for (i = 0; i < LIMIT_REDRAWS; i++) {
		result = source->random(source->context, &value, sizeof(value));
		if (result != 0)
			return result;
		value &= mask;
		if (value < bound) {
			*out = value;
			return 0;
		}
	}
	return TACIT_E_LIMIT;
}

int subset_choose(const struct subset_ask *ask, subset_random *random, void *context,
		  uint32_t *out, struct error *error)
{
	struct source source = { random, context };

	return subset_choose_drawn(ask, draw_bytes, &source, out, error);
}

static int append_sized(struct bytes *bytes, const char *text)
{
	size_t size = strlen(text);
	int result = bytes_append_u64(bytes, size);

	return result != 0 ? result : bytes_append(bytes, text, size);
}

int subset_key(const char *service, uint64_t epoch, const char *domain,
	       const struct subset_ask *ask, uint8_t out[32], struct error *error)
{
	struct bytes bytes = BYTES_INIT;
	struct place *place = NULL;
	uint32_t i;
	int result = sorted(ask, &place, error);

	if (result != 0)
		return result;
	result = bytes_append_text(&bytes, "tacit subset 1\n");
	if (result == 0)
		result = append_sized(&bytes, service);
	if (result == 0)
		result = append_sized(&bytes, domain);
	if (result == 0)
		result = bytes_append_u64(&bytes, epoch);
	if (result == 0)
		result = bytes_append_u64(&bytes, ask->epsilon);
	if (result == 0)
		result = bytes_append_u32(&bytes, ask->size);
	if (result == 0)
		result = bytes_append_u32(&bytes, ask->candidates);
	for (i = 0; i < ask->candidates && result == 0; i++)
		result = append_sized(&bytes, place[i].id);
	if (result == 0)
		sha256_of(bytes.data, bytes.size, out);
	else
		error_memory(error);
	bytes_free(&bytes);
	free(place);
	return result;
}
