/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_FILTER_H
#define EF_AUDIT_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/row.h"
#include "base/error.h"

/*
 * The filter language of egress-filter-filter(7): text to a small tree, and
 * the tree's answer for a row. The same text selects the same rows wherever it
 * is used.
 */
struct filter;

/* Limits; a text beyond them is an error. */
#define FILTER_TEXT_MAX	  4096 /* bytes */
#define FILTER_NODES_MAX  256  /* tests and operators */
#define FILTER_DEPTH_MAX  32   /* parentheses and "not" within each other */
#define FILTER_VALUES_MAX 64   /* members of a set */
#define FILTER_REGEX_MAX  256  /* bytes of one expression */

/*
 * Compile a text; "" and blanks select everything. now_ms is what relative
 * times are counted from. Returns 0; or -EINVAL with *err saying
 * "column N: ..." (from 1) and what to write instead; -ENOMEM. A user's name
 * is looked up in the user database, which may block.
 */
int filter_compile(const char *text, int64_t now_ms, struct filter **ret,
		   struct ef_err *err);

/* Free it; NULL is fine. */
void filter_free(struct filter *f);

/*
 * Does it select this row? Only attempts are tested; other rows (questions,
 * starts, ends, events, answers of a person) are selected by the empty filter
 * alone. Does not block, does not allocate.
 */
bool filter_selects(const struct filter *f, const struct row *r);

/* True when the text was empty. */
bool filter_is_empty(const struct filter *f);

/*
 * Read a time as a person writes it: "14:02[:30]" (today), "2026-11-23",
 * "2026-11-23T14:02[:30][Z]" (without Z: local time), "-10m", "10m" (s, m, h,
 * d, w: that long ago). The span it covers, a minute or a day, is
 * [*ret_from, *ret_to). Returns 0 or -EINVAL.
 */
int filter_time(const char *text, int64_t now_ms, int64_t *ret_from,
		int64_t *ret_to);

/* Field i of the language, for completion and the manual; NULL at the end. */
const char *filter_field(unsigned int i);

#endif
