/* SPDX-License-Identifier: MIT */
/* New entries of a list, in the manner of those that are there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn/splice_impl.h"

static size_t count(const struct batch *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->list[i].kind == b->kind;
	return n;
}

/* The quotes of a rule's pattern, or of a listener. */
static char quote_of(const struct spot *item)
{
	const struct spot *v = item;

	if (item->kind == SPOT_MAP) {
		v = locate_value(item, "pattern", NULL);
		if (!v)
			v = locate_value(item, "cidr", NULL);
	}
	return v && v->style == SPOT_SINGLE ? '\'' : '"';
}

static bool has_quoted_keys(const struct spot *map)
{
	return map->kind == SPOT_MAP && map->first &&
	       map->first->style == SPOT_DOUBLE;
}

/* The shape of the last item of a list, for the next one. */
static struct shape shape_of(const struct plan *p, const struct spot *list)
{
	const struct spot *last = locate_last(list);
	struct shape s = { .column = list->column - 1,
			   .gap = 2,
			   .quote = quote_of(last),
			   .is_flow = last->kind == SPOT_MAP &&
				      last->style == SPOT_FLOW,
			   .quotes_keys = has_quoted_keys(last),
			   .eol = block_eol(p, last->start) };

	if (last->kind != SPOT_ALIAS && last->column > list->column + 2)
		s.gap = last->column - list->column;
	return s;
}

/* The shape where there is no item yet, in a map in braces or in lines. */
static struct shape first_shape(const struct spot *map)
{
	return (struct shape){ .gap = 2,
			       .quote = '"',
			       .quotes_keys = has_quoted_keys(map),
			       .eol = "\n" };
}

static int append_in_flow(struct plan *p, const struct spot *list,
			  const struct batch *b, const struct shape *shape)
{
	size_t n = 0, most = count(b);
	struct text *pieces = calloc(most, sizeof(*pieces));
	bool failed = !pieces;
	int r;

	for (size_t i = 0; pieces && i < b->n; i++) {
		if (b->list[i].kind != b->kind)
			continue;
		text_flow_entry(&pieces[n], &b->list[i], shape);
		failed |= pieces[n++].failed;
	}
	r = failed ? err_set(p->err, ENOMEM, "out of memory")
		   : flow_append(p, list, pieces, n);
	for (size_t i = 0; i < n; i++)
		free(pieces[i].bytes);
	free(pieces);
	return r;
}

static void add_entries(struct text *t, const struct batch *b,
			const struct shape *shape)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->list[i].kind == b->kind)
			text_block_entry(t, &b->list[i], shape);
}

static int append_in_lines(struct plan *p, const struct spot *list,
			   const struct batch *b)
{
	struct shape shape = shape_of(p, list);
	struct text t = { 0 };
	size_t at;
	int r = block_end(p, list, shape.column, &at);

	if (r < 0)
		return r;
	add_entries(&t, b, &shape);
	return plan_add(p, at, 0, true, &t);
}

static void add_brackets(struct text *t, const struct spot *map,
			 const struct batch *b)
{
	struct shape shape = first_shape(map);
	const char *between = "";

	text_add(t, "[", 1);
	for (size_t i = 0; i < b->n; i++) {
		if (b->list[i].kind != b->kind)
			continue;
		text_put(t, "%s", between);
		text_flow_entry(t, &b->list[i], &shape);
		between = ", ";
	}
	text_add(t, "]", 1);
}

void list_in_flow(struct text *t, const struct spot *map, const struct batch *b)
{
	const char *quote = has_quoted_keys(map) ? "\"" : "";

	text_put(t, "%s%s%s: ", quote, b->key, quote);
	add_brackets(t, map, b);
}

int list_into_braces(struct plan *p, const struct spot *map,
		     const struct batch *b)
{
	struct text t = { 0 };
	int r;

	list_in_flow(&t, map, b);
	r = t.failed ? err_set(p->err, ENOMEM, "out of memory")
		     : flow_append(p, map, &t, 1);
	free(t.bytes);
	return r;
}

void list_in_lines(const struct plan *p, struct text *t, size_t key_column,
		   bool with_key, const char *eol, const struct batch *b)
{
	struct shape shape = { .column = key_column + plan_step(p, SPOT_LIST),
			       .gap = 2,
			       .quote = '"',
			       .eol = eol };

	if (with_key) {
		text_indent(t, key_column);
		text_put(t, "%s:%s", b->key, eol);
	}
	add_entries(t, b, &shape);
}

/* Brackets for a null in braces. */
static int replace_null(struct plan *p, const struct spot *map,
			const struct spot *value, const struct batch *b)
{
	struct text t = { 0 };

	if (value->start == value->end)
		return plan_refuse(p, map, "a key without a value in braces");
	add_brackets(&t, map, b);
	return plan_add(p, value->start, value->end - value->start, false, &t);
}

int list_into(struct plan *p, const struct spot *map, const struct spot *key,
	      const struct spot *value, const struct batch *b)
{
	bool is_list = value->kind == SPOT_LIST;
	struct shape shape =
		is_list && value->first ? shape_of(p, value) : first_shape(map);
	struct text t = { 0 };

	if (is_list && value->style == SPOT_BLOCK)
		return append_in_lines(p, value, b);
	if (is_list && (value->first || map->style == SPOT_FLOW ||
			!plan_is_on_one_line(p, value)))
		return append_in_flow(p, value, b, &shape);
	if (!plan_is_nothing(value))
		return plan_refuse(p, value, "not a list");
	if (map->style == SPOT_FLOW)
		return replace_null(p, map, value, b);
	list_in_lines(p, &t, key->column - 1, false, block_eol(p, key->start), b);
	return block_begin(p, map, key, value, &t);
}
