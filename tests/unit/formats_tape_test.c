/* The tape, held against Jansson: texts by hand, then texts made at random and broken at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "tape_against.h"

#include <cmocka.h>

#include "base/random.h"
#include "formats/objects.h"

static void test_by_hand(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "{}", true }, { " {}", false }, { "{} ", true }, { "{}x", false }, { "", false },
		{ "[]", false }, { "{\"a\":1}", true }, { "{\"a\":1,}", false }, { "{,}", false },
		{ "{\"a\" : [ 1 , 2 ] }", true }, { "{\"a\":[1,]}", false }, { "{\"a\":[,1]}", false },
		{ "{\"a\":01}", false }, { "{\"a\":-}", false }, { "{\"a\":-0}", true },
		{ "{\"a\":-0.0}", true }, { "{\"a\":.5}", false }, { "{\"a\":5.}", false },
		{ "{\"a\":+5}", false }, { "{\"a\":1e5,\"b\":1E-5,\"c\":1e+05}", true },
		{ "{\"a\":1e}", false }, { "{\"a\":1e999}", false }, { "{\"a\":1e-999}", true },
		{ "{\"a\":9223372036854775807,\"b\":-9223372036854775808}", true },
		{ "{\"a\":9223372036854775808}", false }, { "{\"a\":-9223372036854775809}", false },
		{ "{\"a\":0.1,\"b\":100.50,\"c\":0.00010,\"d\":0.00001,\"e\":0.000,\"f\":-1.0}", true },
		{ "{\"a\":123456789012345.67,\"b\":0.123456789012345,\"c\":0.1234567890123456}", true },
		{ "{\"a\":123456789012345678.0,\"b\":999999999999999.9}", true },
		{ "{\"a\":tru}", false }, { "{\"a\":true,\"b\":false,\"c\":null}", true },
		{ "{\"a\":nul1}", false }, { "{\"a\":Infinity}", false }, { "{\"a\":NaN}", false },
		{ "{\"a\":\"\\u00e9\\n\\t\\/\\\\\\\"\\b\\f\\r\"}", true },
		{ "{\"a\":\"\\ud83d\\ude00\\uffff\\u007f\\u0800\"}", true },
		{ "{\"a\":\"\\ud83d\"}", false }, { "{\"a\":\"\\ude00\"}", false },
		{ "{\"a\":\"\\ud83dx\"}", false }, { "{\"a\":\"\\ud83d\\u0041\"}", false },
		{ "{\"a\":\"\\u0000\"}", false }, { "{\"\\u0000\":1}", false },
		{ "{\"a\":\"\\u12g4\"}", false }, { "{\"a\":\"\\x\"}", false },
		{ "{\"a\":\"\t\"}", false }, { "{\"a\":\"\x7f\"}", true },
		{ "{\"a\":\"\xc3\xa9\xf0\x9f\x98\x80\"}", true }, { "{\"a\":\"\xc3\"}", false },
		{ "{\"a\":\"\xed\xa0\x80\"}", false }, { "{\"a\":\"\xc0\x80\"}", false },
		{ "{\"a\":1,\"a\":2,\"b\":3,\"\\u0061\":{\"x\":1}}", true },
		{ "{\"a\":1}{\"a\":2}", false }, { "{\"a\":1]", false }, { "{1:2}", false },
		{ "{\"a\":{\"a\":{\"a\":[[[{}]]]}}}", true }, { "{\"\":\"\"}", true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (tape_against(cases[i].text, strlen(cases[i].text)) != cases[i].good)
			fail_msg("case %zu: %s", i, cases[i].text);
	assert_false(tape_against("{\"a\":\"\0\"}", 9));
}

/* 32 brackets are read, 33 are not. */
static void test_depth(void **state)
{
	char text[200];
	int depth, at;

	(void)state;
	for (depth = 2; depth < 40; depth++) {
		at = snprintf(text, sizeof(text), "{\"a\":");
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%.*s", depth - 1,
			       "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[");
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%.*s}", depth - 1,
			       "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
		assert_int_equal(tape_against(text, (size_t)at), depth <= LIMIT_JSON_DEPTH);
	}
}

static void put(struct bytes *out, const char *text)
{
	bytes_append_text(out, text);
}

static void put_string(struct random *random, struct bytes *out)
{
	static const char *const parts[] = { "a", "b", "name", "title", " ", "\\n", "\\u0061",
					     "\\\"", "\xc3\xa9", "\\ud83d\\ude00", "{", "]", "long text" };
	uint64_t count = random_below(random, 4);

	put(out, "\"");
	while (count-- > 0)
		put(out, parts[random_below(random, sizeof(parts) / sizeof(*parts))]);
	put(out, "\"");
}

static void put_number(struct random *random, struct bytes *out)
{
	char text[64];
	int64_t whole = (int64_t)(random_u64(random) >> random_below(random, 64));

	switch (random_below(random, 4)) {
	case 0:
		snprintf(text, sizeof(text), "%lld", (long long)whole);
		break;
	case 1:
		snprintf(text, sizeof(text), "%lld.%0*llu", (long long)whole % 100000,
			 (int)random_below(random, 9) + 1,
			 (unsigned long long)random_below(random, 1000000));
		break;
	case 2:
		snprintf(text, sizeof(text), "%.*g", (int)random_below(random, 17) + 1,
			 (double)whole / 1e9);
		break;
	default:
		snprintf(text, sizeof(text), "%lldE%d", (long long)whole % 1000,
			 (int)random_below(random, 700) - 350);
	}
	put(out, text);
}

static void put_value(struct random *random, struct bytes *out, int depth)
{
	static const char *const words[] = { "true", "false", "null", "[]", "{}" };
	uint64_t kind = random_below(random, depth > 5 ? 3 : 5), i;
	uint64_t count = random_below(random, depth == 0 && random_below(random, 9) == 0 ? 90 : 9);
	bool object = depth == 0 || kind == 3;

	if (depth == 0 || kind > 2) {
		put(out, object ? "{" : "[");
		for (i = 0; i < count; i++) {
			put(out, i > 0 ? random_below(random, 3) > 0 ? "," : " ,\n " : "");
			if (object) {
				put_string(random, out);
				put(out, random_below(random, 3) > 0 ? ":" : " : ");
			}
			put_value(random, out, depth + 1);
		}
		put(out, object ? "}" : "]");
	} else if (kind == 0) {
		put_string(random, out);
	} else if (kind == 1) {
		put_number(random, out);
	} else {
		put(out, words[random_below(random, 5)]);
	}
}

static void test_random(void **state)
{
	static const char letters[] = "{}[]\":,\\u0 e.-1t\n\xc3\x80\x1f";
	struct random random = { 20240602 };
	struct bytes text = BYTES_INIT;
	int round, good = 0, broken = 0;

	(void)state;
	for (round = 0; round < 6000; round++) {
		bytes_clear(&text);
		put_value(&random, &text, 0);
		/* Numbers too large for a double are made too, and refused by both. */
		good += tape_against((char *)text.data, text.size);
		text.data[random_below(&random, (uint32_t)text.size)] =
			(uint8_t)letters[random_below(&random, sizeof(letters) - 1)];
		broken += !tape_against((char *)text.data, text.size);
		tape_against((char *)text.data, random_below(&random, (uint32_t)text.size + 1));
	}
	assert_true(good > 3000);
	assert_true(broken > 1500);
	bytes_free(&text);
}

/* Of the specials none is missed wherever it stands, and nothing else is taken for one. */
static void test_plain(void **state)
{
	char text[40];
	size_t size, at;
	int c;

	(void)state;
	for (c = 1; c < 256; c++)
		for (size = 1; size < 20; size++)
			for (at = 0; at < size; at++) {
				bool special = c < 0x20 || c == '"' || c == '\\';

				memset(text, c == 'x' ? 'y' : 'x', sizeof(text));
				text[at] = (char)c;
				assert_ptr_equal(tape_plain(text, text + size),
						 text + (special ? at : size));
			}
}

/* A file of objects that never end costs no more than its size, and what is whole is still read. */
static void test_endless(void **state)
{
	struct bytes text = BYTES_INIT;
	struct input_memory memory;
	struct input_from from = { input_read_memory, &memory };
	enum objects_result result;
	struct objects objects;
	struct input input;
	struct error error;
	int i, bad = 0, good = 0;

	(void)state;
	for (i = 0; i < 300000; i++)
		put(&text, i % 100 == 99 ? "{\"a\":[1,{\"b\":\n" : "{\"a\":\n");
	put(&text, "{\"a\":1}\n{\"a\":2}");
	memory = (struct input_memory){ text.data, text.size, 0 };
	assert_int_equal(input_open(&input, &from, &error), 0);
	objects_open(&objects, &input);
	for (;;) {
		assert_int_equal(objects_next(&objects, &result), 0);
		if (result == OBJECTS_END)
			break;
		bad += result == OBJECTS_BAD;
		good += result == OBJECTS_ONE;
	}
	assert_int_equal(good, 2);
	assert_int_equal(bad, 300000);
	objects_close(&objects);
	input_close(&input);
	bytes_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
