/* SPDX-License-Identifier: MIT */
/*
 * The destinations. They are in an array, found through a hash table of
 * indexes; what comes in goes to one of them, or is dropped with a reason, by
 * observe_entry.c.
 */
#include "learn/observe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn/observe_impl.h"

static const struct {
	const char *word, *text;
} drops[N_DROPS] = {
	[DROP_REFUSED] = { "refused", "calls that no policy can allow" },
	[DROP_LISTEN] = { "listen", "listening sockets" },
	[DROP_INSIDE] = { "inside", "what stays in the session or the kernel" },
	[DROP_RESOLVER] = { "resolver", "name servers of its own choosing" },
	[DROP_QUESTION] = { "question", "questions that lead to no address" },
	[DROP_NOT_PLAIN] = { "not-plain",
			     "names that no pattern can stand for" },
	[DROP_RESERVED] = { "reserved",
			    "names that are not of the public DNS" },
	[DROP_PROBE] = { "probe", "probes that send nothing" },
	[DROP_MULTICAST] = { "multicast", "multicast and broadcast" },
	[DROP_ICMP] = { "icmp",
			"ICMP, which only a rule without ports allows" },
};

const char *drop_text(enum drop drop)
{
	return drops[drop].text;
}

const char *drop_word(enum drop drop)
{
	return drops[drop].word;
}

struct observations *observations_new(const struct policy *p)
{
	struct observations *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->policy = p;
	o->used = calloc(policy_n_rules(p) + 1, 1);
	if (o->used)
		return o;
	observations_free(o);
	return NULL;
}

void observations_free(struct observations *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++)
		free(o->list[i].ports);
	arena_done(&o->texts);
	free(o->list);
	free(o->slots);
	free(o->sessions);
	free(o->used);
	free(o);
}

int observations_session(struct observations *o, const char *uuid,
			 const char *argv, size_t argv_len)
{
	struct seen_session *more;

	for (size_t i = 0; i < o->n_sessions; i++)
		if (!strcmp(o->sessions[i].uuid, uuid))
			return 0;
	more = reallocarray(o->sessions, o->n_sessions + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	o->sessions = more;
	more += o->n_sessions++;
	memset(more, 0, sizeof(*more));
	strncpy(more->uuid, uuid, sizeof(more->uuid) - 1);
	program_of(argv, argv_len, "", "", &more->command);
	return 1;
}

static bool is_same(const struct seen *a, const struct seen *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case DEST_NAME:
		return dname_equal(&a->name, &b->name);
	case DEST_ADDRESS:
		return addr_same_ip(&a->addr, &b->addr);
	case DEST_LISTENER:
	default:
		return !strcmp(a->listener, b->listener);
	}
}

static uint32_t hash_bytes(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	return h ^ h >> 15;
}

static uint32_t hash_of(const struct seen *s)
{
	switch (s->kind) {
	case DEST_NAME:
		return dname_hash(&s->name);
	case DEST_ADDRESS:
		return hash_bytes(s->addr.ip, sizeof(s->addr.ip));
	case DEST_LISTENER:
	default:
		return hash_bytes(s->listener, strlen(s->listener));
	}
}

static uint32_t *find_slot(const struct observations *o, const struct seen *key)
{
	size_t mask = o->n_slots - 1, i = hash_of(key) & mask;

	while (o->slots[i] && !is_same(&o->list[o->slots[i] - 1], key))
		i = (i + 1) & mask;
	return &o->slots[i];
}

static int grow(struct observations *o)
{
	size_t room = o->room ? o->room * 2 : 64;
	struct seen *list = reallocarray(o->list, room, sizeof(*list));
	uint32_t *slots = calloc(room * 2, sizeof(*slots));

	if (list)
		o->list = list;
	if (!list || !slots) {
		free(slots);
		return -ENOMEM;
	}
	free(o->slots);
	o->slots = slots;
	o->n_slots = room * 2;
	o->room = room;
	for (size_t i = 0; i < o->n; i++)
		*find_slot(o, &o->list[i]) = (uint32_t)i + 1;
	return 0;
}

struct seen *observe_find(struct observations *o, const struct seen *key)
{
	uint32_t *slot;

	if (o->n == o->room && grow(o) < 0)
		return NULL;
	slot = find_slot(o, key);
	if (*slot)
		return &o->list[*slot - 1];
	o->list[o->n] = *key;
	if (key->listener) {
		o->list[o->n].listener = arena_copy(&o->texts, key->listener,
						    strlen(key->listener));
		if (!o->list[o->n].listener)
			return NULL;
	}
	*slot = (uint32_t)++o->n;
	return &o->list[o->n - 1];
}

struct seen_port *observe_port(struct seen *s, uint16_t port)
{
	size_t i = 0;

	while (i < s->n_ports && s->ports[i].port < port)
		i++;
	if (i < s->n_ports && s->ports[i].port == port)
		return &s->ports[i];
	if (s->n_ports == s->ports_room) {
		size_t room = s->ports_room ? s->ports_room * 2 : 4;
		struct seen_port *more =
			reallocarray(s->ports, room, sizeof(*more));

		if (!more)
			return NULL;
		s->ports = more;
		s->ports_room = room;
	}
	memmove(&s->ports[i + 1], &s->ports[i],
		(s->n_ports - i) * sizeof(*s->ports));
	s->n_ports++;
	s->ports[i] = (struct seen_port){ .port = port };
	return &s->ports[i];
}

/* Names by their labels from the right, so that what belongs together stands
 * together. */
int seen_compare_names(const struct dname *a, const struct dname *b)
{
	unsigned int x = dname_labels(a), y = dname_labels(b);
	const uint8_t *one[128], *two[128];
	const uint8_t *p = a->wire;

	for (unsigned int i = 0; i < x; p += *p + 1)
		one[i++] = p;
	p = b->wire;
	for (unsigned int i = 0; i < y; p += *p + 1)
		two[i++] = p;
	while (x && y) {
		const uint8_t *l = one[--x], *r = two[--y];
		int c = memcmp(l + 1, r + 1, *l < *r ? *l : *r);

		if (c || *l != *r)
			return c ? c : *l - *r;
	}
	return (int)x - (int)y;
}

static int by_place(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	switch (x->kind) {
	case DEST_NAME:
		return seen_compare_names(&x->name, &y->name);
	case DEST_ADDRESS:
		if (x->addr.family != y->addr.family)
			return x->addr.family - y->addr.family;
		return memcmp(x->addr.ip, y->addr.ip, sizeof(x->addr.ip));
	case DEST_LISTENER:
	default:
		return strcmp(x->listener, y->listener);
	}
}

void observations_sort(struct observations *o)
{
	if (!o->n)
		return;
	qsort(o->list, o->n, sizeof(*o->list), by_place);
	/* They are not where the table says any more. */
	memset(o->slots, 0, o->n_slots * sizeof(*o->slots));
	for (size_t i = 0; i < o->n; i++)
		*find_slot(o, &o->list[i]) = (uint32_t)i + 1;
}

size_t observations_n(const struct observations *o)
{
	return o->n;
}

const struct seen *observations_at(const struct observations *o, size_t i)
{
	return &o->list[i];
}

size_t observations_n_sessions(const struct observations *o)
{
	return o->n_sessions;
}

const struct seen_session *observations_session_at(const struct observations *o,
						   size_t number)
{
	return &o->sessions[number - 1];
}

int64_t observations_attempts(const struct observations *o)
{
	return o->attempts;
}

int64_t observations_dropped(const struct observations *o, enum drop drop)
{
	return o->dropped[drop];
}

bool observations_used(const struct observations *o, const struct rule *r)
{
	return o->used[r->index];
}
