/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_DECIDE_H
#define EF_POLICY_DECIDE_H

#include "policy/observation.h"
#include "policy/policy.h"
#include "policy/verdict.h"

/*
 * The verdict of the policy on what was seen. A pure function of its
 * arguments: no I/O, no clock, no allocation; whatever it cannot judge it
 * denies. Modes are not its business: the gate applies them.
 *
 * An internet destination is allowed by any address rule that lists its port,
 * or by any candidate name with a rule that does (decision 5). ICMP matches
 * only rules without ports. A port means TCP and UDP.
 */
struct decision policy_decide(const struct policy *p,
			      const struct observation *seen);

/*
 * Would some rule, for whatever port, allow this name? The question of the
 * DNS side (D19): decide() on STAGE_DNS says the same.
 */
bool policy_mentions_name(const struct policy *p, const struct dname *name);

#endif
