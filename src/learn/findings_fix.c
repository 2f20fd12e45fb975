/* SPDX-License-Identifier: MIT */
/* Taking rules out of the text of a policy. */
#include "learn/findings_fix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "learn/locate.h"
#include "policy/load.h"

AUTO(policy, policy_unref)

/* What is taken out of a text. */
struct cutting {
	const char *text;
	size_t len;
	const struct policy *policy;
	const struct rule **goes; /* in the order of their places */
	size_t n_goes;
	bool *lines; /* by line, from 0: it is taken out */
	size_t n_lines, n_cut;
};

static int compare_places(const struct rule *r, uint32_t line, uint32_t column)
{
	if (r->line != line)
		return r->line < line ? -1 : 1;
	return (r->column > column) - (r->column < column);
}

static int compare_rules(const void *x, const void *y)
{
	const struct rule *b = *(const struct rule *const *)y;

	return compare_places(*(const struct rule *const *)x, b->line, b->column);
}

static int compare_spot(const void *x, const void *y)
{
	const struct spot *s = x;

	return -compare_places(*(const struct rule *const *)y, s->line,
			       s->column);
}

/* Does the rule go whose pattern stands there? */
static bool goes(const struct cutting *c, const struct spot *pattern)
{
	return c->n_goes && bsearch(pattern, c->goes, c->n_goes,
				    sizeof(*c->goes), compare_spot);
}

static bool is_one_line(const struct cutting *c, const struct spot *s)
{
	return s->style != SPOT_BLOCK_SCALAR &&
	       !memchr(c->text + s->start, '\n', s->end - s->start);
}

/*
 * The last byte of a value in block style, whose own end is where the next
 * token begins. False when part of it is not simply on lines of its own, or
 * something else may refer to it.
 */
static bool find_end(const struct cutting *c, const struct spot *s, size_t *ret)
{
	if (s->is_marked || s->kind == SPOT_ALIAS)
		return false;
	if (s->kind == SPOT_SCALAR || s->style == SPOT_FLOW) {
		if (s->kind == SPOT_SCALAR && !is_one_line(c, s))
			return false;
		if (s->end > *ret)
			*ret = s->end;
		return true;
	}
	for (const struct spot *at = s->first; at; at = at->next)
		if (!find_end(c, at, ret))
			return false;
	return true;
}

/* Only blanks and the dash of the item stand before it on its line. */
static bool has_own_line(const struct cutting *c, const struct spot *item)
{
	size_t at = item->start;
	bool dash = false;

	while (at > 0 && c->text[at - 1] != '\n') {
		char b = c->text[--at];

		if (b == '-' && !dash)
			dash = true;
		else if (b != ' ')
			return false;
	}
	return dash;
}

/* Nothing but a comment follows on the line of the last byte. */
static bool ends_line(const struct cutting *c, size_t end)
{
	end += strspn(c->text + end, " \t\r");
	return end >= c->len || c->text[end] == '\n' || c->text[end] == '#';
}

static uint32_t line_of(const struct cutting *c, size_t at)
{
	uint32_t line = 0;

	for (const char *p = c->text;
	     (p = memchr(p, '\n', (size_t)(c->text + at - p))); p++)
		line++;
	return line;
}

static void cut_item(struct cutting *c, const struct spot *item)
{
	size_t end = item->start;
	uint32_t first, last;

	if (!find_end(c, item, &end) || !has_own_line(c, item) ||
	    !ends_line(c, end))
		return;
	first = item->line - 1;
	last = first + (line_of(c, end) - line_of(c, item->start));
	for (uint32_t i = first; i <= last && i < c->n_lines; i++)
		c->lines[i] = true;
	c->n_cut++;
}

static void cut_list(struct cutting *c, const struct spot *list, const char *key)
{
	if (!list || list->kind != SPOT_LIST || list->style != SPOT_BLOCK)
		return;
	for (const struct spot *item = list->first; item; item = item->next) {
		const struct spot *pattern = item;

		if (key)
			pattern = item->kind == SPOT_MAP
					  ? locate_value(item, key, NULL)
					  : NULL;
		if (pattern && goes(c, pattern))
			cut_item(c, item);
	}
}

static void cut_all(struct cutting *c, const struct spot *root)
{
	const struct spot *unix_sockets;

	if (!root || root->kind != SPOT_MAP)
		return;
	cut_list(c, locate_value(root, "domains", NULL), "pattern");
	cut_list(c, locate_value(root, "ip_ranges", NULL), "cidr");
	unix_sockets = locate_value(root, "unix_sockets", NULL);
	if (unix_sockets && unix_sockets->kind == SPOT_MAP)
		cut_list(c, locate_value(unix_sockets, "allow", NULL), NULL);
}

static char *without_lines(const struct cutting *c, size_t *ret_len)
{
	char *text = malloc(c->len + 1), *to = text;
	const char *at = c->text, *end = c->text + c->len;

	for (size_t line = 0; text && at < end; line++) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((next ? next + 1 : end) - at);

		if (!c->lines[line]) {
			memcpy(to, at, n);
			to += n;
		}
		at += n;
	}
	if (!text)
		return NULL;
	*to = '\0';
	*ret_len = (size_t)(to - text);
	return text;
}

/* The new text says less, and exactly as much as was meant. */
static int verify(const struct cutting *c, const char *text, size_t len,
		  struct ef_err *err)
{
	auto_free struct problems *ps = calloc(1, sizeof(*ps));
	auto_of(policy) struct policy *p = NULL;
	size_t n = policy_n_rules(c->policy);

	if (!ps)
		return err_set(err, ENOMEM, "out of memory");
	policy_load(text, len, policy_path(c->policy), ps, &p);
	if (p && policy_n_rules(p) + c->n_cut == n &&
	    policy_only_narrows(c->policy, p))
		return 0;
	return err_set(err, EBADMSG,
		       "%s: the rules cannot be taken out by lines; remove "
		       "them by hand",
		       policy_path(c->policy));
}

static int cut(struct cutting *c, char **ret_text, size_t *ret_len,
	       struct ef_err *err)
{
	struct located where = { 0 };
	auto_free char *text = NULL;
	int n = locate(c->text, c->len, &where, err);

	if (n == 0) {
		cut_all(c, where.root);
		text = without_lines(c, ret_len);
		n = text ? verify(c, text, *ret_len, err)
			 : err_set(err, ENOMEM, "out of memory");
	}
	located_done(&where);
	if (n == 0)
		*ret_text = STEAL(text);
	return n;
}

int findings_fix(const struct policy *p, const struct findings *f,
		 char **ret_text, size_t *ret_len, size_t *ret_left,
		 struct ef_err *err)
{
	auto_free const struct rule **goes = calloc(f->n + 1, sizeof(*goes));
	auto_free bool *lines = NULL;
	struct cutting c = { .policy = p, .goes = goes };
	int n;

	c.text = policy_source(p, &c.len);
	c.n_lines = line_of(&c, c.len) + 1;
	lines = c.lines = calloc(c.n_lines, sizeof(*lines));
	if (!goes || !lines)
		return err_set(err, ENOMEM, "out of memory");
	/* a rule that is found twice stands twice in a row of the list */
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].can_go &&
		    (!c.n_goes || goes[c.n_goes - 1] != f->list[i].rule))
			goes[c.n_goes++] = f->list[i].rule;
	qsort(goes, c.n_goes, sizeof(*goes), compare_rules);
	n = cut(&c, ret_text, ret_len, err);
	*ret_left = c.n_goes - c.n_cut;
	return n;
}
