/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_INTERN_H
#define EF_AUDIT_INTERN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Rows that many others name are written once: a cache of fixed size in front
 * of their tables, so that a known text costs no query. A full slot is simply
 * taken by the newer text. Not locked.
 */
struct intern;

#define INTERN_SLOTS	1024
#define INTERN_TEXT_MAX 480 /* longer texts are looked up each time */

/* An empty cache, or NULL when out of memory. */
struct intern *intern_new(void);

/* Free it; NULL is fine. */
void intern_free(struct intern *in);

/* Forget everything: a transaction that made rows was rolled back. */
void intern_clear(struct intern *in);

/* The row of a text of this kind, or 0 when it is not in the cache. */
int64_t intern_find(const struct intern *in, int kind, const void *text,
		    size_t len);

/* Remember the row of a text. */
void intern_keep(struct intern *in, int kind, const void *text, size_t len,
		 int64_t row);

#endif
