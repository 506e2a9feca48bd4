/* Finding heads by name. */
#include "head.h"

#include <string.h>

static const struct pack_head *named(const struct pack *pack, const char *name)
{
	uint32_t i;

	for (i = 0; i < pack->heads; i++)
		if (strncmp(pack->head[i].name, name, sizeof(pack->head[i].name)) == 0)
			return &pack->head[i];
	return NULL;
}

bool head_has_taste(const struct pack *pack)
{
	return named(pack, "taste") != NULL;
}

static uint32_t between(uint32_t next, uint32_t taste, int32_t view)
{
	int64_t step = ((int64_t)taste - next) * view;

	return (uint32_t)(next + (step >> FIXED_BITS));
}

void head_of(const struct pack *pack, int32_t view, struct head *out)
{
	const struct pack_head *next = named(pack, "next"), *taste = named(pack, "taste");
	uint32_t b;

	memset(out, 0, sizeof(*out));
	for (b = 0; b < pack->banks; b++)
		out->theta[b] = next == NULL ? PACK_THETA_ONE : next->theta[b];
	for (b = 0; pack->pairs != NULL && b < pack->pairs->banks; b++)
		out->pair_theta[b] = next == NULL ? PACK_THETA_ONE : next->pair_theta[b];
	out->intercept = next == NULL ? PACK_THETA_ONE : next->intercept;
	if (taste == NULL || view == 0)
		return;
	out->view = view;
	for (b = 0; b < LIMIT_BANKS; b++)
		out->theta[b] = between(out->theta[b], taste->theta[b], view);
	for (b = 0; b < LIMIT_PAIR_BANKS; b++)
		out->pair_theta[b] = between(out->pair_theta[b], taste->pair_theta[b], view);
	out->intercept = between(out->intercept, taste->intercept, view);
}
