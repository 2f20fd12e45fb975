/* SPDX-License-Identifier: MIT */
/* What another policy would have said of what was recorded. */
#include <stdlib.h>
#include <string.h>

#include "audit/filter.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/records.h"
#include "cli/replay_print.h"
#include "cli/wish.h"
#include "learn/replay.h"
#include "lib/handles.h"

AUTO(ef_policy, ef_policy_free)
AUTO(filter, filter_free)
AUTO(reader, reader_close)
AUTO(replay, replay_free)

#define SESSIONS_MAX 256 /* of --session */

#define EXIT_SAME  0
#define EXIT_WORSE 1
/* and EXIT_USAGE for bad input */

struct request {
	struct records records;
	const char *sessions[SESSIONS_MAX];
	size_t n_sessions;
	const char *config, *where;
	int64_t since_ms;
	bool wants_json;
};

static int take_session(struct request *q, const char *value)
{
	if (q->n_sessions == SESSIONS_MAX) {
		output_error("--session may be given at most %d times",
			     SESSIONS_MAX);
		return EXIT_USAGE;
	}
	q->sessions[q->n_sessions++] = value;
	return 0;
}

static int take(struct request *q, int opt, const char *value)
{
	switch (opt) {
	case OPT_CONFIG:
		q->config = value;
		return 0;
	case OPT_DB:
	case OPT_FROM:
		return records_add(&q->records, value);
	case OPT_SESSION:
		return take_session(q, value);
	case OPT_SINCE:
		return wish_since(value, &q->since_ms);
	case OPT_WHERE:
		q->where = value;
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

/* The sessions meant, as a flag for each. 0 or the exit code. */
static int choose(const struct request *q, const struct reader *r, bool *chosen)
{
	size_t n = reader_n_sessions(r);
	struct ef_err err = { 0 };

	/* Files that were named are meant whole; of what has piled up in the
	 * state folder only the last. */
	for (size_t i = 0; !q->n_sessions && i < n; i++)
		chosen[i] = q->records.n || i + 1 == n;
	for (size_t i = 0; i < q->n_sessions; i++) {
		int64_t at = strcmp(q->sessions[i], "all")
				     ? reader_find(r, q->sessions[i], &err)
				     : -1;

		if (at < 0 && err.code) {
			output_error("%s", err.msg);
			return EXIT_USAGE;
		}
		for (size_t k = 0; k < n; k++)
			chosen[k] |= at < 0 || (size_t)at == k;
	}
	return 0;
}

static int judge_all(const struct request *q, struct reader *r,
		     const struct filter *f, struct replay *replay)
{
	auto_free bool *chosen =
		calloc(reader_n_sessions(r) + 1, sizeof(*chosen));
	struct ef_err err = { 0 };
	int code;

	if (!chosen) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	code = choose(q, r, chosen);
	for (size_t i = 0; !code && i < reader_n_sessions(r); i++) {
		if (!chosen[i] ||
		    replay_session(replay, r, i, f, q->since_ms, &err) == 0)
			continue;
		output_error("%s", err.msg);
		code = EXIT_USAGE;
	}
	return code;
}

static int answer(const struct request *q, struct reader *r,
		  const struct filter *f, const struct ef_policy *policy)
{
	auto_of(replay) struct replay *replay = replay_new(policy->inner);
	const char *path = policy_path(policy->inner);
	int code = 0;

	if (!replay) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	if (reader_n_sessions(r) == 0)
		output_error("nothing is recorded yet; to record: "
			     "egress-filter COMMAND");
	code = judge_all(q, r, f, replay);
	if (code)
		return code;
	if (q->wants_json)
		replay_print_json(replay, path);
	else
		replay_print_table(replay);
	code = output_flush();
	if (code)
		return code;
	if (!q->wants_json && reader_n_sessions(r))
		replay_print_totals(replay, path);
	return replay_totals(replay)->now_denied ? EXIT_WORSE : EXIT_SAME;
}

static int run(int argc, char **argv)
{
	auto_of(ef_policy) struct ef_policy *policy = NULL;
	auto_of(filter) struct filter *filter = NULL;
	auto_of(reader) struct reader *reader = NULL;
	struct request q = { .since_ms = INT64_MIN };
	struct ef_err err = { 0 };
	bool is_bad = false;
	struct options o;
	const char *value;
	int opt, code = 0;

	options_start(&o, WORD_REPLAY, argc, argv);
	while (!code && (opt = options_next(&o, &value)) >= 0)
		code = take(&q, opt, value);
	if (code || opt == OPTIONS_STOP)
		return code ? code : o.exit_code;
	if (o.n_rest) {
		output_error("%s: replay takes options only; a policy is named "
			     "with -c FILE, attempts with --where FILTER",
			     o.rest[0]);
		return EXIT_USAGE;
	}
	if (filter_compile(q.where ? q.where : "", clock_wall_ms(), &filter,
			   &err) < 0) {
		output_error("filter: %s", err.msg);
		return EXIT_USAGE;
	}
	if (choice_to_look_at(q.config, &policy) < 0)
		return EXIT_USAGE;
	code = records_open(&q.records, &reader, &is_bad);
	if (!code)
		code = answer(&q, reader, filter, policy);
	return is_bad ? EXIT_USAGE : code;
}

const struct command cmd_replay = {
	.name = "replay",
	.args = "[OPTION...]",
	.summary = "judge recorded attempts by another policy",
	.words = "",
	.run = run,
};
