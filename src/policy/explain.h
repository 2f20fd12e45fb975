/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_EXPLAIN_H
#define EF_POLICY_EXPLAIN_H

#include "policy/judge.h"
#include "policy/observation.h"
#include "policy/policy.h"

/*
 * Why a verdict is what it is: the same walk as policy_decide(), told. For a
 * person who waits; still pure and without allocation, but it may look at
 * every rule.
 */
#define EXPLAIN_NEAR_MAX   5
#define EXPLAIN_CHANGE_MAX 2048

struct explanation {
	struct decision said; /* what policy_decide() says */
	struct telling told;  /* the rules it looked at, in order */
	const struct rule *near[EXPLAIN_NEAR_MAX]; /* rules on similar names,
						      nearest first */
	size_t n_near;
	/* Denied: the smallest change that would allow it, as lines of YAML
	 * that begin with a key of the file's top level; "" when no policy can
	 * allow it. Names and paths in it are quoted and escaped, and a name
	 * that is not plain never is in it. */
	char change[EXPLAIN_CHANGE_MAX];
	char advice[256]; /* a sentence to go with it; "" none */
};

/* Fill *ret, which may hold anything. */
void policy_explain(const struct policy *p, const struct observation *seen,
		    struct explanation *ret);

/* What a rule had to say, for a person ("its ports do not have this one"). */
const char *heard_text(enum heard heard);

/*
 * Write the explanation as lines of printable text into buf, cut when it is
 * full, and return buf: the verdict and its reason, each rule and what it
 * said, similar rules, and the change.
 */
char *explain_text(const struct policy *p, const struct explanation *e,
		   char *buf, size_t size);

#endif
