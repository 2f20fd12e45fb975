/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a policy file. What loads is a policy whose rules are all
 * found and all obeyed; what does not is told about in printable lines.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "policy/load.h"

/* Rules that are looked at, so that one input stays quick. */
#define LOOK_AT 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

static void must_be_told(const struct problems *ps)
{
	must(ps->n <= PROBLEMS_MAX &&
	     (ps->n == PROBLEMS_MAX || ps->n == ps->n_errors + ps->n_warnings));
	for (size_t i = 0; i < ps->n; i++) {
		must(memchr(ps->list[i].text, '\0', sizeof(ps->list[i].text)));
		must(ps->list[i].text[0]);
		for (const char *s = ps->list[i].text; *s; s++)
			must(*s >= ' ' && *s <= '~');
	}
}

/* A name that the rule covers; false when it would be too long. */
static bool covered_name(const struct rule *r, struct dname *ret)
{
	*ret = r->name;
	if (!r->is_wildcard)
		return true;
	if (r->name.len + 2 > DNAME_WIRE_MAX)
		return false;
	memcpy(ret->wire, "\001x", 2);
	memcpy(ret->wire + 2, r->name.wire, r->name.len);
	ret->len = (uint8_t)(r->name.len + 2);
	return true;
}

static bool is_found(const struct policy *p, const struct rule *r,
		     const struct dname *name)
{
	struct rule_walk walk = { 0 };
	const struct rule *found;

	while ((found = r->kind == RULE_NAME
				? policy_next_by_name(p, name, &walk)
				: policy_next_by_addr(p, &r->net, &walk)))
		if (found == r)
			return true;
	return false;
}

static void must_obey(const struct policy *p, const struct rule *r)
{
	struct observation seen = { .stage = STAGE_CONNECT, .proto = PROTO_TCP };
	struct dname name = { 0 };

	if (r->kind == RULE_UNIX_ALLOW || r->kind == RULE_UNIX_DENY)
		return;
	if (r->kind == RULE_NAME && !covered_name(r, &name))
		return;
	must(is_found(p, r, &name));
	seen.addr = r->net;
	if (r->kind == RULE_NAME) {
		seen.addr = (struct addr){ .family = ADDR_IP4,
					   .ip = { 198, 18, 0, 1 } };
		seen.candidates[0].name = name;
		seen.candidates[0].source = NAME_PLACEHOLDER;
		seen.n_candidates = 1;
	}
	seen.addr.port = r->ports ? r->ports[0].last : 443;
	must(policy_decide(p, &seen).verdict == VERDICT_ALLOW ||
	     addr_embedded4(&seen.addr, &seen.addr));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct problems ps;
	struct policy *p = NULL;
	int ret = policy_load((const char *)data, size, "fuzz", &ps, &p);

	must_be_told(&ps);
	must((ret == 0) == (p != NULL));
	must((ret == 0) == (ps.n_errors == 0));
	if (!p)
		return 0;
	must(policy_only_narrows(p, p));
	for (size_t i = 0; i < policy_n_rules(p) && i < LOOK_AT; i++)
		must_obey(p, policy_rule(p, i));
	policy_unref(p);
	return 0;
}
