// SPDX-License-Identifier: MIT
// What the record needs of policy/: an empty policy and the words.
#include "policy/policy.h"

static const struct settings stub_settings;

struct policy *policy_new_fixed(enum verdict v)
{
	(void)v;
	return (struct policy *)(uintptr_t)&stub_settings;
}

void policy_unref(struct policy *p)
{
	(void)p;
}

const struct settings *policy_settings(const struct policy *p)
{
	(void)p;
	return &stub_settings;
}

const char *policy_path(const struct policy *p)
{
	(void)p;
	return "";
}

const char *policy_source(const struct policy *p, size_t *ret_len)
{
	(void)p;
	*ret_len = 0;
	return "";
}

const char *reason_word(enum reason reason)
{
	return reason == REASON_RULE ? "rule" : "no-rule";
}

const char *mode_word(enum mode mode)
{
	(void)mode;
	return "enforce";
}
