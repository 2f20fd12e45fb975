/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_COVER_H
#define EF_LEARN_COVER_H

#include "policy/observation.h"
#include "policy/policy.h"

/*
 * Whether a policy has a rule for what was seen, by the judge of a running
 * session. default_policy: allow is no rule: a draft is made to do without it.
 * Pure. Each stores the rule in *ret when there is one.
 */

/*
 * A name, which led to an address (family 0: not known) at a port. A rule on
 * the address alone does not do: a session answers for a name only when a rule
 * mentions it.
 */
bool cover_name(const struct policy *p, const struct candidate *name,
		enum proto proto, const struct addr *a, const struct rule **ret);

/* A name that was only asked for. */
bool cover_question(const struct policy *p, const struct dname *name,
		    const struct rule **ret);

/* An address; name is one that the hosts file gives it, or NULL. */
bool cover_address(const struct policy *p, const struct candidate *name,
		   enum proto proto, const struct addr *a,
		   const struct rule **ret);

/* One of the two addresses of NAT64 and 6to4, of which each takes a rule. */
bool cover_half(const struct policy *p, const struct addr *a,
		const struct rule **ret);

/* A unix listener outside the session. */
bool cover_listener(const struct policy *p, const char *listener,
		    enum proto proto, const struct rule **ret);

#endif
