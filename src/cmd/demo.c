/*
 * tacit demo: an invented person whose taste is known, in a home of its own that is removed at the
 * end. It says what is true, what tacit found, and what forgetting does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ada.h"

/* What she took next, and tacit has not seen. */
static const char *const truth[] = {
	"Maltese Falcon, The (1941)", "Vertigo (1958)", "Aliens (1986)",
	"Sunset Blvd. (a.k.a. Sunset Boulevard) (1950)", "Day the Earth Stood Still, The (1951)",
	"Strangers on a Train (1951)",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct demo {
	struct cmd *cmd;
	struct tacit *t;
	struct ada ada;
};

static void step(const char *command)
{
	printf("\n%s$ tacit %s%s\n", cmd_colour() ? "\033[1m" : "", command,
	       cmd_colour() ? "\033[0m" : "");
}

static int show_add(struct demo *demo)
{
	const char *path = demo->ada.file;
	struct tacit_import *imports;
	size_t count;
	int result = tacit_add(demo->t, &path, 1, NULL, &imports, &count);

	step("add ada.tsv");
	if (result == 0)
		cmd_print_imports(imports, count);
	free(imports);
	return result;
}

static int show_me(struct demo *demo)
{
	struct tacit_taste *taste;
	size_t count;
	int result = tacit_me(demo->t, &taste, &count);

	if (result != 0)
		return result;
	step("me");
	cmd_print_me(taste, count);
	printf("\nTrue: Ada loves science fiction and film noir.\n"
	       "\"%s\" was her nephew's evening.\n", ada_nephew);
	free(taste);
	return 0;
}

static int show_next(struct demo *demo, char first[300])
{
	struct tacit_next_options options = TACIT_NEXT_OPTIONS_INIT;
	struct tacit_answer *answer;
	int result;

	options.count = 5;
	result = tacit_next(demo->t, "films", &options, &answer);
	if (result != 0)
		return result;
	step("next films -n 5");
	cmd_print_answer(answer, 2);
	first[0] = 0;
	if (answer->count > 0)
		cmd_name(&answer->suggestion[0], first, 300);
	tacit_answer_free(answer);
	return 0;
}

/* Where the films that she really took next stand among all. */
static int show_truth(struct demo *demo)
{
	struct tacit_answer *answer;
	size_t i, among = 0;

	puts("\nTrue: what Ada took next, which tacit has not seen, and where tacit had it among\n"
	     "all films of the catalogue:\n");
	for (i = 0; i < COUNT(truth); i++) {
		int result = tacit_why(demo->t, "films", truth[i], &answer);

		if (result != 0)
			return result;
		printf("%6u  ", answer->suggestion[0].rank);
		cmd_rest(truth[i], 60);
		putchar('\n');
		among += answer->suggestion[0].rank <= 100;
		tacit_answer_free(answer);
	}
	printf("\n%zu of %zu are among the first 100.\n", among, COUNT(truth));
	return 0;
}

static int show_why(struct demo *demo, const char *title)
{
	struct tacit_answer *answer;
	char command[320];
	int result = tacit_why(demo->t, "films", title, &answer);

	if (result != 0)
		return result;
	snprintf(command, sizeof(command), "why \"%s\"", title);
	step(command);
	cmd_print_why(answer, 6);
	tacit_answer_free(answer);
	return 0;
}

static int show_whatif(struct demo *demo)
{
	struct tacit_whatif *whatif;
	char command[300];
	int result;

	snprintf(command, sizeof(command), "forget %s", ada_nephew);
	result = tacit_whatif(demo->t, "films", command, 5, &whatif);
	if (result != 0)
		return result;
	snprintf(command, sizeof(command), "whatif \"forget %s\"", ada_nephew);
	step(command);
	cmd_print_whatif(whatif);
	tacit_whatif_free(whatif);
	return 0;
}

static int show_forget(struct demo *demo)
{
	struct tacit_selection selection = { TACIT_SELECT_ITEM, 0, 0, 0, ada_nephew };
	struct tacit_import *imports;
	struct tacit_counts counts;
	const char *path = demo->ada.file;
	char receipt[65], command[300];
	size_t count;
	int result = tacit_forget(demo->t, &selection, &counts, receipt);

	if (result != 0)
		return result;
	snprintf(command, sizeof(command), "forget \"%s\"", ada_nephew);
	step(command);
	printf("Forgotten: %llu %s. The same file again does not bring it back:\n",
	       (unsigned long long)counts.events, cmd_events(counts.events));
	result = tacit_add(demo->t, &path, 1, NULL, &imports, &count);
	step("add ada.tsv");
	if (result == 0)
		cmd_print_imports(imports, count);
	free(imports);
	return result;
}

int cmd_demo(struct cmd *cmd)
{
	struct demo demo = { .cmd = cmd };
	char first[300];
	int result = ada_home(cmd, "tacit-demo", &demo.ada);

	if (result == 0)
		result = ada_open(&demo.ada, &demo.t);
	puts("Ada is invented; so that you can check tacit, her taste is known. Nothing of\n"
	     "yours is touched: this runs in a folder of its own, encrypted, removed at the\n"
	     "end.");
	if (result == 0)
		result = show_add(&demo);
	if (result == 0)
		result = show_me(&demo);
	if (result == 0)
		result = show_next(&demo, first);
	if (result == 0)
		result = show_truth(&demo);
	if (result == 0)
		result = show_why(&demo, first);
	if (result == 0)
		result = show_whatif(&demo);
	if (result == 0)
		result = show_forget(&demo);
	if (result < 0 && demo.t != NULL)
		fprintf(stderr, "tacit: %s\n", tacit_error(demo.t));
	tacit_close(demo.t);
	ada_remove(&demo.ada);
	if (result != 0)
		return CMD_FAILED;
	puts("\nYours: tacit init, then tacit add FILE");
	return CMD_OK;
}
