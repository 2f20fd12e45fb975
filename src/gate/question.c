/* SPDX-License-Identifier: MIT */
/* The plan for a question: which names are asked for, made up, refused. */
#include "gate/question.h"

#include <string.h>

#include "policy/decide.h"
#include "wire/dns.h"

/* The first rule that mentions a name. A label that no plain name holds is
 * equal to none (D4), also below a wildcard. */
static const struct rule *mentioned(const struct policy *p,
				    const struct dname *name)
{
	struct rule_walk walk = { 0 };

	return dname_is_plain(name) ? policy_next_by_name(p, name, &walk) : NULL;
}

/* The name without the last labels that it has in common with a suffix. */
static bool without_suffix(const struct dname *name, const struct dname *suffix,
			   struct dname *ret)
{
	size_t head = (size_t)name->len - suffix->len;

	if (!suffix->len || !dname_is_below(name, suffix))
		return false;
	*ret = (struct dname){ .len = (uint8_t)(head + 1) };
	memcpy(ret->wire, name->wire, head);
	return true;
}

/* A name the resolver library made by adding a search suffix: an answer for
 * it would keep the library from asking for what was meant. */
static bool is_searched(const struct policy *p, const struct dname *name,
			const struct question_context *c)
{
	struct dname rest;

	for (size_t i = 0; i < c->n_search; i++)
		if (without_suffix(name, &c->search[i], &rest) &&
		    (dname_labels(&rest) == 1 || mentioned(p, &rest)))
			return true;
	return false;
}

static bool looks_up_all(enum mode mode)
{
	switch (mode) {
	case MODE_AUDIT:
	case MODE_LEARN:
	case MODE_ALLOW_ALL:
		return true;
	case MODE_ENFORCE:
	case MODE_ASK:
	case N_MODES:
	default:
		return false;
	}
}

static bool is_reverse(const struct dname *name, uint16_t qtype)
{
	struct addr a;

	return qtype == DNS_PTR && dns_reverse_addr(name, &a);
}

/* The plan for a name that the policy denies. */
static enum plan plan_denied(const struct policy *p,
			     const struct observation *seen,
			     const struct question_context *c,
			     enum reason *ret_reason)
{
	const struct dname *name = &seen->name;

	if (!dname_is_plain(name) && name->len != 1) {
		*ret_reason = REASON_MALFORMED;
		return PLAN_NO_NAME;
	}
	if (looks_up_all(c->mode))
		return PLAN_FORWARD;
	if (is_searched(p, name, c))
		*ret_reason = REASON_RESERVED_NAME;
	if (*ret_reason == REASON_RESERVED_NAME || is_reverse(name, seen->qtype))
		return PLAN_NO_NAME;
	return c->placeholders && policy_settings(p)->placeholders
		       ? PLAN_PLACEHOLDER
		       : PLAN_NO_NAME;
}

enum plan question_plan(const struct policy *p, const struct dname *name,
			uint16_t qtype, const struct question_context *c,
			enum reason *ret_reason, const struct rule **ret_rule)
{
	struct observation seen = { .stage = STAGE_DNS,
				    .name = *name,
				    .qtype = qtype };
	struct decision said = policy_decide(p, &seen);

	*ret_reason = said.reason;
	*ret_rule = said.verdict == VERDICT_ALLOW ? said.rule : NULL;
	if (said.reason == REASON_QTYPE)
		return PLAN_NOT_IMPLEMENTED;
	if (said.verdict == VERDICT_ALLOW)
		return PLAN_FORWARD;
	if (c->mode == MODE_ALLOW_ALL) {
		*ret_reason = REASON_ALLOW_ALL;
		return PLAN_FORWARD;
	}
	return plan_denied(p, &seen, c, ret_reason);
}
