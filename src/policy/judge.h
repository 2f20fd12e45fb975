/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_JUDGE_H
#define EF_POLICY_JUDGE_H

#include <stddef.h>

#include "policy/observation.h"
#include "policy/policy.h"
#include "policy/verdict.h"

/*
 * The walk over the rules that policy_decide() and policy_explain() share: the
 * one makes it in silence, the other has it told.
 */

/* What a rule that was looked at had to say. */
enum heard {
	HEARD_ALLOWS,	/* it matches, and with it the call is allowed */
	HEARD_PORT,	/* its ports do not have this one */
	HEARD_ICMP,	/* it lists ports, and ICMP has none */
	HEARD_PRIVATE,	/* a wildcard, and the address is private */
	HEARD_NEVER,	/* no name may lead to this address */
	HEARD_OUTER,	/* it matches one of the two addresses of NAT64 or
			    6to4; the other one is judged too */
	HEARD_DENIES,	/* unix_sockets.deny */
	HEARD_NO_MATCH, /* its pattern does not cover what was asked for */
};

struct heard_rule {
	const struct rule *rule;
	enum heard heard;
	struct dname name; /* RULE_NAME: under which candidate */
};

/* Room for what is told; further rules are only counted. */
#define TELLING_MAX 32

struct telling {
	struct heard_rule list[TELLING_MAX];
	size_t n;    /* listed */
	size_t more; /* not listed any more */
};

/* A placeholder stands for its name alone: no rule on addresses is about it. */
bool judge_is_placeholder(const struct observation *seen);

/* Judge; *told may be NULL. See policy_decide(). */
struct decision judge(const struct policy *p, const struct observation *seen,
		      struct telling *told);

#endif
