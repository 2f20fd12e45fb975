/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_INHERITED_H
#define EF_NOTIFY_INHERITED_H

#include "notify/call.h"

/*
 * Descriptors that the command is born with. A socket that is connected
 * already could be written to without any call that is judged, so its peer is
 * judged as if the command connected to it now; a TCP listener as if it
 * listened. Raw and packet sockets, tunnels, rings and the like have no peer
 * to be judged by, and are refused (decision 18). Each has a row.
 */
#define INHERITED_MAX 256

struct inherited {
	size_t n;
	int fds[INHERITED_MAX]; /* the command may not have these */
};

/*
 * Look at the descriptors of this process that survive an exec, which the
 * child, not let go yet, has by the same numbers. Returns 0 and those to
 * close, or -errno: then the command may not run. Blocks for the commits.
 */
int inherited_judge(const struct notify_context *ctx, pid_t child,
		    struct inherited *ret);

#endif
