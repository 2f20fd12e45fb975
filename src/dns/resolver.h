/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_RESOLVER_H
#define EF_DNS_RESOLVER_H

#include "dns/asker.h"
#include "dns/client.h"
#include "dns/job.h"
#include "dns/local.h"
#include "dns/service.h"
#include "dns/waiter.h"

/*
 * The service as one object, for the files of this folder. Only the loop
 * thread touches it, but for the jobs, which have a lock of their own.
 */
struct resolver {
	struct gate *gate;
	struct redirect *redirect;
	struct inetdiag sockets;
	struct asker asker;
	const struct host_entry *hosts;
	size_t n_hosts;
	int epoll;
	struct local locals[REDIRECT_SERVERS_MAX];
	size_t n_locals;
	struct upstream *upstream;
	struct clients *clients;
	struct jobs *jobs;
	struct waiters waiters;
	bool may_not_stand_in;	       /* see standin.h; found out by trying */
	int64_t now_ns;		       /* of this step */
	uint8_t in[DNS_QUERY_MAX + 1]; /* a datagram of the target */
	uint8_t out[DNS_MESSAGE_MAX];  /* an answer to the target */
};

/*
 * Read, judge and record a question that came over place from peer, and
 * answer it or begin to look it up. May block for one commit.
 */
void forwarder_question(struct resolver *r, const struct waiter_place *place,
			const struct redirect_peer *peer, const void *msg,
			size_t len);

/* Hand the end of a lookup to everybody who waits for it: the addresses are
 * bound first. May block for commits. */
void forwarder_finish(struct resolver *r, const struct upstream_result *res);

/*
 * Join or begin the lookup of key for *w. Returns 0 or -EBUSY, then w is not
 * kept.
 */
int forwarder_look_up(struct resolver *r, const struct lookup_key *key,
		      const struct waiter *w);

/*
 * Bind the addresses of an answer to the name that was asked for, for its
 * TTL within the bounds of the policy (D13). Stores those that are bound now
 * in ret (DNS_ANSWER_ADDRS_MAX) and returns their number. Names that service
 * records lead to are followed (D23), and the addresses of such a name are
 * bound to the one that led there as well. Blocks for commits.
 */
size_t bind_answer(struct gate *gate, int64_t question_seq,
		   const struct dname *name, const struct dns_answer *answer,
		   struct addr *ret);

/* Begin the lookups of the jobs that other threads have put in. */
void resolve_begin(struct resolver *r);

/* Take the end of one lookup of a job into its result. */
void resolve_finish(struct resolver *r, uint16_t job, int error, int rcode,
		    const struct addr *bound, size_t n);

#endif
