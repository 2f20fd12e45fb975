/* SPDX-License-Identifier: MIT */
/* Carrying a message out on the supervisor's duplicate of the socket. */
#include "notify/sending.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

/* What a full socket is given before the call is put aside. */
#define POLLS_MAX 3
#define NAPS_MAX  10
#define NAP_NS	  100000

ssize_t sending_transmit(int sock, struct msghdr *h, size_t credentials_len,
			 int flags)
{
	ssize_t n;

	flags |= MSG_DONTWAIT | MSG_NOSIGNAL;
	n = sendmsg(sock, h, flags);
	if (n < 0 && errno == EPERM && credentials_len) {
		/* Root without the capability to speak for somebody else. */
		h->msg_controllen -= credentials_len;
		n = sendmsg(sock, h, flags);
	}
	return n < 0 ? -errno : n;
}

/*
 * What could not be read is handed on as an address that cannot be read
 * either: so the kernel itself decides what comes first, EFAULT or another
 * error, and how much of a stream goes out before. The same for a datagram
 * too large for the buffer, which the kernel refuses by its length.
 */
static ssize_t transmit(struct sending *s)
{
	struct call *c = s->call;
	struct message *m = &s->m;
	size_t off = s->sent - m->at, beyond = message_rest(m) - m->have;
	bool is_stream = c->type == SOCK_STREAM;
	bool is_last = !beyond || m->is_cut || !is_stream;
	struct iovec iov[2] = { { c->buffers->data + off, m->have - off },
				{ NULL, beyond } };
	struct msghdr h = { .msg_iov = iov,
			    .msg_iovlen = is_last && beyond ? 2 : 1 };
	ssize_t n;

	if (s->to_len) {
		h.msg_name = &s->to;
		h.msg_namelen = s->to_len;
	}
	if (s->anc.len) {
		h.msg_control = s->anc.control;
		h.msg_controllen = s->anc.len;
	}
	n = sendunix_enter(c->ctx, s->unix_to);
	if (n < 0)
		return n;
	n = sending_transmit(c->sock, &h, s->anc.credentials_len,
			     is_last ? s->flags
				     : s->flags & ~(MSG_OOB | MSG_EOR));
	sendunix_leave(c->ctx, s->unix_to);
	/* A large datagram that passed every test of the kernel's. */
	return n == -EFAULT && beyond && !m->is_cut ? -EMSGSIZE : n;
}

bool sending_is_broken(int sock)
{
	struct pollfd p = { .fd = sock, .events = POLLOUT };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLHUP);
}

void sending_signal(const struct call *c)
{
	kernel_signal_caller(c->ctx->listener, c->id, c->tid, SIGPIPE);
}

/*
 * A moment for a socket that is full: true when it is worth another try. The
 * receiver of an AF_UNIX datagram with an address cannot be polled for.
 */
static bool wait_a_moment(const struct sending *s, unsigned int tries)
{
	struct pollfd p = { .fd = s->call->sock, .events = POLLOUT };
	struct timespec nap = { .tv_nsec = NAP_NS };

	if (s->call->domain == AF_UNIX && s->to_len) {
		nanosleep(&nap, NULL);
		return tries < NAPS_MAX;
	}
	return tries < POLLS_MAX && poll(&p, 1, SEND_POLL_MS) > 0;
}

static int64_t fail(const struct sending *s, int error)
{
	if (s->sent)
		return (int64_t)s->sent;
	if (error == -EPIPE && s->wants_signal)
		sending_signal(s->call);
	return error;
}

/* Only asked of a socket that is full. */
static bool may_wait(const struct sending *s)
{
	return s->may_wait && !call_is_nonblocking(s->call);
}

/* The rest of a stream that took a part: true to go on. */
static bool advance(struct sending *s)
{
	struct message *m = &s->m;
	bool is_piece_out = s->sent == m->at + m->have;

	if (!is_piece_out && !may_wait(s))
		return false;
	if (is_piece_out && m->is_cut)
		return false;
	if (sending_is_broken(s->call->sock))
		return false;
	if (!is_piece_out)
		return true;
	return !message_load(s->call, m, s->sent) && call_is_waiting(s->call);
}

int64_t sending_run(struct sending *s)
{
	unsigned int tries = 0;

	for (;;) {
		ssize_t n = transmit(s);

		if (n == -EAGAIN && may_wait(s)) {
			if (wait_a_moment(s, tries++))
				continue;
			return SENDING_WOULD_WAIT;
		}
		if (n < 0)
			return fail(s, (int)n);
		s->sent += (size_t)n;
		s->anc.len = 0; /* went with the first byte */
		if (s->call->type != SOCK_STREAM || !n || s->sent >= s->m.len)
			return (int64_t)s->sent;
		if (!advance(s))
			return (int64_t)s->sent;
	}
}
