/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_DNSRECV_H
#define EF_NOTIFY_DNSRECV_H

#include "notify/call.h"
#include "notify/pending.h"

/*
 * What a target is shown of a socket that was led to the forwarder
 * (dnsroute.h): the server that it asked (R1, R5). Results are written into
 * its memory, so each of these may block for as long as a page is stuck.
 */

/*
 * recvfrom() with an address. Other sockets are none of our business: nothing
 * leaves by a receive, so the kernel carries it out.
 */
void dnsrecv_handle(struct call *c);

/* A recvfrom() that had to wait: something has arrived. */
enum pending_step dnsrecv_step(struct pending_op *op);

/* getpeername(). */
void dnsrecv_handle_getpeername(struct call *c);

#endif
