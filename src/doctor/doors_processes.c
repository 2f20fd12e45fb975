/* SPDX-License-Identifier: MIT */
/* Doors: processes outside the session, and what a person types at. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

#ifndef __NR_pidfd_send_signal
#define __NR_pidfd_send_signal 424
#endif
#ifndef __NR_pidfd_open
#define __NR_pidfd_open 434
#endif
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd 438
#endif

#define HARMLESS SIGWINCH /* ignored by everybody who did not ask for it */

static pid_t outsider(const struct attempt *a)
{
	return a->arg ? a->parent : a->g->neighbour;
}

int door_ptrace(struct attempt *a)
{
	return ptrace(PTRACE_SEIZE, outsider(a), NULL, NULL) < 0 ? -errno : 0;
}

int door_mem(struct attempt *a)
{
	char path[32];
	auto_close int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/mem", outsider(a));
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : 0;
}

/* To an address nothing is at: that it may is found out first. */
int door_vm_write(struct attempt *a)
{
	struct iovec mine = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct iovec theirs = { .iov_base = (void *)64, .iov_len = 1 };

	if (process_vm_writev(outsider(a), &mine, 1, &theirs, 1, 0) < 0)
		return errno == EFAULT ? 0 : -errno;
	return 0;
}

int door_getfd(struct attempt *a)
{
	auto_close int pidfd = (int)syscall(__NR_pidfd_open, outsider(a), 0);
	auto_close int fd = -1;

	if (pidfd < 0)
		return -errno;
	fd = (int)syscall(__NR_pidfd_getfd, pidfd, 0, 0);
	return fd < 0 && errno != EBADF ? -errno : 0;
}

int door_kill(struct attempt *a)
{
	return kill(outsider(a), HARMLESS) < 0 ? -errno : 0;
}

int door_sigqueue(struct attempt *a)
{
	return sigqueue(outsider(a), HARMLESS, (union sigval){ 0 }) < 0 ? -errno
									: 0;
}

int door_pidfd_signal(struct attempt *a)
{
	auto_close int pidfd = (int)syscall(__NR_pidfd_open, outsider(a), 0);

	if (pidfd < 0 ||
	    syscall(__NR_pidfd_send_signal, pidfd, HARMLESS, NULL, 0) < 0)
		return -errno;
	return 0;
}

/* The neighbour leads a group of its own. */
int door_kill_group(struct attempt *a)
{
	return kill(-outsider(a), HARMLESS) < 0 ? -errno : 0;
}

/* Typing into a terminal: one of our own, so that nobody's is touched. */
int door_tiocsti(struct attempt *a)
{
	auto_close int master = -1, slave = -1;
	char path[64];

	signal(SIGHUP, SIG_IGN); /* its end is not ours */
	setsid();
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    ptsname_r(master, path, sizeof(path)) != 0)
		return doors_skip(a, "no pseudo terminals");
	slave = open(path, O_RDWR | O_CLOEXEC);
	if (slave < 0)
		return doors_skip(a, "no pseudo terminals");
	if (ioctl(slave, TIOCSTI, "x") == 0)
		return 0;
	/* The kernel reads the low 32 bits of the request. */
	return syscall(SYS_ioctl, slave, TIOCSTI | (1ul << 32), "x") < 0 ? -errno
									 : 0;
}

/* What a console would paste: asked for a state, of a console only. */
int door_tioclinux(struct attempt *a)
{
	auto_close int fd = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);
	char ask = 6; /* TIOCL_GETSHIFTSTATE */

	if (fd < 0)
		fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return doors_skip(a, "no terminals");
	if (ioctl(fd, 0x541c /* TIOCLINUX */, &ask) == 0)
		return 0;
	return errno == ENOTTY ? doors_skip(a, "no console") : -errno;
}

/* With a request that makes no interface: it is bad, if it is looked at. */
int door_tunsetiff(struct attempt *a)
{
	auto_close int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	struct ifreq none;

	if (fd < 0)
		return doors_skip(a, "no /dev/net/tun");
	memset(&none, 0, sizeof(none));
	if (ioctl(fd, 0x400454ca /* TUNSETIFF */, &none) < 0)
		return errno == EINVAL ? 0 : -errno;
	return 0;
}
