/* What each route does, except the asks themselves, which are answered many at a time. */
#ifndef TACIT_DOORS_ANSWERS_H
#define TACIT_DOORS_ANSWERS_H

#include "doors.h"
#include "guard.h"

/* Does what the passed guard's route says and fills the reply. */
void answers_make(struct tacit *t, struct tacit_witness *witness,
		  const struct guard_verdict *verdict, const char *body, size_t size,
		  struct doors_reply *reply);
/* The reply to an ask. */
void answers_asked(struct tacit_asking *asking, int result, struct doors_reply *reply);

#endif
