/* SPDX-License-Identifier: MIT */
/* A replay for people and for programs. */
#include "cli/replay_print.h"

#include <stdio.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/ndjson.h"
#include "audit/reader_group.h"
#include "cli/output.h"
#include "cli/table.h"
#include "policy/verdict.h"

#define RED   "31"
#define GREEN "32"

/* A change as a row, so that the words are those of "log". */
static struct row row_of(const struct replay_change *c)
{
	const struct rule *rule = c->now.rule;

	return (struct row){
		.type = ROW_ATTEMPT,
		.stage = c->stage,
		.proto = c->proto,
		.verdict = c->is_denied ? "deny" : "allow",
		.action = c->is_denied ? "denied" : "allowed",
		.name = c->name,
		.ip = c->ip,
		.placeholder = "",
		.port = c->port,
		.reason = reason_word(c->now.reason),
		.door = c->now.door ? c->now.door : "",
		.rule = rule ? rule->text : "",
		.rule_reason = rule && rule->reason ? rule->reason : "",
		.line = rule ? rule->line : 0,
	};
}

static void print_row(const struct table *t, const struct replay_change *c)
{
	struct row row = row_of(c);
	char where[600], port[64], calls[24], event[40], why[700], reason[600];

	snprintf(calls, sizeof(calls), "%lld", (long long)c->calls);
	snprintf(event, sizeof(event), "%.8s:%lld", c->session,
		 (long long)c->seq);
	row_reason(&row, reason, sizeof(reason));
	if (row.line && !c->is_denied)
		snprintf(why, sizeof(why), "line %lld: %s", (long long)row.line,
			 reason);
	else
		snprintf(why, sizeof(why), "%s", reason);
	table_row(t,
		  (const char *[]){
			  c->is_denied ? "would be denied" : "would be allowed",
			  row_destination(&row, where, sizeof(where)),
			  row_port(&row, port, sizeof(port)), calls, event, why },
		  0, c->is_denied ? RED : GREEN);
}

void replay_print_table(struct replay *r)
{
	struct table t = table_for(stdout);
	const struct replay_change *c;

	table_add(&t, "CHANGE", 16);
	table_add(&t, "DESTINATION", 36);
	table_add(&t, "PORT", 9);
	table_add(&t, "CALLS", -6);
	table_add(&t, "FIRST", 13);
	table_add(&t, "WHY", 30);
	if (replay_change(r, 0))
		table_heading(&t);
	for (size_t i = 0; (c = replay_change(r, i)); i++)
		print_row(&t, c);
}

static void put_text(const char *key, const char *text)
{
	printf(",\"%s\":", key);
	if (text && *text)
		ndjson_string(text, strlen(text), stdout);
	else
		fputs("null", stdout);
}

static void put_number(const char *key, int64_t n)
{
	printf(",\"%s\":%lld", key, (long long)n);
}

static void put_change(const struct replay_change *c, bool is_first)
{
	struct row row = row_of(c);
	char at[NDJSON_TIME_MAX];

	printf("%s{\"verdict\":\"%s\"", is_first ? "" : ",", row.verdict);
	put_text("stage", c->stage);
	put_text("proto", c->proto);
	put_text("host", c->name);
	put_text("ip", c->ip);
	put_number("port", c->port);
	put_text("reason", row.reason);
	put_text("text", reason_text(c->now.reason));
	put_text("rule", row.rule);
	put_number("line", row.line);
	put_text("reason_then", c->then);
	put_number("line_then", c->line);
	put_number("rows", c->rows);
	put_number("calls", c->calls);
	put_text("session", c->session);
	put_number("seq", c->seq);
	put_text("ts", ndjson_time(c->at_ms, at));
	putchar('}');
}

void replay_print_json(struct replay *r, const char *policy)
{
	const struct replay_totals *t = replay_totals(r);
	const struct replay_change *c;

	printf("{\"v\":%d", NDJSON_VERSION);
	put_text("policy", policy);
	put_number("sessions", (int64_t)t->n_sessions);
	put_number("still_allowed", t->same_allowed);
	put_number("still_denied", t->same_denied);
	put_number("would_be_denied", t->now_denied);
	put_number("would_be_allowed", t->now_allowed);
	put_number("probes", t->probes);
	put_number("unlisted", t->unlisted);
	fputs(",\"changes\":[", stdout);
	for (size_t i = 0; (c = replay_change(r, i)); i++)
		put_change(c, i == 0);
	puts("]}");
}

static void print_hint(struct replay *r, const char *policy)
{
	const struct replay_change *c = replay_change(r, 0);
	char file[4096];

	if (!c || !c->is_denied ||
	    !*escape_shell(policy, strlen(policy), file, sizeof(file)))
		return;
	fprintf(stderr, "why: egress-filter why %.8s:%lld -c %s\n", c->session,
		(long long)c->seq, file);
}

void replay_print_totals(struct replay *r, const char *policy)
{
	const struct replay_totals *t = replay_totals(r);
	char file[1024];

	escape_text(policy, strlen(policy), file, sizeof(file));
	fprintf(stderr,
		"egress-filter: %s on %zu session%s: %lld would be denied, "
		"%lld would be allowed, %lld still allowed, %lld still denied",
		file, t->n_sessions, t->n_sessions == 1 ? "" : "s",
		(long long)t->now_denied, (long long)t->now_allowed,
		(long long)t->same_allowed, (long long)t->same_denied);
	if (t->probes)
		fprintf(stderr, " (%lld probes left out)", (long long)t->probes);
	if (t->unlisted)
		fprintf(stderr,
			" (%lld calls to destinations beyond the first "
			"%d changes are counted only)",
			(long long)t->unlisted, REPLAY_CHANGES_MAX);
	fputc('\n', stderr);
	print_hint(r, policy);
}
