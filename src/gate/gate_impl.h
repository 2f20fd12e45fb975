/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_GATE_IMPL_H
#define EF_GATE_GATE_IMPL_H

#include <pthread.h>

#include "gate/budget.h"
#include "gate/gate.h"
#include "gate/notices.h"
#include "policy/lease.h"
#include "policy/placeholder.h"

/* What the files of the gate share; nobody else includes this. */
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
	uint64_t learnt;      /* gate_learnt() */
	int64_t lease_end_ns; /* the earliest that is known */
	struct leases *leases;
	struct placeholders *placeholders;
	struct budgets *budgets;
	struct follows *follows;
	struct notices *notices;
	struct gate_totals totals;
	int record_error;
};

/* What the judge and the row need of the gate's state, copied at one moment. */
struct moment {
	struct policy *policy; /* held */
	int64_t revision;
};

/* The state at this moment; fills in the candidates of *seen, which may be
 * NULL. The policy is the caller's to release. */
struct moment gate_look(struct gate *g, struct observation *seen);

/* A row could not be written. Takes the lock. */
void gate_failed(struct gate *g, int error);

/* Write down a denial that the judge was not asked for: *j has seen, ticket,
 * process and the reason. 0, or the -errno to answer with instead. */
int gate_deny(struct gate *g, struct judged *j, const struct process *who,
	      const struct moment *m);

#endif
