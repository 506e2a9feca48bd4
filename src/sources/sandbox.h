/*
 * The walls around the process that reads exports: no new descriptors, files, sockets, processes
 * or executable memory; bounded memory and time. Once inside there is no way back.
 */
#ifndef TACIT_SOURCES_SANDBOX_H
#define TACIT_SOURCES_SANDBOX_H

#include "base/error.h"

/* Confines the calling process (which must have one thread). What it does against the rules
 * afterwards ends it with SIGSYS. */
int sandbox_enter(struct error *error);

#endif
