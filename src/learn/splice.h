/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SPLICE_H
#define EF_LEARN_SPLICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "learn/edit.h"

/*
 * Edits into the text of a policy file. All other bytes stay: comments,
 * order, quotes, line ends, a byte order mark, a missing last line break. The
 * result was loaded and compared before it is given out (learn/verify.h).
 * Pure: no file is read or written.
 */
struct spliced {
	char *text; /* a NUL follows its len bytes */
	size_t len;
	uint32_t *edited; /* lines of the old text that are not in the new one
			     as they were, from 1, ascending */
	size_t n_edited;
};

/* Give back what it holds; all zero is fine. */
void spliced_done(struct spliced *s);

/*
 * Apply n edits to len bytes of text. New rules stand at the end of their
 * list in the order given. Returns 0 and fills *ret, which the caller gives
 * back; otherwise *ret is untouched, *err told, and it is
 *   -EINVAL   the text does not load as a policy, or an edit is not sound
 *   -ENOTSUP  the place cannot be edited safely (an anchor, an alias, a tag,
 *             a tab ...): show splice_snippet() instead
 *   -EBADMSG  the result would not be the old policy and the edits: nothing
 *             to be given out, an internal error
 *   -E2BIG    more than EDITS_MAX edits, or the result is larger than a
 *             policy may be
 *   -ENOMEM
 */
int splice_apply(const char *text, size_t len, const struct edit *edits,
		 size_t n, struct spliced *ret, struct ef_err *err);

/*
 * The text of a new policy file: version 1, default_policy deny and the n
 * edits, of which none may be EDIT_ADD_PORTS. Returns as splice_apply().
 */
int splice_fresh(const struct edit *edits, size_t n, struct spliced *ret,
		 struct ef_err *err);

/*
 * The same edits as YAML to paste by hand, printable ASCII, each line ended by
 * a line break; new ports are a comment that says where they belong. The
 * caller frees *ret. Returns 0, -EINVAL (an edit is not sound), -E2BIG or
 * -ENOMEM.
 */
int splice_snippet(const struct edit *edits, size_t n, char **ret,
		   struct ef_err *err);

#endif
