/* SPDX-License-Identifier: MIT */
/* Why a destination is allowed or denied, and what would change that. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/records.h"
#include "cli/why_answer.h"
#include "cli/why_event.h"
#include "cli/why_self.h"
#include "cli/wish.h"
#include "lib/handles.h"
#include "supervisor/surroundings.h"

AUTO(ef_policy, ef_policy_free)
AUTO(reader, reader_close)

struct request {
	struct records records;
	const char *what; /* NULL: nothing was named */
	const char *config;
	bool wants_json, is_self;
};

static int take(struct request *q, int opt, const char *value)
{
	switch (opt) {
	case OPT_CONFIG:
		q->config = value;
		return 0;
	case OPT_DB:
		return records_add(&q->records, value);
	case OPT_SELF:
		q->is_self = true;
		return 0;
	case OPT_JSON:
		q->wants_json = true;
		return 0;
	case OPT_COLOR:
		return wish_color(value);
	default:
		return 0;
	}
}

static int ask_policy(const struct request *q)
{
	auto_of(ef_policy) struct ef_policy *policy = NULL;

	if (choice_policy(q->config, false, &policy) < 0)
		return EXIT_USAGE;
	return why_answer(q->what, policy->inner, q->wants_json);
}

static int ask_records(const struct request *q)
{
	auto_of(reader) struct reader *r = NULL;
	bool is_bad = false;
	int code = records_open(&q->records, &r, &is_bad);

	if (code)
		return code;
	if (q->is_self)
		return why_self(r, q->what, q->config, q->wants_json);
	return why_event(r, q->what, q->config, q->wants_json);
}

static int run(int argc, char **argv)
{
	struct request q = { 0 };
	struct options o;
	const char *value;
	int opt, code = 0;

	options_start(&o, WORD_WHY, argc, argv);
	while (!code && (opt = options_next(&o, &value)) >= 0)
		code = take(&q, opt, value);
	if (code || opt == OPTIONS_STOP)
		return code ? code : o.exit_code;
	if (o.n_rest != 1 && !(q.is_self && !o.n_rest)) {
		output_error("what about? egress-filter why "
			     "HOST[:PORT][/PROTO], /SOCKET, @SOCKET, or "
			     "SESSION:SEQ");
		return EXIT_USAGE;
	}
	q.what = o.n_rest ? o.rest[0] : NULL;
	surroundings_name_agents();
	return q.is_self || why_event_is_id(q.what) ? ask_records(&q)
						    : ask_policy(&q);
}

const struct command cmd_why = {
	.name = "why",
	.args = "[OPTION...] HOST[:PORT][/PROTO] | SOCKET | SESSION:SEQ",
	.summary = "explain a decision, with the lines that would change it",
	.words = "",
	.run = run,
};
