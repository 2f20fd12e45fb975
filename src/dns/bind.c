/* SPDX-License-Identifier: MIT */
/* Answers become bindings, before anybody sees them. */
#include "dns/resolver.h"

static int64_t hold_of(uint32_t ttl_s, const struct settings *s)
{
	if (ttl_s < s->min_hold_s)
		return s->min_hold_s;
	return ttl_s > s->max_hold_s ? s->max_hold_s : ttl_s;
}

/* Service records lead to other names: those may be asked for, too. */
static void follow_targets(struct gate *gate, int64_t question_seq,
			   const struct dname *name,
			   const struct dns_answer *answer, int64_t hold_s)
{
	for (size_t i = 0; i < answer->n_targets; i++)
		gate_follow(gate, question_seq, name, &answer->targets[i],
			    hold_s);
}

/* And the addresses of such a name are those of who led to it. */
static void bind_to_roots(struct gate *gate, int64_t question_seq,
			  const struct dname *name,
			  const struct dns_answer *answer, int64_t hold_s)
{
	struct follow_root roots[FOLLOW_ROOTS_MAX];
	size_t n = gate_roots(gate, name, roots);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < answer->n_addrs; j++)
			gate_bind(gate, question_seq, &roots[i].name,
				  &answer->addrs[j], NAME_DNS, hold_s);
}

size_t bind_answer(struct gate *gate, int64_t question_seq,
		   const struct dname *name, const struct dns_answer *answer,
		   struct addr *ret)
{
	struct policy *policy;
	int64_t hold_s;
	size_t n = 0;

	if (!answer->n_addrs && !answer->n_targets)
		return 0;
	policy = gate_policy(gate);
	hold_s = hold_of(answer->ttl_s, policy_settings(policy));
	policy_unref(policy);
	follow_targets(gate, question_seq, name, answer, hold_s);
	if (answer->n_addrs)
		bind_to_roots(gate, question_seq, name, answer, hold_s);
	/* What may not be bound (D17) is handed over all the same: the
	 * connect that uses it is denied, and says why. */
	for (size_t i = 0; i < answer->n_addrs; i++)
		if (gate_bind(gate, question_seq, name, &answer->addrs[i],
			      NAME_DNS, hold_s) >= 0)
			ret[n++] = answer->addrs[i];
	return n;
}
