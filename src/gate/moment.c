/* What is known of now: what the person says, and what the clock shows. */
#include "pack/moment.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "inside.h"

/* On the machine's own clock, as a person reads it. */
static int64_t local_time(int64_t now)
{
	time_t seconds = (time_t)(now / 1000);
	struct tm local;

	return localtime_r(&seconds, &local) == NULL ? now : now + local.tm_gmtoff * 1000LL;
}

static int add_row(struct tacit *t, struct profile_links *links, uint32_t row)
{
	uint32_t at = links->moments;

	if (at == LIMIT_MOMENT_ROWS)
		return error_set(&t->error, TACIT_E_LIMIT, "a moment has at most %d features",
				 LIMIT_MOMENT_ROWS);
	while (at > 0 && links->moment[at - 1] > row) {
		links->moment[at] = links->moment[at - 1];
		at--;
	}
	links->moment[at] = row;
	links->moments++;
	return 0;
}

static int unknown(struct tacit *t, const struct pack *pack, const char *given)
{
	size_t size = strcspn(given, "=");
	char known[300];

	moment_values(pack, given, size, known, sizeof(known));
	if (known[0] != 0 && given[size] == '=')
		return error_set(&t->error, TACIT_E_ARGUMENT, "the pack \"%s\" does not know the "
				 "moment \"%.100s\"; of %.*s it knows: %s", pack->header->name,
				 given, size < 60 ? (int)size : 60, given, known);
	moment_features(pack, known, sizeof(known));
	if (known[0] != 0)
		return error_set(&t->error, TACIT_E_ARGUMENT, "the pack \"%s\" does not know the "
				 "moment \"%.100s\"; say feature=value, it knows these features: "
				 "%s", pack->header->name, given, known);
	return error_set(&t->error, TACIT_E_ARGUMENT, "the pack \"%s\" knows no moments such as "
			 "\"%.100s\"; ask without --moment", pack->header->name, given);
}

/* Whether one of the rows is of the feature. */
static bool has_feature(const struct pack *pack, const struct profile_links *links,
			const char *feature, size_t size)
{
	uint32_t m;

	for (m = 0; m < links->moments; m++) {
		const char *key = moment_key(pack, links->moment[m]);

		if (strncmp(key, feature, size) == 0 && key[size] == '=')
			return true;
	}
	return false;
}

int gate_moment(struct tacit *t, struct gate_person *person, const char *const *given,
		size_t count, int64_t now)
{
	struct profile_links *links = &person->links;
	uint32_t number[MOMENT_TIME_FEATURES], row, f;
	char key[MOMENT_TIME_BYTES];
	size_t i;
	int result = 0;

	if (person->pack == NULL)
		return count == 0 ? 0 : error_set(&t->error, TACIT_E_NOT_FOUND, "there is no pack "
						  "that knows moments; ask without --moment");
	for (i = 0; result == 0 && i < count; i++) {
		if (!moment_find(person->pack, given[i], &row))
			return unknown(t, person->pack, given[i]);
		if (has_feature(person->pack, links, given[i], strcspn(given[i], "=")))
			return error_set(&t->error, TACIT_E_ARGUMENT, "the moment has two values "
					 "of one feature: \"%.100s\" is the second", given[i]);
		result = add_row(t, links, row);
	}
	moment_times(local_time(now == 0 ? clock_now() : now), number);
	for (f = 0; result == 0 && f < MOMENT_TIME_FEATURES; f++) {
		const char *feature = moment_time_feature(f);

		moment_time_key(number[f], key);
		if (!has_feature(person->pack, links, feature, strlen(feature)) &&
		    moment_find(person->pack, key, &row))
			result = add_row(t, links, row);
	}
	return result;
}
