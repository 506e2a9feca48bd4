/*
 * Values are made with json_pack: json_object, json_array, json_string and json_null are names of
 * base/json.h too, and where tacit is linked statically theirs are the ones that would be called.
 */
#include "fields.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

static bool take(const json_t *object, const struct fields_field *field, size_t *taken)
{
	const json_t *value = json_object_get(object, field->name);
	const char *text = json_string_value(value);

	field->text[0] = 0;
	if (value == NULL)
		return !field->needed;
	/* json_loadb refuses NULs inside texts. */
	if (text == NULL || strlen(text) >= field->max)
		return false;
	memcpy(field->text, text, strlen(text) + 1);
	++*taken;
	return true;
}

bool fields_read(const char *json, size_t size, const struct fields_field *field, size_t count)
{
	json_t *object = json_loadb(json, size, JSON_REJECT_DUPLICATES, NULL);
	bool good = json_is_object(object);
	size_t i, taken = 0;

	for (i = 0; i < count && good; i++)
		good = take(object, &field[i], &taken);
	good = good && taken == json_object_size(object);
	json_decref(object);
	return good;
}

char *fields_write(const char *name, ...)
{
	json_t *object = json_pack("{}");
	char *text = NULL;
	bool good = object != NULL;
	va_list list;

	va_start(list, name);
	for (; name != NULL; name = va_arg(list, const char *))
		good = json_object_set_new(object, name,
					   json_pack("s", va_arg(list, const char *))) == 0 && good;
	va_end(list);
	if (good)
		text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	return text;
}

static bool has(const json_t *value, const char *name, const char *text, int depth)
{
	const json_t *member;
	const char *key;
	size_t i;

	if (depth > 16)
		return false;
	json_object_foreach((json_t *)(uintptr_t)value, key, member) {
		const char *its = json_string_value(member);

		if ((its != NULL && strcmp(key, name) == 0 && strcmp(its, text) == 0) ||
		    has(member, name, text, depth + 1))
			return true;
	}
	json_array_foreach(value, i, member)
		if (has(member, name, text, depth + 1))
			return true;
	return false;
}

bool fields_has(const char *json, const char *name, const char *text)
{
	json_t *value = json_loads(json, 0, NULL);
	bool found = value != NULL && has(value, name, text, 0);

	json_decref(value);
	return found;
}
