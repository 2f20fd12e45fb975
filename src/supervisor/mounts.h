/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_MOUNTS_H
#define EF_SUPERVISOR_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The file tree of a command that is root: its own mount namespace, in which
 * what steers the kernel (/proc/sys, sysfs), our state folder and the policy
 * are read-only (decision 13). The mounts that others make reach it; what it
 * had before, as a working directory or an open file, is not changed.
 */
#define MOUNTS_MAX 64

struct mounts {
	size_t n;
	bool is_full; /* there is more than that */
	struct {
		char *path;
		bool is_mount; /* a mount already: no bind is needed */
	} list[MOUNTS_MAX];
};

/* Find out what is to be read-only; state_dir and policy_path may be NULL.
 * Returns 0 or -errno. */
int mounts_plan(const char *state_dir, const char *policy_path,
		struct mounts *ret);

/*
 * Go into a namespace like that. Returns 0 or -errno: -EPERM where mount
 * namespaces cannot be made; nothing outside has changed then. Only system
 * calls: fit for a forked child.
 */
int mounts_enter(const struct mounts *m);

/* Free what it holds. */
void mounts_done(struct mounts *m);

#endif
