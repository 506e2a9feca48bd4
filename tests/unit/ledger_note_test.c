/* Notes, keys, checkpoints, cosignatures, proof files: published examples, and one spelling only. */
#include "ledger_kit.h"

#include "ledger/cosignature.h"
#include "ledger/lines.h"
#include "ledger/note.h"
#include "ledger/proof.h"

/* The key and note of the documentation of golang.org/x/mod/sumdb/note. */
#define NEUMANN "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define TEXT "If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define SIGNATURE "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FF" \
	"YC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define NOTE TEXT "\n" SIGNATURE

static int open_note(const char *data, size_t size, const char *vkey)
{
	struct note_verdict verdict;
	struct error error;
	struct note note;
	struct vkey key;
	int result;

	assert_true(vkey_take(vkey, strlen(vkey), &key));
	result = note_parse(data, size, &note, &error);
	return result != 0 ? result : note_verify(&note, &key, 1, &verdict, &error);
}

static void published_note(void **state)
{
	/* The seed behind the 0x01 of that documentation's private key. */
	static const char private_key[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
	uint8_t raw[33], secret[VKEY_SECRET_BYTES];
	struct bytes out = BYTES_INIT;
	struct vkey key, published;
	size_t used;

	(void)state;
	assert_int_equal(open_note(NOTE, strlen(NOTE), NEUMANN), 0);
	assert_true(vkey_take(NEUMANN, strlen(NEUMANN), &published));
	assert_true(digest_take_base64(private_key, strlen(private_key), raw, sizeof(raw), &used));
	assert_int_equal(used, 33);
	assert_true(vkey_make_pair(&key, "PeterNeumann", raw[0], raw + 1, secret));
	assert_memory_equal(&key, &published, sizeof(key));
	assert_int_equal(note_sign(&out, TEXT, strlen(TEXT), &key, secret), 0);
	assert_string_equal((char *)out.data, SIGNATURE);
	bytes_clear(&out);
	assert_int_equal(vkey_put(&out, &key), 0);
	assert_string_equal((char *)out.data, NEUMANN);
	bytes_free(&out);
}

/* Base64 has one spelling: each byte in the place of each letter, and each bit behind the end. */
static void base64(void **state)
{
	static const char good[] = "AQIDBA==";
	uint8_t out[8], want[4] = { 1, 2, 3, 4 };
	char text[sizeof(good)];
	struct bytes again = BYTES_INIT;
	size_t i, used;
	int c;

	(void)state;
	for (i = 0; i < 8; i++) {
		for (c = 0; c < 256; c++) {
			memcpy(text, good, sizeof(text));
			text[i] = (char)c;
			if (!digest_take_base64(text, 8, out, sizeof(out), &used))
				continue;
			bytes_clear(&again);
			assert_int_equal(digest_put_base64(&again, out, used), 0);
			assert_string_equal((char *)again.data, text);
		}
		assert_int_equal(digest_take_base64(good, i, out, sizeof(out), &used), i % 4 == 0);
	}
	assert_true(digest_take_base64(good, 8, out, 4, &used));
	assert_int_equal(used, 4);
	assert_memory_equal(out, want, 4);
	assert_false(digest_take_base64(good, 8, out, 3, &used));
	assert_true(digest_take_base64("", 0, out, 0, &used));
	assert_int_equal(used, 0);
	bytes_free(&again);
}

static void mangled(void **state)
{
	char note[sizeof(NOTE)], vkey[] = NEUMANN;
	struct vkey key;
	size_t i, j;

	(void)state;
	/* Every byte, every bit: another text, another signature, or no note at all. */
	for (i = 0; i + 1 < sizeof(note); i++) {
		for (j = 0; j < 8; j++) {
			memcpy(note, NOTE, sizeof(note));
			note[i] = (char)(note[i] ^ 1 << j);
			if (open_note(note, sizeof(note) - 1, NEUMANN) == 0)
				fail_msg("bit %zu of byte %zu can be changed", j, i);
		}
		assert_int_not_equal(open_note(NOTE, i, NEUMANN), 0);
	}
	for (i = 0; i + 1 < sizeof(vkey); i++) {
		vkey[i]++;
		assert_false(vkey_take(vkey, strlen(vkey), &key));
		vkey[i]--;
		for (j = i; j < strlen(vkey); j++)
			if (i != 0 || j != strlen(vkey))
				assert_false(vkey_take(vkey + i, j - i, &key));
	}
}

static void refuses(const char *note, int code)
{
	struct error error;
	struct note out;
	int result = note_parse(note, strlen(note), &out, &error);

	if (result != code)
		fail_msg("%d, not %d, for \"%s\"", result, code, note);
}

static void strict_notes(void **state)
{
	(void)state;
	refuses(NOTE, 0);
	refuses("", TACIT_E_FORMAT);
	refuses("\n", TACIT_E_FORMAT);
	refuses("text\n", TACIT_E_FORMAT);
	refuses("text\n\n", TACIT_E_FORMAT);
	refuses(TEXT SIGNATURE, TACIT_E_FORMAT);
	refuses(TEXT "\n" SIGNATURE "\n", TACIT_E_FORMAT);
	refuses(TEXT "\r\n" SIGNATURE, TACIT_E_FORMAT);
	refuses("a\r\n\r\n" SIGNATURE, TACIT_E_FORMAT);
	refuses("a\tb\n\n" SIGNATURE, TACIT_E_FORMAT);
	refuses("a\x01\n\n" SIGNATURE, TACIT_E_FORMAT);
	refuses("a\x1f\n\n" SIGNATURE, TACIT_E_FORMAT);
	refuses("a\xff\n\n" SIGNATURE, TACIT_E_FORMAT);
	refuses("a\n\n- name AAAAAAA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 name AAAAAAA=\n", 0);
	refuses("a\n\n\xe2\x80\x94name AAAAAAA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94  AAAAAAA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 name  AAAAAAA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 name AAAAAAA= \n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 name\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 na+me AAAAAAA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 na\xc2\xa0me AAAAAAA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 na\xe3\x80\x80me AAAAAAA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 name AAAAAA==\n", TACIT_E_FORMAT);	/* four bytes: an ID only */
	refuses("a\n\n\xe2\x80\x94 name AAAAAAA\n", TACIT_E_FORMAT);	/* no padding */
	refuses("a\n\n\xe2\x80\x94 name AAAAAAB=\n", TACIT_E_FORMAT);	/* bits behind the end */
	refuses("a\n\n\xe2\x80\x94 name AAAA-AA=\n", TACIT_E_FORMAT);
	refuses("a\n\n\xe2\x80\x94 name AAAAAAA=", TACIT_E_FORMAT);
}

/* 16 signatures at least, many more at most; unknown keys, and known ones that are wrong. */
static void many_signatures(void **state)
{
	struct vkey known, other, cousin;
	uint8_t secret[VKEY_SECRET_BYTES], other_secret[VKEY_SECRET_BYTES];
	struct bytes out = BYTES_INIT;
	struct note_verdict verdict[2];
	struct error error;
	struct note note;
	size_t i, n;

	(void)state;
	kit_key("known", VKEY_ED25519, 1, &known, secret);
	kit_key("known", VKEY_ED25519, 2, &cousin, other_secret);	/* same name, other ID */
	for (n = 1; n <= LIMIT_NOTE_SIGNATURES + 1; n++) {
		bytes_clear(&out);
		bytes_append_text(&out, "text\n\n");
		for (i = 0; i + 1 < n; i++) {
			kit_key(i % 2 ? "known" : "other", VKEY_ED25519, (uint8_t)(i + 3), &other,
				other_secret);
			assert_int_equal(note_sign(&out, "text\n", 5, &other, other_secret), 0);
		}
		assert_int_equal(note_sign(&out, "text\n", 5, &known, secret), 0);
		if (n > LIMIT_NOTE_SIGNATURES) {
			assert_int_equal(note_parse((char *)out.data, out.size, &note, &error),
					 TACIT_E_LIMIT);
			break;
		}
		assert_int_equal(note_parse((char *)out.data, out.size, &note, &error), 0);
		assert_int_equal(note.count, n);
		assert_int_equal(note_verify(&note, &known, 1, verdict, &error), 0);
		assert_true(verdict[0].signed_it);
		assert_int_equal(note_verify(&note, &cousin, 1, verdict, &error), TACIT_E_SIGNATURE);
	}
	assert_true(LIMIT_NOTE_SIGNATURES >= 16);
	/* One good signature does not make up for a wrong one of a known key. */
	kit_key("second", VKEY_ED25519, 9, &other, other_secret);
	bytes_clear(&out);
	bytes_append_text(&out, "text\n\n");
	note_sign(&out, "text\n", 5, &known, secret);
	note_sign(&out, "Text\n", 5, &other, other_secret);
	assert_int_equal(note_parse((char *)out.data, out.size, &note, &error), 0);
	assert_int_equal(note_verify(&note, &known, 1, verdict, &error), 0);
	{
		struct vkey both[2] = { known, other };

		assert_int_equal(note_verify(&note, both, 2, verdict, &error), TACIT_E_SIGNATURE);
	}
	bytes_free(&out);
}

static void checkpoints(void **state)
{
	/* The examples of tlog-checkpoint and of golang.org/x/mod/sumdb/tlog. */
	static const char sofa[] = "example.com/behind-the-sofa\n20852163\n"
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	static const char go[] = "go.sum database tree\n123456789012\n"
		"TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n";
	static const char *const bad[] = {
		"", "\n1\nR\n", "o\n", "o\n1\n", "o\n1\nR", "o\n01\nR\n", "o\n-1\nR\n", "o\n+1\nR\n",
		"o\n 1\nR\n", "o\n1 \nR\n", "o\n0x1\nR\n", "o\n\nR\n", "o\n9223372036854775808\nR\n",
		"o\n18446744073709551616\nR\n", "o\n99999999999999999999999\nR\n", "o\n1\nR=\n", "o\n1\n\n",
		"o\n1\nR\n\n", "o\n1\nR\next", "o\n1\nR\n\next\n"
	};
	static const char root[] = "TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=";
	struct checkpoint checkpoint;
	struct bytes out = BYTES_INIT;
	struct digest hello;
	struct error error;
	char text[256];
	size_t i;

	(void)state;
	assert_int_equal(checkpoint_take(sofa, strlen(sofa), &checkpoint, &error), 0);
	assert_int_equal(checkpoint.size, 20852163);
	assert_true(checkpoint_is_of(&checkpoint, "example.com/behind-the-sofa"));
	assert_false(checkpoint_is_of(&checkpoint, "example.com/behind-the-sof"));
	assert_int_equal(checkpoint_put(&out, "example.com/behind-the-sofa", 20852163,
					&checkpoint.root), 0);
	assert_string_equal((char *)out.data, sofa);
	assert_int_equal(checkpoint_take(go, strlen(go), &checkpoint, &error), 0);
	digest_leaf("hello world", 11, &hello);
	assert_memory_equal(&checkpoint.root, &hello, sizeof(hello));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *at = strchr(bad[i], 'R');
		int size = at == NULL ? snprintf(text, sizeof(text), "%s", bad[i]) :
			snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - bad[i]), bad[i], root, at + 1);

		if (checkpoint_take(text, (size_t)size, &checkpoint, &error) != TACIT_E_FORMAT)
			fail_msg("taken for a checkpoint: \"%s\"", text);
	}
	i = (size_t)snprintf(text, sizeof(text), "o\n9223372036854775807\n%s\none\ntwo\n", root);
	assert_int_equal(checkpoint_take(text, i, &checkpoint, &error), 0);
	assert_int_equal(checkpoint.extensions, 2);
	assert_int_equal(checkpoint.size, INT64_MAX);
	assert_int_equal(checkpoint_put(&out, "o", 1ULL << 63, &hello), TACIT_E_ARGUMENT);
	assert_int_equal(checkpoint_put(&out, "two words", 1, &hello), TACIT_E_ARGUMENT);
	assert_int_equal(checkpoint_put(&out, "o\n1", 1, &hello), TACIT_E_ARGUMENT);
	bytes_free(&out);
}

static void relations(void **state)
{
	struct checkpoint a = { "log", 3, 5, { { 1 } }, 0 }, b = a;

	(void)state;
	assert_int_equal(checkpoint_compare(&a, &b), CHECKPOINT_SAME);
	b.size = 6;
	assert_int_equal(checkpoint_compare(&a, &b), CHECKPOINT_NEWER);
	assert_int_equal(checkpoint_compare(&b, &a), CHECKPOINT_ROLLBACK);
	b = a;
	b.root.byte[31] = 9;
	assert_int_equal(checkpoint_compare(&a, &b), CHECKPOINT_SPLIT);
	b = a;
	b.origin = "gol";
	assert_int_equal(checkpoint_compare(&a, &b), CHECKPOINT_OTHER);
}

static void cosignatures(void **state)
{
	static const char text[] = "log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n";
	static const char message[] = "cosignature/v1\ntime 1679315147\nlog\n5\n"
		"TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n";
	uint8_t secret[VKEY_SECRET_BYTES], raw[128], again[VKEY_SIGNATURE_BYTES];
	struct bytes out = BYTES_INIT;
	struct note_verdict verdict;
	struct vkey key, plain;
	struct error error;
	struct note note;
	size_t used, i;

	(void)state;
	kit_key("witness.example/w", VKEY_COSIGNATURE, 1, &key, secret);
	kit_key("witness.example/w", VKEY_ED25519, 1, &plain, secret);
	assert_int_not_equal(key.id, plain.id);
	bytes_append_text(&out, text);
	bytes_append_byte(&out, '\n');
	assert_int_equal(cosignature_sign(&out, text, strlen(text), 1679315147, &key, secret), 0);
	assert_int_equal(note_parse((char *)out.data, out.size, &note, &error), 0);
	assert_int_equal(note_verify(&note, &key, 1, &verdict, &error), 0);
	assert_int_equal(verdict.time, 1679315147);
	assert_int_equal(note_verify(&note, &plain, 1, &verdict, &error), TACIT_E_SIGNATURE);
	/* The layout: key ID, big-endian seconds (0x6418 50cb), Ed25519 over the message. */
	assert_true(digest_take_base64(note.line[0].base64, note.line[0].base64_size, raw, sizeof(raw),
				       &used));
	assert_int_equal(used, 4 + 8 + 64);
	assert_memory_equal(raw + 4, "\0\0\0\0\x64\x18\x50\xcb", 8);
	vkey_sign(secret, message, strlen(message), again);
	assert_memory_equal(raw + 12, again, sizeof(again));
	for (i = 4; i < used; i++) {
		uint64_t time;

		raw[i] ^= 1;
		assert_false(cosignature_verify(&key, text, strlen(text), raw + 4, &time));
		raw[i] ^= 1;
	}
	assert_int_equal(cosignature_sign(&out, text, strlen(text), 1ULL << 63, &key, secret),
			 TACIT_E_ARGUMENT);
	assert_int_equal(cosignature_sign(&out, text, strlen(text), 1, &plain, secret),
			 TACIT_E_ARGUMENT);
	bytes_free(&out);
}

static void proof_files(void **state)
{
	static const char *const bad[] = {
		"", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 1\n\nc",
		"c2sp.org/tlog-proof@v1\r\nindex 1\n\nc", "c2sp.org/tlog-proof@v1\nindex 01\n\nc",
		"c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\nc", "c2sp.org/tlog-proof@v1\nindex\n\nc",
		"c2sp.org/tlog-proof@v1\nindex 1 \n\nc", "c2sp.org/tlog-proof@v1\nindex 1\nxyz\n\nc",
		"c2sp.org/tlog-proof@v1\nextra *\nindex 1\n\nc", "c2sp.org/tlog-proof@v1\nextra AA==\n\nc",
		"c2sp.org/tlog-proof@v1\nindex 1\nextra AA==\n\nc", "c2sp.org/tlog-proof@v1\nindex 1\n"
	};
	struct tree_proof path = { 3, { { { 1 } }, { { 2 } }, { { 3 } } } };
	struct bytes out = BYTES_INIT, extra = BYTES_INIT;
	struct proof proof;
	struct error error;
	size_t i;

	(void)state;
	assert_int_equal(proof_put(&out, "extra!", 6, 73894, &path, "checkpoint\n", 11), 0);
	assert_int_equal(proof_take((char *)out.data, out.size, &proof, &error), 0);
	assert_int_equal(proof.index, 73894);
	assert_int_equal(proof.path.count, 3);
	assert_memory_equal(proof.path.hash, path.hash, 3 * DIGEST_BYTES);
	assert_int_equal(proof.checkpoint_size, 11);
	assert_int_equal(proof_extra(&proof, &extra), 0);
	assert_string_equal((char *)extra.data, "extra!");
	bytes_clear(&out);
	path.count = LIMIT_PROOF_HASHES;
	assert_int_equal(proof_put(&out, NULL, 0, 0, &path, "c", 1), 0);
	assert_int_equal(proof_take((char *)out.data, out.size, &proof, &error), 0);
	assert_null(proof.extra);
	/* A 64th hash. */
	out.size -= 2;
	digest_put(&out, &path.hash[0]);
	bytes_append_text(&out, "\n\nc");
	assert_int_equal(proof_take((char *)out.data, out.size, &proof, &error), TACIT_E_FORMAT);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (proof_take(bad[i], strlen(bad[i]), &proof, &error) != TACIT_E_FORMAT)
			fail_msg("taken for a proof: \"%s\"", bad[i]);
	bytes_free(&out);
	bytes_free(&extra);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_note), cmocka_unit_test(base64), cmocka_unit_test(mangled),
		cmocka_unit_test(strict_notes),
		cmocka_unit_test(many_signatures), cmocka_unit_test(checkpoints),
		cmocka_unit_test(relations), cmocka_unit_test(cosignatures), cmocka_unit_test(proof_files),
	};

	return cmocka_run_group_tests_name("ledger note", tests, NULL, NULL);
}
