/* SPDX-License-Identifier: MIT */
/* connect() on AF_UNIX sockets. */
#include "notify/unix_connect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/clock.h"
#include "notify/connect.h"

/* What a connect that waits needs to be tried again. */
struct unix_wait {
	struct peer_target to;
	struct creds creds;
};

static void finish(struct call *c, struct ticket *t, int error)
{
	call_answer(c, 0, error);
	gate_finish(c->ctx->gate, t, error);
}

/*
 * With the target's rights; and if an abstract name has changed hands since
 * it was judged, the connection is cut before the target hears of it.
 */
static int connect_as(const struct call *c, const struct creds *who,
		      const struct peer_target *to, bool is_brief)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = peer_encode(to, (struct sockaddr_un *)&ss);
	int r;

	if (!peer_is_same(to))
		return -ECONNREFUSED;
	r = creds_enter(c->ctx, who);
	if (r < 0)
		return r;
	r = is_brief ? connect_start_briefly(c, &ss, len)
		     : connect_start(c, &ss, len);
	creds_leave(c->ctx, who);
	if (!r && !peer_is_same(to)) {
		shutdown(c->sock, SHUT_RDWR);
		return -ECONNREFUSED;
	}
	return r;
}

/* SO_SNDTIMEO of the socket as a point in time; 0: none. */
static int64_t send_deadline(int sock)
{
	struct timeval tv = { 0 };
	socklen_t len = sizeof(tv);

	if (getsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &tv, &len) < 0 ||
	    (!tv.tv_sec && !tv.tv_usec))
		return 0;
	return clock_mono_ns() + (int64_t)tv.tv_sec * 1000000000 +
	       (int64_t)tv.tv_usec * 1000;
}

/* The queue is full: the call waits in the table. 0, or -errno to answer. */
static int wait_for_room(struct call *c, struct ticket *t,
			 const struct creds *who, struct peer_target *to)
{
	struct pending_op op = { .kind = PENDING_UNIX_CONNECT,
				 .call = *c,
				 .ticket = *t,
				 .deadline_ns = send_deadline(c->sock),
				 .timeout_error = -EAGAIN };
	struct unix_wait *w = malloc(sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->to = *to;
	w->creds = *who;
	op.connect.local = w;
	/* signal(7): with a timeout set, a connect is never restarted. */
	op.is_restartable = op.deadline_ns == 0;
	if (pending_add(c->ctx->pending, &op) < 0) {
		free(w);
		return -ENOBUFS;
	}
	to->file = -1;
	call_moved(c);
	return 0;
}

static bool must_wait(const struct call *c, int error)
{
	return error == -EAGAIN && c->type != SOCK_DGRAM &&
	       !call_is_nonblocking(c);
}

static void perform(struct call *c, struct ticket *t, const struct creds *who,
		    struct peer_target *to)
{
	int r = connect_as(c, who, to, false);

	if (must_wait(c, r)) {
		r = wait_for_room(c, t, who, to);
		if (!r)
			return;
	}
	finish(c, t, r);
}

enum pending_step unix_connect_step(struct pending_op *op)
{
	struct unix_wait *w = op->connect.local;
	int r = connect_as(&op->call, &w->creds, &w->to, true);

	if (must_wait(&op->call, r))
		return STEP_WAIT;
	finish(&op->call, &op->ticket, r);
	return STEP_DONE;
}

void unix_connect_forget(struct pending_op *op)
{
	if (!op->connect.local)
		return;
	peer_target_done(&op->connect.local->to);
	free(op->connect.local);
	op->connect.local = NULL;
}

static void judge(struct call *c, const struct creds *creds,
		  struct peer_target *to)
{
	const struct process *who;
	struct observation seen;
	struct ticket ticket = { 0 };
	int64_t row;
	int r;

	if (call_identify(c, &who, &row) < 0) {
		call_answer(c, 0, -EPERM);
		return;
	}
	call_observe(c, STAGE_CONNECT, &seen);
	seen.peer = to->peer;
	r = gate_admit(c->ctx->gate, &seen, who, row, &ticket);
	/* Whatever the verdict on it: there is nobody to be reached. */
	if (!to->peer.is_known)
		finish(c, &ticket, -ECONNREFUSED);
	else if (r < 0)
		finish(c, &ticket, r);
	else
		perform(c, &ticket, creds, to);
}

/* AF_UNSPEC: a datagram socket lets go of its peer. Nothing to judge. */
static int disconnect(const struct call *c)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(c->sock, &none, sizeof(none)) < 0 ? -errno : 0;
}

static void handle_copy(struct call *c, const struct peer_caller *who,
			const void *bytes, size_t len)
{
	struct peer_target to = { .file = -1 };
	struct unixaddr a;
	int r = unixaddr_decode(c->type, ADDR_FOR_CONNECT, bytes, len, &a);

	if (r == 1) {
		call_answer(c, 0, disconnect(c));
		return;
	}
	if (!r)
		r = peer_find(c, who, &a, &to);
	if (r < 0)
		call_answer(c, 0, r);
	else
		judge(c, &who->creds, &to);
	peer_target_done(&to);
}

void unix_connect_handle(struct call *c)
{
	uint8_t bytes[sizeof(struct sockaddr_storage)];
	int len = (int)c->data.args[2], r;
	struct peer_caller who;

	if (len < 0 || (size_t)len > sizeof(bytes)) {
		call_answer(c, 0, -EINVAL);
		return;
	}
	r = call_read(c, c->data.args[1], bytes, (size_t)len);
	if (!r)
		r = peer_caller_open(c, &who);
	if (r < 0) {
		call_answer(c, 0, r);
		return;
	}
	if (call_is_waiting(c))
		handle_copy(c, &who, bytes, (size_t)len);
	else
		c->is_answered = true;
	peer_caller_close(&who);
}

int unix_peer_for_send(const struct call *c, const struct peer_caller *who,
		       const void *bytes, size_t len, struct peer_target *to)
{
	struct unixaddr a;
	int r = unixaddr_decode(c->type, ADDR_FOR_SEND, bytes, len, &a);

	*to = (struct peer_target){ .file = -1 };
	return r < 0 ? r : peer_find(c, who, &a, to);
}
