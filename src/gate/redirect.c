/* SPDX-License-Identifier: MIT */
/*
 * What redirected sockets were meant for. Theory of operation: peers live in
 * one array, found through two hash tables (by source, by cookie) of indexes,
 * and stand in a list by last use. A new peer takes a free place or that of
 * the peer unused for longest: a resolver's sockets live for moments, and a
 * peer that is forgotten too early is not served, never mistaken. Servers are
 * only ever added, by one thread, and are read without the lock: a server is
 * whole before the number of them says that it is there.
 */
#include "gate/redirect.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define UNUSED_NS (600 * INT64_C(1000000000))
#define SLOTS	  (2 * REDIRECT_PEERS_MAX) /* of each hash table */
#define NONE	  UINT16_MAX

static_assert(REDIRECT_PEERS_MAX < NONE, "an index fits 16 bits");
static_assert((SLOTS & (SLOTS - 1)) == 0, "a hash is masked");

enum table { BY_SOURCE, BY_COOKIE, N_TABLES };

struct node {
	struct redirect_peer peer;
	int64_t used_ns;
	uint16_t next[N_TABLES]; /* in its hash chain */
	uint16_t newer, older;	 /* in the list by last use */
};

struct redirect {
	pthread_mutex_t lock;
	uint32_t seed;
	struct redirect_server servers[REDIRECT_SERVERS_MAX];
	atomic_size_t n_servers;
	atomic_bool retired[REDIRECT_SERVERS_MAX];
	bool taken[REDIRECT_SERVERS_MAX];   /* over TCP, by the tree */
	uint16_t claims[2][UINT16_MAX + 1]; /* holders of a port; TCP second */
	struct node nodes[REDIRECT_PEERS_MAX];
	uint16_t slots[N_TABLES][SLOTS];
	uint16_t newest, oldest, free;
};

struct redirect *redirect_new(void)
{
	struct redirect *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	if (getrandom(&r->seed, sizeof(r->seed), 0) != sizeof(r->seed) ||
	    pthread_mutex_init(&r->lock, NULL)) {
		free(r);
		return NULL;
	}
	memset(r->slots, 0xff, sizeof(r->slots));
	r->newest = r->oldest = NONE;
	for (unsigned int i = 0; i < REDIRECT_PEERS_MAX; i++)
		r->nodes[i].older = (uint16_t)(i + 1);
	r->nodes[REDIRECT_PEERS_MAX - 1].older = NONE;
	return r;
}

void redirect_free(struct redirect *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

size_t redirect_n_servers(const struct redirect *r)
{
	return atomic_load_explicit(&r->n_servers, memory_order_acquire);
}

int redirect_add_server(struct redirect *r, const struct redirect_server *s)
{
	size_t n = redirect_n_servers(r);

	if (n == REDIRECT_SERVERS_MAX)
		return -ENOSPC;
	r->servers[n] = *s;
	atomic_store_explicit(&r->n_servers, n + 1, memory_order_release);
	return 0;
}

void redirect_retire_server(struct redirect *r, size_t i, bool is_retired)
{
	atomic_store(&r->retired[i], is_retired);
}

bool redirect_is_retired(const struct redirect *r, size_t i)
{
	return atomic_load(&r->retired[i]);
}

const struct redirect_server *redirect_server(const struct redirect *r, size_t i)
{
	return &r->servers[i];
}

static bool same_endpoint(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_same_ip(a, b);
}

int redirect_find_server(const struct redirect *r, const struct addr *asked,
			 bool *ret_trusted)
{
	size_t n = redirect_n_servers(r);
	int first = -1;

	*ret_trusted = false;
	for (size_t i = 0; i < n; i++) {
		if (redirect_is_retired(r, i))
			continue;
		if (same_endpoint(&r->servers[i].server, asked)) {
			*ret_trusted = true;
			return (int)i;
		}
		if (first < 0)
			first = (int)i;
	}
	return first;
}

/*
 * Is it an address of this machine? Only asked about the few ports that are
 * claimed: whoever talks to the same port elsewhere is to be left alone. What
 * cannot be told counts as local.
 */
static bool is_local(const struct addr *a)
{
	struct addr any_port = *a;
	struct sockaddr_storage ss;
	int domain = a->family == ADDR_IP4 ? AF_INET : AF_INET6;
	auto_close int fd = -1;
	socklen_t len;

	if (addr_is_loopback(a))
		return true;
	any_port.port = 0;
	len = addr_encode(&any_port, domain, &ss);
	fd = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 || !len || !bind(fd, (struct sockaddr *)&ss, len) ||
	       errno != EADDRNOTAVAIL;
}

static bool is_any_address(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->ip, zero, sizeof(zero));
}

void redirect_distrust(struct redirect *r, const struct addr *a)
{
	size_t n = redirect_n_servers(r);

	for (size_t i = 0; a->port && i < n; i++) {
		const struct addr *server = &r->servers[i].server;

		if (server->port != a->port ||
		    !(addr_same_ip(server, a) ||
		      (is_any_address(a) && is_local(server))))
			continue;
		redirect_lock(r);
		r->taken[i] = true;
		redirect_unlock(r);
	}
}

bool redirect_is_taken(struct redirect *r, size_t i)
{
	bool taken;

	redirect_lock(r);
	taken = r->taken[i];
	redirect_unlock(r);
	return taken;
}

static bool is_server_socket(const struct redirect *r, const struct addr *a,
			     bool is_tcp)
{
	size_t n = redirect_n_servers(r);

	for (size_t i = 0; i < n; i++) {
		const struct redirect_server *s = &r->servers[i];

		if (same_endpoint(is_tcp ? &s->tcp4 : &s->udp4, a) ||
		    same_endpoint(is_tcp ? &s->tcp6 : &s->udp6, a))
			return true;
	}
	return false;
}

bool redirect_is_ours(struct redirect *r, const struct addr *a, bool is_tcp)
{
	bool claimed;

	if (a->family == ADDR_NONE)
		return false;
	if (is_server_socket(r, a, is_tcp))
		return true;
	redirect_lock(r);
	claimed = r->claims[is_tcp][a->port] > 0;
	redirect_unlock(r);
	return claimed && is_local(a);
}

void redirect_claim_port(struct redirect *r, uint16_t port, bool is_tcp)
{
	redirect_lock(r);
	/* A count that is full stays so: the port is never given back. */
	if (r->claims[is_tcp][port] < UINT16_MAX)
		r->claims[is_tcp][port]++;
	redirect_unlock(r);
}

void redirect_release_port(struct redirect *r, uint16_t port, bool is_tcp)
{
	uint16_t *count = &r->claims[is_tcp][port];

	redirect_lock(r);
	if (*count > 0 && *count < UINT16_MAX)
		--*count;
	redirect_unlock(r);
}

void redirect_lock(struct redirect *r)
{
	pthread_mutex_lock(&r->lock);
}

void redirect_unlock(struct redirect *r)
{
	pthread_mutex_unlock(&r->lock);
}

static uint32_t hash_bytes(uint32_t h, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	return h ^ h >> 15;
}

static uint16_t *slot_of_source(struct redirect *r, const struct addr *a)
{
	uint32_t h = hash_bytes(r->seed, a->ip, sizeof(a->ip));

	h = hash_bytes(h, &a->port, sizeof(a->port));
	return &r->slots[BY_SOURCE][h & (SLOTS - 1)];
}

static uint16_t *slot_of_cookie(struct redirect *r, uint64_t cookie)
{
	uint32_t h = hash_bytes(r->seed, &cookie, sizeof(cookie));

	return &r->slots[BY_COOKIE][h & (SLOTS - 1)];
}

static void unchain(struct redirect *r, enum table t, uint16_t *slot, uint16_t i)
{
	while (*slot != i)
		slot = &r->nodes[*slot].next[t];
	*slot = r->nodes[i].next[t];
}

static void leave_list(struct redirect *r, uint16_t i)
{
	struct node *n = &r->nodes[i];

	if (n->newer == NONE)
		r->newest = n->older;
	else
		r->nodes[n->newer].older = n->older;
	if (n->older == NONE)
		r->oldest = n->newer;
	else
		r->nodes[n->older].newer = n->newer;
}

static void join_list(struct redirect *r, uint16_t i)
{
	struct node *n = &r->nodes[i];

	n->used_ns = clock_mono_ns();
	n->newer = NONE;
	n->older = r->newest;
	if (r->newest == NONE)
		r->oldest = i;
	else
		r->nodes[r->newest].newer = i;
	r->newest = i;
}

static void drop(struct redirect *r, uint16_t i)
{
	struct node *n = &r->nodes[i];

	unchain(r, BY_SOURCE, slot_of_source(r, &n->peer.source), i);
	unchain(r, BY_COOKIE, slot_of_cookie(r, n->peer.cookie), i);
	leave_list(r, i);
	n->older = r->free;
	r->free = i;
}

static uint16_t find_source(struct redirect *r, const struct addr *source,
			    bool is_tcp)
{
	uint16_t i = *slot_of_source(r, source);

	while (i != NONE && (r->nodes[i].peer.is_tcp != is_tcp ||
			     !same_endpoint(&r->nodes[i].peer.source, source)))
		i = r->nodes[i].next[BY_SOURCE];
	return i;
}

static uint16_t find_cookie(struct redirect *r, uint64_t cookie)
{
	uint16_t i = *slot_of_cookie(r, cookie);

	while (i != NONE && r->nodes[i].peer.cookie != cookie)
		i = r->nodes[i].next[BY_COOKIE];
	return i;
}

static void drop_found(struct redirect *r, uint16_t i)
{
	if (i != NONE)
		drop(r, i);
}

/* A copy of a peer that was used lately; older ones are forgotten. */
static bool take_copy(struct redirect *r, uint16_t i, struct redirect_peer *ret)
{
	if (i == NONE)
		return false;
	if (clock_mono_ns() - r->nodes[i].used_ns > UNUSED_NS) {
		drop(r, i);
		return false;
	}
	leave_list(r, i);
	join_list(r, i);
	*ret = r->nodes[i].peer;
	return true;
}

void redirect_register(struct redirect *r, const struct redirect_peer *p)
{
	uint16_t *by_source = slot_of_source(r, &p->source), *by_cookie, i;

	drop_found(r, find_source(r, &p->source, p->is_tcp));
	drop_found(r, find_cookie(r, p->cookie));
	if (r->free == NONE)
		drop(r, r->oldest);
	i = r->free;
	r->free = r->nodes[i].older;
	r->nodes[i].peer = *p;
	by_cookie = slot_of_cookie(r, p->cookie);
	r->nodes[i].next[BY_SOURCE] = *by_source;
	r->nodes[i].next[BY_COOKIE] = *by_cookie;
	*by_source = *by_cookie = i;
	join_list(r, i);
}

bool redirect_find_peer(struct redirect *r, const struct addr *source,
			bool is_tcp, struct redirect_peer *ret)
{
	bool found;

	redirect_lock(r);
	found = take_copy(r, find_source(r, source, is_tcp), ret);
	redirect_unlock(r);
	return found;
}

bool redirect_find_cookie(struct redirect *r, uint64_t cookie,
			  struct redirect_peer *ret)
{
	bool found;

	redirect_lock(r);
	found = take_copy(r, find_cookie(r, cookie), ret);
	redirect_unlock(r);
	return found;
}

void redirect_forget(struct redirect *r, uint64_t cookie)
{
	redirect_lock(r);
	drop_found(r, find_cookie(r, cookie));
	redirect_unlock(r);
}
