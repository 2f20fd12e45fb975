/* SPDX-License-Identifier: MIT */
/* A draft on its way out: as a diff, as the whole text, as JSON. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/escape.h"
#include "audit/ndjson.h"
#include "cli/draft.h"
#include "cli/output.h"
#include "learn/shared.h"

#define JSON_VERSION 1

/* A line of the person's file on a terminal: without effects on it. */
static void put_line(FILE *f, const char *line, size_t len, bool has_color)
{
	char shown[4096];
	const char *color = "";

	if (has_color && len)
		color = *line == '+'   ? "\033[32m"
			: *line == '-' ? "\033[31m"
				       : "";
	fprintf(f, "%s%s%s\n", color,
		escape_text(line, len, shown, sizeof(shown)),
		*color ? "\033[0m" : "");
}

static void put_diff(const struct draft *d)
{
	FILE *f = d->want->out;
	bool has_color = output_has_color(f);
	const char *at = d->diff, *end = at + d->diff_len;

	if (!isatty(fileno(f)) && !has_color) {
		fwrite(at, 1, d->diff_len, f);
		return;
	}
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at);

		put_line(f, at, len, has_color);
		at += len + 1;
	}
}

static void put_string(const struct draft *d, const char *gap, const char *key,
		       const char *text)
{
	fprintf(d->want->out, "%s\"%s\":", gap, key);
	if (text)
		ndjson_string(text, strlen(text), d->want->out);
	else
		fputs("null", d->want->out);
}

static void put_member(const struct draft *d, const char *gap, const char *text)
{
	fputs(gap, d->want->out);
	ndjson_string(text, strlen(text), d->want->out);
}

static void put_time(const struct draft *d, const char *key, int64_t ms)
{
	char text[NDJSON_TIME_MAX];

	put_string(d, ",", key, ndjson_time(ms, text));
}

static void put_ports(const struct draft *d, const struct suggestion *s)
{
	FILE *f = d->want->out;

	fputs(",\"ports\":[", f);
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct port_range *p = &s->ports[i];

		if (p->first == p->last)
			fprintf(f, "%s%u", i ? "," : "", p->first);
		else
			fprintf(f, "%s\"%u-%u\"", i ? "," : "", p->first,
				p->last);
	}
	fputc(']', f);
}

static void put_notes(const struct draft *d, const struct suggestion *s)
{
	unsigned int notes = s->notes, doubts = s->doubts;
	const char *gap = "";

	fputs(",\"notes\":[", d->want->out);
	for (; notes; gap = ",")
		put_member(d, gap, note_word(note_next(&notes)));
	fputs("],\"doubts\":[", d->want->out);
	for (gap = ""; doubts; gap = ",")
		put_member(d, gap, doubt_text(doubt_next(&doubts)));
	fputc(']', d->want->out);
}

static void put_alternatives(const struct draft *d, const struct suggestion *s)
{
	char text[DNAME_TEXT_MAX + 2] = "*.";

	fputs(",\"alternatives\":[", d->want->out);
	for (size_t i = 0; i < s->n_alternatives; i++) {
		dname_text(&s->alternatives[i].parent, text + 2);
		put_string(d, i ? ",{" : "{", "pattern", text);
		fprintf(d->want->out, ",\"names\":%zu}",
			s->alternatives[i].n_names);
	}
	fputc(']', d->want->out);
	put_string(d, ",", "no_wildcard",
		   s->no_wildcard == WILDCARD_OFFERED ||
				   s->no_wildcard == WILDCARD_NONE
			   ? NULL
			   : no_wildcard_text(s->no_wildcard));
}

static void put_programs(const struct draft *d, const struct suggestion *s)
{
	char text[2 * PROGRAM_WORD + 4];

	fputs(",\"programs\":[", d->want->out);
	for (size_t i = 0; i < s->seen->n_programs; i++)
		put_member(d, i ? "," : "",
			   program_text(&s->seen->programs[i], text,
					sizeof(text)));
	fputc(']', d->want->out);
}

static void put_suggestion(const struct draft *d, const char *gap,
			   const struct suggestion *s)
{
	static const char *const states[] = {
		[SUGGESTED] = "suggested", [NEVER_OFFERED] = "never", [PUT_ASIDE] = "aside", [ABSORBED] = "absorbed"
	};
	static const char *const kinds[] = {
		[DEST_NAME] = "name", [DEST_ADDRESS] = "address", [DEST_LISTENER] = "listener"
	};
	FILE *f = d->want->out;

	fputs(gap, f);
	put_string(d, "{", "state", states[s->state]);
	put_string(d, ",", "kind", kinds[s->kind]);
	put_string(d, ",", "destination", s->shown);
	put_string(d, ",", "change", s->rule ? "ports" : "new");
	fprintf(f, ",\"line\":%u", s->rule ? s->rule->line : 0);
	put_ports(d, s);
	put_string(d, ",", "confidence", confidence_word(s->confidence));
	put_notes(d, s);
	fprintf(f, ",\"attempts\":%lld,\"denied\":%lld,\"sessions\":%zu",
		(long long)s->attempts, (long long)s->denied, s->n_sessions);
	put_time(d, "first", s->first_ms);
	put_time(d, "last", s->last_ms);
	put_programs(d, s);
	put_alternatives(d, s);
	put_string(d, ",", "why", s->why);
	fputc('}', f);
}

static void put_dropped(const struct draft *d)
{
	fputs("],\"dropped\":{", d->want->out);
	for (int i = 0; i < N_DROPS; i++)
		fprintf(d->want->out, "%s\"%s\":%lld", i ? "," : "",
			drop_word((enum drop)i),
			(long long)observations_dropped(d->seen, (enum drop)i));
	fputc('}', d->want->out);
}

static void put_unused(const struct draft *d)
{
	const char *gap = "";

	fputs(",\"unused\":[", d->want->out);
	for (size_t i = 0; i < policy_n_rules(d->policy); i++) {
		const struct rule *r = policy_rule(d->policy, i);

		if (observations_used(d->seen, r) || r->kind == RULE_UNIX_DENY)
			continue;
		fprintf(d->want->out, "%s{\"line\":%u", gap, r->line);
		put_string(d, ",", "rule", r->text);
		fputc('}', d->want->out);
		gap = ",";
	}
	fputc(']', d->want->out);
}

static void put_json(const struct draft *d)
{
	FILE *f = d->want->out;

	fprintf(f, "{\"v\":%d", JSON_VERSION);
	put_string(d, ",", "policy", d->path);
	fputs(",\"sessions\":[", f);
	for (size_t i = 1; i <= observations_n_sessions(d->seen); i++)
		put_member(d, i > 1 ? "," : "",
			   observations_session_at(d->seen, i)->uuid);
	fprintf(f, "],\"attempts\":%lld,\"suggestions\":[",
		(long long)observations_attempts(d->seen));
	for (size_t i = 0; i < suggestions_n(d->suggestions); i++)
		put_suggestion(d, i ? "," : "",
			       suggestions_at(d->suggestions, i));
	put_dropped(d);
	if (d->want->wants_prune)
		put_unused(d);
	put_string(d, ",", "suffixes", suffixes_date(d->suffixes));
	put_string(d, ",", "shared_hosts", SHARED_VERSION);
	put_string(d, ",", "diff", d->diff ? d->diff : "");
	fputs("}\n", f);
}

int draft_put(const struct draft *d)
{
	if (d->want->form == DRAFT_JSON)
		put_json(d);
	else if (d->want->form == DRAFT_DIFF && d->diff)
		put_diff(d);
	else if (d->want->form == DRAFT_TEXT && d->spliced.text)
		fwrite(d->spliced.text, 1, d->spliced.len, d->want->out);
	else if (d->want->form == DRAFT_TEXT && d->text)
		fwrite(d->text, 1, d->len, d->want->out);
	return d->want->out == stdout ? output_flush() : 0;
}
