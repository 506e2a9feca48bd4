/*
 * What a publisher trains on: the interactions of many people with the items of one catalogue,
 * each person's in time order.
 */
#ifndef TACIT_TRAIN_DATA_H
#define TACIT_TRAIN_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct train_item {
	char *id, *title, *creator, *words;	/* "" when absent; owned by the data */
	int32_t year;
};

struct train_data {
	uint32_t users, items;
	uint64_t events;
	uint64_t *start;		/* [users + 1]: user u has start[u] .. start[u + 1] - 1 */
	uint32_t *item;			/* [events], a user's oldest first; ties in file order */
	int64_t *time;			/* [events], as given */
	uint32_t features, values;	/* what is known of the moment of an event */
	char **value;			/* [values]: "weather=sunny", in the order of appearance */
	uint32_t *moment;		/* [events][features]: number of the value + 1, 0
					 * unknown; NULL without features */
	struct train_item *catalogue;	/* [items], in the order of first appearance */
};

/* A collector: add interactions in any order, then finish. Identifiers are any text. */
struct train_collector;
struct train_collector *train_collector_new(void);
int train_collector_add(struct train_collector *collector, const char *user, size_t user_size,
			const char *item, size_t item_size, int64_t time, struct error *error);
/* Before any interaction: how many features moments have, at most LIMIT_MOMENT_FEATURES. */
int train_collector_features(struct train_collector *collector, uint32_t features);
/* The moment of the interaction added last: `feature` is its number, `text` "weather=sunny". */
int train_collector_moment(struct train_collector *collector, uint32_t feature, const char *text,
			   size_t size, struct error *error);
/* Describes an item (adds it where it has no interactions); a later description replaces. */
int train_collector_describe(struct train_collector *collector, const char *item,
			     size_t item_size, const struct train_item *description,
			     struct error *error);
/* As train_collector_describe where the item has no description yet, else nothing. */
int train_collector_describe_once(struct train_collector *collector, const char *item,
				  size_t item_size, const struct train_item *description,
				  struct error *error);
/* Sorts and hands over; the collector is freed in any case. */
int train_collector_finish(struct train_collector *collector, struct train_data **out,
			   struct error *error);
void train_collector_free(struct train_collector *collector);

/* interactions.c: the files of `tacit train`: a header line, tab-separated columns by name:
 * `user item time [@feature ...]` (the cell of a feature is its value in the moment of the event,
 * empty where that is unknown) and (items_path, may be NULL) `item title [creator] [year]
 * [words]`. */
int train_data_read(const char *interactions_path, const char *items_path,
		    struct train_data **out, struct error *error);
void train_data_free(struct train_data *data);

#endif
