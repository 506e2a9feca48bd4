/*
 * Ada, an invented person whose taste is known, in a temporary home of her own: for the demo and
 * the sandbox. Nothing of the real person is touched.
 */
#ifndef TACIT_CMD_ADA_H
#define TACIT_CMD_ADA_H

#include <limits.h>

#include "cmd.h"

struct ada {
	char home[64], file[96], key[96];
	char packs[PATH_MAX];
};

/* One evening of her history was her nephew's. */
extern const char ada_nephew[];

/* Makes the home with her history and a key file in it; on failure the line is printed, and
 * ada_remove is to be called all the same. `name` is part of the folder's. */
int ada_home(const struct cmd *cmd, const char *name, struct ada *out);
/* Opens a handle on it and makes the vault, which is empty. *out is set where there is a handle. */
int ada_open(const struct ada *ada, struct tacit **out);
/* Removes it all. */
void ada_remove(const struct ada *ada);

#endif
