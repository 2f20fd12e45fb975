/* SPDX-License-Identifier: MIT */
/* Doors: what a process does to itself before it sends. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

/* What the last one of a line of processes had to say, by a pipe. */
static int hear(int fd)
{
	int r = -ECHILD;

	return read(fd, &r, sizeof(r)) == (ssize_t)sizeof(r) ? r : -ECHILD;
}

/* Away from its parent, its session and its group. */
int door_daemon(struct attempt *a)
{
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			r = doors_send_plain(a);
			r = write(ends[1], &r, sizeof(r)) < 0;
		}
		_exit(0);
	}
	close(ends[1]);
	r = hear(ends[0]);
	close(ends[0]);
	return r;
}

/* One whose memory cannot be read cannot be judged. */
int door_undumpable(struct attempt *a)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return doors_send_plain(a);
}

/* A filter of its own that lets everything pass. */
int door_own_filter(struct attempt *a)
{
	struct sock_filter allow = { .code = BPF_RET | BPF_K,
				     .k = SECCOMP_RET_ALLOW };
	struct sock_fprog program = { .len = 1, .filter = &allow };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -errno;
	return doors_send_plain(a);
}

static int in_shared_memory(void *arg)
{
	struct attempt *a = arg;

	a->arg = doors_send_plain(a);
	return 0;
}

/* Another process on the same memory and the same descriptors, no thread. */
int door_shared_memory(struct attempt *a)
{
	const size_t size = 256 * 1024;
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (stack == MAP_FAILED)
		return -errno;
	a->arg = -ECHILD;
	pid = clone(in_shared_memory, stack + size,
		    CLONE_VM | CLONE_FILES | CLONE_VFORK | SIGCHLD, a);
	if (pid < 0 || waitpid(pid, NULL, 0) < 0)
		return -errno;
	return a->arg;
}

int door_user_namespace(struct attempt *a)
{
	if (unshare(CLONE_NEWUSER) < 0)
		return doors_skip(a, "no user namespaces");
	return doors_send_plain(a);
}

static void *in_thread(void *arg)
{
	struct attempt *a = arg;

	a->arg = unshare(CLONE_FILES) < 0 ? -errno : doors_send_plain(a);
	return NULL;
}

/* A thread whose descriptors are not those of its process. */
int door_own_files(struct attempt *a)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, in_thread, a))
		return -EAGAIN;
	pthread_join(thread, NULL);
	return a->arg;
}
