/* add, undo, log. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd.h"

#define IGNORED_SHOWN 3

struct progress {
	double began, told;
	size_t ignored, refused;
};

/* What is said when the person stops it, kept ready because a signal waits for nobody. */
static struct {
	volatile sig_atomic_t size;
	char line[2][300];
	volatile sig_atomic_t which;
	size_t begun, count;		/* paths */
} stopped;

static void on_stop(int number)
{
	/* The open file is a transaction that nobody commits; all before it are in. */
	if (stopped.size > 0 && write(STDERR_FILENO, stopped.line[stopped.which],
				      (size_t)stopped.size) < 0)
		_exit(1);
	_exit(128 + number);
}

/* A path begins. */
static void prepare_stop(const char *file)
{
	int other = !stopped.which;
	size_t done = stopped.begun++;
	int size;

	size = snprintf(stopped.line[other], sizeof(stopped.line[other]), "\ntacit: stopped in "
			"%.80s: nothing of it was kept%s; the same command goes on from there\n",
			file, done == 0 ? "" : done == 1 ? ", the file before it is in" :
			", the files before it are in");
	stopped.which = other;
	stopped.size = size;
}

static void on_progress(void *context, const char *file, uint64_t done, uint64_t total,
			uint64_t rows)
{
	struct progress *progress = context;
	double now = clock_seconds(), spent = now - progress->began;
	char line[400], count[32], rate[32], which[64] = "";

	if (total == 0)
		prepare_stop(file);
	if (now - progress->told < 0.1)
		return;
	progress->told = now;
	cmd_count(count, rows);
	cmd_count(rate, spent > 0.5 ? (uint64_t)((double)rows / spent) : 0);
	if (stopped.count > 1)
		snprintf(which, sizeof(which), "%zu/%zu ", stopped.begun, stopped.count);
	/* In 80 columns: the name is what is cut. */
	if (total > 0 && done <= total && done > 0 && spent > 0.5)
		snprintf(line, sizeof(line), "%s%.24s: %s rows, %s/s, %llu %%, %.0f s left", which,
			 file, count, rate, (unsigned long long)(done * 100 / total),
			 spent * (double)(total - done) / (double)done);
	else
		snprintf(line, sizeof(line), "%s%.40s: %s rows", which, file, count);
	cmd_progress(line);
}

static void on_ignored(void *context, const char *name, const char *why)
{
	struct progress *progress = context;

	cmd_progress(NULL);
	if (progress->ignored++ < IGNORED_SHOWN)
		fprintf(stderr, "tacit: left alone: %s (%s)\n", name, why);
}

static void print_skips(const struct tacit_import *import)
{
	size_t i;

	for (i = 0; i < import->skip_count; i++) {
		char count[32];

		cmd_count(count, import->skip[i].count);
		printf("   skipped %s: %s\n", count, import->skip[i].reason);
	}
	for (i = 0; i < import->drop_count; i++) {
		char count[32];

		cmd_count(count, import->drop[i].count);
		printf("   never stored: %s (%s rows)\n", import->drop[i].reason, count);
	}
	if (import->note[0] != 0)
		printf("   %s\n", import->note);
}

void cmd_print_imports(const struct tacit_import *imports, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct tacit_import *import = &imports[i];
		char read[32], kept[32], duplicate[32];

		cmd_count(read, import->read);
		cmd_count(kept, import->kept);
		cmd_count(duplicate, import->duplicate);
		printf("%u  ", import->source);
		cmd_rest(import->entry[0] != 0 ? import->entry : import->file,
			 cmd_columns() - 30);
		printf(" (%s)\n   read %s, kept %s, known already %s\n", import->kind, read, kept,
		       duplicate);
		print_skips(import);
	}
}

static void json_imports(struct json *json, const struct tacit_import *imports, size_t count)
{
	size_t i, s;

	json_array(json);
	for (i = 0; i < count; i++) {
		const struct tacit_import *import = &imports[i];

		json_object(json);
		json_put_string(json, "file", import->file);
		if (import->entry[0] != 0)
			json_put_string(json, "entry", import->entry);
		json_put_string(json, "kind", import->kind);
		json_put_int(json, "source", import->source);
		json_put_int(json, "read", (int64_t)import->read);
		json_put_int(json, "kept", (int64_t)import->kept);
		json_put_int(json, "duplicate", (int64_t)import->duplicate);
		json_key(json, "skipped");
		json_object(json);
		for (s = 0; s < import->skip_count; s++)
			json_put_int(json, import->skip[s].reason,
				     (int64_t)import->skip[s].count);
		json_object_end(json);
		json_key(json, "never_stored");
		json_object(json);
		for (s = 0; s < import->drop_count; s++)
			json_put_int(json, import->drop[s].reason,
				     (int64_t)import->drop[s].count);
		json_object_end(json);
		if (import->note[0] != 0)
			json_put_string(json, "note", import->note);
		json_object_end(json);
	}
	json_array_end(json);
}

static void on_refused(void *context, const char *path, const char *why)
{
	struct progress *progress = context;

	(void)path;			/* the sentence names it */
	progress->refused++;
	cmd_progress(NULL);
	fprintf(stderr, "tacit: %s\n", why);
}

int cmd_add(struct cmd *cmd)
{
	struct progress progress = { .began = clock_seconds() };
	struct tacit_import_options options = TACIT_IMPORT_OPTIONS_INIT;
	struct tacit_import *imports = NULL;
	size_t count = 0;
	int result, status;

	if (cmd->words == 0)
		return cmd_usage(cmd, "say which exports to read");
	status = cmd_open_vault(cmd);
	if (status != CMD_OK)
		return status;
	options.person = cmd_flag(cmd, "user");
	options.lift = cmd_flag(cmd, "remember") != NULL;
	options.progress = on_progress;
	options.ignored = on_ignored;
	options.refused = on_refused;
	options.context = &progress;
	stopped.count = cmd->words;
	signal(SIGINT, on_stop);
	signal(SIGTERM, on_stop);
	result = tacit_add(cmd->t, cmd->word, cmd->words, &options, &imports, &count);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	cmd_progress(NULL);
	if (progress.ignored > IGNORED_SHOWN)
		fprintf(stderr, "tacit: left alone: %zu more files\n",
			progress.ignored - IGNORED_SHOWN);
	if (cmd->json) {
		struct json json = JSON_INIT;

		json_imports(&json, imports, count);
		status = cmd_print_json(&json);
	} else {
		cmd_print_imports(imports, count);
		if (result == 0)
			puts("Next: tacit me, tacit next");
	}
	free(imports);
	if (result != 0)
		return cmd_fail(cmd, result);
	return progress.refused > 0 ? CMD_FAILED : status;
}

int cmd_undo(struct cmd *cmd)
{
	struct tacit_counts counts;
	uint64_t source = 0;
	int result;

	if (cmd->words != 1 || !cmd_whole(cmd->word[0], UINT32_MAX, &source) || source == 0)
		return cmd_usage(cmd, "say the number of the source; see: tacit log");
	result = cmd_open_vault(cmd);
	if (result != CMD_OK)
		return result;
	result = tacit_undo(cmd->t, (uint32_t)source, &counts);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		struct json json = JSON_INIT;

		json_object(&json);
		json_key(&json, "undone");
		json_object(&json);
		json_put_int(&json, "events", (int64_t)counts.events);
		json_put_int(&json, "facts", (int64_t)counts.facts);
		json_object_end(&json);
		json_object_end(&json);
		return cmd_print_json(&json);
	}
	printf("Source %llu is undone: %llu %s gone. It can be added again.\n",
	       (unsigned long long)source, (unsigned long long)counts.events,
	       counts.events == 1 ? "event is" : "events are");
	return CMD_OK;
}

/* The members of an object of counts as we wrote it: {"reason":12,"other":3}. */
static void print_counts(const char *what, const char *text)
{
	while ((text = strchr(text, '"')) != NULL) {
		const char *end = text + 1;
		char count[32], name[80];

		while (*end != 0 && *end != '"')
			end += 1 + (*end == '\\' && end[1] != 0);
		if (*end == 0)
			return;
		snprintf(name, sizeof(name), "%.*s", (int)(end - text) - 1, text + 1);
		cmd_count(count, strtoull(end + 1 + (end[1] == ':'), NULL, 10));
		printf("  %-13s%12s  %s\n", what, count, name);
		text = end + 1;
	}
}

static int log_one(struct cmd *cmd, const struct tacit_source *source, size_t count)
{
	char *end, read[32], kept[32], known[32];
	unsigned long number = strtoul(cmd->word[0], &end, 10);
	size_t i;

	for (i = 0; i < count && (*end != 0 || source[i].id != number); i++)
		;
	if (i == count) {
		fprintf(stderr, "tacit: there is no source %.40s; tacit log has their numbers\n",
			cmd->word[0]);
		return CMD_FAILED;
	}
	cmd_count(read, source[i].read);
	cmd_count(kept, source[i].kept);
	cmd_count(known, source[i].duplicate);
	printf("%u  ", source[i].id);
	cmd_rest(source[i].file, cmd_columns() - 30);
	printf(" (%s)\n", source[i].kind);
	printf("  %-13s%12s  rows\n  %-13s%12s\n  %-13s%12s\n", "read", read, "kept", kept,
	       "known already", known);
	print_counts("skipped", source[i].skipped);
	print_counts("never stored", source[i].dropped);
	return CMD_OK;
}

int cmd_log(struct cmd *cmd)
{
	struct tacit_source *source;
	struct json json = JSON_INIT;
	char kept[32], read[32];
	size_t count, i;
	int result = cmd_open_vault(cmd);

	if (result != CMD_OK)
		return result;
	result = tacit_sources(cmd->t, &source, &count);
	if (result != 0)
		return cmd_fail(cmd, result);
	if (cmd->json) {
		json_array(&json);
		for (i = 0; i < count; i++) {
			json_object(&json);
			json_put_int(&json, "source", source[i].id);
			json_put_string(&json, "file", source[i].file);
			json_put_string(&json, "kind", source[i].kind);
			json_put_int(&json, "read", (int64_t)source[i].read);
			json_put_int(&json, "kept", (int64_t)source[i].kept);
			json_put_int(&json, "duplicate", (int64_t)source[i].duplicate);
			json_key(&json, "skipped");
			json_raw(&json, source[i].skipped, strlen(source[i].skipped));
			json_key(&json, "never_stored");
			json_raw(&json, source[i].dropped, strlen(source[i].dropped));
			json_object_end(&json);
		}
		json_array_end(&json);
		free(source);
		return cmd_print_json(&json);
	}
	if (cmd->words > 0) {
		result = log_one(cmd, source, count);
		free(source);
		return result;
	}
	for (i = 0; i < count; i++) {
		printf("%3u  ", source[i].id);
		cmd_cell(source[i].file, 32);
		printf("  ");
		cmd_cell(source[i].kind, 14);
		cmd_count(kept, source[i].kept);
		cmd_count(read, source[i].read);
		printf(" kept %s of %s\n", kept, read);
	}
	if (count == 0)
		puts("Nothing was added yet. Next: tacit add FILE");
	free(source);
	return CMD_OK;
}
