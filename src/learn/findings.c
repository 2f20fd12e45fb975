/* SPDX-License-Identifier: MIT */
/* The list of findings, and the walk over the rules that fills it. */
#include "learn/findings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "learn/findings_impl.h"

static const struct {
	const char *word;
	enum finding_level level;
} kinds[] = {
	[FINDING_DEFAULT_ALLOW] = { "default-allow", LEVEL_WARNING },
	[FINDING_DANGER] = { "danger", LEVEL_WARNING },
	[FINDING_PUBLIC_SUFFIX] = { "public-suffix", LEVEL_WARNING },
	[FINDING_SHARED_HOST] = { "shared-host", LEVEL_WARNING },
	[FINDING_OPEN_HOST] = { "open-host", LEVEL_INFO },
	[FINDING_BROAD] = { "broad", LEVEL_WARNING },
	[FINDING_NO_PORTS] = { "no-ports", LEVEL_WARNING },
	[FINDING_LOOPBACK_PORTS] = { "loopback-ports", LEVEL_INFO },
	[FINDING_PLACEHOLDERS] = { "placeholders", LEVEL_WARNING },
	[FINDING_DUPLICATE] = { "duplicate", LEVEL_WARNING },
	[FINDING_SPLIT] = { "split", LEVEL_WARNING },
	[FINDING_SHADOWED] = { "shadowed", LEVEL_WARNING },
	[FINDING_UNREACHABLE] = { "unreachable", LEVEL_WARNING },
	[FINDING_UNUSED] = { "unused", LEVEL_WARNING },
	[FINDING_MIXED_SCRIPT] = { "mixed-script", LEVEL_WARNING },
};

_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == N_FINDING_KINDS,
	       "a word for each kind");

const char *finding_word(enum finding_kind kind)
{
	return kind < N_FINDING_KINDS ? kinds[kind].word : "unknown";
}

const char *finding_level_word(enum finding_level level)
{
	switch (level) {
	case LEVEL_INFO:
		return "info";
	case LEVEL_WARNING:
		return "warning";
	case LEVEL_ERROR:
	default:
		return "error";
	}
}

const char *finding_quote(const char *text, char buf[FINDING_QUOTE_MAX])
{
	size_t n;

	buf[0] = '\'';
	escape_text(text, strlen(text), buf + 1, FINDING_QUOTE_MAX - 2);
	n = strlen(buf);
	buf[n] = '\'';
	buf[n + 1] = '\0';
	return buf;
}

static bool make_room(struct findings *f)
{
	size_t room = f->room ? f->room * 2 : 64;
	struct finding *more;

	if (f->n < f->room)
		return true;
	more = reallocarray(f->list, room, sizeof(*more));
	if (!more)
		return false;
	f->list = more;
	f->room = room;
	return true;
}

struct finding *findings_add(struct findings *f, enum finding_kind kind,
			     const struct rule *r, const char *fmt, ...)
{
	struct finding *one;
	va_list ap;

	if (f->n == FINDINGS_MAX || !make_room(f)) {
		f->more++;
		return NULL;
	}
	one = &f->list[f->n++];
	*one = (struct finding){ .kind = kind,
				 .level = kinds[kind].level,
				 .rule = r,
				 .line = r ? r->line : 0,
				 .column = r ? r->column : 0 };
	va_start(ap, fmt);
	vsnprintf(one->text, sizeof(one->text), fmt, ap);
	va_end(ap);
	return one;
}

static int compare(const void *x, const void *y)
{
	const struct finding *a = x, *b = y;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

void findings_sort(struct findings *f)
{
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), compare);
}

void findings_done(struct findings *f)
{
	free(f->list);
	memset(f, 0, sizeof(*f));
}

bool findings_has_all_ports(const struct rule *r)
{
	uint32_t next = 1;
	bool is_further = true;

	while (r->ports && next <= UINT16_MAX && is_further) {
		is_further = false;
		for (size_t i = 0; i < r->n_ports; i++)
			if (r->ports[i].first <= next &&
			    r->ports[i].last >= next) {
				next = r->ports[i].last + 1u;
				is_further = true;
			}
	}
	return !r->ports || next > UINT16_MAX;
}

/* The line of a key at the left margin, 0 when it is not written so. */
static uint32_t line_of_key(const struct policy *p, const char *key)
{
	size_t len, n = strlen(key);
	const char *text = policy_source(p, &len), *end = text + len;

	for (uint32_t line = 1; text < end; line++) {
		const char *next = memchr(text, '\n', (size_t)(end - text));

		if ((size_t)(end - text) > n && !strncmp(text, key, n) &&
		    text[n] == ':')
			return line;
		text = next ? next + 1 : end;
	}
	return 0;
}

static void look_at_default(struct looking *l)
{
	struct finding *one;

	if (policy_settings(l->policy)->default_policy != VERDICT_ALLOW)
		return;
	one = findings_add(l->found, FINDING_DEFAULT_ALLOW, NULL,
			   "default_policy: allow lets everything out that no "
			   "rule is about: write deny, and rules for what is "
			   "needed");
	if (one)
		one->line = line_of_key(l->policy, "default_policy");
	if (one && one->line)
		one->column = 1;
}

int findings_find(const struct policy *p, const struct suffixes *suffixes,
		  struct findings *ret)
{
	struct looking l = { .policy = p, .suffixes = suffixes, .found = ret };

	memset(ret, 0, sizeof(*ret));
	look_at_default(&l);
	for (size_t i = 0; i < policy_n_rules(p) && !l.has_ip4; i++)
		l.has_ip4 = policy_rule(p, i)->kind == RULE_ADDRESS &&
			    policy_rule(p, i)->net.family == ADDR_IP4;
	for (size_t i = 0; i < policy_n_rules(p); i++) {
		const struct rule *r = policy_rule(p, i);

		if (r->kind == RULE_NAME)
			findings_of_name(&l, r);
		else if (r->kind == RULE_ADDRESS)
			findings_of_range(&l, r);
		else
			findings_of_listener(&l, r);
		findings_of_idle(&l, r);
	}
	findings_sort(ret);
	if (ret->more && ret->n < FINDINGS_MAX) {
		findings_done(ret);
		return -ENOMEM;
	}
	return 0;
}
