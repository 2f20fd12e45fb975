/* SPDX-License-Identifier: MIT */
/* Threads of targets, as one notification thread knows them. */
#include "notify/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/kernel.h"

struct threads {
	struct thread list[THREADS_KNOWN_MAX];
};

struct threads *threads_new(void)
{
	return calloc(1, sizeof(struct threads));
}

static void forget(struct thread *th)
{
	struct process *who = th->who; /* its memory is used again */

	if (th->tid) {
		close(th->pidfd);
		if (th->folder >= 0)
			close(th->folder);
	}
	memset(th, 0, sizeof(*th));
	th->pidfd = th->folder = -1;
	th->who = who;
}

void threads_free(struct threads *t)
{
	for (size_t i = 0; t && i < THREADS_KNOWN_MAX; i++) {
		forget(&t->list[i]);
		free(t->list[i].who);
	}
	free(t);
}

static int fill(struct thread *th, pid_t tid)
{
	char path[32];
	int pidfd;

	forget(th);
	pidfd = kernel_open_thread(tid, &th->is_its_own);
	if (pidfd < 0)
		return pidfd;
	th->tid = tid;
	th->pidfd = pidfd;
	snprintf(path, sizeof(path), "/proc/%d", tid);
	th->folder = th->is_its_own
			     ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)
			     : -1;
	return 0;
}

/* The descriptors that are kept for later are missing now. */
static void forget_all(struct threads *t)
{
	for (size_t i = 0; i < THREADS_KNOWN_MAX; i++)
		forget(&t->list[i]);
}

struct thread *threads_open(struct threads *t, pid_t tid)
{
	struct thread *th = &t->list[(size_t)tid % THREADS_KNOWN_MAX];
	int r;

	if (th->tid == tid && th->is_its_own)
		return th;
	r = fill(th, tid);
	if (r == -EMFILE || r == -ENFILE) {
		forget_all(t);
		r = fill(th, tid);
	}
	return r < 0 ? NULL : th;
}

bool threads_reopen(struct thread *th)
{
	return fill(th, th->tid) == 0;
}

bool thread_exe(const struct thread *th, uint64_t *ret_dev, uint64_t *ret_ino)
{
	struct stat st;

	if (th->folder < 0 || fstatat(th->folder, "exe", &st, 0) < 0)
		return false;
	*ret_dev = st.st_dev;
	*ret_ino = st.st_ino;
	return true;
}
