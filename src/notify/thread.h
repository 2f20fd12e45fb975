/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_THREAD_H
#define EF_NOTIFY_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "notify/proc.h"

/*
 * The threads of targets that one notification thread has met, with what is
 * costly to find out anew for each call: a descriptor of the thread, and which
 * process it was. A descriptor stays that very thread's when its number is
 * given to another; where the kernel has none for threads (before Linux 6.9)
 * nothing is kept. Owned by one notification thread and used by it alone.
 */
#define THREADS_KNOWN_MAX 64 /* two descriptors each, some KiB of memory */

struct thread {
	pid_t tid;  /* 0: empty */
	int pidfd;  /* of the thread */
	int folder; /* /proc/TID, or -1 */
	bool is_its_own;
	/* what targets_identify() found; row 0: not asked yet */
	int64_t row;
	uint64_t exe_dev, exe_ino;
	struct proc_image image;
	struct process *who; /* owned; NULL: not asked yet */
};

struct threads;

/* An empty table, or NULL when out of memory. */
struct threads *threads_new(void);

/* Close and free all; NULL is fine. */
void threads_free(struct threads *t);

/*
 * The entry of a thread, its descriptor open; valid until the next call for
 * another thread. NULL when it cannot be opened. Does not block.
 */
struct thread *threads_open(struct threads *t, pid_t tid);

/* Its descriptor turned out to be a dead thread's: open it again. False when
 * that fails; the entry is empty then. */
bool threads_reopen(struct thread *th);

/* The file it executes. False: unknown. */
bool thread_exe(const struct thread *th, uint64_t *ret_dev, uint64_t *ret_ino);

#endif
