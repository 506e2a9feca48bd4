/* Google Takeout: YouTube's histories and My Activity, as JSON and as HTML pages. */
#ifndef TACIT_READERS_GOOGLE_ACTIVITY_H
#define TACIT_READERS_GOOGLE_ACTIVITY_H

#include "readers/reader.h"

/* One activity, whatever it was written in. */
struct google_record {
	struct act_text product;	/* "YouTube", "Search"; in the language of the account */
	struct act_text title;		/* the sentence */
	struct act_text link;		/* the text of its link, where known */
	struct act_text address;	/* of the link */
	struct act_text second;		/* the line below the title: a channel */
	bool advert;
	int64_t time;
	int16_t zone;
};

/* Emits or skips it; `room` for texts that are made anew. */
int google_record_take(struct emit *emit, const struct google_record *record, struct bytes room[2]);
/* Whether a detail says that Google's advertisements brought it. */
bool google_is_advert(struct act_text detail);

extern const struct reader google_activity;
extern const struct reader google_page;

#endif
