/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SUGGEST_IMPL_H
#define EF_LEARN_SUGGEST_IMPL_H

#include "learn/suggest.h"
#include "policy/arena.h"

/* What the files suggest*.c share; nobody else includes this. */
struct suggestions {
	struct suggestion *list;
	size_t n;
	struct edit *edits;
	size_t n_edits;
	struct arena arena; /* texts and ports */
};

/* What suggestions are made of. */
struct making {
	const struct observations *o;
	const struct policy *policy;
	const struct suggest_options *options;
	struct suggestions *out;
};

/* Find the wildcards that may be offered in place of s, or why there is none. */
void suggest_alternatives(const struct making *m, struct suggestion *s);

/* Widen to each site that was asked for. 0, -ENOMEM, or -EINVAL, told. */
int suggest_widen(struct making *m, struct ef_err *err);

/* The printable form of a destination, in the arena; NULL: out of memory. */
char *suggest_shown(struct suggestions *out, const struct suggestion *s);

/* Confidence and doubts of a suggestion, from what it stands for. */
void suggest_weigh(const struct making *m, struct suggestion *s);

#endif
