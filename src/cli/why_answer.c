/* SPDX-License-Identifier: MIT */
/* What a policy says of a destination, told. */
#include "cli/why_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/event.h"
#include "audit/ndjson.h"
#include "base/cleanup.h"
#include "cli/output.h"
#include "cli/why_hosts.h"
#include "lib/destination.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "policy/judge.h"

#define STORY_MAX 16384
#define TYPE_A	  1 /* RFC 1035 section 3.2.2 */

/* "api.example.com:443/tcp": what the question came to. */
static void destination_text(const struct observation *seen, char *buf,
			     size_t size)
{
	char name[DNAME_TEXT_MAX], port[16] = "";

	if (*seen->peer.name) {
		escape_text(seen->peer.name, strlen(seen->peer.name), name,
			    sizeof(name));
		snprintf(buf, size, "%s %s", name, proto_word(seen->proto));
		return;
	}
	if (seen->n_candidates)
		dname_text(&seen->candidates[0].name, name);
	else if (seen->addr.port)
		addr_port_text(&seen->addr, name);
	else
		addr_text(&seen->addr, name);
	if (seen->n_candidates && seen->addr.port)
		snprintf(port, sizeof(port), ":%u", seen->addr.port);
	snprintf(buf, size, "%s%s/%s", name, port, proto_word(seen->proto));
}

static void put_text(const char *gap, const char *key, const char *text)
{
	printf("%s\"%s\":", gap, key);
	if (text && *text)
		ndjson_string(text, strlen(text), stdout);
	else
		fputs("null", stdout);
}

static void put_rule(const struct rule *r, bool is_first)
{
	put_text(is_first ? "{" : ",{", "rule", r->text);
	printf(",\"line\":%u", r->line);
	put_text(",", "rule_reason", r->reason);
}

/* The rules that were looked at, then those on similar names. */
static void put_rules(const struct explanation *e)
{
	fputs(",\"rules\":[", stdout);
	for (size_t i = 0; i < e->told.n; i++) {
		put_rule(e->told.list[i].rule, i == 0);
		put_text(",", "says", heard_text(e->told.list[i].heard));
		putchar('}');
	}
	fputs("],\"similar\":[", stdout);
	for (size_t i = 0; i < e->n_near; i++) {
		put_rule(e->near[i], i == 0);
		putchar('}');
	}
	putchar(']');
}

static void print_json(const char *destination, const struct policy *p,
		       const struct explanation *e)
{
	const struct rule *rule = e->said.rule;

	put_text("{", "destination", destination);
	put_text(",", "verdict",
		 e->said.verdict == VERDICT_ALLOW ? "allow" : "deny");
	put_text(",", "reason", reason_word(e->said.reason));
	put_text(",", "text", reason_text(e->said.reason));
	put_text(",", "door", e->said.door);
	put_text(",", "file", policy_path(p));
	put_text(",", "rule", rule ? rule->text : NULL);
	printf(",\"line\":%u", rule ? rule->line : 0);
	put_text(",", "rule_reason", rule ? rule->reason : NULL);
	put_rules(e);
	put_text(",", "change", e->change);
	put_text(",", "advice", e->advice);
	puts("}");
}

/*
 * A name that is denied is denied where it is asked for, where the reason may
 * be another one than at a connection that is never made.
 */
static void explain(const struct policy *p, const struct observation *seen,
		    struct explanation *e)
{
	struct observation asked = { .stage = STAGE_DNS, .qtype = TYPE_A };
	struct decision said;

	policy_explain(p, seen, e);
	if (e->said.reason != REASON_NO_RULE || !judge_is_placeholder(seen))
		return;
	asked.name = seen->candidates[0].name;
	said = policy_decide(p, &asked);
	if (said.verdict == VERDICT_DENY)
		e->said.reason = said.reason;
}

int why_answer(const char *destination, const struct policy *p, bool wants_json)
{
	auto_free struct explanation *e = calloc(1, sizeof(*e));
	auto_free char *story = malloc(STORY_MAX);
	char where[DNAME_TEXT_MAX + 64];
	struct observation seen;
	struct ef_err err = { 0 };
	bool by_hosts;
	int code;

	if (!e || !story) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	if (destination_parse(destination, p, &seen, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	destination_text(&seen, where, sizeof(where));
	by_hosts = why_hosts_apply(p, &seen);
	explain(p, &seen, e);
	if (wants_json) {
		print_json(destination, p, e);
	} else {
		puts(where);
		if (by_hosts)
			printf("/etc/hosts has it: %s\n",
			       addr_text(&seen.addr, where));
		fputs(explain_text(p, e, story, STORY_MAX), stdout);
	}
	code = output_flush();
	return code ? code : e->said.verdict != VERDICT_ALLOW;
}
