/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SHARED_H
#define EF_LEARN_SHARED_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/dname.h"

/*
 * Hosts that many parties share, and hosts that anybody may send to: a small
 * reviewed list beside the Public Suffix List, which does not have them. The
 * list is part of the program, so that the same program gives the same drafts.
 */
#define SHARED_VERSION "2026-11-01"

enum shared_kind {
	SHARED_NOT,
	SHARED_TENANTS, /* the names below belong to different customers */
	SHARED_PASTE,	/* takes what anybody sends and shows it to anybody */
	SHARED_TUNNEL,	/* leads to a machine of whoever set it up */
	SHARED_HOOK,	/* carries messages to whoever set it up */
};

/* What is said about a name: the kind of the nearest entry that is the name
 * itself or above it. Pure. */
enum shared_kind shared_kind_of(const struct dname *name);

/* Does an entry stand for exactly this name? Pure. */
bool shared_has(const struct dname *name);

/* Is there an entry for a name below this one? Pure. */
bool shared_is_above(const struct dname *name);

/* Entry i of the list as text, "*" for any one label; NULL after the last. */
const char *shared_entry(size_t i, enum shared_kind *ret_kind);

#endif
