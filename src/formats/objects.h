/*
 * JSON exports: the objects of a top-level array, or one object after another (JSON lines). Each
 * object is taken apart where it stands in the window (tape.h), with bounded depth and size; of
 * one that does not parse the extent is found by its brackets, and it costs itself and nothing
 * else. Keys inside an object: the current object is a flat table of texts to its readers.
 */
#ifndef TACIT_FORMATS_OBJECTS_H
#define TACIT_FORMATS_OBJECTS_H

#include "base/act.h"
#include "formats/input.h"
#include "formats/tape.h"

enum objects_result {
	OBJECTS_END,
	OBJECTS_ONE,
	OBJECTS_BAD		/* an object that cannot be read: objects->why says why */
};

struct objects {
	struct input *input;
	const char *why;
	bool inside;		/* in the top-level array, behind its bracket */
	bool members;		/* the top level is an object: the objects of its arrays */
	const char *const *wanted;	/* names of those members, NULL: of every array */
	char member[64];	/* whose array is being read, cut */
	uint32_t endless;	/* objects that did not end within LIMIT_ROW_BYTES, or the file */
	struct tape tape;	/* the current one */
	void (*mend)(char *text, size_t size);	/* what is about to be parsed; or NULL */
	uint32_t key;		/* that objects_next_key gave last */
	uint32_t inner, inner_key;	/* whose members are gone through, and which is next */
};

void objects_open(struct objects *objects, struct input *input);
/* The top level is one object of any size: the objects in those of its members that are arrays and
 * `wanted` (ends with NULL; NULL: all). All else is passed over without being kept. A file that
 * is an array all the same is read as objects_open reads it. */
void objects_open_members(struct objects *objects, struct input *input,
			  const char *const *wanted);
/* Drops what stands before the first bracket where that is "NAME = " of a script. */
int objects_skip_assignment(struct input *input);
void objects_close(struct objects *objects);
int objects_next(struct objects *objects, enum objects_result *result);

/* Room for a number or a truth value as text. */
#define OBJECTS_SCRATCH TAPE_SCRATCH

/* The value of a key as text: strings as they are, numbers and true/false written into scratch,
 * null, arrays, objects and missing keys as an empty text. Good until the next object. */
struct act_text objects_get(const struct objects *objects, const char *key,
			    char scratch[OBJECTS_SCRATCH]);
bool objects_has(const struct objects *objects, const char *key);
/* The same by a path: names with dots between, numbers for places in arrays ("details.0.name"). At
 * most OBJECTS_PATH bytes. */
#define OBJECTS_PATH 160
struct act_text objects_at(const struct objects *objects, const char *path,
			   char scratch[OBJECTS_SCRATCH]);
/* How many elements the array at a path has, or members the object; 0 for anything else. */
size_t objects_count(const struct objects *objects, const char *path);

/* Goes through the members of the object at a path, in their order, with their values as
 * objects_get has them; false behind the last, and where there is no object. Behind each key is a
 * NUL. */
bool objects_first_member(struct objects *objects, const char *path, struct act_text *key,
			  struct act_text *value, char scratch[OBJECTS_SCRATCH]);
bool objects_next_member(struct objects *objects, struct act_text *key, struct act_text *value,
			 char scratch[OBJECTS_SCRATCH]);

/* Goes through the keys of the current object in their order; false after the last. */
bool objects_first_key(struct objects *objects, struct act_text *key);
bool objects_next_key(struct objects *objects, struct act_text *key);

/* The keys of the first object in a piece of JSON, for detection: true when `key` is among them. */
bool objects_sniff(const char *text, size_t size, const char *key);

#endif
