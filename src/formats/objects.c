/* The walker over JSON objects; the only file that knows Jansson. */
#include "objects.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
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

void objects_open_members(struct objects *objects, struct input *input,
			  const char *const *wanted)
{
	objects_open(objects, input);
	objects->members = true;
	objects->wanted = wanted;
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
	if (objects->mend != NULL)
		objects->mend((char *)objects->input->text.data + objects->input->at - size, size);
	objects->current = json_loadb(text, size, 0, NULL);
	if (objects->current == NULL)
		return;
	*result = OBJECTS_ONE;
}

/* ---- members of the object at the top ---- */

/* The next byte of the file, without taking it; -1 at the end, -2 where reading failed. */
static int peek(struct input *input)
{
	bool more = true;

	while (input_size(input) == 0) {
		if (input_more(input, &more) != 0)
			return -2;
		if (!more)
			return -1;
	}
	return (unsigned char)*input_text(input);
}

/* Takes a string whose quote is next; the first bytes of it into name[max]. */
static int take_string(struct input *input, char *name, size_t max)
{
	size_t used = 0;
	bool escaped = false;
	int c;

	input->at++;
	while ((c = peek(input)) >= 0) {
		input->at++;
		if (!escaped && c == '"')
			break;
		escaped = !escaped && c == '\\';
		if (used + 1 < max)
			name[used++] = (char)c;
	}
	if (max > 0)
		name[used] = 0;
	return c;
}

/* Takes a value, whatever it is and however long, up to the comma or bracket behind it. */
static int pass_value(struct input *input)
{
	int depth = 0, c;

	while ((c = peek(input)) >= 0) {
		if (c == '"') {
			c = take_string(input, NULL, 0);
			if (c < 0)
				return c;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return c;
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		input->at++;
	}
	return c;
}

static bool is_wanted(const struct objects *objects)
{
	const char *const *wanted = objects->wanted;

	for (; wanted != NULL && *wanted != NULL; wanted++)
		if (strcmp(*wanted, objects->member) == 0)
			return true;
	return wanted == NULL;
}

/* What is no object of an array of the top level is passed over: it is not a row. What is one and
 * cannot be kept is passed over too. */
static int pass_over(struct objects *objects, const char *why, enum objects_result *result)
{
	int c;

	if (!objects->members)
		return skip_junk(objects, why, result);
	objects->why = why;
	*result = OBJECTS_BAD;
	c = pass_value(objects->input);
	return c == -2 ? objects->input->error->code : 0;
}

/* Goes on to the next wanted array of the top level and into it. *left false: there is none. */
static int enter_member(struct objects *objects, bool *left)
{
	struct input *input = objects->input;
	int c;

	*left = false;
	while ((c = peek(input)) >= 0) {
		if (c == '"') {
			c = take_string(input, objects->member, sizeof(objects->member));
			while (c >= 0 && (c = peek(input)) >= 0 && strchr(" \t\r\n:", c) != NULL)
				input->at++;
			if (c == '[' && is_wanted(objects)) {
				input->at++;
				objects->inside = true;
				*left = true;
				return 0;
			}
			if (c >= 0)
				c = pass_value(input);
			if (c < 0)
				break;
		} else {
			input->at++;
		}
	}
	return c == -2 ? input->error->code : 0;
}

/* The place of the next object, where the top level is an object. */
static int next_of_members(struct objects *objects, bool *left)
{
	for (;;) {
		int c, failed;

		if (!objects->inside) {
			c = peek(objects->input);
			while (c >= 0 && strchr(" \t\r\n", c) != NULL && c != 0) {
				objects->input->at++;
				c = peek(objects->input);
			}
			if (c == '[' && objects->member[0] == 0) {	/* an array after all */
				objects->members = false;
				*left = true;
				return 0;
			}
			failed = c == -2 ? objects->input->error->code : enter_member(objects,
										      left);
			if (failed != 0 || !*left)
				return failed;
		}
		failed = skip_between(objects, left);
		if (failed != 0 || !*left)
			return failed;
		if (objects->inside && *input_text(objects->input) == '{')
			return 0;
		if (objects->inside && *input_text(objects->input) == '}')
			objects->input->at++;	/* closes nothing, and pass_value stays at it */
		else if (objects->inside && pass_value(objects->input) == -2)
			return objects->input->error->code;
	}
}

int objects_skip_assignment(struct input *input)
{
	const char *text;
	size_t size, i;
	bool more;
	int failed = input_size(input) == 0 ? input_more(input, &more) : 0;

	if (failed != 0)
		return failed;
	text = input_text(input);
	size = input_size(input) < 256 ? input_size(input) : 256;
	for (i = 0; i < size && text[i] != '{' && text[i] != '[' && text[i] != '\n'; i++)
		if (text[i] == '=') {
			input->at += i + 1;
			break;
		}
	return 0;
}

int objects_next(struct objects *objects, enum objects_result *result)
{
	struct input *input = objects->input;
	struct extent extent = { 0 };
	bool more;
	int failed = objects->members ? next_of_members(objects, &more) : 0;

	if (failed == 0 && !objects->members)
		failed = skip_between(objects, &more);
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
			return pass_over(objects, "a JSON object that is too long", result);
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

/* What stands at a path; NULL where nothing does. */
static const json_t *find(const struct objects *objects, const char *path)
{
	const json_t *value = objects->current;
	char name[OBJECTS_PATH];

	while (value != NULL && *path != 0) {
		size_t size = strcspn(path, ".");

		if (size >= sizeof(name))
			return NULL;
		memcpy(name, path, size);
		name[size] = 0;
		value = json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10)) :
			json_object_get(value, name);
		path += size + (path[size] == '.');
	}
	return value;
}

struct act_text objects_at(const struct objects *objects, const char *path,
			   char scratch[OBJECTS_SCRATCH])
{
	const json_t *value = find(objects, path);
	struct act_text none = { "", 0 };

	return value == NULL ? none : scalar(value, scratch);
}

size_t objects_count(const struct objects *objects, const char *path)
{
	const json_t *value = find(objects, path);

	return json_is_array(value) ? json_array_size(value) : json_object_size(value);
}

static bool give_member(struct objects *objects, struct act_text *key, struct act_text *value,
			char scratch[OBJECTS_SCRATCH])
{
	if (objects->inner_at == NULL)
		return false;
	key->data = json_object_iter_key(objects->inner_at);
	key->size = (uint32_t)strlen(key->data);
	*value = scalar(json_object_iter_value(objects->inner_at), scratch);
	return true;
}

bool objects_first_member(struct objects *objects, const char *path, struct act_text *key,
			  struct act_text *value, char scratch[OBJECTS_SCRATCH])
{
	objects->inner = (json_t *)find(objects, path);
	objects->inner_at = json_is_object((json_t *)objects->inner) ?
			    json_object_iter(objects->inner) : NULL;
	return give_member(objects, key, value, scratch);
}

bool objects_next_member(struct objects *objects, struct act_text *key, struct act_text *value,
			 char scratch[OBJECTS_SCRATCH])
{
	objects->inner_at = json_object_iter_next(objects->inner, objects->inner_at);
	return give_member(objects, key, value, scratch);
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
