/*
 * Lists of books other than Goodreads's, by its conventions: a book that was read is an act with
 * its stars, a book that is to be read is a bookmark, others are skipped with their reason. So the
 * same book on two of these lists is the same thing: the first author, written first name first.
 */
#include "shelves.h"

#include <string.h>

#include "formats/number.h"
#include "readers/detect.h"
#include "readers/sheet.h"

/* The first of "A, B, C". */
static struct act_text first_of(struct act_text list, char between)
{
	const char *end = list.size == 0 ? NULL : memchr(list.data, between, list.size);

	if (end != NULL)
		list.size = (uint32_t)(end - list.data);
	return number_trim(list);
}

/* "Cortazar, Julio" as "Julio Cortazar", in the sheet's own memory. */
static struct act_text turned(struct sheet *sheet, struct act_text name)
{
	struct act_text last = first_of(name, ','), first;

	if (last.size == name.size)
		return name;
	first = number_trim((struct act_text){ name.data + last.size + 1,
					       name.size - last.size - 1 });
	bytes_clear(&sheet->text);
	if (bytes_append(&sheet->text, first.data, first.size) != 0 ||
	    bytes_append_byte(&sheet->text, ' ') != 0 ||
	    bytes_append(&sheet->text, last.data, last.size) != 0)
		return name;
	return (struct act_text){ (const char *)sheet->text.data, (uint32_t)sheet->text.size };
}

/* "[2007-05-08]" without its brackets. */
static struct act_text unbracketed(struct act_text text)
{
	if (text.size >= 2 && text.data[0] == '[' && text.data[text.size - 1] == ']') {
		text.data++;
		text.size -= 2;
	}
	return text;
}

/* The act's verb by the shelf's name; the reason why it is none, or NULL. */
static const char *set_shelf(struct act *act, struct act_text shelf)
{
	static const char *const plans[] = { "to-read", "planned", "Want to Read", "To read",
					     "Wishlist", "for_later" };
	size_t i;

	if (number_is(shelf, "read") || number_is(shelf, "Already Read") ||
	    number_is(shelf, "finished"))
		return NULL;
	for (i = 0; i < sizeof(plans) / sizeof(*plans); i++)
		if (number_is(shelf, plans[i])) {
			act->verb = ACT_BOOKMARK;
			act->value = ACT_NONE;
			return NULL;
		}
	if (act->value != ACT_NONE)
		return NULL;
	if (number_is(shelf, "currently-reading") || number_is(shelf, "Currently Reading") ||
	    number_is(shelf, "reading") || number_is(shelf, "in_progress"))
		return "not finished yet (being read)";
	if (number_is(shelf, "did-not-finish") || number_is(shelf, "stopped-reading") ||
	    number_is(shelf, "abandoned") || number_is(shelf, "unfinished"))
		return "given up, and not rated";
	return "on another shelf, not rated";
}

/* ---- StoryGraph ---- */

static const char *const storygraph_needed[] = { "Title", "Authors", "Read Status",
						 "Star Rating", "ISBN/UID", NULL };

static bool match_storygraph(const struct sniff *sniff)
{
	return detect_columns(sniff, storygraph_needed);
}

static int take_storygraph(struct sheet *sheet)
{
	static const char *const kept[] = { "ISBN/UID", "Format", "Read Count", "Dates Read",
					    "Pace", "Tags", NULL };
	struct act_text date = sheet_either(sheet, "Last Date Read", "Date Added");
	const char *why;
	struct act act;

	emit_blank_act(&act, ACT_READ, "books");
	act.title = sheet_get(sheet, "Title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	sheet_stars(&act, sheet_get(sheet, "Star Rating"), 5);
	why = set_shelf(&act, sheet_get(sheet, "Read Status"));
	if (why != NULL)
		return emit_skip(sheet->emit, why);
	act.creator = first_of(sheet_get(sheet, "Authors"), ',');
	act.words = sheet_words(sheet, sheet_get(sheet, "Moods"), ',');
	act.text = sheet_get(sheet, "Review");
	sheet_keep(sheet, &act, kept);
	return sheet_dated(sheet, &act, date);
}

static int read_storygraph(struct reading *reading)
{
	return sheet_table(reading, 0, take_storygraph);
}

static const char *const storygraph_dropped[] = { "Content Warnings",
						  "Content Warning Description", NULL };
static const struct reader_about storygraph_about = {
	"StoryGraph's CSV", "read, bookmark",
	"Title, Authors (the first), Read Status, Last Date Read or Date Added, Star Rating, "
	"Moods, Review; rest: ISBN/UID, Format, Read Count, Dates Read, Pace, Tags",
	storygraph_dropped, "the time of day; the year of the book"
};
const struct reader shelves_storygraph = {
	"storygraph", "StoryGraph: library export", match_storygraph, NULL, read_storygraph,
	&storygraph_about
};

/* ---- LibraryThing ---- */

static const char *const librarything_needed[] = { "Book Id", "Title", "Primary Author", "Rating",
						   "Entry Date", "Collections", NULL };

static bool match_librarything(const struct sniff *sniff)
{
	return detect_columns(sniff, librarything_needed);
}

static int take_librarything(struct sheet *sheet)
{
	static const char *const kept[] = { "Book Id", "Work id", "ISBNs", "Publication",
					    "Date Started", "Collections", "Languages", NULL };
	struct act_text date = unbracketed(sheet_get(sheet, "Date Read"));
	bool was_read = date.size > 0;
	const char *why;
	struct act act;

	emit_blank_act(&act, ACT_READ, "books");
	act.title = sheet_get(sheet, "Title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	sheet_stars(&act, sheet_get(sheet, "Rating"), 5);
	why = was_read ? NULL : set_shelf(&act, first_of(sheet_get(sheet, "Collections"), ','));
	if (why != NULL)
		return emit_skip(sheet->emit, why);
	if (!was_read)
		date = unbracketed(sheet_get(sheet, "Entry Date"));
	act.creator = turned(sheet, sheet_get(sheet, "Primary Author"));
	act.year = number_year(sheet_get(sheet, "Date"));
	act.words = sheet_words(sheet, sheet_get(sheet, "Tags"), ',');
	act.text = sheet_get(sheet, "Review");
	sheet_keep(sheet, &act, kept);
	return sheet_dated(sheet, &act, date);
}

static int read_librarything(struct reading *reading)
{
	return sheet_table(reading, 0, take_librarything);
}

static const char *const librarything_dropped[] = {
	"Private Comment", "From Where", "Source", "Barcode", "BCID", "Lending Patron",
	"Lending Status", "Lending Start", "Lending End", NULL,
};
static const struct reader_about librarything_about = {
	"librarything_*.tsv", "read, bookmark",
	"Title, Primary Author, Rating, Date Read or Entry Date, Date, Collections, Tags, Review; "
	"rest: Book Id, Work id, ISBNs, Publication, Date Started, Languages",
	librarything_dropped, "the time of day; whether a book that is only owned was read"
};
const struct reader shelves_librarything = {
	"librarything", "LibraryThing: library (TSV)", match_librarything, NULL,
	read_librarything, &librarything_about
};

/* ---- Calibre ---- */

static const char *const calibre_needed[] = { "authors", "author_sort", "title", "timestamp",
					      "uuid", NULL };

static bool match_calibre(const struct sniff *sniff)
{
	return detect_columns(sniff, calibre_needed);
}

/* A library of files: what is in it was wanted; only stars tell more. */
static int take_calibre(struct sheet *sheet)
{
	static const char *const kept[] = { "isbn", "identifiers", "publisher", "series",
					    "series_index", "languages", NULL };
	struct act_text printed = sheet_get(sheet, "pubdate");
	struct act act;

	emit_blank_act(&act, ACT_BOOKMARK, "books");
	act.title = sheet_get(sheet, "title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	sheet_stars(&act, sheet_get(sheet, "rating"), 5);
	if (act.value != ACT_NONE)
		act.verb = ACT_RATE;
	act.creator = first_of(sheet_get(sheet, "authors"), '&');
	if (printed.size >= 4)		/* 0101 is how Calibre writes that it is not known */
		act.year = number_year((struct act_text){ printed.data, 4 });
	if (act.year < 102)
		act.year = ACT_YEAR_UNKNOWN;
	act.words = sheet_words(sheet, sheet_get(sheet, "tags"), ',');
	sheet_keep(sheet, &act, kept);
	return sheet_act(sheet, &act, sheet_get(sheet, "timestamp"));
}

static int read_calibre(struct reading *reading)
{
	return sheet_table(reading, 0, take_calibre);
}

static const char *const calibre_dropped[] = { "cover", "library_name", "comments", "uuid", NULL };
static const struct reader_about calibre_about = {
	"Calibre's catalogue (CSV)", "rate, bookmark",
	"title, authors (the first), rating, timestamp (when it was added), pubdate, tags; rest: "
	"isbn, identifiers, publisher, series, languages",
	calibre_dropped, "whether and when a book was read"
};
const struct reader shelves_calibre = {
	"calibre", "Calibre: catalogue", match_calibre, NULL, read_calibre, &calibre_about
};

/* ---- Open Library ---- */

static bool match_openlibrary(const struct sniff *sniff)
{
	return detect_column(sniff, "Work Id") && detect_column(sniff, "Edition Id") &&
	       detect_column(sniff, "Bookshelf");
}

static int take_openlibrary(struct sheet *sheet)
{
	static const char *const kept[] = { "Work Id", "Edition Id", NULL };
	const char *why;
	struct act act;

	emit_blank_act(&act, ACT_READ, "books");
	act.title = sheet_get(sheet, "Title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title, only Open Library's number");
	why = set_shelf(&act, sheet_get(sheet, "Bookshelf"));
	if (why != NULL)
		return emit_skip(sheet->emit, why);
	act.creator = first_of(sheet_get(sheet, "Authors"), ',');
	sheet_keep(sheet, &act, kept);
	return sheet_undated(sheet, &act);
}

static int read_openlibrary(struct reading *reading)
{
	return sheet_table(reading, 0, take_openlibrary);
}

static const struct reader_about openlibrary_about = {
	"OpenLibrary_ReadingLog.csv", "read, bookmark",
	"Title and Authors where the file has them, Bookshelf; rest: Work Id, Edition Id",
	NULL, "when; in older exports even what: they hold numbers only"
};
const struct reader shelves_openlibrary = {
	"openlibrary", "Open Library: reading log", match_openlibrary, NULL, read_openlibrary,
	&openlibrary_about
};

/* ---- BookWyrm and Openreads ---- */

static bool is_openreads(const struct sniff *sniff)
{
	return detect_column(sniff, "title") && detect_column(sniff, "author") &&
	       detect_column(sniff, "status") && detect_column(sniff, "readings");
}

static bool match_bookwyrm(const struct sniff *sniff)
{
	return is_openreads(sniff) ||
	       (detect_column(sniff, "title") && detect_column(sniff, "author_text") &&
		detect_column(sniff, "remote_id") && detect_column(sniff, "shelf"));
}

static int take_bookwyrm(struct sheet *sheet)
{
	static const char *const kept[] = { "isbn_13", "openlibrary_key", "start_date",
					    "shelf_name", NULL };
	struct act_text date = sheet_either(sheet, "finish_date", "shelf_date");
	const char *why;
	struct act act;

	emit_blank_act(&act, ACT_READ, "books");
	act.title = sheet_get(sheet, "title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	sheet_stars(&act, sheet_get(sheet, "rating"), 5);
	why = sheet_get(sheet, "finish_date").size > 0 ? NULL :
	      set_shelf(&act, sheet_get(sheet, "shelf"));
	if (why != NULL)
		return emit_skip(sheet->emit, why);
	act.creator = first_of(sheet_get(sheet, "author_text"), ',');
	act.text = sheet_get(sheet, "review_content");
	sheet_keep(sheet, &act, kept);
	return sheet_dated(sheet, &act, date);
}

/* readings: "start|finish|milliseconds", several with ';' between. */
static struct act_text finished(struct act_text readings)
{
	struct act_text one = first_of(readings, ';');
	struct act_text start = first_of(one, '|');

	if (start.size >= one.size)
		return (struct act_text){ NULL, 0 };
	one.data += start.size + 1;
	one.size -= start.size + 1;
	one = first_of(one, '|');
	if (one.size > 10)		/* its midnight is no time of day */
		one.size = 10;
	return one;
}

static int take_openreads(struct sheet *sheet)
{
	static const char *const kept[] = { "isbn", "olid", "pages", "book_format", NULL };
	struct act_text date = finished(sheet_get(sheet, "readings"));
	const char *why;
	struct act act;

	emit_blank_act(&act, ACT_READ, "books");
	act.title = sheet_get(sheet, "title");
	if (act.title.size == 0)
		return emit_skip(sheet->emit, "no title");
	if (number_is(sheet_get(sheet, "deleted"), "true"))
		return emit_skip(sheet->emit, "deleted by the person");
	sheet_stars(&act, sheet_get(sheet, "rating"), 5);
	why = set_shelf(&act, sheet_get(sheet, "status"));
	if (why != NULL)
		return emit_skip(sheet->emit, why);
	act.creator = first_of(sheet_get(sheet, "author"), ',');
	act.year = number_year(sheet_get(sheet, "publication_year"));
	act.text = sheet_get(sheet, "my_review");
	sheet_keep(sheet, &act, kept);
	return sheet_act(sheet, &act, date.size > 0 ? date : sheet_get(sheet, "date_added"));
}

static int read_bookwyrm(struct reading *reading)
{
	return sheet_table(reading, 0, is_openreads(reading->sniff) ? take_openreads :
			   take_bookwyrm);
}

static const char *const bookwyrm_dropped[] = { "remote_id", "notes", "review_cw", NULL };
static const struct reader_about bookwyrm_about = {
	"BookWyrm's and Openreads's CSV", "read, bookmark",
	"title, author_text or author (the first), finish_date or readings, else shelf_date or "
	"date_added, rating, shelf or status, publication_year, review; rest: ISBN, Open Library's "
	"number, start_date, pages",
	bookwyrm_dropped, "the time of day"
};
const struct reader shelves_bookwyrm = {
	"bookwyrm", "BookWyrm and Openreads: books", match_bookwyrm, NULL, read_bookwyrm,
	&bookwyrm_about
};
