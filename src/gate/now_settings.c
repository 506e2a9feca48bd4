/* What the person set about prompts, what they said of single ones, and the scorecard. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/now.h"
#include "now/scorecard.h"

int tacit_now_settings(struct tacit *t, struct tacit_now_settings *out)
{
	struct discipline_settings settings;
	uint32_t i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = gate_now_settings(t, &settings);
	if (result != 0)
		return result;
	memset(out, 0, sizeof(*out));
	out->off = settings.off;
	for (i = 0; i < PROMPT_KINDS; i++) {
		snprintf(out->kind[i].name, sizeof(out->kind[i].name), "%s",
			 prompt_kind_name((int)i));
		out->kind[i].allowed = settings.kind[i].allowed;
		out->kind[i].cap = settings.kind[i].cap;
	}
	out->cap = settings.cap;
	out->kept = settings.kept;
	out->batches = settings.batches;
	for (i = 0; i < settings.batches; i++)
		out->batch[i] = settings.batch[i];
	out->window = settings.window;
	out->quiet_from = settings.quiet_from;
	out->quiet_until = settings.quiet_until;
	out->quiet_leave = settings.quiet_critical;
	out->holdout = settings.holdout;
	return 0;
}

static bool minute_of_day(int minute)
{
	return minute >= 0 && minute < 24 * 60;
}

static int check(struct tacit *t, const struct tacit_now_settings *settings)
{
	uint32_t i;

	if (settings->cap > 24 || settings->kept > settings->cap)
		return error_set(&t->error, TACIT_E_ARGUMENT, "prompts a day are 0 to 24, and no "
				 "more of them are kept for leave than there are");
	if (settings->batches > DISCIPLINE_BATCHES || settings->window < 1 ||
	    settings->window > 12 * 60)
		return error_set(&t->error, TACIT_E_ARGUMENT, "there are at most %d times of the "
				 "day for prompts, each for 1 to 720 minutes", DISCIPLINE_BATCHES);
	for (i = 0; i < settings->batches; i++)
		if (!minute_of_day(settings->batch[i]))
			return error_set(&t->error, TACIT_E_ARGUMENT, "times of the day are 00:00 "
					 "to 23:59");
	if (!minute_of_day(settings->quiet_from) || !minute_of_day(settings->quiet_until))
		return error_set(&t->error, TACIT_E_ARGUMENT, "quiet hours are two times of the "
				 "day, such as 22:00-07:00");
	if (settings->holdout < 0 || settings->holdout > TACIT_ONE / 2)
		return error_set(&t->error, TACIT_E_ARGUMENT, "at most half of all prompts can be "
				 "withheld");
	for (i = 0; i < TACIT_PROMPT_KINDS; i++)
		if (settings->kind[i].cap > 24)
			return error_set(&t->error, TACIT_E_ARGUMENT, "prompts of one kind are at "
					 "most 24 a day");
	return 0;
}

/* Puts settings and perhaps a decision in one transaction. */
static int store(struct tacit *t, const struct discipline_settings *settings,
		 const struct gate_entry *entry)
{
	int result = vault_begin(t->vault, &t->error);

	if (result != 0)
		return result;
	if (settings != NULL)
		result = gate_now_settings_put(t, settings);
	if (result == 0 && entry != NULL)
		result = gate_now_log_put(t, entry);
	if (result == 0)
		result = vault_commit(t->vault, &t->error);
	if (result != 0)
		vault_rollback(t->vault);
	return result;
}

int tacit_now_set(struct tacit *t, const struct tacit_now_settings *settings)
{
	struct discipline_settings now;
	uint32_t i;
	int result = gate_need_vault(t);

	if (result == 0)
		result = check(t, settings);
	if (result == 0)
		result = gate_now_settings(t, &now);
	if (result != 0)
		return result;
	now.off = settings->off != 0;
	now.cap = settings->cap;
	now.kept = settings->kept;
	for (i = 0; i < PROMPT_KINDS; i++) {
		bool allowed = settings->kind[i].allowed != 0;

		if (allowed && !now.kind[i].allowed)
			now.kind[i].since = clock_now();
		now.kind[i].allowed = allowed;
		now.kind[i].cap = settings->kind[i].cap;
	}
	now.batches = settings->batches;
	for (i = 0; i < settings->batches; i++)
		now.batch[i] = (int16_t)settings->batch[i];
	now.window = (int16_t)settings->window;
	now.quiet_from = (int16_t)settings->quiet_from;
	now.quiet_until = (int16_t)settings->quiet_until;
	now.quiet_critical = settings->quiet_leave != 0;
	now.holdout = settings->holdout;
	return store(t, &now, NULL);
}

static const struct gate_entry *entry_of(const struct gate_entry *log, size_t count, uint64_t id)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (log[i].id == id && log[i].entry.state == DISCIPLINE_SAID)
			return &log[i];
	return NULL;
}

int tacit_now_outcome(struct tacit *t, uint64_t id, int outcome)
{
	struct discipline_settings settings;
	const struct gate_entry *found;
	struct gate_entry *log = NULL, entry;
	size_t count = 0;
	int result = gate_need_vault(t);

	if (result == 0 && outcome != TACIT_USED && outcome != TACIT_DISMISSED &&
	    outcome != TACIT_CREEPY)
		result = error_set(&t->error, TACIT_E_ARGUMENT, "a prompt was used, dismissed or "
				   "creepy");
	if (result == 0)
		result = gate_now_settings(t, &settings);
	if (result == 0)
		result = gate_now_log(t, &log, &count);
	if (result != 0)
		return result;
	found = entry_of(log, count, id);
	if (found == NULL) {
		free(log);
		return error_set(&t->error, TACIT_E_NOT_FOUND, "there was no prompt %llu; their "
				 "numbers stand in front of them",
				 (unsigned long long)id);
	}
	entry = *found;
	free(log);
	entry.entry.outcome = outcome == TACIT_USED ? DISCIPLINE_USED :
			      outcome == TACIT_DISMISSED ? DISCIPLINE_DISMISSED :
			      DISCIPLINE_DISLIKED;
	if (outcome != TACIT_CREEPY)
		return store(t, NULL, &entry);
	settings.kind[entry.entry.kind].allowed = false;
	return store(t, &settings, &entry);
}
