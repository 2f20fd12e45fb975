/* SPDX-License-Identifier: MIT */
/* The judge's walk, told, with the rules that were nearly meant. */
#include "policy/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "policy/explain_change.h"
#include "policy/problem.h"

/* Similar names that are no slip of the finger, in order of nearness. */
enum { NEAR_APEX, NEAR_PARENT, NEAR_SIBLING, NEAR_SPELLING, NOT_NEAR = 100 };

static bool are_siblings(const struct dname *a, const struct dname *b)
{
	struct dname x, y;

	return dname_parent(a, &x) && dname_parent(b, &y) &&
	       dname_labels(&x) > 1 && dname_equal(&x, &y);
}

/* How near a rule's pattern is to a name it does not cover. */
static unsigned int nearness(const struct rule *r, const struct dname *name,
			     const char *text)
{
	char other[DNAME_TEXT_MAX];
	unsigned int d;

	if (r->kind != RULE_NAME)
		return NOT_NEAR;
	if (r->is_wildcard && dname_equal(&r->name, name))
		return NEAR_APEX;
	if (!r->is_wildcard && dname_is_below(name, &r->name))
		return NEAR_PARENT;
	if (!r->is_wildcard && are_siblings(&r->name, name))
		return NEAR_SIBLING;
	d = nearest_distance(text, dname_text(&r->name, other));
	return nearest_is_close(text, d) ? NEAR_SPELLING + d : NOT_NEAR;
}

static void insert(struct explanation *e, unsigned int *scores,
		   const struct rule *r, unsigned int score)
{
	size_t at = e->n_near;

	for (; at > 0 && scores[at - 1] > score; at--) {
		if (at == EXPLAIN_NEAR_MAX)
			continue;
		scores[at] = scores[at - 1];
		e->near[at] = e->near[at - 1];
	}
	if (at == EXPLAIN_NEAR_MAX)
		return;
	scores[at] = score;
	e->near[at] = r;
	e->n_near += e->n_near < EXPLAIN_NEAR_MAX;
}

static void find_near(const struct policy *p, struct explanation *e)
{
	unsigned int scores[EXPLAIN_NEAR_MAX];
	char text[DNAME_TEXT_MAX];

	dname_text(&e->said.name, text);
	for (size_t i = 0; i < policy_n_rules(p); i++) {
		const struct rule *r = policy_rule(p, i);
		unsigned int score = nearness(r, &e->said.name, text);

		if (score < NOT_NEAR)
			insert(e, scores, r, score);
	}
}

void policy_explain(const struct policy *p, const struct observation *seen,
		    struct explanation *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->said = judge(p, seen, &ret->told);
	if (ret->said.verdict == VERDICT_ALLOW)
		return;
	if (ret->said.name.len && (ret->said.reason == REASON_NO_RULE ||
				   ret->said.reason == REASON_RESERVED_NAME))
		find_near(p, ret);
	explain_change(seen, ret);
}

const char *heard_text(enum heard heard)
{
	switch (heard) {
	case HEARD_ALLOWS:
		return "allows it";
	case HEARD_PORT:
		return "its ports do not have this one";
	case HEARD_ICMP:
		return "it lists ports, and ICMP has none";
	case HEARD_PRIVATE:
		return "a wildcard without allow_private, and the address is "
		       "private";
	case HEARD_NEVER:
		return "no name may lead to this address";
	case HEARD_OUTER:
		return "matches one of the two addresses";
	case HEARD_DENIES:
		return "denies it";
	case HEARD_NO_MATCH:
		return "does not match";
	default:
		return "unknown";
	}
}

/* Lines that end where the room does. */
struct lines {
	char *buf;
	size_t size, len;
};

static void line(struct lines *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void line(struct lines *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (l->len + 1 >= l->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->len, l->size - l->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	l->len += (size_t)n < l->size - l->len ? (size_t)n : l->size - l->len - 1;
}

/* Where a rule stands and what it is about. */
static void rule_line(struct lines *l, const struct rule *r, const char *text)
{
	char q[QUOTE_MAX], q2[QUOTE_MAX];

	line(l, "  line %u: %s: %s", r->line, problem_quote(r->text, q), text);
	if (r->reason)
		line(l, " (reason: %s)", problem_quote(r->reason, q2));
	line(l, "\n");
}

char *explain_text(const struct policy *p, const struct explanation *e,
		   char *buf, size_t size)
{
	struct lines l = { .buf = buf, .size = size };
	const char *path = policy_path(p);
	char q[QUOTE_MAX];

	if (size)
		*buf = '\0';
	line(&l, "%s: %s",
	     e->said.verdict == VERDICT_ALLOW ? "allowed" : "denied",
	     reason_text(e->said.reason));
	if (e->said.door)
		line(&l, ": %s", e->said.door);
	line(&l, "\n");
	if (e->told.n)
		line(&l, "rules of %s:\n",
		     *path ? problem_quote(path, q) : "the policy");
	for (size_t i = 0; i < e->told.n; i++)
		rule_line(&l, e->told.list[i].rule,
			  heard_text(e->told.list[i].heard));
	if (e->told.more)
		line(&l, "  and %zu more\n", e->told.more);
	if (e->n_near)
		line(&l, "similar rules of %s:\n",
		     *path ? problem_quote(path, q) : "the policy");
	for (size_t i = 0; i < e->n_near; i++)
		rule_line(&l, e->near[i], "is about another name");
	if (*e->advice)
		line(&l, "%s\n", e->advice);
	if (*e->change)
		line(&l, "to allow it, add:\n%s", e->change);
	return buf;
}
