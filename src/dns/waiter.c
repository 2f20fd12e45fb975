/* SPDX-License-Identifier: MIT */
/* Who waits for which lookup. */
#include "dns/waiter.h"

#include <errno.h>
#include <string.h>

void waiters_init(struct waiters *t)
{
	for (unsigned int i = 0; i < WAITERS_MAX; i++)
		t->list[i].next = (uint16_t)(i + 1);
	t->list[WAITERS_MAX - 1].next = WAITER_NONE;
	t->free = 0;
	memset(t->first, 0xff, sizeof(t->first));
	memset(t->last, 0xff, sizeof(t->last));
}

int waiters_add(struct waiters *t, uint16_t lookup, const struct waiter *w)
{
	uint16_t i = t->free;

	if (i == WAITER_NONE)
		return -EBUSY;
	t->free = t->list[i].next;
	t->list[i] = *w;
	t->list[i].next = WAITER_NONE;
	if (t->first[lookup] == WAITER_NONE)
		t->first[lookup] = i;
	else
		t->list[t->last[lookup]].next = i;
	t->last[lookup] = i;
	return 0;
}

const struct waiter *waiters_first(const struct waiters *t, uint16_t lookup)
{
	uint16_t i = t->first[lookup];

	return i == WAITER_NONE ? NULL : &t->list[i];
}

bool waiters_take(struct waiters *t, uint16_t lookup, struct waiter *ret)
{
	uint16_t i = t->first[lookup];

	if (i == WAITER_NONE)
		return false;
	*ret = t->list[i];
	t->first[lookup] = ret->next;
	t->list[i].next = t->free;
	t->free = i;
	return true;
}
