/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_DNSSEND_H
#define EF_NOTIFY_DNSSEND_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "notify/call.h"
#include "notify/pending.h"

/*
 * Questions that a target sends to a name server with an address of its own
 * choosing, from a socket that is not connected, or from one that was
 * connected to the forwarder (decision 8).
 */

/* The pending table has the call and answers it. */
#define DNSSEND_HELD (-EINPROGRESS)

/* A destination like any other: judge it and send it. */
#define DNSSEND_ORDINARY 1

/* A resolver that is not trusted (dns.strict_servers): record and refuse. */
#define DNSSEND_REFUSED 2

/*
 * A datagram of len bytes at data, meant for *to. Returns 0 when it counts as
 * sent, -errno to answer with, DNSSEND_ORDINARY, DNSSEND_REFUSED, or
 * DNSSEND_HELD; the call is held for a reply only if may_hold, which one of
 * several messages may not. May block for commits.
 */
int dnssend_handle(struct call *c, const struct addr *to, const void *data,
		   size_t len, bool may_hold);

/* A held question: its tick, or its socket is readable. */
enum pending_step dnssend_step(struct pending_op *op);

/* Our own question for some name was answered. */
enum pending_step dnssend_resolved(struct pending_op *op,
				   const struct resolve_result *r);

#endif
