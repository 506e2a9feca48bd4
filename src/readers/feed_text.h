/* What feeds write in ways of their own: dates of e-mail, titles with HTML, links that follow. */
#ifndef TACIT_READERS_FEED_TEXT_H
#define TACIT_READERS_FEED_TEXT_H

#include <stdbool.h>

#include "base/act.h"
#include "base/bytes.h"

/* "Sat, 07 Sep 2002 09:42:31 +0200", "7 Sep 02 9:42 EST" (RFC 822 and what is near it). zone in
 * minutes, ACT_ZONE_UNKNOWN for GMT and where *zoned is false: there is none that is known. */
bool feed_text_date(struct act_text text, int64_t *ms, int16_t *zone, bool *zoned);
/* The title without its tags and with its entities resolved, in `out`. */
struct act_text feed_text_title(struct act_text text, struct bytes *out);
/* A page's address without what follows its readers ("utm_source") or lets them in ("token"), in
 * `out`; *cut where something was left out. Empty for what is no page of the web or has a login. */
struct act_text feed_text_link(struct act_text text, struct bytes *out, bool *cut);

#endif
