/* What the address of a page tells: its host, and what was looked for. */
#ifndef TACIT_READERS_GOOGLE_ADDRESS_H
#define TACIT_READERS_GOOGLE_ADDRESS_H

#include <stdbool.h>

#include "base/act.h"
#include "base/bytes.h"

/* "https://www.example.org:80/a" -> "example.org"; of Google's redirections, the host of where they
 * lead ("https://www.google.com/url?q=https://..."). Empty for what is no page of the web. */
struct act_text google_address_host(struct act_text address);
bool google_address_has(struct act_text address, const char *part);
/* The value of a name in the query, decoded ("q=a+b%20c" -> "a b c"), in `out`; or empty. */
struct act_text google_address_query(struct act_text address, const char *name, struct bytes *out);
/* What the address of a search was for (Google, YouTube, and others that write "q="), or empty. */
struct act_text google_address_search(struct act_text address, struct bytes *out);

#endif
