/* The walker over JSON objects; the only file that knows Jansson. */
#include "objects.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

/* Each object that never ends costs a look through LIMIT_ROW_BYTES; so many, and it is enough. */
#define ENDLESS_MAX 64

void objects_warm(void)
{
	json_object_seed(0);
}

void objects_open(struct objects *objects, struct input *input)
{
	memset(objects, 0, sizeof(*objects));
	objects->input = input;
}

void objects_close(struct objects *objects)
{
	json_decref(objects->current);
	objects->current = NULL;
}

/* Drops blanks, commas and the brackets of the top-level array. *left false: nothing more. */
static int skip_between(struct objects *objects, bool *left)
{
	struct input *input = objects->input;
	int failed;

	for (;;) {
		while (input_size(input) > 0) {
			char c = *input_text(input);

			if (c == '[' && !objects->inside)
				objects->inside = true;
			else if (c == ']' && objects->inside)
				objects->inside = false;
			else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != ',') {
				*left = true;
				return 0;
			}
			input->at++;
		}
		failed = input_more(input, left);
		if (failed != 0 || !*left)
			return failed;
	}
}

/* Where the scan for the end of an object stands. */
struct extent {
	size_t at;
	int depth, deepest;
	bool in_string;
};

/* True when the object ends at extent->at; false when the window ends first. */
static bool find_end(struct extent *extent, const char *text, size_t size)
{
	for (; extent->at < size; extent->at++) {
		char c = text[extent->at];

		if (extent->in_string) {
			if (c == '\\') {
				if (extent->at + 1 == size)
					return false;
				extent->at++;
			} else if (c == '"') {
				extent->in_string = false;
			}
		} else if (c == '"') {
			extent->in_string = true;
		} else if (c == '{' || c == '[') {
			if (++extent->depth > extent->deepest)
				extent->deepest = extent->depth;
		} else if ((c == '}' || c == ']') && --extent->depth <= 0) {
			extent->at++;
			return true;
		}
	}
	return false;
}

/* What stands where an object should: drops it up to the end of the line. */
static int skip_junk(struct objects *objects, const char *why, enum objects_result *result)
{
	struct input *input = objects->input;
	bool more = true;
	int failed;

	objects->why = why;
	*result = OBJECTS_BAD;
	for (;;) {
		const char *line = memchr(input_text(input), '\n', input_size(input));

		if (line != NULL) {
			input->at += (size_t)(line - input_text(input)) + 1;
			return 0;
		}
		input->at = input->text.size;
		if (!more)
			return 0;
		failed = input_more(input, &more);
		if (failed != 0)
			return failed;
	}
}

static void parse(struct objects *objects, size_t size, int deepest, enum objects_result *result)
{
	const char *text = input_text(objects->input);

	objects->input->at += size;
	*result = OBJECTS_BAD;
	objects->why = "JSON that is nested too deep";
	if (deepest > LIMIT_JSON_DEPTH)
		return;
	objects->why = "a JSON object that is too long";
	if (size > LIMIT_ROW_BYTES)
		return;
	objects->why = "broken JSON";
	objects->current = json_loadb(text, size, 0, NULL);
	if (objects->current == NULL)
		return;
	*result = OBJECTS_ONE;
}

int objects_next(struct objects *objects, enum objects_result *result)
{
	struct input *input = objects->input;
	struct extent extent = { 0 };
	bool more;
	int failed = skip_between(objects, &more);

	objects_close(objects);
	*result = OBJECTS_END;
	if (failed != 0 || !more)
		return failed;
	if (*input_text(input) != '{')
		return skip_junk(objects, "not a JSON object", result);
	while (!find_end(&extent, input_text(input), input_size(input))) {
		if (input_size(input) > LIMIT_ROW_BYTES) {
			if (++objects->endless >= ENDLESS_MAX)
				return error_set(input->error, TACIT_E_LIMIT,
						 "holds JSON objects larger than %d bytes",
						 LIMIT_ROW_BYTES);
			return skip_junk(objects, "a JSON object that is too long", result);
		}
		failed = input_more(input, &more);
		if (failed != 0)
			return failed;
		if (!more)
			return skip_junk(objects, "JSON that is cut short", result);
	}
	parse(objects, extent.at, extent.deepest, result);
	return 0;
}

static struct act_text scalar(const json_t *value, char scratch[OBJECTS_SCRATCH])
{
	struct act_text text = { scratch, 0 };

	switch (json_typeof(value)) {
	case JSON_STRING:
		text.data = json_string_value(value);
		text.size = (uint32_t)json_string_length(value);
		break;
	case JSON_INTEGER:
		text.size = (uint32_t)snprintf(scratch, OBJECTS_SCRATCH, "%lld",
					       (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		text.size = (uint32_t)snprintf(scratch, OBJECTS_SCRATCH, "%.15g",
					       json_real_value(value));
		break;
	case JSON_TRUE:
		memcpy(scratch, "true", 5);
		text.size = 4;
		break;
	case JSON_FALSE:
		memcpy(scratch, "false", 6);
		text.size = 5;
		break;
	default:
		break;
	}
	return text;
}

struct act_text objects_get(const struct objects *objects, const char *key,
			    char scratch[OBJECTS_SCRATCH])
{
	const json_t *value = json_object_get(objects->current, key);
	struct act_text none = { "", 0 };

	return value == NULL ? none : scalar(value, scratch);
}

bool objects_has(const struct objects *objects, const char *key)
{
	return json_object_get(objects->current, key) != NULL;
}

static bool give_key(struct objects *objects, struct act_text *key)
{
	if (objects->iterator == NULL)
		return false;
	key->data = json_object_iter_key(objects->iterator);
	key->size = (uint32_t)strlen(key->data);
	return true;
}

bool objects_first_key(struct objects *objects, struct act_text *key)
{
	objects->iterator = json_object_iter(objects->current);
	return give_key(objects, key);
}

bool objects_next_key(struct objects *objects, struct act_text *key)
{
	objects->iterator = json_object_iter_next(objects->current, objects->iterator);
	return give_key(objects, key);
}

/* The end of the string that begins behind the quote at `at`. */
static const char *string_end(const char *at, const char *end)
{
	for (; at < end && *at != '"'; at++)
		if (*at == '\\' && at + 1 < end)
			at++;
	return at;
}

bool objects_sniff(const char *text, size_t size, const char *key)
{
	const char *at = text, *end = text + size;
	size_t length = strlen(key);
	int depth = 0;

	while (at < end && *at != '{')
		at++;
	for (; at < end; at++) {
		if (*at == '"') {
			const char *from = at + 1, *close = string_end(from, end), *next;

			next = close < end ? close + 1 : end;
			while (next < end && (*next == ' ' || *next == '\t' || *next == '\n' ||
					      *next == '\r'))
				next++;
			if (depth == 1 && next < end && *next == ':' &&
			    (size_t)(close - from) == length && memcmp(from, key, length) == 0)
				return true;
			at = close;
			if (at == end)
				break;
		} else if (*at == '{' || *at == '[') {
			depth++;
		} else if ((*at == '}' || *at == ']') && --depth <= 0) {
			return false;
		}
	}
	return false;
}
