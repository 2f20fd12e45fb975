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
#include "policy/load_impl.h"
#include "policy/load_value.h"

AUTO(policy, policy_unref)

static void read_map(struct loading *l, const struct node *n, const char *map);

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
	if (load_is_null(n))
		return;
	if (n->kind != NODE_LIST) {
		problems_error(l->problems, n->at,
			       "%s is a list: begin each entry with '- '",
			       k->path);
		return;
	}
	for (const struct node *i = n->first; i; i = i->next) {
		const struct node *item = load_visit(l, i);

		if (!item)
			return;
		if (!load_is_scalar(l, k, item))
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

	if (n->kind == NODE_SCALAR && !load_is_null(n)) {
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

	if (load_is_null(n))
		return;
	if (n->kind != NODE_LIST) {
		problems_error(l->problems, n->at,
			       "%s is a list: begin each rule with '- '",
			       k->path);
		return;
	}
	for (const struct node *i = n->first; i; i = i->next) {
		const struct node *item = load_visit(l, i);

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
		if (!load_is_null(n))
			read_map(l, n, k->path);
		break;
	case KEY_RULES:
		read_rules(l, k, n);
		break;
	case KEY_BOOL:
	case KEY_UNBUILT:
		load_bool(l, k, n);
		break;
	case KEY_NUMBER:
		load_number(l, k, n);
		break;
	case KEY_WORD:
		load_word(l, k, n);
		break;
	case KEY_TEXT:
		if (!load_is_null(n) && load_is_scalar(l, k, n))
			l->rule.reason = n->text;
		break;
	case KEY_PATTERN:
	case KEY_CIDR:
		load_pattern(l, k, n);
		break;
	case KEY_PORTS:
		load_ports(l, k, n);
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
		const struct node *key = load_visit(l, i);
		const struct node *value = load_visit(l, i->next);

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
	if (!root || load_is_null(root)) {
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
