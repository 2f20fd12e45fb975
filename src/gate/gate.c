/* SPDX-License-Identifier: MIT */
/*
 * The reference monitor.
 *
 * Theory of Operation: one mutex guards the live policy, the leases, the
 * placeholders and the totals; it is never held over a commit. A judgement
 * takes a reference on the policy and a copy of the candidate names, so that
 * what is written down is what was judged, whatever is swapped meanwhile. A
 * row that cannot be committed is a denial, whatever the mode.
 */
#include "gate/gate.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/notices.h"
#include "gate/question.h"
#include "policy/lease.h"
#include "policy/placeholder.h"
#include "wire/dns.h"

/* How long repeats may lag behind the end of a lease. */
#define LEASE_LAG_NS 30000000000ll

struct gate {
	pthread_mutex_t lock;
	struct store *store;
	enum mode mode;
	bool placeholders_on, tell_allowed;
	const struct dname *search;
	size_t n_search;
	struct policy *policy;
	int64_t revision;     /* its row */
	uint64_t generation;  /* gate_revision() */
	int64_t lease_end_ns; /* the earliest that is known */
	struct leases *leases;
	struct placeholders *placeholders;
	struct notices *notices;
	struct gate_totals totals;
	int record_error;
};

struct gate *gate_new(const struct gate_options *o, struct ef_err *err)
{
	struct gate *g = calloc(1, sizeof(*g));
	int r;

	if (!g) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&g->lock, NULL);
	g->store = o->store;
	g->mode = o->mode;
	g->placeholders_on = o->placeholders;
	g->tell_allowed = o->tell_allowed;
	g->search = o->search;
	g->n_search = o->n_search;
	g->policy = policy_ref(o->policy);
	g->lease_end_ns = INT64_MAX;
	g->leases = leases_new();
	g->placeholders = placeholders_new();
	g->notices = notices_new();
	if (!g->leases || !g->placeholders || !g->notices) {
		err_set(err, ENOMEM, "out of memory");
		gate_free(g);
		return NULL;
	}
	r = store_revision(g->store, g->policy, &g->revision);
	if (r < 0) {
		err_set(err, -r, "the policy cannot be recorded: %s",
			strerror(-r));
		gate_free(g);
		return NULL;
	}
	return g;
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	notices_free(g->notices);
	placeholders_free(g->placeholders);
	leases_free(g->leases);
	policy_unref(g->policy);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

/* What the judge and the row need of the gate's state, copied at one moment. */
struct moment {
	struct policy *policy; /* held */
	int64_t revision;
};

/* /etc/hosts gives many names to loopback that nobody means: such a name
 * counts only where a rule is about it. */
static size_t keep_meant(const struct policy *p, struct candidate *list, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].source != NAME_HOSTS ||
		    policy_mentions_name(p, &list[i].name))
			list[kept++] = list[i];
	return kept;
}

static void find_names(struct gate *g, struct observation *seen)
{
	struct dname name;

	seen->n_candidates = 0;
	if (seen->addr.family == ADDR_NONE)
		return;
	if (placeholders_contain(&seen->addr) &&
	    !placeholders_name(g->placeholders, &seen->addr, &name)) {
		seen->placeholder = seen->addr;
		seen->candidates[0].name = name;
		seen->candidates[0].source = NAME_PLACEHOLDER;
		seen->n_candidates = 1;
		return;
	}
	seen->n_candidates = leases_find(g->leases, &seen->addr, clock_mono_ns(),
					 seen->candidates, CANDIDATES_MAX);
	seen->n_candidates =
		keep_meant(g->policy, seen->candidates, seen->n_candidates);
}

static struct moment look(struct gate *g, struct observation *seen)
{
	struct moment m;

	pthread_mutex_lock(&g->lock);
	m.policy = policy_ref(g->policy);
	m.revision = g->revision;
	if (seen)
		find_names(g, seen);
	pthread_mutex_unlock(&g->lock);
	return m;
}

/* What --allow-all cannot open, since the record would be false or the
 * session's own sockets would be reached. */
static bool is_absolute(enum reason reason)
{
	switch (reason) {
	case REASON_RULE:
	case REASON_DEFAULT_ALLOW:
	case REASON_NO_RULE:
	case REASON_PORT:
	case REASON_METADATA:
	case REASON_REBIND:
	case REASON_EMBEDDED:
	case REASON_UNIX_RULE:
	case REASON_UNIX_IN_TREE:
	case REASON_UNIX_DENY:
	case REASON_UNIX_DOOR:
	case REASON_UNIX_OUTSIDE:
	case REASON_QTYPE:
	case REASON_RESERVED_NAME:
	case REASON_LISTEN:
	case REASON_LOCAL:
	case REASON_UNIX_NOBODY:
	case REASON_ALLOW_ALL:
		return false;
	case REASON_NETNS:
	case REASON_UNREADABLE:
	case REASON_OWN_SOCKET:
	case REASON_NAME_SERVICE:
	case REASON_RESOLVER:
	case REASON_MALFORMED:
	case REASON_FAMILY:
	case REASON_FOREIGN_ABI:
	case REASON_SYSCALL:
	case REASON_LIMIT:
	case REASON_LOOKUP:
	case N_REASONS:
	default:
		return true;
	}
}

/*
 * getaddrinfo() connects a datagram socket to each address it found, on the
 * port of the service or on another, to sort them (R6). Where the name is one
 * that some rule mentions that is no attempt to get out.
 */
static bool is_sorting_probe(const struct policy *p,
			     const struct observation *seen)
{
	if (seen->stage != STAGE_CONNECT || seen->proto != PROTO_UDP)
		return false;
	for (size_t i = 0; i < seen->n_candidates; i++)
		if (seen->candidates[i].source != NAME_PLACEHOLDER &&
		    policy_mentions_name(p, &seen->candidates[i].name))
			return true;
	return false;
}

/* The mode's view of a verdict. */
static enum action action_for(const struct gate *g, const struct policy *p,
			      struct observation *seen, struct decision *said)
{
	if (said->verdict == VERDICT_ALLOW)
		return ACTION_ALLOWED;
	if (g->mode == MODE_ALLOW_ALL && !is_absolute(said->reason)) {
		said->verdict = VERDICT_ALLOW;
		said->reason = REASON_ALLOW_ALL;
		return ACTION_ALLOWED;
	}
	if ((g->mode == MODE_AUDIT || g->mode == MODE_LEARN) &&
	    reason_relaxes(said->reason))
		return ACTION_ALLOWED;
	if (said->reason != REASON_REBIND && is_sorting_probe(p, seen)) {
		seen->is_probe = true;
		return ACTION_PROBE;
	}
	return ACTION_DENIED;
}

static void count(struct gate *g, const struct attempt *a)
{
	pthread_mutex_lock(&g->lock);
	if (a->action == ACTION_DENIED)
		g->totals.denied++;
	else if (a->action == ACTION_ALLOWED)
		g->totals.allowed++;
	if (a->action == ACTION_ALLOWED && a->said->verdict == VERDICT_DENY)
		g->totals.would++;
	pthread_mutex_unlock(&g->lock);
}

static void tell(struct gate *g, const struct attempt *a,
		 const struct process *who, int64_t seq)
{
	bool would =
		a->action == ACTION_ALLOWED && a->said->verdict == VERDICT_DENY;
	struct notice n;

	if (a->action == ACTION_PROBE ||
	    (a->action == ACTION_ALLOWED && !would && !g->tell_allowed))
		return;
	n = (struct notice){ .seq = seq,
			     .action = a->action,
			     .would = would,
			     .seen = *a->seen,
			     .said = *a->said };
	n.rule_line = a->said->rule ? a->said->rule->line : 0;
	n.said.rule = NULL; /* the policy may be gone when it is read */
	if (who) {
		memcpy(n.comm, who->comm, sizeof(n.comm));
		snprintf(n.exe, sizeof(n.exe), "%.255s", who->exe);
	}
	notices_put(g->notices, &n);
}

static void remember_failure(struct gate *g, int error)
{
	pthread_mutex_lock(&g->lock);
	g->record_error = error;
	pthread_mutex_unlock(&g->lock);
}

/* Commit the row, fill in the ticket, tell the person. */
static int write_down(struct gate *g, struct observation *seen,
		      struct attempt *a, const struct process *who,
		      struct moment *m, struct ticket *ret)
{
	struct addr asked = seen->addr;
	int r;

	a->seen = seen;
	a->revision = m->revision;
	a->placeholder = seen->placeholder;
	if (seen->placeholder.family != ADDR_NONE)
		seen->addr.family = ADDR_NONE; /* no address is known yet */
	ret->since_ns = clock_mono_ns();
	ret->said = *a->said;
	ret->action = a->action;
	ret->policy = m->policy;
	r = store_attempt(g->store, a, &ret->seq);
	seen->addr = asked;
	if (r < 0) {
		ret->seq = 0;
		ret->action = ACTION_DENIED;
		remember_failure(g, r);
		return -EPERM;
	}
	count(g, a);
	tell(g, a, who, ret->seq);
	return 0;
}

int gate_admit(struct gate *g, struct observation *seen,
	       const struct process *who, int64_t process, struct ticket *ret)
{
	struct moment m;
	struct decision said;
	struct attempt a = { .said = &said, .process = process };
	int r;

	memset(ret, 0, sizeof(*ret));
	if (who)
		seen->pid = who->pid;
	m = look(g, seen);
	said = policy_decide(m.policy, seen);
	a.action = action_for(g, m.policy, seen, &said);
	r = write_down(g, seen, &a, who, &m, ret);
	if (r < 0)
		return r;
	if (a.action == ACTION_DENIED)
		return said.reason == REASON_UNREADABLE ? -EPERM : -EACCES;
	return 0;
}

int gate_refuse(struct gate *g, struct observation *seen,
		const struct process *who, int64_t process, enum reason reason,
		int error, struct ticket *ret)
{
	struct decision said = { .verdict = VERDICT_DENY, .reason = reason };
	struct attempt a = { .said = &said,
			     .process = process,
			     .action = ACTION_DENIED };
	struct moment m;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (who)
		seen->pid = who->pid;
	m = look(g, seen);
	r = write_down(g, seen, &a, who, &m, ret);
	return r < 0 ? r : error;
}

int gate_resolved(struct gate *g, struct ticket *t,
		  const struct observation *seen, const struct addr *real)
{
	struct moment m = look(g, NULL);
	struct observation copy = *seen;
	struct decision said = policy_decide(m.policy, &copy);
	enum action action = action_for(g, m.policy, &copy, &said);
	int r = -EACCES;

	policy_unref(m.policy);
	if (addr_never_binds(real) || action != ACTION_ALLOWED)
		return -EACCES;
	r = store_resolved(g->store, t->seq, real);
	if (r < 0)
		remember_failure(g, r);
	return r < 0 ? -EPERM : 0;
}

void gate_finish(struct gate *g, struct ticket *t, int outcome)
{
	if (t->seq)
		store_outcome(g->store, t->seq, outcome,
			      clock_mono_ns() - t->since_ns);
	policy_unref(t->policy);
	memset(t, 0, sizeof(*t));
}

uint64_t gate_revision(struct gate *g)
{
	int64_t now = clock_mono_ns();
	uint64_t generation;

	pthread_mutex_lock(&g->lock);
	if (now >= g->lease_end_ns) {
		g->generation++;
		g->lease_end_ns = now + LEASE_LAG_NS;
	}
	generation = g->generation;
	pthread_mutex_unlock(&g->lock);
	return generation;
}

bool gate_repeat(struct gate *g, int64_t seq, uint64_t revision, uint64_t n)
{
	if (store_is_altered(g->store) || revision != gate_revision(g))
		return false;
	store_repeat(g->store, seq, n);
	return true;
}

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
	struct decision said = { .verdict = VERDICT_DENY,
				 .reason = ret->reason,
				 .name = q->name,
				 .rule = q->rule };
	struct attempt a = { .said = &said,
			     .process = q->process,
			     .action = ACTION_DENIED };
	struct ticket t = { 0 };

	if (write_down(g, &seen, &a, who, m, &t) < 0)
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

static enum plan plan_for(struct gate *g, struct question *q,
			  const struct policy *p, struct answer_plan *ret)
{
	struct question_context about = { .mode = g->mode,
					  .search = g->search,
					  .n_search = g->n_search,
					  .placeholders = g->placeholders_on };
	enum plan plan = question_plan(p, &q->name, q->qtype, &about,
				       &ret->reason, &q->rule);
	int r = 0;

	if (plan == PLAN_NO_NAME && is_bound_reverse(g, q)) {
		ret->reason = REASON_RULE;
		return PLAN_FORWARD;
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
	struct moment m = look(g, NULL);
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
		remember_failure(g, r);
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
		remember_failure(g, r);
		return r;
	}
	pthread_mutex_lock(&g->lock);
	r = leases_add(g->leases, name, a, source, until);
	if (r >= 0 && until < g->lease_end_ns)
		g->lease_end_ns = until;
	pthread_mutex_unlock(&g->lock);
	return r < 0 ? r : 0;
}

void gate_answer(struct gate *g, int64_t question_seq, int rcode,
		 const struct addr *addrs, size_t n)
{
	store_answer(g->store, question_seq, rcode, addrs, n);
}

void gate_event(struct gate *g, const char *kind, const char *detail)
{
	int r = store_event(g->store, kind, detail);

	if (r < 0)
		remember_failure(g, r);
}

int gate_swap(struct gate *g, struct policy *p)
{
	struct policy *old;
	int64_t revision;
	int r = store_revision(g->store, p, &revision);

	if (r < 0) {
		remember_failure(g, r);
		return r;
	}
	pthread_mutex_lock(&g->lock);
	old = g->policy;
	g->policy = policy_ref(p);
	g->revision = revision;
	g->generation++;
	pthread_mutex_unlock(&g->lock);
	policy_unref(old);
	return 0;
}

struct policy *gate_policy(struct gate *g)
{
	return look(g, NULL).policy;
}

int gate_record_error(struct gate *g)
{
	int error;

	pthread_mutex_lock(&g->lock);
	error = g->record_error;
	pthread_mutex_unlock(&g->lock);
	return error;
}

void gate_totals(struct gate *g, struct gate_totals *ret)
{
	pthread_mutex_lock(&g->lock);
	*ret = g->totals;
	pthread_mutex_unlock(&g->lock);
}

int gate_next_notice(struct gate *g, struct notice *ret, uint64_t *ret_lost)
{
	return notices_take(g->notices, ret, ret_lost);
}

int gate_notice_fd(const struct gate *g)
{
	return notices_fd(g->notices);
}
