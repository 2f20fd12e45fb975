/* SPDX-License-Identifier: MIT */
/* The plan for a question: which names are asked for, made up, refused. */
#include "gate/question.h"

#include <string.h>

#include "wire/dns.h"

bool question_type_is_answered(uint16_t qtype)
{
	/* A NS CNAME SOA PTR MX TXT AAAA SRV NAPTR DS SSHFP DNSKEY TLSA SVCB
	 * HTTPS CAA (IANA, DNS parameters). */
	static const uint16_t types[] = {1,  2,	 5,  6,	 12, 15, 16, 28, 33,
					 35, 43, 44, 48, 52, 64, 65, 257};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i] == qtype)
			return true;
	return false;
}

bool question_name_is_reserved(const struct dname *name)
{
	static const char *const reserved[] = {"local", "localhost", "onion",
					       "home.arpa"};
	struct dname zone;

	if (dname_labels(name) < 2)
		return true;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (!dname_from_text(reserved[i], &zone) &&
		    (dname_equal(name, &zone) || dname_is_below(name, &zone)))
			return true;
	return false;
}

/* The first rule that mentions a name. A label that no plain name holds is
 * equal to none (D4), also below a wildcard. */
static const struct rule *mentioned(const struct policy *p,
				    const struct dname *name)
{
	struct rule_walk walk = {0};

	return dname_is_plain(name) ? policy_next_by_name(p, name, &walk) : NULL;
}

/* The name without the last labels that it has in common with a suffix. */
static bool without_suffix(const struct dname *name, const struct dname *suffix,
			   struct dname *ret)
{
	size_t head = (size_t)name->len - suffix->len;

	if (!suffix->len || !dname_is_below(name, suffix))
		return false;
	*ret = (struct dname){.len = (uint8_t)(head + 1)};
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

static const struct rule *find_rule(const struct policy *p,
				    const struct dname *name, uint16_t qtype,
				    bool *ret_is_reverse)
{
	struct rule_walk walk = {0};
	const struct rule *rule = NULL;
	struct addr a;

	*ret_is_reverse = qtype == DNS_PTR && dns_reverse_addr(name, &a);
	if (*ret_is_reverse)
		rule = policy_next_by_addr(p, &a, &walk);
	return rule ? rule : mentioned(p, name);
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

/* The plan for a name that the policy denies. */
static enum plan plan_denied(const struct policy *p, const struct dname *name,
			     bool is_reverse, const struct question_context *c,
			     enum reason *ret_reason)
{
	*ret_reason = REASON_NO_RULE;
	if (!dname_is_plain(name) && name->len != 1) {
		*ret_reason = REASON_MALFORMED;
		return PLAN_NO_NAME;
	}
	if (question_name_is_reserved(name))
		*ret_reason = REASON_RESERVED_NAME;
	if (looks_up_all(c->mode))
		return PLAN_FORWARD;
	if (*ret_reason == REASON_RESERVED_NAME || is_reverse ||
	    is_searched(p, name, c))
		return PLAN_NO_NAME;
	return c->placeholders && policy_settings(p)->placeholders
		       ? PLAN_PLACEHOLDER
		       : PLAN_NO_NAME;
}

enum plan question_plan(const struct policy *p, const struct dname *name,
			uint16_t qtype, const struct question_context *c,
			enum reason *ret_reason, const struct rule **ret_rule)
{
	bool is_reverse;

	*ret_rule = NULL;
	if (!question_type_is_answered(qtype)) {
		*ret_reason = REASON_QTYPE;
		return PLAN_NOT_IMPLEMENTED;
	}
	*ret_rule = find_rule(p, name, qtype, &is_reverse);
	if (*ret_rule) {
		*ret_reason = REASON_RULE;
		return PLAN_FORWARD;
	}
	if (c->mode == MODE_ALLOW_ALL) {
		*ret_reason = REASON_ALLOW_ALL;
		return PLAN_FORWARD;
	}
	if (policy_settings(p)->default_policy == VERDICT_ALLOW) {
		*ret_reason = REASON_DEFAULT_ALLOW;
		return PLAN_FORWARD;
	}
	return plan_denied(p, name, is_reverse, c, ret_reason);
}
