/* SPDX-License-Identifier: MIT */
/* A recorded event, judged again by the policy of then and of now. */
#include "cli/why_again.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "cli/output.h"
#include "learn/replay.h"
#include "learn/replay_hosts.h"
#include "policy/explain.h"
#include "policy/load.h"

AUTO(policy, policy_unref)

#define STORY_MAX 16384
#define PATH_SIZE 4096

static const char *printable(const char *path, char *buf, size_t size)
{
	return escape_text(path, strlen(path), buf, size);
}

/* What a policy says, behind words that tell which one it is. */
static void print_story(struct reader *r, size_t session, const struct row *row,
			const struct policy *p, const char *which)
{
	auto_free struct explanation *e = calloc(1, sizeof(*e));
	auto_free char *story = malloc(STORY_MAX);
	struct replay_hosts hosts;
	struct observation seen;
	struct decision said;

	replay_hosts_read(r, session, &p, 1, &hosts, NULL);
	said = replay_judge(p, row, &hosts, &seen);
	replay_hosts_done(&hosts);
	if (!e || !story)
		return;
	if (seen.stage != N_STAGES)
		policy_explain(p, &seen, e);
	if (seen.stage != N_STAGES && e->said.reason == said.reason)
		printf("\n%s: %s", which, explain_text(p, e, story, STORY_MAX));
	else
		printf("\n%s: %s: %s\n", which,
		       said.verdict == VERDICT_ALLOW ? "allowed" : "denied",
		       reason_text(said.reason));
}

struct policy *why_policy_of(const struct revision *v)
{
	auto_free struct problems *problems = calloc(1, sizeof(*problems));
	struct policy *p = NULL;

	if (!*v->path)
		return policy_new_fixed(v->allows ? VERDICT_ALLOW : VERDICT_DENY);
	if (problems)
		policy_load(v->text, v->len, v->path, problems, &p);
	return p;
}

/* Where the file of a session is, seen from here. */
static void find_file(const struct session_info *s, const char *path, char *buf,
		      size_t size)
{
	if (*path == '/' || !s->cwd)
		snprintf(buf, size, "%s", path);
	else
		snprintf(buf, size, "%s/%s", s->cwd, path);
}

/* The file as it is now, where it is not what the revision says. */
static void print_change(struct reader *r, size_t session,
			 const struct row *row, const struct revision *v)
{
	auto_free struct problems *problems = calloc(1, sizeof(*problems));
	auto_of(policy) struct policy *now = NULL;
	char path[PATH_SIZE], shown[PATH_SIZE], which[PATH_SIZE + 64];
	auto_free char *text = NULL;
	size_t len = 0;

	if (!problems || !*v->path || !strcmp(v->path, "-"))
		return;
	find_file(reader_session(r, session), v->path, path, sizeof(path));
	printable(path, shown, sizeof(shown));
	if (policy_read_file(path, &text, &len, NULL) < 0) {
		printf("\n%s cannot be read now\n", shown);
		return;
	}
	if (len == v->len && !memcmp(text, v->text, len))
		return;
	policy_load(text, len, path, problems, &now);
	if (!now) {
		printf("\n%s has changed since and cannot be used: "
		       "egress-filter lint %s\n",
		       shown, shown);
		return;
	}
	snprintf(which, sizeof(which), "%s has changed since and says now",
		 shown);
	print_story(r, session, row, now, which);
}

static void by_record(struct reader *r, size_t session, const struct row *row)
{
	auto_of(policy) struct policy *then = NULL;
	struct revision v = { 0 };
	struct ef_err err = { 0 };
	char shown[PATH_SIZE], which[PATH_SIZE + 64];
	int rc = reader_revision(r, session, row->seq, &v, &err);

	if (rc == -ENOENT)
		return;
	if (rc < 0) {
		output_error("%s", err.msg);
		return;
	}
	then = why_policy_of(&v);
	if (*v.path)
		snprintf(which, sizeof(which), "%s said then",
			 printable(v.path, shown, sizeof(shown)));
	else
		snprintf(which, sizeof(which), "without a policy");
	if (then)
		print_story(r, session, row, then, which);
	else
		printf("\nthe policy of that time is in the record, but this "
		       "version cannot read it\n");
	print_change(r, session, row, &v);
	revision_done(&v);
}

struct policy *why_policy_of_file(const char *config)
{
	auto_free struct problems *problems = calloc(1, sizeof(*problems));
	struct policy *p = NULL;

	if (problems)
		policy_load_file(config, problems, &p, NULL);
	if (!p)
		output_error("%s cannot be used: egress-filter lint %s", config,
			     config);
	return p;
}

void why_again(struct reader *r, size_t session, const struct row *row,
	       const char *config)
{
	auto_of(policy) struct policy *p = NULL;
	char shown[PATH_SIZE], which[PATH_SIZE + 64];

	if (!config) {
		by_record(r, session, row);
		return;
	}
	p = why_policy_of_file(config);
	if (!p)
		return;
	snprintf(which, sizeof(which), "%s says now",
		 printable(config, shown, sizeof(shown)));
	print_story(r, session, row, p, which);
}
