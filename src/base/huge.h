/*
 * Memory that is read at random or again and again in one sweep: on huge pages where the kernel
 * gives them when asked, so that neither the lookup of addresses nor pages that fall on the same
 * places of a cache cost what the reading itself costs.
 */
#ifndef TACIT_BASE_HUGE_H
#define TACIT_BASE_HUGE_H

#include <stddef.h>

#define HUGE_BYTES ((size_t)2 << 20)

/* `bytes`, not set; NULL when out of memory. Given back with free. Small ones are aligned to 64. */
void *huge_new(size_t bytes);

#endif
