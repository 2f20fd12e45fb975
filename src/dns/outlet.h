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
 * Sockets to one server on this machine, opened together and not used yet:
 * what is looked up about their ports costs the same for one as for all.
 */
#define OUTLETS_MAX 16

struct outlets {
	unsigned int n;
	struct outlet list[OUTLETS_MAX];
};

/*
 * Get one, connected or (TCP) connecting, without blocking; over UDP from the
 * stock of that server, which is filled when it is empty. No other socket of
 * this machine was connected to its port from that of the server when it
 * became ours, or (TCP) was about to be. Returns 0 or -errno; -EOPNOTSUPP: that
 * the kernel does not tell.
 */
int outlet_open(struct redirect *r, struct inetdiag *sockets,
		const struct addr *server, bool is_tcp, struct outlets *stock,
		struct outlet *ret);

/* Close those in stock. */
void outlets_close(struct redirect *r, struct outlets *stock);

/* Close it and give its port back. */
void outlet_close(struct redirect *r, struct outlet *o);

#endif
