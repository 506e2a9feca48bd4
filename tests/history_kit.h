/* For tests: a history in memory, as the vault would give it, over the films of pack_kit.h. */
#ifndef TACIT_TESTS_HISTORY_KIT_H
#define TACIT_TESTS_HISTORY_KIT_H

#include "pack_kit.h"
#include "vault/vault.h"

/* `events` random events over `films` titles, some of them twice, some rated, some disliked, some
 * not in the pack; four sources. Freed by kit_history_free. */
static inline void kit_history(struct vault_history *out, uint32_t films, uint32_t events,
			       uint64_t seed)
{
	struct random random = { seed };
	uint32_t i;

	memset(out, 0, sizeof(*out));
	out->item_count = films;
	out->event_count = events;
	out->items = calloc(films + 1, sizeof(*out->items));
	out->event = calloc(events + 1, sizeof(*out->event));
	out->time = calloc(events + 1, sizeof(*out->time));
	out->item = calloc(events + 1, sizeof(*out->item));
	out->source = calloc(events + 1, sizeof(*out->source));
	out->value = calloc(events + 1, sizeof(*out->value));
	out->duration = calloc(events + 1, sizeof(*out->duration));
	out->zone = calloc(events + 1, sizeof(*out->zone));
	out->verb = calloc(events + 1, 1);
	out->flags = calloc(events + 1, 1);
	for (i = 0; i < films; i++) {
		struct vault_item *item = &out->items[i];
		char title[32];

		snprintf(title, sizeof(title), i % 9 == 8 ? "Unknown %u" : "Film %u", i);
		item->id = i + 1;
		item->title = strdup(title);
		item->domain = (char *)"films";
		item->creator = (char *)"";
		item->words = (char *)"";
		item->year = 1990;
	}
	for (i = 0; i < events; i++) {
		out->event[i] = 1000 + i;
		out->time[i] = (int64_t)i * 86400000;
		out->item[i] = random_below(&random, films);
		out->source[i] = 1 + random_below(&random, 4);
		out->value[i] = ACT_NONE;
		out->duration[i] = ACT_NONE;
		out->zone[i] = ACT_ZONE_UNKNOWN;
		out->verb[i] = ACT_WATCH;
		if (random_below(&random, 4) == 0) {
			out->verb[i] = ACT_RATE;
			out->value[i] = (int64_t)(1 + random_below(&random, 5)) << 20;
		} else if (random_below(&random, 10) == 0) {
			out->verb[i] = random_below(&random, 2) == 0 ? ACT_DISLIKE : ACT_BOOKMARK;
		}
	}
}

static inline void kit_history_free(struct vault_history *history)
{
	size_t i;

	for (i = 0; i < history->item_count; i++)
		free(history->items[i].title);
	free(history->items);
	free(history->event);
	free(history->time);
	free(history->item);
	free(history->source);
	free(history->value);
	free(history->duration);
	free(history->zone);
	free(history->verb);
	free(history->flags);
}

#endif
