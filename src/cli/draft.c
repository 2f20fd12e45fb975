/* SPDX-License-Identifier: MIT */
/* A draft from its beginning: the policy, the records, what comes of them. */
#include "cli/draft.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/filter.h"
#include "base/clock.h"
#include "base/state.h"
#include "cli/choice.h"
#include "cli/output.h"
#include "learn/diff.h"
#include "policy/load.h"

static int fail(const struct ef_err *err)
{
	output_error("%s", err->msg);
	return EXIT_USAGE;
}

static int out_of_memory(void)
{
	output_error("out of memory");
	return EXIT_USAGE;
}

static void draft_done(struct draft *d)
{
	spliced_done(&d->spliced);
	suggestions_free(d->suggestions);
	observations_free(d->seen);
	decisions_free(d->decisions);
	suffixes_free(d->suffixes);
	filter_free(d->filter);
	reader_close(d->reader);
	policy_unref(d->policy);
	free(d->diff);
	free(d->real_path);
	free(d->text);
}

/* Where a file is that may not be there yet: its folder, resolved, and it. */
static char *absolute(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX], *real = realpath(path, NULL), *joined = NULL;

	if (real || errno != ENOENT)
		return real;
	snprintf(folder, sizeof(folder), "%.*s",
		 slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	real = realpath(folder, NULL);
	if (real && asprintf(&joined, "%s/%s", strcmp(real, "/") ? real : "",
			     slash ? slash + 1 : path) < 0)
		joined = NULL;
	free(real);
	return joined;
}

/* Say what is wrong with a policy that does not load. */
static int tell_problems(const struct draft *d, const struct problems *ps)
{
	for (size_t i = 0; i < ps->n; i++)
		output_problem(
			&(struct ef_problem){ .path = d->path,
					      .is_error = ps->list[i].is_error,
					      .line = ps->list[i].line,
					      .column = ps->list[i].column,
					      .text = ps->list[i].text },
			NULL);
	output_error("%s: nothing is drafted for a policy with errors", d->path);
	return EXIT_USAGE;
}

/* The policy as it is; one without rules where there is no file yet. */
static int load_policy(struct draft *d)
{
	struct problems *ps = NULL;
	struct ef_err err = { 0 };
	int n = policy_read_file(d->path, &d->text, &d->len, &err), code = 0;

	if (n == -ENOENT) {
		d->policy = policy_new_fixed(VERDICT_DENY);
		return d->policy ? 0 : out_of_memory();
	}
	if (n < 0)
		return fail(&err);
	ps = malloc(sizeof(*ps));
	n = ps ? policy_load(d->text, d->len, d->path, ps, &d->policy) : -ENOMEM;
	if (n == -EINVAL)
		code = tell_problems(d, ps);
	else if (n < 0)
		code = out_of_memory();
	free(ps);
	return code;
}

static int find_policy(struct draft *d)
{
	const char *named = d->want->config ? d->want->config
					    : getenv("EGRESS_FILTER_CONFIG");

	d->path = named && *named ? named : CHOICE_DEFAULT_FILE;
	d->real_path = strcmp(d->path, "-") ? absolute(d->path) : strdup("-");
	if (!d->real_path) {
		output_error("%s: %s", d->path, strerror(errno));
		return EXIT_USAGE;
	}
	return load_policy(d);
}

static int open_records(struct draft *d)
{
	bool is_bad = false;
	int code = records_open(&d->want->records, &d->reader, &is_bad);

	return code ? code : is_bad ? EXIT_USAGE : 0;
}

static int choose(struct draft *d)
{
	const struct draft_request *want = d->want;
	struct ef_err err = { 0 };

	/* Files that were named are meant whole; of what has piled up in the
	 * state folder only the last. */
	d->choice = (struct gather_choice){ .sessions = want->sessions.items,
					    .n_sessions = want->sessions.n,
					    .is_newest = !want->records.n };
	if (want->where) {
		if (filter_compile(want->where, clock_wall_ms(), &d->filter,
				   &err) < 0) {
			output_error("--where: %s", err.msg);
			return EXIT_USAGE;
		}
		d->choice.filter = d->filter;
	}
	return gather(d->reader, &d->choice, d->policy, &d->seen, &err) < 0
		       ? fail(&err)
		       : 0;
}

/* What a person put aside; --again takes it back. */
static int read_decisions(struct draft *d)
{
	struct ef_err err = { 0 };
	char state[PATH_MAX];
	int n;

	if (!strcmp(d->path, "-") || state_path(state, sizeof(state), NULL) < 0)
		return 0;
	if (d->want->is_again) {
		n = decisions_forget(state, d->real_path, &err);
		if (n < 0 && n != -ENOENT)
			return fail(&err);
	}
	return decisions_read(state, d->real_path, &d->decisions, &err) < 0
		       ? fail(&err)
		       : 0;
}

static int make_suggestions(struct draft *d)
{
	struct suggest_options options = {
		.widen = d->want->widen.items,
		.n_widen = d->want->widen.n,
		.assumed_port = d->want->assumed_port,
	};
	struct ef_err err = { 0 };

	if (suffixes_open(d->want->psl, &d->suffixes, &err) < 0)
		return fail(&err);
	options.suffixes = d->suffixes;
	options.decisions = d->decisions;
	if (suggest(d->seen, d->policy, &options, &d->suggestions, &err) < 0)
		return fail(&err);
	return suggestions_edits(d->suggestions, d->seen,
				 !d->want->without_comments, &d->edits,
				 &d->n_edits) < 0
		       ? out_of_memory()
		       : 0;
}

/* Where the text cannot be edited, what a person may paste is shown. */
static int show_snippet(const struct draft *d, const struct ef_err *why)
{
	struct ef_err err = { 0 };
	char *text = NULL;

	output_error("%s", why->msg);
	if (splice_snippet(d->edits, d->n_edits, &text, &err) < 0)
		return fail(&err);
	output_error("nothing is written; these lines belong into %s:", d->path);
	fputs(text, d->want->out);
	free(text);
	return EXIT_USAGE;
}

static int make_text(struct draft *d)
{
	struct ef_err err = { 0 };
	const char *from = d->text ? d->path : "/dev/null";
	int n;

	if (!d->n_edits && (d->text || d->want->form != DRAFT_TEXT))
		return 0;
	if (d->text)
		n = splice_apply(d->text, d->len, d->edits, d->n_edits,
				 &d->spliced, &err);
	else
		n = splice_fresh(d->edits, d->n_edits, &d->spliced, &err);
	if (n == -ENOTSUP)
		return show_snippet(d, &err);
	if (n < 0) {
		output_error("%s", err.msg);
		return n == -EBADMSG ? EXIT_NOT_STARTED : EXIT_USAGE;
	}
	return diff_texts(from, d->text ? d->text : "", d->text ? d->len : 0,
			  d->path, d->spliced.text, d->spliced.len, &d->diff,
			  &d->diff_len) < 0
		       ? out_of_memory()
		       : 0;
}

/* Put destinations aside, as a person said. */
static int put_aside(struct draft *d, const struct draft_list *list,
		     enum decided what)
{
	char state[PATH_MAX];
	struct ef_err err = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		const struct suggestion *found = NULL;

		for (size_t j = 0; j < suggestions_n(d->suggestions); j++)
			if (!strcmp(suggestions_at(d->suggestions, j)->shown,
				    list->items[i]))
				found = suggestions_at(d->suggestions, j);
		if (!found && what == DECIDED_SKIP) {
			output_error("--skip %s: not among the suggestions",
				     list->items[i]);
			return EXIT_USAGE;
		}
		if (state_make(state, sizeof(state), &err) < 0 ||
		    decisions_write(state, d->real_path, list->items[i], what,
				    found ? found->last_ms : 0, &err) < 0)
			return fail(&err);
	}
	return 0;
}

/* The suggestions once more, without what was just put aside. */
static int after_decisions(struct draft *d)
{
	int code;

	if (!d->want->never.n && !d->want->skip.n)
		return 0;
	code = put_aside(d, &d->want->never, DECIDED_NEVER);
	if (code == 0)
		code = put_aside(d, &d->want->skip, DECIDED_SKIP);
	if (code)
		return code;
	suggestions_free(d->suggestions);
	decisions_free(d->decisions);
	suffixes_free(d->suffixes);
	d->suggestions = NULL;
	d->decisions = NULL;
	d->suffixes = NULL;
	code = read_decisions(d);
	return code ? code : make_suggestions(d);
}

/* Everything up to the new text. 0, or the exit code. */
static int prepare(struct draft *d)
{
	int code = find_policy(d);

	if (code == 0)
		code = open_records(d);
	if (code == 0)
		code = choose(d);
	if (code == 0)
		code = read_decisions(d);
	if (code == 0)
		code = make_suggestions(d);
	if (code == 0)
		code = after_decisions(d);
	return code ? code : make_text(d);
}

static int finish(struct draft *d)
{
	int code;

	if (!reader_n_sessions(d->reader)) {
		output_error("nothing is recorded yet; to record a command and "
			     "draft from it: egress-filter learn COMMAND");
		return 0;
	}
	draft_tell(d);
	code = draft_put(d);
	if (code || !d->n_edits)
		return code;
	if (d->want->wants_write && !d->want->is_dry_run)
		return draft_write(d);
	return 1;
}

int draft_run(const struct draft_request *want)
{
	struct draft d = { .want = want };
	int code = prepare(&d);

	if (code == 0)
		code = finish(&d);
	draft_done(&d);
	return code;
}
