/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_UPSTREAM_IMPL_H
#define EF_DNS_UPSTREAM_IMPL_H

#include "dns/outlet.h"
#include "dns/upstream.h"

/*
 * Lookups, for the files that make them up: upstream.c has the table,
 * upstream_try.c asks a server, upstream_stream.c does so over TCP.
 */
#define UPSTREAM_SECOND_NS INT64_C(1000000000)
#define UPSTREAM_TRIES	   2
#define UPSTREAM_ASK_MAX   (DNS_HEADER + DNS_QUESTION_MAX + 11)
#define UPSTREAM_BUCKETS   1024
#define DATAGRAM_MAX	   4096 /* more than the size we offer */

struct stream {
	bool in_use;
	uint8_t out[2 + UPSTREAM_ASK_MAX];
	size_t out_len, out_done, in_len;
	uint8_t in[2 + DNS_MESSAGE_MAX];
};

struct lookup {
	struct lookup_key key;
	struct dns_ask ask;
	struct outlet outlet;
	uint32_t generation;
	unsigned int server, tries, failures;
	unsigned int n_dropped; /* see struct upstream_result */
	bool dropped_malformed;
	struct addr dropped_from;
	int64_t until_ns;
	struct stream *stream; /* NULL: over UDP */
	uint16_t next;	       /* in its bucket, or of the free ones */
};

struct upstream {
	struct redirect *redirect;
	struct inetdiag *sockets;
	int epoll;
	struct addr servers[REDIRECT_SERVERS_MAX];
	struct outlets stock[REDIRECT_SERVERS_MAX];
	unsigned int n_servers, n_lookups;
	uint16_t buckets[UPSTREAM_BUCKETS], free;
	int64_t due_ns[LOOKUPS_MAX]; /* next step of each; 0: free */
	int64_t wary_until_ns;	     /* until then over TCP alone */
	struct lookup lookups[LOOKUPS_MAX];
	struct stream streams[LOOKUP_STREAMS_MAX];
	uint8_t datagram[DATAGRAM_MAX];
};

/* Where a lookup stands in the table. */
uint16_t upstream_index(const struct upstream *u, const struct lookup *l);

/* Close the socket of a lookup, if it has one, and give its port back. */
void upstream_close(struct upstream *u, struct lookup *l);

/* A fresh id and fresh capitals; the rest of the question stands. 0 or
 * -errno. */
int upstream_roll(struct lookup *l);

/* A socket connected (or connecting) to the server, its port claimed. 0 or
 * -errno. */
int upstream_connect(struct upstream *u, struct lookup *l, bool is_tcp);

/* Send the question over the socket of the lookup. 0 or -errno. */
int upstream_send(struct lookup *l);

/* The next step is due when one try is over, or the time of the lookup. */
void upstream_set_due(struct upstream *u, struct lookup *l, int64_t now_ns);

/* Ask the lookup's server, over UDP unless somebody guesses answers. 0 or
 * -errno: it failed at once. */
int upstream_try(struct upstream *u, struct lookup *l, int64_t now_ns);

/* The first server from this one on that is trusted; the same one when none
 * is. */
unsigned int upstream_trusted(const struct upstream *u, unsigned int server);

/* Go on to the next server that can be asked; an error when each has failed
 * without a timeout between. */
int upstream_try_next(struct upstream *u, struct lookup *l, int64_t now_ns);

/* The server failed at once. True, and *ret, when that was the last hope. */
bool upstream_give_up(struct upstream *u, struct lookup *l, int64_t now_ns,
		      struct upstream_result *ret);

/* An answer did not count: remember it. error is what decoding it gave. */
void upstream_drop(struct upstream *u, struct lookup *l, int error);

/* How a lookup has ended. */
void upstream_fill(struct upstream *u, const struct lookup *l, int error,
		   const uint8_t *msg, size_t len, struct upstream_result *ret);

/* Ask the same server over TCP. 0 or -errno: that is not possible. */
int upstream_start_stream(struct upstream *u, struct lookup *l, int64_t now_ns);

/* Work on its stream. True, and *ret, when the lookup has ended. */
bool upstream_advance_stream(struct upstream *u, struct lookup *l,
			     int64_t now_ns, struct upstream_result *ret);

#endif
