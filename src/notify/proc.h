/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_PROC_H
#define EF_NOTIFY_PROC_H

#include "audit/event.h"

/* proc(5) as far as the record needs it. Nothing here blocks or allocates. */

/* What tells one process from every other, at little cost. */
struct proc_key {
	pid_t pid;		   /* thread group id */
	uint64_t start_ticks;	   /* when it was forked */
	uint64_t exe_dev, exe_ino; /* 0: unknown */
};

/*
 * The key of the process a thread belongs to, and its parent. Returns 0, or
 * -ESRCH when the thread is gone.
 */
int proc_key(pid_t tid, struct proc_key *ret, pid_t *ret_parent);

/* All of it, for a process whose key is known. What cannot be read is empty. */
void proc_read(const struct proc_key *key, pid_t parent, struct process *ret);

#endif
