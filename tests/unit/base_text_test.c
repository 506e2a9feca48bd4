/* Folding, checking and fitting text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/text.h"

static void expect_fold(const char *text, const char *folded)
{
	char out[256];
	size_t size = text_fold(text, strlen(text), out, sizeof(out));

	assert_string_equal(out, folded);
	assert_int_equal(size, strlen(folded));
}

static void test_fold(void **state)
{
	(void)state;
	expect_fold("Amélie!", "amelie");
	expect_fold("", "");
	expect_fold("  ...  ", "");
	expect_fold("A--B  c", "a b c");
	expect_fold("Ame\xcc\x81lie", "amelie");		/* e and a combining accent */
	expect_fold("STRASSE Straße", "strasse strasse");
	expect_fold("Łódź Ærø þing", "lodz aero thing");
	expect_fold("İstanbul ılık", "istanbul ilik");
	expect_fold("8½", "8 1 2");
	expect_fold("8 1/2", "8 1 2");
	expect_fold("Alien³", "alien3");
	expect_fold("Tetris™ ﬁn", "tetris fin");
	expect_fold("ＦＵＬＬ", "full");			/* full-width letters */
	expect_fold("Война и мир", "воина и мир");
	expect_fold("進撃の巨人", "進撃の巨人");
	expect_fold("a\xff" "b", "a b");			/* a bad byte is a space */
	expect_fold("a\xc3", "a");
}

static void test_fold_cuts_at_a_character(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(text_fold("abcdefghij", 10, out, 4), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(text_fold("a巨人", 7, out, 4), 1);	/* each has three bytes */
	assert_string_equal(out, "a");
	assert_int_equal(text_fold("a巨b", 5, out, 4), 1);	/* nothing behind the cut */
	assert_int_equal(text_fold("abc", 3, out, 1), 0);
	assert_string_equal(out, "");
}

static void expect_title(const char *title, const char *folded, int32_t year)
{
	char out[256];
	int32_t found = -1;
	size_t size = text_fold_title(title, strlen(title), &found, out, sizeof(out));

	assert_string_equal(out, folded);
	assert_int_equal(size, strlen(folded));
	assert_int_equal(found, year);
}

static void test_fold_title(void **state)
{
	char out[16];

	(void)state;
	expect_title("Matrix, The (1999)", "matrix", 1999);
	expect_title("The Matrix", "matrix", -1);
	expect_title("the matrix [1999] ", "matrix", 1999);
	expect_title("An American Tail", "american tail", -1);
	expect_title("A.I. Artificial Intelligence (2001)", "a i artificial intelligence", 2001);
	expect_title("A-Team, The (2010)", "a team", 2010);
	expect_title("Haine, La (1995)", "la haine", 1995);
	expect_title("La Haine", "la haine", -1);
	expect_title("Amour, L' (2012)", "l amour", 2012);
	expect_title("L'Amour", "l amour", -1);
	expect_title("Lilo & Stitch", "lilo and stitch", -1);
	expect_title("AT&T", "at and t", -1);
	expect_title("Big Bang Theory, The (2007-)", "big bang theory", 2007);
	expect_title("Fawlty Towers (1975–1979)", "fawlty towers", 1975);
	expect_title("2001: A Space Odyssey (1968)", "2001 a space odyssey", 1968);
	expect_title("(500) Days of Summer", "500 days of summer", -1);
	expect_title("Seven (Se7en)", "seven se7en", -1);
	expect_title("Serial (19955)", "serial 19955", -1);
	expect_title("Hobbits, Then", "hobbits then", -1);
	/* What is all there is stays. */
	expect_title("The", "the", -1);
	expect_title("(1984)", "1984", -1);
	expect_title("", "", -1);
	assert_int_equal(text_fold_title("Heat (1995)", 11, NULL, out, sizeof(out)), 4);
}

static void test_folding_twice_changes_nothing(void **state)
{
	struct random random = { 1 };
	char text[64], once[256], twice[256];
	size_t i, j, size;

	(void)state;
	for (i = 0; i < 20000; i++) {
		for (size = 0; size < 24;) {
			uint32_t c = random_below(&random, i % 2 == 0 ? 0x250 : 0x20000);

			if (c < 0x80) {
				text[size++] = (char)c;
			} else if (c < 0x800) {
				text[size++] = (char)(0xc0 | c >> 6);
				text[size++] = (char)(0x80 | (c & 63));
			} else if (c < 0x10000) {
				text[size++] = (char)(0xe0 | c >> 12);
				text[size++] = (char)(0x80 | (c >> 6 & 63));
				text[size++] = (char)(0x80 | (c & 63));
			}
		}
		j = text_fold(text, size, once, sizeof(once));
		assert_true(text_valid(once, j));
		assert_int_equal(text_fold(once, j, twice, sizeof(twice)), j);
		assert_string_equal(once, twice);
	}
}

static void test_valid(void **state)
{
	static const char *const good[] = { "", "abc", "é", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf",
					    "0123456789abcdefé" };
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",
					   "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
					   "\xf5\x80\x80\x80", "\xc3", "\xe2\x82",
					   "01234567\xff", "\xfe" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(text_valid(good[i], strlen(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_valid(bad[i], strlen(bad[i])));
}

static void test_cut(void **state)
{
	(void)state;
	assert_int_equal(text_cut("abc", 3, 5), 3);
	assert_int_equal(text_cut("abc", 3, 2), 2);
	assert_int_equal(text_cut("a巨人", 7, 6), 4);
	assert_int_equal(text_cut("a巨人", 7, 4), 4);
	assert_int_equal(text_cut("a巨人", 7, 3), 1);
	assert_int_equal(text_cut("巨", 3, 2), 0);
	assert_int_equal(text_cut("\x80\x80\x80\x80\x80", 5, 4), 4);
	assert_int_equal(text_cut("abc", 3, 0), 0);
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc", 3), 3);
	assert_int_equal(text_width("巨人", 6), 4);
	assert_int_equal(text_width("e\xcc\x81", 3), 1);
	assert_int_equal(text_width("\x1b[1m\n", 5), 3);	/* "[1m" */
	assert_int_equal(text_width("", 0), 0);
}

static void expect_fit(const char *text, size_t columns, const char *fitted)
{
	char out[256];
	size_t size = text_fit(text, strlen(text), columns, out, sizeof(out));

	assert_string_equal(out, fitted);
	assert_int_equal(size, strlen(fitted));
	assert_int_equal(text_width(out, size), columns);
}

static void test_fit(void **state)
{
	char out[8];

	(void)state;
	expect_fit("abc", 5, "abc  ");
	expect_fit("abcde", 5, "abcde");
	expect_fit("abcdef", 5, "abcd…");
	expect_fit("巨人巨人", 5, "巨人…");
	expect_fit("巨人巨人", 6, "巨人… ");	/* a wide character does not fit beside the mark */
	expect_fit("", 3, "   ");
	expect_fit("abc", 0, "");
	expect_fit("abc", 1, "…");
	expect_fit("\x1b[2J\xff", 6, "?[2J? ");
	assert_int_equal(text_fit("abcdefghijkl", 12, 12, out, sizeof(out)), 7);
	assert_string_equal(out, "abcdefg");
}

static void test_safe(void **state)
{
	char out[64];

	(void)state;
	text_safe("a\x1b]0;x\x07" "b", 8, out, sizeof(out));
	assert_string_equal(out, "a?]0;x?b");
	text_safe("\xc2\x9b" "31m", 5, out, sizeof(out));		/* an 8-bit CSI */
	assert_string_equal(out, "?31m");
	text_safe("abc\xe2\x80\xae" "fdp.exe", 13, out, sizeof(out));	/* right-to-left override */
	assert_string_equal(out, "abc?fdp.exe");
	assert_int_equal(text_safe("a巨", 4, out, 4), 1);
}

static void test_decode(void **state)
{
	uint32_t c = 0;

	(void)state;
	assert_int_equal(text_decode("é", 2, &c), 2);
	assert_int_equal(c, 0xe9);
	assert_int_equal(text_decode("é", 1, &c), 0);
	assert_int_equal(text_decode("\xf0\x9f\x98\x80", 4, &c), 4);
	assert_int_equal(c, 0x1f600);
	assert_int_equal(text_decode("", 0, &c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_fold_cuts_at_a_character),
		cmocka_unit_test(test_fold_title),
		cmocka_unit_test(test_folding_twice_changes_nothing),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
