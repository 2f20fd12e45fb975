/* SPDX-License-Identifier: MIT */
/* Datagrams of AF_UNIX with an address. */
#include "notify/sendunix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

int sendunix_open(const struct call *c, struct sendunix **ret)
{
	struct sendunix *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return -ENOBUFS;
	u->target.file = -1;
	r = peer_caller_open(c, &u->who);
	if (r < 0)
		free(u);
	else
		*ret = u;
	return r;
}

void sendunix_free(struct sendunix *u)
{
	if (!u)
		return;
	peer_target_done(&u->target);
	peer_caller_close(&u->who);
	free(u);
}

int sendunix_judge(struct call *c, struct sendunix *u, const void *name,
		   size_t len, struct ticket *ret_ticket,
		   struct sockaddr_storage *ret_to, socklen_t *ret_to_len)
{
	const struct process *who;
	struct observation seen;
	struct sockaddr_un to;
	int64_t row;
	int r = unix_peer_for_send(c, &u->who, name, len, &u->target);

	if (r < 0)
		return r;
	if (call_identify(c, &who, &row) < 0)
		return -EPERM;
	call_observe(c, STAGE_SEND, &seen);
	seen.peer = u->target.peer;
	r = gate_admit(c->ctx->gate, &seen, who, row, ret_ticket);
	if (!u->target.peer.is_known)
		return -ECONNREFUSED; /* nobody is bound to it */
	if (r < 0)
		return r;
	*ret_to_len = peer_encode(&u->target, &to);
	memset(ret_to, 0, sizeof(*ret_to));
	memcpy(ret_to, &to, sizeof(to));
	return 0;
}

int sendunix_enter(const struct notify_context *ctx, const struct sendunix *u)
{
	if (!u)
		return 0;
	if (!peer_is_same(&u->target))
		return -ECONNREFUSED;
	return creds_enter(ctx, &u->who.creds);
}

void sendunix_leave(const struct notify_context *ctx, const struct sendunix *u)
{
	if (u)
		creds_leave(ctx, &u->who.creds);
}
