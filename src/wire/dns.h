/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_DNS_H
#define EF_WIRE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "wire/addr.h"
#include "wire/dname.h"

/*
 * DNS messages on the side of the question: what a target asks, what we ask a
 * resolver, and the answers we make up ourselves (RFC 1035, 6891, 8914).
 * Strict: a message is read whole or rejected. Answers of resolvers are in
 * wire/dns_answer.h. Pure: no I/O, no clock, no allocation.
 */
#define DNS_HEADER	 12
#define DNS_QUESTION_MAX (DNAME_WIRE_MAX + 4)
#define DNS_QUERY_MAX	 4096  /* longest query taken over UDP */
#define DNS_MESSAGE_MAX	 65535 /* RFC 1035 section 4.2.2 */
#define DNS_PLAIN_MAX	 512   /* a UDP answer for who sent no OPT */
#define DNS_EDNS_SIZE	 1232  /* what we offer a resolver */

/* Bits of the second word of the header. */
#define DNS_QR 0x8000
#define DNS_TC 0x0200
#define DNS_RD 0x0100
#define DNS_RA 0x0080
#define DNS_AD 0x0020
#define DNS_CD 0x0010

enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_AAAA = 28,
	DNS_DNAME = 39,
	DNS_OPT = 41,
	DNS_SVCB = 64,
	DNS_HTTPS = 65,
	DNS_TSIG = 250,
};

enum dns_class { DNS_IN = 1 };

enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
	DNS_BADVERS = 16,
};

/* What a target asked. */
struct dns_query {
	uint16_t id, flags;
	struct dname name; /* lower case; len 0: the question was not read */
	uint16_t qtype, qclass;
	uint8_t question[DNS_QUESTION_MAX]; /* as the target wrote it */
	size_t question_len;		    /* 0: it was not read */
	bool has_opt, dnssec_ok;
	uint16_t udp_size; /* largest UDP answer it takes, at least 512 */
};

/*
 * Read a query. Returns 0 when it is one plain question of class IN that uses
 * every byte; a RCODE (> 0) when the target is to be told so, *ret then holds
 * what dns_reply_encode() needs; -EINVAL when it is too short to be answered.
 */
int dns_query_decode(const void *msg, size_t len, struct dns_query *ret);

/* What we ask a resolver. */
struct dns_ask {
	uint16_t id, flags; /* of flags DNS_RD and DNS_AD go out: what is bound
			       is to have been checked, so never DNS_CD */
	bool dnssec_ok;
	bool is_plain; /* without an OPT, for servers that know of none */
	struct dname name;
	uint16_t qtype;
	uint8_t upper[32]; /* bit i: byte i of the name goes out in capitals
			      where it is a letter ("0x20") */
};

/*
 * Write our own query: that question, one OPT without options (or none, when
 * it is plain), nothing of the target's bytes. Returns its length, or 0 when it does not fit.
 */
size_t dns_ask_encode(const struct dns_ask *a, void *buf, size_t cap);

/* Write the name with the capitals of a->upper; returns its length. */
size_t dns_ask_spell(const struct dns_ask *a, uint8_t ret[DNAME_WIRE_MAX]);

/* An answer that we make up. */
struct dns_reply {
	enum dns_rcode rcode;
	const struct addr *addrs; /* A or AAAA records, at most */
	size_t n_addrs;		  /* DNS_REPLY_ADDRS_MAX */
	uint32_t ttl_s;		  /* of those records */
	uint16_t ede;		  /* extended error (RFC 8914); 0: none */
	const char *ede_text;	  /* one short line, or NULL */
};

#define DNS_EDE_BLOCKED	      15
#define DNS_EDE_NOT_SUPPORTED 21
#define DNS_EDE_NO_REACHABLE  22
#define DNS_REPLY_ADDRS_MAX   4
#define DNS_REPLY_MAX	      512 /* every such answer fits */

/*
 * Write the answer to q. Without an address, NXDOMAIN and "no data" carry a
 * SOA with minimum 0 and TTL 0, so that nobody remembers them (RFC 2308); the
 * OPT with the extended error comes only when the query had one. Returns its
 * length, or 0 when it does not fit.
 */
size_t dns_reply_encode(const struct dns_query *q, const struct dns_reply *r,
			void *buf, size_t cap);

/*
 * Read a name that may be compressed (RFC 1035 section 4.1.4) from a reader
 * over the whole message: pointers go strictly backwards, at most 127 of
 * them. Returns 0, or -EINVAL and the reader's flag set.
 */
int dns_name_read(struct reader *msg, struct dname *ret);

/* The address a reverse name (in-addr.arpa, ip6.arpa) stands for, whole
 * addresses only; false for every other name. */
bool dns_reverse_addr(const struct dname *n, struct addr *ret);

#endif
