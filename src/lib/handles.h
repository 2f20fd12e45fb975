/* SPDX-License-Identifier: MIT */
#ifndef EF_LIB_HANDLES_H
#define EF_LIB_HANDLES_H

#include "base/error.h"
#include "lib/egressfilter.h"
#include "policy/policy.h"

/*
 * What is behind the opaque types of the public header, for the library itself
 * and for what of the program goes deeper than it.
 */
struct ef_policy {
	struct policy *inner; /* held */
};

/*
 * Turn an inner error into a public one: fill *err (may be NULL) from *from
 * (may be NULL or empty: the text of the code) and return r, 0 or -errno.
 */
int handle_error(struct ef_error *err, const struct ef_err *from, int r);

#endif
