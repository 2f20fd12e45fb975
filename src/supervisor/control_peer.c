/* SPDX-License-Identifier: MIT */
/* Processes at the other end of the control socket, as /proc shows them. */
#include "supervisor/control_peer.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

#define ANCESTORS_MAX 256
#define STATUS_MAX    8192

/* What proc_pid_status(5) says. */
struct status {
	pid_t parent;
	long filters; /* -1: it does not say */
	bool has_filter;
};

static bool read_whole(pid_t pid, char *buf, size_t size)
{
	auto_close int fd = -1;
	char path[40];
	size_t at = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	do {
		n = read(fd, buf + at, size - 1 - at);
		at += n > 0 ? (size_t)n : 0;
	} while (n > 0 && at < size - 1);
	buf[at] = '\0';
	return n == 0 && at > 0;
}

/* The first line is the name, which the process chooses: the kernel writes a
 * line break in it as two characters. */
static bool find_number(const char *text, const char *field, long *ret)
{
	const char *at = strstr(text, field);

	if (!at)
		return false;
	*ret = strtol(at + strlen(field), NULL, 10);
	return true;
}

static bool read_status(pid_t pid, struct status *ret)
{
	char text[STATUS_MAX];
	long parent, mode = 0;

	if (!read_whole(pid, text, sizeof(text)) ||
	    !find_number(text, "\nPPid:\t", &parent))
		return false;
	ret->parent = (pid_t)parent;
	if (!find_number(text, "\nSeccomp_filters:\t", &ret->filters))
		ret->filters = -1;
	ret->has_filter = !find_number(text, "\nSeccomp:\t", &mode) || mode != 0;
	return true;
}

void control_look(struct control_world *ret)
{
	struct status s;

	*ret = (struct control_world){ .filters = -1 };
	if (!read_status(getpid(), &s))
		return;
	ret->filters = s.filters;
	ret->has_filter = s.has_filter;
}

/* More filters than the session was started under. */
static bool is_filtered(const struct control_world *w, const struct status *s)
{
	if (w->filters >= 0 && s->filters >= 0)
		return s->filters > w->filters;
	return s->has_filter;
}

static bool is_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

static int open_peer(int fd, pid_t pid)
{
	int pidfd = -1;
	socklen_t len = sizeof(pidfd);

	if (!getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len))
		return pidfd;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Filters are inherited: those of the peer tell for its ancestors as well. */
static const char *refuses_descent(const struct control_world *w, pid_t pid)
{
	struct status s;

	for (int i = 0; pid > 1; i++) {
		if (pid == getpid())
			return "it belongs to the session";
		if (i == ANCESTORS_MAX || !read_status(pid, &s))
			return "its ancestors cannot be told";
		if (i == 0 && is_filtered(w, &s))
			return "it runs under a filter that the session was "
			       "not started under";
		pid = s.parent;
	}
	return NULL;
}

const char *control_refuses(const struct control_world *w, int fd, int *ret_pid)
{
	struct ucred c = { 0 };
	socklen_t len = sizeof(c);
	auto_close int pidfd = -1;
	const char *why;

	*ret_pid = 0;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &len) || c.pid <= 0)
		return "it is of another PID namespace";
	*ret_pid = c.pid;
	if (c.uid != geteuid() && c.uid != 0)
		return "it is another user's";
	pidfd = open_peer(fd, c.pid);
	if (pidfd < 0)
		return "it is gone";
	why = refuses_descent(w, c.pid);
	if (why)
		return why;
	/* Its number was its own all the while. */
	return is_ended(pidfd) ? "it is gone" : NULL;
}
