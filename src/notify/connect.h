/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_CONNECT_H
#define EF_NOTIFY_CONNECT_H

#include "notify/batch.h"
#include "notify/call.h"
#include "notify/pending.h"

/*
 * connect(), emulated: judged on the supervisor's own copy of the address,
 * then performed on its own duplicate of the socket with an address encoded
 * anew from the judged value. The target's bytes never reach the kernel.
 */

/* Handle one connect(). Answers, hands the call to the pending table, or
 * judges it and puts it aside in the batch. Does not block on the network. */
void connect_handle(struct call *c);

/* Go on with one whose row is written, and answer it. The same. */
void connect_written(struct aside *a);

/*
 * Start a connect of the call's duplicate without waiting: O_NONBLOCK is on
 * only for the moment of the call. Returns 0 or -errno; -EINPROGRESS and
 * -EALREADY on a blocking stream socket mean that the call has to wait.
 */
int connect_start(const struct call *c, const struct sockaddr_storage *to,
		  socklen_t len);

/*
 * The same where nobody may wait for the network, even if the target takes O_NONBLOCK back in this very moment: what is not done at once
 * is -EINPROGRESS, or -EAGAIN on AF_UNIX. Costs a few system calls more.
 */
int connect_start_briefly(const struct call *c,
			  const struct sockaddr_storage *to, socklen_t len);

/* A connect in progress: its socket is ready, or has failed. */
enum pending_step connect_step(struct pending_op *op);

/* The name of a placeholder has been looked up. May change the
 * op into a PENDING_CONNECT. */
enum pending_step connect_resolved(struct pending_op *op,
				   const struct resolve_result *r);

#endif
