/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_LISTEN_H
#define EF_NOTIFY_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "notify/call.h"
#include "wire/addr.h"

/*
 * The listeners of the supervised tree, by our own record of listen(): which
 * unix sockets belong to it, and on which TCP addresses it waits. Fixed
 * capacity, one mutex; any thread may call, nothing blocks.
 */
#define LISTEN_SOCKETS_MAX   16384 /* unix listeners of one session */
#define LISTEN_ADDRESSES_MAX 4096  /* TCP addresses, then by port alone */

struct listen_record;

/* An empty record, or NULL when out of memory. */
struct listen_record *listen_record_new(void);

/* Free it; NULL is fine. */
void listen_record_free(struct listen_record *r);

/*
 * Remember a unix socket by its cookie. False when the record is full: the
 * socket is then one we do not know, and nobody is let through to it.
 */
bool listen_add_socket(struct listen_record *r, uint64_t cookie);

/* True for the cookie of a unix socket on which the tree called listen(). A
 * cookie is never used again: while such a socket is there, it is that one. */
bool listen_has_socket(struct listen_record *r, uint64_t cookie);

/* Remember a TCP address the tree listens on. */
void listen_add_tcp(struct listen_record *r, const struct addr *a);

/*
 * True when the tree has ever listened where a connection to *a would arrive:
 * that address and port, or any address with that port.
 */
bool listen_has_tcp(struct listen_record *r, const struct addr *a);

/*
 * Handle one listen(). On an internet stream socket: judged, recorded and
 * performed on the duplicate. On a unix socket: remembered and continued, so
 * that the credentials its clients see are the caller's.
 */
void listen_handle(struct call *c);

#endif
