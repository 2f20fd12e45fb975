/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_BUDGET_H
#define EF_GATE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/dname.h"

/*
 * How much may be asked under a wildcard (D28). Whoever answers for names
 * below a shared domain is told by each question what its labels say; a
 * budget keeps that from being a channel of any width. Fixed capacity, not
 * thread-safe.
 */
#define BUDGET_PER_SECOND 50
#define BUDGET_BURST	  500
#define BUDGET_NAMES	  2000 /* different ones in an hour */

struct budgets;

/* Full budgets for every wildcard; NULL when out of memory. */
struct budgets *budgets_new(void);

/* Free them; NULL is fine. */
void budgets_free(struct budgets *b);

/*
 * Take one question for a name from the budget of the wildcard "*.parent".
 * False: it is used up. now_ns is clock_mono_ns(). More than 256 wildcards
 * share theirs.
 */
bool budgets_take(struct budgets *b, const struct dname *parent,
		  const struct dname *name, int64_t now_ns);

#endif
