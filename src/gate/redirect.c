/* SPDX-License-Identifier: MIT */
/*
 * What redirected sockets were meant for. Theory of operation: peers live in
 * one array, found through two hash tables (by source, by cookie) of indexes,
 * and stand in a list by last use. A new peer takes a free place or that of
 * the peer unused for longest: a resolver's sockets live for moments, and a
 * peer that is forgotten too early is not served, never mistaken. Servers are
 * only ever added, by one thread, and are read without the lock: a server is
 * whole before the number of them says that it is there.
 *
 * A socket is connected first and registered then, since only then its source
 * is known, and its first datagram may be faster. No lock is held meanwhile:
 * the connect may get stuck on a socket that a target keeps locked, and the
 * forwarder must not.
 */
#include "gate/redirect_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"

#define UNUSED_NS   (600 * INT64_C(1000000000))
#define PATIENCE_NS (REDIRECT_PATIENCE_MS * INT64_C(1000000))

struct redirect *redirect_new(void)
{
	struct redirect *r = calloc(1, sizeof(*r));
	pthread_condattr_t attr;

	if (!r)
		return NULL;
	if (getrandom(&r->seed, sizeof(r->seed), 0) != sizeof(r->seed)) {
		free(r);
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->ended, &attr);
	pthread_condattr_destroy(&attr);
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
	pthread_cond_destroy(&r->ended);
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

unsigned int redirect_begin(struct redirect *r)
{
	unsigned int i = 0;

	pthread_mutex_lock(&r->lock);
	while (i < BEGUN_MAX && r->begun_ns[i])
		i++;
	if (i < BEGUN_MAX)
		r->begun_ns[i] = clock_mono_ns();
	pthread_mutex_unlock(&r->lock);
	return i;
}

void redirect_end(struct redirect *r, unsigned int begun)
{
	if (begun == BEGUN_MAX)
		return; /* nobody has waited for it */
	pthread_mutex_lock(&r->lock);
	r->begun_ns[begun] = 0;
	pthread_cond_broadcast(&r->ended);
	pthread_mutex_unlock(&r->lock);
}

/* Until when it may be worth waiting; 0: it is not. */
static int64_t patience_of(const struct redirect *r, int64_t now_ns)
{
	int64_t last = 0;

	for (unsigned int i = 0; i < BEGUN_MAX; i++)
		if (r->begun_ns[i] && r->begun_ns[i] > last)
			last = r->begun_ns[i];
	return last && last + PATIENCE_NS > now_ns ? last + PATIENCE_NS : 0;
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
	uint16_t i = cookie ? *slot_of_cookie(r, cookie) : NONE;

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

	pthread_mutex_lock(&r->lock);
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
	pthread_mutex_unlock(&r->lock);
}

/* The port may be another socket's by now: such a peer is gone. */
static bool take_source(struct redirect *r, const struct addr *source,
			bool is_tcp, uint64_t cookie, struct redirect_peer *ret)
{
	uint16_t i = find_source(r, source, is_tcp);

	if (i != NONE && cookie && r->nodes[i].peer.cookie &&
	    r->nodes[i].peer.cookie != cookie) {
		drop(r, i);
		return false;
	}
	return take_copy(r, i, ret);
}

bool redirect_find_peer(struct redirect *r, const struct addr *source,
			bool is_tcp, uint64_t cookie, struct redirect_peer *ret)
{
	struct timespec until;
	int64_t until_ns;
	bool found;

	pthread_mutex_lock(&r->lock);
	until_ns = patience_of(r, clock_mono_ns());
	until = (struct timespec){ until_ns / 1000000000, until_ns % 1000000000 };
	while (!(found = take_source(r, source, is_tcp, cookie, ret)) &&
	       until_ns && patience_of(r, clock_mono_ns()))
		if (pthread_cond_timedwait(&r->ended, &r->lock, &until))
			until_ns = 0; /* one last look */
	pthread_mutex_unlock(&r->lock);
	return found;
}

bool redirect_find_cookie(struct redirect *r, uint64_t cookie,
			  struct redirect_peer *ret)
{
	bool found;

	pthread_mutex_lock(&r->lock);
	found = take_copy(r, find_cookie(r, cookie), ret);
	pthread_mutex_unlock(&r->lock);
	return found;
}

void redirect_forget(struct redirect *r, uint64_t cookie)
{
	pthread_mutex_lock(&r->lock);
	drop_found(r, find_cookie(r, cookie));
	pthread_mutex_unlock(&r->lock);
}
