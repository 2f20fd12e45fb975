/* SPDX-License-Identifier: MIT */
/*
 * Which names an address belongs to.
 *
 * Theory of operation. A binding joins an address with a name until a time.
 * Bindings lie in one array, allocated once, and hang in the chain of their
 * address; each name is kept once, with the number of its bindings. Past its
 * time a binding stays as a tombstone for a day. Room is made by taking
 * tombstones, oldest kind first, and only when there is no other; a binding
 * whose hold lasts is never taken, so a full table refuses.
 */
#include "policy/lease.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "policy/hash.h"

#define NONE	     0 /* entries are counted from 1; zeroed memory is empty */
#define TOMBSTONE_NS (INT64_C(24) * 3600 * 1000000000)

/* Numbers of chains; powers of two, as many as there are entries. */
#define ADDR_CHAINS LEASE_MAX
#define NAME_CHAINS LEASE_NAMES_MAX

struct named {
	struct dname name; /* len 0: free */
	uint32_t next;	   /* in its chain or in the list of free ones */
	uint32_t n_bindings;
	int64_t earliest_ns; /* none of its bindings ends before */
};

struct binding {
	struct addr addr; /* port 0 */
	enum name_source source;
	uint32_t name;
	uint32_t next; /* in its chain or in the list of free ones */
	int64_t until_ns;
	uint64_t fresh; /* rises with each leases_add() */
};

struct leases {
	uint64_t key, fresh;
	int64_t earliest_ns; /* no binding ends before; see make_room() */
	uint32_t free_binding, free_name; /* lists of given back entries */
	uint32_t n_bindings, n_names;	  /* entries that were ever used */
	uint32_t addr_chains[ADDR_CHAINS];
	uint32_t name_chains[NAME_CHAINS];
	struct named names[LEASE_NAMES_MAX + 1];
	struct binding bindings[LEASE_MAX + 1];
};

struct leases *leases_new(void)
{
	struct leases *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->key = hash_new_key();
	l->earliest_ns = INT64_MAX;
	return l;
}

void leases_free(struct leases *l)
{
	free(l);
}

static size_t addr_slot(const struct leases *l, const struct addr *a)
{
	uint64_t hash = hash_bytes(l->key, a->ip, sizeof(a->ip));

	hash = hash_add(l->key, hash_add(l->key, hash, a->family), a->scope);
	return hash % ADDR_CHAINS;
}

static uint32_t *name_chain(struct leases *l, const struct dname *name)
{
	uint64_t hash = hash_bytes(l->key, name->wire, name->len);

	return &l->name_chains[hash % NAME_CHAINS];
}

static uint32_t find_name(struct leases *l, const struct dname *name)
{
	uint32_t i = *name_chain(l, name);

	while (i != NONE && !dname_equal(&l->names[i].name, name))
		i = l->names[i].next;
	return i;
}

/* Is there room for one more, and for its name unless that is known? */
static bool has_room(const struct leases *l, bool with_name)
{
	return (l->free_binding || l->n_bindings < LEASE_MAX) &&
	       (!with_name || l->free_name || l->n_names < LEASE_NAMES_MAX);
}

static uint32_t add_name(struct leases *l, const struct dname *name)
{
	uint32_t i = l->free_name, *chain = name_chain(l, name);

	if (i)
		l->free_name = l->names[i].next;
	else
		i = ++l->n_names;
	l->names[i].name = *name;
	l->names[i].n_bindings = 0;
	l->names[i].earliest_ns = INT64_MAX;
	l->names[i].next = *chain;
	*chain = i;
	return i;
}

static void drop_name(struct leases *l, uint32_t name)
{
	uint32_t *link = name_chain(l, &l->names[name].name);

	while (*link != name)
		link = &l->names[*link].next;
	*link = l->names[name].next;
	l->names[name].name.len = 0;
	l->names[name].next = l->free_name;
	l->free_name = name;
}

/* Take the binding that *link points at out of its chain. */
static void drop_binding(struct leases *l, uint32_t *link)
{
	uint32_t i = *link;
	struct binding *b = &l->bindings[i];

	*link = b->next;
	b->next = l->free_binding;
	l->free_binding = i;
	if (--l->names[b->name].n_bindings == 0)
		drop_name(l, b->name);
}

/* Drop what has ended before a time; learn the earliest end of the rest. */
static void sweep(struct leases *l, int64_t before_ns)
{
	l->earliest_ns = INT64_MAX;
	for (size_t c = 0; c < ADDR_CHAINS; c++) {
		uint32_t *link = &l->addr_chains[c];

		while (*link != NONE) {
			struct binding *b = &l->bindings[*link];

			if (b->until_ns <= before_ns) {
				drop_binding(l, link);
				continue;
			}
			if (b->until_ns < l->earliest_ns)
				l->earliest_ns = b->until_ns;
			link = &b->next;
		}
	}
}

/*
 * Free tombstones: those of more than a day, and if that is not enough all.
 * The earliest end spares a full table the search when there can be none.
 */
static void make_room(struct leases *l, bool with_name)
{
	int64_t now_ns = clock_mono_ns();

	if (l->earliest_ns > now_ns)
		return;
	if (now_ns > TOMBSTONE_NS)
		sweep(l, now_ns - TOMBSTONE_NS);
	if (!has_room(l, with_name))
		sweep(l, now_ns);
}

/* The link to a binding, or to the end of the chain where it would be. */
static uint32_t *find_link(struct leases *l, const struct dname *name,
			   const struct addr *a)
{
	uint32_t *link = &l->addr_chains[addr_slot(l, a)];

	for (; *link != NONE; link = &l->bindings[*link].next) {
		const struct binding *b = &l->bindings[*link];

		if (addr_same_ip(&b->addr, a) &&
		    dname_equal(&l->names[b->name].name, name))
			break;
	}
	return link;
}

static void prolong(struct leases *l, struct binding *b,
		    enum name_source source, int64_t until_ns)
{
	if (until_ns > b->until_ns)
		b->until_ns = until_ns;
	/* What /etc/hosts says holds for private addresses, too. */
	if (source == NAME_HOSTS)
		b->source = NAME_HOSTS;
	b->fresh = ++l->fresh;
}

/* One tombstone of a name that has all the bindings it may have. */
static bool trim_name(struct leases *l, uint32_t name)
{
	int64_t now_ns = clock_mono_ns(), earliest_ns = INT64_MAX;

	if (l->names[name].earliest_ns > now_ns)
		return false;
	for (uint32_t i = 1; i <= l->n_bindings; i++) {
		struct binding *b = &l->bindings[i];
		uint32_t *link;

		if (b->name != name)
			continue;
		if (b->until_ns > now_ns) {
			if (b->until_ns < earliest_ns)
				earliest_ns = b->until_ns;
			continue;
		}
		link = find_link(l, &l->names[name].name, &b->addr);
		if (*link != i) /* given back earlier */
			continue;
		drop_binding(l, link);
		return true;
	}
	l->names[name].earliest_ns = earliest_ns;
	return false;
}

static int add_binding(struct leases *l, const struct dname *name,
		       const struct addr *a, enum name_source source,
		       int64_t until_ns)
{
	uint32_t n = find_name(l, name), i = l->free_binding, *chain;

	if (!has_room(l, n == NONE)) {
		make_room(l, n == NONE);
		n = find_name(l, name);
		i = l->free_binding;
	}
	if (!has_room(l, n == NONE))
		return -ENOSPC;
	if (n != NONE && l->names[n].n_bindings >= LEASE_PER_NAME_MAX) {
		if (!trim_name(l, n))
			return -ENOSPC;
		i = l->free_binding;
	}
	if (n == NONE)
		n = add_name(l, name);
	if (i)
		l->free_binding = l->bindings[i].next;
	else
		i = ++l->n_bindings;
	chain = &l->addr_chains[addr_slot(l, a)];
	l->bindings[i] = (struct binding){ .addr = *a,
					   .source = source,
					   .name = n,
					   .next = *chain,
					   .until_ns = until_ns,
					   .fresh = ++l->fresh };
	*chain = i;
	l->names[n].n_bindings++;
	if (until_ns < l->names[n].earliest_ns)
		l->names[n].earliest_ns = until_ns;
	if (until_ns < l->earliest_ns)
		l->earliest_ns = until_ns;
	return 0;
}

int leases_add(struct leases *l, const struct dname *name, const struct addr *a,
	       enum name_source source, int64_t until_ns)
{
	struct addr bare = *a;
	uint32_t known;

	bare.port = 0;
	if (!name->len || (addr_never_binds(&bare) && source != NAME_HOSTS) ||
	    bare.family == ADDR_NONE)
		return -EPERM;
	known = *find_link(l, name, &bare);
	if (known != NONE) {
		prolong(l, &l->bindings[known], source, until_ns);
		return 1;
	}
	return add_binding(l, name, &bare, source, until_ns);
}

/* Collect bindings that end in (from, to], freshest first. */
static size_t collect(const struct leases *l, const struct addr *a,
		      int64_t from_ns, int64_t to_ns, struct candidate *ret,
		      size_t max)
{
	const struct binding *best[CANDIDATES_MAX];
	struct addr bare = *a;
	size_t n = 0;

	bare.port = 0;
	if (max > CANDIDATES_MAX)
		max = CANDIDATES_MAX;
	for (uint32_t i = l->addr_chains[addr_slot(l, &bare)]; i != NONE;
	     i = l->bindings[i].next) {
		const struct binding *b = &l->bindings[i];
		size_t at;

		if (!addr_same_ip(&b->addr, &bare) || b->until_ns <= from_ns ||
		    b->until_ns > to_ns)
			continue;
		for (at = n; at > 0 && best[at - 1]->fresh < b->fresh; at--)
			if (at < max)
				best[at] = best[at - 1];
		if (at < max)
			best[at] = b;
		n += n < max;
	}
	for (size_t i = 0; i < n; i++) {
		ret[i].name = l->names[best[i]->name].name;
		ret[i].source = best[i]->source;
	}
	return n;
}

size_t leases_find(const struct leases *l, const struct addr *a, int64_t now_ns,
		   struct candidate *ret, size_t max)
{
	return collect(l, a, now_ns, INT64_MAX, ret, max);
}

size_t leases_find_stale(const struct leases *l, const struct addr *a,
			 int64_t now_ns, struct candidate *ret, size_t max)
{
	int64_t from_ns = now_ns > INT64_MIN + TOMBSTONE_NS
				  ? now_ns - TOMBSTONE_NS
				  : INT64_MIN;

	return collect(l, a, from_ns, now_ns, ret, max);
}
