/* SPDX-License-Identifier: MIT */
/* Recorded sessions: listed, shown, pruned. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/escape.h"
#include "audit/filter.h"
#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/prune.h"
#include "cli/records.h"
#include "cli/session_json.h"
#include "cli/table.h"
#include "cli/wish.h"

AUTO(reader, reader_close)

enum form { FORM_TABLE, FORM_JSON, FORM_NDJSON };

struct request {
	struct records records;
	struct prune_limits limits;
	enum form form;
	bool is_prune_option; /* one that only prune takes */
};

/* "running", "exit 1", "signal 9", "not closed". */
static char *state_text(const struct session_info *s, char *buf, size_t size)
{
	if (s->state != SESSION_ENDED)
		snprintf(buf, size, "%s", session_state_word(s));
	else if (s->signal > 0)
		snprintf(buf, size, "signal %lld", (long long)s->signal);
	else
		snprintf(buf, size, "exit %lld", (long long)s->exit_code);
	return buf;
}

static char *time_text(int64_t ms, char *buf, size_t size)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	if (!ms || !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "-");
	return buf;
}

static void list_table(const struct reader *r)
{
	struct table t = table_for(stdout);

	table_add(&t, "SESSION", 8);
	table_add(&t, "STARTED", 19);
	table_add(&t, "STATE", 10);
	table_add(&t, "MODE", 9);
	table_add(&t, "ALLOW", -6);
	table_add(&t, "DENY", -6);
	table_add(&t, "WOULD", -6);
	table_add(&t, "COMMAND", 40);
	if (reader_n_sessions(r))
		table_heading(&t);
	for (size_t i = 0; i < reader_n_sessions(r); i++) {
		const struct session_info *s = reader_session(r, i);
		char id[9], started[32], state[32], allow[24], deny[24],
			would[24], mode[64], command[4096];
		const char *cells[] = { id,    started, state, mode,
					allow, deny,	would, command };

		snprintf(id, sizeof(id), "%.8s", s->uuid);
		time_text(s->started_ms, started, sizeof(started));
		state_text(s, state, sizeof(state));
		escape_text(s->mode, strlen(s->mode), mode, sizeof(mode));
		snprintf(allow, sizeof(allow), "%lld", (long long)s->allowed);
		snprintf(deny, sizeof(deny), "%lld", (long long)s->denied);
		snprintf(would, sizeof(would), "%lld", (long long)s->would);
		escape_argv(s->argv, s->argv_len, command, sizeof(command));
		table_row(&t, cells, 2,
			  s->state == SESSION_RUNNING ? "32" : NULL);
	}
}

static void show_line(const char *name, const char *text)
{
	char shown[4096];

	printf("%-10s %s\n", name,
	       escape_text(text, strlen(text), shown, sizeof(shown)));
}

static void show_text(const struct session_detail *d)
{
	const struct session_info *s = d->s;
	char buf[4096];

	show_line("session", s->uuid);
	if (*s->name)
		show_line("name", s->name);
	printf("%-10s %s\n", "command",
	       escape_argv(s->argv, s->argv_len, buf, sizeof(buf)));
	show_line("directory", s->cwd);
	show_line("mode", s->mode);
	show_line("started", time_text(s->started_ms, buf, sizeof(buf)));
	show_line("ended", time_text(s->ended_ms, buf, sizeof(buf)));
	show_line("state", state_text(s, buf, sizeof(buf)));
	show_line("policy", *d->policy ? d->policy : "(none)");
	if (*d->policy)
		show_line("", d->sha256);
	printf("%-10s %lld allowed, %lld denied, %lld would be denied, %lld "
	       "held, %lld questions\n",
	       "totals", (long long)s->allowed, (long long)s->denied,
	       (long long)s->would, (long long)s->held, (long long)s->questions);
	show_line("record", session_proof_word(d->proof));
	if (*s->digest)
		show_line("digest", s->digest);
	show_line("file", s->path);
	if (d->n_denied)
		puts("denied");
	for (int i = 0; i < d->n_denied; i++)
		printf("  %-44s x%-5lld %-14s %s\n", d->denied[i].text,
		       (long long)d->denied[i].count, d->denied[i].program,
		       d->denied[i].reason);
	if (d->all_denied > (size_t)d->n_denied)
		printf("  (%zu more: egress-filter log --session %.8s "
		       "verdict:deny)\n",
		       d->all_denied - (size_t)d->n_denied, s->uuid);
}

static int show(struct reader *r, const char *id, enum form form)
{
	static struct session_detail d;
	struct ef_err err = { 0 };
	int64_t i = reader_find(r, id, &err);

	if (i >= 0) {
		d.s = reader_session(r, (size_t)i);
		d.n_denied =
			reader_denied(r, (size_t)i, d.denied,
				      SESSION_DENIED_MAX, &d.all_denied, &err);
	}
	if (i < 0 || d.n_denied < 0 ||
	    reader_policy(r, (size_t)i, d.policy, sizeof(d.policy), d.sha256,
			  &err) < 0 ||
	    reader_prove(r, (size_t)i, &d.proof, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	if (form == FORM_TABLE)
		show_text(&d);
	else
		session_show_json(&d);
	return output_flush();
}

/* An age is how far back a time lies. */
static int take_age(struct request *q, const char *value)
{
	const int64_t now = INT64_C(1) << 52;
	int64_t from, to;

	if (filter_time(value, now, &from, &to) < 0 || from != to)
		return wish_refuse("older-than", value, "30d, 12h or 2w");
	q->limits.older_ms = now - from;
	return 0;
}

static int take(struct request *q, int opt, const char *value)
{
	char *end;

	switch (opt) {
	case OPT_DB:
		return records_add(&q->records, value);
	case OPT_OLDER_THAN:
		q->is_prune_option = true;
		return take_age(q, value);
	case OPT_KEEP:
		q->is_prune_option = true;
		q->limits.keep = strtoll(value, &end, 10);
		return *end || end == value || q->limits.keep < 0
			       ? wish_refuse("keep", value, "a number")
			       : 0;
	case OPT_MAX_SIZE:
		q->is_prune_option = true;
		q->limits.max_bytes = prune_size(value);
		return q->limits.max_bytes < 0
			       ? wish_refuse("max-size", value, "500M or 2G")
			       : 0;
	case OPT_DRY_RUN:
		q->is_prune_option = q->limits.is_dry_run = true;
		return 0;
	case OPT_JSON:
		q->form = FORM_JSON;
		return 0;
	case OPT_NDJSON:
		q->form = FORM_NDJSON;
		return 0;
	case OPT_COLOR:
		return output_set_color(value)
			       ? 0
			       : wish_refuse("color", value,
					     "auto, always or never");
	default:
		return 0;
	}
}

static int list(const struct reader *r, enum form form, bool is_bad)
{
	int code;

	if (form == FORM_TABLE)
		list_table(r);
	else
		session_list_json(r, form == FORM_JSON);
	code = output_flush();
	return code ? code : is_bad ? EXIT_USAGE : 0;
}

/* What the words ask for, once they are known to fit. */
static int do_word(const struct request *q, const char *word, const char *id)
{
	auto_of(reader) struct reader *r = NULL;
	bool is_bad = false;
	int code = records_open(&q->records, &r, &is_bad);

	if (code)
		return code;
	if (!strcmp(word, "show"))
		return show(r, id, q->form);
	if (!strcmp(word, "prune"))
		return prune(r, &q->limits);
	return list(r, q->form, is_bad);
}

static int run(int argc, char **argv)
{
	struct request q = { .limits = { -1, -1, -1, false } };
	const char *word = "list", *value;
	struct options o;
	int opt, code = 0;
	bool is_show, is_prune;

	options_start(&o, WORD_SESSIONS, argc, argv);
	while (!code && (opt = options_next(&o, &value)) >= 0)
		code = take(&q, opt, value);
	if (code || opt == OPTIONS_STOP)
		return code ? code : o.exit_code;
	if (o.n_rest)
		word = o.rest[0];
	is_show = !strcmp(word, "show");
	is_prune = !strcmp(word, "prune");
	if (!is_show && !is_prune && strcmp(word, "list") != 0)
		output_error("sessions: %s is none of list, show, prune", word);
	else if (o.n_rest != 1 + is_show && o.n_rest)
		output_error(is_show ? "sessions show takes one session"
				     : "sessions %s takes no further words",
			     word);
	else if (q.is_prune_option && !is_prune)
		output_error("--older-than, --keep, --max-size and --dry-run "
			     "go with sessions prune");
	else if (is_prune && q.limits.older_ms < 0 && q.limits.keep < 0 &&
		 q.limits.max_bytes < 0)
		output_error("sessions prune needs --older-than, --keep or "
			     "--max-size");
	else
		return do_word(&q, word, is_show ? o.rest[1] : NULL);
	return EXIT_USAGE;
}

const struct command cmd_sessions = {
	.name = "sessions",
	.args = "[list | show SESSION | prune]",
	.summary = "list, show and prune recorded sessions",
	.run = run,
};
