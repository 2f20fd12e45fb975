/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_WORKER_H
#define EF_NOTIFY_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "notify/batch.h"

/*
 * One notification thread, and what all of them share: whose turn it is to
 * receive. Only listener.c uses this.
 */
struct worker;

struct turns {
	const struct notify_context *ctx;
	pthread_mutex_t lock;
	struct worker *receiver; /* the one that may receive */
	bool is_receiving;	 /* it waits for a call */
	atomic_bool stopping;	 /* or no target is left */
	atomic_ullong done;	 /* calls so far: progress */
	atomic_bool is_told;	 /* the loop knows of a busy receiver */
	int busy_event;
};

struct worker {
	pthread_t thread;
	struct turns *turns;
	struct call_buffers buffers;
	pid_t last_caller;   /* of the last batch */
	bool has_company;    /* several callers at once: look for more */
	bool is_started;     /* .thread is to be joined */
	atomic_bool is_over; /* it has left its function */
};

/*
 * Make ready and start; the receiver's turn is given before. rest: a stuck
 * thread whose calls it takes over, or NULL. 0 or -errno.
 */
int worker_start(struct worker *w, struct turns *turns, struct worker *rest);

/* Have a thread that waits for a call look whether it is to stop. */
void worker_wake(struct worker *w);

/* Free what a thread that is over had. */
void worker_join(struct worker *w);

/* The loop is to look at the receiver again. Any thread. */
void turns_tell_busy(struct turns *t);

#endif
