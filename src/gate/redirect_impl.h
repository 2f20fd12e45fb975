/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_REDIRECT_IMPL_H
#define EF_GATE_REDIRECT_IMPL_H

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "gate/redirect.h"

/* The table as redirect.c (peers) and redirect_ports.c (addresses and ports of
 * ours) share it; no one else. */
#define SLOTS (2 * REDIRECT_PEERS_MAX) /* of each hash table */
#define NONE  UINT16_MAX

/* As many threads as can lead a socket here at the same time. */
#define BEGUN_MAX 128

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
	bool taken[REDIRECT_SERVERS_MAX];    /* over TCP, by the tree */
	uint16_t claims[2][UINT16_MAX + 1];  /* holders of a port; TCP second */
	uint16_t approaches[UINT16_MAX + 1]; /* targets on their way to it */
	pthread_cond_t ended;		     /* one of those begun has */
	int64_t begun_ns[BEGUN_MAX];	     /* 0: free */
	struct node nodes[REDIRECT_PEERS_MAX];
	uint16_t slots[N_TABLES][SLOTS];
	uint16_t newest, oldest, free;
};

/* True for the same address and port. */
static inline bool same_endpoint(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_same_ip(a, b);
}

#endif
