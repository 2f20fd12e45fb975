/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_TRIAL_H
#define EF_DOCTOR_TRIAL_H

/*
 * Single questions to the kernel. Each returns 0 or the errno it was refused
 * with; none leaves a trace in the calling process. All block for the life of
 * a child at the most.
 */

/* A notification filter with these further flags of seccomp(2), and, with
 * wants_sync, synchronous wake-ups. EBUSY: an ancestor has a listener. */
int trial_listener(unsigned long flags, int wants_sync);

/* Taking a descriptor from a child (pidfd_getfd(2)). */
int trial_take_fd(void);

/* Reading a child's memory (process_vm_readv(2)). */
int trial_read_memory(void);

/* A pidfd of a single thread (PIDFD_THREAD). */
int trial_thread_pidfd(void);

/* A user namespace. */
int trial_user_namespace(void);

/* What a supervisor does to confine itself: a filter for all threads, and no
 * more dumps or traces of it. */
int trial_confine(void);

/* A mount namespace that differs from ours. */
int trial_mount_namespace(void);

/* Sending from port 53 of a foreign address (IP_TRANSPARENT). */
int trial_transparent(void);

/* Telling the network namespace of a socket (SO_NETNS_COOKIE). */
int trial_netns_cookie(void);

#endif
