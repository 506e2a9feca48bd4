/*
 * tacit demo: an invented person whose taste is known, in a home of its own that is removed at the
 * end. It says what is true, what tacit found, and what forgetting does.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cmd.h"

/* Ada: science fiction and film noir, some westerns; one evening her nephew chose. */
static const char *const history[] = {
	"Blade Runner (1982)", "Alien (1979)", "Terminator, The (1984)", "Metropolis (1927)",
	"2001: A Space Odyssey (1968)", "Forbidden Planet (1956)", "Brazil (1985)",
	"Twelve Monkeys (a.k.a. 12 Monkeys) (1995)", "Gattaca (1997)", "Matrix, The (1999)",
	"Third Man, The (1949)", "Big Sleep, The (1946)", "Laura (1944)",
	"Double Indemnity (1944)", "Notorious (1946)", "Touch of Evil (1958)",
	"Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)",
	"High Noon (1952)", "Unforgiven (1992)", "L.A. Confidential (1997)",
	"Chinatown (1974)", "Rear Window (1954)", "North by Northwest (1959)",
	"Close Encounters of the Third Kind (1977)", "Contact (1997)", "Dark City (1998)",
};
static const char nephew[] = "Pokémon: The First Movie (1998)";
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
	char home[64];
	char file[96], key[96];
};

static void step(const char *command)
{
	printf("\n%s$ tacit %s%s\n", cmd_colour() ? "\033[1m" : "", command,
	       cmd_colour() ? "\033[0m" : "");
}

static int write_text(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int failed = fd < 0 || write(fd, data, size) != (ssize_t)size;

	if (fd >= 0)
		failed |= close(fd);
	return failed;
}

static int write_history(const struct demo *demo)
{
	char text[8192];
	size_t used, i;
	int day = 0;

	used = (size_t)snprintf(text, sizeof(text), "time\tverb\titem\n");
	for (i = 0; i < COUNT(history); i++, day += 3)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "20%02d-%02d-%02dT20:15:00Z\twatch\t%s\n", 25,
					 1 + day / 28, 1 + day % 28, history[i]);
	used += (size_t)snprintf(text + used, sizeof(text) - used,
				 "2025-04-01T17:00:00Z\twatch\t%s\n", nephew);
	return write_text(demo->file, text, used);
}

static int begin(struct demo *demo)
{
	struct tacit_options options = TACIT_OPTIONS_INIT;
	struct tacit_secret secret = { NULL, demo->key, 0, 0 };
	const char *temporary = getenv("TMPDIR"), *pack = tacit_pack_path(demo->cmd->t, 0);
	char packs[PATH_MAX];
	unsigned char key[32];
	char *slash;

	if (pack == NULL) {
		fputs("tacit: the demo needs the pack films.pack; set TACIT_PACKS to its folder\n",
		      stderr);
		return CMD_FAILED;
	}
	snprintf(packs, sizeof(packs), "%s", pack);
	slash = strrchr(packs, '/');
	if (slash != NULL)
		*slash = 0;
	if (temporary == NULL || strlen(temporary) > 40)
		temporary = "/tmp";
	snprintf(demo->home, sizeof(demo->home), "%s/tacit-demo-XXXXXX", temporary);
	if (mkdtemp(demo->home) == NULL || getrandom(key, sizeof(key), 0) != sizeof(key)) {
		fprintf(stderr, "tacit: cannot make a folder in %s\n", temporary);
		return CMD_FAILED;
	}
	snprintf(demo->file, sizeof(demo->file), "%s/ada.tsv", demo->home);
	snprintf(demo->key, sizeof(demo->key), "%s/key", demo->home);
	options.home = demo->home;
	options.packs = packs;
	if (write_text(demo->key, key, sizeof(key)) != 0 || write_history(demo) != 0 ||
	    tacit_open(&options, &demo->t) != 0) {
		fprintf(stderr, "tacit: cannot write to %s\n", demo->home);
		return CMD_FAILED;
	}
	return tacit_init(demo->t, &secret);
}

static void remove_all(const struct demo *demo)
{
	static const char *const names[] = { "vault.tacit", "vault.tacit-wal", "vault.tacit-shm",
					     "ada.tsv", "key", "lock", "vault.lock",
					     "vault.tacit.lock" };
	char path[128];
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", demo->home, names[i]);
		unlink(path);
	}
	rmdir(demo->home);
}

static int show_add(struct demo *demo)
{
	const char *path = demo->file;
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
	       "\"%s\" was her nephew's evening.\n", nephew);
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

	snprintf(command, sizeof(command), "forget %s", nephew);
	result = tacit_whatif(demo->t, "films", command, 5, &whatif);
	if (result != 0)
		return result;
	snprintf(command, sizeof(command), "whatif \"forget %s\"", nephew);
	step(command);
	cmd_print_whatif(whatif);
	tacit_whatif_free(whatif);
	return 0;
}

static int show_forget(struct demo *demo)
{
	struct tacit_selection selection = { TACIT_SELECT_ITEM, 0, 0, 0, nephew };
	struct tacit_import *imports;
	struct tacit_counts counts;
	const char *path = demo->file;
	char receipt[65], command[300];
	size_t count;
	int result = tacit_forget(demo->t, &selection, &counts, receipt);

	if (result != 0)
		return result;
	snprintf(command, sizeof(command), "forget \"%s\"", nephew);
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
	int result = begin(&demo);

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
	if (demo.home[0] != 0)
		remove_all(&demo);
	if (result != 0)
		return CMD_FAILED;
	puts("\nYours: tacit init, then tacit add FILE");
	return CMD_OK;
}
