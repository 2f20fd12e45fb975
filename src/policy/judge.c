/* SPDX-License-Identifier: MIT */
/*
 * The verdict. Each kind of observation has one function, and each of those
 * ends in a denial unless something on its way has allowed the call.
 */
#include "policy/judge.h"

#include <string.h>

#include "policy/door.h"
#include "policy/glob.h"
#include "policy/reverse.h"

/* Types that are asked for and answered (RFC 1035, 2782, 3403, 4034, 4255,
 * 6698, 8659, 9460); whatever else a type may be, it is not needed to reach
 * an allowed name and could carry data to whoever answers for it. */
enum {
	TYPE_A = 1,
	TYPE_NS = 2,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_PTR = 12,
	TYPE_MX = 15,
	TYPE_TXT = 16,
	TYPE_AAAA = 28,
	TYPE_SRV = 33,
	TYPE_NAPTR = 35,
	TYPE_DS = 43,
	TYPE_SSHFP = 44,
	TYPE_DNSKEY = 48,
	TYPE_TLSA = 52,
	TYPE_SVCB = 64,
	TYPE_HTTPS = 65,
	TYPE_CAA = 257,
};

/* What is being judged, and how far it has come. */
struct hearing {
	const struct policy *policy;
	const struct observation *seen;
	struct telling *told; /* NULL: nobody listens */
	struct decision said;
};

static void tell(struct hearing *h, const struct rule *r, enum heard heard,
		 const struct dname *name)
{
	struct heard_rule *slot;

	if (!h->told)
		return;
	if (h->told->n == TELLING_MAX) {
		h->told->more++;
		return;
	}
	slot = &h->told->list[h->told->n++];
	slot->rule = r;
	slot->heard = heard;
	if (name)
		slot->name = *name;
}

static void deny(struct hearing *h, enum reason reason)
{
	h->said.verdict = VERDICT_DENY;
	h->said.reason = reason;
}

static void allow(struct hearing *h, enum reason reason, const struct rule *r)
{
	h->said.verdict = VERDICT_ALLOW;
	h->said.reason = reason;
	h->said.rule = r;
}

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

		tell(h, r, heard == HEARD_ALLOWS ? when_allowed : heard, NULL);
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

		tell(h, r, heard, &c->name);
		if (heard == HEARD_ALLOWS) {
			allow(h, REASON_RULE, r);
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
		allow(h, REASON_RULE, outer);
	} else if (!r && addr_is_metadata(inner)) {
		deny(h, REASON_METADATA);
	} else if (by_default) {
		allow(h, REASON_DEFAULT_ALLOW, NULL);
	} else {
		deny(h, REASON_EMBEDDED);
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
		deny(h, REASON_MALFORMED);
		return;
	}
	if (seen->foreign_netns && !addr_is_loopback(a)) {
		deny(h, REASON_NETNS);
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
		allow(h, REASON_RULE, r);
		memset(&h->said.name, 0, sizeof(h->said.name));
		return;
	}
	if (addr_is_metadata(a)) {
		deny(h, REASON_METADATA);
		return;
	}
	if (!seen->foreign_netns && by_names(h))
		return;
	if (policy_settings(h->policy)->default_policy == VERDICT_ALLOW)
		allow(h, REASON_DEFAULT_ALLOW, NULL);
}

static bool is_answered_type(uint16_t qtype)
{
	static const uint16_t types[] = {
		TYPE_A,	    TYPE_NS,	TYPE_CNAME,  TYPE_SOA,	TYPE_PTR,
		TYPE_MX,    TYPE_TXT,	TYPE_AAAA,   TYPE_SRV,	TYPE_NAPTR,
		TYPE_DS,    TYPE_SSHFP, TYPE_DNSKEY, TYPE_TLSA, TYPE_SVCB,
		TYPE_HTTPS, TYPE_CAA,
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i] == qtype)
			return true;
	return false;
}

/* Names that are not for the public DNS, or not whole (RFC 6762, 7686,
 * 8375). */
static bool is_reserved(const struct dname *name)
{
	static const char *const zones[] = { "local", "localhost", "onion",
					     "home.arpa" };
	struct dname zone;

	if (dname_labels(name) < 2)
		return true;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (dname_from_text(zones[i], &zone) == 0 &&
		    (dname_equal(name, &zone) || dname_is_below(name, &zone)))
			return true;
	return false;
}

/* Who asks for the name of an address it may reach learns nothing new. */
static const struct rule *by_reverse(struct hearing *h)
{
	struct rule_walk walk = { 0 };
	const struct rule *r = NULL;
	struct addr a;

	if (h->seen->qtype == TYPE_PTR && reverse_address(&h->seen->name, &a))
		r = policy_next_by_addr(h->policy, &a, &walk);
	if (r)
		tell(h, r, HEARD_ALLOWS, NULL);
	return r;
}

static const struct rule *by_question(struct hearing *h)
{
	struct rule_walk walk = { 0 };
	const struct rule *r =
		policy_next_by_name(h->policy, &h->seen->name, &walk);

	if (r)
		tell(h, r, HEARD_ALLOWS, &h->seen->name);
	return r ? r : by_reverse(h);
}

static void judge_question(struct hearing *h)
{
	const struct observation *seen = h->seen;
	const struct rule *r;

	h->said.name = seen->name;
	if (!seen->name.len)
		deny(h, REASON_MALFORMED);
	else if (seen->foreign_netns)
		deny(h, REASON_NETNS);
	else if (!is_answered_type(seen->qtype))
		deny(h, REASON_QTYPE);
	else if ((r = by_question(h)))
		allow(h, REASON_RULE, r);
	else if (policy_settings(h->policy)->default_policy == VERDICT_ALLOW)
		allow(h, REASON_DEFAULT_ALLOW, NULL);
	else if (is_reserved(&seen->name))
		deny(h, REASON_RESERVED_NAME);
}

/* The first rule of a kind whose pattern has the listener's name. */
static const struct rule *by_listener(struct hearing *h, enum rule_kind kind,
				      enum heard heard)
{
	const struct rule *r;
	size_t i = 0;

	while ((r = policy_next_unix(h->policy, &i))) {
		if (r->kind != kind)
			continue;
		if (glob_matches(r->text, h->seen->peer.name)) {
			tell(h, r, heard, NULL);
			return r;
		}
		tell(h, r, HEARD_NO_MATCH, NULL);
	}
	return NULL;
}

/*
 * What the session has listened to itself is its own, whatever it is called;
 * a datagram socket is not accepted from, so no record says whose it is.
 */
static bool is_own_listener(const struct observation *seen)
{
	return seen->peer.in_tree && seen->proto == PROTO_UNIX_STREAM;
}

static void judge_unnamed_listener(struct hearing *h)
{
	const char *sentence = NULL;
	enum door_kind door = door_find(h->seen->peer.name, &sentence);

	if (door == DOOR_NAME_SERVICE) {
		deny(h, REASON_NAME_SERVICE);
		h->said.door = sentence;
	} else if (door == DOOR_OPENS) {
		deny(h, REASON_UNIX_DOOR);
		h->said.door = sentence;
	} else if (policy_settings(h->policy)->unix_default == VERDICT_ALLOW) {
		allow(h, REASON_DEFAULT_ALLOW, NULL);
	} else {
		deny(h, REASON_UNIX_OUTSIDE);
	}
}

static void judge_listener(struct hearing *h)
{
	const struct observation *seen = h->seen;
	const struct unix_peer *peer = &seen->peer;
	const struct rule *r;

	if (peer->is_ours) {
		deny(h, REASON_OWN_SOCKET);
	} else if (peer->is_nobody) {
		/* There is nobody to keep it from, and nobody is reached. */
		allow(h, REASON_UNIX_NOBODY, NULL);
	} else if (!peer->is_known) {
		deny(h, REASON_UNIX_OUTSIDE);
	} else if (seen->foreign_netns && peer->name[0] == '@') {
		deny(h, REASON_NETNS);
	} else if ((r = by_listener(h, RULE_UNIX_DENY, HEARD_DENIES))) {
		deny(h, REASON_UNIX_DENY);
		h->said.rule = r;
	} else if (is_own_listener(seen)) {
		allow(h, REASON_UNIX_IN_TREE, NULL);
	} else if ((r = by_listener(h, RULE_UNIX_ALLOW, HEARD_ALLOWS))) {
		allow(h, REASON_UNIX_RULE, r);
	} else if (peer->is_builtin) {
		allow(h, REASON_UNIX_RULE, NULL);
	} else {
		judge_unnamed_listener(h);
	}
}

/* A listener is bound to loopback, or to an address others can reach. */
static void judge_listen(struct hearing *h)
{
	deny(h, REASON_LISTEN);
	if (!policy_settings(h->policy)->listen_loopback_only ||
	    addr_is_loopback(&h->seen->addr))
		allow(h, REASON_LISTEN, NULL);
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
		allow(h, REASON_LOCAL, NULL);
		break;
	case PROTO_NONE:
	case N_PROTOS:
	default:
		deny(h, REASON_MALFORMED);
	}
}

struct decision judge(const struct policy *p, const struct observation *seen,
		      struct telling *told)
{
	struct hearing h = { .policy = p, .seen = seen, .told = told };

	deny(&h, REASON_NO_RULE);
	if (told)
		told->n = told->more = 0;
	if (seen->unreadable) {
		deny(&h, REASON_UNREADABLE);
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
		deny(&h, REASON_FAMILY);
		break;
	case STAGE_SYSCALL:
		deny(&h, seen->detail == REFUSED_ABI	  ? REASON_FOREIGN_ABI
			 : seen->detail == REFUSED_SIGNAL ? REASON_SIGNAL
							  : REASON_SYSCALL);
		break;
	case N_STAGES:
	default:
		deny(&h, REASON_MALFORMED);
	}
	return h.said;
}
