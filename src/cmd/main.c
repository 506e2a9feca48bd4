/* Finds the subcommand, reads its flags, runs it. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

const char *cmd_flag(const struct cmd *cmd, const char *name)
{
	size_t i;

	for (i = 0; i < CMD_FLAGS_MAX && cmd->command->flags[i].name != NULL; i++)
		if (strcmp(cmd->command->flags[i].name, name) == 0)
			return cmd->value[i];
	return NULL;
}

int cmd_usage(const struct cmd *cmd, const char *sentence)
{
	fprintf(stderr, "tacit %s: %s\n  tacit %s %s\n  tacit %s --help\n", cmd->command->name,
		sentence, cmd->command->name, cmd->command->words, cmd->command->name);
	return CMD_USAGE;
}

bool cmd_whole(const char *text, uint64_t most, uint64_t *out)
{
	const char *at = text;
	uint64_t value = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		if (value > (UINT64_MAX - 9) / 10)
			return false;
		value = value * 10 + (uint64_t)(*at - '0');
	}
	*out = value;
	return at != text && *at == 0 && value <= most;
}

uint64_t cmd_number(const struct cmd *cmd, const char *name, uint64_t least, uint64_t most,
		    uint64_t otherwise)
{
	const char *text = cmd_flag(cmd, name);
	uint64_t value;

	if (text == NULL)
		return otherwise;
	if (!cmd_whole(text, most, &value) || value < least) {
		fprintf(stderr, "tacit %s: --%s takes a whole number from %llu to %llu, not "
			"\"%s\"\n", cmd->command->name, name, (unsigned long long)least,
			(unsigned long long)most, text);
		exit(CMD_USAGE);
	}
	return value;
}

char *cmd_joined(const struct cmd *cmd, size_t from)
{
	size_t size = 1, i;
	char *out;

	for (i = from; i < cmd->words; i++)
		size += strlen(cmd->word[i]) + 1;
	out = from < cmd->words ? calloc(1, size) : NULL;
	for (i = from, size = 0; out != NULL && i < cmd->words; i++) {
		size_t length = strlen(cmd->word[i]);

		if (i > from)
			out[size++] = ' ';
		memcpy(out + size, cmd->word[i], length);
		size += length;
	}
	return out;
}

int cmd_fail(const struct cmd *cmd, int result)
{
	cmd_progress(NULL);
	fprintf(stderr, "tacit: %s\n", tacit_error(cmd->t));
	return result == TACIT_E_UNKNOWN ? CMD_UNKNOWN : CMD_FAILED;
}

/* ---- help ------------------------------------------------------------------------------ */

static void print_flag(const struct cmd_flag *flag)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s%s", flag->name[1] == 0 ? "-" : "--", flag->name,
		 flag->value != NULL ? " " : "", flag->value != NULL ? flag->value : "");
	printf("  %-24s %s\n", name, flag->help);
}

static int help_on(const struct cmd_command *command)
{
	size_t i;

	const char *title, *kind;

	printf("tacit %s%s%s\n\n%s\n", command->name, command->words[0] == 0 ? "" : " ",
	       command->words, command->help);
	for (i = 0; strcmp(command->name, "add") == 0 && (kind = tacit_kind(i, &title)) != NULL;
	     i++)
		printf("%s  %-18s %s\n", i == 0 ? "\nWhat it reads:\n" : "", kind, title);
	printf("\n  %-24s %s\n", "--json", "for programs");
	for (i = 0; i < CMD_FLAGS_MAX && command->flags[i].name != NULL; i++)
		print_flag(&command->flags[i]);
	printf("\nExample:\n%s\n", command->example);
	return CMD_OK;
}

static int help_all(void)
{
	size_t i;

	puts("tacit: what services know about you, on your machine, for you.\n");
	for (i = 0; i < cmd_command_count; i++)
		if (cmd_commands[i].summary != NULL)
			printf("  %-10s %s\n", cmd_commands[i].name, cmd_commands[i].summary);
	puts("\ntacit COMMAND --help shows an example. TACIT_HOME moves everything\n"
	     "(default ~/.local/share/tacit); TACIT_PASSPHRASE_FILE serves scripts.");
	return CMD_OK;
}

/* ---- reading the line ------------------------------------------------------------------ */

/* The last value of a flag counts, unless it may be repeated ("K..."). False: it was too often. */
static bool keep_value(struct cmd *cmd, size_t flag, const char *value)
{
	cmd->value[flag] = value;
	if (strstr(cmd->command->flags[flag].value, "...") == NULL)
		return true;
	if (cmd->givens == CMD_GIVEN_MAX)
		return false;
	cmd->given[cmd->givens++] = value;
	return true;
}

/* Takes one flag at argv[at]; how many arguments it used, 0 when it is unknown. */
static int take_flag(struct cmd *cmd, int argc, char **argv, int at)
{
	const char *name = argv[at] + 1 + (argv[at][1] == '-');
	const char *equals = strchr(name, '=');
	size_t size = equals != NULL ? (size_t)(equals - name) : strlen(name), i;

	for (i = 0; i < CMD_FLAGS_MAX && cmd->command->flags[i].name != NULL; i++) {
		const struct cmd_flag *flag = &cmd->command->flags[i];

		if (strlen(flag->name) != size || strncmp(flag->name, name, size) != 0)
			continue;
		if (flag->value == NULL) {
			cmd->value[i] = "";
			return equals == NULL ? 1 : 0;
		}
		if (equals != NULL) {
			return keep_value(cmd, i, equals + 1) ? 1 : 0;
		}
		if (at + 1 >= argc)
			return 0;
		return keep_value(cmd, i, argv[at + 1]) ? 2 : 0;
	}
	return 0;
}

static int read_words(struct cmd *cmd, int argc, char **argv, int at)
{
	bool flags = true;

	while (at < argc) {
		int used;

		if (!flags || argv[at][0] != '-' || argv[at][1] == 0) {
			if (cmd->words == CMD_WORDS_MAX)
				return cmd_usage(cmd, "too many words");
			cmd->word[cmd->words++] = argv[at++];
		} else if (strcmp(argv[at], "--") == 0) {
			flags = false;
			at++;
		} else if (strcmp(argv[at], "--json") == 0) {
			cmd->json = true;
			at++;
		} else if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
			exit(help_on(cmd->command));
		} else {
			used = take_flag(cmd, argc, argv, at);
			if (used == 0) {
				fprintf(stderr, "tacit %s: \"%s\" is no flag of it, or its value "
					"is missing; see: tacit %s --help\n", cmd->command->name,
					argv[at], cmd->command->name);
				return CMD_USAGE;
			}
			at += used;
		}
	}
	return CMD_OK;
}

/* Packs lie beside the program when it runs from where it was built. */
static void find_packs(char *out, size_t max)
{
	char program[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);
	const char *asked = getenv("TACIT_PACKS");
	char *slash;
	int i;

	if (asked != NULL && *asked != 0) {
		snprintf(out, max, "%s", asked);
		return;
	}
	program[size < 0 ? 0 : size] = 0;
	for (i = 0; i < 2; i++)
		if ((slash = strrchr(program, '/')) != NULL)
			*slash = 0;
	snprintf(out, max, "%s/packs", program);
}

static const struct cmd_command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < cmd_command_count; i++)
		if (strcmp(cmd_commands[i].name, name) == 0)
			return &cmd_commands[i];
	return NULL;
}

static int list_commands(void)
{
	size_t i;

	for (i = 0; i < cmd_command_count; i++)
		puts(cmd_commands[i].name);
	return CMD_OK;
}

int main(int argc, char **argv)
{
	static struct cmd cmd;
	struct tacit_options options = TACIT_OPTIONS_INIT;
	const char *name = argc > 1 && argv[1][0] != '-' ? argv[1] : "status";
	char packs[PATH_MAX + 8];
	unsigned processes;
	int status;

	if (argc == 2 && strcmp(argv[1], "--reader") == 0)
		return tacit_reader_main();
	if (argc == 2 && strcmp(argv[1], "--commands") == 0)
		return list_commands();
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		tacit_process(&processes);
		return puts(processes > 0 ? "tacit " TACIT_VERSION ", with Open MPI" :
			    "tacit " TACIT_VERSION) < 0;
	}
	if ((argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) ||
	    (argc == 2 && strcmp(argv[1], "help") == 0))
		return help_all();
	if (argc > 2 && strcmp(argv[1], "help") == 0 && find_command(argv[2]) != NULL)
		return help_on(find_command(argv[2]));
	cmd.command = find_command(name);
	cmd.arguments = argv;
	if (cmd.command == NULL) {
		fprintf(stderr, "tacit: there is no command \"%s\"; see: tacit --help\n", name);
		return CMD_USAGE;
	}
	status = read_words(&cmd, argc, argv, argc > 1 && argv[1][0] != '-' ? 2 : 1);
	if (status != CMD_OK)
		return status;
	find_packs(packs, sizeof(packs));
	options.packs = packs;
	if (tacit_open(&options, &cmd.t) != 0) {
		fprintf(stderr, "tacit: %s\n", tacit_error(NULL));
		return CMD_FAILED;
	}
	status = cmd.command->run(&cmd);
	tacit_close(cmd.t);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("tacit: the output could not be written\n", stderr);
		return CMD_FAILED;
	}
	return status;
}
