/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SUFFIX_H
#define EF_LEARN_SUFFIX_H

#include <stdbool.h>

#include "base/error.h"
#include "wire/dname.h"

/*
 * Which names are public suffixes, under which anybody may have a name of
 * their own: the Public Suffix List, both of its sections.
 */
struct suffixes;

/*
 * The list built into the library (which: "builtin" or NULL; the same program
 * gives the same drafts), the newest one of the system ("system"), or that of
 * a file. Returns 0 and a list the caller frees, or -errno with *err told.
 * Blocks on the disk.
 */
int suffixes_open(const char *which, struct suffixes **ret, struct ef_err *err);

/* Free it; NULL is fine. */
void suffixes_free(struct suffixes *s);

/* True when the name is a public suffix. */
bool suffixes_has(const struct suffixes *s, const struct dname *name);

/* The registrable domain of a name: the suffix it is under and one label
 * more. False when there is none: the name is itself a public suffix. */
bool suffixes_site(const struct suffixes *s, const struct dname *name,
		   struct dname *ret);

/* From when the list is, "2023-02-09", or "an unknown date". */
const char *suffixes_date(const struct suffixes *s);

#endif
