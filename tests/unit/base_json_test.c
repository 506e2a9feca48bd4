/* The JSON writer: commas, nesting, escapes, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static void expect(struct json *json, const char *text)
{
	assert_false(json->failed);
	assert_int_equal(json->depth, 0);
	assert_string_equal(json->out.data, text);
	bytes_free(&json->out);
}

static void test_nesting(void **state)
{
	struct json json = JSON_INIT;

	(void)state;
	json_object(&json);
	json_put_string(&json, "a", "b");
	json_put_int(&json, "n", -5);
	json_key(&json, "list");
	json_array(&json);
	json_object(&json);
	json_object_end(&json);
	json_array(&json);
	json_array_end(&json);
	json_bool(&json, true);
	json_bool(&json, false);
	json_null(&json);
	json_raw(&json, "{\"x\":1}", 7);
	json_array_end(&json);
	json_key(&json, "z");
	json_int(&json, 0);
	json_object_end(&json);
	expect(&json, "{\"a\":\"b\",\"n\":-5,\"list\":[{},[],true,false,null,{\"x\":1}],\"z\":0}");
}

static void test_texts(void **state)
{
	struct json json = JSON_INIT;
	static const char text[] = "\"\\/\b\n\x1f\x7f\0é\xf0\x9f\x98\x80\xff\xc3";

	(void)state;
	json_text(&json, text, sizeof(text) - 1);
	expect(&json, "\"\\\"\\\\/\\u0008\\u000a\\u001f\\u007f\\u0000é\xf0\x9f\x98\x80"
		      "\xef\xbf\xbd\xef\xbf\xbd\"");
	json = (struct json)JSON_INIT;
	json_text(&json, NULL, 0);
	expect(&json, "\"\"");
}

static void test_numbers(void **state)
{
	struct json json = JSON_INIT;

	(void)state;
	json_array(&json);
	json_int(&json, INT64_MAX);
	json_int(&json, INT64_MIN);
	json_decimal(&json, 12345, 2);
	json_decimal(&json, -5, 3);
	json_decimal(&json, 0, 1);
	json_decimal(&json, 7, 0);
	json_decimal(&json, INT64_MIN, 4);
	json_array_end(&json);
	expect(&json, "[9223372036854775807,-9223372036854775808,123.45,-0.005,0.0,7,"
		      "-922337203685477.5808]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
