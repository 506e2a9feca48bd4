/*
 * Measures linking: how many titles, written as other catalogues and exports write them, find their
 * item (recall), and how many of the links are right (precision).
 *
 *	build/bench/link_measure ml-latest-small/movies.csv ml-1m/movies.dat
 *
 * A first pack is made of 7 of 10 items of the first file, so that 3 of 10 queries have no true
 * item and every link that they get is false; a second one of all. MovieLens numbers films the same
 * in all its sets: the truth.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "pack/pack.h"

#define FILMS_MAX 70000

struct film {
	char id[16], title[512], genres[128];
	uint32_t events;
};

struct set {
	struct film *film;
	uint32_t films;
};

static void die(const char *message)
{
	fprintf(stderr, "link_measure: %s\n", message);
	exit(1);
}

/* One field of a CSV row; returns what follows it. */
static const char *csv_field(const char *at, char *out, size_t max)
{
	size_t used = 0;
	int quoted = *at == '"';

	at += quoted;
	while (*at != 0 && (quoted ? 1 : *at != ',')) {
		if (quoted && *at == '"' && *++at != '"')
			break;
		if (used + 1 < max)
			out[used++] = *at;
		at++;
	}
	out[used] = 0;
	return *at == ',' ? at + 1 : at;
}

/* "1::Toy Story (1995)::Comedy" in Latin-1. */
static const char *dat_field(const char *at, char *out, size_t max)
{
	size_t used = 0;

	while (*at != 0 && strncmp(at, "::", 2) != 0) {
		unsigned char c = (unsigned char)*at++;

		if (used + 2 >= max)
			continue;
		if (c >= 0x80) {
			out[used++] = (char)(0xc0 | c >> 6);
			c = (unsigned char)(0x80 | (c & 0x3f));
		}
		out[used++] = (char)c;
	}
	out[used] = 0;
	return *at == 0 ? at : at + 2;
}

static struct set load(const char *path)
{
	struct set set = { calloc(FILMS_MAX, sizeof(struct film)), 0 };
	struct bytes bytes = BYTES_INIT;
	struct error error;
	int csv = strstr(path, ".csv") != NULL;
	char *line, *rest;

	if (set.film == NULL || file_read(path, 1 << 26, &bytes, &error) != 0)
		die(error.message);
	for (line = strtok_r((char *)bytes.data, "\r\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\r\n", &rest)) {
		struct film *film = &set.film[set.films];
		const char *at = line;

		if (line[0] < '0' || line[0] > '9' || set.films == FILMS_MAX)
			continue;
		at = csv ? csv_field(at, film->id, sizeof(film->id))
			 : dat_field(at, film->id, sizeof(film->id));
		at = csv ? csv_field(at, film->title, sizeof(film->title))
			 : dat_field(at, film->title, sizeof(film->title));
		if (csv)
			csv_field(at, film->genres, sizeof(film->genres));
		else
			dat_field(at, film->genres, sizeof(film->genres));
		set.films++;
	}
	bytes_free(&bytes);
	return set;
}

/* Counts the events of each film: ratings.csv beside movies.csv, "user,film,...". */
static void count_events(struct set *set, const char *movies)
{
	static uint32_t events[1 << 20];
	struct bytes bytes = BYTES_INIT;
	char path[512], user[32], film[32];
	struct error error;
	char *line, *rest;
	uint32_t i;

	snprintf(path, sizeof(path), "%.*sratings.csv", (int)(file_base(movies) - movies), movies);
	if (file_read(path, 1 << 26, &bytes, &error) != 0)
		die(error.message);
	for (line = strtok_r((char *)bytes.data, "\r\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\r\n", &rest)) {
		csv_field(csv_field(line, user, sizeof(user)), film, sizeof(film));
		events[strtoul(film, NULL, 10) & ((1 << 20) - 1)]++;
	}
	for (i = 0; i < set->films; i++)
		set->film[i].events = events[strtoul(set->film[i].id, NULL, 10) & ((1 << 20) - 1)];
	bytes_free(&bytes);
}

/* Each change writes out[512] and returns 0 where it changes nothing. */
typedef int change(const char *title, struct random *random, char *out);

static size_t body_size(const char *title)
{
	return text_cut_year(title, strlen(title), NULL);
}

static int as_is(const char *title, struct random *random, char *out)
{
	(void)random;
	snprintf(out, 512, "%s", title);
	return 1;
}

static int upper(const char *title, struct random *random, char *out)
{
	size_t i;

	as_is(title, random, out);
	for (i = 0; out[i] != 0; i++)
		if (out[i] >= 'a' && out[i] <= 'z')
			out[i] = (char)(out[i] - 32);
	return 1;
}

static int no_punctuation(const char *title, struct random *random, char *out)
{
	size_t used = 0, i, size = body_size(title);
	int changed = 0;

	(void)random;
	for (i = 0; title[i] != 0; i++) {
		if (i < size && strchr("'.,:;!?-\"", title[i]) != NULL)
			changed = 1;
		else
			out[used++] = title[i];
	}
	out[used] = 0;
	return changed;
}

static int no_article(const char *title, struct random *random, char *out)
{
	static const char *const articles[] = { ", The", ", A", ", An", ", La", ", Le", ", Les",
						", L'", ", Das", ", Der", ", Die", ", El" };
	size_t size = body_size(title), i;

	(void)random;
	for (i = 0; i < sizeof(articles) / sizeof(articles[0]); i++) {
		size_t length = strlen(articles[i]);

		if (size > length && memcmp(title + size - length, articles[i], length) == 0) {
			snprintf(out, 512, "%.*s%s", (int)(size - length), title, title + size);
			return 1;
		}
	}
	return 0;
}

static int no_year(const char *title, struct random *random, char *out)
{
	(void)random;
	snprintf(out, 512, "%.*s", (int)body_size(title), title);
	return strlen(out) != strlen(title);
}

static int head(const char *title, struct random *random, char *out)
{
	size_t size = body_size(title);
	const char *colon = strstr(title, ": ");

	(void)random;
	if (colon == NULL || colon > title + size)
		return 0;
	snprintf(out, 512, "%.*s%s", (int)(colon - title), title, title + size);
	return 1;
}

static int no_brackets(const char *title, struct random *random, char *out)
{
	size_t size = body_size(title);
	const char *bracket = strstr(title, " (");

	(void)random;
	if (bracket == NULL || bracket >= title + size)
		return 0;
	snprintf(out, 512, "%.*s%s", (int)(bracket - title), title, title + size);
	return 1;
}

static int only_bracket(const char *title, struct random *random, char *out)
{
	size_t size = body_size(title);
	const char *bracket = strstr(title, " (");
	const char *end;

	(void)random;
	if (bracket == NULL || bracket >= title + size)
		return 0;
	bracket += strncmp(bracket, " (a.k.a. ", 9) == 0 ? 9 : 2;
	end = strchr(bracket, ')');
	if (end == NULL)
		return 0;
	snprintf(out, 512, "%.*s%s", (int)(end - bracket), bracket, title + size);
	return 1;
}

static int typo(const char *title, struct random *random, char *out)
{
	size_t size = body_size(title), tries;

	for (tries = 0; tries < 100 && size > 2; tries++) {
		size_t at = random_below(random, (uint32_t)size - 1);
		char letter = (char)('a' + random_below(random, 26));
		const char *rest = title + at;

		if (rest[0] < 'a' || rest[0] > 'z' || rest[1] < 'a' || rest[1] > 'z')
			continue;
		switch (random_below(random, 4)) {
		case 0:		/* changed */
			snprintf(out, 512, "%.*s%c%s", (int)at, title, letter, rest + 1);
			break;
		case 1:		/* left out */
			snprintf(out, 512, "%.*s%s", (int)at, title, rest + 1);
			break;
		case 2:		/* put in */
			snprintf(out, 512, "%.*s%c%s", (int)at, title, letter, rest);
			break;
		default:	/* swapped */
			snprintf(out, 512, "%.*s%c%c%s", (int)at, title, rest[1], rest[0],
				 rest + 2);
		}
		if (strcmp(out, title) != 0)
			return 1;
	}
	return 0;
}

static int typo_no_year(const char *title, struct random *random, char *out)
{
	char body[512];

	return no_year(title, random, body) && typo(body, random, out);
}

static int next_year(const char *title, struct random *random, char *out)
{
	int32_t year = 0;
	size_t size = text_cut_year(title, strlen(title), &year);

	(void)random;
	snprintf(out, 512, "%.*s (%d)", (int)size, title, (int)year + 1);
	return year != 0;
}

static const struct {
	const char *name;
	change *make;
} changes[] = {
	{ "as it is", as_is }, { "upper case", upper }, { "no punctuation", no_punctuation },
	{ "no article", no_article }, { "no brackets", no_brackets },
	{ "bracketed title", only_bracket }, { "next year", next_year },
	{ "one typo", typo }, { "cut at ':'", head }, { "no year", no_year },
	{ "one typo, no year", typo_no_year },
};

struct tally {
	uint32_t asked, there, linked, right;
	uint64_t linked_events, right_events;
	double seconds;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static struct pack *make_pack(const struct set *set, const struct random *seed, uint32_t tenths,
			      uint8_t *kept)
{
	struct pack_writer_item *items = calloc(set->films, sizeof(*items));
	struct pack_writer *writer = pack_writer_new("measure", "films");
	struct random random = *seed;
	char path[] = "/tmp/tacit-measure-XXXXXX";
	struct error error;
	struct pack *pack;
	uint32_t *events = calloc(set->films, sizeof(*events));
	uint32_t count = 0, i;
	int fd = mkstemp(path);

	if (items == NULL || events == NULL || writer == NULL || fd < 0)
		die("no memory or no temporary file");
	close(fd);
	for (i = 0; i < set->films; i++) {
		kept[i] = random_below(&random, 10) < tenths;
		if (!kept[i])
			continue;
		events[count] = set->film[i].events;
		items[count++] = (struct pack_writer_item){
			set->film[i].id, set->film[i].title, "", set->film[i].genres, 0 };
	}
	if (pack_writer_items(writer, items, count, &error) != 0 ||
	    pack_writer_section(writer, PACK_CONT, events, sizeof(*events) * count, &error) != 0 ||
	    pack_writer_finish(writer, path, &error) != 0 || pack_open(path, &pack, &error) != 0)
		die(error.message);
	unlink(path);
	pack_writer_free(writer);
	free(items);
	free(events);
	return pack;
}

static int same(const struct pack *pack, uint32_t item, const struct film *film)
{
	/* The set has a few films twice, under one title and year. */
	return strcmp(pack_id(pack, item), film->id) == 0 ||
	       strcmp(pack_title(pack, item), film->title) == 0;
}

static int in_pack(const struct pack *pack, const struct film *film)
{
	uint32_t i;

	for (i = 0; i < pack->items; i++)
		if (same(pack, i, film))
			return 1;
	return 0;
}

static void measure(const struct pack *pack, const struct set *set, const char *of,
		    const uint8_t *there, size_t which, int show)
{
	struct random random = { 7 };
	struct tally tally = { 0 };
	char title[512];
	uint32_t i;

	for (i = 0; i < set->films; i++) {
		struct pack_query query = { title, "", 0 };
		struct pack_match match;
		double begin;
		int linked;

		if (!changes[which].make(set->film[i].title, &random, title))
			continue;
		tally.asked++;
		tally.there += there[i];
		begin = now();
		linked = pack_link(pack, &query, &match);
		tally.seconds += now() - begin;
		tally.linked += (uint32_t)linked;
		tally.linked_events += linked ? set->film[i].events : 0;
		if (linked && same(pack, match.item, &set->film[i]))
			tally.right_events += set->film[i].events;
		if (linked && same(pack, match.item, &set->film[i]))
			tally.right++;
		else if (linked && show)
			printf("false: %s -> %s %.3f\n", title, pack_title(pack, match.item),
			       match.score / 1048576.0);
		else if (!linked && there[i] && show > 1)
			printf("missed: %s  of %s\n", title, set->film[i].title);
	}
	printf("| %s%s | %5u | %5u | %5u | %5u | %.4f | %.4f | %.4f | %6.2f |\n", of,
	       changes[which].name,
	       tally.asked, tally.there, tally.linked, tally.right,
	       tally.linked == 0 ? 1.0 : (double)tally.right / tally.linked,
	       tally.there == 0 ? 1.0 : (double)tally.right / tally.there,
	       tally.linked_events == 0 ? 1.0
					: (double)tally.right_events / (double)tally.linked_events,
	       tally.asked == 0 ? 0.0 : tally.seconds / tally.asked * 1e6);
}

static void measure_pack(const struct set *latest, const struct set *other, uint32_t tenths,
			 int show)
{
	struct random seed = { 2026 };
	uint8_t *there = calloc(FILMS_MAX, 1);
	struct pack *pack;
	double begin;
	uint32_t i;
	size_t which;

	if (there == NULL)
		die("no memory");
	pack = make_pack(latest, &seed, tenths, there);
	for (i = 0; i < latest->films; i++)
		there[i] = there[i] || in_pack(pack, &latest->film[i]);
	begin = now();
	pack_link(pack, &(struct pack_query){ "nothing like this at all", "", 0 },
		  &(struct pack_match){ 0 });
	printf("\n%u items, index made in %.1f ms\n\n", pack->items, (now() - begin) * 1e3);
	printf("| titles | asked | in the pack | linked | right | precision | recall "
	       "| precision by events | us |\n|---|---|---|---|---|---|---|---|---|\n");
	for (which = 0; which < sizeof(changes) / sizeof(changes[0]); which++)
		measure(pack, latest, "", there, which, show);
	for (i = 0; i < other->films; i++)
		there[i] = (uint8_t)in_pack(pack, &other->film[i]);
	measure(pack, other, "other set, ", there, 0, show);
	pack_close(pack);
	free(there);
}

int main(int argc, char **argv)
{
	int show = argc > 3 ? argv[3][0] - '0' : 0;
	struct set latest, other;

	if (argc < 3)
		die("usage: link_measure movies.csv movies.dat [0|1|2]");
	latest = load(argv[1]);
	other = load(argv[2]);
	count_events(&latest, argv[1]);
	measure_pack(&latest, &other, 7, show);
	measure_pack(&latest, &other, 10, show);
	free(latest.film);
	free(other.film);
	return 0;
}
