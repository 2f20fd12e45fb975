/* SPDX-License-Identifier: MIT */
/* Who waits for which lookup. */
#include "dns/waiter.h"

#include <errno.h>
#include <string.h>

/*
 * A table of zero bytes is an empty one, and nothing of it is touched before
 * it is used: most sessions ask few questions. So the heads of the queues hold
 * an index and one, and slots that were never used follow those in .free.
 */
static uint16_t take_slot(struct waiters *t)
{
	uint16_t i;

	if (!t->free)
		return t->n_ever < WAITERS_MAX ? ++t->n_ever : 0;
	i = t->free;
	t->free = t->list[i - 1].next;
	return i;
}

int waiters_add(struct waiters *t, uint16_t lookup, const struct waiter *w)
{
	uint16_t i = take_slot(t);

	if (!i)
		return -EBUSY;
	t->list[i - 1] = *w;
	t->list[i - 1].next = 0;
	if (!t->first[lookup])
		t->first[lookup] = i;
	else
		t->list[t->last[lookup] - 1].next = i;
	t->last[lookup] = i;
	return 0;
}

const struct waiter *waiters_first(const struct waiters *t, uint16_t lookup)
{
	uint16_t i = t->first[lookup];

	return i ? &t->list[i - 1] : NULL;
}

bool waiters_take(struct waiters *t, uint16_t lookup, struct waiter *ret)
{
	uint16_t i = t->first[lookup];

	if (!i)
		return false;
	*ret = t->list[i - 1];
	t->first[lookup] = ret->next;
	t->list[i - 1].next = t->free;
	t->free = i;
	return true;
}
