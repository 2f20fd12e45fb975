/* SPDX-License-Identifier: MIT */
/* Single values of a policy file, by the type of their key. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/load_impl.h"
#include "policy/load_value.h"

#define VISITS_MAX (2u * TREE_NODES_MAX)

const struct node *load_visit(struct loading *l, const struct node *n)
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

bool load_is_null(const struct node *n)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	if (n->kind != NODE_SCALAR || !n->is_plain)
		return false;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		if (!strcmp(n->text, nulls[i]))
			return true;
	return false;
}

bool load_is_scalar(struct loading *l, const struct key *k, const struct node *n)
{
	if (n->kind == NODE_SCALAR && !load_is_null(n))
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

	if (!load_is_scalar(l, k, n))
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

void load_bool(struct loading *l, const struct key *k, const struct node *n)
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

void load_number(struct loading *l, const struct key *k, const struct node *n)
{
	char q[QUOTE_MAX];
	uint64_t v = 0;
	size_t digits;

	if (!load_is_scalar(l, k, n))
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

void load_word(struct loading *l, const struct key *k, const struct node *n)
{
	char q[QUOTE_MAX];

	if (!load_is_scalar(l, k, n))
		return;
	for (uint32_t i = 0; k->words[i]; i++)
		if (!strcmp(n->text, k->words[i])) {
			store(l, k, i);
			return;
		}
	problems_error(l->problems, n->at, "%s is %s or %s, not %s", k->path,
		       k->words[0], k->words[1], problem_quote(n->text, q));
}

void load_pattern(struct loading *l, const struct key *k, const struct node *n)
{
	if (!load_is_scalar(l, k, n))
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

void load_ports(struct loading *l, const struct key *k, const struct node *n)
{
	size_t count = 0;

	if (load_is_null(n))
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
		const struct node *item = load_visit(l, i);

		if (!item)
			return;
		if (count == PORT_RANGES_MAX) {
			problems_error(l->problems, item->at,
				       "more than %d ports in one rule: write "
				       "ranges such as \"8000-8100\"",
				       PORT_RANGES_MAX);
			return;
		}
		if (load_is_scalar(l, k, item) &&
		    value_port(l->problems, item->at, item->text,
			       &l->ports[count]))
			count++;
	}
	if (!count)
		return;
	l->rule.ports = l->ports;
	l->rule.n_ports = join_ranges(l->ports, count);
}
