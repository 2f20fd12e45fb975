/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_EXPLAIN_CHANGE_H
#define EF_POLICY_EXPLAIN_CHANGE_H

#include "policy/explain.h"

/*
 * Fill in the smallest change of the policy that would allow what e->said
 * denies (.change, .advice). Pure. Only policy/ includes this.
 */
void explain_change(const struct observation *seen, struct explanation *e);

/*
 * Write a listener's name as a pattern that matches it alone, in YAML double
 * quotes, into buf. False, and buf is "", when it has a byte that is not
 * printable ASCII or does not fit.
 */
bool explain_quote_listener(const char *name, char *buf, size_t size);

#endif
