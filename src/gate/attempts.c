/* SPDX-License-Identifier: MIT */
/* Attempts: judged by the policy, seen by the mode, written down. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gate/gate_impl.h"

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
	case REASON_SIGNAL:
	case REASON_LIMIT:
	case REASON_LOOKUP:
	case REASON_BUDGET:
	case N_REASONS:
	default:
		return true;
	}
}

/*
 * getaddrinfo() connects a datagram socket to each address it found, on the
 * port of the service or on another, to sort them (R6). Where the name is one
 * that some rule mentions that is no attempt to get out. In another network
 * namespace the sink's address is somebody else's: there is no sink there.
 */
static bool is_sorting_probe(const struct policy *p,
			     const struct observation *seen)
{
	if (seen->stage != STAGE_CONNECT || seen->proto != PROTO_UDP ||
	    seen->foreign_netns)
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

static void count(struct gate *g, const struct judged *j)
{
	pthread_mutex_lock(&g->lock);
	if (j->action == ACTION_DENIED)
		g->totals.denied++;
	else if (j->action == ACTION_ALLOWED)
		g->totals.allowed++;
	if (j->action == ACTION_ALLOWED && j->said.verdict == VERDICT_DENY)
		g->totals.would++;
	pthread_mutex_unlock(&g->lock);
}

static bool is_would(const struct judged *j)
{
	return j->action == ACTION_ALLOWED && j->said.verdict == VERDICT_DENY;
}

static bool is_told(const struct gate *g, const struct judged *j)
{
	return j->action == ACTION_ALLOWED ? is_would(j) || g->tell_allowed
					   : j->action != ACTION_PROBE;
}

static void tell(struct gate *g, const struct judged *j, int64_t seq)
{
	struct notice n = { .seq = seq,
			    .action = j->action,
			    .would = is_would(j),
			    .rule_line = j->said.rule ? j->said.rule->line : 0,
			    .seen = *j->seen,
			    .said = j->said };

	n.said.rule = NULL; /* the policy may be gone when it is read */
	memcpy(n.comm, j->comm, sizeof(n.comm));
	memcpy(n.exe, j->exe, sizeof(n.exe));
	notices_put(g->notices, &n);
}

/* What is to be written of it, with the moment it was judged at. */
static void prepare(struct gate *g, const struct process *who,
		    const struct moment *m, struct judged *j)
{
	j->policy = m->policy;
	j->revision = m->revision;
	j->comm[0] = j->exe[0] = '\0';
	if (who && is_told(g, j)) {
		memcpy(j->comm, who->comm, sizeof(j->comm));
		snprintf(j->exe, sizeof(j->exe), "%.255s", who->exe);
	}
	*j->ticket = (struct ticket){ .since_ns = clock_mono_ns(),
				      .said = j->said,
				      .action = j->action,
				      .policy = j->policy };
}

static struct attempt attempt_of(const struct judged *j)
{
	return (struct attempt){ .seen = j->seen,
				 .said = &j->said,
				 .action = j->action,
				 .process = j->process,
				 .revision = j->revision,
				 .placeholder = j->seen->placeholder };
}

static int error_for(const struct judged *j)
{
	if (j->action != ACTION_DENIED)
		return 0;
	return j->said.reason == REASON_UNREADABLE ? -EPERM : -EACCES;
}

static void committed(struct gate *g, struct judged *j, int64_t seq, int r)
{
	if (r < 0) {
		j->ticket->action = ACTION_DENIED;
		j->error = -EPERM;
		return;
	}
	j->ticket->seq = seq;
	j->error = error_for(j);
	count(g, j);
	if (is_told(g, j))
		tell(g, j, seq);
}

void gate_commit(struct gate *g, struct judged *const *list, size_t n)
{
	struct attempt rows[GATE_COMMIT_MAX];
	struct addr asked[GATE_COMMIT_MAX];
	int64_t seq[GATE_COMMIT_MAX];
	int r;

	assert(n > 0 && n <= GATE_COMMIT_MAX);
	for (size_t i = 0; i < n; i++) {
		struct observation *seen = list[i]->seen;

		rows[i] = attempt_of(list[i]);
		asked[i] = seen->addr;
		if (seen->placeholder.family != ADDR_NONE)
			seen->addr.family = ADDR_NONE; /* none is known yet */
	}
	r = store_attempts(g->store, rows, n, seq);
	for (size_t i = 0; i < n; i++) {
		list[i]->seen->addr = asked[i];
		committed(g, list[i], seq[i], r);
	}
	if (r < 0)
		gate_failed(g, r);
}

void gate_judge(struct gate *g, struct observation *seen,
		const struct process *who, int64_t process,
		struct ticket *ticket, struct judged *ret)
{
	struct moment m;

	if (who)
		seen->pid = who->pid;
	m = gate_look(g, seen);
	ret->seen = seen;
	ret->ticket = ticket;
	ret->process = process;
	ret->said = policy_decide(m.policy, seen);
	ret->action = action_for(g, m.policy, seen, &ret->said);
	prepare(g, who, &m, ret);
}

int gate_admit(struct gate *g, struct observation *seen,
	       const struct process *who, int64_t process, struct ticket *ret)
{
	struct judged j, *list[] = { &j };

	gate_judge(g, seen, who, process, ret, &j);
	gate_commit(g, list, 1);
	return j.error;
}

/* Write down a denial that the judge was not asked for. */
int gate_deny(struct gate *g, struct judged *j, const struct process *who,
	      const struct moment *m)
{
	j->said.verdict = VERDICT_DENY;
	j->action = ACTION_DENIED;
	prepare(g, who, m, j);
	gate_commit(g, &j, 1);
	return j->ticket->seq ? 0 : j->error;
}

int gate_refuse(struct gate *g, struct observation *seen,
		const struct process *who, int64_t process, enum reason reason,
		int error, struct ticket *ret)
{
	struct judged j = { .seen = seen,
			    .ticket = ret,
			    .process = process,
			    .said.reason = reason };
	struct moment m;
	int r;

	if (who)
		seen->pid = who->pid;
	m = gate_look(g, seen);
	r = gate_deny(g, &j, who, &m);
	return r < 0 ? r : error;
}

int gate_resolved(struct gate *g, struct ticket *t,
		  const struct observation *seen, const struct addr *real)
{
	struct moment m = gate_look(g, NULL);
	struct observation copy = *seen;
	struct decision said = policy_decide(m.policy, &copy);
	enum action action = action_for(g, m.policy, &copy, &said);
	int r = -EACCES;

	policy_unref(m.policy);
	if (addr_never_binds(real) || action != ACTION_ALLOWED)
		return -EACCES;
	r = store_resolved(g->store, t->seq, real);
	if (r < 0)
		gate_failed(g, r);
	return r < 0 ? -EPERM : 0;
}
