/* SPDX-License-Identifier: MIT */
/* What a socket that was led to the forwarder receives, and is told. */
#include "notify/dnsrecv.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/time.h>

#include "base/clock.h"

/* Write an address and its length as the kernel does for value-result
 * arguments (net/socket.c, move_addr_to_user). */
static int write_address(const struct call *c, const struct addr *a,
			 uint64_t to, uint64_t to_len, int room)
{
	struct sockaddr_storage ss;
	int len = (int)addr_encode(a, c->domain, &ss);
	int r = 0;

	if (room < 0)
		return -EINVAL;
	if (room > 0)
		r = call_write(c, to, &ss, (size_t)(room < len ? room : len));
	return r ? r : call_write(c, to_len, &len, sizeof(len));
}

static bool take_redirected(struct call *c, struct redirect_peer *ret)
{
	return !call_take_socket(c, (int)c->data.args[0]) &&
	       (c->domain == AF_INET || c->domain == AF_INET6) &&
	       redirect_find_cookie(c->ctx->redirect, c->cookie, ret);
}

void dnsrecv_handle_getpeername(struct call *c)
{
	struct redirect_peer peer;
	uint64_t to = c->data.args[1], to_len = c->data.args[2];
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int room, r;

	if (!take_redirected(c, &peer)) {
		call_continue(c);
		return;
	}
	r = call_read(c, to_len, &room, sizeof(room));
	if (!r)
		r = call_open_memory(c);
	if (!call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (!r && getpeername(c->sock, (struct sockaddr *)&ss, &len) < 0)
		r = -errno;
	if (!r)
		r = write_address(c, &peer.meant, to, to_len, room);
	call_answer(c, 0, r);
}

static bool same_port(const struct addr *a, const struct addr *b)
{
	return addr_same_ip(a, b) && a->port == b->port;
}

/*
 * What is shown in place of the forwarder's own address: the server that was
 * meant, or, where a socket has asked several, the one that the forwarder's
 * socket stands for.
 */
static void show_meant(const struct call *c, struct addr *from)
{
	struct redirect *redirect = c->ctx->redirect;
	struct redirect_peer peer;

	for (size_t i = 0; i < redirect_n_servers(redirect); i++) {
		const struct redirect_server *s = redirect_server(redirect, i);

		if (!same_port(from, &s->udp4) && !same_port(from, &s->udp6))
			continue;
		*from = s->server;
		if (redirect_find_cookie(redirect, c->cookie, &peer) &&
		    peer.server == i)
			*from = peer.meant;
		return;
	}
}

/* Receive one datagram and give it to the target: length or -errno. */
static int64_t receive(const struct call *c, uint8_t *buf, int room)
{
	const __u64 *args = c->data.args;
	int flags = (int)args[3] | MSG_DONTWAIT;
	size_t want = args[2] < CALL_BUFFER ? args[2] : CALL_BUFFER, got;
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct addr from;
	ssize_t n = recvfrom(c->sock, buf, want, flags, (struct sockaddr *)&ss,
			     &len);
	int r = 0;

	if (n < 0)
		return -errno;
	got = (size_t)n < want ? (size_t)n : want; /* MSG_TRUNC tells more */
	addr_from_sockaddr(&ss, &from);
	show_meant(c, &from);
	if (got)
		r = call_write(c, args[1], buf, got);
	if (!r)
		r = write_address(c, &from, args[4], args[5], room);
	return r < 0 ? r : n;
}

static int64_t receive_deadline(int sock)
{
	struct timeval tv = { 0 };
	socklen_t len = sizeof(tv);

	if (getsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &tv, &len) < 0 ||
	    (!tv.tv_sec && !tv.tv_usec))
		return 0;
	return clock_mono_ns() + (int64_t)tv.tv_sec * 1000000000 +
	       (int64_t)tv.tv_usec * 1000;
}

static void wait_to_receive(struct call *c)
{
	struct pending_op op = { .kind = PENDING_RECV, .timeout_error = -EAGAIN };

	op.deadline_ns = receive_deadline(c->sock);
	op.is_restartable = op.deadline_ns == 0;
	op.call = *c;
	if (pending_add(c->ctx->pending, &op) < 0)
		call_answer(c, 0, -ENOBUFS);
	else
		call_moved(c);
}

static void answer_received(struct call *c, int64_t n)
{
	call_answer(c, n < 0 ? 0 : n, n < 0 ? (int)n : 0);
}

/* A try that does not wait: what the call returns, -EAGAIN to wait, or
 * -ECANCELED: the target does not any more. */
static int64_t try_to_receive(struct call *c)
{
	int64_t r;
	int room;

	r = call_read(c, c->data.args[5], &room, sizeof(room));
	if (!r && c->memory < 0)
		r = call_open_memory(c);
	if (!call_is_waiting(c))
		return -ECANCELED;
	return r ? r : receive(c, c->buffers->data, room);
}

void dnsrecv_handle(struct call *c)
{
	struct redirect_peer peer;
	int64_t n;

	if (!take_redirected(c, &peer) || c->type != SOCK_DGRAM) {
		call_continue(c);
		return;
	}
	n = try_to_receive(c);
	if (n == -ECANCELED)
		c->is_answered = true;
	else if (n == -EAGAIN && !((int)c->data.args[3] & MSG_DONTWAIT) &&
		 !call_is_nonblocking(c))
		wait_to_receive(c);
	else
		answer_received(c, n);
}

enum pending_step dnsrecv_step(struct pending_op *op)
{
	int64_t n = try_to_receive(&op->call);

	if (n == -EAGAIN)
		return STEP_WAIT;
	if (n != -ECANCELED)
		answer_received(&op->call, n);
	return STEP_DONE;
}
