/* SPDX-License-Identifier: MIT */
/*
 * An immutable set of rules and its two indexes.
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
#include "policy/policy.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/arena.h"
#include "policy/build.h"
#include "policy/hash.h"
#include "wire/cidr.h"

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

AUTO(policy, policy_unref)

static const struct settings defaults = {
	.default_policy = VERDICT_DENY,
	.unix_default = VERDICT_DENY,
	.dns_mode = DNS_PRESERVE,
	.dns_denied = DNS_DENIED_NXDOMAIN,
	.placeholders = true,
	.min_hold_s = 300,
	.max_hold_s = 3600,
};

struct policy *policy_new(const char *path, const char *source, size_t len)
{
	auto_of(policy) struct policy *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	atomic_init(&p->holders, 1);
	p->settings = defaults;
	p->key = hash_new_key();
	p->path = arena_copy(&p->arena, path, strlen(path));
	p->source = arena_copy(&p->arena, source, len);
	p->source_len = len;
	if (!p->path || !p->source)
		return NULL;
	return STEAL(p);
}

struct settings *policy_edit_settings(struct policy *p)
{
	return &p->settings;
}

static int grow(struct policy *p)
{
	size_t cap = p->cap ? p->cap * 2 : 16;
	struct rule *rules;

	if (p->n < p->cap)
		return 0;
	rules = realloc(p->rules, cap * sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	p->rules = rules;
	p->cap = cap;
	return 0;
}

static int copy_texts(struct policy *p, struct rule *r)
{
	struct port_range *ports;

	r->text = arena_copy(&p->arena, r->text, strlen(r->text));
	if (!r->text)
		return -ENOMEM;
	if (r->reason) {
		r->reason = arena_copy(&p->arena, r->reason, strlen(r->reason));
		if (!r->reason)
			return -ENOMEM;
	}
	if (r->ports) {
		ports = arena_take(&p->arena, r->n_ports * sizeof(*ports));
		if (!ports)
			return -ENOMEM;
		memcpy(ports, r->ports, r->n_ports * sizeof(*ports));
		r->ports = ports;
	}
	return 0;
}

static bool is_unix(const struct rule *r)
{
	return r->kind == RULE_UNIX_ALLOW || r->kind == RULE_UNIX_DENY;
}

int policy_add_rule(struct policy *p, const struct rule *r)
{
	struct rule *copy;
	int ret = grow(p);

	if (ret < 0)
		return ret;
	if (p->n >= POLICY_RULES_MAX ||
	    (is_unix(r) && p->n_unix >= POLICY_UNIX_MAX))
		return -E2BIG;
	copy = &p->rules[p->n];
	*copy = *r;
	copy->index = (uint32_t)p->n;
	ret = copy_texts(p, copy);
	if (ret < 0)
		return ret;
	if (is_unix(r))
		p->unix_rules[p->n_unix++] = copy->index;
	p->n++;
	return 0;
}

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

int policy_seal(struct policy *p)
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

struct policy *policy_new_fixed(enum verdict default_policy)
{
	auto_of(policy) struct policy *p = policy_new("", "", 0);

	if (!p || policy_seal(p) < 0)
		return NULL;
	p->settings.default_policy = default_policy;
	p->settings.unix_default = default_policy;
	return STEAL(p);
}

struct policy *policy_ref(struct policy *p)
{
	atomic_fetch_add_explicit(&p->holders, 1, memory_order_relaxed);
	return p;
}

void policy_unref(struct policy *p)
{
	if (!p ||
	    atomic_fetch_sub_explicit(&p->holders, 1, memory_order_acq_rel) != 1)
		return;
	free(p->rules);
	free(p->next);
	free(p->names.slots);
	free(p->nets.slots);
	arena_done(&p->arena);
	free(p);
}

const struct settings *policy_settings(const struct policy *p)
{
	return &p->settings;
}

size_t policy_n_rules(const struct policy *p)
{
	return p->n;
}

const struct rule *policy_rule(const struct policy *p, size_t i)
{
	return &p->rules[i];
}

const char *policy_path(const struct policy *p)
{
	return p->path;
}

const char *policy_source(const struct policy *p, size_t *ret_len)
{
	*ret_len = p->source_len;
	return p->source;
}

const struct rule *policy_next_unix(const struct policy *p, size_t *at)
{
	return *at < p->n_unix ? &p->rules[p->unix_rules[(*at)++]] : NULL;
}

bool rule_has_port(const struct rule *r, uint16_t port)
{
	if (!r->ports)
		return true;
	for (size_t i = 0; i < r->n_ports; i++)
		if (port >= r->ports[i].first && port <= r->ports[i].last)
			return true;
	return false;
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
