/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_NUMBERING_H
#define EF_AUDIT_NUMBERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Gives each different key (some bytes) a number, from 0 on, up to a limit.
 * All zero but for .max is an empty one. Not locked.
 */
struct numbering {
	uint32_t max; /* how many keys there may be */
	uint32_t n;
	struct numbered *keys; /* private from here on */
	uint32_t *slots;
	uint32_t n_slots;
};

#define NUMBERING_NONE UINT32_MAX

/*
 * The number of a key, which is copied when it is new; *ret_new (may be NULL)
 * says whether it was. NUMBERING_NONE: it is new, and the limit is reached or
 * there is no memory.
 */
uint32_t numbering_of(struct numbering *t, const void *key, size_t len,
		      bool *ret_new);

/* The number of a key that is there, or NUMBERING_NONE. */
uint32_t numbering_find(const struct numbering *t, const void *key, size_t len);

/* Free what it holds; it is empty then. */
void numbering_done(struct numbering *t);

#endif
