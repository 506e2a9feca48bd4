/* Checking objects against tables, and the small texts that the profile is made of. */
#include "shape.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

int shape_unknown(struct error *error, const char *where, const char *what, const char *term)
{
	char shown[128];

	text_safe(term, strlen(term), shown, sizeof(shown));
	return error_set(error, TACIT_E_FORMAT, "%s has the unknown %s \"%s\"", where, what, shown);
}

int shape_text(const struct document_node *node, const char *where, uint32_t max,
	       struct error *error)
{
	size_t i;

	if (node->kind != TREE_TEXT || node->size == 0)
		return error_set(error, TACIT_E_FORMAT, "%s wants a text", where);
	if (max != 0 && node->size > max)
		return error_set(error, TACIT_E_LIMIT, "%s has a text of more than %u bytes",
				 where, max);
	for (i = 0; i < node->size; i++)
		if ((unsigned char)node->text[i] < 0x20 || node->text[i] == 0x7f)
			return error_set(error, TACIT_E_FORMAT,
					 "%s has a control character in a text", where);
	return 0;
}

static int check_member(const struct document_node *node, const char *where,
			const struct shape_member *member, struct error *error)
{
	if (node->kind != member->kind &&
	    !(member->kind == TREE_TRUE && node->kind == TREE_FALSE))
		return error_set(error, TACIT_E_FORMAT, "%s: \"%s\" is of another kind", where,
				 member->name);
	if (node->kind == TREE_TEXT) {
		int result = shape_text(node, where, member->max, error);

		if (result != 0)
			return result;
		if (member->only != NULL && !document_is(node, member->only))
			return shape_unknown(error, where, member->name, node->text);
	}
	if (node->kind == TREE_ARRAY && (node->count == 0 || node->count > member->max))
		return error_set(error, TACIT_E_LIMIT, "%s: \"%s\" wants 1 to %u elements", where,
				 member->name, member->max);
	return 0;
}

int shape_check(const struct document_node *node, const char *where,
		const struct shape_member *table, size_t count,
		const struct document_node **found, struct error *error)
{
	const struct document_node *child;
	size_t i;
	int result;

	if (node->kind != TREE_OBJECT)
		return error_set(error, TACIT_E_FORMAT, "%s is no object", where);
	for (i = 0; i < count; i++)
		found[i] = NULL;
	for (child = node->first; child != NULL; child = child->next) {
		for (i = 0; i < count; i++)
			if (child->key_size == strlen(table[i].name) &&
			    memcmp(child->key, table[i].name, child->key_size) == 0)
				break;
		if (i == count)
			return shape_unknown(error, where, "term", child->key);
		assert(found[i] == NULL);	/* keys stand once */
		result = check_member(child, where, &table[i], error);
		if (result != 0)
			return result;
		found[i] = child;
	}
	for (i = 0; i < count; i++)
		if (table[i].needed && found[i] == NULL)
			return error_set(error, TACIT_E_FORMAT, "%s lacks \"%s\"", where,
					 table[i].name);
	return 0;
}

int shape_time(const struct document_node *node, const char *where, int64_t *out,
	       struct error *error)
{
	int16_t zone;
	bool date_only;
	int64_t ms;

	if (node->kind != TREE_TEXT ||
	    !clock_parse_iso(node->text, node->size, &ms, &zone, &date_only) || date_only ||
	    zone == INT16_MIN)
		return error_set(error, TACIT_E_FORMAT,
				 "%s wants times like 2027-02-21T00:00:00Z", where);
	*out = ms;
	return 0;
}

bool shape_days(const char *text, uint32_t *out)
{
	uint32_t days = 0;

	if (*text++ != 'P' || *text < '0' || *text > '9' || (text[0] == '0' && text[1] != 'D'))
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		days = days * 10 + (uint32_t)(*text - '0');
		if (days > LIMIT_RETENTION_DAYS)
			return false;
	}
	*out = days;
	return text[0] == 'D' && text[1] == 0;
}

bool shape_amount(const char *text, uint64_t *out)
{
	const char *first = text;
	uint64_t value = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		if (text - first == 9)
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	if (text == first || (*first == '0' && text - first > 1) || text[0] != '.' ||
	    text[1] < '0' || text[1] > '9' || text[2] < '0' || text[2] > '9' || text[3] != 0)
		return false;
	*out = value * 100 + (uint64_t)(text[1] - '0') * 10 + (uint64_t)(text[2] - '0');
	return true;
}

bool shape_origin(const char *text)
{
	const char *host;
	size_t digits;

	if (strncmp(text, "https://", 8) == 0)
		host = text + 8;
	else if (strncmp(text, "http://", 7) == 0)
		host = text + 7;
	else
		return false;
	text = host;
	while ((*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9') || *text == '-' ||
	       *text == '.')
		text++;
	if (text == host || *host == '.' || *host == '-' || text[-1] == '.' || text[-1] == '-')
		return false;
	if (*text == 0)
		return true;
	if (*text++ != ':' || *text == '0')
		return false;
	digits = strspn(text, "0123456789");
	return digits >= 1 && digits <= 5 && text[digits] == 0;
}

static int base64url_value(char letter)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = letter == 0 ? NULL : strchr(letters, letter);

	return at == NULL ? -1 : (int)(at - letters);
}

bool shape_base64url(const char *text, uint8_t *out, size_t size)
{
	size_t length = (size * 4 + 2) / 3, i, done = 0;
	uint32_t bits = 0, have = 0;

	if (strlen(text) != length)
		return false;
	for (i = 0; i < length; i++) {
		int value = base64url_value(text[i]);

		if (value < 0)
			return false;
		bits = (bits << 6 | (uint32_t)value) & 0xfff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (out != NULL)
			out[done] = (uint8_t)(bits >> have);
		done++;
	}
	assert(done == size && have < 6);
	return (bits & ((1U << have) - 1)) == 0;
}

bool shape_key(const char *text, uint8_t out[32])
{
	return strncmp(text, "ed25519:", 8) == 0 && shape_base64url(text + 8, out, 32);
}

bool shape_recipient(const char *text)
{
	return shape_origin(text) || shape_key(text, NULL);
}

const char *shape_domain(const char *text)
{
	static const char prefix[] = "tacit:domain/";
	const char *domain = text + sizeof(prefix) - 1;
	size_t size;

	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	size = strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return size >= 1 && size <= LIMIT_DOMAIN_BYTES && domain[size] == 0 ? domain : NULL;
}
