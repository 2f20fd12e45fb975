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
#include "gate/gate_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* How long repeats may lag behind the end of a lease. */
#define LEASE_LAG_NS 30000000000ll

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
	g->budgets = budgets_new();
	g->follows = follows_new();
	g->notices = notices_new();
	if (!g->leases || !g->placeholders || !g->budgets || !g->follows ||
	    !g->notices) {
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
	follows_free(g->follows);
	budgets_free(g->budgets);
	placeholders_free(g->placeholders);
	leases_free(g->leases);
	policy_unref(g->policy);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

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

struct moment gate_look(struct gate *g, struct observation *seen)
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

void gate_failed(struct gate *g, int error)
{
	pthread_mutex_lock(&g->lock);
	g->record_error = error;
	pthread_mutex_unlock(&g->lock);
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

uint64_t gate_learnt(struct gate *g)
{
	uint64_t learnt;

	pthread_mutex_lock(&g->lock);
	learnt = g->learnt;
	pthread_mutex_unlock(&g->lock);
	return learnt;
}

bool gate_repeat(struct gate *g, int64_t seq, uint64_t revision, uint64_t n)
{
	if (store_is_altered(g->store) || revision != gate_revision(g))
		return false;
	store_repeat(g->store, seq, n);
	return true;
}

void gate_event(struct gate *g, const char *kind, const char *detail)
{
	int r = store_event(g->store, kind, detail);

	if (r < 0)
		gate_failed(g, r);
}

int gate_swap(struct gate *g, struct policy *p)
{
	struct policy *old;
	int64_t revision;
	int r = store_revision(g->store, p, &revision);

	if (r < 0) {
		gate_failed(g, r);
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
	return gate_look(g, NULL).policy;
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
