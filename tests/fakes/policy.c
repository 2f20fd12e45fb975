/* SPDX-License-Identifier: MIT */
/* A policy that a test writes down rule by rule. */
#include "fakes/policy.h"

#include <stdlib.h>
#include <string.h>

struct policy {
	struct settings settings;
	struct rule rules[FAKE_RULES_MAX];
	size_t n;
};

static struct policy the_policy;

struct policy *fake_policy_reset(void)
{
	memset(&the_policy, 0, sizeof(the_policy));
	the_policy.settings.placeholders = true;
	the_policy.settings.min_hold_s = 300;
	the_policy.settings.max_hold_s = 3600;
	return &the_policy;
}

struct policy *fake_policy_live(void)
{
	return &the_policy;
}

static struct rule *add(enum rule_kind kind, const char *text)
{
	struct rule *r;

	if (the_policy.n == FAKE_RULES_MAX)
		abort();
	r = &the_policy.rules[the_policy.n++];
	r->kind = kind;
	r->text = text;
	return r;
}

void fake_policy_name(const char *pattern)
{
	struct rule *r = add(RULE_NAME, pattern);

	r->is_wildcard = !strncmp(pattern, "*.", 2);
	if (dname_from_text(pattern + (r->is_wildcard ? 2 : 0), &r->name))
		abort();
}

void fake_policy_net(const char *net, uint8_t prefix)
{
	struct rule *r = add(RULE_ADDRESS, net);

	if (addr_parse(net, &r->net))
		abort();
	r->prefix = prefix;
}

struct settings *fake_policy_settings(void)
{
	return &the_policy.settings;
}

const struct settings *policy_settings(const struct policy *p)
{
	return &p->settings;
}

struct policy *policy_ref(struct policy *p)
{
	return p;
}

void policy_unref(struct policy *p)
{
	(void)p;
}

const struct rule *policy_next_by_name(const struct policy *p,
				       const struct dname *name,
				       struct rule_walk *iter)
{
	while (iter->state[0] < p->n) {
		const struct rule *r = &p->rules[iter->state[0]++];

		if (r->kind != RULE_NAME || !dname_is_plain(name))
			continue;
		if (r->is_wildcard ? dname_is_below(name, &r->name)
				   : dname_equal(name, &r->name))
			return r;
	}
	return NULL;
}

const struct rule *policy_next_by_addr(const struct policy *p,
				       const struct addr *a,
				       struct rule_walk *iter)
{
	while (iter->state[0] < p->n) {
		const struct rule *r = &p->rules[iter->state[0]++];

		/* Whole bytes are enough here. */
		if (r->kind == RULE_ADDRESS && r->net.family == a->family &&
		    !memcmp(r->net.ip, a->ip, r->prefix / 8))
			return r;
	}
	return NULL;
}

const struct rule *policy_next_unix(const struct policy *p, size_t *iter)
{
	(void)p;
	(void)iter;
	return NULL;
}

bool rule_has_port(const struct rule *r, uint16_t port)
{
	(void)port;
	return !r->ports;
}
