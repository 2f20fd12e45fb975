/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_OUTLET_H
#define EF_DNS_OUTLET_H

#include <stdbool.h>

#include "dns/inetdiag.h"
#include "gate/redirect.h"

/*
 * A socket of ours to a trusted resolver. Its port is claimed in redirect: no
 * target may send there (decision 7).
 */
struct outlet {
	int fd; /* -1: none */
	bool is_tcp;
	uint16_t port;
};

/*
 * Open one, connected or (TCP) connecting, without blocking. Over UDP no other
 * socket of this machine is connected to its port from that of the server.
 * Returns 0 or -errno.
 */
int outlet_open(struct redirect *r, struct inetdiag *sockets,
		const struct addr *server, bool is_tcp, struct outlet *ret);

/* Close it and give its port back. */
void outlet_close(struct redirect *r, struct outlet *o);

#endif
