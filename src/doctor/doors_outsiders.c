/* SPDX-License-Identifier: MIT */
/* Doors: what steers or tells on a process outside without touching it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"
#include "doctor/neighbour.h"

#ifndef F_SETSIG
#define F_SETSIG 10
#endif
#ifndef F_SETOWN_EX
#define F_SETOWN_EX 15
#endif
#ifndef FIOSETOWN
#define FIOSETOWN 0x8901
#endif

static pid_t outsider(const struct attempt *a)
{
	return a->arg ? a->parent : a->g->neighbour;
}

/* One limit, as it is: a lower one on processor time would end it. */
int door_limit(struct attempt *a)
{
	struct rlimit old;

	if (prlimit(outsider(a), RLIMIT_CPU, NULL, &old) < 0 ||
	    prlimit(outsider(a), RLIMIT_CPU, &old, NULL) < 0)
		return -errno;
	return 0;
}

static int set_owner(int fd, enum doors_owner how, pid_t pid)
{
	struct {
		int type;
		pid_t pid;
	} owner = { 1 /* F_OWNER_PID */, pid };

	switch (how) {
	case OWNER_PLAIN:
		return fcntl(fd, F_SETOWN, pid);
	case OWNER_EX:
		return fcntl(fd, F_SETOWN_EX, &owner);
	case OWNER_IOCTL:
	default:
		return ioctl(fd, FIOSETOWN, &pid);
	}
}

/* The kernel signals the owner of a descriptor when there is something to
 * read, with the signal of one's choice. */
int door_owner(struct attempt *a)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ||
	    set_owner(ends[0], (enum doors_owner)a->arg, a->g->neighbour) < 0 ||
	    fcntl(ends[0], F_SETSIG, NEIGHBOUR_SIGNAL) < 0 ||
	    fcntl(ends[0], F_SETFL, O_ASYNC) < 0)
		return -errno;
	return write(ends[1], "x", 1) < 0 ? -errno : 0;
}

/* What it was started with, and what it has open. */
int door_proc(struct attempt *a)
{
	static const char *const names[] = { "environ", "fd/0", "root", "maps" };
	char path[48];
	auto_close int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", a->g->neighbour,
		 names[a->arg]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : 0;
}
