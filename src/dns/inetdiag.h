/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_INETDIAG_H
#define EF_DNS_INETDIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/addr.h"

/*
 * The internet sockets of the supervisor's network namespace, as the kernel
 * lists them (sock_diag(7)): needs no privilege. One thread. Nothing here
 * waits for anybody but the kernel.
 */
struct inetdiag {
	int netlink; /* -1: not open */
	uint32_t seq;
	bool has_tcp, has_udp; /* the kernel can list them */
};

/* Open it. Returns 0, or -errno: it then answers -EOPNOTSUPP to everything. */
int inetdiag_open(struct inetdiag *d);

/* Close it; one that is not open is fine. */
void inetdiag_close(struct inetdiag *d);

/*
 * The socket that has this end of a connection with peer or, over UDP, would
 * get what peer sends there, over the loopback interface: its SO_COOKIE.
 * -ENOENT: there is none; -EOPNOTSUPP: this kernel does not tell; -errno.
 */
int inetdiag_find(struct inetdiag *d, bool is_tcp, const struct addr *local,
		  const struct addr *peer, uint64_t *ret_cookie);

/*
 * Is there a UDP socket, of whatever address, that has this port and is
 * connected to peer_port? 1, 0; -EOPNOTSUPP: this kernel does not tell; -errno.
 */
int inetdiag_has_udp_pair(struct inetdiag *d, uint16_t port, uint16_t peer_port);

#endif
