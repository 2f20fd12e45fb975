/* SPDX-License-Identifier: MIT */
/* The public face of a verdict, with its explanation. */
#include "lib/handles.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "lib/destination.h"
#include "policy/explain.h"

struct ef_decision {
	struct policy *policy; /* held: the rule belongs to it */
	struct decision said;
	char story[8192];
};

int ef_decide(const struct ef_policy *policy, const char *destination,
	      struct ef_decision **ret, struct ef_error *err)
{
	auto_free struct explanation *e = calloc(1, sizeof(*e));
	auto_free struct ef_decision *d = calloc(1, sizeof(*d));
	struct observation seen;
	struct ef_err why = { 0 };
	int r;

	*ret = NULL;
	if (!e || !d)
		return handle_error(err, NULL, -ENOMEM);
	r = destination_parse(destination, policy->inner, &seen, &why);
	if (r < 0)
		return handle_error(err, &why, r);
	policy_explain(policy->inner, &seen, e);
	d->said = e->said;
	explain_text(policy->inner, e, d->story, sizeof(d->story));
	d->policy = policy_ref(policy->inner);
	*ret = STEAL(d);
	return handle_error(err, NULL, 0);
}

int ef_decision_is_allowed(const struct ef_decision *decision)
{
	return decision->said.verdict == VERDICT_ALLOW;
}

const char *ef_decision_reason(const struct ef_decision *decision)
{
	return reason_text(decision->said.reason);
}

const char *ef_decision_rule(const struct ef_decision *decision,
			     unsigned int *ret_line)
{
	const struct rule *rule = decision->said.rule;

	if (ret_line)
		*ret_line = rule ? rule->line : 0;
	return rule ? rule->text : NULL;
}

const char *ef_decision_explain(const struct ef_decision *decision)
{
	return decision->story;
}

void ef_decision_free(struct ef_decision *decision)
{
	if (!decision)
		return;
	policy_unref(decision->policy);
	free(decision);
}
