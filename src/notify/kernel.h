/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_KERNEL_H
#define EF_NOTIFY_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "notify/uapi.h"

/*
 * The kernel, as this program needs it: notifications, and the memory and
 * descriptors of a target. kernel.c asks the real one; tests/fakes/kernel.c
 * plays a script. Whoever links, chooses. All return 0 (or what they say) or
 * -errno.
 */

/*
 * Wait for a notification. -EINTR after a signal to this thread, -ENOENT when
 * the caller of the system call was killed meanwhile: go on. Blocks.
 */
int kernel_receive(int listener, struct seccomp_notif *ret);

/*
 * End the system call of notification id with a value, or with error (0 or
 * -errno). -ENOENT when the target is gone. Does not block.
 */
int kernel_respond(int listener, uint64_t id, int64_t value, int error);

/* Let the kernel carry the call out itself: only for calls in which nothing
 * that was judged is read from memory. Does not block. */
int kernel_continue(int listener, uint64_t id);

/* True when kernel_receive() would not block, provided that no other thread
 * receives. */
bool kernel_has_another(int listener);

/* True once the last target has gone: nothing will ever be received again. */
bool kernel_has_hung_up(int listener);

/* True while the target still waits for the answer to this notification. */
bool kernel_is_waiting(int listener, uint64_t id);

/* Ask for synchronous wake-ups (Linux 6.6); older kernels refuse, harmlessly. */
void kernel_set_sync_wake_up(int listener);

/*
 * A pidfd of the thread (Linux 6.9: *ret_is_its_own), else of its process. The
 * caller closes it. Does not block.
 */
int kernel_open_thread(pid_t tid, bool *ret_is_its_own);

/* A duplicate of descriptor fd of the thread behind pidfd, close-on-exec. */
int kernel_take_fd(int pidfd, int fd);

/*
 * Copy len bytes at addr of the thread's memory. Returns the number copied,
 * which is less than len when a page is missing; -EFAULT when the first is.
 * -EPERM: may not be inspected. May block for as long as the page is stuck.
 */
ssize_t kernel_read_memory(pid_t tid, uint64_t addr, void *buf, size_t len);

/* The same from two places into two buffers: the sum of what was copied. */
ssize_t kernel_read_memory_and(pid_t tid, uint64_t addr, void *buf, size_t len,
			       uint64_t addr2, void *buf2, size_t len2);

/* The same from many places into one buffer, in order, at most len bytes. */
ssize_t kernel_gather_memory(pid_t tid, const struct iovec *iov, size_t n_iov,
			     void *buf, size_t len);

/*
 * A descriptor for writing results into the thread's memory; opened before
 * kernel_is_waiting() it can only ever reach that very process. The caller
 * closes it.
 */
int kernel_open_memory(pid_t tid);

/* Write through it: 0, or -EFAULT. May block like reading. */
int kernel_write_memory(int memory, uint64_t addr, const void *buf, size_t len);

/*
 * True when a signal that the thread does not block is pending for it (and,
 * for the first thread of a process, for the process). Reads /proc.
 */
bool kernel_has_signal(pid_t tid);

/*
 * Send a signal to the thread that waits for the answer to this notification,
 * and to nobody who has its number afterwards. 0, or -ESRCH: it does not wait.
 */
int kernel_signal_caller(int listener, uint64_t id, pid_t tid, int signal);

#endif
