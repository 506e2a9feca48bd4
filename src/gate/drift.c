/* When a taste moved. */
#include "answer/drift.h"
#include "inside.h"

int tacit_drift(struct tacit *t, const char *domain, int64_t from, int64_t until,
		struct tacit_drift_point **out, size_t *count)
{
	struct gate_person person;
	struct drift_life life;
	char name[32];
	int result = gate_need_vault(t);

	if (result == 0 && from == 0 && until != 0)
		result = error_set(&t->error, TACIT_E_ARGUMENT, "say from when: two dates are "
				   "compared");
	if (result == 0 && until != 0 && until <= from)
		result = error_set(&t->error, TACIT_E_ARGUMENT, "the second date has to be later "
				   "than the first");
	if (result == 0)
		result = gate_domain(t, domain, name);
	if (result == 0)
		result = gate_person_load(t, name, &person);
	if (result != 0)
		return result;
	life = (struct drift_life){ &person.history, person.pack, &person.links, person.facts,
				    person.fact_count, name };
	result = drift_find(&life, from, until, out, count, &t->error);
	gate_person_free(&person);
	return result;
}
