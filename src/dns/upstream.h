/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_UPSTREAM_H
#define EF_DNS_UPSTREAM_H

#include "dns/inetdiag.h"
#include "gate/redirect.h"
#include "wire/dns_answer.h"

/*
 * Lookups under way at the trusted resolvers (D12, D31): each on a connected
 * socket of its own with a random port, id and capitals; 2 s twice for each
 * server, then the next one, 5 s in all; over TCP when the answer was
 * truncated, came back in other capitals or was guessed at (then all are, for
 * a minute); without an OPT when the server knows of none. Only the answer to exactly that
 * question, from exactly that server, ends a lookup. Nothing blocks, nothing
 * is allocated. Times are clock_mono_ns().
 */
#define LOOKUPS_MAX	   1000
#define LOOKUP_STREAMS_MAX 32 /* of them over TCP */
#define LOOKUP_NONE	   UINT16_MAX

/* Who asks for the same joins the lookup that is under way. */
struct lookup_key {
	struct dname name;
	uint16_t qtype, flags; /* flags: DNS_RD, DNS_AD */
	bool dnssec_ok;
	unsigned int server; /* the one to begin with */
};

struct upstream;

/* How a lookup ended. Valid until the next call. */
struct upstream_result {
	uint16_t lookup;
	int error;		  /* 0, -ETIMEDOUT or what connecting gave */
	unsigned int n_dropped;	  /* answers that did not count */
	bool dropped_malformed;	  /* the first of them; else it answered
				     something else */
	struct addr dropped_from; /* its server */
	const uint8_t *msg;
	size_t len;
	struct dns_answer answer; /* with error 0 */
};

/*
 * A table without lookups. The ports of its sockets are claimed in redirect
 * while they are open; the sockets are watched on epoll as EVENT_LOOKUP. All
 * are borrowed. NULL when out of memory.
 */
struct upstream *upstream_new(struct redirect *redirect,
			      struct inetdiag *sockets, int epoll);

/* Close everything; NULL is fine. */
void upstream_free(struct upstream *u);

/* One more resolver, with its port. Same order as in redirect. */
void upstream_add_server(struct upstream *u, const struct addr *server);

/* The lookup under way for this key, or LOOKUP_NONE. */
uint16_t upstream_find(const struct upstream *u, const struct lookup_key *key);

/* Ask. Returns the lookup; LOOKUP_NONE when there are too many or no server
 * can be reached. */
uint16_t upstream_start(struct upstream *u, const struct lookup_key *key,
			int64_t now_ns);

/* The question of a lookup. */
const struct lookup_key *upstream_key(const struct upstream *u, uint16_t lookup);

/* Work on the socket of a lookup. True when it has ended: see *ret, and give
 * it to upstream_end(). */
bool upstream_event(struct upstream *u, uint64_t ref, int64_t now_ns,
		    struct upstream_result *ret);

/* Repeat what is due. True for each lookup that has run out of time. */
bool upstream_expire(struct upstream *u, int64_t now_ns,
		     struct upstream_result *ret);

/* Forget a lookup. */
void upstream_end(struct upstream *u, uint16_t lookup);

/* When upstream_expire() is due; INT64_MAX: not before the next start. */
int64_t upstream_due(const struct upstream *u);

#endif
