/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_DNSROUTE_H
#define EF_NOTIFY_DNSROUTE_H

#include <stdbool.h>

#include "notify/call.h"

/*
 * Sockets on their way to a name server: sent to the forwarder instead, so
 * that only trusted resolvers are ever asked (D11, R3).
 */
enum dns_route {
	ROUTE_ORDINARY,	 /* a destination like any other */
	ROUTE_FORWARDER, /* to the local socket that stands for a resolver */
	ROUTE_REFUSED, /* a resolver that is not trusted (dns.strict_servers) */
};

/*
 * Where a socket that asks for this address goes. *ret_server is the index in
 * the redirect table for ROUTE_FORWARDER.
 */
enum dns_route dnsroute_find(const struct call *c, const struct addr *asked,
			     unsigned int *ret_server);

/*
 * Connect the call's socket to the forwarder in place of the server asked for
 * and register it. Returns 0, or -errno as connect_start() would, and where
 * it goes in *ret_to.
 */
int dnsroute_connect(struct call *c, const struct addr *asked,
		     unsigned int server, struct sockaddr_storage *ret_to,
		     socklen_t *ret_len);

/*
 * Send a question of an unconnected socket to the forwarder in place of the
 * server asked for, and register the sender. The datagram is the target's:
 * the forwarder reads it strictly and asks anew. Returns 0 or -errno.
 */
int dnsroute_send(struct call *c, const struct addr *asked, unsigned int server,
		  const void *data, size_t len);

/*
 * Connect a datagram socket to the sink: an address of this machine where
 * nobody reads, so that a probe finds its source address and no byte leaves
 * (R6). Returns 0 or -errno.
 */
int dnsroute_connect_to_sink(struct call *c, const struct addr *asked);

#endif
