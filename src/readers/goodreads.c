/*
 * Goodreads. Books on the shelf "read" are acts, with their stars (0 means not rated); others are
 * plans, and counted as such. A book without the date on which it was read has the one on which
 * it was added.
 */
#include "goodreads.h"

#include <inttypes.h>
#include <string.h>

#include "formats/number.h"
#include "formats/rest.h"
#include "readers/collect.h"
#include "readers/detect.h"
#include "readers/each.h"

static const char *const needed[] = { "Book Id", "Title", "Author", "My Rating", "Date Added",
				      "Exclusive Shelf", NULL };

static const char *const kept[] = {
	"Book Id", "Additional Authors", "ISBN", "ISBN13", "Publisher", "Binding",
	"Number of Pages", "Private Notes", "Read Count",
};

/* One file being read. */
struct file {
	struct reading *reading;
	struct csv csv;
	struct collect collect;
	struct bytes rest, words;
	uint64_t undated;
};

static bool match(const struct sniff *sniff)
{
	return detect_columns(sniff, needed);
}

static struct act_text get(const struct file *file, const char *name)
{
	return number_trim(csv_get(&file->csv, csv_column(&file->csv, name)));
}

/* ="0062445316" -> 0062445316: how Goodreads keeps spreadsheets from eating the zeros. */
static struct act_text without_formula(struct act_text text)
{
	if (text.size >= 3 && text.data[0] == '=' && text.data[1] == '"' &&
	    text.data[text.size - 1] == '"') {
		text.data += 2;
		text.size -= 3;
	}
	return text;
}

/* Whether a shelf tells how far one is with a book, and nothing of the book. */
static bool is_state(struct act_text shelf)
{
	return number_is(shelf, "to-read") || number_is(shelf, "currently-reading") ||
	       number_is(shelf, "read");
}

/* "to-read, sci fi, sea" -> "sci fi|sea" */
static struct act_text shelves(struct file *file)
{
	struct act_text list = get(file, "Bookshelves"), words = { NULL, 0 };
	uint32_t from = 0, to;

	bytes_clear(&file->words);
	for (; from < list.size; from = to + 1) {
		struct act_text shelf;

		for (to = from; to < list.size && list.data[to] != ','; to++)
			;
		shelf = number_trim((struct act_text){ list.data + from, to - from });
		if (shelf.size == 0 || is_state(shelf))
			continue;
		if ((file->words.size > 0 && bytes_append_byte(&file->words, '|') != 0) ||
		    bytes_append(&file->words, shelf.data, shelf.size) != 0)
			return words;
	}
	words.data = (const char *)file->words.data;
	words.size = (uint32_t)file->words.size;
	return words;
}

/* Why the row is no act, or NULL. A book on the shelf to-read is a bookmark. */
static const char *not_read(struct act_text shelf, bool rated, bool dated)
{
	if (number_is(shelf, "read") || (shelf.size == 0 && (rated || dated)))
		return NULL;
	if (number_is(shelf, "to-read"))
		return NULL;
	if (number_is(shelf, "currently-reading"))
		return "not finished yet (currently-reading shelf)";
	return rated || dated ? NULL : "on another shelf, neither rated nor dated";
}

static int take_row(void *context)
{
	struct file *file = context;
	struct act_text date = get(file, "Date Read"), rating = get(file, "My Rating");
	struct emit *emit = file->reading->emit;
	bool dated = date.size > 0;
	struct dates_raw raw;
	const char *why;
	struct act act;
	size_t i;

	emit_blank_act(&act, ACT_READ, "books");
	act.title = get(file, "Title");
	if (act.title.size == 0)
		return emit_skip(emit, "no title");
	if (!number_fixed(rating, &act.value) || act.value <= 0 || act.value > 5 << 20)
		act.value = ACT_NONE;
	why = not_read(get(file, "Exclusive Shelf"), act.value != ACT_NONE, dated);
	if (why != NULL)
		return emit_skip(emit, why);
	if (number_is(get(file, "Exclusive Shelf"), "to-read"))
		act.verb = ACT_BOOKMARK;
	if (!dated)
		date = get(file, "Date Added");
	if (!dates_parse(date.data, date.size, &raw))
		return emit_skip(emit, "no date");
	file->undated += !dated && act.verb == ACT_READ;
	act.creator = get(file, "Author");
	act.year = number_year(get(file, "Original Publication Year"));
	if (act.year == ACT_YEAR_UNKNOWN)
		act.year = number_year(get(file, "Year Published"));
	act.words = shelves(file);
	act.text = get(file, "My Review");
	rest_begin(&file->rest);
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		rest_put(&file->rest, kept[i], without_formula(get(file, kept[i])));
	act.rest = rest_end(&file->rest);
	return collect_add(&file->collect, &act, &raw);
}

static int read_library(struct reading *reading)
{
	static const struct collect_how how = { DATES_YMD, "as Goodreads writes them", true };
	struct file file = { .reading = reading };
	bool found;
	int failed;

	collect_init(&file.collect, reading->error);
	csv_open(&file.csv, reading->input, reading->sniff->delimiter, true);
	failed = csv_header(&file.csv, &found);
	if (failed == 0 && found)
		failed = each_row(reading, &file.csv, take_row, &file);
	if (file.undated > 0)
		emit_note(reading->emit, "%" PRIu64 " book%s without a date read: the date added "
			  "is used", file.undated, file.undated == 1 ? "" : "s");
	if (failed == 0)
		failed = collect_finish(&file.collect, reading->emit, &how);
	csv_close(&file.csv);
	collect_free(&file.collect);
	bytes_free(&file.rest);
	bytes_free(&file.words);
	return failed;
}

static const char *const goodreads_library_dropped[] = {
	"Average Rating", "Recommended For", "Recommended By", "Original Purchase Date",
	"Original Purchase Location", "Condition", "Condition Description", NULL,
};
static const struct reader_about goodreads_library_about = {
	"goodreads_library_export.csv",
	"read, bookmark",
	"Title, Author, My Rating, Original Publication Year, Date Read or Date "
	"Added, Bookshelves, My Review; rest: ISBN, Publisher, Number of Pages, "
	"Read Count, Private Notes",
	goodreads_library_dropped,
	"the time of day; earlier readings of a book"
};
const struct reader goodreads_library = {
	"goodreads", "Goodreads: library export", match, NULL, read_library,
	&goodreads_library_about
};
