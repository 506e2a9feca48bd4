/*
 * Dates as services write them. A date of three numbers whose order is not written down (1/2/19)
 * stays undecided until the whole file was seen: dates_vote collects what speaks for each order,
 * dates_decide chooses and says why in plain words.
 */
#ifndef TACIT_FORMATS_DATES_H
#define TACIT_FORMATS_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dates_order {
	DATES_MDY,
	DATES_DMY,
	DATES_YMD,
	DATES_ORDERS		/* how many there are */
};

struct dates_raw {
	int32_t part[3];	/* as written; when decided: year, month, day */
	bool decided;		/* the order is certain from the text itself */
	bool has_time;
	int64_t within;		/* milliseconds since midnight, when has_time; less the zone */
	int16_t zone;		/* as clock_parse_iso */
	char separator;		/* '/', '.', '-' or ' ' */
};

/* Exactly `size` bytes. ISO, Y/M/D, three numbers in unknown order, "2 Jan 2019", "Jan 2, 2019",
 * each with or without a time ("14:05", "2:05:09 PM"). False for everything else. */
bool dates_parse(const char *text, size_t size, struct dates_raw *raw);

/* Unix time in seconds or milliseconds, whole or with a fraction. */
bool dates_parse_unix(const char *text, size_t size, int64_t *ms);

/* Day since 1970 of the date read in that order; false when there is no such date. */
bool dates_day(const struct dates_raw *raw, enum dates_order order, int64_t *day);

struct dates_vote {
	uint64_t rows;			/* undecided dates seen */
	uint64_t dotted, dashed;	/* of these with '.', with '-' */
	struct {
		uint64_t impossible;	/* no such date in this order */
		uint64_t future;	/* after `now` */
		uint64_t up, down;	/* steps from one row to the next */
		int64_t last;
		bool any;
	} order[DATES_ORDERS];
};

/* Counts one date, in the order of the file. `now` in days since 1970. */
void dates_vote(struct dates_vote *vote, const struct dates_raw *raw, int64_t now);

/* The order for all the undecided dates, and the sentence about it. Where nothing decides, dots
 * and dashes mean day first and slashes mean `usual`, which `service` explains ("Netflix"). */
enum dates_order dates_decide(const struct dates_vote *vote, enum dates_order usual,
			      const char *service, char *note, size_t max);

#endif
