/* SPDX-License-Identifier: MIT */
/*
 * Budgets of wildcards. Theory of operation: a budget is a bucket of
 * questions that fills at a steady rate, and a set of the names asked for
 * since its hour began, by their hashes in an open table that is never more
 * than half full. Two names of the same hash count as one; who asks chooses the
 * names, so the hash is one that nobody else can compute. Memory of a budget
 * that nobody uses is never touched.
 */
#include "gate/budget.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hash.h"

#define BUDGETS	  256
#define SLOTS	  4096 /* of names */
#define SECOND_NS INT64_C(1000000000)
#define HOUR_NS	  (3600 * SECOND_NS)

static_assert(BUDGET_NAMES <= SLOTS / 2, "the set is never crowded");
static_assert((SLOTS & (SLOTS - 1)) == 0, "a hash is masked");

struct budget {
	struct dname parent; /* len 0: unused */
	int64_t filled_ns;   /* when the bucket was filled last */
	int64_t hour_ns;     /* when the hour began */
	double questions;    /* in the bucket */
	unsigned int n_names;
	uint32_t names[SLOTS]; /* hashes; 0: none */
};

struct budgets {
	uint64_t key; /* of the hash of a name */
	struct budget list[BUDGETS];
};

struct budgets *budgets_new(void)
{
	struct budgets *b = calloc(1, sizeof(*b));

	if (b)
		b->key = hash_new_key();
	return b;
}

void budgets_free(struct budgets *b)
{
	free(b);
}

static struct budget *find(struct budgets *b, const struct dname *parent,
			   int64_t now_ns)
{
	uint32_t at = dname_hash(parent) % BUDGETS;

	for (unsigned int i = 0; i < BUDGETS; i++) {
		struct budget *one = &b->list[(at + i) % BUDGETS];

		if (dname_equal(&one->parent, parent))
			return one;
		if (one->parent.len)
			continue;
		one->parent = *parent;
		one->filled_ns = one->hour_ns = now_ns;
		one->questions = BUDGET_BURST;
		return one;
	}
	return &b->list[at];
}

static void fill(struct budget *b, int64_t now_ns)
{
	b->questions += (double)(now_ns - b->filled_ns) / (double)SECOND_NS *
			BUDGET_PER_SECOND;
	b->filled_ns = now_ns;
	if (b->questions > BUDGET_BURST)
		b->questions = BUDGET_BURST;
	if (now_ns - b->hour_ns < HOUR_NS)
		return;
	b->hour_ns = now_ns;
	b->n_names = 0;
	memset(b->names, 0, sizeof(b->names));
}

static uint32_t hash_of(const struct budgets *b, const struct dname *name)
{
	uint64_t hash = hash_bytes(b->key, name->wire, name->len);
	uint32_t short_one = (uint32_t)hash_spread(hash);

	return short_one + !short_one;
}

/* Is it one of those asked for before, or may it become one? */
static bool admit_name(struct budget *b, uint32_t hash)
{
	uint32_t at;

	for (at = hash & (SLOTS - 1); b->names[at]; at = (at + 1) & (SLOTS - 1))
		if (b->names[at] == hash)
			return true;
	if (b->n_names == BUDGET_NAMES)
		return false;
	b->names[at] = hash;
	b->n_names++;
	return true;
}

bool budgets_take(struct budgets *b, const struct dname *parent,
		  const struct dname *name, int64_t now_ns)
{
	struct budget *one = find(b, parent, now_ns);

	fill(one, now_ns);
	if (one->questions < 1 || !admit_name(one, hash_of(b, name)))
		return false;
	one->questions -= 1;
	return true;
}
