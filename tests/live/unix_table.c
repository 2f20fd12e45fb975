/* SPDX-License-Identifier: MIT */
/*
 * Prints what connect() on AF_UNIX sockets does in many situations, one "name:
 * result" a line, in a directory given as argument that holds what
 * unix_table.sh has put there. Run bare and as a target the output must be the
 * same.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"

#define PATH_AT offsetof(struct sockaddr_un, sun_path)

static void say(const char *what, int r)
{
	printf("%s: %s\n", what, r >= 0 ? "ok" : strerrorname_np(errno));
	fflush(stdout);
}

static int connect_raw(int s, const void *a, socklen_t len)
{
	return connect(s, a, len);
}

/* An address of n bytes of name; len counts the family. */
static socklen_t address(struct sockaddr_un *a, const void *name, size_t n)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	memcpy(a->sun_path, name, n);
	return (socklen_t)(PATH_AT + n);
}

static int go(int s, const char *path)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, path, strlen(path) + 1);

	return connect_raw(s, &a, len);
}

static int unix_socket(int type)
{
	int s = socket(AF_UNIX, type, 0);

	if (s < 0)
		exit(99);
	return s;
}

static void try_path(const char *what, int type, const char *path)
{
	int s = unix_socket(type);

	say(what, go(s, path));
	close(s);
}

static int bound(int type, const char *name, size_t n)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name, n);
	int s = unix_socket(type);

	if (name[0])
		unlink(name);
	if (bind(s, (struct sockaddr *)&a, len) < 0)
		exit(98);
	return s;
}

static int listening(int type, const char *name, int backlog)
{
	int s = bound(type, name, name[0] ? strlen(name) + 1 : 6);

	if (listen(s, backlog) < 0)
		exit(97);
	return s;
}

static void paths(void)
{
	int s = listening(SOCK_STREAM, "here.sock", 64), fd;
	char path[128], cwd[80];

	try_path("relative path", SOCK_STREAM, "here.sock");
	try_path("dot", SOCK_STREAM, "./sub/../here.sock");
	snprintf(path, sizeof(path), "%s/here.sock", getcwd(cwd, sizeof(cwd)));
	try_path("absolute path", SOCK_STREAM, path);
	try_path("symbolic link", SOCK_STREAM, "link.sock");
	try_path("/proc/self/cwd", SOCK_STREAM, "/proc/self/cwd/here.sock");
	try_path("/proc/thread-self/cwd", SOCK_STREAM,
		 "/proc/thread-self/cwd/here.sock");
	fd = open(".", O_PATH);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/here.sock", fd);
	try_path("/proc/self/fd/N", SOCK_STREAM, path);
	snprintf(path, sizeof(path), "/dev/fd/%d/here.sock", fd);
	try_path("/dev/fd/N", SOCK_STREAM, path);
	snprintf(path, sizeof(path), "/proc/%d/root/%s/here.sock", getpid(), cwd);
	try_path("/proc/PID/root", SOCK_STREAM, path);
	close(fd);
	fd = open("here.sock", O_PATH);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	try_path("the open file itself", SOCK_STREAM, path);
	close(fd);
	if (link("here.sock", "hard.sock") < 0)
		exit(96);
	try_path("hard link", SOCK_STREAM, "hard.sock");
	rename("here.sock", "renamed.sock");
	try_path("renamed", SOCK_STREAM, "renamed.sock");
	unlink("hard.sock");
	unlink("renamed.sock");
	close(s);
}

static void failures(void)
{
	char longest[109];
	int s;

	try_path("no such file", SOCK_STREAM, "none");
	try_path("no such directory", SOCK_STREAM, "none/none");
	try_path("not a directory", SOCK_STREAM, "file/none");
	try_path("regular file", SOCK_STREAM, "file");
	try_path("directory", SOCK_STREAM, "sub");
	try_path("loop of links", SOCK_STREAM, "loop");
	try_path("dangling link", SOCK_STREAM, "dangling");
	try_path("closed directory", SOCK_STREAM, "closed/x");
	try_path("file without write permission", SOCK_STREAM, "readonly.file");
	try_path("nobody listens any more", SOCK_STREAM, "stale.sock");
	try_path("nobody, datagrams", SOCK_DGRAM, "stale.sock");
	memset(longest, 'x', 108);
	longest[108] = '\0';
	s = unix_socket(SOCK_STREAM);
	{
		struct sockaddr_un a;

		say("108 bytes without a NUL",
		    connect_raw(s, &a, address(&a, longest, 108)));
	}
	close(s);
	s = bound(SOCK_STREAM, "bound.sock", 11);
	try_path("bound, not listening", SOCK_STREAM, "bound.sock");
	close(s);
	unlink("bound.sock");
}

static void lengths(void)
{
	struct sockaddr_un a;
	struct sockaddr_storage big = { .ss_family = AF_UNIX };
	int s = unix_socket(SOCK_STREAM), d = unix_socket(SOCK_DGRAM);

	address(&a, "none", 5);
	say("length 0", connect_raw(s, &a, 0));
	say("length 1", connect_raw(s, &a, 1));
	say("length 2", connect_raw(s, &a, 2));
	say("length -1", connect_raw(s, &a, (socklen_t)-1));
	say("length 110 is all", connect_raw(s, &a, sizeof(a)));
	say("length 111", connect_raw(s, &big, sizeof(a) + 1));
	say("length 128", connect_raw(s, &big, 128));
	say("length 129", connect_raw(s, &big, 129));
	say("no memory", connect_raw(s, (void *)16, 20));
	say("no NUL in the bytes", connect_raw(s, &a, PATH_AT + 3));
	a.sun_family = AF_INET;
	say("another family", connect_raw(s, &a, sizeof(a)));
	say("another family, datagrams", connect_raw(d, &a, sizeof(a)));
	a.sun_family = AF_UNSPEC;
	say("AF_UNSPEC on a stream", connect_raw(s, &a, sizeof(a)));
	say("AF_UNSPEC on datagrams", connect_raw(d, &a, sizeof(a)));
	say("AF_UNSPEC on datagrams, short", connect_raw(d, &a, 2));
	say("AF_UNSPEC on datagrams, length 1", connect_raw(d, &a, 1));
	close(s);
	close(d);
}

static void states(void)
{
	int l = listening(SOCK_STREAM, "s.sock", 64);
	int q = listening(SOCK_SEQPACKET, "q.sock", 64);
	int d = bound(SOCK_DGRAM, "d.sock", 7);
	int s = unix_socket(SOCK_STREAM), sv[2];

	say("stream", go(s, "s.sock"));
	say("stream again", go(s, "s.sock"));
	say("connected, to nothing", go(s, "none"));
	close(s);
	try_path("packets", SOCK_SEQPACKET, "q.sock");
	try_path("stream to packets", SOCK_STREAM, "q.sock");
	try_path("packets to stream", SOCK_SEQPACKET, "s.sock");
	try_path("stream to datagrams", SOCK_STREAM, "d.sock");
	try_path("datagrams to stream", SOCK_DGRAM, "s.sock");
	say("listening socket connects", go(l, "s.sock"));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0)
		exit(95);
	say("half of a pair", go(sv[0], "s.sock"));
	close(sv[0]);
	close(sv[1]);
	close(l);
	close(q);
	close(d);
}

static void datagrams(void)
{
	int d = bound(SOCK_DGRAM, "d.sock", 7), s = unix_socket(SOCK_DGRAM);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	char c = 0;

	say("datagrams", go(s, "d.sock"));
	say("and a send", (int)send(s, "x", 1, 0));
	say("arrives", (int)recv(d, &c, 1, MSG_DONTWAIT));
	say("datagrams again", go(s, "d.sock"));
	say("disconnect", connect_raw(s, &none, sizeof(none)));
	say("send then", (int)send(s, "x", 1, MSG_NOSIGNAL));
	close(d);
	close(s);
	unlink("d.sock");
}

static void abstract(void)
{
	int l = listening(SOCK_STREAM, "\0a\0\xff@z", 64), s;
	struct sockaddr_un a;
	char got[8] = "";
	socklen_t len = sizeof(a);

	s = unix_socket(SOCK_STREAM);
	say("abstract", connect_raw(s, &a, address(&a, "\0a\0\xff@z", 6)));
	len = sizeof(a);
	say("its peer has a name", getpeername(s, (struct sockaddr *)&a, &len));
	printf("of %u bytes\n", (unsigned int)len);
	close(s);
	s = unix_socket(SOCK_STREAM);
	say("abstract, shorter",
	    connect_raw(s, &a, address(&a, "\0a\0\xff@z", 5)));
	say("abstract, longer",
	    connect_raw(s, &a, address(&a, "\0a\0\xff@z\0", 7)));
	say("abstract, empty name", connect_raw(s, &a, address(&a, "\0", 1)));
	close(s);
	s = unix_socket(SOCK_SEQPACKET);
	say("abstract, another type",
	    connect_raw(s, &a, address(&a, "\0a\0\xff@z", 6)));
	close(s);
	s = unix_socket(SOCK_STREAM);
	say("served", connect_raw(s, &a, address(&a, "\0a\0\xff@z", 6)));
	close(l);
	(void)got;
	close(s);
}

static void on_alarm(int n)
{
	(void)n;
}

/* Queue of one: the second connection fills it, the third has to wait. */
static void full_queue(void)
{
	int l = listening(SOCK_STREAM, "full.sock", 0);
	int a = unix_socket(SOCK_STREAM), b = unix_socket(SOCK_STREAM), c;
	struct timeval tv = { .tv_usec = 100000 };
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval it = { .it_value.tv_usec = 100000 };
	pid_t pid;

	say("queue 1", go(a, "full.sock"));
	fcntl(b, F_SETFL, O_NONBLOCK);
	say("queue full, nonblocking", go(b, "full.sock"));
	close(b);
	b = unix_socket(SOCK_STREAM);
	setsockopt(b, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	say("queue full, SO_SNDTIMEO", go(b, "full.sock"));
	tv.tv_usec = 0;
	setsockopt(b, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	say("queue full, a signal", go(b, "full.sock"));
	pid = fork();
	if (!pid) {
		say("queue full, then served", go(b, "full.sock"));
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		c = accept(l, NULL, NULL);
		close(c);
	}
	waitpid(pid, NULL, 0);
	b = unix_socket(SOCK_STREAM);
	say("O_NONBLOCK is off again", fcntl(b, F_GETFL) & O_NONBLOCK ? -1 : 0);
	/* A queue that is full when its owner goes away. */
	say("queue 1 again", go(b, "full.sock"));
	c = unix_socket(SOCK_STREAM);
	pid = fork();
	if (!pid) {
		close(l);
		say("queue full, owner gone", go(c, "full.sock"));
		_exit(0);
	}
	wait_asleep(pid);
	close(l);
	waitpid(pid, NULL, 0);
	unlink("full.sock");
}

static void listens(void)
{
	int d = bound(SOCK_DGRAM, "d.sock", 7);
	int s = unix_socket(SOCK_STREAM), i = socket(AF_INET, SOCK_STREAM, 0);
	int u = socket(AF_INET, SOCK_DGRAM, 0), n = 0;
	socklen_t len = sizeof(n);

	say("listen on datagrams", listen(d, 1));
	say("listen on an unbound unix socket", listen(s, 1));
	say("listen on TCP", listen(i, 1));
	getsockopt(i, SOL_SOCKET, SO_ACCEPTCONN, &n, &len);
	printf("it does: %d\n", n);
	say("listen on TCP again", listen(i, 5));
	say("listen on UDP", listen(u, 1));
	say("listen on a file", listen(0, 1));
	say("listen on nothing", listen(999, 1));
	close(d);
	unlink("d.sock");
}

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]) < 0)
		return 99;
	paths();
	failures();
	lengths();
	states();
	datagrams();
	abstract();
	full_queue();
	listens();
	return 0;
}
