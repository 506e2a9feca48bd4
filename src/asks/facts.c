/*
 * Facts that are asked for by name, and questions. What the person told or an export said is a
 * fact; a liking is inferred from the history, and "unknown" is an honest answer to everything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks/asks.h"
#include "base/clock.h"
#include "base/fixed.h"
#include "base/text.h"

#define LIKES_EVENTS 5			/* below this nothing is inferred */
#define LIKES_SHARE 2			/* yes from so many times the even share, no below 1/2 */
#define ANSWER_BITS 1661954		/* log2(3): yes, no, unknown */

/* "shoe-size", "shoe size" and "Shoe_Size" are one name. */
static bool same_name(const char *a, const char *b)
{
	char x[256], y[256];

	text_fold(a, strlen(a), x, sizeof(x));
	text_fold(b, strlen(b), y, sizeof(y));
	return x[0] != 0 && strcmp(x, y) == 0;
}

static const struct vault_fact *find_fact(const struct gate_person *person, const char *name)
{
	const struct vault_fact *best = NULL;
	size_t i;

	for (i = 0; i < person->fact_count; i++) {
		const struct vault_fact *fact = &person->facts[i];

		/* what others only say of the person is not theirs to confirm */
		if ((fact->mark == VAULT_TOLD || fact->mark == VAULT_IMPORTED) &&
		    same_name(fact->key, name) && (best == NULL || fact->mark < best->mark ||
						    (fact->mark == best->mark &&
						     fact->time > best->time)))
			best = fact;
	}
	return best;
}

static void put_fact(struct json *json, const struct vault_fact *fact)
{
	char text[1100];

	if (fact == NULL) {
		json_null(json);
		return;
	}
	snprintf(text, sizeof(text), "%s%s%s", fact->value, fact->unit[0] != 0 ? " " : "",
		 fact->unit);
	json_string(json, text);
}

static int64_t fact_bits(const struct vault_fact *fact)
{
	return fact == NULL ? 1 << 20 : (int64_t)(8 * strlen(fact->value)) << 20;
}

/* The age from "age" (as told) or "born" (a year or a date); -1 unknown. A year alone is taken at
 * its end, so that nobody is told to be older than they are. */
static int64_t age_of(const struct gate_person *person)
{
	static const char *const born[] = { "born", "birthday", "birth date", "birth year" };
	const struct vault_fact *fact = find_fact(person, "age");
	struct clock_date today;
	char *end;
	size_t i;

	if (fact != NULL) {
		long long age = strtoll(fact->value, &end, 10);

		return end != fact->value && age > 0 && age <= ASK_AGE_MAX ? age : -1;
	}
	clock_civil(clock_now() / 86400000, &today);
	for (i = 0; i < sizeof(born) / sizeof(born[0]); i++) {
		int64_t year;
		int32_t month = 12, day = 31;
		int64_t ms;
		int16_t zone;
		bool date_only;

		fact = find_fact(person, born[i]);
		if (fact == NULL)
			continue;
		year = strtoll(fact->value, &end, 10);
		if (clock_parse_iso(fact->value, strlen(fact->value), &ms, &zone, &date_only)) {
			struct clock_date date;

			clock_civil(ms / 86400000 - (ms % 86400000 < 0), &date);
			year = date.year;
			month = date.month;
			day = date.day;
		} else if (end == fact->value || *end != 0) {
			continue;
		}
		year = today.year - year - (today.month < month ||
					    (today.month == month && today.day < day));
		return year >= 0 && year <= ASK_AGE_MAX ? year : -1;
	}
	return -1;
}

static bool has_title(const struct gate_person *person, const char *title)
{
	size_t e;

	for (e = 0; e < person->history.event_count; e++)
		if (gate_titled(&person->history.items[person->history.item[e]], title))
			return true;
	return false;
}

/* Told likings first; else the share of the history whose words or creator it names, against the
 * catalogue's, as `tacit me` has it. */
static const char *likes(const struct gate_person *person, const char *words)
{
	struct vault_fact asked = { .key = "likes", .mark = VAULT_TOLD };
	struct told told, question;
	const struct told_rule *rule = &question.rule[0];
	uint64_t mine = 0, theirs = 0, all;
	uint32_t i;
	size_t e;

	told_make(person->facts, person->fact_count, &told);
	for (i = 0; i < told.count; i++)
		if (told_matches(&told.rule[i], words, words, words))
			return told.rule[i].never || told.rule[i].bonus < 0 ? "no" : "yes";
	snprintf(asked.value, sizeof(asked.value), "%s", words);
	told_make(&asked, 1, &question);
	if (question.count == 0)
		return "unknown";
	for (e = 0; e < person->history.event_count; e++) {
		uint32_t had = person->history.item[e];
		const struct vault_item *item = &person->history.items[had];
		uint32_t linked = person->pack == NULL ? FOLD_NO_ITEM : person->links.item[had];
		const char *about = item->words[0] != 0 || linked == FOLD_NO_ITEM ? item->words :
				    pack_words(person->pack, linked);

		mine += told_matches(rule, item->title, item->creator, about);
	}
	all = person->history.event_count;
	if (person->pack == NULL || all < LIKES_EVENTS)
		return mine >= LIKES_EVENTS ? "yes" : "unknown";
	for (i = 0; i < person->pack->items; i++)
		theirs += told_matches(rule, pack_title(person->pack, i),
				       pack_creator(person->pack, i), pack_words(person->pack, i));
	/* mine / all against theirs / items */
	if (mine >= LIKES_EVENTS && mine * person->pack->items >= LIKES_SHARE * theirs * all)
		return "yes";
	if (theirs * all >= 2 * LIKES_EVENTS * person->pack->items &&
	    LIKES_SHARE * mine * person->pack->items <= theirs * all)
		return "no";
	return "unknown";
}

static void put_answer(const struct gate_person *person, const struct ask *ask, struct json *json,
		       int64_t *bits)
{
	const struct vault_fact *fact;
	int64_t age;

	*bits = ANSWER_BITS;
	json_key(json, "answer");
	switch (ask->question_kind) {
	case QUESTION_FACT:
		fact = find_fact(person, ask->about);
		*bits = fact_bits(fact);
		if (fact != NULL)
			put_fact(json, fact);
		else
			json_string(json, "unknown");
		break;
	case QUESTION_LIKES:
		json_string(json, likes(person, ask->about));
		break;
	case QUESTION_HAD:	/* what the vault does not have may have been all the same */
		json_string(json, has_title(person, ask->about) ? "yes" : "unknown");
		break;
	case QUESTION_OVER:
		age = age_of(person);
		json_string(json, age < 0 ? "unknown" : age >= ask->over ? "yes" : "no");
		break;
	}
}

int asks_facts(struct asks *asks, const struct ask *ask, struct json *json, int64_t *bits)
{
	struct asks_person *loaded;
	uint32_t i;
	int result = asks_person_need(asks, ask->domain, &loaded);

	if (result != 0)
		return result;
	json_object(json);
	if (ask->type == TYPE_ANSWER) {
		put_answer(&loaded->person, ask, json, bits);
	} else {
		json_key(json, "facts");
		json_object(json);
		for (i = 0; i < ask->facts; i++) {
			const struct vault_fact *fact = find_fact(&loaded->person, ask->fact[i]);

			json_key(json, ask->fact[i]);
			put_fact(json, fact);
			*bits += fact_bits(fact);
		}
		json_object_end(json);
	}
	json_object_end(json);
	return result;
}
