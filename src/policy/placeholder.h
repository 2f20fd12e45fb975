/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_PLACEHOLDER_H
#define EF_POLICY_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/addr.h"
#include "wire/dname.h"

/*
 * Placeholder addresses (decision 6): one of 198.18.0.0/15 (RFC 2544) for
 * each name that no rule mentions, never reused in a session. Not locked: the
 * gate owns it and locks.
 */
#define PLACEHOLDERS_MAX 131070 /* the /15 without its first and last */

struct placeholders;

/* An empty table, or NULL when out of memory. */
struct placeholders *placeholders_new(void);

/* Free it; NULL is fine. */
void placeholders_free(struct placeholders *t);

/*
 * The address of a name, given out now if it has none. Returns 0, or -ENOSPC
 * when all are given, -ENOMEM.
 */
int placeholders_give(struct placeholders *t, const struct dname *name,
		      struct addr *ret);

/* The name of an address: 0, or -ENOENT when it is nobody's. */
int placeholders_name(const struct placeholders *t, const struct addr *a,
		      struct dname *ret);

/* True for every address of 198.18.0.0/15. */
bool placeholders_contain(const struct addr *a);

#endif
