/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_VERIFY_H
#define EF_LEARN_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "learn/edit.h"
#include "policy/policy.h"

/*
 * What must hold of an edited policy before anybody is shown it. Both are
 * independent of how the edit was made. Pure.
 */

/*
 * The new policy is the old one and the edits: the same settings, every rule
 * as it was and in its order, with the added ports where edits say so, and
 * then the new rules in the order of the edits. Returns 0, or -EBADMSG with
 * *err told.
 */
int verify_tree(const struct policy *from, const struct policy *to,
		const struct edit *edits, size_t n, struct ef_err *err);

/*
 * Every line of the old text, but for those listed as edited (from 1,
 * ascending), stands in the new one, byte for byte and in order. The last one
 * may get the line end it lacks. Returns 0, or -EBADMSG with *err told.
 */
int verify_lines(const char *from, size_t from_len, const char *to, size_t to_len,
		 const uint32_t *edited, size_t n_edited, struct ef_err *err);

#endif
