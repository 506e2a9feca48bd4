/*
 * From exports to the vault. Each source (one kind of file within what was given) is counted while
 * it streams; a file is one transaction, so that a broken or hostile one leaves nothing behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "gate/now.h"
#include "inside.h"
#include "sources/source.h"

struct importing {
	struct tacit *t;
	const struct tacit_import_options *options;
	struct tacit_import *imports;
	size_t count, capacity, committed;
	size_t begun;			/* paths of this round, the last one included */
	uint32_t source;		/* the open one */
	uint64_t forgotten, before, rows;
	const struct gate_only *only;	/* NULL: whatever there is */
	bool open;			/* a transaction */
};

static int on_begin(void *context, const struct report *report)
{
	struct importing *importing = context;
	struct tacit_import *import;

	if (importing->only != NULL && strcmp(report->kind, importing->only->kind) != 0)
		return error_set(&importing->t->error, TACIT_E_FORMAT, "%.200s sends no %s but "
				 "%.32s; to read that, save it and: tacit add FILE", report->file,
				 importing->only->kind, report->kind);
	if (importing->count == importing->capacity) {
		size_t capacity = importing->capacity * 2 + 8;
		struct tacit_import *grown = realloc(importing->imports,
						     capacity * sizeof(*grown));

		if (grown == NULL)
			return error_memory(&importing->t->error);
		importing->imports = grown;
		importing->capacity = capacity;
	}
	import = &importing->imports[importing->count];
	memset(import, 0, sizeof(*import));
	snprintf(import->file, sizeof(import->file), "%s", report->file);
	snprintf(import->entry, sizeof(import->entry), "%s", report->entry);
	snprintf(import->kind, sizeof(import->kind), "%s", report->kind);
	importing->forgotten = importing->before = 0;
	importing->count++;
	/* of an archive or folder, the file inside it is what the person will look for */
	return vault_source_begin(importing->t->vault,
				  report->entry[0] != 0 ? report->entry : report->file,
				  report->kind, &importing->source, &importing->t->error);
}

static int on_act(void *context, const struct act *act)
{
	struct importing *importing = context;
	struct tacit_import *import = &importing->imports[importing->count - 1];
	struct error *error = &importing->t->error;
	struct act kept = *act;
	enum vault_put put;
	uint64_t event;
	int result = importing->only == NULL ? 0 :
		     importing->only->act(importing->only->context, &kept, error);

	if (result > 0) {
		importing->before++;
		importing->rows++;
		return 0;
	}
	if (result == 0)
		result = vault_put(importing->t->vault, importing->source, &kept,
				   importing->options->lift != 0, &put, &event, error);
	if (result != 0)
		return result;
	import->kept += put == VAULT_KEPT;
	import->duplicate += put == VAULT_DUPLICATE;
	importing->forgotten += put == VAULT_FORGOTTEN;
	importing->rows++;
	return 0;
}

static int on_said(void *context, const char *key, const char *value)
{
	struct importing *importing = context;
	struct tacit_import *import = &importing->imports[importing->count - 1];
	enum vault_put put;
	int result;

	if (importing->only != NULL)
		return error_set(&importing->t->error, TACIT_E_FORMAT, "%.200s says what no %s "
				 "does; nothing of it was kept", import->file,
				 importing->only->kind);
	result = vault_put_said(importing->t->vault, importing->source, key, value, &put,
				&importing->t->error);
	if (result != 0)
		return result;
	import->kept += put == VAULT_KEPT;
	import->duplicate += put == VAULT_DUPLICATE;
	importing->forgotten += put == VAULT_FORGOTTEN;
	importing->rows++;
	return 0;
}

static void add_skip(struct tacit_import *import, const char *reason, uint64_t count)
{
	struct tacit_skip *skip = &import->skip[import->skip_count];

	if (count == 0)
		return;
	import->skip_count++;
	snprintf(skip->reason, sizeof(skip->reason), "%s", reason);
	skip->count = count;
}

/* Fields that are never stored stand beside the reasons, as an object of their own. */
#define DROPPED "\"never stored\":{"

static int skips_json(const struct tacit_import *import, struct json *json)
{
	size_t i;

	json_object(json);
	for (i = 0; i < import->skip_count; i++)
		json_put_int(json, import->skip[i].reason, (int64_t)import->skip[i].count);
	if (import->drop_count > 0) {
		json_key(json, "never stored");
		json_object(json);
		for (i = 0; i < import->drop_count; i++)
			json_put_int(json, import->drop[i].reason,
				     (int64_t)import->drop[i].count);
		json_object_end(json);
	}
	json_object_end(json);
	return json->failed ? TACIT_E_MEMORY : 0;
}

static int on_end(void *context, const struct report *report)
{
	struct importing *importing = context;
	struct tacit_import *import = &importing->imports[importing->count - 1];
	struct json json = JSON_INIT;
	size_t i;
	int result;

	import->read = report->read;
	snprintf(import->note, sizeof(import->note), "%s", report->note);
	for (i = 0; i < report->skip_count; i++) {
		snprintf(import->skip[i].reason, sizeof(import->skip[i].reason), "%s",
			 report->skip[i].reason);
		import->skip[i].count = report->skip[i].count;
	}
	import->skip_count = report->skip_count;
	for (i = 0; i < report->drop_count; i++) {
		snprintf(import->drop[i].reason, sizeof(import->drop[i].reason), "%s",
			 report->drop[i].reason);
		import->drop[i].count = report->drop[i].count;
	}
	import->drop_count = report->drop_count;
	add_skip(import, "forgotten before", importing->forgotten);
	add_skip(import, "brought before", importing->before);
	result = skips_json(import, &json);
	if (result != 0)
		result = error_memory(&importing->t->error);
	else
		result = vault_source_end(importing->t->vault, importing->source, report->digest,
					  report->read, (const char *)json.out.data,
					  &importing->t->error);
	bytes_free(&json.out);
	import->source = importing->source;
	return result;
}

static void on_progress(void *context, const char *file, uint64_t done, uint64_t total)
{
	struct importing *importing = context;

	if (importing->options->progress != NULL)
		importing->options->progress(importing->options->context, file, done, total,
					     importing->rows);
}

static void on_ignored(void *context, const char *name, const char *why)
{
	struct importing *importing = context;

	if (importing->options->ignored != NULL)
		importing->options->ignored(importing->options->context, name, why);
}

/* Where nothing is new, a server's reply leaves no source behind: one a day would fill the log. */
static bool brings_nothing(struct importing *importing)
{
	size_t i;

	if (importing->only == NULL)
		return false;
	for (i = importing->committed; i < importing->count; i++)
		if (importing->imports[i].kept > 0)
			return false;
	for (i = importing->committed; i < importing->count; i++)
		importing->imports[i].source = 0;
	return true;
}

/* Each path is a transaction of its own. */
static int on_path(void *context, size_t index, const char *name, bool begins)
{
	struct importing *importing = context;
	struct tacit *t = importing->t;
	int result = 0;

	if (begins) {
		importing->begun = index + 1;
		result = vault_begin(t->vault, &t->error);
	} else if (brings_nothing(importing)) {
		vault_rollback(t->vault);
	} else {
		result = vault_commit(t->vault, &t->error);
	}
	if (result != 0)
		return result;
	importing->open = begins;
	if (!begins)
		importing->committed = importing->count;
	else if (importing->options->progress != NULL)
		importing->options->progress(importing->options->context, name, 0, 0,
					     importing->rows);
	return 0;
}

/* What is wrong with one path, and not with the vault, the memory or the caller. */
static bool unreadable(int result)
{
	return result == TACIT_E_FORMAT || result == TACIT_E_DAMAGED || result == TACIT_E_LIMIT ||
	       result == TACIT_E_NEWER || result == TACIT_E_IO || result == TACIT_E_NOT_FOUND;
}

int gate_add(struct tacit *t, const char *const *path, size_t count,
	     const struct tacit_import_options *options, const struct gate_only *only,
	     struct tacit_import **out, size_t *out_count)
{
	struct tacit_import_options defaults = TACIT_IMPORT_OPTIONS_INIT;
	struct importing importing = { .t = t, .only = only,
				       .options = options != NULL ? options : &defaults };
	const struct source_events events = { &importing, on_begin, on_act, on_said, on_end,
					      on_progress, on_ignored, on_path };
	struct source_options reading = { .person = importing.options->person };
	int result = gate_need_vault(t);
	size_t from = 0;

	reading.reader_program = result != 0 || t->reader[0] == 0 ? NULL : t->reader;
	while (result == 0) {
		importing.begun = 0;
		result = source_read_all(path + from, count - from, &reading, &events, &t->error);
		if (importing.open)
			vault_rollback(t->vault);
		from += importing.begun - importing.open;	/* the one that failed */
		importing.open = false;
		if (result == 0 || importing.options->refused == NULL || !unreadable(result) ||
		    from == count || count == 1)
			break;
		/* Those behind it are read all the same. */
		importing.options->refused(importing.options->context, path[from++],
					   t->error.message);
		importing.count = importing.committed;
		result = 0;
		if (from == count)
			break;
	}
	*out = importing.imports;
	*out_count = importing.committed;
	return result;
}

int tacit_add(struct tacit *t, const char *const *path, size_t count,
	      const struct tacit_import_options *options, struct tacit_import **out,
	      size_t *out_count)
{
	int result = gate_add(t, path, count, options, NULL, out, out_count);

	if (*out_count > 0)
		gate_life_prepare(t);
	return result;
}

/* What skips_json wrote, as the two objects that it is. */
static void split_skipped(const char *text, struct tacit_source *out)
{
	const char *from = strstr(text, DROPPED), *to = from == NULL ? NULL : strchr(from, '}');
	size_t before;

	snprintf(out->skipped, sizeof(out->skipped), "%s", text);
	snprintf(out->dropped, sizeof(out->dropped), "{}");
	if (to == NULL)
		return;
	before = (size_t)(from - text);
	snprintf(out->dropped, sizeof(out->dropped), "%.*s}",
		 (int)(to - from) - (int)strlen(DROPPED) + 1, from + strlen(DROPPED) - 1);
	to += 1 + (to[1] == ',');
	if (*to == '}' && before > 1)
		before--;		/* the comma in front */
	snprintf(out->skipped, sizeof(out->skipped), "%.*s%s", (int)before, text, to);
}

int tacit_sources(struct tacit *t, struct tacit_source **out, size_t *count)
{
	struct vault_source *source = NULL;
	struct tacit_source *list;
	size_t n = 0, i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = vault_sources(t->vault, &source, &n, &t->error);
	if (result != 0)
		return result;
	list = calloc(n + 1, sizeof(*list));
	for (i = 0; list != NULL && i < n; i++) {
		list[i].id = source[i].id;
		list[i].time = source[i].time;
		list[i].read = source[i].read;
		list[i].kept = source[i].kept;
		list[i].duplicate = source[i].duplicate;
		memcpy(list[i].file, source[i].file, sizeof(list[i].file));
		memcpy(list[i].kind, source[i].kind, sizeof(list[i].kind));
		split_skipped(source[i].skipped, &list[i]);
	}
	free(source);
	if (list == NULL)
		return error_memory(&t->error);
	*out = list;
	*count = n;
	return 0;
}

int tacit_undo(struct tacit *t, uint32_t source, struct tacit_counts *out)
{
	struct vault_counts counts = { 0, 0 };
	int result = gate_need_vault(t);

	if (result == 0)
		result = vault_undo(t->vault, source, &counts, &t->error);
	if (result == 0 && out != NULL)
		*out = (struct tacit_counts){ counts.events, counts.facts };
	return result;
}

const char *tacit_kind(size_t index, const char **title)
{
	return source_kind(index, title);
}

int tacit_reader_main(void)
{
	return source_child_main();
}

int tacit_reading(size_t index, struct tacit_reading *out)
{
	struct source_about about;

	if (!source_about(index, &about))
		return 0;
	*out = (struct tacit_reading){ .kind = about.kind, .title = about.title,
				       .files = about.files, .acts = about.acts,
				       .used = about.used, .unknown = about.unknown,
				       .dropped = about.dropped };
	return 1;
}
