/* The page with a list that the person sees and the service around it does not. */
#ifndef TACIT_DOORS_FRAME_H
#define TACIT_DOORS_FRAME_H

#include "doors.h"

/* The page of a handle, which is good once; 401 where it is not good. */
void frame_make(struct tacit *t, const char *handle, struct doors_reply *reply);
/* The page for a list, with this nonce; NULL: out of memory. malloc. */
char *frame_page(const struct tacit_frame *frame, const char *nonce);
/* Its Content-Security-Policy. */
void frame_policy(const struct tacit_frame *frame, const char *nonce, char *out, size_t max);

#endif
