/* SPDX-License-Identifier: MIT */
/*
 * Writing a draft. Before anything is written the new text is loaded, the same
 * records are replayed under it, and a second draft is made, which must have
 * nothing to add.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "base/state.h"
#include "cli/draft.h"
#include "cli/output.h"
#include "learn/replay.h"
#include "learn/write.h"
#include "lib/steer.h"
#include "policy/load.h"
#include "policy/trust.h"

AUTO(policy, policy_unref)
AUTO(observations, observations_free)
AUTO(suggestions, suggestions_free)
AUTO(replay, replay_free)

/* A yes, at a terminal. */
static bool ask(const struct draft *d)
{
	char answer[16] = "", path[1024];

	fprintf(stderr, "write this to %s? [y/N] ",
		escape_text(d->path, strlen(d->path), path, sizeof(path)));
	fflush(stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		fputc('\n', stderr);
	return !strcmp(answer, "y\n") || !strcmp(answer, "yes\n");
}

/* 0: go on; 1: no; or the exit code. */
static int get_consent(const struct draft *d)
{
	if (d->want->is_yes)
		return 0;
	if (d->want->no_input || !isatty(STDIN_FILENO)) {
		output_error("--write asks before it writes: with nobody to "
			     "ask it takes --yes");
		return EXIT_USAGE;
	}
	if (ask(d))
		return 0;
	output_error("nothing is written");
	return 1;
}

/* What the suggestions allow by themselves, as a policy. */
static struct policy *accepted_policy(const struct draft *d)
{
	struct spliced alone = { 0 };
	struct policy *p = NULL;
	size_t n;
	auto_free struct edit *list = suggestions_accepted(d->suggestions, &n);
	auto_free struct problems *ps = malloc(sizeof(*ps));

	if (list && ps && splice_fresh(list, n, &alone, NULL) == 0)
		policy_load(alone.text, alone.len, d->path, ps, &p);
	spliced_done(&alone);
	return p;
}

static int tell_surprise(const struct draft *d, struct replay *r)
{
	const struct replay_change *c = replay_change(r, 0);
	char what[600], where[600];

	snprintf(what, sizeof(what), "%s", *c->name ? c->name : c->ip);
	output_error("nothing is written: under the new text of %s %s:%lld "
		     "would be %s, and it should not (event %.8s:%lld)",
		     d->path,
		     escape_text(what, strlen(what), where, sizeof(where)),
		     (long long)c->port, c->is_denied ? "denied" : "allowed",
		     c->session, (long long)c->seq);
	return EXIT_NOT_STARTED;
}

/* The same records, judged again by the new policy: what the old one allowed
 * and what is suggested is allowed, and nothing else. 0, or the exit code. */
static int replay_all(const struct draft *d, struct policy *after,
		      struct policy *accepted)
{
	auto_of(replay) struct replay *r = replay_new(after);
	size_t n = reader_n_sessions(d->reader);
	auto_free bool *is_chosen = calloc(n + 1, sizeof(*is_chosen));
	struct ef_err err = { 0 };
	int res = r && is_chosen ? 0 : err_set(&err, ENOMEM, "out of memory");

	if (res == 0) {
		replay_expect(r, d->policy, accepted);
		res = gather_choose(d->reader, &d->choice, is_chosen, &err);
	}
	for (size_t i = 0; res == 0 && i < n; i++)
		if (is_chosen[i])
			res = replay_session(r, d->reader, i, d->filter,
					     INT64_MIN, &err);
	if (res < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	return replay_change(r, 0) ? tell_surprise(d, r) : 0;
}

/* A draft of the same records for the new policy has nothing to say. */
static int draft_again(const struct draft *d, const struct policy *after)
{
	auto_of(observations) struct observations *o = NULL;
	auto_of(suggestions) struct suggestions *more = NULL;
	struct suggest_options options = {
		.suffixes = d->suffixes,
		.decisions = d->decisions,
		.assumed_port = d->want->assumed_port,
	};
	struct ef_err err = { 0 };

	if (gather(d->reader, &d->choice, after, &o, &err) < 0 ||
	    suggest(o, after, &options, &more, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < suggestions_n(more); i++) {
		const struct suggestion *s = suggestions_at(more, i);

		if (s->state != SUGGESTED)
			continue;
		output_error("nothing is written: a second draft would not be "
			     "empty, it has %s",
			     s->shown);
		return EXIT_NOT_STARTED;
	}
	return 0;
}

static int check(const struct draft *d)
{
	auto_free struct problems *ps = malloc(sizeof(*ps));
	auto_of(policy) struct policy *after = NULL;
	auto_of(policy) struct policy *accepted = accepted_policy(d);
	int code;

	if (!ps || !accepted ||
	    policy_load(d->spliced.text, d->spliced.len, d->path, ps, &after) <
		    0) {
		output_error("nothing is written: the new text of %s would not "
			     "load",
			     d->path);
		return EXIT_NOT_STARTED;
	}
	code = replay_all(d, after, accepted);
	return code ? code : draft_again(d, after);
}

/* Running sessions would take it for their command's work. */
static void announce(const struct draft *d)
{
	auto_free char *real = realpath(d->path, NULL);
	char digest[TRUST_DIGEST_TEXT];

	if (real && trust_digest(d->spliced.text, d->spliced.len, digest) == 0)
		steer_announce_to_all(digest, real);
}

/* A person saw the change and said yes: the file is accepted with it. */
static int accept_written(const struct draft *d)
{
	char state[PATH_MAX];
	struct ef_err err = { 0 };

	if (state_make(state, sizeof(state), &err) < 0 ||
	    trust_accept(state, d->path, d->spliced.text, d->spliced.len, &err) <
		    0) {
		output_error("%s is written, but not accepted: %s", d->path,
			     err.msg);
		return EXIT_USAGE;
	}
	announce(d);
	return 0;
}

static void tell_written(const struct draft *d)
{
	size_t fresh = 0, changed = 0;
	char path[1024];

	for (size_t i = 0; i < d->n_edits; i++)
		if (d->edits[i].kind == EDIT_ADD_PORTS)
			changed++;
		else
			fresh++;
	fprintf(stderr,
		"egress-filter: wrote %s: %zu rule%s added, %zu changed; "
		"replay: %lld attempts, 0 surprises; accepted\n",
		escape_text(d->path, strlen(d->path), path, sizeof(path)),
		fresh, fresh == 1 ? "" : "s", changed,
		(long long)observations_attempts(d->seen));
}

int draft_write(struct draft *d)
{
	struct ef_err err = { 0 };
	int code;

	if (!strcmp(d->path, "-")) {
		output_error("standard input cannot be written to: name the "
			     "policy with -c FILE");
		return EXIT_USAGE;
	}
	code = check(d);
	if (code == 0)
		code = get_consent(d);
	if (code)
		return code;
	if (write_policy(d->path, d->text, d->len, d->spliced.text,
			 d->spliced.len, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	code = accept_written(d);
	if (code == 0)
		tell_written(d);
	return code;
}
