/* SPDX-License-Identifier: MIT */
#ifndef SPLICE_DUMP_H
#define SPLICE_DUMP_H

/*
 * A policy as text, and what edits should make of it: a second opinion on
 * learn/verify.h, which shares no line with it. Rules are told by kind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/edit.h"
#include "policy/load.h"

/* Which ports; all of them when the first bit is set. */
static inline void dump_ports(FILE *f, const bool *has)
{
	if (has[0]) {
		fprintf(f, "all");
		return;
	}
	for (unsigned int p = 1; p <= 65535; p++)
		if (has[p] && !(p > 1 && has[p - 1])) {
			unsigned int last = p;

			while (last < 65535 && has[last + 1])
				last++;
			fprintf(f, "%u-%u ", p, last);
		}
}

static inline void dump_add(bool *has, const struct port_range *ports, size_t n)
{
	has[0] |= !ports;
	for (size_t i = 0; ports && i < n; i++)
		for (unsigned int p = ports[i].first; p <= ports[i].last; p++)
			has[p] = true;
}

static inline void dump_rule(FILE *f, const struct rule *r,
			     const struct edit *edits, size_t n)
{
	bool *has = calloc(65536, sizeof(*has));

	dump_add(has, r->ports, r->n_ports);
	for (size_t i = 0; i < n; i++)
		if (edits[i].kind == EDIT_ADD_PORTS &&
		    edits[i].line == r->line && edits[i].column == r->column)
			dump_add(has, edits[i].ports, edits[i].n_ports);
	fprintf(f, "%d %s ", (int)r->kind, r->text);
	dump_ports(f, has);
	fprintf(f, " %d (%s)\n", r->allow_private, r->reason ? r->reason : "-");
	free(has);
}

static inline void dump_edit(FILE *f, const struct edit *e, enum rule_kind kind)
{
	bool *has = calloc(65536, sizeof(*has));
	bool is_unix = e->kind == EDIT_NEW_UNIX;

	dump_add(has, is_unix || e->all_ports ? NULL : e->ports, e->n_ports);
	fprintf(f, "%d %s", (int)kind, e->is_wildcard ? "*." : "");
	for (const char *s = e->dest; *s; s++)
		fprintf(f, "%s%c", is_unix && strchr("*?\\", *s) ? "\\" : "", *s);
	fprintf(f, " ");
	dump_ports(f, has);
	fprintf(f, " %d (%s)\n", e->allow_private,
		e->reason && !is_unix ? e->reason : "-");
	free(has);
}

static inline void dump_settings(FILE *f, const struct settings *s)
{
	fprintf(f, "%d %d %d %d %d %d %d %u %u", s->default_policy,
		s->unix_default, s->dns_mode, s->dns_denied, s->placeholders,
		s->strict_servers, s->listen_loopback_only, s->min_hold_s,
		s->max_hold_s);
	for (size_t i = 0; i < s->n_servers; i++) {
		char text[ADDR_TEXT_MAX];

		fprintf(f, " %s", addr_port_text(&s->servers[i], text));
	}
	fprintf(f, "\n");
}

/* A policy with edits; the caller frees it. NULL: it does not load. */
static inline char *dump(const char *text, size_t len, const struct edit *edits,
			 size_t n)
{
	static const enum edit_kind makes[] = {
		[RULE_NAME] = EDIT_NEW_NAME,
		[RULE_ADDRESS] = EDIT_NEW_RANGE,
		[RULE_UNIX_ALLOW] = EDIT_NEW_UNIX,
		[RULE_UNIX_DENY] = EDIT_ADD_PORTS, /* nothing makes these */
	};
	static struct problems ps;
	struct policy *p = NULL;
	char *out = NULL;
	size_t size;
	FILE *f;

	if (policy_load(text, len, "", &ps, &p) < 0)
		return NULL;
	f = open_memstream(&out, &size);
	dump_settings(f, policy_settings(p));
	for (int kind = RULE_NAME; kind <= RULE_UNIX_DENY; kind++) {
		for (size_t i = 0; i < policy_n_rules(p); i++)
			if ((int)policy_rule(p, i)->kind == kind)
				dump_rule(f, policy_rule(p, i), edits, n);
		for (size_t i = 0; i < n; i++)
			if (edits[i].kind == makes[kind] && kind != RULE_UNIX_DENY)
				dump_edit(f, &edits[i], (enum rule_kind)kind);
	}
	fclose(f);
	policy_unref(p);
	return out;
}

/* True when the second text loads as the first one and the edits. */
static inline bool dump_is_sum(const char *old, size_t old_len,
			       const struct edit *edits, size_t n,
			       const char *new, size_t new_len)
{
	char *want = dump(old, old_len, edits, n);
	char *got = dump(new, new_len, NULL, 0);
	bool same = want && got && !strcmp(want, got);

	if (!same)
		printf("# want %s\n# got %s\n", want ? want : "none",
		       got ? got : "none");
	free(want);
	free(got);
	return same;
}

#endif
