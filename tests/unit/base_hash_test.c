/* The hash and the seeded generator, against published values: both are parts of formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/sha256.h"

static void test_mix(void **state)
{
	(void)state;
	assert_true(hash_mix(0) == 0);
	/* MurmurHash3's fmix64(1). */
	assert_true(hash_mix(1) == 0xb456bcfc34c2cb2cULL);
}

static void test_hash(void **state)
{
	(void)state;
	/* FNV-1a 64 of Noll's test suite, then mixed; hash_mix(0) is 0: seed 0 changes nothing. */
	assert_true(hash_bytes("", 0, 0) == hash_mix(0xcbf29ce484222325ULL));
	assert_true(hash_bytes("a", 1, 0) == hash_mix(0xaf63dc4c8601ec8cULL));
	assert_true(hash_bytes("foobar", 6, 0) == hash_mix(0x85944171f73967e8ULL));
	assert_true(hash_bytes("foobar", 6, 0) != hash_bytes("foobar", 6, 1));
}

static void test_splitmix(void **state)
{
	/* SplitMix64 with seed 1234567, as published on Rosetta Code. */
	static const uint64_t wanted[] = { 6457827717110365317ULL, 3203168211198807973ULL,
					   9817491932198370423ULL, 4593380528125082431ULL,
					   16408922859458223821ULL };
	struct random random = { 1234567 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_true(random_u64(&random) == wanted[i]);
}

static void test_ranges(void **state)
{
	struct random random = { 3 };
	uint32_t seen[7] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 7000; i++) {
		float unit = random_unit(&random);
		uint32_t below = random_below(&random, 7);

		assert_true(unit >= 0.0f && unit < 1.0f);
		assert_true(below < 7);
		seen[below]++;
	}
	/* Binomial(7000, 1/7): mean 1000, sd 29.3; 6 sd. */
	for (i = 0; i < 7; i++)
		assert_in_range(seen[i], 824, 1176);
	assert_int_equal(random_below(&random, 1), 0);
}

/* FIPS 180-4 examples (NIST, SHA256.pdf) and the million letters a. */
static void test_sha256(void **state)
{
	static const struct {
		const char *text, *hex;
	} known[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1], *million = malloc(1000000);
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		sha256_of(known[i].text, strlen(known[i].text), digest);
		bytes_hex(hex, digest, sizeof(digest));
		assert_string_equal(hex, known[i].hex);
	}
	assert_non_null(million);
	memset(million, 'a', 1000000);
	sha256_of(million, 1000000, digest);
	bytes_hex(hex, digest, sizeof(digest));
	assert_string_equal(hex,
			    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mix),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_splitmix),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
