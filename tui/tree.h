/* SPDX-License-Identifier: MIT */
#ifndef TUI_TREE_H
#define TUI_TREE_H

#include <stdbool.h>

/* One row of a tree in which members follow their group. Pure. */
struct tree_row {
	long index; /* the caller's */
	int level;
	long long number; /* to sort by; equal ones by .text */
	const char *text;
	bool is_open; /* its members are shown */
};

/*
 * Sort siblings (in the given order where they are equal) and leave out the
 * members of closed groups. Writes the indices of what is shown to ret, in
 * order, and returns how many.
 */
long tree_arrange(struct tree_row *rows, long n, bool descending, long *ret);

#endif
