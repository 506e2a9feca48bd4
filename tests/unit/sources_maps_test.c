/* KML and GeoJSON: invented files with the acts written by hand, and other projects' counted by hand. */
#include "sources_record.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/file.h"

#define SHARED "../shared/data/"
#define DAWARICH SHARED "location/dawarich/spec/fixtures/files/"
#define TRACKINTEL SHARED "geolife/trackintel/tests/data/"

static uint64_t dropped(const struct report *report, const char *field)
{
	size_t i;

	for (i = 0; i < report->drop_count; i++)
		if (strcmp(report->drop[i].reason, field) == 0)
			return report->drop[i].count;
	return 0;
}

static struct record *read_text(const char *name, const char *text, const char *const *lines,
				size_t count)
{
	char folder[] = "/tmp/tacit-maps-XXXXXX", path[256];
	struct record *record;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	record_write(path, text, strlen(text));
	record = record_expect(path, NULL, lines, count);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	return record;
}

#define EXPECT(name, text, lines) read_text(name, text, lines, sizeof(lines) / sizeof(*lines))

static void test_kml(void **state)
{
	static const char *const lines[] = {
		"2024-01-10T09:00:00.000Z arrive places|Library|-|-|-|28800|-|geo:37.4220000,-122.0841000|-|-",
		"2024-01-11T09:00:00.000Z+120 arrive places|Pier|-|-|-|-|-|geo:1.5000000,2.5000000|-|-",
		"2024-01-12T08:00:00.000Z exercise health|Walking|-|-|-|600|-|-|-|"
		"{\"distance_m\":\"812\",\"start\":\"geo:1.0000000,2.0000000\",\"end\":\"geo:1.2000000,2.2000000\"}",
		/* 2.0 and 2.1 east are 20000000 and 1000000 more, in 1e-7 degrees. */
		"2024-01-20T08:00:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,10000000,20000000,-1;60000,0,1000000,-1\"}",
		"2024-01-20T08:00:00.000Z depart places|Move|-|-|-|3660|-|-|-|"
		"{\"start\":\"geo:1.0000000,2.0000000\",\"end\":\"geo:1.0000000,2.2000000\"}",
		"2024-01-20T09:01:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,10000000,22000000,-1\"}",
		"1970-01-01T12:00:00.000Zd bookmark places|Tea house|-|-|-|-|To see|-|-|-",
		"2023-05-06T12:00:00.000Zd bookmark places|Fair|-|-|-|-|To see|-|-|-",
	};
	struct record *record = EXPECT("a.kml",
		"<?xml version=\"1.0\"?><kml xmlns=\"http://www.opengis.net/kml/2.2\" "
		"xmlns:gx=\"http://www.google.com/kml/ext/2.2\"><Document><name>All</name><Folder><name>To see</name>"
		"<Placemark><name>Tea house</name><description>call me</description><address>Street 1</address>"
		"<Point><coordinates>2,1,0</coordinates></Point></Placemark>"
		"<Placemark><name>Fair</name><TimeStamp><when>2023-05-06</when></TimeStamp>"
		"<Point><coordinates>2,1</coordinates></Point></Placemark></Folder>"
		"<Placemark><name>Library</name><TimeSpan><begin>2024-01-10T09:00:00Z</begin>"
		"<end>2024-01-10T17:00:00Z</end></TimeSpan><Point><coordinates>-122.0841,37.4220,10</coordinates>"
		"</Point></Placemark>"
		"<Placemark><name>Pier</name><TimeStamp><when>2024-01-11T11:00:00+02:00</when></TimeStamp>"
		"<Point><coordinates> 2.5,1.5 </coordinates></Point></Placemark>"
		"<Placemark><name>Walking</name><TimeSpan><begin>2024-01-12T08:00:00Z</begin>"
		"<end>2024-01-12T08:10:00Z</end></TimeSpan><ExtendedData><Data name=\"Category\"><value>Walking</value>"
		"</Data><Data name=\"Distance\"><value>812</value></Data></ExtendedData><LineString><coordinates>\n"
		"2,1,0 2.1,1.1,0\n2.2,1.2,0\n</coordinates></LineString></Placemark>"
		"<Placemark><name>Track of a phone</name><gx:Track><when>2024-01-20T08:00:00Z</when>"
		"<when>2024-01-20T08:01:00Z</when><gx:coord>2 1 0</gx:coord><gx:coord>2.1 1 0</gx:coord>"
		"<when>2024-01-20T09:01:00Z</when><gx:coord>2.2 1 0</gx:coord><gx:coord>2.3 1 0</gx:coord>"
		"</gx:Track></Placemark>"
		"<Placemark><name>Plan</name><LineString><coordinates>2,1 3,1</coordinates></LineString></Placemark>"
		"<Placemark><name>Park</name><Polygon><outerBoundaryIs><LinearRing><coordinates>2,1 3,1 2,1"
		"</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
		"<Placemark><name>Nowhere</name></Placemark></Document></kml>", lines);
	const struct report *report = &record->report[0];

	(void)state;
	assert_string_equal(report->kind, "kml");
	/* Nine placemarks and four points of a track. */
	assert_int_equal(report->read, 9 + 4);
	assert_int_equal(record_skipped(report, "no date"), 2);
	assert_int_equal(record_skipped(report, "an area"), 1);
	assert_int_equal(record_skipped(report, "no place"), 1);
	assert_int_equal(dropped(report, "description"), 1);
	assert_int_equal(dropped(report, "address"), 1);
	assert_int_equal(dropped(report, "coordinates (of a saved place)"), 2);
	record_free(record);
}

static void test_geojson(void **state)
{
	static const char *const lines[] = {
		"2024-01-11T09:00:00.000Z+120 arrive places|Pier|-|-|-|-|-|geo:1.5000000,2.5000000|-|-",
		"2024-01-12T09:00:00.000Z arrive places|geo:1.50000,2.50000|-|-|-|3600|-|geo:1.5000000,2.5000000|-|-",
		"2024-06-15T10:30:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,525200000,134050000,8;60000,10000,10000,-1\"}",
		"2024-01-20T08:00:00.000Z exercise health|Cycling|-|-|-|60|-|-|-|"
		"{\"start\":\"geo:1.0000000,2.0000000\",\"end\":\"geo:1.0000000,2.1000000\"}",
		"2024-01-21T08:00:00.000Z depart places|Move|-|-|-|7200|-|-|-|"
		"{\"start\":\"geo:1.0000000,2.0000000\",\"end\":\"geo:1.0000000,3.0000000\"}",
		"2024-01-20T08:00:00.000Zn arrive places|Location|-|-|-|-|-|-|-|"
		"{\"track\":\"0,10000000,20000000,-1;60000,0,1000000,-1\"}",
		"1970-01-01T12:00:00.000Zd bookmark places|Tea house|-|-|-|-|-|-|-|-",
	};
	struct record *record = EXPECT("a.geojson",
		"{\"type\":\"FeatureCollection\",\"features\":["
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[2,1]},\"properties\":{\"name\":"
		"\"Tea house\",\"address\":\"Street 1\"}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[2.5,1.5]},\"properties\":{\"name\":"
		"\"Pier\",\"time\":\"2024-01-11T11:00:00+02:00\"}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[2.5,1.5]},\"properties\":{"
		"\"start_time\":\"2024-01-12T09:00:00Z\",\"end_time\":\"2024-01-12T10:00:00Z\"}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[13.4050,52.52,34.0]},\"properties\":{"
		"\"datetime\":\"2024-06-15T10:30:00Z\",\"acc\":8,\"ssid\":\"home\"}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[13.4060,52.521]},\"properties\":{"
		"\"timestamp\":1718447460}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"MultiLineString\",\"coordinates\":[[[2,1],[2.1,1]]]},"
		"\"properties\":{\"type\":\"cycling\",\"coordTimes\":[[\"2024-01-20T08:00:00Z\",\"2024-01-20T08:01:00Z\"]]}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[2,1],[3,1]]},"
		"\"properties\":{\"started_at\":\"2024-01-21T08:00:00Z\",\"finished_at\":\"2024-01-21T10:00:00Z\"}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[2,1],[3,1]]},\"properties\":{}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[]},\"properties\":{}},"
		"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"name\":\"x\"}},"
		"{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[200,1]},\"properties\":{\"time\":1718447460}}"
		"]}", lines);
	const struct report *report = &record->report[0];

	(void)state;
	assert_string_equal(report->kind, "geojson");
	/* Eleven features and two points of a line. */
	assert_int_equal(report->read, 11 + 2);
	assert_int_equal(record_skipped(report, "no place"), 2);
	assert_int_equal(record_skipped(report, "no date"), 1);
	assert_int_equal(record_skipped(report, "an area, or several points"), 1);
	assert_int_equal(dropped(report, "properties.ssid"), 1);
	assert_int_equal(dropped(report, "properties.address"), 1);
	assert_int_equal(dropped(report, "coordinates (of a saved place)"), 1);
	record_free(record);
}

/* Google's saved places are GeoJSON too, and stay Google's. */
static void test_not_stolen(void **state)
{
	struct record *record = record_read("tests/fixtures/exports/google/places/Saved Places.json", NULL);

	(void)state;
	assert_string_equal(record->report[0].kind, "google-places");
	record_free(record);
}

/* Rows by grep -c "<Placemark" and "<gx:coord", or by jq ".features | length"; acts by hand: points
 * without a name are one act an hour. */
static void test_samples(void **state)
{
	static const struct {
		const char *name, *kind;
		uint64_t read, kept;
	} files[] = {
		{ DAWARICH "kml/extended_data.kml", "kml", 1, 1 },
		{ DAWARICH "kml/gx_track.kml", "kml", 1 + 4, 2 },
		{ DAWARICH "kml/invalid_coordinates.kml", "kml", 2, 2 },
		{ DAWARICH "kml/large_track.kml", "kml", 2, 2 },
		{ DAWARICH "kml/linestring_track.kml", "kml", 1, 1 },
		{ DAWARICH "kml/multigeometry.kml", "kml", 1, 1 },
		{ DAWARICH "kml/nested_folders.kml", "kml", 4, 4 },
		{ DAWARICH "kml/points_with_timestamps.kml", "kml", 3, 3 },
		{ DAWARICH "kml/points_with_timestamps.kmz", "kml", 3, 3 },
		{ DAWARICH "kml/timespan.kml", "kml", 1, 1 },
		{ DAWARICH "geojson/google_takeout_example.json", "geojson", 1, 1 },
		{ DAWARICH "geojson/gpslogger_example.json", "geojson", 1, 1 },
		{ TRACKINTEL "staypoints.geojson", "geojson", 2, 2 },
		{ TRACKINTEL "locations.geojson", "geojson", 2, 0 },	/* neither name nor time */
		{ TRACKINTEL "area/tsinghua.geojson", "geojson", 1, 0 },
		{ DAWARICH "geojson/export.json", "geojson", 10, 1 },
		{ DAWARICH "geojson/export_same_points.json", "geojson", 10, 1 },
		{ DAWARICH "geojson/various_fields.geojson", "geojson", 3, 1 },
		{ DAWARICH "points/geojson_example.json", "geojson", 6, 1 },
		{ DAWARICH "overland/geodata.json", "geojson", 2, 1 },
		{ TRACKINTEL "triplegs.geojson", "geojson", 2, 2 },
		{ TRACKINTEL "positionfixes.geojson", "geojson", 6, 5 },
	};
	struct stat status;
	struct record *record;
	size_t i;

	(void)state;
	if (stat(DAWARICH, &status) != 0) {
		print_message("SKIPPED: no " DAWARICH " here\n");
		skip();
	}
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		record = record_read(files[i].name, NULL);
		assert_string_equal(record->error.message, "");
		assert_string_equal(record->report[0].kind, files[i].kind);
		assert_int_equal(record->report[0].read, files[i].read);
		assert_int_equal(record->acts, files[i].kept);
		record_free(record);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_kml),
	cmocka_unit_test(test_geojson),
	cmocka_unit_test(test_not_stolen),
	cmocka_unit_test(test_samples),
};

RECORD_MAIN(tests)
