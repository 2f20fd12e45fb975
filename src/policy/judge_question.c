/* SPDX-License-Identifier: MIT */
/* The verdict on questions to name servers. */
#include "policy/judge_impl.h"
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
		hearing_tell(h, r, HEARD_ALLOWS, NULL);
	return r;
}

static const struct rule *by_question(struct hearing *h)
{
	struct rule_walk walk = { 0 };
	const struct rule *r =
		policy_next_by_name(h->policy, &h->seen->name, &walk);

	if (r)
		hearing_tell(h, r, HEARD_ALLOWS, &h->seen->name);
	return r ? r : by_reverse(h);
}

void judge_question(struct hearing *h)
{
	const struct observation *seen = h->seen;
	const struct rule *r;

	h->said.name = seen->name;
	if (!seen->name.len)
		hearing_deny(h, REASON_MALFORMED);
	else if (seen->foreign_netns)
		hearing_deny(h, REASON_NETNS);
	else if (!is_answered_type(seen->qtype))
		hearing_deny(h, REASON_QTYPE);
	else if ((r = by_question(h)))
		hearing_allow(h, REASON_RULE, r);
	else if (policy_settings(h->policy)->default_policy == VERDICT_ALLOW)
		hearing_allow(h, REASON_DEFAULT_ALLOW, NULL);
	else if (is_reserved(&seen->name))
		hearing_deny(h, REASON_RESERVED_NAME);
}
