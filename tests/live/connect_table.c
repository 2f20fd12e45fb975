/* SPDX-License-Identifier: MIT */
/*
 * Prints what connect() does in 37 situations, one "name: result" a line. Run
 * bare and as a target the output must be the same. Wants a namespace with lo
 * and a black hole at 10.99.0.2 (tests/live/blackhole.sh).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in good, refused, blackhole, no_route, broadcast;
static struct sockaddr_in unspec = { .sin_family = AF_UNSPEC };

static struct sockaddr_in at(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

__attribute__((format(printf, 2, 3))) static void say(const char *what,
						      const char *fmt, ...)
{
	va_list ap;

	printf("%s: ", what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static const char *word(int r)
{
	return r >= 0 ? "ok" : strerrorname_np(errno);
}

static int go(int s, const struct sockaddr_in *a)
{
	return connect(s, (const struct sockaddr *)a, sizeof(*a));
}

static int so_error(int s)
{
	int e = 0;
	socklen_t len = sizeof(e);

	getsockopt(s, SOL_SOCKET, SO_ERROR, &e, &len);
	return e;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int tcp(int flags)
{
	return socket(AF_INET, SOCK_STREAM | flags, 0);
}

static int listen_at(int *ret_port)
{
	struct sockaddr_in a = at("127.0.0.1", 0);
	socklen_t len = sizeof(a);
	int s = tcp(0);

	if (bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(s, 64) < 0 || getsockname(s, (struct sockaddr *)&a, &len) < 0)
		exit(99);
	*ret_port = ntohs(a.sin_port);
	return s;
}

static void blocking(void)
{
	int s = tcp(0);

	say("blocking", "%s", word(go(s, &good)));
	say("again", "%s", word(go(s, &good)));
	say("AF_UNSPEC disconnects", "%s", word(go(s, &unspec)));
	say("connect after that", "%s", word(go(s, &good)));
	close(s);
	s = tcp(0);
	say("blocking, refused", "%s", word(go(s, &refused)));
	say("SO_ERROR after", "%d", so_error(s));
	say("same socket again", "%s", word(go(s, &refused)));
	close(s);
}

static void nonblocking(void)
{
	int s = tcp(SOCK_NONBLOCK);
	struct pollfd p = { .fd = s, .events = POLLOUT };

	say("nonblocking, refused", "%s", word(go(s, &refused)));
	poll(&p, 1, 10000);
	say("poll says", "%x", p.revents);
	say("SO_ERROR", "%d", so_error(s));
	close(s);
	s = tcp(SOCK_NONBLOCK);
	say("nonblocking, black hole", "%s", word(go(s, &blackhole)));
	say("again, in progress", "%s", word(go(s, &blackhole)));
	close(s);
}

static void timeouts(void)
{
	struct timeval send_tv = { .tv_usec = 300000 }, tv = { 0 };
	struct timeval recv_tv = { .tv_usec = 100000 };
	socklen_t len = sizeof(tv);
	double t = now();
	int s = tcp(0);

	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &send_tv, sizeof(send_tv));
	say("SO_SNDTIMEO, black hole", "%s", word(go(s, &blackhole)));
	say("not before its time", "%d", now() - t >= 0.299);
	say("again", "%s", word(go(s, &blackhole)));
	close(s);
	s = tcp(0);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &recv_tv, sizeof(recv_tv));
	say("SO_RCVTIMEO does not matter", "%s", word(go(s, &good)));
	getsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &tv, &len);
	say("SO_SNDTIMEO is untouched", "%ld", (long)tv.tv_usec);
	say("flags are untouched", "%x", (unsigned int)fcntl(s, F_GETFL));
	close(s);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static void interrupted(int flags, const char *what)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = flags };
	struct itimerval it = { .it_value.tv_usec = 200000 };
	double t = now();
	int s = tcp(0);

	alarms = 0;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	say(what, "%s", word(go(s, &blackhole)));
	say("handler ran", "%d", (int)alarms);
	say("not before its time", "%d", now() - t >= 0.199);
	say("SO_ERROR", "%d", so_error(s));
	close(s);
}

static void bad_arguments(void)
{
	const struct sockaddr *a = (const struct sockaddr *)&good;
	int s = tcp(0), path;

	say("length 4", "%s", word(connect(s, a, 4)));
	say("length 200", "%s", word(connect(s, a, 200)));
	say("length -1", "%s", word(connect(s, a, (socklen_t)-1)));
	say("bad pointer", "%s",
	    word(connect(s, (const struct sockaddr *)8, 16)));
	say("NULL, 0", "%s", word(connect(s, NULL, 0)));
	close(s);
	say("bad descriptor", "%s", word(go(999, &good)));
	path = open("/dev/null", O_RDONLY);
	say("no socket", "%s", word(go(path, &good)));
	close(path);
	path = open("/dev/null", O_PATH);
	say("O_PATH", "%s", word(go(path, &good)));
	close(path);
	s = socket(AF_INET6, SOCK_STREAM, 0);
	say("IPv4 address, IPv6 socket", "%s", word(go(s, &good)));
	close(s);
	s = tcp(0);
	say("no route", "%s", word(go(s, &no_route)));
	close(s);
	s = tcp(0);
	say("broadcast", "%s", word(go(s, &broadcast)));
	close(s);
}

static void datagrams(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct pollfd p = { .fd = s, .events = POLLIN };

	say("udp connect", "%s", word(go(s, &refused)));
	say("send", "%s", word((int)send(s, "x", 1, 0)));
	poll(&p, 1, 10000); /* the answer of the port that is closed */
	say("send again", "%s", word((int)send(s, "x", 1, 0)));
	close(s);
}

static void listening(void)
{
	int port, s = listen_at(&port);

	say("connect on a listener", "%s", word(go(s, &good)));
	close(s);
}

int main(void)
{
	int port, closed, l = listen_at(&port), c = listen_at(&closed);
	pid_t server;

	close(c);
	setvbuf(stdout, NULL, _IONBF, 0);
	good = at("127.0.0.1", port);
	refused = at("127.0.0.1", closed);
	blackhole = at("10.99.0.2", 80);
	no_route = at("10.88.0.1", 1);
	broadcast = at("255.255.255.255", 1);
	server = fork();
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			close(accept(l, NULL, NULL));
	}
	blocking();
	nonblocking();
	timeouts();
	interrupted(0, "alarm, no SA_RESTART");
	interrupted(SA_RESTART, "alarm, SA_RESTART");
	bad_arguments();
	datagrams();
	listening();
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}
