/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_RESOLVE_H
#define EF_GATE_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "wire/addr.h"
#include "wire/dname.h"

/*
 * Names looked up by the supervisor itself, over its own sockets: for a
 * placeholder that was allowed, for a binding that has run out, and for a
 * question the target sent from a socket of its own. Implemented by dns,
 * called from notify, without either including the other.
 *
 * resolve_start() may be called from any thread. Results come out of
 * resolve_next() on the loop thread; what they say is bound (gate_bind())
 * before they come out.
 */
struct resolver;

#define RESOLVE_ADDRS_MAX 64

enum resolve_family { RESOLVE_IP4 = 1, RESOLVE_IP6 = 2, RESOLVE_BOTH = 3 };

struct resolve_result {
	uint64_t tag; /* as given to resolve_start() */
	int error;    /* 0; -ENOENT no such name; -ETIMEDOUT; -EBUSY; ... */
	struct addr addrs[RESOLVE_ADDRS_MAX]; /* port 0, in answer order */
	size_t n; /* 0 with error 0: the name has no such address */
};

/* Ask. Returns 0, or -EBUSY when too many questions are under way. */
int resolve_start(struct resolver *r, const struct dname *name,
		  enum resolve_family families, uint64_t tag);

/* Next finished one: 1 and *ret, or 0. Loop thread only; does not block. */
int resolve_next(struct resolver *r, struct resolve_result *ret);

#endif
