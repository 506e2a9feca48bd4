/*
 * Lists that only the person sees: kept in memory under the hash of a handle that is good once, for
 * a minute. The page that shows one gets a second handle, which is good for one click.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/fixed.h"

#define FRAMES 256
#define SHOW_MS 60000
#define CHOOSE_MS (30 * 60000)
#define SHOWN_MAX 1000

struct kept {
	int64_t until;			/* 0: free */
	uint8_t handle[32], chooser[32];
	bool shown;
	uint32_t candidates;
	struct tacit_frame *frame;
};

struct asks_frames {
	struct kept kept[FRAMES];
	size_t next;
};

void tacit_frame_free(struct tacit_frame *frame)
{
	size_t i;

	if (frame == NULL)
		return;
	for (i = 0; frame->item != NULL && i < frame->count; i++) {
		free(frame->item[i].id);
		free(frame->item[i].title);
		free(frame->item[i].creator);
	}
	free(frame->item);
	free(frame);
}

static void drop(struct kept *kept)
{
	tacit_frame_free(kept->frame);
	memset(kept, 0, sizeof(*kept));
}

void asks_frames_free(struct asks_frames *frames)
{
	size_t i;

	for (i = 0; frames != NULL && i < FRAMES; i++)
		drop(&frames->kept[i]);
	free(frames);
}

static struct tacit_frame *copy(const struct tacit_frame *from)
{
	struct tacit_frame *frame = calloc(1, sizeof(*frame));
	size_t i;
	bool whole = true;

	if (frame == NULL)
		return NULL;
	*frame = *from;
	frame->item = calloc(from->count + 1, sizeof(*frame->item));
	for (i = 0; frame->item != NULL && i < from->count; i++) {
		frame->item[i].id = strdup(from->item[i].id);
		frame->item[i].title = strdup(from->item[i].title);
		frame->item[i].creator = strdup(from->item[i].creator);
		frame->item[i].year = from->item[i].year;
		whole = whole && frame->item[i].id != NULL && frame->item[i].title != NULL &&
			frame->item[i].creator != NULL;
	}
	if (frame->item == NULL || !whole) {
		tacit_frame_free(frame);
		return NULL;
	}
	return frame;
}

int asks_frame_keep(struct asks *asks, const struct asks_service *service, const struct ask *ask,
		    const uint32_t *order, char handle[65])
{
	struct tacit_framed *item;
	struct tacit_frame made = { .item = NULL };
	struct kept *kept;
	uint32_t i;

	if (asks->frames == NULL)
		asks->frames = calloc(1, sizeof(*asks->frames));
	if (asks->frames == NULL)
		return error_memory(&asks->t->error);
	snprintf(made.service, sizeof(made.service), "%s", service->id);
	made.count = ask->candidates < SHOWN_MAX ? ask->candidates : SHOWN_MAX;
	item = calloc(made.count, sizeof(*item));
	if (item == NULL)
		return error_memory(&asks->t->error);
	for (i = 0; i < made.count; i++) {	/* borrowed from the ask for the copy */
		const struct ask_candidate *from = &ask->candidate[order[i]];

		item[i].id = (char *)(uintptr_t)from->id;
		item[i].title = (char *)(uintptr_t)(from->title != NULL ? from->title : from->id);
		item[i].creator = (char *)(uintptr_t)(from->creator != NULL ? from->creator : "");
		item[i].year = from->year;
	}
	made.item = item;
	kept = &asks->frames->kept[asks->frames->next++ % FRAMES];
	drop(kept);
	kept->frame = copy(&made);
	free(item);
	if (kept->frame == NULL)
		return error_memory(&asks->t->error);
	kept->candidates = ask->candidates;
	kept->until = clock_now() + SHOW_MS;
	secrets_token(handle, kept->handle);
	return 0;
}

static struct kept *find(struct asks *asks, const char *token, bool shown)
{
	int64_t now = clock_now();
	struct kept *found = NULL;
	uint8_t hash[32];
	size_t i;

	if (asks == NULL || asks->frames == NULL || !secrets_token_hash(token, hash))
		return NULL;
	for (i = 0; i < FRAMES; i++) {
		struct kept *kept = &asks->frames->kept[i];

		if (secrets_equal(shown ? kept->chooser : kept->handle, hash) &&
		    kept->until > now && kept->shown == shown)
			found = kept;
	}
	return found;
}

static int gone(struct tacit *t)
{
	return error_set(&t->error, TACIT_E_NOT_FOUND, "that list is gone: it is shown once, "
			 "within "
			 "a minute; the page has to ask again");
}

int tacit_frame(struct tacit *t, const char *handle, struct tacit_frame **out)
{
	struct kept *kept = find(t->asks, handle, false);
	struct tacit_frame *frame;

	if (kept == NULL)
		return gone(t);
	secrets_token(kept->frame->chooser, kept->chooser);
	frame = copy(kept->frame);
	secrets_wipe(kept->frame->chooser, sizeof(kept->frame->chooser));
	if (frame == NULL)
		return error_memory(&t->error);
	kept->shown = true;
	kept->until = clock_now() + CHOOSE_MS;
	*out = frame;
	return 0;
}

int tacit_frame_choose(struct tacit *t, const char *chooser, const char *id)
{
	struct kept *kept = find(t->asks, chooser, true);
	struct asks_service *service;
	struct asks *asks;
	uint64_t candidates;
	size_t i;
	int result;

	if (kept == NULL)
		return gone(t);
	for (i = 0; i < kept->frame->count; i++)
		if (strcmp(kept->frame->item[i].id, id) == 0)
			break;
	if (i == kept->frame->count)
		return error_set(&t->error, TACIT_E_ARGUMENT, "that was not in the list");
	candidates = kept->candidates;
	result = asks_need(t, &asks);
	if (result == 0)
		result = asks_begin(asks);
	if (result != 0)
		return result;
	service = asks_find(asks, kept->frame->service);
	if (service != NULL) {	/* the person told it this one */
		service->bits += fixed_log2(candidates);
		service->outcome[TACIT_USED]++;
		service->dirty = true;
	}
	drop(kept);
	return asks_commit(asks, 0);
}
