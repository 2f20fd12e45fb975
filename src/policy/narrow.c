/* SPDX-License-Identifier: MIT */
/* Comparing two policies: is the second one only less? */
#include "policy/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare_ports(const struct rule *a, const struct rule *b)
{
	if (!a->ports || !b->ports)
		return (a->ports != NULL) - (b->ports != NULL);
	if (a->n_ports != b->n_ports)
		return a->n_ports < b->n_ports ? -1 : 1;
	return memcmp(a->ports, b->ports, a->n_ports * sizeof(*a->ports));
}

static int compare_nets(const struct rule *a, const struct rule *b)
{
	if (a->net.family != b->net.family)
		return a->net.family - b->net.family;
	if (a->prefix != b->prefix)
		return a->prefix - b->prefix;
	return memcmp(a->net.ip, b->net.ip, sizeof(a->net.ip));
}

static int compare_names(const struct rule *a, const struct rule *b)
{
	if (a->name.len != b->name.len)
		return a->name.len - b->name.len;
	if (a->is_wildcard != b->is_wildcard)
		return a->is_wildcard - b->is_wildcard;
	if (a->allow_private != b->allow_private)
		return a->allow_private - b->allow_private;
	return memcmp(a->name.wire, b->name.wire, a->name.len);
}

/* A total order in which only rules that mean the same are equal. */
static int compare(const void *x, const void *y)
{
	const struct rule *a = *(const struct rule *const *)x;
	const struct rule *b = *(const struct rule *const *)y;
	int c = (int)a->kind - (int)b->kind;

	if (!c && a->kind == RULE_NAME)
		c = compare_names(a, b);
	else if (!c && a->kind == RULE_ADDRESS)
		c = compare_nets(a, b);
	else if (!c)
		c = compare_texts(a->text, b->text);
	if (!c)
		c = compare_ports(a, b);
	return c ? c : compare_texts(a->reason, b->reason);
}

static const struct rule **sorted(const struct policy *p)
{
	size_t n = policy_n_rules(p);
	const struct rule **list = calloc(n + 1, sizeof(*list));

	for (size_t i = 0; list && i < n; i++)
		list[i] = policy_rule(p, i);
	if (list)
		qsort(list, n, sizeof(*list), compare);
	return list;
}

/* Every rule of the second is one of the first, and no denial is missing. */
static bool is_subset(const struct policy *from, const struct policy *to)
{
	auto_free const struct rule **a = sorted(from), **b = sorted(to);
	size_t n = policy_n_rules(from), m = policy_n_rules(to), k = 0;

	if (!a || !b)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (k < m && !compare(&a[i], &b[k]))
			k++;
		else if (a[i]->kind == RULE_UNIX_DENY)
			return false;
	}
	return k == m;
}

static bool same_settings(const struct settings *a, const struct settings *b)
{
	if (a->n_servers != b->n_servers)
		return false;
	for (size_t i = 0; i < a->n_servers; i++)
		if (!addr_same_ip(&a->servers[i], &b->servers[i]) ||
		    a->servers[i].port != b->servers[i].port)
			return false;
	return a->default_policy == b->default_policy &&
	       a->unix_default == b->unix_default &&
	       a->dns_mode == b->dns_mode && a->dns_denied == b->dns_denied &&
	       a->placeholders == b->placeholders &&
	       a->strict_servers == b->strict_servers &&
	       a->listen_loopback_only == b->listen_loopback_only &&
	       a->min_hold_s == b->min_hold_s && a->max_hold_s == b->max_hold_s;
}

bool policy_only_narrows(const struct policy *from, const struct policy *to)
{
	return same_settings(policy_settings(from), policy_settings(to)) &&
	       is_subset(from, to);
}
