/* SPDX-License-Identifier: MIT */
/*
 * Sends that wait for room in a socket.
 *
 * Theory of Operation: a worker that finds a blocking socket full copies what
 * is left of the message, the rest of a stream up to SEND_WAIT_BYTES_MAX, and
 * hands the call to the pending table. From then on nothing of the target's
 * memory is judged, and the crew of the table sends on as the socket becomes
 * writable; the rest of a longer stream is copied piece by piece.
 * When all is out the call is answered as the kernel would have: with what was
 * asked for, or with what could be sent before an error, a deadline or a
 * signal. Then the next message of a sendmmsg() is begun.
 */
#include <errno.h>
#include <poll.h>
#include <stdalign.h>
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
	bool is_stream, wants_signal;
	bool is_vector;
	struct sending_vector vector; /* is_vector */
	size_t total;		      /* bytes of the message */
	size_t sent;		      /* of them before data */
	size_t len, at;		      /* of data; sent of it */
	size_t room;		      /* for data */
	size_t reserved;
	struct iovec *iov; /* the whole message, where data is not the rest */
	size_t n_iov;
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
		/* What cannot be read is not sent: a part of a stream is a
		 * result, one of a datagram is none. */
		if (m->is_cut)
			return w->len && s->call->type == SOCK_STREAM ? 0
								      : -EFAULT;
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

/* Room for the rest of a message, or of a stream for a piece of it. */
static struct send_wait *make_room(struct sending *s)
{
	struct sends *sends = s->call->ctx->sends;
	bool is_stream = s->call->type == SOCK_STREAM;
	size_t rest = s->m.len - s->sent, room = rest, more = s->anc.len;
	struct send_wait *w;

	if (room > SEND_WAIT_BYTES_MAX && is_stream)
		room = SEND_WAIT_BYTES_MAX;
	if (is_stream)
		more += s->m.n_iov * sizeof(struct iovec) + alignof(struct iovec);
	w = wait_new(sends, room + more);
	if (!w && is_stream && room > LEAST_BYTES) {
		room = LEAST_BYTES;
		w = wait_new(sends, room + more);
	}
	if (w)
		w->room = room;
	return w;
}

/* The segments of what has to be copied later, behind the control data. */
static void keep_segments(struct sending *s, struct send_wait *w)
{
	size_t at = w->room + s->anc.len, align = alignof(struct iovec);

	if (s->m.len - s->sent <= w->room)
		return;
	w->iov = (struct iovec *)(((uintptr_t)(w->data + at) + align - 1) &
				  ~(uintptr_t)(align - 1));
	w->n_iov = s->m.n_iov;
	memcpy(w->iov, s->call->buffers->iov, w->n_iov * sizeof(*w->iov));
}

static struct send_wait *prepare(struct sending *s, int *ret_error)
{
	struct send_wait *w = make_room(s);

	*ret_error = -ENOBUFS;
	if (!w)
		return NULL;
	w->total = s->m.len;
	*ret_error = fill(s, w, w->room);
	/* What cannot be read ends the message. */
	if (w->len < w->room)
		w->total = s->sent + w->len;
	keep_segments(s, w);
	keep_control(s, w, w->room);
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

/* Fill in what waits. 0, or the result of the message now. */
static int64_t fill_op(struct sending *s, const struct sending_vector *v,
		       struct lost_slot *slot, struct pending_op *op)
{
	int64_t part = s->sent ? (int64_t)s->sent : -ENOBUFS, timeout;
	int r;

	op->send = prepare(s, &r);
	if (!op->send)
		return part;
	if (r) {
		wait_free(op->send);
		op->send = NULL;
		return s->sent ? part : r;
	}
	op->send->is_vector = v;
	if (v)
		op->send->vector = *v;
	op->send->slot = slot;
	timeout = timeout_of(s->call->sock);
	op->deadline_ns = timeout ? clock_mono_ns() + timeout : 0;
	op->is_restartable = !timeout;
	op->ticket = s->ticket;
	return 0;
}

int64_t sending_wait(struct sending *s, const struct sending_vector *v,
		     struct lost_slot *slot)
{
	struct pending_op op = { .kind = PENDING_SEND, .timeout_error = -EAGAIN };
	int64_t value = fill_op(s, v, slot, &op);

	if (value)
		return value;
	op.call = *s->call;
	if (pending_add(s->call->ctx->pending, &op)) {
		wait_free(op.send);
		return s->sent ? (int64_t)s->sent : -ENOBUFS;
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
	n = sending_transmit(op->call.sock, &h, w->anc.credentials_len,
			     w->sent + w->len == w->total
				     ? w->flags
				     : w->flags & ~(MSG_OOB | MSG_EOR));
	sendunix_leave(op->call.ctx, w->unix_to);
	return n;
}

static size_t bytes_of(const struct send_wait *w)
{
	return w->sent + w->at;
}

int64_t send_progress(const struct pending_op *op)
{
	const struct send_wait *w = op->send;

	if (!w->is_vector)
		return (int64_t)bytes_of(w);
	return w->vector.done + (bytes_of(w) > 0);
}

int64_t send_result(struct pending_op *op)
{
	struct send_wait *w = op->send;

	if (w->is_vector && bytes_of(w))
		return sending_vector_end(&op->call, &w->vector,
					  (int64_t)bytes_of(w));
	return send_progress(op);
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
	struct send_wait *w = op->send;
	int64_t done = send_result(op);

	if (error == -EPIPE && !bytes_of(w) && w->wants_signal)
		sending_signal(&op->call);
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

	if (bytes_of(op->send))
		return sending_is_broken(op->call.sock) ? -EPIPE : 0;
	getsockopt(op->call.sock, SOL_SOCKET, SO_ERROR, &error, &len);
	return -error;
}

/*
 * The next piece of a stream. 0; -EFAULT: it cannot be read; -ECANCELED: the
 * target does not wait any more.
 */
static int refill(struct pending_op *op)
{
	struct send_wait *w = op->send;
	struct call *c = &op->call;
	struct message m = { .n_iov = w->n_iov, .len = w->total };
	size_t want = w->total - bytes_of(w);

	if (want > w->room)
		want = w->room;
	memcpy(c->buffers->iov, w->iov, w->n_iov * sizeof(*w->iov));
	w->sent += w->at;
	w->at = w->len = 0;
	while (w->len < want && !m.is_cut) {
		size_t n;

		if (message_load(c, &m, w->sent + w->len))
			return -EFAULT;
		n = m.have < want - w->len ? m.have : want - w->len;
		memcpy(w->data + w->len, c->buffers->data, n);
		w->len += n;
	}
	if (w->len < want)
		w->total = w->sent + w->len;
	if (!call_is_waiting(c))
		return -ECANCELED;
	return w->len ? 0 : -EFAULT;
}

/* A message of several is out: on to the next. */
static enum pending_step go_on(struct pending_op *op)
{
	struct send_wait *w = op->send, *next;
	struct sending_vector v = w->vector;
	struct call *c = &op->call;
	uint32_t before = v.done;
	struct pending_op again = { 0 };
	struct sending s;
	int64_t value = sending_vector_end(c, &v, (int64_t)bytes_of(w));

	gate_finish(c->ctx->gate, &op->ticket, 0);
	op->ticket = (struct ticket){ 0 };
	c->thread = threads_open(c->buffers->threads, c->tid);
	if (v.done > before && c->thread)
		value = sending_vector_run(c, &v, &w->slot, &s);
	if (value == SENDING_WOULD_WAIT) {
		value = fill_op(&s, &v, w->slot, &again);
		next = again.send;
		if (!next)
			value = sending_vector_end(c, &v, value);
		else
			s.ticket = (struct ticket){ 0 };
		sending_finish(&s, value);
		if (next) {
			op->send = next;
			op->ticket = again.ticket;
			op->deadline_ns = again.deadline_ns;
			op->is_restartable = again.is_restartable;
			wait_free(w);
			return STEP_WAIT;
		}
	}
	return answer(op, value);
}

enum pending_step send_step(struct pending_op *op)
{
	struct send_wait *w = op->send;

	for (;;) {
		int error = error_of(op);
		ssize_t n;

		if (!error && w->is_stream && w->at == w->len)
			error = refill(op);
		if (error == -ECANCELED)
			return STEP_WAIT; /* it will be found out */
		if (error)
			return end(op, error);
		n = transmit(op);
		if (n == -EAGAIN)
			return STEP_WAIT;
		if (n < 0)
			return end(op, (int)n);
		w->at += (size_t)n;
		w->anc.len = 0; /* went with the first byte */
		if (w->is_stream && bytes_of(w) < w->total)
			continue;
		return w->is_vector ? go_on(op) : answer(op, send_progress(op));
	}
}
