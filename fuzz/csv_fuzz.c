/* The walker over tables: any bytes, any delimiter; fields lie within the window. */
#include "../src/formats/csv.c"

#include <assert.h>
#include <stdlib.h>

#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delimiters[] = ",\t;|";
	struct input_memory memory = { data, size, 0 };
	struct input_from from = { input_read_memory, &memory };
	struct csv *csv = malloc(sizeof(*csv));
	char delimiter = ',';
	bool quotes = true, found;
	enum csv_result result;
	struct input input;
	struct error error;
	uint32_t i;

	if (csv == NULL)
		return 0;
	if (size > 0) {
		delimiter = delimiters[data[0] & 3];
		quotes = (data[0] & 4) == 0;
		memory.at = 1;
	}
	assert(input_open(&input, &from, &error) == 0);
	csv_open(csv, &input, delimiter, quotes);
	assert(csv_header(csv, &found) == 0);
	if (found)
		csv_column(csv, "title");
	do {
		assert(csv_next(csv, &result) == 0);
		for (i = 0; i < csv->count && result == CSV_ROW; i++) {
			const char *text = (const char *)input.text.data;

			assert(csv->field[i].size == 0 ||
			       (csv->field[i].data >= text &&
				csv->field[i].data + csv->field[i].size <= text + input.at));
		}
		assert(result != CSV_BAD || csv->why != NULL);
	} while (result != CSV_END);
	assert(input_size(&input) == 0);
	csv_close(csv);
	input_close(&input);
	free(csv);
	return 0;
}
