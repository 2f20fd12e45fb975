/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_FOLLOW_H
#define EF_GATE_FOLLOW_H

#include <stddef.h>
#include <stdint.h>

#include "wire/dname.h"

/*
 * Names that HTTPS and SVCB records of other names lead to (D23, RFC 9460):
 * while such an answer lives, who was allowed to ask for the one may ask for
 * the other, and its addresses count as addresses of the first. A name that
 * is led to may lead on. Fixed capacity, not thread-safe; nothing is evicted
 * before its time.
 */
#define FOLLOWS_MAX	 512
#define FOLLOW_STEPS_MAX 8 /* RFC 9460 section 3 wants a limit */
#define FOLLOW_ROOTS_MAX 16

struct follows;

/* A name that is asked for on behalf of another. */
struct follow_root {
	struct dname name;  /* where it began */
	unsigned int steps; /* how far it is from there */
};

/* An empty table, or NULL when out of memory. */
struct follows *follows_new(void);

/* Free it; NULL is fine. */
void follows_free(struct follows *f);

/*
 * target may be asked for on behalf of root until then (clock_mono_ns()); a
 * longer time that is there stands. Returns 1 when it is new, 0 when it was
 * known, -ENOSPC when the table is full, -ELOOP after too many steps.
 */
int follows_add(struct follows *f, const struct dname *target,
		const struct follow_root *root, int64_t until_ns, int64_t now_ns);

/* On whose behalf target may be asked for now: at most FOLLOW_ROOTS_MAX of
 * them in ret; returns their number. */
size_t follows_find(const struct follows *f, const struct dname *target,
		    int64_t now_ns, struct follow_root *ret);

#endif
