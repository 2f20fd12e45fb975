/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_SEND_H
#define EF_NOTIFY_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "notify/call.h"
#include "notify/pending.h"

/*
 * sendto(), sendmsg() and sendmmsg(), emulated: the message is copied once, a
 * destination is judged on the copy and encoded anew, and the supervisor's own
 * duplicate of the socket sends it. What has no address goes to the peer that
 * connect() was judged for and is only carried out.
 */
struct sends;

/*
 * What all sends of a session share: datagrams judged a moment ago, memory
 * that waiting calls hold, and, where answers_get_lost (a kernel without
 * SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), results that never arrived. NULL
 * when out of memory.
 */
struct sends *sends_new(bool answers_get_lost);

/* Free it, after the pending table; NULL is fine. */
void sends_free(struct sends *s);

#define SEND_POLL_MS 1

/*
 * Handle one of the three calls. Answers, or hands the call to the pending
 * table when its socket is full and may block. Does not block on the network
 * for more than SEND_POLL_MS.
 */
void send_handle(struct call *c);

/*
 * A call that waits: its socket is writable again, or a tick has come. An unconnected AF_UNIX socket is writable all
 * the time though its receiver is not: for STEP_WAIT come back with the next
 * tick, not at once.
 */
enum pending_step send_step(struct pending_op *op);

/*
 * What a waiting call has done: the value to answer with when it is ended by
 * a signal or by its deadline; 0: nothing, -ERESTARTSYS or op->timeout_error
 * is due.
 */
int64_t send_progress(const struct pending_op *op);

/* The same when it is ended now: what has been sent of a message of several is
 * written to the target, too. */
int64_t send_result(struct pending_op *op);

/*
 * Give back what op->send holds; it is NULL afterwards. Where the target has
 * stopped to wait without an answer, and answers get lost, what was sent so
 * far is kept for the same call when it is issued again.
 */
void send_forget(struct pending_op *op);

#endif
