/* SPDX-License-Identifier: MIT */
/* Copying what is left of a message whose socket is full. */
#include "notify/sendkeep.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/clock.h"

/* A waiting call at the limit of all memory still gets this much. */
#define LEAST_BYTES (64u << 10)

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

void sendkeep_free(struct send_wait *w)
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

int64_t sendkeep_take(struct sending *s, const struct sending_vector *v,
		      struct lost_slot *slot, struct pending_op *op)
{
	int64_t part = s->sent ? (int64_t)s->sent : -ENOBUFS, timeout;
	int r;

	op->send = prepare(s, &r);
	if (!op->send)
		return part;
	if (r) {
		sendkeep_free(op->send);
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
