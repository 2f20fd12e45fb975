/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_UNIX_CONNECT_H
#define EF_NOTIFY_UNIX_CONNECT_H

#include "notify/peer.h"
#include "notify/pending.h"

/*
 * connect() on AF_UNIX sockets, emulated: looked up with the target's root,
 * working directory and credentials, judged by the listener that is found,
 * and performed towards exactly that listener.
 */

/* Handle it; the call's duplicate has been taken. Answers, or hands the call
 * to the pending table when the listener's queue is full. */
void unix_connect_handle(struct call *c);

/* Try a connect that waits for room in the queue again. */
enum pending_step unix_connect_step(struct pending_op *op);

/* Give back what the op keeps beside its call. */
void unix_connect_forget(struct pending_op *op);

/*
 * Find where a datagram with this address would go: for sends, which then
 * judge to->peer (PROTO_UNIX_DGRAM), send to peer_encode(to) between
 * creds_enter() and creds_leave() of who->creds, and call peer_target_done().
 * bytes is a copy, who was opened before call_is_waiting(). Returns 0, or the
 * -errno to answer. Without to->peer.is_known the answer is -ECONNREFUSED,
 * once the attempt is recorded.
 */
int unix_peer_for_send(const struct call *c, const struct peer_caller *who,
		       const void *bytes, size_t len, struct peer_target *to);

#endif
