/* SPDX-License-Identifier: MIT */
/* draft: suggest rules from what was recorded. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/draft.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/wish.h"

#define DEFAULT_PORT 443

static int add(struct draft_list *l, const char *option, const char *value)
{
	if (l->n == DRAFT_LIST_MAX) {
		output_error("--%s may be given at most %d times", option,
			     DRAFT_LIST_MAX);
		return EXIT_USAGE;
	}
	l->items[l->n++] = value;
	return 0;
}

static int take_port(struct draft_request *q, const char *value)
{
	char *end;
	long port = strtol(value, &end, 10);

	if (end == value || *end || port < 1 || port > 65535)
		return wish_refuse("assume-port", value, "a port, 1 to 65535");
	q->assumed_port = (uint16_t)port;
	return 0;
}

static int take_evidence(struct draft_request *q, const char *value)
{
	q->without_comments = !strcmp(value, "none");
	return q->without_comments || !strcmp(value, "comment")
		       ? 0
		       : wish_refuse("evidence", value, "none or comment");
}

static int take_switch(struct draft_request *q, int opt)
{
	q->wants_write |= opt == OPT_WRITE;
	q->is_yes |= opt == OPT_YES;
	q->is_dry_run |= opt == OPT_DRY_RUN;
	q->no_input |= opt == OPT_NO_INPUT;
	q->wants_prune |= opt == OPT_PRUNE;
	q->is_again |= opt == OPT_AGAIN;
	q->is_verbose |= opt == OPT_VERBOSE;
	if (opt == OPT_JSON)
		q->form = DRAFT_JSON;
	if (opt != OPT_REVIEW)
		return 0;
	output_error("--review: the screen is not built yet in this version");
	return EXIT_USAGE;
}

static int take(struct draft_request *q, int opt, const char *value)
{
	switch (opt) {
	case OPT_CONFIG:
		q->config = value;
		return 0;
	case OPT_FROM:
		q->is_from = true;
		return records_add(&q->records, value);
	case OPT_DB:
		return records_add(&q->records, value);
	case OPT_SESSION:
		return add(&q->sessions, "session", value);
	case OPT_WIDEN:
		return add(&q->widen, "widen", value);
	case OPT_NEVER:
		return add(&q->never, "never", value);
	case OPT_SKIP:
		return add(&q->skip, "skip", value);
	case OPT_WHERE:
		q->where = value;
		return 0;
	case OPT_PSL:
		q->psl = value;
		return 0;
	case OPT_ASSUME_PORT:
		return take_port(q, value);
	case OPT_EVIDENCE:
		return take_evidence(q, value);
	case OPT_COLOR:
		return wish_color(value);
	default:
		return take_switch(q, opt);
	}
}

static int run(int argc, char **argv)
{
	struct draft_request q = { .assumed_port = DEFAULT_PORT, .out = stdout };
	struct options o;
	const char *value;
	int opt, code = 0;

	options_start(&o, WORD_DRAFT, argc, argv);
	while (!code && (opt = options_next(&o, &value)) >= 0)
		code = take(&q, opt, value);
	if (code || opt == OPTIONS_STOP)
		return code ? code : o.exit_code;
	if (o.n_rest && !q.is_from) {
		output_error("%s: what is that? records are named with --from",
			     o.rest[0]);
		return EXIT_USAGE;
	}
	for (int i = 0; !code && i < o.n_rest; i++)
		code = records_add(&q.records, o.rest[i]);
	return code ? code : draft_run(&q);
}

const struct command cmd_draft = {
	.name = "draft",
	.args = "[OPTION...] [--from FILE...]",
	.summary = "suggest rules from what was recorded",
	.run = run,
};
