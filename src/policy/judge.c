/* SPDX-License-Identifier: MIT */
/*
 * The verdict. Each kind of observation has one function, and each of those
 * ends in a denial unless something on its way has allowed the call.
 */
#include "policy/judge.h"

#include <string.h>

#include "policy/judge_impl.h"

/* A denial remembers its nearest miss: the first one, but a private address
 * outdoes a port, since another port would not help. */
static void miss(struct hearing *h, const struct rule *r, enum reason reason,
		 const struct dname *name)
{
	if (h->said.rule &&
	    (h->said.reason == REASON_REBIND || reason == REASON_PORT))
		return;
	h->said.reason = reason;
	h->said.rule = r;
	if (name)
		h->said.name = *name;
}

/* Does the rule let the port of this call through? */
static enum heard hear_port(const struct hearing *h, const struct rule *r)
{
	/* Joining a group sends nothing to a port. */
	if (h->seen->stage == STAGE_JOIN)
		return HEARD_ALLOWS;
	if (h->seen->proto == PROTO_ICMP)
		return r->ports ? HEARD_ICMP : HEARD_ALLOWS;
	return rule_has_port(r, h->seen->addr.port) ? HEARD_ALLOWS : HEARD_PORT;
}

/* The first address rule that lets the call through, or NULL. */
static const struct rule *by_addr(struct hearing *h, const struct addr *a,
				  enum heard when_allowed)
{
	struct rule_walk walk = { 0 };
	const struct rule *r;

	while ((r = policy_next_by_addr(h->policy, a, &walk))) {
		enum heard heard = hear_port(h, r);

		hearing_tell(h, r, heard == HEARD_ALLOWS ? when_allowed : heard,
			     NULL);
		if (heard == HEARD_ALLOWS)
			return r;
		miss(h, r, REASON_PORT, NULL);
	}
	return NULL;
}

static enum heard hear_name(const struct hearing *h, const struct rule *r,
			    const struct candidate *c)
{
	const struct addr *a = &h->seen->addr;

	if (c->source == NAME_DNS && addr_never_binds(a))
		return HEARD_NEVER;
	if (c->source == NAME_DNS && addr_is_private(a) && r->is_wildcard &&
	    !r->allow_private)
		return HEARD_PRIVATE;
	return hear_port(h, r);
}

static bool by_candidate(struct hearing *h, const struct candidate *c)
{
	struct rule_walk walk = { 0 };
	const struct rule *r;

	while ((r = policy_next_by_name(h->policy, &c->name, &walk))) {
		enum heard heard = hear_name(h, r, c);

		hearing_tell(h, r, heard, &c->name);
		if (heard == HEARD_ALLOWS) {
			hearing_allow(h, REASON_RULE, r);
			h->said.name = c->name;
			return true;
		}
		miss(h, r,
		     heard == HEARD_PRIVATE || heard == HEARD_NEVER
			     ? REASON_REBIND
			     : REASON_PORT,
		     &c->name);
	}
	return false;
}

static bool by_names(struct hearing *h)
{
	const struct observation *seen = h->seen;
	size_t n = seen->n_candidates;

	if (n > CANDIDATES_MAX)
		n = CANDIDATES_MAX;
	for (size_t i = 0; i < n; i++)
		if (seen->candidates[i].source != NAME_NONE &&
		    by_candidate(h, &seen->candidates[i]))
			return true;
	return false;
}

/*
 * An address that carries an IPv4 address is two destinations: the gateway it
 * is routed to and what that one sends on. Each needs its own rule, and no
 * name stands in for one: a name says nothing of what a gateway does.
 */
static void judge_embedded(struct hearing *h, const struct addr *inner)
{
	bool by_default =
		policy_settings(h->policy)->default_policy == VERDICT_ALLOW;
	const struct rule *outer = by_addr(h, &h->seen->addr, HEARD_OUTER);
	const struct rule *r = by_addr(h, inner, HEARD_OUTER);

	if (outer && r) {
		hearing_allow(h, REASON_RULE, outer);
	} else if (!r && addr_is_metadata(inner)) {
		hearing_deny(h, REASON_METADATA);
	} else if (by_default) {
		hearing_allow(h, REASON_DEFAULT_ALLOW, NULL);
	} else {
		hearing_deny(h, REASON_EMBEDDED);
		h->said.rule = outer ? outer : r ? r : h->said.rule;
	}
}

bool judge_is_placeholder(const struct observation *seen)
{
	return seen->n_candidates &&
	       seen->candidates[0].source == NAME_PLACEHOLDER;
}

static void judge_destination(struct hearing *h)
{
	const struct observation *seen = h->seen;
	const struct addr *a = &seen->addr;
	const struct rule *r;
	struct addr inner;

	if (a->family != ADDR_IP4 && a->family != ADDR_IP6) {
		hearing_deny(h, REASON_MALFORMED);
		return;
	}
	if (seen->foreign_netns && !addr_is_loopback(a)) {
		hearing_deny(h, REASON_NETNS);
		return;
	}
	if (seen->n_candidates)
		h->said.name = seen->candidates[0].name;
	if (addr_embedded4(a, &inner)) {
		judge_embedded(h, &inner);
		return;
	}
	if (judge_is_placeholder(seen)) {
		by_candidate(h, &seen->candidates[0]);
		return;
	}
	r = by_addr(h, a, HEARD_ALLOWS);
	if (r) {
		hearing_allow(h, REASON_RULE, r);
		memset(&h->said.name, 0, sizeof(h->said.name));
		return;
	}
	if (addr_is_metadata(a)) {
		hearing_deny(h, REASON_METADATA);
		return;
	}
	if (!seen->foreign_netns && by_names(h))
		return;
	if (policy_settings(h->policy)->default_policy == VERDICT_ALLOW)
		hearing_allow(h, REASON_DEFAULT_ALLOW, NULL);
}

/* A listener is bound to loopback, or to an address others can reach. */
static void judge_listen(struct hearing *h)
{
	hearing_deny(h, REASON_LISTEN);
	if (!policy_settings(h->policy)->listen_loopback_only ||
	    addr_is_loopback(&h->seen->addr))
		hearing_allow(h, REASON_LISTEN, NULL);
}

static void judge_call(struct hearing *h)
{
	switch (h->seen->proto) {
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_ICMP:
		judge_destination(h);
		break;
	case PROTO_UNIX_STREAM:
	case PROTO_UNIX_DGRAM:
		judge_listener(h);
		break;
	case PROTO_NETLINK:
		/* It ends in the kernel of this machine, and what it could
		 * change there takes capabilities. */
		hearing_allow(h, REASON_LOCAL, NULL);
		break;
	case PROTO_NONE:
	case N_PROTOS:
	default:
		hearing_deny(h, REASON_MALFORMED);
	}
}

struct decision judge(const struct policy *p, const struct observation *seen,
		      struct telling *told)
{
	struct hearing h = { .policy = p, .seen = seen, .told = told };

	hearing_deny(&h, REASON_NO_RULE);
	if (told)
		told->n = told->more = 0;
	if (seen->unreadable) {
		hearing_deny(&h, REASON_UNREADABLE);
		return h.said;
	}
	switch (seen->stage) {
	case STAGE_DNS:
		judge_question(&h);
		break;
	case STAGE_CONNECT:
	case STAGE_SEND:
	case STAGE_JOIN:
		judge_call(&h);
		break;
	case STAGE_LISTEN:
		judge_listen(&h);
		break;
	case STAGE_SOCKET:
		hearing_deny(&h, REASON_FAMILY);
		break;
	case STAGE_SYSCALL:
		hearing_deny(&h, seen->detail == REFUSED_ABI ? REASON_FOREIGN_ABI
				 : seen->detail == REFUSED_SIGNAL
					 ? REASON_SIGNAL
					 : REASON_SYSCALL);
		break;
	case N_STAGES:
	default:
		hearing_deny(&h, REASON_MALFORMED);
	}
	return h.said;
}
