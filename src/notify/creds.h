/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_CREDS_H
#define EF_NOTIFY_CREDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "notify/call.h"

/*
 * Acting with the rights of a target: a supervisor that is root lends them to
 * nobody. Around a lookup or an AF_UNIX operation the calling thread, and it
 * alone, takes on the target's ids, groups and capabilities; credentials(7)
 * are a matter of threads to the kernel, but not to the C library, so these
 * are raw system calls.
 */
#define CREDS_GROUPS_MAX 1024

struct identity {
	uid_t uid[4]; /* real, effective, saved, file system */
	gid_t gid[4];
	uint64_t caps; /* effective, in our user namespace */
	size_t n_groups;
	gid_t groups[CREDS_GROUPS_MAX];
};

struct creds {
	bool differ; /* a switch is needed; false: the rest is not filled in */
	struct identity theirs, ours;
};

/*
 * Read the credentials of the thread that called (before call_is_waiting()).
 * A supervisor that is not root has none to lend: *ret then says "no switch".
 * Returns 0, or -EPERM when they cannot be read or are too many.
 */
int creds_read(const struct call *c, struct creds *ret);

/*
 * The calling thread takes them on. Returns 0, or -EPERM: it is as it was.
 * Every success is followed by creds_leave().
 */
int creds_enter(const struct notify_context *ctx, const struct creds *who);

/*
 * And is itself again. A thread that cannot go back ends the session
 * (ctx->lose): it must not judge in another's name.
 */
void creds_leave(const struct notify_context *ctx, const struct creds *who);

#endif
