/* SPDX-License-Identifier: MIT */
/* Recorded sessions: the words that say what is done with them. */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "audit/filter.h"
#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/prune.h"
#include "cli/records.h"
#include "cli/redact.h"
#include "cli/session_change.h"
#include "cli/session_move.h"
#include "cli/session_pick.h"
#include "cli/session_table.h"
#include "cli/wish.h"

AUTO(reader, reader_close)

enum form { FORM_TABLE, FORM_JSON, FORM_NDJSON };

/* What is done, and how many further words it takes. */
enum verb {
	VERB_LIST,
	VERB_SHOW,
	VERB_PRUNE,
	VERB_RM,
	VERB_IMPORT,
	VERB_EXPORT,
	VERB_NAME,
	VERB_TAG,
	VERB_UNTAG,
	N_VERBS
};

static const struct {
	const char *word, *takes;
	int least, most;
} verbs[N_VERBS] = {
	[VERB_LIST] = { "list", "no further words", 0, 0 },
	[VERB_SHOW] = { "show", "one session", 1, 1 },
	[VERB_PRUNE] = { "prune", "no further words", 0, 0 },
	[VERB_RM] = { "rm", "the sessions to remove", 1, INT_MAX },
	[VERB_IMPORT] = { "import", "files or folders (- is standard input)", 1,
			  INT_MAX },
	[VERB_EXPORT] = { "export", "the sessions to write, or all", 0, INT_MAX },
	[VERB_NAME] = { "name", "a session and its name", 1, 2 },
	[VERB_TAG] = { "tag", "a session and KEY=VALUE", 2, INT_MAX },
	[VERB_UNTAG] = { "untag", "a session and the keys of tags", 2, INT_MAX },
};

#define VERB(v) (1u << VERB_##v)

/* Options that not every verb takes. */
static const struct {
	int opt;
	unsigned int verbs;
	const char *line;
} option_verbs[] = {
	{ OPT_OLDER_THAN, VERB(PRUNE), "--older-than goes with sessions prune" },
	{ OPT_KEEP, VERB(PRUNE), "--keep goes with sessions prune" },
	{ OPT_MAX_SIZE, VERB(PRUNE), "--max-size goes with sessions prune" },
	{ OPT_DRY_RUN, VERB(PRUNE), "--dry-run goes with sessions prune" },
	{ OPT_YES, VERB(RM), "--yes goes with sessions rm" },
	{ OPT_KEEP_GOING, VERB(IMPORT), "--keep-going goes with sessions import" },
	{ OPT_NAME, VERB(LIST) | VERB(EXPORT),
	  "--name goes with sessions list and export; to give a name: sessions "
	  "name SESSION NAME" },
	{ OPT_TAG, VERB(LIST) | VERB(EXPORT),
	  "--tag goes with sessions list and export; to set a tag: sessions "
	  "tag SESSION KEY=VALUE" },
	{ OPT_REDACT, VERB(LIST) | VERB(SHOW) | VERB(EXPORT),
	  "--redact goes with sessions list, show and export" },
};

struct request {
	struct records records;
	struct prune_limits limits;
	struct session_filter filter;
	const char *redact;
	enum form form;
	bool is_sure, keep_going, is_redacted;
	bool given[N_OPTS];
};

static int show(const struct request *q, struct reader *r, const char *id)
{
	static struct session_detail d;
	struct ef_err err = { 0 };
	int64_t i = reader_find(r, id, &err);

	if (i >= 0) {
		d.is_redacted = q->is_redacted;
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
	if (q->form == FORM_TABLE)
		session_show_text(&d);
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

/* The options of prune. */
static int take_limit(struct request *q, int opt, const char *value)
{
	char *end;

	switch (opt) {
	case OPT_OLDER_THAN:
		return take_age(q, value);
	case OPT_KEEP:
		q->limits.keep = strtoll(value, &end, 10);
		return *end || end == value || q->limits.keep < 0
			       ? wish_refuse("keep", value, "a number")
			       : 0;
	case OPT_MAX_SIZE:
		q->limits.max_bytes = prune_size(value);
		return q->limits.max_bytes < 0
			       ? wish_refuse("max-size", value, "500M or 2G")
			       : 0;
	default:
		q->limits.is_dry_run = true;
		return 0;
	}
}

static int take(struct request *q, int opt, const char *value)
{
	q->given[opt] = true;
	switch (opt) {
	case OPT_DB:
		return records_add(&q->records, value);
	case OPT_OLDER_THAN:
	case OPT_KEEP:
	case OPT_MAX_SIZE:
	case OPT_DRY_RUN:
		return take_limit(q, opt, value);
	case OPT_NAME:
		q->filter.name = value;
		return 0;
	case OPT_TAG:
		return pick_tag(&q->filter, value);
	case OPT_YES:
		q->is_sure = true;
		return 0;
	case OPT_KEEP_GOING:
		q->keep_going = true;
		return 0;
	case OPT_REDACT:
		q->redact = value;
		return 0;
	case OPT_JSON:
		q->form = FORM_JSON;
		return 0;
	case OPT_NDJSON:
		q->form = FORM_NDJSON;
		return 0;
	case OPT_COLOR:
		return wish_color(value);
	default:
		return 0;
	}
}

static int list(const struct request *q, const struct reader *r, bool is_bad)
{
	auto_free size_t *chosen = NULL;
	struct session_list l = { .reader = r, .is_redacted = q->is_redacted };
	int code = pick_sessions(r, &q->filter, NULL, 0, &chosen, &l.n);

	if (code)
		return code;
	l.sessions = chosen;
	if (q->form == FORM_TABLE)
		session_list_table(&l);
	else
		session_list_json(&l, q->form == FORM_JSON);
	code = output_flush();
	return code ? code : is_bad ? EXIT_USAGE : 0;
}

/* What the words ask for, once they are known to fit. */
static int do_verb(const struct request *q, enum verb verb, char **words, int n)
{
	auto_of(reader) struct reader *r = NULL;
	bool is_bad = false;
	int code;

	if (verb == VERB_IMPORT)
		return session_import(&q->records, words, n, q->keep_going);
	code = records_open(&q->records, &r, &is_bad);
	if (code)
		return code;
	switch (verb) {
	case VERB_SHOW:
		return show(q, r, words[0]);
	case VERB_PRUNE:
		return prune(r, &q->limits);
	case VERB_RM:
		return session_remove(r, words, n, q->is_sure);
	case VERB_EXPORT:
		return session_export(r, &q->filter, words, n, q->is_redacted);
	case VERB_NAME:
		return session_name(r, words[0], n > 1 ? words[1] : NULL);
	case VERB_TAG:
	case VERB_UNTAG:
		return session_tag(r, words[0], words + 1, n - 1,
				   verb == VERB_TAG);
	case VERB_LIST:
	case VERB_IMPORT:
	case N_VERBS:
	default:
		return list(q, r, is_bad);
	}
}

static enum verb find_verb(const char *word)
{
	int v = 0;

	while (v < N_VERBS && strcmp(verbs[v].word, word) != 0)
		v++;
	return (enum verb)v;
}

/* Do the words and the options fit together? 0, or the exit code after saying
 * what does not. */
static int check(const struct request *q, enum verb verb, int n)
{
	if (n < verbs[verb].least || n > verbs[verb].most) {
		output_error("sessions %s takes %s", verbs[verb].word,
			     verbs[verb].takes);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < sizeof(option_verbs) / sizeof(*option_verbs); i++)
		if (q->given[option_verbs[i].opt] &&
		    !(option_verbs[i].verbs >> verb & 1)) {
			output_error("%s", option_verbs[i].line);
			return EXIT_USAGE;
		}
	if (verb == VERB_PRUNE && q->limits.older_ms < 0 &&
	    q->limits.keep < 0 && q->limits.max_bytes < 0)
		output_error("sessions prune needs --older-than, --keep or "
			     "--max-size");
	else if (verb == VERB_EXPORT && !n && pick_is_empty(&q->filter))
		output_error("sessions export takes %s", verbs[verb].takes);
	else if (verb == VERB_EXPORT && n && !pick_is_empty(&q->filter))
		output_error("sessions export takes sessions or a filter");
	else
		return 0;
	return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
	struct request q = { .limits = { -1, -1, -1, false } };
	enum verb verb = VERB_LIST;
	const char *value;
	struct options o;
	int opt, code = 0, n;

	options_start(&o, WORD_SESSIONS, argc, argv);
	while (!code && (opt = options_next(&o, &value)) >= 0)
		code = take(&q, opt, value);
	if (code || opt == OPTIONS_STOP)
		return code ? code : o.exit_code;
	if (!redact_option(q.redact, &q.is_redacted))
		return wish_refuse("redact", q.redact, "auto, always or never");
	n = o.n_rest ? o.n_rest - 1 : 0;
	if (o.n_rest)
		verb = find_verb(o.rest[0]);
	if (verb == N_VERBS) {
		output_error("sessions: %s is none of list, show, export, "
			     "import, name, tag, untag, rm, prune",
			     o.rest[0]);
		return EXIT_USAGE;
	}
	code = check(&q, verb, n);
	return code ? code : do_verb(&q, verb, o.rest + 1, n);
}

const struct command cmd_sessions = {
	.name = "sessions",
	.args = "[list | show SESSION | export SESSION... | import FILE... |\n"
		"       name SESSION [NAME] | tag SESSION KEY=VALUE... | "
		"untag SESSION KEY... |\n"
		"       rm SESSION... | prune]",
	.summary = "list, show, export, import, name and remove recorded "
		   "sessions",
	.words = "list:;show:@session;export:all @session;import:@file;"
		 "name:@session;tag:@session;untag:@session;rm:@session;"
		 "prune:",
	.run = run,
};
