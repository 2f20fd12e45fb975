/* SPDX-License-Identifier: MIT */
/* Rules that nothing has matched for long. */
#include "learn/findings_usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/reader_group.h"
#include "base/cleanup.h"
#include "learn/findings_impl.h"
#include "learn/replay.h"
#include "learn/replay_hosts.h"
#include "policy/load.h"

AUTO(policy, policy_unref)

#define DAY_MS 86400000ll

/* What is known of one rule. */
struct used {
	uint32_t without;  /* sessions in a row that had it and no use for it */
	int64_t since_ms;  /* when the first of these began */
	bool is_contained; /* the session at hand had it */
	bool is_used;	   /* and used it */
};

/* The rules that a policy of the past had, by its text: most sessions go by
 * the policy of the one before. */
struct past {
	char *text;
	size_t len;
	unsigned char *has; /* by rule */
};

struct usage {
	struct policy *policy;
	struct used *rules;
	size_t n_rules, n_sessions;
	int64_t first_ms, last_ms;
	struct past past;
};

struct usage *usage_new(struct policy *p)
{
	struct usage *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->policy = policy_ref(p);
	u->n_rules = policy_n_rules(p);
	u->rules = calloc(u->n_rules + 1, sizeof(*u->rules));
	u->past.has = calloc(u->n_rules + 1, 1);
	if (u->rules && u->past.has)
		return u;
	usage_free(u);
	return NULL;
}

void usage_free(struct usage *u)
{
	if (!u)
		return;
	free(u->past.text);
	free(u->past.has);
	free(u->rules);
	policy_unref(u->policy);
	free(u);
}

static bool has_name(const struct policy *p, const struct rule *r)
{
	struct rule_walk walk = { 0 };
	const struct rule *other;
	struct dname name;

	if (!findings_probe_name(r, &name))
		return true; /* it cannot be told: nothing is said of it */
	while ((other = policy_next_by_name(p, &name, &walk)))
		if (other->is_wildcard == r->is_wildcard &&
		    dname_equal(&other->name, &r->name))
			return true;
	return false;
}

static bool has_range(const struct policy *p, const struct rule *r)
{
	struct rule_walk walk = { 0 };
	const struct rule *other;

	while ((other = policy_next_by_addr(p, &r->net, &walk)))
		if (other->prefix == r->prefix)
			return true;
	return false;
}

static bool has_listener(const struct policy *p, const struct rule *r)
{
	const struct rule *other;
	size_t at = 0;

	while ((other = policy_next_unix(p, &at)))
		if (other->kind == r->kind && !strcmp(other->text, r->text))
			return true;
	return false;
}

static bool has_rule(const struct policy *p, const struct rule *r)
{
	return r->kind == RULE_NAME	 ? has_name(p, r)
	       : r->kind == RULE_ADDRESS ? has_range(p, r)
					 : has_listener(p, r);
}

/* Another policy of the past takes the place of the one remembered. */
static int remember(struct usage *u, const struct revision *v)
{
	auto_free struct problems *ps = calloc(1, sizeof(*ps));
	auto_of(policy) struct policy *p = NULL;
	char *copy = malloc(v->len + 1);

	if (!ps || !copy) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, v->text, v->len);
	free(u->past.text);
	u->past.text = copy;
	u->past.len = v->len;
	memset(u->past.has, 0, u->n_rules);
	/* one that does not load any more had none of the rules of now */
	if (*v->path)
		policy_load(v->text, v->len, v->path, ps, &p);
	for (size_t i = 0; p && i < u->n_rules; i++)
		u->past.has[i] = has_rule(p, policy_rule(u->policy, i));
	return 0;
}

static int take_revision(void *arg, const struct revision *v)
{
	struct usage *u = arg;
	int n = 0;

	if (!u->past.text || u->past.len != v->len ||
	    memcmp(u->past.text, v->text, v->len) != 0)
		n = remember(u, v);
	for (size_t i = 0; n == 0 && i < u->n_rules; i++)
		u->rules[i].is_contained |= u->past.has[i];
	return n;
}

/* A session whose attempts are being judged. */
struct judging {
	struct usage *usage;
	struct replay_hosts hosts;
};

static int take_group(void *arg, const struct group *g)
{
	struct judging *j = arg;
	struct decision said;

	if (g->row.is_probe)
		return 0;
	said = replay_judge(j->usage->policy, &g->row, &j->hosts, NULL);
	if (said.verdict == VERDICT_ALLOW && said.rule)
		j->usage->rules[said.rule->index].is_used = true;
	return 0;
}

static int judge_session(struct usage *u, struct reader *records,
			 size_t session, struct ef_err *err)
{
	const struct policy *p = u->policy;
	struct judging j = { .usage = u };
	int n = replay_hosts_read(records, session, &p, 1, &j.hosts, err);

	if (n == 0)
		n = reader_groups(records, session, NULL, INT64_MIN, take_group,
				  &j, err);
	if (n == 0)
		n = reader_question_groups(records, session, take_group, &j, err);
	replay_hosts_done(&j.hosts);
	return n;
}

static void count(struct usage *u, int64_t started_ms)
{
	bool had_some = false;

	for (size_t i = 0; i < u->n_rules; i++) {
		struct used *r = &u->rules[i];

		had_some |= r->is_contained;
		if (r->is_used)
			r->without = 0;
		else if (r->is_contained && r->without++ == 0)
			r->since_ms = started_ms;
	}
	if (!had_some)
		return;
	if (!u->n_sessions++)
		u->first_ms = started_ms;
	u->last_ms = started_ms;
}

int usage_session(struct usage *u, struct reader *records, size_t session,
		  struct ef_err *err)
{
	int n;

	for (size_t i = 0; i < u->n_rules; i++)
		u->rules[i].is_contained = u->rules[i].is_used = false;
	n = reader_revisions(records, session, take_revision, u, err);
	if (n == 0)
		n = judge_session(u, records, session, err);
	if (n == 0)
		count(u, reader_session(records, session)->started_ms);
	return n == -ENOMEM ? err_set(err, ENOMEM, "out of memory") : n;
}

static uint32_t days_between(int64_t from_ms, int64_t to_ms)
{
	return to_ms > from_ms ? (uint32_t)((to_ms - from_ms) / DAY_MS) : 0;
}

int usage_find(const struct usage *u, uint32_t min_sessions, uint32_t min_days,
	       struct findings *ret)
{
	auto_free bool *is_idle = calloc(u->n_rules + 1, sizeof(*is_idle));
	size_t before = ret->more;

	if (!is_idle)
		return -ENOMEM;
	for (size_t i = 0; i < ret->n; i++)
		if (ret->list[i].rule &&
		    (ret->list[i].kind == FINDING_DUPLICATE ||
		     ret->list[i].kind == FINDING_SHADOWED ||
		     ret->list[i].kind == FINDING_UNREACHABLE))
			is_idle[ret->list[i].rule->index] = true;
	for (size_t i = 0; i < u->n_rules; i++) {
		const struct rule *r = policy_rule(u->policy, i);
		const struct used *used = &u->rules[i];
		uint32_t days = days_between(used->since_ms, u->last_ms);
		struct finding *one;

		/* a denial that was never needed is none the worse for it */
		if (r->kind == RULE_UNIX_DENY || !used->without ||
		    used->without < min_sessions || days < min_days || is_idle[i])
			continue;
		one = findings_add(ret, FINDING_UNUSED, r,
				   "allowed nothing in the last %u sessions "
				   "that had it, over %u days: remove it",
				   used->without, days);
		if (one)
			one->can_go = true;
	}
	findings_sort(ret);
	return ret->more > before && ret->n < FINDINGS_MAX ? -ENOMEM : 0;
}

size_t usage_n_sessions(const struct usage *u)
{
	return u->n_sessions;
}

uint32_t usage_days(const struct usage *u)
{
	return days_between(u->first_ms, u->last_ms);
}
