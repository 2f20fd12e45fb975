/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_CLIENT_H
#define EF_DNS_CLIENT_H

#include "dns/asker.h"
#include "wire/dns.h"

/*
 * TCP connections of the target to the forwarder (RFC 7766): questions in
 * frames, several at a time, answers in the order they are ready. Bounded in
 * number, in questions under way and in bytes not taken; silent ones are
 * closed. Nothing blocks. Times are clock_mono_ns().
 */
#define CLIENTS_MAX	    128
#define CLIENT_PENDING_MAX  64 /* questions under way on one connection */
#define CLIENT_IDLE_SECONDS 10

struct clients;

/* An empty table; sockets are watched on epoll as EVENT_CLIENT. NULL when out
 * of memory. */
struct clients *clients_new(int epoll);

/* Close all; NULL is fine. */
void clients_free(struct clients *c);

/*
 * Take the next connection of a listener that belongs to a registered peer;
 * others are reset. False when there is none left. *ret_index is the new one.
 */
bool clients_accept(struct clients *c, int listener, unsigned int server,
		    const struct asker *asker, int64_t now_ns,
		    uint16_t *ret_index);

/* Work on a connection after an event, or with ref of a new one: send what is
 * waiting, read. False when the event is of a connection that has ended. */
bool clients_event(struct clients *c, uint64_t ref, int64_t now_ns);

/* The reference of a connection, as its events carry it. */
uint64_t clients_ref(const struct clients *c, uint16_t index);

/*
 * The next whole question of a connection: its bytes, valid until the next
 * call with this connection, and who asks; of one that is longer than
 * DNS_QUERY_MAX the header, and the rest is passed over. False when there is none yet. Each
 * must be answered by clients_send(), with nothing if need be.
 */
bool clients_next(struct clients *c, uint16_t index, const uint8_t **ret_msg,
		  size_t *ret_len, struct redirect_peer *ret_peer);

/* Send an answer (len 0: none is due). A connection that has ended since, as
 * its generation tells, is passed over. */
void clients_send(struct clients *c, uint16_t index, uint32_t generation,
		  const void *msg, size_t len, int64_t now_ns);

/* A connection that has a whole question left which clients_next() would not
 * give out before, because too many were under way. False: none. */
bool clients_ready(const struct clients *c, uint16_t *ret_index);

/* Close silent connections; returns when to call again (INT64_MAX: never). */
int64_t clients_expire(struct clients *c, int64_t now_ns);

#endif
