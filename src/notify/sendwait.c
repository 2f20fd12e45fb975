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
#include <string.h>

#include "notify/sendkeep.h"

/* The call belongs to the table now. */
static void let_go(struct call *c)
{
	c->sock = c->memory = -1;
	c->is_answered = true;
}

int64_t sending_wait(struct sending *s, const struct sending_vector *v,
		     struct lost_slot *slot)
{
	struct pending_op op = { .kind = PENDING_SEND, .timeout_error = -EAGAIN };
	int64_t value = sendkeep_take(s, v, slot, &op);

	if (value)
		return value;
	op.call = *s->call;
	if (pending_add(s->call->ctx->pending, &op)) {
		sendkeep_free(op.send);
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
	sendkeep_free(w);
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
		value = sendkeep_take(&s, &v, w->slot, &again);
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
			sendkeep_free(w);
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
