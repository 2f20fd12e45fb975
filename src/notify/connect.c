/* SPDX-License-Identifier: MIT */
/* connect(), judged and performed by the supervisor. */
#include "notify/connect.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/time.h>

#include "base/clock.h"
#include "notify/dnsroute.h"
#include "notify/netlink.h"
#include "notify/refuse.h"
#include "notify/unix_connect.h"

/* Answer and close the row. */
static void finish(struct call *c, struct ticket *t, int error)
{
	call_answer(c, 0, error);
	gate_finish(c->ctx->gate, t, error);
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

/* Hand a call that has to wait to the loop; deny it when there is no room. */
static bool wait_for(struct call *c, struct pending_op *op)
{
	op->call = *c;
	if (pending_add(c->ctx->pending, op) < 0) {
		finish(c, &op->ticket, -ENOBUFS);
		return false;
	}
	call_moved(c);
	return true;
}

static bool must_wait(const struct call *c, int error)
{
	return c->type == SOCK_STREAM &&
	       (error == -EINPROGRESS || error == -EALREADY) &&
	       !call_is_nonblocking(c);
}

static void fill_connect(const struct call *c, struct pending_op *op, int started)
{
	op->kind = PENDING_CONNECT;
	op->deadline_ns = send_deadline(c->sock);
	op->timeout_error = started;
	/* signal(7): with a timeout set, a connect is never restarted. */
	op->is_restartable = op->deadline_ns == 0;
}

static void wait_for_peer(struct call *c, const struct ticket *t,
			  const struct sockaddr_storage *to, socklen_t len,
			  int started)
{
	struct pending_op op = { .ticket = *t };

	op.connect.to = *to;
	op.connect.to_len = len;
	fill_connect(c, &op, started);
	wait_for(c, &op);
}

static void perform(struct call *c, struct ticket *t, const struct addr *to)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_encode(to, c->domain, &ss);
	int r;

	if (!len) {
		finish(c, t, -EAFNOSUPPORT);
		return;
	}
	redirect_forget(c->ctx->redirect, c->cookie);
	r = connect_start(c, &ss, len);
	if (must_wait(c, r))
		wait_for_peer(c, t, &ss, len, r);
	else
		finish(c, t, r);
}

static enum resolve_family families_of(const struct call *c)
{
	return c->domain == AF_INET ? RESOLVE_IP4 : RESOLVE_BOTH;
}

/* A placeholder was admitted: its name is looked up now, then connected to. */
static void look_up(struct call *c, struct ticket *t, uint16_t port)
{
	struct pending_op op = { .kind = PENDING_LOOKUP,
				 .ticket = *t,
				 .is_restartable = true };
	const struct notify_context *ctx = c->ctx;

	op.tag = pending_new_tag(ctx->pending);
	op.connect.name = t->said.name;
	op.connect.port = port;
	if (!wait_for(c, &op))
		return;
	if (!ctx->resolver || resolve_start(ctx->resolver, &op.connect.name,
					    families_of(&op.call), op.tag) < 0) {
		struct resolve_result failed = { .tag = op.tag, .error = -EBUSY };

		pending_resolved(ctx->pending, &failed);
	}
}

static bool fits_socket(const struct call *c, const struct addr *a)
{
	struct sockaddr_storage ss;

	return addr_encode(a, c->domain, &ss) != 0;
}

/* The first address of the answer that the socket can reach and that the name
 * may have. 0 and *ret, or the -errno that the target gets. */
static int choose(struct pending_op *op, const struct resolve_result *r,
		  struct addr *ret)
{
	struct observation seen;
	int error = -ENETUNREACH;

	for (size_t i = 0; i < r->n; i++) {
		if (!fits_socket(&op->call, &r->addrs[i]))
			continue;
		*ret = r->addrs[i];
		ret->port = op->connect.port;
		call_observe(&op->call, STAGE_CONNECT, &seen);
		seen.addr = *ret;
		seen.n_candidates = 1;
		seen.candidates[0].name = op->connect.name;
		seen.candidates[0].source = NAME_DNS;
		error = gate_resolved(op->call.ctx->gate, &op->ticket, &seen,
				      ret);
		if (!error)
			return 0;
	}
	return error;
}

/* From before it is asked whether a port is ours until the socket is connected
 * to it, ours can see who comes (decision 7). */
static void approach(const struct call *c, const struct addr *to)
{
	redirect_approach(c->ctx->redirect, to->port);
}

static void arrive(const struct call *c, const struct addr *to)
{
	redirect_arrived(c->ctx->redirect, to->port);
}

/* A name may lead to a port of ours, too (decision 9). */
static int connect_to(struct pending_op *op, const struct addr *to)
{
	struct call *c = &op->call;
	int r = -EACCES;

	approach(c, to);
	op->connect.to_len = addr_encode(to, c->domain, &op->connect.to);
	if (!redirect_is_ours(c->ctx->redirect, to, c->type == SOCK_STREAM))
		r = connect_start_briefly(c, &op->connect.to, op->connect.to_len);
	arrive(c, to);
	return r;
}

/*
 * A sibling may have taken the peer away, so that this begins anew: with a port
 * that has become one of ours meanwhile. What has no row is on its way to the
 * forwarder.
 */
static int go_on(struct pending_op *op)
{
	struct addr to;

	if (!op->ticket.seq)
		return connect_start_briefly(&op->call, &op->connect.to,
					     op->connect.to_len);
	addr_from_sockaddr(&op->connect.to, &to);
	return connect_to(op, &to);
}

enum pending_step connect_step(struct pending_op *op)
{
	int r = go_on(op);

	if (must_wait(&op->call, r))
		return STEP_WAIT;
	/* Another thread harvested the result before us. */
	if (r == -EISCONN)
		r = 0;
	finish(&op->call, &op->ticket, r);
	return STEP_DONE;
}

enum pending_step connect_resolved(struct pending_op *op,
				   const struct resolve_result *result)
{
	struct addr to;
	int r = choose(op, result, &to);

	if (!r)
		r = connect_to(op, &to);
	if (must_wait(&op->call, r)) {
		fill_connect(&op->call, op, r);
		return STEP_WAIT;
	}
	finish(&op->call, &op->ticket, r);
	return STEP_DONE;
}

/* AF_UNSPEC: the socket lets go of its peer. Nothing to judge. */
static void disconnect(struct call *c)
{
	struct sockaddr_storage none = { .ss_family = AF_UNSPEC };
	int r = connect(c->sock, (struct sockaddr *)&none,
			sizeof(struct sockaddr_in)) < 0
			? -errno
			: 0;

	redirect_forget(c->ctx->redirect, c->cookie);
	call_answer(c, 0, r);
}

static void to_name_server(struct call *c, const struct addr *asked,
			   unsigned int server)
{
	static const struct ticket none;
	struct sockaddr_storage ss;
	socklen_t len;
	int r = dnsroute_connect(c, asked, server, &ss, &len);

	if (must_wait(c, r))
		wait_for_peer(c, &none, &ss, len, r);
	else
		call_answer(c, 0, r);
}

void connect_written(struct aside *a)
{
	struct call *c = &a->call;
	const struct addr *to = &a->seen.addr;

	if (a->judged.error)
		finish(c, &a->ticket, a->judged.error);
	else if (a->ticket.action == ACTION_PROBE)
		finish(c, &a->ticket, dnsroute_connect_to_sink(c, to));
	else if (a->seen.placeholder.family != ADDR_NONE)
		look_up(c, &a->ticket, to->port);
	else
		perform(c, &a->ticket, to);
	arrive(c, to);
	call_done(c);
}

/* False: answered. */
static bool may_judge(struct call *c, struct observation *seen)
{
	const struct addr *to = &seen->addr;

	if (redirect_is_ours(c->ctx->redirect, to, c->type == SOCK_STREAM))
		refuse_with(c, seen, REASON_OWN_SOCKET, -EACCES);
	else if (addr_is_loopback(to) && !call_stays_here(c))
		refuse_with(c, seen, REASON_SYSCALL, -EPERM);
	else
		return true;
	return false;
}

/* It is not put aside after all, but answered. */
static void drop(const struct call *c, struct aside *a)
{
	arrive(c, &a->seen.addr);
	batch_done(c->buffers->batch, a);
}

static void judge(struct call *c, const struct addr *to)
{
	struct aside *a = batch_place(c->buffers->batch);
	const struct process *who;
	int64_t row;

	call_observe(c, STAGE_CONNECT, &a->seen);
	a->seen.addr = *to;
	approach(c, to);
	if (!may_judge(c, &a->seen)) {
		drop(c, a);
	} else if (call_identify(c, &who, &row) < 0) {
		call_answer(c, 0, -EPERM);
		drop(c, a);
	} else {
		gate_judge(c->ctx->gate, &a->seen, who, row, &a->ticket,
			   &a->judged);
		a->call = *c;
		a->call.thread = NULL; /* may be another's by then */
		call_moved(c);
		batch_keep(a->call.buffers->batch, a);
	}
}

static void handle_internet(struct call *c)
{
	uint8_t bytes[sizeof(struct sockaddr_storage)];
	int len = (int)c->data.args[2], r;
	struct observation seen;
	unsigned int server;
	struct addr to;

	if (len < 0 || (size_t)len > sizeof(bytes)) {
		call_answer(c, 0, -EINVAL);
		return;
	}
	r = call_read_name(c, c->data.args[1], bytes, (size_t)len);
	if (r == -EPERM) {
		refuse_unreadable(c, STAGE_CONNECT);
		return;
	}
	if (!r && !call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (!r)
		r = addr_decode(c->domain,
				c->type == SOCK_STREAM ? ADDR_FOR_STREAM
						       : ADDR_FOR_CONNECT,
				bytes, (size_t)len, &to);
	if (r < 0) {
		call_answer(c, 0, r);
		return;
	}
	if (r == 1) {
		disconnect(c);
		return;
	}
	switch (dnsroute_find(c, &to, &server)) {
	case ROUTE_FORWARDER:
		to_name_server(c, &to, server);
		break;
	case ROUTE_REFUSED:
		call_observe(c, STAGE_CONNECT, &seen);
		seen.addr = to;
		refuse_with(c, &seen, REASON_RESOLVER, -EACCES);
		break;
	case ROUTE_ORDINARY:
		judge(c, &to);
		break;
	}
}

void connect_handle(struct call *c)
{
	int r = call_take_socket(c, (int)c->data.args[0]);

	if (r == -EPERM) {
		refuse_unreadable(c, STAGE_CONNECT);
		return;
	}
	if (r < 0) {
		call_answer(c, 0, r);
		return;
	}
	switch (c->domain) {
	case AF_INET:
	case AF_INET6:
		handle_internet(c);
		break;
	case AF_UNIX:
		unix_connect_handle(c);
		break;
	case AF_NETLINK:
		netlink_connect_handle(c);
		break;
	default:
		call_answer(c, 0, -EAFNOSUPPORT);
		break;
	}
}
