/* SPDX-License-Identifier: MIT */
/*
 * Edits into the text of a policy file.
 *
 * Theory of operation. The text is parsed for the places of its values only;
 * nothing of it is ever written anew. Each edit becomes changes of bytes at
 * such a place (splice_plan.c), and all changes are made in one pass. What
 * comes out is then loaded like any policy and compared with what went in, so
 * a mistake in finding a place ends in an error and never in a file.
 */
#include "learn/splice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "learn/splice_impl.h"
#include "learn/verify.h"
#include "policy/load.h"

AUTO(policy, policy_unref)

void spliced_done(struct spliced *s)
{
	free(s->text);
	free(s->edited);
	*s = (struct spliced){ 0 };
}

/* Load a text; what is wrong with it is told as this code. */
static int load(const char *text, size_t len, int code, const char *what,
		struct policy **ret, struct ef_err *err)
{
	auto_free struct problems *ps = calloc(1, sizeof(*ps));
	const struct problem *first = NULL;
	int r = ps ? policy_load(text, len, "", ps, ret) : -ENOMEM;

	if (r == 0)
		return 0;
	if (r == -ENOMEM)
		return err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < ps->n && !first; i++)
		if (ps->list[i].is_error)
			first = &ps->list[i];
	return err_set(err, code, "%s: line %u, column %u: %s", what,
		       first ? first->line : 0, first ? first->column : 0,
		       first ? first->text : "unknown");
}

/* libyaml ends lines where no editor does: then its lines are not ours. */
static int check_line_ends(const char *text, size_t len, struct ef_err *err)
{
	static const char *const others[] = { "\xc2\x85", "\xe2\x80\xa8",
					      "\xe2\x80\xa9" };
	unsigned int line = 1;
	bool is_odd = false;

	for (size_t i = 0; i < len && !is_odd; i++) {
		line += text[i] == '\n';
		is_odd = text[i] == '\r' && (i + 1 == len || text[i + 1] != '\n');
		for (size_t k = 0; k < 3 && !is_odd; k++)
			is_odd = len - i >= strlen(others[k]) &&
				 !memcmp(text + i, others[k], strlen(others[k]));
	}
	if (!is_odd)
		return 0;
	return err_set(err, ENOTSUP,
		       "line %u: a line end that is neither LF nor CR LF: "
		       "cannot be edited safely",
		       line);
}

static int check_target(const struct policy *old, const struct edit *e,
			struct ef_err *err)
{
	for (size_t i = 0; i < policy_n_rules(old); i++) {
		const struct rule *r = policy_rule(old, i);

		if (r->line == e->line && r->column == e->column &&
		    (r->kind == RULE_NAME || r->kind == RULE_ADDRESS) && r->ports)
			return 0;
	}
	return err_set(err, EINVAL,
		       "line %u, column %u: no rule with ports stands there",
		       e->line, e->column);
}

/* What the loader refuses in a pattern is no edit (an address as a name). */
static int check_edits(const struct edit *edits, size_t n,
		       const struct policy *old, struct ef_err *err)
{
	auto_of(policy) struct policy *alone = NULL;
	auto_free char *snippet = NULL;
	int r = splice_snippet(edits, n, &snippet, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		if (edits[i].kind == EDIT_ADD_PORTS)
			r = check_target(old, &edits[i], err);
	return r < 0 ? r
		     : load(snippet, strlen(snippet), EINVAL, "the new rules",
			    &alone, err);
}

static int by_place(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Lines are counted up to a place, which only moves on. */
struct counter {
	const char *text;
	size_t at;
	uint32_t line;
};

static uint32_t line_of(struct counter *c, size_t at)
{
	for (; c->at < at; c->at++)
		c->line += c->text[c->at] == '\n';
	return c->line;
}

/* Note the old lines that a change takes bytes from or puts some into. */
static int note_lines(const struct change *c, struct counter *at,
		      struct spliced *s)
{
	uint32_t first = line_of(at, c->at), last, *more;

	if (c->is_lines)
		return 0;
	last = line_of(at, c->cut ? c->at + c->cut - 1 : c->at);
	for (; first <= last; first++) {
		if (s->n_edited && s->edited[s->n_edited - 1] >= first)
			continue;
		more = realloc(s->edited, (s->n_edited + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->edited = more;
		s->edited[s->n_edited++] = first;
	}
	return 0;
}

/* A line goes behind another one: that one's end may be missing. */
static void end_line(struct text *t, const char *eol)
{
	if (t->len && t->bytes[t->len - 1] != '\n')
		text_put(t, "%s", eol);
}

/* A text without a line break at its end stays one. */
static void cut_last_eol(struct text *t)
{
	if (t->failed || !t->len || t->bytes[t->len - 1] != '\n')
		return;
	t->len -= t->len > 1 && t->bytes[t->len - 2] == '\r' ? 2 : 1;
	t->bytes[t->len] = '\0';
}

static int make_changes(struct plan *p, struct spliced *s)
{
	bool is_ended = p->len == 0 || p->text[p->len - 1] == '\n';
	struct counter at = { p->text, 0, 1 };
	struct text t = { 0 };
	size_t done = 0;
	int r = 0;

	if (p->n)
		qsort(p->changes, p->n, sizeof(*p->changes), by_place);
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct change *c = &p->changes[i];

		text_add(&t, p->text + done, c->at - done);
		if (c->is_lines)
			end_line(&t, block_eol(p, c->at ? c->at - 1 : 0));
		text_add(&t, c->text.bytes, c->text.len);
		done = c->at + c->cut;
		r = note_lines(c, &at, s);
	}
	text_add(&t, p->text + done, p->len - done);
	if (!is_ended)
		cut_last_eol(&t);
	s->text = t.bytes;
	s->len = t.len;
	return t.failed || r < 0 ? err_set(p->err, ENOMEM, "out of memory") : 0;
}

static void plan_done(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->changes[i].text.bytes);
	free(p->changes);
	located_done(&p->where);
}

static int apply(const char *text, size_t len, const struct edit *edits,
		 size_t n, struct spliced *s, struct ef_err *err)
{
	struct plan p = { .text = text, .len = len, .err = err };
	int r = locate(text, len, &p.where, err);

	if (r == 0)
		r = plan_edits(&p, edits, n);
	if (r == 0)
		r = make_changes(&p, s);
	plan_done(&p);
	return r;
}

/* The result, read again, is what it was meant to be. */
static int verify(const struct policy *old, const struct edit *edits, size_t n,
		  const struct spliced *s, struct ef_err *err)
{
	auto_of(policy) struct policy *new = NULL;
	const char *text;
	size_t len;
	int r;

	if (s->len > POLICY_FILE_MAX)
		return err_set(err, E2BIG, "larger than %u bytes",
			       POLICY_FILE_MAX);
	r = load(s->text, s->len, EBADMSG, "the edited policy", &new, err);
	if (r == 0)
		r = verify_tree(old, new, edits, n, err);
	text = policy_source(old, &len);
	if (r == 0)
		r = verify_lines(text, len, s->text, s->len, s->edited,
				 s->n_edited, err);
	return r;
}

int splice_apply(const char *text, size_t len, const struct edit *edits,
		 size_t n, struct spliced *ret, struct ef_err *err)
{
	auto_of(policy) struct policy *old = NULL;
	struct spliced s = { 0 };
	int r = load(text, len, EINVAL, "the policy", &old, err);

	if (r == 0)
		r = check_line_ends(text, len, err);
	if (r == 0)
		r = check_edits(edits, n, old, err);
	if (r == 0)
		r = apply(text, len, edits, n, &s, err);
	if (r == 0)
		r = verify(old, edits, n, &s, err);
	if (r == 0)
		*ret = s;
	else
		spliced_done(&s);
	return r;
}
