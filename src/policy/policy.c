/* SPDX-License-Identifier: MIT */
/* An immutable set of rules, and those who hold it. */
#include "policy/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/build.h"
#include "policy/hash.h"
#include "policy/policy_impl.h"

AUTO(policy, policy_unref)

static const struct settings defaults = {
	.default_policy = VERDICT_DENY,
	.unix_default = VERDICT_DENY,
	.dns_mode = DNS_PRESERVE,
	.dns_denied = DNS_DENIED_NXDOMAIN,
	.placeholders = true,
	.min_hold_s = 300,
	.max_hold_s = 3600,
};

struct policy *policy_new(const char *path, const char *source, size_t len)
{
	auto_of(policy) struct policy *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	atomic_init(&p->holders, 1);
	p->settings = defaults;
	p->key = hash_new_key();
	p->path = arena_copy(&p->arena, path, strlen(path));
	p->source = arena_copy(&p->arena, source, len);
	p->source_len = len;
	if (!p->path || !p->source)
		return NULL;
	return STEAL(p);
}

struct settings *policy_edit_settings(struct policy *p)
{
	return &p->settings;
}

static int grow(struct policy *p)
{
	size_t cap = p->cap ? p->cap * 2 : 16;
	struct rule *rules;

	if (p->n < p->cap)
		return 0;
	rules = realloc(p->rules, cap * sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	p->rules = rules;
	p->cap = cap;
	return 0;
}

static int copy_texts(struct policy *p, struct rule *r)
{
	struct port_range *ports;

	r->text = arena_copy(&p->arena, r->text, strlen(r->text));
	if (!r->text)
		return -ENOMEM;
	if (r->reason) {
		r->reason = arena_copy(&p->arena, r->reason, strlen(r->reason));
		if (!r->reason)
			return -ENOMEM;
	}
	if (r->ports) {
		ports = arena_take(&p->arena, r->n_ports * sizeof(*ports));
		if (!ports)
			return -ENOMEM;
		memcpy(ports, r->ports, r->n_ports * sizeof(*ports));
		r->ports = ports;
	}
	return 0;
}

static bool is_unix(const struct rule *r)
{
	return r->kind == RULE_UNIX_ALLOW || r->kind == RULE_UNIX_DENY;
}

int policy_add_rule(struct policy *p, const struct rule *r)
{
	struct rule *copy;
	int ret = grow(p);

	if (ret < 0)
		return ret;
	if (p->n >= POLICY_RULES_MAX ||
	    (is_unix(r) && p->n_unix >= POLICY_UNIX_MAX))
		return -E2BIG;
	copy = &p->rules[p->n];
	*copy = *r;
	copy->index = (uint32_t)p->n;
	ret = copy_texts(p, copy);
	if (ret < 0)
		return ret;
	if (is_unix(r))
		p->unix_rules[p->n_unix++] = copy->index;
	p->n++;
	return 0;
}

int policy_seal(struct policy *p)
{
	return index_build(p);
}

struct policy *policy_new_fixed(enum verdict default_policy)
{
	auto_of(policy) struct policy *p = policy_new("", "", 0);

	if (!p || policy_seal(p) < 0)
		return NULL;
	p->settings.default_policy = default_policy;
	p->settings.unix_default = default_policy;
	return STEAL(p);
}

struct policy *policy_ref(struct policy *p)
{
	atomic_fetch_add_explicit(&p->holders, 1, memory_order_relaxed);
	return p;
}

void policy_unref(struct policy *p)
{
	if (!p ||
	    atomic_fetch_sub_explicit(&p->holders, 1, memory_order_acq_rel) != 1)
		return;
	free(p->rules);
	free(p->next);
	free(p->names.slots);
	free(p->nets.slots);
	arena_done(&p->arena);
	free(p);
}

const struct settings *policy_settings(const struct policy *p)
{
	return &p->settings;
}

size_t policy_n_rules(const struct policy *p)
{
	return p->n;
}

const struct rule *policy_rule(const struct policy *p, size_t i)
{
	return &p->rules[i];
}

const char *policy_path(const struct policy *p)
{
	return p->path;
}

const char *policy_source(const struct policy *p, size_t *ret_len)
{
	*ret_len = p->source_len;
	return p->source;
}

const struct rule *policy_next_unix(const struct policy *p, size_t *at)
{
	return *at < p->n_unix ? &p->rules[p->unix_rules[(*at)++]] : NULL;
}

bool rule_has_port(const struct rule *r, uint16_t port)
{
	if (!r->ports)
		return true;
	for (size_t i = 0; i < r->n_ports; i++)
		if (port >= r->ports[i].first && port <= r->ports[i].last)
			return true;
	return false;
}
