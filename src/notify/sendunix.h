/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_SENDUNIX_H
#define EF_NOTIFY_SENDUNIX_H

#include "notify/unix_connect.h"

/*
 * Datagrams of AF_UNIX with an address: sent to the listener that was judged
 * and to no other, in the name of who sends (decision 10).
 */
struct sendunix {
	struct peer_caller who;	   /* how the target sees the file tree */
	struct peer_target target; /* file -1: not found yet */
};

/* See through the target's eyes; before call_is_waiting(). 0 or -errno; *ret
 * is the caller's. */
int sendunix_open(const struct call *c, struct sendunix **ret);

/* Free it; NULL is fine. */
void sendunix_free(struct sendunix *u);

/*
 * Find where the datagram goes, judge it, commit its row. Returns 0 with the
 * address to send to, or the -errno to answer. May block for a commit.
 */
int sendunix_judge(struct call *c, struct sendunix *u, const void *name,
		   size_t len, struct ticket *ret_ticket,
		   struct sockaddr_storage *ret_to, socklen_t *ret_to_len);

/*
 * Take on the target's credentials and see that the listener is still the one
 * that was judged. 0, then sendunix_leave(); or -errno. u may be NULL: 0.
 */
int sendunix_enter(const struct notify_context *ctx, const struct sendunix *u);

/* Be ourselves again; NULL is fine. */
void sendunix_leave(const struct notify_context *ctx, const struct sendunix *u);

#endif
