/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_ARENA_H
#define EF_POLICY_ARENA_H

#include <stddef.h>

/*
 * Memory that is given back all at once. For things built piece by piece that
 * live and die together: the texts of a policy, the tree of a file.
 */
struct arena {
	struct arena_block *blocks; /* newest first; start with NULL */
};

/* n bytes, zeroed and aligned for any object; NULL when out of memory. */
void *arena_take(struct arena *a, size_t n);

/* A copy of n bytes with a NUL after them, or NULL. */
char *arena_copy(struct arena *a, const char *p, size_t n);

/* Give everything back; the arena is empty then. */
void arena_done(struct arena *a);

#endif
