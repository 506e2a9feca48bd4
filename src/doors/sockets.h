/* The sockets that are listened on: made here, so that their addresses and rights are ours. */
#ifndef TACIT_DOORS_SOCKETS_H
#define TACIT_DOORS_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

/* A unix socket at `path`, for this user only. One that nobody listens on is replaced;
 * TACIT_E_BUSY where somebody does, TACIT_E_EXISTS where something else is there. */
int sockets_unix(const char *path, int *out);
/* 127.0.0.1 and ::1 on one port (0: any free one, and *port says which). out[1] is -1 where the
 * machine has no ::1. */
int sockets_loopback(uint16_t *port, int out[2]);
/* Whether the other end of a unix socket is a process of this user. */
bool sockets_own(int fd);

#endif
