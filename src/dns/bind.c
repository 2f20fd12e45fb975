/* SPDX-License-Identifier: MIT */
/* Answers become bindings, before anybody sees them. */
#include "dns/resolver.h"

static int64_t hold_of(uint32_t ttl_s, const struct settings *s)
{
	if (ttl_s < s->min_hold_s)
		return s->min_hold_s;
	return ttl_s > s->max_hold_s ? s->max_hold_s : ttl_s;
}

size_t bind_answer(struct gate *gate, int64_t question_seq,
		   const struct dname *name, const struct dns_answer *answer,
		   struct addr *ret)
{
	struct policy *policy;
	int64_t hold_s;
	size_t n = 0;

	if (!answer->n_addrs)
		return 0;
	policy = gate_policy(gate);
	hold_s = hold_of(answer->ttl_s, policy_settings(policy));
	policy_unref(policy);
	/* What may not be bound (D17) is handed over all the same: the
	 * connect that uses it is denied, and says why. */
	for (size_t i = 0; i < answer->n_addrs; i++)
		if (gate_bind(gate, question_seq, name, &answer->addrs[i],
			      NAME_DNS, hold_s) >= 0)
			ret[n++] = answer->addrs[i];
	return n;
}
