/* SPDX-License-Identifier: MIT */
/* What a draft suggests, for a person: one line each, on stderr. */
#include <string.h>

#include "audit/escape.h"
#include "cli/draft.h"
#include "cli/output.h"
#include "learn/shared.h"

#define TELL_MAX 40 /* lines of one kind */

static void print_ports(const struct suggestion *s, char *buf, size_t size)
{
	size_t n = 0;

	*buf = '\0';
	for (size_t i = 0; i < s->n_ports && n < size; i++) {
		const struct port_range *p = &s->ports[i];

		n += (size_t)snprintf(buf + n, size - n, "%s%u", i ? "," : "",
				      p->first);
		if (p->last != p->first && n < size)
			n += (size_t)snprintf(buf + n, size - n, "-%u", p->last);
	}
}

static const char *times(int64_t n, char *buf, size_t size)
{
	if (n == 1)
		snprintf(buf, size, "once");
	else
		snprintf(buf, size, "%lld times", (long long)n);
	return buf;
}

static void print_source(const struct suggestion *s)
{
	char text[2 * PROGRAM_WORD + 4], count[32];

	fprintf(stderr, " %s", times(s->attempts, count, sizeof(count)));
	if (s->n_sessions > 1)
		fprintf(stderr, " in %zu sessions", s->n_sessions);
	if (s->seen->n_programs)
		fprintf(stderr, ", %s",
			program_text(&s->seen->programs[0], text, sizeof(text)));
}

static void print_notes(const struct suggestion *s)
{
	unsigned int notes = s->notes, doubts = s->doubts;

	while (notes) {
		enum note one = note_next(&notes);

		fprintf(stderr, "  %s%s %s", one == NOTE_SHARED ? "*" : "!",
			note_word(one), note_text(one));
	}
	doubts &= ~(unsigned int)(DOUBT_NOTE | DOUBT_ADDRESS);
	while (doubts)
		fprintf(stderr, "; %s", doubt_text(doubt_next(&doubts)));
}

static bool is_offered_by(const struct suggestion *s, const struct dname *parent)
{
	for (size_t i = 0; i < s->n_alternatives; i++)
		if (dname_equal(&s->alternatives[i].parent, parent))
			return true;
	return false;
}

/* The wildcards that may take the place of the names above this line: each is
 * told once, below the last name that it would cover. */
static void print_alternatives(const struct draft *d, size_t at)
{
	const struct suggestion *s = suggestions_at(d->suggestions, at);
	const struct suggestion *next =
		at + 1 < suggestions_n(d->suggestions)
			? suggestions_at(d->suggestions, at + 1)
			: NULL;
	char text[DNAME_TEXT_MAX];

	for (size_t i = 0; i < s->n_alternatives; i++) {
		const struct alternative *a = &s->alternatives[i];

		if (!next || !is_offered_by(next, &a->parent))
			fprintf(stderr,
				"    or all names below %s (%zu were seen): "
				"--widen %s\n",
				dname_text(&a->parent, text), a->n_names, text);
	}
}

static void print_suggestion(const struct draft *d, size_t at)
{
	const struct suggestion *s = suggestions_at(d->suggestions, at);
	char ports[128];

	print_ports(s, ports, sizeof(ports));
	fprintf(stderr, "  %c %-36s %-9s %-6s", s->rule ? '~' : '+', s->shown,
		ports, confidence_word(s->confidence));
	print_source(s);
	print_notes(s);
	fputc('\n', stderr);
	if (d->want->is_verbose && s->no_wildcard != WILDCARD_OFFERED &&
	    s->no_wildcard != WILDCARD_NONE)
		fprintf(stderr, "      %s\n", no_wildcard_text(s->no_wildcard));
	print_alternatives(d, at);
}

static void print_others(const struct draft *d, enum suggestion_state state,
			 const char *word)
{
	size_t told = 0, all = suggestions_count(d->suggestions, state);

	for (size_t i = 0; i < suggestions_n(d->suggestions); i++) {
		const struct suggestion *s = suggestions_at(d->suggestions, i);
		char ports[128];

		if (s->state != state || told++ == TELL_MAX)
			continue;
		print_ports(s, ports, sizeof(ports));
		fprintf(stderr, "  %s: %s%s%s (%s)\n", word, s->shown,
			*ports ? " " : "", ports, s->why);
	}
	if (all > TELL_MAX)
		fprintf(stderr, "  and %zu more\n", all - TELL_MAX);
}

static void print_dropped(const struct draft *d)
{
	const char *gap = "  left out:";
	bool has_any = false;

	for (int i = 0; i < N_DROPS; i++) {
		int64_t n = observations_dropped(d->seen, (enum drop)i);

		if (!n)
			continue;
		fprintf(stderr, "%s %lld of %s", gap, (long long)n,
			drop_text((enum drop)i));
		gap = ";";
		has_any = true;
	}
	if (has_any)
		fputc('\n', stderr);
}

/* Rules that nothing of what was put in needed. */
static void print_unused(const struct draft *d)
{
	for (size_t i = 0; i < policy_n_rules(d->policy); i++) {
		const struct rule *r = policy_rule(d->policy, i);
		char text[1024];

		if (observations_used(d->seen, r) || r->kind == RULE_UNIX_DENY)
			continue;
		fprintf(stderr, "  not used: %s, line %u\n",
			escape_text(r->text, strlen(r->text), text, sizeof(text)),
			r->line);
	}
}

void draft_tell(const struct draft *d)
{
	size_t n = suggestions_count(d->suggestions, SUGGESTED), told = 0;
	size_t sessions = observations_n_sessions(d->seen);
	char path[1024];

	fprintf(stderr,
		"egress-filter: %zu suggestion%s for %s, from %lld attempt%s "
		"of %zu session%s\n",
		n, n == 1 ? "" : "s",
		escape_text(d->path, strlen(d->path), path, sizeof(path)),
		(long long)observations_attempts(d->seen),
		observations_attempts(d->seen) == 1 ? "" : "s", sessions,
		sessions == 1 ? "" : "s");
	for (size_t i = 0; i < suggestions_n(d->suggestions); i++) {
		const struct suggestion *s = suggestions_at(d->suggestions, i);

		if (s->state == SUGGESTED && told++ < TELL_MAX)
			print_suggestion(d, i);
	}
	if (n > TELL_MAX)
		fprintf(stderr, "  and %zu more: --json has all\n", n - TELL_MAX);
	print_others(d, NEVER_OFFERED, "never suggested");
	print_others(d, PUT_ASIDE, "put aside");
	print_dropped(d);
	if (d->want->wants_prune)
		print_unused(d);
	if (d->want->is_verbose)
		fprintf(stderr, "  public suffixes of %s, shared hosts of " SHARED_VERSION "\n",
			suffixes_date(d->suffixes));
	if (n && !d->want->wants_write)
		fprintf(stderr, "  any program of the command may then send "
				"data there\n");
}
