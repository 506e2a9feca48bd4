/* A life as one block of bytes, and back; see life.h. */
#include "life.h"

#include <stdlib.h>
#include <string.h>

#define VERSION 1

struct head {
	uint32_t version, unused;
	uint64_t count[LIFE_ARRAYS], text_size, points;
	int64_t first, last;
};

static const size_t width[LIFE_ARRAYS] = {
	sizeof(struct life_stay), sizeof(struct life_plan), sizeof(struct life_steps),
	sizeof(struct life_meal), sizeof(struct life_item), sizeof(struct life_reading),
};

/* The arrays in their order. */
static void arrays(struct life *life, void **array[LIFE_ARRAYS])
{
	array[LIFE_STAYS] = (void **)&life->stay;
	array[LIFE_PLANS] = (void **)&life->plan;
	array[LIFE_STEPS] = (void **)&life->steps;
	array[LIFE_MEALS] = (void **)&life->meal;
	array[LIFE_ITEMS] = (void **)&life->item;
	array[LIFE_READINGS] = (void **)&life->reading;
}

void life_free(struct life *life)
{
	void **array[LIFE_ARRAYS];
	int i;

	arrays(life, array);
	for (i = 0; life->block == NULL && i < LIFE_ARRAYS; i++)
		free(*array[i]);
	if (life->block == NULL)
		free(life->text);
	free(life->block);
	memset(life, 0, sizeof(*life));
}

int life_pack(const struct life *life, struct bytes *out)
{
	struct life copy = *life;
	void **array[LIFE_ARRAYS];
	struct head head;
	int i, failed;

	memset(&head, 0, sizeof(head));
	head.version = VERSION;
	for (i = 0; i < LIFE_ARRAYS; i++)
		head.count[i] = life->count[i];
	head.text_size = life->text_size;
	head.points = life->points;
	head.first = life->first;
	head.last = life->last;
	arrays(&copy, array);
	failed = bytes_append(out, &head, sizeof(head));
	for (i = 0; failed == 0 && i < LIFE_ARRAYS; i++)
		failed = bytes_append(out, *array[i], life->count[i] * width[i]);
	return failed != 0 ? failed : bytes_append(out, life->text, life->text_size);
}

bool life_unpack(const void *data, size_t size, struct life *out)
{
	void **array[LIFE_ARRAYS];
	struct life made;
	struct head head;
	size_t left = size - sizeof(head);
	char *at;
	int i;

	if (size < sizeof(head))
		return false;
	memcpy(&head, data, sizeof(head));
	if (head.version != VERSION || head.text_size == 0 || head.text_size > left)
		return false;
	memset(&made, 0, sizeof(made));
	for (i = 0; i < LIFE_ARRAYS; i++) {
		if (head.count[i] > left / width[i])
			return false;
		left -= (size_t)head.count[i] * width[i];
		made.count[i] = (size_t)head.count[i];
	}
	if (left != head.text_size)
		return false;
	made.block = malloc(size);
	if (made.block == NULL)
		return false;
	memcpy(made.block, data, size);
	at = (char *)made.block + sizeof(head);
	arrays(&made, array);
	for (i = 0; i < LIFE_ARRAYS; i++) {
		*array[i] = at;
		at += made.count[i] * width[i];
	}
	made.text = at;
	made.text_size = (size_t)head.text_size;
	made.text[made.text_size - 1] = 0;
	made.points = head.points;
	made.first = head.first;
	made.last = head.last;
	*out = made;
	return true;
}
