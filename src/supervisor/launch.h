/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_LAUNCH_H
#define EF_SUPERVISOR_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "notify/filter.h"
#include "notify/inherited.h"
#include "notify/walls.h"
#include "supervisor/mounts.h"

/*
 * Starting the command under the filter. The child shares the descriptor
 * table while it installs the filter, so that the listener is the
 * supervisor's without a message being sent (sendmsg() is filtered by then),
 * takes a table of its own and waits. Nothing of the command runs before
 * launch_go().
 */
struct launch {
	pid_t pid, parent;
	int listener;	  /* owned by the caller once launch_prepare() is 0 */
	bool is_killable; /* signals do not disturb a pending notification */
	void *shared;	  /* a page shared with the child */
	char *path;	  /* of the program; owned */
	char **argv, **envp; /* owned arrays, borrowed strings */
	char session_env[64];
	sigset_t mask; /* the signal mask the command starts with */
	struct filter_options filter;
	struct walls walls;	     /* that the child goes behind */
	const struct mounts *mounts; /* it gets; NULL: keeps those of ours */
	uint64_t drop_caps;	     /* it loses (supervisor/caps.h) */
	int mounts_error;	     /* 0 or -errno: it has them not */
};

/*
 * Find the program: ret->path is set. Returns 0, -ENOENT (code 127) or
 * -EACCES (code 126) with *err told.
 */
int launch_find(struct launch *l, char *const *argv, struct ef_err *err);

/*
 * Fork the child and have it install the filter. uuid goes into its
 * environment as EGRESS_FILTER_SESSION. Returns 0 or -errno with *err told:
 * why this kernel or sandbox does not do. Blocks until the child is ready.
 * Call it before any other thread exists.
 */
int launch_prepare(struct launch *l, char *const *argv, const char *uuid,
		   struct ef_err *err);

/* Let the child execute the program, without these descriptors: at most
 * INHERITED_MAX of them. */
void launch_go(struct launch *l, const struct inherited *closed);

/* After the child has ended: the errno of a failed exec, 0 if it ran. */
int launch_exec_error(const struct launch *l);

/* End a child that was never let go, and give everything back. */
void launch_done(struct launch *l);

#endif
