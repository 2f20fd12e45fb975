/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_REDIRECT_H
#define EF_GATE_REDIRECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/addr.h"

/*
 * What a redirected socket was meant for. notify sends a target's socket to
 * the forwarder instead of a name server and registers it here; the forwarder
 * looks up who is asking (R3, R7); recvfrom() and getpeername() look up what
 * the target should see (R1, R5). Fixed capacity, one mutex; any thread.
 */
#define REDIRECT_PATIENCE_MS 100 /* with those on their way here */
#define REDIRECT_SERVERS_MAX 16
#define REDIRECT_PEERS_MAX   8192 /* oldest go first, after 10 minutes unused */

/* One trusted resolver and the local sockets that stand for it. */
struct redirect_server {
	struct addr server; /* the resolver itself, port included */
	struct addr udp4, udp6, tcp4, tcp6; /* where the forwarder listens;
					       family 0: it does not */
};

/* A socket that was sent to the forwarder. */
struct redirect_peer {
	struct addr source; /* its local address and port */
	bool is_tcp;
	unsigned int server; /* index of the redirect_server */
	struct addr meant;   /* the server the program asked for */
	bool is_free;	     /* not connected: takes answers from anybody */
	uint64_t cookie;     /* SO_COOKIE; 0: known by its source alone */
	pid_t pid, tid;
	int64_t process; /* row of the process */
};

struct redirect;

/* An empty table, or NULL when out of memory. */
struct redirect *redirect_new(void);

/* Free it; NULL is fine. */
void redirect_free(struct redirect *r);

/* Make a resolver known, for good. -ENOSPC when full. One thread adds; others
 * may read what was there before. */
int redirect_add_server(struct redirect *r, const struct redirect_server *s);

/*
 * Server i is no longer trusted (a reload took it out), or is again. It keeps
 * its index and its sockets, since sockets of the target may be connected to
 * them. Any thread.
 */
void redirect_retire_server(struct redirect *r, size_t i, bool is_retired);

/* Is it? Any thread. */
bool redirect_is_retired(const struct redirect *r, size_t i);

/* Number of servers, retired ones too. */
size_t redirect_n_servers(const struct redirect *r);

/* Server i, 0 <= i < redirect_n_servers(). */
const struct redirect_server *redirect_server(const struct redirect *r, size_t i);

/*
 * The server that answers for an address on port 53 (or the port of a
 * trusted one): its own index when it is trusted, else that of the first one
 * that is; -1 when there is none. *ret_trusted tells which.
 */
int redirect_find_server(const struct redirect *r, const struct addr *asked,
			 bool *ret_trusted);

/*
 * The tree is about to listen on this TCP address: who answers there from now
 * on is no resolver (decision 7). Any thread.
 */
void redirect_distrust(struct redirect *r, const struct addr *a);

/* True when a connection to server i may have reached such a listener. To be
 * asked once it is begun. Any thread. */
bool redirect_is_taken(struct redirect *r, size_t i);

/* True for an address and port on which the forwarder itself, its sink or one
 * of its upstream sockets is bound: never a destination of a target. */
bool redirect_is_ours(struct redirect *r, const struct addr *a, bool is_tcp);

/* Declare a port of ours, other than the servers' sockets. */
void redirect_claim_port(struct redirect *r, uint16_t port, bool is_tcp);

/* Take that back. */
void redirect_release_port(struct redirect *r, uint16_t port, bool is_tcp);

/* True for an address of this machine, and for what cannot be told. */
bool redirect_is_local(const struct addr *a);

/*
 * A socket of a target is about to be connected to this port, if it
 * is not ours; then redirect_arrived(). Whoever claims the port meanwhile can
 * see that, so that of two who come at the same time one always learns of the
 * other. Any thread.
 */
void redirect_approach(struct redirect *r, uint16_t port);

/* It is connected, or will not be. */
void redirect_arrived(struct redirect *r, uint16_t port);

/* True while any is on its way to this port. */
bool redirect_is_approached(struct redirect *r, uint16_t port);

/*
 * A socket is about to be led to the forwarder and registered, then
 * redirect_end() with the number that this returns: a question of a sender who
 * is not known yet waits for that, but not for long, since what is done in
 * between may get stuck. Any thread; no lock is held.
 */
unsigned int redirect_begin(struct redirect *r);

/* The socket is registered, or will not be. */
void redirect_end(struct redirect *r, unsigned int begun);

/* Register a peer. Peers with the same source or cookie go. Any thread. */
void redirect_register(struct redirect *r, const struct redirect_peer *p);

/*
 * Who sends from this address: true and a copy, if it is the socket with this
 * cookie (0: whichever it is). May block for REDIRECT_PATIENCE_MS while others
 * are being led here.
 */
bool redirect_find_peer(struct redirect *r, const struct addr *source,
			bool is_tcp, uint64_t cookie, struct redirect_peer *ret);

/* What the socket with this cookie was meant for. Takes the lock. */
bool redirect_find_cookie(struct redirect *r, uint64_t cookie,
			  struct redirect_peer *ret);

/* Forget a socket, when it is connected elsewhere. Takes the lock. */
void redirect_forget(struct redirect *r, uint64_t cookie);

#endif
