/*
 * Amazon's order history (Retail.OrderHistory.N.csv): each row is one thing bought. Addresses,
 * payment, gifts and their recipients are never stored; what was cancelled was not bought.
 */
#include "amazon.h"

#include "formats/number.h"
#include "formats/rest.h"
#include "readers/detect.h"
#include "readers/sheet.h"

static const char *const needed[] = { "Order ID", "Order Date", "ASIN", "Product Name",
				      "Order Status", NULL };
static const char *const kept[] = { "ASIN", "Quantity", "Unit Price", "Currency", "Website",
				    "Product Condition", NULL };

static bool match(const struct sniff *sniff)
{
	return detect_columns(sniff, needed);
}

/* How the export writes an empty field. */
static bool blank(struct act_text text)
{
	return text.size == 0 || number_is(text, "Not Available") ||
	       number_is(text, "Not Applicable");
}

static int take_row(struct sheet *sheet)
{
	struct act_text status = sheet_get(sheet, "Order Status");
	const char *const *name;
	struct act act;

	emit_blank_act(&act, ACT_BUY, "shop");
	if (number_is(status, "Cancelled") || number_is(status, "Canceled"))
		return emit_skip(sheet->emit, "cancelled");
	act.title = sheet_get(sheet, "Product Name");
	if (blank(act.title))
		return emit_skip(sheet->emit, "no title");
	rest_begin(&sheet->rest);
	for (name = kept; *name != NULL; name++)
		if (!blank(sheet_get(sheet, *name)))
			rest_put(&sheet->rest, *name, sheet_get(sheet, *name));
	act.rest = rest_end(&sheet->rest);
	return sheet_act(sheet, &act, sheet_get(sheet, "Order Date"));
}

static int read_orders(struct reading *reading)
{
	return sheet_table(reading, 0, take_row);
}

static const char *const dropped[] = {
	"Order ID", "Purchase Order Number", "Payment Instrument Type", "Shipping Address",
	"Billing Address", "Carrier Name & Tracking Number", "Gift Message", "Gift Sender Name",
	"Gift Recipient Contact Details", "Item Serial Number", NULL,
};
static const struct reader_about about = {
	"Retail.OrderHistory.*.csv",
	"buy",
	"Order Date, Product Name, Order Status; rest: ASIN, Quantity, Unit Price, Currency, "
	"Website, Product Condition",
	dropped,
	"for whom it was; what was sent back"
};
const struct reader amazon_orders = {
	"amazon", "Amazon: order history", match, NULL, read_orders, &about
};
