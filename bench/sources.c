/*
 * How fast exports are read, through the sandboxed child and every check of the parent:
 *   build/bench/sources [ROWS]
 * A plain table and an extended Spotify history are made in /tmp, read three times each, and the
 * fastest time counts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "sources/source.h"

static int count_act(void *context, const struct act *act)
{
	uint64_t *acts = context;

	(void)act;
	(*acts)++;
	return 0;
}

static void write_table(FILE *file, long rows)
{
	long i;

	fprintf(file, "time\tverb\titem\ttitle\tcreator\tvalue\n");
	for (i = 0; i < rows; i++)
		fprintf(file, "%ld\tlisten\t\tSong number %ld\tArtist %ld\t\n", 1500000000 + i * 60,
			i % 50000, i % 3000);
}

static void write_spotify(FILE *file, long rows)
{
	long i;

	fprintf(file, "[");
	for (i = 0; i < rows; i++)
		fprintf(file, "%s{\"ts\":\"2021-01-02T03:04:05Z\",\"platform\":\"x\","
			"\"ms_played\":%ld,"
			"\"conn_country\":\"DE\",\"ip_addr\":\"192.0.2.1\","
			"\"master_metadata_track_name\":\"Song %ld\","
			"\"master_metadata_album_artist_name\":\"Artist %ld\","
			"\"master_metadata_album_album_name\":\"Album %ld\","
			"\"spotify_track_uri\":\"spotify:track:%ld\",\"episode_name\":null,"
			"\"episode_show_name\":null,\"reason_start\":\"trackdone\","
			"\"reason_end\":\"trackdone\",\"shuffle\":false,\"skipped\":false,"
			"\"offline\":false,\"incognito_mode\":false}", i > 0 ? ",\n" : "", i,
			i % 5000, i % 100, i % 300, i);
	fprintf(file, "]\n");
}

static int measure(const char *name, void (*make)(FILE *, long), long rows)
{
	char path[] = "/tmp/tacit-bench-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct source_events events = { .act = count_act };
	struct error error;
	struct stat status;
	int64_t best = INT64_MAX;
	uint64_t acts = 0;
	int i;

	if (file == NULL)
		return 1;
	make(file, rows);
	fclose(file);
	for (i = 0; i < 3; i++) {
		int64_t from = clock_now();

		acts = 0;
		events.context = &acts;
		if (source_read(path, NULL, &events, &error) != 0) {
			fprintf(stderr, "%s\n", error.message);
			unlink(path);
			return 1;
		}
		if (clock_now() - from < best)
			best = clock_now() - from;
	}
	stat(path, &status);
	unlink(path);
	best = best == 0 ? 1 : best;
	printf("%-16s %9" PRIu64 " acts %7" PRId64 " ms %9" PRIu64 " acts/s %6" PRId64 " MB/s\n",
	       name, acts, best, acts * 1000 / (uint64_t)best, status.st_size / 1000 / best);
	return 0;
}

int main(int argc, char **argv)
{
	long rows = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;

	if (argc > 1 && strcmp(argv[1], "--reader") == 0)
		return source_child_main();
	return measure("plain table", write_table, rows) |
	       measure("spotify extended", write_spotify, rows / 10);
}
