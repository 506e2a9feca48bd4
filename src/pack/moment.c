/* Keys of moments, and what a clock tells. */
#include "moment.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define DAYS 7

static const char *const time_feature[MOMENT_TIME_FEATURES] = { "weekday", "daypart" };
static const char *const time_value[MOMENT_TIMES] = {
	"mon", "tue", "wed", "thu", "fri", "sat", "sun",
	"night", "early", "morning", "afternoon", "evening", "late",
};
static const char *const time_name[MOMENT_TIMES] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
	"night", "early morning", "morning", "afternoon", "evening", "late evening",
};

const char *moment_time_feature(uint32_t feature)
{
	return time_feature[feature];
}

void moment_time_key(uint32_t number, char out[MOMENT_TIME_BYTES])
{
	snprintf(out, MOMENT_TIME_BYTES, "%s=%s", time_feature[number >= DAYS],
		 time_value[number]);
}

void moment_times(int64_t ms, uint32_t number[MOMENT_TIME_FEATURES])
{
	int64_t day = ms / CLOCK_DAY_MS - (ms % CLOCK_DAY_MS < 0), rest = ms - day * CLOCK_DAY_MS;

	/* 1970-01-01 was a Thursday */
	number[0] = (uint32_t)(((day + 3) % DAYS + DAYS) % DAYS);
	number[1] = DAYS + (uint32_t)(rest / (4 * CLOCK_HOUR_MS));
}

const char *moment_key(const struct pack *pack, uint32_t row)
{
	const char *key = pack->moment_key;

	while (row-- > 0)
		key += strlen(key) + 1;
	return key;
}

bool moment_find(const struct pack *pack, const char *key, uint32_t *row)
{
	const char *at = pack->moment_key;
	uint32_t r;

	for (r = 0; r < pack->moments; r++, at += strlen(at) + 1)
		if (strcmp(at, key) == 0) {
			*row = r;
			return true;
		}
	return false;
}

static bool is_time(const char *key, size_t size)
{
	size_t f;

	for (f = 0; f < MOMENT_TIME_FEATURES; f++)
		if (strlen(time_feature[f]) == size && memcmp(key, time_feature[f], size) == 0)
			return true;
	return false;
}

static void list(char *out, size_t max, const char *text, size_t size)
{
	size_t used = strlen(out);

	if (used + size + 3 < max)
		snprintf(out + used, max - used, "%s%.*s", used > 0 ? ", " : "", (int)size, text);
}

/* Keys ascend, so that those of a feature stand together. */
void moment_features(const struct pack *pack, char *out, size_t max)
{
	const char *at = pack->moment_key, *last = "";
	uint32_t r;

	out[0] = 0;
	for (r = 0; r < pack->moments; r++, at += strlen(at) + 1) {
		size_t size = strcspn(at, "=");

		if (strncmp(at, last, size + 1) != 0 && !is_time(at, size))
			list(out, max, at, size);
		last = at;
	}
}

void moment_values(const struct pack *pack, const char *feature, size_t size, char *out,
		   size_t max)
{
	const char *at = pack->moment_key;
	uint32_t r;

	out[0] = 0;
	for (r = 0; r < pack->moments; r++, at += strlen(at) + 1)
		if (strncmp(at, feature, size) == 0 && at[size] == '=')
			list(out, max, at + size + 1, strlen(at + size + 1));
}

/* The name of a value of time; NULL for another key. */
static const char *name_of(const char *key)
{
	char text[MOMENT_TIME_BYTES];
	uint32_t n;

	for (n = 0; n < MOMENT_TIMES; n++) {
		moment_time_key(n, text);
		if (strcmp(text, key) == 0)
			return time_name[n];
	}
	return NULL;
}

void moment_label(const char *key, const char *more, char *out, size_t max)
{
	const char *name = name_of(key), *second = more == NULL ? NULL : name_of(more);
	size_t size = strcspn(key, "=");

	if (name == NULL)
		snprintf(out, max, "%.*s: %s", (int)size, key, key[size] == 0 ? "" :
			 key + size + 1);
	else if (second == NULL)
		snprintf(out, max, "%s", name);
	else
		snprintf(out, max, "%s %s", name, second);
}
