/* SPDX-License-Identifier: MIT */
/* The judge, asked without an explanation. */
#include "policy/decide.h"

#include "policy/judge.h"

struct decision policy_decide(const struct policy *p,
			      const struct observation *seen)
{
	return judge(p, seen, NULL);
}

bool policy_mentions_name(const struct policy *p, const struct dname *name)
{
	struct rule_walk walk = { 0 };

	return policy_next_by_name(p, name, &walk) != NULL;
}
