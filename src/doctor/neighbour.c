/* SPDX-License-Identifier: MIT */
/* Somebody outside, whom a program may want to use. */
#include "doctor/neighbour.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

static int listen_as_giver(const struct ground *g)
{
	char path[GROUND_DIR_MAX + 16];
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un at;
	socklen_t len;

	snprintf(path, sizeof(path), "%s/giver", g->dir);
	len = doors_unix(path, &at);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 ||
	    listen(fd, 8) < 0)
		return -errno;
	return STEAL_FD(fd);
}

static int connected(const struct ground *g)
{
	struct sockaddr_in to = doors_ip4(g->closed);
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -1;
	return STEAL_FD(fd);
}

static void give(const struct ground *g, int listener)
{
	auto_close int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	auto_close int gift = connected(g);
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .align = { .cmsg_len = CMSG_LEN(sizeof(int)),
				 .cmsg_level = SOL_SOCKET,
				 .cmsg_type = SCM_RIGHTS } };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.align), &gift, sizeof(gift));
	if (peer >= 0 && gift >= 0)
		(void)!sendmsg(peer, &m, MSG_NOSIGNAL);
}

static void tell(const struct ground *g, int signals)
{
	struct signalfd_siginfo info;
	auto_close int fd = connected(g);

	if (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		(void)!write(fd, "x", 1);
}

static void live(const struct ground *g, int giver, const sigset_t *heard)
{
	struct pollfd list[2] = { { .fd = giver, .events = POLLIN },
				  { .events = POLLIN } };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(open("/dev/null", O_RDWR), STDIN_FILENO) < 0)
		_exit(1);
	list[1].fd = signalfd(-1, heard, SFD_CLOEXEC);
	while (poll(list, 2, -1) >= 0 || errno == EINTR) {
		if (list[0].revents)
			give(g, giver);
		if (list[1].revents)
			tell(g, list[1].fd);
	}
	_exit(1);
}

int neighbour_start(struct ground *g)
{
	auto_close int giver = listen_as_giver(g);
	sigset_t heard, before;
	int error;

	if (giver < 0)
		return giver;
	sigemptyset(&heard);
	sigaddset(&heard, NEIGHBOUR_SIGNAL);
	sigprocmask(SIG_BLOCK, &heard, &before);
	g->neighbour = fork();
	error = errno;
	if (g->neighbour == 0)
		live(g, giver, &heard);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (g->neighbour < 0) {
		g->neighbour = 0;
		return -error;
	}
	return setpgid(g->neighbour, g->neighbour) < 0 ? -errno : 0;
}

void neighbour_end(const struct ground *g)
{
	if (!g->neighbour)
		return;
	kill(g->neighbour, SIGKILL);
	waitpid(g->neighbour, NULL, 0);
}
