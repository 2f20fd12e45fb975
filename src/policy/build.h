/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_BUILD_H
#define EF_POLICY_BUILD_H

#include <stddef.h>

#include "policy/policy.h"

/*
 * How a policy comes to be: the loader adds rules and settings, then seals
 * it; from then on it never changes. Only policy/ includes this.
 */

/*
 * A policy nobody else sees yet, with the default settings, that keeps a copy
 * of its path and of the len bytes it comes from. NULL when out of memory.
 */
struct policy *policy_new(const char *path, const char *source, size_t len);

/* The settings, to be filled in before policy_seal(). */
struct settings *policy_edit_settings(struct policy *p);

/*
 * Append a copy of a rule, its texts and its ports; .index is assigned.
 * Returns 0, -ENOMEM, or -E2BIG beyond POLICY_RULES_MAX or POLICY_UNIX_MAX.
 */
int policy_add_rule(struct policy *p, const struct rule *r);

/* Build the indexes. Returns 0 or -ENOMEM; then the policy may be shared. */
int policy_seal(struct policy *p);

#endif
