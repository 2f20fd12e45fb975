/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_POLICY_IMPL_H
#define EF_POLICY_POLICY_IMPL_H

#include <stdatomic.h>

#include "policy/arena.h"
#include "policy/policy.h"

/* What policy.c and index.c share; nobody else includes this. */
#define NO_RULE UINT32_MAX

/* One chain of rules with the same key. */
struct chain {
	uint32_t first, last; /* NO_RULE: an empty slot */
};

struct table {
	struct chain *slots;
	uint64_t mask; /* number of slots, a power of two, less one */
};

struct policy {
	atomic_uint holders;
	struct settings settings;
	struct rule *rules;
	uint32_t *next; /* by rule: the next one of its chain, or NO_RULE */
	size_t n, cap;
	uint64_t key;
	struct table names, nets;
	uint64_t lengths4;    /* bit i: a prefix of i bits is in use */
	uint64_t lengths6[3]; /* the same for 0..128 */
	uint32_t unix_rules[POLICY_UNIX_MAX];
	size_t n_unix;
	const char *path, *source;
	size_t source_len;
	struct arena arena;
};

/* Build the indexes over the rules. Returns 0 or -ENOMEM. */
int index_build(struct policy *p);

#endif
