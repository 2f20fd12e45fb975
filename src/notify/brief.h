/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_BRIEF_H
#define EF_NOTIFY_BRIEF_H

#include <signal.h>
#include <time.h>

/*
 * System calls that must not wait although the target decides whether they
 * do: O_NONBLOCK belongs to the description it shares, and another thread of
 * it may take the flag back at any moment. Between brief_begin() and
 * brief_end() a signal comes to the calling thread every BRIEF_MS, so that
 * what waits returns -EINTR.
 */
#define BRIEF_MS     2
#define BRIEF_SIGNAL SIGURG /* empty handler; what ends RECV, too */

struct brief {
	timer_t timer;
};

/* 0 or -errno: then nothing was begun, and the call may not be made. */
int brief_begin(struct brief *b);

/* The end of it. */
void brief_end(struct brief *b);

#endif
