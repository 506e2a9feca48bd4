/* The walker over XML, held against Expat: documents by hand, then made and broken at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "xml_against.h"

#include <cmocka.h>

#include "base/random.h"

static void test_by_hand(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "<a/>", true }, { "<a></a>", true }, { "<a>", false }, { "</a>", false }, { "<a></b>", false },
		{ "<a></a ><!-- x --><?p q?>\n", true }, { "<a/><b/>", false }, { "<a/>x", false },
		{ "x<a/>", false }, { "<?xml version='1.0'?><a/>", true }, { "<!-- --><?xml version='1.0'?><a/>", false },
		{ "<a b='1' c=\"2\"/>", true }, { "<a b='1'c='2'/>", false }, { "<a b='1' b='2'/>", false },
		{ "<a b=1/>", false }, { "<a b/>", false }, { "<a b='<'/>", false }, { "<a b='>'/>", true },
		{ "<a b='x\r\ny\tz\n'/>", true }, { "<a b='&#10;&lt;&amp;&#x1F600;'/>", true },
		{ "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;</a>", true }, { "<a>&nbsp;</a>", false },
		{ "<a>&</a>", false }, { "<a>&;</a>", false }, { "<a>&#;</a>", false }, { "<a>&#0;</a>", false },
		{ "<a>&#xD800;</a>", false }, { "<a>&#x110000;</a>", false }, { "<a>&#xFFFE;</a>", false },
		{ "<a>&#99999999999999;</a>", false }, { "<a>x\r\ny\rz</a>", true }, { "<a>]]></a>", false },
		{ "<a>x<![CDATA[<&]]]]>y</a>", true }, { "<![CDATA[]]><a/>", false }, { "<a><![CDATA[</a>", false },
		{ "<a><!-- -- --></a>", false }, { "<a><!-- - --></a>", true }, { "<a><b>1</b>2<b>3</b></a>", true },
		{ "<p:a xmlns:p='x' p:b='c'>t</p:a>", true }, { "<a>\x01</a>", false }, { "<a b='\x01'/>", false },
		{ "<a>\xc3\xa9</a>", true }, { "<a>\xc3</a>", false }, { "<a b='\xc3'/>", false }, { "<1/>", false },
		{ "<a.b-c_1/>", true }, { "< a/>", false }, { "<a / >", false }, { "<a><?xml x?></a>", false },
		{ "<\xc3\xa9t\xc3\xa9/>", true }, { "<a", false }, { "<a b='", false }, { "<a>&am", false },
	};
	size_t i, step;
	bool expat;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (step = 1; step < 20; step += 6)
			if (xml_against(cases[i].text, strlen(cases[i].text), step, &expat) != cases[i].good ||
			    expat != cases[i].good)
				fail_msg("case %zu: %s (Expat %d)", i, cases[i].text, expat);
}

static void put(struct bytes *out, const char *text)
{
	bytes_append_text(out, text);
}

static void put_words(struct random *random, struct bytes *out)
{
	static const char *const parts[] = { "word", " ", "\n", "&amp;", "&#233;", "\xc3\xa9", "&#x1F600;",
					     "a longer text of words", "\t", "\r\n", ">", "&lt;b&gt;" };
	uint32_t count = random_below(random, 4);

	while (count-- > 0)
		put(out, parts[random_below(random, sizeof(parts) / sizeof(*parts))]);
}

static void put_element(struct random *random, struct bytes *out, int depth)
{
	static const char *const names[] = { "trk", "trkpt", "gpx:ele", "a", "Record" };
	static const char *const keys[] = { " lat=\"", " lon=\"", "\n  x:time = \"", " n=\"" };
	const char *name = names[random_below(random, 5)];
	uint32_t count = random_below(random, 5), i;

	put(out, "<");
	put(out, name);
	for (i = 0; i < count && i < 4; i++) {
		put(out, keys[i]);
		put_words(random, out);
		put(out, "\"");
	}
	if (random_below(random, 4) == 0) {
		put(out, " />");
		return;
	}
	put(out, ">");
	for (i = random_below(random, depth > 3 ? 1 : 4); i > 0; i--) {
		put_words(random, out);
		switch (random_below(random, 6)) {
		case 0: put(out, "<!-- a - comment -->"); break;
		case 1: put(out, "<![CDATA[ <raw> ]]>"); break;
		case 2: put(out, "<?do it?>"); break;
		default: put_element(random, out, depth + 1); break;
		}
	}
	put_words(random, out);
	put(out, "</");
	put(out, name);
	put(out, random_below(random, 5) == 0 ? "\n>" : ">");
}

static void test_random(void **state)
{
	static const char letters[] = "<>&;\"'/!?-=[] a#\n\xc3\x01";
	struct random random = { 20240603 };
	struct bytes text = BYTES_INIT;
	int round, good = 0, own = 0, expat = 0;
	bool theirs;

	(void)state;
	for (round = 0; round < 8000; round++) {
		size_t step = 1 + random_below(&random, 40), head;

		bytes_clear(&text);
		put(&text, random_below(&random, 2) ? "<?xml version=\"1.0\"?>\n" : "");
		head = text.size;
		put_element(&random, &text, 0);
		good += xml_against((char *)text.data, text.size, step, &theirs);
		/* Ours does not look into the declaration. */
		text.data[head + random_below(&random, (uint32_t)(text.size - head))] =
			(uint8_t)letters[random_below(&random, sizeof(letters) - 1)];
		own += xml_against((char *)text.data, text.size, step, &theirs);
		expat += theirs;
		xml_against((char *)text.data, random_below(&random, (uint32_t)text.size), step, &theirs);
	}
	assert_true(good > 6000);
	assert_true(expat > 500);
	/* Of the broken documents ours takes a few that Expat refuses. */
	assert_true(own >= expat && own - expat < expat / 20);
	bytes_free(&text);
}

/* Entities are refused, wherever they are declared; other declarations are passed over. */
static void test_declarations(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "XML that defines entities is not read (line 1)" },
		{ "<!DOCTYPE a [\n<!-- ' -->\n<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]><a/>",
		  "XML that defines entities is not read (line 1)" },
		{ "<!DOCTYPE a [<!ELEMENT a (b*)> <!ATTLIST a b CDATA #REQUIRED>\n]>\n<a b=''/>", "" },
		{ "<!DOCTYPE a PUBLIC '-//x' \"http://x/x.dtd\"><a>&nbsp;x</a>", "" },
		{ "<!DOCTYPE a><a>&nbsp;x</a>", "broken XML (line 1)" },
		{ "<!DOCTYPE a [", "XML that is cut short (line 1)" },
		{ "<a>\n\n<b>", "XML that is cut short (line 3)" },
		{ "\n\n", "XML that is cut short (line 3)" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct against against = { .depth = 0 };
		struct against_pieces pieces = { cases[i].text, strlen(cases[i].text), 0, 5 };
		struct input_from from = { against_read, &pieces };
		struct xml xml = { &against, against_begin, against_end };
		struct input input;
		struct error error;
		char why[80];

		assert_int_equal(input_open(&input, &from, &error), 0);
		assert_int_equal(xml_read(&input, &xml, why), 0);
		assert_string_equal(why, cases[i].why);
		input_close(&input);
		bytes_free(&against.seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_declarations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
