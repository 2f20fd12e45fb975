/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_FINDINGS_FIX_H
#define EF_LEARN_FINDINGS_FIX_H

#include "base/error.h"
#include "learn/findings.h"

/*
 * The text of a policy without the rules that may go (.can_go). Only whole
 * lines are taken out, those of the rules; comments stay. What cannot be taken
 * out safely (a list in brackets, an anchor, a text over several lines) stays,
 * and *ret_left counts it. The result was loaded: it is the old policy without
 * those rules, and nothing else. Stores a text the caller frees (a NUL follows)
 * and its length; returns 0, -EBADMSG with *err told when the result would not
 * be that, -EINVAL or -ENOMEM. Pure.
 */
int findings_fix(const struct policy *p, const struct findings *f,
		 char **ret_text, size_t *ret_len, size_t *ret_left,
		 struct ef_err *err);

#endif
