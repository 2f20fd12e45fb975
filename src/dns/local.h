/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_LOCAL_H
#define EF_DNS_LOCAL_H

#include "base/error.h"
#include "gate/redirect.h"

/*
 * The local sockets that stand for one trusted resolver (R3): UDP and TCP, on
 * the resolver's own address when that is a loopback one, so that a program
 * that looks at the sender of an answer finds whom it asked, else on
 * 127.0.0.1; and on ::1.
 */
enum local_socket { LOCAL_UDP4, LOCAL_UDP6, LOCAL_TCP4, LOCAL_TCP6, N_LOCALS };

struct local {
	int fd[N_LOCALS]; /* -1: there is none */
};

/*
 * Open them for a resolver, on this port or (0) on any, and tell where they
 * are in *ret_server. A machine without IPv6 has none of that family. Returns
 * 0, or -errno with *err told; nothing is then open.
 */
int local_open(const struct addr *resolver, uint16_t port, struct local *ret,
	       struct redirect_server *ret_server, struct ef_err *err);

/* Close them; a zero-filled local is not valid, { -1, -1, -1, -1 } is. */
void local_close(struct local *l);

#endif
