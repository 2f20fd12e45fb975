/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_PROBLEM_H
#define EF_POLICY_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/load.h"

/* What the loader finds wrong. Only policy/ includes this. */

/* A place in a file; both count from 1. Line 0: the file as a whole. */
struct place {
	uint32_t line, column;
};

/* Report an error: the policy will not be built. */
void problems_error(struct problems *ps, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Report a warning. */
void problems_warn(struct problems *ps, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Put what is listed into file order; of the same place, as reported. */
void problems_sort(struct problems *ps);

/* Room for a quotation, with its quotes and a NUL. */
#define QUOTE_MAX 90

/*
 * Text of the file in single quotes for a message: what is not printable
 * ASCII becomes \xNN, what is too long ends in "...". Returns buf.
 */
const char *problem_quote(const char *text, char buf[QUOTE_MAX]);

#endif
