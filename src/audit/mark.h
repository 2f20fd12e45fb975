/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_MARK_H
#define EF_AUDIT_MARK_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/reader.h"
#include "base/error.h"

/*
 * The name and the tags that a person gives to a session. They are no part of
 * its digest; a session that is running keeps those it was started with.
 */
#define MARK_TAGS_MAX 4096 /* bytes of all tags, as "k=v" lines */

/*
 * Write a name or tags (NULL: leave as they are) into the record of a session.
 * Returns 0; -EBUSY when it is running; or -errno, with *err told. The reader
 * tells the old ones until it is opened again. Blocks on the disk.
 */
int mark_session(struct reader *r, size_t session, const char *name,
		 const char *tags, struct ef_err *err);

/*
 * Set a tag ("KEY=VALUE") in a list of "k=v" lines, in the place of the one
 * that was there, or behind the others. Returns 0; -EINVAL when the text is no
 * tag; -E2BIG when the list would be longer than MARK_TAGS_MAX.
 */
int mark_set_tag(char tags[MARK_TAGS_MAX], const char *tag);

/* Take a tag out by its key; false when it is not there. */
bool mark_remove_tag(char *tags, const char *key);

/* True when a list has this tag: "KEY=VALUE", or "KEY" with any value. */
bool mark_has_tag(const char *tags, const char *tag);

#endif
