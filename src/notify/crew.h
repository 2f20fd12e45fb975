/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_CREW_H
#define EF_NOTIFY_CREW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Threads for work that can get stuck in what a target holds: a page of its
 * memory that a file system of its own does not deliver (FUSE), a descriptor
 * whose closing such a file system has to be asked about, a socket that one of
 * its threads has locked. The loop does nothing of the kind, it watches over
 * those who do: when all have been busy for a while and none has come back,
 * there are more of them, up to a limit; when all of these are stuck as well,
 * control is lost.
 */
#define CREW_MAX 64

struct crew;

/*
 * Start threads that each run work(crew, arg), which serves until
 * crew_is_over(). All signals are blocked in them but for BRIEF_SIGNAL, which
 * only interrupts. Returns the crew, or NULL when not one could be started.
 */
struct crew *crew_start(size_t n, void (*work)(struct crew *, void *arg),
			void *arg);

/* A member is about to wait for something to do. */
void crew_rest(struct crew *c);

/* A member has found something to do. */
void crew_rise(struct crew *c);

/* True when the members have to return. */
bool crew_is_over(const struct crew *c);

/* Readable (edge-triggered) when all have become busy: call crew_tick(). */
int crew_busy_fd(const struct crew *c);

/*
 * To be called by the loop: starts one more thread when all are busy and none
 * has risen since the last call. *ret_again_ms is when it wants to be called
 * again: -1 while some member is free. Returns false when all of CREW_MAX have
 * been stuck for five seconds.
 */
bool crew_tick(struct crew *c, int *ret_again_ms);

/*
 * End it and free; NULL is fine. False when one does not come back from what it
 * does at present, within two seconds: nothing is freed then, since that one
 * may still use it.
 */
bool crew_stop(struct crew *c);

#endif
