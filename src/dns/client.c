/* SPDX-License-Identifier: MIT */
/*
 * TCP connections of the target. Theory of operation: a connection reads one
 * frame at a time into its buffer; a whole one is given out by clients_next()
 * and makes room for the next. It is watched for input while it may ask more
 * and for output while answers wait. It ends when the target has gone and
 * nothing is owed, when it is silent for too long, does not take its answers,
 * or sends what is no frame.
 */
#include "dns/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "dns/event.h"

#define IDLE_NS (CLIENT_IDLE_SECONDS * INT64_C(1000000000))
#define FRAME	2 /* bytes of length before a message */
#define OUT_MAX (FRAME + DNS_MESSAGE_MAX)
#define IN_MAX	(FRAME + DNS_QUERY_MAX)

struct client {
	int fd; /* -1: free */
	uint32_t generation, events;
	struct redirect_peer peer;
	int64_t used_ns;
	unsigned int pending;
	bool saw_end;
	size_t in_len, given; /* bytes read; of them already given out */
	size_t skip;	      /* bytes after those that nobody will read */
	size_t out_len;
	uint8_t in[IN_MAX];
	uint8_t out[OUT_MAX];
};

struct clients {
	int epoll;
	unsigned int n_open;
	struct client list[CLIENTS_MAX];
};

struct clients *clients_new(int epoll)
{
	struct clients *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->epoll = epoll;
	for (int i = 0; i < CLIENTS_MAX; i++)
		c->list[i].fd = -1;
	return c;
}

static void hang_up(struct clients *c, struct client *k)
{
	if (k->fd < 0)
		return;
	close(k->fd);
	k->fd = -1;
	k->generation++;
	c->n_open--;
}

void clients_free(struct clients *c)
{
	if (!c)
		return;
	for (int i = 0; i < CLIENTS_MAX; i++)
		hang_up(c, &c->list[i]);
	free(c);
}

uint64_t clients_ref(const struct clients *c, uint16_t index)
{
	return event_ref(EVENT_CLIENT, c->list[index].generation, index);
}

static struct client *find_free(struct clients *c)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (c->list[i].fd < 0)
			return &c->list[i];
	return NULL;
}

/* Whoever is not served is told at once. */
static void reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static bool admit(struct clients *c, int fd, const struct redirect_peer *peer,
		  int64_t now_ns, uint16_t *ret_index)
{
	struct client *k = find_free(c);
	uint16_t index;

	if (!k)
		return false;
	index = (uint16_t)(k - c->list);
	k->generation++;
	if (event_watch(c->epoll, EPOLL_CTL_ADD, fd, EPOLLIN,
			clients_ref(c, index)))
		return false;
	k->fd = fd;
	c->n_open++;
	k->events = EPOLLIN;
	k->peer = *peer;
	k->used_ns = now_ns;
	k->pending = 0;
	k->saw_end = false;
	k->in_len = k->given = k->skip = k->out_len = 0;
	*ret_index = index;
	return true;
}

bool clients_accept(struct clients *c, int listener, unsigned int server,
		    const struct asker *asker, int64_t now_ns,
		    uint16_t *ret_index)
{
	struct sockaddr_storage ss;
	struct redirect_peer peer;
	struct addr source;

	for (;;) {
		socklen_t len = sizeof(ss);
		int fd = accept4(listener, (struct sockaddr *)&ss, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
			continue;
		if (fd < 0)
			return false;
		addr_from_sockaddr(&ss, &source);
		if (asker_find(asker, server, &source, true, &peer) &&
		    admit(c, fd, &peer, now_ns, ret_index))
			return true;
		reset(fd);
		close(fd);
	}
}

/* Watch for what it may do next. */
static void watch(struct clients *c, struct client *k)
{
	bool may_ask = !k->saw_end && k->pending < CLIENT_PENDING_MAX;
	uint32_t events = (may_ask ? (uint32_t)EPOLLIN : 0) |
			  (k->out_len ? (uint32_t)EPOLLOUT : 0);
	uint16_t index = (uint16_t)(k - c->list);

	if (k->saw_end && !k->pending && !k->out_len) {
		hang_up(c, k);
		return;
	}
	if (events == k->events)
		return;
	k->events = events;
	if (event_watch(c->epoll, EPOLL_CTL_MOD, k->fd, events,
			clients_ref(c, index)))
		hang_up(c, k);
}

static void flush(struct clients *c, struct client *k)
{
	ssize_t n = 0;

	while (k->out_len) {
		n = send(k->fd, k->out, k->out_len, MSG_NOSIGNAL);
		if (n < 0)
			break;
		k->out_len -= (size_t)n;
		memmove(k->out, k->out + n, k->out_len);
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		hang_up(c, k);
}

/* Bytes that are to be skipped and have come. */
static size_t to_skip(const struct client *k)
{
	size_t left = k->in_len - k->given;

	return k->skip < left ? k->skip : left;
}

/* Make room for the question after the one that was given out. */
static void drop_given(struct client *k)
{
	size_t skip = to_skip(k), n = k->given + skip;

	k->in_len -= n;
	memmove(k->in, k->in + n, k->in_len);
	k->given = 0;
	k->skip -= skip;
}

static void fill(struct clients *c, struct client *k, int64_t now_ns)
{
	ssize_t n;

	drop_given(k);
	if (k->in_len == IN_MAX)
		return;
	n = recv(k->fd, k->in + k->in_len, IN_MAX - k->in_len, 0);
	if (n > 0) {
		k->in_len += (size_t)n;
		k->used_ns = now_ns;
	} else if (n == 0) {
		k->saw_end = true;
	} else if (errno != EAGAIN && errno != EINTR) {
		hang_up(c, k);
	}
}

bool clients_event(struct clients *c, uint64_t ref, int64_t now_ns)
{
	struct client *k = &c->list[event_index(ref)];

	if (k->fd < 0 || k->generation != event_generation(ref))
		return false;
	flush(c, k);
	if (k->fd >= 0 && !k->saw_end && k->pending < CLIENT_PENDING_MAX)
		fill(c, k, now_ns);
	if (k->fd >= 0)
		watch(c, k);
	return k->fd >= 0;
}

bool clients_next(struct clients *c, uint16_t index, const uint8_t **ret_msg,
		  size_t *ret_len, struct redirect_peer *ret_peer)
{
	struct client *k = &c->list[index];
	size_t len, skip = 0;

	if (k->fd < 0)
		return false;
	if (k->pending >= CLIENT_PENDING_MAX) {
		watch(c, k);
		return false;
	}
	drop_given(k);
	if (k->in_len < FRAME)
		return false;
	len = (size_t)k->in[0] << 8 | k->in[1];
	/* Too short to be answered: no DNS. */
	if (len < DNS_HEADER) {
		hang_up(c, k);
		return false;
	}
	/* Too long: its header is enough to say so. */
	if (len > DNS_QUERY_MAX) {
		skip = len - DNS_HEADER;
		len = DNS_HEADER;
	}
	if (k->in_len < FRAME + len)
		return false;
	k->given = FRAME + len;
	k->skip = skip;
	k->pending++;
	*ret_msg = k->in + FRAME;
	*ret_len = len;
	*ret_peer = k->peer;
	return true;
}

void clients_send(struct clients *c, uint16_t index, uint32_t generation,
		  const void *msg, size_t len, int64_t now_ns)
{
	struct client *k = &c->list[index];
	struct writer w;

	if (k->fd < 0 || k->generation != generation)
		return;
	k->pending--;
	k->used_ns = now_ns;
	if (len) {
		w = writer_into(k->out + k->out_len, OUT_MAX - k->out_len);
		write_u16(&w, (uint16_t)len);
		write_bytes(&w, msg, len);
		if (w.failed) {
			/* It asks, but does not read. */
			hang_up(c, k);
			return;
		}
		k->out_len += w.len;
		flush(c, k);
	}
	if (k->fd >= 0)
		watch(c, k);
}

/* Is there, after what was given out, a frame that clients_next() takes? */
static bool has_question(const struct client *k)
{
	size_t skip = to_skip(k), left = k->in_len - k->given - skip, len;
	const uint8_t *in = k->in + k->given + skip;

	if (skip < k->skip || left < FRAME)
		return false;
	len = (size_t)in[0] << 8 | in[1];
	return left - FRAME >= (len > DNS_QUERY_MAX ? DNS_HEADER : len);
}

bool clients_ready(const struct clients *c, uint16_t *ret_index)
{
	for (uint16_t i = 0; c->n_open && i < CLIENTS_MAX; i++) {
		const struct client *k = &c->list[i];

		*ret_index = i;
		if (k->fd >= 0 && k->pending < CLIENT_PENDING_MAX &&
		    has_question(k))
			return true;
	}
	return false;
}

int64_t clients_expire(struct clients *c, int64_t now_ns)
{
	int64_t first = INT64_MAX;

	for (int i = 0; c->n_open && i < CLIENTS_MAX; i++) {
		struct client *k = &c->list[i];

		if (k->fd < 0 || (k->pending && !k->out_len))
			continue;
		if (now_ns - k->used_ns >= IDLE_NS)
			hang_up(c, k);
		else if (k->used_ns + IDLE_NS < first)
			first = k->used_ns + IDLE_NS;
	}
	return first;
}
