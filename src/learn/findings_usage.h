/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_FINDINGS_USAGE_H
#define EF_LEARN_FINDINGS_USAGE_H

#include "audit/reader.h"
#include "base/error.h"
#include "learn/findings.h"

/*
 * Which rules recorded sessions had a use for. A rule is used by a session
 * when some attempt or question of it is allowed by the rule first, judged as
 * a replay judges. It is unused when it was in the policies of enough sessions
 * in a row, over enough days, and none of the latest had a use for it.
 */
struct usage;

#define USAGE_SESSIONS 10 /* what is enough, unless said otherwise */
#define USAGE_DAYS     30

/* For the rules of a policy, which is held. NULL when out of memory. */
struct usage *usage_new(struct policy *p);

/* Free it; NULL is fine. */
void usage_free(struct usage *u);

/*
 * Take a session into account; from the oldest to the newest. Returns 0 or
 * -errno with *err told. Blocks on the disk.
 */
int usage_session(struct usage *u, struct reader *records, size_t session,
		  struct ef_err *err);

/*
 * Add a finding for each unused rule, but for rules that are found to do
 * nothing anyway, and put the list into order. Returns 0 or -ENOMEM.
 */
int usage_find(const struct usage *u, uint32_t min_sessions, uint32_t min_days,
	       struct findings *ret);

/* How many sessions had some rule of the policy. */
size_t usage_n_sessions(const struct usage *u);

/* The days from the first of these to the last. */
uint32_t usage_days(const struct usage *u);

#endif
