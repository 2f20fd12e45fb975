/* SPDX-License-Identifier: MIT */
/* Questions of the target, and the names that answers earn. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gate/gate_impl.h"
#include "gate/question.h"
#include "wire/dns.h"

/* The attempt that a refused name is, beside its question. */
static void record_refusal(struct gate *g, const struct question *q,
			   const struct process *who, struct moment *m,
			   struct answer_plan *ret)
{
	struct observation seen = { .stage = STAGE_DNS,
				    .proto = q->proto,
				    .pid = q->pid,
				    .tid = q->tid,
				    .name = q->name,
				    .qtype = q->qtype };
	struct ticket t;
	struct judged j = { .seen = &seen,
			    .ticket = &t,
			    .process = q->process,
			    .said = { .reason = ret->reason,
				      .name = q->name,
				      .rule = q->rule } };

	if (gate_deny(g, &j, who, m) < 0)
		ret->plan = PLAN_FAIL;
}

static bool is_allowed_reason(enum reason reason)
{
	return reason == REASON_RULE || reason == REASON_DEFAULT_ALLOW ||
	       reason == REASON_ALLOW_ALL;
}

/* The reverse name of an address that is bound to a name tells nothing new
 * (D25). */
static bool is_bound_reverse(struct gate *g, const struct question *q)
{
	struct candidate one;
	struct addr a;
	size_t n;

	if (q->qtype != DNS_PTR || !dns_reverse_addr(&q->name, &a))
		return false;
	pthread_mutex_lock(&g->lock);
	n = leases_find(g->leases, &a, clock_mono_ns(), &one, 1);
	pthread_mutex_unlock(&g->lock);
	return n > 0;
}

/* The rule by which a name is asked for on behalf of another one (D23). */
static const struct rule *followed_by(struct gate *g, const struct question *q,
				      const struct policy *p)
{
	struct follow_root roots[FOLLOW_ROOTS_MAX];
	const struct rule *r = NULL;
	size_t n = 0;

	if (q->qtype == DNS_A || q->qtype == DNS_AAAA ||
	    q->qtype == DNS_HTTPS || q->qtype == DNS_SVCB) {
		pthread_mutex_lock(&g->lock);
		n = follows_find(g->follows, &q->name, clock_mono_ns(), roots);
		pthread_mutex_unlock(&g->lock);
	}
	for (size_t i = 0; i < n && !r; i++) {
		struct rule_walk walk = { 0 };

		r = policy_next_by_name(p, &roots[i].name, &walk);
	}
	return r;
}

static bool is_for_want_of_rule(enum plan plan, enum reason reason)
{
	return (plan == PLAN_NO_NAME || plan == PLAN_PLACEHOLDER) &&
	       (reason == REASON_NO_RULE || reason == REASON_RESERVED_NAME);
}

/* Names below a wildcard may be made up to tell something (D28). */
static bool is_over_budget(struct gate *g, const struct question *q)
{
	bool taken;

	if ((g->mode != MODE_ENFORCE && g->mode != MODE_ASK) || !q->rule ||
	    q->rule->kind != RULE_NAME || !q->rule->is_wildcard)
		return false;
	pthread_mutex_lock(&g->lock);
	taken = budgets_take(g->budgets, &q->rule->name, &q->name,
			     clock_mono_ns());
	pthread_mutex_unlock(&g->lock);
	return !taken;
}

static enum plan plan_for(struct gate *g, struct question *q,
			  const struct policy *p, struct answer_plan *ret)
{
	struct question_context about = { .mode = g->mode,
					  .search = g->search,
					  .n_search = g->n_search,
					  .placeholders = g->placeholders_on };
	enum plan plan = question_plan(p, &q->name, q->qtype, &about,
				       &ret->reason, &q->rule);
	const struct rule *rule;
	int r = 0;

	if (is_for_want_of_rule(plan, ret->reason) &&
	    (rule = followed_by(g, q, p))) {
		ret->reason = REASON_RULE;
		q->rule = rule;
		plan = PLAN_FORWARD;
	}
	if (plan == PLAN_NO_NAME && is_bound_reverse(g, q)) {
		ret->reason = REASON_RULE;
		return PLAN_FORWARD;
	}
	if (plan == PLAN_FORWARD && is_over_budget(g, q)) {
		ret->reason = REASON_BUDGET;
		return PLAN_NO_NAME;
	}
	if (plan != PLAN_PLACEHOLDER)
		return plan;
	pthread_mutex_lock(&g->lock);
	r = placeholders_give(g->placeholders, &q->name, &ret->placeholder);
	pthread_mutex_unlock(&g->lock);
	if (r < 0) {
		ret->reason = REASON_LIMIT;
		return PLAN_NO_NAME;
	}
	q->placeholder = ret->placeholder;
	return plan;
}

void gate_question(struct gate *g, struct question *q,
		   const struct process *who, struct answer_plan *ret)
{
	struct moment m = gate_look(g, NULL);
	int r;

	memset(ret, 0, sizeof(*ret));
	if (q->reason == REASON_MALFORMED || q->reason == REASON_RESOLVER) {
		ret->plan = PLAN_NO_NAME;
		ret->reason = q->reason;
	} else {
		ret->plan = plan_for(g, q, m.policy, ret);
	}
	ret->refuse = policy_settings(m.policy)->dns_denied == DNS_DENIED_REFUSED;
	q->revision = m.revision;
	q->reason = ret->reason;
	q->verdict =
		is_allowed_reason(ret->reason) ? VERDICT_ALLOW : VERDICT_DENY;
	r = store_question(g->store, q, &ret->seq);
	if (r < 0) {
		gate_failed(g, r);
		ret->plan = PLAN_FAIL;
	}
	pthread_mutex_lock(&g->lock);
	g->totals.questions++;
	pthread_mutex_unlock(&g->lock);
	/* Reserved names and search suffixes are no attempts to get out. */
	if (ret->plan == PLAN_NO_NAME && ret->reason != REASON_RESERVED_NAME)
		record_refusal(g, q, who, &m, ret);
	policy_unref(m.policy);
}

int gate_bind(struct gate *g, int64_t question_seq, const struct dname *name,
	      const struct addr *a, enum name_source source, int64_t hold_s)
{
	int64_t until = clock_mono_ns() + hold_s * 1000000000;
	int r;

	if (source != NAME_HOSTS && addr_never_binds(a))
		return -EPERM;
	r = store_binding(g->store, question_seq, name, a, source, hold_s);
	if (r < 0) {
		gate_failed(g, r);
		return r;
	}
	pthread_mutex_lock(&g->lock);
	r = leases_add(g->leases, name, a, source, until);
	if (r >= 0)
		g->learnt++;
	if (r >= 0 && until < g->lease_end_ns)
		g->lease_end_ns = until;
	pthread_mutex_unlock(&g->lock);
	return r < 0 ? r : 0;
}

/* For whom a name is asked: for itself, and for those it was led to by. */
static size_t find_roots(struct gate *g, const struct policy *p,
			 const struct dname *name, struct follow_root *ret)
{
	size_t n, kept = 0;

	pthread_mutex_lock(&g->lock);
	n = follows_find(g->follows, name, clock_mono_ns(), ret);
	pthread_mutex_unlock(&g->lock);
	for (size_t i = 0; i < n; i++)
		if (policy_mentions_name(p, &ret[i].name))
			ret[kept++] = ret[i];
	return kept;
}

static void record_follow(struct gate *g, int64_t question_seq,
			  const struct dname *root, const struct dname *target)
{
	char from[DNAME_TEXT_MAX], to[DNAME_TEXT_MAX];
	char detail[2 * DNAME_TEXT_MAX + 64];

	snprintf(detail, sizeof(detail), "question %lld, %s leads to %s",
		 (long long)question_seq, dname_text(root, from),
		 dname_text(target, to));
	gate_event(g, "service-target", detail);
}

void gate_follow(struct gate *g, int64_t question_seq, const struct dname *name,
		 const struct dname *target, int64_t hold_s)
{
	struct follow_root roots[FOLLOW_ROOTS_MAX + 1];
	struct policy *p = gate_policy(g);
	int64_t now = clock_mono_ns();
	size_t n = find_roots(g, p, name, roots);

	if (policy_mentions_name(p, name))
		roots[n++] = (struct follow_root){ .name = *name };
	policy_unref(p);
	for (size_t i = 0; i < n; i++) {
		int r;

		if (dname_equal(&roots[i].name, target))
			continue;
		roots[i].steps++;
		pthread_mutex_lock(&g->lock);
		r = follows_add(g->follows, target, &roots[i],
				now + hold_s * 1000000000, now);
		pthread_mutex_unlock(&g->lock);
		if (r > 0)
			record_follow(g, question_seq, &roots[i].name, target);
	}
}

size_t gate_roots(struct gate *g, const struct dname *target,
		  struct follow_root *ret)
{
	struct policy *p = gate_policy(g);
	size_t n = find_roots(g, p, target, ret);

	policy_unref(p);
	return n;
}

void gate_answer(struct gate *g, int64_t question_seq, int rcode,
		 const struct addr *addrs, size_t n)
{
	store_answer(g->store, question_seq, rcode, addrs, n);
}
