/* SPDX-License-Identifier: MIT */
/* The verdict on a recorded row. */
#include <string.h>

#include "learn/replay.h"
#include "policy/decide.h"

#define DNS_PORT 53

/* Decided by what the machine could do, not by a policy. */
static bool is_beyond_policy(enum reason reason)
{
	return reason == REASON_UNREADABLE || reason == REASON_MALFORMED ||
	       reason == REASON_LIMIT || reason == REASON_LOOKUP ||
	       reason == REASON_OWN_SOCKET || reason == REASON_SIGNAL ||
	       reason == REASON_FOREIGN_ABI || reason == REASON_SYSCALL ||
	       reason == REASON_FAMILY;
}

static struct decision deny(enum reason reason)
{
	return (struct decision){ .verdict = VERDICT_DENY, .reason = reason };
}

/* A rule on one address that lists port 53 by itself makes a resolver. */
static bool makes_resolver(const struct rule *r)
{
	if (r->prefix != (r->net.family == ADDR_IP4 ? 32 : 128))
		return false;
	for (size_t i = 0; r->ports && i < r->n_ports; i++)
		if (r->ports[i].first == DNS_PORT && r->ports[i].last == DNS_PORT)
			return true;
	return false;
}

/* Resolvers are those of the policy beside the machine's own (D11). */
static struct decision judge_resolver(const struct policy *p,
				      const struct observation *seen)
{
	const struct settings *s = policy_settings(p);
	struct decision said = { .verdict = VERDICT_ALLOW, .reason = REASON_RULE };
	struct rule_walk walk = { 0 };

	for (size_t i = 0; i < s->n_servers; i++)
		if (addr_same_ip(&s->servers[i], &seen->addr) &&
		    s->servers[i].port == seen->addr.port)
			return said;
	while (seen->addr.port == DNS_PORT &&
	       (said.rule = policy_next_by_addr(p, &seen->addr, &walk)))
		if (makes_resolver(said.rule))
			return said;
	return deny(REASON_RESOLVER);
}

struct decision replay_judge(const struct policy *p, const struct row *row,
			     const struct replay_hosts *hosts,
			     struct observation *ret_seen)
{
	enum reason then = row_reason_code(row);
	struct observation own, *seen = ret_seen ? ret_seen : &own;
	struct decision said;
	bool is_seen = replay_observe(row, hosts, p, seen);

	if (!is_seen || is_beyond_policy(then)) {
		seen->stage = N_STAGES;
		return deny(is_beyond_policy(then) ? then : REASON_MALFORMED);
	}
	if (then == REASON_RESOLVER)
		return judge_resolver(p, seen);
	said = policy_decide(p, seen);
	/* Only a rule on the name itself has no budget (D28). */
	if (then == REASON_BUDGET && said.verdict == VERDICT_ALLOW &&
	    said.rule && said.rule->is_wildcard)
		return deny(REASON_BUDGET);
	return said;
}
