/* SPDX-License-Identifier: MIT */
/*
 * The cache of processes.
 *
 * Theory of Operation: a set-associative table of processes by (pid, start
 * time, executable), and in front of it a table of threads by the inode of
 * their pidfd, which Linux 6.9 never uses twice. A hit there costs two stat()
 * calls, the second of them to notice an exec; a hit in the first table costs
 * three small files of /proc; a miss costs the reading of everything and a
 * commit for each process not seen before. One mutex guards both.
 */
#include "notify/target.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
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

#define THREADS	    2048
#define PIDFS_MAGIC 0x50494446 /* linux/magic.h, since 6.9 */

/* A thread, and where its process was last found. */
struct thread {
	uint64_t pidfd_ino;
	uint64_t exe_dev, exe_ino;
	const struct slot *slot;
	int64_t row; /* slot->row still, or the slot is somebody else's */
};

enum { UNKNOWN, NO, YES };

struct targets {
	pthread_mutex_t lock;
	atomic_int pidfs; /* has_inodes() */
	uint64_t counter;
	pid_t own_pid;
	struct thread threads[THREADS];
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

/* Does this kernel give each thread's pidfd an inode? All are alike in it. */
static bool has_inodes(struct targets *t, int pidfd)
{
	int known = atomic_load(&t->pidfs);
	struct statfs fs;

	if (known == UNKNOWN && !fstatfs(pidfd, &fs)) {
		known = fs.f_type == PIDFS_MAGIC ? YES : NO;
		atomic_store(&t->pidfs, known);
	}
	return known == YES;
}

/* The inode of a pidfd, or 0. */
static uint64_t pidfd_inode(struct targets *t, int pidfd)
{
	struct stat st;

	if (pidfd < 0 || !has_inodes(t, pidfd))
		return 0;
	return fstat(pidfd, &st) < 0 ? 0 : st.st_ino;
}

static bool stat_exe(pid_t tid, struct stat *ret)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/exe", tid);
	return stat(path, ret) == 0;
}

/* An exec leaves the pidfd, and perhaps the file, as they were. */
static int64_t find_thread(struct targets *t, pid_t tid, uint64_t ino,
			   const struct stat *exe)
{
	struct thread *th = &t->threads[ino % THREADS];
	struct proc_image image = { 0 };
	int64_t row = 0;

	pthread_mutex_lock(&t->lock);
	if (th->pidfd_ino == ino && th->slot && th->slot->row == th->row &&
	    th->exe_dev == exe->st_dev && th->exe_ino == exe->st_ino) {
		row = th->row;
		own_copy = th->slot->who;
		image = th->slot->key.image;
	}
	pthread_mutex_unlock(&t->lock);
	return row && proc_has_image(tid, &image) ? row : 0;
}

static void remember_thread(struct targets *t, uint64_t ino,
			    const struct stat *exe, int64_t row)
{
	struct thread *th = &t->threads[ino % THREADS];
	const struct slot *set = t->slots[(size_t)own_copy.pid % SETS];

	pthread_mutex_lock(&t->lock);
	th->slot = NULL;
	for (size_t i = 0; i < WAYS; i++)
		if (set[i].row == row)
			th->slot = &set[i];
	th->pidfd_ino = ino;
	th->exe_dev = exe->st_dev;
	th->exe_ino = exe->st_ino;
	th->row = row;
	pthread_mutex_unlock(&t->lock);
}

static int identify_slowly(struct targets *t, struct store *st, pid_t tid,
			   int64_t *ret_row)
{
	struct chain ch;
	int64_t row;
	int r;

	if (climb(t, tid, &ch) < 0)
		return identify_bare(st, tid, ret_row);
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

int targets_identify(struct targets *t, struct store *st, pid_t tid, int pidfd,
		     const struct process **ret_who, int64_t *ret_row)
{
	uint64_t ino = pidfd_inode(t, pidfd);
	struct stat exe;
	bool is_cached = ino && stat_exe(tid, &exe);
	int r;

	*ret_who = &own_copy;
	if (is_cached) {
		*ret_row = find_thread(t, tid, ino, &exe);
		if (*ret_row)
			return 0;
	}
	r = identify_slowly(t, st, tid, ret_row);
	if (!r && is_cached)
		remember_thread(t, ino, &exe, *ret_row);
	return r;
}
