/* SPDX-License-Identifier: MIT */
/* More ports for a rule that lists some. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn/splice_impl.h"

static bool is_same_rule(const struct edit *a, const struct edit *b)
{
	return a->kind == EDIT_ADD_PORTS && b->kind == EDIT_ADD_PORTS &&
	       a->line == b->line && a->column == b->column;
}

/* The rule of a list whose pattern stands at the place of an edit. */
static const struct spot *find_in(const struct plan *p, const char *list,
				  const char *key, const struct edit *e)
{
	const struct spot *rules = locate_value(p->where.root, list, NULL), *v;

	if (!rules || rules->kind != SPOT_LIST)
		return NULL;
	for (const struct spot *i = rules->first; i; i = i->next) {
		v = i->kind == SPOT_MAP ? locate_value(i, key, NULL) : NULL;
		if (v && v->line == e->line && v->column == e->column)
			return i;
	}
	return NULL;
}

/* The list of ports of an edit's rule, checked. */
static int find_ports(struct plan *p, const struct edit *e, struct spot **ret)
{
	const struct spot *root = p->where.root, *rule = NULL;
	struct spot *key, *value;
	int r;

	if (root && root->kind == SPOT_MAP) {
		rule = find_in(p, "domains", "pattern", e);
		if (!rule)
			rule = find_in(p, "ip_ranges", "cidr", e);
	}
	if (!rule)
		return err_set(p->err, ENOTSUP,
			       "line %u: a rule written with an alias: cannot "
			       "be edited safely",
			       e->line);
	for (const struct spot *s = rule->first; s; s = s->next)
		if (s->is_marked)
			return plan_check(p, s);
	r = plan_find(p, rule, "ports", &key, &value);
	if (r < 0)
		return r;
	if (!value || value->kind != SPOT_LIST || !value->first)
		return plan_refuse(p, rule, "no list of ports");
	*ret = value;
	return 0;
}

/* Number of ports that all edits of a rule add. */
static size_t count_ports(const struct edit *e, const struct edit *end)
{
	const struct edit *first = e;
	size_t n = 0;

	for (; e < end; e++)
		if (is_same_rule(e, first))
			n += e->n_ports;
	return n;
}

/* The loader takes so many of them in one rule. */
static int check_room(struct plan *p, const struct spot *list, size_t more)
{
	for (const struct spot *i = list->first; i; i = i->next)
		more++;
	return more <= EDIT_PORTS_MAX
		       ? 0
		       : plan_refuse(p, list, "more ports than a rule may have");
}

static int append_in_flow(struct plan *p, const struct spot *list,
			  const struct edit *e, const struct edit *end)
{
	struct text *pieces = calloc(count_ports(e, end), sizeof(*pieces));
	const struct edit *first = e;
	bool failed = !pieces;
	size_t n = 0;
	int r;

	for (; pieces && e < end; e++)
		for (size_t i = 0; is_same_rule(e, first) && i < e->n_ports; i++) {
			text_port(&pieces[n], &e->ports[i]);
			failed |= pieces[n++].failed;
		}
	r = failed ? err_set(p->err, ENOMEM, "out of memory")
		   : flow_append(p, list, pieces, n);
	for (size_t i = 0; i < n; i++)
		free(pieces[i].bytes);
	free(pieces);
	return r;
}

static int append_in_lines(struct plan *p, const struct spot *list,
			   const struct edit *e, const struct edit *end)
{
	const struct spot *last = locate_last(list);
	size_t column = list->column - 1, gap = 2, at;
	const struct edit *first = e;
	struct text t = { 0 };
	int r = block_end(p, list, column, &at);

	if (r < 0)
		return r;
	if (last->line == list->line || last->column > list->column + 2)
		gap = last->column - list->column;
	for (; e < end; e++)
		for (size_t i = 0; is_same_rule(e, first) && i < e->n_ports; i++) {
			text_indent(&t, column);
			text_add(&t, "-", 1);
			text_indent(&t, gap - 1);
			text_port(&t, &e->ports[i]);
			text_put(&t, "%s", block_eol(p, last->start));
		}
	return plan_add(p, at, 0, true, &t);
}

int ports_plan(struct plan *p, const struct edit *edits, size_t n)
{
	struct spot *list = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct edit *e = &edits[i];
		bool is_done = e->kind != EDIT_ADD_PORTS;
		int r;

		for (size_t j = 0; j < i && !is_done; j++)
			is_done = is_same_rule(&edits[j], e);
		if (is_done)
			continue;
		r = find_ports(p, e, &list);
		if (r == 0)
			r = check_room(p, list, count_ports(e, edits + n));
		if (r == 0)
			r = list->style == SPOT_FLOW
				    ? append_in_flow(p, list, e, edits + n)
				    : append_in_lines(p, list, e, edits + n);
		if (r < 0)
			return r;
	}
	return 0;
}
