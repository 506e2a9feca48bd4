/* The account of one source: what was read, kept, skipped and never stored. */
#ifndef TACIT_FORMATS_REPORT_H
#define TACIT_FORMATS_REPORT_H

#include <stddef.h>
#include <stdint.h>

/* As a reading's person: everyone of a data set with many, each act with its person in `text`. For
 * learning a catalogue, never for a vault; only the MovieLens reader knows it. */
#define SOURCE_EVERYONE "*"

/* What a service believes of a person: "instagram: interest", "Cats". */
#define REPORT_KEY 128
#define REPORT_VALUE 256

/* What a reader did with one source (an export, or the part of it that one reader took). */
struct report {
	char file[256];			/* base name of what was given */
	char entry[256];		/* the file inside an archive or folder, "" if none */
	char kind[32];			/* "netflix", "letterboxd" ...; see reader tables */
	uint64_t read;			/* rows that the reader saw */
	uint64_t emitted;		/* acts that it gave, and beliefs */
	size_t skip_count;
	struct report_count {
		char reason[64];
		uint64_t count;
	} skip[32];			/* sum of counts = read - emitted */
	size_t drop_count;
	struct report_count drop[24];	/* fields never stored: rows that had something there */
	char note[256];			/* "dates read as day/month (12 rows decide it)", or "" */
	uint8_t digest[32];		/* BLAKE2b-256 of the file given */
};

#endif
