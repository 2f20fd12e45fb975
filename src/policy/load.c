/* SPDX-License-Identifier: MIT */
/*
 * A tree of nodes to a policy.
 *
 * Theory of operation. The table of keys says what may stand where. A map is
 * read by looking each of its keys up in the table; the type of the row says
 * how its value is read. Reading goes on after an error, so that all are
 * reported; only a file without errors becomes a policy. Aliases share nodes,
 * so a small file may stand for a very long one: every node that is looked at
 * counts, and there is a bound on that.
 */
#include "policy/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/build.h"
#include "policy/keys.h"
#include "policy/load_tree.h"
#include "policy/load_value.h"

#define VISITS_MAX	(2u * TREE_NODES_MAX)
#define PORT_RANGES_MAX 1024 /* of one rule */

AUTO(policy, policy_unref)

struct loading {
	struct problems *problems;
	struct policy *policy;
	size_t visits;
	int failure;	  /* -ENOMEM, or -E2BIG when a bound was met and told */
	struct rule rule; /* the one being read */
	struct port_range ports[PORT_RANGES_MAX];
};

static void read_map(struct loading *l, const struct node *n, const char *map);

/* Follow aliases; NULL when there is no more patience. */
static const struct node *visit(struct loading *l, const struct node *n)
{
	if (l->failure)
		return NULL;
	if (l->visits++ >= VISITS_MAX) {
		problems_error(l->problems, n->at,
			       "aliases make the file too large: write the "
			       "values out");
		l->failure = -E2BIG;
		return NULL;
	}
	/* An alias never names another one: anchors stand on values. */
	return n->kind == NODE_ALIAS ? n->target : n;
}

static bool is_null(const struct node *n)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	if (n->kind != NODE_SCALAR || !n->is_plain)
		return false;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		if (!strcmp(n->text, nulls[i]))
			return true;
	return false;
}

static bool is_scalar(struct loading *l, const struct key *k,
		      const struct node *n)
{
	if (n->kind == NODE_SCALAR && !is_null(n))
		return true;
	problems_error(l->problems, n->at, "%s takes one value, not %s", k->path,
		       n->kind == NODE_LIST  ? "a list"
		       : n->kind == NODE_MAP ? "a map"
					     : "nothing");
	return false;
}

static void store(struct loading *l, const struct key *k, uint32_t value)
{
	char *field = (char *)policy_edit_settings(l->policy) + k->offset;

	if (k->size == sizeof(bool))
		*(bool *)field = value != 0;
	else if (k->size == sizeof(value))
		memcpy(field, &value, sizeof(value));
}

static bool parse_bool(struct loading *l, const struct key *k,
		       const struct node *n, bool *ret)
{
	static const char *const words[] = { "false", "False", "FALSE",
					     "true",  "True",  "TRUE" };
	char q[QUOTE_MAX];

	if (!is_scalar(l, k, n))
		return false;
	for (size_t i = 0; n->is_plain && i < 6; i++)
		if (!strcmp(n->text, words[i])) {
			*ret = i >= 3;
			return true;
		}
	problems_error(l->problems, n->at,
		       "%s is true or false (without quotes), not %s", k->path,
		       problem_quote(n->text, q));
	return false;
}

static void read_bool(struct loading *l, const struct key *k,
		      const struct node *n)
{
	bool value;

	if (!parse_bool(l, k, n, &value))
		return;
	if (k->type == KEY_UNBUILT && value)
		problems_error(l->problems, n->at,
			       "%s: true is not built into this version: "
			       "remove it, or write false",
			       k->path);
	else if (!strcmp(k->path, "domains[].allow_private"))
		l->rule.allow_private = value;
	else
		store(l, k, value);
}

static void read_number(struct loading *l, const struct key *k,
			const struct node *n)
{
	char q[QUOTE_MAX];
	uint64_t v = 0;
	size_t digits;

	if (!is_scalar(l, k, n))
		return;
	digits = strspn(n->text, "0123456789");
	for (size_t i = 0; i < digits && v <= UINT32_MAX; i++)
		v = v * 10 + (uint64_t)(n->text[i] - '0');
	if (n->is_plain && digits && !n->text[digits] && v >= k->min &&
	    v <= k->max)
		store(l, k, (uint32_t)v);
	else if (k->min == k->max)
		problems_error(l->problems, n->at,
			       "%s %s is not known: this program reads %s %u",
			       k->path, problem_quote(n->text, q), k->path,
			       k->min);
	else
		problems_error(l->problems, n->at,
			       "%s is a whole number from %u to %u, not %s",
			       k->path, k->min, k->max,
			       problem_quote(n->text, q));
}

static void read_word(struct loading *l, const struct key *k,
		      const struct node *n)
{
	char q[QUOTE_MAX];

	if (!is_scalar(l, k, n))
		return;
	for (uint32_t i = 0; k->words[i]; i++)
		if (!strcmp(n->text, k->words[i])) {
			store(l, k, i);
			return;
		}
	problems_error(l->problems, n->at, "%s is %s or %s, not %s", k->path,
		       k->words[0], k->words[1], problem_quote(n->text, q));
}

static void read_pattern(struct loading *l, const struct key *k,
			 const struct node *n)
{
	if (!is_scalar(l, k, n))
		return;
	l->rule.line = n->at.line;
	l->rule.column = n->at.column;
	l->rule.text = n->text;
	if (k->type == KEY_CIDR)
		value_cidr(l->problems, n->at, n->text, &l->rule);
	else
		value_pattern(l->problems, n->at, n->text, &l->rule);
}

static int by_first(const void *a, const void *b)
{
	const struct port_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Sort the ranges and join those that touch. */
static size_t join_ranges(struct port_range *p, size_t n)
{
	size_t kept = 0;

	qsort(p, n, sizeof(*p), by_first);
	for (size_t i = 1; i < n; i++) {
		if (p[i].first > p[kept].last + 1)
			p[++kept] = p[i];
		else if (p[i].last > p[kept].last)
			p[kept].last = p[i].last;
	}
	return kept + 1;
}

static void read_ports(struct loading *l, const struct key *k,
		       const struct node *n)
{
	size_t count = 0;

	if (is_null(n))
		return;
	if (n->kind != NODE_LIST) {
		problems_error(l->problems, n->at,
			       "%s is a list: write ports: [443]", k->path);
		return;
	}
	if (!n->first) {
		problems_error(l->problems, n->at,
			       "an empty list of ports allows nothing: remove "
			       "the rule, or leave ports out to allow all");
		return;
	}
	for (const struct node *i = n->first; i; i = i->next) {
		const struct node *item = visit(l, i);

		if (!item)
			return;
		if (count == PORT_RANGES_MAX) {
			problems_error(l->problems, item->at,
				       "more than %d ports in one rule: write "
				       "ranges such as \"8000-8100\"",
				       PORT_RANGES_MAX);
			return;
		}
		if (is_scalar(l, k, item) &&
		    value_port(l->problems, item->at, item->text,
			       &l->ports[count]))
			count++;
	}
	if (!count)
		return;
	l->rule.ports = l->ports;
	l->rule.n_ports = join_ranges(l->ports, count);
}

/* One more rule, unless the file has an error anyway. */
static void add_rule(struct loading *l, const struct rule *r)
{
	struct place at = { r->line, r->column };
	int ret;

	if (l->problems->n_errors || l->failure)
		return;
	ret = policy_add_rule(l->policy, r);
	if (ret == -E2BIG)
		problems_error(l->problems, at,
			       "too many rules: at most %d, and %d unix "
			       "listeners",
			       POLICY_RULES_MAX, POLICY_UNIX_MAX);
	l->failure = ret;
}

static void read_listener(struct loading *l, const struct key *k,
			  const struct node *n)
{
	bool is_allow = !strcmp(k->path, "unix_sockets.allow");
	struct rule r = { .kind = is_allow ? RULE_UNIX_ALLOW : RULE_UNIX_DENY,
			  .line = n->at.line,
			  .column = n->at.column,
			  .text = n->text };

	if (value_listener(l->problems, n->at, n->text, is_allow))
		add_rule(l, &r);
}

static void read_server(struct loading *l, const struct node *n)
{
	struct settings *s = policy_edit_settings(l->policy);
	struct addr a;

	if (!value_server(l->problems, n->at, n->text, &a))
		return;
	if (s->n_servers == POLICY_SERVERS_MAX)
		problems_error(l->problems, n->at,
			       "more than %d resolvers: remove some",
			       POLICY_SERVERS_MAX);
	else
		s->servers[s->n_servers++] = a;
}

static void read_texts(struct loading *l, const struct key *k,
		       const struct node *n)
{
	if (is_null(n))
		return;
	if (n->kind != NODE_LIST) {
		problems_error(l->problems, n->at,
			       "%s is a list: begin each entry with '- '",
			       k->path);
		return;
	}
	for (const struct node *i = n->first; i; i = i->next) {
		const struct node *item = visit(l, i);

		if (!item)
			return;
		if (!is_scalar(l, k, item))
			continue;
		if (k->type == KEY_SERVERS)
			read_server(l, item);
		else
			read_listener(l, k, item);
	}
}

static void read_rule(struct loading *l, const struct node *n, const char *map)
{
	const char *first = !strcmp(map, "domains[]") ? "pattern" : "cidr";
	char q[QUOTE_MAX];

	if (n->kind == NODE_SCALAR && !is_null(n)) {
		problems_error(l->problems, n->at, "write - %s: %s", first,
			       problem_quote(n->text, q));
		return;
	}
	memset(&l->rule, 0, sizeof(l->rule));
	read_map(l, n, map);
	if (l->rule.text)
		add_rule(l, &l->rule);
}

static void read_rules(struct loading *l, const struct key *k,
		       const struct node *n)
{
	const char *map =
		!strcmp(k->path, "domains") ? "domains[]" : "ip_ranges[]";

	if (is_null(n))
		return;
	if (n->kind != NODE_LIST) {
		problems_error(l->problems, n->at,
			       "%s is a list: begin each rule with '- '",
			       k->path);
		return;
	}
	for (const struct node *i = n->first; i; i = i->next) {
		const struct node *item = visit(l, i);

		if (!item)
			return;
		read_rule(l, item, map);
	}
}

static void read_value(struct loading *l, const struct key *k,
		       const struct node *n)
{
	switch (k->type) {
	case KEY_MAP:
		if (!is_null(n))
			read_map(l, n, k->path);
		break;
	case KEY_RULES:
		read_rules(l, k, n);
		break;
	case KEY_BOOL:
	case KEY_UNBUILT:
		read_bool(l, k, n);
		break;
	case KEY_NUMBER:
		read_number(l, k, n);
		break;
	case KEY_WORD:
		read_word(l, k, n);
		break;
	case KEY_TEXT:
		if (!is_null(n) && is_scalar(l, k, n))
			l->rule.reason = n->text;
		break;
	case KEY_PATTERN:
	case KEY_CIDR:
		read_pattern(l, k, n);
		break;
	case KEY_PORTS:
		read_ports(l, k, n);
		break;
	case KEY_SERVERS:
	case KEY_LISTENERS:
		read_texts(l, k, n);
		break;
	case KEY_RETIRED:
		problems_warn(l->problems, n->at,
			      "%s has no effect any more: remove it", k->path);
		break;
	default:
		problems_error(l->problems, n->at, "%s cannot be read", k->path);
	}
}

static void refuse_key(struct loading *l, const struct node *n, const char *map)
{
	const char *near = keys_nearest(map, n->text);
	char q[QUOTE_MAX], all[160] = "";
	const struct key *k;
	size_t at = 0;

	if (near) {
		problems_error(l->problems, n->at,
			       "unknown key %s: did you mean %s?",
			       problem_quote(n->text, q), near);
		return;
	}
	while ((k = keys_next(map, &at))) {
		if (k->type == KEY_RETIRED)
			continue;
		if (*all)
			strcat(all, ", ");
		strcat(all, keys_name(k));
	}
	problems_error(l->problems, n->at, "unknown key %s: known here are %s",
		       problem_quote(n->text, q), all);
}

/* The row of a key, or NULL after saying what is wrong with it. */
static const struct key *read_key(struct loading *l, const struct node *n,
				  const char *map, uint64_t *seen)
{
	const struct key *k;
	char q[QUOTE_MAX];

	if (n->kind != NODE_SCALAR) {
		problems_error(l->problems, n->at, "a key is one word");
		return NULL;
	}
	k = keys_find(map, n->text);
	if (!k) {
		refuse_key(l, n, map);
		return NULL;
	}
	if (*seen >> keys_place(k) & 1) {
		problems_error(l->problems, n->at,
			       "%s stands here twice: keep one of them",
			       problem_quote(n->text, q));
		return NULL;
	}
	*seen |= UINT64_C(1) << keys_place(k);
	return k;
}

static void read_map(struct loading *l, const struct node *n, const char *map)
{
	const struct key *k;
	uint64_t seen = 0;
	size_t at = 0;

	if (n->kind != NODE_MAP) {
		k = keys_next(map, &at);
		problems_error(l->problems, n->at,
			       "%s is made of keys, such as %s: ...",
			       *map ? map : "a policy", keys_name(k));
		return;
	}
	for (const struct node *i = n->first; i && i->next; i = i->next->next) {
		const struct node *key = visit(l, i);
		const struct node *value = visit(l, i->next);

		if (!key || !value)
			return;
		k = read_key(l, key, map, &seen);
		if (k)
			read_value(l, k, value);
	}
	while ((k = keys_next(map, &at)))
		if (k->is_required && !(seen >> keys_place(k) & 1))
			problems_error(l->problems, n->at,
				       "a rule without %s: add one",
				       keys_name(k));
}

static void check_together(struct loading *l)
{
	const struct settings *s = policy_settings(l->policy);
	struct place whole = { 0, 0 };

	if (s->min_hold_s > s->max_hold_s)
		problems_error(l->problems, whole,
			       "dns.min_hold (%u) is more than dns.max_hold "
			       "(%u)",
			       s->min_hold_s, s->max_hold_s);
}

static int read_file(struct loading *l, struct arena *a, const char *text,
		     size_t len)
{
	struct place whole = { 0, 0 };
	struct node *root = NULL;
	int ret = tree_load(a, text, len, l->problems, &root);

	if (ret < 0)
		return ret;
	if (!root || is_null(root)) {
		problems_warn(l->problems, whole,
			      "the file is empty: everything is denied");
		return 0;
	}
	read_map(l, root, "");
	check_together(l);
	return l->failure == -ENOMEM ? -ENOMEM : 0;
}

int policy_load(const char *text, size_t len, const char *path,
		struct problems *ret_problems, struct policy **ret)
{
	auto_of(policy) struct policy *p = NULL;
	auto_free struct loading *l = calloc(1, sizeof(*l));
	struct arena arena = { 0 };
	int r;

	memset(ret_problems, 0, sizeof(*ret_problems));
	if (len > POLICY_FILE_MAX) {
		problems_error(ret_problems, (struct place){ 0, 0 },
			       "larger than %u bytes", POLICY_FILE_MAX);
		return -EINVAL;
	}
	p = policy_new(path, text, len);
	if (!l || !p)
		return -ENOMEM;
	l->problems = ret_problems;
	l->policy = p;
	r = read_file(l, &arena, text, len);
	arena_done(&arena);
	problems_sort(ret_problems);
	if (r == -ENOMEM)
		return r;
	if (r < 0 || ret_problems->n_errors)
		return -EINVAL;
	r = policy_seal(p);
	if (r < 0)
		return r;
	*ret = STEAL(p);
	return 0;
}
