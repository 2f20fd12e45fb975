/* SPDX-License-Identifier: MIT */
/* Changes by destination, and their order. */
#include "learn/replay_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hash.h"
#include "wire/dname.h"

#define SLOTS 32768 /* a power of two */

_Static_assert(SLOTS > 2 * REPLAY_CHANGES_MAX, "room for every change");

/* A change, with the texts it points to behind it. */
struct kept {
	struct replay_change change;
	char texts[];
};

struct replay_list {
	struct kept **list;
	size_t n;
	bool is_sorted; /* then the slots say nothing any more */
	uint64_t key;
	uint32_t slots[SLOTS]; /* place in the list and 1; 0: free */
};

struct replay_list *replay_list_new(void)
{
	struct replay_list *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->key = hash_new_key();
	l->list = calloc(REPLAY_CHANGES_MAX, sizeof(struct kept *));
	if (l->list)
		return l;
	free(l);
	return NULL;
}

void replay_list_free(struct replay_list *l)
{
	for (size_t i = 0; l && i < l->n; i++)
		free(l->list[i]);
	if (l)
		free(l->list);
	free(l);
}

/* Sending and connecting go to the same place; other stages are of their own
 * kind. */
static const char *kind_of(const char *stage)
{
	return !strcmp(stage, "send") ? "connect" : stage;
}

/* What makes two changes the same: an address counts where no name does. */
static void look_at(const struct row *row, const struct decision *now,
		    struct replay_change *ret)
{
	*ret = (struct replay_change){ .is_denied = now->verdict != VERDICT_ALLOW,
				       .now = *now,
				       .stage = kind_of(row->stage),
				       .proto = row->proto,
				       .name = row->name,
				       .ip = *row->name ? "" : row->ip,
				       .port = row->port,
				       .then = row->reason,
				       .line = row->line,
				       .seq = row->seq,
				       .at_ms = row->at_ms };
	memcpy(ret->session, row->session, strnlen(row->session, 36));
}

static bool is_same(const struct replay_change *a, const struct replay_change *b)
{
	return a->is_denied == b->is_denied && a->port == b->port &&
	       !strcmp(a->stage, b->stage) && !strcmp(a->proto, b->proto) &&
	       !strcmp(a->name, b->name) && !strcmp(a->ip, b->ip);
}

static uint64_t hash_text(uint64_t key, uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = hash_add(key, hash, (unsigned char)*text);
	return hash_add(key, hash, 0);
}

static uint64_t hash_of(uint64_t key, const struct replay_change *c)
{
	uint64_t h = hash_add(key, 0, (uint32_t)c->port * 2 + c->is_denied);

	h = hash_text(key, h, c->stage);
	h = hash_text(key, h, c->proto);
	h = hash_text(key, h, c->name);
	return hash_spread(hash_text(key, h, c->ip));
}

/* The slots follow the list. */
static uint32_t *find(struct replay_list *l, const struct replay_change *c)
{
	size_t at = hash_of(l->key, c) % SLOTS;

	while (l->slots[at] && !is_same(&l->list[l->slots[at] - 1]->change, c))
		at = (at + 1) % SLOTS;
	return &l->slots[at];
}

static void unsort(struct replay_list *l)
{
	memset(l->slots, 0, sizeof(l->slots));
	for (size_t i = 0; i < l->n; i++)
		*find(l, &l->list[i]->change) = (uint32_t)i + 1;
	l->is_sorted = false;
}

static const char *keep(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = memcpy(*at, text, size);

	*at += size;
	return copy;
}

static struct kept *copy_of(const struct replay_change *c)
{
	size_t size = strlen(c->stage) + strlen(c->proto) + strlen(c->name) +
		      strlen(c->ip) + strlen(c->then) + 5;
	struct kept *k = malloc(sizeof(*k) + size);
	char *at;

	if (!k)
		return NULL;
	at = k->texts;
	k->change = *c;
	k->change.stage = keep(&at, c->stage);
	k->change.proto = keep(&at, c->proto);
	k->change.name = keep(&at, c->name);
	k->change.ip = keep(&at, c->ip);
	k->change.then = keep(&at, c->then);
	return k;
}

static bool is_earlier(const struct replay_change *a,
		       const struct replay_change *b)
{
	int order = strcmp(a->session, b->session);

	if (a->at_ms != b->at_ms)
		return a->at_ms < b->at_ms;
	return order ? order < 0 : a->seq < b->seq;
}

/* The earliest speaks for all, in whatever order they come. */
static int put(struct replay_list *l, size_t place, const struct replay_change *c)
{
	struct kept *old = l->list[place], *k;

	if (old && !is_earlier(c, &old->change))
		return 0;
	k = copy_of(c);
	if (!k)
		return -ENOMEM;
	if (old) {
		k->change.rows = old->change.rows;
		k->change.calls = old->change.calls;
	}
	free(old);
	l->list[place] = k;
	return 0;
}

int replay_list_add(struct replay_list *l, const struct group *g,
		    const struct decision *now)
{
	struct replay_change c;
	uint32_t *slot;
	int n;

	look_at(&g->row, now, &c);
	if (l->is_sorted)
		unsort(l);
	slot = find(l, &c);
	if (!*slot && l->n == REPLAY_CHANGES_MAX)
		return -ENOSPC;
	n = put(l, *slot ? *slot - 1 : l->n, &c);
	if (n < 0)
		return n;
	if (!*slot)
		*slot = (uint32_t)++l->n;
	l->list[*slot - 1]->change.rows += g->rows;
	l->list[*slot - 1]->change.calls += g->calls;
	return 0;
}

/* The labels of a name from the right, bytewise. */
static int compare_names(const struct dname *a, const struct dname *b)
{
	const uint8_t *x[128], *y[128];
	size_t n = 0, m = 0;

	for (const uint8_t *p = a->wire; *p; p += *p + 1)
		x[n++] = p;
	for (const uint8_t *p = b->wire; *p; p += *p + 1)
		y[m++] = p;
	while (n && m) {
		const uint8_t *p = x[--n], *q = y[--m];
		int c = memcmp(p + 1, q + 1, *p < *q ? *p : *q);

		if (c || *p != *q)
			return c ? c : *p - *q;
	}
	return (n > m) - (n < m);
}

static int compare_destinations(const struct replay_change *a,
				const struct replay_change *b)
{
	struct dname m, n;
	struct addr x, y;
	int c;

	if (*a->name && *b->name && dname_from_text(a->name, &m) == 0 &&
	    dname_from_text(b->name, &n) == 0)
		return compare_names(&m, &n);
	if (*a->name || *b->name || addr_parse(a->ip, &x) < 0 ||
	    addr_parse(b->ip, &y) < 0) {
		c = strcmp(a->name, b->name);
		return c ? c : strcmp(a->ip, b->ip);
	}
	c = x.family - y.family;
	return c ? c : memcmp(x.ip, y.ip, sizeof(x.ip));
}

static int rank(const struct replay_change *c)
{
	struct dname n;

	if (dname_from_text(c->name, &n) == 0 && strncmp(c->proto, "unix", 4))
		return 0;
	return *c->name || !*c->ip ? 2 : 1;
}

static int compare(const void *x, const void *y)
{
	const struct replay_change *a = &(*(struct kept *const *)x)->change;
	const struct replay_change *b = &(*(struct kept *const *)y)->change;
	int c = b->is_denied - a->is_denied;

	if (!c)
		c = rank(a) - rank(b);
	if (!c)
		c = compare_destinations(a, b);
	if (!c)
		c = (a->port > b->port) - (a->port < b->port);
	if (!c)
		c = strcmp(a->proto, b->proto);
	return c ? c : strcmp(a->stage, b->stage);
}

const struct replay_change *replay_list_at(struct replay_list *l, size_t i)
{
	if (!l->is_sorted)
		qsort(l->list, l->n, sizeof(struct kept *), compare);
	l->is_sorted = true;
	return i < l->n ? &l->list[i]->change : NULL;
}
