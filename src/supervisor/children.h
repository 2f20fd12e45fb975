/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_CHILDREN_H
#define EF_SUPERVISOR_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The processes of the session: reaping them, mirroring stop and continue of
 * the main one, and what becomes of those that are left when it ends
 * (decision 12). Driven by the loop; nothing blocks.
 */
struct children {
	pid_t main;
	bool main_ended;
	int status;	 /* of the main one, as waitpid(2) gives it */
	bool all_ended;	 /* nothing is left to wait for */
	int64_t term_ns; /* when the leftovers got TERM; 0: not yet */
	bool killed;
	int64_t stop_ns; /* when a person had it stopped; 0: not */
};

/* SIGCHLD has come: reap, and mirror a stop of the main command by stopping
 * this process (returns when it is continued, and continues the command). */
void children_reap(struct children *c);

/*
 * To be called while the session runs: once the main command has ended, end
 * what is left (TERM, after 2 s KILL), unless wait_for_all. Returns the
 * milliseconds until it wants to be called again, or -1.
 */
int children_tick(struct children *c, bool wait_for_all);

/* A person wants it to end: TERM to the command, after 10 s KILL to all. */
void children_stop(struct children *c);

/* Kill all of the tree now: control is lost. */
void children_kill(struct children *c);

#endif
