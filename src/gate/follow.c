/* SPDX-License-Identifier: MIT */
/* A short list: service records that lead elsewhere are rare. */
#include "gate/follow.h"

#include <errno.h>
#include <stdlib.h>

struct follow {
	struct dname target;
	struct follow_root root;
	int64_t until_ns; /* 0: unused */
};

struct follows {
	size_t n_ever; /* entries that have been used */
	struct follow list[FOLLOWS_MAX];
};

struct follows *follows_new(void)
{
	return calloc(1, sizeof(struct follows));
}

void follows_free(struct follows *f)
{
	free(f);
}

static struct follow *find_place(struct follows *f, const struct dname *target,
				 const struct dname *root, int64_t now_ns)
{
	struct follow *free_one = NULL;

	for (size_t i = 0; i < f->n_ever; i++) {
		struct follow *one = &f->list[i];

		if (one->until_ns <= now_ns)
			free_one = free_one ? free_one : one;
		else if (dname_equal(&one->target, target) &&
			 dname_equal(&one->root.name, root))
			return one;
	}
	if (!free_one && f->n_ever < FOLLOWS_MAX)
		free_one = &f->list[f->n_ever++];
	return free_one;
}

int follows_add(struct follows *f, const struct dname *target,
		const struct follow_root *root, int64_t until_ns, int64_t now_ns)
{
	struct follow *one;

	if (root->steps > FOLLOW_STEPS_MAX)
		return -ELOOP;
	one = find_place(f, target, &root->name, now_ns);
	if (!one)
		return -ENOSPC;
	if (one->until_ns > now_ns) {
		if (one->until_ns < until_ns)
			one->until_ns = until_ns;
		return 0;
	}
	*one = (struct follow){ .target = *target,
				.root = *root,
				.until_ns = until_ns };
	return 1;
}

size_t follows_find(const struct follows *f, const struct dname *target,
		    int64_t now_ns, struct follow_root *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_ever && n < FOLLOW_ROOTS_MAX; i++)
		if (f->list[i].until_ns > now_ns &&
		    dname_equal(&f->list[i].target, target))
			ret[n++] = f->list[i].root;
	return n;
}
