/* SPDX-License-Identifier: MIT */
/* The judge, asked about what was seen once. */
#include "learn/cover.h"

#include <string.h>

#include "policy/decide.h"

static bool has_rule(const struct policy *p, const struct observation *seen,
		     const struct rule **ret)
{
	struct decision said = policy_decide(p, seen);

	if (said.verdict != VERDICT_ALLOW || !said.rule)
		return false;
	*ret = said.rule;
	return true;
}

bool cover_question(const struct policy *p, const struct dname *name,
		    const struct rule **ret)
{
	struct rule_walk walk = { 0 };
	const struct rule *r = policy_next_by_name(p, name, &walk);

	if (r)
		*ret = r;
	return r != NULL;
}

bool cover_name(const struct policy *p, const struct candidate *name,
		enum proto proto, const struct addr *a, const struct rule **ret)
{
	struct observation seen = { .stage = STAGE_CONNECT,
				    .proto = proto,
				    .addr = *a,
				    .candidates[0] = *name,
				    .n_candidates = 1 };
	const struct rule *mention;

	if (!cover_question(p, &name->name, &mention))
		return false;
	if (a->family == ADDR_NONE) {
		/* An address as good as any other that a session makes up. */
		addr_parse("198.18.0.1", &seen.addr);
		seen.addr.port = a->port;
		seen.candidates[0].source = NAME_PLACEHOLDER;
	}
	return has_rule(p, &seen, ret);
}

bool cover_address(const struct policy *p, const struct candidate *name,
		   enum proto proto, const struct addr *a,
		   const struct rule **ret)
{
	struct observation seen = { .stage = STAGE_CONNECT,
				    .proto = proto,
				    .addr = *a };

	if (name) {
		seen.candidates[0] = *name;
		seen.n_candidates = 1;
	}
	return has_rule(p, &seen, ret);
}

bool cover_half(const struct policy *p, const struct addr *a,
		const struct rule **ret)
{
	struct rule_walk walk = { 0 };
	const struct rule *r;

	while ((r = policy_next_by_addr(p, a, &walk)))
		if (rule_has_port(r, a->port)) {
			*ret = r;
			return true;
		}
	return false;
}

bool cover_listener(const struct policy *p, const char *listener,
		    enum proto proto, const struct rule **ret)
{
	struct observation seen = { .stage = STAGE_CONNECT,
				    .proto = proto,
				    .peer.is_known = true };

	if (strlen(listener) >= sizeof(seen.peer.name))
		return false;
	strcpy(seen.peer.name, listener);
	return has_rule(p, &seen, ret);
}
