/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_PROC_H
#define EF_NOTIFY_PROC_H

#include "audit/event.h"

/* proc(5) as far as the record needs it. Nothing here blocks or allocates. */

/*
 * What tells one execution of a program from the next of the same file: the
 * random bytes that the kernel gives each (AT_RANDOM, getauxval(3)).
 */
struct proc_image {
	uint64_t at;	/* where they are; 0: unknown */
	uint64_t bytes; /* the first of them */
};

/* What tells one process from every other, at little cost. */
struct proc_key {
	pid_t pid;		   /* thread group id */
	uint64_t start_ticks;	   /* when it was forked */
	uint64_t exe_dev, exe_ino; /* 0: unknown */
	struct proc_image image;
};

/*
 * The key of the process a thread belongs to, and its parent. Returns 0, or
 * -ESRCH when the thread is gone.
 */
int proc_key(pid_t tid, struct proc_key *ret, pid_t *ret_parent);

/* True while the thread runs what *image was read from; nobody knows of an
 * unknown one. A look at 8 bytes of its memory. */
bool proc_has_image(pid_t tid, const struct proc_image *image);

/* All of it, for a process whose key is known. What cannot be read is empty. */
void proc_read(const struct proc_key *key, pid_t parent, struct process *ret);

#endif
