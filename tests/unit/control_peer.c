/* SPDX-License-Identifier: MIT */
/*
 * Who may steer a session: a process that plays the supervisor looks at those
 * who connect, from among its children and from outside.
 */
#include "supervisor/control_peer.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static struct sockaddr_un name = { .sun_family = AF_UNIX };
static socklen_t name_len;
static int listener, verdicts[2];

/* An abstract name that the kernel chooses (unix(7), autobind). */
static void open_listener(void)
{
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(listener, (struct sockaddr *)&name, sizeof(sa_family_t));
	name_len = sizeof(name);
	getsockname(listener, (struct sockaddr *)&name, &name_len);
	listen(listener, 8);
}

static int connect_anew(void)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	return connect(s, (struct sockaddr *)&name, name_len) ? -1 : s;
}

static void wait_until_closed(int s)
{
	char c;

	while (read(s, &c, 1) > 0)
		;
	_exit(0);
}

static void filter_self(void)
{
	struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K,
					      SECCOMP_RET_ALLOW) };
	struct sock_fprog p = { .len = 1, .filter = all };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
}

/* The next who connects, as the world has it. */
static const char *judge_next(const struct control_world *w)
{
	int fd = accept(listener, NULL, NULL), pid;
	const char *why = control_refuses(w, fd, &pid);

	close(fd);
	return why ? why : "may";
}

static const char *judge_child(const struct control_world *w)
{
	const char *why;

	if (!fork())
		wait_until_closed(connect_anew());
	why = judge_next(w);
	wait(NULL);
	return why;
}

/* An orphan whose parents are all gone: it has become a child of ours. */
static const char *judge_orphan(const struct control_world *w)
{
	int ready[2];
	const char *why;
	char c;

	if (pipe(ready))
		return "no pipe";
	if (!fork()) {
		pid_t parent = getpid();

		if (!fork()) {
			while (getppid() == parent)
				poll(NULL, 0, 1);
			setsid();
			if (write(ready[1], "x", 1) == 1)
				wait_until_closed(connect_anew());
			_exit(1);
		}
		_exit(0);
	}
	wait(NULL);
	if (read(ready[0], &c, 1) != 1)
		return "no orphan";
	why = judge_next(w);
	wait(NULL);
	return why;
}

static const char *judge_gone(const struct control_world *w)
{
	int fd, pid;
	const char *why;

	if (!fork())
		_exit(connect_anew() < 0);
	wait(NULL);
	fd = accept(listener, NULL, NULL);
	why = control_refuses(w, fd, &pid);
	close(fd);
	return why ? why : "may";
}

static void tell(const char *text)
{
	if (write(verdicts[1], text, 128) != 128)
		_exit(1);
}

static void say(const char *why)
{
	char text[128] = "";

	strncpy(text, why, sizeof(text) - 1);
	tell(text);
}

/* The supervisor: says what it makes of its own, then of two from outside. */
static void supervise(void)
{
	struct control_world w;

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	control_look(&w);
	say(judge_child(&w));
	say(judge_orphan(&w));
	say(judge_gone(&w));
	say(judge_next(&w));
	say(judge_next(&w));
	/* A supervisor that limits itself compares with what was before. */
	filter_self();
	say(judge_next(&w));
	_exit(0);
}

static const char *next_verdict(void)
{
	static char text[128];

	if (read(verdicts[0], text, sizeof(text)) != sizeof(text))
		return "none";
	return text;
}

/* A process that is no child of the supervisor's connects. */
static const char *from_outside(void (*before)(void))
{
	const char *why;

	if (!fork()) {
		if (before)
			before();
		wait_until_closed(connect_anew());
	}
	why = next_verdict();
	wait(NULL);
	return why;
}

int main(void)
{
	open_listener();
	if (pipe(verdicts))
		return 99;
	if (!fork())
		supervise();
	ok_str(next_verdict(), "it belongs to the session");
	ok_str(next_verdict(), "it belongs to the session");
	ok(strcmp(next_verdict(), "may") != 0);
	ok_str(from_outside(NULL), "may");
	ok_str(from_outside(filter_self), "it runs under a filter that the "
					  "session was not started under");
	ok_str(from_outside(filter_self), "it runs under a filter that the "
					  "session was not started under");
	return done();
}
