/* Asking: load the person, call the answer, hand it out. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/drift.h"
#include "base/clock.h"
#include "inside.h"

void tacit_answer_free(struct tacit_answer *answer)
{
	size_t i;

	if (answer == NULL)
		return;
	for (i = 0; answer->suggestion != NULL && i < answer->count; i++)
		free(answer->suggestion[i].cause);
	for (i = 0; answer->dropped != NULL && i < answer->dropped_count; i++)
		free(answer->dropped[i].cause);
	free(answer->suggestion);
	free(answer->dropped);
	free(answer);
}

static int begin(struct tacit *t, const char *asked, struct gate_person *person, char domain[32],
		 struct tacit_answer **answer)
{
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_domain(t, asked, domain);
	if (result == 0)
		result = gate_person_load(t, domain, person);
	if (result != 0)
		return result;
	*answer = calloc(1, sizeof(**answer));
	if (*answer == NULL) {
		gate_person_free(person);
		return error_memory(&t->error);
	}
	snprintf((*answer)->domain, sizeof((*answer)->domain), "%s", domain);
	return 0;
}

static int end(struct gate_person *person, int result, struct tacit_answer *answer,
	       struct tacit_answer **out)
{
	gate_person_free(person);
	if (result != 0)
		tacit_answer_free(answer);
	else
		*out = answer;
	return result;
}

/* The head of a view, where the person's pack has it. */
static int use_view(struct tacit *t, struct gate_person *person, const char *domain, int32_t view,
		    struct head *head)
{
	if (view < 0 || view > FIXED_ONE)
		return error_set(&t->error, TACIT_E_ARGUMENT, "a view goes from 0 (next) to 2^20 "
				 "(the next year)");
	if (view == 0)
		return 0;
	if (person->pack == NULL)
		return error_set(&t->error, TACIT_E_NOT_FOUND, "there is no pack for %s, so what "
				 "the next year holds is not known; ask without --long", domain);
	if (!head_has_taste(person->pack))
		return error_set(&t->error, TACIT_E_NOT_FOUND, "the pack \"%.63s\" (%s) does not "
				 "say what the next year holds; ask without --long, or learn it "
				 "anew: tacit train", person->pack->header->name, domain);
	head_of(person->pack, view, head);
	person->subject.head = head;
	return 0;
}

static int check_next(struct tacit *t, const struct tacit_next_options *options)
{
	if (options->count > LIMIT_LIST)
		return error_set(&t->error, TACIT_E_LIMIT, "a list holds at most %d suggestions",
				 LIMIT_LIST);
	if (options->surprise < 0 || options->surprise > FIXED_ONE)
		return error_set(&t->error, TACIT_E_ARGUMENT, "the share of surprises goes from "
				 "0 to 100 %%");
	if (options->sure < 0 || options->sure > FIXED_ONE)
		return error_set(&t->error, TACIT_E_ARGUMENT, "a chance goes from 0 to 100 %%");
	if (options->variety < 0 || options->variety > FIXED_ONE)
		return error_set(&t->error, TACIT_E_ARGUMENT, "variety goes from 0 to 100 %%");
	if (options->sure > 0 && options->view != 0)
		return error_set(&t->error, TACIT_E_ARGUMENT, "chances are known of what comes "
				 "next only: leave out --sure or --long");
	return 0;
}

/* Takes out what has a smaller chance; ranks stay those of the whole list. */
static int keep_sure(struct tacit_answer *answer, int32_t sure, struct error *error)
{
	size_t kept = 0, i;
	double best = 0.0;

	for (i = 0; i < answer->count; i++) {
		struct tacit_suggestion *it = &answer->suggestion[i];

		if (it->probability / (double)FIXED_ONE > best)
			best = it->probability / (double)FIXED_ONE;
		if (it->probability >= sure) {
			answer->suggestion[kept++] = *it;
			continue;
		}
		free(it->cause);
	}
	answer->count = kept;
	if (kept > 0)
		return 0;
	return error_set(error, TACIT_E_UNKNOWN, "I don't know: of the first ones none has a "
			 "chance of %.1f %% to be your next, the best has %.1f %%; ask with a "
			 "smaller --sure, or tell more (tacit add FILE, tacit tell ...)",
			 100.0 * sure / FIXED_ONE, 100.0 * best);
}

int tacit_next(struct tacit *t, const char *domain, const struct tacit_next_options *options,
	       struct tacit_answer **out)
{
	struct tacit_next_options whole = TACIT_NEXT_OPTIONS_INIT;
	struct gate_person person;
	struct tacit_answer *answer;
	struct head head;
	char name[32];
	int64_t now;
	int result = begin(t, domain, &person, name, &answer);

	if (result != 0)
		return result;
	/* a program that was built with a shorter struct gives the rest no value */
	if (options != NULL)
		memcpy(&whole, options, options->size < sizeof(whole) ? options->size :
								 sizeof(whole));
	options = &whole;
	/* events are in time order: leaving out the last ones is a shorter history */
	if (options->until != 0)
		person.history.event_count = drift_until(&person.history, options->until);
	result = check_next(t, options);
	if (result == 0)
		result = use_view(t, &person, name, options->view, &head);
	now = options->now != 0 ? options->now : options->until;
	if (result == 0)
		result = gate_moment(t, &person, options->moment, options->moment_count, now);
	if (result == 0 && person.pack != NULL)
		result = answer_next(&person.subject, options, answer, &t->error);
	else if (result == 0)
		result = answer_again(&person.history, person.facts, person.fact_count, name,
				      now == 0 ? clock_now() : now, options,
				      answer, &t->error);
	if (result == 0 && options->sure > 0)
		result = keep_sure(answer, options->sure, &t->error);
	return end(&person, result, answer, out);
}

int tacit_rank(struct tacit *t, const char *domain, const char *const *titles, size_t count,
	       struct tacit_answer **out)
{
	struct gate_person person;
	struct tacit_answer *answer;
	char name[32];
	int result = begin(t, domain, &person, name, &answer);

	if (result != 0)
		return result;
	if (person.pack == NULL)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "there is no pack for %s, so a "
				   "list of it cannot be ranked; add one with: tacit pack add FILE",
				   name);
	else if (count > LIMIT_LIST)
		result = error_set(&t->error, TACIT_E_LIMIT, "a list holds at most %d titles",
				   LIMIT_LIST);
	else
		result = gate_moment(t, &person, NULL, 0, 0);
	if (result == 0)
		result = answer_rank(&person.subject, titles, count, answer, &t->error);
	return end(&person, result, answer, out);
}

/* In one domain; with `words` what its catalogue does not have is taken by its words. */
static int like_in(struct tacit *t, const char *domain, const char *title, uint32_t count,
		   bool words, struct tacit_answer **out)
{
	struct gate_person person;
	struct tacit_answer *answer;
	char name[32];
	uint32_t item;
	int result = begin(t, domain, &person, name, &answer);

	if (result != 0)
		return result;
	if (person.pack == NULL)
		result = error_set(&t->error, TACIT_E_NOT_FOUND, "there is no pack for %s, and "
				   "what is like what stands in packs; add one with: tacit pack "
				   "add FILE", name);
	else if (gate_pack_item(person.pack, title, &item))
		result = answer_like(&person.subject, item, title, count, answer, &t->error);
	else if (words)
		result = answer_like(&person.subject, FOLD_NO_ITEM, title, count, answer,
				     &t->error);
	else
		result = TACIT_E_NOT_FOUND;
	return end(&person, result, answer, out);
}

int tacit_like_this(struct tacit *t, const char *domain, const char *title, uint32_t count,
		    struct tacit_answer **out)
{
	struct error first = { 0, "" };
	char name[32];
	size_t n;
	int result = gate_need_vault(t), words;

	if (result != 0)
		return result;
	if (count > LIMIT_LIST)
		return error_set(&t->error, TACIT_E_LIMIT, "a list holds at most %d suggestions",
				 LIMIT_LIST);
	/* a catalogue that has the title goes before one that only knows words of it */
	for (words = 0; words < 2; words++) {
		for (n = 0; (result = gate_domain_try(t, domain, n, name)) > 0; n++) {
			result = like_in(t, name, title, count, words == 1, out);
			if (n == 0)
				first = t->error;
			if (result != TACIT_E_NOT_FOUND)
				return result;
		}
		if (result < 0)
			return result;
	}
	t->error = first;	/* of the domain that was meant most likely */
	return TACIT_E_NOT_FOUND;
}

static int why_in_pack(struct tacit *t, struct gate_person *person, const char *domain,
		       const char *title, struct tacit_answer *answer)
{
	uint32_t item;

	if (!gate_pack_item(person->pack, title, &item))
		return error_set(&t->error, TACIT_E_NOT_FOUND, "the pack \"%s\" (%s) has nothing "
				 "called \"%.200s\"; write the title as the catalogue does, with "
				 "its year: \"Alien (1979)\"", person->pack->header->name, domain,
				 title);
	snprintf(answer->pack, sizeof(answer->pack), "%s", person->pack->header->name);
	if (gate_moment(t, person, NULL, 0, 0) != 0)
		return t->error.code;
	return answer_why(&person->subject, item, answer, &t->error);
}

static int why_in(struct tacit *t, const char *domain, const char *title, int32_t view,
		  struct tacit_answer **out)
{
	struct gate_person person;
	struct tacit_answer *answer;
	struct head head;
	char name[32];
	uint32_t item;
	int result = begin(t, domain, &person, name, &answer);

	if (result != 0)
		return result;
	result = use_view(t, &person, name, view, &head);
	if (result != 0) {
		/* said */
	} else if (person.pack != NULL) {
		result = why_in_pack(t, &person, name, title, answer);
	} else {
		result = gate_find_item(t, &person.history, title, &item);
		if (result == 0)
			result = answer_again_why(&person.history, person.facts,
						  person.fact_count, name, clock_now(), item,
						  answer, &t->error);
	}
	return end(&person, result, answer, out);
}

int tacit_why(struct tacit *t, const char *domain, const char *title, struct tacit_answer **out)
{
	return tacit_why_view(t, domain, title, 0, out);
}

int tacit_why_view(struct tacit *t, const char *domain, const char *title, int32_t view,
		   struct tacit_answer **out)
{
	struct error first = { 0, "" };
	char name[32];
	size_t n;
	int result = gate_need_vault(t);

	if (result != 0)
		return result;
	for (n = 0; (result = gate_domain_try(t, domain, n, name)) > 0; n++) {
		result = why_in(t, name, title, view, out);
		if (n == 0)
			first = t->error;
		if (result != TACIT_E_NOT_FOUND)
			return result;
	}
	if (result < 0)
		return result;
	t->error = first;	/* of the domain that was meant most likely */
	return TACIT_E_NOT_FOUND;
}
