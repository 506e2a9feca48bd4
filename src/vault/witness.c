/* Who else reported an act: the sources beside the one that owns it. */
#include "vault/inside.h"

#include <stdlib.h>

int vault_witnesses(struct vault *vault, struct vault_witness **out, size_t *count,
		    struct error *error)
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
	if (result != 0) {
		free(list);
		return result;
	}
	*out = list;
	*count = used;
	return 0;
}
