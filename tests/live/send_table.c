/* SPDX-License-Identifier: MIT */
/*
 * Prints what sends do in many situations, one "call: result" a line below the
 * name of the case. Run bare and as a target the output must be the same. Wants
 * a namespace with nothing but lo; an argument chooses one case.
 */
#include "send_table.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CASE_SECONDS 30

static volatile sig_atomic_t n_signals;
static const char *wanted; /* the only case, or NULL */

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdprintf(1, fmt, ap);
	va_end(ap);
}

void on_signal(int s)
{
	(void)s;
	n_signals++;
}

int signals_seen(void)
{
	return n_signals;
}

void signals_forget(void)
{
	n_signals = 0;
}

void signals_pretend(void)
{
	n_signals = 1;
}

struct sockaddr_in in4(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

struct sockaddr_in6 in6(const char *ip, int port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
				  .sin6_port = htons((uint16_t)port) };

	inet_pton(AF_INET6, ip, &a.sin6_addr);
	return a;
}

int bound(int domain, int type, int *ret_port)
{
	int s = socket(domain, type, 0);
	struct sockaddr_in6 a = { .sin6_family = (sa_family_t)domain };
	socklen_t len =
		domain == AF_INET ? sizeof(struct sockaddr_in) : sizeof(a);

	bind(s, SA(a), len);
	getsockname(s, SA(a), &len);
	*ret_port = ntohs(a.sin6_port);
	return s;
}

void tcp_pair(int sv[2])
{
	int port, l = bound(AF_INET, SOCK_STREAM, &port);
	struct sockaddr_in a = in4("127.0.0.1", port);

	listen(l, 1);
	sv[0] = socket(AF_INET, SOCK_STREAM, 0);
	connect(sv[0], SA(a), sizeof(a));
	sv[1] = accept(l, NULL, NULL);
	close(l);
}

void drain(const char *name, int s)
{
	static uint8_t buf[1 << 20];
	socklen_t len = sizeof(int);
	int type = 0;
	ssize_t n;

	getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &len);
	say("%s:", name);
	while ((n = recv(s, buf, sizeof(buf), MSG_DONTWAIT)) >= 0) {
		unsigned long sum = 0;

		for (ssize_t i = 0; i < n; i++)
			sum += buf[i];
		say(" %zd/%lu", n, sum);
		if (n == 0 && type == SOCK_STREAM)
			break;
	}
	say("\n");
}

struct msghdr msg_of(struct iovec *iov, size_t n)
{
	return (struct msghdr){ .msg_iov = iov, .msg_iovlen = n };
}

char *edge(void)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 7, 4096);
	mprotect(p + 4096, 4096, PROT_NONE);
	return p;
}

void put_control(struct msghdr *m, char *buf, int level, int type,
		 const void *data, size_t len)
{
	struct cmsghdr *c = (struct cmsghdr *)buf;

	memset(buf, 0, CMSG_SPACE(len));
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	m->msg_control = buf;
	m->msg_controllen = CMSG_SPACE(len);
}

/* A timer of its own: a case may have other handlers and timers. */
static void limit_time(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGKILL };
	struct itimerspec limit = { .it_value = { CASE_SECONDS, 0 } };
	timer_t timer;

	timer_create(CLOCK_MONOTONIC, &ev, &timer);
	timer_settime(timer, 0, &limit, NULL);
}

void play(const char *name, void (*run)(void))
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	int status;
	pid_t pid;

	if (wanted && strcmp(wanted, name))
		return;
	say("== %s\n", name);
	pid = fork();
	if (pid == 0) {
		limit_time();
		sigaction(SIGPIPE, &sa, NULL);
		run();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (status)
		say("ended by signal %d, exit code %d\n", WTERMSIG(status),
		    WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	wanted = argc > 1 ? argv[1] : NULL;
	cases_inet();
	cases_control();
	cases_plain();
	cases_wait();
	return 0;
}
