/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_OBSERVE_H
#define EF_LEARN_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/alike.h"
#include "learn/program.h"
#include "policy/policy.h"

/*
 * From attempts to destinations. What is recorded is put together by where it
 * went: a name, where one is known, else an address, or a unix listener; what
 * is noise or cannot be allowed by any policy is dropped and counted. Each
 * destination is held against a policy while it is counted. No clock, no
 * locale, no network; the order of the input does not matter.
 */
enum dest_kind {
	DEST_NAME,
	DEST_ADDRESS, /* one address, or all of loopback */
	DEST_LISTENER,
};

/* Why attempts are dropped, in the order they are tested. */
enum drop {
	DROP_REFUSED,	/* refused whatever a policy says */
	DROP_LISTEN,	/* listening; "listen" is about that */
	DROP_INSIDE,	/* stays in the session or in the kernel */
	DROP_RESOLVER,	/* name servers that are not trusted */
	DROP_QUESTION,	/* types of question that lead to no address */
	DROP_NOT_PLAIN, /* names that no pattern can stand for */
	DROP_RESERVED,	/* names that are not of the public DNS, unanswered */
	DROP_PROBE,	/* sockets connected to learn of a route */
	DROP_MULTICAST, /* multicast and broadcast */
	DROP_ICMP,	/* has no ports: only a rule without any allows it */
	N_DROPS
};

/* What is dropped for a reason, for a person ("names that ..."); never NULL. */
const char *drop_text(enum drop drop);

/* A word for it, stable ("reserved"); never NULL. */
const char *drop_word(enum drop drop);

struct seen_port {
	uint16_t port;
	bool is_needed; /* some attempt on it is not allowed by the policy */
	bool is_sent;	/* more than a datagram socket being connected */
};

#define SEEN_PROGRAMS 4 /* kept of each destination */

struct seen {
	enum dest_kind kind;
	struct dname name;    /* DEST_NAME */
	struct addr addr;     /* DEST_ADDRESS */
	uint8_t prefix;	      /* DEST_ADDRESS */
	const char *listener; /* DEST_LISTENER: as recorded */
	const char *door;     /* DEST_LISTENER: what it would open, or NULL */
	struct seen_port *ports; /* ascending; none: only asked for */
	size_t n_ports, ports_room;
	bool is_needed;	   /* something is not allowed by the policy */
	bool is_ambiguous; /* one of several names of its address */
	bool is_private;   /* led to a private address */
	int64_t attempts, denied;
	size_t n_sessions, last_session; /* the number last counted, from 1 */
	int64_t first_ms, last_ms;
	size_t first_session; /* its number */
	struct program programs[SEEN_PROGRAMS];
	size_t n_programs;
};

/* A session that was put in. */
struct seen_session {
	char uuid[37];
	struct program command; /* what was run */
};

struct observations;

/* None yet, to be held against this policy, which must outlive them. NULL: out
 * of memory. */
struct observations *observations_new(const struct policy *p);

/* Free them; NULL is fine. */
void observations_free(struct observations *o);

/*
 * What follows belongs to this session. Returns 1 to go on; 0 when it is there
 * already (the same record under another path): leave its entries out; or
 * -ENOMEM.
 */
int observations_session(struct observations *o, const char *uuid,
			 const char *argv, size_t argv_len);

/* Put one entry in; an arg for reader_alike(). Returns 0 or -ENOMEM. */
int observations_add(const struct alike_entry *e, void *observations);

/* Put them into the order of a file: names by their labels from the right,
 * then addresses, then listeners. To be called when all are in. */
void observations_sort(struct observations *o);

/* The order of names in a file: by labels from the right; as strcmp(). */
int seen_compare_names(const struct dname *a, const struct dname *b);

/* Number of destinations. */
size_t observations_n(const struct observations *o);

/* The destination at i (0 <= i < number); as long as o. */
const struct seen *observations_at(const struct observations *o, size_t i);

/* Sessions that were put in. */
size_t observations_n_sessions(const struct observations *o);

/* A session by its number, from 1; as long as o. */
const struct seen_session *observations_session_at(const struct observations *o,
						   size_t number);

/* Attempts put in, repeats counted. */
int64_t observations_attempts(const struct observations *o);

/* Of these, what was dropped for a reason. */
int64_t observations_dropped(const struct observations *o, enum drop drop);

/* True when some attempt is allowed by this rule of the policy. */
bool observations_used(const struct observations *o, const struct rule *r);

#endif
