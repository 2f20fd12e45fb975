/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_TREE_H
#define EF_NOTIFY_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The supervised tree: the processes below the calling one. The supervisor is
 * their subreaper, so none can leave (prctl(2)). All is read from /proc and
 * nothing is kept; pids are those of our own pid namespace.
 */
#define TREE_MEMBERS_MAX 4096

struct tree_node {
	pid_t pid, parent, group;
};

/* A process by its pid, or that of one of its threads: 0, or -ESRCH. */
int tree_look(pid_t pid, struct tree_node *ret);

/* True when the process is, in this moment, below the calling one. */
bool tree_has(pid_t pid);

/*
 * The members of a process group (0: all processes) that are below the
 * calling one, at most max; returns their number. *ret_others is how many
 * members are not, or found no room.
 */
size_t tree_members(pid_t group, pid_t *ret, size_t max, size_t *ret_others);

/*
 * What a thread of the tree in a pid namespace of its own means by a pid: the
 * pid of the member of the tree that is known in that namespace by it. 0: no
 * member is.
 */
pid_t tree_translate(pid_t tid, pid_t pid);

#endif
