/* The frontier of a domain: what each notch was worth to this person, and what it tells. */
#include <stdlib.h>
#include <string.h>

#include "answer/frontier.h"
#include "asks/asks.h"

#define EVENTS 200

int tacit_comfort(struct tacit *t, const char *domain, struct tacit_comfort **out, size_t *count,
		  uint32_t *tested, void (*progress)(void *context, int permille), void *context)
{
	static const uint64_t epsilon[] = { BUDGET_ONE / 10, BUDGET_ONE, 3 * BUDGET_ONE,
					    5 * BUDGET_ONE };
	const struct frontier_options options = { .events = EVENTS, .progress = progress,
						  .context = context };
	struct frontier_row row[FRONTIER_ROWS];
	struct gate_person person;
	struct tacit_comfort *list;
	char name[32];
	size_t rows = 0, i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_domain(t, domain, name);
	if (result == 0)
		result = gate_person_load(t, name, &person);
	if (result != 0)
		return result;
	if (person.pack == NULL)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "there is no pack for %s, so "
				   "lists "
				   "of it cannot be tried out; add one with: tacit pack add FILE",
				   name);
	else
		result = frontier_make(&person.subject, &options, epsilon,
				       sizeof(epsilon) / sizeof(epsilon[0]), row, &rows, tested,
				       &t->error);
	gate_person_free(&person);
	list = result == 0 ? calloc(rows + 1, sizeof(*list)) : NULL;
	if (result == 0 && list == NULL)
		result = error_memory(&t->error);
	if (result != 0)
		return result;
	for (i = 0; i < rows; i++)
		list[i] = (struct tacit_comfort){
			(int)row[i].notch, (int64_t)row[i].epsilon, row[i].hit, row[i].hit_low,
			row[i].hit_high, row[i].ndcg, row[i].ndcg_low, row[i].ndcg_high,
			row[i].bits };
	*out = list;
	*count = rows;
	return 0;
}
