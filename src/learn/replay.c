/* SPDX-License-Identifier: MIT */
/*
 * Recorded attempts under another policy.
 *
 * Attempts come in groups that no policy tells apart (audit/reader_group.h);
 * each is judged once. What is judged otherwise than expected goes into a list
 * of bounded size (replay_list.c).
 */
#include "learn/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn/replay_hosts.h"
#include "learn/replay_list.h"

struct replay {
	struct policy *policy, *before, *accepted;
	struct replay_totals totals;
	struct replay_list *changes;
};

struct replay *replay_new(struct policy *p)
{
	struct replay *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->policy = policy_ref(p);
	r->changes = replay_list_new();
	if (r->changes)
		return r;
	replay_free(r);
	return NULL;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	replay_list_free(r->changes);
	policy_unref(r->accepted);
	policy_unref(r->before);
	policy_unref(r->policy);
	free(r);
}

void replay_expect(struct replay *r, struct policy *before,
		   struct policy *accepted)
{
	policy_unref(r->before);
	policy_unref(r->accepted);
	r->before = policy_ref(before);
	r->accepted = accepted ? policy_ref(accepted) : NULL;
}

/* It got out, whatever the policy of then said of it. */
static bool got_out(const struct row *row)
{
	return !strcmp(row->action, "allowed") ||
	       (!strcmp(row->action, "held") && row->err == 0);
}

static bool allows(const struct policy *p, const struct row *row,
		   const struct replay_hosts *hosts)
{
	return p && replay_judge(p, row, hosts, NULL).verdict == VERDICT_ALLOW;
}

static bool is_expected(const struct replay *r, const struct row *row,
			const struct replay_hosts *hosts)
{
	if (!r->before)
		return got_out(row);
	return allows(r->before, row, hosts) || allows(r->accepted, row, hosts);
}

int replay_group(struct replay *r, const struct group *g,
		 const struct replay_hosts *hosts)
{
	struct replay_totals *t = &r->totals;
	struct decision now;
	bool expected;
	int n;

	if (g->row.type != ROW_ATTEMPT)
		return 0;
	if (g->row.is_probe) {
		t->probes += g->calls;
		return 0;
	}
	now = replay_judge(r->policy, &g->row, hosts, NULL);
	expected = is_expected(r, &g->row, hosts);
	if (now.verdict == VERDICT_ALLOW && expected)
		t->same_allowed += g->calls;
	else if (now.verdict == VERDICT_ALLOW)
		t->now_allowed += g->calls;
	else if (expected)
		t->now_denied += g->calls;
	else
		t->same_denied += g->calls;
	if (expected == (now.verdict == VERDICT_ALLOW))
		return 0;
	n = replay_list_add(r->changes, g, &now);
	if (n == -ENOSPC)
		t->unlisted += g->calls;
	return n == -ENOSPC ? 0 : n;
}

/* A session being judged. */
struct judging {
	struct replay *replay;
	struct replay_hosts hosts;
	bool has_attempts;
};

static int judge_group(void *arg, const struct group *g)
{
	struct judging *j = arg;

	j->has_attempts = true;
	return replay_group(j->replay, g, &j->hosts);
}

int replay_session(struct replay *r, struct reader *records, size_t session,
		   const struct filter *f, int64_t since_ms, struct ef_err *err)
{
	const struct policy *all[] = { r->policy, r->before, r->accepted };
	struct judging j = { .replay = r };
	int n = replay_hosts_read(records, session, all,
				  sizeof(all) / sizeof(all[0]), &j.hosts, err);

	if (n == 0)
		n = reader_groups(records, session, f, since_ms, judge_group,
				  &j, err);
	replay_hosts_done(&j.hosts);
	r->totals.n_sessions += j.has_attempts;
	return n == -ENOMEM ? err_set(err, ENOMEM, "out of memory") : n;
}

const struct replay_totals *replay_totals(const struct replay *r)
{
	return &r->totals;
}

const struct replay_change *replay_change(struct replay *r, size_t i)
{
	return replay_list_at(r->changes, i);
}
