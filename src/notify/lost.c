/* SPDX-License-Identifier: MIT */
/* The table of results that never reached their thread. */
#include "notify/lost.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define SLOTS	    1024
#define FNV_OFFSET  UINT64_C(0xcbf29ce484222325) /* FNV-1a, 64 bits */
#define FNV_PRIME   UINT64_C(0x100000001b3)
#define START_FIELD 22 /* proc(5) stat */

enum state { FREE, AT_WORK, LOST };

struct lost_slot {
	enum state state;
	struct lost_key key;
	int64_t value;
	uint64_t since; /* a counter: the oldest lost one goes first */
};

struct lost {
	pthread_mutex_t lock;
	pthread_cond_t ended;
	uint64_t counter;
	struct lost_slot slots[SLOTS];
};

struct lost *lost_new(void)
{
	struct lost *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->ended, NULL);
	return l;
}

void lost_free(struct lost *l)
{
	if (!l)
		return;
	pthread_cond_destroy(&l->ended);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

uint64_t lost_digest(uint64_t digest, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	if (!digest)
		digest = FNV_OFFSET;
	for (size_t i = 0; i < len; i++)
		digest = (digest ^ p[i]) * FNV_PRIME;
	return digest;
}

/* When the thread was started: its number may have been another's. */
static uint64_t start_of(pid_t tid)
{
	char path[32], text[1024], *at;
	auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	at = strrchr(text, ')'); /* the name before it may hold anything */
	for (int field = 2; at && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

struct lost_key lost_key_of(const struct call *c, uint64_t message)
{
	const struct seccomp_data *d = &c->data;
	uint64_t call = lost_digest(0, &d->nr, sizeof(d->nr));

	call = lost_digest(call, &d->instruction_pointer,
			   sizeof(d->instruction_pointer));
	call = lost_digest(call, d->args, sizeof(d->args));
	return (struct lost_key){ .tid = c->tid,
				  .start_ticks = start_of(c->tid),
				  .call = call,
				  .message = message };
}

static bool same_key(const struct lost_key *a, const struct lost_key *b)
{
	return a->tid == b->tid && a->start_ticks == b->start_ticks &&
	       a->call == b->call && a->message == b->message;
}

static struct lost_slot *find(struct lost *l, const struct lost_key *key)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (l->slots[i].state != FREE && same_key(&l->slots[i].key, key))
			return &l->slots[i];
	return NULL;
}

/* A free slot, else that of the oldest lost result; NULL: all are at work. */
static struct lost_slot *make_room(struct lost *l)
{
	struct lost_slot *oldest = NULL;

	for (size_t i = 0; i < SLOTS; i++) {
		struct lost_slot *s = &l->slots[i];

		if (s->state == FREE)
			return s;
		if (s->state == LOST && (!oldest || s->since < oldest->since))
			oldest = s;
	}
	return oldest;
}

bool lost_begin(struct lost *l, const struct lost_key *key,
		struct lost_slot **ret_slot, int64_t *ret_value)
{
	struct lost_slot *s;
	bool is_done;

	pthread_mutex_lock(&l->lock);
	while ((s = find(l, key)) && s->state == AT_WORK)
		pthread_cond_wait(&l->ended, &l->lock);
	is_done = s;
	if (is_done) {
		*ret_value = s->value;
		s->state = AT_WORK; /* this answer may get lost, too */
	} else if ((s = make_room(l))) {
		*s = (struct lost_slot){ .state = AT_WORK,
					 .key = *key,
					 .since = ++l->counter };
	}
	*ret_slot = s;
	pthread_mutex_unlock(&l->lock);
	return is_done;
}

void lost_end(struct lost *l, struct lost_slot *slot, bool is_lost, int64_t value)
{
	if (!slot)
		return;
	pthread_mutex_lock(&l->lock);
	slot->state = is_lost ? LOST : FREE;
	slot->value = value;
	pthread_cond_broadcast(&l->ended);
	pthread_mutex_unlock(&l->lock);
}
