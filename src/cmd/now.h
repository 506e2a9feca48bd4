/* Shared by the commands about the moment: now, its settings, places. */
#ifndef TACIT_CMD_NOW_H
#define TACIT_CMD_NOW_H

#include "cmd.h"

/* "2026-11-22 08:00" as a clock here shows it, or with a zone; false on anything else. */
bool cmd_take_time(const char *text, int64_t *out);
/* The same of a time: local, to the minute. */
void cmd_local(char out[24], int64_t at);
/* `tacit now WORD...`: settings, outcomes, the scorecard. */
int cmd_now_words(struct cmd *cmd);

#endif
