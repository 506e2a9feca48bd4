/* What the parts of the generator of hostile files share; see hostile.c. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Whether every breakage of every good text is made; else the most telling ones. */
extern bool hostile_all;

/* Writes a file of that name (printf) into the folder; counts it. */
void hostile_put(const void *data, size_t size, const char *name, ...)
	__attribute__((format(printf, 3, 4)));
/* The path of a name in the folder, for what is no plain file; counts it. */
const char *hostile_path(const char *name);
void hostile_text(struct bytes *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void hostile_repeat(struct bytes *out, const char *text, size_t times);
/* A small table that is read without complaint. */
extern const char hostile_table[];

void hostile_texts(void);	/* hostile_text.c */
void hostile_archives(void);	/* hostile_archive.c */

#endif
