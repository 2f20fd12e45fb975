/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_FINDINGS_IMPL_H
#define EF_LEARN_FINDINGS_IMPL_H

#include "learn/findings.h"

/* What the files findings*.c share; nobody else includes this. */
struct looking {
	const struct policy *policy;
	const struct suffixes *suffixes;
	struct findings *found;
	bool has_ip4; /* there is a rule on IPv4 addresses */
};

/* What a rule on names allows that may be too much (findings_wide.c). */
void findings_of_name(struct looking *l, const struct rule *r);

/* The same for one on addresses. */
void findings_of_range(struct looking *l, const struct rule *r);

/* The same for one on unix listeners; it may be a denial. */
void findings_of_listener(struct looking *l, const struct rule *r);

/* Rules that do nothing beside others, or at all (findings_idle.c). */
void findings_of_idle(struct looking *l, const struct rule *r);

/* True when the rule allows every port. */
bool findings_has_all_ports(const struct rule *r);

/*
 * A name by which the index finds the rules that cover all of a name rule: its
 * own; of a wildcard one below it, for which only wildcards count. False when
 * none is short enough.
 */
bool findings_probe_name(const struct rule *r, struct dname *ret);

#define FINDING_QUOTE_MAX 120

/* A text of the file in quotes, printable, cut when it is long; returns buf. */
const char *finding_quote(const char *text, char buf[FINDING_QUOTE_MAX]);

#endif
