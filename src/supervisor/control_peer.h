/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_CONTROL_PEER_H
#define EF_SUPERVISOR_CONTROL_PEER_H

#include <stdbool.h>

/*
 * Who may steer a session over its control socket (decision 10): a process of
 * the same user or of root that is not part of a supervised tree. Its own tree
 * is known by descent, since the supervisor is the subreaper of all of it; that
 * of another session by the seccomp filters its processes run under.
 */
struct control_world {
	long filters;	 /* Seccomp_filters of this process; -1: this kernel
			      does not tell (before Linux 5.9) */
	bool has_filter; /* it runs under any */
};

/* Look at this process, before it limits itself. */
void control_look(struct control_world *ret);

/*
 * May the process at the other end of this connected socket do so? NULL: yes;
 * else why not, as half a sentence. *ret_pid is who it is, 0: nobody knows.
 * Reads files of /proc, does not wait.
 */
const char *control_refuses(const struct control_world *w, int fd, int *ret_pid);

#endif
