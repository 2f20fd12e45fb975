/* SPDX-License-Identifier: MIT */
/*
 * The two indexes of a policy.
 *
 * Theory of operation. Every rule belongs to one chain: the rules with the
 * same key, in file order, linked through next[]. A key is a name and whether
 * it is a wildcard, or a network and its prefix length. Two open-addressed
 * tables of chain heads find the chain of a key. To walk the rules of a name
 * is to look up the name itself and then, as wildcard, each of its suffixes;
 * to walk those of an address is to look up its network for each prefix
 * length in use, longest first. The number of look-ups depends on the name
 * and on the lengths in use, not on the number of rules.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hash.h"
#include "policy/policy_impl.h"
#include "wire/cidr.h"

/*
 * The hash of a name goes from its last byte to its first, so that the hash
 * of every suffix comes out on the way.
 */
static uint64_t hash_name(uint64_t key, const uint8_t *wire, size_t len)
{
	uint64_t hash = 0;

	while (len--)
		hash = hash_add(key, hash, wire[len]);
	return hash;
}

static uint64_t hash_net(uint64_t key, const struct addr *net, uint8_t prefix)
{
	uint64_t hash = hash_add(key, net->family, prefix);
	size_t n = net->family == ADDR_IP4 ? 1 : 4;
	uint32_t words[4];

	memcpy(words, net->ip, sizeof(words));
	for (size_t i = 0; i < n; i++)
		hash = hash_add(key, hash, words[i]);
	return hash;
}

static bool same_net(const struct rule *r, const struct addr *net, uint8_t prefix)
{
	return r->prefix == prefix && r->net.family == net->family &&
	       !memcmp(r->net.ip, net->ip, sizeof(net->ip));
}

static bool same_name(const struct rule *r, const uint8_t *wire, size_t len,
		      bool is_wildcard)
{
	return r->is_wildcard == is_wildcard && r->name.len == len &&
	       !memcmp(r->name.wire, wire, len);
}

/* Where the chain of a name is, or the empty slot where it would be. */
static struct chain *find_name(const struct policy *p, uint64_t hash,
			       const uint8_t *wire, size_t len, bool is_wildcard)
{
	for (uint64_t i = hash_spread(hash * 2 + is_wildcard);; i++) {
		struct chain *c = &p->names.slots[i & p->names.mask];

		if (c->first == NO_RULE ||
		    same_name(&p->rules[c->first], wire, len, is_wildcard))
			return c;
	}
}

/* The same for a network. */
static struct chain *find_net(const struct policy *p, const struct addr *net,
			      uint8_t prefix)
{
	for (uint64_t i = hash_spread(hash_net(p->key, net, prefix));; i++) {
		struct chain *c = &p->nets.slots[i & p->nets.mask];

		if (c->first == NO_RULE ||
		    same_net(&p->rules[c->first], net, prefix))
			return c;
	}
}

/* At most half of the slots are ever taken, so every search ends. */
static int make_table(struct table *t, size_t n)
{
	uint64_t size = 16;

	while (size < n * 2)
		size *= 2;
	t->slots = malloc(size * sizeof(*t->slots));
	if (!t->slots)
		return -ENOMEM;
	memset(t->slots, 0xff, size * sizeof(*t->slots));
	t->mask = size - 1;
	return 0;
}

static void append(struct policy *p, struct chain *c, uint32_t rule)
{
	if (c->first == NO_RULE)
		c->first = rule;
	else
		p->next[c->last] = rule;
	c->last = rule;
}

static void index_rule(struct policy *p, const struct rule *r)
{
	const struct dname *n = &r->name;

	if (r->kind == RULE_NAME) {
		append(p,
		       find_name(p, hash_name(p->key, n->wire, n->len), n->wire,
				 n->len, r->is_wildcard),
		       r->index);
	} else if (r->kind == RULE_ADDRESS) {
		append(p, find_net(p, &r->net, r->prefix), r->index);
		if (r->net.family == ADDR_IP4)
			p->lengths4 |= UINT64_C(1) << r->prefix;
		else
			p->lengths6[r->prefix / 64] |= UINT64_C(1)
						       << r->prefix % 64;
	}
}

int index_build(struct policy *p)
{
	size_t n_kind[RULE_UNIX_DENY + 1] = { 0 };

	for (size_t i = 0; i < p->n; i++)
		n_kind[p->rules[i].kind]++;
	p->next = malloc((p->n + 1) * sizeof(*p->next));
	if (!p->next || make_table(&p->names, n_kind[RULE_NAME]) < 0 ||
	    make_table(&p->nets, n_kind[RULE_ADDRESS]) < 0)
		return -ENOMEM;
	memset(p->next, 0xff, (p->n + 1) * sizeof(*p->next));
	for (size_t i = 0; i < p->n; i++)
		index_rule(p, &p->rules[i]);
	return 0;
}

/*
 * State of a walk: [0] 0 at the start, else 1; [1] the next rule of the
 * present chain, plus one; [2] the place to go on from when it ends.
 */
enum { WALK_STARTED, WALK_CHAIN, WALK_PLACE };

static const struct rule *step(const struct policy *p, struct rule_walk *iter)
{
	uint32_t at = (uint32_t)iter->state[WALK_CHAIN] - 1;

	iter->state[WALK_CHAIN] = (uint64_t)(uint32_t)(p->next[at] + 1);
	return &p->rules[at];
}

static void enter(struct rule_walk *iter, const struct chain *c)
{
	iter->state[WALK_CHAIN] = (uint64_t)(uint32_t)(c->first + 1);
}

/*
 * Go on to the next suffix that has a chain. The place is where the suffix
 * starts in the wire form, plus one for the exact name that comes first.
 */
static void enter_name(const struct policy *p, const struct dname *name,
		       struct rule_walk *iter)
{
	uint8_t starts[DNAME_WIRE_MAX / 2 + 1];
	uint64_t hashes[DNAME_WIRE_MAX / 2 + 1], hash = 0;
	size_t n = 0, at, len = name->len;

	for (at = 0; at + 1 < len; at += name->wire[at] + 1u)
		starts[n++] = (uint8_t)at;
	for (size_t i = n, b = len; i-- > 0; hashes[i] = hash)
		while (b > starts[i])
			hash = hash_add(p->key, hash, name->wire[--b]);
	while (iter->state[WALK_PLACE] < n && !iter->state[WALK_CHAIN]) {
		size_t i = iter->state[WALK_PLACE]++;
		bool is_wildcard = i > 0;

		enter(iter, find_name(p, hashes[i], name->wire + starts[i],
				      len - starts[i], is_wildcard));
	}
}

const struct rule *policy_next_by_name(const struct policy *p,
				       const struct dname *name,
				       struct rule_walk *iter)
{
	/* A label may hold any byte; what is no plain name matches nothing. */
	if (!iter->state[WALK_STARTED]) {
		iter->state[WALK_STARTED] = 1;
		if (!dname_is_plain(name))
			iter->state[WALK_PLACE] = DNAME_WIRE_MAX;
	}
	if (!iter->state[WALK_CHAIN])
		enter_name(p, name, iter);
	return iter->state[WALK_CHAIN] ? step(p, iter) : NULL;
}

static bool length_in_use(const struct policy *p, uint8_t family,
			  unsigned int bits)
{
	if (family == ADDR_IP4)
		return p->lengths4 >> bits & 1;
	return p->lengths6[bits / 64] >> bits % 64 & 1;
}

const struct rule *policy_next_by_addr(const struct policy *p,
				       const struct addr *a,
				       struct rule_walk *iter)
{
	struct addr net = *a;

	/* The place is the longest length not tried yet, plus one. */
	if (!iter->state[WALK_STARTED]) {
		iter->state[WALK_STARTED] = 1;
		if (a->family == ADDR_IP4)
			iter->state[WALK_PLACE] = 33;
		else if (a->family == ADDR_IP6)
			iter->state[WALK_PLACE] = 129;
	}
	while (!iter->state[WALK_CHAIN] && iter->state[WALK_PLACE]) {
		unsigned int bits = (unsigned int)--iter->state[WALK_PLACE];

		if (!length_in_use(p, a->family, bits))
			continue;
		cidr_mask(&net, (uint8_t)bits);
		enter(iter, find_net(p, &net, (uint8_t)bits));
	}
	return iter->state[WALK_CHAIN] ? step(p, iter) : NULL;
}
