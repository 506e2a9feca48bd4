/* Confines the process for good, once its sockets are open and its vault is. */
#ifndef TACIT_DOORS_CONFINE_H
#define TACIT_DOORS_CONFINE_H

#include <stddef.h>

/* Landlock: these folders may be changed, those may be read, and nothing else is there (kernels
 * without Landlock: no confinement of files). seccomp: what serving needs; anything else ends the
 * process. Folders that do not exist are left out. */
int confine_enter(const char *const *changed, size_t changed_count, const char *const *read,
		  size_t read_count);

#endif
