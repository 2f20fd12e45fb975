/* SPDX-License-Identifier: MIT */
/* One server asked over TCP: frames with their length before them. */
#include <errno.h>
#include <sys/socket.h>

#include "dns/event.h"
#include "dns/upstream_impl.h"

static struct stream *take_stream(struct upstream *u)
{
	for (unsigned int i = 0; i < LOOKUP_STREAMS_MAX; i++)
		if (!u->streams[i].in_use)
			return &u->streams[i];
	return NULL;
}

/*
 * Ask the same server over TCP. A listener that the target itself opened on a
 * trusted address is not that server (decision 7). It is declared before it
 * listens, so whether we reached one is known once the connect() has begun;
 * before that it may still appear.
 */
int upstream_start_stream(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	struct stream *s = take_stream(u);
	struct writer w;
	int rc;

	upstream_close(u, l);
	if (!s)
		return -EBUSY;
	upstream_set_due(u, l, now_ns);
	l->tries = UPSTREAM_TRIES;
	rc = upstream_roll(l);
	if (!rc)
		rc = upstream_connect(u, l, true);
	if (rc)
		return rc;
	s->in_use = true;
	s->out_len = dns_ask_encode(&l->ask, s->out + 2, UPSTREAM_ASK_MAX);
	w = writer_into(s->out, 2);
	write_u16(&w, (uint16_t)s->out_len);
	s->out_len += 2;
	s->out_done = s->in_len = 0;
	l->stream = s;
	return redirect_is_taken(u->redirect, l->server) ? -EACCES : 0;
}

/* Send the rest. 1: all sent; 0: later; -1: failed. */
static int stream_send(struct upstream *u, struct lookup *l)
{
	struct stream *s = l->stream;
	ssize_t n = send(l->outlet.fd, s->out + s->out_done,
			 s->out_len - s->out_done, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	s->out_done += (size_t)n;
	if (s->out_done < s->out_len)
		return 0;
	if (event_watch(u->epoll, EPOLL_CTL_MOD, l->outlet.fd, EPOLLIN,
			event_ref(EVENT_LOOKUP, l->generation,
				  upstream_index(u, l))))
		return -1;
	return 1;
}

/* Read on. Length of the message when it is whole; 0: later; -1: failed. */
static ssize_t stream_receive(struct lookup *l)
{
	struct stream *s = l->stream;
	size_t want = 2;
	ssize_t n;

	for (;;) {
		if (s->in_len >= 2)
			want = 2 + ((size_t)s->in[0] << 8 | s->in[1]);
		if (s->in_len == want && want > 2)
			return (ssize_t)want - 2;
		if (s->in_len >= want)
			return -1;
		n = recv(l->outlet.fd, s->in + s->in_len, want - s->in_len, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return -1;
		s->in_len += (size_t)n;
	}
}

bool upstream_advance_stream(struct upstream *u, struct lookup *l,
			     int64_t now_ns, struct upstream_result *ret)
{
	struct stream *s = l->stream;
	ssize_t n = s->out_done < s->out_len ? stream_send(u, l)
					     : stream_receive(l);
	int rc;

	if (n < 0)
		return upstream_give_up(u, l, now_ns, ret);
	if (n == 0 || s->in_len == 0)
		return false;
	if (dns_answer_dislikes_opt(s->in + 2, (size_t)n, &l->ask)) {
		l->ask.is_plain = true;
		return upstream_try(u, l, now_ns) &&
		       upstream_give_up(u, l, now_ns, ret);
	}
	rc = dns_answer_decode(s->in + 2, (size_t)n, &l->ask, &ret->answer);
	if (rc)
		upstream_drop(u, l, rc);
	if (rc || ret->answer.truncated)
		return upstream_give_up(u, l, now_ns, ret);
	upstream_fill(u, l, 0, s->in + 2, (size_t)n, ret);
	return true;
}
