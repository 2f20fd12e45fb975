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
 * Which of these n ports (at most 64) is a socket, of whatever address, that
 * has this port connected to, or about to be? Bit i of *ret_found: to
 * peer_ports[i]. The cost does not depend on n. Returns 0; -EOPNOTSUPP: this
 * kernel does not tell; -errno.
 */
int inetdiag_peers(struct inetdiag *d, bool is_tcp, uint16_t port,
		   const uint16_t *peer_ports, unsigned int n,
		   uint64_t *ret_found);

#endif
