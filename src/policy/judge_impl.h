/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_JUDGE_IMPL_H
#define EF_POLICY_JUDGE_IMPL_H

#include "policy/judge.h"

/* What the files judge*.c share; nobody else includes this. */

/* What is being judged, and how far it has come. */
struct hearing {
	const struct policy *policy;
	const struct observation *seen;
	struct telling *told; /* NULL: nobody listens */
	struct decision said;
};

/* Tell who listens what a rule had to say. */
static inline void hearing_tell(struct hearing *h, const struct rule *r,
				enum heard heard, const struct dname *name)
{
	struct heard_rule *slot;

	if (!h->told)
		return;
	if (h->told->n == TELLING_MAX) {
		h->told->more++;
		return;
	}
	slot = &h->told->list[h->told->n++];
	slot->rule = r;
	slot->heard = heard;
	if (name)
		slot->name = *name;
}

/* Denied, so far. */
static inline void hearing_deny(struct hearing *h, enum reason reason)
{
	h->said.verdict = VERDICT_DENY;
	h->said.reason = reason;
}

/* Allowed. */
static inline void hearing_allow(struct hearing *h, enum reason reason,
				 const struct rule *r)
{
	h->said.verdict = VERDICT_ALLOW;
	h->said.reason = reason;
	h->said.rule = r;
}

/* A question to a name server (judge_question.c). */
void judge_question(struct hearing *h);

/* A unix socket (judge_listener.c). */
void judge_listener(struct hearing *h);

#endif
