/* SPDX-License-Identifier: MIT */
/*
 * Usage: floor COMMAND [ARGUMENT...]
 * The least a supervisor can do: the same calls are trapped, and each is told
 * to go on. What it costs is the floor of the mechanism.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify/filter.h"
#include "notify/uapi.h"

static int fail(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	return 125;
}

/* Under the filter, once the parent has the listener. */
static int be_target(int talk, char **argv)
{
	struct filter_options o = { .want_killable = true,
				    .has_netns_cookie = true };
	bool killable;
	int listener = -1;
	char go;

	if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		listener = filter_install(&o, &killable);
	if (write(talk, &listener, sizeof(listener)) < 0 || listener < 0 ||
	    read(talk, &go, 1) != 1)
		return 125;
	close(talk);
	close(listener);
	execvp(argv[0], argv);
	return fail(argv[0]);
}

/* A copy of the listener, whose number the child tells; -1. */
static int take_listener(int talk, pid_t child)
{
	int theirs = -1, pidfd = (int)syscall(SYS_pidfd_open, child, 0), fd;

	if (read(talk, &theirs, sizeof(theirs)) != sizeof(theirs) || theirs < 0)
		return -1;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	close(pidfd);
	return write(talk, "", 1) == 1 ? fd : -1;
}

static void wake(int signal)
{
	(void)signal; /* only to come back from the ioctl */
}

/* The end of the child interrupts; a timer does so too, in case it ended just
 * before the ioctl. */
static void listen_for_the_end(void)
{
	struct sigaction sa = { .sa_handler = wake };
	struct itimerval often = { { 0, 50000 }, { 0, 50000 } };

	sigaction(SIGCHLD, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static int supervise(int listener, pid_t child)
{
	int status;

	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;) {
		struct seccomp_notif n = { 0 };
		struct seccomp_notif_resp r = {
			.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE
		};

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) == 0) {
			r.id = n.id;
			ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
		} else if (waitpid(child, &status, WNOHANG) == child) {
			return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
		}
	}
}

int main(int argc, char **argv)
{
	int talk[2], listener;
	pid_t child;

	if (argc < 2 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, talk) < 0)
		return fail("usage: floor COMMAND [ARGUMENT...]");
	child = fork();
	if (!child)
		_exit(be_target(talk[1], argv + 1));
	close(talk[1]);
	listen_for_the_end();
	listener = take_listener(talk[0], child);
	if (listener < 0)
		return fail("no listener");
	return supervise(listener, child);
}
