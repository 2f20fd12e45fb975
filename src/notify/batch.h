/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_BATCH_H
#define EF_NOTIFY_BATCH_H

#include "notify/call.h"

/*
 * The calls that one notification thread has taken at once. They are taken
 * apart one after the other; those that need a verdict are put aside until all
 * are judged, so that their rows are written by one commit, and are then
 * carried out. When the thread gets stuck with one of them (a page that never
 * comes), another thread takes the rest over.
 */
#define BATCH_MAX 16

struct batch;

/* A connect() on its way through the gate. */
struct aside {
	struct call call;
	struct observation seen;
	struct judged judged;
	struct ticket ticket;
};

/* An empty batch, or NULL when out of memory. */
struct batch *batch_new(void);

/* Free it; it is empty. NULL is fine. */
void batch_free(struct batch *b);

/* Add a notification; at most BATCH_MAX before the batch is empty again. */
void batch_put(struct batch *b, const struct seccomp_notif *n);

/* The next one that nobody has taken apart. False: none is left. */
bool batch_next(struct batch *b, struct seccomp_notif *ret);

/* Room to put a call aside in. Never NULL: there is one for each that was
 * put in. */
struct aside *batch_place(struct batch *b);

/* The call is judged, and what it owns belongs to the batch. */
void batch_keep(struct batch *b, struct aside *a);

/* Write the rows of all that are kept, by one commit. Blocks for it. */
void batch_commit(struct batch *b, struct gate *g);

/* The next one whose row is written. NULL: none is left. It is the caller's
 * until batch_done(). */
struct aside *batch_written(struct batch *b);

/* It has been answered. */
void batch_done(struct batch *b, struct aside *a);

/*
 * Move to the batch of a thread that is not running yet what the thread of the
 * other one, which is stuck, is not busy with; or back again, if it cannot be
 * started. buffers are those of the thread that gets it. Any thread.
 */
void batch_take_over(struct batch *to, struct batch *from,
		     struct call_buffers *buffers);

#endif
