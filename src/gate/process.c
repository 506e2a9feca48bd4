/* Of several processes that train together, which one this is. */
#include "inside.h"
#include "train/ranks.h"

unsigned tacit_process(unsigned *count)
{
	if (count != NULL)
		*count = ranks_built() ? ranks_count() : 0;
	return ranks_mine();
}

int gate_processes_agree(uint64_t identity, struct error *error)
{
	if (ranks_same(identity))
		return 0;
	return error_set(error, TACIT_E_ARGUMENT, "the processes read different data or options, "
			 "or have different processors: give all the same files, and --portable");
}
