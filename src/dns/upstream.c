/* SPDX-License-Identifier: MIT */
/*
 * Lookups at the trusted resolvers. Theory of operation: a lookup is free,
 * asks over UDP (its socket lives until the server changes, so that a late
 * answer to the first try still counts), or asks over TCP (one of a few
 * streams with its own buffer). A step that fails at once goes on to the next
 * server; when each has failed so, or the time is up, the lookup ends. Ports
 * are claimed before the first byte leaves.
 */
#include "dns/upstream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "dns/event.h"

#define SECOND_NS    INT64_C(1000000000)
#define TRY_NS	     (2 * SECOND_NS)
#define TOTAL_NS     (5 * SECOND_NS)
#define TRIES	     2
#define BUCKETS	     1024
#define ASK_MAX	     (DNS_HEADER + DNS_QUESTION_MAX + 11)
#define DATAGRAM_MAX 4096 /* more than the size we offer */

struct stream {
	bool in_use;
	uint8_t out[2 + ASK_MAX];
	size_t out_len, out_done, in_len;
	uint8_t in[2 + DNS_MESSAGE_MAX];
};

struct lookup {
	struct lookup_key key;
	struct dns_ask ask;
	int fd; /* -1: none */
	uint16_t port;
	uint32_t generation;
	unsigned int server, tries, failures;
	int64_t until_ns;
	struct stream *stream; /* NULL: over UDP */
	uint16_t next;	       /* in its bucket, or of the free ones */
};

struct upstream {
	struct redirect *redirect;
	int epoll;
	struct addr servers[REDIRECT_SERVERS_MAX];
	unsigned int n_servers, n_lookups;
	uint16_t buckets[BUCKETS], free;
	int64_t due_ns[LOOKUPS_MAX]; /* next step of each; 0: free */
	struct lookup lookups[LOOKUPS_MAX];
	struct stream streams[LOOKUP_STREAMS_MAX];
	uint8_t datagram[DATAGRAM_MAX];
};

struct upstream *upstream_new(struct redirect *redirect, int epoll)
{
	struct upstream *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->redirect = redirect;
	u->epoll = epoll;
	memset(u->buckets, 0xff, sizeof(u->buckets));
	for (unsigned int i = 0; i < LOOKUPS_MAX; i++) {
		u->lookups[i].fd = -1;
		u->lookups[i].next = (uint16_t)(i + 1);
	}
	u->lookups[LOOKUPS_MAX - 1].next = LOOKUP_NONE;
	return u;
}

static uint16_t index_of(const struct upstream *u, const struct lookup *l)
{
	return (uint16_t)(l - u->lookups);
}

static void close_socket(struct upstream *u, struct lookup *l)
{
	if (l->fd < 0)
		return;
	close(l->fd);
	l->fd = -1;
	l->generation++;
	if (l->port)
		redirect_release_port(u->redirect, l->port, l->stream != NULL);
	l->port = 0;
	if (l->stream)
		l->stream->in_use = false;
	l->stream = NULL;
}

void upstream_free(struct upstream *u)
{
	if (!u)
		return;
	for (unsigned int i = 0; i < LOOKUPS_MAX; i++)
		close_socket(u, &u->lookups[i]);
	free(u);
}

void upstream_add_server(struct upstream *u, const struct addr *server)
{
	if (u->n_servers < REDIRECT_SERVERS_MAX)
		u->servers[u->n_servers++] = *server;
}

static uint16_t bucket_of(const struct lookup_key *key)
{
	return (dname_hash(&key->name) ^ key->qtype) % BUCKETS;
}

static bool same_key(const struct lookup_key *a, const struct lookup_key *b)
{
	return a->qtype == b->qtype && a->flags == b->flags &&
	       a->dnssec_ok == b->dnssec_ok && a->server == b->server &&
	       dname_equal(&a->name, &b->name);
}

uint16_t upstream_find(const struct upstream *u, const struct lookup_key *key)
{
	uint16_t i = u->buckets[bucket_of(key)];

	while (i != LOOKUP_NONE && !same_key(&u->lookups[i].key, key))
		i = u->lookups[i].next;
	return i;
}

const struct lookup_key *upstream_key(const struct upstream *u, uint16_t lookup)
{
	return &u->lookups[lookup].key;
}

void upstream_end(struct upstream *u, uint16_t lookup)
{
	struct lookup *l = &u->lookups[lookup];
	uint16_t *link = &u->buckets[bucket_of(&l->key)];

	close_socket(u, l);
	while (*link != lookup)
		link = &u->lookups[*link].next;
	*link = l->next;
	l->next = u->free;
	u->free = lookup;
	u->due_ns[lookup] = 0;
	u->n_lookups--;
}

/* A fresh id and fresh capitals; the rest of the question stands. */
static int roll_ask(struct lookup *l)
{
	uint8_t dice[2 + sizeof(l->ask.upper)];

	if (getrandom(dice, sizeof(dice), 0) != sizeof(dice))
		return -EIO;
	memcpy(&l->ask.id, dice, 2);
	memcpy(l->ask.upper, dice + 2, sizeof(l->ask.upper));
	return 0;
}

/* A socket connected (or connecting) to the server, its port claimed. */
static int open_socket(struct upstream *u, struct lookup *l, bool is_tcp)
{
	const struct addr *to = &u->servers[l->server];
	int domain = to->family == ADDR_IP4 ? AF_INET : AF_INET6;
	int type = is_tcp ? SOCK_STREAM : SOCK_DGRAM;
	struct sockaddr_storage ss;
	socklen_t len = addr_encode(to, domain, &ss);
	auto_close int fd = -1;
	struct addr own;

	fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&ss, len) && errno != EINPROGRESS)
		return -errno;
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		return -errno;
	addr_from_sockaddr(&ss, &own);
	l->generation++;
	if (event_watch(u->epoll, EPOLL_CTL_ADD, fd, is_tcp ? EPOLLOUT : EPOLLIN,
			event_ref(EVENT_LOOKUP, l->generation, index_of(u, l))))
		return -errno;
	redirect_claim_port(u->redirect, own.port, is_tcp);
	l->port = own.port;
	l->fd = STEAL_FD(fd);
	return 0;
}

static int send_ask(struct lookup *l)
{
	uint8_t buf[ASK_MAX];
	size_t len = dns_ask_encode(&l->ask, buf, sizeof(buf));

	if (!len)
		return -EMSGSIZE;
	/* A full queue is as good as a lost datagram: the next try comes. */
	if (send(l->fd, buf, len, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

static void set_due(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	int64_t due = now_ns + TRY_NS;

	u->due_ns[index_of(u, l)] = due < l->until_ns ? due : l->until_ns;
}

static int try_server(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	int rc;

	close_socket(u, l);
	l->tries = 1;
	set_due(u, l, now_ns);
	rc = roll_ask(l);
	if (!rc)
		rc = open_socket(u, l, false);
	if (!rc)
		rc = send_ask(l);
	return rc;
}

/* Go on to the next server that can be asked; an error when each has failed
 * without a timeout between. */
static int try_next(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	int rc = -ECONNREFUSED;

	while (++l->failures < u->n_servers) {
		l->server = (l->server + 1) % u->n_servers;
		rc = try_server(u, l, now_ns);
		if (!rc)
			return 0;
	}
	return rc;
}

uint16_t upstream_start(struct upstream *u, const struct lookup_key *key,
			int64_t now_ns)
{
	uint16_t i = u->free, bucket = bucket_of(key);
	struct lookup *l;

	if (i == LOOKUP_NONE || key->server >= u->n_servers)
		return LOOKUP_NONE;
	l = &u->lookups[i];
	u->free = l->next;
	u->n_lookups++;
	l->key = *key;
	l->ask = (struct dns_ask){ .flags = key->flags,
				   .dnssec_ok = key->dnssec_ok,
				   .name = key->name,
				   .qtype = key->qtype };
	l->server = key->server;
	l->failures = 0;
	l->until_ns = now_ns + TOTAL_NS;
	l->next = u->buckets[bucket];
	u->buckets[bucket] = i;
	if (!try_server(u, l, now_ns) || !try_next(u, l, now_ns))
		return i;
	upstream_end(u, i);
	return LOOKUP_NONE;
}

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
static int start_stream(struct upstream *u, struct lookup *l, int64_t now_ns)
{
	struct stream *s = take_stream(u);
	struct writer w;
	int rc;

	close_socket(u, l);
	if (!s)
		return -EBUSY;
	set_due(u, l, now_ns);
	l->tries = TRIES;
	rc = roll_ask(l);
	if (!rc)
		rc = open_socket(u, l, true);
	if (rc)
		return rc;
	s->in_use = true;
	s->out_len = dns_ask_encode(&l->ask, s->out + 2, ASK_MAX);
	w = writer_into(s->out, 2);
	write_u16(&w, (uint16_t)s->out_len);
	s->out_len += 2;
	s->out_done = s->in_len = 0;
	l->stream = s;
	return redirect_is_taken(u->redirect, l->server) ? -EACCES : 0;
}

static void fill_result(struct upstream *u, const struct lookup *l, int error,
			const uint8_t *msg, size_t len,
			struct upstream_result *ret)
{
	ret->lookup = index_of(u, l);
	ret->error = error;
	ret->msg = msg;
	ret->len = len;
}

/* The server failed at once. True when that was the last hope. */
static bool give_up_server(struct upstream *u, struct lookup *l, int64_t now_ns,
			   struct upstream_result *ret)
{
	int rc = try_next(u, l, now_ns);

	if (rc)
		fill_result(u, l, rc, NULL, 0, ret);
	return rc < 0;
}

static bool receive_datagram(struct upstream *u, struct lookup *l,
			     int64_t now_ns, struct upstream_result *ret)
{
	for (;;) {
		ssize_t n = recv(l->fd, u->datagram, sizeof(u->datagram), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n < 0)
			return give_up_server(u, l, now_ns, ret);
		/* What answers something else never came. */
		if (dns_answer_decode(u->datagram, (size_t)n, &l->ask,
				      &ret->answer))
			continue;
		if (!ret->answer.truncated && ret->answer.case_kept) {
			fill_result(u, l, 0, u->datagram, (size_t)n, ret);
			return true;
		}
		if (start_stream(u, l, now_ns))
			return give_up_server(u, l, now_ns, ret);
		return false;
	}
}

/* Send the rest. 1: all sent; 0: later; -1: failed. */
static int stream_send(struct upstream *u, struct lookup *l)
{
	struct stream *s = l->stream;
	ssize_t n = send(l->fd, s->out + s->out_done, s->out_len - s->out_done,
			 MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	s->out_done += (size_t)n;
	if (s->out_done < s->out_len)
		return 0;
	if (event_watch(u->epoll, EPOLL_CTL_MOD, l->fd, EPOLLIN,
			event_ref(EVENT_LOOKUP, l->generation, index_of(u, l))))
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
		n = recv(l->fd, s->in + s->in_len, want - s->in_len, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return -1;
		s->in_len += (size_t)n;
	}
}

static bool advance_stream(struct upstream *u, struct lookup *l, int64_t now_ns,
			   struct upstream_result *ret)
{
	struct stream *s = l->stream;
	ssize_t n = s->out_done < s->out_len ? stream_send(u, l)
					     : stream_receive(l);

	if (n < 0)
		return give_up_server(u, l, now_ns, ret);
	if (n == 0 || s->in_len == 0)
		return false;
	if (dns_answer_decode(s->in + 2, (size_t)n, &l->ask, &ret->answer) ||
	    ret->answer.truncated)
		return give_up_server(u, l, now_ns, ret);
	fill_result(u, l, 0, s->in + 2, (size_t)n, ret);
	return true;
}

bool upstream_event(struct upstream *u, uint64_t ref, int64_t now_ns,
		    struct upstream_result *ret)
{
	struct lookup *l = &u->lookups[event_index(ref)];

	if (l->fd < 0 || l->generation != event_generation(ref))
		return false;
	return l->stream ? advance_stream(u, l, now_ns, ret)
			 : receive_datagram(u, l, now_ns, ret);
}

/* The time of one try is over. True when the lookup is. */
static bool expire_try(struct upstream *u, struct lookup *l, int64_t now_ns,
		       struct upstream_result *ret)
{
	if (now_ns >= l->until_ns) {
		fill_result(u, l, -ETIMEDOUT, NULL, 0, ret);
		return true;
	}
	l->failures = 0;
	if (l->tries < TRIES) {
		l->tries++;
		set_due(u, l, now_ns);
		return send_ask(l) && give_up_server(u, l, now_ns, ret);
	}
	l->server = (l->server + 1) % u->n_servers;
	return try_server(u, l, now_ns) && give_up_server(u, l, now_ns, ret);
}

bool upstream_expire(struct upstream *u, int64_t now_ns,
		     struct upstream_result *ret)
{
	if (!u->n_lookups)
		return false;
	for (unsigned int i = 0; i < LOOKUPS_MAX; i++)
		if (u->due_ns[i] && u->due_ns[i] <= now_ns &&
		    expire_try(u, &u->lookups[i], now_ns, ret))
			return true;
	return false;
}

int64_t upstream_due(const struct upstream *u)
{
	int64_t first = INT64_MAX;

	if (!u->n_lookups)
		return first;
	for (unsigned int i = 0; i < LOOKUPS_MAX; i++)
		if (u->due_ns[i] && u->due_ns[i] < first)
			first = u->due_ns[i];
	return first;
}
