/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_VERDICT_H
#define EF_POLICY_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/dname.h"

enum verdict { VERDICT_DENY, VERDICT_ALLOW };

/* How the session treats a verdict (decision 15). */
enum mode {
	MODE_ENFORCE,
	MODE_AUDIT,
	MODE_LEARN,
	MODE_ASK,
	MODE_ALLOW_ALL,
	N_MODES
};

/* Why, in one word; reason_text() has the words for a person. */
enum reason {
	REASON_RULE,	      /* a rule matches */
	REASON_DEFAULT_ALLOW, /* no rule, default_policy: allow */
	REASON_NO_RULE,	      /* no rule, default_policy: deny */
	REASON_PORT,	      /* a rule matches but for its ports */
	REASON_METADATA,      /* link-local or cloud metadata address */
	REASON_REBIND,	      /* a name led to an address it may not have */
	REASON_EMBEDDED,      /* NAT64 or 6to4 without a rule for the inside */
	REASON_NETNS,	      /* another network namespace: loopback only */
	REASON_UNREADABLE,    /* the target could not be inspected */
	REASON_OWN_SOCKET,    /* a socket of an egress-filter session */
	REASON_UNIX_RULE,     /* unix_sockets.allow or the built-in list */
	REASON_UNIX_IN_TREE,  /* the listener belongs to the session */
	REASON_UNIX_DENY,     /* unix_sockets.deny */
	REASON_UNIX_DOOR,     /* a known door */
	REASON_UNIX_OUTSIDE,  /* a listener outside the session */
	REASON_NAME_SERVICE,  /* nscd, resolved, avahi: refused, use DNS */
	REASON_RESOLVER,      /* a resolver that is not trusted */
	REASON_QTYPE,	      /* a question type that is not answered */
	REASON_MALFORMED,     /* bytes that are no message, name or address */
	REASON_RESERVED_NAME, /* single label, .local, .onion, home.arpa */
	REASON_FAMILY,	      /* a socket family or type that is refused */
	REASON_FOREIGN_ABI,   /* 32-bit or x32 call */
	REASON_SYSCALL,	      /* a call that is always refused */
	REASON_LISTEN,	      /* listen: loopback */
	REASON_LIMIT,	      /* a table is full or the record is */
	REASON_LOOKUP,	      /* a placeholder's name could not be resolved */
	REASON_BUDGET,	      /* too many questions under a wildcard */
	REASON_ALLOW_ALL,     /* --allow-all */
	REASON_SIGNAL,	      /* to a process outside the session */
	REASON_LOCAL,	      /* netlink: it stays in this machine's kernel */
	REASON_UNIX_NOBODY,   /* nobody is known to listen there: refused as
				 the kernel does, not by policy */
	N_REASONS
};

struct rule;

/* What the judge says. Pointers live as long as the policy is held. */
struct decision {
	enum verdict verdict;
	enum reason reason;
	const struct rule *rule; /* allowed: the rule that said so; denied: the
				    nearest miss; NULL when there is none */
	const char *door;	 /* REASON_UNIX_DOOR: what it would open */
	struct dname name;	 /* the name it rests on; len 0: none */
};

/* The stable word of the record ("no rule" is "no-rule"); never NULL. */
const char *reason_word(enum reason reason);

/* The words for a person, no full stop ("no rule"); never NULL. */
const char *reason_text(enum reason reason);

/* The word of a mode ("enforce", "allow-all"); never NULL. */
const char *mode_word(enum mode mode);

/*
 * True when audit and learn let the call go on although it was denied: only
 * verdicts on destinations and on unknown unix listeners relax. Doors,
 * metadata, untrusted resolvers, families and what could not be read do not.
 */
bool reason_relaxes(enum reason reason);

#endif
