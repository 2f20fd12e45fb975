/* SPDX-License-Identifier: MIT */
/* Why a destination is allowed or denied, and what would change that. */
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/event.h"
#include "base/cleanup.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/why_event.h"
#include "lib/destination.h"
#include "lib/handles.h"
#include "policy/explain.h"

AUTO(ef_policy, ef_policy_free)

#define STORY_MAX 16384

struct question_asked {
	const char *destination; /* as asked */
	const char *config, *db;
	bool wants_json;
};

/* "api.example.com:443/tcp": what the question came to. */
static void print_destination(const struct observation *seen)
{
	char name[DNAME_TEXT_MAX];

	if (seen->n_candidates)
		fputs(dname_text(&seen->candidates[0].name, name), stdout);
	else if (seen->addr.port)
		fputs(addr_port_text(&seen->addr, name), stdout);
	else
		fputs(addr_text(&seen->addr, name), stdout);
	if (seen->n_candidates && seen->addr.port)
		printf(":%u", seen->addr.port);
	printf("/%s\n", proto_word(seen->proto));
}

static void print_member(const char *gap, const char *key, const char *text)
{
	char buf[STORY_MAX];
	size_t len;

	if (!text || !escape_json(text, strlen(text), buf, sizeof(buf), &len))
		printf("%s\"%s\":null", gap, key);
	else
		printf("%s\"%s\":\"%s\"", gap, key, buf);
}

static void print_json(const struct question_asked *q, const struct policy *p,
		       const struct explanation *e)
{
	const struct rule *rule = e->said.rule;

	print_member("{", "destination", q->destination);
	print_member(",", "verdict",
		     e->said.verdict == VERDICT_ALLOW ? "allow" : "deny");
	print_member(",", "reason", reason_word(e->said.reason));
	print_member(",", "text", reason_text(e->said.reason));
	print_member(",", "file", *policy_path(p) ? policy_path(p) : NULL);
	print_member(",", "rule", rule ? rule->text : NULL);
	printf(",\"line\":%u", rule ? rule->line : 0);
	print_member(",", "rule_reason", rule ? rule->reason : NULL);
	print_member(",", "change", *e->change ? e->change : NULL);
	print_member(",", "advice", *e->advice ? e->advice : NULL);
	puts("}");
}

static int answer(const struct question_asked *q, const struct policy *p)
{
	auto_free struct explanation *e = calloc(1, sizeof(*e));
	auto_free char *story = malloc(STORY_MAX);
	struct observation seen;
	struct ef_err err = { 0 };
	int code;

	if (!e || !story) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	if (destination_parse(q->destination, p, &seen, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	policy_explain(p, &seen, e);
	if (q->wants_json) {
		print_json(q, p, e);
	} else {
		print_destination(&seen);
		fputs(explain_text(p, e, story, STORY_MAX), stdout);
	}
	code = output_flush();
	return code ? code : e->said.verdict != VERDICT_ALLOW;
}

static int run(int argc, char **argv)
{
	auto_of(ef_policy) struct ef_policy *policy = NULL;
	struct question_asked q = { 0 };
	struct options o;
	const char *value;
	int opt;

	options_start(&o, WORD_WHY, argc, argv);
	while ((opt = options_next(&o, &value)) >= 0) {
		if (opt == OPT_CONFIG)
			q.config = value;
		else if (opt == OPT_DB)
			q.db = value;
		else if (opt == OPT_JSON)
			q.wants_json = true;
	}
	if (opt == OPTIONS_STOP)
		return o.exit_code;
	if (o.n_rest != 1) {
		output_error("what about? egress-filter why "
			     "HOST[:PORT][/PROTO], or SESSION:SEQ");
		return EXIT_USAGE;
	}
	q.destination = o.rest[0];
	if (why_event_is_id(q.destination))
		return why_event(q.destination, q.db, q.config, q.wants_json);
	if (choice_policy(q.config, false, &policy) < 0)
		return EXIT_USAGE;
	return answer(&q, policy->inner);
}

const struct command cmd_why = {
	.name = "why",
	.args = "[OPTION...] HOST[:PORT][/PROTO] | SESSION:SEQ",
	.summary = "explain a decision, with the lines that would change it",
	.words = "",
	.run = run,
};
