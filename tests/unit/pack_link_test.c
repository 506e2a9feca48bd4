/* From a title in an export to an item. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/pool.h"
#include "pack/inside.h"

enum {
	SEVEN, LEON, CITY, HAMLET_1996, HAMLET_1990, HAMLET_2000, HEAT, STAR_WARS, SPIDER_MAN,
	ROCKY_2, ROCKY_3, MATRIX, HAINE, CREEP_TLC, CREEP_RADIOHEAD, RED, WHITE, LIVE, UNTITLED,
	ODYSSEY, K_ON, K_ON_2, RECON, ITEMS
};

static const struct pack_writer_item items[ITEMS] = {
	[SEVEN] = { "1", "Seven (a.k.a. Se7en) (1995)", "", "", 0 },
	[LEON] = { "2", "Léon: The Professional (a.k.a. The Professional) (Léon) (1994)", "", "",
		   0 },
	[CITY] = { "3", "City of Lost Children, The (Cité des enfants perdus, La) (1995)", "", "",
		   0 },
	[HAMLET_1996] = { "4", "Hamlet (1996)", "Kenneth Branagh", "", 0 },
	[HAMLET_1990] = { "5", "Hamlet (1990)", "Franco Zeffirelli", "", 0 },
	[HAMLET_2000] = { "6", "Hamlet (2000)", "Michael Almereyda", "", 0 },
	[HEAT] = { "7", "Heat (1995)", "", "", 0 },
	[STAR_WARS] = { "8", "Star Wars: Episode IV - A New Hope (1977)", "", "", 0 },
	[SPIDER_MAN] = { "9", "Spider-Man (2002)", "", "", 0 },
	[ROCKY_2] = { "10", "Rocky II (1979)", "", "", 0 },
	[ROCKY_3] = { "11", "Rocky III", "", "", 0 },
	[MATRIX] = { "12", "Matrix, The (1999)", "", "", 0 },
	[HAINE] = { "13", "Hate (Haine, La) (1995)", "", "", 0 },
	[CREEP_TLC] = { "14", "Creep", "TLC", "", 0 },
	[CREEP_RADIOHEAD] = { "15", "Creep", "Radiohead", "", 0 },
	[RED] = { "16", "Three Colors: Red (1994)", "", "", 0 },
	[WHITE] = { "17", "Three Colors: White (1994)", "", "", 0 },
	[LIVE] = { "18", "Wonderwall (Live)", "Oasis", "", 0 },
	[UNTITLED] = { "19", "(...)", "", "", 0 },
	[K_ON] = { "21", "K-On!", "", "", 0 },
	[K_ON_2] = { "22", "K-On!!", "", "", 0 },
	[RECON] = { "23", "Phantoms (Recon)", "", "", 0 },
	[ODYSSEY] = { "20", "2001: A Space Odyssey (1968)", "", "", 0 },
};
static const uint32_t count[ITEMS] = { [HAMLET_1996] = 5, [HAMLET_1990] = 9, [HAMLET_2000] = 9 };

static struct pack *pack;

static int setup(void **state)
{
	struct pack_writer *writer = pack_writer_new("small", "films");
	char path[] = "/tmp/tacit-link-XXXXXX";
	struct error error;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(pack_writer_items(writer, items, ITEMS, &error), 0);
	assert_int_equal(pack_writer_section(writer, PACK_CONT, count, sizeof(count), &error), 0);
	assert_int_equal(pack_writer_finish(writer, path, &error), 0);
	pack_writer_free(writer);
	assert_int_equal(pack_open(path, &pack, &error), 0);
	unlink(path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pack_close(pack);
	return 0;
}

#define NONE -1

static void expect(const char *title, const char *creator, int32_t year, int item, bool exact)
{
	struct pack_query query = { title, creator, year };
	struct pack_match match = { UINT32_MAX, 0, false };
	bool found = pack_link(pack, &query, &match);

	if (found != (item != NONE) || (found && (int)match.item != item))
		fail_msg("\"%s\" linked to %d, wanted %d", title, found ? (int)match.item : NONE,
			 item);
	if (!found)
		return;
	assert_int_equal(match.exact, exact);
	assert_int_equal(match.score == 1u << 20, exact);
	assert_true(match.score <= 1u << 20);
}

static void test_exact(void **state)
{
	(void)state;
	expect("Heat", "", 0, HEAT, true);
	expect("HEAT (1995)", "", 0, HEAT, true);
	expect("The Matrix", "", 1999, MATRIX, true);
	expect("matrix", NULL, 0, MATRIX, true);
	expect("Léon: the professional", "", 1994, LEON, true);
	expect("", "", 0, NONE, false);
	expect("...", "", 0, NONE, false);
	expect("(1995)", "", 0, NONE, false);
	expect("Casablanca", "", 1942, NONE, false);
}

static void test_alternative_titles(void **state)
{
	(void)state;
	expect("Se7en", "", 0, SEVEN, true);
	expect("Seven", "", 1995, SEVEN, true);
	expect("The Professional", "", 0, LEON, true);
	expect("Leon", "", 0, LEON, true);
	expect("La cité des enfants perdus", "", 0, CITY, true);
	expect("The City of Lost Children", "", 1995, CITY, true);
	expect("La Haine (1995)", "", 0, HAINE, true);
	expect("Some other name (a.k.a. The Matrix) (1999)", "", 0, MATRIX, true);
	expect("Some other name (a.k.a. The Matrix)", "", 0, NONE, false);
	expect("Live", "", 0, NONE, false);	/* "(Live)" is no name */
	expect("Wonderwall", "Oasis", 0, LIVE, true);
}

static void test_left_out_on_both_sides(void **state)
{
	(void)state;
	expect("K-On!", "", 0, K_ON, true);
	expect("K-On!!", "", 0, K_ON_2, true);
	expect("K-On", "", 0, K_ON, true);		/* the lower number */
	expect("Phantoms", "", 0, RECON, true);
	expect("Phantoms (Recon)", "", 0, RECON, true);
	expect("Phantoms (Assault)", "", 0, NONE, false);
	expect("Wonderwall", "", 0, NONE, false);	/* of a live one we know no more */
	expect("Wonderwall (Demo)", "Oasis", 0, NONE, false);
	expect("Heat (TV)", "", 0, NONE, false);
	expect("Heat (TV)", "", 1995, HEAT, true);
}

static void test_years(void **state)
{
	(void)state;
	expect("Heat", "", 1996, HEAT, true);
	expect("Heat", "", 1997, NONE, false);
	expect("Heat (1986)", "", 0, NONE, false);
	expect("Hamlet", "", 1990, HAMLET_1990, true);
	expect("Hamlet", "", 1997, HAMLET_1996, true);
	expect("Hamlet", "", 1948, NONE, false);
	expect("Heat", "", INT32_MIN, NONE, false);
	expect("Heat", "", INT32_MAX, NONE, false);
	expect("Haet", "", INT32_MIN, NONE, false);
	expect("Rocky III", "", 1982, ROCKY_3, true);	/* the pack does not know its year */
}

static void test_several(void **state)
{
	(void)state;
	expect("Hamlet", "", 0, HAMLET_1990, true);	/* most events; of two the lower number */
	expect("Hamlet", "Branagh", 0, HAMLET_1996, true);
	expect("Creep", "Radiohead", 0, CREEP_RADIOHEAD, true);
	expect("Creep", "TLC", 0, CREEP_TLC, true);
	expect("Creep", "Stone Temple Pilots", 0, NONE, false);
}

static void test_parts_need_the_year(void **state)
{
	(void)state;
	expect("Star Wars", "", 1977, STAR_WARS, false);
	expect("A New Hope", "", 1977, STAR_WARS, false);
	expect("Star Wars", "", 0, NONE, false);
	expect("Star Wars", "", 1978, NONE, false);
	expect("Three Colors", "", 1994, NONE, false);	/* two films */
	expect("2001 (1968)", "", 0, ODYSSEY, false);
	expect("The Matrix: Special Reissue", "", 1999, MATRIX, false);
}

static void test_near(void **state)
{
	(void)state;
	expect("Spiderman", "", 2002, SPIDER_MAN, false);
	expect("Spidr-Man", "", 2002, SPIDER_MAN, false);
	expect("Spidr-Man", "", 0, SPIDER_MAN, false);
	expect("Spider-Man Special", "", 0, NONE, false);
	expect("Hamlte", "", 0, NONE, false);
	expect("City of Lost Chidlren, The", "", 1995, CITY, false);
	expect("City of the Lost Children", "", 1995, CITY, false);
	expect("Matirx", "", 1999, MATRIX, false);
	expect("Matirx", "", 2005, NONE, false);
	expect("Meat", "", 1995, NONE, false);		/* too short to be called a slip */
	expect("Rocky 2", "", 1979, ROCKY_2, false);
	expect("Rocky Two", "", 0, ROCKY_2, false);
	expect("Rocky IV", "", 0, NONE, false);
	expect("Rocky IV", "", 1979, NONE, false);
	expect("Rocky", "", 1979, NONE, false);
	expect("Children", "", 1995, NONE, false);
}

static void link_one(void *context, size_t index, size_t worker)
{
	struct pack_query query = { "Spidr-Man", "", 2002 };
	struct pack_match match = { 0, 0, false };
	uint32_t *found = context;

	(void)worker;
	found[index] = pack_link(pack, &query, &match) ? match.item : UINT32_MAX;
}

static void test_from_several_threads(void **state)
{
	struct pool *pool = pool_new(4);
	uint32_t found[64];
	size_t i;

	pack_close(pack);	/* the index is made anew, by whichever thread is first */
	setup(state);
	pool_run(pool, 64, link_one, found);
	for (i = 0; i < 64; i++)
		assert_int_equal(found[i], SPIDER_MAN);
	pool_free(pool);
}

static void expect_names(const char *title, const char *const *names, const uint32_t *flags)
{
	struct pack_name out[PACK_NAMES_MAX];
	size_t found = pack_names(title, out, NULL), i;

	for (i = 0; names[i] != NULL; i++) {
		assert_true(i < found);
		assert_int_equal(out[i].size, strlen(names[i]));
		assert_memory_equal(out[i].data, names[i], out[i].size);
		assert_int_equal(out[i].flags, flags[i]);
	}
	assert_int_equal(found, i);
}

static void test_names(void **state)
{
	const uint32_t t = PACK_LINK_TITLE, o = PACK_LINK_OTHER, p = PACK_LINK_PART;
	const uint32_t s = PACK_LINK_SHORT, b = PACK_LINK_BARE;

	(void)state;
	expect_names("Heat (1995)", (const char *[]){ "Heat", NULL }, (uint32_t[]){ t });
	expect_names("Seven (a.k.a. Se7en) (1995)",
		     (const char *[]){ "Seven (a.k.a. Se7en)", "Seven", "Se7en", NULL },
		     (uint32_t[]){ t, s, o });
	expect_names("A Thing: One Two - Three Four (Ein Ding)",
		     (const char *[]){ "A Thing: One Two - Three Four (Ein Ding)",
				       "A Thing: One Two - Three Four", "Ein Ding", "A Thing",
				       "One Two - Three Four", "A Thing: One Two", "Three Four",
				       NULL },
		     (uint32_t[]){ t, s, o, p, p, p, p });
	expect_names("Kill Bill (Part 2)", (const char *[]){ "Kill Bill (Part 2)", NULL },
		     (uint32_t[]){ t });
	expect_names("Kill Bill: Vol. 2",
		     (const char *[]){ "Kill Bill: Vol. 2", "Kill Bill", NULL },
		     (uint32_t[]){ t, p });
	expect_names("Song (Live)", (const char *[]){ "Song (Live)", "Song", NULL },
		     (uint32_t[]){ t, b });
	expect_names("Gideon the Ninth (The Locked Tomb #1)",
		     (const char *[]){ "Gideon the Ninth (The Locked Tomb #1)", "Gideon the Ninth",
				       NULL },
		     (uint32_t[]){ t, b });
	expect_names("(1984)", (const char *[]){ "(1984)", NULL }, (uint32_t[]){ t });
	expect_names("(((", (const char *[]){ "(((", NULL }, (uint32_t[]){ t });
	expect_names(")))", (const char *[]){ ")))", NULL }, (uint32_t[]){ t });
	expect_names("", (const char *[]){ NULL }, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_alternative_titles),
		cmocka_unit_test(test_left_out_on_both_sides),
		cmocka_unit_test(test_years),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_parts_need_the_year),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_from_several_threads),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
