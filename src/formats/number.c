/* Reading numbers; see number.h. */
#include "number.h"

#include <string.h>

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

struct act_text number_trim(struct act_text text)
{
	while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && (text.data[text.size - 1] == ' ' ||
				 text.data[text.size - 1] == '\t'))
		text.size--;
	return text;
}

bool number_is(struct act_text text, const char *word)
{
	return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

bool number_whole(struct act_text text, int64_t *value)
{
	bool negative = text.size > 0 && text.data[0] == '-';
	uint32_t i = text.size > 0 && (negative || text.data[0] == '+') ? 1 : 0;
	int64_t sum = 0;

	if (i == text.size || text.size - i > 18)
		return false;
	for (; i < text.size; i++) {
		if (!digit(text.data[i]))
			return false;
		sum = sum * 10 + (text.data[i] - '0');
	}
	*value = negative ? -sum : sum;
	return true;
}

bool number_fixed(struct act_text text, int64_t *value)
{
	bool negative = text.size > 0 && text.data[0] == '-';
	uint32_t i = text.size > 0 && (negative || text.data[0] == '+') ? 1 : 0, digits = 0;
	int64_t whole = 0, part = 0, scale = 1;

	for (; i < text.size && digit(text.data[i]); i++, digits++) {
		whole = whole * 10 + (text.data[i] - '0');
		if (whole >= 1LL << 40)
			return false;
	}
	if (i < text.size && (text.data[i] == '.' || text.data[i] == ',')) {
		for (i++; i < text.size && digit(text.data[i]); i++, digits++)
			if (scale < 1000000000) {
				part = part * 10 + (text.data[i] - '0');
				scale *= 10;
			}
	}
	if (i != text.size || digits == 0)
		return false;
	*value = (whole << 20) + ((part << 20) + scale / 2) / scale;
	if (negative)
		*value = -*value;
	return true;
}

/* "e-05" at the end of a number; *size is what stands before it. */
static bool exponent_of(struct act_text text, uint32_t *size, int64_t *exponent)
{
	struct act_text tail;

	*exponent = 0;
	for (*size = 0; *size < text.size; ++*size)
		if (text.data[*size] == 'e' || text.data[*size] == 'E')
			break;
	if (*size == text.size)
		return true;
	tail = (struct act_text){ text.data + *size + 1, text.size - *size - 1 };
	return number_whole(tail, exponent) && *exponent > -1000 && *exponent < 1000;
}

bool number_scaled(struct act_text text, int decimals, int64_t *value)
{
	bool negative = text.size > 0 && text.data[0] == '-', point = false, any = false;
	uint32_t i = text.size > 0 && (negative || text.data[0] == '+') ? 1 : 0, size;
	int64_t sum = 0, power, tail = 0;

	if (!exponent_of(text, &size, &power))
		return false;
	power += decimals;
	for (; i < size; i++) {
		if (text.data[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (!digit(text.data[i]))
			return false;
		any = true;
		if (sum < 100000000000000000LL) {
			sum = sum * 10 + (text.data[i] - '0');
			power -= point;
		} else {
			power += !point;
		}
	}
	for (; power > 0 && sum != 0; power--) {
		if (sum >= (1LL << 62) / 10)
			return false;
		sum *= 10;
	}
	for (; power < 0 && (sum != 0 || tail != 0); power++) {
		tail = sum % 10;
		sum /= 10;
	}
	*value = sum + (tail >= 5);
	if (negative)
		*value = -*value;
	return any && *value < 1LL << 62 && *value > -(1LL << 62);
}

bool number_span(struct act_text text, int64_t *ms)
{
	int64_t sum = 0, part = 0;
	int parts = 0;
	uint32_t i, digits = 0;

	for (i = 0; i < text.size; i++) {
		if (text.data[i] == ':') {
			if (digits == 0 || ++parts > 2)
				return false;
			sum = (sum + part) * 60;
			part = 0;
			digits = 0;
			continue;
		}
		if (!digit(text.data[i]) || ++digits > 6)
			return false;
		part = part * 10 + (text.data[i] - '0');
		if (parts > 0 && part > 59)
			return false;
	}
	if (parts == 0 || digits == 0)
		return false;
	*ms = (sum + part) * 1000;
	return true;
}

bool number_year_suffix(struct act_text *title, int32_t *year)
{
	struct act_text text = number_trim(*title), digits;
	int64_t value;

	if (text.size < 7 || text.data[text.size - 1] != ')' || text.data[text.size - 6] != '(')
		return false;
	digits.data = text.data + text.size - 5;
	digits.size = 4;
	if (!digit(digits.data[0]) || !number_whole(digits, &value) || value < 1000)
		return false;
	text.size -= 6;
	*title = number_trim(text);
	*year = (int32_t)value;
	return true;
}

int32_t number_year(struct act_text text)
{
	int64_t value;

	if (!number_whole(number_trim(text), &value) || value < -9999 || value > 9999)
		return ACT_YEAR_UNKNOWN;
	return (int32_t)value;
}
