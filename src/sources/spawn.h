/* Starting the sandboxed child and talking to it, from the parent's side. */
#ifndef TACIT_SOURCES_SPAWN_H
#define TACIT_SOURCES_SPAWN_H

#include <sys/types.h>

#include "base/bytes.h"
#include "sources/receive.h"

struct spawn {
	pid_t pid;
	int job;		/* socket: the job and the files go in */
	int out;		/* pipe: messages come back */
};

/* Runs `PROGRAM --reader` with nothing but these two descriptors and an empty environment. */
int spawn_start(struct spawn *spawn, const char *program, struct error *error);
/* Gives the job, preceded by its size. */
int spawn_send_job(struct spawn *spawn, const struct bytes *job, struct error *error);
/* Gives a file; -1 says that it could not be opened. */
int spawn_send_file(struct spawn *spawn, int fd, struct error *error);
/* Feeds `receive` until the child is done. */
int spawn_receive(struct spawn *spawn, struct receive *receive);
/* Ends and reaps the child. `result` is what is known so far: a child that died badly turns 0
 * into an error with a sentence about `file`. */
int spawn_end(struct spawn *spawn, int result, const char *file, struct error *error);

#endif
