/* SPDX-License-Identifier: MIT */
/*
 * Sends that wait for room in a socket.
 *
 * Theory of Operation: a worker that finds a blocking socket full copies what
 * is left of the message, the rest of a stream up to SEND_WAIT_BYTES_MAX, and
 * hands the call to the pending table. From then on nothing of the target's
 * memory is read, and the loop thread sends on as the socket becomes writable.
 * When all is out the call is answered as the kernel would have: with what was
 * asked for, or with what could be sent before an error, a deadline or a
 * signal. A stream beyond the limit gets a part and asks again.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/clock.h"
#include "notify/sending.h"

/* A waiting call at the limit of all memory still gets this much. */
#define LEAST_BYTES (64u << 10)

struct send_wait {
	struct sends *sends;
	struct lost_slot *slot;
	struct ancillary anc; /* control points to the end of data */
	struct sockaddr_storage to;
	socklen_t to_len;
	struct sendunix *unix_to;
	int flags;
	bool is_stream, wants_signal, is_vector;
	size_t sent;	/* before data, by the worker */
	size_t len, at; /* of data; the loop thread moves at */
	size_t reserved;
	uint8_t data[];
};

/* Memory that waiting calls of a session may hold together. */
static bool reserve(struct sends *s, size_t n)
{
	size_t before = atomic_fetch_add(&s->waiting_bytes, n);

	if (before + n <= SEND_WAITING_BYTES_MAX)
		return true;
	atomic_fetch_sub(&s->waiting_bytes, n);
	return false;
}

static struct send_wait *wait_new(struct sends *sends, size_t len)
{
	struct send_wait *w = NULL;

	if (!reserve(sends, len))
		return NULL;
	w = malloc(sizeof(*w) + len);
	if (!w) {
		atomic_fetch_sub(&sends->waiting_bytes, len);
		return NULL;
	}
	memset(w, 0, sizeof(*w));
	w->sends = sends;
	w->reserved = len;
	return w;
}

static void wait_free(struct send_wait *w)
{
	ancillary_release(&w->anc);
	sendunix_free(w->unix_to);
	atomic_fetch_sub(&w->sends->waiting_bytes, w->reserved);
	free(w);
}

/* Copy the rest of the message: what is at hand, then from the target. */
static int fill(struct sending *s, struct send_wait *w, size_t want)
{
	struct message *m = &s->m;

	while (w->len < want) {
		size_t off = s->sent + w->len - m->at;
		size_t n = m->have - off;

		if (n > want - w->len)
			n = want - w->len;
		memcpy(w->data + w->len, s->call->buffers->data + off, n);
		w->len += n;
		if (w->len == want)
			break;
		/* What cannot be read is not sent: a part is a result. */
		if (m->is_cut)
			return w->len ? 0 : -EFAULT;
		if (message_load(s->call, m, s->sent + w->len))
			return -EPERM;
		if (!call_is_waiting(s->call))
			return -ECANCELED;
	}
	return 0;
}

static void keep_control(struct sending *s, struct send_wait *w, size_t room)
{
	w->anc = s->anc;
	w->anc.control = w->data + room;
	if (s->anc.len)
		memcpy(w->anc.control, s->anc.control, s->anc.len);
	s->anc.n_fds = 0; /* handed over */
}

static struct send_wait *prepare(struct sending *s, int *ret_error)
{
	struct sends *sends = s->call->ctx->sends;
	size_t want = s->m.len - s->sent;
	struct send_wait *w;

	if (want > SEND_WAIT_BYTES_MAX)
		want = SEND_WAIT_BYTES_MAX;
	*ret_error = -ENOBUFS;
	w = wait_new(sends, want + s->anc.len);
	if (!w && s->call->type == SOCK_STREAM && want > LEAST_BYTES) {
		want = LEAST_BYTES;
		w = wait_new(sends, want + s->anc.len);
	}
	if (!w)
		return NULL;
	*ret_error = fill(s, w, want);
	keep_control(s, w, want);
	w->to = s->to;
	w->to_len = s->to_len;
	w->unix_to = s->unix_to;
	s->unix_to = NULL; /* handed over */
	w->flags = s->flags;
	w->is_stream = s->call->type == SOCK_STREAM;
	w->wants_signal = s->wants_signal;
	w->sent = s->sent;
	return w;
}

/* SO_SNDTIMEO, as nanoseconds; 0: none. */
static int64_t timeout_of(int sock)
{
	struct timeval tv = { 0 };
	socklen_t len = sizeof(tv);

	if (getsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &tv, &len) < 0)
		return 0;
	return tv.tv_sec * INT64_C(1000000000) + tv.tv_usec * INT64_C(1000);
}

/* The call belongs to the table now. */
static void let_go(struct call *c)
{
	c->sock = c->memory = -1;
	c->is_answered = true;
}

int64_t sending_wait(struct sending *s, bool is_vector, struct lost_slot *slot)
{
	int64_t part = s->sent ? (int64_t)s->sent : -ENOBUFS, timeout;
	struct pending_op op = { .kind = PENDING_SEND,
				 .timeout_error = -EAGAIN,
				 .ticket = s->ticket };
	int r;

	op.send = prepare(s, &r);
	if (!op.send)
		return part;
	op.send->is_vector = is_vector;
	op.send->slot = slot;
	timeout = timeout_of(s->call->sock);
	op.deadline_ns = timeout ? clock_mono_ns() + timeout : 0;
	op.is_restartable = !timeout;
	op.call = *s->call;
	op.call.buffers = NULL; /* they stay with their thread */
	if (!r)
		r = pending_add(s->call->ctx->pending, &op);
	if (r) {
		wait_free(op.send);
		return s->sent || r == -ENOSPC ? part : r;
	}
	let_go(s->call);
	s->ticket = (struct ticket){ 0 };
	return 0;
}

static ssize_t transmit(struct pending_op *op)
{
	struct send_wait *w = op->send;
	struct iovec iov = { w->data + w->at, w->len - w->at };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = sendunix_enter(op->call.ctx, w->unix_to);

	if (n < 0)
		return n;
	if (w->to_len) {
		h.msg_name = &w->to;
		h.msg_namelen = w->to_len;
	}
	if (w->anc.len) {
		h.msg_control = w->anc.control;
		h.msg_controllen = w->anc.len;
	}
	n = sending_transmit(op->call.sock, &h, w->anc.credentials_len, w->flags);
	sendunix_leave(op->call.ctx, w->unix_to);
	return n;
}

int64_t send_progress(const struct pending_op *op)
{
	const struct send_wait *w = op->send;
	size_t bytes = w->sent + w->at;

	return w->is_vector ? bytes > 0 : (int64_t)bytes;
}

void send_forget(struct pending_op *op)
{
	struct send_wait *w = op->send;
	int64_t done;

	if (!w)
		return;
	done = send_progress(op);
	/* A call with a deadline is not restarted, signal(7), although the
	 * kernel just did so with this one. */
	if (!done && !op->is_restartable)
		done = -EINTR;
	lost_end(w->sends->lost, w->slot, done && !op->call.is_answered, done);
	wait_free(w);
	op->send = NULL;
}

static enum pending_step answer(struct pending_op *op, int64_t value)
{
	struct send_wait *w = op->send;
	int error = value < 0 ? (int)value : 0;
	bool is_lost;

	if (error == -EPIPE && w->wants_signal)
		sending_signal(&op->call);
	ancillary_release(&w->anc);
	is_lost = call_answer(&op->call, error ? 0 : value, error) == -ENOENT;
	lost_end(w->sends->lost, w->slot, is_lost, value);
	w->slot = NULL;
	send_forget(op);
	gate_finish(op->call.ctx->gate, &op->ticket, error);
	op->ticket = (struct ticket){ 0 };
	return STEP_DONE;
}

/* What has been sent counts, whatever came after it. */
static enum pending_step end(struct pending_op *op, int error)
{
	int64_t done = send_progress(op);

	return answer(op, done ? done : error);
}

/*
 * The error that ends the wait for room, if there is one. A wait in the kernel
 * takes it off the socket; after a part it is left for the next call.
 */
static int error_of(const struct pending_op *op)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (send_progress(op))
		return sending_is_broken(op->call.sock) ? -EPIPE : 0;
	getsockopt(op->call.sock, SOL_SOCKET, SO_ERROR, &error, &len);
	return -error;
}

enum pending_step send_step(struct pending_op *op)
{
	struct send_wait *w = op->send;

	for (;;) {
		int error = error_of(op);
		ssize_t n;

		if (error)
			return end(op, error);
		n = transmit(op);
		if (n == -EAGAIN)
			return STEP_WAIT;
		if (n < 0)
			return end(op, (int)n);
		w->at += (size_t)n;
		w->anc.len = 0; /* went with the first byte */
		if (!w->is_stream || w->at == w->len)
			return answer(op, w->is_vector ? 1 : send_progress(op));
	}
}
