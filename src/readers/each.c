/* Going through rows; see each.h. */
#include "each.h"

static const char *const *dropped(const struct reading *reading)
{
	static const char *const none[] = { NULL };

	return reading->reader == NULL || reading->reader->about == NULL ||
	       reading->reader->about->dropped == NULL ? none : reading->reader->about->dropped;
}

int each_row(struct reading *reading, struct csv *csv, int (*take)(void *context), void *context)
{
	const char *const *name = dropped(reading);
	int column[LIMIT_DROPS], failed = 0;
	enum csv_result result;
	size_t drops, i;

	for (drops = 0; drops < LIMIT_DROPS && name[drops] != NULL; drops++)
		column[drops] = csv_column(csv, name[drops]);
	while (failed == 0) {
		failed = csv_next(csv, &result);
		if (failed != 0 || result == CSV_END)
			break;
		failed = emit_row(reading->emit);
		for (i = 0; result == CSV_ROW && i < drops; i++)
			if (csv_get(csv, column[i]).size > 0)
				emit_drop(reading->emit, name[i]);
		if (failed == 0)
			failed = result == CSV_BAD ? emit_skip(reading->emit, csv->why) :
				 take(context);
	}
	return failed;
}

int each_row_quietly(struct csv *csv, int (*take)(void *context), void *context)
{
	enum csv_result result = CSV_ROW;
	int failed = 0;

	while (failed == 0 && result != CSV_END) {
		failed = csv_next(csv, &result);
		if (failed == 0 && result == CSV_ROW)
			failed = take(context);
	}
	return failed;
}

int each_object(struct reading *reading, struct objects *objects, int (*take)(void *context),
		void *context)
{
	const char *const *name;
	enum objects_result result;
	char scratch[OBJECTS_SCRATCH];
	int failed = 0;

	while (failed == 0) {
		failed = objects_next(objects, &result);
		if (failed != 0 || result == OBJECTS_END)
			break;
		failed = emit_row(reading->emit);
		for (name = dropped(reading); result == OBJECTS_ONE && *name != NULL; name++)
			if (objects_at(objects, *name, scratch).size > 0 ||
			    objects_count(objects, *name) > 0)
				emit_drop(reading->emit, *name);
		if (failed == 0)
			failed = result == OBJECTS_BAD ? emit_skip(reading->emit, objects->why) :
				 take(context);
	}
	return failed;
}
