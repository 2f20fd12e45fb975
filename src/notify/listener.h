/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_LISTENER_H
#define EF_NOTIFY_LISTENER_H

#include <stdbool.h>

#include "notify/call.h"

/*
 * The threads that receive notifications. One at a time receives, judges and
 * carries out, or hands over to the pending table: a call is then served where
 * the caches are warm, and under load calls come in batches that one commit
 * writes down. A thread can be held up by a page of the target that somebody
 * else controls (FUSE), or by a disk; when it makes no headway another one
 * takes its turn, and what it had not begun, up to LISTENER_THREADS_MAX.
 */
#define LISTENER_THREADS_MAX 64

struct listener;

/*
 * Start the first thread on ctx->listener; *ctx must outlive it. Returns 0 or
 * -errno.
 */
int listener_start(const struct notify_context *ctx, struct listener **ret);

/*
 * To be called by the loop: gives the turn to another thread when the present
 * one has made no headway since the last call. *ret_again_ms is when it wants
 * to be called again: -1 while the receiver waits for a call. Returns false
 * when all of LISTENER_THREADS_MAX have been stuck for five seconds: the tree
 * must go.
 */
bool listener_tick(struct listener *l, int *ret_again_ms);

/* Readable when the receiver has become busy: call listener_tick(). */
int listener_busy_fd(const struct listener *l);

/*
 * Stop the threads and free; NULL is fine. Waits a while for each to come back
 * from its present call. False: one is stuck, and what it may use has to stay
 * until the process ends.
 */
bool listener_stop(struct listener *l);

#endif
