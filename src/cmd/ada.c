/* Her history, her home, and its end. */
#include "ada.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Science fiction and film noir, some westerns; one evening her nephew chose. */
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
const char ada_nephew[] = "Pokémon: The First Movie (1998)";

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int write_text(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int failed = fd < 0 || write(fd, data, size) != (ssize_t)size;

	if (fd >= 0)
		failed |= close(fd);
	return failed;
}

static int write_history(const char *path)
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
				 "2025-04-01T17:00:00Z\twatch\t%s\n", ada_nephew);
	return write_text(path, text, used);
}

int ada_home(const struct cmd *cmd, const char *name, struct ada *out)
{
	const char *temporary = getenv("TMPDIR"), *pack = tacit_pack_path(cmd->t, 0);
	unsigned char key[32];
	char *slash;

	memset(out, 0, sizeof(*out));
	if (pack == NULL)
		return cmd_refuse("this needs the pack films.pack; set TACIT_PACKS to its folder");
	snprintf(out->packs, sizeof(out->packs), "%s", pack);
	slash = strrchr(out->packs, '/');
	if (slash != NULL)
		*slash = 0;
	if (temporary == NULL || strlen(temporary) > 40)
		temporary = "/tmp";
	snprintf(out->home, sizeof(out->home), "%.40s/%.13s-XXXXXX", temporary, name);
	if (mkdtemp(out->home) == NULL || getrandom(key, sizeof(key), 0) != sizeof(key)) {
		out->home[0] = 0;
		return cmd_refuse("cannot make a folder in %s", temporary);
	}
	snprintf(out->file, sizeof(out->file), "%s/ada.tsv", out->home);
	snprintf(out->key, sizeof(out->key), "%s/key", out->home);
	if (write_text(out->key, key, sizeof(key)) != 0 || write_history(out->file) != 0)
		return cmd_refuse("cannot write to %s", out->home);
	return CMD_OK;
}

int ada_open(const struct ada *ada, struct tacit **out)
{
	struct tacit_options options = TACIT_OPTIONS_INIT;
	struct tacit_secret secret = { NULL, ada->key, 0, 0 };

	options.home = ada->home;
	options.packs = ada->packs;
	return tacit_open(&options, out) != 0 ? TACIT_E_IO : tacit_init(*out, &secret);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status;
	(void)kind;
	(void)ftw;
	remove(path);	/* what cannot be removed is left, and the rest goes */
	return 0;
}

void ada_remove(const struct ada *ada)
{
	if (ada->home[0] != 0)
		nftw(ada->home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
