/* Which reader a file is for, told by its content. */
#ifndef TACIT_READERS_DETECT_H
#define TACIT_READERS_DETECT_H

#include "readers/reader.h"

/* Looks at the first window of the input, which must be open and unread. NULL: none knows it.
 * *sniff stays valid, apart from its text, as long as `header` does. */
int detect_reader(struct input *input, const char *name, struct csv *header, struct sniff *sniff,
		  const struct reader **reader);
/* The table: NULL behind the last. */
const struct reader *detect_table(size_t index);

/* True when the header has the column. */
bool detect_column(const struct sniff *sniff, const char *name);
/* True when the header has all the columns, a list that ends with NULL. */
bool detect_columns(const struct sniff *sniff, const char *const *names);
/* True for JSON whose first object has the key. */
bool detect_key(const struct sniff *sniff, const char *key);

#endif
