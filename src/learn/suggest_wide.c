/* SPDX-License-Identifier: MIT */
/*
 * Wildcards in place of names. None is offered that would cover somebody
 * else's names: the walk from a name to its site ends at the first parent that
 * is shared, since whatever is above it is shared as well.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn/generated.h"
#include "learn/shared.h"
#include "learn/suggest_impl.h"

/* Seen names that are looked at for one parent, at most. */
#define SIBLINGS_LOOKED_AT 500

/* So many seen names below a parent make it worth a wildcard; fewer where the
 * next name will be another one anyway. */
#define SIBLINGS	   3
#define SIBLINGS_GENERATED 2

static bool shares_port(const struct seen *a, const struct seen *b)
{
	for (size_t i = 0, j = 0; i < a->n_ports && j < b->n_ports;) {
		if (a->ports[i].port == b->ports[j].port)
			return true;
		if (a->ports[i].port < b->ports[j].port)
			i++;
		else
			j++;
	}
	return !a->n_ports && !b->n_ports;
}

/* Names are sorted by their labels from the right: those below a parent stand
 * together. */
static size_t place_of(const struct observations *o, const struct seen *seen)
{
	return (size_t)(seen - observations_at(o, 0));
}

static bool is_sibling(const struct observations *o, size_t i,
		       const struct dname *parent)
{
	const struct seen *s = observations_at(o, i);

	return s->kind == DEST_NAME && dname_is_below(&s->name, parent);
}

/* Seen names below a parent that share a port with this one, itself counted. */
static size_t count_siblings(const struct observations *o,
			     const struct seen *seen, const struct dname *parent)
{
	size_t at = place_of(o, seen), all = observations_n(o), n = 1;

	for (size_t i = at; i-- > 0 && at - i < SIBLINGS_LOOKED_AT &&
			    is_sibling(o, i, parent);)
		n += shares_port(seen, observations_at(o, i));
	for (size_t i = at + 1;
	     i < all && i - at < SIBLINGS_LOOKED_AT && is_sibling(o, i, parent);
	     i++)
		n += shares_port(seen, observations_at(o, i));
	return n;
}

/* May "*.parent" be suggested at all? WILDCARD_OFFERED: it may. */
static enum no_wildcard judge_parent(const struct making *m,
				     const struct dname *parent)
{
	struct dname site;

	if (suffixes_has(m->options->suffixes, parent) ||
	    !suffixes_site(m->options->suffixes, parent, &site))
		return WILDCARD_SUFFIX;
	if (shared_has(parent) || shared_is_above(parent))
		return WILDCARD_SHARED;
	return WILDCARD_OFFERED;
}

static void offer(struct suggestion *s, const struct dname *parent, size_t n)
{
	/* The nearest one stays, and the widest of the others. */
	size_t i = s->n_alternatives < ALTERNATIVES_MAX ? s->n_alternatives++
							: ALTERNATIVES_MAX - 1;

	s->alternatives[i].parent = *parent;
	s->alternatives[i].n_names = n;
}

void suggest_alternatives(const struct making *m, struct suggestion *s)
{
	const struct dname *name = &s->seen->name;
	size_t needed =
		label_is_generated((const char *)name->wire + 1, name->wire[0])
			? SIBLINGS_GENERATED
			: SIBLINGS;
	struct dname parent = *name;

	s->no_wildcard = WILDCARD_FEW;
	while (dname_parent(&parent, &parent) && dname_labels(&parent)) {
		enum no_wildcard why = judge_parent(m, &parent);
		size_t n;

		if (why != WILDCARD_OFFERED) {
			/* Above its site every name ends at a suffix. */
			if (dname_labels(&parent) + 1 == dname_labels(name) ||
			    why == WILDCARD_SHARED)
				s->no_wildcard = why;
			break;
		}
		n = count_siblings(m->o, s->seen, &parent);
		if (n >= needed)
			offer(s, &parent, n);
	}
	if (s->n_alternatives)
		s->no_wildcard = WILDCARD_OFFERED;
}

static int read_site(const struct making *m, const char *text,
		     struct dname *ret, struct ef_err *err)
{
	if (!strncmp(text, "*.", 2))
		text += 2;
	if (dname_from_text(text, ret) < 0)
		return err_set(err, EINVAL, "--widen %s: not a name", text);
	switch (judge_parent(m, ret)) {
	case WILDCARD_SUFFIX:
		return err_set(
			err, EINVAL,
			"--widen %s: a public suffix, anybody may have a "
			"name there; who means it writes the rule by hand",
			text);
	case WILDCARD_SHARED:
		return err_set(
			err, EINVAL,
			"--widen %s: shared by many parties; who means it "
			"writes the rule by hand",
			text);
	case WILDCARD_OFFERED:
	case WILDCARD_FEW:
	case WILDCARD_NONE:
	default:
		return 0;
	}
}

/* A rule "*.site" that lists ports, or NULL. */
static const struct rule *wildcard_rule(const struct policy *p,
					const struct dname *site)
{
	for (size_t i = 0; i < policy_n_rules(p); i++) {
		const struct rule *r = policy_rule(p, i);

		if (r->kind == RULE_NAME && r->is_wildcard && r->ports &&
		    dname_equal(&r->name, site))
			return r;
	}
	return NULL;
}

static void add_port(struct suggestion *wide, uint16_t port)
{
	size_t i = 0;

	if (wide->rule && rule_has_port(wide->rule, port))
		return;
	while (i < wide->n_ports && wide->ports[i].first < port)
		i++;
	if (i < wide->n_ports && wide->ports[i].first == port)
		return;
	memmove(&wide->ports[i + 1], &wide->ports[i],
		(wide->n_ports - i) * sizeof(*wide->ports));
	wide->ports[i] = (struct port_range){ port, port };
	wide->n_ports++;
}

/* What is suggested anew for a public name below the site. */
static bool is_absorbed(const struct suggestion *s, const struct dname *site)
{
	return s->state == SUGGESTED && s->kind == DEST_NAME && s->seen &&
	       !s->rule && !s->seen->is_private &&
	       dname_is_below(&s->seen->name, site);
}

static void absorb(struct suggestion *wide, struct suggestion *s)
{
	s->state = ABSORBED;
	for (size_t i = 0; i < s->n_ports; i++)
		add_port(wide, s->ports[i].first);
	wide->attempts += s->attempts;
	wide->denied += s->denied;
	wide->notes |= s->notes;
	wide->doubts |= s->doubts & DOUBT_PORT;
	if (!wide->first_session || s->first_ms < wide->first_ms) {
		wide->first_ms = s->first_ms;
		wide->first_session = s->first_session;
		wide->seen = s->seen;
	}
	if (s->last_ms > wide->last_ms)
		wide->last_ms = s->last_ms;
	if (s->n_sessions > wide->n_sessions)
		wide->n_sessions = s->n_sessions;
}

static int widen(struct making *m, const struct dname *site)
{
	struct suggestion *wide = &m->out->list[m->out->n];
	char text[DNAME_TEXT_MAX];
	size_t room = 1;

	for (size_t i = 0; i < m->out->n; i++)
		room += m->out->list[i].n_ports;
	*wide = (struct suggestion){ .kind = DEST_NAME,
				     .is_wildcard = true,
				     .no_wildcard = WILDCARD_NONE,
				     .rule = wildcard_rule(m->policy, site) };
	dname_text(site, text);
	wide->dest = arena_copy(&m->out->arena, text, strlen(text));
	wide->ports = arena_take(&m->out->arena, room * sizeof(*wide->ports));
	if (!wide->dest || !wide->ports)
		return -ENOMEM;
	wide->shown = suggest_shown(m->out, wide);
	if (!wide->shown)
		return -ENOMEM;
	for (size_t i = 0; i < m->out->n; i++)
		if (is_absorbed(&m->out->list[i], site))
			absorb(wide, &m->out->list[i]);
	if (!wide->first_session)
		return 0; /* nothing is left below it to widen */
	suggest_weigh(m, wide);
	m->out->n++;
	return 0;
}

static int rank(enum dest_kind kind)
{
	return kind == DEST_NAME ? 0 : kind == DEST_ADDRESS ? 1 : 2;
}

/* The order of a file; a wildcard before the names it covers. */
static int by_place(const void *a, const void *b)
{
	const struct suggestion *x = a, *y = b;
	struct dname p, q;
	int c;

	if (x->kind != y->kind)
		return rank(x->kind) - rank(y->kind);
	if (x->kind != DEST_NAME)
		return x->seen < y->seen ? -1 : x->seen > y->seen;
	if (dname_from_text(x->dest, &p) < 0 || dname_from_text(y->dest, &q) < 0)
		return strcmp(x->dest, y->dest);
	c = seen_compare_names(&p, &q);
	return c ? c : x->is_wildcard - y->is_wildcard;
}

int suggest_widen(struct making *m, struct ef_err *err)
{
	for (size_t i = 0; i < m->options->n_widen; i++) {
		struct dname site;
		int n = read_site(m, m->options->widen[i], &site, err);

		if (n == 0)
			n = widen(m, &site);
		if (n < 0)
			return n;
	}
	if (m->out->n)
		qsort(m->out->list, m->out->n, sizeof(*m->out->list), by_place);
	return 0;
}
