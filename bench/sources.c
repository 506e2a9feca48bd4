/*
 * How fast exports are read, through the sandboxed child and every check of the parent, without a
 * vault:
 *   build/bench/sources make SHAPE MB	an invented export of that shape and about that size, to
 *					standard output; without a shape: the names of all
 *   build/bench/sources read FILE	reads it once: MB, seconds on the clock, processor seconds
 *					of child and parent, the child's most memory in MB, acts
 * bench/reading.sh puts both together and sets other programs beside them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "sources/source.h"

/* Writes row `i`; time goes on by a minute with each row. */
typedef void write_row(FILE *file, long i);

struct when {
	int year, month, day, hour, minute;
};

static struct when when(long i)
{
	return (struct when){ 2015 + (int)(i / (1440 * 28 * 12)) % 10,
			      (int)(i / (1440 * 28)) % 12 + 1, (int)(i / 1440) % 28 + 1,
			      (int)(i / 60) % 24, (int)i % 60 };
}

/* Records.json of Google, as written by Takeout: indented, most points with what is dropped. */
static void records_row(FILE *file, long i)
{
	struct when t = when(i);

	fprintf(file, "%s{\n    \"latitudeE7\": %ld,\n    \"longitudeE7\": %ld,\n"
		"    \"accuracy\": %ld,\n    \"altitude\": %ld,\n    \"verticalAccuracy\": 2,\n",
		i > 0 ? ", " : "", 525200000 + i * 37 % 90000, 134050000 + i * 53 % 90000,
		10 + i % 50, 30 + i % 40);
	if (i % 3 == 0)
		fprintf(file, "    \"activity\": [{\n      \"activity\": [{\n        \"type\": "
			"\"STILL\",\n        \"confidence\": 62\n      }, {\n        \"type\": "
			"\"UNKNOWN\",\n        \"confidence\": 30\n      }, {\n        \"type\": "
			"\"IN_VEHICLE\",\n        \"confidence\": 8\n      }],\n      "
			"\"timestamp\": \"%04d-%02d-%02dT%02d:%02d:07.482Z\"\n    }],\n", t.year,
			t.month, t.day, t.hour, t.minute);
	fprintf(file, "    \"source\": \"WIFI\",\n    \"deviceTag\": 1234567890,\n"
		"    \"platformType\": \"ANDROID\",\n    \"serverTimestamp\": "
		"\"%04d-%02d-%02dT%02d:%02d:41.120Z\",\n    \"timestamp\": "
		"\"%04d-%02d-%02dT%02d:%02d:07.482Z\"\n  }", t.year, t.month, t.day, t.hour,
		t.minute, t.year, t.month, t.day, t.hour, t.minute);
}

static void activity_row(FILE *file, long i)
{
	struct when t = when(i);

	fprintf(file, "%s{\n  \"header\": \"YouTube\",\n  \"title\": \"Watched Film number %ld "
		"\xe2\x80\x93 the \\\"best\\\" of it\",\n  \"titleUrl\": "
		"\"https://www.youtube.com/watch?v\\u003da%010ld\",\n  \"subtitles\": [{\n    "
		"\"name\": \"Channel %ld\",\n    \"url\": "
		"\"https://www.youtube.com/channel/UC%020ld\"\n  }],\n  \"time\": "
		"\"%04d-%02d-%02dT%02d:%02d:12.345Z\",\n  \"products\": [\"YouTube\"],\n  "
		"\"activityControls\": [\"YouTube watch history\"]\n}", i > 0 ? "," : "", i,
		i * 7919 % 99999, i % 900, i % 900, t.year, t.month, t.day, t.hour, t.minute);
}

static void spotify_row(FILE *file, long i)
{
	struct when t = when(i);

	fprintf(file, "%s{\"ts\":\"%04d-%02d-%02dT%02d:%02d:05Z\",\"platform\":\"android\","
		"\"ms_played\":%ld,\"conn_country\":\"DE\",\"ip_addr\":\"192.0.2.1\","
		"\"master_metadata_track_name\":\"Song %ld\","
		"\"master_metadata_album_artist_name\":\"Artist %ld\","
		"\"master_metadata_album_album_name\":\"Album %ld\","
		"\"spotify_track_uri\":\"spotify:track:%022ld\",\"episode_name\":null,"
		"\"episode_show_name\":null,\"spotify_episode_uri\":null,\"audiobook_title\":null,"
		"\"audiobook_uri\":null,\"audiobook_chapter_uri\":null,"
		"\"audiobook_chapter_title\":null,\"reason_start\":\"trackdone\","
		"\"reason_end\":\"trackdone\",\"shuffle\":false,\"skipped\":false,"
		"\"offline\":false,\"offline_timestamp\":%ld,\"incognito_mode\":false}",
		i > 0 ? "," : "", t.year, t.month, t.day, t.hour, t.minute, i % 240000, i % 5000,
		i % 100, i % 300, i % 5000, 1500000000 + i * 60);
}

static void amazon_row(FILE *file, long i)
{
	struct when t = when(i);

	fprintf(file, "\"Amazon.com\",\"%03ld-%07ld-%07ld\",\"%04d-%02d-%02dT%02d:%02d:14Z\","
		"\"Not Applicable\",\"USD\",\"%ld.99\",\"1.2\",\"0\",\"'0'\",\"%ld.19\",\"'0'\","
		"\"B0%08ld\",\"New\",\"1\",\"Visa - 1234\",\"Closed\",\"Shipped\","
		"\"%04d-%02d-%02dT%02d:%02d:33Z\",\"std-us\",\"A person 1 Main Street Town\","
		"\"A person 1 Main Street Town\",\"CARRIER(1Z%ld)\",\"Kettle number %ld, 1.7 l, "
		"steel, \"\"quiet\"\"\",\"Not Available\",\"Not Available\",\"Not Available\","
		"\"Not Available\"\n", i % 999, i % 9999999, i * 31 % 9999999, t.year, t.month,
		t.day, t.hour, t.minute, i % 90, i % 90 + 1, i % 99999999, t.year, t.month, t.day,
		t.hour, t.minute, i, i);
}

static void letterboxd_row(FILE *file, long i)
{
	struct when t = when(i * 1440);

	fprintf(file, "%04d-%02d-%02d,%sFilm number %ld%s,%ld,https://boxd.it/%lx,%ld.5,,%s,"
		"%04d-%02d-%02d\n", t.year, t.month, t.day, i % 5 == 0 ? "\"" : "", i,
		i % 5 == 0 ? ", or the other\"" : "", 1930 + i % 95, i, i % 5,
		i % 3 == 0 ? "\"cinema, with friends\"" : "", t.year, t.month, t.day);
}

static void lastfm_row(FILE *file, long i)
{
	struct when t = when(i);

	fprintf(file, "\"%ld\",\"%02d Jan %04d, %02d:%02d\",\"Artist %ld\","
		"\"0383dadf-2a4e-4d10-a46a-%012ld\",\"Album %ld\","
		"\"b1a9c0e9-d987-4042-ae91-%012ld\",\"Song %ld\","
		"\"2cd9f4d4-3b11-4a4f-a6a1-%012ld\"\n", 1420000000 + i * 60, t.day, t.year,
		t.hour, t.minute, i % 900, i % 900, i % 3000, i % 3000, i % 50000, i % 50000);
}

static void health_row(FILE *file, long i)
{
	static const char *const types[] = { "StepCount", "DistanceWalkingRunning", "HeartRate",
					     "ActiveEnergyBurned", "BasalEnergyBurned" };
	static const char *const unit[] = { "count", "km", "count/min", "kcal", "kcal" };
	struct when t = when(i / 5);

	fprintf(file, " <Record type=\"HKQuantityTypeIdentifier%s\" sourceName=\"Apple\xc2\xa0"
		"Watch of somebody\" sourceVersion=\"8.3\" device=\"&lt;&lt;HKDevice: "
		"0x283f0a8a0&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, "
		"hardware:Watch6,2, software:8.3&gt;\" unit=\"%s\" creationDate=\"%04d-%02d-%02d "
		"%02d:%02d:40 +0100\" startDate=\"%04d-%02d-%02d %02d:%02d:02 +0100\" "
		"endDate=\"%04d-%02d-%02d %02d:%02d:38 +0100\" value=\"%ld\"/>\n",
		types[i % 5], unit[i % 5], t.year, t.month, t.day, t.hour, t.minute, t.year,
		t.month, t.day, t.hour, t.minute, t.year, t.month, t.day, t.hour, t.minute,
		i % 120 + 1);
}

static const struct shape {
	const char *name, *head;
	write_row *row;
	const char *tail;
} shapes[] = {
	{ "records.json", "{\n  \"locations\": [", records_row, "]\n}\n" },
	{ "activity.json", "[", activity_row, "]\n" },
	{ "spotify.json", "[", spotify_row, "]\n" },
	{ "amazon.csv", "\"Website\",\"Order ID\",\"Order Date\",\"Purchase Order Number\","
	  "\"Currency\",\"Unit Price\",\"Unit Price Tax\",\"Shipping Charge\","
	  "\"Total Discounts\",\"Total Owed\",\"Shipment Item Subtotal Tax\",\"ASIN\","
	  "\"Product Condition\",\"Quantity\",\"Payment Instrument Type\",\"Order Status\","
	  "\"Shipment Status\",\"Ship Date\",\"Shipping Option\",\"Shipping Address\","
	  "\"Billing Address\",\"Carrier Name & Tracking Number\",\"Product Name\","
	  "\"Gift Message\",\"Gift Sender Name\",\"Gift Recipient Contact Details\","
	  "\"Item Serial Number\"\n", amazon_row, "" },
	{ "diary.csv", "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n",
	  letterboxd_row, "" },
	{ "lastfm.csv", "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n",
	  lastfm_row, "" },
	{ "health.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE HealthData [\n"
	  "<!ELEMENT HealthData (Record*)>\n<!ATTLIST HealthData locale CDATA #REQUIRED>\n]>\n"
	  "<HealthData locale=\"de_DE\">\n <ExportDate value=\"2024-01-02 10:11:12 +0100\"/>\n",
	  health_row, "</HealthData>\n" },
};

static int make(const char *name, long megabytes)
{
	const struct shape *shape = NULL;
	size_t i;
	long row;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (name == NULL)
			puts(shapes[i].name);
		else if (strcmp(shapes[i].name, name) == 0)
			shape = &shapes[i];
	if (name == NULL)
		return 0;
	if (shape == NULL)
		return fprintf(stderr, "sources: no shape %s\n", name), 2;
	fputs(shape->head, stdout);
	for (row = 0; row % 1000 != 0 || ftello(stdout) < megabytes * 1000000; row++)
		shape->row(stdout, row);
	fputs(shape->tail, stdout);
	return fflush(stdout) != 0;
}

static int count_act(void *context, const struct act *act)
{
	uint64_t *acts = context;

	(void)act;
	(*acts)++;
	return 0;
}

static double seconds(int who, double *memory)
{
	struct rusage usage;

	getrusage(who, &usage);
	*memory = (double)usage.ru_maxrss / 1000;
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int read_one(const char *path)
{
	uint64_t acts = 0;
	struct source_events events = { .context = &acts, .act = count_act };
	double from = clock_seconds(), clock, child, parent, memory, own;
	struct error error;
	struct stat status;

	if (stat(path, &status) != 0 || source_read(path, NULL, &events, &error) != 0) {
		fprintf(stderr, "sources: %s: %s\n", path, error.message);
		return 1;
	}
	clock = clock_seconds() - from;
	child = seconds(RUSAGE_CHILDREN, &memory);
	parent = seconds(RUSAGE_SELF, &own);
	printf("%.1f %.3f %.3f %.3f %.0f %" PRIu64 "\n", (double)status.st_size / 1e6, clock,
	       child, parent, memory, acts);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--reader") == 0)
		return source_child_main();
	if (argc > 1 && strcmp(argv[1], "make") == 0)
		return make(argc > 2 ? argv[2] : NULL, argc > 3 ? strtol(argv[3], NULL, 10) : 10);
	if (argc > 2 && strcmp(argv[1], "read") == 0)
		return read_one(argv[2]);
	fprintf(stderr, "usage: sources make [SHAPE MB] | sources read FILE\n");
	return 2;
}
