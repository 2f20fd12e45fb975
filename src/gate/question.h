/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_QUESTION_H
#define EF_GATE_QUESTION_H

#include "gate/gate.h"

/*
 * How a question of the target is to be answered, as far as the policy alone
 * can tell: the judge says whether, this says how. Pure: the gate adds what it knows (leases, placeholders given,
 * the row).
 */

/* What stands around a question. */
struct question_context {
	enum mode mode;
	const struct dname *search; /* search list of resolv.conf */
	size_t n_search;
	bool placeholders; /* false: a route or a rule is in the way */
};

/*
 * The plan for a name and type. *ret_reason is REASON_RULE (with *ret_rule),
 * REASON_DEFAULT_ALLOW or REASON_ALLOW_ALL when the policy allows it; any
 * other reason is a denial, also where the plan is to forward all the same
 * because audit and learn look every name up. *ret_rule is NULL when there is
 * none.
 *
 * A reverse name is allowed by an address rule that covers its address;
 * whether the address is bound is for the gate to look up (D25) before it
 * takes PLAN_NO_NAME for an answer.
 */
enum plan question_plan(const struct policy *p, const struct dname *name,
			uint16_t qtype, const struct question_context *c,
			enum reason *ret_reason, const struct rule **ret_rule);

#endif
