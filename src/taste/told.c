/* Rules from the person's own words: a small grammar, no guessing. */
#include "told.h"

#include <stdio.h>
#include <string.h>

#include "base/fixed.h"
#include "base/text.h"

/* "comedies" and "comedy", "horrors" and "horror" are one word. Appends to out. */
static size_t stem(const char *word, size_t size, char *out)
{
	memcpy(out, word, size);
	if (size > 4 && memcmp(word + size - 3, "ies", 3) == 0) {
		out[size - 3] = 'y';
		return size - 2;
	}
	if (size > 3 && word[size - 1] == 's' && word[size - 2] != 's')
		return size - 1;
	return size;
}

/* Folds and stems with a space before and after each word, so that matching is a substring. */
static void stemmed(const char *text, char *out, size_t max)
{
	char folded[2048];
	size_t size = text_fold(text, strlen(text), folded, sizeof(folded)), at = 0, used = 0;

	if (used + 1 < max)
		out[used++] = ' ';
	while (at < size) {
		size_t end = at;

		while (end < size && folded[end] != ' ')
			end++;
		if (used + (end - at) + 2 > max)
			break;
		used += stem(folded + at, end - at, out + used);
		out[used++] = ' ';
		at = end + 1;
	}
	out[used] = 0;
}

static void add_rule(struct told *told, const struct vault_fact *fact, int32_t bonus, bool never)
{
	struct told_rule *rule;

	if (told->count == TOLD_RULES_MAX)
		return;
	rule = &told->rule[told->count];
	rule->fact = fact->id;
	rule->bonus = bonus;
	rule->never = never;
	stemmed(fact->value, rule->phrase, sizeof(rule->phrase));
	if (rule->phrase[1] == 0)
		return;
	snprintf(rule->label, sizeof(rule->label), "you said: %s %.200s",
		 strcmp(fact->key, "avoids") == 0 ? "no" : strcmp(fact->key, "less") == 0 ?
		 "less" : strcmp(fact->key, "loves") == 0 ? "love" : "like", fact->value);
	told->count++;
}

static void add_not_me(struct told *told, const char *title)
{
	uint32_t n = told->not_me_count++;

	text_fold_title(title, strlen(title), &told->not_me_year[n], told->not_me[n], 256);
}

void told_make(const struct vault_fact *facts, size_t count, struct told *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < count; i++) {
		const struct vault_fact *fact = &facts[i];

		if (fact->mark != VAULT_TOLD)
			continue;
		if (strcmp(fact->key, "loves") == 0)
			add_rule(out, fact, TOLD_LOVE, false);
		else if (strcmp(fact->key, "likes") == 0)
			add_rule(out, fact, TOLD_LIKE, false);
		else if (strcmp(fact->key, "less") == 0)
			add_rule(out, fact, TOLD_LESS, false);
		else if (strcmp(fact->key, "avoids") == 0)
			add_rule(out, fact, 0, true);
		else if (strcmp(fact->key, "not-me") == 0 && out->not_me_count < TOLD_RULES_MAX)
			add_not_me(out, fact->value);
	}
}

bool told_matches(const struct told_rule *rule, const char *title, const char *creator,
		  const char *words)
{
	char text[4096], all[4096];
	int size = snprintf(text, sizeof(text), "%s | %s | %s", title, creator, words);

	if (size < 0)
		return false;
	stemmed(text, all, sizeof(all));
	return strstr(all, rule->phrase) != NULL;
}

bool told_not_me(const struct told *told, const char *title, int32_t year)
{
	char folded[256];
	uint32_t i;

	if (told->not_me_count == 0)
		return false;
	text_fold_title(title, strlen(title), &year, folded, sizeof(folded));
	for (i = 0; i < told->not_me_count; i++)
		if (strcmp(folded, told->not_me[i]) == 0 &&
		    (year == 0 || told->not_me_year[i] == 0 || year == told->not_me_year[i]))
			return true;
	return false;
}

/* If the words begin with `start` and something follows, the rest. */
static const char *after(const char *text, const char *start)
{
	size_t size = strlen(start);

	if (strncasecmp(text, start, size) != 0 || text[size] != ' ')
		return NULL;
	text += size;
	while (*text == ' ')
		text++;
	return *text == 0 ? NULL : text;
}

static const struct {
	const char *start, *key;
} forms[] = {
	{ "i love", "loves" }, { "love", "loves" }, { "i adore", "loves" },
	{ "i like", "likes" }, { "like", "likes" }, { "i enjoy", "likes" },
	{ "i prefer", "likes" }, { "more", "likes" }, { "prefer", "likes" },
	{ "less", "less" }, { "i dislike", "less" }, { "dislike", "less" },
	{ "i don't like", "less" }, { "i do not like", "less" },
	{ "i hate", "avoids" }, { "hate", "avoids" }, { "no more", "avoids" }, { "no", "avoids" },
	{ "never", "avoids" }, { "avoid", "avoids" }, { "i avoid", "avoids" },
	{ "not me", "not-me" }, { "not-me", "not-me" },
};

static void trim_copy(char *out, size_t max, const char *text, size_t size)
{
	while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '.' ||
			    text[size - 1] == '!'))
		size--;
	while (size > 0 && *text == ' ') {
		text++;
		size--;
	}
	snprintf(out, max, "%.*s", (int)text_cut(text, size, max - 1), text);
}

/* "my shoe size is 43", "diet = vegan", "city: Lund" */
static bool parse_named(const char *text, struct vault_fact *out)
{
	static const char *const between[] = { " is ", " are ", "=", ":" };
	const char *start = after(text, "my"), *at = NULL;
	size_t i, skip = 0;

	for (i = start == NULL ? 2 : 0; at == NULL && i < 4; i++) {
		at = strstr(start == NULL ? text : start, between[i]);
		skip = strlen(between[i]);
	}
	start = start == NULL ? text : start;
	if (at == NULL || at == start || at[skip] == 0 || (size_t)(at - start) > 64)
		return false;
	trim_copy(out->key, sizeof(out->key), start, (size_t)(at - start));
	trim_copy(out->value, sizeof(out->value), at + skip, strlen(at + skip));
	return out->key[0] != 0 && out->value[0] != 0;
}

void told_parse(const char *text, struct vault_fact *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	out->mark = VAULT_TOLD;
	out->confidence = FIXED_ONE;
	while (*text == ' ')
		text++;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *rest = after(text, forms[i].start);

		if (rest == NULL)
			continue;
		snprintf(out->key, sizeof(out->key), "%s", forms[i].key);
		trim_copy(out->value, sizeof(out->value), rest, strlen(rest));
		return;
	}
	if (parse_named(text, out))
		return;
	snprintf(out->key, sizeof(out->key), "note");
	trim_copy(out->value, sizeof(out->value), text, strlen(text));
}
