/* Prompts of a moment: what is known, what each kind would give, what is said of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fixed.h"
#include "gate/now.h"
#include "now/rules.h"

#define MINUTE 60000LL

/* ---- what is known --------------------------------------------------------------------- */

static uint64_t tag(void *context, const char *about)
{
	struct tacit *t = context;

	return vault_tag(t->vault, about, strlen(about));
}

/* The log up to the moment, in a replay without what was decided in it. */
static int cut_log(struct gate_moment *m, bool replay)
{
	struct error *error = &m->t->error;
	size_t i;
	int result = gate_now_log(m->t, &m->log, &m->log_count);

	if (result != 0)
		return result;
	m->entry = calloc(m->log_count + 1, sizeof(*m->entry));
	m->alert = calloc(m->log_count + 1, sizeof(*m->alert));
	if (m->entry == NULL || m->alert == NULL)
		return error_memory(error);
	for (i = 0; i < m->log_count; i++) {
		const struct discipline_entry *entry = &m->log[i].entry;

		if (entry->time > m->input.at || (replay && entry->time == m->input.at))
			break;
		m->entry[m->entries] = *entry;
		m->alert[m->entries++] = (struct moment_alert){
			entry->about, entry->time, entry->state == DISCIPLINE_SAID };
	}
	return 0;
}

int gate_moment_open(struct tacit *t, int64_t at, struct gate_moment *m)
{
	size_t i;
	int result;

	memset(m, 0, sizeof(*m));
	m->t = t;
	/* Whole minutes, so that a person can name a moment again. */
	m->input.at = at != 0 ? at : clock_now();
	m->input.at -= (m->input.at % MINUTE + MINUTE) % MINUTE;
	m->input.zone = gate_zone(NULL, m->input.at);
	m->input.life = &m->life;
	m->input.tag = tag;
	m->input.tag_context = t;
	result = gate_life(t, &m->life);
	if (result == 0)
		result = gate_told(t, &m->told);
	if (result == 0)
		result = gate_now_settings(t, &m->settings);
	if (result == 0)
		result = cut_log(m, at != 0);
	if (result == 0) {
		m->input.told = m->told.told;
		m->input.alert = m->alert;
		m->input.alerts = m->entries;
		result = moment_open(&m->input, &m->moment, &t->error);
	}
	m->open = result == 0;
	for (i = 0; result == 0 && i < m->entries; i++)
		result = moment_look_back(&m->moment, &m->entry[i], m->log[i].what, &t->error);
	if (result != 0)
		gate_moment_close(m);
	return result;
}

void gate_moment_close(struct gate_moment *m)
{
	if (m->open)
		moment_close(&m->moment);
	life_free(&m->life);
	gate_told_free(&m->told);
	free(m->log);
	free(m->entry);
	free(m->alert);
	memset(m, 0, sizeof(*m));
}

/* ---- deciding -------------------------------------------------------------------------- */

struct deciding {
	struct gate_moment m;
	struct moment_prompts prompts;
	struct discipline_candidate *candidate;
	struct discipline_decision *decision;
	struct discipline_result result;
};

static unsigned allowed(const struct discipline_settings *settings)
{
	unsigned kinds = 0;
	int i;

	for (i = 0; i < PROMPT_KINDS; i++)
		if (settings->kind[i].allowed && !settings->off)
			kinds |= 1u << i;
	return kinds;
}

static int decide(struct deciding *d, bool all)
{
	struct gate_moment *m = &d->m;
	struct tacit *t = m->t;
	char seed[40];
	size_t i;
	int result = moment_prompts(&m->moment, all ? (1u << PROMPT_KINDS) - 1 :
				    allowed(&m->settings), &d->prompts, &t->error);

	if (result != 0)
		return result;
	d->candidate = calloc(d->prompts.count + 1, sizeof(*d->candidate));
	d->decision = calloc(d->prompts.count + 1, sizeof(*d->decision));
	if (d->candidate == NULL || d->decision == NULL)
		return error_memory(&t->error);
	for (i = 0; i < d->prompts.count; i++)
		d->candidate[i] = (struct discipline_candidate){
			&d->prompts.list[i], tag(t, d->prompts.list[i].about) };
	/* From the vault's own secret and the moment: a replay draws the same. */
	snprintf(seed, sizeof(seed), "draw %lld", (long long)m->input.at);
	discipline_decide(&m->settings, m->entry, m->entries, d->candidate, d->prompts.count,
			  m->input.at, m->moment.zone, tag(t, seed), d->decision, &d->result);
	return 0;
}

static bool decided(const struct discipline_decision *decision)
{
	return decision->state == DISCIPLINE_SAID || decision->state == DISCIPLINE_WITHHELD;
}

static struct gate_entry entry_of(const struct deciding *d, size_t i, uint64_t id)
{
	const struct prompt *prompt = &d->prompts.list[i];

	return (struct gate_entry){
		.id = id, .what = moment_what(&d->m.moment, prompt),
		.entry = { .time = d->m.input.at, .about = d->candidate[i].about,
			   .propensity = d->decision[i].propensity, .hold = d->decision[i].hold,
			   .minutes = DISCIPLINE_NO_MINUTES, .zone = d->m.moment.zone,
			   .kind = (uint8_t)prompt->kind, .state = (uint8_t)d->decision[i].state,
			   .critical = prompt->critical } };
}

/* Writes decisions and what they change of the settings; number[i] is that of prompt i. */
static int record(struct deciding *d, uint64_t *number)
{
	struct gate_moment *m = &d->m;
	struct tacit *t = m->t;
	uint64_t next = m->log_count == 0 ? 1 : m->log[m->log_count - 1].id + 1;
	bool changed = d->result.stopped != 0 || d->result.retired_count > 0, any = changed;
	size_t i;
	uint32_t r;
	int result;

	for (i = 0; i < d->prompts.count; i++)
		any |= decided(&d->decision[i]);
	if (!any)
		return 0;
	for (r = 0; r < PROMPT_KINDS; r++)
		if (d->result.stopped >> r & 1)
			m->settings.kind[r].allowed = false;
	for (r = 0; r < d->result.retired_count; r++)
		m->settings.kind[d->result.retired[r].kind].allowed = false;
	result = vault_begin(t->vault, &t->error);
	if (result != 0)
		return result;
	if (changed)
		result = gate_now_settings_put(t, &m->settings);
	for (i = 0; result == 0 && i < d->prompts.count; i++) {
		struct gate_entry entry;

		if (!decided(&d->decision[i]))
			continue;
		number[i] = next++;
		entry = entry_of(d, i, number[i]);
		result = gate_now_log_put(t, &entry);
	}
	if (result == 0)
		result = vault_commit(t->vault, &t->error);
	if (result != 0)
		vault_rollback(t->vault);
	return result;
}

/* ---- handing out ----------------------------------------------------------------------- */

static void convert(const struct prompt *from, const struct discipline_decision *decision,
		    uint64_t number, int64_t at, struct tacit_prompt *to)
{
	static const char *const units[] = {
		"count", "ms", "time", "metres", "share", "steps", "score",
	};
	size_t i;

	_Static_assert(TACIT_PROMPT_WHY == REASON_MAX, "reasons of a prompt");
	memset(to, 0, sizeof(*to));
	to->id = number;
	to->at = at;
	snprintf(to->kind, sizeof(to->kind), "%s", prompt_kind_name((int)from->kind));
	memcpy(to->words, from->words, sizeof(to->words));
	to->from = from->from;
	to->until = from->until;
	to->chance = from->chance;
	to->propensity = decision->propensity;
	to->critical = from->critical;
	to->state = (int)decision->state;
	snprintf(to->because, sizeof(to->because), "%s",
		 discipline_reason_words((int)decision->reason));
	to->reasons = from->why.count;
	for (i = 0; i < from->why.count; i++) {
		const struct reason *reason = &from->why.list[i];

		memcpy(to->reason[i].name, reason->name, sizeof(reason->name));
		memcpy(to->reason[i].words, reason->words, sizeof(reason->words));
		snprintf(to->reason[i].unit, sizeof(to->reason[i].unit), "%s",
			 units[reason->unit]);
		to->reason[i].value = reason->value;
	}
}

static int said_first(const void *a, const void *b)
{
	const struct tacit_prompt *l = a, *r = b;
	int order = (l->state > r->state) - (l->state < r->state);

	if (order == 0)
		order = (l->from > r->from) - (l->from < r->from);
	if (order == 0)
		order = strcmp(l->kind, r->kind);
	return order != 0 ? order : strcmp(l->words, r->words);
}

static void tell_retired(const struct discipline_result *result, char out[400])
{
	size_t used = 0;
	uint32_t i;

	out[0] = 0;
	for (i = 0; i < result->retired_count && used + 120 < 400; i++) {
		const struct discipline_evidence *e = &result->retired[i];

		used += (size_t)snprintf(out + used, 400 - used, "%s%s is off from now on: of its "
					 "last %u prompts %u were used; tacit now on %s brings it "
					 "back", i > 0 ? "; " : "", prompt_kind_name(e->kind),
					 e->recent, e->recent_used, prompt_kind_name(e->kind));
	}
}

int tacit_now(struct tacit *t, const struct tacit_now_options *options, struct tacit_prompt **out,
	      size_t *count, char retired[400])
{
	struct tacit_now_options defaults = TACIT_NOW_OPTIONS_INIT;
	struct deciding d;
	struct tacit_prompt *list = NULL;
	uint64_t *number = NULL;
	size_t i;
	int result = gate_need_vault(t);

	if (options == NULL)
		options = &defaults;
	memset(&d, 0, sizeof(d));
	if (result == 0)
		result = gate_moment_open(t, options->at, &d.m);
	if (result != 0)
		return result;
	result = decide(&d, options->at != 0 || options->look);
	if (result == 0) {
		number = calloc(d.prompts.count + 1, sizeof(*number));
		list = calloc(d.prompts.count + 1, sizeof(*list));
		if (number == NULL || list == NULL)
			result = error_memory(&t->error);
	}
	if (result == 0 && options->at == 0 && !options->look)
		result = record(&d, number);
	for (i = 0; result == 0 && i < d.prompts.count; i++)
		convert(&d.prompts.list[i], &d.decision[i], number[i], d.m.input.at,
			&list[i]);
	if (result == 0) {
		qsort(list, d.prompts.count, sizeof(*list), said_first);
		*out = list;
		*count = d.prompts.count;
		list = NULL;
		if (retired != NULL)
			tell_retired(&d.result, retired);
	}
	free(list);
	free(number);
	free(d.candidate);
	free(d.decision);
	free(d.prompts.list);
	gate_moment_close(&d.m);
	return result;
}

int tacit_now_scorecard(struct tacit *t, struct tacit_scorecard out[TACIT_PROMPT_KINDS])
{
	struct scorecard_kind card[PROMPT_KINDS];
	struct gate_moment m;
	int i, result = gate_need_vault(t);

	if (result == 0)
		result = gate_moment_open(t, 0, &m);
	if (result != 0)
		return result;
	result = scorecard_make(m.entry, m.entries, m.input.at, card, &t->error);
	memset(out, 0, TACIT_PROMPT_KINDS * sizeof(*out));
	for (i = 0; result == 0 && i < PROMPT_KINDS; i++) {
		snprintf(out[i].kind, sizeof(out[i].kind), "%s", prompt_kind_name(i));
		out[i].allowed = m.settings.kind[i].allowed && !m.settings.off;
		out[i].said = card[i].said;
		out[i].withheld = card[i].withheld;
		out[i].used = card[i].used;
		out[i].dismissed = card[i].dismissed;
		out[i].creepy = card[i].creepy;
		out[i].minutes_known = card[i].minutes_known;
		out[i].minutes = card[i].minutes;
		out[i].effect_known = card[i].effect.known;
		out[i].effect = card[i].effect.effect;
		out[i].low = card[i].effect.low;
		out[i].high = card[i].effect.high;
		out[i].said_achieved = card[i].effect.said_achieved;
		out[i].withheld_achieved = card[i].effect.withheld_achieved;
	}
	gate_moment_close(&m);
	return result;
}

int tacit_now_try(struct tacit *t, const char *sentence, struct tacit_rule_test *out)
{
	struct rules_report report;
	struct gate_moment m;
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_moment_open(t, 0, &m);
	if (result != 0)
		return result;
	result = moment_try(&m.moment, sentence, &report, &t->error);
	if (result == 0)
		*out = (struct tacit_rule_test){ report.items, report.removed, report.raised,
						 report.removed_read, report.raised_read };
	gate_moment_close(&m);
	return result;
}
