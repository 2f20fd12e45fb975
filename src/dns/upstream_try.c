/* SPDX-License-Identifier: MIT */
/* One server asked: a socket of its own, a fresh id, the question. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "dns/event.h"
#include "dns/upstream_impl.h"

#define TRY_NS (2 * UPSTREAM_SECOND_NS)

void upstream_close(struct upstream *u, struct lookup *l)
{
	if (l->outlet.fd < 0)
		return;
	outlet_close(u->redirect, &l->outlet);
	l->generation++;
	if (l->stream)
		l->stream->in_use = false;
	l->stream = NULL;
}

int upstream_roll(struct lookup *l)
{
	uint8_t dice[2 + sizeof(l->ask.upper)];

	if (getrandom(dice, sizeof(dice), 0) != sizeof(dice))
		return -EIO;
	memcpy(&l->ask.id, dice, 2);
	memcpy(l->ask.upper, dice + 2, sizeof(l->ask.upper));
	return 0;
}

int upstream_connect(struct upstream *u, struct lookup *l, bool is_tcp)
{
	struct outlet o;
	int rc = outlet_open(u->redirect, u->sockets, &u->servers[l->server],
			     is_tcp, &u->stock[l->server], &o);

	if (rc)
		return rc;
	l->generation++;
	if (!event_watch(u->epoll, EPOLL_CTL_ADD, o.fd,
			 is_tcp ? EPOLLOUT : EPOLLIN,
			 event_ref(EVENT_LOOKUP, l->generation,
				   upstream_index(u, l)))) {
		l->outlet = o;
		return 0;
	}
	rc = -errno;
	outlet_close(u->redirect, &o);
	return rc;
}

int upstream_send(struct lookup *l)
{
	uint8_t buf[UPSTREAM_ASK_MAX];
	size_t len = dns_ask_encode(&l->ask, buf, sizeof(buf));

	if (!len)
		return -EMSGSIZE;
	/* A full queue is as good as a lost datagram: the next try comes. */
	if (send(l->outlet.fd, buf, len, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

void upstream_set_due(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	int64_t due = now_ns + TRY_NS;

	u->due_ns[upstream_index(u, l)] = due < l->until_ns ? due : l->until_ns;
}

unsigned int upstream_trusted(const struct upstream *u, unsigned int server)
{
	for (unsigned int i = 0; i < u->n_servers; i++) {
		unsigned int next = (server + i) % u->n_servers;

		if (!redirect_is_retired(u->redirect, next))
			return next;
	}
	return server;
}

int upstream_try(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	int rc;

	upstream_close(u, l);
	if (redirect_is_retired(u->redirect, l->server))
		return -EACCES;
	if (now_ns < u->wary_until_ns)
		return upstream_start_stream(u, l, now_ns);
	l->tries = 1;
	upstream_set_due(u, l, now_ns);
	rc = upstream_roll(l);
	if (!rc)
		rc = upstream_connect(u, l, false);
	if (rc == -EOPNOTSUPP)
		return upstream_start_stream(u, l, now_ns);
	if (!rc)
		rc = upstream_send(l);
	return rc;
}

int upstream_try_next(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	int rc = -ECONNREFUSED;

	while (++l->failures < u->n_servers) {
		l->server = upstream_trusted(u, l->server + 1);
		l->ask.is_plain = false;
		rc = upstream_try(u, l, now_ns);
		if (!rc)
			return 0;
	}
	return rc;
}

void upstream_drop(struct upstream *u, struct lookup *l, int error)
{
	if (!l->n_dropped++) {
		l->dropped_malformed = error == -EBADMSG;
		l->dropped_from = u->servers[l->server];
	}
}

void upstream_fill(struct upstream *u, const struct lookup *l, int error,
		   const uint8_t *msg, size_t len, struct upstream_result *ret)
{
	ret->lookup = upstream_index(u, l);
	ret->error = error;
	ret->msg = msg;
	ret->len = len;
	ret->n_dropped = l->n_dropped;
	ret->dropped_malformed = l->dropped_malformed;
	ret->dropped_from = l->dropped_from;
}

bool upstream_give_up(struct upstream *u, struct lookup *l, int64_t now_ns,
		      struct upstream_result *ret)
{
	int rc = upstream_try_next(u, l, now_ns);

	if (rc)
		upstream_fill(u, l, rc, NULL, 0, ret);
	return rc < 0;
}
