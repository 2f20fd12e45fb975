/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_DNS_ANSWER_H
#define EF_WIRE_DNS_ANSWER_H

#include "wire/dns.h"

/*
 * The answer of a resolver: does it belong to our question, which addresses
 * does it give to the name that was asked for (D9), and its bytes again for
 * whoever asked. Pure: no I/O, no clock, no allocation.
 */
#define DNS_ANSWER_ADDRS_MAX 64 /* bound from one answer (D15) */
#define DNS_CHAIN_MAX	     16 /* CNAME and DNAME steps followed */
#define DNS_TARGETS_MAX	     4	/* of HTTPS and SVCB records */

struct dns_answer {
	int rcode;	/* the extended bits of the OPT included */
	bool truncated; /* TC: nothing else was read, ask over TCP */
	bool case_kept; /* the question came back in our capitals */
	struct addr addrs[DNS_ANSWER_ADDRS_MAX]; /* for the name asked for */
	size_t n_addrs;
	size_t n_more;			       /* further ones, not kept */
	struct dname targets[DNS_TARGETS_MAX]; /* names that HTTPS and SVCB
						  records lead to (RFC 9460) */
	size_t n_targets;
	uint32_t ttl_s;	     /* smallest along the chain; with n_addrs or
			   n_targets only */
	size_t opt_at;	     /* where its OPT starts; 0: it has none */
	uint16_t before_opt; /* additional records before it */
};

/*
 * Read the answer to a. Returns 0 and *ret; -ENOMSG when it is the answer to
 * something else (id, question, no answer at all); -EBADMSG when it is
 * malformed. Either failure means: it never came.
 */
int dns_answer_decode(const void *msg, size_t len, const struct dns_ask *a,
		      struct dns_answer *ret);

/*
 * Does this answer to a say that the server knows nothing of the OPT in it
 * (RFC 6891 section 7)? FORMERR or NOTIMP says so; such a server may send a
 * header and nothing else.
 */
bool dns_answer_dislikes_opt(const void *msg, size_t len,
			     const struct dns_ask *a);

/*
 * Write the answer msg (as decoded into *a) for the target that asked q: its
 * id, its spelling of the question, an OPT only if it sent one; the records
 * as they are. What is longer than limit bytes is cut at the end of an answer
 * record, with TC set; of a truncated one no record is told. Returns the length, or 0 when it does not fit cap or q
 * asks for something else.
 */
size_t dns_answer_encode(const void *msg, size_t len,
			 const struct dns_answer *a, const struct dns_query *q,
			 size_t limit, void *buf, size_t cap);

#endif
