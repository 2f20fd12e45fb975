/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_GATHER_H
#define EF_LEARN_GATHER_H

#include "learn/observe.h"

/* Which sessions of a reader a draft is made from. */
struct gather_choice {
	const char *const *sessions; /* ids (reader_find()), or "all" */
	size_t n_sessions;
	bool is_newest; /* without ids: the newest alone, else all */
	const struct filter *filter; /* NULL: every attempt */
};

/*
 * Find them: ret has room for each session of the reader. Copies of a session
 * count once. Returns 0, or -ENOENT or -ENOTUNIQ with *err told.
 */
int gather_choose(const struct reader *r, const struct gather_choice *choice,
		  bool *ret, struct ef_err *err);

/*
 * Put the attempts of the chosen sessions into *ret, sorted, held against a
 * policy which must outlive them; the caller frees it. Memory is taken for destinations, not for attempts. Returns 0 or
 * -errno with *err told: -ENOENT, -ENOTUNIQ (a session), -ENOMEM, others of
 * reading. Blocks on the disk.
 */
int gather(struct reader *r, const struct gather_choice *choice,
	   const struct policy *p, struct observations **ret, struct ef_err *err);

#endif
