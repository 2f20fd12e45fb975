/* SPDX-License-Identifier: MIT */
/* A gate without a record. */
#include "fakes/gate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/policy.h"

static struct fake_gate the_gate;

struct fake_gate *fake_gate_reset(void)
{
	follows_free(the_gate.follows);
	memset(&the_gate, 0, sizeof(the_gate));
	the_gate.context.mode = MODE_ENFORCE;
	the_gate.context.placeholders = true;
	return &the_gate;
}

struct gate *fake_gate_as_gate(void)
{
	return (struct gate *)&the_gate;
}

struct policy *gate_policy(struct gate *g)
{
	(void)g;
	return fake_policy_live();
}

static void check_room(size_t n)
{
	if (n >= FAKE_GATE_MAX)
		abort();
}

void gate_question(struct gate *g, struct question *q,
		   const struct process *who, struct answer_plan *ret)
{
	struct fake_gate *f = (struct fake_gate *)g;
	char name[DNAME_TEXT_MAX];
	bool is_refused =
		q->reason == REASON_MALFORMED || q->reason == REASON_RESOLVER;
	const struct rule *rule;

	(void)who;
	check_room(f->n_questions);
	*ret = (struct answer_plan){ .plan = PLAN_FAIL };
	if (f->fails)
		return;
	if (is_refused)
		ret->plan = PLAN_NO_NAME;
	else
		ret->plan = question_plan(fake_policy_live(), &q->name, q->qtype,
					  &f->context, &q->reason, &rule);
	addr_parse("198.18.0.1", &ret->placeholder);
	ret->reason = q->reason;
	ret->refuse = fake_policy_settings()->dns_denied == DNS_DENIED_REFUSED;
	f->questions[f->n_questions++] = *q;
	ret->seq = (int64_t)f->n_questions;
	if (f->prints)
		printf("question %s %u reason=%d\n", dname_text(&q->name, name),
		       q->qtype, q->reason);
}

int gate_bind(struct gate *g, int64_t question_seq, const struct dname *name,
	      const struct addr *a, enum name_source source, int64_t hold_s)
{
	struct fake_gate *f = (struct fake_gate *)g;
	char text[DNAME_TEXT_MAX], ip[ADDR_TEXT_MAX];

	(void)source;
	check_room(f->n_binds);
	if (addr_never_binds(a))
		return -EPERM;
	f->binds[f->n_binds++] =
		(struct fake_bind){ question_seq, hold_s, *name, *a };
	if (f->prints)
		printf("bind %s %s %ld\n", dname_text(name, text),
		       addr_text(a, ip), (long)hold_s);
	return 0;
}

void gate_answer(struct gate *g, int64_t question_seq, int rcode,
		 const struct addr *addrs, size_t n)
{
	struct fake_gate *f = (struct fake_gate *)g;

	(void)addrs;
	check_room(f->n_answers);
	f->answers[f->n_answers++] =
		(struct fake_answer){ question_seq, rcode, n };
	if (f->prints)
		printf("answer %ld %d %zu\n", (long)question_seq, rcode, n);
}

void gate_follow(struct gate *g, int64_t question_seq, const struct dname *name,
		 const struct dname *target, int64_t hold_s)
{
	struct fake_gate *f = (struct fake_gate *)g;
	struct follow_root root = { .name = *name, .steps = 1 };

	(void)question_seq;
	if (!f->follows)
		f->follows = follows_new();
	follows_add(f->follows, target, &root, hold_s, 0);
}

size_t gate_roots(struct gate *g, const struct dname *target,
		  struct follow_root *ret)
{
	struct fake_gate *f = (struct fake_gate *)g;

	return f->follows ? follows_find(f->follows, target, 0, ret) : 0;
}

void gate_event(struct gate *g, const char *kind, const char *detail)
{
	struct fake_gate *f = (struct fake_gate *)g;

	f->n_events++;
	snprintf(f->event, sizeof(f->event), "%s %s", kind, detail);
	if (f->prints)
		printf("event %s\n", f->event);
}

const char *fake_gate_bound(const char *name)
{
	static char line[4096];
	char ip[ADDR_TEXT_MAX];
	struct dname want;
	size_t len = 0;

	line[0] = '\0';
	if (dname_from_text(name, &want))
		abort();
	for (size_t i = 0; i < the_gate.n_binds; i++)
		if (dname_equal(&the_gate.binds[i].name, &want))
			len += (size_t)snprintf(
				line + len, sizeof(line) - len, "%s ",
				addr_text(&the_gate.binds[i].addr, ip));
	return line;
}
