/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_TARGET_H
#define EF_NOTIFY_TARGET_H

#include "audit/store.h"
#include "notify/thread.h"

/*
 * Who a target is: its process, executable and arguments, as rows of the
 * record. Read from /proc and cached, keyed by (pid, start time, executable,
 * execution), so that a recycled pid or an exec is never taken for what was
 * there before. A process whose /proc cannot be read is still known by its pid.
 */
#define TARGETS_MAX 1024 /* cached; the least used slot of a set goes */

struct targets;

/* An empty cache, or NULL when out of memory. Chains of parents end below the
 * calling process. */
struct targets *targets_new(void);

/* Free it; NULL is fine. */
void targets_free(struct targets *t);

/*
 * The process of a thread and its row, committing new rows (with those of its
 * parents). th is the thread's entry, where it is looked up and remembered, or
 * NULL; seen is what was just read of its execution, or says 0. *ret_who is a
 * copy of the calling thread's own, valid until its next call. 0 or -errno of
 * the store. Any thread.
 */
int targets_identify(struct targets *t, struct store *st, pid_t tid,
		     struct thread *th, const struct proc_image *seen,
		     const struct process **ret_who, int64_t *ret_row);

#endif
