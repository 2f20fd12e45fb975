/* SPDX-License-Identifier: MIT */
#ifndef FAKE_GATE_H
#define FAKE_GATE_H

#include "gate/question.h"

/*
 * gate/gate.h, as far as the DNS service asks for it, without a record: plans
 * come from question_plan() over the fake policy, the one placeholder is
 * 198.18.0.1, and what was asked, bound and answered is kept for the test.
 */
#define FAKE_GATE_MAX 4096

struct fake_bind {
	int64_t question_seq, hold_s;
	struct dname name;
	struct addr addr;
};

struct fake_answer {
	int64_t question_seq;
	int rcode;
	size_t n;
};

struct fake_gate {
	struct question_context context;
	bool fails;  /* every question gets PLAN_FAIL */
	bool prints; /* tell each call on stdout, for tests in shell */
	size_t n_questions, n_binds, n_answers, n_events;
	struct follows *follows;
	char event[2048]; /* the last one: its kind, a blank, its detail */
	struct question questions[FAKE_GATE_MAX]; /* the last ones */
	struct fake_bind binds[FAKE_GATE_MAX];
	struct fake_answer answers[FAKE_GATE_MAX];
};

/* The one gate, emptied; enforce mode with placeholders. */
struct fake_gate *fake_gate_reset(void);

/* It as the service knows it. */
struct gate *fake_gate_as_gate(void);

/* The addresses bound to a name, as one line ("192.0.2.1 192.0.2.2 "). */
const char *fake_gate_bound(const char *name);

#endif
