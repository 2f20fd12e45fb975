/* SPDX-License-Identifier: MIT */
/* The table of datagrams judged a moment ago. */
#include "notify/repeat.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define WAYS	      4
#define SETS	      512
#define THREAD_TTL_NS 1000000000

struct entry {
	struct repeat_key key;
	int64_t seq;	  /* 0: empty */
	int64_t until_ns; /* threads only */
	uint64_t used;
	int verdict;
};

struct repeat {
	pthread_mutex_t lock;
	uint64_t counter;
	struct entry sets[SETS][WAYS];
};

#define IS_PROCESS (UINT64_C(1) << 63)

uint64_t repeat_thread(pid_t tid)
{
	return (uint64_t)tid;
}

uint64_t repeat_process(int64_t row)
{
	return (uint64_t)row | IS_PROCESS;
}

struct repeat *repeat_new(void)
{
	struct repeat *r = calloc(1, sizeof(*r));

	if (r)
		pthread_mutex_init(&r->lock, NULL);
	return r;
}

void repeat_free(struct repeat *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static struct entry *set_of(struct repeat *r, const struct repeat_key *k)
{
	uint64_t ip[2];
	uint64_t h = mix(k->sender, k->cookie);

	memcpy(ip, k->to.ip, sizeof(ip));
	h = mix(mix(mix(h, ip[0]), ip[1]), k->to.port);
	return r->sets[h % SETS];
}

static bool same_key(const struct repeat_key *a, const struct repeat_key *b)
{
	return a->sender == b->sender && a->cookie == b->cookie &&
	       a->revision == b->revision && a->learnt == b->learnt &&
	       a->to.port == b->to.port &&
	       addr_same_ip(&a->to, &b->to);
}

static struct entry *find(struct entry *set, const struct repeat_key *key)
{
	for (size_t i = 0; i < WAYS; i++)
		if (set[i].seq && same_key(&set[i].key, key))
			return &set[i];
	return NULL;
}

static struct entry *least_used(struct entry *set)
{
	struct entry *e = set; /* an empty one was never used */

	for (size_t i = 1; i < WAYS; i++)
		if (set[i].used < e->used)
			e = &set[i];
	return e;
}

bool repeat_find(struct repeat *r, const struct repeat_key *key,
		 int64_t *ret_seq, int *ret_verdict)
{
	bool is_process = key->sender & IS_PROCESS;
	struct entry *e;
	bool found;

	pthread_mutex_lock(&r->lock);
	e = find(set_of(r, key), key);
	found = e && (is_process || clock_mono_ns() < e->until_ns);
	if (found) {
		e->used = ++r->counter;
		*ret_seq = e->seq;
		*ret_verdict = e->verdict;
	}
	pthread_mutex_unlock(&r->lock);
	return found;
}

void repeat_put(struct repeat *r, const struct repeat_key *key, int64_t seq,
		int verdict)
{
	struct entry *set, *e;

	pthread_mutex_lock(&r->lock);
	set = set_of(r, key);
	e = find(set, key);
	if (!e)
		e = least_used(set);
	*e = (struct entry){ .key = *key,
			     .seq = seq,
			     .until_ns = clock_mono_ns() + THREAD_TTL_NS,
			     .used = ++r->counter,
			     .verdict = verdict };
	pthread_mutex_unlock(&r->lock);
}
