/* SPDX-License-Identifier: MIT */
/*
 * Addresses that stand for names. They are given out in order, so the number
 * of an address is its place in the array of names; a table of chains finds
 * the number of a name. Pages that are never touched cost nothing.
 */
#include "policy/placeholder.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hash.h"

#define FIRST  ((198u << 24) | (18u << 16))
#define BITS   15
#define CHAINS 131072

struct placeholders {
	uint64_t key;
	uint32_t n;		 /* given out */
	uint32_t chains[CHAINS]; /* numbers plus one; 0 ends a chain */
	uint32_t next[PLACEHOLDERS_MAX];
	struct dname names[PLACEHOLDERS_MAX];
};

struct placeholders *placeholders_new(void)
{
	struct placeholders *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->key = hash_new_key();
	return t;
}

void placeholders_free(struct placeholders *t)
{
	free(t);
}

/* The first address of the block is nobody's: number 0 is the second. */
static void to_addr(uint32_t number, struct addr *ret)
{
	uint32_t ip = FIRST + 1 + number;

	*ret = (struct addr){ .family = ADDR_IP4 };
	for (int i = 0; i < 4; i++)
		ret->ip[i] = (uint8_t)(ip >> (24 - 8 * i));
}

static uint32_t ip_of(const struct addr *a)
{
	return (uint32_t)a->ip[0] << 24 | (uint32_t)a->ip[1] << 16 |
	       (uint32_t)a->ip[2] << 8 | a->ip[3];
}

int placeholders_give(struct placeholders *t, const struct dname *name,
		      struct addr *ret)
{
	uint64_t hash = hash_bytes(t->key, name->wire, name->len);
	uint32_t *chain = &t->chains[hash % CHAINS], i;

	for (i = *chain; i; i = t->next[i - 1])
		if (dname_equal(&t->names[i - 1], name))
			break;
	if (!i) {
		if (t->n == PLACEHOLDERS_MAX)
			return -ENOSPC;
		t->names[t->n] = *name;
		t->next[t->n] = *chain;
		i = *chain = ++t->n;
	}
	to_addr(i - 1, ret);
	return 0;
}

int placeholders_name(const struct placeholders *t, const struct addr *a,
		      struct dname *ret)
{
	uint32_t number;

	if (!placeholders_contain(a))
		return -ENOENT;
	number = ip_of(a) - FIRST - 1;
	if (number >= t->n)
		return -ENOENT;
	*ret = t->names[number];
	return 0;
}

bool placeholders_contain(const struct addr *a)
{
	return a->family == ADDR_IP4 &&
	       ip_of(a) >> (32 - BITS) == FIRST >> (32 - BITS);
}
