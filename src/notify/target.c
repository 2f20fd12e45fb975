/* SPDX-License-Identifier: MIT */
/*
 * The cache of processes.
 *
 * Theory of Operation: a set-associative table of processes by (pid, start
 * time, executable), and in front of it what each notification thread knows of
 * the threads it has met (thread.h). A hit there costs 8 bytes of the thread's
 * memory, which tell an exec; a hit in the table costs three small files of
 * /proc; a miss costs the reading of everything and a commit for each process
 * not seen before. One mutex guards the table.
 */
#include "notify/target.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/proc.h"

#define WAYS	    4
#define SETS	    (TARGETS_MAX / WAYS)
#define PARENTS_MAX 32 /* a longer chain is cut at the far end */

struct slot {
	struct proc_key key;
	int64_t row;
	uint64_t used; /* a counter, not a time */
	struct process who;
};

struct targets {
	pthread_mutex_t lock;
	uint64_t counter;
	pid_t own_pid;
	struct slot slots[SETS][WAYS];
};

static __thread struct process own_copy;

struct targets *targets_new(void)
{
	struct targets *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	pthread_mutex_init(&t->lock, NULL);
	t->own_pid = getpid();
	return t;
}

void targets_free(struct targets *t)
{
	if (!t)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static bool same_key(const struct proc_key *a, const struct proc_key *b)
{
	return a->pid == b->pid && a->start_ticks == b->start_ticks &&
	       a->exe_dev == b->exe_dev && a->exe_ino == b->exe_ino &&
	       a->image.at == b->image.at && a->image.bytes == b->image.bytes;
}

static int64_t find(struct targets *t, const struct proc_key *key)
{
	struct slot *set = t->slots[(size_t)key->pid % SETS];
	int64_t row = 0;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < WAYS && !row; i++) {
		if (!set[i].row || !same_key(&set[i].key, key))
			continue;
		set[i].used = ++t->counter;
		row = set[i].row;
		own_copy = set[i].who;
	}
	pthread_mutex_unlock(&t->lock);
	return row;
}

static void remember(struct targets *t, const struct proc_key *key, int64_t row)
{
	struct slot *set = t->slots[(size_t)key->pid % SETS], *s = set;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 1; i < WAYS; i++)
		if (set[i].used < s->used)
			s = &set[i];
	s->key = *key;
	s->row = row;
	s->used = ++t->counter;
	s->who = own_copy;
	pthread_mutex_unlock(&t->lock);
}

/* The chain of processes from one upwards that the cache does not have, and
 * the row of the first one above it that it does have. */
struct chain {
	struct proc_key keys[PARENTS_MAX];
	pid_t parents[PARENTS_MAX];
	size_t n;
	int64_t known;
};

static int climb(struct targets *t, pid_t tid, struct chain *ch)
{
	pid_t at = tid;

	ch->n = 0;
	ch->keys[0].image.at = ch->keys[0].image.bytes = 0;
	ch->known = 0;
	while (at > 0 && at != t->own_pid && ch->n < PARENTS_MAX) {
		int r = proc_key(at, &ch->keys[ch->n], &ch->parents[ch->n]);

		if (r < 0)
			return ch->n ? 0 : r;
		ch->known = find(t, &ch->keys[ch->n]);
		if (ch->known)
			return 0;
		at = ch->parents[ch->n++];
	}
	return 0;
}

/* A thread that /proc no longer shows is known by its number alone. */
static int identify_bare(struct store *st, pid_t tid, int64_t *ret_row)
{
	memset(&own_copy, 0, sizeof(own_copy));
	own_copy.pid = tid;
	own_copy.uid = (uid_t)-1;
	return store_process(st, &own_copy, ret_row);
}

static bool has_exe(const struct thread *th)
{
	uint64_t dev, ino;

	return thread_exe(th, &dev, &ino) && dev == th->exe_dev &&
	       ino == th->exe_ino;
}

/*
 * An exec leaves the thread, and perhaps the file, as they were; the random
 * bytes it does not. A program that writes the old ones over its own passes
 * for its predecessor, as one does that makes another process of its own work
 * for it: neither is told apart, and nothing is allowed by the file.
 */
static bool is_still(const struct thread *th, pid_t tid,
		     const struct proc_image *seen)
{
	if (!th->row)
		return false;
	if (!th->image.at)
		return has_exe(th);
	if (seen->at == th->image.at)
		return seen->bytes == th->image.bytes;
	return proc_has_image(tid, &th->image);
}

static void remember_thread(struct thread *th, const struct proc_image *image,
			    int64_t row)
{
	th->row = 0;
	if (!th->who)
		th->who = malloc(sizeof(*th->who));
	if (!th->who || !thread_exe(th, &th->exe_dev, &th->exe_ino) ||
	    th->exe_dev != own_copy.exe_dev || th->exe_ino != own_copy.exe_ino)
		return;
	*th->who = own_copy;
	th->image = *image;
	th->row = row;
}

static int identify_slowly(struct targets *t, struct store *st, pid_t tid,
			   struct proc_image *ret_image, int64_t *ret_row)
{
	struct chain ch;
	int64_t row;
	int r;

	if (climb(t, tid, &ch) < 0)
		return identify_bare(st, tid, ret_row);
	*ret_image = ch.keys[0].image;
	row = ch.known;
	while (ch.n) {
		ch.n--;
		proc_read(&ch.keys[ch.n], ch.parents[ch.n], &own_copy);
		own_copy.parent = row;
		r = store_process(st, &own_copy, &row);
		if (r < 0)
			return r;
		remember(t, &ch.keys[ch.n], row);
	}
	*ret_row = row;
	return 0;
}

int targets_identify(struct targets *t, struct store *st, pid_t tid,
		     struct thread *th, const struct proc_image *seen,
		     const struct process **ret_who, int64_t *ret_row)
{
	struct proc_image image = { 0 };
	int r;

	if (th && is_still(th, tid, seen)) {
		*ret_who = th->who;
		*ret_row = th->row;
		return 0;
	}
	*ret_who = &own_copy;
	r = identify_slowly(t, st, tid, &image, ret_row);
	if (!r && th)
		remember_thread(th, &image, *ret_row);
	return r;
}
