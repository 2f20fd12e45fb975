/* SPDX-License-Identifier: MIT */
/* Which places of a policy file the edits change. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn/splice_impl.h"

#define UNIX "unix_sockets"

int plan_refuse(struct plan *p, const struct spot *s, const char *why)
{
	return err_set(p->err, ENOTSUP, "line %u: %s: cannot be edited safely",
		       s->line, why);
}

int plan_add(struct plan *p, size_t at, size_t cut, bool is_lines, struct text *t)
{
	size_t size = p->size ? 2 * p->size : 16;
	struct change *more;

	if (!t->failed && p->n == p->size) {
		more = realloc(p->changes, size * sizeof(*more));
		t->failed = !more;
		if (more) {
			p->changes = more;
			p->size = size;
		}
	}
	if (t->failed) {
		free(t->bytes);
		return err_set(p->err, ENOMEM, "out of memory");
	}
	p->changes[p->n] = (struct change){ at, cut, is_lines, p->n, *t };
	p->n++;
	return 0;
}

int plan_check(struct plan *p, const struct spot *s)
{
	if (s->kind == SPOT_ALIAS)
		return plan_refuse(p, s, "an alias");
	if (s->is_marked)
		return plan_refuse(p, s, "an anchor or a tag");
	return 0;
}

int plan_find(struct plan *p, const struct spot *map, const char *key,
	      struct spot **ret_key, struct spot **ret)
{
	int r = plan_check(p, map);

	*ret = NULL;
	for (const struct spot *k = map->first; r == 0 && k && k->next;
	     k = k->next->next)
		if (k->kind == SPOT_ALIAS)
			r = plan_refuse(p, k, "an alias as a key");
	if (r < 0)
		return r;
	*ret = locate_value(map, key, ret_key);
	if (!*ret)
		return 0;
	r = plan_check(p, *ret_key);
	return r < 0 ? r : plan_check(p, *ret);
}

bool plan_is_nothing(const struct spot *s)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	if (s->kind == SPOT_LIST || s->kind == SPOT_MAP)
		return !s->first;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		if (s->kind == SPOT_SCALAR && s->style == SPOT_PLAIN &&
		    !strcmp(s->text, nulls[i]))
			return true;
	return false;
}

bool plan_is_on_one_line(const struct plan *p, const struct spot *s)
{
	return block_line_end(p, s->start) >= s->end;
}

size_t plan_step(const struct plan *p, enum spot_kind kind)
{
	const struct spot *root = p->where.root;

	for (const struct spot *k = root ? root->first : NULL; k && k->next;
	     k = k->next->next)
		if (k->next->kind == kind && k->next->style == SPOT_BLOCK &&
		    k->next->column >= k->column)
			return k->next->column - k->column;
	return 2;
}

static bool has_any(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->list[i].kind == b->kind)
			return true;
	return false;
}

/* True when lines are put in at this place already. */
static bool is_taken(const struct plan *p, size_t at)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->changes[i].at == at && p->changes[i].is_lines)
			return true;
	return false;
}

/* A list with its keys at the end of the document. */
static int plan_at_end(struct plan *p, const struct batch *b)
{
	const struct spot *root = p->where.root;
	bool is_map = root && root->kind == SPOT_MAP, needs_blank;
	size_t at, column = is_map ? root->column - 1 : 0;
	struct text t = { 0 };
	const char *eol;
	int r = block_document_end(p, &at, &needs_blank);

	if (r < 0)
		return r;
	eol = block_eol(p, at ? at - 1 : 0);
	if (needs_blank || is_taken(p, at))
		text_put(&t, "%s", eol);
	if (b->kind == EDIT_NEW_UNIX) {
		text_indent(&t, column);
		text_put(&t, UNIX ":%s", eol);
		column += plan_step(p, SPOT_MAP);
	}
	list_in_lines(p, &t, column, true, eol, b);
	return plan_add(p, at, 0, true, &t);
}

/* unix_sockets without a value: the key of the list below it. */
static int begin_unix(struct plan *p, const struct spot *key,
		      const struct spot *value, const struct batch *b)
{
	size_t column = key->column - 1 + plan_step(p, SPOT_MAP);
	struct text t = { 0 };

	list_in_lines(p, &t, column, true, block_eol(p, key->start), b);
	return block_begin(p, p->where.root, key, value, &t);
}

/* The map unix_sockets, which has keys, or braces to put some in. */
static int into_unix(struct plan *p, const struct spot *map,
		     const struct batch *b)
{
	struct spot *key, *value;
	struct text t = { 0 };
	size_t at;
	int r = plan_find(p, map, b->key, &key, &value);

	if (r < 0)
		return r;
	if (value)
		return list_into(p, map, key, value, b);
	if (map->style == SPOT_FLOW)
		return list_into_braces(p, map, b);
	r = block_end(p, map, map->column - 1, &at);
	if (r < 0)
		return r;
	list_in_lines(p, &t, map->column - 1, true, block_eol(p, map->start), b);
	return plan_add(p, at, 0, true, &t);
}

/* The batch goes where the value of its top-level key is. */
static int into_unix_value(struct plan *p, const struct spot *key,
			   const struct spot *value, const struct batch *b)
{
	const struct spot *root = p->where.root;

	if (value->kind == SPOT_MAP && (value->first || root->style == SPOT_FLOW ||
					!plan_is_on_one_line(p, value)))
		return into_unix(p, value, b);
	if (!plan_is_nothing(value) || root->style == SPOT_FLOW)
		return plan_refuse(p, value, "not a map");
	return begin_unix(p, key, value, b);
}

/* The batches, and which of them have no place in the document yet. */
#define BATCHES 3

struct batches {
	struct batch list[BATCHES];
	bool is_missing[BATCHES];
};

static int plan_batch(struct plan *p, const struct batch *b, bool *ret_missing)
{
	bool is_unix = b->kind == EDIT_NEW_UNIX;
	struct spot *key, *value;
	int r = plan_find(p, p->where.root, is_unix ? UNIX : b->key, &key,
			  &value);

	*ret_missing = r == 0 && !value;
	if (r < 0 || !value)
		return r;
	return is_unix ? into_unix_value(p, key, value, b)
		       : list_into(p, p->where.root, key, value, b);
}

/* A key with its list as it stands in a document in braces. */
static void top_in_flow(struct text *t, const struct spot *root,
			const struct batch *b)
{
	struct text list = { 0 };

	list_in_flow(&list, root, b);
	t->failed |= list.failed;
	if (b->kind != EDIT_NEW_UNIX)
		text_add(t, list.bytes, list.len);
	else if (list.bytes)
		text_put(t,
			 *list.bytes == '"' ? "\"" UNIX "\": {%s}" : UNIX ": {%s}",
			 list.bytes);
	free(list.bytes);
}

/* All of them at once, since each but the last needs a comma. */
static int missing_in_flow(struct plan *p, const struct batches *b)
{
	struct text pieces[BATCHES] = { 0 };
	bool failed = false;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < BATCHES; i++) {
		if (!b->is_missing[i])
			continue;
		top_in_flow(&pieces[n], p->where.root, &b->list[i]);
		failed |= pieces[n++].failed;
	}
	if (failed)
		r = err_set(p->err, ENOMEM, "out of memory");
	else if (n)
		r = flow_append(p, p->where.root, pieces, n);
	for (size_t i = 0; i < n; i++)
		free(pieces[i].bytes);
	return r;
}

static int plan_missing(struct plan *p, const struct batches *b)
{
	const struct spot *root = p->where.root;
	int r = 0;

	if (root && root->kind == SPOT_MAP && root->style == SPOT_FLOW)
		return missing_in_flow(p, b);
	for (size_t i = 0; r == 0 && i < BATCHES; i++)
		if (b->is_missing[i])
			r = plan_at_end(p, &b->list[i]);
	return r;
}

/*
 * What goes to the end of the document comes last, since a list that is the
 * last thing in it ends at the same place.
 */
int plan_edits(struct plan *p, const struct edit *edits, size_t n)
{
	struct batches b = { .list = {
				     { edits, n, EDIT_NEW_NAME, "domains" },
				     { edits, n, EDIT_NEW_RANGE, "ip_ranges" },
				     { edits, n, EDIT_NEW_UNIX, "allow" },
			     } };
	const struct spot *root = p->where.root;
	bool is_nothing = !root || (root->start == root->end && !root->is_marked);
	int r = ports_plan(p, edits, n);

	for (size_t i = 0; r == 0 && i < BATCHES; i++) {
		if (!has_any(&b.list[i]))
			continue;
		if (is_nothing)
			b.is_missing[i] = true;
		else if (root->kind != SPOT_MAP)
			r = plan_refuse(p, root, "not a map");
		else
			r = plan_batch(p, &b.list[i], &b.is_missing[i]);
	}
	return r < 0 ? r : plan_missing(p, &b);
}
