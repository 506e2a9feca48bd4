/*
 * What the person told that prompts heed: facts like others, to be seen with tacit facts and
 * forgotten one by one.
 *
 *	place            "home geo:52.51620,13.37770", "not work geo:...", "called Gym geo:..."
 *	avoids           never at lunch, never in the news
 *	loves, likes     more of it in the news; so a note "more about X", "always FEED"
 *	steps goal, lunch budget, lunch walk (metres), lunch novelty (of 100), early (minutes)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "gate/now.h"

const char *const gate_place_words[] = { "called", "home", "work" };

static bool number_of(const char *text, int64_t most, int64_t *out)
{
	for (*out = 0; *text >= '0' && *text <= '9' && *out <= most; text++)
		*out = *out * 10 + (*text - '0');
	return (*text == 0 || *text == ' ') && *out <= most;
}

static bool word_of(const struct vault_fact *fact, struct place_word *out)
{
	const char *at = fact->value, *geo = strstr(at, " geo:");
	double north, east;
	char *end;
	int kind;

	if (geo == NULL)
		return false;
	memset(out, 0, sizeof(*out));
	out->rejected = strncmp(at, "not ", 4) == 0;
	if (out->rejected)
		at += 4;
	for (kind = PLACE_WORK; kind > PLACE_OTHER; kind--)
		if (strncmp(at, gate_place_words[kind],
			    strlen(gate_place_words[kind])) == 0)
			break;
	out->kind = (enum place_kind)kind;
	if (strncmp(at, "called ", 7) == 0)
		snprintf(out->name, sizeof(out->name), "%.*s", (int)(geo - at) - 7, at + 7);
	north = strtod(geo + 5, &end);
	if (*end != ',')
		return false;
	east = strtod(end + 1, &end);
	if (!(north >= -90 && north <= 90 && east >= -180 && east <= 180))
		return false;
	out->latitude = (int32_t)(north * 1e7 + (north < 0 ? -0.5 : 0.5));
	out->longitude = (int32_t)(east * 1e7 + (east < 0 ? -0.5 : 0.5));
	out->from = fact->time;
	return true;
}

static void take(struct gate_told *out, const struct vault_fact *fact)
{
	struct moment_told *told = &out->told;
	int64_t value;

	if (fact->mark != VAULT_TOLD)
		return;
	if (strcmp(fact->key, GATE_PLACE_KEY) == 0)
		told->words += word_of(fact, &out->word[told->words]);
	else if (strcmp(fact->key, "avoids") == 0)
		out->never[told->nevers++] = fact->value;
	else if (strcmp(fact->key, "loves") == 0 || strcmp(fact->key, "likes") == 0)
		out->more[told->mores++] = fact->value;
	else if (strcmp(fact->key, "note") == 0)
		out->sentence[told->sentences++] = fact->value;
	else if (strcmp(fact->key, "steps goal") == 0 && number_of(fact->value, 1000000, &value))
		told->goal = (int32_t)value;
	else if (strcmp(fact->key, "lunch budget") == 0 && number_of(fact->value, 1000000, &value))
		told->budget = (int32_t)value;
	else if (strcmp(fact->key, "lunch walk") == 0 && number_of(fact->value, 100000, &value))
		told->walk = (int32_t)value;
	else if (strcmp(fact->key, "lunch novelty") == 0 && number_of(fact->value, 100, &value))
		told->novelty = (int32_t)(value * FIXED_ONE / 100);
	else if (strcmp(fact->key, "early") == 0 && number_of(fact->value, 600, &value))
		told->early = value * 60000;
}

static int by_time(const void *a, const void *b)
{
	const struct place_word *l = a, *r = b;
	int order = (l->from > r->from) - (l->from < r->from);

	if (order == 0)
		order = (l->latitude > r->latitude) - (l->latitude < r->latitude);
	return order != 0 ? order : (l->longitude > r->longitude) - (l->longitude < r->longitude);
}

/* What a place is, it was before it was said; but a second home, or work, is one from then on. */
static void order_words(struct gate_told *out)
{
	bool had[PLACE_WORK + 1] = { false };
	size_t i;

	if (out->told.words > 1)
		qsort(out->word, out->told.words, sizeof(*out->word), by_time);
	for (i = 0; i < out->told.words; i++) {
		struct place_word *word = &out->word[i];

		if (word->rejected || word->kind == PLACE_OTHER || !had[word->kind])
			word->from = 0;
		had[word->kind] |= !word->rejected;
	}
}

int gate_told(struct tacit *t, struct gate_told *out)
{
	size_t count = 0, i;
	int result;

	memset(out, 0, sizeof(*out));
	out->told.goal = out->told.budget = out->told.walk = out->told.novelty = -1;
	out->told.early = LEAVE_UNKNOWN;
	result = vault_facts(t->vault, &out->facts, &count, &t->error);
	if (result != 0)
		return result;
	out->word = calloc(count + 1, sizeof(*out->word));
	out->never = calloc(count + 1, sizeof(*out->never));
	out->more = calloc(count + 1, sizeof(*out->more));
	out->sentence = calloc(count + 1, sizeof(*out->sentence));
	if (out->word == NULL || out->never == NULL || out->more == NULL ||
	    out->sentence == NULL) {
		gate_told_free(out);
		return error_memory(&t->error);
	}
	for (i = 0; i < count; i++)
		take(out, &out->facts[i]);
	order_words(out);
	out->told.word = out->word;
	out->told.never = out->never;
	out->told.more = out->more;
	out->told.sentence = out->sentence;
	return 0;
}

void gate_told_free(struct gate_told *told)
{
	free(told->word);
	free(told->never);
	free(told->more);
	free(told->sentence);
	free(told->facts);
	memset(told, 0, sizeof(*told));
}
