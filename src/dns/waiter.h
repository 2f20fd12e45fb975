/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_WAITER_H
#define EF_DNS_WAITER_H

#include "dns/upstream.h"

/*
 * Who waits for a lookup. Several may wait for the same one (D26); each has
 * its own id, spelling and limits. Fixed capacity.
 */
#define WAITERS_MAX 2048

enum waiter_kind {
	WAITER_DATAGRAM, /* a UDP socket of the target */
	WAITER_CLIENT,	 /* a TCP connection of the target */
	WAITER_JOB,	 /* resolve_start() */
};

/* Where an answer goes. */
struct waiter_place {
	enum waiter_kind kind;
	uint16_t index;	     /* local socket, connection or job */
	uint32_t generation; /* of the connection */
	struct addr source;  /* WAITER_DATAGRAM */
	struct addr shown;   /* the same: whom the answer should come from;
				family 0: where the question came to */
};

struct waiter {
	struct waiter_place place;
	struct dns_query query; /* as it was asked */
	int64_t question_seq;	/* its row; 0: none */
	uint16_t next;		/* the one after it */
};

struct waiters {
	struct waiter list[WAITERS_MAX];
	uint16_t free;	 /* one more than the first free slot; 0: none */
	uint16_t n_ever; /* slots that have been used */
	uint16_t first[LOOKUPS_MAX], last[LOOKUPS_MAX]; /* of each lookup */
};

/* Add one to those of a lookup. -EBUSY when the table is full. */
int waiters_add(struct waiters *t, uint16_t lookup, const struct waiter *w);

/* The first who came for a lookup, NULL when nobody did. */
const struct waiter *waiters_first(const struct waiters *t, uint16_t lookup);

/* Take the first one off: true and a copy, in the order they came. */
bool waiters_take(struct waiters *t, uint16_t lookup, struct waiter *ret);

#endif
