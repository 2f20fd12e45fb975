/* SPDX-License-Identifier: MIT */
/*
 * listen(), and the record of listeners.
 *
 * Theory of Operation: cookies stand in an open hash table and are never
 * taken out, since the kernel gives none twice: an entry whose socket is gone
 * matches nothing. A cookie is remembered before the call goes on. If the
 * descriptor is exchanged meanwhile, the socket that does listen is one we do
 * not know, and connections to it are refused.
 *
 * TCP addresses are there for one question: may that resolver be trusted, or
 * has the target taken its place (decision 7)? They too are only added. Once
 * their table is full a port counts as taken at every address.
 */
#include "notify/listen.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SLOTS (2 * LISTEN_SOCKETS_MAX) /* half empty: short searches */
#define PORTS 65536

static_assert((SLOTS & (SLOTS - 1)) == 0, "a hash is masked");

struct listen_record {
	pthread_mutex_t lock;
	size_t n_sockets, n_addresses;
	uint64_t sockets[SLOTS]; /* cookies; 0: empty (the kernel gives none) */
	struct addr addresses[LISTEN_ADDRESSES_MAX];
	uint8_t ports[PORTS / 8]; /* taken at every address */
};

struct listen_record *listen_record_new(void)
{
	struct listen_record *r = calloc(1, sizeof(*r));

	if (r)
		pthread_mutex_init(&r->lock, NULL);
	return r;
}

void listen_record_free(struct listen_record *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* The slot of a cookie, or the empty one where it would go. */
static uint64_t *slot_of(struct listen_record *r, uint64_t cookie)
{
	/* Fibonacci hashing: cookies are counted up per CPU. */
	size_t i = (size_t)(cookie * 0x9e3779b97f4a7c15u >> 32) & (SLOTS - 1);

	while (r->sockets[i] && r->sockets[i] != cookie)
		i = (i + 1) & (SLOTS - 1);
	return &r->sockets[i];
}

bool listen_add_socket(struct listen_record *r, uint64_t cookie)
{
	uint64_t *slot;
	bool is_there;

	if (!cookie)
		return false;
	pthread_mutex_lock(&r->lock);
	slot = slot_of(r, cookie);
	if (!*slot && r->n_sockets < LISTEN_SOCKETS_MAX) {
		*slot = cookie;
		r->n_sockets++;
	}
	is_there = *slot == cookie;
	pthread_mutex_unlock(&r->lock);
	return is_there;
}

bool listen_has_socket(struct listen_record *r, uint64_t cookie)
{
	bool is_there;

	pthread_mutex_lock(&r->lock);
	is_there = cookie && *slot_of(r, cookie) == cookie;
	pthread_mutex_unlock(&r->lock);
	return is_there;
}

static bool is_wildcard(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->ip, zero, sizeof(zero));
}

static bool has_address(const struct listen_record *r, const struct addr *a)
{
	for (size_t i = 0; i < r->n_addresses; i++)
		if (r->addresses[i].port == a->port &&
		    addr_same_ip(&r->addresses[i], a))
			return true;
	return false;
}

void listen_add_tcp(struct listen_record *r, const struct addr *a)
{
	if (!a->port)
		return;
	pthread_mutex_lock(&r->lock);
	if (is_wildcard(a) ||
	    (r->n_addresses == LISTEN_ADDRESSES_MAX && !has_address(r, a)))
		r->ports[a->port / 8] |= (uint8_t)(1u << a->port % 8);
	else if (!has_address(r, a))
		r->addresses[r->n_addresses++] = *a;
	pthread_mutex_unlock(&r->lock);
}

bool listen_has_tcp(struct listen_record *r, const struct addr *a)
{
	bool is_there;

	pthread_mutex_lock(&r->lock);
	is_there =
		(r->ports[a->port / 8] >> a->port % 8 & 1) || has_address(r, a);
	pthread_mutex_unlock(&r->lock);
	return is_there;
}

static void bound_address(int sock, struct addr *ret)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getsockname(sock, (struct sockaddr *)&ss, &len) < 0)
		memset(&ss, 0, sizeof(ss));
	addr_from_sockaddr(&ss, ret);
}

/* Another network namespace has no resolver of ours. */
static void remember_tcp(const struct call *c, const struct addr *a)
{
	if (c->is_foreign_netns)
		return;
	listen_add_tcp(c->ctx->listens, a);
	redirect_distrust(c->ctx->redirect, a);
}

/*
 * Remembered before it can be reached, and once more afterwards, when a
 * socket that had no address has been given a port. An address that bind() gave
 * it stays; but that of a connection goes with it, when another thread lets go
 * of the peer meanwhile, and the socket would listen everywhere.
 */
static int perform(const struct call *c, const struct addr *bound)
{
	struct addr now;

	remember_tcp(c, bound);
	if (listen(c->sock, (int)c->data.args[1]) < 0)
		return -errno;
	bound_address(c->sock, &now);
	remember_tcp(c, &now);
	if (addr_same_ip(&now, bound) && (!bound->port || bound->port == now.port))
		return 0;
	shutdown(c->sock, SHUT_RDWR); /* a listener stops listening */
	return -EINVAL;
}

/* A connected socket cannot listen; the kernel says so. */
static bool is_connected(const struct call *c)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	return getpeername(c->sock, (struct sockaddr *)&ss, &len) == 0;
}

static void handle_internet(struct call *c)
{
	const struct process *who;
	struct observation seen;
	struct ticket ticket = { 0 };
	int64_t row;
	int r;

	if (is_connected(c)) {
		call_answer(c, 0, -EINVAL);
		return;
	}
	call_observe(c, STAGE_LISTEN, &seen);
	bound_address(c->sock, &seen.addr);
	r = call_identify(c, &who, &row);
	if (r < 0) {
		call_answer(c, 0, -EPERM);
		return;
	}
	r = gate_admit(c->ctx->gate, &seen, who, row, &ticket);
	if (!r)
		r = perform(c, &seen.addr);
	call_answer(c, 0, r);
	gate_finish(c->ctx->gate, &ticket, r);
}

/*
 * A socket that listens already, but was never ours, came from outside with
 * its listener: a second listen() does not make it one of the tree.
 */
static void handle_unix(struct call *c)
{
	int listens = 0;
	socklen_t len = sizeof(listens);

	if (getsockopt(c->sock, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0) {
		call_answer(c, 0, -EPERM);
		return;
	}
	if (!listens)
		listen_add_socket(c->ctx->listens, c->cookie);
	call_continue(c);
}

void listen_handle(struct call *c)
{
	int r = call_take_socket(c, (int)c->data.args[0]);

	if (!r && !call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (r < 0) {
		call_answer(c, 0, r);
		return;
	}
	switch (c->domain) {
	case AF_INET:
	case AF_INET6:
		if (c->type == SOCK_STREAM)
			handle_internet(c);
		else
			call_answer(c, 0, -EOPNOTSUPP);
		break;
	case AF_UNIX:
		if (c->type == SOCK_DGRAM)
			call_answer(c, 0, -EOPNOTSUPP);
		else
			handle_unix(c);
		break;
	default:
		call_answer(c, 0, -EOPNOTSUPP);
		break;
	}
}
