/* Reading what is learned from: a TSV file, or a data set as it is published. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sources/source.h"
#include "training.h"

struct collecting {
	struct train_collector *collector;
	struct error *error;
};

/* Only a data set of many people teaches a catalogue. */
static int on_begin(void *context, const struct report *report)
{
	struct collecting *collecting = context;

	if (strcmp(report->kind, "movielens") == 0)
		return 0;
	return error_set(collecting->error, TACIT_E_FORMAT, "%s is one person's export (%s), not a "
			 "data set to learn from: give a table with the columns user, item, time, "
			 "or a MovieLens folder or zip", report->file, report->kind);
}

static int on_end(void *context, const struct report *report)
{
	(void)context;
	(void)report;
	return 0;
}

/* Data sets with many people come with the person in `text`; the title names the item. */
static int on_act(void *context, const struct act *act)
{
	struct collecting *collecting = context;
	struct train_item item = { NULL, NULL, NULL, NULL, act->year };
	char key[LIMIT_TITLE_BYTES + 16], title[LIMIT_TITLE_BYTES + 1];
	char creator[LIMIT_CREATOR_BYTES + 1], words[1025];
	int size, result;

	snprintf(title, sizeof(title), "%.*s", (int)act->title.size, act->title.data);
	snprintf(creator, sizeof(creator), "%.*s", (int)act->creator.size,
		 act->creator.size > 0 ? act->creator.data : "");
	snprintf(words, sizeof(words), "%.*s", act->words.size < 1024 ? (int)act->words.size : 1024,
		 act->words.size > 0 ? act->words.data : "");
	size = snprintf(key, sizeof(key), "%s (%d)", title, act->year);
	if (size < 0)
		return TACIT_E_FORMAT;
	result = train_collector_add(collecting->collector, act->text.data, act->text.size, key,
				     strlen(key), act->time, collecting->error);
	item.title = title;
	item.creator = creator;
	item.words = words;
	if (result == 0)
		result = train_collector_describe_once(collecting->collector, key, strlen(key),
						       &item, collecting->error);
	return result;
}

static void on_progress(void *context, const char *file, uint64_t done, uint64_t total)
{
	(void)context;
	(void)file;
	(void)done;
	(void)total;
}

static void on_ignored(void *context, const char *name, const char *why)
{
	(void)context;
	(void)name;
	(void)why;
}

static int read_published(struct training *training)
{
	struct tacit *t = training->t;
	struct collecting collecting = { train_collector_new(), &t->error };
	struct source_events events = { .context = &collecting, .begin = on_begin,
					.act = on_act, .end = on_end,
					.progress = on_progress, .ignored = on_ignored };
	struct source_options options = { t->reader[0] == 0 ? NULL : t->reader, SOURCE_EVERYONE,
					  false };
	int result;

	if (collecting.collector == NULL)
		return error_memory(&t->error);
	result = source_read(training->options->interactions, &options, &events, &t->error);
	if (result != 0) {
		train_collector_free(collecting.collector);
		return result;
	}
	return train_collector_finish(collecting.collector, &training->data, &t->error);
}

/* A file whose first line has tab-separated "user" and "item" is a table of interactions. */
static bool is_table(const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "re");
	bool table = false;

	if (file == NULL)
		return true;	/* so that the error names the file */
	if (fgets(line, sizeof(line), file) != NULL)
		table = strstr(line, "user") != NULL && strstr(line, "item") != NULL &&
			strchr(line, '\t') != NULL;
	fclose(file);
	return table;
}

int training_read(struct training *training)
{
	const struct tacit_train_options *options = training->options;
	struct stat status;

	if (options->interactions == NULL)
		return error_set(&training->t->error, TACIT_E_ARGUMENT, "say what to learn from: "
				 "--interactions FILE");
	if (stat(options->interactions, &status) == 0 &&
	    (S_ISDIR(status.st_mode) || !is_table(options->interactions)))
		return read_published(training);
	return train_data_read(options->interactions, options->items, &training->data,
			       &training->t->error);
}
