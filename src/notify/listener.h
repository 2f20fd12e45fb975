/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_LISTENER_H
#define EF_NOTIFY_LISTENER_H

#include <stdbool.h>

#include "notify/call.h"

/*
 * The threads that receive notifications. Each takes one call at a time from
 * the kernel, judges and carries it out or hands it to the pending table. A
 * thread can be held up by a page of the target that somebody else controls
 * (FUSE); so when all have been busy for a while there are more of them, up
 * to LISTENER_THREADS_MAX.
 */
#define LISTENER_THREADS_MAX 64

struct listener;

/*
 * Start the threads on ctx->listener; *ctx must outlive them. Returns 0 or
 * -errno.
 */
int listener_start(const struct notify_context *ctx, struct listener **ret);

/*
 * To be called by the loop: starts one more thread when all have been busy
 * since the last call. *ret_again_ms is when it wants to be called again: -1
 * while some thread is free. Returns false when all of LISTENER_THREADS_MAX
 * have been stuck for five seconds: the tree must go.
 */
bool listener_tick(struct listener *l, int *ret_again_ms);

/* Readable when all threads have become busy: call listener_tick(). */
int listener_busy_fd(const struct listener *l);

/* Stop the threads and free; NULL is fine. Blocks until each has come back
 * from its present call. */
void listener_stop(struct listener *l);

#endif
