/* Text of any bytes: folding stays folded, what is fitted fits, what is safe is safe. */
#include "../src/base/text.c"
#include "../src/base/text_fold.c"

#include <stdlib.h>

#include "replay.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void check_fold(const char *text, size_t size, size_t max)
{
	char once[512], twice[512];
	int32_t year = 0;
	size_t folded = text_fold(text, size, once, max);

	must(folded < max && once[folded] == 0 && text_valid(once, folded));
	must(text_fold(once, folded, twice, max) == folded && memcmp(once, twice, folded) == 0);
	folded = text_fold_title(text, size, &year, once, max);
	must(folded < max && once[folded] == 0 && text_valid(once, folded));
	must(year >= 0 && year < 2200 && text_cut_year(text, size, NULL) <= size);
}

static void check_shown(const char *text, size_t size, size_t columns, size_t max)
{
	char out[512];
	size_t shown = text_safe(text, size, out, max), i = 0, wide;

	must(shown < max && out[shown] == 0 && text_valid(out, shown));
	while (i < shown) {
		uint32_t c;

		i += text_decode(out + i, shown - i, &c);
		must(!steers(c));
	}
	shown = text_fit(text, size, columns, out, max);
	must(shown < max && out[shown] == 0 && text_valid(out, shown));
	wide = text_width(out, shown);
	must(wide <= columns);
	must(wide == columns || shown + 4 >= max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t max, columns, cut;
	const char *text;

	if (size < 2)
		return 0;
	max = 1 + 2 * (size_t)data[0];
	columns = data[1] % 64;
	text = (const char *)data + 2;
	size -= 2;
	check_fold(text, size, max);
	check_shown(text, size, columns, max);
	cut = text_cut(text, size, columns);
	must(cut <= columns && cut <= size);
	must(!text_valid(text, size) || text_valid(text, cut));
	text_width(text, size);
	return 0;
}
