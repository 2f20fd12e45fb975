/* SPDX-License-Identifier: MIT */
/* Old policy plus edits is new policy, by the loader's own reading. */
#include "learn/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn/splice_text.h"
#include "policy/glob.h"
#include "wire/cidr.h"

struct comparing {
	const struct policy *from, *to;
	const struct edit *edits;
	size_t n;
	struct ef_err *err;
};

/* A set of ports, a bit each. */
struct port_set {
	bool all;
	uint8_t bits[65536 / 8];
};

static void add_ports(struct port_set *s, const struct port_range *ports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t p = ports[i].first; p <= ports[i].last; p++)
			s->bits[p / 8] |= (uint8_t)(1u << p % 8);
}

static bool has_ports(const struct rule *r, const struct port_set *want)
{
	struct port_set got = { .all = !r->ports };

	add_ports(&got, r->ports, r->n_ports);
	return got.all == want->all &&
	       !memcmp(got.bits, want->bits, sizeof(got.bits));
}

/* The loader keeps ports sorted and joined. */
static bool same_ports(const struct rule *a, const struct rule *b)
{
	if (!a->ports || !b->ports)
		return a->ports == b->ports;
	return a->n_ports == b->n_ports &&
	       !memcmp(a->ports, b->ports, a->n_ports * sizeof(*a->ports));
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_settings(const struct settings *a, const struct settings *b)
{
	bool same =
		a->default_policy == b->default_policy &&
		a->unix_default == b->unix_default &&
		a->dns_mode == b->dns_mode && a->dns_denied == b->dns_denied &&
		a->placeholders == b->placeholders &&
		a->strict_servers == b->strict_servers &&
		a->listen_loopback_only == b->listen_loopback_only &&
		a->min_hold_s == b->min_hold_s &&
		a->max_hold_s == b->max_hold_s && a->n_servers == b->n_servers;

	for (size_t i = 0; same && i < a->n_servers; i++)
		same = addr_same_ip(&a->servers[i], &b->servers[i]) &&
		       a->servers[i].port == b->servers[i].port &&
		       a->servers[i].scope == b->servers[i].scope;
	return same;
}

/* The same rule, ports not compared. */
static bool same_rule(const struct rule *a, const struct rule *b)
{
	return a->kind == b->kind && same_text(a->text, b->text) &&
	       same_text(a->reason, b->reason) &&
	       dname_equal(&a->name, &b->name) &&
	       a->is_wildcard == b->is_wildcard &&
	       a->allow_private == b->allow_private &&
	       addr_same_ip(&a->net, &b->net) && a->prefix == b->prefix;
}

static int differs(struct comparing *c, const struct rule *r)
{
	return err_set(c->err, EBADMSG,
		       "the edited policy is another one: line %u",
		       r ? r->line : 0);
}

/* The old rule with the ports that edits add. */
static int compare_old(struct comparing *c, const struct rule *a,
		       const struct rule *b)
{
	struct port_set want = { 0 };
	bool is_edited = false;

	if (!b || !same_rule(a, b))
		return differs(c, a);
	for (size_t i = 0; i < c->n; i++) {
		const struct edit *e = &c->edits[i];

		if (e->kind != EDIT_ADD_PORTS || e->line != a->line ||
		    e->column != a->column)
			continue;
		if (!is_edited)
			add_ports(&want, a->ports, a->n_ports);
		add_ports(&want, e->ports, e->n_ports);
		is_edited = true;
	}
	if (is_edited ? a->ports && has_ports(b, &want) : same_ports(a, b))
		return 0;
	return differs(c, a);
}

/* The rule stands for what the edit names and for nothing else. */
static bool stands_for(const struct rule *r, const struct edit *e)
{
	struct dname name;
	struct addr net;
	uint8_t prefix;
	bool host_bits;

	switch (e->kind) {
	case EDIT_NEW_NAME:
		return dname_from_text(e->dest, &name) == 0 &&
		       dname_equal(&name, &r->name) &&
		       r->is_wildcard == e->is_wildcard &&
		       r->allow_private == e->allow_private;
	case EDIT_NEW_RANGE:
		return cidr_parse(e->dest, &net, &prefix, &host_bits) == 0 &&
		       addr_same_ip(&net, &r->net) && prefix == r->prefix;
	case EDIT_NEW_UNIX:
		return !glob_is_pattern(r->text) &&
		       glob_matches(r->text, e->dest);
	case EDIT_ADD_PORTS:
	default:
		return false;
	}
}

static bool has_reason(const struct rule *r, const struct edit *e)
{
	struct text want = { 0 };
	bool same;

	if (!e->reason || e->kind == EDIT_NEW_UNIX)
		return !r->reason;
	text_reason(&want, e->reason);
	same = r->reason && !want.failed && !strcmp(r->reason, want.bytes);
	free(want.bytes);
	return same;
}

static int compare_new(struct comparing *c, const struct edit *e,
		       const struct rule *r)
{
	struct port_set want = { .all = e->all_ports || e->kind == EDIT_NEW_UNIX };

	if (!r)
		return err_set(c->err, EBADMSG,
			       "the edited policy lacks a new rule");
	add_ports(&want, e->ports, e->kind == EDIT_NEW_UNIX ? 0 : e->n_ports);
	return stands_for(r, e) && has_reason(r, e) && has_ports(r, &want)
		       ? 0
		       : differs(c, r);
}

/* The next rule of a kind; NULL: there is none. */
static const struct rule *next_rule(const struct policy *p, enum rule_kind kind,
				    size_t *at)
{
	while (*at < policy_n_rules(p)) {
		const struct rule *r = policy_rule(p, (*at)++);

		if (r->kind == kind)
			return r;
	}
	return NULL;
}

static bool makes(const struct edit *e, enum rule_kind kind)
{
	return (e->kind == EDIT_NEW_NAME && kind == RULE_NAME) ||
	       (e->kind == EDIT_NEW_RANGE && kind == RULE_ADDRESS) ||
	       (e->kind == EDIT_NEW_UNIX && kind == RULE_UNIX_ALLOW);
}

static int compare_kind(struct comparing *c, enum rule_kind kind)
{
	size_t a = 0, b = 0;
	const struct rule *r;
	int ret = 0;

	while (ret == 0 && (r = next_rule(c->from, kind, &a)))
		ret = compare_old(c, r, next_rule(c->to, kind, &b));
	for (size_t i = 0; ret == 0 && i < c->n; i++)
		if (makes(&c->edits[i], kind))
			ret = compare_new(c, &c->edits[i],
					  next_rule(c->to, kind, &b));
	if (ret == 0 && (r = next_rule(c->to, kind, &b)))
		ret = differs(c, r);
	return ret;
}

int verify_tree(const struct policy *from, const struct policy *to,
		const struct edit *edits, size_t n, struct ef_err *err)
{
	struct comparing c = { from, to, edits, n, err };
	int ret = 0;

	if (!same_settings(policy_settings(from), policy_settings(to)))
		return err_set(err, EBADMSG,
			       "the edited policy has other settings");
	for (int kind = RULE_NAME; ret == 0 && kind <= RULE_UNIX_DENY; kind++)
		ret = compare_kind(&c, (enum rule_kind)kind);
	return ret;
}

/* A text line by line. */
struct lines {
	const char *text;
	size_t len, at;
};

/* The next line with its end; false: there is none. */
static bool next_line(struct lines *l, const char **ret, size_t *ret_len)
{
	const char *lf;

	if (l->at >= l->len)
		return false;
	*ret = l->text + l->at;
	lf = memchr(*ret, '\n', l->len - l->at);
	*ret_len = lf ? (size_t)(lf + 1 - *ret) : l->len - l->at;
	l->at += *ret_len;
	return true;
}

/* The same bytes; a line end more when the old line has none. */
static bool same_line(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len && a[a_len - 1] != '\n') {
		b_len -= b_len && b[b_len - 1] == '\n';
		b_len -= b_len == a_len + 1 && b[b_len - 1] == '\r';
	}
	return a_len == b_len && !memcmp(a, b, a_len);
}

int verify_lines(const char *from, size_t from_len, const char *to, size_t to_len,
		 const uint32_t *edited, size_t n_edited, struct ef_err *err)
{
	struct lines a = { from, from_len, 0 }, b = { to, to_len, 0 };
	const char *old, *new;
	size_t old_len, new_len, i = 0;
	bool found;

	for (uint32_t line = 1; next_line(&a, &old, &old_len); line++) {
		if (i < n_edited && edited[i] == line) {
			i++;
			continue;
		}
		do
			found = next_line(&b, &new, &new_len);
		while (found && !same_line(old, old_len, new, new_len));
		if (!found)
			return err_set(err, EBADMSG,
				       "line %u is not in the edited text", line);
	}
	return 0;
}
