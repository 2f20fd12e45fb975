/* SPDX-License-Identifier: MIT */
/*
 * The DNS service: its sockets, and one step of its work. Theory of
 * operation: every descriptor stands in one epoll set under a typed
 * reference; a step takes what is ready, then what is due. Files below it
 * hold the tables (upstream, clients, waiters, jobs) and know nothing of each
 * other; forwarder.c leads a question through them.
 */
#include "dns/service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "dns/event.h"
#include "dns/resolver.h"

#define EVENTS_MAX    64 /* taken in one go */
#define DATAGRAMS_MAX 64 /* of one socket in one go */
#define MS_NS	      INT64_C(1000000)

AUTO(resolver, dns_close)

static int watch_local(struct resolver *r, uint16_t server)
{
	const struct local *l = &r->locals[server];

	for (int i = 0; i < N_LOCALS; i++) {
		bool is_udp = i == LOCAL_UDP4 || i == LOCAL_UDP6;
		enum event_kind kind = is_udp ? EVENT_DATAGRAM : EVENT_LISTENER;
		uint64_t ref = event_ref(kind, (uint32_t)i, server);

		if (l->fd[i] >= 0 &&
		    event_watch(r->epoll, EPOLL_CTL_ADD, l->fd[i], EPOLLIN, ref))
			return -errno;
	}
	return 0;
}

static bool is_among(const struct addr *list, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].port == a->port && addr_same_ip(&list[i], a))
			return true;
	return false;
}

/* Has it sockets here, trusted or not (any more)? */
static bool is_known(const struct resolver *r, const struct addr *a)
{
	for (size_t i = 0; i < redirect_n_servers(r->redirect); i++)
		if (is_among(&redirect_server(r->redirect, i)->server, 1, a))
			return true;
	return false;
}

static int add_resolver(struct resolver *r, const struct addr *a, uint16_t port,
			struct ef_err *err)
{
	struct redirect_server server;
	uint16_t i = (uint16_t)r->n_locals;
	int rc = local_open(a, port, &r->locals[i], &server, err);

	if (rc)
		return rc;
	rc = watch_local(r, i);
	if (!rc)
		rc = redirect_add_server(r->redirect, &server);
	if (rc) {
		local_close(&r->locals[i]);
		return err_set(err, -rc, "cannot start DNS: %s", strerror(-rc));
	}
	r->n_locals++;
	upstream_add_server(r->upstream, a);
	return 0;
}

static struct resolver *resolver_new(const struct dns_options *o)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->gate = o->gate;
	r->redirect = o->redirect;
	r->hosts = o->hosts;
	r->n_hosts = o->n_hosts;
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	inetdiag_open(&r->sockets);
	r->asker = (struct asker){ o->redirect, &r->sockets };
	r->upstream = upstream_new(o->redirect, &r->sockets, r->epoll);
	r->clients = clients_new(r->epoll);
	r->jobs = jobs_new();
	if (r->epoll >= 0 && r->upstream && r->clients && r->jobs &&
	    !event_watch(r->epoll, EPOLL_CTL_ADD, jobs_fd(r->jobs), EPOLLIN,
			 event_ref(EVENT_WAKE, 0, 0)))
		return r;
	dns_close(r);
	return NULL;
}

/* Open those that are not there yet; the first one on this port. */
static int add_resolvers(struct resolver *r, const struct addr *list, size_t n,
			 uint16_t port, struct ef_err *err)
{
	for (size_t i = 0; i < n; i++) {
		int rc;

		if (is_known(r, &list[i]))
			continue;
		if (r->n_locals == REDIRECT_SERVERS_MAX)
			break;
		rc = add_resolver(r, &list[i], r->n_locals ? 0 : port, err);
		if (rc)
			return rc;
	}
	return 0;
}

int dns_open(const struct dns_options *o, struct resolver **ret,
	     struct ef_err *err)
{
	auto_of(resolver) struct resolver *r = resolver_new(o);
	int rc;

	if (!r)
		return err_set(err, ENOMEM, "cannot start DNS: out of memory");
	rc = add_resolvers(r, o->resolvers, o->n_resolvers, o->port, err);
	if (rc)
		return rc;
	*ret = STEAL(r);
	return 0;
}

int dns_trust(struct resolver *r, const struct addr *resolvers, size_t n,
	      struct ef_err *err)
{
	for (size_t i = 0; i < redirect_n_servers(r->redirect); i++) {
		const struct addr *a = &redirect_server(r->redirect, i)->server;

		redirect_retire_server(r->redirect, i,
				       !is_among(resolvers, n, a));
	}
	return add_resolvers(r, resolvers, n, 0, err);
}

void dns_close(struct resolver *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_locals; i++)
		local_close(&r->locals[i]);
	upstream_free(r->upstream);
	clients_free(r->clients);
	jobs_free(r->jobs);
	inetdiag_close(&r->sockets);
	if (r->epoll >= 0)
		close(r->epoll);
	free(r);
}

int dns_fd(const struct resolver *r)
{
	return r->epoll;
}

/* Only sockets that notify sent here are served (R7). */
static void take_datagrams(struct resolver *r, uint16_t server, uint32_t which)
{
	struct waiter_place place = { .kind = WAITER_DATAGRAM, .index = server };
	struct redirect_peer peer;
	struct sockaddr_storage ss;

	for (int i = 0; i < DATAGRAMS_MAX; i++) {
		socklen_t ss_len = sizeof(ss);
		ssize_t n = recvfrom(r->locals[server].fd[which], r->in,
				     sizeof(r->in), 0, (struct sockaddr *)&ss,
				     &ss_len);

		if (n < 0)
			return;
		addr_from_sockaddr(&ss, &place.source);
		if (!asker_find(&r->asker, server, &place.source, false, &peer))
			continue;
		place.shown = peer.is_free ? peer.meant : (struct addr){ 0 };
		/* Too long: its header is enough to say so. */
		if (n > DNS_QUERY_MAX)
			n = DNS_HEADER;
		forwarder_question(r, &place, &peer, r->in, (size_t)n);
	}
}

static void take_frames(struct resolver *r, uint16_t index)
{
	struct waiter_place place = { .kind = WAITER_CLIENT, .index = index };
	struct redirect_peer peer;
	const uint8_t *msg;
	size_t len;

	while (clients_next(r->clients, index, &msg, &len, &peer)) {
		place.generation =
			event_generation(clients_ref(r->clients, index));
		forwarder_question(r, &place, &peer, msg, len);
	}
}

static void take_clients(struct resolver *r, uint16_t server, uint32_t which)
{
	uint16_t index;

	while (clients_accept(r->clients, r->locals[server].fd[which], server,
			      &r->asker, r->now_ns, &index))
		if (clients_event(r->clients, clients_ref(r->clients, index),
				  r->now_ns))
			take_frames(r, index);
}

static void take_event(struct resolver *r, uint64_t ref)
{
	struct upstream_result result;
	uint16_t index = event_index(ref);

	switch (event_kind(ref)) {
	case EVENT_DATAGRAM:
		take_datagrams(r, index, event_generation(ref));
		break;
	case EVENT_LISTENER:
		take_clients(r, index, event_generation(ref));
		break;
	case EVENT_CLIENT:
		if (clients_event(r->clients, ref, r->now_ns))
			take_frames(r, index);
		break;
	case EVENT_LOOKUP:
		if (upstream_event(r->upstream, ref, r->now_ns, &result))
			forwarder_finish(r, &result);
		break;
	case EVENT_WAKE:
		resolve_begin(r);
		break;
	}
}

static int until_ms(int64_t due_ns, int64_t now_ns)
{
	if (due_ns == INT64_MAX)
		return -1;
	return due_ns <= now_ns ? 0 : (int)((due_ns - now_ns) / MS_NS) + 1;
}

int dns_step(struct resolver *r)
{
	struct epoll_event events[EVENTS_MAX];
	struct upstream_result result;
	int64_t clients_due, due;
	uint16_t index;
	int n = epoll_wait(r->epoll, events, EVENTS_MAX, 0);

	r->now_ns = clock_mono_ns();
	for (int i = 0; i < n; i++)
		take_event(r, events[i].data.u64);
	while (clients_ready(r->clients, &index))
		take_frames(r, index);
	while (upstream_expire(r->upstream, r->now_ns, &result))
		forwarder_finish(r, &result);
	clients_due = clients_expire(r->clients, r->now_ns);
	due = upstream_due(r->upstream);
	return until_ms(due < clients_due ? due : clients_due, r->now_ns);
}
