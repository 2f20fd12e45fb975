/* SPDX-License-Identifier: MIT */
/* What is asked of a run, read from the command line and the environment. */
#include "cli/wish.h"

#include <stdlib.h>
#include <string.h>

#include "audit/filter.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/output.h"

#define TIMES_MAX 1000

int wish_refuse(const char *option, const char *value, const char *want)
{
	output_error("--%s: \"%s\" is not %s", option, value, want);
	return EXIT_USAGE;
}

static int add(struct wish *w, enum ef_setting what, const char *value,
	       const char *option)
{
	if (w->n_settings == WISH_SETTINGS_MAX) {
		output_error("--%s: more than %d settings", option,
			     WISH_SETTINGS_MAX);
		return EXIT_USAGE;
	}
	w->settings[w->n_settings].what = what;
	w->settings[w->n_settings].value = value;
	w->settings[w->n_settings++].option = option;
	return 0;
}

static int take_mode(struct wish *w, const char *value)
{
	if (!strcmp(value, "learn")) {
		output_error(
			"--mode learn is a subcommand: egress-filter learn "
			"COMMAND");
		return EXIT_USAGE;
	}
	if (!strcmp(value, "ask")) {
		output_error("--mode %s is not built yet in this version", value);
		return EXIT_USAGE;
	}
	if (strcmp(value, "enforce") != 0 && strcmp(value, "audit") != 0)
		return wish_refuse("mode", value, "enforce or audit");
	w->has_mode = true;
	w->is_audit = !strcmp(value, "audit");
	return add(w, EF_MODE, value, "mode");
}

static int take_fail(struct wish *w, const char *value)
{
	char *end;
	long n = value ? strtol(value, &end, 10) : EXIT_DENIED;

	if (value && (end == value || *end || n < 1 || n > 255))
		return wish_refuse("fail-on-deny", value,
				   "an exit code from 1 to 255");
	w->fail_code = (int)n;
	return 0;
}

static int take_detail(struct wish *w, const char *value)
{
	w->is_quiet = !strcmp(value, "quiet");
	return add(w, EF_DETAIL, value, value);
}

static int take_level(const char *value)
{
	enum log_level level;

	if (!log_level_parse(value, &level))
		return wish_refuse("log-level", value,
				   "error, warn, info, debug or trace");
	log_set_level(level);
	return 0;
}

static int take_times(struct wish *w, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end || n < 1 || n > TIMES_MAX)
		return wish_refuse("times", value, "a number from 1 to 1000");
	w->times = (int)n;
	return 0;
}

/* What learn has and run has not. */
static int take_learn(struct wish *w, int opt, const char *value)
{
	if (opt == OPT_DRAFT)
		w->draft = value;
	else if (opt == OPT_TIMES)
		return take_times(w, value);
	else if (opt == OPT_REVIEW) {
		output_error("--review: the screen is not built yet in this "
			     "version");
		return EXIT_USAGE;
	}
	return 0; /* --no-input: neither asks anything */
}

/* One option; 0 or the exit code. */
static int take(struct wish *w, int opt, const char *value)
{
	switch (opt) {
	case OPT_CONFIG:
		w->config = value;
		return 0;
	case OPT_ALLOW_ALL:
		w->allow_all = true;
		return 0;
	case OPT_DNS_PORT:
		return add(w, EF_DNS_PORT, value, "dns-proxy-port");
	case OPT_MODE:
		return take_mode(w, value);
	case OPT_DB:
		return add(w, EF_RECORD, value, "db");
	case OPT_FAIL_ON_DENY:
		return take_fail(w, value);
	case OPT_QUIET:
		return take_detail(w, "quiet");
	case OPT_VERBOSE:
		return take_detail(w, "verbose");
	case OPT_LOG_LEVEL:
		w->log_level = value;
		return take_level(value);
	case OPT_DENY_LOG:
		w->deny_log = value;
		return 0;
	case OPT_EXIT_FILE:
		w->exit_file = value;
		return 0;
	case OPT_RELOAD:
		return add(w, EF_RELOAD, value, "reload");
	case OPT_WAIT:
		return add(w, EF_WAIT, "1", "wait");
	case OPT_WEAK:
		return add(w, EF_WEAK, "1", "weak");
	case OPT_KEEP_CAPS:
		return add(w, EF_KEEP_CAPS, value, "keep-caps");
	case OPT_NAME:
		return add(w, EF_NAME, value, "name");
	case OPT_TAG:
		return add(w, EF_TAG, value, "tag");
	case OPT_COLOR:
		return wish_color(value);
	default:
		return take_learn(w, opt, value);
	}
}

/* What the command line left open and the environment may say. */
static int take_environment(struct wish *w)
{
	const char *level = getenv("EGRESS_FILTER_LOG");
	const char *record = getenv("EGRESS_FILTER_DB");
	enum log_level parsed;

	if (!level || !*level)
		level = getenv("RUST_LOG");
	if (!w->log_level && level && log_level_parse(level, &parsed))
		log_set_level(parsed);
	for (int i = 0; i < w->n_settings; i++)
		if (w->settings[i].what == EF_RECORD)
			return 0;
	return record && *record ? add(w, EF_RECORD, record, "db") : 0;
}

static int check_together(const struct wish *w)
{
	if (w->allow_all && w->config) {
		output_error("--allow-all and -c exclude each other");
		return EXIT_USAGE;
	}
	if (w->allow_all && w->has_mode) {
		output_error("--allow-all and --mode exclude each other");
		return EXIT_USAGE;
	}
	if (!*w->command) {
		output_error("no command to run; see egress-filter help %s",
			     w->is_learn ? "learn" : "run");
		return EXIT_USAGE;
	}
	return 0;
}

bool wish_read(struct wish *w, enum word word, int argc, char **argv,
	       int *ret_code)
{
	struct options o;
	const char *value;
	int opt;

	*w = (struct wish){ .times = 1, .is_learn = word == WORD_LEARN };
	options_start(&o, word, argc, argv);
	while ((opt = options_next(&o, &value)) >= 0) {
		*ret_code = take(w, opt, value);
		if (*ret_code)
			return false;
	}
	*ret_code = o.exit_code;
	if (opt == OPTIONS_STOP)
		return false;
	w->command = o.rest;
	*ret_code = check_together(w);
	if (*ret_code == 0)
		*ret_code = take_environment(w);
	return *ret_code == 0;
}

int wish_color(const char *value)
{
	if (output_set_color(value))
		return 0;
	return wish_refuse("color", value, "auto, always or never");
}

int wish_since(const char *value, int64_t *ret_ms)
{
	int64_t to;

	if (filter_time(value, clock_wall_ms(), ret_ms, &to) >= 0)
		return 0;
	return wish_refuse("since", value,
			   "10m, 2h, 3d, 14:02 or a date such as 2026-11-23");
}
