/* Points by the hour; see track.h. */
#include "track.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "formats/rest.h"

#define POINT_BYTES 64		/* four numbers and what is between them */

void track_init(struct track *track, struct emit *emit)
{
	memset(track, 0, sizeof(*track));
	track->emit = emit;
}

void track_free(struct track *track)
{
	bytes_free(&track->text);
	bytes_free(&track->rest);
}

static int64_t hour_of(int64_t time)
{
	return (time >= 0 ? time : time - (CLOCK_HOUR_MS - 1)) / CLOCK_HOUR_MS;
}

int track_end(struct track *track)
{
	struct act act;
	uint32_t count = track->count;
	int failed;

	if (count == 0)
		return 0;
	emit_blank_act(&act, ACT_ARRIVE, "places");
	act.flags = ACT_NOT_CHOSEN;
	act.time = track->first;
	act.title = emit_text("Location");
	rest_begin(&track->rest);
	rest_put(&track->rest, "track", (struct act_text){ (const char *)track->text.data,
							   (uint32_t)track->text.size });
	act.rest = rest_end(&track->rest);
	track->count = 0;
	bytes_clear(&track->text);
	failed = emit_act(track->emit, &act);
	return failed != 0 ? failed :
	       emit_skip_many(track->emit, "one more point of an hour (kept in its track)",
			      count - 1);
}

int track_point(struct track *track, int64_t time, const struct geo *point, int64_t accuracy)
{
	char text[POINT_BYTES];
	int failed = 0;

	if (!point->known)
		return emit_skip(track->emit, "no place");
	if (track->count > 0 &&
	    (hour_of(time) != hour_of(track->first) || track->count == TRACK_POINTS ||
	     track->text.size + POINT_BYTES > LIMIT_REST_BYTES - 64))
		failed = track_end(track);
	if (failed != 0)
		return failed;
	if (track->count == 0) {
		track->first = track->last = time;
		track->point = (struct geo){ 0, 0, true };
	}
	snprintf(text, sizeof(text), "%s%lld,%lld,%lld,%lld", track->count > 0 ? ";" : "",
		 (long long)(time - track->last),
		 (long long)point->latitude - track->point.latitude,
		 (long long)point->longitude - track->point.longitude,
		 (long long)(accuracy < 0 || accuracy > 99999999 ? -1 : accuracy));
	if (bytes_append_text(&track->text, text) != 0)
		return error_memory(track->emit->error);
	track->last = time;
	track->point = *point;
	track->count++;
	return 0;
}
