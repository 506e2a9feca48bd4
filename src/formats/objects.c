/* The walker over JSON objects; see objects.h. */
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* Each object that never ends costs a look through LIMIT_ROW_BYTES; so many, and it is enough. */
#define ENDLESS_MAX 64

void objects_open(struct objects *objects, struct input *input)
{
	memset(objects, 0, sizeof(*objects));
	objects->input = input;
	objects->key = TAPE_NONE;
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
	tape_free(&objects->tape);
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

/* Behind the string that extent->at is in, or at the end of the window. */
static void pass_string(struct extent *extent, const char *text, size_t size)
{
	extent->in_string = true;
	while (extent->at < size) {
		extent->at = (size_t)(tape_plain(text + extent->at, text + size) - text);
		if (extent->at == size || (text[extent->at] == '\\' && extent->at + 1 == size))
			return;
		if (text[extent->at] == '"') {
			extent->at++;
			extent->in_string = false;
			return;
		}
		extent->at += text[extent->at] == '\\' ? 2 : 1;
	}
}

/* True when the object ends at extent->at; false when the window ends first. */
static bool find_end(struct extent *extent, const char *text, size_t size)
{
	for (;;) {
		char c;

		if (extent->in_string)
			pass_string(extent, text, size);
		if (extent->in_string || extent->at >= size)
			return false;
		c = text[extent->at++];
		if (c == '"') {
			extent->in_string = true;
		} else if (c == '{' || c == '[') {
			if (++extent->depth > extent->deepest)
				extent->deepest = extent->depth;
		} else if ((c == '}' || c == ']') && --extent->depth <= 0) {
			return true;
		}
	}
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

/* The object is whole, of that size and does not parse: says why not. */
static void refuse(struct objects *objects, size_t size, int deepest, enum objects_result *result)
{
	objects->input->at += size;
	*result = OBJECTS_BAD;
	objects->why = deepest > LIMIT_JSON_DEPTH ? "JSON that is nested too deep" :
		       size > LIMIT_ROW_BYTES ? "a JSON object that is too long" : "broken JSON";
}

/* True when the object that begins at the window's start is whole and good. */
static bool take(struct objects *objects, enum objects_result *result)
{
	struct input *input = objects->input;
	size_t size;

	if (!tape_read(&objects->tape, (char *)input->text.data + input->at, input_size(input),
		       !input->bad_utf8, &size))
		return false;
	if (size > LIMIT_ROW_BYTES) {
		tape_clear(&objects->tape);
		return false;
	}
	/* mended in place, and taken apart again: what stood is not what counts */
	if (objects->mend != NULL) {
		objects->mend((char *)input->text.data + input->at, size);
		if (!tape_read(&objects->tape, (char *)input->text.data + input->at, size,
			       !input->bad_utf8, &size))
			return false;
	}
	input->at += size;
	*result = OBJECTS_ONE;
	return true;
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

/* What does not parse as it stands in the window: it may go on behind, or be broken. */
static int take_long(struct objects *objects, enum objects_result *result)
{
	struct input *input = objects->input;
	struct extent extent = { 0 };
	bool more, longer = false;
	int failed;

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
		if (!more) {
			objects->endless++;
			return skip_junk(objects, "JSON that is cut short", result);
		}
		longer = true;
	}
	if (!longer || !take(objects, result))
		refuse(objects, extent.at, extent.deepest, result);
	return 0;
}

int objects_next(struct objects *objects, enum objects_result *result)
{
	struct input *input = objects->input;
	bool more;
	int failed = objects->members ? next_of_members(objects, &more) : 0;

	if (failed == 0 && !objects->members)
		failed = skip_between(objects, &more);
	tape_clear(&objects->tape);
	*result = OBJECTS_END;
	if (failed != 0 || !more)
		return failed;
	if (*input_text(input) != '{')
		return skip_junk(objects, "not a JSON object", result);
	if (take(objects, result))
		return 0;
	/* Each look for an end that is not there goes through the rest of the file: of many,
	 * only what is whole in the window is taken from then on. */
	if (objects->endless >= ENDLESS_MAX)
		return skip_junk(objects, "JSON that is cut short", result);
	return take_long(objects, result);
}

/* Looking takes escapes out and remembers where it was; to the caller the object is the same. */
static struct tape *tape_of(const struct objects *objects)
{
	return (struct tape *)(uintptr_t)&objects->tape;
}

struct act_text objects_get(const struct objects *objects, const char *key,
			    char scratch[OBJECTS_SCRATCH])
{
	struct tape *tape = tape_of(objects);

	/* Who goes through the keys asks for the very text that objects_next_key gave. */
	if (objects->key < tape->count && key == tape->text + tape->node[objects->key].at)
		return tape_text(tape, tape->node[objects->key].next, scratch);
	return tape_text(tape, tape_member(tape, 0, key, strlen(key)), scratch);
}

bool objects_has(const struct objects *objects, const char *key)
{
	return tape_member(tape_of(objects), 0, key, strlen(key)) != TAPE_NONE;
}

/* What stands at a path; TAPE_NONE where nothing does. */
static uint32_t find(struct tape *tape, const char *path)
{
	uint32_t node = tape->count > 0 ? 0 : TAPE_NONE;

	while (node != TAPE_NONE && *path != 0) {
		size_t size = (size_t)(strchrnul(path, '.') - path);

		if (size >= OBJECTS_PATH)
			return TAPE_NONE;
		node = tape->node[node].type == TAPE_ARRAY ?
		       tape_element(tape, node, strtoul(path, NULL, 10)) :
		       tape_member(tape, node, path, size);
		path += size + (path[size] == '.');
	}
	return node;
}

struct act_text objects_at(const struct objects *objects, const char *path,
			   char scratch[OBJECTS_SCRATCH])
{
	struct tape *tape = tape_of(objects);

	return tape_text(tape, find(tape, path), scratch);
}

size_t objects_count(const struct objects *objects, const char *path)
{
	struct tape *tape = tape_of(objects);

	return tape_count(tape, find(tape, path));
}

static bool give_member(struct objects *objects, struct act_text *key, struct act_text *value,
			char scratch[OBJECTS_SCRATCH])
{
	struct tape *tape = &objects->tape;

	if (objects->inner_key == TAPE_NONE)
		return false;
	*key = tape_text(tape, objects->inner_key, NULL);
	tape->text[tape->node[objects->inner_key].at + key->size] = 0;	/* over its quote */
	*value = tape_text(tape, tape_member(tape, objects->inner, key->data, key->size), scratch);
	return true;
}

bool objects_first_member(struct objects *objects, const char *path, struct act_text *key,
			  struct act_text *value, char scratch[OBJECTS_SCRATCH])
{
	struct tape *tape = &objects->tape;

	objects->inner = find(tape, path);
	objects->inner_key = objects->inner == TAPE_NONE ||
			     tape->node[objects->inner].type != TAPE_OBJECT ? TAPE_NONE :
			     tape_first_key(tape, objects->inner);
	return give_member(objects, key, value, scratch);
}

bool objects_next_member(struct objects *objects, struct act_text *key, struct act_text *value,
			 char scratch[OBJECTS_SCRATCH])
{
	if (objects->inner_key != TAPE_NONE)
		objects->inner_key = tape_next_key(&objects->tape, objects->inner,
						   objects->inner_key);
	return give_member(objects, key, value, scratch);
}

static bool give_key(struct objects *objects, struct act_text *key)
{
	struct tape *tape = &objects->tape;

	if (objects->key == TAPE_NONE)
		return false;
	*key = tape_text(tape, objects->key, NULL);
	tape->text[tape->node[objects->key].at + key->size] = 0;	/* over its quote */
	return true;
}

bool objects_first_key(struct objects *objects, struct act_text *key)
{
	objects->key = tape_first_key(&objects->tape, 0);
	return give_key(objects, key);
}

bool objects_next_key(struct objects *objects, struct act_text *key)
{
	if (objects->key != TAPE_NONE)
		objects->key = tape_next_key(&objects->tape, 0, objects->key);
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
