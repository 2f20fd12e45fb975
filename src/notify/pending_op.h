/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_PENDING_OP_H
#define EF_NOTIFY_PENDING_OP_H

#include "notify/pending.h"

/*
 * One call that waits, by its kind: what it waits for and how it goes on. The
 * table (pending.c) decides when. The calling thread has the operation to
 * itself.
 */

/*
 * True for those whose descriptor does not say when to go on: a full backlog,
 * a reply among others in a queue, and a datagram socket of AF_UNIX, which is
 * writable all the time though its receiver is full. They are stepped with
 * each tick.
 */
bool pending_op_is_ticked(const struct pending_op *op);

/* What to watch its socket for, once (EPOLLONESHOT) or at each change
 * (EPOLLET); 0: not at all. */
uint32_t pending_op_events(const struct pending_op *op);

/* Try to go on. STEP_DONE: it has been answered. */
enum pending_step pending_op_step(struct pending_op *op);

/* The lookup it waits for has come to its end. May change its kind. */
enum pending_step pending_op_resolved(struct pending_op *op,
				      const struct resolve_result *r);

/* Why it should not wait any longer: -errno to answer, or 0. */
int pending_op_due(const struct pending_op *op, int64_t now_ns);

/* Answer it from outside: a timeout, a signal, the end of the session. */
void pending_op_end(struct pending_op *op, int error);

/* Its target has gone: only the row is left to be finished. */
void pending_op_abandon(struct pending_op *op);

/* Give back what it owns. Its socket is no longer watched. */
void pending_op_release(struct pending_op *op);

#endif
