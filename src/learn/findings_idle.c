/* SPDX-License-Identifier: MIT */
/*
 * Rules that do nothing: others say the same, or nothing can ever match them.
 * For each rule only those that cover its pattern are looked at, which the
 * policy's index finds, and of these a bounded number.
 */
#include <string.h>

#include "learn/findings_impl.h"
#include "policy/glob.h"
#include "wire/cidr.h"

#define COVERS_MAX 32 /* rules looked at for each one */

/* The rules that cover all a rule is about. */
struct covers {
	const struct rule *list[COVERS_MAX];
	size_t n;
};

static void add(struct covers *c, const struct rule *r)
{
	if (c->n < COVERS_MAX)
		c->list[c->n++] = r;
}

bool findings_probe_name(const struct rule *r, struct dname *ret)
{
	const struct dname *name = &r->name;

	*ret = *name;
	if (!r->is_wildcard)
		return true;
	if (name->len + 2 > DNAME_WIRE_MAX)
		return false;
	ret->len = (uint8_t)(name->len + 2);
	ret->wire[0] = 1;
	ret->wire[1] = '0';
	memcpy(ret->wire + 2, name->wire, name->len);
	return true;
}

static void cover_name(const struct policy *p, const struct rule *r,
		       struct covers *c)
{
	struct rule_walk walk = { 0 };
	const struct rule *other;
	struct dname name;
	size_t seen = 0;

	if (!findings_probe_name(r, &name))
		return;
	while (seen++ < COVERS_MAX &&
	       (other = policy_next_by_name(p, &name, &walk)))
		if (other != r && (other->is_wildcard || !r->is_wildcard))
			add(c, other);
}

static void cover_range(const struct policy *p, const struct rule *r,
			struct covers *c)
{
	struct rule_walk walk = { 0 };
	const struct rule *other;
	size_t seen = 0;

	while (seen++ < COVERS_MAX &&
	       (other = policy_next_by_addr(p, &r->net, &walk)))
		if (other != r && other->prefix <= r->prefix)
			add(c, other);
}

/* Patterns are told to cover one another by being the same, or by matching a
 * name without wildcards. */
static void cover_listener(const struct policy *p, const struct rule *r,
			   struct covers *c)
{
	const struct rule *other;
	size_t at = 0;

	while ((other = policy_next_unix(p, &at)))
		if (other != r && other->kind == r->kind &&
		    (!strcmp(other->text, r->text) ||
		     (!glob_is_pattern(r->text) && !strchr(r->text, '\\') &&
		      glob_matches(other->text, r->text))))
			add(c, other);
}

static bool is_same_pattern(const struct rule *a, const struct rule *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == RULE_NAME)
		return a->is_wildcard == b->is_wildcard &&
		       dname_equal(&a->name, &b->name);
	if (a->kind == RULE_ADDRESS)
		return a->prefix == b->prefix && addr_same_ip(&a->net, &b->net);
	return !strcmp(a->text, b->text);
}

/* A bit for each port. */
struct port_set {
	uint64_t bits[65536 / 64];
};

static void add_range(struct port_set *set, uint32_t first, uint32_t last)
{
	uint64_t from = ~UINT64_C(0) << first % 64;
	uint64_t to = ~UINT64_C(0) >> (63 - last % 64);

	if (first / 64 == last / 64) {
		set->bits[first / 64] |= from & to;
		return;
	}
	set->bits[first / 64] |= from;
	for (uint32_t i = first / 64 + 1; i < last / 64; i++)
		set->bits[i] = ~UINT64_C(0);
	set->bits[last / 64] |= to;
}

static void fill(struct port_set *set, const struct rule *r)
{
	memset(set, 0, sizeof(*set));
	for (size_t i = 0; i < r->n_ports; i++)
		add_range(set, r->ports[i].first, r->ports[i].last);
}

/* Every port of the one is a port of the other. */
static bool has_ports_of(const struct rule *wide, const struct rule *narrow)
{
	struct port_set w, n;

	if (!wide->ports || !narrow->ports)
		return !wide->ports;
	fill(&w, wide);
	fill(&n, narrow);
	for (size_t i = 0; i < 65536 / 64; i++)
		if (n.bits[i] & ~w.bits[i])
			return false;
	return true;
}

/* An exact name may lead to private addresses, a wildcard only when it says
 * so. */
static bool is_private_kept(const struct rule *wide, const struct rule *narrow)
{
	bool narrow_may = !narrow->is_wildcard || narrow->allow_private;
	bool wide_may = !wide->is_wildcard || wide->allow_private;

	return narrow->kind != RULE_NAME || wide_may || !narrow_may;
}

static bool is_later_twin(const struct rule *r, const struct rule *other)
{
	return r->index > other->index && has_ports_of(r, other) &&
	       is_private_kept(r, other);
}

static void tell_duplicate(struct looking *l, const struct rule *r,
			   const struct rule *other)
{
	struct finding *one;

	one = findings_add(l->found, FINDING_DUPLICATE, r,
			   "line %u says the same: remove one of the two",
			   other->line);
	if (one)
		one->can_go = r->kind != RULE_UNIX_DENY;
}

static void tell_shadowed(struct looking *l, const struct rule *r,
			  const struct rule *other)
{
	char q[FINDING_QUOTE_MAX];
	struct finding *one;

	finding_quote(other->text, q);
	if (is_private_kept(other, r)) {
		one = findings_add(l->found, FINDING_SHADOWED, r,
				   "all it allows is allowed by %s on line %u: "
				   "remove it",
				   q, other->line);
		if (one)
			one->can_go = r->kind != RULE_UNIX_DENY;
		return;
	}
	one = findings_add(
		l->found, FINDING_SHADOWED, r,
		"all it allows is allowed by %s on line %u, but for "
		"private addresses: remove it unless it leads to one",
		q, other->line);
	if (one)
		one->level = LEVEL_INFO;
}

/* One rule is told of: the first that makes this one idle, in file order of
 * the looking. */
static bool tell_covered(struct looking *l, const struct rule *r,
			 const struct covers *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct rule *other = c->list[i];

		if (!has_ports_of(other, r))
			continue;
		if (!is_same_pattern(r, other)) {
			tell_shadowed(l, r, other);
			return true;
		}
		if (!is_private_kept(other, r))
			continue;
		/* of two that say the same the later one is told of */
		if (has_ports_of(r, other) && is_private_kept(r, other)) {
			if (is_later_twin(r, other)) {
				tell_duplicate(l, r, other);
				return true;
			}
			continue;
		}
		tell_shadowed(l, r, other);
		return true;
	}
	return false;
}

static void tell_split(struct looking *l, const struct rule *r,
		       const struct covers *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (is_same_pattern(r, c->list[i]) &&
		    r->index > c->list[i]->index && r->ports &&
		    c->list[i]->ports && !has_ports_of(r, c->list[i])) {
			findings_add(l->found, FINDING_SPLIT, r,
				     "line %u has other ports for the same: "
				     "write one rule with all of them",
				     c->list[i]->line);
			return;
		}
}

static bool is_below_text(const struct dname *name, const char *zone)
{
	struct dname z;

	return dname_from_text(zone, &z) == 0 &&
	       (dname_equal(name, &z) || dname_is_below(name, &z));
}

static void look_at_name(struct looking *l, const struct rule *r)
{
	if (is_below_text(&r->name, "localhost"))
		findings_add(l->found, FINDING_UNREACHABLE, r,
			     "programs take localhost for 127.0.0.1 and ::1, "
			     "which no name stands for: write them under "
			     "ip_ranges, as cidr");
	else if (is_below_text(&r->name, "invalid") ||
		 is_below_text(&r->name, "onion"))
		findings_add(l->found, FINDING_UNREACHABLE, r,
			     "no name server knows such names (RFC 6761, RFC "
			     "7686): remove it");
}

/* Is there a rule for what a gateway sends on? Of a network of gateways any
 * rule on IPv4 may be meant. */
static bool has_rule_inside(struct looking *l, const struct addr *inner,
			    bool is_one)
{
	struct rule_walk walk = { 0 };

	return is_one ? policy_next_by_addr(l->policy, inner, &walk) != NULL
		      : l->has_ip4;
}

static void look_at_range(struct looking *l, const struct rule *r)
{
	struct addr zero, inner;
	char text[ADDR_TEXT_MAX];
	bool is_one =
		r->prefix == 128 || (r->net.ip[0] == 0x20 && r->prefix >= 48);

	addr_parse("0.0.0.0", &zero);
	if (r->prefix >= 8 && cidr_contains(&zero, 8, &r->net))
		findings_add(l->found, FINDING_UNREACHABLE, r,
			     "0.0.0.0 is taken for 127.0.0.1: write that");
	else if (r->prefix == 128 && addr_parse("::", &zero) == 0 &&
		 addr_same_ip(&zero, &r->net))
		findings_add(l->found, FINDING_UNREACHABLE, r,
			     ":: is taken for ::1: write that");
	else if (r->prefix >= 16 && addr_embedded4(&r->net, &inner) &&
		 policy_settings(l->policy)->default_policy == VERDICT_DENY &&
		 !has_rule_inside(l, &inner, is_one))
		findings_add(l->found, FINDING_UNREACHABLE, r,
			     "such addresses carry an IPv4 address, which "
			     "needs a rule, too: write one for %s",
			     is_one ? addr_text(&inner, text)
				    : "those that are meant");
}

static void look_at_listener(struct looking *l, const struct rule *r)
{
	const struct rule *other;
	size_t at = 0;

	while (r->kind == RULE_UNIX_ALLOW &&
	       (other = policy_next_unix(l->policy, &at))) {
		bool is_denied = !strcmp(other->text, r->text) ||
				 (!glob_is_pattern(r->text) &&
				  glob_matches(other->text, r->text));

		if (other->kind != RULE_UNIX_DENY || !is_denied)
			continue;
		findings_add(l->found, FINDING_UNREACHABLE, r,
			     "unix_sockets.deny on line %u has it, too, and "
			     "counts: remove one of the two",
			     other->line);
		return;
	}
}

void findings_of_idle(struct looking *l, const struct rule *r)
{
	struct covers c = { .n = 0 };

	if (r->kind == RULE_NAME) {
		look_at_name(l, r);
		cover_name(l->policy, r, &c);
	} else if (r->kind == RULE_ADDRESS) {
		look_at_range(l, r);
		cover_range(l->policy, r, &c);
	} else {
		look_at_listener(l, r);
		cover_listener(l->policy, r, &c);
	}
	if (!tell_covered(l, r, &c))
		tell_split(l, r, &c);
}
