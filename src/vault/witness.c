/* Who else reported an act: the sources beside the one that owns it. */
#include "vault/inside.h"

#include <stdlib.h>
#include <string.h>

static int by_event(const void *a, const void *b)
{
	const struct vault_witness *x = a, *y = b;

	if (x->event != y->event)
		return x->event < y->event ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

/* Whose coarser tellings a finer one has taken in are its witnesses too (fold.c). */
static int add_folded(const struct vault_history *history, struct vault_witness **list,
		      size_t *count, struct error *error)
{
	struct vault_witness *grown = realloc(*list, (*count + history->folded_count + 1) *
						     sizeof(*grown));

	if (grown == NULL)
		return error_memory(error);
	*list = grown;
	if (history->folded_count > 0)
		memcpy(grown + *count, history->folded, history->folded_count * sizeof(*grown));
	*count += history->folded_count;
	qsort(grown, *count, sizeof(*grown), by_event);
	return 0;
}

int vault_witnesses(struct vault *vault, const struct vault_history *history,
		    struct vault_witness **out, size_t *count, struct error *error)
{
	struct vault_witness *list = NULL, *grown;
	size_t used = 0, capacity = 0;
	sqlite3_stmt *row = NULL;
	int result = 0, rc = sqlite3_prepare_v2(vault->db, "SELECT event, source FROM witnesses"
						" ORDER BY event, source", -1, &row, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW) {
		if (used == capacity) {
			capacity = capacity == 0 ? 256 : capacity * 2;
			grown = realloc(list, capacity * sizeof(*list));
			if (grown == NULL) {
				result = error_memory(error);
				break;
			}
			list = grown;
		}
		list[used].event = (uint64_t)sqlite3_column_int64(row, 0);
		list[used++].source = (uint32_t)sqlite3_column_int64(row, 1);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_DONE)
		result = vault_failed(vault, error, "read who reported what");
	sqlite3_finalize(row);
	if (result == 0)
		result = add_folded(history, &list, &used, error);
	if (result != 0) {
		free(list);
		return result;
	}
	*out = list;
	*count = used;
	return 0;
}
