/*
 * The part of reading that happens behind the walls: goes over the files of an export twice (what
 * they need to know of each other, then their rows), looks into archives, chooses readers.
 */
#ifndef TACIT_SOURCES_CHILD_H
#define TACIT_SOURCES_CHILD_H

#include "base/bytes.h"
#include "readers/catalogue.h"
#include "readers/emit.h"
#include "sources/archive.h"

/* What to read. The parent writes it, the child reads it from its job socket. */
struct child_job {
	const char *person;		/* or NULL */
	uint32_t count;
	struct child_file {
		const char *name;
		uint64_t size;
		bool folder;		/* it lies in a folder; false: it was given itself */
	} *files;
	struct bytes text;		/* of the names, when decoded */
};

/* Opens file `index`: *fd is -1 when that is not possible, and the parent says so. */
typedef int child_want(void *context, uint32_t index, int *fd);

struct child {
	struct emit *emit;
	struct error *error;
	const struct child_job *job;
	child_want *want;
	void *context;
	struct catalogue *catalogue;
	struct archive_budget budget;
	struct child_broken {
		int code;
		char *why;		/* it cannot be read, found in the first pass; or NULL */
	} *broken;			/* by file */
	bool reading;			/* the second pass */
	uint64_t done, told, total;	/* bytes, for progress */
};

/* Reads everything; messages go to child->emit. The caller sets the first five fields. */
int child_run(struct child *child);

int child_job_put(struct bytes *out, const struct child_job *job);
int child_job_take(const uint8_t *data, size_t size, struct child_job *job);

/* The process `tacit --reader`: does not return. */
int child_main(void);

#define CHILD_JOB_FD 3
#define CHILD_OUT_FD 4
#define CHILD_JOB_MAX (64u << 20)

#endif
