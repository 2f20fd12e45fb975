/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_SERVICE_H
#define EF_DNS_SERVICE_H

#include "base/error.h"
#include "dns/resolvconf.h"
#include "gate/gate.h"
#include "gate/redirect.h"
#include "gate/resolve.h"

/*
 * The point of enforcement for names: the forwarder towards the target and
 * the upstream sockets towards the trusted resolvers, as one object driven by
 * one thread (the loop). It owns an epoll descriptor that becomes readable
 * when something is to be done; nothing here blocks.
 */
struct dns_options {
	struct gate *gate;	      /* borrowed */
	struct redirect *redirect;    /* borrowed; servers are added to it */
	const struct addr *resolvers; /* trusted ones, in order of preference:
					 resolv.conf, dns.servers, ip rules */
	size_t n_resolvers;
	const struct host_entry *hosts; /* /etc/hosts as it was at start, for
					   dns.mode system; borrowed */
	size_t n_hosts;
	uint16_t port; /* -p N: the first server's port; 0: any */
};

/*
 * Open the sockets for every resolver, register them in the redirect table
 * (the first REDIRECT_SERVERS_MAX, later ones included; the rest is not
 * trusted). Returns 0, or -errno with *err told (a port in use, for example).
 */
int dns_open(const struct dns_options *o, struct resolver **ret,
	     struct ef_err *err);

/*
 * From now on these are the trusted resolvers: new ones are opened, what is
 * not among them is asked no more, and what was asked of it goes to the first
 * that is. Returns 0, or -errno with *err told: one could not be opened.
 */
int dns_trust(struct resolver *r, const struct addr *resolvers, size_t n,
	      struct ef_err *err);

/* Close everything; NULL is fine. */
void dns_close(struct resolver *r);

/* The epoll descriptor to wait on (readable: call dns_step()). */
int dns_fd(const struct resolver *r);

/* Do what is due, without blocking. Returns the milliseconds after which it
 * wants to be called even if dns_fd() stays silent; -1: never. */
int dns_step(struct resolver *r);

#endif
