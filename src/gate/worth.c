/* What each source is worth: who reported what, for the game that answer/worth.c plays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* The players of the game, and what each reported. */
struct table {
	const struct vault_history *history;
	struct vault_witness *witness;
	size_t witness_count;
	struct tacit_worth *worth;	/* [LIMIT_SOURCES_EXACT] */
	uint32_t players;
	uint32_t *reporters;		/* [events]: a bit for each player */
};

static int by_event(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = ((const struct vault_witness *)b)->event;

	return x < y ? -1 : x > y;
}

/* Whether a source reported an event, as the first or after another. */
static bool reported(const struct table *table, size_t e, uint32_t source)
{
	const struct vault_witness *found, *end = table->witness + table->witness_count;

	if (table->history->source[e] == source)
		return true;
	if (table->witness_count == 0)
		return false;
	found = bsearch(&table->history->event[e], table->witness, table->witness_count,
			sizeof(*found), by_event);
	while (found != NULL && found > table->witness && found[-1].event == found->event)
		found--;
	for (; found != NULL && found < end && found->event == table->history->event[e]; found++)
		if (found->source == source)
			return true;
	return false;
}

/* One source takes its seat; beyond the exact limit the last seat is shared by all that follow. */
static void seat(struct table *table, const struct vault_source *source)
{
	const size_t events = table->history->event_count;
	bool shared = table->players == LIMIT_SOURCES_EXACT;
	uint32_t player = shared ? table->players - 1 : table->players;
	struct tacit_worth *one = &table->worth[player];
	uint64_t own = 0;
	size_t e;

	for (e = 0; e < events; e++)
		if (reported(table, e, source->id)) {
			own += (table->reporters[e] >> player & 1) == 0;
			table->reporters[e] |= 1U << player;
		}
	if (own == 0)
		return;
	one->events += own;
	if (shared) {
		one->source = 0;
		snprintf(one->file, sizeof(one->file), "several, together");
		snprintf(one->kind, sizeof(one->kind), "grouped");
		return;
	}
	one->source = source->id;
	snprintf(one->file, sizeof(one->file), "%s", source->file);
	snprintf(one->kind, sizeof(one->kind), "%s", source->kind);
	table->players++;
}

static int seat_all(struct tacit *t, struct table *table)
{
	struct vault_source *list = NULL;
	size_t count = 0, i;
	int result = vault_sources(t->vault, &list, &count, &t->error);

	if (result == 0)
		result = vault_witnesses(t->vault, table->history, &table->witness,
					 &table->witness_count, &t->error);
	for (i = 0; result == 0 && i < count; i++)
		seat(table, &list[i]);
	free(list);
	return result;
}

int tacit_worth(struct tacit *t, const char *domain, struct tacit_worth **out, size_t *count,
		int64_t *total, void (*progress)(void *context, int permille), void *context)
{
	struct worth_options options = { progress, context };
	struct gate_person person;
	struct table table = { .history = &person.history };
	char name[32];
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_domain(t, domain, name);
	if (result == 0)
		result = gate_person_load(t, name, &person);
	if (result != 0)
		return result;
	table.worth = calloc(LIMIT_SOURCES_EXACT, sizeof(*table.worth));
	table.reporters = calloc(person.history.event_count + 1, sizeof(*table.reporters));
	if (table.worth == NULL || table.reporters == NULL)
		result = error_memory(&t->error);
	else if (person.pack == NULL)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "worth is measured on a pack's "
				   "suggestions, and %s has none; add one with: "
				   "tacit pack add FILE", name);
	else
		result = seat_all(t, &table);
	if (result == 0)
		result = answer_worth(&person.subject, table.reporters, table.players, &options,
				      table.worth, total, &t->error);
	gate_person_free(&person);
	free(table.reporters);
	free(table.witness);
	if (result != 0) {
		free(table.worth);
		return result;
	}
	*out = table.worth;
	*count = table.players;
	return 0;
}
