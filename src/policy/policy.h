/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_POLICY_H
#define EF_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/verdict.h"
#include "wire/addr.h"
#include "wire/dname.h"

/*
 * An immutable, counted set of rules with its settings. Built by load.c (or
 * policy_new_fixed()), read by any number of threads without a lock.
 */
struct policy;

/* Bounds of one policy, so that a hostile file costs a bounded amount. */
#define POLICY_RULES_MAX   200000
#define POLICY_SERVERS_MAX 16
#define POLICY_UNIX_MAX	   1024 /* entries of unix_sockets.allow and .deny */

struct port_range {
	uint16_t first, last; /* both included */
};

enum rule_kind { RULE_NAME, RULE_ADDRESS, RULE_UNIX_ALLOW, RULE_UNIX_DENY };

/* One rule, as written; everything it points to belongs to the policy. */
struct rule {
	enum rule_kind kind;
	uint32_t index;	       /* position in the policy, from 0 */
	uint32_t line, column; /* of its pattern, from 1 */
	const char *text;      /* the pattern as written, printable or not */
	const char *reason;    /* NULL when there is none */
	struct dname name;     /* RULE_NAME: the name, or what is below "*." */
	bool is_wildcard;      /* RULE_NAME: "*.name" */
	bool allow_private;    /* RULE_NAME */
	struct addr net;       /* RULE_ADDRESS: host bits zero */
	uint8_t prefix;	       /* RULE_ADDRESS: bits */
	const struct port_range *ports; /* NULL: every port */
	size_t n_ports;
};

enum dns_mode { DNS_PRESERVE, DNS_SYSTEM };
enum dns_denied { DNS_DENIED_NXDOMAIN, DNS_DENIED_REFUSED };

/* What the file says besides its rules. */
struct settings {
	enum verdict default_policy;
	enum verdict unix_default;
	enum dns_mode dns_mode;
	enum dns_denied dns_denied;
	bool placeholders;
	bool strict_servers;
	bool listen_loopback_only;
	uint32_t min_hold_s, max_hold_s;
	struct addr servers[POLICY_SERVERS_MAX]; /* dns.servers; port 53 filled in */
	size_t n_servers;
};

/* A policy with no rule and the default settings, deny or allow. Owned by the
 * caller; NULL when out of memory. */
struct policy *policy_new_fixed(enum verdict default_policy);

/* One more holder; returns p. Any thread. */
struct policy *policy_ref(struct policy *p);

/* One holder less; the last one frees it. NULL is fine. Any thread. */
void policy_unref(struct policy *p);

/* The settings; valid while p is held. */
const struct settings *policy_settings(const struct policy *p);

/* Number of rules. */
size_t policy_n_rules(const struct policy *p);

/* The rule at i (0 <= i < count); lives as long as p is held. */
const struct rule *policy_rule(const struct policy *p, size_t i);

/* The path as given to the loader ("" for a fixed policy). */
const char *policy_path(const struct policy *p);

/* The bytes it was loaded from (NUL after them) and their number. */
const char *policy_source(const struct policy *p, size_t *ret_len);

/* True when the rule has no ports or lists this one. */
bool rule_has_port(const struct rule *r, uint16_t port);

/* Where a walk over rules stands; all zero at its start. */
struct rule_walk {
	uint64_t state[4];
};

/*
 * Walk the rules whose pattern covers a name, whatever their ports; the cost
 * does not depend on the number of rules. Exact rules come before wildcards,
 * nearer wildcards before wider ones, then file order. Start with *iter all zero;
 * NULL ends the walk.
 */
const struct rule *policy_next_by_name(const struct policy *p,
				       const struct dname *name,
				       struct rule_walk *iter);

/* The same for the rules whose prefix contains an address, longest first. */
const struct rule *policy_next_by_addr(const struct policy *p,
				       const struct addr *a,
				       struct rule_walk *iter);

/*
 * The next rule on unix listeners, allow and deny in file order; start with
 * *at 0. NULL ends it. There are at most POLICY_UNIX_MAX.
 */
const struct rule *policy_next_unix(const struct policy *p, size_t *at);

#endif
