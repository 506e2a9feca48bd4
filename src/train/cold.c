/* Drawing unseen items, and Recall@20 among them. */
#include "cold.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define SEED_TEST 0x636f6c64u		/* any two numbers that nothing else hashes ids with */
#define SEED_VALIDATE 0x776f7264u
#define ONE_IN 10

bool cold_is_drawn(const struct train_item *item, enum cold_draw draw)
{
	uint64_t seed = draw == COLD_TEST ? SEED_TEST : SEED_VALIDATE;

	if (item->words[0] == 0 && item->creator[0] == 0)
		return false;
	return hash_bytes(item->id, strlen(item->id), seed) % ONE_IN == 0;
}

/* The places of what a user took, each once; `last` [candidates] remembers who took it last. */
static uint64_t collect(const struct train_data *data, const struct cold *cold, uint32_t user,
			uint32_t *last, uint32_t *out)
{
	uint64_t count = 0, e;

	for (e = cold->first[user]; e < cold->end[user]; e++) {
		uint32_t place = cold->place[data->item[e]];

		if (place == UINT32_MAX || last[place] == user + 1)
			continue;
		last[place] = user + 1;
		if (out != NULL)
			out[count] = place;
		count++;
	}
	return count;
}

static void draw_all(const struct train_data *data, enum cold_draw draw, struct cold *out)
{
	uint64_t e;
	uint32_t i, u;

	for (i = 0; i < data->items; i++)
		out->place[i] = UINT32_MAX;
	for (u = 0; u < data->users; u++)
		for (e = out->first[u]; e < out->end[u]; e++)
			out->place[data->item[e]] = 0;		/* has an event */
	for (i = 0; i < data->items; i++) {
		if (out->place[i] == 0 && cold_is_drawn(&data->catalogue[i], draw)) {
			out->place[i] = out->candidates;
			out->candidate[out->candidates++] = i;
		} else {
			out->place[i] = UINT32_MAX;
		}
	}
}

int cold_find(const struct train_data *data, const uint64_t *first, const uint64_t *end,
	      enum cold_draw draw, struct cold *out, struct error *error)
{
	uint32_t *last, u;

	memset(out, 0, sizeof(*out));
	out->users = data->users;
	out->items = data->items;
	out->first = first;
	out->end = end;
	out->candidate = malloc(sizeof(*out->candidate) * ((size_t)data->items + 1));
	out->place = malloc(sizeof(*out->place) * ((size_t)data->items + 1));
	out->start = malloc(sizeof(*out->start) * ((size_t)data->users + 1));
	last = calloc((size_t)data->items + 1, sizeof(*last));
	if (out->candidate != NULL && out->place != NULL && out->start != NULL && last != NULL) {
		draw_all(data, draw, out);
		out->start[0] = 0;
		for (u = 0; u < data->users; u++)
			out->start[u + 1] = out->start[u] + collect(data, out, u, last, NULL);
		out->taken = malloc(sizeof(*out->taken) * (out->start[data->users] + 1));
		memset(last, 0, sizeof(*last) * data->items);
	}
	if (out->taken == NULL) {
		free(last);
		cold_free(out);
		return error_memory(error);
	}
	for (u = 0; u < data->users; u++)
		collect(data, out, u, last, out->taken + out->start[u]);
	free(last);
	return 0;
}

void cold_free(struct cold *cold)
{
	free(cold->candidate);
	free(cold->place);
	free(cold->start);
	free(cold->taken);
	memset(cold, 0, sizeof(*cold));
}

void cold_remove(const struct cold *cold, struct train_data *data)
{
	uint64_t kept = 0, e, first = 0;
	uint32_t u;

	assert(cold->items == data->items && cold->users == data->users);
	for (u = 0; u < data->users; u++) {
		uint64_t end = data->start[u + 1];

		for (e = first; e < end; e++) {
			if (cold->place[data->item[e]] != UINT32_MAX)
				continue;
			data->item[kept] = data->item[e];
			data->time[kept] = data->time[e];
			if (data->moment != NULL)
				memmove(data->moment + kept * data->features,
					data->moment + e * data->features,
					sizeof(*data->moment) * data->features);
			kept++;
		}
		first = end;
		data->start[u + 1] = kept;
	}
	data->events = kept;
}

bool cold_has_both(const struct cold *cold, const struct train_data *data, uint32_t user)
{
	uint64_t e;

	if (cold->start[user + 1] == cold->start[user])
		return false;
	for (e = cold->first[user]; e < cold->end[user]; e++)
		if (cold->place[data->item[e]] == UINT32_MAX)
			return true;
	return false;
}

/* Whether the candidate at place `a` goes before `b`. */
static bool before(const struct cold *cold, const double *score, uint32_t a, uint32_t b)
{
	uint64_t x = hash_mix(cold->candidate[a] + 1), y = hash_mix(cold->candidate[b] + 1);

	if (score[a] < score[b] || score[a] > score[b])
		return score[a] > score[b];
	return x < y;
}

double cold_recall(const struct cold *cold, uint32_t user, const double *score)
{
	uint64_t taken = cold->start[user + 1] - cold->start[user], k, found = 0;

	for (k = cold->start[user]; k < cold->start[user + 1]; k++) {
		uint32_t place = cold->taken[k], rank = 0, c;

		for (c = 0; c < cold->candidates && rank < COLD_FIRST; c++)
			rank += c != place && before(cold, score, c, place);
		found += rank < COLD_FIRST;
	}
	assert(taken > 0);
	return (double)found / (double)(taken < COLD_FIRST ? taken : COLD_FIRST);
}

void cold_mean_add(struct cold_mean *mean, double value)
{
	mean->people++;
	mean->sum += value;
	mean->squares += value * value;
}

double cold_mean(const struct cold_mean *mean)
{
	return mean->people == 0 ? 0.0 : mean->sum / (double)mean->people;
}

double cold_chance(const struct cold *cold)
{
	struct cold_mean mean = { 0, 0.0, 0.0 };
	double share = cold->candidates > COLD_FIRST ? COLD_FIRST / (double)cold->candidates : 1.0;
	uint32_t u;

	for (u = 0; u < cold->users; u++) {
		uint64_t taken = cold->start[u + 1] - cold->start[u];

		if (taken > 0)
			cold_mean_add(&mean, share * (double)taken /
				      (double)(taken < COLD_FIRST ? taken : COLD_FIRST));
	}
	return cold_mean(&mean);
}
