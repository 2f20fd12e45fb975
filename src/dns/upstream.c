/* SPDX-License-Identifier: MIT */
/*
 * Lookups at the trusted resolvers. Theory of operation: a lookup is free,
 * asks over UDP (its socket lives until the server changes, so that a late
 * answer to the first try still counts), or asks over TCP (one of a few
 * streams with its own buffer). A step that fails at once goes on to the next
 * server; when each has failed so, or the time is up, the lookup ends. Ports
 * are claimed before the first byte leaves.
 *
 * A target can read our port in /proc/net/udp and tell somebody who sends in
 * the server's name; what is left to guess is the id and the capitals. So few
 * guesses are heard: after them everything is asked over TCP for a while.
 */
#include "dns/upstream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dns/event.h"
#include "dns/upstream_impl.h"

#define TOTAL_NS    (5 * UPSTREAM_SECOND_NS)
#define GUESSES_MAX 8 /* answers to one lookup that did not count */
#define WARY_NS	    (60 * UPSTREAM_SECOND_NS)

struct upstream *upstream_new(struct redirect *redirect,
			      struct inetdiag *sockets, int epoll)
{
	struct upstream *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->redirect = redirect;
	u->sockets = sockets;
	u->epoll = epoll;
	memset(u->buckets, 0xff, sizeof(u->buckets));
	for (unsigned int i = 0; i < LOOKUPS_MAX; i++) {
		u->lookups[i].outlet.fd = -1;
		u->lookups[i].next = (uint16_t)(i + 1);
	}
	u->lookups[LOOKUPS_MAX - 1].next = LOOKUP_NONE;
	return u;
}

uint16_t upstream_index(const struct upstream *u, const struct lookup *l)
{
	return (uint16_t)(l - u->lookups);
}

void upstream_free(struct upstream *u)
{
	if (!u)
		return;
	for (unsigned int i = 0; i < LOOKUPS_MAX; i++)
		upstream_close(u, &u->lookups[i]);
	for (unsigned int i = 0; i < u->n_servers; i++)
		outlets_close(u->redirect, &u->stock[i]);
	free(u);
}

void upstream_add_server(struct upstream *u, const struct addr *server)
{
	if (u->n_servers < REDIRECT_SERVERS_MAX)
		u->servers[u->n_servers++] = *server;
}

static uint16_t bucket_of(const struct lookup_key *key)
{
	return (dname_hash(&key->name) ^ key->qtype) % UPSTREAM_BUCKETS;
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

	upstream_close(u, l);
	while (*link != lookup)
		link = &u->lookups[*link].next;
	*link = l->next;
	l->next = u->free;
	u->free = lookup;
	u->due_ns[lookup] = 0;
	u->n_lookups--;
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
	l->server = upstream_trusted(u, key->server);
	l->failures = l->n_dropped = 0;
	l->until_ns = now_ns + TOTAL_NS;
	l->next = u->buckets[bucket];
	u->buckets[bucket] = i;
	if (!upstream_try(u, l, now_ns) || !upstream_try_next(u, l, now_ns))
		return i;
	upstream_end(u, i);
	return LOOKUP_NONE;
}

static bool is_guessed(struct upstream *u, const struct lookup *l, int64_t now_ns)
{
	if (l->n_dropped >= GUESSES_MAX)
		u->wary_until_ns = now_ns + WARY_NS;
	return now_ns < u->wary_until_ns;
}

static bool receive_datagram(struct upstream *u, struct lookup *l,
			     int64_t now_ns, struct upstream_result *ret)
{
	for (;;) {
		ssize_t n =
			recv(l->outlet.fd, u->datagram, sizeof(u->datagram), 0);
		int rc;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n < 0)
			return upstream_give_up(u, l, now_ns, ret);
		if (dns_answer_dislikes_opt(u->datagram, (size_t)n, &l->ask)) {
			l->ask.is_plain = true;
			return upstream_try(u, l, now_ns) &&
			       upstream_give_up(u, l, now_ns, ret);
		}
		rc = dns_answer_decode(u->datagram, (size_t)n, &l->ask,
				       &ret->answer);
		if (rc) {
			/* It never came: the right one may still come. */
			upstream_drop(u, l, rc);
			if (!is_guessed(u, l, now_ns))
				continue;
		} else if (!ret->answer.truncated && ret->answer.case_kept) {
			upstream_fill(u, l, 0, u->datagram, (size_t)n, ret);
			return true;
		}
		return upstream_start_stream(u, l, now_ns) &&
		       upstream_give_up(u, l, now_ns, ret);
	}
}

/* It was trusted when it was asked: another one is asked now. */
static bool turn_away(struct upstream *u, struct lookup *l, int64_t now_ns,
		      struct upstream_result *ret)
{
	l->server = upstream_trusted(u, l->server);
	l->ask.is_plain = false;
	return upstream_try(u, l, now_ns) && upstream_give_up(u, l, now_ns, ret);
}

bool upstream_event(struct upstream *u, uint64_t ref, int64_t now_ns,
		    struct upstream_result *ret)
{
	struct lookup *l = &u->lookups[event_index(ref)];

	if (l->outlet.fd < 0 || l->generation != event_generation(ref))
		return false;
	if (redirect_is_retired(u->redirect, l->server))
		return turn_away(u, l, now_ns, ret);
	return l->stream ? upstream_advance_stream(u, l, now_ns, ret)
			 : receive_datagram(u, l, now_ns, ret);
}

/* The time of one try is over. True when the lookup is. */
static bool expire_try(struct upstream *u, struct lookup *l, int64_t now_ns,
		       struct upstream_result *ret)
{
	if (now_ns >= l->until_ns) {
		upstream_fill(u, l, -ETIMEDOUT, NULL, 0, ret);
		return true;
	}
	l->failures = 0;
	if (l->tries < UPSTREAM_TRIES) {
		l->tries++;
		upstream_set_due(u, l, now_ns);
		return upstream_send(l) && upstream_give_up(u, l, now_ns, ret);
	}
	l->server = upstream_trusted(u, l->server + 1);
	l->ask.is_plain = false;
	return upstream_try(u, l, now_ns) && upstream_give_up(u, l, now_ns, ret);
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
