/*
 * The state of a training run in a file, for the machine that made it: weights, moments and where
 * it is. It appears whole or not at all, and is on the disk when checkpoint_save returns.
 */
#ifndef TACIT_TRAIN_CHECKPOINT_H
#define TACIT_TRAIN_CHECKPOINT_H

#include "base/error.h"
#include "train/follow.h"

struct run;

/* Both where run->config->keep says. */
int checkpoint_save(const struct run *run, struct error *error);
/* Into a run that is set up for the same configuration. run->step stays 0 where there is no file or
 * where it is of another phase; TACIT_E_ARGUMENT where it is of other data or options. */
int checkpoint_load(struct run *run, struct error *error);

/* The note and phase in keep->path into *phase and note[keep->note_size]; phase 0 where there is no
 * file. TACIT_E_ARGUMENT as above, TACIT_E_FORMAT where it is no checkpoint. */
int checkpoint_note(const struct follow_keep *keep, uint32_t *phase, void *note,
		    struct error *error);

#endif
