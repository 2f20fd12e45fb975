/* SPDX-License-Identifier: MIT */
#ifndef FAKE_POLICY_H
#define FAKE_POLICY_H

#include "policy/policy.h"

/*
 * policy/policy.h over a short list that a test writes down. One policy; it
 * is never freed.
 */
#define FAKE_RULES_MAX 16

/* Forget all rules and settings (deny, placeholders on, hold 300 to 3600). */
struct policy *fake_policy_reset(void);

/* The policy as it is. */
struct policy *fake_policy_live(void);

/* Add a rule for a name ("*.x" too) or an address ("192.0.2.0", 24). */
void fake_policy_name(const char *pattern);

/* Add a rule for a prefix. */
void fake_policy_net(const char *net, uint8_t prefix);

/* The settings, to be changed. */
struct settings *fake_policy_settings(void);

#endif
