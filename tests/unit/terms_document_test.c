/* Strict JSON and its canonical form: the vectors, and what follows from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "terms/canonical.h"

static void expect(const char *input, size_t size, const char *form)
{
	struct bytes out = BYTES_INIT, again = BYTES_INIT;
	struct document *tree = NULL;
	struct error error;
	int result = document_read(input, size, &tree, &error);

	if (strcmp(form, "!") == 0) {
		assert_true(result == TACIT_E_FORMAT || result == TACIT_E_LIMIT);
		assert_null(tree);
		return;
	}
	assert_int_equal(result, 0);
	assert_int_equal(canonical_write(document_root(tree), NULL, &out), 0);
	assert_string_equal(out.data, form);
	document_free(tree);
	/* What is canonical stays as it is. */
	assert_int_equal(document_read((char *)out.data, out.size, &tree, &error), 0);
	assert_int_equal(canonical_write(document_root(tree), NULL, &again), 0);
	assert_string_equal(again.data, form);
	document_free(tree);
	bytes_free(&out);
	bytes_free(&again);
}

static void test_vectors(void **state)
{
	FILE *file = fopen("tests/vectors/jcs.tsv", "r");
	char line[4096];
	int vectors = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *tab = strchr(line, '\t');

		if (line[0] == '#')
			continue;
		assert_non_null(tab);
		*tab = 0;
		tab[strcspn(tab + 1, "\n") + 1] = 0;
		expect(line, strlen(line), tab + 1);
		vectors++;
	}
	fclose(file);
	assert_true(vectors >= 29);
}

static void test_refused_bytes(void **state)
{
	(void)state;
	expect("\"a\nb\"", 5, "!");
	expect("\"\xc0\x80\"", 4, "!");
	expect("\"\xed\xa0\x80\"", 5, "!");
	expect("\"\0\"", 3, "!");
	expect("1\0", 2, "!");
	expect("", 0, "!");
	expect("\xef\xbb\xbf{}", 5, "!");
	expect("\"\\u0000\"", 8, "\"\\u0000\"");
}

static void test_limits(void **state)
{
	static char text[LIMIT_TERMS_BYTES + 8];
	size_t size = 0;
	int i;

	(void)state;
	size += (size_t)sprintf(text, "{");
	for (i = 0; i <= LIMIT_TERMS_KEYS; i++)
		size += (size_t)sprintf(text + size, "%s\"k%d\":0", i > 0 ? "," : "", i);
	size += (size_t)sprintf(text + size, "}");
	expect(text, size, "!");
	memset(text, ' ', sizeof(text));
	text[0] = '0';
	expect(text, LIMIT_TERMS_BYTES, "0");
	expect(text, LIMIT_TERMS_BYTES + 1, "!");
}

/* The order of keys against a slow reference: UTF-16 made out of the characters. */
static void test_key_order(void **state)
{
	static const struct {
		const char *utf8;
		uint16_t unit[3];
	} key[] = {
		{ "", { 0 } }, { "\r", { 0xd } }, { "A", { 'A' } }, { "AB", { 'A', 'B' } },
		{ "a", { 'a' } }, { "\xc2\x80", { 0x80 } }, { "\xed\x9f\xbf", { 0xd7ff } },
		{ "\xf0\x90\x80\x80", { 0xd800, 0xdc00 } },
		{ "\xf4\x8f\xbf\xbf", { 0xdbff, 0xdfff } }, { "\xee\x80\x80", { 0xe000 } },
		{ "\xef\xbf\xbf", { 0xffff } }, { "A\xee\x80\x80", { 'A', 0xe000 } },
		{ "A\xf0\x90\x80\x80", { 'A', 0xd800, 0xdc00 } },
	};
	size_t i, k, n = sizeof(key) / sizeof(key[0]), u;

	(void)state;
	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++) {
			int slow = 0, fast = canonical_compare(key[i].utf8, strlen(key[i].utf8),
							       key[k].utf8, strlen(key[k].utf8));

			for (u = 0; u < 3 && slow == 0; u++)
				slow = (key[i].unit[u] > key[k].unit[u]) -
				       (key[i].unit[u] < key[k].unit[u]);
			assert_int_equal((fast > 0) - (fast < 0), slow);
		}
}

static void test_without(void **state)
{
	struct bytes out = BYTES_INIT;
	struct document *tree;
	struct error error;
	static const char text[] = "{\"sig\":\"s\",\"b\":{\"sig\":1},\"a\":2}";

	(void)state;
	assert_int_equal(document_read(text, sizeof(text) - 1, &tree, &error), 0);
	assert_int_equal(canonical_write(document_root(tree), "sig", &out), 0);
	assert_string_equal(out.data, "{\"a\":2,\"b\":{\"sig\":1}}");
	bytes_free(&out);
	document_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused_bytes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_key_order),
		cmocka_unit_test(test_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
