/* Growable buffers, little-endian loads and stores, hex. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "tacit.h"

static void test_appending(void **state)
{
	struct bytes bytes = BYTES_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(bytes_append_byte(&bytes, (uint8_t)i), 0);
		assert_int_equal(bytes.data[bytes.size], 0);
	}
	assert_int_equal(bytes.size, 1000);
	for (i = 0; i < 1000; i++)
		assert_int_equal(bytes.data[i], i & 255);
	bytes_clear(&bytes);
	assert_int_equal(bytes.size, 0);
	assert_int_equal(bytes.data[0], 0);
	assert_int_equal(bytes_append_text(&bytes, "ab"), 0);
	assert_int_equal(bytes_append_u32(&bytes, 0x04030201), 0);
	assert_int_equal(bytes_append_u64(&bytes, 0x0807060504030201), 0);
	assert_int_equal(bytes_append(&bytes, NULL, 0), 0);
	assert_memory_equal(bytes.data, "ab\1\2\3\4\1\2\3\4\5\6\7\10\0", 15);
	bytes_free(&bytes);
	assert_null(bytes.data);
	bytes_free(&bytes);
	bytes_clear(&bytes);
}

static void test_too_much_is_refused(void **state)
{
	struct bytes bytes = BYTES_INIT;

	(void)state;
	assert_int_equal(bytes_append_text(&bytes, "kept"), 0);
	assert_int_equal(bytes_reserve(&bytes, SIZE_MAX), TACIT_E_MEMORY);
	assert_int_equal(bytes_reserve(&bytes, SIZE_MAX / 2), TACIT_E_MEMORY);
	assert_string_equal(bytes.data, "kept");
	bytes_free(&bytes);
}

static void test_loads_and_stores(void **state)
{
	uint8_t at[9] = { 0xff, 1, 2, 3, 4, 5, 6, 7, 0xfe };

	(void)state;
	assert_int_equal(bytes_load16(at), 0x01ff);
	assert_int_equal(bytes_load32(at), 0x030201ff);
	assert_true(bytes_load64(at) == 0x07060504030201ffULL);
	assert_true(bytes_load64(at + 1) == 0xfe07060504030201ULL);	/* not aligned */
	bytes_store64(at + 1, 0x8899aabbccddeeffULL);
	assert_memory_equal(at, "\xff\xff\xee\xdd\xcc\xbb\xaa\x99\x88", 9);
	bytes_store16(at, 0x1234);
	bytes_store32(at + 2, 0xfffefdfc);
	assert_memory_equal(at, "\x34\x12\xfc\xfd\xfe\xff\xaa\x99\x88", 9);
}

static void test_hex(void **state)
{
	uint8_t out[3] = { 9, 9, 9 };
	char hex[7];

	(void)state;
	bytes_hex(hex, "\x00\xab\xff", 3);
	assert_string_equal(hex, "00abff");
	assert_true(bytes_unhex(out, 3, "00AbfF"));
	assert_memory_equal(out, "\x00\xab\xff", 3);
	assert_false(bytes_unhex(out, 3, "00abf"));
	assert_false(bytes_unhex(out, 3, "00abfff"));
	assert_false(bytes_unhex(out, 3, "00abfg"));
	assert_false(bytes_unhex(out, 3, ""));
	assert_true(bytes_unhex(out, 0, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appending),
		cmocka_unit_test(test_too_much_is_refused),
		cmocka_unit_test(test_loads_and_stores),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
