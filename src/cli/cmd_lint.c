/* SPDX-License-Identifier: MIT */
/* lint: say everything that is wrong with policy files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/filter.h"
#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/lint_file.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/records.h"
#include "cli/wish.h"
#include "learn/findings_usage.h"

#define DEFAULT_FILE "egress-allowlist.yaml"

#define EXIT_CLEAN    0
#define EXIT_FINDINGS 1
/* and EXIT_USAGE when a file cannot be read */

AUTO(reader, reader_close)
AUTO(suffixes, suffixes_free)
AUTO(usage, usage_free)

struct request {
	struct records records;
	struct reader *reader; /* NULL: records are not asked */
	struct suffixes *suffixes;
	enum finding_level level;
	uint32_t min_sessions, min_days;
	int64_t since_ms;
	bool wants_json, wants_fix, asks_records;
};

static int take_number(const char *option, const char *value, uint32_t *ret)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (*end || end == value || n < 1 || n > 1000000)
		return wish_refuse(option, value, "a number, 1 or more");
	*ret = (uint32_t)n;
	return 0;
}

static int take_level(struct request *q, const char *value)
{
	if (!strcmp(value, "info"))
		q->level = LEVEL_INFO;
	else if (!strcmp(value, "warning") || !strcmp(value, "warn"))
		q->level = LEVEL_WARNING;
	else if (!strcmp(value, "error"))
		q->level = LEVEL_ERROR;
	else
		return wish_refuse("level", value, "info, warning or error");
	return 0;
}

static int take(struct request *q, int opt, const char *value)
{
	switch (opt) {
	case OPT_JSON:
		q->wants_json = true;
		return 0;
	case OPT_FIX:
		q->wants_fix = true;
		return 0;
	case OPT_LEVEL:
		return take_level(q, value);
	case OPT_STALE:
		q->asks_records = true;
		return 0;
	case OPT_MIN_SESSIONS:
		return take_number("min-sessions", value, &q->min_sessions);
	case OPT_MIN_DAYS:
		return take_number("min-days", value, &q->min_days);
	case OPT_SINCE:
		return wish_since(value, &q->since_ms);
	case OPT_DB:
	case OPT_FROM:
		return records_add(&q->records, value);
	default:
		return 0;
	}
}

/* Say so where unused rules cannot be told yet: no finding is no proof. */
static void tell_too_little(const struct request *q, const char *path,
			    const struct usage *u)
{
	if (usage_n_sessions(u) >= q->min_sessions && usage_days(u) >= q->min_days)
		return;
	output_error("%s: too little is recorded to tell unused rules: %zu "
		     "sessions of %u, over %u days of %u",
		     path, usage_n_sessions(u), q->min_sessions, usage_days(u),
		     q->min_days);
}

static int find_unused(const struct request *q, struct lint_file *f)
{
	auto_of(usage) struct usage *u = usage_new(f->policy);
	struct ef_err err = { 0 };

	if (!u) {
		output_error("out of memory");
		return -ENOMEM;
	}
	for (size_t i = 0; i < reader_n_sessions(q->reader); i++) {
		if (reader_session(q->reader, i)->started_ms < q->since_ms ||
		    usage_session(u, q->reader, i, &err) == 0)
			continue;
		output_error("%s", err.msg);
		return -EIO;
	}
	tell_too_little(q, f->path, u);
	if (usage_find(u, q->min_sessions, q->min_days, &f->findings) == 0)
		return 0;
	output_error("out of memory");
	return -ENOMEM;
}

/* Look at one file. 0, or EXIT_USAGE after saying that it cannot be read. */
static int look(const struct request *q, struct lint_file *f)
{
	struct ef_err err = { 0 };
	int n = policy_load_file(f->path, &f->problems, &f->policy, &err);

	if (n < 0 && !f->problems.n_errors) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	if (!f->policy)
		return 0;
	if (findings_find(f->policy, q->suffixes, &f->findings) < 0) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	return q->reader && find_unused(q, f) < 0 ? EXIT_USAGE : 0;
}

static int lint(const struct request *q, struct lint_file *f, bool is_first)
{
	struct lint_counts c;
	int code = look(q, f);

	if (code)
		return code;
	if (q->wants_json) {
		fputs(is_first ? "" : ",", stdout);
		lint_file_print_json(f, q->level);
	} else {
		lint_file_print(f, q->level, q->wants_fix ? stderr : stdout);
	}
	if (q->wants_fix)
		code = lint_file_print_fix(f);
	c = lint_file_count(f, q->level);
	return code				   ? code
	       : c.errors || c.warnings || c.infos ? EXIT_FINDINGS
						   : EXIT_CLEAN;
}

static int lint_all(const struct request *q, char **files, int n)
{
	auto_free struct lint_file *f = calloc(1, sizeof(*f));
	int worst = EXIT_CLEAN, told = 0;

	if (!f) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	if (q->wants_json)
		fputs("{\"files\":[", stdout);
	for (int i = 0; i < n; i++) {
		int found;

		memset(f, 0, sizeof(*f));
		f->path = files[i];
		found = lint(q, f, told == 0);
		told += found != EXIT_USAGE;
		worst = found > worst ? found : worst;
		lint_file_done(f);
	}
	if (q->wants_json)
		puts("]}");
	return worst;
}

static int run(int argc, char **argv)
{
	static char default_file[] = DEFAULT_FILE;
	char *only[] = { default_file };
	struct request q = { .level = LEVEL_WARNING,
			     .min_sessions = USAGE_SESSIONS,
			     .min_days = USAGE_DAYS,
			     .since_ms = INT64_MIN };
	auto_of(suffixes) struct suffixes *suffixes = NULL;
	auto_of(reader) struct reader *reader = NULL;
	struct ef_err err = { 0 };
	bool is_bad = false;
	struct options o;
	const char *value;
	int opt, ret = 0;

	options_start(&o, WORD_LINT, argc, argv);
	while (!ret && (opt = options_next(&o, &value)) >= 0)
		ret = take(&q, opt, value);
	if (ret || opt == OPTIONS_STOP)
		return ret ? ret : o.exit_code;
	if (q.wants_fix && q.wants_json) {
		output_error("--fix prints a diff: it does not go with --json");
		return EXIT_USAGE;
	}
	if (suffixes_open(NULL, &suffixes, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	q.suffixes = suffixes;
	if (q.asks_records)
		ret = records_open(&q.records, &reader, &is_bad);
	if (ret)
		return ret;
	q.reader = reader;
	ret = lint_all(&q, o.n_rest ? o.rest : only, o.n_rest ? o.n_rest : 1);
	if (output_flush() || is_bad)
		return EXIT_USAGE;
	return ret;
}

const struct command cmd_lint = {
	.name = "lint",
	.args = "[OPTION...] [FILE...]",
	.summary = "say what is wrong with policy files, and what does nothing",
	.words = "@policy",
	.run = run,
};
