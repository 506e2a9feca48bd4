/* The kernels with instructions of their own, for dot.c alone. */
#ifndef TACIT_TASTE_DOT_INSIDE_H
#define TACIT_TASTE_DOT_INSIDE_H

#include "dot.h"

#if defined(__x86_64__)
void dot_vnni_rows(const struct dot_state *state, const int8_t *q, const uint32_t *index,
		   uint32_t count, int32_t *out);
void dot_vnni_coarse(const struct dot_coarse *state, const uint8_t *plane, const uint16_t *norm,
		     int32_t out[DOT_BLOCK]);
int64_t dot_vnni_finish(const int32_t *dot, const struct dot_finish *finish, uint32_t count,
			int64_t *out);
uint64_t dot_vnni_reach(const int64_t *value, uint32_t count, int64_t least);
void dot_vnni_fold(const struct dot_term *term, uint32_t count, uint32_t dim, int64_t *h);
#endif

#endif
