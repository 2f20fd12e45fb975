/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_FSVIEW_H
#define EF_NOTIFY_FSVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The file tree as a target sees it: its root, its working directory, its
 * /proc/self. Paths of a target are looked up here and nowhere else.
 */
struct fsview {
	pid_t tid;
	int root, cwd;	   /* O_PATH; owned */
	bool has_our_root; /* its root is ours, in our mount namespace */
	bool has_our_pids; /* its pid namespace is ours */
};

#define FSVIEW_EMPTY                                                           \
	{                                                                      \
		.root = -1, .cwd = -1                                          \
	}

/*
 * Open the view of a thread (before call_is_waiting()). Returns 0, or -EPERM
 * when it may not be inspected. Give it back with fsview_close().
 */
int fsview_open(pid_t tid, struct fsview *ret);

/*
 * The root of this process leads where ours does: it is in a mount namespace
 * that was copied from ours and differs in what may be written. Paths of
 * whoever has that root are looked up from ours. Once, before there is a
 * second thread.
 */
void fsview_share_root(pid_t pid);

/* Nobody does any more. */
void fsview_unshare_root(void);

/* Give back what it owns; an empty one is fine. */
void fsview_close(struct fsview *v);

/*
 * Open what a path of the target leads to, O_PATH, with the credentials of
 * the calling thread. Returns a descriptor that the caller closes, or the
 * -errno of the lookup. May block for as long as the file systems do.
 */
int fsview_lookup(const struct fsview *v, const char *path);

/*
 * The device of the file system an O_PATH descriptor is on, as the target's
 * mount table names it: for btrfs and overlayfs that is not what fstat(2)
 * says. Returns 0; -ENOENT: it is neither in the target's table nor in ours.
 */
int fsview_device(const struct fsview *v, int file, unsigned int *ret_major,
		  unsigned int *ret_minor);

#endif
