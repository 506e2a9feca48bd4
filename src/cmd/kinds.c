/* What is read of which files, from the readers' own tables. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cmd.h"

static void print_wrapped(const char *what, const char *text)
{
	size_t room = (size_t)cmd_columns() - 18, size;

	printf("      %-11s", what);
	while (strlen(text) > room) {
		for (size = room; size > 0 && text[size] != ' '; size--)
			;
		size = size == 0 ? room : size;
		printf("%.*s\n%17s", (int)size, text, "");
		text += size + (text[size] == ' ');
	}
	puts(text);
}

static void print_dropped(const char *const *dropped)
{
	char list[1024] = "";
	size_t used = 0;

	for (; dropped != NULL && *dropped != NULL && used < sizeof(list); dropped++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 used > 0 ? ", " : "", *dropped);
	if (used > 0)
		print_wrapped("not stored", list);
}

static void put(struct json *json, const struct tacit_reading *reading)
{
	const char *const *name = reading->dropped;

	json_object(json);
	json_put_string(json, "kind", reading->kind);
	json_put_string(json, "title", reading->title);
	json_put_string(json, "files", reading->files);
	json_put_string(json, "acts", reading->acts);
	json_put_string(json, "used", reading->used);
	json_key(json, "never_stored");
	json_array(json);
	for (; name != NULL && *name != NULL; name++)
		json_string(json, *name);
	json_array_end(json);
	json_put_string(json, "cannot_know", reading->unknown);
	json_object_end(json);
}

int cmd_kinds(struct cmd *cmd)
{
	struct tacit_reading reading;
	struct json json = JSON_INIT;
	size_t i;

	if (cmd->json) {
		json_array(&json);
		for (i = 0; tacit_reading(i, &reading); i++)
			put(&json, &reading);
		json_array_end(&json);
		return cmd_print_json(&json);
	}
	for (i = 0; tacit_reading(i, &reading); i++) {
		if (cmd->words > 0 && strcmp(cmd->word[0], reading.kind) != 0)
			continue;
		printf("%s\n", reading.title);
		print_wrapped("files", reading.files);
		print_wrapped("acts", reading.acts);
		print_wrapped("used", reading.used);
		print_dropped(reading.dropped);
		if (reading.unknown[0] != 0)
			print_wrapped("unknown", reading.unknown);
	}
	return CMD_OK;
}
